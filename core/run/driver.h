/* driver.h - how a runtime runs an order: what is available, and the argv for run, stop, remove. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_DRIVER_H
#define BELFRY_CORE_RUN_DRIVER_H

#include "core/base/vec.h"
#include "core/run/executor.h"

/* A list of texts that it owns, for argv and env; text_list_done releases. */
struct text_list {
    vec(char *) texts;
};
void text_list_done(struct text_list *list);

/* What the shim is to execute: the job itself, or an engine's client that is the job's stand-in. */
struct driver_plan {
    struct text_list argv, env;
    char *cwd;        /* never NULL in a plan that was made */
    int64_t uid, gid; /* -1: as the scheduler */
    char *groups;     /* supplementary groups "4,24"; NULL: as the scheduler */
};
void driver_plan_done(struct driver_plan *plan);

/* Drivers start nothing: they only say what to execute, so that one supervision and one log path
 * serve every runtime. */
struct driver {
    const char *name;
    bool (*available)(void); /* can be used on this machine now */
    bool (*run)(const struct attempt_id *id, const struct attempt_order *order,
                struct driver_plan *ret, struct error *err);
    /* What else must be executed to stop a run or to clear up after it; NULL where the shim's own
     * signals do it all. */
    bool (*stop)(const struct attempt_id *id, struct text_list *ret, struct error *err);
    bool (*remove)(const struct attempt_id *id, struct text_list *ret, struct error *err);
};

/* The driver for a pod's runtimeClassName: "host" here; NULL or "" asks for a container runtime.
 * NULL when none that fits is available: the pod waits, reason ContainerRuntimeUnavailable. */
const struct driver *driver_for(const char *runtime_class);
/* By exact name, available or not; NULL when there is no such driver. */
const struct driver *driver_named(const char *name);

#endif
