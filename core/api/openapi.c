/* openapi.c - OpenAPI v3 documents of what is served: kubectl validates and explains by them. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "core/api/openapi.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/api/discovery.h"
#include "core/api/reply.h"
#include "core/codec/fields.h"

/* An operation of a path: what kubectl looks up to learn whether the server takes fieldValidation
 * and dryRun. */
static const struct {
    const char *method, *action;
    unsigned verb;
    bool on_object; /* .../{name}; else on the collection */
    bool validates; /* takes fieldValidation and dryRun */
} operations[] = {
    {"get", "list", VERB_LIST, false, false},
    {"post", "post", VERB_CREATE, false, true},
    {"delete", "deletecollection", VERB_DELETE_ALL, false, false},
    {"get", "get", VERB_GET, true, false},
    {"put", "put", VERB_UPDATE, true, true},
    {"patch", "patch", VERB_PATCH, true, true},
    {"delete", "delete", VERB_DELETE, true, false},
};

static cJSON *parameter(const char *name, const char *in)
{
    cJSON *node = cJSON_CreateObject();
    tree_set_str(node, "name", name);
    tree_set_str(node, "in", in);
    if (text_same(in, "path")) {
        tree_put_bool(node, "required", true);
    }
    (void)tree_put_str(node, "schema.type", "string");
    return node;
}

static cJSON *reference(enum kind kind)
{
    cJSON *schema = cJSON_CreateObject();
    autofree char *text = xasprintf("#/components/schemas/%s", fields_schema_name(kind));
    tree_set_str(schema, "$ref", text);
    return schema;
}

static cJSON *media(enum kind kind)
{
    cJSON *content = cJSON_CreateObject(), *json = cJSON_CreateObject();
    tree_set(json, "schema", reference(kind));
    tree_set(content, REPLY_JSON, json);
    return content;
}

static cJSON *operation(enum kind kind, size_t i)
{
    const struct kind_info *info = kind_info(kind);
    cJSON *node = cJSON_CreateObject(), *parameters = cJSON_CreateArray();
    cJSON *type = cJSON_CreateObject(), *ok = cJSON_CreateObject(), *replies = cJSON_CreateObject();
    tree_set_str(node, "x-kubernetes-action", operations[i].action);
    tree_set_str(type, "group", info->group);
    tree_set_str(type, "version", info->version);
    tree_set_str(type, "kind", info->name);
    tree_set(node, "x-kubernetes-group-version-kind", type);
    if (operations[i].validates) {
        cJSON *body = cJSON_CreateObject();
        tree_add(parameters, parameter("dryRun", "query"));
        tree_add(parameters, parameter("fieldManager", "query"));
        tree_add(parameters, parameter("fieldValidation", "query"));
        tree_set(body, "content", media(kind));
        tree_set(node, "requestBody", body);
    }
    tree_set(node, "parameters", parameters);
    tree_set_str(ok, "description", "OK");
    tree_set(ok, "content", media(kind));
    tree_set(replies, "200", ok);
    tree_set(node, "responses", replies);
    return node;
}

static void add_path(cJSON *paths, enum kind kind, bool on_object)
{
    const struct kind_info *info = kind_info(kind);
    autofree char *path =
        xasprintf("/%s/%s%s/%s%s", *info->group ? "apis" : "api", info->api_version,
                  info->namespaced ? "/namespaces/{namespace}" : "", info->plural,
                  on_object ? "/{name}" : "");
    cJSON *node = cJSON_CreateObject(), *parameters = cJSON_CreateArray();
    for (size_t i = 0; i < countof(operations); i++) {
        if (operations[i].on_object == on_object && (discovery_verbs(kind) & operations[i].verb)) {
            tree_set(node, operations[i].method, operation(kind, i));
        }
    }
    if (on_object) {
        tree_add(parameters, parameter("name", "path"));
    }
    if (info->namespaced) {
        tree_add(parameters, parameter("namespace", "path"));
    }
    tree_set(node, "parameters", parameters);
    tree_set(paths, path, node);
}

