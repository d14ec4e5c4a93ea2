/* next.h - the next and the previous instants at which a schedule fires. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_NEXT_H
#define BELFRY_CORE_CRON_NEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/cron/expr.h"
#include "core/cron/tz.h"

/* The rule (SEMANTICS.md section 1): the first whole minute strictly after AFTER whose wall-clock
 * reading in TZ matches. A wall time that does not exist does not fire, one that exists twice
 * fires twice. For @every: AFTER + every. False when there is none, ever (there is no search
 * limit; years run from 0 to 9999). A minute is whole on the wall clock: where an old zone's offset
 * has odd seconds, so has the instant. */
bool cron_next(const struct cron_expr *expr, const struct tz *tz, sec_t after, sec_t *ret);

/* The last such minute at or before AT and after NOT_BEFORE; false when there is none. Not for
 * @every, whose instants have no anchor: false. */
bool cron_prev(const struct cron_expr *expr, const struct tz *tz, sec_t at, sec_t not_before,
               sec_t *ret);

/* The instants in (AFTER, UPTO], oldest first, at most MOST into RET; returns how many. */
size_t cron_between(const struct cron_expr *expr, const struct tz *tz, sec_t after, sec_t upto,
                    sec_t *ret, size_t most);

/* What the wall clock does around an instant, for the form, `explain` and the timeline. */
enum cron_dst { CRON_DST_NONE, CRON_DST_GAP, CRON_DST_FOLD_FIRST, CRON_DST_FOLD_SECOND };
/* FOLD_*: WHEN's wall-clock reading exists twice, and which of the two it is. */
enum cron_dst cron_fold(const struct tz *tz, sec_t when);
/* Within the next year after AFTER: a wall time of the schedule that does not exist (a day without
 * its run: CRON_DST_GAP), or exists twice (CRON_DST_FOLD_FIRST). Writes the start of the first such
 * gap (the instant at which the clock is set forward) or fold (the first instant whose reading
 * exists twice). A schedule of every hour is not told of a change by whole hours, since it just
 * goes on, once an hour. @every has no wall times: CRON_DST_NONE. */
enum cron_dst cron_dst_ahead(const struct cron_expr *expr, const struct tz *tz, sec_t after,
                             sec_t *ret_when);

#endif
