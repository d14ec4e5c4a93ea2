/* fields_openapi.c - the field tables as schemas of an OpenAPI v3 document. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/codec/fields.h"

static void add_table(const struct field_table *table, cJSON *schemas);

static cJSON *typed(const char *type, const char *format)
{
    cJSON *schema = cJSON_CreateObject();
    tree_set_str(schema, "type", type);
    if (format) {
        tree_set_str(schema, "format", format);
    }
    return schema;
}

static cJSON *list_of(cJSON *items_take)
{
    cJSON *schema = typed("array", NULL);
    tree_set(schema, "items", items_take);
    return schema;
}

static cJSON *map_of(cJSON *values_take)
{
    cJSON *schema = typed("object", NULL);
    tree_set(schema, "additionalProperties", values_take);
    return schema;
}

/* A quantity, or a port: both a number and a text will do. */
static cJSON *number_or_text(void)
{
    cJSON *schema = cJSON_CreateObject(), *choice = cJSON_CreateArray();
    tree_add(choice, typed("string", NULL));
    tree_add(choice, typed("number", NULL));
    tree_set(schema, "oneOf", choice);
    return schema;
}

/* A reference cannot have a description beside it (OpenAPI 3.0), so it stands in an allOf. */
static cJSON *reference(const struct field_table *table)
{
    cJSON *schema = cJSON_CreateObject(), *all = cJSON_CreateArray(), *ref = cJSON_CreateObject();
    autofree char *target = xasprintf("#/components/schemas/%s", table->name);
    tree_set_str(ref, "$ref", target);
    tree_add(all, ref);
    tree_set(schema, "allOf", all);
    return schema;
}

static cJSON *enum_schema(const struct field *field)
{
    cJSON *schema = typed("string", NULL), *names = cJSON_CreateArray();
    for (int i = field->names_from; i < field->names_count; i++) {
        if (*field->names[i]) {
            tree_add(names, cJSON_CreateString(field->names[i]));
        }
    }
    tree_set(schema, "enum", names);
    return schema;
}

static cJSON *value_schema(const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT: return typed("string", NULL);
    case FIELD_INT:
    case FIELD_OPT_INT: return typed("integer", field->wide ? "int64" : "int32");
    case FIELD_BOOL: return typed("boolean", NULL);
    case FIELD_TIME:
    case FIELD_NTIME: return typed("string", "date-time");
    case FIELD_ENUM: return enum_schema(field);
    case FIELD_QUANTITY:
    case FIELD_INT_OR_TEXT: return number_or_text();
    case FIELD_TEXTS: return list_of(typed("string", NULL));
    case FIELD_INTS: return list_of(typed("integer", "int64"));
    case FIELD_PAIRS: return map_of(typed("string", NULL));
    case FIELD_QUANTITIES: return map_of(number_or_text());
    case FIELD_OBJECT: return reference(field->table);
    case FIELD_LIST: return list_of(reference(field->table));
    case FIELD_ANY:
    case FIELD_KIND_COUNT: break;
    }
    cJSON *any = cJSON_CreateObject();
    tree_set(any, "x-kubernetes-preserve-unknown-fields", cJSON_CreateTrue());
    return any;
}

static void set_limit(cJSON *schema, const char *key, struct opt_int limit)
{
    if (limit.set) {
        tree_set_int(schema, key, limit.value);
    }
}

static cJSON *field_schema(const struct field *field)
{
    cJSON *schema = value_schema(field);
    tree_set_str(schema, "description", field->doc);
    if (field->fallback) {
        tree_set(schema, "default", tree_parse(field->fallback, strlen(field->fallback), NULL));
    }
    set_limit(schema, "minimum", field->least);
    set_limit(schema, "maximum", field->most);
    /* kubectl apply works out strategic patches by these. */
    if (field->merge_key) {
        tree_set_str(schema, "x-kubernetes-patch-strategy", "merge");
        if (*field->merge_key) {
            tree_set_str(schema, "x-kubernetes-patch-merge-key", field->merge_key);
        }
    }
    return schema;
}

static void add_table(const struct field_table *table, cJSON *schemas)
{
    if (tree_member(schemas, table->name)) {
        return;
    }
    cJSON *schema = typed("object", NULL);
    cJSON *properties = cJSON_CreateObject(), *required = cJSON_CreateArray();
    tree_set(schemas, table->name, schema);
    tree_set_str(schema, "description", table->doc);
    tree_set(schema, "properties", properties);
    for (size_t i = 0; i < table->len; i++) {
        const struct field *field = &table->data[i];
        cJSON_AddItemToObject(properties, field->name, field_schema(field));
        if (field->required) {
            tree_add(required, cJSON_CreateString(field->name));
        }
        if (field->table) {
            add_table(field->table, schemas);
        }
    }
    if (required->child) {
        tree_set(schema, "required", required);
    } else {
        cJSON_Delete(required);
    }
}

void fields_openapi(enum kind kind, cJSON *schemas)
{
    const struct field_table *table = fields_of(kind);
    const struct kind_info *info = kind_info(kind);
    add_table(table, schemas);
    cJSON *schema = tree_member(schemas, table->name);
    if (tree_member(schema, "x-kubernetes-group-version-kind")) {
        return;
    }
    cJSON *names = cJSON_CreateObject(), *list = cJSON_CreateArray();
    tree_set_str(names, "group", info->group);
    tree_set_str(names, "kind", info->name);
    tree_set_str(names, "version", info->version);
    tree_add(list, names);
    tree_set(schema, "x-kubernetes-group-version-kind", list);
}
