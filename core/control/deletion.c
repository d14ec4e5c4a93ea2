/* deletion.c - objects and what depends on them leave the store, in one transaction. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/control/inside.h"

/* The kind of the dependents of a kind; KIND_COUNT when it has none. */
static enum kind dependent_kind(enum kind kind)
{
    return kind == KIND_CRONJOB ? KIND_JOB : kind == KIND_JOB ? KIND_POD : KIND_COUNT;
}

static struct object_key key_of(enum kind kind, const struct meta *meta)
{
    return (struct object_key){
        .kind = kind, .namespace = meta->ns ? meta->ns : "", .name = meta->name};
}

/* The run of a Job that goes before it has ended. */
static bool end_run(struct store *store, const struct meta *meta, bool replaced, struct error *err)
{
    cleanup_with(run_row_done) struct run_row row = {0};
    struct error failure = {0};
    if (!ledger_by_job(store, meta->uid, &row, &failure)) {
        if (failure.code != ERROR_NOT_FOUND && err) {
            *err = failure;
        }
        return failure.code == ERROR_NOT_FOUND;
    }
    if (run_is_final(&row.run)) {
        return true;
    }
    row.run.fate = replaced ? FATE_REPLACED : FATE_STOPPED;
    row.run.end = clk_wall(store_clk(store));
    return ledger_update(store, &row.run, err);
}

/* The object's row, its events, its unfinished run. */
static bool remove_object(struct store *store, enum kind kind, const struct meta *meta,
                          bool replaced, struct str *ret_document, struct error *err)
{
    struct object_key key = key_of(kind, meta);
    return (kind != KIND_JOB || end_run(store, meta, replaced, err)) &&
           (kind == KIND_EVENT || objects_trim(store, KIND_EVENT, meta->uid, 0, err)) &&
           objects_delete(store, &key, 0, NULL, ret_document, err);
}

/* Marks it as going. Its deletionTimestamp tells the controllers to stop what runs. */
static bool mark(struct store *store, enum kind kind, struct loaded *loaded,
                 struct opt_int grace_seconds, struct error *err)
{
    if (tree_time(loaded->tree, "metadata.deletionTimestamp") == SEC_NONE) {
        tree_put_time(loaded->tree, "metadata.deletionTimestamp", clk_now(store_clk(store)));
    }
    if (grace_seconds.set) {
        tree_put_int(loaded->tree, "metadata.deletionGracePeriodSeconds", grace_seconds.value);
    } else if (kind == KIND_POD) {
        tree_put_int(loaded->tree, "metadata.deletionGracePeriodSeconds",
                     tree_int_or(loaded->tree, "spec.terminationGracePeriodSeconds", 30));
    }
    return save(store, kind, loaded, err);
}

/* How one deletion is to go. */
struct manner {
    enum propagation propagation;
    struct opt_int grace_seconds;
    bool replaced;
    bool owner_gone; /* nobody is left to count a pod */
};

static bool delete_loaded(struct store *store, enum kind kind, struct loaded *loaded,
                          const struct manner *manner, struct str *ret_document, bool *ret_gone,
                          struct error *err);

/* A pod that may be running stays until its processes have ended. */
static bool delete_pod(struct store *store, struct loaded *loaded, const struct meta *meta,
                       const struct manner *manner, struct str *ret_document, bool *ret_gone,
                       struct error *err)
{
    if (manner->owner_gone) {
        finalizer_drop(loaded->tree, FINALIZER_TRACKING);
    }
    const char *phase = tree_str_or(loaded->tree, "status.phase", "");
    bool ended = text_same(phase, pod_phase_names[POD_SUCCEEDED]) ||
                 text_same(phase, pod_phase_names[POD_FAILED]);
    *ret_gone = ended && !finalizer_any(loaded->tree);
    return *ret_gone ? remove_object(store, KIND_POD, meta, false, ret_document, err)
                     : mark(store, KIND_POD, loaded, manner->grace_seconds, err);
}

static bool release_dependent(struct store *store, enum kind kind, struct loaded *loaded,
                              const char *owner_uid, struct error *err)
{
    cJSON *owners = tree_get(loaded->tree, "metadata.ownerReferences");
    for (int i = cJSON_GetArraySize(owners) - 1; i >= 0; i--) {
        if (text_same(tree_str(cJSON_GetArrayItem(owners, i), "uid"), owner_uid)) {
            cJSON_DeleteItemFromArray(owners, i);
        }
    }
    if (cJSON_GetArraySize(owners) == 0) {
        tree_drop(loaded->tree, "metadata.ownerReferences");
    }
    if (kind == KIND_POD) {
        finalizer_drop(loaded->tree, FINALIZER_TRACKING); /* nobody is left to count it */
    }
    return save(store, kind, loaded, err);
}

