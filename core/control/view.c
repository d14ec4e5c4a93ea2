/* view.c - documents from the store and back: what one look reads, in one transaction. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/control/inside.h"
#include "storage/splice.h"

void loaded_done(struct loaded *loaded)
{
    cJSON_Delete(loaded->tree);
    cJSON_Delete(loaded->old_status);
    *loaded = (struct loaded){0};
}

void set_status(struct loaded *loaded, cJSON *status_take)
{
    cJSON_Delete(loaded->old_status);
    loaded->old_status = cJSON_DetachItemFromObjectCaseSensitive(loaded->tree, "status");
    tree_set(loaded->tree, "status", status_take);
}

static enum found parse(const struct str *text, int64_t version, struct loaded *ret,
                        struct error *err)
{
    ret->tree = tree_parse_own(text->data, text->len, err);
    ret->version = version;
    return ret->tree ? FOUND_IT : FOUND_FAILED;
}

static enum found missing(struct error *failure, struct error *err)
{
    if (failure->code == ERROR_NOT_FOUND) {
        return FOUND_NOT;
    }
    if (err) {
        *err = *failure;
    }
    return FOUND_FAILED;
}

enum found load(struct store *store, enum kind kind, const char *ns, const char *name,
                struct loaded *ret, struct error *err)
{
    cleanup_with(str_done) struct str text = {0};
    struct error failure = {0};
    int64_t version = 0;
    struct object_key key = {.kind = kind, .namespace = ns, .name = name};
    if (!objects_get(store, &key, &text, &version, &failure)) {
        return missing(&failure, err);
    }
    return parse(&text, version, ret, err);
}

enum found load_uid(struct store *store, const char *uid, struct loaded *ret, struct error *err)
{
    cleanup_with(str_done) struct str text = {0};
    struct error failure = {0};
    int64_t version = 0;
    if (!objects_get_uid(store, uid, &text, &version, &failure)) {
        return missing(&failure, err);
    }
    return parse(&text, version, ret, err);
}

/* What the store wants to know of a document beside its text. META's texts are borrowed. */
static struct object describe(enum kind kind, const cJSON *tree, const struct meta *meta,
                              const struct str *text)
{
    const struct owner *owner = meta_controller(meta);
    const char *about = kind == KIND_EVENT ? tree_str(tree, "involvedObject.uid") : NULL;
    return (struct object){.kind = kind,
                           .namespace = meta->ns ? meta->ns : "",
                           .name = meta->name,
                           .uid = meta->uid,
                           .owner_uid = owner ? owner->uid : about,
                           .document = str_text(text),
                           .document_len = text->len};
}

bool save(struct store *store, enum kind kind, struct loaded *loaded, struct error *err)
{
    cleanup_with(str_done) struct str text = {0};
    cleanup_with(meta_done) struct meta meta = {0};
    tree_print(&text, loaded->tree, false);
    meta_decode(loaded->tree, &meta);
    struct object object = describe(kind, loaded->tree, &meta, &text);
    object.version = loaded->version;
    return objects_update(store, &object, NULL, &loaded->version, err);
}

bool save_new(struct store *store, enum kind kind, const cJSON *tree, int64_t *ret_version,
              struct error *err)
{
    cleanup_with(str_done) struct str text = {0};
    cleanup_with(meta_done) struct meta meta = {0};
    tree_print(&text, tree, false);
    meta_decode(tree, &meta);
    struct object object = describe(kind, tree, &meta, &text);
    return objects_create(store, &object, NULL, ret_version, err);
}

void dependents_done(struct dependents *dependents)
{
    for (size_t i = 0; i < dependents->len; i++) {
        loaded_done(&dependents->data[i]);
    }
    vec_done(dependents);
}

static cJSON *parse_slim(const struct object *object, struct str *scratch, struct error *err)
{
    splice_without(object->document, object->document_len, "spec", scratch);
    return tree_parse_own(scratch->data, scratch->len, err);
}

bool load_dependents(struct store *store, enum kind kind, const char *owner_uid,
                     enum load_part part, struct dependents *ret, struct error *err)
{
    cleanup_with(str_done) struct str scratch = {0};
    struct object_filter filter = {.kind = kind, .owner_uid = owner_uid};
    struct object_cursor *cursor = objects_cursor_open(store, &filter, NULL, err);
    if (!cursor) {
        return false;
    }
    struct object object;
    enum cursor_result result;
    while ((result = objects_cursor_next(cursor, &object, err)) == CURSOR_ROW) {
        struct loaded loaded = {.version = object.version};
        loaded.tree = part == LOAD_SLIM ? parse_slim(&object, &scratch, err)
                                        : tree_parse_own(object.document, object.document_len, err);
        if (!loaded.tree) {
            result = CURSOR_FAILED;
            break;
        }
        vec_push(ret, loaded);
    }
    objects_cursor_close(cursor);
    return result == CURSOR_END;
}

static cJSON *finalizers(const cJSON *tree)
{
    return tree_get(tree, "metadata.finalizers");
}

static int find_finalizer(const cJSON *list, const char *name)
{
    int at = 0;
    const cJSON *each;
    cJSON_ArrayForEach(each, list)
    {
        if (cJSON_IsString(each) && strcmp(each->valuestring, name) == 0) {
            return at;
        }
        at++;
    }
    return -1;
}

bool finalizer_has(const cJSON *tree, const char *name)
{
    return find_finalizer(finalizers(tree), name) >= 0;
}

bool finalizer_any(const cJSON *tree)
{
    const cJSON *list = finalizers(tree);
    return cJSON_IsArray(list) && cJSON_GetArraySize(list) > 0;
}

void finalizer_add(cJSON *tree, const char *name)
{
    cJSON *list = finalizers(tree);
    if (!cJSON_IsArray(list)) {
        tree_put(tree, "metadata.finalizers", cJSON_CreateArray());
        list = finalizers(tree);
    }
    if (find_finalizer(list, name) < 0) {
        tree_add(list, cJSON_CreateString(name));
    }
}

void finalizer_drop(cJSON *tree, const char *name)
{
    cJSON *list = finalizers(tree);
    int at = find_finalizer(list, name);
    if (at >= 0) {
        cJSON_DeleteItemFromArray(list, at);
    }
    if (cJSON_IsArray(list) && cJSON_GetArraySize(list) == 0) {
        tree_drop(tree, "metadata.finalizers");
    }
}
