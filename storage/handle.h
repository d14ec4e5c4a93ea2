/* handle.h - the inside of the store, shared by the files of this folder and nobody else. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_STORAGE_HANDLE_H
#define BELFRY_STORAGE_HANDLE_H

#include <sqlite3.h>

#include "core/base/vec.h"
#include "core/model/kind.h"
#include "storage/db.h"
#include "storage/feed.h"

/* What the ring keeps of the past for watches that come late. */
#define FEED_KEEP_CHANGES 8192
#define FEED_KEEP_BYTES ((size_t)4 << 20)

/* One change, in one block: the texts lie behind the struct. */
struct feed_item {
    struct feed_change change;
    size_t size;
};

struct store_waiter {
    store_done_fn *fn;
    void *data;
};

/* Where a unit began. */
struct store_unit {
    int64_t version;
    size_t changes, waiters;
};

struct store_statement {
    const char *sql; /* compared by address: every text is a static one */
    sqlite3_stmt *handle;
};

struct feed_watch {
    struct store *store;
    struct feed_watch *next;
    uint32_t kinds;
    int64_t since; /* committed before it subscribed: not for it */
    feed_fn *fn;   /* NULL = unsubscribed, released when no delivery is under way */
    void *data;
};

struct store {
    sqlite3 *db;
    const struct clk *clk;
    struct id_source *ids;
    vec(struct store_statement) statements;

    bool open;                    /* a transaction is open */
    struct error broken;          /* SQLite undid the open transaction by itself: why */
    vec(struct store_unit) units; /* open ones */
    int64_t version;              /* the largest given, committed or not */
    int64_t committed;            /* the largest that is durable */
    vec(struct store_waiter) waiters;
    vec(struct feed_item *) pending; /* changes of the open transaction */

    vec(struct feed_item *) ring; /* committed changes, from ring_first on */
    size_t ring_first, ring_bytes;
    int64_t floor; /* changes up to this version are forgotten */
    struct feed_watch *watches;
    bool delivering;

    store_wake_fn *wake;
    void *wake_data;
    struct store_stats stats;
};

/* A statement ready to bind; kept for the life of the store. SQL is a static text. */
must_use sqlite3_stmt *store_prepare(struct store *store, const char *sql, struct error *err);
/* For cleanup_with: puts the statement back, so that it holds no lock and no text. */
void store_release(sqlite3_stmt **statement);
#define with_statement cleanup_with(store_release) sqlite3_stmt

/* Opens the transaction when none is open; every write begins with it. */
must_use bool store_write(struct store *store, struct error *err);
/* Turns what SQLite last said into ERR; also notes when the whole transaction went with it.
 * Returns false. */
bool store_fail(struct store *store, struct error *err, const char *doing);
/* The next resourceVersion, for a write that is about to happen. */
int64_t store_next_version(struct store *store);

/* Brings the schema of DB to the newest version (schema.c). */
must_use bool schema_migrate(sqlite3 *db, struct error *err);
bool schema_error(sqlite3 *db, struct error *err, const char *doing);

/* Notes a change of the open transaction (feed.c); the texts are copied. */
void feed_note(struct store *store, const struct feed_change *change);
/* Forgets pending changes beyond the first KEEP. */
void feed_undo(struct store *store, size_t keep);
/* Moves the pending changes, now committed, into the ring; returns how many. */
size_t feed_publish(struct store *store);
/* Calls the subscribers with the newest COUNT changes of the ring, then cuts it to its bounds. */
void feed_deliver(struct store *store, size_t count);
void feed_done(struct store *store);

#endif
