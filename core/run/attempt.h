/* attempt.h - one attempt on disk: its folders, its order, and what the lock and records say. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_ATTEMPT_H
#define BELFRY_CORE_RUN_ATTEMPT_H

#include "core/run/executor.h"

#define ATTEMPT_KEY_SIZE (UUID_SIZE + 64 + 16)

/* "POD-UID/CONTAINER/N": its folder below runs/, and the value of BELFRY_ATTEMPT in its job. */
void attempt_key(const struct attempt_id *id, char key[static ATTEMPT_KEY_SIZE]);
/* Both parts are single plain names: they become folders. */
bool attempt_id_valid(const struct attempt_id *id);

/* Makes the folders of the run and of the log below the two descriptors and writes the order:
 * temporary file, then rename. It is not synced: after a loss of power an order without a start
 * means the same as no order. */
must_use bool attempt_write(int runs, int logs, const struct paths *paths, const struct clk *clk,
                            const struct attempt_id *id, const struct attempt_order *order,
                            struct error *err);

/* What is known of an attempt from its folder. */
struct attempt_look {
    enum attempt_state state;
    bool has_start;
    struct start_record start;
    struct exit_record exit; /* with ATTEMPT_FINISHED */
};
/* KEY is relative to RUNS. A folder that is not there: never started. */
void attempt_probe(int runs, const char *key, struct attempt_look *ret);

/* A pidfd of the shim that wrote the record, if that very process still lives; else -1. */
int attempt_shim_open(const struct start_record *start);
/* TERM to a shim, and with it the grace period; negative: the order's own. */
void attempt_stop(int pidfd, nsec_t grace);

#endif
