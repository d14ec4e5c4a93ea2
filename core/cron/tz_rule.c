/* tz_rule.c - POSIX TZ rules ("CET-1CEST,M3.5.0,M10.5.0/3"): what a TZif file's footer says. */
/* SPDX-License-Identifier: MIT */
#include "core/cron/tz_rule.h"

#include <string.h>

#include "core/cron/civil.h"

#define HOUR 3600

/* Reads along TEXT; every step answers whether what it wanted was there. */
struct cursor {
    const char *at;
};

static bool take(struct cursor *c, char wanted)
{
    if (*c->at != wanted) {
        return false;
    }
    c->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool take_number(struct cursor *c, int least, int most, int *ret)
{
    if (!is_digit(*c->at)) {
        return false;
    }
    int value = 0;
    for (; is_digit(*c->at); c->at++) {
        value = value * 10 + (*c->at - '0');
        if (value > most) {
            return false;
        }
    }
    *ret = value;
    return value >= least;
}

/* Letters, or letters, digits and signs in <>; at least three. */
static bool take_name(struct cursor *c, char ret[static TZ_RULE_NAME_SIZE])
{
    bool quoted = take(c, '<');
    size_t len = 0;
    while (is_letter(c->at[len]) ||
           (quoted && (is_digit(c->at[len]) || c->at[len] == '+' || c->at[len] == '-'))) {
        len++;
    }
    if (len < 3 || len >= TZ_RULE_NAME_SIZE) {
        return false;
    }
    memcpy(ret, c->at, len);
    ret[len] = '\0';
    c->at += len;
    return !quoted || take(c, '>');
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(struct cursor *c, int most_hours, int *ret)
{
    bool negative = take(c, '-');
    if (!negative) {
        (void)take(c, '+');
    }
    int hours, minutes = 0, seconds = 0;
    if (!take_number(c, 0, most_hours, &hours)) {
        return false;
    }
    if (take(c, ':')) {
        if (!take_number(c, 0, 59, &minutes)) {
            return false;
        }
        if (take(c, ':') && !take_number(c, 0, 59, &seconds)) {
            return false;
        }
    }
    int value = hours * HOUR + minutes * 60 + seconds;
    *ret = negative ? -value : value;
    return true;
}

static bool take_date(struct cursor *c, struct tz_rule_date *ret)
{
    *ret = (struct tz_rule_date){.seconds = 2 * HOUR};
    bool ok;
    if (take(c, 'M')) {
        ret->form = TZ_RULE_WEEKDAY;
        ok = take_number(c, 1, 12, &ret->month) && take(c, '.') &&
             take_number(c, 1, 5, &ret->week) && take(c, '.') && take_number(c, 0, 6, &ret->day);
    } else if (take(c, 'J')) {
        ret->form = TZ_RULE_JULIAN;
        ok = take_number(c, 1, 365, &ret->day);
    } else {
        ret->form = TZ_RULE_DAY;
        ok = take_number(c, 0, 365, &ret->day);
    }
    if (ok && take(c, '/')) {
        ok = take_time(c, 167, &ret->seconds);
    }
    return ok;
}

static bool take_rule(struct cursor *c, struct tz_rule *ret)
{
    int west;
    if (!take_name(c, ret->std_name) || !take_time(c, 24, &west)) {
        return false;
    }
    ret->std_offset = -west;
    if (*c->at == '\0') {
        return true;
    }
    ret->has_dst = true;
    if (!take_name(c, ret->dst_name)) {
        return false;
    }
    ret->dst_offset = ret->std_offset + HOUR;
    if (*c->at != ',') {
        if (!take_time(c, 24, &west)) {
            return false;
        }
        ret->dst_offset = -west;
    }
    return take(c, ',') && take_date(c, &ret->start) && take(c, ',') && take_date(c, &ret->end) &&
           *c->at == '\0';
}

bool tz_rule_parse(const char *text, struct tz_rule *ret, struct error *err)
{
    struct tz_rule rule = {0};
    struct cursor cursor = {text};
    if (!take_rule(&cursor, &rule)) {
        return error_set(err, ERROR_INVALID, "not a POSIX TZ rule: '%.64s'", text);
    }
    *ret = rule;
    return true;
}

sec_t tz_rule_change(const struct tz_rule_date *date, int year, int offset)
{
    int64_t day;
    if (date->form == TZ_RULE_WEEKDAY) {
        unsigned month = (unsigned)date->month;
        int64_t first = civil_to_days(year, month, 1);
        int ahead = date->day - (int)civil_weekday(first);
        int in_month = (ahead < 0 ? ahead + 7 : ahead) + 7 * (date->week - 1);
        if (in_month >= (int)civil_month_days(year, month)) {
            in_month -= 7; /* "the fifth" means the last, and there are four at least */
        }
        day = first + in_month;
    } else {
        day = civil_to_days(year, 1, 1) + date->day;
        if (date->form == TZ_RULE_JULIAN) {
            /* J60 is 1 March in every year. */
            day -= !(civil_leap(year) && date->day >= 60);
        }
    }
    return day * CIVIL_DAY + date->seconds - offset;
}
