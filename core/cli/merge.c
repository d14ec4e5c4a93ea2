/* merge.c - the merge patch of an apply, made of three documents. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/merge.h"

/* Whether LIVE says all that WANTED says; what it says beyond are defaults, or others' doing. */
static bool covers(const cJSON *live, const cJSON *wanted)
{
    const cJSON *item, *there;
    if (cJSON_IsObject(wanted) && cJSON_IsObject(live)) {
        cJSON_ArrayForEach(item, wanted)
        {
            if (!covers(tree_member(live, item->string), item)) {
                return false;
            }
        }
        return true;
    }
    if (cJSON_IsArray(wanted) && cJSON_IsArray(live)) {
        there = live->child;
        cJSON_ArrayForEach(item, wanted)
        {
            if (there == NULL || !covers(there, item)) {
                return false;
            }
            there = there->next;
        }
        return there == NULL;
    }
    return tree_equal(wanted, live) || (cJSON_IsNull(wanted) && live == NULL);
}

/* A list is sent whole or not at all. LAST tells of what left it since, which covers() cannot. */
static bool same(const cJSON *last, const cJSON *wanted, const cJSON *live)
{
    return covers(live, wanted) &&
           (!cJSON_IsArray(wanted) || last == NULL || tree_equal(last, wanted));
}

void merge_make(cJSON *patch, const cJSON *last, const cJSON *wanted, const cJSON *live)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, wanted)
    {
        const cJSON *there = tree_member(live, item->string);
        if (cJSON_IsObject(item) && cJSON_IsObject(there)) {
            cJSON *inner = cJSON_CreateObject();
            merge_make(inner, tree_member(last, item->string), item, there);
            if (inner->child != NULL) {
                tree_set(patch, item->string, inner);
            } else {
                cJSON_Delete(inner);
            }
        } else if (!same(tree_member(last, item->string), item, there)) {
            tree_set(patch, item->string, tree_copy(item));
        }
    }
    cJSON_ArrayForEach(item, last)
    {
        if (tree_member(wanted, item->string) == NULL && tree_member(live, item->string) != NULL) {
            tree_set(patch, item->string, cJSON_CreateNull());
        }
    }
}
