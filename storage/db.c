/* db.c - the store: one SQLite database, its one transaction a loop turn, and what waits for it. */
/* SPDX-License-Identifier: MIT */
#include "storage/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/handle.h"

/* How long another process (a backup, the sqlite3 shell) may make us wait; the loop stands still
 * meanwhile. */
#define BUSY_MS 200

/* FULL: a commit is on the disk when it returns. The journal's bound keeps a burst from leaving a
 * large file behind for ever. */
static const char *const pragmas = "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA cache_size = -2048;"
                                   "PRAGMA journal_size_limit = 16777216;";

/* SQLite would create the file with the umask's rights, and it holds what only its owner may
 * read. */
static bool make_file(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        error_sys(err, ERROR_IO, errno, "opening the database \"%s\"", path);
        return error_hint(err, "check that the folder exists and is writable by this user");
    }
    struct stat info;
    bool ok = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    close(fd);
    if (!ok) {
        return error_set(err, ERROR_IO, "the database \"%s\" is not a regular file", path);
    }
    return true;
}

static bool read_version(struct store *store, struct error *err)
{
    with_statement *statement = store_prepare(store, "SELECT version FROM meta WHERE id = 1", err);
    if (!statement) {
        return false;
    }
    if (sqlite3_step(statement) != SQLITE_ROW) {
        return store_fail(store, err, "reading the database");
    }
    store->version = store->committed = store->floor = sqlite3_column_int64(statement, 0);
    return true;
}

struct store *store_open(const char *path, const struct clk *clk, struct id_source *ids,
                         struct error *err)
{
    bool memory = strcmp(path, ":memory:") == 0;
    if (!memory && !make_file(path, err)) {
        return NULL;
    }
    struct store *store = xcalloc(1, sizeof *store);
    store->clk = clk;
    store->ids = ids;
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    bool ok = sqlite3_open_v2(path, &store->db, flags, NULL) == SQLITE_OK;
    if (ok) {
        sqlite3_busy_timeout(store->db, BUSY_MS);
        ok = sqlite3_exec(store->db, pragmas, NULL, NULL, NULL) == SQLITE_OK;
    }
    if (!ok) {
        schema_error(store->db, err, "opening the database");
    }
    ok = ok && schema_migrate(store->db, err) && read_version(store, err);
    if (!ok) {
        error_at(err, "%s", path);
        store_close(store);
        return NULL;
    }
    return store;
}

/* Ends the waiters from KEEP on with FAILURE. Taken out first: a waiter may queue others. */
static void finish_waiters(struct store *store, size_t keep, const struct error *failure)
{
    size_t count = store->waiters.len - keep;
    if (count == 0) {
        return;
    }
    autofree struct store_waiter *list = xreallocarray(NULL, count, sizeof *list);
    memcpy(list, store->waiters.data + keep, count * sizeof *list);
    store->waiters.len = keep;
    for (size_t i = 0; i < count; i++) {
        list[i].fn(list[i].data, failure);
    }
}

static void roll_back(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db)) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    feed_undo(store, 0);
    store->version = store->committed;
    store->open = false;
    store->units.len = 0;
    store->broken = (struct error){0};
}

struct store *store_close(struct store *store)
{
    if (!store) {
        return NULL;
    }
    struct error closing = {0};
    error_set(&closing, ERROR_UNAVAILABLE, "the scheduler is stopping");
    if (store->open) {
        roll_back(store);
    }
    while (store->waiters.len > 0) {
        finish_waiters(store, 0, &closing);
    }
    if (store->open) {
        roll_back(store);
    }
    for (size_t i = 0; i < store->statements.len; i++) {
        sqlite3_finalize(store->statements.data[i].handle);
    }
    vec_done(&store->statements);
    vec_done(&store->waiters);
    vec_done(&store->units);
    feed_done(store);
    sqlite3_close(store->db);
    free(store);
    return NULL;
}

sqlite3_stmt *store_prepare(struct store *store, const char *sql, struct error *err)
{
    for (size_t i = 0; i < store->statements.len; i++) {
        if (store->statements.data[i].sql == sql) {
            return store->statements.data[i].handle;
        }
    }
    sqlite3_stmt *handle = NULL;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL) !=
        SQLITE_OK) {
        store_fail(store, err, "reading the database");
        return NULL;
    }
    vec_push(&store->statements, (struct store_statement){.sql = sql, .handle = handle});
    return handle;
}

void store_release(sqlite3_stmt **statement)
{
    if (*statement) {
        sqlite3_reset(*statement);
        sqlite3_clear_bindings(*statement);
    }
}

bool store_fail(struct store *store, struct error *err, const char *doing)
{
    struct error own = {0};
    schema_error(store->db, &own, doing);
    /* Some failures (a full disk, an I/O error) make SQLite undo the whole transaction: then the
     * other writes of this turn are gone as well, and going on would commit half of it. */
    if (store->open && sqlite3_get_autocommit(store->db) && store->broken.code == ERROR_NONE) {
        store->broken = own;
    }
    if (err) {
        *err = own;
    }
    return false;
}

bool store_write(struct store *store, struct error *err)
{
    if (store->open) {
        if (store->broken.code != ERROR_NONE && err) {
            *err = store->broken;
        }
        return store->broken.code == ERROR_NONE;
    }
    if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
        return store_fail(store, err, "writing to the database");
    }
    store->open = true;
    if (store->wake) {
        store->wake(store->wake_data);
    }
    return true;
}

