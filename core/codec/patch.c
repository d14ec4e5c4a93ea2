/* patch.c - merge patch (RFC 7386), and the way to all three. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/patch.h"

#include <string.h>
#include <strings.h>

#include "core/codec/patch_kinds.h"

const char *const patch_content_types[PATCH_TYPE_COUNT] = {
    [PATCH_MERGE] = "application/merge-patch+json",
    [PATCH_JSON] = "application/json-patch+json",
    [PATCH_STRATEGIC] = "application/strategic-merge-patch+json",
};

enum patch_type patch_type_find(const char *content_type)
{
    size_t len = content_type ? strcspn(content_type, "; \t") : 0;
    for (size_t i = 0; i < PATCH_TYPE_COUNT; i++) {
        if (strlen(patch_content_types[i]) == len &&
            strncasecmp(content_type, patch_content_types[i], len) == 0) {
            return (enum patch_type)i;
        }
    }
    return PATCH_TYPE_COUNT;
}

/* PATCH into OBJECT. */
static void merge_into(cJSON *object, const cJSON *patch)
{
    for (const cJSON *member = patch->child; member; member = member->next) {
        cJSON *old = tree_member(object, member->string);
        if (cJSON_IsNull(member)) {
            tree_drop_member(object, member->string);
        } else if (!cJSON_IsObject(member)) {
            tree_set(object, member->string, tree_copy(member));
        } else {
            if (!cJSON_IsObject(old)) {
                old = cJSON_CreateObject();
                tree_set(object, member->string, old);
            }
            merge_into(old, member);
        }
    }
}

/* A patch may move and copy what was within the limits to where it is not. */
static int height(const cJSON *node)
{
    int most = 0;
    for (const cJSON *child = node->child; child; child = child->next) {
        int below = height(child);
        most = below > most ? below : most;
    }
    return most + (cJSON_IsObject(node) || cJSON_IsArray(node));
}

static bool apply(enum patch_type type, enum kind kind, cJSON **target, const cJSON *patch,
                  struct error *err)
{
    if (type == PATCH_JSON) {
        return patch_apply_json(target, patch, err);
    }
    if (!cJSON_IsObject(patch)) {
        return error_set(err, ERROR_BAD_REQUEST, "a patch of type %s must be an object",
                         patch_content_types[type]);
    }
    if (type == PATCH_STRATEGIC) {
        return patch_apply_strategic(kind, *target, patch, err);
    }
    merge_into(*target, patch);
    return true;
}

bool patch_apply(enum patch_type type, enum kind kind, cJSON **target, const cJSON *patch,
                 struct error *err)
{
    autotree cJSON *copy = tree_copy(*target);
    if (!apply(type, kind, &copy, patch, err)) {
        return false;
    }
    if (!cJSON_IsObject(copy)) {
        return error_set(err, ERROR_INVALID, "the patch leaves no object behind");
    }
    if (height(copy) > TREE_DEPTH_MOST) {
        return error_set(err, ERROR_INVALID, "the patched object is nested too deep");
    }
    cJSON_Delete(*target);
    *target = steal(&copy);
    return true;
}

cJSON *patch_merge_diff(const cJSON *from, const cJSON *to)
{
    cJSON *patch = cJSON_CreateObject();
    for (const cJSON *old = from->child; old; old = old->next) {
        const cJSON *new = tree_member(to, old->string);
        if (!new || (cJSON_IsNull(new) && !cJSON_IsNull(old))) {
            tree_set(patch, old->string, cJSON_CreateNull());
        }
    }
    for (const cJSON *new = to->child; new; new = new->next) {
        const cJSON *old = tree_member(from, new->string);
        if (cJSON_IsNull(new) || tree_equal(old, new)) {
            continue;
        }
        bool nested = cJSON_IsObject(old) && cJSON_IsObject(new);
        tree_set(patch, new->string, nested ? patch_merge_diff(old, new) : tree_copy(new));
    }
    return patch;
}
