/* spawn.h - what goes over the socket between scheduler, spawner and shims. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_WIRE_SPAWN_H
#define BELFRY_CORE_RUN_WIRE_SPAWN_H

#include <stdint.h>

#include "core/run/wire/record.h"

/* One SOCK_SEQPACKET socket. The scheduler's end stays with it alone; the other one is the
 * spawner's and, until each has said that it started, its shims'. So when the scheduler reads
 * end-of-file, the spawner is dead *and* no shim of it is still on its way to a start.
 *
 * Scheduler to spawner: one or more texts "TICKET PATH", each with a NUL behind it; PATH is the run
 * folder relative to runs/, TICKET is handed back. */
#define SPAWN_REQUEST_MAX 32768 /* bytes of one message */

/* Spawner to scheduler, after its forks: one item a shim, and as SCM_RIGHTS one pidfd for each item
 * without a fault, in their order. */
#define SPAWN_BATCH 64
struct spawn_item {
    uint64_t ticket;
    int64_t pid;
    int64_t fault; /* errno: the shim was not forked */
};
struct spawn_reply {
    uint32_t kind; /* SPAWN_FORKED */
    uint32_t count;
    struct spawn_item items[SPAWN_BATCH];
};

/* Shim to scheduler: its job has a start record and is let go; or why nothing will ever come, not
 * even an exit record. Only a convenience: what counts is in the folder. */
struct spawn_notice {
    uint32_t kind; /* SPAWN_STARTED, SPAWN_FAILED */
    uint32_t unused;
    uint64_t ticket;
    struct start_record start;
    char message[200];
};

enum spawn_kind { SPAWN_FORKED = 1, SPAWN_STARTED, SPAWN_FAILED };

#endif
