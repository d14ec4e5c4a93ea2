/* ledger.h - one row for every slot or forced run, with its one fate; kept long after the Job. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_STORAGE_LEDGER_H
#define BELFRY_STORAGE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/vec.h"
#include "core/model/run.h"
#include "storage/db.h"

/* A row is a `struct run` (core/model/run.h). It is final once its fate is neither Waiting nor
 * Running: from then on it never changes. Unique on (CronJob uid, slot) for scheduled and
 * catch-up rows and on the Job's uid: a slot has at most one row, for ever. Every change is in the
 * feed as KIND_RUN with the text of run_encode(). */

/* Adds a row, in the same unit as its Job. RET_ID (may be NULL) is its number. The slot has a row
 * already: ERROR_EXISTS. A row for an outage has a count above one and covers [slot, slot_last]:
 * ERROR_EXISTS when its first slot is taken. */
must_use bool ledger_append(struct store *store, const struct run *run, int64_t *ret_id,
                            struct error *err);

/* Brings the row of RUN's (CronJob uid, slot), or of its Job's uid when it is a forced one, to
 * what RUN says. ERROR_CONFLICT when it is final already; ERROR_NOT_FOUND. */
must_use bool ledger_update(struct store *store, const struct run *run, struct error *err);

/* One row that lives by itself: the texts of `run` are kept in `texts`. `= {0}`. */
struct run_row {
    struct run run;
    vec(char *) texts;
};
void run_row_done(struct run_row *row);

/* The row of a Job; of a slot. RET is released and filled anew. ERROR_NOT_FOUND. */
must_use bool ledger_by_job(struct store *store, const char *job_uid, struct run_row *ret,
                            struct error *err);
must_use bool ledger_by_slot(struct store *store, const char *cronjob_uid, sec_t slot,
                             struct run_row *ret, struct error *err);

/* The row of the latest slot of a CronJob. ERROR_NOT_FOUND when it has none. */
must_use bool ledger_newest_slot(struct store *store, const char *cronjob_uid, struct run_row *ret,
                                 struct error *err);

/* The row of SLOT, one that stands for slots without a Job, covers COUNT slots up to LAST_SLOT from
 * now on: an outage that goes on. ERROR_NOT_FOUND. */
must_use bool ledger_extend(struct store *store, const char *cronjob_uid, sec_t slot,
                            sec_t last_slot, int64_t count, struct error *err);

/* SLOT is started after all (a block was cleared): the row without a Job that has it gives it and
 * all after it up; a row of this one slot alone leaves the ledger. PREVIOUS is the slot before it.
 * Nothing happens when no row has it. */
must_use bool ledger_take_back(struct store *store, const char *cronjob_uid, sec_t slot,
                               sec_t previous, struct error *err);

/* One row of a walk; its texts live until the callee returns. False = enough. */
typedef bool ledger_fn(const struct run *run, void *data);

/* What a walk shows; NULL and 0 = any. */
struct ledger_filter {
    const char *namespace;
    const char *cronjob;     /* its name */
    const char *cronjob_uid; /* the fast way: an index, whatever the number of rows */
    const char *name;        /* of the run object */
    int64_t before;          /* rows with a number below this: where the page before ended */
    size_t most;             /* 0 = all */
};
/* Walks the newest rows that pass FILTER, the newest first. */
must_use bool ledger_walk(struct store *store, const struct ledger_filter *filter, ledger_fn *fn,
                          void *data, struct error *err);
/* How many rows a CronJob has; a count from an index. -1 when the database fails. */
int64_t ledger_count(struct store *store, const char *cronjob_uid);

/* Drops the oldest rows of a CronJob beyond KEEP (SEMANTICS.md section 3: 10,000). */
must_use bool ledger_trim(struct store *store, const char *cronjob_uid, size_t keep,
                          struct error *err);

#endif
