/* apply_cronjob.c - one look at a CronJob: read, decide, and carry the actions out. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "core/control/inside.h"

#define COMPONENT "cronjob-controller"
#define RECENT_RUNS 20 /* letters in status.recentRuns */
#define LEDGER_KEPT 10000
#define LEDGER_SLACK 500 /* trimmed in lots, not row by row */

/* Our addition to the status, beside the fields that the model knows. */
#define STATUS_WINDOW "windowStart"

/* One look, in the making. */
struct look {
    struct control *control;
    struct store *store;
    struct queue_item *item;
    struct loaded document;
    struct cronjob cronjob;
    struct cron_expr expr;
    const struct tz *tz;
    struct error schedule_fault, zone_fault;
    bool readable; /* expr holds */
    struct dependents children;
    vec(struct job) jobs; /* views of the children */
    vec(struct child_job) facts;
    struct run_row newest;
    bool has_newest;
    sec_t window_start;
    struct cronjob_status status; /* as it is to be */
    vec(char *) texts;            /* what the new status borrows */
};

static void look_done(struct look *look)
{
    for (size_t i = 0; i < look->jobs.len; i++) {
        job_done(&look->jobs.data[i]);
    }
    vec_done(&look->jobs);
    vec_done(&look->facts);
    dependents_done(&look->children);
    run_row_done(&look->newest);
    vec_done(&look->status.active);
    cronjob_done(&look->cronjob);
    loaded_done(&look->document);
    for (size_t i = 0; i < look->texts.len; i++) {
        free(look->texts.data[i]);
    }
    vec_done(&look->texts);
}

/* Keeps a text for the life of the look. */
static const char *keep(struct look *look, const char *text)
{
    if (!text) {
        return NULL;
    }
    vec_push(&look->texts, xstrdup(text));
    return look->texts.data[look->texts.len - 1];
}

static bool read_children(struct look *look, struct error *err)
{
    if (!load_dependents(look->store, KIND_JOB, look->cronjob.meta.uid, LOAD_SLIM, &look->children,
                         err)) {
        return false;
    }
    for (size_t i = 0; i < look->children.len; i++) {
        struct job job;
        if (!job_decode(look->children.data[i].tree, &job, err)) {
            return false;
        }
        vec_push(&look->jobs, job);
        struct child_job fact = {.name = job.meta.name,
                                 .start_time = job.status.start_time,
                                 .completion_time = job.status.completion_time,
                                 .end = job_finished(&job),
                                 .forced = meta_annotation(&job.meta, ANNOTATION_INSTANTIATE)};
        vec_push(&look->facts, fact);
    }
    return true;
}

static bool read_newest(struct look *look, struct error *err)
{
    struct error failure = {0};
    look->has_newest =
        ledger_newest_slot(look->store, look->cronjob.meta.uid, &look->newest, &failure);
    if (!look->has_newest && failure.code != ERROR_NOT_FOUND) {
        if (err) {
            *err = failure;
        }
        return false;
    }
    return true;
}

static void read_schedule(struct look *look)
{
    const struct cronjob_spec *spec = &look->cronjob.spec;
    look->readable =
        cron_parse(spec->schedule ? spec->schedule : "", &look->expr, &look->schedule_fault);
    look->tz = spec->time_zone ? tz_find(spec->time_zone, &look->zone_fault) : tz_local();
}

static enum found read_all(struct look *look, struct error *err)
{
    enum found found =
        load(look->store, KIND_CRONJOB, look->item->ns, look->item->name, &look->document, err);
    if (found != FOUND_IT) {
        return found;
    }
    if (!cronjob_decode(look->document.tree, &look->cronjob, err) || !read_children(look, err) ||
        !read_newest(look, err)) {
        return FOUND_FAILED;
    }
    read_schedule(look);
    look->window_start = tree_time(look->document.tree, "status." STATUS_WINDOW);
    look->status = look->cronjob.status;
    look->status.active = (struct references){0};
    for (size_t i = 0; i < look->cronjob.status.active.len; i++) {
        vec_push(&look->status.active, look->cronjob.status.active.data[i]);
    }
    return FOUND_IT;
}

