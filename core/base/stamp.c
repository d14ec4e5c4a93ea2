/* stamp.c - RFC 3339 times and Go durations, in and out. */
/* SPDX-License-Identifier: MIT */
#include "core/base/stamp.h"

#include <string.h>

enum { SEC_PER_MIN = 60, SEC_PER_HOUR = 3600, SEC_PER_DAY = 86400, SEC_PER_YEAR = 365 * 86400 };

#define STAMP_FIRST INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define STAMP_LAST INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

/* Days and dates of the proleptic Gregorian calendar, by Hinnant's count of days from 1 March: the
 * leap day comes last, so that the months before it need no exception. For years 0 to 9999 and a
 * day on either side; core/cron has its own, in a wider range. */
static int64_t days_from_date(int year, int month, int day)
{
    int from_march = (month + 9) % 12;
    int y = (month <= 2 ? year - 1 : year) + 400; /* one era up: no negative division */
    int day_of_year = (153 * from_march + 2) / 5 + day - 1;

    return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468 - 146097;
}

static void date_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t shifted = days + 719468 + 146097;
    int era = (int)(shifted / 146097), of_era = (int)(shifted % 146097);
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int from_march = (5 * of_year + 2) / 153;

    *ret_day = of_year - (153 * from_march + 2) / 5 + 1;
    *ret_month = from_march < 10 ? from_march + 3 : from_march - 9;
    *ret_year = year + era * 400 - 400 + (*ret_month <= 2);
}

static int days_in_month(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return lengths[month - 1] + (month == 2 && leap);
}

/* COUNT digits, then the character AFTER (0: anything); moves on only when all is there. */
static bool take_digits(const char **at, int count, char after, int *ret)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        char c = (*at)[i];

        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    if (after != '\0' && (*at)[count] != after) {
        return false;
    }
    *at += count + (after != '\0');
    *ret = value;
    return true;
}

/* ".123": nanoseconds; further digits than nine are cut. No point, no fraction. */
static bool take_fraction(const char **at, int *ret_ns)
{
    int scale = (int)(NSEC_PER_SEC / 10), ns = 0;
    const char *c = *at;

    if (*c == '.') {
        for (c++; *c >= '0' && *c <= '9'; c++) {
            ns += (*c - '0') * scale;
            scale /= 10;
        }
        if (c == *at + 1) {
            return false;
        }
    }
    *at = c;
    *ret_ns = ns;
    return true;
}

static bool take_offset(const char **at, int *ret_seconds)
{
    int sign = **at == '-' ? -1 : 1, hours, minutes;

    if (**at == 'Z' || **at == 'z') {
        (*at)++;
        *ret_seconds = 0;
        return true;
    }
    if (**at != '+' && **at != '-') {
        return false;
    }
    (*at)++;
    if (!take_digits(at, 2, ':', &hours) || !take_digits(at, 2, '\0', &minutes) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    *ret_seconds = sign * (hours * SEC_PER_HOUR + minutes * SEC_PER_MIN);
    return true;
}

static bool parse_any(const char *text, sec_t *ret_when, int *ret_ns)
{
    int year, month, day, hour, minute, second, ns, offset;

    if (!take_digits(&text, 4, '-', &year) || !take_digits(&text, 2, '-', &month) ||
        !take_digits(&text, 2, '\0', &day) || (*text != 'T' && *text != 't')) {
        return false;
    }
    text++;
    if (!take_digits(&text, 2, ':', &hour) || !take_digits(&text, 2, ':', &minute) ||
        !take_digits(&text, 2, '\0', &second) || !take_fraction(&text, &ns) ||
        !take_offset(&text, &offset) || *text != '\0') {
        return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
        minute > 59 || second > 60) {
        return false;
    }
    *ret_when = days_from_date(year, month, day) * SEC_PER_DAY + hour * SEC_PER_HOUR +
                minute * SEC_PER_MIN + second - offset;
    *ret_ns = ns;
    return true;
}

bool stamp_parse(const char *text, nsec_t *ret_wall)
{
    sec_t when;
    nsec_t wall;
    int ns;

    if (!parse_any(text, &when, &ns)) {
        return false;
    }
    /* Seconds before 1970 count down and the fraction counts up: joined from one second later, the
     * first representable times do not overflow on the way. */
    if (when < 0) {
        when++;
        ns -= (int)NSEC_PER_SEC;
    }
    if (__builtin_mul_overflow(when, NSEC_PER_SEC, &wall) ||
        __builtin_add_overflow(wall, ns, &wall)) {
        return false;
    }
    *ret_wall = wall;
    return true;
}

bool stamp_parse_sec(const char *text, sec_t *ret_when)
{
    int ns;

    return parse_any(text, ret_when, &ns);
}

/* COUNT digits of VALUE, leading zeros, and the character AFTER; returns what follows. */
static char *put_digits(char *at, int64_t value, int count, char after)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    at[count] = after;
    return at + count + (after != '\0');
}

