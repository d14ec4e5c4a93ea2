/* fields_batch.c - the fields of CronJobs and Jobs. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/fields_tables.h"
#include "core/model/cronjob.h"

/* --- Job --- */

#define AT(member) FIELD_AT(struct failure_rule, member)
static const struct field exit_codes_rows[] = {
    {"containerName", FIELD_TEXT, AT(container_name), .doc = "Which container; any."},
    {"operator", FIELD_ENUM, AT(exit_operator), FIELD_NAMES(exit_operator_names), .required = true,
     .doc = "In or NotIn."},
    {"values", FIELD_INTS, AT(exit_codes), .required = true, .doc = "Exit codes; 0 not with In."},
};
static const struct field_table exit_codes =
    FIELD_TABLE(exit_codes_rows, "io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement", char,
                "Exit codes that a rule is about.");

static const struct field pattern_rows[] = {
    {"type", FIELD_TEXT, FIELD_AT(struct pod_condition_pattern, type), .required = true,
     .doc = "Type of the condition."},
    {"status", FIELD_TEXT, FIELD_AT(struct pod_condition_pattern, status), .fallback = "\"True\"",
     .doc = "Its status."},
};
static const struct field_table pattern =
    FIELD_TABLE(pattern_rows, "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern",
                struct pod_condition_pattern, "A pod condition that a rule is about.");

static const struct field failure_rule_rows[] = {
    {"action", FIELD_ENUM, AT(action), FIELD_NAMES(failure_action_names), .required = true,
     .doc = "What a failure means: FailJob, FailIndex, Ignore, Count."},
    {"onExitCodes", FIELD_OBJECT, 1, .table = &exit_codes, .mark = MARK_BOOL,
     .mark_at = AT(on_exit_codes), .doc = "Failures with these exit codes."},
    {"onPodConditions", FIELD_LIST, AT(conditions), .table = &pattern,
     .doc = "Failures with these pod conditions."},
};
#undef AT
static const struct field_table failure_rule =
    FIELD_TABLE(failure_rule_rows, "io.k8s.api.batch.v1.PodFailurePolicyRule", struct failure_rule,
                "What some failures mean.");

#define AT(member) FIELD_AT(struct success_rule, member)
static const struct field success_rule_rows[] = {
    {"succeededIndexes", FIELD_TEXT, AT(succeeded_indexes), .doc = "Which indexes: 0,2-4."},
    {"succeededCount", FIELD_OPT_INT, AT(succeeded_count), FIELD_LEAST(1), .doc = "How many."},
};
#undef AT
static const struct field_table success_rule =
    FIELD_TABLE(success_rule_rows, "io.k8s.api.batch.v1.SuccessPolicyRule", struct success_rule,
                "When enough have succeeded.");

#define AT(member) FIELD_AT(struct job_spec, member)
static const struct field failure_policy_rows[] = {
    {"rules", FIELD_LIST, AT(failure_rules), .table = &failure_rule, .required = true,
     .doc = "Looked at in order; the first that fits decides."},
};
static const struct field_table failure_policy = FIELD_TABLE(
    failure_policy_rows, "io.k8s.api.batch.v1.PodFailurePolicy", char, "What failures mean.");

static const struct field success_policy_rows[] = {
    {"rules", FIELD_LIST, AT(success_rules), .table = &success_rule, .required = true,
     .doc = "The Job succeeds when one of them holds."},
};
static const struct field_table success_policy =
    FIELD_TABLE(success_policy_rows, "io.k8s.api.batch.v1.SuccessPolicy", char,
                "When an indexed Job has succeeded.");

