/* civil.h - days since 1970 to dates and back, weekdays, month lengths. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_CIVIL_H
#define BELFRY_CORE_CRON_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clk.h"

/* The proleptic Gregorian calendar, years 0 to 9999. Inline: the search for a next time is made of
 * these. The divisions are Neri and Schneider's Euclidean affine functions ("Euclidean affine
 * functions and their application to calendar algorithms", 2022): multiplications and shifts, no
 * branch. A year begins in March there, so that the leap day is its last. */
struct civil {
    int year;
    unsigned month; /* 1-12 */
    unsigned day;   /* 1-31 */
};

#define CIVIL_DAY INT64_C(86400)
#define CIVIL_FIRST INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define CIVIL_LAST INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */
/* The calendar repeats after 400 years, weekdays included. */
#define CIVIL_CYCLE (INT64_C(146097) * CIVIL_DAY)

/* Shifts the years 0 to 9999 (and some before) into positive numbers: whole 400-year cycles, and
 * the 719468 days from 1 March 0000 to 1970. */
#define CIVIL_CYCLES 4
#define CIVIL_SHIFT (UINT32_C(719468) + UINT32_C(146097) * CIVIL_CYCLES)

static inline struct civil civil_from_days(int64_t days)
{
    uint32_t n1 = 4 * ((uint32_t)days + CIVIL_SHIFT) + 3;
    uint32_t century = n1 / 146097;
    uint32_t n2 = (n1 % 146097) | 3; /* 4 * (day of the century) + 3 */
    uint64_t p2 = UINT64_C(2939745) * n2;
    uint32_t day_of_year = (uint32_t)p2 / 2939745 / 4;
    uint32_t n3 = 2141 * day_of_year + 197913;
    bool wraps = day_of_year >= 306; /* January and February belong to the next year */
    uint32_t month = n3 >> 16;
    return (struct civil){
        .year = (int)(100 * century + (uint32_t)(p2 >> 32)) - 400 * CIVIL_CYCLES + wraps,
        .month = wraps ? month - 12 : month,
        .day = (n3 & 0xFFFF) / 2141 + 1,
    };
}

/* MONTH must be 1-12; DAY may lie outside its month and counts on from there. */
static inline int64_t civil_to_days(int year, unsigned month, int64_t day)
{
    bool early = month <= 2;
    uint32_t y = (uint32_t)(year + 400 * CIVIL_CYCLES) - early;
    uint32_t m = early ? month + 12 : month;
    uint32_t century = y / 100;
    uint32_t before = 1461 * y / 4 - century + century / 4 + (979 * m - 2919) / 32;
    return (int64_t)before - (int64_t)CIVIL_SHIFT + day - 1;
}

/* 0 = Sunday. */
static inline unsigned civil_weekday(int64_t days)
{
    /* 1 March of the year 0 was a Wednesday; a cycle is whole weeks. */
    return ((uint32_t)days + CIVIL_SHIFT + 3) % 7;
}

static inline bool civil_leap(int year)
{
    /* Of the multiples of 4, those of 25 but not of 16 are the centuries that have no leap day. */
    return year % 4 == 0 && (year % 25 != 0 || year % 16 == 0);
}

static inline unsigned civil_month_days(int year, unsigned month)
{
    if (month == 2) {
        return civil_leap(year) ? 29 : 28;
    }
    return 30 |
           (month ^ (month >> 3)); /* the knuckles: odd months to July, even ones from August */
}

/* The day an instant or a local time (in seconds) falls on. */
static inline int64_t civil_day_of(sec_t when)
{
    int64_t days = when / CIVIL_DAY;
    return days - (when % CIVIL_DAY < 0);
}

#endif
