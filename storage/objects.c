/* objects.c - the objects as JSON documents: create, update with resourceVersion, delete, list. */
/* SPDX-License-Identifier: MIT */
#include "storage/objects.h"

#include <assert.h>
#include <string.h>

#include "storage/splice.h"
#include "storage/handle.h"

/* Rows a cursor fetches at a time: enough to make the cost of asking again vanish, few enough to
 * keep the memory of a slow reader small. */
#define CURSOR_BATCH 64

/* What stands in the column `kind`. These numbers are on disk: never change one. */
static const int stored_kinds[] = {
    [KIND_CRONJOB] = 1, [KIND_JOB] = 2,       [KIND_POD] = 3,
    [KIND_EVENT] = 4,   [KIND_NAMESPACE] = 5, [KIND_RUN] = 0, /* not an object: ledger.c */
};
static_assert(countof(stored_kinds) == KIND_COUNT, "a number for each kind");

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static const char *column_text(sqlite3_stmt *statement, int at)
{
    const unsigned char *text = sqlite3_column_text(statement, at);
    return text ? (const char *)text : "";
}

static bool not_found(struct error *err, enum kind kind, const char *name)
{
    return error_set(err, ERROR_NOT_FOUND, "%s \"%s\" not found", kind_resource(kind), name);
}

static bool conflict(struct error *err, enum kind kind, const char *name, const char *why)
{
    return error_set(err, ERROR_CONFLICT, "Operation cannot be fulfilled on %s \"%s\": %s",
                     kind_resource(kind), name, why);
}

/* A stored row as it was before a change. */
struct row {
    int64_t id, version;
    struct str uid, owner, document;
};

static void row_done(struct row *row)
{
    str_done(&row->uid);
    str_done(&row->owner);
    str_done(&row->document);
}

enum found { FOUND, ABSENT, FAILED };

static enum found find_row(struct store *store, enum kind kind, const char *namespace,
                           const char *name, struct row *ret, struct error *err)
{
    with_statement *statement =
        store_prepare(store,
                      "SELECT id, version, uid, owner, document FROM objects"
                      " WHERE kind = ?1 AND namespace = ?2 AND name = ?3",
                      err);
    if (!statement) {
        return FAILED;
    }
    sqlite3_bind_int(statement, 1, stored_kinds[kind]);
    bind_text(statement, 2, namespace);
    bind_text(statement, 3, name);
    int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
        return ABSENT;
    }
    if (code != SQLITE_ROW) {
        store_fail(store, err, "reading the database");
        return FAILED;
    }
    ret->id = sqlite3_column_int64(statement, 0);
    ret->version = sqlite3_column_int64(statement, 1);
    str_add(&ret->uid, column_text(statement, 2));
    str_add(&ret->owner, column_text(statement, 3));
    const char *document = column_text(statement, 4);
    str_add_bytes(&ret->document, document, (size_t)sqlite3_column_bytes(statement, 4));
    return FOUND;
}

/* Hands out what was stored. */
static void give(const struct str *stamped, int64_t version, struct str *ret_document,
                 int64_t *ret_version)
{
    if (ret_document) {
        str_clear(ret_document);
        str_add_bytes(ret_document, stamped->data, stamped->len);
    }
    if (ret_version) {
        *ret_version = version;
    }
}

static bool bad_document(struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "a document without metadata cannot be stored");
}

