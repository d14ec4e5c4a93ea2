/* spawner.h - the scheduler's end of the socket to belfry-shim: orders out, shims' news in. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_SPAWNER_H
#define BELFRY_CORE_RUN_SPAWNER_H

#include <uv.h>

#include "core/base/error.h"
#include "core/run/wire/spawn.h"

/* All are called from the loop. After on_lost no more news comes until spawner_start. */
struct spawner_events {
    /* A shim was forked: PIDFD is yours; or FAULT says why not, and PIDFD is -1. */
    void (*on_forked)(void *data, uint64_t ticket, int pidfd, int fault);
    /* May come before the on_forked of its shim. */
    void (*on_notice)(void *data, const struct spawn_notice *notice);
    /* The spawner has gone, and none of its shims is still on its way to a start. */
    void (*on_lost)(void *data);
    void *data;
};

struct spawner;

/* Starts nothing. SHIM and RUNS are copied. */
struct spawner *spawner_new(uv_loop_t *loop, const char *shim, const char *runs,
                            struct spawner_events events);
struct spawner *spawner_free(struct spawner *spawner);
/* Starts belfry-shim unless it runs. */
must_use bool spawner_start(struct spawner *spawner, struct error *err);
bool spawner_runs(const struct spawner *spawner);
/* Queues a request; all of a loop turn go out together. PATH is relative to RUNS. */
void spawner_add(struct spawner *spawner, uint64_t ticket, const char *path);

#endif
