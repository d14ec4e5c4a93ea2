/* apply_job.c - one look at a Job: read it and its pods, decide, and carry the actions out. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/control/decide/decide_job.h"
#include "core/control/inside.h"

#define COMPONENT "job-controller"

/* Our additions to the status: what the backoff goes on from after a restart. */
#define STATUS_ROW "failuresInRow"
#define STATUS_FAILURE "lastFailureTime"

/* One pod with what the decision does not need to know. */
struct pod_seen {
    struct pod pod;
    struct loaded *document;
    nsec_t began, ended; /* of its containers: the first start, the last end; NSEC_NONE */
};

/* One look, in the making. */
struct look {
    struct control *control;
    struct store *store;
    struct queue_item *item;
    struct loaded document;
    struct job job;
    struct dependents children;
    vec(struct pod_seen) pods; /* in order of creation */
    vec(struct pod_fact) facts;
    int64_t row;              /* failures in a row */
    nsec_t last_failure;      /* wall; NSEC_NONE */
    struct job_status status; /* as it is to be */
};

static void look_done(struct look *look)
{
    for (size_t i = 0; i < look->pods.len; i++) {
        pod_done(&look->pods.data[i].pod);
    }
    vec_done(&look->pods);
    vec_done(&look->facts);
    dependents_done(&look->children);
    vec_done(&look->status.conditions);
    job_done(&look->job);
    loaded_done(&look->document);
}

/* --- reading -------------------------------------------------------------------------------- */

static void see_state(struct pod_seen *seen, const struct container_state *state)
{
    if (!state->set || state->phase == CONTAINER_WAITING) {
        return;
    }
    if (state->started_at != NSEC_NONE && state->started_at > 0 &&
        (seen->began == NSEC_NONE || state->started_at < seen->began)) {
        seen->began = state->started_at;
    }
    if (state->phase == CONTAINER_TERMINATED && state->finished_at > seen->ended) {
        seen->ended = state->finished_at; /* NSEC_NONE is before all */
    }
}

static void see_containers(struct pod_seen *seen, const struct container_statuses *list)
{
    for (size_t i = 0; i < list->len; i++) {
        see_state(seen, &list->data[i].state);
        see_state(seen, &list->data[i].last_state);
    }
}

static bool is_ready(const struct pod *pod)
{
    for (size_t i = 0; i < pod->status.containers.len; i++) {
        const struct container_state *state = &pod->status.containers.data[i].state;
        if (!state->set || state->phase != CONTAINER_RUNNING) {
            return false;
        }
    }
    return pod->status.containers.len > 0;
}

static int by_creation(const void *a, const void *b)
{
    const struct pod_seen *one = a, *two = b;
    if (one->pod.meta.creation != two->pod.meta.creation) {
        return one->pod.meta.creation < two->pod.meta.creation ? -1 : 1;
    }
    /* Those of one second: what has begun goes before what has not, then by name. */
    nsec_t first = one->began == NSEC_NONE ? INT64_MAX : one->began;
    nsec_t second = two->began == NSEC_NONE ? INT64_MAX : two->began;
    if (first != second) {
        return first < second ? -1 : 1;
    }
    return strcmp(one->pod.meta.name, two->pod.meta.name);
}

static nsec_t since(nsec_t now, nsec_t then)
{
    return then != NSEC_NONE && now > then ? now - then : 0;
}

static struct pod_fact fact_of(const struct look *look, const struct pod_seen *seen)
{
    const struct pod *pod = &seen->pod;
    const char *stop = meta_annotation(&pod->meta, ANNOTATION_STOP);
    return (struct pod_fact){
        .name = pod->meta.name,
        .phase = pod->status.phase,
        .tracked = finalizer_has(seen->document->tree, FINALIZER_TRACKING),
        .stopping = stop || pod->meta.deletion != SEC_NONE,
        .stopped = stop,
        .ready = is_ready(pod),
        .by_deadline = !stop && text_same(pod->status.reason, STOP_DEADLINE),
        .restarts = pod_restarts(pod),
        .ended_ago = since(clk_wall(look->control->clk), seen->ended),
    };
}