/* "2026-11-20T20:50:00" of LOCAL seconds; returns what follows. */
static char *put_date_time(char *at, sec_t local)
{
    int64_t days, rest;
    int year, month, day;

    local = local < STAMP_FIRST ? STAMP_FIRST : local > STAMP_LAST ? STAMP_LAST : local;
    days = local / SEC_PER_DAY - (local % SEC_PER_DAY < 0);
    rest = local - days * SEC_PER_DAY;
    date_from_days(days, &year, &month, &day);
    at = put_digits(at, year, 4, '-');
    at = put_digits(at, month, 2, '-');
    at = put_digits(at, day, 2, 'T');
    at = put_digits(at, rest / SEC_PER_HOUR, 2, ':');
    at = put_digits(at, rest / SEC_PER_MIN % 60, 2, ':');
    return put_digits(at, rest % 60, 2, '\0');
}

const char *stamp_sec(char buffer[static STAMP_SIZE], sec_t when)
{
    return stamp_offset(buffer, when, 0);
}

static const char *stamp_fraction(char *buffer, nsec_t when, int digits, nsec_t unit)
{
    sec_t seconds = nsec_to_sec(when);
    /* The remainder first: the whole seconds of the first times are below the range of nsec_t. */
    nsec_t fraction = (when % NSEC_PER_SEC + NSEC_PER_SEC) % NSEC_PER_SEC;
    char *at = put_date_time(buffer, seconds);

    *at++ = '.';
    at = put_digits(at, fraction / unit, digits, 'Z');
    *at = '\0';
    return buffer;
}

const char *stamp_nsec(char buffer[static STAMP_SIZE], nsec_t when)
{
    return stamp_fraction(buffer, when, 9, 1);
}

const char *stamp_micro(char buffer[static STAMP_SIZE], nsec_t when)
{
    return stamp_fraction(buffer, when, 6, 1000);
}

const char *stamp_offset(char buffer[static STAMP_SIZE], sec_t when, int offset)
{
    int minutes = ((offset < 0 ? -offset : offset) + 30) / SEC_PER_MIN;
    sec_t local;
    char *at;

    if (__builtin_add_overflow(when, offset, &local)) {
        local = when; /* far outside the years that print, on the same side */
    }
    at = put_date_time(buffer, local);
    if (offset == 0) {
        *at++ = 'Z';
    } else {
        *at++ = offset < 0 ? '-' : '+';
        at = put_digits(at, minutes / 60, 2, ':');
        at = put_digits(at, minutes % 60, 2, '\0');
    }
    *at = '\0';
    return buffer;
}

static const struct {
    const char *name;
    uint64_t ns;
} units[] = {
    {"ns", 1},
    {"us", 1000},
    {"\xC2\xB5s", 1000}, /* U+00B5, micro sign: what Go prints */
    {"\xCE\xBCs", 1000}, /* U+03BC, Greek mu */
    {"ms", 1000000},
    {"s", 1000000000},
    {"m", UINT64_C(60000000000)},
    {"h", UINT64_C(3600000000000)},
};

#define DURATION_TOP (UINT64_C(1) << 63) /* of a negative duration; a positive one is below */

static bool take_unit(const char **at, uint64_t *ret_ns)
{
    size_t len = 0;

    while ((*at)[len] != '\0' && (*at)[len] != '.' && ((*at)[len] < '0' || (*at)[len] > '9')) {
        len++;
    }
    for (size_t i = 0; i < countof(units); i++) {
        if (strlen(units[i].name) == len && memcmp(units[i].name, *at, len) == 0) {
            *at += len;
            *ret_ns = units[i].ns;
            return true;
        }
    }
    return false;
}

/* One "1.5h" of a duration. The fraction goes through a double, as in Go, so that the last
 * nanosecond of odd fractions is Go's as well. */
static bool take_part(const char **at, uint64_t *ret_ns)
{
    const char *c = *at;
    uint64_t whole = 0, fraction = 0, unit, ns;
    double scale = 1;
    bool digits = false, full = false;

    for (; *c >= '0' && *c <= '9'; c++, digits = true) {
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*c - '0'), &whole) || whole > DURATION_TOP) {
            return false;
        }
    }
    if (*c == '.') {
        for (c++; *c >= '0' && *c <= '9'; c++, digits = true) {
            uint64_t longer = fraction * 10 + (uint64_t)(*c - '0');

            /* Digits beyond the range are too small to matter. */
            full = full || fraction > (DURATION_TOP - 1) / 10 || longer > DURATION_TOP;
            if (!full) {
                fraction = longer;
                scale *= 10;
            }
        }
    }
    if (!digits || !take_unit(&c, &unit) || __builtin_mul_overflow(whole, unit, &ns) ||
        ns > DURATION_TOP) {
        return false;
    }
    ns += (uint64_t)((double)fraction * ((double)unit / scale));
    *at = c;
    *ret_ns = ns;
    return ns <= DURATION_TOP;
}

