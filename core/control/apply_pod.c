/* apply_pod.c - one look at a Pod: take in the executor's news, decide, and carry the actions out. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/control/decide/backoff.h"
#include "core/control/decide/decide_pod.h"
#include "core/control/inside.h"

#define COMPONENT "kubelet" /* whose part we play: tools look for its events by this name */

/* One look, in the making. */
struct look {
    struct control *control;
    struct store *store;
    struct queue_item *item;
    struct loaded document;
    struct pod pod;
    struct pod_status status; /* as it is to be; one entry a container, in the spec's order */
    vec(struct container_fact) facts; /* init containers first */
    bool took_news;
    vec(char *) texts; /* what the new status borrows */
};

static void look_done(struct look *look)
{
    vec_done(&look->status.conditions);
    vec_done(&look->status.init_containers);
    vec_done(&look->status.containers);
    vec_done(&look->facts);
    pod_done(&look->pod);
    loaded_done(&look->document);
    for (size_t i = 0; i < look->texts.len; i++) {
        free(look->texts.data[i]);
    }
    vec_done(&look->texts);
}

static const char *keep(struct look *look, const char *text)
{
    if (!text || !*text) {
        return NULL;
    }
    vec_push(&look->texts, xstrdup(text));
    return look->texts.data[look->texts.len - 1];
}

static bool note_event(struct look *look, bool warning, const char *reason, const char *message,
                       struct error *err)
{
    struct subject subject = {.kind = KIND_POD,
                              .ns = look->pod.meta.ns,
                              .name = look->pod.meta.name,
                              .uid = look->pod.meta.uid,
                              .component = COMPONENT};
    return record_event(look->store, &subject, warning, reason, message, err);
}

/* --- reading -------------------------------------------------------------------------------- */

static struct container_status *status_of(struct look *look, const char *container)
{
    struct container_statuses *lists[] = {&look->status.init_containers, &look->status.containers};
    for (size_t list = 0; list < countof(lists); list++) {
        for (size_t i = 0; i < lists[list]->len; i++) {
            if (text_same(lists[list]->data[i].name, container)) {
                return &lists[list]->data[i];
            }
        }
    }
    return NULL;
}

/* One status for each container of the spec, whatever the document has. */
static void copy_statuses(const struct pod *pod, const struct containers *containers,
                          struct container_statuses *ret)
{
    for (size_t i = 0; i < containers->len; i++) {
        const struct container *container = &containers->data[i];
        const struct container_status *old = pod_container(pod, container->name);
        struct container_status fresh = {
            .name = container->name,
            .image = container->image,
            .state = {.set = true,
                      .phase = CONTAINER_WAITING,
                      .reason = "ContainerCreating",
                      .started_at = NSEC_NONE,
                      .finished_at = NSEC_NONE},
        };
        if (old) {
            fresh = *old;
        }
        fresh.state.set = true;
        vec_push(ret, fresh);
    }
}

static enum found read_all(struct look *look, struct error *err)
{
    enum found found =
        load(look->store, KIND_POD, look->item->ns, look->item->name, &look->document, err);
    if (found != FOUND_IT) {
        return found;
    }
    if (!pod_decode(look->document.tree, &look->pod, err)) {
        return FOUND_FAILED;
    }
    look->status = look->pod.status;
    look->status.conditions = (struct conditions){0};
    look->status.init_containers = look->status.containers = (struct container_statuses){0};
    for (size_t i = 0; i < look->pod.status.conditions.len; i++) {
        vec_push(&look->status.conditions, look->pod.status.conditions.data[i]);
    }
    copy_statuses(&look->pod, &look->pod.spec.init_containers, &look->status.init_containers);
    copy_statuses(&look->pod, &look->pod.spec.containers, &look->status.containers);
    return FOUND_IT;
}

/* --- news ----------------------------------------------------------------------------------- */

static bool take_start(struct look *look, struct container_status *status,
                       const struct start_record *record, struct error *err)
{
    if (status->state.phase != CONTAINER_WAITING) {
        return true;
    }
    status->state = (struct container_state){.set = true,
                                             .phase = CONTAINER_RUNNING,
                                             .started_at = record->started,
                                             .finished_at = NSEC_NONE};
    status->ready = status->started = true;
    autofree char *message = xasprintf("Started container %s", status->name);
    return note_event(look, false, "Started", message, err);
}