static bool read_pods(struct look *look, struct error *err)
{
    if (!load_dependents(look->store, KIND_POD, look->job.meta.uid, LOAD_SLIM, &look->children,
                         err)) {
        return false;
    }
    for (size_t i = 0; i < look->children.len; i++) {
        struct pod_seen seen = {
            .document = &look->children.data[i], .began = NSEC_NONE, .ended = NSEC_NONE};
        if (!pod_decode(seen.document->tree, &seen.pod, err)) {
            return false;
        }
        see_containers(&seen, &seen.pod.status.init_containers);
        see_containers(&seen, &seen.pod.status.containers);
        vec_push(&look->pods, seen);
    }
    if (look->pods.len > 1) {
        qsort(look->pods.data, look->pods.len, sizeof *look->pods.data, by_creation);
    }
    for (size_t i = 0; i < look->pods.len; i++) {
        vec_push(&look->facts, fact_of(look, &look->pods.data[i]));
    }
    return true;
}

static nsec_t time_of(const cJSON *tree, const char *path)
{
    sec_t at = tree_time(tree, path);
    return at == SEC_NONE ? NSEC_NONE : at * NSEC_PER_SEC;
}

/* Wall times become monotonic marks once; from then on a step of the clock moves no deadline. */
static void set_marks(struct look *look)
{
    nsec_t wall = clk_wall(look->control->clk);
    nsec_t mono = clk_mono(look->control->clk);
    if (look->item->started_mono == NSEC_NONE && look->job.status.start_time != SEC_NONE) {
        look->item->started_mono = mono - since(wall, look->job.status.start_time * NSEC_PER_SEC);
    }
    if (look->item->failed_mono == NSEC_NONE && look->last_failure != NSEC_NONE) {
        look->item->failed_mono = mono - since(wall, look->last_failure);
    }
}

static enum found read_all(struct look *look, struct error *err)
{
    enum found found =
        load(look->store, KIND_JOB, look->item->ns, look->item->name, &look->document, err);
    if (found != FOUND_IT) {
        return found;
    }
    if (!job_decode(look->document.tree, &look->job, err) || !read_pods(look, err)) {
        return FOUND_FAILED;
    }
    look->row = tree_int_or(look->document.tree, "status." STATUS_ROW, 0);
    look->last_failure = time_of(look->document.tree, "status." STATUS_FAILURE);
    set_marks(look);
    look->status = look->job.status;
    look->status.conditions = (struct conditions){0};
    for (size_t i = 0; i < look->job.status.conditions.len; i++) {
        vec_push(&look->status.conditions, look->job.status.conditions.data[i]);
    }
    return FOUND_IT;
}

/* --- actions -------------------------------------------------------------------------------- */

static struct subject subject_of(const struct look *look)
{
    return (struct subject){.kind = KIND_JOB,
                            .ns = look->job.meta.ns,
                            .name = look->job.meta.name,
                            .uid = look->job.meta.uid,
                            .component = COMPONENT};
}

static void wake_pod(struct look *look, const cJSON *tree, int64_t version)
{
    struct queue_item *item =
        queue_item(&look->control->queue, KIND_POD, look->job.meta.ns,
                   tree_str(tree, "metadata.name"), tree_str(tree, "metadata.uid"));
    item->own_version = version;
    item->pass = look->control->pass;
    queue_ready(&look->control->queue, item);
}

static bool create_pod(struct look *look, struct error *err)
{
    struct subject subject = subject_of(look);
    for (int tries = 0;; tries++) {
        autotree cJSON *tree = make_pod(look->control, look->document.tree, &look->job);
        struct error failure = {0};
        int64_t version = 0;
        if (save_new(look->store, KIND_POD, tree, &version, &failure)) {
            autofree char *message = xasprintf("Created pod: %s", tree_str(tree, "metadata.name"));
            wake_pod(look, tree, version);
            return record_event(look->store, &subject, false, "SuccessfulCreate", message, err);
        }
        /* Five random characters may be taken; that thrice is a bug. */
        if (failure.code != ERROR_EXISTS || tries == 2) {
            *err = failure;
            return false;
        }
    }
}

/* The decision names only pods that it was shown. */
static struct pod_seen *find_pod(struct look *look, const char *name)
{
    for (size_t i = 0; i < look->pods.len; i++) {
        if (text_same(look->pods.data[i].pod.meta.name, name)) {
            return &look->pods.data[i];
        }
    }
    abort();
}

/* The look has read its pods without their specs. */
static bool load_whole(struct look *look, const struct pod_seen *seen, struct loaded *ret,
                       struct error *err)
{
    assert(seen); /* decisions name pods of their view only */
    return load(look->store, KIND_POD, seen->pod.meta.ns, seen->pod.meta.name, ret, err) ==
           FOUND_IT;
}

