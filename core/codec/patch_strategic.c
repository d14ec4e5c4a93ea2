/* patch_strategic.c - strategic merge patch: lists are merged by the keys of the field tables. */
/* SPDX-License-Identifier: MIT */
/* Kubernetes' strategic-merge-patch: a merge patch, but a list whose field has a merge key is
 * merged element by element, a list of scalars with one as a set, and members that begin with "$"
 * are directives:
 *   $patch: replace | delete | merge         of an object, or of an element of a list
 *   $retainKeys: [names]                     all other members of the target go
 *   $deleteFromPrimitiveList/NAME: [values]  these leave the set NAME
 *   $setElementOrder/NAME: [keys]            the order of the list NAME afterwards */
#include <string.h>

#include "core/base/vec.h"
#include "core/codec/fields.h"
#include "core/codec/patch_kinds.h"

/* Elements are looked for one by one. */
#define LIST_MOST 5000

#define PATCH_KEY "$patch"
#define RETAIN_KEY "$retainKeys"
#define DELETE_PREFIX "$deleteFromPrimitiveList/"
#define ORDER_PREFIX "$setElementOrder/"

static bool merge_object(const struct field_table *table, cJSON *target, const cJSON *patch,
                         struct error *err);

static bool is_directive(const char *key)
{
    return strcmp(key, PATCH_KEY) == 0 || strcmp(key, RETAIN_KEY) == 0 ||
           text_starts(key, DELETE_PREFIX) || text_starts(key, ORDER_PREFIX);
}

static bool says_patch(const cJSON *patch, const char *what)
{
    const char *text = cJSON_GetStringValue(tree_member(patch, PATCH_KEY));
    return text && strcmp(text, what) == 0;
}

static const struct field *find_field(const struct field_table *table, const char *name)
{
    return table ? fields_find(table, name) : NULL;
}

static void clear(cJSON *node)
{
    while (node->child) {
        cJSON_Delete(cJSON_DetachItemViaPointer(node, node->child));
    }
}

/* --- lists --- */

static cJSON *find_element(const cJSON *list, const char *key, const cJSON *value)
{
    for (cJSON *child = list->child; child; child = child->next) {
        if (tree_equal(tree_member(child, key), value)) {
            return child;
        }
    }
    return NULL;
}

static cJSON *find_scalar(const cJSON *list, const cJSON *value)
{
    for (cJSON *child = list->child; child; child = child->next) {
        if (tree_equal(child, value)) {
            return child;
        }
    }
    return NULL;
}

static bool merge_element(const struct field *field, cJSON *target, const cJSON *element,
                          struct error *err)
{
    const cJSON *value = tree_member(element, field->merge_key);
    if (!value) {
        return error_set(err, ERROR_BAD_REQUEST,
                         "an element of %s in the patch does not contain the merge key \"%s\"",
                         field->name, field->merge_key);
    }
    cJSON *old = find_element(target, field->merge_key, value);
    if (says_patch(element, "delete")) {
        if (old) {
            cJSON_Delete(cJSON_DetachItemViaPointer(target, old));
        }
        return true;
    }
    if (!old) {
        old = cJSON_CreateObject();
        tree_add(target, old);
    }
    return merge_object(field->table, old, element, err);
}

static bool merge_list(const struct field *field, cJSON *target, const cJSON *patch,
                       struct error *err)
{
    if (cJSON_GetArraySize(patch) > LIST_MOST || cJSON_GetArraySize(target) > LIST_MOST) {
        return error_set(err, ERROR_TOO_LARGE, "%s has too many elements to be merged",
                         field->name);
    }
    for (const cJSON *child = patch->child; child; child = child->next) {
        /* One element says that the others are the whole new list. */
        if (says_patch(child, "replace") && !tree_member(child, field->merge_key)) {
            clear(target);
        }
    }
    for (const cJSON *child = patch->child; child; child = child->next) {
        if (!*field->merge_key) {
            if (!find_scalar(target, child)) {
                tree_add(target, tree_copy(child));
            }
        } else if (says_patch(child, "replace") && !tree_member(child, field->merge_key)) {
            continue;
        } else if (!merge_element(field, target, child, err)) {
            return false;
        }
    }
    return true;
}

/* --- the order of a list --- */

static int rank_of(const cJSON *order, const struct field *field, const cJSON *element)
{
    bool by_key = field && field->merge_key && *field->merge_key;
    const cJSON *value = by_key ? tree_member(element, field->merge_key) : element;
    int rank = 0;
    for (const cJSON *child = order->child; child; child = child->next, rank++) {
        const cJSON *wanted = by_key ? tree_member(child, field->merge_key) : child;
        if (wanted && tree_equal(wanted, value)) {
            return rank;
        }
    }
    return -1;
}

