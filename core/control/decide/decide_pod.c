/* decide_pod.c - what a Pod needs now: the next container to start, again or for the first time. */
/* SPDX-License-Identifier: MIT */
#include "core/control/decide/decide_pod.h"

#include "core/base/stamp.h"
#include "core/control/decide/backoff.h"

enum progress { PROGRESS_ON, PROGRESS_DONE, PROGRESS_FAILED };

/* A job that traps TERM and leaves with 0 at its deadline has not succeeded. */
static bool has_failed(const struct container_fact *container)
{
    return container->phase == CONTAINER_TERMINATED &&
           (container->exit_code != 0 || text_same(container->reason, REASON_DEADLINE) ||
            text_same(container->reason, REASON_UNKNOWN) ||
            text_same(container->reason, "Interrupted") ||
            text_same(container->reason, "ContainerCannotRun"));
}

static void set_phase(const struct pod_view *view, enum pod_phase phase, const char *reason,
                      const char *message, struct actions *ret)
{
    if (view->pod->status.phase != phase) {
        action_add(ret, &(struct action){.type = ACTION_SET_PHASE,
                                         .name = pod_phase_names[phase],
                                         .reason = reason,
                                         .message = message});
    }
}

static void wait(const struct container_fact *container, const char *reason, const char *message,
                 struct actions *ret)
{
    if (container->phase != CONTAINER_WAITING || !text_same(container->reason, reason)) {
        action_add(ret, &(struct action){.type = ACTION_WAIT,
                                         .name = container->name,
                                         .reason = reason,
                                         .message = message});
    }
}

/* Restarts in place wait 10 s, 20 s, ... 5 min, from the end of the attempt before. */
static void restart(const struct pod_view *view, const struct container_fact *container,
                    struct actions *ret)
{
    nsec_t delay =
        backoff_delay(container->restarts + 1, view->backoff_seconds, BACKOFF_RESTART_MOST_SECONDS);
    nsec_t left = delay - container->ended_ago;
    if (left <= 0) {
        action_add(ret, &(struct action){.type = ACTION_RESTART,
                                         .name = container->name,
                                         .count = container->restarts + 1});
        return;
    }
    if (!container->backing_off) {
        char duration[STAMP_SIZE];
        autofree char *message =
            xasprintf("back-off %s restarting failed container=%s pod=%s",
                      duration_go(duration, delay), container->name, view->pod->meta.name);
        wait(container, REASON_BACK_OFF, message, ret);
        action_event(ret, true, "BackOff", "Back-off restarting failed container %s in pod %s",
                     container->name, view->pod->meta.name);
    }
    action_add(ret, &(struct action){.type = ACTION_WAKE, .slot = SEC_NONE, .delay = left});
}

/* One container's next step. */
static enum progress advance(const struct pod_view *view, const struct container_fact *container,
                             struct actions *ret)
{
    if (container->phase == CONTAINER_WAITING) {
        if (!container->handed_over) {
            action_add(ret, &(struct action){.type = ACTION_START_ATTEMPT,
                                             .name = container->name,
                                             .count = container->restarts});
        }
        return PROGRESS_ON;
    }
    if (container->phase == CONTAINER_RUNNING) {
        return PROGRESS_ON;
    }
    if (!has_failed(container)) {
        return PROGRESS_DONE;
    }
    /* What may still run is not run again; what the Job's deadline has ended is not either. */
    if (text_same(container->reason, REASON_UNKNOWN)) {
        return PROGRESS_ON;
    }
    if (view->pod->spec.restart_policy != RESTART_ON_FAILURE ||
        text_same(container->reason, REASON_DEADLINE)) {
        return PROGRESS_FAILED;
    }
    restart(view, container, ret);
    return PROGRESS_ON;
}

static const char *failure_reason(const struct pod_view *view)
{
    for (size_t i = 0; i < view->init_len + view->mains_len; i++) {
        const struct container_fact *container =
            i < view->init_len ? &view->init[i] : &view->mains[i - view->init_len];
        if (has_failed(container) && text_same(container->reason, REASON_DEADLINE)) {
            return REASON_DEADLINE;
        }
    }
    return NULL;
}

