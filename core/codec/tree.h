/* tree.h - the JSON tree: read, print, reach into by path, compare. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_TREE_H
#define BELFRY_CORE_CODEC_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/clk.h"
#include "core/base/error.h"
#include "core/base/str.h"

/* cJSON is the tree; these helpers mend its traps: keys are always case-sensitive, integers are
 * exact or refused, its memory comes from the aborting allocator (so cJSON_Create* never gives
 * NULL). Release with cJSON_Delete, or `autotree cJSON *t = ...;`. */
#define autotree cleanup_with(tree_free_at)
void tree_free_at(cJSON **tree);

#define TREE_DEPTH_MOST 64
#define TREE_TEXT_MOST ((size_t)32 << 20) /* bytes; the API caps bodies far lower */
#define TREE_NODES_MOST \
    ((size_t)2 << 20) /* a node costs 64 bytes: a list of ones is cheap to send */
#define TREE_INT_MOST (INT64_C(1) << 53) /* what a double keeps exactly */

/* Reads JSON (RFC 8259), strictly: no trailing bytes, no \u0000, valid UTF-8, no integer beyond
 * 2^53, no number beyond a double, and the limits above. A fault is ERROR_BAD_REQUEST (TOO_LARGE
 * for the limits) with `where` "line L:C". Duplicate keys are kept: fields_check names them. */
must_use cJSON *tree_parse(const char *text, size_t len, struct error *err);
/* Reads what tree_print() has printed (a stored document), without those checks: they cost more than
 * the reading. Text that is no JSON is ERROR_INTERNAL. */
must_use cJSON *tree_parse_own(const char *text, size_t len, struct error *err);
/* Appends NODE as JSON; order kept, integers as integers. PRETTY: indented by four, as kubectl. */
void tree_print(struct str *ret, const cJSON *node, bool pretty);

/* PATH is dotted with indexes, "spec.containers[0].image"; "" is ROOT itself. Keys that hold dots
 * cannot be reached so: tree_member. Everything returned is borrowed, NULL when not there; ROOT
 * may be NULL. JSON null counts as not there in all but tree_get and tree_member. */
cJSON *tree_get(const cJSON *root, const char *path);
cJSON *tree_member(const cJSON *object, const char *key);
const char *tree_str(const cJSON *root, const char *path); /* NULL as well when it is no string */
const char *tree_str_or(const cJSON *root, const char *path, const char *otherwise);
/* A whole number within +-2^53; false (nothing written) when it is not there or something else. */
bool tree_int(const cJSON *root, const char *path, int64_t *ret);
int64_t tree_int_or(const cJSON *root, const char *path, int64_t otherwise);
bool tree_bool(const cJSON *root, const char *path, bool otherwise);
sec_t tree_time(const cJSON *root, const char *path); /* RFC 3339; SEC_NONE */
bool tree_node_int(const cJSON *node, int64_t *ret);  /* the same for a node in hand */

/* These make the objects on the way that are not there yet (not the elements of arrays: an index
 * must exist), and replace what is there. Nothing happens when the way is blocked by a value that
 * is no object: the value is released then, and false returned. */
bool tree_put(cJSON *root, const char *path, cJSON *value_take);
bool tree_put_str(cJSON *root, const char *path, const char *value); /* NULL: tree_drop */
bool tree_put_int(cJSON *root, const char *path, int64_t value);
bool tree_put_bool(cJSON *root, const char *path, bool value);
bool tree_put_time(cJSON *root, const char *path, sec_t when); /* SEC_NONE: tree_drop */
/* One member by its key as it stands, dots and all. */
void tree_set(cJSON *object, const char *key, cJSON *value_take);
void tree_set_str(cJSON *object, const char *key, const char *value);
void tree_set_int(cJSON *object, const char *key, int64_t value);
void tree_add(cJSON *array, cJSON *value_take);
bool tree_drop(cJSON *root, const char *path); /* true when it was there */
bool tree_drop_member(cJSON *object, const char *key);

/* metadata.labels and metadata.annotations by key. VALUE NULL takes the key away. */
const char *tree_label(const cJSON *object, const char *key);
const char *tree_annotation(const cJSON *object, const char *key);
void tree_put_label(cJSON *object, const char *key, const char *value);
void tree_put_annotation(cJSON *object, const char *key, const char *value);

cJSON *tree_copy(const cJSON *node); /* yours; NULL of NULL */
/* Same values: members in any order, numbers by value. Both may be NULL. */
bool tree_equal(const cJSON *a, const cJSON *b);

#endif
