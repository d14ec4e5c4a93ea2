/* explain.h - a schedule expression in English. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_EXPLAIN_H
#define BELFRY_CORE_CRON_EXPLAIN_H

#include "core/base/str.h"
#include "core/cron/expr.h"
#include "core/cron/next.h"
#include "core/cron/tz.h"

/* Adds to RET, short enough for a table column where the schedule allows: "every 5 minutes", "at
 * 02:00", "on day 1 at 06:00", "Monday to Friday, every hour from 09:00 to 17:00", "on day 13 or on
 * Fridays at 00:00", "1 hour 30 minutes after the last start" (@every), "never". Never wrong:
 * what is too odd for a short form is spelled out in full, and expressions that fire at different
 * times have different texts. No capital but in names, no trailing dot. */
void cron_explain(const struct cron_expr *expr, struct str *ret);

/* What a reader of the schedule should know, for `explain`, the form and warnings; adds to RET one
 * sentence a line, each with its newline, nothing when there is nothing: it never fires; both day
 * fields are set, so either is enough; a run of the year after AFTER is left out or doubled by a
 * change of the clock in TZ (the first of each kind, with its date). */
void cron_caveats(const struct cron_expr *expr, const struct tz *tz, sec_t after, struct str *ret);

/* The gap or fold that cron_dst_ahead told of: "the clock goes from 02:00 to 03:00 on 2026-03-29",
 * "the clock goes back from 03:00 to 02:00 on 2026-10-25". Adds to RET. */
void cron_explain_change(const struct tz *tz, enum cron_dst kind, sec_t when, struct str *ret);

#endif