/* --- actions -------------------------------------------------------------------------------- */

static struct subject subject_of(const struct look *look)
{
    return (struct subject){.kind = KIND_CRONJOB,
                            .ns = look->cronjob.meta.ns,
                            .name = look->cronjob.meta.name,
                            .uid = look->cronjob.meta.uid,
                            .component = COMPONENT};
}

static void drop_active(struct look *look, const char *name)
{
    for (size_t i = look->status.active.len; i-- > 0;) {
        if (text_same(look->status.active.data[i].name, name)) {
            vec_remove(&look->status.active, i);
        }
    }
}

/* The slot's row, with its Job or without; one that waited becomes it. */
static bool record_run(struct look *look, const struct run *run, struct error *err)
{
    struct error failure = {0};
    if (ledger_append(look->store, run, NULL, &failure)) {
        return true;
    }
    bool waits = failure.code == ERROR_EXISTS && look->has_newest &&
                 look->newest.run.slot == run->slot && !look->newest.run.job;
    if (waits && ledger_update(look->store, run, &failure)) {
        return true;
    }
    if (err) {
        *err = failure;
    }
    return false;
}

static struct run run_of(const struct look *look, const struct action *action)
{
    return (struct run){.ns = look->cronjob.meta.ns,
                        .cronjob = look->cronjob.meta.name,
                        .cronjob_uid = look->cronjob.meta.uid,
                        .slot = action->slot,
                        .last_slot = SEC_NONE,
                        .count = 1,
                        .trigger = action->trigger,
                        .start = NSEC_NONE,
                        .end = NSEC_NONE};
}

/* Somebody else's Job has the name: this slot cannot be started, now or later. */
static bool give_up_slot(struct look *look, struct run *run, struct error *err)
{
    char message[160];
    snprintf(message, sizeof message, "jobs.batch \"%.100s\" already exists", run->job);
    run->job = run->job_uid = NULL;
    run->fate = FATE_FAILED;
    run->reason = "FailedCreate";
    run->message = message;
    struct subject subject = subject_of(look);
    return record_run(look, run, err) &&
           record_event(look->store, &subject, true, "FailedCreate", message, err);
}

/* The Job and its ledger row stay or go together; the row is the promise that no slot starts
 * twice, whatever has become of the Job. RET_STARTED is false when the slot had its run. */
static bool create_job(struct look *look, const struct action *action, const char *uid,
                       bool *ret_started, struct error *err)
{
    sec_t previous = SEC_NONE;
    if (!cron_prev(&look->expr, look->tz, action->slot - 1, action->slot - 366 * 86400,
                   &previous)) {
        previous = action->slot - look->expr.every;
    }
    if (!ledger_take_back(look->store, look->cronjob.meta.uid, action->slot, previous, err)) {
        return false;
    }
    struct run run = run_of(look, action);
    run.job = action->name;
    run.job_uid = uid;
    autotree cJSON *tree = make_job(look->control, look->document.tree, &look->cronjob,
                                    action->name, action->slot, look->tz, uid);
    struct error failure = {0};
    int64_t version = 0;
    *ret_started = save_new(look->store, KIND_JOB, tree, &version, &failure);
    if (!*ret_started && failure.code == ERROR_EXISTS) {
        return give_up_slot(look, &run, err);
    }
    if (!*ret_started) {
        *err = failure;
        return false;
    }
    /* The Job's look follows in this pass, and so do its pod's and the order: one transaction. */
    struct queue_item *item =
        queue_item(&look->control->queue, KIND_JOB, look->cronjob.meta.ns, action->name, uid);
    item->own_version = version;
    item->pass = look->control->pass;
    queue_ready(&look->control->queue, item);
    return record_run(look, &run, err);
}

