/* tz_rule.h - POSIX TZ rules ("CET-1CEST,M3.5.0,M10.5.0/3"): what a TZif file's footer says. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_TZ_RULE_H
#define BELFRY_CORE_CRON_TZ_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clk.h"
#include "core/base/error.h"

#define TZ_RULE_NAME_SIZE 32

/* The three forms of a date: Mm.w.d, Jn and n. */
enum tz_rule_form { TZ_RULE_WEEKDAY, TZ_RULE_JULIAN, TZ_RULE_DAY };

struct tz_rule_date {
    enum tz_rule_form form;
    int month;   /* 1-12 (WEEKDAY) */
    int week;    /* 1-5, 5 = the last (WEEKDAY) */
    int day;     /* weekday 0-6; or 1-365, 29 February not counted (JULIAN); or 0-365 (DAY) */
    int seconds; /* after midnight, local time; -167 to 167 hours (RFC 9636 section 3.3.1) */
};

struct tz_rule {
    char std_name[TZ_RULE_NAME_SIZE], dst_name[TZ_RULE_NAME_SIZE];
    int std_offset, dst_offset;     /* seconds east of Greenwich (the text counts west) */
    bool has_dst;                   /* false: standard time for ever, the rest is unset */
    struct tz_rule_date start, end; /* start in standard, end in daylight saving time */
};

/* POSIX (IEEE Std 1003.1, section 8.3) with the extension of RFC 9636. ERROR_INVALID otherwise. */
must_use bool tz_rule_parse(const char *text, struct tz_rule *ret, struct error *err);

/* The instant of a change in YEAR, where OFFSET holds until then. */
sec_t tz_rule_change(const struct tz_rule_date *date, int year, int offset);

#endif
