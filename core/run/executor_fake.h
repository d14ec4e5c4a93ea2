/* executor_fake.h - an executor that runs nothing: tests, simulations and screens play the jobs. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_EXECUTOR_FAKE_H
#define BELFRY_CORE_RUN_EXECUTOR_FAKE_H

#include "core/run/executor.h"

/* One attempt as the fake was asked to run it. Texts are the fake's. */
struct fake_attempt {
    struct attempt_id id;
    enum attempt_state state; /* NEVER_STARTED: asked for, on_started not given yet */
    char *command;            /* argv joined by spaces */
    nsec_t started;           /* by the clock given */
    nsec_t deadline;          /* of the order; 0 = none */
    bool stop_asked;
    nsec_t stop_grace;
};

/* Takes every start. Events are given only from within the functions below, with times from CLK.
 * LOGS is the logs folder into which executor_fake_print writes; NULL: it writes nothing. */
struct executor *executor_fake_new(const struct clk *clk, const char *logs,
                                   struct executor_events events);
/* on_started for each attempt that waits for it; on_exit (EXIT_STOPPED, 143) for each that was
 * asked to stop, and EXIT_DEADLINE_EXCEEDED for each whose deadline has come. Returns how many
 * events were given; call it until it is 0. */
size_t executor_fake_turn(struct executor *executor);
/* The job ends with CODE (128 + n: by signal n). Started first if it was not. False: not known. */
bool executor_fake_exit(struct executor *executor, const struct attempt_id *id, int code);
/* The same with every field given. */
bool executor_fake_end(struct executor *executor, const struct attempt_id *id,
                       const struct exit_record *record);
/* The job prints TEXT (whole lines) on "stdout" or "stderr" into logs/.../N.log, stamped by CLK. */
bool executor_fake_print(struct executor *executor, const struct attempt_id *id, const char *stream,
                         const char *text);
/* Attempt I of all that were ever asked for, in order; NULL at the end. */
const struct fake_attempt *executor_fake_at(const struct executor *executor, size_t i);
/* The newest attempt of a pod (any container); NULL when there is none. */
const struct fake_attempt *executor_fake_of_pod(const struct executor *executor,
                                                const char *pod_uid);

#endif
