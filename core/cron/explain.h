/* explain.h - a schedule expression in English. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_EXPLAIN_H
#define BELFRY_CORE_CRON_EXPLAIN_H

#include "core/base/str.h"
#include "core/cron/expr.h"

/* Short enough for a table column where the schedule allows: "every 5 minutes", "at 02:00", "at
 * 06:00 on day 1", "at 00:00 on the 13th and on Fridays". Never wrong: what is too odd for a
 * short form is spelled out in full. No capital, no trailing dot. */
void cron_explain(const struct cron_expr *expr, struct str *ret);

#endif
