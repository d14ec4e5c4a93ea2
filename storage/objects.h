/* objects.h - the objects as JSON documents: create, update with resourceVersion, delete, list. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_STORAGE_OBJECTS_H
#define BELFRY_STORAGE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"
#include "core/model/kind.h"
#include "storage/db.h"

/* The document is the truth: it is kept as given, unknown fields and all. The store looks into it
 * for nothing but metadata.resourceVersion, which it writes; the keys below come from the caller,
 * who has the metadata decoded. Kinds are those of core/model/kind.h but KIND_RUN (ledger.h). */

/* What identifies an object, and what it is found by. Texts are borrowed for the call. */
struct object_key {
    enum kind kind;
    const char *namespace;
    const char *name;
};

/* One stored object. Texts given out are valid as the function says. */
struct object {
    enum kind kind;
    const char *namespace, *name;
    const char *uid;       /* unique over all kinds and all time */
    const char *owner_uid; /* of the controlling ownerReference (of an event: of the object it is
                            * about); NULL or "" = none */
    int64_t version;       /* metadata.resourceVersion; ignored on create */
    const char *document;  /* JSON text of the whole object, apiVersion and kind included */
    size_t document_len;
};

/* Adds OBJECT. Its document gets the next resourceVersion; the text as stored goes to RET_DOCUMENT
 * (emptied first; may be NULL), the version to RET_VERSION (may be NULL).
 * The name taken: ERROR_EXISTS, `cronjobs.batch "x" already exists`. uid, creationTimestamp and
 * generation are the caller's to fill in before. */
must_use bool objects_create(struct store *store, const struct object *object,
                             struct str *ret_document, int64_t *ret_version, struct error *err);

/* Replaces the document. OBJECT->version is the version the caller has read: another one stored is
 * ERROR_CONFLICT (Kubernetes' text); 0 replaces whatever is there. OBJECT->uid, when not NULL,
 * must be the stored one (ERROR_CONFLICT). A document equal to the stored one but for its
 * resourceVersion changes nothing: same version, no feed change. ERROR_NOT_FOUND:
 * `cronjobs.batch "x" not found`. */
must_use bool objects_update(struct store *store, const struct object *object,
                             struct str *ret_document, int64_t *ret_version, struct error *err);

/* Removes it; VERSION and UID are preconditions (0 and NULL: none; else ERROR_CONFLICT). The last
 * document, with the resourceVersion of the deletion, goes to RET_DOCUMENT (may be NULL).
 * Dependents are core/control's matter: the API calls control_delete(), not this. */
must_use bool objects_delete(struct store *store, const struct object_key *key, int64_t version,
                             const char *uid, struct str *ret_document, struct error *err);

/* The document of one object into RET (emptied first); version and uid where wanted (NULL: not). */
must_use bool objects_get(struct store *store, const struct object_key *key, struct str *ret,
                          int64_t *ret_version, struct error *err);
/* The same by uid; kind, namespace and name are in the document. ERROR_NOT_FOUND when gone. */
must_use bool objects_get_uid(struct store *store, const char *uid, struct str *ret,
                              int64_t *ret_version, struct error *err);
bool objects_exists(struct store *store, const struct object_key *key);

/* What a list shows; NULL = any. Label and field selectors are the caller's, document by
 * document. */
struct object_filter {
    enum kind kind;
    const char *namespace;
    const char *name;
    const char *owner_uid; /* "" = those without an owner */
};

/* Walks objects in the order of namespace and name. It holds no statement and no lock between
 * calls, so it may be left for as long as a slow client needs; a change made meanwhile may or may
 * not be seen, and a watch from objects_cursor_version() tells the rest. */
struct object_cursor;
/* CONTINUE: a token of objects_cursor_token() or NULL for the start. A token that nobody gave out
 * is ERROR_BAD_REQUEST; one whose version the feed has forgotten is ERROR_EXPIRED. FILTER's texts
 * are copied. */
must_use struct object_cursor *objects_cursor_open(struct store *store,
                                                   const struct object_filter *filter,
                                                   const char *continue_token, struct error *err);
enum cursor_result { CURSOR_ROW, CURSOR_END, CURSOR_FAILED };
/* The next object; its texts are valid until the next call on this cursor. */
must_use enum cursor_result objects_cursor_next(struct object_cursor *cursor, struct object *ret,
                                                struct error *err);
/* The list's resourceVersion: the store's when the (first page of the) list began. */
int64_t objects_cursor_version(const struct object_cursor *cursor);
/* Where to go on after the last row given; adds to RET. */
void objects_cursor_token(const struct object_cursor *cursor, struct str *ret);
/* How many rows the filter has after the last one given (metadata.remainingItemCount). */
int64_t objects_cursor_remaining(struct object_cursor *cursor);
struct object_cursor *objects_cursor_close(struct object_cursor *cursor); /* NULL is fine */

/* How many there are; a count from an index. -1 when the database fails. */
int64_t objects_count(struct store *store, const struct object_filter *filter);

/* Deletes the oldest changed objects of KIND with that owner until KEEP are left; the feed is told of
 * each. For what is kept in bounds: events (whose owner is the object they are about). */
must_use bool objects_trim(struct store *store, enum kind kind, const char *owner_uid, size_t keep,
                           struct error *err);

/* The namespaces that hold any object, each with a NUL behind it, sorted; adds to RET. */
must_use bool objects_namespaces(struct store *store, struct str *ret, struct error *err);

#endif
