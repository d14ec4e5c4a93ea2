/* cronjob.h - a CronJob: a schedule, a policy, a template for Jobs. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_CRONJOB_H
#define BELFRY_CORE_MODEL_CRONJOB_H

#include "core/model/job.h"
#include "core/model/run.h"

#define CRONJOB_NAME_MOST 52

enum concurrency_policy {
    CONCURRENCY_ALLOW,
    CONCURRENCY_FORBID,
    CONCURRENCY_REPLACE,
    CONCURRENCY_POLICY_COUNT
};

extern const char *const concurrency_policy_names[CONCURRENCY_POLICY_COUNT];

struct job_template {
    struct meta meta; /* labels and annotations go to each Job */
    struct job_spec spec;
};

struct cronjob_spec {
    const char *schedule;  /* as written; never NULL in a valid object */
    const char *time_zone; /* NULL: the zone of the machine */
    enum concurrency_policy concurrency_policy;
    struct opt_int starting_deadline_seconds; /* unset: none */
    bool suspend;
    struct opt_int successful_jobs_history_limit; /* 3 when unset */
    struct opt_int failed_jobs_history_limit;     /* 1 when unset */
    struct job_template job_template;
};

/* status.lastRun: the newest run, so that one watch feeds a whole list. Ours, not Kubernetes'. */
struct last_run {
    bool set;
    const char *name;     /* of the Job */
    const char *pod_name; /* of its newest attempt */
    sec_t scheduled_time; /* SEC_NONE: forced */
    nsec_t start_time, completion_time;
    enum run_fate result;
    const char *reason;
    struct opt_int exit_code;
    int64_t attempt; /* 1 = the first */
};

struct cronjob_status {
    struct references active;
    sec_t last_schedule_time; /* the slot, not the moment */
    sec_t last_successful_time;
    struct last_run last_run;
    const char *recent_runs; /* one letter a run (run_fate_letter), newest last; may be NULL */
};

struct cronjob {
    struct meta meta;
    struct cronjob_spec spec;
    struct cronjob_status status;
};

void cronjob_spec_done(struct cronjob_spec *spec);
void cronjob_status_done(struct cronjob_status *status);
void cronjob_done(struct cronjob *cronjob);

/* A draft: suspended with belfry/draft "true". */
bool cronjob_is_draft(const struct cronjob *cronjob);

#endif
