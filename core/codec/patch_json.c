/* patch_json.c - JSON patch: RFC 6902 over the pointers of RFC 6901. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/codec/patch_kinds.h"

enum {
    OPERATIONS_MOST = 10000, /* Kubernetes' limit */
    COPIED_MOST = 200000     /* nodes: each "copy" can double a document */
};

/* The place that a pointer leads to: a parent, and a key or an index in it. */
struct place {
    cJSON *parent; /* NULL: the root itself */
    struct str key;
    cJSON *node; /* what is there; NULL: nothing yet */
    bool end;    /* "-": behind the last element */
};

static void place_done(struct place *place)
{
    str_done(&place->key);
}

/* The next segment of a pointer, its ~0 and ~1 undone. */
static bool next_segment(const char **pointer, struct str *ret)
{
    const char *at = *pointer;
    if (*at++ != '/') {
        return false;
    }
    str_clear(ret);
    for (; *at && *at != '/'; at++) {
        if (*at == '~' && at[1] != '0' && at[1] != '1') {
            return false;
        }
        if (*at == '~') {
            at++;
            str_add_char(ret, *at == '0' ? '~' : '/');
        } else {
            str_add_char(ret, *at);
        }
    }
    *pointer = at;
    return true;
}

/* Digits only, no leading zero. */
static bool read_index(const char *text, int *ret)
{
    long long index;
    if (*text < '0' || *text > '9' || (text[0] == '0' && text[1]) ||
        !text_int(text, 0, INT32_MAX, &index)) {
        return false;
    }
    *ret = (int)index;
    return true;
}

static bool missing(struct error *err, const char *pointer)
{
    return error_set(err, ERROR_INVALID, "the path \"%.120s\" of the patch leads nowhere", pointer);
}

/* The last step may lead to what is not there yet. */
static bool find_place(cJSON *root, const char *pointer, struct place *ret, struct error *err)
{
    const char *at = pointer;
    int depth = 0, index;
    ret->node = root;
    while (*at) {
        ret->parent = ret->node;
        ret->end = false;
        if (!next_segment(&at, &ret->key)) {
            return error_set(err, ERROR_BAD_REQUEST, "\"%.120s\" is no JSON pointer", pointer);
        }
        const char *key = str_text(&ret->key);
        if (++depth > TREE_DEPTH_MOST || !ret->parent) {
            return missing(err, pointer);
        }
        if (cJSON_IsObject(ret->parent)) {
            ret->node = tree_member(ret->parent, key);
        } else if (cJSON_IsArray(ret->parent) && strcmp(key, "-") == 0) {
            ret->end = true;
            ret->node = NULL;
        } else if (cJSON_IsArray(ret->parent) && read_index(key, &index)) {
            ret->node = cJSON_GetArrayItem(ret->parent, index);
            ret->end = index == cJSON_GetArraySize(ret->parent);
            if (!ret->node && !ret->end) {
                return missing(err, pointer);
            }
        } else {
            return missing(err, pointer);
        }
    }
    return true;
}

/* Not cJSON_InsertItemInArray: some builds of cJSON (Debian 12's 1.7.15-1+deb12u4) refuse every
 * insertion that is not at the front, and the value is then nobody's. */
static void insert_at(cJSON *array, int index, cJSON *value_take)
{
    cJSON *tail = cJSON_CreateArray();
    for (cJSON *child = cJSON_GetArrayItem(array, index), *next; child; child = next) {
        next = child->next;
        tree_add(tail, cJSON_DetachItemViaPointer(array, child));
    }
    tree_add(array, value_take);
    while (tail->child) {
        tree_add(array, cJSON_DetachItemViaPointer(tail, tail->child));
    }
    cJSON_Delete(tail);
}

static bool add_at(cJSON **root, const char *pointer, cJSON *value_take, struct error *err)
{
    autotree cJSON *value = value_take;
    cleanup_with(place_done) struct place place = {0};
    if (!find_place(*root, pointer, &place, err)) {
        return false;
    }
    if (!place.parent) {
        cJSON_Delete(*root);
        *root = steal(&value);
    } else if (cJSON_IsObject(place.parent)) {
        tree_set(place.parent, str_text(&place.key), steal(&value));
    } else if (place.end) {
        tree_add(place.parent, steal(&value));
    } else {
        int index = 0;
        read_index(str_text(&place.key), &index);
        insert_at(place.parent, index, steal(&value));
    }
    return true;
}

/* Takes out what is at POINTER; NULL with err set when nothing is, or it is the whole. */
static cJSON *take_from(cJSON *root, const char *pointer, struct error *err)
{
    cleanup_with(place_done) struct place place = {0};
    if (!find_place(root, pointer, &place, err)) {
        return NULL;
    }
    if (!place.node || !place.parent) {
        missing(err, pointer);
        return NULL;
    }
    return cJSON_DetachItemViaPointer(place.parent, place.node);
}

