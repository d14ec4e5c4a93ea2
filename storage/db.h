/* db.h - the store: one SQLite database, its one transaction a loop turn, and what waits for it. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_STORAGE_DB_H
#define BELFRY_STORAGE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clk.h"
#include "core/base/error.h"
#include "core/base/id.h"

/* How the store is used. All calls come from the one thread of the loop.
 *
 * - The first write of a loop turn opens a transaction by itself; every further write of the turn
 *   joins it. Once a turn the owner of the loop calls store_commit(): one durable commit for all.
 *   So nothing may be acknowledged, and nothing may be started, before it: what follows a write
 *   goes into store_after_commit().
 * - Readers see what the open transaction has written. A reply made from it also belongs into
 *   store_after_commit() (store_dirty() tells), so that nobody is told what is never kept.
 * - Two requests in one turn must not drag each other down: each puts its writes into a unit
 *   (store_unit_begin ... store_unit_end), which is undone alone. */
struct store;

/* Opens or makes the database at PATH (mode 0600), brings its schema up to date, and checks that
 * it is whole. ":memory:" gives an empty one that nobody else sees. CLK and IDS are borrowed.
 * Errors, each with its way out: not a database or damaged (ERROR_IO), made by a newer belfry
 * (ERROR_CONFLICT), in use by another process (ERROR_CONFLICT), no right to write (ERROR_IO). */
must_use struct store *store_open(const char *path, const struct clk *clk, struct id_source *ids,
                                  struct error *err);
/* Drops what is not committed (its waiters are told), and closes. NULL is fine; returns NULL. */
struct store *store_close(struct store *store);

/* The largest resourceVersion given so far: what a list or a bookmark carries. Monotonic over the
 * life of the database; starts at 1. */
int64_t store_version(const struct store *store);

/* Told when a transaction opens: the loop must not sleep before store_commit(). One listener. */
typedef void store_wake_fn(void *data);
void store_set_wake(struct store *store, store_wake_fn *wake, void *data);

/* True while there is something that store_commit() would have to do. */
bool store_dirty(const struct store *store);

/* Makes the turn's writes durable, then calls the waiters in the order they came, then hands the
 * changes to the feed's subscribers. When the commit fails (a full disk), everything of this turn
 * is undone, the waiters are told why, the feed sees nothing, and the store goes on with the next
 * turn; false with err set then. Waiters and subscribers may write: that opens the next
 * transaction, which this call leaves for the next turn. */
bool store_commit(struct store *store, struct error *err);

/* FAILURE is NULL when the writes before the call of store_after_commit() are durable. */
typedef void store_done_fn(void *data, const struct error *failure);
/* Queues FN for the end of this turn's commit; with no transaction open it waits for the next
 * store_commit() all the same. Called exactly once, also when its unit is undone: then at the
 * undo, with the failure "undone". */
void store_after_commit(struct store *store, store_done_fn *fn, void *data);

/* A unit: writes that stay or go together. Units nest. After store_unit_end(store, false, NULL)
 * none of its writes, versions and feed changes exist. Ending with keep may fail (disk full);
 * the unit is undone then. */
must_use bool store_unit_begin(struct store *store, struct error *err);
bool store_unit_end(struct store *store, bool keep, struct error *err);

/* For /metrics: how often store_commit() wrote, how long the last and all took, rows in each. */
struct store_stats {
    uint64_t commits, failures, writes;
    nsec_t last_ns, total_ns, longest_ns;
};
struct store_stats store_stats(const struct store *store);

const struct clk *store_clk(const struct store *store);
struct id_source *store_ids(const struct store *store);

#endif