bool objects_create(struct store *store, const struct object *object, struct str *ret_document,
                    int64_t *ret_version, struct error *err)
{
    assert(stored_kinds[object->kind] != 0);
    if (!store_write(store, err)) {
        return false;
    }
    with_statement *statement =
        store_prepare(store,
                      "INSERT INTO objects (kind, namespace, name, uid, owner, version, document)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      err);
    if (!statement) {
        return false;
    }
    cleanup_with(str_done) struct str stamped = {0};
    int64_t version = store->version + 1;
    if (!splice_version(object->document, object->document_len, version, &stamped)) {
        return bad_document(err);
    }
    const char *owner = object->owner_uid && *object->owner_uid ? object->owner_uid : NULL;
    sqlite3_bind_int(statement, 1, stored_kinds[object->kind]);
    bind_text(statement, 2, object->namespace);
    bind_text(statement, 3, object->name);
    bind_text(statement, 4, object->uid);
    bind_text(statement, 5, owner);
    sqlite3_bind_int64(statement, 6, version);
    sqlite3_bind_text(statement, 7, stamped.data, (int)stamped.len, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_DONE) {
        if ((sqlite3_extended_errcode(store->db) & 0xff) == SQLITE_CONSTRAINT) {
            return error_set(err, ERROR_EXISTS, "%s \"%s\" already exists",
                             kind_resource(object->kind), object->name);
        }
        return store_fail(store, err, "writing to the database");
    }
    version = store_next_version(store);
    struct feed_change change = {.type = FEED_ADDED,
                                 .kind = object->kind,
                                 .namespace = object->namespace,
                                 .name = object->name,
                                 .uid = object->uid,
                                 .owner_uid = owner,
                                 .version = version,
                                 .document = stamped.data,
                                 .document_len = stamped.len};
    feed_note(store, &change);
    give(&stamped, version, ret_document, ret_version);
    return true;
}

/* What the caller expects to find, and does. */
static bool check_expected(const struct row *row, enum kind kind, const char *name, int64_t version,
                           const char *uid, struct error *err)
{
    if (uid && *uid && strcmp(uid, row->uid.data) != 0) {
        return conflict(err, kind, name,
                        "the object has been deleted and another one has its name now");
    }
    if (version != 0 && version != row->version) {
        return conflict(err, kind, name,
                        "the object has been modified; please apply your changes to the latest "
                        "version and try again");
    }
    return true;
}

static bool replace_row(struct store *store, int64_t id, const char *owner, int64_t version,
                        const struct str *document, struct error *err)
{
    with_statement *statement = store_prepare(
        store, "UPDATE objects SET owner = ?2, version = ?3, document = ?4 WHERE id = ?1", err);
    if (!statement) {
        return false;
    }
    sqlite3_bind_int64(statement, 1, id);
    bind_text(statement, 2, owner);
    sqlite3_bind_int64(statement, 3, version);
    sqlite3_bind_text(statement, 4, document->data, (int)document->len, SQLITE_STATIC);
    return sqlite3_step(statement) == SQLITE_DONE ||
           store_fail(store, err, "writing to the database");
}

bool objects_update(struct store *store, const struct object *object, struct str *ret_document,
                    int64_t *ret_version, struct error *err)
{
    assert(stored_kinds[object->kind] != 0);
    cleanup_with(row_done) struct row old = {0};
    switch (find_row(store, object->kind, object->namespace, object->name, &old, err)) {
    case FOUND: break;
    case ABSENT: return not_found(err, object->kind, object->name);
    case FAILED: return false;
    }
    if (!check_expected(&old, object->kind, object->name, object->version, object->uid, err)) {
        return false;
    }
    cleanup_with(str_done) struct str stamped = {0};
    if (!splice_version(object->document, object->document_len, old.version, &stamped)) {
        return bad_document(err);
    }
    if (stamped.len == old.document.len &&
        memcmp(stamped.data, old.document.data, stamped.len) == 0) {
        give(&stamped, old.version, ret_document, ret_version);
        return true;
    }
    if (!store_write(store, err)) {
        return false;
    }
    const char *owner = object->owner_uid && *object->owner_uid ? object->owner_uid : NULL;
    int64_t version = store->version + 1;
    if (!splice_version(object->document, object->document_len, version, &stamped)) {
        return bad_document(err);
    }
    if (!replace_row(store, old.id, owner, version, &stamped, err)) {
        return false;
    }
    version = store_next_version(store);
    struct feed_change change = {.type = FEED_MODIFIED,
                                 .kind = object->kind,
                                 .namespace = object->namespace,
                                 .name = object->name,
                                 .uid = old.uid.data,
                                 .owner_uid = owner,
                                 .version = version,
                                 .document = stamped.data,
                                 .document_len = stamped.len,
                                 .previous = old.document.data,
                                 .previous_len = old.document.len};
    feed_note(store, &change);
    give(&stamped, version, ret_document, ret_version);
    return true;
}

static bool delete_row(struct store *store, int64_t id, struct error *err)
{
    with_statement *statement = store_prepare(store, "DELETE FROM objects WHERE id = ?1", err);
    if (!statement) {
        return false;
    }
    sqlite3_bind_int64(statement, 1, id);
    return sqlite3_step(statement) == SQLITE_DONE ||
           store_fail(store, err, "writing to the database");
}

bool objects_delete(struct store *store, const struct object_key *key, int64_t version,
                    const char *uid, struct str *ret_document, struct error *err)
{
    assert(stored_kinds[key->kind] != 0);
    cleanup_with(row_done) struct row old = {0};
    switch (find_row(store, key->kind, key->namespace, key->name, &old, err)) {
    case FOUND: break;
    case ABSENT: return not_found(err, key->kind, key->name);
    case FAILED: return false;
    }
    if (!check_expected(&old, key->kind, key->name, version, uid, err) ||
        !store_write(store, err) || !delete_row(store, old.id, err)) {
        return false;
    }
    int64_t gone = store_next_version(store);
    cleanup_with(str_done) struct str stamped = {0};
    if (!splice_version(old.document.data, old.document.len, gone, &stamped)) {
        return bad_document(err);
    }
    struct feed_change change = {.type = FEED_DELETED,
                                 .kind = key->kind,
                                 .namespace = key->namespace,
                                 .name = key->name,
                                 .uid = old.uid.data,
                                 .owner_uid = str_text(&old.owner),
                                 .version = gone,
                                 .document = stamped.data,
                                 .document_len = stamped.len,
                                 .previous = old.document.data,
                                 .previous_len = old.document.len};
    feed_note(store, &change);
    give(&stamped, gone, ret_document, NULL);
    return true;
}

/* The name of the least recently changed one beyond KEEP, into RET; "" when there is none. */
static bool find_oldest(struct store *store, enum kind kind, const char *owner_uid, size_t keep,
                        struct str *ret_namespace, struct str *ret_name, struct error *err)
{
    with_statement *statement =
        store_prepare(store,
                      "SELECT namespace, name FROM objects WHERE owner = ?1 AND kind = ?2"
                      " ORDER BY version DESC LIMIT 1 OFFSET ?3",
                      err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, owner_uid);
    sqlite3_bind_int(statement, 2, stored_kinds[kind]);
    sqlite3_bind_int64(statement, 3, (int64_t)keep);
    str_clear(ret_namespace);
    str_clear(ret_name);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        str_add(ret_namespace, column_text(statement, 0));
        str_add(ret_name, column_text(statement, 1));
    }
    return code == SQLITE_ROW || code == SQLITE_DONE ||
           store_fail(store, err, "reading the database");
}