static bool take_exit(struct look *look, struct container_status *status,
                      const struct exit_record *record, struct error *err)
{
    if (status->state.phase == CONTAINER_TERMINATED) {
        return true;
    }
    status->state = (struct container_state){
        .set = true,
        .phase = CONTAINER_TERMINATED,
        .reason = exit_reason_name(record->reason),
        .message = keep(look, record->message),
        .exit_code = record->code,
        .signal = record->signal,
        .started_at = record->started > 0 ? record->started : NSEC_NONE,
        .finished_at = record->finished > 0 ? record->finished : clk_wall(look->control->clk),
    };
    status->ready = status->started = false;
    if (record->reason != EXIT_CONTAINER_CANNOT_RUN && record->lost_lines == 0) {
        return true;
    }
    autofree char *message =
        record->reason == EXIT_CONTAINER_CANNOT_RUN
            ? xasprintf("Error: %s", record->message)
            : xasprintf("%llu lines of the output of %s found no room on the disk",
                        (unsigned long long)record->lost_lines, status->name);
    return note_event(look, true,
                      record->reason == EXIT_CONTAINER_CANNOT_RUN ? "Failed" : "LogLost", message,
                      err);
}

static bool take_one(struct look *look, struct pod_news *news, struct error *err)
{
    struct attempt_note *note = attempt_note(look->item->live, news->id.container);
    struct container_status *status = status_of(look, news->id.container);
    if (news->ended && note->number == news->id.number) {
        note->handed_over = false;
    }
    if (!status || status->restart_count != news->id.number) {
        return true; /* of an attempt that is history */
    }
    return news->ended ? take_exit(look, status, &news->exit, err)
                       : take_start(look, status, &news->start, err);
}

static bool take_news(struct look *look, struct error *err)
{
    struct pod_live *live = look->item->live;
    for (struct pod_news *news = live ? live->news : NULL; news; news = news->next) {
        if (news->written) {
            continue;
        }
        if (!take_one(look, news, err)) {
            return false;
        }
        look->took_news = true;
    }
    return true;
}

/* Only when the look has been written: a failed one takes them again. */
static void settle_news(struct look *look)
{
    if (!look->took_news) {
        return;
    }
    for (struct pod_news *news = look->item->live->news; news; news = news->next) {
        news->written = true;
    }
    live_settle_news(look->control, look->pod.meta.uid);
}

/* --- facts ---------------------------------------------------------------------------------- */

static struct container_fact fact_of(struct look *look, const struct container_status *status)
{
    const struct container_state *state = &status->state;
    struct container_fact fact = {.name = status->name,
                                  .restarts = status->restart_count,
                                  .backing_off = state->phase == CONTAINER_WAITING &&
                                                 text_same(state->reason, REASON_BACK_OFF)};
    /* While it backs off its status says "waiting"; what counts is the attempt before. */
    if (fact.backing_off && status->last_state.set) {
        state = &status->last_state;
        fact.phase = CONTAINER_TERMINATED;
    } else {
        fact.phase = state->phase;
    }
    fact.exit_code = state->exit_code;
    fact.reason = state->reason;
    if (fact.phase == CONTAINER_TERMINATED && state->finished_at != NSEC_NONE) {
        nsec_t ago = clk_wall(look->control->clk) - state->finished_at;
        fact.ended_ago = ago > 0 ? ago : 0;
    }
    if (look->item->live) {
        const struct attempt_note *note = attempt_note(look->item->live, status->name);
        fact.handed_over = note->handed_over && note->number == status->restart_count;
    }
    return fact;
}

static void gather_facts(struct look *look)
{
    look->facts.len = 0;
    for (size_t i = 0; i < look->status.init_containers.len; i++) {
        vec_push(&look->facts, fact_of(look, &look->status.init_containers.data[i]));
    }
    for (size_t i = 0; i < look->status.containers.len; i++) {
        vec_push(&look->facts, fact_of(look, &look->status.containers.data[i]));
    }
}

static int64_t backoff_seconds(const struct pod *pod)
{
    const char *own = meta_annotation(&pod->meta, ANNOTATION_BACKOFF);
    long long seconds = 0;
    return own && text_int(own, 0, BACKOFF_RESTART_MOST_SECONDS, &seconds) ? seconds
                                                                           : BACKOFF_BASE_SECONDS;
}

/* --- actions -------------------------------------------------------------------------------- */

