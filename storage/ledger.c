/* ledger.c - one row for every slot or forced run, with its one fate; kept long after the Job. */
/* SPDX-License-Identifier: MIT */
#include "storage/ledger.h"

#include <assert.h>
#include <string.h>

#include "core/codec/decode.h"
#include "storage/splice.h"
#include "storage/handle.h"

/* What stands in the column `fate` (and `trigger`). On disk: never change one. */
static const int stored_fates[] = {
    [FATE_WAITING] = 1,         [FATE_RUNNING] = 2,        [FATE_SUCCEEDED] = 3,
    [FATE_FAILED] = 4,          [FATE_REPLACED] = 5,       [FATE_INTERRUPTED] = 6,
    [FATE_STOPPED] = 7,         [FATE_SKIPPED_FORBID] = 8, [FATE_MISSED_DEADLINE] = 9,
    [FATE_SCHEDULER_DOWN] = 10, [FATE_SUSPENDED] = 11,     [FATE_BLOCKED] = 12,
    [FATE_PAUSED] = 13,
};
static_assert(countof(stored_fates) == FATE_COUNT, "a number for each fate");
static const int stored_triggers[] = {
    [TRIGGER_SCHEDULE] = 1, [TRIGGER_CATCH_UP] = 2, [TRIGGER_MANUAL] = 3};
static_assert(countof(stored_triggers) == RUN_TRIGGER_COUNT, "a number for each trigger");

/* The columns in the order that read_row() and bind_row() know. */
#define COLUMNS                                                                                \
    "runs.id, namespace, name, uid, slot, last_slot, count, fate, trigger, job, job_uid, pod," \
    " reason, message, started, ended, exit_code, attempts, who"
#define SELECT "SELECT " COLUMNS " FROM runs JOIN run_owners ON run_owners.id = runs.owner"

static int find_number(const int *numbers, size_t count, int stored)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == stored) {
            return (int)i;
        }
    }
    return 0;
}

static const char *column_text(sqlite3_stmt *statement, int at)
{
    return (const char *)sqlite3_column_text(statement, at); /* NULL of NULL */
}

static int64_t column_or(sqlite3_stmt *statement, int at, int64_t otherwise)
{
    return sqlite3_column_type(statement, at) == SQLITE_NULL ? otherwise
                                                             : sqlite3_column_int64(statement, at);
}

/* The texts are the statement's, valid until it moves on. */
static void read_row(sqlite3_stmt *statement, struct run *ret)
{
    *ret = (struct run){
        .id = sqlite3_column_int64(statement, 0),
        .ns = column_text(statement, 1),
        .cronjob = column_text(statement, 2),
        .cronjob_uid = column_text(statement, 3),
        .slot = column_or(statement, 4, SEC_NONE),
        .last_slot = column_or(statement, 5, SEC_NONE),
        .count = sqlite3_column_int64(statement, 6),
        .fate = (enum run_fate)find_number(stored_fates, countof(stored_fates),
                                           sqlite3_column_int(statement, 7)),
        .trigger = (enum run_trigger)find_number(stored_triggers, countof(stored_triggers),
                                                 sqlite3_column_int(statement, 8)),
        .job = column_text(statement, 9),
        .job_uid = column_text(statement, 10),
        .pod = column_text(statement, 11),
        .reason = column_text(statement, 12),
        .message = column_text(statement, 13),
        .start = column_or(statement, 14, NSEC_NONE),
        .end = column_or(statement, 15, NSEC_NONE),
        .attempts = sqlite3_column_int64(statement, 17),
        .who = column_text(statement, 18),
    };
    if (sqlite3_column_type(statement, 16) != SQLITE_NULL) {
        ret->exit_code = opt_int_of(sqlite3_column_int64(statement, 16));
    }
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *statement, int at, int64_t value, int64_t none)
{
    if (value == none) {
        sqlite3_bind_null(statement, at);
    } else {
        sqlite3_bind_int64(statement, at, value);
    }
}

