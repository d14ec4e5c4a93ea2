/* tz_impl.h - the inside of a time zone; for core/cron alone. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_TZ_IMPL_H
#define BELFRY_CORE_CRON_TZ_IMPL_H

#include <stdint.h>

#include "core/cron/tz.h"

/* A hint for each stretch of 2^23 seconds (97 days), from 1833 to 2514, saves the binary search. A
 * stretch rarely holds more than one change. */
#define TZ_HINT_SHIFT 23
#define TZ_HINT_FROM (-(INT64_C(1) << 32))
#define TZ_HINT_COUNT 2560

struct tz_row {
    sec_t from; /* the first INT64_MIN; until the next row's */
    int32_t offset;
    uint16_t kind;
};

struct tz_kind {
    bool dst;
    const char *abbrev; /* points into `abbrevs` */
};

/* A zone is a sorted row of spans. Where a footer's rule goes on for ever, 400 years of it are laid
 * out, and later times are looked up in those: the calendar repeats after 400 years. */
struct tz {
    struct tz *next;           /* in the cache of tz_find */
    const char *name;          /* owned; NULL: "Local" */
    size_t count;              /* spans */
    const struct tz_row *rows; /* COUNT, and one more, from INT64_MAX */
    const struct tz_kind *kinds;
    char *abbrevs;
    sec_t cycle_from;              /* where the rule's first laid-out change lies */
    sec_t first, last;             /* outside of these, times are moved by whole cycles */
    uint16_t hints[TZ_HINT_COUNT]; /* the span in which each stretch begins */
};

/* The span that holds at WHEN, for times between `first` and `last`. */
const struct tz_row *tz_search(const struct tz *tz, sec_t when);

/* The same, inline for the one caller that is all about speed (next.c). */
static inline const struct tz_row *tz_row_at(const struct tz *tz, sec_t when)
{
    uint64_t hint = ((uint64_t)when - (uint64_t)TZ_HINT_FROM) >> TZ_HINT_SHIFT;
    if (hint >= TZ_HINT_COUNT) {
        return tz_search(tz, when);
    }
    const struct tz_row *row = &tz->rows[tz->hints[hint]];
    row += row[1].from <= when; /* an addition, not a jump that half of the time goes wrong */
    while (row[1].from <= when) {
        row++;
    }
    return row;
}

#endif
