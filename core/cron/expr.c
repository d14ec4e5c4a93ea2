/* expr.c - schedule expressions: five fields and @macros, parsed into bit sets and printed. */
/* SPDX-License-Identifier: MIT */
#include "core/cron/expr.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/base/stamp.h"
#include "core/base/utf8.h"
#include "core/cron/civil.h"

#define MINUTES_ALL ((UINT64_C(1) << 60) - 1)
#define HOURS_ALL ((UINT64_C(1) << 24) - 1)
#define DAYS_ALL (((UINT64_C(1) << 31) - 1) << 1)
#define MONTHS_ALL (((UINT64_C(1) << 12) - 1) << 1)
#define WEEKDAYS_ALL ((UINT64_C(1) << 7) - 1)

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                          "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct field {
    const char *name;
    unsigned least, most;
    const char *const *names; /* for LEAST and on; NULL: numbers only */
    size_t name_count;
    const char *hint;
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELD_COUNT };

static const struct field fields[] = {
    [MINUTE] = {"minute", 0, 59, NULL, 0, "use 0-59"},
    [HOUR] = {"hour", 0, 23, NULL, 0, "use 0-23"},
    [DAY] = {"day of month", 1, 31, NULL, 0, "use 1-31"},
    [MONTH] = {"month", 1, 12, month_names, countof(month_names), "use 1-12 or jan-dec"},
    [WEEKDAY] = {"day of week", 0, 6, weekday_names, countof(weekday_names),
                 "use 0-6 or sun-sat; Sunday is 0"},
};
static_assert(countof(fields) == FIELD_COUNT, "a row a field");

struct macro {
    const char *name;
    struct cron_expr expr;
};

static const struct macro macros[] = {
    {"@yearly", {1, 1, 1 << 1, 1 << 1, WEEKDAYS_ALL, false, true, 0}},
    {"@annually", {1, 1, 1 << 1, 1 << 1, WEEKDAYS_ALL, false, true, 0}},
    {"@monthly", {1, 1, 1 << 1, MONTHS_ALL, WEEKDAYS_ALL, false, true, 0}},
    {"@weekly", {1, 1, DAYS_ALL, MONTHS_ALL, 1, true, false, 0}},
    {"@daily", {1, 1, DAYS_ALL, MONTHS_ALL, WEEKDAYS_ALL, true, true, 0}},
    {"@midnight", {1, 1, DAYS_ALL, MONTHS_ALL, WEEKDAYS_ALL, true, true, 0}},
    {"@hourly", {1, HOURS_ALL, DAYS_ALL, MONTHS_ALL, WEEKDAYS_ALL, true, true, 0}},
};

/* A piece of the text. */
struct part {
    const char *text;
    size_t len;
};

/* A piece of the user's text, fit for a message: short, and without control characters. */
struct quote {
    char text[48];
};

static struct quote quote(struct part part)
{
    struct quote q;
    size_t len = 0;
    for (size_t i = 0, size; i < part.len; i += size) {
        uint32_t point = utf8_decode(part.text + i, part.len - i, &size);
        char bytes[4] = {'?'};
        size_t count =
            point < 0x20 || (point >= 0x7F && point < 0xA0) ? 1 : utf8_encode(point, bytes);
        if (len + count + sizeof "..." > sizeof q.text) {
            memcpy(q.text + len, "...", 3);
            len += 3;
            break;
        }
        memcpy(q.text + len, bytes, count);
        len += count;
    }
    q.text[len] = '\0';
    return q;
}

