/* pod.h - a Pod: one attempt of a Job, and the state of its containers. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_POD_H
#define BELFRY_CORE_MODEL_POD_H

#include "core/model/job.h"

enum pod_phase {
    POD_PENDING,
    POD_RUNNING,
    POD_SUCCEEDED,
    POD_FAILED,
    POD_UNKNOWN,
    POD_PHASE_COUNT
};
enum container_phase {
    CONTAINER_WAITING,
    CONTAINER_RUNNING,
    CONTAINER_TERMINATED,
    CONTAINER_PHASE_COUNT
};

extern const char *const pod_phase_names[POD_PHASE_COUNT];

struct container_state {
    bool set; /* false: no such state at all (lastState of a first attempt) */
    enum container_phase phase;
    const char *reason, *message;   /* of waiting and terminated */
    int64_t exit_code, signal;      /* of terminated */
    nsec_t started_at, finished_at; /* NSEC_NONE when not there */
    const char *container_id;
};

struct container_status {
    const char *name;
    struct container_state state, last_state;
    bool ready, started;
    int64_t restart_count;
    const char *image, *image_id, *container_id;
};

struct container_statuses {
    struct container_status *data;
    size_t len, capacity;
};

struct pod_status {
    enum pod_phase phase;
    const char *reason, *message;
    const char *host_ip, *pod_ip;
    sec_t start_time;
    struct conditions conditions;
    struct container_statuses init_containers, containers;
};

struct pod {
    struct meta meta;
    struct pod_spec spec;
    struct pod_status status;
};

void pod_status_done(struct pod_status *status);
void pod_done(struct pod *pod);

/* The status of container NAME, main or init; NULL when there is none. */
const struct container_status *pod_container(const struct pod *pod, const char *name);
bool pod_finished(const struct pod *pod);    /* Succeeded or Failed */
int64_t pod_restarts(const struct pod *pod); /* all containers */
/* kubectl's STATUS column: "Completed", "Error", "Init:0/1", "Terminating", a waiting reason,
 * else the phase. Into BUFFER where the text must be made; returns it or a borrowed text. */
const char *pod_state(const struct pod *pod, char *buffer, size_t size);

#endif