bool objects_trim(struct store *store, enum kind kind, const char *owner_uid, size_t keep,
                  struct error *err)
{
    cleanup_with(str_done) struct str namespace = {0};
    cleanup_with(str_done) struct str name = {0};
    for (;;) {
        if (!find_oldest(store, kind, owner_uid, keep, &namespace, &name, err)) {
            return false;
        }
        if (name.len == 0) {
            return true;
        }
        struct object_key key = {
            .kind = kind, .namespace = str_text(&namespace), .name = name.data};
        if (!objects_delete(store, &key, 0, NULL, NULL, err)) {
            return false;
        }
    }
}

bool objects_get(struct store *store, const struct object_key *key, struct str *ret,
                 int64_t *ret_version, struct error *err)
{
    cleanup_with(row_done) struct row row = {0};
    switch (find_row(store, key->kind, key->namespace, key->name, &row, err)) {
    case FOUND: break;
    case ABSENT: return not_found(err, key->kind, key->name);
    case FAILED: return false;
    }
    give(&row.document, row.version, ret, ret_version);
    return true;
}

bool objects_get_uid(struct store *store, const char *uid, struct str *ret, int64_t *ret_version,
                     struct error *err)
{
    with_statement *statement =
        store_prepare(store, "SELECT document, version FROM objects WHERE uid = ?1", err);
    if (!statement) {
        return false;
    }
    bind_text(statement, 1, uid);
    int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
        return error_set(err, ERROR_NOT_FOUND, "no object has the uid \"%s\"", uid);
    }
    if (code != SQLITE_ROW) {
        return store_fail(store, err, "reading the database");
    }
    str_clear(ret);
    const char *document = column_text(statement, 0);
    str_add_bytes(ret, document, (size_t)sqlite3_column_bytes(statement, 0));
    if (ret_version) {
        *ret_version = sqlite3_column_int64(statement, 1);
    }
    return true;
}