/* kubectl explain and its validation find a schema by this mark. */
static void mark_kind(cJSON *schemas, enum kind kind)
{
    const struct kind_info *info = kind_info(kind);
    cJSON *schema = tree_member(schemas, fields_schema_name(kind));
    if (!schema) {
        return;
    }
    cJSON *types = cJSON_CreateArray(), *type = cJSON_CreateObject();
    tree_set_str(type, "group", info->group);
    tree_set_str(type, "version", info->version);
    tree_set_str(type, "kind", info->name);
    tree_add(types, type);
    tree_set(schema, "x-kubernetes-group-version-kind", types);
}

static cJSON *document(const char *group, const char *version)
{
    cJSON *root = cJSON_CreateObject(), *paths = cJSON_CreateObject();
    cJSON *schemas = cJSON_CreateObject(), *components = cJSON_CreateObject();
    tree_set_str(root, "openapi", "3.0.0");
    (void)tree_put_str(root, "info.title", "belfry");
    (void)tree_put_str(root, "info.version", PACKAGE_VERSION);
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        const struct kind_info *info = kind_info(kind);
        if (text_same(info->group, group) && text_same(info->version, version)) {
            add_path(paths, kind, false);
            add_path(paths, kind, true);
            fields_openapi(kind, schemas);
            mark_kind(schemas, kind);
        }
    }
    tree_set(root, "paths", paths);
    tree_set(components, "schemas", schemas);
    tree_set(root, "components", components);
    return root;
}

static uint64_t text_hash(const struct str *text)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < text->len; i++) {
        hash = (hash ^ (unsigned char)text->data[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

void openapi_index(struct request *request)
{
    static const struct {
        const char *path, *group, *version;
    } documents[] = {
        {"api/v1", "", "v1"}, {"apis/batch/v1", "batch", "v1"}, {"apis/belfry/v1", "belfry", "v1"}};
    struct str body = {0};
    str_add(&body, "{\"paths\":{");
    for (size_t i = 0; i < countof(documents); i++) {
        autotree cJSON *tree = document(documents[i].group, documents[i].version);
        cleanup_with(str_done) struct str text = {0};
        tree_print(&text, tree, false);
        str_addf(&body, "%s\"%s\":{\"serverRelativeURL\":\"/openapi/v3/%s?hash=%016" PRIX64 "\"}",
                 i ? "," : "", documents[i].path, documents[i].path, text_hash(&text));
    }
    str_add(&body, "}}");
    discovery_reply(request, &body, REPLY_JSON);
}

void openapi_group(struct request *request)
{
    if (!discovery_has_group(request->group, request->version)) {
        reply_text(request, 404, "404 page not found\n");
        return;
    }
    struct str body = {0};
    autotree cJSON *tree = document(request->group, request->version);
    tree_print(&body, tree, false);
    if (uri_param(&request->uri, "hash")) {
        reply_header(request, "Cache-Control", "public, immutable");
    }
    discovery_reply(request, &body, REPLY_JSON);
}

/* A field of a protobuf message: its number, wire type 2, length, bytes. All are shorter than what
 * one byte of length can say. */
static void add_field(struct str *message, int number, const char *bytes, size_t len)
{
    assert(len < 128);
    str_add_char(message, (char)(number << 3 | 2));
    str_add_char(message, (char)len);
    str_add_bytes(message, bytes, len);
}

void openapi_v2(struct request *request)
{
    static const char swagger[] = "2.0", title[] = "belfry";
    struct str body = {0};
    if (!strstr(request->accept, "protobuf")) {
        str_addf(&body,
                 "{\"swagger\":\"%s\",\"info\":{\"title\":\"%s\",\"version\":\"%s\"},"
                 "\"paths\":{},\"definitions\":{}}",
                 swagger, title, PACKAGE_VERSION);
        discovery_reply(request, &body, REPLY_JSON);
        return;
    }
    cleanup_with(str_done) struct str info = {0};
    add_field(&info, 1, title, strlen(title));
    add_field(&info, 2, PACKAGE_VERSION, strlen(PACKAGE_VERSION));
    add_field(&body, 1, swagger, strlen(swagger));
    add_field(&body, 2, info.data, info.len);
    discovery_reply(
        request, &body,
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"); /* Go refuses an "@" */
}