static const struct container *container_of(const struct look *look, const char *name)
{
    const struct containers *lists[] = {&look->pod.spec.init_containers,
                                        &look->pod.spec.containers};
    for (size_t list = 0; list < countof(lists); list++) {
        for (size_t i = 0; i < lists[list]->len; i++) {
            if (text_same(lists[list]->data[i].name, name)) {
                return &lists[list]->data[i];
            }
        }
    }
    return NULL;
}

static void start_attempt(struct look *look, const struct action *action)
{
    struct attempt_note *note = attempt_note(pod_live_of(look->item), action->name);
    note->number = (int)action->count;
    note->handed_over = true;
    note->stop_sent = false;
    live_start(look->control, &look->pod, container_of(look, action->name), note->number);
}

static bool stop_attempt(struct look *look, const struct action *action, struct error *err)
{
    struct attempt_note *note = attempt_note(pod_live_of(look->item), action->name);
    struct opt_int grace = look->pod.meta.deletion_grace_seconds;
    nsec_t wanted =
        grace.set && look->pod.meta.deletion != SEC_NONE ? grace.value * NSEC_PER_SEC : -1;
    if (note->stop_sent && (wanted < 0 || wanted >= note->stop_grace)) {
        return true;
    }
    note->stop_sent = true;
    note->stop_grace = wanted < 0 ? INT64_MAX : wanted;
    struct attempt_id id = attempt_id_of(look->pod.meta.uid, action->name, (int)action->count);
    live_stop(look->control, &id, wanted);
    autofree char *message = xasprintf("Stopping container %s", action->name);
    return note_event(look, false, "Killing", message, err);
}

static void wait_container(struct look *look, const struct action *action)
{
    struct container_status *status = status_of(look, action->name);
    if (status->state.phase == CONTAINER_TERMINATED) {
        status->last_state = status->state;
    }
    status->state = (struct container_state){.set = true,
                                             .phase = CONTAINER_WAITING,
                                             .reason = action->reason,
                                             .message = action->message,
                                             .started_at = NSEC_NONE,
                                             .finished_at = NSEC_NONE};
}

/* The number of the attempt moves on first, in the store; the attempt starts by the look after,
 * so that the Job can say no in between: its limit counts restarts. */
static void restart_container(struct look *look, const struct action *action)
{
    struct container_status *status = status_of(look, action->name);
    struct action waiting = {.name = action->name, .reason = "ContainerCreating"};
    wait_container(look, &waiting);
    status->restart_count = action->count;
    queue_ready(&look->control->queue, look->item);
}

static void set_phase(struct look *look, const struct action *action)
{
    enum pod_phase phase = POD_PENDING;
    while (phase < POD_PHASE_COUNT && strcmp(pod_phase_names[phase], action->name) != 0) {
        phase++;
    }
    look->status.phase = phase;
    look->status.reason = action->reason;
    look->status.message = action->message;
}

static bool apply_action(struct look *look, const struct action *action, struct error *err)
{
    switch (action->type) {
    case ACTION_START_ATTEMPT: start_attempt(look, action); return true;
    case ACTION_STOP_ATTEMPT: return stop_attempt(look, action, err);
    case ACTION_WAIT: wait_container(look, action); return true;
    case ACTION_RESTART: restart_container(look, action); return true;
    case ACTION_SET_PHASE: set_phase(look, action); return true;
    case ACTION_EVENT:
        return note_event(look, action->warning, action->reason, action->message, err);
    case ACTION_WAKE:
        queue_by(&look->control->queue, look->item, clk_mono(look->control->clk) + action->delay);
        return true;
    case ACTION_REMOVE: return true; /* after the status is written: carry_out() */
    default: return error_set(err, ERROR_INTERNAL, "a Pod cannot do this");
    }
}

/* --- status --------------------------------------------------------------------------------- */

static void put_condition(struct look *look, const char *type, bool status, const char *reason)
{
    struct condition *old = conditions_find(&look->status.conditions, type);
    const char *text = status ? "True" : "False";
    if (old && text_same(old->status, text)) {
        return;
    }
    struct condition condition = {.type = type,
                                  .status = text,
                                  .reason = reason,
                                  .last_probe_time = SEC_NONE,
                                  .last_transition_time = clk_now(look->control->clk)};
    if (old) {
        *old = condition;
    } else {
        vec_push(&look->status.conditions, condition);
    }
}