static bool stop_pod(struct look *look, const struct action *action, struct error *err)
{
    cleanup_with(loaded_done) struct loaded whole = {0};
    if (!load_whole(look, find_pod(look, action->name), &whole, err)) {
        return false;
    }
    tree_put_annotation(whole.tree, ANNOTATION_STOP, action->reason);
    if (!save(look->store, KIND_POD, &whole, err)) {
        return false;
    }
    wake_pod(look, whole.tree, whole.version);
    return true;
}

/* The finalizer says "not counted yet"; it goes in the transaction in which the counts move, so a
 * pod is counted once, whatever happens. */
static bool count_pod(struct look *look, const struct action *action, struct error *err)
{
    const struct pod_seen *seen = find_pod(look, action->name);
    assert(seen);
    if (action->fate == FATE_SUCCEEDED) {
        look->row = 0;
    } else if (action->fate == FATE_FAILED) {
        nsec_t now = clk_wall(look->control->clk);
        look->row++;
        look->last_failure = seen->ended != NSEC_NONE ? seen->ended : now;
        look->item->failed_mono = clk_mono(look->control->clk) - since(now, look->last_failure);
    }
    cleanup_with(loaded_done) struct loaded whole = {0};
    if (!load_whole(look, seen, &whole, err)) {
        return false;
    }
    finalizer_drop(whole.tree, FINALIZER_TRACKING);
    if (!save(look->store, KIND_POD, &whole, err)) {
        return false;
    }
    struct queue_item *item = queue_by_uid(&look->control->queue, seen->pod.meta.uid);
    if (item) {
        item->own_version = whole.version;
        item->pass = look->control->pass;
    }
    if (seen->pod.meta.deletion != SEC_NONE) {
        wake_pod(look, whole.tree, whole.version);
    }
    return true;
}

static void set_condition(struct look *look, const struct action *action)
{
    sec_t now = clk_now(look->control->clk);
    struct condition condition = {.type = action->name,
                                  .status = action->warning ? "True" : "False",
                                  .reason = action->reason,
                                  .message = action->message,
                                  .last_probe_time = now,
                                  .last_transition_time = now};
    struct condition *old = conditions_find(&look->status.conditions, action->name);
    if (old) {
        *old = condition;
    } else {
        vec_push(&look->status.conditions, condition);
    }
    if (text_same(action->name, CONDITION_COMPLETE)) {
        look->status.completion_time = now;
    }
}

static void set_start(struct look *look)
{
    look->status.start_time = clk_now(look->control->clk);
    look->item->started_mono = clk_mono(look->control->clk);
}

static bool apply_action(struct look *look, const struct action *action, struct error *err)
{
    struct subject subject = subject_of(look);
    struct delete_request expired = {
        .key = {.kind = KIND_JOB, .namespace = look->item->ns, .name = look->item->name}};
    switch (action->type) {
    case ACTION_CREATE_POD: return create_pod(look, err);
    case ACTION_STOP_POD: return stop_pod(look, action, err);
    case ACTION_COUNT_POD: return count_pod(look, action, err);
    case ACTION_EVENT:
        return record_event(look->store, &subject, action->warning, action->reason, action->message,
                            err);
    case ACTION_DELETE_JOB: return control_delete(look->store, &expired, NULL, NULL, err);
    case ACTION_SET_CONDITION: set_condition(look, action); return true;
    case ACTION_SET_START: set_start(look); return true;
    case ACTION_WAKE:
        queue_by(&look->control->queue, look->item, clk_mono(look->control->clk) + action->delay);
        return true;
    default: return error_set(err, ERROR_INTERNAL, "a Job cannot do this");
    }
}

/* --- status --------------------------------------------------------------------------------- */

static void put_counts(struct look *look, const struct job_counts *counts)
{
    look->status.active = counts->active;
    look->status.ready = counts->ready;
    look->status.terminating = counts->terminating;
    look->status.succeeded = counts->succeeded;
    look->status.failed = counts->failed;
}

static bool save_status(struct look *look, struct error *err)
{
    cJSON *status = job_status_encode(&look->status);
    if (look->row > 0) {
        tree_put_int(status, STATUS_ROW, look->row);
    }
    if (look->last_failure != NSEC_NONE) {
        tree_put_time(status, STATUS_FAILURE, nsec_to_sec(look->last_failure));
    }
    const cJSON *old = tree_get(look->document.tree, "status");
    if (tree_equal(old, status)) {
        cJSON_Delete(status);
        return true;
    }
    set_status(&look->document, status);
    if (!save(look->store, KIND_JOB, &look->document, err)) {
        return false;
    }
    look->item->own_version = look->document.version;
    return true;
}

