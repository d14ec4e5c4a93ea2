/* fields.c - the form of a document by its field table: wrong types, unknown and double fields. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/fields.h"

#include <assert.h>
#include <string.h>

#include "core/base/map.h"
#include "core/codec/fields_tables.h"

static const struct field_table *const tables[] = {
    [KIND_CRONJOB] = &fields_cronjob, [KIND_JOB] = &fields_job,
    [KIND_POD] = &fields_pod,         [KIND_EVENT] = &fields_event,
    [KIND_RUN] = &fields_run,         [KIND_NAMESPACE] = &fields_namespace,
};
static_assert(countof(tables) == KIND_COUNT, "each kind has a table");

const struct field_table *fields_of(enum kind kind)
{
    return tables[kind];
}

const char *fields_schema_name(enum kind kind)
{
    return tables[kind]->name;
}

const struct field *fields_find(const struct field_table *table, const char *name)
{
    for (size_t i = 0; i < table->len; i++) {
        if (strcmp(table->data[i].name, name) == 0) {
            return &table->data[i];
        }
    }
    return NULL;
}

/* --- the walk --- */

struct check {
    struct str path;
    struct faults *types, *strays; /* either may be NULL */
};

static void check_object(struct check *check, const struct field_table *table, const cJSON *object);

static const char *type_name(const cJSON *node)
{
    return cJSON_IsObject(node)   ? "an object"
           : cJSON_IsArray(node)  ? "a list"
           : cJSON_IsString(node) ? "a string"
           : cJSON_IsNumber(node) ? "a number"
           : cJSON_IsBool(node)   ? "true or false"
                                  : "null";
}

static void wrong_type(struct check *check, const char *wanted, const cJSON *node)
{
    if (check->types) {
        faults_add(check->types, FAULT_UNKNOWN, str_text(&check->path), "must be %s, not %s",
                   wanted, type_name(node));
    }
}

static void check_int(struct check *check, const cJSON *node, bool wide)
{
    int64_t value;
    if (!cJSON_IsNumber(node)) {
        wrong_type(check, "a whole number", node);
    } else if (!tree_node_int(node, &value)) {
        wrong_type(check, "a whole number within 2^53", node);
    } else if (!wide && (value > INT32_MAX || value < INT32_MIN) && check->types) {
        faults_add(check->types, FAULT_UNKNOWN, str_text(&check->path),
                   "must be within 32 bits, that is at most 2147483647");
    }
}

enum element { ELEMENT_TEXT, ELEMENT_INT, ELEMENT_OBJECT };

static void check_list(struct check *check, const cJSON *node, enum element element,
                       const struct field_table *table)
{
    size_t outer = check->path.len, i = 0;
    if (!cJSON_IsArray(node)) {
        wrong_type(check, "a list", node);
        return;
    }
    for (const cJSON *child = node->child; child; child = child->next, i++) {
        str_addf(&check->path, "[%zu]", i);
        if (element == ELEMENT_OBJECT) {
            check_object(check, table, child);
        } else if (element == ELEMENT_INT) {
            check_int(check, child, true);
        } else if (!cJSON_IsString(child)) {
            wrong_type(check, "a string", child);
        }
        str_cut(&check->path, outer);
    }
}

static void check_doubles(struct check *check, const cJSON *object);

/* An object with keys of the user's own: labels, limits. */
static void check_pairs(struct check *check, const cJSON *node, bool numbers)
{
    size_t outer = check->path.len;
    if (!cJSON_IsObject(node)) {
        wrong_type(check, "an object", node);
        return;
    }
    check_doubles(check, node);
    for (const cJSON *child = node->child; child; child = child->next) {
        str_addf(&check->path, ".%s", child->string);
        if (!cJSON_IsString(child) && !cJSON_IsNull(child) && !(numbers && cJSON_IsNumber(child))) {
            wrong_type(check, "a string (put it in quotes)", child);
        }
        str_cut(&check->path, outer);
    }
}

static void check_value(struct check *check, const struct field *field, const cJSON *node)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_TIME:
    case FIELD_NTIME:
    case FIELD_ENUM:
        if (!cJSON_IsString(node)) {
            wrong_type(check, "a string", node);
        }
        break;
    case FIELD_INT:
    case FIELD_OPT_INT: check_int(check, node, field->wide); break;
    case FIELD_BOOL:
        if (!cJSON_IsBool(node)) {
            wrong_type(check, "true or false", node);
        }
        break;
    case FIELD_QUANTITY:
    case FIELD_INT_OR_TEXT:
        if (!cJSON_IsString(node) && !cJSON_IsNumber(node)) {
            wrong_type(check, "a number or a string", node);
        }
        break;
    case FIELD_TEXTS: check_list(check, node, ELEMENT_TEXT, NULL); break;
    case FIELD_INTS: check_list(check, node, ELEMENT_INT, NULL); break;
    case FIELD_LIST: check_list(check, node, ELEMENT_OBJECT, field->table); break;
    case FIELD_PAIRS: check_pairs(check, node, false); break;
    case FIELD_QUANTITIES: check_pairs(check, node, true); break;
    case FIELD_OBJECT: check_object(check, field->table, node); break;
    case FIELD_ANY:
    case FIELD_KIND_COUNT: break;
    }
}

static void add_stray(struct check *check, const char *what)
{
    if (check->strays) {
        faults_add(check->strays, FAULT_UNKNOWN, str_text(&check->path), "%s field \"%s\"", what,
                   str_text(&check->path));
    }
}

static void check_doubles(struct check *check, const cJSON *object)
{
    size_t outer = check->path.len;
    struct map seen = {0};
    for (const cJSON *child = object->child; child; child = child->next) {
        if (map_put(&seen, child->string, check)) {
            str_addf(&check->path, "%s%s", outer ? "." : "", child->string);
            add_stray(check, "duplicate");
            str_cut(&check->path, outer);
        }
    }
    map_done(&seen, NULL);
}

static void check_object(struct check *check, const struct field_table *table, const cJSON *object)
{
    size_t outer = check->path.len;
    if (!cJSON_IsObject(object)) {
        wrong_type(check, "an object", object);
        return;
    }
    check_doubles(check, object);
    for (const cJSON *child = object->child; child; child = child->next) {
        const struct field *field = fields_find(table, child->string);
        str_addf(&check->path, "%s%s", outer ? "." : "", child->string);
        if (!field) {
            add_stray(check, "unknown");
        } else if (!cJSON_IsNull(child)) {
            check_value(check, field, child);
        }
        str_cut(&check->path, outer);
    }
}

void fields_check(enum kind kind, const cJSON *tree, struct faults *types, struct faults *strays)
{
    struct check check = {.types = types, .strays = strays};
    check_object(&check, tables[kind], tree);
    str_done(&check.path);
}