/* ?2 to ?14: what a row may still learn. */
static void bind_fate(sqlite3_stmt *statement, const struct run *run)
{
    sqlite3_bind_int(statement, 2, stored_fates[run->fate]);
    sqlite3_bind_int(statement, 3, stored_triggers[run->trigger]);
    bind_text(statement, 4, run->job);
    bind_text(statement, 5, run->job_uid);
    bind_text(statement, 6, run->pod);
    bind_text(statement, 7, run->reason);
    bind_text(statement, 8, run->message);
    bind_number(statement, 9, run->start, NSEC_NONE);
    bind_number(statement, 10, run->end, NSEC_NONE);
    if (run->exit_code.set) {
        sqlite3_bind_int64(statement, 11, run->exit_code.value);
    }
    sqlite3_bind_int64(statement, 12, run->attempts);
    bind_text(statement, 13, run->who);
    sqlite3_bind_int64(statement, 14, run->count > 0 ? run->count : 1);
}

struct run_texts {
    struct str name, document;
};

static void run_texts_done(struct run_texts *texts)
{
    str_done(&texts->name);
    str_done(&texts->document);
}

static bool describe(const struct run *run, int64_t version, struct run_texts *ret,
                     struct error *err)
{
    run_name(run, &ret->name);
    autotree cJSON *tree = run_encode(run);
    cleanup_with(str_done) struct str plain = {0};
    tree_print(&plain, tree, false);
    if (!splice_version(plain.data, plain.len, version, &ret->document)) {
        return error_set(err, ERROR_INTERNAL, "a run without metadata cannot be stored");
    }
    return true;
}

/* Tells the feed; OLD is NULL for a new row. */
static bool note(struct store *store, enum feed_type type, const struct run *run,
                 const struct run *old, struct error *err)
{
    int64_t version = store_next_version(store);
    cleanup_with(run_texts_done) struct run_texts now = {0}, before = {0};
    if (!describe(run, version, &now, err) || (old && !describe(old, 0, &before, err))) {
        return false;
    }
    autofree char *uid = xasprintf("%s.%lld", run->cronjob_uid, (long long)run->id);
    struct feed_change change = {.type = type,
                                 .kind = KIND_RUN,
                                 .namespace = run->ns ? run->ns : "",
                                 .name = str_text(&now.name),
                                 .uid = uid,
                                 .owner_uid = run->cronjob_uid,
                                 .version = version,
                                 .document = now.document.data,
                                 .document_len = now.document.len,
                                 .previous = old ? before.document.data : NULL,
                                 .previous_len = before.document.len};
    feed_note(store, &change);
    return true;
}

/* The number of the CronJob's line in run_owners; 0 = it has none. False: err. */
static bool find_owner(struct store *store, const char *uid, int64_t *ret, struct error *err)
{
    with_statement *statement =
        store_prepare(store, "SELECT id FROM run_owners WHERE uid = ?1", err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, uid);
    int code = sqlite3_step(statement);
    *ret = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    return code == SQLITE_ROW || code == SQLITE_DONE ||
           store_fail(store, err, "reading the database");
}

static bool add_owner(struct store *store, const struct run *run, int64_t *ret, struct error *err)
{
    if (!find_owner(store, run->cronjob_uid, ret, err)) {
        return false;
    }
    if (*ret != 0) {
        return true;
    }
    with_statement *statement = store_prepare(
        store, "INSERT INTO run_owners (uid, namespace, name) VALUES (?1, ?2, ?3)", err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, run->cronjob_uid);
    bind_text(statement, 2, run->ns ? run->ns : "");
    bind_text(statement, 3, run->cronjob ? run->cronjob : "");
    if (sqlite3_step(statement) != SQLITE_DONE) {
        return store_fail(store, err, "writing to the database");
    }
    *ret = sqlite3_last_insert_rowid(store->db);
    return true;
}

