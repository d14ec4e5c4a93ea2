/* bench_next.c - what one next time costs, in UTC and in zones with DST, against plain stepping. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/cron/civil.h"
#include "core/cron/expr.h"
#include "core/cron/next.h"
#include "core/cron/tz.h"

/* Budgets of DESIGN.md section 10, in ns: geometric mean over the expressions. */
#define BUDGET_UTC 60.0
#define BUDGET_DST 90.0

#define INSTANTS 4096
#define ROUNDS 50 /* the best one counts: the others met something else on the machine */

static const char *const expressions[] = {
    "* * * * *",         "*/5 * * * *",    "0 * * * *",      "30 2 * * *",
    "0 0 * * *",         "15 */6 * * *",   "0 9-17 * * 1-5", "*/10 8-18 * * mon-fri",
    "0 6 1 * *",         "0 0 1,15 * *",   "30 4 1,15 * 5",  "0 0 * * sun",
    "23 0-20/2 * * *",   "5 4 * * sun",    "0 0 1 1 *",      "0 0 1 */3 *",
    "0,30 7,19 * * 2,4", "0 22 * 6-9 1-5", "0 0 29 2 *",     "17 3 31 12 *",
};

struct result {
    double ours, stepping; /* ns per next */
};

static double now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Instants of 2020 to 2050, from a fixed seed. */
static void make_instants(sec_t instants[static INSTANTS])
{
    uint64_t state = 0x9E3779B97F4A7C15U;
    for (size_t i = 0; i < INSTANTS; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        instants[i] = 1577836800 + (sec_t)(state % (30 * 365 * 86400U));
    }
}

/* The reference: the wall clock's fields are compared from the largest to the smallest, and the
 * first that does not match is stepped on by one, as cron libraries commonly do. */
static sec_t step_next(const struct cron_expr *e, const struct tz *tz, sec_t after)
{
    sec_t when = after + 1;
    for (;;) {
        int offset = tz_at(tz, when).offset;
        sec_t wall = when + offset;
        int64_t days = civil_day_of(wall);
        struct civil date = civil_from_days(days);
        sec_t of_day = wall - days * CIVIL_DAY;
        bool day = e->days >> date.day & 1;
        bool weekday = e->weekdays >> civil_weekday(days) & 1;
        bool both = e->days_star || e->weekdays_star;
        if (!(e->months >> date.month & 1)) {
            wall = civil_to_days(date.year, date.month, 1) * CIVIL_DAY +
                   civil_month_days(date.year, date.month) * CIVIL_DAY;
        } else if (!(both ? day && weekday : day || weekday)) {
            wall = (days + 1) * CIVIL_DAY;
        } else if (!(e->hours >> (of_day / 3600) & 1)) {
            wall += 3600 - of_day % 3600;
        } else if (of_day % 60 != 0) {
            wall += 60 - of_day % 60;
        } else if (!(e->minutes >> (of_day / 60 % 60) & 1)) {
            wall += 60;
        } else {
            return when;
        }
        /* Both readings of the new wall time are tried; a time in a gap is taken as it comes. */
        sec_t before = wall - offset;
        sec_t there = wall - tz_at(tz, before).offset;
        when = there > when ? there : before;
    }
}

static volatile sec_t sink;

static double time_ours(const struct cron_expr *e, const struct tz *tz, const sec_t *instants)
{
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        sec_t sum = 0;
        double start = now_ns();
        for (size_t i = 0; i < INSTANTS; i++) {
            sec_t when = 0;
            if (cron_next(e, tz, instants[i], &when)) {
                sum += when;
            }
        }
        best = fmin(best, (now_ns() - start) / INSTANTS);
        sink = sum;
    }
    return best;
}

static double time_stepping(const struct cron_expr *e, const struct tz *tz, const sec_t *instants)
{
    const size_t fewer = INSTANTS / 16; /* it is slow */
    double start = now_ns();
    sec_t sum = 0;
    for (size_t i = 0; i < fewer; i++) {
        sum += step_next(e, tz, instants[i]);
    }
    sink = sum;
    return (now_ns() - start) / (double)fewer;
}

/* Both must say the same, or the ratio means nothing. Gaps and folds are the tests' business. */
static void check_same(const struct cron_expr *e, const struct tz *tz, const sec_t *instants,
                       const char *text)
{
    size_t differ = 0;
    for (size_t i = 0; i < INSTANTS / 16; i++) {
        sec_t ours;
        if (!cron_next(e, tz, instants[i], &ours) || ours != step_next(e, tz, instants[i])) {
            differ++;
        }
    }
    if (differ > INSTANTS / 16 / 20) {
        fprintf(stderr, "bench_next: '%s' differs from the reference %zu times\n", text, differ);
        exit(2);
    }
}

static bool run_zone(const char *name, double budget, const sec_t *instants)
{
    struct error err = {0};
    const struct tz *tz = tz_find(name, &err);
    if (tz == NULL) {
        fprintf(stderr, "bench_next: %s\n", err.what);
        exit(2);
    }
    double log_ours = 0, log_stepping = 0;
    printf("%s\n", name);
    for (size_t i = 0; i < countof(expressions); i++) {
        struct cron_expr e;
        if (!cron_parse(expressions[i], &e, &err)) {
            fprintf(stderr, "bench_next: %s\n", err.what);
            exit(2);
        }
        check_same(&e, tz, instants, expressions[i]);
        double ours = time_ours(&e, tz, instants);
        double stepping = time_stepping(&e, tz, instants);
        printf("  %-24s %7.1f ns   stepping %9.1f ns\n", expressions[i], ours, stepping);
        log_ours += log(ours);
        log_stepping += log(stepping);
    }
    const size_t count = countof(expressions);
    double mean = exp(log_ours / (double)count);
    double stepping = exp(log_stepping / (double)count);
    bool within = mean < budget;
    printf("  %-24s %7.1f ns   stepping %9.1f ns   %.3f of it; budget %.0f ns: %s\n",
           "geometric mean", mean, stepping, mean / stepping, budget, within ? "ok" : "OVER");
    return within;
}

int main(void)
{
    static sec_t instants[INSTANTS];
    make_instants(instants);
    bool ok = run_zone("UTC", BUDGET_UTC, instants);
    ok = run_zone("Europe/Berlin", BUDGET_DST, instants) && ok;
    ok = run_zone("America/New_York", BUDGET_DST, instants) && ok;
    return ok ? 0 : 1;
}