bool objects_exists(struct store *store, const struct object_key *key)
{
    with_statement *statement = store_prepare(
        store, "SELECT 1 FROM objects WHERE kind = ?1 AND namespace = ?2 AND name = ?3", NULL);
    if (!statement) {
        return false;
    }
    sqlite3_bind_int(statement, 1, stored_kinds[key->kind]);
    bind_text(statement, 2, key->namespace);
    bind_text(statement, 3, key->name);
    return sqlite3_step(statement) == SQLITE_ROW;
}

/* Lists. The filter's columns are few, so each way of asking has its own text and its own index;
 * all give (namespace, name) order after ?2, ?3. */

#define ROW_COLUMNS "SELECT namespace, name, uid, owner, version, document FROM objects"
#define ROW_COUNT "SELECT count(*) FROM objects"

enum list_way { LIST_ALL, LIST_NAMESPACE, LIST_NAME, LIST_OWNER, LIST_ORPHANS, LIST_WAY_COUNT };

#define WHERE_ALL " WHERE kind = ?1 AND (namespace, name) > (?2, ?3)"
#define WHERE_NAMESPACE " WHERE kind = ?1 AND namespace = ?4 AND name > ?3"
#define WHERE_NAME " WHERE kind = ?1 AND namespace = ?4 AND name = ?6 AND name > ?3"
#define WHERE_OWNER " WHERE owner = ?4 AND kind = ?1 AND (namespace, name) > (?2, ?3)"
#define WHERE_ORPHANS " WHERE kind = ?1 AND owner IS NULL AND (namespace, name) > (?2, ?3)"
#define IN_ORDER " ORDER BY namespace, name LIMIT ?5"

static const struct list_texts {
    const char *rows, *count;
} list_texts[] = {
    [LIST_ALL] = {ROW_COLUMNS WHERE_ALL IN_ORDER, ROW_COUNT WHERE_ALL},
    [LIST_NAMESPACE] = {ROW_COLUMNS WHERE_NAMESPACE IN_ORDER, ROW_COUNT WHERE_NAMESPACE},
    [LIST_NAME] = {ROW_COLUMNS WHERE_NAME IN_ORDER, ROW_COUNT WHERE_NAME},
    [LIST_OWNER] = {ROW_COLUMNS WHERE_OWNER IN_ORDER, ROW_COUNT WHERE_OWNER},
    [LIST_ORPHANS] = {ROW_COLUMNS WHERE_ORPHANS IN_ORDER, ROW_COUNT WHERE_ORPHANS},
};
static_assert(countof(list_texts) == LIST_WAY_COUNT, "two texts for each way");

/* One fetched row: offsets into the batch's text, which may move while it grows. */
struct batch_row {
    size_t namespace, name, uid, owner, document, document_len;
    int64_t version;
};

struct object_cursor {
    struct store *store;
    enum kind kind;
    enum list_way way;
    char *value;            /* ?4: the namespace or the owner */
    char *namespace, *name; /* filters that the way of asking does not cover */
    int64_t version;
    char *after_namespace, *after_name; /* the last row given, or the token */
    struct str texts;
    vec(struct batch_row) rows;
    size_t at;
    bool last_batch;
};

static void bind_list(sqlite3_stmt *statement, const struct object_cursor *cursor)
{
    sqlite3_bind_int(statement, 1, stored_kinds[cursor->kind]);
    bind_text(statement, 2, cursor->after_namespace);
    bind_text(statement, 3, cursor->after_name);
    if (cursor->way != LIST_ALL && cursor->way != LIST_ORPHANS) {
        bind_text(statement, 4, cursor->value);
    }
    if (cursor->way == LIST_NAME) {
        bind_text(statement, 6, cursor->name);
    }
}

static bool passes(const struct object_cursor *cursor, const char *namespace, const char *name)
{
    return (!cursor->namespace || strcmp(cursor->namespace, namespace) == 0) &&
           (!cursor->name || strcmp(cursor->name, name) == 0);
}

