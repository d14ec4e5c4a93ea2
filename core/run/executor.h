/* executor.h - runs attempts: starts them, stops them, finds them again, says how each ended. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_EXECUTOR_H
#define BELFRY_CORE_RUN_EXECUTOR_H

#include <uv.h>

#include "core/base/clk.h"
#include "core/base/id.h"
#include "core/base/paths.h"
#include "core/run/wire/record.h"

/* An attempt is one run of one container: it has one folder runs/POD-UID/CONTAINER/N, is started at
 * most once, ever, and has one log. A restart in place is the next number. */
struct attempt_id {
    char pod_uid[UUID_SIZE];
    char container[64]; /* a DNS label */
    int number;         /* 0, 1, ... = the container's restart count */
};

/* What to run. All pointers are borrowed for the call. Zero values are the defaults. */
struct attempt_order {
    const char *runtime;     /* name of a driver (driver.h); NULL = "host" */
    const char *const *argv; /* command + args, NULL at the end; no shell is added */
    const char *const *env;  /* "NAME=value", NULL at the end; NULL = none. The driver adds to it
                               * what it lacks: on the host PATH, HOME, USER, LOGNAME, SHELL, LANG,
                               * and BELFRY_ATTEMPT */
    const char *cwd;         /* absolute; NULL = the user's home, or / where that is missing */
    int64_t uid, gid;        /* with has_uid, has_gid; else as the scheduler (gid: the user's) */
    bool has_uid, has_gid;
    nsec_t deadline;     /* wall time at which the shim ends it by itself; 0 = none */
    nsec_t grace;        /* between TERM and KILL, at a deadline, a stop and the end; 0: at once */
    bool leave_children; /* belfry/leave-children: only the main process is the job */
};

/* What became of an attempt, from the lock and the records in its folder. */
enum attempt_state {
    ATTEMPT_NEVER_STARTED, /* no start and nobody holds the lock: executor_start may run it */
    ATTEMPT_RUNNING,       /* a shim holds the lock: watched from now on */
    ATTEMPT_FINISHED,      /* there is an exit record */
    ATTEMPT_LOST,          /* it was started, its shim is gone: leftovers are being ended */
};

/* Both are called from the loop only, never from within a function below. ID lives for the call.
 * For one attempt: on_started at most once a life of the executor, then on_exit exactly once, and
 * nothing after that. An attempt that could not be started has only on_exit. Calling back into the
 * executor is fine, executor_free() is not. */
struct executor_events {
    void (*on_started)(void *data, const struct attempt_id *id, const struct start_record *record);
    void (*on_exit)(void *data, const struct attempt_id *id, const struct exit_record *record);
    void *data;
};

struct executor;

/* The real one. LOOP, CLK and PATHS are borrowed and outlive it; SHIM is the path of belfry-shim
 * (NULL = paths_shim()). Nothing is spawned before the first start. */
must_use struct executor *executor_new(uv_loop_t *loop, const struct clk *clk,
                                       const struct paths *paths, const char *shim,
                                       struct executor_events events, struct error *err);
/* Lets go of everything: what runs goes on under its shims. Handles on the loop are closed; run the
 * loop once more (UV_RUN_DEFAULT or until it is empty) before uv_loop_close(). Returns NULL. */
struct executor *executor_free(struct executor *executor);

/* Writes the order and hands it to the spawner. False: nothing was started or ever will be by this
 * call, err says why (ERROR_CONFLICT: the attempt is known already or has a start record;
 * ERROR_UNAVAILABLE: no such runtime, or no spawner; ERROR_INVALID: the order). Afterwards every
 * failure comes as on_exit with EXIT_CONTAINER_CANNOT_RUN and a message. Starts are handed over
 * together once a loop turn, so thousands may be asked for in one. */
must_use bool executor_start(struct executor *executor, const struct attempt_id *id,
                             const struct attempt_order *order, struct error *err);
/* TERM to the whole tree now, KILL after GRACE (negative: the order's own). Then on_exit comes as
 * ever, EXIT_STOPPED if the main process was still running. May come before on_started, may be
 * repeated (a shorter grace counts), and is nothing for an attempt that is not running. */
void executor_stop(struct executor *executor, const struct attempt_id *id, nsec_t grace);
/* After a restart of the scheduler, once for every attempt that the store believes in flight. What
 * it answers is followed by events: RUNNING and LOST by on_started (if there is a record of it)
 * and in the end on_exit; FINISHED by on_exit; NEVER_STARTED by nothing. */
enum attempt_state executor_adopt(struct executor *executor, const struct attempt_id *id);
/* Removes the runs and logs of a pod, when it is deleted. Attempts of it that are still known are
 * forgotten without on_exit; stop them first, nothing is ended here. */
must_use bool executor_remove_pod(struct executor *executor, const char *pod_uid,
                                  struct error *err);
/* Starts and runs that have not ended yet. */
size_t executor_count(const struct executor *executor);

/* The folder logs/POD-UID/CONTAINER, for logread. Yours to free(). */
char *executor_log_folder(const struct paths *paths, const struct attempt_id *id);
/* The folder runs/POD-UID/CONTAINER/N. Yours to free(). */
char *executor_run_folder(const struct paths *paths, const struct attempt_id *id);

/* How an executor works; the real one and the fake (executor_fake.h) each have one. */
struct executor_ops {
    bool (*start)(struct executor *executor, const struct attempt_id *id,
                  const struct attempt_order *order, struct error *err);
    void (*stop)(struct executor *executor, const struct attempt_id *id, nsec_t grace);
    enum attempt_state (*adopt)(struct executor *executor, const struct attempt_id *id);
    bool (*remove_pod)(struct executor *executor, const char *pod_uid, struct error *err);
    size_t (*count)(const struct executor *executor);
    void (*free)(struct executor *executor);
};
struct executor {
    const struct executor_ops *ops;
    struct executor_events events;
};

#endif
