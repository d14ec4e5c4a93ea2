/* expr.h - schedule expressions: five fields and @macros, parsed into bit sets and printed. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_EXPR_H
#define BELFRY_CORE_CRON_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clk.h"
#include "core/base/error.h"
#include "core/base/str.h"

/* The grammar is robfig/cron v3's standard parser, Kubernetes' own (SEMANTICS.md section 1). Plain
 * data: bit N of a set = value N matches. */
struct cron_expr {
    uint64_t minutes;   /* 0-59 */
    uint32_t hours;     /* 0-23 */
    uint32_t days;      /* 1-31 */
    uint16_t months;    /* 1-12 */
    uint8_t weekdays;   /* 0-6, 0 = Sunday */
    bool days_star;     /* the star bits: with neither, a day matches when either field does; */
    bool weekdays_star; /* with one or both, when both fields do */
    sec_t every;        /* > 0: "@every", so many seconds; the sets are empty then */
};

/* Reads TEXT. A fault is ERROR_INVALID whose `what` names the field and the value ("minute: 60 is
 * above 59") and whose hint is the way out; nothing is written then. */
must_use bool cron_parse(const char *text, struct cron_expr *ret, struct error *err);

/* A canonical text that parses to the same value. */
void cron_print(const struct cron_expr *expr, struct str *ret);

bool cron_equal(const struct cron_expr *a, const struct cron_expr *b);

/* True when no date at all matches ("0 0 31 2 *"): valid, but it never fires. */
bool cron_never(const struct cron_expr *expr);

#endif