static size_t keep_column(struct object_cursor *cursor, sqlite3_stmt *statement, int at)
{
    size_t place = cursor->texts.len;
    const char *text = column_text(statement, at);
    str_add_bytes(&cursor->texts, text, (size_t)sqlite3_column_bytes(statement, at) + 1);
    return place;
}

static void keep_row(struct object_cursor *cursor, sqlite3_stmt *statement)
{
    if (!passes(cursor, column_text(statement, 0), column_text(statement, 1))) {
        return;
    }
    /* The braces' order matters: each call appends. */
    struct batch_row row = {.namespace = keep_column(cursor, statement, 0)};
    row.name = keep_column(cursor, statement, 1);
    row.uid = keep_column(cursor, statement, 2);
    row.owner = keep_column(cursor, statement, 3);
    row.version = sqlite3_column_int64(statement, 4);
    row.document = keep_column(cursor, statement, 5);
    row.document_len = (size_t)sqlite3_column_bytes(statement, 5);
    vec_push(&cursor->rows, row);
}

static void set_text(char **at, const char *text)
{
    char *copy = xstrdup(text);
    free(*at);
    *at = copy;
}

/* Fetches the rows after after_*. False with err set when the database fails. */
static bool fetch(struct object_cursor *cursor, struct error *err)
{
    with_statement *statement = store_prepare(cursor->store, list_texts[cursor->way].rows, err);
    if (!statement) {
        return false;
    }
    str_clear(&cursor->texts);
    cursor->rows.len = 0;
    cursor->at = 0;
    bind_list(statement, cursor);
    sqlite3_bind_int(statement, 5, CURSOR_BATCH);
    cleanup_with(str_done) struct str last_namespace = {0};
    cleanup_with(str_done) struct str last_name = {0};
    int count = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        count++;
        keep_row(cursor, statement);
        if (count == CURSOR_BATCH) {
            str_add(&last_namespace, column_text(statement, 0));
            str_add(&last_name, column_text(statement, 1));
        }
    }
    if (code != SQLITE_DONE) {
        return store_fail(cursor->store, err, "reading the database");
    }
    cursor->last_batch = count < CURSOR_BATCH;
    if (cursor->rows.len == 0 && !cursor->last_batch) {
        /* All rows filtered out: go on behind them. */
        set_text(&cursor->after_namespace, str_text(&last_namespace));
        set_text(&cursor->after_name, str_text(&last_name));
    }
    return true;
}

/* A token is "VERSION/NAMESPACE/NAME": names hold no slash. */
static bool read_token(struct object_cursor *cursor, const char *token, struct error *err)
{
    cleanup_with(str_done) struct str version = {0};
    const char *first = strchr(token, '/');
    const char *second = first ? strchr(first + 1, '/') : NULL;
    long long number = 0;
    if (second) {
        str_add_bytes(&version, token, (size_t)(first - token));
    }
    if (!second || strlen(token) > 1024 || strchr(second + 1, '/') ||
        !text_int(str_text(&version), 1, INT64_MAX, &number)) {
        return error_set(err, ERROR_BAD_REQUEST, "continue key is not valid");
    }
    if (number < feed_floor(cursor->store) || number > store_version(cursor->store)) {
        error_set(err, ERROR_EXPIRED,
                  "The provided continue parameter is too old to display a consistent list result");
        return error_hint(err, "start the list anew");
    }
    cursor->version = number;
    free(cursor->after_namespace);
    cursor->after_namespace = xstrndup(first + 1, (size_t)(second - first - 1));
    set_text(&cursor->after_name, second + 1);
    return true;
}

static enum list_way list_way(const struct object_filter *filter)
{
    if (filter->owner_uid) {
        return *filter->owner_uid ? LIST_OWNER : LIST_ORPHANS;
    }
    return !filter->namespace ? LIST_ALL : filter->name ? LIST_NAME : LIST_NAMESPACE;
}