/* --- the ledger ----------------------------------------------------------------------------- */

/* The state of the main container that ended last, or runs; NULL when none has begun. */
static const struct container_state *last_state(const struct pod_seen *seen)
{
    const struct container_state *last = NULL;
    for (size_t i = 0; i < seen->pod.status.containers.len; i++) {
        const struct container_status *status = &seen->pod.status.containers.data[i];
        const struct container_state *state = &status->state;
        if (state->set && state->phase == CONTAINER_WAITING && status->last_state.set) {
            state = &status->last_state;
        }
        if (state->set && state->phase != CONTAINER_WAITING &&
            (!last || state->finished_at >= last->finished_at)) {
            last = state;
        }
    }
    return last;
}

/* What the pods say of the run so far. */
static void describe_attempts(const struct look *look, struct run *run)
{
    run->attempts = 0;
    for (size_t i = 0; i < look->pods.len; i++) {
        const struct pod_seen *seen = &look->pods.data[i];
        run->pod = seen->pod.meta.name;
        if (seen->began == NSEC_NONE) {
            continue;
        }
        run->attempts += 1 + pod_restarts(&seen->pod);
        if (run->start == NSEC_NONE || seen->began < run->start) {
            run->start = seen->began;
        }
        const struct container_state *state = last_state(seen);
        run->exit_code = (struct opt_int){0};
        if (state && state->phase == CONTAINER_TERMINATED) {
            run->exit_code = opt_int_of(state->exit_code);
            run->message = state->message;
        }
    }
    if (run->start != NSEC_NONE && run->fate == FATE_WAITING) {
        run->fate = FATE_RUNNING;
    }
}

static bool was_interrupted(const struct look *look)
{
    if (look->pods.len == 0) {
        return false;
    }
    const struct container_state *state = last_state(&look->pods.data[look->pods.len - 1]);
    return state && text_same(state->reason, "Interrupted");
}

static void describe_end(const struct look *look, struct run *run)
{
    const struct condition *failed = conditions_true(&look->status.conditions, CONDITION_FAILED);
    bool complete = conditions_true(&look->status.conditions, CONDITION_COMPLETE) != NULL;
    if (!failed && !complete) {
        return;
    }
    run->fate = complete ? FATE_SUCCEEDED : was_interrupted(look) ? FATE_INTERRUPTED : FATE_FAILED;
    run->reason = complete ? NULL : failed->reason;
    run->end = NSEC_NONE;
    for (size_t i = 0; i < look->pods.len; i++) {
        if (look->pods.data[i].ended > run->end) {
            run->end = look->pods.data[i].ended;
        }
    }
    if (run->end == NSEC_NONE) {
        run->end = clk_wall(look->control->clk);
    }
}

static bool same_run(const struct run *a, const struct run *b)
{
    return a->fate == b->fate && a->attempts == b->attempts && a->start == b->start &&
           a->end == b->end && text_same(a->pod, b->pod) && text_same(a->reason, b->reason) &&
           text_same(a->message, b->message) && a->exit_code.set == b->exit_code.set &&
           a->exit_code.value == b->exit_code.value;
}

/* A forced run has no slot; its row begins when its Job is first seen. */
static bool begin_forced(struct look *look, const struct owner *owner, struct error *err)
{
    struct run run = {.ns = look->job.meta.ns,
                      .cronjob = owner->name,
                      .cronjob_uid = owner->uid,
                      .slot = SEC_NONE,
                      .last_slot = SEC_NONE,
                      .job = look->job.meta.name,
                      .job_uid = look->job.meta.uid,
                      .trigger = TRIGGER_MANUAL,
                      .who = meta_annotation(&look->job.meta, ANNOTATION_WHO),
                      .start = NSEC_NONE,
                      .end = NSEC_NONE,
                      .count = 1};
    return ledger_append(look->store, &run, NULL, err);
}

static void wake_owner(struct look *look, const struct owner *owner)
{
    queue_ready(&look->control->queue, queue_item(&look->control->queue, KIND_CRONJOB,
                                                  look->job.meta.ns, owner->name, owner->uid));
}

