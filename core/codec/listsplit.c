/* listsplit.c - `kind: List` taken apart into its items, each with its own lines. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/base/vec.h"
#include "core/codec/yaml.h"
#include "core/model/kind.h"

/* Hands each place below "items[N]" to document N, with the path that begins at the item. */
static void share_lines(const struct lines *lines, struct yaml_doc *items, size_t count)
{
    const char *path;
    void *place;
    for (size_t i = 0; map_each(&lines->places, &i, &path, &place);) {
        char *rest;
        if (!text_starts(path, "items[")) {
            continue;
        }
        unsigned long index = strtoul(path + strlen("items["), &rest, 10);
        if (index < count && *rest == ']') {
            rest += rest[1] == '.' ? 2 : 1;
            map_put(&items[index].lines.places, rest, place);
        }
    }
}

/* "CronJob" for "CronJobList", NULL for a plain List. */
static const char *item_kind(const char *list_kind)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        if (strcmp(kind_info((enum kind)kind)->list_name, list_kind) == 0) {
            return kind_info((enum kind)kind)->name;
        }
    }
    return NULL;
}

static void split_list(struct yaml_doc *doc, struct yaml_docs *ret)
{
    const char *kind = item_kind(tree_str(doc->tree, "kind"));
    const char *version = tree_str(doc->tree, "apiVersion");
    cJSON *items = tree_member(doc->tree, "items");
    size_t first = ret->len;
    while (items->child) {
        struct yaml_doc item = {.tree = cJSON_DetachItemFromArray(items, 0)};
        if (kind && cJSON_IsObject(item.tree)) {
            if (!tree_str(item.tree, "kind")) {
                tree_set_str(item.tree, "kind", kind);
            }
            if (!tree_str(item.tree, "apiVersion")) {
                tree_set_str(item.tree, "apiVersion", version);
            }
        }
        vec_push(ret, item);
    }
    share_lines(&doc->lines, ret->data + first, ret->len - first);
}

void yaml_split_lists(struct yaml_docs *docs)
{
    struct yaml_docs split = {0};
    for (size_t i = 0; i < docs->len; i++) {
        struct yaml_doc *doc = &docs->data[i];
        if (text_ends(tree_str_or(doc->tree, "kind", ""), "List") &&
            cJSON_IsArray(tree_member(doc->tree, "items"))) {
            split_list(doc, &split);
        } else {
            vec_push(&split, *doc);
            *doc = (struct yaml_doc){0};
        }
    }
    yaml_docs_done(docs);
    *docs = split;
}