bool ledger_append(struct store *store, const struct run *run, int64_t *ret_id, struct error *err)
{
    int64_t owner = 0;
    if (!store_write(store, err) || !add_owner(store, run, &owner, err)) {
        return false;
    }
    with_statement *statement = store_prepare(
        store,
        "INSERT INTO runs (owner, fate, trigger, job, job_uid, pod, reason, message, started,"
        " ended, exit_code, attempts, who, count, slot, last_slot)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        err);
    if (!statement) {
        return false;
    }
    sqlite3_bind_int64(statement, 1, owner);
    bind_fate(statement, run);
    bind_number(statement, 15, run->slot, SEC_NONE);
    bind_number(statement, 16, run->count > 1 ? run->last_slot : SEC_NONE, SEC_NONE);
    if (sqlite3_step(statement) != SQLITE_DONE) {
        if ((sqlite3_extended_errcode(store->db) & 0xff) == SQLITE_CONSTRAINT) {
            return error_set(err, ERROR_EXISTS, "this slot of \"%s\" has its run already",
                             run->cronjob ? run->cronjob : "");
        }
        return store_fail(store, err, "writing to the database");
    }
    struct run added = *run;
    added.id = sqlite3_last_insert_rowid(store->db);
    added.count = run->count > 0 ? run->count : 1;
    if (ret_id) {
        *ret_id = added.id;
    }
    return note(store, FEED_ADDED, &added, NULL, err);
}

/* What a look-up gives: a copy whose texts live in one block. */
static void keep_text(struct run_row *row, const char **text)
{
    if (*text) {
        vec_push(&row->texts, xstrdup(*text));
        *text = row->texts.data[row->texts.len - 1];
    }
}

static void keep_row(struct run_row *row, sqlite3_stmt *statement)
{
    run_row_done(row);
    read_row(statement, &row->run);
    const char **texts[] = {&row->run.ns,     &row->run.cronjob, &row->run.cronjob_uid,
                            &row->run.job,    &row->run.job_uid, &row->run.pod,
                            &row->run.reason, &row->run.message, &row->run.who};
    for (size_t i = 0; i < countof(texts); i++) {
        keep_text(row, texts[i]);
    }
}

void run_row_done(struct run_row *row)
{
    for (size_t i = 0; i < row->texts.len; i++) {
        free(row->texts.data[i]);
    }
    vec_done(&row->texts);
    row->run = (struct run){0};
}

static bool keep_only_row(struct store *store, sqlite3_stmt *statement, struct run_row *ret,
                          struct error *err)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        keep_row(ret, statement);
        return true;
    }
    if (code == SQLITE_DONE) {
        return error_set(err, ERROR_NOT_FOUND, "the ledger has no such run");
    }
    return store_fail(store, err, "reading the database");
}

bool ledger_by_job(struct store *store, const char *job_uid, struct run_row *ret, struct error *err)
{
    with_statement *statement = store_prepare(store, SELECT " WHERE job_uid = ?1", err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, job_uid);
    return keep_only_row(store, statement, ret, err);
}

bool ledger_by_slot(struct store *store, const char *cronjob_uid, sec_t slot, struct run_row *ret,
                    struct error *err)
{
    with_statement *statement = store_prepare(
        store,
        SELECT " WHERE runs.owner = (SELECT id FROM run_owners WHERE uid = ?1) AND slot = ?2", err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, cronjob_uid);
    sqlite3_bind_int64(statement, 2, slot);
    return keep_only_row(store, statement, ret, err);
}

bool ledger_update(struct store *store, const struct run *run, struct error *err)
{
    cleanup_with(run_row_done) struct run_row old = {0};
    bool found = run->slot != SEC_NONE
                     ? ledger_by_slot(store, run->cronjob_uid, run->slot, &old, err)
                     : ledger_by_job(store, run->job_uid, &old, err);
    if (!found) {
        return false;
    }
    if (run_is_final(&old.run)) {
        return error_set(err, ERROR_CONFLICT, "the run has ended already, as %s",
                         run_fate_names[old.run.fate]);
    }
    if (!store_write(store, err)) {
        return false;
    }
    with_statement *statement = store_prepare(
        store,
        "UPDATE runs SET fate = ?2, trigger = ?3, job = ?4, job_uid = ?5, pod = ?6, reason = ?7,"
        " message = ?8, started = ?9, ended = ?10, exit_code = ?11, attempts = ?12, who = ?13,"
        " count = ?14 WHERE id = ?1",
        err);
    if (!statement) {
        return false;
    }
    sqlite3_bind_int64(statement, 1, old.run.id);
    bind_fate(statement, run);
    if (sqlite3_step(statement) != SQLITE_DONE) {
        return store_fail(store, err, "writing to the database");
    }
    struct run now = *run;
    now.id = old.run.id;
    now.count = run->count > 0 ? run->count : 1;
    return note(store, FEED_MODIFIED, &now, &old.run, err);
}