static const struct field job_spec_rows[] = {
    {"template", FIELD_OBJECT, AT(template), .table = &fields_pod_template, .required = true,
     .immutable = true, .doc = "What its pods are made of."},
    {"parallelism", FIELD_OPT_INT, AT(parallelism), FIELD_LEAST(0),
     .doc = "Pods that may run at a time."},
    {"completions", FIELD_OPT_INT, AT(completions), FIELD_LEAST(0), .immutable = true,
     .doc = "Pods that must succeed."},
    {"completionMode", FIELD_ENUM, AT(completion_mode), FIELD_NAMES(completion_mode_names),
     .fallback = "\"NonIndexed\"", .immutable = true, .doc = "NonIndexed or Indexed."},
    {"backoffLimit", FIELD_OPT_INT, AT(backoff_limit), FIELD_LEAST(0),
     .doc = "Failed attempts that are allowed; one more fails the Job."},
    {"backoffLimitPerIndex", FIELD_OPT_INT, AT(backoff_limit_per_index), FIELD_LEAST(0),
     .immutable = true, .doc = "The same for each index."},
    {"maxFailedIndexes", FIELD_OPT_INT, AT(max_failed_indexes), FIELD_LEAST(0),
     .doc = "Failed indexes that are allowed."},
    {"activeDeadlineSeconds", FIELD_OPT_INT, AT(active_deadline_seconds), .wide = true,
     FIELD_LEAST(0), .doc = "Seconds the Job may take, over all its attempts."},
    {"ttlSecondsAfterFinished", FIELD_OPT_INT, AT(ttl_seconds_after_finished), FIELD_LEAST(0),
     .doc = "Seconds after its end at which it is deleted, with pods and logs."},
    {"suspend", FIELD_BOOL, AT(suspend), .fallback = "false",
     .doc = "True: its pods are stopped and none are started."},
    {"manualSelector", FIELD_BOOL, AT(manual_selector), .fallback = "false",
     .doc = "True: the selector is given by hand."},
    {"selector", FIELD_OBJECT, 1, .table = &fields_selector, .immutable = true, .mark = MARK_BOOL,
     .mark_at = AT(has_selector), .doc = "Which pods are its own."},
    {"podFailurePolicy", FIELD_OBJECT, 1, .table = &failure_policy, .immutable = true,
     .doc = "What failures mean."},
    {"successPolicy", FIELD_OBJECT, 1, .table = &success_policy, .immutable = true,
     .doc = "When it has succeeded early."},
    {"podReplacementPolicy", FIELD_ENUM, AT(pod_replacement_policy),
     FIELD_NAMES(pod_replacement_names), .doc = "When a pod that ends is replaced."},
    {"managedBy", FIELD_TEXT, AT(managed_by), .immutable = true,
     .doc = "Which controller runs it; another's name: not this one."},
};
#undef AT
const struct field_table fields_job_spec = FIELD_TABLE(job_spec_rows, "io.k8s.api.batch.v1.JobSpec",
                                                       struct job_spec, "How a Job is to run.");

#define AT(member) FIELD_AT(struct job_status, member)
static const struct field uncounted_rows[] = {
    {"succeeded", FIELD_TEXTS, AT(uncounted_succeeded), .doc = "UIDs of succeeded pods."},
    {"failed", FIELD_TEXTS, AT(uncounted_failed), .doc = "UIDs of failed pods."},
};
static const struct field_table uncounted =
    FIELD_TABLE(uncounted_rows, "io.k8s.api.batch.v1.UncountedTerminatedPods", char,
                "Pods that have ended and are not counted yet.");

static const struct field job_status_rows[] = {
    {"conditions", FIELD_LIST, AT(conditions), .table = &fields_condition, .merge_key = "type",
     .doc = "Complete, Failed, Suspended, ..."},
    {"startTime", FIELD_TIME, AT(start_time), .doc = "When it started or was resumed."},
    {"completionTime", FIELD_TIME, AT(completion_time), .doc = "When it succeeded."},
    {"active", FIELD_INT, AT(active), .doc = "Pods that are pending or running."},
    {"ready", FIELD_INT, AT(ready), .doc = "Pods that are running."},
    {"succeeded", FIELD_INT, AT(succeeded), .doc = "Pods that have succeeded."},
    {"failed", FIELD_INT, AT(failed), .doc = "Pods that have failed."},
    {"terminating", FIELD_INT, AT(terminating), .doc = "Pods that are being stopped."},
    {"completedIndexes", FIELD_TEXT, AT(completed_indexes), .doc = "Indexes that succeeded."},
    {"failedIndexes", FIELD_TEXT, AT(failed_indexes), .doc = "Indexes that failed."},
    {"uncountedTerminatedPods", FIELD_OBJECT, 1, .table = &uncounted,
     .doc = "Pods that are not counted yet."},
};
#undef AT
const struct field_table fields_job_status = FIELD_TABLE(
    job_status_rows, "io.k8s.api.batch.v1.JobStatus", struct job_status, "How a Job is.");

#define API_VERSION_ROW                              \
    {                                                \
        "apiVersion", FIELD_TEXT, .doc = "batch/v1." \
    }
#define KIND_ROW                                                \
    {                                                           \
        "kind", FIELD_TEXT, .doc = "The kind of this document." \
    }

static const struct field job_rows[] = {
    API_VERSION_ROW,
    KIND_ROW,
    {"metadata", FIELD_OBJECT, FIELD_AT(struct job, meta), .table = &fields_meta,
     .doc = "Standard metadata."},
    {"spec", FIELD_OBJECT, FIELD_AT(struct job, spec), .table = &fields_job_spec, .required = true,
     .doc = "How it is to run."},
    {"status", FIELD_OBJECT, FIELD_AT(struct job, status), .table = &fields_job_status,
     .doc = "How it is."},
};
const struct field_table fields_job =
    FIELD_TABLE(job_rows, "io.k8s.api.batch.v1.Job", struct job, "Job runs pods to their end.");

/* --- CronJob --- */

static const struct field job_template_rows[] = {
    {"metadata", FIELD_OBJECT, FIELD_AT(struct job_template, meta), .table = &fields_meta,
     .doc = "Labels and annotations of each Job."},
    {"spec", FIELD_OBJECT, FIELD_AT(struct job_template, spec), .table = &fields_job_spec,
     .required = true, .bare = true, .doc = "How each Job is to run."},
};
static const struct field_table job_template = FIELD_TABLE(
    job_template_rows, "io.k8s.api.batch.v1.JobTemplateSpec", char, "A mould for Jobs.");