static cJSON *node_at(cJSON *root, const char *pointer, struct error *err)
{
    cleanup_with(place_done) struct place place = {0};
    if (!find_place(root, pointer, &place, err)) {
        return NULL;
    }
    if (!place.node) {
        missing(err, pointer);
    }
    return place.node;
}

static size_t count_nodes(const cJSON *node)
{
    size_t count = 1;
    for (const cJSON *child = node->child; child; child = child->next) {
        count += count_nodes(child);
    }
    return count;
}

/* One operation, its members looked up. */
struct operation {
    const char *op, *path, *from;
    const cJSON *value;
    size_t *copied;
};

static bool op_add(cJSON **root, const struct operation *op, struct error *err)
{
    return add_at(root, op->path, tree_copy(op->value), err);
}

static bool op_remove(cJSON **root, const struct operation *op, struct error *err)
{
    cJSON *old = take_from(*root, op->path, err);
    cJSON_Delete(old);
    return old != NULL;
}

static bool op_replace(cJSON **root, const struct operation *op, struct error *err)
{
    cleanup_with(place_done) struct place place = {0};
    if (!find_place(*root, op->path, &place, err)) {
        return false;
    }
    if (!place.node) {
        return missing(err, op->path);
    }
    if (!place.parent) {
        cJSON_Delete(*root);
        *root = tree_copy(op->value);
    } else if (cJSON_IsObject(place.parent)) {
        tree_set(place.parent, str_text(&place.key), tree_copy(op->value));
    } else {
        cJSON_ReplaceItemViaPointer(place.parent, place.node, tree_copy(op->value));
    }
    return true;
}

static bool op_move(cJSON **root, const struct operation *op, struct error *err)
{
    size_t len = strlen(op->from);
    if (strncmp(op->path, op->from, len) == 0 && op->path[len] == '/') {
        return error_set(err, ERROR_INVALID, "\"%.120s\" cannot be moved into itself", op->from);
    }
    cJSON *node = take_from(*root, op->from, err);
    return node && add_at(root, op->path, node, err);
}

static bool op_copy(cJSON **root, const struct operation *op, struct error *err)
{
    const cJSON *node = node_at(*root, op->from, err);
    if (!node) {
        return false;
    }
    *op->copied += count_nodes(node);
    if (*op->copied > COPIED_MOST) {
        return error_set(err, ERROR_TOO_LARGE, "the patch copies too much");
    }
    return add_at(root, op->path, tree_copy(node), err);
}

static bool op_test(cJSON **root, const struct operation *op, struct error *err)
{
    const cJSON *node = node_at(*root, op->path, err);
    if (!node) {
        return false;
    }
    return tree_equal(node, op->value) ||
           error_set(err, ERROR_INVALID, "the test at \"%.120s\" of the patch does not hold",
                     op->path);
}

static const struct {
    const char *name;
    bool needs_value, needs_from;
    bool (*run)(cJSON **root, const struct operation *op, struct error *err);
} operations[] = {
    {"add", true, false, op_add},         {"remove", false, false, op_remove},
    {"replace", true, false, op_replace}, {"move", false, true, op_move},
    {"copy", false, true, op_copy},       {"test", true, false, op_test},
};

static bool apply_one(cJSON **target, const cJSON *patch, size_t *copied, struct error *err)
{
    struct operation op = {
        .op = cJSON_GetStringValue(tree_member(patch, "op")),
        .path = cJSON_GetStringValue(tree_member(patch, "path")),
        .from = cJSON_GetStringValue(tree_member(patch, "from")),
        .value = tree_member(patch, "value"),
        .copied = copied,
    };
    for (size_t i = 0; op.op && i < countof(operations); i++) {
        if (strcmp(op.op, operations[i].name) != 0) {
            continue;
        }
        if (!op.path || (operations[i].needs_from && !op.from) ||
            (operations[i].needs_value && !op.value)) {
            return error_set(err, ERROR_BAD_REQUEST, "the operation \"%s\" lacks %s", op.op,
                             !op.path                   ? "its path"
                             : operations[i].needs_from ? "where it takes from"
                                                        : "its value");
        }
        return operations[i].run(target, &op, err);
    }
    return error_set(err, ERROR_BAD_REQUEST, "unknown operation \"%.40s\" in a JSON patch",
                     op.op ? op.op : "");
}

bool patch_apply_json(cJSON **target, const cJSON *patch, struct error *err)
{
    size_t copied = 0;
    if (!cJSON_IsArray(patch)) {
        return error_set(err, ERROR_BAD_REQUEST, "a JSON patch must be a list of operations");
    }
    if (cJSON_GetArraySize(patch) > OPERATIONS_MOST) {
        return error_set(err, ERROR_TOO_LARGE, "a JSON patch has at most %d operations",
                         OPERATIONS_MOST);
    }
    int number = 0;
    for (const cJSON *one = patch->child; one; one = one->next, number++) {
        if (!apply_one(target, one, &copied, err)) {
            return error_wrap(err, "operation %d", number);
        }
    }
    return true;
}