static bool all_ready(const struct container_statuses *list)
{
    for (size_t i = 0; i < list->len; i++) {
        if (!list->data[i].ready) {
            return false;
        }
    }
    return list->len > 0;
}

/* The four that `kubectl wait` and `describe` ask for. */
static void put_conditions(struct look *look)
{
    bool ended = look->status.phase == POD_SUCCEEDED || look->status.phase == POD_FAILED;
    bool begun = look->status.phase != POD_PENDING;
    bool ready = !ended && all_ready(&look->status.containers);
    const char *reason = ready                                 ? NULL
                         : look->status.phase == POD_SUCCEEDED ? "PodCompleted"
                         : ended                               ? "PodFailed"
                                                               : "ContainersNotReady";
    put_condition(look, "PodScheduled", true, NULL);
    put_condition(look, "Initialized", begun || look->status.init_containers.len == 0, NULL);
    put_condition(look, "Ready", ready, reason);
    put_condition(look, "ContainersReady", ready, reason);
}

static bool save_status(struct look *look, struct error *err)
{
    if (look->status.phase != POD_PENDING || look->status.conditions.len > 0) {
        put_conditions(look);
    }
    cJSON *status = pod_status_encode(&look->status);
    const cJSON *old = tree_get(look->document.tree, "status");
    if (tree_equal(old, status)) {
        cJSON_Delete(status);
        return true;
    }
    set_status(&look->document, status);
    if (!save(look->store, KIND_POD, &look->document, err)) {
        return false;
    }
    look->item->own_version = look->document.version;
    const struct owner *owner = meta_controller(&look->pod.meta);
    struct queue_item *job = owner ? owner_item(look->control, owner->uid) : NULL;
    if (job) {
        queue_ready(&look->control->queue, job);
    }
    return true;
}

static bool remove_pod(struct look *look, struct error *err)
{
    struct object_key key = {
        .kind = KIND_POD, .namespace = look->item->ns, .name = look->item->name};
    bool gone = false;
    return control_finish_deletion(look->store, &key, &gone, err);
}

static bool carry_out(struct look *look, const struct actions *actions, struct error *err)
{
    queue_calm(&look->control->queue, look->item);
    bool remove = false;
    for (size_t i = 0; i < actions->len; i++) {
        if (!apply_action(look, &actions->data[i], err)) {
            return false;
        }
        remove |= actions->data[i].type == ACTION_REMOVE;
    }
    return save_status(look, err) && (!remove || remove_pod(look, err));
}

static void decide(struct look *look, struct actions *ret)
{
    gather_facts(look);
    /* The decision goes by the news, which the document does not have yet. */
    struct pod now = look->pod;
    now.status = look->status;
    size_t init_len = look->status.init_containers.len;
    struct pod_view view = {
        .pod = &now,
        .init = look->facts.data,
        .init_len = init_len,
        .mains = look->facts.data ? look->facts.data + init_len : NULL,
        .mains_len = look->status.containers.len,
        .stop = meta_annotation(&look->pod.meta, ANNOTATION_STOP),
        .unavailable = live_unavailable(look->control, &look->pod.spec, NULL),
        .backoff_seconds = backoff_seconds(&look->pod),
        .held = finalizer_any(look->document.tree),
    };
    decide_pod(&view, ret);
}

/* A pod without its Job (deleted, orphaned) is counted by nobody. */
static bool has_ended(const struct look *look)
{
    return look->status.phase == POD_SUCCEEDED || look->status.phase == POD_FAILED;
}

bool look_pod(struct control *control, struct queue_item *item, struct error *err)
{
    cleanup_with(look_done) struct look look = {
        .control = control, .store = control->store, .item = item};
    switch (read_all(&look, err)) {
    case FOUND_IT: break;
    case FOUND_NOT: control_forget(control, item); return true;
    case FOUND_FAILED: return false;
    }
    cleanup_with(actions_done) struct actions actions = {0};
    if (!take_news(&look, err)) {
        return false;
    }
    decide(&look, &actions);
    if (!carry_out(&look, &actions, err)) {
        return false;
    }
    settle_news(&look);
    /* Ended just now and to be deleted: the look after removes it. */
    if (has_ended(&look) && !pod_finished(&look.pod) && look.pod.meta.deletion != SEC_NONE) {
        queue_ready(&control->queue, item);
    }
    item->done = has_ended(&look);
    return true;
}
