/* job.h - a Job: run pods until enough of them have succeeded. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_JOB_H
#define BELFRY_CORE_MODEL_JOB_H

#include "core/model/podspec.h"
#include "core/model/selector.h"

enum completion_mode { COMPLETION_NON_INDEXED, COMPLETION_INDEXED, COMPLETION_MODE_COUNT };
enum pod_replacement {
    REPLACEMENT_TERMINATING_OR_FAILED,
    REPLACEMENT_FAILED,
    POD_REPLACEMENT_COUNT
};
enum failure_action {
    FAILURE_ACTION_FAIL_JOB,
    FAILURE_ACTION_FAIL_INDEX,
    FAILURE_ACTION_IGNORE,
    FAILURE_ACTION_COUNT_IT,
    FAILURE_ACTION_COUNT
};
enum exit_operator { EXIT_OPERATOR_IN, EXIT_OPERATOR_NOT_IN, EXIT_OPERATOR_COUNT };

extern const char *const completion_mode_names[COMPLETION_MODE_COUNT];
extern const char *const pod_replacement_names[POD_REPLACEMENT_COUNT];
extern const char *const failure_action_names[FAILURE_ACTION_COUNT];
extern const char *const exit_operator_names[EXIT_OPERATOR_COUNT];

struct pod_condition_pattern {
    const char *type, *status; /* status "True" when not given */
};

/* podFailurePolicy.rules[]: onExitCodes, or onPodConditions. */
struct failure_rule {
    enum failure_action action;
    bool on_exit_codes;
    const char *container_name; /* NULL: any */
    enum exit_operator exit_operator;
    vec(int64_t) exit_codes;
    vec(struct pod_condition_pattern) conditions;
};

/* successPolicy.rules[]. */
struct success_rule {
    const char *succeeded_indexes; /* "0,2-4"; NULL: any */
    struct opt_int succeeded_count;
};

struct job_spec {
    struct opt_int parallelism, completions;
    enum completion_mode completion_mode;
    struct opt_int backoff_limit; /* 6 when unset */
    struct opt_int backoff_limit_per_index, max_failed_indexes;
    struct opt_int active_deadline_seconds;
    struct opt_int ttl_seconds_after_finished;
    bool suspend;
    bool manual_selector;
    struct pairs match_labels; /* selector.matchLabels */
    bool has_selector;
    vec(struct failure_rule) failure_rules;
    vec(struct success_rule) success_rules;
    enum pod_replacement pod_replacement_policy;
    const char *managed_by;
    struct pod_template template;
};

/* A condition of a Job or a Pod. */
struct condition {
    const char *type;   /* "Complete" */
    const char *status; /* "True", "False", "Unknown" */
    const char *reason, *message;
    sec_t last_probe_time, last_transition_time;
};

struct conditions {
    struct condition *data;
    size_t len, capacity;
};

#define CONDITION_COMPLETE "Complete"
#define CONDITION_FAILED "Failed"
#define CONDITION_SUSPENDED "Suspended"
#define CONDITION_SUCCESS_CRITERIA_MET "SuccessCriteriaMet"
#define CONDITION_FAILURE_TARGET "FailureTarget"

struct job_status {
    struct conditions conditions;
    sec_t start_time, completion_time;
    int64_t active, ready, succeeded, failed, terminating;
    const char *completed_indexes, *failed_indexes;     /* "1,3-5,7" */
    struct texts uncounted_succeeded, uncounted_failed; /* pod uids */
};

struct job {
    struct meta meta;
    struct job_spec spec;
    struct job_status status;
};

enum job_end { JOB_NOT_FINISHED, JOB_COMPLETE, JOB_FAILED };

void job_spec_done(struct job_spec *spec);
void job_status_done(struct job_status *status);
void job_done(struct job *job);

/* The condition TYPE with status "True", NULL when there is none. */
const struct condition *conditions_true(const struct conditions *conditions, const char *type);
/* The condition TYPE whatever its status. */
struct condition *conditions_find(const struct conditions *conditions, const char *type);
enum job_end job_finished(const struct job *job);
/* When it finished: completionTime, else the transition to Failed; SEC_NONE while it runs. */
sec_t job_finish_time(const struct job *job);
/* "Running", "Complete", "Failed", "Suspended", ...: kubectl's STATUS column. */
const char *job_state(const struct job *job);

#endif