struct ranked {
    cJSON *node;
    int rank, place; /* -1: not in the order; where it stood */
};

struct ranks {
    struct ranked *data;
    size_t len, capacity;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;
    return (left->rank > right->rank) - (left->rank < right->rank);
}

/* What the order names comes in its order; the rest keeps its place among them. */
static void set_order(cJSON *list, const cJSON *order, const struct field *field)
{
    struct ranks named = {0}, rest = {0};
    for (int place = 0; list->child; place++) {
        cJSON *node = cJSON_DetachItemViaPointer(list, list->child);
        int rank = rank_of(order, field, node);
        vec_push(rank < 0 ? &rest : &named,
                 (struct ranked){.node = node, .rank = rank, .place = place});
    }
    if (named.len > 1) {
        qsort(named.data, named.len, sizeof *named.data, by_rank);
    }
    for (size_t i = 0, k = 0; i < named.len || k < rest.len;) {
        bool from_rest =
            k < rest.len && (i == named.len || rest.data[k].place < named.data[i].place);
        tree_add(list, from_rest ? rest.data[k++].node : named.data[i++].node);
    }
    vec_done(&named);
    vec_done(&rest);
}

/* --- objects --- */

static void retain_keys(cJSON *target, const cJSON *keys)
{
    for (cJSON *child = target->child, *next; child; child = next) {
        next = child->next;
        cJSON *name = cJSON_CreateStringReference(child->string);
        if (!find_scalar(keys, name)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(target, child));
        }
        cJSON_Delete(name);
    }
}

static void delete_values(cJSON *list, const cJSON *values)
{
    for (const cJSON *value = values->child; value; value = value->next) {
        for (cJSON *found; list && (found = find_scalar(list, value));) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, found));
        }
    }
}

static bool merge_member(const struct field *field, cJSON *target, const cJSON *patch,
                         struct error *err)
{
    cJSON *old = tree_member(target, patch->string);
    if (cJSON_IsNull(patch)) {
        tree_drop_member(target, patch->string);
        return true;
    }
    if (cJSON_IsObject(patch)) {
        if (says_patch(patch, "delete")) {
            tree_drop_member(target, patch->string);
            return true;
        }
        if (!cJSON_IsObject(old)) {
            old = cJSON_CreateObject();
            tree_set(target, patch->string, old);
        }
        return merge_object(field ? field->table : NULL, old, patch, err);
    }
    if (cJSON_IsArray(patch) && field && field->merge_key) {
        /* A list of objects that is not looked into is known by its key alone. */
        if (!cJSON_IsArray(old)) {
            old = cJSON_CreateArray();
            tree_set(target, patch->string, old);
        }
        return merge_list(field, old, patch, err);
    }
    tree_set(target, patch->string, tree_copy(patch));
    return true;
}

/* The directives that work before the members, and the one that works after. */
static void before_members(cJSON *target, const cJSON *patch)
{
    const cJSON *retain = tree_member(patch, RETAIN_KEY);
    if (says_patch(patch, "replace")) {
        clear(target);
    }
    if (cJSON_IsArray(retain)) {
        retain_keys(target, retain);
    }
    for (const cJSON *member = patch->child; member; member = member->next) {
        if (text_starts(member->string, DELETE_PREFIX)) {
            delete_values(tree_member(target, member->string + strlen(DELETE_PREFIX)), member);
        }
    }
}

static void after_members(const struct field_table *table, cJSON *target, const cJSON *patch)
{
    for (const cJSON *member = patch->child; member; member = member->next) {
        if (text_starts(member->string, ORDER_PREFIX)) {
            const char *name = member->string + strlen(ORDER_PREFIX);
            cJSON *list = tree_member(target, name);
            if (cJSON_IsArray(list) && cJSON_IsArray(member) &&
                cJSON_GetArraySize(member) <= LIST_MOST) {
                set_order(list, member, find_field(table, name));
            }
        }
    }
}

static bool merge_object(const struct field_table *table, cJSON *target, const cJSON *patch,
                         struct error *err)
{
    before_members(target, patch);
    for (const cJSON *member = patch->child; member; member = member->next) {
        if (!is_directive(member->string) &&
            !merge_member(find_field(table, member->string), target, member, err)) {
            return false;
        }
    }
    after_members(table, target, patch);
    return true;
}

bool patch_apply_strategic(enum kind kind, cJSON *target, const cJSON *patch, struct error *err)
{
    return merge_object(fields_of(kind), target, patch, err);
}
