/* decide_job.c - what a Job needs now: pods to make or to end, and whether it is finished. */
/* SPDX-License-Identifier: MIT */
#include "core/control/decide/decide_job.h"

#include "core/control/decide/backoff.h"

/* New pods in one look; the next look follows from their creation (as in Kubernetes). */
#define PODS_AT_ONCE 500

#define FINALIZE_MESSAGE_BACKOFF "Job has reached the specified backoff limit"
#define FINALIZE_MESSAGE_DEADLINE "Job was active longer than specified deadline"
#define FINALIZE_MESSAGE_REACHED "Reached expected number of succeeded pods"

/* One look, in the making. */
struct look {
    const struct job_view *view;
    const struct job_spec *spec;
    struct actions *ret;
    struct job_counts counts;
    int64_t by_deadline; /* of the newly failed: ended by the deadline, not by themselves */
    bool deadline_came;  /* a shim has said so */
    int64_t restarts;    /* in place, of pods that have not ended */
    int64_t row;         /* failures in a row */
    nsec_t since_failure;
};

static bool has_ended(const struct pod_fact *pod)
{
    return pod->phase == POD_SUCCEEDED || pod->phase == POD_FAILED;
}

/* A pod that we stopped for reasons of our own did not fail. */
static bool was_called_off(const struct pod_fact *pod)
{
    return text_same(pod->stopped, STOP_SUSPENDED) || text_same(pod->stopped, STOP_SCALED_DOWN) ||
           text_same(pod->stopped, STOP_FINISHED);
}

static void count_pod(struct look *look, const struct pod_fact *pod)
{
    enum run_fate fate = FATE_FAILED;
    if (pod->phase == POD_SUCCEEDED) {
        fate = FATE_SUCCEEDED;
        look->counts.succeeded++;
        look->row = 0;
    } else if (was_called_off(pod)) {
        fate = FATE_STOPPED;
    } else {
        look->counts.failed++;
        look->by_deadline += pod->by_deadline;
        look->row++;
        look->since_failure = pod->ended_ago;
    }
    action_add(look->ret,
               &(struct action){.type = ACTION_COUNT_POD, .name = pod->name, .fate = fate});
}

/* The tracked pod that ended first after (in time, or place at the same time) the one at AFTER. */
static size_t next_ended(const struct job_view *view, size_t after)
{
    size_t best = view->pods_len;
    for (size_t i = 0; i < view->pods_len; i++) {
        const struct pod_fact *pod = &view->pods[i];
        if (!pod->tracked || !has_ended(pod)) {
            continue;
        }
        if (after != view->pods_len) {
            const struct pod_fact *last = &view->pods[after];
            if (pod->ended_ago > last->ended_ago ||
                (pod->ended_ago == last->ended_ago && i <= after)) {
                continue;
            }
        }
        if (best == view->pods_len || pod->ended_ago > view->pods[best].ended_ago) {
            best = i;
        }
    }
    return best;
}

/* Counts what has ended, in the order of ending: a success clears the row of failures before. */
static void tally(struct look *look)
{
    const struct job_view *view = look->view;
    look->row = view->failures_in_row;
    look->since_failure = view->since_failure;
    look->counts.succeeded = view->job->status.succeeded;
    look->counts.failed = view->job->status.failed;
    for (size_t at = next_ended(view, view->pods_len); at != view->pods_len;
         at = next_ended(view, at)) {
        count_pod(look, &view->pods[at]);
    }
    for (size_t i = 0; i < view->pods_len; i++) {
        const struct pod_fact *pod = &view->pods[i];
        look->deadline_came |= pod->by_deadline && pod->tracked;
        if (has_ended(pod)) {
            continue;
        }
        look->restarts += pod->restarts;
        if (pod->stopping) {
            look->counts.terminating++;
        } else {
            look->counts.active++;
            look->counts.ready += pod->ready;
        }
    }
}

static void set_condition(struct look *look, const char *type, bool status, const char *reason,
                          const char *message)
{
    const struct conditions *conditions = &look->view->job->status.conditions;
    const struct condition *old = conditions_find((struct conditions *)conditions, type);
    if (old && text_same(old->status, status ? "True" : "False")) {
        return;
    }
    action_add(look->ret, &(struct action){.type = ACTION_SET_CONDITION,
                                           .name = type,
                                           .warning = status,
                                           .reason = reason,
                                           .message = message});
}

