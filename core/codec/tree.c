/* tree.c - the JSON tree: read, print, reach into by path, compare. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/tree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/codec/jsonscan.h"

/* Before main, since any cJSON call may come first. Hooks also keep cJSON from realloc(). */
__attribute__((constructor)) static void tree_set_hooks(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = xmalloc, .free_fn = free});
}

void tree_free_at(cJSON **tree)
{
    cJSON_Delete(*tree);
    *tree = NULL;
}

cJSON *tree_parse(const char *text, size_t len, struct error *err)
{
    if (!json_scan(text, len, NULL, NULL, err)) {
        return NULL;
    }
    cJSON *tree = cJSON_ParseWithLength(text, len);
    if (!tree) {
        error_set(err, ERROR_INTERNAL, "JSON that passed the check could not be read");
    }
    return tree;
}

cJSON *tree_parse_own(const char *text, size_t len, struct error *err)
{
    cJSON *tree = cJSON_ParseWithLength(text, len);
    if (!tree) {
        error_set(err, ERROR_INTERNAL, "a stored document could not be read");
    }
    return tree;
}

/* --- printing --- */

static void print_number(struct str *ret, double value)
{
    if (!isfinite(value)) {
        str_add(ret, "null");
        return;
    }
    if (value == floor(value) && fabs(value) <= (double)TREE_INT_MOST) {
        str_addf(ret, "%lld", (long long)value);
        return;
    }
    char text[40];
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value) {
        snprintf(text, sizeof text, "%.17g", value);
    }
    /* The screen sets the user's locale, and with it perhaps a decimal comma. */
    for (char *c = text; *c; c++) {
        if (!strchr("0123456789+-eE.", *c)) {
            *c = '.';
        }
    }
    str_add(ret, text);
}

/* Nearly all texts need no escape, and lists are long. */
static void print_text(struct str *ret, const char *text)
{
    size_t len = 0;
    while (text[len] >= 0x20 && text[len] < 0x7F && text[len] != '"' && text[len] != '\\') {
        len++;
    }
    if (text[len] != '\0') {
        str_add_json(ret, text);
        return;
    }
    str_add_char(ret, '"');
    str_add_bytes(ret, text, len);
    str_add_char(ret, '"');
}

static void print_indent(struct str *ret, bool pretty, int depth)
{
    if (pretty) {
        str_addf(ret, "\n%*s", depth * 4, "");
    }
}

static void print_node(struct str *ret, const cJSON *node, bool pretty, int depth);

static void print_nest(struct str *ret, const cJSON *node, bool pretty, int depth)
{
    bool object = cJSON_IsObject(node);
    str_add_char(ret, object ? '{' : '[');
    for (const cJSON *child = node->child; child; child = child->next) {
        if (child != node->child) {
            str_add_char(ret, ',');
        }
        print_indent(ret, pretty, depth + 1);
        if (object) {
            print_text(ret, child->string);
            str_add(ret, pretty ? ": " : ":");
        }
        print_node(ret, child, pretty, depth + 1);
    }
    if (node->child) {
        print_indent(ret, pretty, depth);
    }
    str_add_char(ret, object ? '}' : ']');
}

static void print_node(struct str *ret, const cJSON *node, bool pretty, int depth)
{
    if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
        print_nest(ret, node, pretty, depth);
    } else if (cJSON_IsString(node)) {
        print_text(ret, node->valuestring);
    } else if (cJSON_IsNumber(node)) {
        print_number(ret, node->valuedouble);
    } else if (cJSON_IsBool(node)) {
        str_add(ret, cJSON_IsTrue(node) ? "true" : "false");
    } else {
        str_add(ret, "null");
    }
}

void tree_print(struct str *ret, const cJSON *node, bool pretty)
{
    print_node(ret, node, pretty, 0);
}

/* --- reaching in --- */

static cJSON *member_of_len(const cJSON *object, const char *key, size_t len)
{
    if (!cJSON_IsObject(object)) {
        return NULL;
    }
    for (cJSON *child = object->child; child; child = child->next) {
        if (strncmp(child->string, key, len) == 0 && child->string[len] == '\0') {
            return child;
        }
    }
    return NULL;
}

cJSON *tree_member(const cJSON *object, const char *key)
{
    return member_of_len(object, key, strlen(key));
}

