/* decide_pod.h - what a Pod needs now: the next container to start, again or for the first time. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_DECIDE_DECIDE_POD_H
#define BELFRY_CORE_CONTROL_DECIDE_DECIDE_POD_H

#include "core/control/decide/action.h"
#include "core/model/pod.h"

#define REASON_NO_RUNTIME "ContainerRuntimeUnavailable"
#define REASON_BACK_OFF "CrashLoopBackOff"
#define REASON_UNKNOWN "Unknown"
#define REASON_DEADLINE "DeadlineExceeded"

/* A container as its Pod's status has it, and what only the executor knows. */
struct container_fact {
    const char *name;
    enum container_phase phase;
    int64_t exit_code;
    const char *reason; /* of waiting and terminated; NULL */
    int64_t restarts;   /* also the number of its newest attempt */
    bool backing_off; /* its status says waiting (REASON_BACK_OFF); the rest is of the attempt that
                         * has ended */
    bool handed_over; /* the executor has this attempt, and it has not ended */
    nsec_t ended_ago; /* of a terminated one */
};

struct pod_view {
    const struct pod *pod;
    const struct container_fact *init; /* as in the spec */
    size_t init_len;
    const struct container_fact *mains;
    size_t mains_len;
    const char *stop;        /* asked to stop, and why; NULL: not */
    const char *unavailable; /* why no runtime can run it; NULL: there is one */
    int64_t backoff_seconds; /* before the first restart in place */
    bool held;               /* finalizers other than our own hold the object */
};

/* Adds to RET what is to be done. Pure. ACTION_WAKE carries a delay. */
void decide_pod(const struct pod_view *view, struct actions *ret);

#endif