bool duration_parse(const char *text, nsec_t *ret_ns)
{
    bool negative = *text == '-';
    uint64_t total = 0, part;

    if (*text == '-' || *text == '+') {
        text++;
    }
    if (*text == '\0') {
        return false;
    }
    if (strcmp(text, "0") == 0) { /* the one number without a unit */
        *ret_ns = 0;
        return true;
    }
    while (*text != '\0') {
        if (!take_part(&text, &part)) {
            return false;
        }
        total += part; /* each at most 2^63: a sum that wraps is below both */
        if (total > DURATION_TOP || total < part) {
            return false;
        }
    }
    if (total == DURATION_TOP) {
        if (!negative) {
            return false;
        }
        *ret_ns = INT64_MIN;
        return true;
    }
    *ret_ns = negative ? -(nsec_t)total : (nsec_t)total;
    return true;
}

/* Prints from the back, so that the length of each part need not be known: what stands at AT is
 * preceded by the decimal VALUE. */
static char *put_before(char *at, uint64_t value)
{
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return at;
}

/* The same with the point PLACES digits from the right, and no zeros at the end. */
static char *put_decimal_before(char *at, uint64_t value, int places)
{
    bool begun = false;

    for (int i = 0; i < places; i++, value /= 10) {
        begun = begun || value % 10 != 0;
        if (begun) {
            *--at = (char)('0' + value % 10);
        }
    }
    if (begun) {
        *--at = '.';
    }
    return put_before(at, value);
}

static char *put_text_before(char *at, const char *text)
{
    size_t len = strlen(text);

    return memcpy(at - len, text, len);
}

const char *duration_go(char buffer[static STAMP_SIZE], nsec_t ns)
{
    static const struct {
        uint64_t below; /* for durations shorter than this */
        const char *unit;
        int places; /* digits behind the point */
    } small[] = {{1, "0s", 0}, {1000, "ns", 0}, {1000000, "\xC2\xB5s", 3}, {1000000000, "ms", 6}};
    uint64_t left = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    char text[STAMP_SIZE], *at = text + sizeof text - 1;
    size_t row = 0;

    *at = '\0';
    while (row < countof(small) && left >= small[row].below) {
        row++;
    }
    if (row == 0) {
        at = put_text_before(at, small[row].unit);
    } else if (row < countof(small)) {
        at = put_decimal_before(put_text_before(at, small[row].unit), left, small[row].places);
    } else {
        uint64_t minutes = left / (60 * (uint64_t)NSEC_PER_SEC);

        *--at = 's';
        at = put_decimal_before(at, left % (60 * (uint64_t)NSEC_PER_SEC), 9);
        if (minutes > 0) {
            *--at = 'm';
            at = put_before(at, minutes % 60);
        }
        if (minutes >= 60) {
            *--at = 'h';
            at = put_before(at, minutes / 60);
        }
    }
    if (ns < 0) {
        *--at = '-';
    }
    return memcpy(buffer, at, (size_t)(text + sizeof text - at));
}

const char *duration_human(char buffer[static STAMP_SIZE], sec_t seconds)
{
    /* The steps of apimachinery's duration.HumanDuration. */
    static const struct {
        sec_t below; /* for ages younger than this */
        sec_t unit;  /* the first number counts these */
        sec_t minor; /* the second one these, where it is not zero; 0: none */
        char name, minor_name;
    } steps[] = {
        {2 * SEC_PER_MIN, 1, 0, 's', 0},
        {10 * SEC_PER_MIN, SEC_PER_MIN, 1, 'm', 's'},
        {3 * SEC_PER_HOUR, SEC_PER_MIN, 0, 'm', 0},
        {8 * SEC_PER_HOUR, SEC_PER_HOUR, SEC_PER_MIN, 'h', 'm'},
        {48 * SEC_PER_HOUR, SEC_PER_HOUR, 0, 'h', 0},
        {8 * SEC_PER_DAY, SEC_PER_DAY, SEC_PER_HOUR, 'd', 'h'},
        {2 * (sec_t)SEC_PER_YEAR, SEC_PER_DAY, 0, 'd', 0},
        {8 * (sec_t)SEC_PER_YEAR, SEC_PER_YEAR, SEC_PER_DAY, 'y', 'd'},
        {INT64_MAX, SEC_PER_YEAR, 0, 'y', 0},
    };
    char text[STAMP_SIZE], *at = text + sizeof text - 1;
    size_t row = 0;
    sec_t minor;

    if (seconds < -1) {
        return memcpy(buffer, "<invalid>", sizeof "<invalid>");
    }
    seconds = seconds < 0 ? 0 : seconds; /* clocks of two machines differ a little */
    while (row < countof(steps) - 1 && seconds >= steps[row].below) {
        row++;
    }
    *at = '\0';
    minor = steps[row].minor > 0 ? seconds % steps[row].unit / steps[row].minor : 0;
    if (minor > 0) {
        *--at = steps[row].minor_name;
        at = put_before(at, (uint64_t)minor);
    }
    *--at = steps[row].name;
    at = put_before(at, (uint64_t)(seconds / steps[row].unit));
    return memcpy(buffer, at, (size_t)(text + sizeof text - at));
}
