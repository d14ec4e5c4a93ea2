/* explain.h - a schedule expression in English. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_EXPLAIN_H
#define BELFRY_CORE_CRON_EXPLAIN_H

#include "core/base/str.h"
#include "core/cron/expr.h"

/* Adds to RET, short enough for a table column where the schedule allows: "every 5 minutes", "at
 * 02:00", "on day 1 at 06:00", "Monday to Friday, every hour from 09:00 to 17:00", "on day 13 or on
 * Fridays at 00:00", "1 hour 30 minutes after the last start" (@every), "never". Never wrong:
 * what is too odd for a short form is spelled out in full, and expressions that fire at different
 * times have different texts. No capital but in names, no trailing dot. */
void cron_explain(const struct cron_expr *expr, struct str *ret);

#endif
