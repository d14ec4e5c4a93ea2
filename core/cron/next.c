/* next.c - the next and the previous instants at which a schedule fires. */
/* SPDX-License-Identifier: MIT */
#include "core/cron/next.h"

#include "core/cron/civil.h"
#include "core/cron/tz_impl.h"

/* The idea: the zone is a row of spans with one offset each (tz_at). Within a span the wall clock
 * runs evenly, so the search is for the first matching *wall minute*, field by field in the bit
 * sets, with no regard to zones; if it lies in the span it is the answer, else the next span is
 * asked. That covers gaps, folds, lost days and odd offsets without a special case: a wall minute
 * in a gap lies in no span, one in a fold lies in two.
 *
 * Wall minutes are counted from civil.h's shifted epoch, so that they are never negative; a
 * variable named `wall` holds such a count. */

#define MINUTES_PER_DAY 1440
#define WALL_SHIFT ((int64_t)CIVIL_SHIFT * CIVIL_DAY) /* seconds */
#define YEAR_FIRST (-1) /* local time may lie a day before CIVIL_FIRST */
#define YEAR_LAST 9999
#define NONE UINT64_MAX /* no such wall minute, no such day */

/* Any two offsets differ by less (tz.c refuses more than -25 to 26 hours). */
#define OFFSETS_APART (INT64_C(3) * CIVIL_DAY)

#define ALL_MINUTES ((UINT64_C(1) << 60) - 1)
#define ALL_HOURS ((UINT32_C(1) << 24) - 1)
#define ALL_DAYS (((UINT32_C(1) << 31) - 1) << 1)
#define ALL_MONTHS (((1U << 12) - 1) << 1)

static unsigned lowest(uint64_t set)
{
    return (unsigned)__builtin_ctzll(set);
}

static unsigned highest(uint64_t set)
{
    return 63 - (unsigned)__builtin_clzll(set);
}