/* Stops all but the first KEEP of the pods that are active. */
static void stop_pods(struct look *look, int64_t keep, const char *why)
{
    for (size_t i = 0; i < look->view->pods_len; i++) {
        const struct pod_fact *pod = &look->view->pods[i];
        if (has_ended(pod) || pod->stopping || keep-- > 0) {
            continue;
        }
        action_add(look->ret,
                   &(struct action){.type = ACTION_STOP_POD, .name = pod->name, .reason = why});
        look->counts.active--;
        look->counts.ready -= pod->ready;
        look->counts.terminating++;
    }
}

/* --- the end -------------------------------------------------------------------------------- */

struct verdict {
    bool failed, complete;
    const char *reason, *message;
};

static bool is_past_backoff(const struct look *look)
{
    int64_t limit = opt_int_or(look->spec->backoff_limit, 6);
    if (look->counts.failed - look->by_deadline > limit) {
        return true;
    }
    return look->spec->template.spec.restart_policy == RESTART_ON_FAILURE &&
           look->restarts >= (limit > 0 ? limit : 1);
}

static bool is_past_deadline(const struct look *look)
{
    const struct job_spec *spec = look->spec;
    if (!spec->active_deadline_seconds.set || look->view->job->status.start_time == SEC_NONE) {
        return false;
    }
    /* The shim keeps the deadline as well, and its clock may be a moment ahead of ours. */
    return look->deadline_came ||
           look->view->age >= spec->active_deadline_seconds.value * NSEC_PER_SEC;
}

static bool is_work_queue(const struct job_spec *spec)
{
    return !spec->completions.set && spec->parallelism.set;
}

static bool is_complete(const struct look *look)
{
    if (is_work_queue(look->spec)) {
        return look->counts.succeeded > 0 && look->counts.active == 0 &&
               look->counts.terminating == 0;
    }
    return look->counts.succeeded >= opt_int_or(look->spec->completions, 1);
}

/* An interim condition is a decision taken: it holds, whatever else has changed since. */
static struct verdict judge(const struct look *look)
{
    const struct conditions *conditions = &look->view->job->status.conditions;
    const struct condition *decided = conditions_true(conditions, CONDITION_FAILURE_TARGET);
    if (decided) {
        return (struct verdict){
            .failed = true, .reason = decided->reason, .message = decided->message};
    }
    if (conditions_true(conditions, CONDITION_SUCCESS_CRITERIA_MET)) {
        return (struct verdict){.complete = true};
    }
    if (!look->spec->suspend && is_past_backoff(look)) {
        return (struct verdict){
            .failed = true, .reason = STOP_BACKOFF, .message = FINALIZE_MESSAGE_BACKOFF};
    }
    if (!look->spec->suspend && is_past_deadline(look)) {
        return (struct verdict){
            .failed = true, .reason = STOP_DEADLINE, .message = FINALIZE_MESSAGE_DEADLINE};
    }
    return (struct verdict){.complete = is_complete(look)};
}

static void fail(struct look *look, const struct verdict *verdict)
{
    set_condition(look, CONDITION_FAILURE_TARGET, true, verdict->reason, verdict->message);
    stop_pods(look, 0, verdict->reason);
    if (look->counts.terminating == 0) {
        set_condition(look, CONDITION_FAILED, true, verdict->reason, verdict->message);
        action_event(look->ret, true, verdict->reason, "%s", verdict->message);
    }
}

static void complete(struct look *look)
{
    set_condition(look, CONDITION_SUCCESS_CRITERIA_MET, true, "CompletionsReached",
                  FINALIZE_MESSAGE_REACHED);
    stop_pods(look, 0, STOP_FINISHED);
    if (look->counts.terminating == 0) {
        set_condition(look, CONDITION_COMPLETE, true, "CompletionsReached",
                      FINALIZE_MESSAGE_REACHED);
        action_event(look->ret, false, "Completed", "Job completed");
    }
}

static void expire(struct look *look)
{
    if (!look->spec->ttl_seconds_after_finished.set) {
        return;
    }
    nsec_t left =
        look->spec->ttl_seconds_after_finished.value * NSEC_PER_SEC - look->view->since_finish;
    if (left > 0) {
        action_add(look->ret,
                   &(struct action){.type = ACTION_WAKE, .slot = SEC_NONE, .delay = left});
    } else {
        action_add(look->ret, &(struct action){.type = ACTION_DELETE_JOB,
                                               .name = look->view->job->meta.name,
                                               .reason = "ttl"});
    }
}

