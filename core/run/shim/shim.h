/* shim.h - one attempt as its shim holds it, and the parts that look after it. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_SHIM_SHIM_H
#define BELFRY_CORE_RUN_SHIM_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/run/wire/crilog.h"
#include "core/run/wire/order.h"
#include "core/run/wire/record.h"
#include "core/run/wire/spawn.h"

#define SHIM_TREE_MAX 4096 /* processes of a job signalled in one round; more come in the next */
#define SHIM_NEVER INT64_MAX

/* What can wake the shim; the index into its poll list. */
enum shim_wake { WAKE_SIGNAL, WAKE_TIMER, WAKE_GATE, WAKE_SOCKET, WAKE_OUT, WAKE_ERR, WAKE_COUNT };

enum shim_phase {
    SHIM_RUNNING,
    SHIM_ENDING, /* TERM has been sent */
    SHIM_KILLING,
    SHIM_DRAINING, /* no process is left: the pipes are read to their end */
    SHIM_DONE,
};

/* A few hundred kilobytes, but only the pages that are used are real. One anonymous mapping made at
 * the start of the shim; nothing is allocated afterwards. Times are nanoseconds: *_at on
 * CLOCK_BOOTTIME (which goes on while the machine sleeps), SHIM_NEVER = not set. */
struct shim {
    uint64_t ticket;
    int folder;            /* the run folder */
    int lock;              /* its OFD lock is held until this process is gone */
    int wakes[WAKE_COUNT]; /* descriptors, -1 = not open (any more) */
    bool pipe_grown[2];
    int64_t read_at[2];     /* when a stream last gave something */
    const char *order_text; /* mapped until the child has it */
    size_t order_len;
    int64_t grace, deadline_at;
    bool leave_children;
    struct start_record start;
    struct exit_record exit;
    pid_t main; /* 0: not forked, or reaped */
    bool reaped;
    bool cannot_run; /* the child said why it could not exec */
    enum shim_phase phase;
    enum exit_reason cause; /* why we ended it: EXIT_STOPPED, EXIT_DEADLINE_EXCEEDED; else ERROR */
    int64_t kill_at, give_up_at, drain_end_at, part_at;
    int64_t timer_at; /* what the timer is set to */
    struct crilog log;
    struct crilog_input inputs[2];
    size_t told_count; /* processes that have had their TERM */
    pid_t told[SHIM_TREE_MAX];
    pid_t tree[SHIM_TREE_MAX];
};

int64_t shim_now(void);  /* CLOCK_BOOTTIME */
int64_t shim_wall(void); /* CLOCK_REALTIME */

/* shim.c: the whole life of one shim, in the process forked for it. SOCKET is the spawner's, PATH
 * the run folder below RUNS. Returns the process's exit code. */
int shim_run(int runs, const char *path, uint64_t ticket, int socket, const char *boot_id);

/* child.c: forks the job's main process, which waits at the gate until child_release(). 0, or an
 * errno value. */
int child_fork(struct shim *shim, const struct order *order);
void child_release(struct shim *shim);
/* The gate is readable: exec has happened, or exit.message and code say why it could not. */
void child_gate(struct shim *shim);

/* pump.c: reads one stream once and writes its lines. */
void pump_read(struct shim *shim, enum crilog_stream stream);
void pump_flush(struct shim *shim);
void pump_part(struct shim *shim); /* shows a line that has no end yet */
void pump_finish(struct shim *shim);

/* stop.c: ends the tree. */
void stop_begin(struct shim *shim, enum exit_reason cause, int64_t grace);
void stop_reap(struct shim *shim);  /* children have ended */
void stop_timer(struct shim *shim); /* what has come due */

/* proctree.c: the processes below this one. */
size_t proctree_list(pid_t *list, size_t room);
/* Sends SIGNAL to those that are not in shim->told (KILL: to all); for TERM notes them there. */
void proctree_signal(struct shim *shim, int signal);

#endif