bool ledger_newest_slot(struct store *store, const char *cronjob_uid, struct run_row *ret,
                        struct error *err)
{
    with_statement *statement =
        store_prepare(store,
                      SELECT " WHERE runs.owner = (SELECT id FROM run_owners WHERE uid = ?1)"
                             " AND slot IS NOT NULL ORDER BY slot DESC LIMIT 1",
                      err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, cronjob_uid);
    return keep_only_row(store, statement, ret, err);
}

static bool set_range(struct store *store, const struct run_row *old, sec_t last_slot,
                      int64_t count, struct error *err)
{
    with_statement *statement =
        store_prepare(store, "UPDATE runs SET last_slot = ?2, count = ?3 WHERE id = ?1", err);
    if (!statement || !store_write(store, err)) {
        return false;
    }
    sqlite3_bind_int64(statement, 1, old->run.id);
    bind_number(statement, 2, count > 1 ? last_slot : SEC_NONE, SEC_NONE);
    sqlite3_bind_int64(statement, 3, count);
    if (sqlite3_step(statement) != SQLITE_DONE) {
        return store_fail(store, err, "writing to the database");
    }
    struct run now = old->run;
    now.last_slot = count > 1 ? last_slot : SEC_NONE;
    now.count = count;
    return note(store, FEED_MODIFIED, &now, &old->run, err);
}

bool ledger_extend(struct store *store, const char *cronjob_uid, sec_t slot, sec_t last_slot,
                   int64_t count, struct error *err)
{
    cleanup_with(run_row_done) struct run_row old = {0};
    return ledger_by_slot(store, cronjob_uid, slot, &old, err) &&
           set_range(store, &old, last_slot, count, err);
}

static bool remove_row(struct store *store, const struct run_row *old, struct error *err)
{
    with_statement *statement = store_prepare(store, "DELETE FROM runs WHERE id = ?1", err);
    if (!statement || !store_write(store, err)) {
        return false;
    }
    sqlite3_bind_int64(statement, 1, old->run.id);
    return (sqlite3_step(statement) == SQLITE_DONE ||
            store_fail(store, err, "writing to the database")) &&
           note(store, FEED_DELETED, &old->run, &old->run, err);
}

bool ledger_take_back(struct store *store, const char *cronjob_uid, sec_t slot, sec_t previous,
                      struct error *err)
{
    cleanup_with(run_row_done) struct run_row row = {0};
    struct error own = {0};
    if (!ledger_newest_slot(store, cronjob_uid, &row, &own)) {
        if (own.code != ERROR_NOT_FOUND && err) {
            *err = own;
        }
        return own.code == ERROR_NOT_FOUND;
    }
    sec_t last = row.run.count > 1 ? row.run.last_slot : row.run.slot;
    if (row.run.job_uid || slot < row.run.slot || slot > last) {
        return true;
    }
    return slot == row.run.slot ? remove_row(store, &row, err)
                                : set_range(store, &row, previous, row.run.count - 1, err);
}

/* The ways of walking; each has its index. Newest first: `id` grows with time. */
#define PAGE " AND runs.id < ?3 ORDER BY runs.id DESC LIMIT ?4"
static const char *const walk_all = SELECT " WHERE ?1 IS ?1 AND ?2 IS ?2" PAGE;
static const char *const walk_uid =
    SELECT " WHERE runs.owner = (SELECT id FROM run_owners WHERE uid = ?1) AND ?2 IS ?2" PAGE;
