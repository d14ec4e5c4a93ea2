/* fields_content.c - content by the field tables: required, limits, defaults, what stays put. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/codec/fields.h"
#include "core/codec/fields_tables.h"
#include "core/model/quantity.h"

/* All of these run on documents of the right form (fields_check); they pass over what is not. */

struct walk {
    struct str path;
    struct faults *faults;
};

static size_t enter(struct walk *walk, const char *name)
{
    size_t outer = walk->path.len;
    str_addf(&walk->path, "%s%s", outer ? "." : "", name);
    return outer;
}

static bool is_empty(const cJSON *node)
{
    return !node || cJSON_IsNull(node) || (cJSON_IsString(node) && *node->valuestring == '\0') ||
           ((cJSON_IsObject(node) || cJSON_IsArray(node)) && !node->child);
}

typedef void walk_fn(struct walk *walk, const struct field *field, const cJSON *node);

/* FN for every field of the table, there or not (NODE NULL), then for those below. */
static void walk_fields(struct walk *walk, const struct field_table *table, const cJSON *object,
                        walk_fn *fn)
{
    for (size_t i = 0; i < table->len; i++) {
        const struct field *field = &table->data[i];
        const cJSON *node = tree_member(object, field->name);
        size_t outer = enter(walk, field->name);
        node = cJSON_IsNull(node) ? NULL : node;
        fn(walk, field, node);
        if (field->kind == FIELD_OBJECT && cJSON_IsObject(node)) {
            walk_fields(walk, field->table, node, fn);
        } else if (field->kind == FIELD_LIST && cJSON_IsArray(node)) {
            size_t index = 0, list = walk->path.len;
            for (const cJSON *child = node->child; child; child = child->next) {
                str_addf(&walk->path, "[%zu]", index++);
                walk_fields(walk, field->table, child, fn);
                str_cut(&walk->path, list);
            }
        }
        str_cut(&walk->path, outer);
    }
}

/* --- limits --- */

static void check_enum(struct walk *walk, const struct field *field, const char *text)
{
    cleanup_with(str_done) struct str names = {0};
    for (int i = 0; i < field->names_count; i++) {
        if (strcmp(field->names[i], text) == 0) {
            return;
        }
        if (i >= field->names_from && *field->names[i]) {
            str_addf(&names, "%s\"%s\"", names.len ? ", " : "", field->names[i]);
        }
    }
    faults_add(walk->faults, FAULT_UNSUPPORTED, str_text(&walk->path),
               "\"%.100s\": supported values: %s", text, str_text(&names));
}

static void check_range(struct walk *walk, const struct field *field, int64_t value)
{
    const char *path = str_text(&walk->path);
    bool low = field->least.set && value < field->least.value;
    bool high = field->most.set && value > field->most.value;
    if ((low || high) && field->most.set) {
        faults_add(walk->faults, FAULT_INVALID, path, "%lld: must be between %lld and %lld",
                   (long long)value, (long long)field->least.value, (long long)field->most.value);
    } else if (low) {
        faults_add(walk->faults, FAULT_INVALID, path, "%lld: must be greater than or equal to %lld",
                   (long long)value, (long long)field->least.value);
    }
}

static void check_quantity(struct walk *walk, const cJSON *node)
{
    int64_t amount;
    if (cJSON_IsString(node) && !quantity_milli(node->valuestring, &amount) &&
        !quantity_units(node->valuestring, &amount)) {
        faults_add(walk->faults, FAULT_INVALID, str_text(&walk->path),
                   "\"%.60s\": is no quantity, as 500m, 2 or 64Mi are", node->valuestring);
    } else if (cJSON_IsString(node) && *node->valuestring == '-') {
        faults_add(walk->faults, FAULT_INVALID, str_text(&walk->path),
                   "\"%.60s\": must be greater than or equal to 0", node->valuestring);
    }
}

static void limit_field(struct walk *walk, const struct field *field, const cJSON *node)
{
    int64_t value;
    if (is_empty(node)) {
        /* An empty object is there: what it lacks is said below. */
        if (field->required && !cJSON_IsObject(node)) {
            faults_add(walk->faults, FAULT_REQUIRED, str_text(&walk->path), "%s", "");
        }
        return;
    }
    switch (field->kind) {
    case FIELD_ENUM:
        if (cJSON_IsString(node)) {
            check_enum(walk, field, node->valuestring);
        }
        break;
    case FIELD_INT:
    case FIELD_OPT_INT:
        if (tree_node_int(node, &value)) {
            check_range(walk, field, value);
        }
        break;
    case FIELD_QUANTITY: check_quantity(walk, node); break;
    case FIELD_QUANTITIES:
        for (const cJSON *child = node->child; child; child = child->next) {
            size_t outer = enter(walk, child->string);
            check_quantity(walk, child);
            str_cut(&walk->path, outer);
        }
        break;
    default: break;
    }
}