static bool start_slot(struct look *look, const struct action *action, struct error *err)
{
    char uid[UUID_SIZE];
    id_uuid(look->control->ids, uid);
    bool started = false;
    struct error failure = {0};
    if (!store_unit_begin(look->store, err)) {
        return false;
    }
    bool ok = create_job(look, action, uid, &started, &failure);
    bool kept = store_unit_end(look->store, ok, ok ? err : NULL);
    if (!ok && failure.code == ERROR_EXISTS) {
        return true; /* this slot has had its run, and the row remembers: never again */
    }
    if (!ok && err) {
        *err = failure;
    }
    if (ok && kept && started) {
        vec_push(&look->status.active, (struct reference){.api_version = "batch/v1",
                                                          .kind = "Job",
                                                          .ns = look->cronjob.meta.ns,
                                                          .name = keep(look, action->name),
                                                          .uid = keep(look, uid)});
    }
    return ok && kept;
}

static bool record_slots(struct look *look, const struct action *action, struct error *err)
{
    struct run run = run_of(look, action);
    run.fate = action->fate;
    run.reason = action->reason;
    run.count = action->count;
    run.last_slot = action->count > 1 ? action->last_slot : SEC_NONE;
    struct error failure = {0};
    if (ledger_append(look->store, &run, NULL, &failure) || failure.code == ERROR_EXISTS) {
        return true;
    }
    *err = failure;
    return false;
}

static bool skip_waiting(struct look *look, struct error *err)
{
    struct run run = look->newest.run;
    run.fate = FATE_SKIPPED_FORBID;
    return ledger_update(look->store, &run, err);
}

static bool delete_child(struct look *look, const struct action *action, struct error *err)
{
    struct delete_request request = {
        .key = {.kind = KIND_JOB, .namespace = look->cronjob.meta.ns, .name = action->name},
        .replaced = text_same(action->reason, "replace"),
    };
    struct error failure = {0};
    if (control_delete(look->store, &request, NULL, NULL, &failure) ||
        failure.code == ERROR_NOT_FOUND) {
        return true;
    }
    *err = failure;
    return false;
}

static bool apply_action(struct look *look, const struct action *action, struct error *err)
{
    struct subject subject = subject_of(look);
    switch (action->type) {
    case ACTION_START_SLOT: return start_slot(look, action, err);
    case ACTION_RECORD: return record_slots(look, action, err);
    case ACTION_EXTEND:
        return ledger_extend(look->store, look->cronjob.meta.uid, action->slot, action->last_slot,
                             action->count, err);
    case ACTION_SKIP_WAITING: return skip_waiting(look, err);
    case ACTION_DELETE_JOB: return delete_child(look, action, err);
    case ACTION_EVENT:
        return record_event(look->store, &subject, action->warning, action->reason, action->message,
                            err);
    case ACTION_SET_SCHEDULED: look->status.last_schedule_time = action->slot; return true;
    case ACTION_SET_SUCCESS: look->status.last_successful_time = action->slot; return true;
    case ACTION_SET_WINDOW: look->window_start = action->slot; return true;
    case ACTION_DROP_ACTIVE: drop_active(look, action->name); return true;
    case ACTION_WAKE: queue_at(&look->control->queue, look->item, action->slot); return true;
    default: return error_set(err, ERROR_INTERNAL, "a CronJob cannot do this");
    }
}

/* --- status --------------------------------------------------------------------------------- */

struct recent {
    struct look *look;
    char letters[RECENT_RUNS + 1]; /* from the end backwards */
    size_t len;
    bool found;
};

static bool on_recent(const struct run *run, void *data)
{
    struct recent *recent = data;
    struct last_run *last = &recent->look->status.last_run;
    recent->letters[RECENT_RUNS - ++recent->len] = run_fate_letter(run->fate);
    if (!recent->found && run->job) {
        recent->found = true;
        *last = (struct last_run){.set = true,
                                  .name = keep(recent->look, run->job),
                                  .pod_name = keep(recent->look, run->pod),
                                  .scheduled_time = run->slot,
                                  .start_time = run->start,
                                  .completion_time = run->end,
                                  .result = run->fate,
                                  .reason = keep(recent->look, run->reason),
                                  .exit_code = run->exit_code,
                                  .attempt = run->attempts};
    }
    return recent->len < RECENT_RUNS;
}