/* Deletes or releases all dependents; RET_LEFT: some are still there. */
static bool see_to_dependents(struct store *store, enum kind kind, const struct meta *meta,
                              const struct manner *manner, bool *ret_left, struct error *err)
{
    cleanup_with(dependents_done) struct dependents dependents = {0};
    enum kind dependent = dependent_kind(kind);
    *ret_left = false;
    if (dependent == KIND_COUNT) {
        return true;
    }
    if (!load_dependents(store, dependent, meta->uid, LOAD_WHOLE, &dependents, err)) {
        return false;
    }
    /* Foreground waits for its pods as well, so the Jobs below go the same way. */
    struct manner theirs = *manner;
    theirs.owner_gone = manner->propagation == PROPAGATION_BACKGROUND;
    for (size_t i = 0; i < dependents.len; i++) {
        struct loaded *each = &dependents.data[i];
        bool gone = true;
        bool ok = manner->propagation == PROPAGATION_ORPHAN
                      ? release_dependent(store, dependent, each, meta->uid, err)
                      : delete_loaded(store, dependent, each, &theirs, NULL, &gone, err);
        if (!ok) {
            return false;
        }
        *ret_left |= !gone;
    }
    return true;
}

static bool delete_loaded(struct store *store, enum kind kind, struct loaded *loaded,
                          const struct manner *manner, struct str *ret_document, bool *ret_gone,
                          struct error *err)
{
    cleanup_with(meta_done) struct meta meta = {0};
    meta_decode(loaded->tree, &meta);
    if (kind == KIND_POD) {
        return delete_pod(store, loaded, &meta, manner, ret_document, ret_gone, err);
    }
    bool left = false;
    if (!see_to_dependents(store, kind, &meta, manner, &left, err)) {
        return false;
    }
    bool waits = manner->propagation == PROPAGATION_FOREGROUND && left;
    if (waits) {
        finalizer_add(loaded->tree, FINALIZER_FOREGROUND);
    }
    *ret_gone = !finalizer_any(loaded->tree);
    return *ret_gone ? remove_object(store, kind, &meta, manner->replaced, ret_document, err)
                     : mark(store, kind, loaded, manner->grace_seconds, err);
}

static bool not_found(const struct object_key *key, struct error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "%s \"%s\" not found", kind_resource(key->kind),
                     key->name);
}

static bool check_preconditions(const struct delete_request *request, const struct loaded *loaded,
                                struct error *err)
{
    const char *uid = tree_str_or(loaded->tree, "metadata.uid", "");
    const char *what = kind_resource(request->key.kind);
    if (request->uid && strcmp(request->uid, uid) != 0) {
        return error_set(err, ERROR_CONFLICT,
                         "Operation cannot be fulfilled on %s \"%s\": Precondition failed: UID in "
                         "precondition: %s, UID in object meta: %s",
                         what, request->key.name, request->uid, uid);
    }
    if (request->version != 0 && request->version != loaded->version) {
        return error_set(err, ERROR_CONFLICT,
                         "Operation cannot be fulfilled on %s \"%s\": Precondition failed: "
                         "ResourceVersion in precondition: %lld, ResourceVersion in object meta: "
                         "%lld",
                         what, request->key.name, (long long)request->version,
                         (long long)loaded->version);
    }
    return true;
}

bool control_delete(struct store *store, const struct delete_request *request,
                    struct str *ret_document, bool *ret_gone, struct error *err)
{
    cleanup_with(loaded_done) struct loaded loaded = {0};
    const struct object_key *key = &request->key;
    switch (load(store, key->kind, key->namespace, key->name, &loaded, err)) {
    case FOUND_IT: break;
    case FOUND_NOT: return not_found(key, err);
    case FOUND_FAILED: return false;
    }
    struct manner manner = {.propagation = request->propagation,
                            .grace_seconds = request->grace_seconds,
                            .replaced = request->replaced};
    bool gone = true;
    if (!check_preconditions(request, &loaded, err) ||
        !delete_loaded(store, key->kind, &loaded, &manner, ret_document, &gone, err)) {
        return false;
    }
    if (!gone && ret_document && !objects_get(store, key, ret_document, NULL, err)) {
        return false;
    }
    if (ret_gone) {
        *ret_gone = gone;
    }
    return true;
}

bool control_finish_deletion(struct store *store, const struct object_key *key, bool *ret_gone,
                             struct error *err)
{
    cleanup_with(loaded_done) struct loaded loaded = {0};
    bool unused = false;
    ret_gone = ret_gone ? ret_gone : &unused;
    *ret_gone = false;
    switch (load(store, key->kind, key->namespace, key->name, &loaded, err)) {
    case FOUND_IT: break;
    case FOUND_NOT: *ret_gone = true; return true;
    case FOUND_FAILED: return false;
    }
    cleanup_with(meta_done) struct meta meta = {0};
    meta_decode(loaded.tree, &meta);
    if (meta.deletion == SEC_NONE) {
        return true;
    }
    if (finalizer_has(loaded.tree, FINALIZER_FOREGROUND)) {
        struct object_filter filter = {.kind = dependent_kind(key->kind), .owner_uid = meta.uid};
        if (filter.kind != KIND_COUNT && objects_count(store, &filter) > 0) {
            return true;
        }
        finalizer_drop(loaded.tree, FINALIZER_FOREGROUND);
    }
    /* A pod that may be running is not ours to remove: its controller does that. */
    const char *phase = tree_str_or(loaded.tree, "status.phase", "");
    if (key->kind == KIND_POD && !text_same(phase, pod_phase_names[POD_SUCCEEDED]) &&
        !text_same(phase, pod_phase_names[POD_FAILED])) {
        return true;
    }
    if (finalizer_any(loaded.tree)) {
        return true;
    }
    *ret_gone = true;
    return remove_object(store, key->kind, &meta, false, NULL, err);
}
