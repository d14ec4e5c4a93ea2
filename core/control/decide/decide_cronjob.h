/* decide_cronjob.h - what a CronJob needs now: which slot is due, what it replaces, what is old. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_DECIDE_DECIDE_CRONJOB_H
#define BELFRY_CORE_CONTROL_DECIDE_DECIDE_CRONJOB_H

#include "core/control/decide/action.h"
#include "core/cron/next.h"
#include "core/model/cronjob.h"

/* What happens to starts that were missed (SEMANTICS.md section 2). */
enum missed_starts {
    MISSED_STARTS_BLOCK,  /* more than 100: none, until somebody clears it */
    MISSED_STARTS_LATEST, /* more than 100: the latest, as Kubernetes since 1.21 */
    MISSED_STARTS_SKIP,   /* never made up for, for any reason */
    MISSED_STARTS_COUNT
};
extern const char *const missed_starts_names[MISSED_STARTS_COUNT]; /* "block", ... */
enum missed_starts missed_starts_find(const char *name); /* MISSED_STARTS_COUNT: no such */

/* A Job whose controller the CronJob is. */
struct child_job {
    const char *name;
    sec_t start_time;      /* SEC_NONE: not started */
    sec_t completion_time; /* of a complete one */
    enum job_end end;
    bool forced; /* cronjob.kubernetes.io/instantiate */
};

/* All that the decision knows. Borrowed. */
struct cronjob_view {
    const struct cronjob *cronjob;
    const struct cron_expr *expr; /* NULL: the schedule cannot be read; schedule_fault says why */
    const char *schedule_fault;
    const struct tz *tz; /* NULL: no such zone; zone_fault says why */
    const char *zone_fault;
    const struct child_job *jobs; /* in order of name */
    size_t jobs_len;
    const struct run *newest; /* the ledger's row of the latest slot; NULL: none yet */
    sec_t window_start;       /* status.windowStart: when the schedule was edited; SEC_NONE */
    enum missed_starts missed_starts; /* of the scheduler; the annotation goes before */
    bool edited;                      /* schedule or zone have changed since the last look */
    bool resumed;                     /* suspend has been taken off since the last look */
    bool started;                     /* it was a draft until now */
};

/* Adds to RET what is to be done at NOW (wall, whole seconds). Pure. Job names are made here. */
void decide_cronjob(const struct cronjob_view *view, sec_t now, struct actions *ret);

/* The name of a slot's Job. @every below a minute counts in seconds, all else in minutes. */
void cronjob_job_name(const struct cronjob *cronjob, const struct cron_expr *expr, sec_t slot,
                      struct str *ret);

#endif
