/* control_kit.h - the controllers over a store, a clock moved by hand, and a played executor. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_CONTROL_KIT_H
#define BELFRY_TESTS_UNIT_CONTROL_KIT_H

#include "core/base/str.h"
#include "core/control/control.h"
#include "core/run/executor_fake.h"

/* A scheduler without a process: deterministic, no sleeps. */
struct world {
    struct clk *clk;
    struct id_source ids;
    struct store *store;
    struct control *control;
    struct executor *executor;
    char folder[512], path[544];
    struct control_options options;
    bool held; /* the executor takes orders and does nothing */
};

int world_setup(void **state); /* *state becomes a struct world; it is 2020-03-03T08:28:30Z */
int world_teardown(void **state);

/* Ends the scheduler (kill -9: what is not committed is lost) and begins another one on the same
 * database; what runs goes on. */
void world_stop(struct world *world);
void world_start(struct world *world);

/* Creates an object from YAML, as the API would: defaults, uid, creation. */
void world_create(struct world *world, const char *yaml);
/* Merges a JSON document into an object, as a PATCH does. */
void world_patch(struct world *world, enum kind kind, const char *name, const char *json);
void world_delete(struct world *world, enum kind kind, const char *name,
                  enum propagation propagation);

/* Runs controllers, commits and executor until nothing is left to do. */
void world_settle(struct world *world);
/* The executor stands still until it is let go. */
void world_hold(struct world *world, bool hold);
/* Lets so many seconds pass, settling each. */
void world_pass(struct world *world, int seconds);
/* To a time "10:21:00" of this day, in one leap (an outage when the scheduler is stopped). */
void world_leap(struct world *world, const char *time);
/* The newest attempt that runs ends with CODE; fails the test when none runs. */
void world_exit(struct world *world, int code);
/* How many attempts run now; how many were ever started. */
size_t world_running(const struct world *world);
size_t world_attempts(const struct world *world);

/* The text at PATH of an object, for assertions; "" when not there. Valid until the next call. */
const char *world_get(struct world *world, enum kind kind, const char *name, const char *path);
bool world_has(struct world *world, enum kind kind, const char *name);

/* What there is, one line an object, for comparing with a text. Yours to free(). */
char *world_jobs(struct world *world); /* "c-26387069 Complete succeeded=1 failed=0" */
char *world_pods(struct world *world); /* "c-26387069 Succeeded m:0/Completed#0", job's name */
char *world_runs(struct world *world); /* "08:29:00 Succeeded schedule attempts=1 exit=0" */
char *world_events(struct world *world, const char *about); /* "Normal SuccessfulCreate x1" */

#endif
