/* explain.c - a schedule expression in English. */
/* SPDX-License-Identifier: MIT */
#include "core/cron/explain.h"

#include "core/cron/civil.h"

/* Two expressions that fire at different times never get the same text (test_explain.c): each form
 * below names its sets completely, or is used only where what it leaves out follows. */

#define ALL_MINUTES ((UINT64_C(1) << 60) - 1)
#define ALL_HOURS ((UINT64_C(1) << 24) - 1)
#define ALL_DAYS (((UINT64_C(1) << 31) - 1) << 1)
#define ALL_MONTHS (((UINT64_C(1) << 12) - 1) << 1)
#define ALL_WEEKDAYS ((UINT64_C(1) << 7) - 1)

#define FEW_TIMES 4 /* so many times of day are listed one by one */

static const char *const month_names[] = {
    [1] = "January",   [2] = "February", [3] = "March",     [4] = "April",
    [5] = "May",       [6] = "June",     [7] = "July",      [8] = "August",
    [9] = "September", [10] = "October", [11] = "November", [12] = "December",
};
static const char *const weekday_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};

/* How the values of a set are called. */
typedef void value_fn(unsigned value, struct str *ret);

static void name_number(unsigned value, struct str *ret)
{
    str_addf(ret, "%u", value);
}

static void name_month(unsigned value, struct str *ret)
{
    str_add(ret, month_names[value]);
}

static void name_weekday(unsigned value, struct str *ret)
{
    str_addf(ret, "%ss", weekday_names[value]);
}

static unsigned size(uint64_t set)
{
    return (unsigned)__builtin_popcountll(set);
}

static unsigned lowest(uint64_t set)
{
    return (unsigned)__builtin_ctzll(set);
}

static unsigned highest(uint64_t set)
{
    return 63 - (unsigned)__builtin_clzll(set);
}

/* The even distance between the values of a set, of two values at least; 0: there is none. */
static unsigned step_of(uint64_t set)
{
    if (size(set) < 2) {
        return 0;
    }
    unsigned step = 1 + lowest(set >> lowest(set) >> 1);
    uint64_t even = 0;
    for (unsigned value = lowest(set); value <= highest(set); value += step) {
        even |= UINT64_C(1) << value;
    }
    return even == set ? step : 0;
}

static bool is_run(uint64_t set)
{
    return size(set) == 1 || step_of(set) == 1;
}

/* "1, 2 and 5 to 9": runs of three and more are drawn together. */
static void add_list(uint64_t set, value_fn *name, struct str *ret)
{
    for (bool first = true; set != 0; first = false) {
        unsigned from = lowest(set);
        unsigned run = lowest(~(set >> from));
        run = run < 3 ? 1 : run;
        set &= ~(((UINT64_C(1) << run) - 1) << from);
        str_add(ret, first ? "" : set == 0 ? " and " : ", ");
        name(from, ret);
        if (run > 1) {
            str_add(ret, " to ");
            name(from + run - 1, ret);
        }
    }
}

/* "hour 5", "hours 5 and 6", "minutes 0 to 56 in steps of 7". */
static void add_numbers(const char *what, uint64_t set, struct str *ret)
{
    unsigned step = step_of(set);
    str_addf(ret, "%s%s ", what, size(set) == 1 ? "" : "s");
    if (step > 1 && size(set) > 3) {
        str_addf(ret, "%u to %u in steps of %u", lowest(set), highest(set), step);
    } else {
        add_list(set, name_number, ret);
    }
}

static void add_months(const struct cron_expr *e, const char *lead_in, struct str *ret)
{
    if (e->months != ALL_MONTHS) {
        str_add(ret, lead_in);
        add_list(e->months, name_month, ret);
    }
}

static void add_weekdays(uint64_t set, struct str *ret)
{
    if (size(set) > 2 && is_run(set)) {
        str_addf(ret, "%s to %s", weekday_names[lowest(set)], weekday_names[highest(set)]);
    } else {
        str_add(ret, "on ");
        add_list(set, name_weekday, ret);
    }
}

