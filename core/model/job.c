/* job.c - a Job: run pods until enough of them have succeeded. */
/* SPDX-License-Identifier: MIT */
#include "core/model/job.h"

#include <string.h>

const char *const completion_mode_names[COMPLETION_MODE_COUNT] = {
    [COMPLETION_NON_INDEXED] = "NonIndexed",
    [COMPLETION_INDEXED] = "Indexed",
};

const char *const pod_replacement_names[POD_REPLACEMENT_COUNT] = {
    [REPLACEMENT_TERMINATING_OR_FAILED] = "TerminatingOrFailed",
    [REPLACEMENT_FAILED] = "Failed",
};

const char *const failure_action_names[FAILURE_ACTION_COUNT] = {
    [FAILURE_ACTION_FAIL_JOB] = "FailJob",
    [FAILURE_ACTION_FAIL_INDEX] = "FailIndex",
    [FAILURE_ACTION_IGNORE] = "Ignore",
    [FAILURE_ACTION_COUNT_IT] = "Count",
};

const char *const exit_operator_names[EXIT_OPERATOR_COUNT] = {
    [EXIT_OPERATOR_IN] = "In",
    [EXIT_OPERATOR_NOT_IN] = "NotIn",
};

void job_spec_done(struct job_spec *spec)
{
    for (size_t i = 0; i < spec->failure_rules.len; i++) {
        vec_done(&spec->failure_rules.data[i].exit_codes);
        vec_done(&spec->failure_rules.data[i].conditions);
    }
    vec_done(&spec->failure_rules);
    vec_done(&spec->success_rules);
    vec_done(&spec->match_labels);
    pod_template_done(&spec->template);
}

void job_status_done(struct job_status *status)
{
    vec_done(&status->conditions);
    vec_done(&status->uncounted_succeeded);
    vec_done(&status->uncounted_failed);
}

void job_done(struct job *job)
{
    meta_done(&job->meta);
    job_spec_done(&job->spec);
    job_status_done(&job->status);
}

struct condition *conditions_find(const struct conditions *conditions, const char *type)
{
    for (size_t i = 0; i < conditions->len; i++) {
        const char *name = conditions->data[i].type;
        if (name && strcmp(name, type) == 0) {
            return &conditions->data[i];
        }
    }
    return NULL;
}

const struct condition *conditions_true(const struct conditions *conditions, const char *type)
{
    const struct condition *found = conditions_find(conditions, type);
    return found && found->status && strcmp(found->status, "True") == 0 ? found : NULL;
}

enum job_end job_finished(const struct job *job)
{
    if (conditions_true(&job->status.conditions, CONDITION_COMPLETE)) {
        return JOB_COMPLETE;
    }
    if (conditions_true(&job->status.conditions, CONDITION_FAILED)) {
        return JOB_FAILED;
    }
    return JOB_NOT_FINISHED;
}

sec_t job_finish_time(const struct job *job)
{
    const struct job_status *status = &job->status;
    const struct condition *end = conditions_true(&status->conditions, CONDITION_COMPLETE);
    if (!end) {
        end = conditions_true(&status->conditions, CONDITION_FAILED);
    }
    if (!end) {
        return SEC_NONE;
    }
    return time_is_set(status->completion_time) ? status->completion_time
                                                : end->last_transition_time;
}

const char *job_state(const struct job *job)
{
    const struct conditions *conditions = &job->status.conditions;
    /* The order of kubectl's printer: what ended goes before what is on its way to its end. */
    if (conditions_true(conditions, CONDITION_COMPLETE)) {
        return "Complete";
    }
    if (conditions_true(conditions, CONDITION_FAILED)) {
        return "Failed";
    }
    if (time_is_set(job->meta.deletion)) {
        return "Terminating";
    }
    if (conditions_true(conditions, CONDITION_SUSPENDED)) {
        return "Suspended";
    }
    if (conditions_true(conditions, CONDITION_FAILURE_TARGET)) {
        return "FailureTarget";
    }
    if (conditions_true(conditions, CONDITION_SUCCESS_CRITERIA_MET)) {
        return "SuccessCriteriaMet";
    }
    return "Running";
}