void fields_limits(enum kind kind, const cJSON *tree, struct faults *faults)
{
    struct walk walk = {.faults = faults};
    walk_fields(&walk, fields_of(kind), tree, limit_field);
    str_done(&walk.path);
}

/* --- ignored --- */

static bool is_fallback(const struct field *field, const cJSON *node)
{
    if (!field->fallback) {
        return false;
    }
    autotree cJSON *fallback = tree_parse(field->fallback, strlen(field->fallback), NULL);
    return tree_equal(fallback, node);
}

static void ignored_field(struct walk *walk, const struct field *field, const cJSON *node)
{
    if (field->ignored && !is_empty(node) && !cJSON_IsFalse(node) && !is_fallback(field, node)) {
        faults_add(walk->faults, FAULT_UNKNOWN, str_text(&walk->path),
                   "is kept, but the local engine does not act on it");
    }
}

void fields_ignored(enum kind kind, const cJSON *tree, struct faults *warnings)
{
    struct walk walk = {.faults = warnings};
    walk_fields(&walk, fields_of(kind), tree, ignored_field);
    str_done(&walk.path);
}

/* --- what stays put --- */

void fields_immutable(enum kind kind, const cJSON *old, const cJSON *new, struct faults *faults)
{
    if (kind != KIND_JOB) {
        return;
    }
    for (size_t i = 0; i < fields_job_spec.len; i++) {
        const struct field *field = &fields_job_spec.data[i];
        const cJSON *before = tree_member(tree_get(old, "spec"), field->name);
        const cJSON *after = tree_member(tree_get(new, "spec"), field->name);
        if (!field->immutable || tree_equal(before, after) ||
            (is_empty(before) && is_empty(after))) {
            continue;
        }
        cleanup_with(str_done) struct str path = {0}, value = {0};
        str_addf(&path, "spec.%s", field->name);
        /* Kubernetes prints the whole template here; a person needs to know which field. */
        if (cJSON_IsNumber(after) || cJSON_IsString(after) || cJSON_IsBool(after)) {
            tree_print(&value, after, false);
            str_add(&value, ": ");
        }
        faults_add(faults, FAULT_INVALID, str_text(&path), "%sfield is immutable",
                   str_text(&value));
    }
}

/* --- defaults --- */

static void text_of_number(cJSON *parent, cJSON *node)
{
    struct str text = {0};
    if (cJSON_IsNumber(node)) {
        tree_print(&text, node, false);
        autofree char *key = xstrdup(node->string);
        tree_set_str(parent, key, str_text(&text));
    }
    str_done(&text);
}

static void default_object(const struct field_table *table, cJSON *object, bool bare);

static void default_field(const struct field *field, cJSON *object, bool bare)
{
    cJSON *node = tree_member(object, field->name);
    /* An empty text stands for "not given" in an enum, as in Kubernetes. */
    bool absent = !node || cJSON_IsNull(node) || (field->kind == FIELD_ENUM && is_empty(node));
    if (absent && field->fallback && !bare) {
        node = tree_parse(field->fallback, strlen(field->fallback), NULL);
        tree_set(object, field->name, node);
    }
    if (field->kind == FIELD_QUANTITY) {
        text_of_number(object, node);
    } else if (field->kind == FIELD_QUANTITIES && cJSON_IsObject(node)) {
        for (cJSON *child = node->child, *next; child; child = next) {
            next = child->next;
            text_of_number(node, child);
        }
    } else if (field->kind == FIELD_OBJECT && cJSON_IsObject(node)) {
        default_object(field->table, node, field->bare);
    } else if (field->kind == FIELD_LIST && cJSON_IsArray(node)) {
        for (cJSON *child = node->child; child; child = child->next) {
            default_object(field->table, child, false);
        }
    }
}

static void default_object(const struct field_table *table, cJSON *object, bool bare)
{
    for (size_t i = 0; cJSON_IsObject(object) && i < table->len; i++) {
        default_field(&table->data[i], object, bare);
    }
}

void fields_default(enum kind kind, cJSON *tree)
{
    default_object(fields_of(kind), tree, false);
}
