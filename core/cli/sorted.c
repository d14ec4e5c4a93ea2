/* sorted.c - a document with its members in the order of their names, as kubectl prints them. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/sorted.h"

#include <string.h>

#include "core/base/vec.h"

static int by_key(const void *a, const void *b)
{
    const cJSON *const *left = a, *const *right = b;
    return strcmp((*left)->string, (*right)->string);
}

static void sort_in_place(cJSON *node)
{
    vec(cJSON *) members = {0};
    cJSON *item;
    cJSON_ArrayForEach(item, node)
    {
        sort_in_place(item);
    }
    if (!cJSON_IsObject(node)) {
        return;
    }
    while (node->child != NULL) {
        vec_push(&members, cJSON_DetachItemViaPointer(node, node->child));
    }
    if (members.len > 1) {
        qsort(members.data, members.len, sizeof members.data[0], by_key);
    }
    for (size_t i = 0; i < members.len; i++) {
        /* The detached item keeps its key: no copy of it is made. */
        cJSON_AddItemToArray(node, members.data[i]);
    }
    vec_done(&members);
}

cJSON *tree_sorted(const cJSON *node)
{
    cJSON *copy = tree_copy(node);
    if (copy != NULL) {
        sort_in_place(copy);
    }
    return copy;
}