static const char *const walk_name =
    SELECT " WHERE runs.owner IN (SELECT id FROM run_owners WHERE name = ?1"
           " AND (?2 IS NULL OR namespace = ?2))" PAGE;
static const char *const walk_namespace = SELECT " WHERE ?1 IS ?1 AND namespace = ?2" PAGE;

/* The uid of the one CronJob of that name; false when there is none or several (a name in use
 * again after a deletion). By uid the index gives the order, by name all rows would be sorted. */
static bool find_only_owner(struct store *store, const struct ledger_filter *filter,
                            struct str *ret)
{
    with_statement *statement = store_prepare(
        store, "SELECT uid FROM run_owners WHERE name = ?1 AND (?2 IS NULL OR namespace = ?2)",
        NULL);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, filter->cronjob);
    bind_text(statement, 2, filter->namespace);
    if (sqlite3_step(statement) != SQLITE_ROW) {
        return false;
    }
    str_add(ret, column_text(statement, 0));
    return sqlite3_step(statement) == SQLITE_DONE;
}

bool ledger_walk(struct store *store, const struct ledger_filter *filter, ledger_fn *fn, void *data,
                 struct error *err)
{
    cleanup_with(str_done) struct str owner = {0};
    const char *uid = filter->cronjob_uid;
    if (!uid && filter->cronjob && find_only_owner(store, filter, &owner)) {
        uid = str_text(&owner);
    }
    const char *sql = uid                 ? walk_uid
                      : filter->cronjob   ? walk_name
                      : filter->namespace ? walk_namespace
                                          : walk_all;
    sqlite3_stmt *statement = store_prepare(store, sql, err);
    if (!statement) {
        return false;
    }
    /* FN may walk as well: then the one in the cache is at work. */
    bool own = sqlite3_stmt_busy(statement);
    if (own && sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        return store_fail(store, err, "reading the database");
    }
    bind_text(statement, 1, uid ? uid : filter->cronjob);
    bind_text(statement, 2, filter->namespace);
    sqlite3_bind_int64(statement, 3, filter->before > 0 ? filter->before : INT64_MAX);
    /* A name is made from several columns, so that filter is applied here. */
    sqlite3_bind_int64(statement, 4,
                       filter->most > 0 && !filter->name ? (int64_t)filter->most : -1);
    size_t given = 0;
    int code;
    bool more = true;
    cleanup_with(str_done) struct str name = {0};
    while (more && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct run run;
        read_row(statement, &run);
        if (filter->name) {
            str_clear(&name);
            run_name(&run, &name);
            if (strcmp(str_text(&name), filter->name) != 0) {
                continue;
            }
        }
        more = fn(&run, data) && (filter->most == 0 || ++given < filter->most);
    }
    bool ok = !more || code == SQLITE_DONE || store_fail(store, err, "reading the database");
    if (own) {
        sqlite3_finalize(statement);
    } else {
        store_release(&statement);
    }
    return ok;
}

int64_t ledger_count(struct store *store, const char *cronjob_uid)
{
    with_statement *statement = store_prepare(
        store, "SELECT count(*) FROM runs WHERE owner = (SELECT id FROM run_owners WHERE uid = ?1)",
        NULL);
    if (!statement) {
        return -1;
    }
    bind_text(statement, 1, cronjob_uid);
    return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
}

bool ledger_trim(struct store *store, const char *cronjob_uid, size_t keep, struct error *err)
{
    if (!store_write(store, err)) {
        return false;
    }
    with_statement *statement = store_prepare(
        store,
        "DELETE FROM runs WHERE owner = (SELECT id FROM run_owners WHERE uid = ?1) AND id <="
        " (SELECT id FROM runs WHERE owner = (SELECT id FROM run_owners WHERE uid = ?1)"
        "  ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, cronjob_uid);
    sqlite3_bind_int64(statement, 2, (int64_t)keep);
    return sqlite3_step(statement) == SQLITE_DONE ||
           store_fail(store, err, "writing to the database");
}