/* --- the way there -------------------------------------------------------------------------- */

static void wake_in(struct look *look, nsec_t delay)
{
    action_add(look->ret, &(struct action){.type = ACTION_WAKE, .slot = SEC_NONE, .delay = delay});
}

static int64_t wanted(const struct look *look)
{
    const struct job_spec *spec = look->spec;
    int64_t parallelism = opt_int_or(spec->parallelism, 1);
    if (is_work_queue(spec)) {
        /* After the first success the others may end, but none is added. */
        return look->counts.succeeded > 0 ? look->counts.active : parallelism;
    }
    int64_t left = opt_int_or(spec->completions, 1) - look->counts.succeeded;
    return left < parallelism ? left : parallelism;
}

static int64_t backoff_base(const struct look *look)
{
    const char *own = meta_annotation(&look->view->job->meta, ANNOTATION_BACKOFF);
    long long seconds = 0;
    return own && text_int(own, 0, BACKOFF_POD_MOST_SECONDS, &seconds) ? seconds
                                                                       : BACKOFF_BASE_SECONDS;
}

static void add_pods(struct look *look, int64_t count)
{
    nsec_t left = backoff_delay(look->row, backoff_base(look), BACKOFF_POD_MOST_SECONDS) -
                  look->since_failure;
    if (look->row > 0 && left > 0) {
        wake_in(look, left);
        return;
    }
    for (int64_t i = 0; i < count && i < PODS_AT_ONCE; i++) {
        action_add(look->ret, &(struct action){.type = ACTION_CREATE_POD});
        look->counts.active++;
    }
}

static void suspend(struct look *look)
{
    const struct condition *old =
        conditions_true(&look->view->job->status.conditions, CONDITION_SUSPENDED);
    stop_pods(look, 0, STOP_SUSPENDED);
    if (!old) {
        set_condition(look, CONDITION_SUSPENDED, true, "JobSuspended", "Job suspended");
        action_event(look->ret, false, "Suspended", "Job suspended");
    }
}

/* The start time of a Job that is to run: set when it has none, and anew when it is resumed. Also
 * the time the deadline counts from. */
static void begin(struct look *look, bool resumed)
{
    if (resumed) {
        set_condition(look, CONDITION_SUSPENDED, false, "JobResumed", "Job resumed");
        action_event(look->ret, false, "Resumed", "Job resumed");
    }
    action_add(look->ret, &(struct action){.type = ACTION_SET_START});
}

static void keep_going(struct look *look)
{
    int64_t want = wanted(look);
    int64_t have = look->counts.active;
    if (look->spec->pod_replacement_policy == REPLACEMENT_FAILED) {
        want -= look->counts.terminating;
    }
    if (have > want) {
        stop_pods(look, want > 0 ? want : 0, STOP_SCALED_DOWN);
    } else if (have < want) {
        add_pods(look, want - have);
    }
}

void decide_job(const struct job_view *view, struct actions *ret, struct job_counts *ret_counts)
{
    struct job_view now = *view;
    struct look look = {.view = &now, .spec = &view->job->spec, .ret = ret};
    tally(&look);
    bool suspended = conditions_true(&view->job->status.conditions, CONDITION_SUSPENDED) != NULL;
    if (job_finished(view->job) != JOB_NOT_FINISHED) {
        expire(&look);
        *ret_counts = look.counts;
        return;
    }
    if (view->job->meta.deletion != SEC_NONE) {
        *ret_counts = look.counts;
        return; /* control_delete() has seen to its pods */
    }
    struct job started = *view->job;
    if (!look.spec->suspend && (suspended || view->job->status.start_time == SEC_NONE)) {
        begin(&look, suspended);
        /* What follows sees the new start. */
        started.status.start_time = 0;
        now.job = &started;
        now.age = 0;
    }
    struct verdict verdict = judge(&look);
    if (verdict.failed) {
        fail(&look, &verdict);
    } else if (verdict.complete) {
        complete(&look);
    } else if (look.spec->suspend) {
        suspend(&look);
    } else {
        keep_going(&look);
        if (look.spec->active_deadline_seconds.set) {
            wake_in(&look, look.spec->active_deadline_seconds.value * NSEC_PER_SEC - now.age);
        }
    }
    *ret_counts = look.counts;
}
