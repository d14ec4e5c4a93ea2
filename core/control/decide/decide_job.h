/* decide_job.h - what a Job needs now: pods to make or to end, and whether it is finished. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_DECIDE_DECIDE_JOB_H
#define BELFRY_CORE_CONTROL_DECIDE_DECIDE_JOB_H

#include "core/control/decide/action.h"
#include "core/model/pod.h"

/* Why a pod was asked to stop (annotation belfry/stop, then status.reason). Pods stopped for the
 * first two reasons are no failures of the Job. */
#define STOP_SUSPENDED "JobSuspended"
#define STOP_SCALED_DOWN "ScaledDown"
#define STOP_FINISHED "JobFinished"
#define STOP_DEADLINE "DeadlineExceeded"
#define STOP_BACKOFF "BackoffLimitExceeded"

/* A pod of the Job. */
struct pod_fact {
    const char *name;
    enum pod_phase phase;
    bool tracked;        /* has the finalizer: not in the Job's counts yet */
    bool stopping;       /* asked to stop, or has a deletionTimestamp */
    const char *stopped; /* the STOP_* it was asked with; NULL */
    bool ready;          /* a container runs */
    bool by_deadline;    /* its shim has ended it at the Job's deadline */
    int64_t restarts;    /* of all its containers */
    nsec_t ended_ago;    /* since it ended; of ended ones */
};

/* Durations are monotonic where the scheduler has seen the beginning, else from stored times. */
struct job_view {
    const struct job *job;
    const struct pod_fact *pods; /* in order of creation */
    size_t pods_len;
    nsec_t age;              /* since status.startTime; 0 when there is none */
    nsec_t since_finish;     /* of a finished one */
    int64_t failures_in_row; /* of pods in the counts, since the last success */
    nsec_t since_failure;    /* since the last of them ended */
};

/* status as it is after the actions. */
struct job_counts {
    int64_t active, ready, terminating, succeeded, failed;
};

/* Adds to RET what is to be done. Pure. ACTION_WAKE carries a delay. */
void decide_job(const struct job_view *view, struct actions *ret, struct job_counts *ret_counts);

#endif