/* The values below N; N may be 64. */
static uint64_t below(unsigned n)
{
    return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

static bool has_no_time(const struct cron_expr *e)
{
    return e->minutes == 0 || e->hours == 0 || e->months == 0;
}

static bool needs_both(const struct cron_expr *e)
{
    return e->days_star || e->weekdays_star;
}

/* The days that match in a month of COUNT days whose first is the weekday FIRST; bit N = day N. */
static uint64_t month_set(const struct cron_expr *e, unsigned first, unsigned count)
{
    /* The seven weekday bits, turned so that bit 0 is the first of the month's, five times over. */
    uint64_t week = (((uint64_t)e->weekdays << 7 | e->weekdays) >> first) & 0x7F;
    uint64_t by_weekday = (week * UINT64_C(0x10204081)) << 1;
    uint64_t matching = needs_both(e) ? e->days & by_weekday : e->days | by_weekday;
    return matching & below(count + 1) & ~UINT64_C(1);
}

/* True when the weekday alone decides: most schedules, and no date has to be worked out then. */
static bool is_weekly(const struct cron_expr *e)
{
    return e->months == ALL_MONTHS && e->days == ALL_DAYS && needs_both(e);
}

/* A day of the wall calendar. */
struct day {
    uint64_t count; /* from civil.h's shifted epoch */
    unsigned weekday;
    struct civil date; /* unless the schedule is weekly */
};

static struct day day_of(const struct cron_expr *e, uint64_t count)
{
    int64_t days = (int64_t)count - CIVIL_SHIFT;
    struct day day = {.count = count, .weekday = civil_weekday(days)};
    if (!is_weekly(e)) {
        day.date = civil_from_days(days);
    }
    return day;
}

static bool day_matches(const struct cron_expr *e, const struct day *day)
{
    unsigned weekday = (unsigned)e->weekdays >> day->weekday & 1;
    if (is_weekly(e)) {
        return weekday;
    }
    unsigned date = e->days >> day->date.day & 1;
    return (e->months >> day->date.month & 1) && (needs_both(e) ? date & weekday : date | weekday);
}

/* The matching days of DAY's own month. */
static uint64_t own_month(const struct cron_expr *e, const struct day *day)
{
    unsigned first = (day->weekday + 36 - day->date.day) % 7;
    return e->months >> day->date.month & 1
               ? month_set(e, first, civil_month_days(day->date.year, day->date.month))
               : 0;
}

/* Whether the search may give up: YEARS have gone by in vain. The longest wait for a date is eight
 * years (29 February around 2100; weekdays alone or with a date never take longer), so only then
 * is the proof worth its price. */
static bool hopeless(const struct cron_expr *e, int years)
{
    return years == 9 && cron_never(e);
}

/* The matching day that is the lowest (or the highest) of a month's, in days of the wall calendar,
 * NONE when the month has none. */
static uint64_t pick(const struct cron_expr *e, int year, unsigned month, bool lowest_one)
{
    int64_t first = civil_to_days(year, month, 1);
    uint64_t set = month_set(e, civil_weekday(first), civil_month_days(year, month));
    if (set == 0) {
        return NONE;
    }
    return (uint64_t)(first + CIVIL_SHIFT) + (lowest_one ? lowest(set) : highest(set)) - 1;
}

/* The first matching day after DAY, in days of the wall calendar; NONE when there is none. */
static uint64_t day_after(const struct cron_expr *e, const struct day *day)
{
    if (is_weekly(e)) {
        uint64_t ahead = ((uint64_t)e->weekdays << 7 | e->weekdays) >> (day->weekday + 1);
        return ahead != 0 ? day->count + 1 + lowest(ahead) : NONE;
    }
    uint64_t rest = own_month(e, day) & ~below(day->date.day + 1);
    if (rest != 0) {
        return day->count + lowest(rest) - day->date.day;
    }
    int year = day->date.year;
    uint64_t later = e->months & ~below(day->date.month + 1);
    for (;;) {
        for (; later != 0; later &= later - 1) {
            uint64_t found = pick(e, year, lowest(later), true);
            if (found != NONE) {
                return found;
            }
        }
        year++;
        if (year > YEAR_LAST || hopeless(e, year - day->date.year)) {
            return NONE;
        }
        later = e->months;
    }
}

/* The last matching day before DAY. */
static uint64_t day_before(const struct cron_expr *e, const struct day *day)
{
    if (is_weekly(e)) {
        uint64_t behind = ((uint64_t)e->weekdays << 7 | e->weekdays) & below(day->weekday + 7);
        return behind != 0 ? day->count - (day->weekday + 7 - highest(behind)) : NONE;
    }
    uint64_t rest = own_month(e, day) & below(day->date.day);
    if (rest != 0) {
        return day->count - (day->date.day - highest(rest));
    }
    int year = day->date.year;
    uint64_t earlier = e->months & below(day->date.month);
    for (;;) {
        for (; earlier != 0; earlier &= below(highest(earlier))) {
            uint64_t found = pick(e, year, highest(earlier), false);
            if (found != NONE) {
                return found;
            }
        }
        year--;
        if (year < YEAR_FIRST || hopeless(e, day->date.year - year)) {
            return NONE;
        }
        earlier = e->months;
    }
}

/* The first wall minute at or after FROM that matches; NONE when there is none. */
static uint64_t wall_next(const struct cron_expr *e, uint64_t from)
{
    struct day day = day_of(e, from / MINUTES_PER_DAY);
    if (day_matches(e, &day)) {
        unsigned of_day = (unsigned)(from % MINUTES_PER_DAY);
        unsigned hour = of_day / 60;
        unsigned minute = of_day % 60;
        uint64_t rest = e->hours >> hour & 1 ? e->minutes >> minute : 0;
        if (rest != 0) {
            return from + lowest(rest);
        }
        uint32_t later = e->hours >> hour >> 1;
        if (later != 0) {
            return from - of_day + (hour + 1 + lowest(later)) * 60 + lowest(e->minutes);
        }
    }
    uint64_t found = day_after(e, &day);
    return found == NONE ? NONE
                         : found * MINUTES_PER_DAY + lowest(e->hours) * 60 + lowest(e->minutes);
}

/* The last wall minute at or before FROM that matches. */
static uint64_t wall_prev(const struct cron_expr *e, uint64_t from)
{
    struct day day = day_of(e, from / MINUTES_PER_DAY);
    if (day_matches(e, &day)) {
        unsigned of_day = (unsigned)(from % MINUTES_PER_DAY);
        unsigned hour = of_day / 60;
        unsigned minute = of_day % 60;
        uint64_t rest = e->hours >> hour & 1 ? e->minutes & below(minute + 1) : 0;
        if (rest != 0) {
            return from - minute + highest(rest);
        }
        uint64_t earlier = e->hours & below(hour);
        if (earlier != 0) {
            return from - of_day + highest(earlier) * 60 + highest(e->minutes);
        }
    }
    uint64_t found = day_before(e, &day);
    return found == NONE ? NONE
                         : found * MINUTES_PER_DAY + highest(e->hours) * 60 + highest(e->minutes);
}

/* What the search needs of a zone's span. */
struct stretch {
    sec_t from, until;
    int offset;
};

static inline struct stretch stretch_at(const struct tz *tz, sec_t when)
{
    if (when >= tz->first && when <= tz->last) {
        const struct tz_row *row = tz_row_at(tz, when);
        return (struct stretch){row->from, row[1].from, row->offset};
    }
    struct tz_span span = tz_at(tz, when);
    return (struct stretch){span.from, span.until, span.offset};
}

static sec_t wall_to_sec(uint64_t wall, int offset)
{
    return (sec_t)(wall * 60) - WALL_SHIFT - offset;
}

/* The wall minute that begins at or after the reading of AT. */
static uint64_t wall_from(sec_t at, int offset)
{
    return (uint64_t)(at + offset + WALL_SHIFT + 59) / 60;
}

bool cron_next(const struct cron_expr *e, const struct tz *tz, sec_t after, sec_t *ret)
{
    if (e->every > 0) {
        if (after > CIVIL_LAST - e->every) {
            return false;
        }
        *ret = after + e->every;
        return true;
    }
    if (has_no_time(e) || after >= CIVIL_LAST) {
        return false;
    }
    sec_t at = after < CIVIL_FIRST ? CIVIL_FIRST : after + 1;
    uint64_t searched = NONE; /* no match in [searched, wall) */
    uint64_t wall = 0;
    while (at <= CIVIL_LAST) {
        struct stretch s = stretch_at(tz, at);
        uint64_t from = wall_from(at, s.offset);
        if (from < searched || from > wall) {
            searched = from;
            wall = wall_next(e, from);
            if (wall == NONE) {
                return false;
            }
        }
        sec_t when = wall_to_sec(wall, s.offset);
        if (when < s.until) {
            *ret = when;
            return when <= CIVIL_LAST;
        }
        /* Spans wholly between here and the match read less than the match and, unless they come
         * so soon that the clock may have been set back behind AT, more than AT: nothing there. */
        bool may_skip = s.until - at >= OFFSETS_APART && when - OFFSETS_APART > s.until;
        at = may_skip ? when - OFFSETS_APART : s.until;
    }
    return false;
}

bool cron_prev(const struct cron_expr *e, const struct tz *tz, sec_t at, sec_t not_before,
               sec_t *ret)
{
    if (e->every > 0 || has_no_time(e)) {
        return false;
    }
    sec_t least = not_before < CIVIL_FIRST ? CIVIL_FIRST - 1 : not_before;
    at = at > CIVIL_LAST ? CIVIL_LAST : at;
    uint64_t searched = 0; /* no match in (wall, searched] */
    uint64_t wall = NONE;
    while (at > least) {
        struct stretch s = stretch_at(tz, at);
        uint64_t from = wall_from(at, s.offset - 59);
        if (from > searched || from < wall) {
            searched = from;
            wall = wall_prev(e, from);
            if (wall == NONE) {
                return false;
            }
        }
        sec_t when = wall_to_sec(wall, s.offset);
        if (when >= s.from) {
            *ret = when;
            return when > least;
        }
        /* As in cron_next, the other way round. */
        bool may_skip = at - s.from >= OFFSETS_APART && when + OFFSETS_APART < s.from - 1;
        at = may_skip ? when + OFFSETS_APART : s.from - 1;
    }
    return false;
}

size_t cron_between(const struct cron_expr *e, const struct tz *tz, sec_t after, sec_t upto,
                    sec_t *ret, size_t most)
{
    size_t count = 0;
    sec_t when = after;
    while (count < most && cron_next(e, tz, when, &when) && when <= upto) {
        ret[count++] = when;
    }
    return count;
}

enum cron_dst cron_fold(const struct tz *tz, sec_t when)
{
    if (when < CIVIL_FIRST || when > CIVIL_LAST) {
        return CRON_DST_NONE;
    }
    struct tz_span here = tz_at(tz, when);
    sec_t reading = when + here.offset;
    for (struct tz_span s = here; s.from > when - OFFSETS_APART;) {
        s = tz_at(tz, s.from - 1);
        sec_t twin = reading - s.offset;
        if (twin >= s.from && twin < s.until) {
            return CRON_DST_FOLD_SECOND;
        }
    }
    for (struct tz_span s = here; s.until < when + OFFSETS_APART;) {
        s = tz_at(tz, s.until);
        sec_t twin = reading - s.offset;
        if (twin >= s.from && twin < s.until) {
            return CRON_DST_FOLD_FIRST;
        }
    }
    return CRON_DST_NONE;
}

/* Whether a wall time in [FROM, UNTIL) seconds matches. */
static bool wall_between(const struct cron_expr *e, sec_t from, sec_t until)
{
    uint64_t wall = wall_next(e, wall_from(from, 0));
    return wall != NONE && wall_to_sec(wall, 0) < until;
}

/* A schedule of every hour neither loses nor doubles anything when the clock is set by whole hours,
 * nor one of every minute by whole minutes, while the day stays the same: it just goes on. */
static bool goes_on(const struct cron_expr *e, sec_t shift)
{
    if (shift >= CIVIL_DAY || e->hours != ALL_HOURS) {
        return false;
    }
    return shift % 3600 == 0 || (shift % 60 == 0 && e->minutes == ALL_MINUTES);
}

enum cron_dst cron_dst_ahead(const struct cron_expr *e, const struct tz *tz, sec_t after,
                             sec_t *ret_when)
{
    if (e->every > 0 || has_no_time(e) || after < CIVIL_FIRST || after > CIVIL_LAST) {
        return CRON_DST_NONE;
    }
    struct tz_span before = tz_at(tz, after);
    while (before.until <= after + 366 * CIVIL_DAY) {
        sec_t change = before.until;
        struct tz_span next = tz_at(tz, change);
        sec_t shift = next.offset - before.offset;
        if (shift > 0 && !goes_on(e, shift) &&
            wall_between(e, change + before.offset, change + next.offset)) {
            *ret_when = change;
            return CRON_DST_GAP;
        }
        if (shift < 0 && !goes_on(e, -shift) &&
            wall_between(e, change + next.offset, change + before.offset)) {
            *ret_when = change + shift;
            return CRON_DST_FOLD_FIRST;
        }
        before = next;
    }
    return CRON_DST_NONE;
}
