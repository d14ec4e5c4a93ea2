/* stop.c - the end of an attempt: deadline, TERM, KILL, the whole tree. */
/* SPDX-License-Identifier: MIT */
#include "core/run/shim/shim.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define NSEC_PER_MSEC INT64_C(1000000)
#define KILL_AGAIN (100 * NSEC_PER_MSEC) /* between rounds: what a killed process left behind */
#define GIVE_UP (10000 * NSEC_PER_MSEC)  /* after the first KILL */
#define DRAIN (2000 * NSEC_PER_MSEC)

void stop_begin(struct shim *shim, enum exit_reason cause, int64_t grace)
{
    int64_t now = shim_now();
    int64_t kill_at = grace < SHIM_NEVER - now ? now + grace : SHIM_NEVER;
    if (shim->phase > SHIM_ENDING) {
        return;
    }
    if (!shim->reaped && shim->cause == EXIT_ERROR) {
        shim->cause = cause;
    }
    if (kill_at < shim->kill_at) {
        shim->kill_at = kill_at;
    }
    if (shim->phase == SHIM_RUNNING) {
        shim->phase = SHIM_ENDING;
        if (grace > 0) {
            proctree_signal(shim, SIGTERM);
        }
    }
}

static void drain_begin(struct shim *shim)
{
    if (shim->wakes[WAKE_GATE] >= 0) {
        child_gate(shim); /* why exec failed, if it did, was sent before the child ended */
    }
    shim->phase = SHIM_DRAINING;
    shim->drain_end_at = shim_now() + DRAIN;
    shim->kill_at = shim->give_up_at = shim->deadline_at = SHIM_NEVER;
}

static void main_ended(struct shim *shim, int status)
{
    shim->reaped = true;
    shim->main = 0;
    shim->exit.finished = shim_wall();
    if (shim->cannot_run) {
        return; /* its own code says no more than that it could not exec */
    }
    if (WIFSIGNALED(status)) {
        shim->exit.signal = WTERMSIG(status);
        shim->exit.code = 128 + shim->exit.signal;
    } else {
        shim->exit.code = WEXITSTATUS(status);
    }
}

void stop_reap(struct shim *shim)
{
    bool main_now = false;
    pid_t pid;
    int status;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == shim->main) {
            main_ended(shim, status);
            main_now = true;
        }
    }
    if (!shim->reaped || shim->phase >= SHIM_DRAINING) {
        return;
    }
    if ((pid < 0 && errno == ECHILD) || shim->leave_children) {
        drain_begin(shim);
    } else if (main_now && shim->phase == SHIM_RUNNING) {
        stop_begin(shim, EXIT_ERROR, shim->grace);
    } else if (main_now && shim->phase == SHIM_ENDING) {
        proctree_signal(shim, SIGTERM); /* those that came after the first one */
    }
}

void stop_timer(struct shim *shim)
{
    int64_t now = shim_now();
    if (now >= shim->deadline_at) {
        shim->deadline_at = SHIM_NEVER;
        stop_begin(shim, EXIT_DEADLINE_EXCEEDED, shim->grace);
    }
    if (now >= shim->kill_at) {
        shim->phase = SHIM_KILLING;
        shim->kill_at = now + KILL_AGAIN;
        if (shim->give_up_at == SHIM_NEVER) {
            shim->give_up_at = now + GIVE_UP;
        }
        proctree_signal(shim, SIGKILL);
    }
    if (now >= shim->give_up_at) {
        shim->cause = EXIT_UNKNOWN;
        (void)snprintf(shim->exit.message, sizeof shim->exit.message,
                       "%zu processes of it could not be killed",
                       proctree_list(shim->tree, SHIM_TREE_MAX));
        drain_begin(shim);
    }
    if (now >= shim->part_at) {
        pump_part(shim);
    }
    if (now >= shim->drain_end_at) {
        shim->phase = SHIM_DONE;
    }
}