struct object_cursor *objects_cursor_open(struct store *store, const struct object_filter *filter,
                                          const char *continue_token, struct error *err)
{
    struct object_cursor *cursor = xcalloc(1, sizeof *cursor);
    cursor->store = store;
    cursor->kind = filter->kind;
    cursor->way = list_way(filter);
    cursor->version = store_version(store);
    cursor->value = xstrdup(cursor->way == LIST_OWNER ? filter->owner_uid
                            : filter->namespace       ? filter->namespace
                                                      : "");
    cursor->namespace = filter->namespace ? xstrdup(filter->namespace) : NULL;
    cursor->name = filter->name ? xstrdup(filter->name) : NULL;
    cursor->after_namespace = xstrdup("");
    cursor->after_name = xstrdup("");
    if (continue_token && *continue_token && !read_token(cursor, continue_token, err)) {
        return objects_cursor_close(cursor);
    }
    return cursor;
}

enum cursor_result objects_cursor_next(struct object_cursor *cursor, struct object *ret,
                                       struct error *err)
{
    while (cursor->at == cursor->rows.len) {
        if (cursor->last_batch) {
            return CURSOR_END;
        }
        if (!fetch(cursor, err)) {
            return CURSOR_FAILED;
        }
    }
    const struct batch_row *row = &cursor->rows.data[cursor->at++];
    const char *texts = cursor->texts.data;
    *ret = (struct object){.kind = cursor->kind,
                           .namespace = texts + row->namespace,
                           .name = texts + row->name,
                           .uid = texts + row->uid,
                           .owner_uid = texts + row->owner,
                           .version = row->version,
                           .document = texts + row->document,
                           .document_len = row->document_len};
    set_text(&cursor->after_namespace, ret->namespace);
    set_text(&cursor->after_name, ret->name);
    return CURSOR_ROW;
}

int64_t objects_cursor_version(const struct object_cursor *cursor)
{
    return cursor->version;
}

void objects_cursor_token(const struct object_cursor *cursor, struct str *ret)
{
    str_addf(ret, "%lld/%s/%s", (long long)cursor->version, cursor->after_namespace,
             cursor->after_name);
}

static int64_t count_rows(struct object_cursor *cursor)
{
    with_statement *statement = store_prepare(cursor->store, list_texts[cursor->way].count, NULL);
    if (!statement) {
        return -1;
    }
    bind_list(statement, cursor);
    return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
}

int64_t objects_cursor_remaining(struct object_cursor *cursor)
{
    return count_rows(cursor);
}

struct object_cursor *objects_cursor_close(struct object_cursor *cursor)
{
    if (cursor) {
        free(cursor->value);
        free(cursor->namespace);
        free(cursor->name);
        free(cursor->after_namespace);
        free(cursor->after_name);
        str_done(&cursor->texts);
        vec_done(&cursor->rows);
        free(cursor);
    }
    return NULL;
}

int64_t objects_count(struct store *store, const struct object_filter *filter)
{
    struct object_cursor *cursor = objects_cursor_open(store, filter, NULL, NULL);
    int64_t count = cursor ? count_rows(cursor) : -1;
    objects_cursor_close(cursor);
    return count;
}

bool objects_namespaces(struct store *store, struct str *ret, struct error *err)
{
    /* A skip scan by hand: one look-up a namespace and kind, whatever the number of rows. */
    with_statement *statement = store_prepare(
        store,
        "WITH RECURSIVE"
        " kinds(kind) AS (VALUES (1), (2), (3), (4), (5)),"
        " spaces(kind, namespace) AS ("
        "  SELECT kind, (SELECT min(namespace) FROM objects o WHERE o.kind = kinds.kind) FROM kinds"
        "  UNION ALL"
        "  SELECT kind, (SELECT min(namespace) FROM objects o WHERE o.kind = spaces.kind"
        "    AND o.namespace > spaces.namespace) FROM spaces WHERE namespace IS NOT NULL)"
        " SELECT DISTINCT namespace FROM spaces"
        " WHERE namespace IS NOT NULL AND namespace <> '' ORDER BY namespace",
        err);
    if (!statement) {
        return false;
    }
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        str_add_bytes(ret, column_text(statement, 0),
                      (size_t)sqlite3_column_bytes(statement, 0) + 1);
    }
    return code == SQLITE_DONE || store_fail(store, err, "reading the database");
}