static bool keep_ledger(struct look *look, struct error *err)
{
    const struct owner *owner = meta_controller(&look->job.meta);
    if (!owner || !text_same(owner->kind, "CronJob") || !owner->uid || !owner->name) {
        return true;
    }
    struct job after = {.status = look->status};
    if (job_finished(&after) != job_finished(&look->job)) {
        wake_owner(look, owner);
    }
    cleanup_with(run_row_done) struct run_row row = {0};
    struct error failure = {0};
    bool found = ledger_by_job(look->store, look->job.meta.uid, &row, &failure);
    if (!found && failure.code == ERROR_NOT_FOUND &&
        meta_annotation(&look->job.meta, ANNOTATION_INSTANTIATE) &&
        job_finished(&look->job) == JOB_NOT_FINISHED) {
        wake_owner(look, owner);
        found = begin_forced(look, owner, &failure) &&
                ledger_by_job(look->store, look->job.meta.uid, &row, &failure);
    }
    if (!found) {
        if (failure.code != ERROR_NOT_FOUND) {
            *err = failure;
        }
        return failure.code == ERROR_NOT_FOUND; /* none of ours, or trimmed away */
    }
    if (run_is_final(&row.run)) {
        return true;
    }
    struct run run = row.run;
    describe_attempts(look, &run);
    describe_end(look, &run);
    if (same_run(&run, &row.run)) {
        return true;
    }
    wake_owner(look, owner);
    return ledger_update(look->store, &run, err);
}

/* --- the look ------------------------------------------------------------------------------- */

static bool carry_out(struct look *look, const struct actions *actions,
                      const struct job_counts *counts, struct error *err)
{
    queue_calm(&look->control->queue, look->item);
    bool deleted = false;
    for (size_t i = 0; i < actions->len; i++) {
        if (!apply_action(look, &actions->data[i], err)) {
            return false;
        }
        deleted |= actions->data[i].type == ACTION_DELETE_JOB;
    }
    if (deleted) {
        return true;
    }
    put_counts(look, counts);
    return save_status(look, err) && keep_ledger(look, err);
}

static void note_deadline(struct look *look)
{
    const struct opt_int *deadline = &look->job.spec.active_deadline_seconds;
    look->item->deadline_wall =
        deadline->set && look->status.start_time != SEC_NONE
            ? clk_wall(look->control->clk) +
                  (look->item->started_mono + deadline->value * NSEC_PER_SEC -
                   clk_mono(look->control->clk))
            : 0;
}

static bool finish_deletion(struct look *look, struct error *err)
{
    struct object_key key = {
        .kind = KIND_JOB, .namespace = look->item->ns, .name = look->item->name};
    bool gone = false;
    return look->job.meta.deletion == SEC_NONE ||
           control_finish_deletion(look->store, &key, &gone, err);
}

bool look_job(struct control *control, struct queue_item *item, struct error *err)
{
    cleanup_with(look_done) struct look look = {
        .control = control, .store = control->store, .item = item};
    switch (read_all(&look, err)) {
    case FOUND_IT: break;
    case FOUND_NOT: control_forget(control, item); return true;
    case FOUND_FAILED: return false;
    }
    struct job_view view = {
        .job = &look.job,
        .pods = look.facts.data,
        .pods_len = look.facts.len,
        .age = since(clk_mono(control->clk), item->started_mono),
        .since_finish =
            since(clk_wall(control->clk), job_finish_time(&look.job) == SEC_NONE
                                              ? NSEC_NONE
                                              : job_finish_time(&look.job) * NSEC_PER_SEC),
        .failures_in_row = look.row,
        .since_failure = since(clk_mono(control->clk), item->failed_mono),
    };
    cleanup_with(actions_done) struct actions actions = {0};
    struct job_counts counts = {0};
    decide_job(&view, &actions, &counts);
    if (!carry_out(&look, &actions, &counts, err) || !finish_deletion(&look, err)) {
        return false;
    }
    note_deadline(&look);
    /* A finished Job needs nobody's eye, but for its time to live: the next look is about that. */
    struct job after = {.status = look.status};
    bool finished = job_finished(&after) != JOB_NOT_FINISHED;
    if (finished && job_finished(&look.job) == JOB_NOT_FINISHED &&
        look.job.spec.ttl_seconds_after_finished.set) {
        queue_ready(&control->queue, item);
    }
    item->done = finished && !item->ready && item->mono.place == 0;
    return true;
}