/* One step of a path: a key of so many bytes, or an index. */
struct step {
    const char *key;
    size_t len;
    int index; /* -1: a key */
};

static bool path_next(const char **path, struct step *ret)
{
    const char *at = *path;
    if (*at == '.') {
        at++;
    }
    if (*at == '\0') {
        return false;
    }
    if (*at == '[') {
        long index = 0;
        for (at++; *at >= '0' && *at <= '9' && index < 100000000; at++) {
            index = index * 10 + (*at - '0');
        }
        if (*at == ']') {
            at++;
        }
        *ret = (struct step){.index = (int)index};
    } else {
        size_t len = strcspn(at, ".[");
        *ret = (struct step){.key = at, .len = len, .index = -1};
        at += len;
    }
    *path = at;
    return true;
}

static cJSON *step_into(const cJSON *node, const struct step *step)
{
    if (step->index < 0) {
        return member_of_len(node, step->key, step->len);
    }
    return cJSON_IsArray(node) ? cJSON_GetArrayItem(node, step->index) : NULL;
}

cJSON *tree_get(const cJSON *root, const char *path)
{
    const cJSON *node = root;
    struct step step;
    while (node && path_next(&path, &step)) {
        node = step_into(node, &step);
    }
    return (cJSON *)node; /* as cJSON's own getters do: const goes in, the node comes out */
}

const char *tree_str(const cJSON *root, const char *path)
{
    return cJSON_GetStringValue(tree_get(root, path));
}

const char *tree_str_or(const cJSON *root, const char *path, const char *otherwise)
{
    const char *text = tree_str(root, path);
    return text ? text : otherwise;
}

bool tree_node_int(const cJSON *node, int64_t *ret)
{
    if (!cJSON_IsNumber(node)) {
        return false;
    }
    /* valueint is clamped to int; the double is exact within 2^53. */
    double value = node->valuedouble;
    if (value != floor(value) || fabs(value) > (double)TREE_INT_MOST) {
        return false;
    }
    *ret = (int64_t)value;
    return true;
}

bool tree_int(const cJSON *root, const char *path, int64_t *ret)
{
    return tree_node_int(tree_get(root, path), ret);
}

int64_t tree_int_or(const cJSON *root, const char *path, int64_t otherwise)
{
    tree_int(root, path, &otherwise);
    return otherwise;
}

bool tree_bool(const cJSON *root, const char *path, bool otherwise)
{
    const cJSON *node = tree_get(root, path);
    return cJSON_IsBool(node) ? cJSON_IsTrue(node) : otherwise;
}

sec_t tree_time(const cJSON *root, const char *path)
{
    const char *text = tree_str(root, path);
    sec_t when;
    return text && stamp_parse_sec(text, &when) ? when : SEC_NONE;
}

/* --- changing --- */

void tree_set(cJSON *object, const char *key, cJSON *value_take)
{
    if (tree_member(object, key)) {
        cJSON_ReplaceItemInObjectCaseSensitive(object, key, value_take);
    } else {
        cJSON_AddItemToObject(object, key, value_take);
    }
}

void tree_set_str(cJSON *object, const char *key, const char *value)
{
    if (value) {
        tree_set(object, key, cJSON_CreateString(value));
    } else {
        tree_drop_member(object, key);
    }
}

void tree_set_int(cJSON *object, const char *key, int64_t value)
{
    tree_set(object, key, cJSON_CreateNumber((double)value));
}

void tree_add(cJSON *array, cJSON *value_take)
{
    cJSON_AddItemToArray(array, value_take);
}

static void set_by_step(cJSON *node, const struct step *step, cJSON *value_take)
{
    autofree char *key = xstrndup(step->key, step->len);
    tree_set(node, key, value_take);
}

/* The node that STEP leads to, made as an object when it is not there. */
static cJSON *step_making(cJSON *node, const struct step *step)
{
    cJSON *found = step_into(node, step);
    if (found && !cJSON_IsNull(found)) {
        return found;
    }
    if (step->index >= 0 || !cJSON_IsObject(node)) {
        return NULL;
    }
    set_by_step(node, step, cJSON_CreateObject());
    return step_into(node, step);
}

