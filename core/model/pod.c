/* pod.c - a Pod: one attempt of a Job, and the state of its containers. */
/* SPDX-License-Identifier: MIT */
#include "core/model/pod.h"

#include <stdio.h>
#include <string.h>

const char *const pod_phase_names[POD_PHASE_COUNT] = {
    [POD_PENDING] = "Pending", [POD_RUNNING] = "Running", [POD_SUCCEEDED] = "Succeeded",
    [POD_FAILED] = "Failed",   [POD_UNKNOWN] = "Unknown",
};

void pod_status_done(struct pod_status *status)
{
    vec_done(&status->conditions);
    vec_done(&status->init_containers);
    vec_done(&status->containers);
}

void pod_done(struct pod *pod)
{
    meta_done(&pod->meta);
    pod_spec_done(&pod->spec);
    pod_status_done(&pod->status);
}

static const struct container_status *find_in(const struct container_statuses *list,
                                              const char *name)
{
    for (size_t i = 0; i < list->len; i++) {
        if (list->data[i].name && strcmp(list->data[i].name, name) == 0) {
            return &list->data[i];
        }
    }
    return NULL;
}

const struct container_status *pod_container(const struct pod *pod, const char *name)
{
    const struct container_status *found = find_in(&pod->status.containers, name);
    return found ? found : find_in(&pod->status.init_containers, name);
}

bool pod_finished(const struct pod *pod)
{
    return pod->status.phase == POD_SUCCEEDED || pod->status.phase == POD_FAILED;
}

static int64_t restarts_in(const struct container_statuses *list)
{
    int64_t sum = 0;
    for (size_t i = 0; i < list->len; i++) {
        sum += list->data[i].restart_count;
    }
    return sum;
}

int64_t pod_restarts(const struct pod *pod)
{
    return restarts_in(&pod->status.init_containers) + restarts_in(&pod->status.containers);
}

/* What a state says for itself, NULL when it says nothing worth a column. */
static const char *state_text(const struct container_state *state, char *buffer, size_t size)
{
    if (!state->set) {
        return NULL;
    }
    if (state->phase == CONTAINER_WAITING) {
        return state->reason && *state->reason ? state->reason : NULL;
    }
    if (state->phase == CONTAINER_TERMINATED) {
        if (state->reason && *state->reason) {
            return state->reason;
        }
        if (state->signal) {
            snprintf(buffer, size, "Signal:%lld", (long long)state->signal);
        } else {
            snprintf(buffer, size, "ExitCode:%lld", (long long)state->exit_code);
        }
        return buffer;
    }
    return NULL;
}

/* The first init container that has not succeeded, in kubectl's words; NULL when all have. */
static const char *init_text(const struct pod *pod, char *buffer, size_t size)
{
    const struct container_statuses *list = &pod->status.init_containers;
    for (size_t i = 0; i < list->len; i++) {
        const struct container_state *state = &list->data[i].state;
        char inner[64];
        if (state->set && state->phase == CONTAINER_TERMINATED && state->exit_code == 0) {
            continue;
        }
        const char *text = state_text(state, inner, sizeof inner);
        if (text && strcmp(text, "PodInitializing") != 0) {
            snprintf(buffer, size, "Init:%s", text);
        } else {
            snprintf(buffer, size, "Init:%zu/%zu", i, pod->spec.init_containers.len);
        }
        return buffer;
    }
    return NULL;
}

const char *pod_state(const struct pod *pod, char *buffer, size_t size)
{
    const char *text = pod->status.reason && *pod->status.reason
                           ? pod->status.reason
                           : pod_phase_names[pod->status.phase];
    const char *init = init_text(pod, buffer, size);
    bool running = false;
    if (init) {
        text = init;
    } else {
        const struct container_statuses *list = &pod->status.containers;
        /* From the last to the first, so that the first container with a word has it. */
        for (size_t i = list->len; i-- > 0;) {
            const struct container_state *state = &list->data[i].state;
            const char *own = state_text(state, buffer, size);
            text = own ? own : text;
            running |= state->set && state->phase == CONTAINER_RUNNING && list->data[i].ready;
        }
        if (running && strcmp(text, "Completed") == 0) {
            text = "Running";
        }
    }
    return time_is_set(pod->meta.deletion) && !pod_finished(pod) ? "Terminating" : text;
}