int64_t store_next_version(struct store *store)
{
    store->stats.writes++;
    return ++store->version;
}

int64_t store_version(const struct store *store)
{
    return store->version;
}

void store_set_wake(struct store *store, store_wake_fn *wake, void *data)
{
    store->wake = wake;
    store->wake_data = data;
}

bool store_dirty(const struct store *store)
{
    return store->open || store->waiters.len > 0;
}

void store_after_commit(struct store *store, store_done_fn *fn, void *data)
{
    bool wake = !store_dirty(store);
    vec_push(&store->waiters, (struct store_waiter){.fn = fn, .data = data});
    if (wake && store->wake) {
        store->wake(store->wake_data);
    }
}

static bool write_version(struct store *store, struct error *err)
{
    with_statement *statement =
        store_prepare(store, "UPDATE meta SET version = ?1 WHERE id = 1", err);
    if (!statement) {
        return false;
    }
    sqlite3_bind_int64(statement, 1, store->version);
    return sqlite3_step(statement) == SQLITE_DONE ||
           store_fail(store, err, "writing to the database");
}

static bool commit_transaction(struct store *store, struct error *err)
{
    if (store->broken.code != ERROR_NONE) {
        *err = store->broken;
        return false;
    }
    if (store->version != store->committed && !write_version(store, err)) {
        return false;
    }
    if (sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        return store_fail(store, err, "writing to the database");
    }
    return true;
}

static void note_duration(struct store *store, nsec_t took)
{
    store->stats.commits++;
    store->stats.last_ns = took;
    store->stats.total_ns += took;
    if (took > store->stats.longest_ns) {
        store->stats.longest_ns = took;
    }
}

bool store_commit(struct store *store, struct error *err)
{
    assert(!store->delivering && store->units.len == 0);
    struct error failure = {0};
    if (store->open) {
        nsec_t began = clk_mono(store->clk);
        if (!commit_transaction(store, &failure)) {
            store->stats.failures++;
            roll_back(store);
            finish_waiters(store, 0, &failure);
            if (err) {
                *err = failure;
            }
            return false;
        }
        note_duration(store, clk_mono(store->clk) - began);
    }
    /* Taken off before the first callback: what a callback writes belongs to the next turn. */
    store->open = false;
    store->committed = store->version;
    size_t count = feed_publish(store);
    finish_waiters(store, 0, NULL);
    feed_deliver(store, count);
    return true;
}

/* Kept prepared: there is one unit for every look of the controllers. All have one name; SQLite
 * takes it for the innermost. */
static const char *const savepoint = "SAVEPOINT unit";
static const char *const rollback = "ROLLBACK TO unit";
static const char *const release = "RELEASE unit";

/* Runs a statement without values and rows; SQL is a static text. */
static bool run_plain(struct store *store, const char *sql, struct error *err)
{
    with_statement *statement = store_prepare(store, sql, err);
    return statement && (sqlite3_step(statement) == SQLITE_DONE ||
                         store_fail(store, err, "writing to the database"));
}

/* Units are savepoints. What must be undone with one and does not live in the database (version,
 * changes, waiters) is remembered in store->units. */
bool store_unit_begin(struct store *store, struct error *err)
{
    if (!store_write(store, err)) {
        return false;
    }
    if (!run_plain(store, savepoint, err)) {
        return false;
    }
    struct store_unit unit = {
        .version = store->version, .changes = store->pending.len, .waiters = store->waiters.len};
    vec_push(&store->units, unit);
    return true;
}

static void undo_unit(struct store *store, const struct store_unit *unit,
                      const struct error *failure)
{
    /* After SQLite has undone the whole transaction there is no savepoint left to go back to;
     * the commit will fail and clean up. */
    if (store->broken.code == ERROR_NONE) {
        struct error own = {0};
        if ((!run_plain(store, rollback, &own) || !run_plain(store, release, &own)) &&
            store->broken.code == ERROR_NONE) {
            /* Committing what should be undone is worse than losing the turn. */
            store->broken = own;
        }
    }
    feed_undo(store, unit->changes);
    store->version = unit->version;
    finish_waiters(store, unit->waiters, failure);
}

bool store_unit_end(struct store *store, bool keep, struct error *err)
{
    assert(store->units.len > 0);
    struct store_unit unit = store->units.data[--store->units.len];
    if (keep && store->broken.code == ERROR_NONE) {
        struct error own = {0};
        if (run_plain(store, release, &own)) {
            return true;
        }
        undo_unit(store, &unit, &own);
        if (err) {
            *err = own;
        }
        return false;
    }
    if (keep) {
        struct error own = store->broken;
        undo_unit(store, &unit, &own);
        if (err) {
            *err = own;
        }
        return false;
    }
    struct error undone = {0};
    error_set(&undone, ERROR_INTERNAL, "undone");
    undo_unit(store, &unit, &undone);
    return true;
}

struct store_stats store_stats(const struct store *store)
{
    return store->stats;
}

const struct clk *store_clk(const struct store *store)
{
    return store->clk;
}

struct id_source *store_ids(const struct store *store)
{
    return store->ids;
}