bool tree_put(cJSON *root, const char *path, cJSON *value_take)
{
    autotree cJSON *value = value_take;
    cJSON *node = root;
    struct step step, next;
    if (!path_next(&path, &step)) {
        return false;
    }
    while (path_next(&path, &next)) {
        node = step_making(node, &step);
        if (!node) {
            return false;
        }
        step = next;
    }
    if (step.index >= 0) {
        cJSON *old = step_into(node, &step);
        return old && cJSON_ReplaceItemViaPointer(node, old, steal(&value));
    }
    if (!cJSON_IsObject(node)) {
        return false;
    }
    set_by_step(node, &step, steal(&value));
    return true;
}

bool tree_put_str(cJSON *root, const char *path, const char *value)
{
    return value ? tree_put(root, path, cJSON_CreateString(value)) : tree_drop(root, path);
}

bool tree_put_int(cJSON *root, const char *path, int64_t value)
{
    return tree_put(root, path, cJSON_CreateNumber((double)value));
}

bool tree_put_bool(cJSON *root, const char *path, bool value)
{
    return tree_put(root, path, cJSON_CreateBool(value));
}

bool tree_put_time(cJSON *root, const char *path, sec_t when)
{
    char text[STAMP_SIZE];
    return tree_put_str(root, path, when == SEC_NONE ? NULL : stamp_sec(text, when));
}

bool tree_drop(cJSON *root, const char *path)
{
    cJSON *parent = root, *node = root;
    struct step step;
    while (node && path_next(&path, &step)) {
        parent = node;
        node = step_into(node, &step);
    }
    if (!node || node == root) {
        return false;
    }
    cJSON_Delete(cJSON_DetachItemViaPointer(parent, node));
    return true;
}

bool tree_drop_member(cJSON *object, const char *key)
{
    cJSON *node = tree_member(object, key);
    if (!node) {
        return false;
    }
    cJSON_Delete(cJSON_DetachItemViaPointer(object, node));
    return true;
}

/* --- labels and annotations --- */

const char *tree_label(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(tree_member(tree_get(object, "metadata.labels"), key));
}

const char *tree_annotation(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(tree_member(tree_get(object, "metadata.annotations"), key));
}

static void put_in_map(cJSON *object, const char *path, const char *key, const char *value)
{
    cJSON *map = tree_get(object, path);
    if (!value) {
        tree_drop_member(map, key);
        return;
    }
    if (!cJSON_IsObject(map)) {
        if (!tree_put(object, path, cJSON_CreateObject())) {
            return;
        }
        map = tree_get(object, path);
    }
    tree_set_str(map, key, value);
}

void tree_put_label(cJSON *object, const char *key, const char *value)
{
    put_in_map(object, "metadata.labels", key, value);
}

void tree_put_annotation(cJSON *object, const char *key, const char *value)
{
    put_in_map(object, "metadata.annotations", key, value);
}

/* --- whole trees --- */

cJSON *tree_copy(const cJSON *node)
{
    return cJSON_Duplicate(node, true);
}

static bool members_equal(const cJSON *a, const cJSON *b)
{
    if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b)) {
        return false;
    }
    /* Most often the order is the same, too; only else is each key looked for. */
    const cJSON *beside = b->child;
    for (const cJSON *child = a->child; child; child = child->next) {
        const cJSON *other =
            strcmp(child->string, beside->string) == 0 ? beside : tree_member(b, child->string);
        if (!other || !tree_equal(child, other)) {
            return false;
        }
        beside = beside->next;
    }
    return true;
}

static bool elements_equal(const cJSON *a, const cJSON *b)
{
    const cJSON *other = b->child;
    for (const cJSON *child = a->child; child; child = child->next) {
        if (!other || !tree_equal(child, other)) {
            return false;
        }
        other = other->next;
    }
    return !other;
}

bool tree_equal(const cJSON *a, const cJSON *b)
{
    if (!a || !b) {
        return a == b;
    }
    if ((a->type & 0xFF) != (b->type & 0xFF)) {
        return false;
    }
    if (cJSON_IsString(a)) {
        return strcmp(a->valuestring, b->valuestring) == 0;
    }
    if (cJSON_IsNumber(a)) {
        return a->valuedouble == b->valuedouble;
    }
    if (cJSON_IsObject(a)) {
        return members_equal(a, b);
    }
    return !cJSON_IsArray(a) || elements_equal(a, b);
}