#define AT(member) FIELD_AT(struct cronjob_spec, member)
static const struct field cronjob_spec_rows[] = {
    {"schedule", FIELD_TEXT, AT(schedule), .required = true,
     .doc = "When, in cron's five fields or as @hourly, @daily, @every 10m, ..."},
    {"timeZone", FIELD_TEXT, AT(time_zone),
     .doc = "An IANA zone (Europe/Berlin); the machine's when left out."},
    {"concurrencyPolicy", FIELD_ENUM, AT(concurrency_policy), FIELD_NAMES(concurrency_policy_names),
     .fallback = "\"Allow\"",
     .doc = "What if the run before still runs: Allow both, Forbid the new, Replace the old."},
    {"startingDeadlineSeconds", FIELD_OPT_INT, AT(starting_deadline_seconds), .wide = true,
     FIELD_LEAST(0), .doc = "How many seconds late a run may still start."},
    {"suspend", FIELD_BOOL, AT(suspend), .fallback = "false", .doc = "True: no new runs."},
    {"successfulJobsHistoryLimit", FIELD_OPT_INT, AT(successful_jobs_history_limit), FIELD_LEAST(0),
     .fallback = "3", .doc = "How many succeeded Jobs stay, with their logs."},
    {"failedJobsHistoryLimit", FIELD_OPT_INT, AT(failed_jobs_history_limit), FIELD_LEAST(0),
     .fallback = "1", .doc = "How many failed Jobs stay, with their logs."},
    {"jobTemplate", FIELD_OBJECT, AT(job_template), .table = &job_template, .required = true,
     .doc = "What its Jobs are made of."},
};
#undef AT
static const struct field_table cronjob_spec =
    FIELD_TABLE(cronjob_spec_rows, "io.k8s.api.batch.v1.CronJobSpec", struct cronjob_spec,
                "When Jobs are made, and how.");

#define AT(member) FIELD_AT(struct last_run, member)
static const struct field last_run_rows[] = {
    {"name", FIELD_TEXT, AT(name), .doc = "Name of its Job."},
    {"podName", FIELD_TEXT, AT(pod_name), .doc = "Name of its newest attempt."},
    {"scheduledTime", FIELD_TIME, AT(scheduled_time), .doc = "The due time; none when forced."},
    {"startTime", FIELD_NTIME, AT(start_time), .doc = "When it started."},
    {"completionTime", FIELD_NTIME, AT(completion_time), .doc = "When it ended."},
    {"result", FIELD_ENUM, AT(result), FIELD_NAMES(run_fate_names), .always = true,
     .doc = "Its fate."},
    {"reason", FIELD_TEXT, AT(reason), .doc = "Why, in one word."},
    {"exitCode", FIELD_OPT_INT, AT(exit_code), .doc = "Exit code of its newest attempt."},
    {"attempt", FIELD_INT, AT(attempt), .doc = "Number of its newest attempt."},
};
#undef AT
static const struct field_table last_run = FIELD_TABLE(
    last_run_rows, "belfry.v1.CronJobLastRun", struct last_run, "The newest run of a CronJob.");

#define AT(member) FIELD_AT(struct cronjob_status, member)
static const struct field cronjob_status_rows[] = {
    {"active", FIELD_LIST, AT(active), .table = &fields_reference, .doc = "Jobs that run."},
    {"lastScheduleTime", FIELD_TIME, AT(last_schedule_time),
     .doc = "The due time of the newest scheduled run."},
    {"lastSuccessfulTime", FIELD_TIME, AT(last_successful_time),
     .doc = "When a run last succeeded."},
    {"lastRun", FIELD_OBJECT, AT(last_run), .table = &last_run, .mark = MARK_BOOL,
     .mark_at = AT(last_run.set), .doc = "The newest run. Only here, not in Kubernetes."},
    {"recentRuns", FIELD_TEXT, AT(recent_runs),
     .doc = "One letter a run, newest last. Only here, not in Kubernetes."},
};
#undef AT
const struct field_table fields_cronjob_status =
    FIELD_TABLE(cronjob_status_rows, "io.k8s.api.batch.v1.CronJobStatus", struct cronjob_status,
                "How a CronJob is.");

static const struct field cronjob_rows[] = {
    API_VERSION_ROW,
    KIND_ROW,
    {"metadata", FIELD_OBJECT, FIELD_AT(struct cronjob, meta), .table = &fields_meta,
     .doc = "Standard metadata."},
    {"spec", FIELD_OBJECT, FIELD_AT(struct cronjob, spec), .table = &cronjob_spec, .required = true,
     .doc = "When Jobs are made, and how."},
    {"status", FIELD_OBJECT, FIELD_AT(struct cronjob, status), .table = &fields_cronjob_status,
     .doc = "How it is."},
};
const struct field_table fields_cronjob =
    FIELD_TABLE(cronjob_rows, "io.k8s.api.batch.v1.CronJob", struct cronjob,
                "CronJob makes Jobs by the clock.");