/* The days on which it fires; nothing when it is every day. */
static void add_days(const struct cron_expr *e, struct str *ret)
{
    bool both = e->days_star || e->weekdays_star;
    bool dates = e->days != ALL_DAYS;
    bool weekdays = e->weekdays != ALL_WEEKDAYS;
    if (!both) {
        /* Either is enough: an empty field adds nothing, a full one takes every day. */
        bool every_day = !dates || !weekdays;
        dates = !every_day && e->days != 0;
        weekdays = !every_day && e->weekdays != 0;
    }
    if (dates && weekdays && !both) {
        /* The months bind both, so they stand before both. */
        add_months(e, "in ", ret);
        str_add(ret, e->months != ALL_MONTHS ? " on " : "on ");
        add_numbers("day", e->days, ret);
        str_add(ret, " or on ");
        add_list(e->weekdays, name_weekday, ret);
    } else if (dates) {
        str_add(ret, "on ");
        add_numbers("day", e->days, ret);
        add_months(e, " of ", ret);
        if (weekdays) {
            str_add(ret, ", only ");
            add_weekdays(e->weekdays, ret);
        }
    } else if (weekdays) {
        add_weekdays(e->weekdays, ret);
        add_months(e, " in ", ret);
    } else {
        add_months(e, "every day in ", ret);
    }
}

/* "02:00", "02:00 and 14:00", "09:00, 12:00 and 18:00" */
static void add_times(uint64_t hours, uint64_t minutes, struct str *ret)
{
    unsigned left = size(hours) * size(minutes);
    const char *comma = "";
    for (uint64_t h = hours; h != 0; h &= h - 1) {
        for (uint64_t m = minutes; m != 0; m &= m - 1) {
            str_addf(ret, "%s%02u:%02u", comma, lowest(h), lowest(m));
            left--;
            comma = left == 1 ? " and " : ", ";
        }
    }
}

static void add_span(const struct cron_expr *e, struct str *ret)
{
    str_addf(ret, " from %02u:%02u to %02u:%02u", lowest(e->hours), lowest(e->minutes),
             highest(e->hours), highest(e->minutes));
}

/* "every 5 minutes from 09:00 to 17:55" and the like: even steps over some hours or over all.
 * False when the steps are not even. */
static bool add_even(const struct cron_expr *e, struct str *ret)
{
    unsigned minute_step = step_of(e->minutes);
    bool round_the_hour = minute_step > 0 && minute_step * size(e->minutes) == 60;
    bool all_hours = e->hours == ALL_HOURS;
    unsigned hour_step = step_of(e->hours);
    if (round_the_hour && is_run(e->hours) && (!all_hours || lowest(e->minutes) == 0)) {
        if (minute_step == 1) {
            str_add(ret, "every minute");
        } else {
            str_addf(ret, "every %u minutes", minute_step);
        }
        if (!all_hours) {
            add_span(e, ret);
        }
        return true;
    }
    if (size(e->minutes) != 1 || size(e->hours) < 3 || hour_step == 0) {
        return false;
    }
    if (all_hours && e->minutes != 1) {
        return false; /* "at minute 15 of every hour" */
    }
    if (hour_step == 1) {
        str_add(ret, "every hour");
    } else {
        str_addf(ret, "every %u hours", hour_step);
    }
    if (e->minutes != 1 || lowest(e->hours) != 0 || hour_step * size(e->hours) != 24) {
        add_span(e, ret);
    }
    return true;
}

/* When on such a day. */
static void add_clock(const struct cron_expr *e, struct str *ret)
{
    unsigned times = size(e->hours) * size(e->minutes);
    if (times > 2 && add_even(e, ret)) {
        return;
    }
    if (times <= FEW_TIMES) {
        str_add(ret, "at ");
        add_times(e->hours, e->minutes, ret);
        return;
    }
    if (e->minutes == ALL_MINUTES) {
        str_add(ret, "every minute");
    } else {
        str_add(ret, "at ");
        add_numbers("minute", e->minutes, ret);
    }
    str_add(ret, " of ");
    if (e->hours == ALL_HOURS) {
        str_add(ret, "every hour");
    } else {
        add_numbers("hour", e->hours, ret);
    }
}

