/* feed.h - the change feed: what was committed, in order, to whoever watches. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_STORAGE_FEED_H
#define BELFRY_STORAGE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/kind.h"
#include "storage/db.h"

enum feed_type { FEED_ADDED, FEED_MODIFIED, FEED_DELETED, FEED_TYPE_COUNT };
const char *feed_type_name(enum feed_type type); /* "ADDED": watch events */

/* One committed change. All texts are valid during the call only. Ledger rows come as KIND_RUN
 * with the document of run_encode(). */
struct feed_change {
    enum feed_type type;
    enum kind kind;
    const char *namespace, *name, *uid;
    const char *owner_uid; /* "" = none; of a run: the uid of its CronJob */
    int64_t version;       /* resourceVersion of this change; rises from change to change */
    const char *document;  /* the object after the change; DELETED: its last state, new version */
    size_t document_len;
    const char *previous; /* before the change (selectors: did it match?); NULL when ADDED */
    size_t previous_len;
};

typedef void feed_fn(const struct feed_change *change, void *data);

#define FEED_KIND(kind) (UINT32_C(1) << (kind))
#define FEED_ALL UINT32_MAX

/* Calls FN for every change of the KINDS (a mask of FEED_KIND) committed from now on, out of
 * store_commit(). FN may write to the store, subscribe and unsubscribe (itself too). */
struct feed_watch;
struct feed_watch *feed_subscribe(struct store *store, uint32_t kinds, feed_fn *fn, void *data);
struct feed_watch *feed_unsubscribe(struct feed_watch *watch); /* NULL is fine; returns NULL */

/* Calls FN at once for every committed change of the KINDS with a version above SINCE, oldest
 * first. Subscribe in the same turn and nothing is lost or seen twice. Changes are kept in memory
 * within a bound, not over a restart: a SINCE before that is ERROR_EXPIRED ("too old resource
 * version: 1 (251)"), one above store_version() ERROR_TIMEOUT, as Kubernetes has it. */
must_use bool feed_replay(struct store *store, uint32_t kinds, int64_t since, feed_fn *fn,
                          void *data, struct error *err);
/* The oldest SINCE that feed_replay() still takes. */
int64_t feed_floor(const struct store *store);

#endif