static bool sum_up(struct look *look, struct error *err)
{
    struct recent recent = {.look = look};
    struct ledger_filter filter = {.cronjob_uid = look->cronjob.meta.uid, .most = RECENT_RUNS};
    if (!ledger_walk(look->store, &filter, on_recent, &recent, err)) {
        return false;
    }
    if (recent.len > 0) {
        look->status.recent_runs = keep(look, recent.letters + RECENT_RUNS - recent.len);
    }
    return true;
}

static bool save_status(struct look *look, struct error *err)
{
    if (!sum_up(look, err)) {
        return false;
    }
    cJSON *status = cronjob_status_encode(&look->status);
    cJSON *old = tree_get(look->document.tree, "status");
    if (look->window_start != SEC_NONE) {
        tree_put_time(status, STATUS_WINDOW, look->window_start);
    }
    if (tree_equal(old, status) || (!old && !status->child)) {
        cJSON_Delete(status);
        return true;
    }
    set_status(&look->document, status);
    if (!save(look->store, KIND_CRONJOB, &look->document, err)) {
        return false;
    }
    look->item->own_version = look->document.version;
    return true;
}

static bool trim_ledger(struct look *look, struct error *err)
{
    /* Counting costs a walk over the index: once in a while is enough. */
    if (!look->has_newest || look->newest.run.id % LEDGER_SLACK != 0) {
        return true;
    }
    return ledger_trim(look->store, look->cronjob.meta.uid, LEDGER_KEPT, err);
}

static bool carry_out(struct look *look, const struct actions *actions, struct error *err)
{
    queue_at(&look->control->queue, look->item, SEC_NONE);
    for (size_t i = 0; i < actions->len; i++) {
        if (!apply_action(look, &actions->data[i], err)) {
            return false;
        }
    }
    return save_status(look, err) && trim_ledger(look, err);
}

static void decide(struct look *look, struct actions *ret)
{
    struct cronjob_view view = {
        .cronjob = &look->cronjob,
        .expr = look->readable ? &look->expr : NULL,
        .schedule_fault = look->schedule_fault.what,
        .tz = look->tz,
        .zone_fault = look->zone_fault.what,
        .jobs = look->facts.data,
        .jobs_len = look->facts.len,
        .newest = look->has_newest ? &look->newest.run : NULL,
        .window_start = look->window_start,
        .missed_starts = look->control->options.missed_starts,
        .edited = look->item->edited,
        .resumed = look->item->resumed,
        .started = look->item->started,
    };
    decide_cronjob(&view, clk_now(look->control->clk), ret);
}

/* A Foreground deletion ends with the last Job. */
static bool finish_deletion(struct look *look, struct error *err)
{
    struct object_key key = {
        .kind = KIND_CRONJOB, .namespace = look->item->ns, .name = look->item->name};
    bool gone = false;
    return look->cronjob.meta.deletion == SEC_NONE ||
           control_finish_deletion(look->store, &key, &gone, err);
}

bool look_cronjob(struct control *control, struct queue_item *item, struct error *err)
{
    cleanup_with(look_done) struct look look = {
        .control = control, .store = control->store, .item = item};
    switch (read_all(&look, err)) {
    case FOUND_IT: break;
    case FOUND_NOT: control_forget(control, item); return true;
    case FOUND_FAILED: return false;
    }
    cleanup_with(actions_done) struct actions actions = {0};
    decide(&look, &actions);
    if (!carry_out(&look, &actions, err) || !finish_deletion(&look, err)) {
        return false;
    }
    item->edited = item->resumed = item->started = false;
    return true;
}
