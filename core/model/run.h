/* run.h - one row of the ledger: a slot or a forced run, and its one fate. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_RUN_H
#define BELFRY_CORE_MODEL_RUN_H

#include "core/base/str.h"
#include "core/model/plain.h"

/* SEMANTICS.md section 3. WAITING and RUNNING are the only fates that may still change. */
enum run_fate {
    FATE_WAITING, /* its Job exists, no attempt has begun */
    FATE_RUNNING,
    FATE_SUCCEEDED,
    FATE_FAILED,
    FATE_REPLACED,    /* ended by the Replace policy */
    FATE_INTERRUPTED, /* its shim is gone and left no record: power loss */
    FATE_STOPPED,     /* by hand */
    FATE_SKIPPED_FORBID,
    FATE_MISSED_DEADLINE,
    FATE_SCHEDULER_DOWN,
    FATE_SUSPENDED,
    FATE_BLOCKED,
    FATE_PAUSED,
    FATE_COUNT
};

enum run_trigger { TRIGGER_SCHEDULE, TRIGGER_CATCH_UP, TRIGGER_MANUAL, RUN_TRIGGER_COUNT };

extern const char *const run_fate_names[FATE_COUNT]; /* "Succeeded", "SkippedForbid", ... */
extern const char *const run_trigger_names[RUN_TRIGGER_COUNT]; /* "schedule", "catch-up", ... */

struct run {
    int64_t id;          /* the ledger's row; grows with time */
    const char *ns;      /* of the CronJob */
    const char *cronjob; /* its name */
    const char *cronjob_uid;
    sec_t slot;      /* the scheduled time; SEC_NONE for a forced run */
    const char *job; /* NULL when none was made */
    const char *job_uid;
    const char *pod; /* the newest attempt's */
    enum run_fate fate;
    const char *reason;  /* "BackoffLimitExceeded"; NULL when the fate says it all */
    const char *message; /* a sentence for a person; may be NULL */
    nsec_t start, end;   /* NSEC_NONE when not there */
    struct opt_int exit_code;
    int64_t attempts;
    enum run_trigger trigger;
    const char *who; /* who asked for a forced run; NULL */
    /* A long outage is one row: so many slots, the first at SLOT, the last at LAST_SLOT. */
    int64_t count; /* 1 for a plain row */
    sec_t last_slot;
};

/* Final: it will not change again. */
bool run_is_final(const struct run *run);
/* True when a Job was made: it ran, or will. */
bool fate_has_job(enum run_fate fate);
/* One letter a fate, for sparklines and status.recentRuns:
 * . Succeeded  x Failed  > Running  w Waiting  r Replaced  i Interrupted  s Stopped
 * f SkippedForbid  m MissedDeadline  d SchedulerDown  z Suspended  b Blocked  p Paused */
char run_fate_letter(enum run_fate fate);
enum run_fate run_fate_of_letter(char letter);       /* FATE_COUNT when it is none */
enum run_fate run_fate_find(const char *name);       /* FATE_COUNT when it is none */
enum run_trigger run_trigger_find(const char *name); /* RUN_TRIGGER_COUNT when it is none */
/* The name under which it is served (metadata.name): its Job's name, else the name a Job of this
 * slot would have had. Adds to RET. */
void run_name(const struct run *run, struct str *ret);

#endif
