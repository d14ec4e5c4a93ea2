/* schema.c - the database's schema: migrations, numbered, forward only. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "core/base/mem.h"
#include "storage/handle.h"

/* "blfy": the file(1) mark of our databases, and the guard against somebody else's. */
#define APPLICATION_ID 0x626c6679

/* Migration N brings user_version N to N + 1. They are never edited once released: a change is a
 * new one at the end. */
static const char *const migrations[] = {
    /* 1: objects and the ledger.
     *
     * Documents are a few KB, so `objects` is a rowid table: its keys live in slim indexes.
     * `owner` is the uid of the controller; of an event that of the object it is about.
     *
     * The ledger grows to millions of rows, so its rows are small: what repeats in every row of a
     * CronJob stands once in `run_owners`, and the index on (owner, id) gives the last N. The
     * unique index on (owner, slot) is the promise that a slot starts at most one Job. */
    "CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);"
    "INSERT INTO meta (id, version) VALUES (1, 1);"
    "CREATE TABLE objects ("
    "  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, namespace TEXT NOT NULL,"
    "  name TEXT NOT NULL, uid TEXT NOT NULL, owner TEXT, version INTEGER NOT NULL,"
    "  document TEXT NOT NULL);"
    "CREATE UNIQUE INDEX objects_key ON objects (kind, namespace, name);"
    "CREATE UNIQUE INDEX objects_uid ON objects (uid);"
    "CREATE INDEX objects_owner ON objects (owner, kind, namespace, name) WHERE owner IS NOT NULL;"
    "CREATE TABLE run_owners ("
    "  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, namespace TEXT NOT NULL,"
    "  name TEXT NOT NULL);"
    "CREATE INDEX run_owners_name ON run_owners (name, namespace);"
    "CREATE TABLE runs ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL, slot INTEGER,"
    "  last_slot INTEGER, count INTEGER NOT NULL, fate INTEGER NOT NULL, trigger INTEGER NOT NULL,"
    "  job TEXT, job_uid TEXT, pod TEXT, reason TEXT, message TEXT, started INTEGER,"
    "  ended INTEGER, exit_code INTEGER, attempts INTEGER NOT NULL, who TEXT);"
    "CREATE UNIQUE INDEX runs_slot ON runs (owner, slot) WHERE slot IS NOT NULL;"
    "CREATE INDEX runs_owner ON runs (owner, id);"
    "CREATE UNIQUE INDEX runs_job ON runs (job_uid) WHERE job_uid IS NOT NULL;",
};

bool schema_error(sqlite3 *db, struct error *err, const char *doing)
{
    int code = sqlite3_extended_errcode(db);
    int primary = code & 0xff;
    switch (primary) {
    case SQLITE_FULL:
        error_sys(err, ERROR_IO, ENOSPC, "%s", doing);
        return error_hint(err, "free some space on that disk; nothing else needs to be done");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        error_set(err, ERROR_CONFLICT, "%s: the database is in use by another process", doing);
        return error_hint(err, "close the program that has it open, and try again");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        error_set(err, ERROR_IO, "%s: the database is damaged: %s", doing, sqlite3_errmsg(db));
        return error_hint(err, "restore it from a backup, or move it away to begin anew");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        error_set(err, ERROR_IO, "%s: %s", doing, sqlite3_errmsg(db));
        return error_hint(err, "check that the folder exists and is writable by this user");
    default:
        error_set(err, ERROR_IO, "%s: %s", doing, sqlite3_errmsg(db));
        if (err) {
            err->sys = sqlite3_system_errno(db);
        }
        return false;
    }
}

static bool read_number(sqlite3 *db, const char *sql, int64_t *ret, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    bool ok = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW;
    if (ok) {
        *ret = sqlite3_column_int64(statement, 0);
    } else {
        schema_error(db, err, "reading the database");
    }
    sqlite3_finalize(statement);
    return ok;
}

/* A database without our mark is ours only when it is new, that is empty. */
static bool check_ours(sqlite3 *db, int64_t have, struct error *err)
{
    int64_t mark = 0, tables = 0;
    if (!read_number(db, "PRAGMA application_id", &mark, err) ||
        !read_number(db, "SELECT count(*) FROM sqlite_master", &tables, err)) {
        return false;
    }
    if (mark == APPLICATION_ID || (mark == 0 && tables == 0 && have == 0)) {
        return true;
    }
    error_set(err, ERROR_CONFLICT, "the database belongs to another program");
    return error_hint(err, "move it away, or set BELFRY_HOME to another folder");
}

bool schema_migrate(sqlite3 *db, struct error *err)
{
    int64_t have = 0;
    const int64_t newest = (int64_t)countof(migrations);
    if (!read_number(db, "PRAGMA user_version", &have, err) || !check_ours(db, have, err)) {
        return false;
    }
    if (have > newest) {
        error_set(err, ERROR_CONFLICT,
                  "the database is at version %lld and this belfry knows %lld only",
                  (long long)have, (long long)newest);
        return error_hint(err, "run the newer belfry, or set BELFRY_HOME to another folder");
    }
    for (int64_t at = have; at < newest; at++) {
        /* The pragmas are part of the transaction: all of a migration or nothing. */
        autofree char *sql =
            xasprintf("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %lld;"
                      "COMMIT;",
                      migrations[at], APPLICATION_ID, (long long)at + 1);
        if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
            schema_error(db, err, "bringing the database up to date");
            if (!sqlite3_get_autocommit(db)) {
                sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
            }
            return false;
        }
    }
    return true;
}