static void add_unit(sec_t count, const char *unit, const char **space, struct str *ret)
{
    if (count > 0) {
        str_addf(ret, "%s%lld %s%s", *space, (long long)count, unit, count == 1 ? "" : "s");
        *space = " ";
    }
}

/* Not "every 5 minutes": that would be full minutes of the clock. */
static void add_every(sec_t every, struct str *ret)
{
    const char *space = "";
    add_unit(every / 3600, "hour", &space, ret);
    add_unit(every / 60 % 60, "minute", &space, ret);
    add_unit(every % 60, "second", &space, ret);
    str_add(ret, " after the last start");
}

void cron_explain(const struct cron_expr *e, struct str *ret)
{
    if (e->every > 0) {
        add_every(e->every, ret);
        return;
    }
    if (cron_never(e)) {
        str_add(ret, "never");
        return;
    }
    size_t before = ret->len;
    cleanup_with(str_done) struct str clock = {0};
    add_days(e, ret);
    add_clock(e, &clock);
    if (ret->len > before) {
        str_add(ret, text_starts(str_text(&clock), "every") ? ", " : " ");
    }
    str_add(ret, str_text(&clock));
}

static void add_reading(sec_t wall, struct str *ret)
{
    sec_t of_day = wall - civil_day_of(wall) * CIVIL_DAY;
    str_addf(ret, "%02d:%02d", (int)(of_day / 3600), (int)(of_day / 60 % 60));
}

void cron_explain_change(const struct tz *tz, enum cron_dst kind, sec_t when, struct str *ret)
{
    /* A gap is told by the change itself, a fold by where its first pass begins. */
    sec_t change = kind == CRON_DST_GAP ? when : tz_at(tz, when).until;
    sec_t from = change + tz_at(tz, change - 1).offset;
    sec_t to = change + tz_at(tz, change).offset;
    struct civil date = civil_from_days(civil_day_of(from));
    str_addf(ret, "the clock goes %sfrom ", to < from ? "back " : "");
    add_reading(from, ret);
    str_add(ret, " to ");
    add_reading(to, ret);
    str_addf(ret, " on %04d-%02u-%02u", date.year, date.month, date.day);
}

/* The first gap and the first fold of the year that concern the schedule. */
static void add_changes(const struct cron_expr *e, const struct tz *tz, sec_t after,
                        struct str *ret)
{
    bool told[] = {[CRON_DST_GAP] = false, [CRON_DST_FOLD_FIRST] = false};
    sec_t at = after;
    sec_t when;
    enum cron_dst kind;
    while ((kind = cron_dst_ahead(e, tz, at, &when)) != CRON_DST_NONE &&
           when <= after + 366 * CIVIL_DAY) {
        if (!told[kind]) {
            cron_explain_change(tz, kind, when, ret);
            str_addf(ret, " in %s: %s\n", tz_name(tz),
                     kind == CRON_DST_GAP ? "runs in between are left out"
                                          : "runs in between happen twice");
            told[kind] = true;
        }
        at = kind == CRON_DST_GAP ? when : tz_at(tz, when).until;
    }
}

void cron_caveats(const struct cron_expr *e, const struct tz *tz, sec_t after, struct str *ret)
{
    if (cron_never(e)) {
        str_add(ret, "it never fires: no day matches\n");
        return;
    }
    bool either = e->every == 0 && !e->days_star && !e->weekdays_star;
    if (either && (e->days == ALL_DAYS || e->weekdays == ALL_WEEKDAYS)) {
        str_addf(ret,
                 "day of month and day of week are both set, so either is enough, and the %s "
                 "matches every day; with '*' in its place the other would count\n",
                 e->days == ALL_DAYS ? "day of month" : "day of week");
    } else if (either && e->days != 0 && e->weekdays != 0) {
        str_add(ret, "day of month and day of week are both set: a day on which either matches is "
                     "enough\n");
    }
    add_changes(e, tz, after, ret);
}
