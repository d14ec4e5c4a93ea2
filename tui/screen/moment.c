/* moment.c - durations and moments as a person reads them. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/moment.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/cron/civil.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

void moment_short(sec_t seconds, struct str *ret)
{
    seconds = seconds < 0 ? 0 : seconds;
    if (seconds < MINUTE) {
        str_addf(ret, "%" PRId64 "s", seconds);
    } else if (seconds < 10 * MINUTE) {
        str_addf(ret, "%" PRId64 "m%02" PRId64, seconds / MINUTE, seconds % MINUTE);
    } else if (seconds < HOUR) {
        str_addf(ret, "%" PRId64 "m", seconds / MINUTE);
    } else if (seconds < 10 * HOUR) {
        str_addf(ret, "%" PRId64 "h%02" PRId64, seconds / HOUR, seconds % HOUR / MINUTE);
    } else if (seconds < 2 * DAY) {
        str_addf(ret, "%" PRId64 "h", seconds / HOUR);
    } else {
        str_addf(ret, "%" PRId64 "d", seconds / DAY);
    }
}

void moment_elapsed(nsec_t ns, struct str *ret)
{
    sec_t seconds = ns > 0 ? ns / NSEC_PER_SEC : 0;

    if (seconds < HOUR) {
        str_addf(ret, "%" PRId64 ":%02" PRId64, seconds / MINUTE, seconds % MINUTE);
    } else {
        str_addf(ret, "%" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / HOUR,
                 seconds % HOUR / MINUTE, seconds % MINUTE);
    }
}

void moment_took(nsec_t ns, struct str *ret)
{
    sec_t seconds = ns > 0 ? ns / NSEC_PER_SEC : 0;

    if (seconds < 1) {
        str_addf(ret, "%dms", ns > 0 ? (int)(ns / NSEC_PER_MSEC) : 0);
    } else if (seconds < 10) {
        str_addf(ret, "%" PRId64 ".%ds", seconds, (int)(ns % NSEC_PER_SEC / (NSEC_PER_SEC / 10)));
    } else if (seconds < MINUTE) {
        str_addf(ret, "%" PRId64 "s", seconds);
    } else if (seconds < HOUR) {
        str_addf(ret, "%" PRId64 "m%02" PRId64 "s", seconds / MINUTE, seconds % MINUTE);
    } else if (seconds < DAY) {
        str_addf(ret, "%" PRId64 "h%02" PRId64 "m", seconds / HOUR, seconds % HOUR / MINUTE);
    } else {
        str_addf(ret, "%" PRId64 "d%02" PRId64 "h", seconds / DAY, seconds % DAY / HOUR);
    }
}

/* The calendar reading of an instant. Not libc's: that would go by the process' own zone. */
struct reading {
    struct civil date;
    unsigned weekday;
    int hour, minute, second;
};

static struct reading read_clock(sec_t when, int offset)
{
    sec_t local = when + offset;
    int64_t days = civil_day_of(local);
    int rest = (int)(local - days * CIVIL_DAY);

    return (struct reading){.date = civil_from_days(days),
                            .weekday = civil_weekday(days),
                            .hour = rest / HOUR,
                            .minute = rest % HOUR / MINUTE,
                            .second = rest % MINUTE};
}

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

void moment_offset(int seconds, struct str *ret)
{
    int minutes = abs(seconds) / 60;

    str_addf(ret, "%c%02d:%02d", seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void moment_clock(nsec_t when, const struct tz *zone, bool fraction, struct str *ret)
{
    sec_t second = nsec_to_sec(when);
    struct reading at = read_clock(second, tz_at(zone, second).offset);

    str_addf(ret, "%02d:%02d:%02d", at.hour, at.minute, at.second);
    if (fraction) {
        str_addf(ret, ".%03d", (int)((when - second * NSEC_PER_SEC) / NSEC_PER_MSEC));
    }
}

void moment_text(sec_t when, sec_t now, const struct tz *zone, struct str *ret)
{
    struct reading at = read_clock(when, tz_at(zone, when).offset);
    struct reading today = read_clock(now, tz_at(zone, now).offset);
    bool same_day = at.date.year == today.date.year && at.date.month == today.date.month &&
                    at.date.day == today.date.day;

    if (!same_day && when > now - 6 * DAY && when < now + 6 * DAY) {
        str_addf(ret, "%s ", day_names[at.weekday]);
    } else if (!same_day) {
        str_addf(ret, "%u %s ", at.date.day, month_names[at.date.month - 1]);
        if (at.date.year != today.date.year) {
            str_addf(ret, "%d ", at.date.year);
        }
    }
    str_addf(ret, "%02d:%02d", at.hour, at.minute);
    if (at.second != 0) {
        str_addf(ret, ":%02d", at.second);
    }
}

void moment_day(sec_t when, const struct tz *zone, struct str *ret)
{
    struct reading at = read_clock(when, tz_at(zone, when).offset);

    str_addf(ret, "%s %2u %s %d", day_names[at.weekday], at.date.day,
             month_names[at.date.month - 1], at.date.year);
}

void moment_date(sec_t when, const struct tz *zone, struct str *ret)
{
    struct tz_span span = tz_at(zone, when);
    struct reading at = read_clock(when, span.offset);

    moment_day(when, zone, ret);
    str_addf(ret, "  %02d:%02d", at.hour, at.minute);
    if (at.second != 0) {
        str_addf(ret, ":%02d", at.second);
    }
    str_add(ret, " ");
    moment_offset(span.offset, ret);
}