/* Go's unicode.IsSpace, by which robfig/cron splits. */
static bool is_space(uint32_t point)
{
    return (point >= '\t' && point <= '\r') || point == ' ' || point == 0x85 || point == 0xA0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

/* The parts between white space, the first MOST of them in RET; returns how many there are. */
static size_t split(const char *text, struct part *ret, size_t most)
{
    size_t len = strlen(text);
    size_t count = 0;
    size_t start = 0; /* of the part we are in */
    for (size_t i = 0, size; i <= len; i += size) {
        size = 1;
        if (i < len && !is_space(utf8_decode(text + i, len - i, &size))) {
            continue;
        }
        if (i > start) {
            if (count < most) {
                ret[count] = (struct part){text + start, i - start};
            }
            count++;
        }
        start = i + size;
    }
    return count;
}

/* Takes the part before the first SEPARATOR off WHOLE; what is behind it stays. False when there is
 * no separator: the part is all of it. */
static bool cut(struct part *whole, char separator, struct part *ret)
{
    const char *at = memchr(whole->text, separator, whole->len);
    if (at == NULL) {
        *ret = *whole;
        *whole = (struct part){whole->text + whole->len, 0};
        return false;
    }
    *ret = (struct part){whole->text, (size_t)(at - whole->text)};
    *whole = (struct part){at + 1, whole->len - ret->len - 1};
    return true;
}

static bool is_star(struct part part)
{
    return part.len == 1 && (part.text[0] == '*' || part.text[0] == '?');
}

/* Go's strconv.Atoi: a sign, digits, leading zeros; beyond 63 bits it fails as well. *RET_MINUS: a
 * negative number, whose value is not looked at. */
static bool read_number(struct part part, uint64_t *ret, bool *ret_minus)
{
    size_t i = part.len > 0 && (part.text[0] == '+' || part.text[0] == '-');
    uint64_t value = 0;
    if (i == part.len) {
        return false;
    }
    for (size_t at = i; at < part.len; at++) {
        unsigned digit = (unsigned)(unsigned char)part.text[at] - '0';
        if (digit > 9 || value > ((uint64_t)INT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *ret = value;
    *ret_minus = i == 1 && part.text[0] == '-' && value > 0;
    return true;
}

static bool refuse_value(const struct field *f, struct part part, struct error *err)
{
    struct quote q = quote(part);
    if (part.len == 0) {
        error_set(err, ERROR_INVALID, "%s: a number is missing beside a '-' or '/'", f->name);
    } else if (strspn(q.text, "+0123456789") == part.len && part.len > 1) {
        error_set(err, ERROR_INVALID, "%s: %s is above %u", f->name, q.text, f->most);
    } else {
        error_set(err, ERROR_INVALID, "%s: '%s' is not a number%s", f->name, q.text,
                  f->names != NULL ? " or a name of three letters" : "");
    }
    if (part.len > 0 && strchr("LWH#~", part.text[part.len - 1]) != NULL) {
        return error_hint(err, "%s; L, W, #, H and ~ of other crons do not exist in Kubernetes'",
                          f->hint);
    }
    return error_hint(err, "%s", f->hint);
}

static bool read_value(const struct field *f, struct part part, uint64_t *ret, struct error *err)
{
    for (size_t i = 0; i < f->name_count; i++) {
        if (part.len == 3 && strncasecmp(part.text, f->names[i], 3) == 0) {
            *ret = f->least + i;
            return true;
        }
    }
    bool minus;
    /* A minus sign cannot get here: it has divided the item. */
    return read_number(part, ret, &minus) || refuse_value(f, part, err);
}

static bool read_step(const struct field *f, struct part part, uint64_t *ret, struct error *err)
{
    bool minus = false;
    struct quote q = quote(part);
    if (!read_number(part, ret, &minus) || minus) {
        error_set(err, ERROR_INVALID, "%s: the step '%s' is not a positive number", f->name,
                  q.text);
    } else if (*ret == 0) {
        error_set(err, ERROR_INVALID, "%s: the step '%s' is zero", f->name, q.text);
    } else {
        return true;
    }
    return error_hint(err, "use a step of 1 or more, as in '*/5'");
}

static bool check_range(const struct field *f, struct part item, uint64_t first, uint64_t last,
                        struct error *err)
{
    if (first < f->least) {
        error_set(err, ERROR_INVALID, "%s: %llu is below %u", f->name, (unsigned long long)first,
                  f->least);
        return error_hint(err, "%s", f->hint);
    }
    if (last > f->most || first > f->most) {
        error_set(err, ERROR_INVALID, "%s: %llu is above %u", f->name,
                  (unsigned long long)(last > f->most ? last : first), f->most);
        return error_hint(err, "%s", f->hint);
    }
    if (first > last) {
        error_set(err, ERROR_INVALID, "%s: the range '%s' runs backwards", f->name,
                  quote(item).text);
        return error_hint(err, "a range cannot wrap: write two, '%llu-%u,%u-%llu'",
                          (unsigned long long)first, f->most, f->least, (unsigned long long)last);
    }
    return true;
}

/* One item of a list: a star, N or N-M, with an optional /S. */
static bool read_item(const struct field *f, struct part item, uint64_t *set, bool *star,
                      struct error *err)
{
    struct part rest = item, span, low, step_text;
    bool stepped = cut(&rest, '/', &span);
    if (cut(&rest, '/', &step_text)) {
        error_set(err, ERROR_INVALID, "%s: '%s' has more than one '/'", f->name, quote(item).text);
        return error_hint(err, "use one step, as in '*/5' or '10-30/5'");
    }
    bool ranged = cut(&span, '-', &low);
    uint64_t first = 0, last = 0, step = 1;
    bool any = is_star(low); /* whatever follows a star's '-' is ignored */
    if (any) {
        first = f->least;
        last = f->most;
    } else {
        if (!read_value(f, low, &first, err)) {
            return false;
        }
        last = first;
        struct part high;
        if (ranged && cut(&span, '-', &high)) {
            error_set(err, ERROR_INVALID, "%s: '%s' has more than one '-'", f->name,
                      quote(item).text);
            return error_hint(err, "use a range such as '%u-%u'", f->least, f->most);
        }
        if (ranged && !read_value(f, high, &last, err)) {
            return false;
        }
    }
    if (stepped && !read_step(f, step_text, &step, err)) {
        return false;
    }
    if (stepped && !ranged && last <= f->most) {
        last = f->most; /* "N/S" runs to the end */
    }
    if (!check_range(f, item, first, last, err)) {
        return false;
    }
    for (uint64_t value = first; value <= last; value += step) {
        *set |= UINT64_C(1) << value;
    }
    *star = *star || (any && step == 1);
    return true;
}

static bool read_field(const struct field *f, struct part text, uint64_t *set, bool *star,
                       struct error *err)
{
    *set = 0;
    *star = false;
    bool more;
    do {
        struct part item;
        more = cut(&text, ',', &item);
        if (item.len > 0 && !read_item(f, item, set, star, err)) {
            return false;
        }
    } while (more);
    return true;
}

static bool read_every(const char *text, struct cron_expr *ret, struct error *err)
{
    nsec_t ns;
    if (!duration_parse(text, &ns)) {
        error_set(err, ERROR_INVALID, "@every: '%s' is not a duration",
                  quote((struct part){text, strlen(text)}).text);
        return error_hint(err, "use one such as 90s, 5m or 1h30m, one space after @every");
    }
    *ret = (struct cron_expr){.every = ns < NSEC_PER_SEC ? 1 : ns / NSEC_PER_SEC};
    return true;
}

static bool read_macro(const char *text, struct cron_expr *ret, struct error *err)
{
    for (size_t i = 0; i < countof(macros); i++) {
        if (strcmp(text, macros[i].name) == 0) {
            *ret = macros[i].expr;
            return true;
        }
    }
    if (text_starts(text, "@every ")) {
        return read_every(text + strlen("@every "), ret, err);
    }
    if (strncasecmp(text, "@reboot", 7) == 0) {
        error_set(err, ERROR_INVALID, "'@reboot' is not a time, and no schedule in Kubernetes");
        return error_hint(err, "call 'belfry run CRONJOB' from a systemd unit or a boot script");
    }
    error_set(err, ERROR_INVALID, "unknown schedule '%s'",
              quote((struct part){text, strlen(text)}).text);
    return error_hint(err, "use @yearly @annually @monthly @weekly @daily @midnight @hourly or "
                           "'@every 90s', in lower case, with no space around");
}

static bool refuse_count(const char *text, size_t count, struct error *err)
{
    error_set(err, ERROR_INVALID, "a schedule has 5 fields, '%s' has %zu",
              quote((struct part){text, strlen(text)}).text, count);
    const char *at = strchr(text, '@');
    if (count == 1 && at != NULL) {
        return error_hint(err, "there must be no space before '@'");
    }
    if (count == 6) {
        return error_hint(err, "there is no field for seconds: minute, hour, day of month, month, "
                               "day of week; for less than a minute '@every 30s'");
    }
    return error_hint(err, "minute, hour, day of month, month, day of week: '*/5 * * * *' is every "
                           "5 minutes");
}

bool cron_parse(const char *text, struct cron_expr *ret, struct error *err)
{
    if (strstr(text, "TZ=") != NULL) {
        error_set(err, ERROR_INVALID, "the schedule '%s' names a time zone",
                  quote((struct part){text, strlen(text)}).text);
        return error_hint(err, "put the zone into spec.timeZone (--time-zone)");
    }
    if (text[0] == '@') {
        return read_macro(text, ret, err);
    }
    struct part parts[FIELD_COUNT];
    size_t count = split(text, parts, countof(parts));
    if (count != FIELD_COUNT) {
        return refuse_count(text, count, err);
    }
    uint64_t sets[FIELD_COUNT];
    bool stars[FIELD_COUNT];
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!read_field(&fields[i], parts[i], &sets[i], &stars[i], err)) {
            return false;
        }
    }
    *ret = (struct cron_expr){
        .minutes = sets[MINUTE],
        .hours = (uint32_t)sets[HOUR],
        .days = (uint32_t)sets[DAY],
        .months = (uint16_t)sets[MONTH],
        .weekdays = (uint8_t)sets[WEEKDAY],
        .days_star = stars[DAY],
        .weekdays_star = stars[WEEKDAY],
    };
    return true;
}

/* The step of a set of three or more values in even steps of 2 or more; else 0. */
static unsigned even_step(uint64_t set, unsigned most)
{
    if (__builtin_popcountll(set) < 3) {
        return 0;
    }
    unsigned first = (unsigned)__builtin_ctzll(set);
    unsigned step = 1 + (unsigned)__builtin_ctzll(set >> first >> 1);
    uint64_t even = 0;
    unsigned last = 63 - (unsigned)__builtin_clzll(set);
    for (unsigned value = first; value <= most && value <= last; value += step) {
        even |= UINT64_C(1) << value;
    }
    return even == set && step > 1 ? step : 0;
}

static void print_field(const struct field *f, uint64_t set, bool star, struct str *ret)
{
    if (star) {
        str_add_char(ret, '*');
        return;
    }
    if (set == 0) {
        str_add_char(ret, ','); /* a list of nothing but empty items */
        return;
    }
    unsigned first = (unsigned)__builtin_ctzll(set);
    unsigned last = 63 - (unsigned)__builtin_clzll(set);
    unsigned step = even_step(set, f->most);
    if (step > 0) {
        bool to_end = last + step > f->most;
        if (first == f->least && to_end) {
            str_addf(ret, "*/%u", step);
        } else if (to_end) {
            str_addf(ret, "%u/%u", first, step);
        } else {
            str_addf(ret, "%u-%u/%u", first, last, step);
        }
        return;
    }
    const char *comma = "";
    while (set != 0) {
        unsigned from = (unsigned)__builtin_ctzll(set);
        unsigned run = (unsigned)__builtin_ctzll(~(set >> from)); /* never 64: bit 63 is unused */
        if (run < 3) {
            run = 1;
            str_addf(ret, "%s%u", comma, from);
        } else {
            str_addf(ret, "%s%u-%u", comma, from, from + run - 1);
        }
        set &= ~(((UINT64_C(1) << run) - 1) << from);
        comma = ",";
    }
}

void cron_print(const struct cron_expr *e, struct str *ret)
{
    if (e->every > 0) {
        char buffer[STAMP_SIZE];
        str_addf(ret, "@every %s", duration_go(buffer, e->every * NSEC_PER_SEC));
        return;
    }
    /* Only the day fields tell a star from a full set. */
    print_field(&fields[MINUTE], e->minutes, e->minutes == MINUTES_ALL, ret);
    str_add_char(ret, ' ');
    print_field(&fields[HOUR], e->hours, e->hours == HOURS_ALL, ret);
    str_add_char(ret, ' ');
    print_field(&fields[DAY], e->days, e->days_star, ret);
    str_add_char(ret, ' ');
    print_field(&fields[MONTH], e->months, e->months == MONTHS_ALL, ret);
    str_add_char(ret, ' ');
    print_field(&fields[WEEKDAY], e->weekdays, e->weekdays_star, ret);
}

bool cron_equal(const struct cron_expr *a, const struct cron_expr *b)
{
    return a->minutes == b->minutes && a->hours == b->hours && a->days == b->days &&
           a->months == b->months && a->weekdays == b->weekdays && a->days_star == b->days_star &&
           a->weekdays_star == b->weekdays_star && a->every == b->every;
}

bool cron_never(const struct cron_expr *e)
{
    if (e->every > 0) {
        return false;
    }
    if (e->minutes == 0 || e->hours == 0 || e->months == 0) {
        return true;
    }
    bool both = e->days_star || e->weekdays_star;
    if (!both && e->weekdays != 0) {
        return false;
    }
    if (both && e->weekdays == 0) {
        return true;
    }
    /* Over 400 years each date falls on each weekday, 29 February too. */
    for (unsigned month = 1; month <= 12; month++) {
        uint64_t dates = ((UINT64_C(1) << civil_month_days(2000, month)) - 1) << 1;
        if ((e->months >> month & 1) && (e->days & dates)) {
            return false;
        }
    }
    return true;
}