/* One after the other, each to its success. */
static enum progress run_init(const struct pod_view *view, struct actions *ret)
{
    for (size_t i = 0; i < view->init_len; i++) {
        enum progress progress = advance(view, &view->init[i], ret);
        if (progress != PROGRESS_DONE) {
            return progress;
        }
    }
    return PROGRESS_DONE;
}

/* All side by side; the pod has failed when all have ended and one did. */
static enum progress run_mains(const struct pod_view *view, struct actions *ret)
{
    enum progress all = PROGRESS_DONE;
    for (size_t i = 0; i < view->mains_len; i++) {
        enum progress progress = advance(view, &view->mains[i], ret);
        if (progress == PROGRESS_ON) {
            all = PROGRESS_ON;
        } else if (progress == PROGRESS_FAILED && all == PROGRESS_DONE) {
            all = PROGRESS_FAILED;
        }
    }
    return all;
}

static bool has_begun(const struct pod_view *view)
{
    for (size_t i = 0; i < view->mains_len; i++) {
        if (view->mains[i].phase != CONTAINER_WAITING || view->mains[i].restarts > 0) {
            return true;
        }
    }
    return false;
}

static bool may_run(const struct pod_view *view)
{
    for (size_t i = 0; i < view->mains_len; i++) {
        const struct container_fact *container = &view->mains[i];
        if (container->phase == CONTAINER_TERMINATED &&
            text_same(container->reason, REASON_UNKNOWN)) {
            return true;
        }
    }
    return false;
}

static size_t stop_containers(const struct container_fact *list, size_t len, struct actions *ret)
{
    size_t alive = 0;
    for (size_t i = 0; i < len; i++) {
        if (list[i].phase == CONTAINER_RUNNING || list[i].handed_over) {
            action_add(ret, &(struct action){.type = ACTION_STOP_ATTEMPT,
                                             .name = list[i].name,
                                             .count = list[i].restarts});
            alive++;
        }
    }
    return alive;
}

static bool all_succeeded(const struct container_fact *list, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (list[i].phase != CONTAINER_TERMINATED || has_failed(&list[i])) {
            return false;
        }
    }
    return true;
}

static void stop(const struct pod_view *view, struct actions *ret)
{
    size_t alive = stop_containers(view->init, view->init_len, ret) +
                   stop_containers(view->mains, view->mains_len, ret);
    if (alive > 0) {
        return;
    }
    if (all_succeeded(view->mains, view->mains_len)) {
        set_phase(view, POD_SUCCEEDED, NULL, NULL, ret);
    } else {
        set_phase(view, POD_FAILED, view->stop, NULL, ret);
    }
}

static void run(const struct pod_view *view, struct actions *ret)
{
    enum progress progress = run_init(view, ret);
    if (progress == PROGRESS_DONE) {
        progress = run_mains(view, ret);
    }
    if (progress == PROGRESS_FAILED) {
        set_phase(view, POD_FAILED, failure_reason(view), NULL, ret);
    } else if (progress == PROGRESS_DONE) {
        set_phase(view, POD_SUCCEEDED, NULL, NULL, ret);
    } else if (may_run(view)) {
        set_phase(view, POD_UNKNOWN, "Interrupted",
                  "The attempt was interrupted, and some of its processes may still run", ret);
    } else if (has_begun(view)) {
        set_phase(view, POD_RUNNING, NULL, NULL, ret);
    }
}

static bool is_live(const struct container_fact *list, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (list[i].phase == CONTAINER_RUNNING || list[i].handed_over) {
            return true;
        }
    }
    return false;
}

void decide_pod(const struct pod_view *view, struct actions *ret)
{
    bool deleted = view->pod->meta.deletion != SEC_NONE;
    if (pod_finished(view->pod)) {
        if (deleted && !view->held) {
            action_add(ret, &(struct action){.type = ACTION_REMOVE});
        }
        return;
    }
    if (deleted || view->stop) {
        stop(view, ret);
        return;
    }
    if (view->unavailable && !is_live(view->init, view->init_len) &&
        !is_live(view->mains, view->mains_len)) {
        const struct container_fact *first = view->init_len > 0 ? view->init : view->mains;
        for (size_t i = 0; i < (view->init_len > 0 ? 1 : view->mains_len); i++) {
            wait(&first[i], REASON_NO_RUNTIME, view->unavailable, ret);
        }
        return;
    }
    run(view, ret);
}
