/* resource.c - get and delete, and what all verbs on resources share. */
/* SPDX-License-Identifier: MIT */
#include "core/api/resource.h"

#include <assert.h>
#include <string.h>

#include "core/api/asked.h"
#include "core/api/discovery.h"
#include "core/api/reply.h"
#include "core/api/server.h"
#include "core/base/stamp.h"
#include "core/codec/decode.h"
#include "core/codec/status.h"
#include "core/control/control.h"
#include "storage/ledger.h"
#include "storage/objects.h"

bool resource_prepare(struct api *api, struct error *err)
{
    static const char name[] = "default";
    char uid[UUID_SIZE];
    struct object_key key = {.kind = KIND_NAMESPACE, .namespace = "", .name = name};
    if (objects_exists(api->store, &key)) {
        return true;
    }
    id_uuid(api->ids, uid);
    autotree cJSON *tree = document_new(KIND_NAMESPACE, NULL, name);
    (void)tree_put_str(tree, "metadata.uid", uid);
    (void)tree_put_time(tree, "metadata.creationTimestamp", clk_now(api->clk));
    (void)tree_put_str(tree, "status.phase", "Active");
    cleanup_with(str_done) struct str text = {0};
    tree_print(&text, tree, false);
    struct object object = {.kind = KIND_NAMESPACE,
                            .namespace = "",
                            .name = name,
                            .uid = uid,
                            .document = str_text(&text),
                            .document_len = text.len};
    return objects_create(api->store, &object, NULL, NULL, err);
}

struct run_search {
    const struct asked *asked;
    struct str *ret;
    bool found;
};

static bool on_found_run(const struct run *run, void *data)
{
    struct run_search *search = data;
    autotree cJSON *tree = run_encode(run);
    tree_print(search->ret, tree, false);
    search->found = true;
    return false;
}

bool resource_find_run(struct request *request, struct str *ret, struct error *err)
{
    struct run_search search = {.ret = ret};
    struct ledger_filter filter = {.namespace = request->ns, .name = request->name, .most = 1};
    if (!ledger_walk(request->api->store, &filter, on_found_run, &search, err)) {
        return false;
    }
    return search.found || status_not_found(err, KIND_RUN, request->name);
}

bool resource_load(struct request *request, struct str *ret, int64_t *ret_version,
                   struct error *err)
{
    if (request->kind == KIND_RUN) {
        return resource_find_run(request, ret, err);
    }
    struct object_key key = {
        .kind = request->kind, .namespace = request->ns ? request->ns : "", .name = request->name};
    return objects_get(request->api->store, &key, ret, ret_version, err);
}

bool resource_dry_run(struct request *request, const char *in_body, bool *ret, struct error *err)
{
    const char *value = uri_param(&request->uri, "dryRun");
    value = value && *value ? value : in_body;
    if (value && *value && !text_same(value, "All")) {
        error_set(err, ERROR_INVALID, "Unsupported value: \"%s\": supported values: \"All\"",
                  value);
        return error_at(err, "dryRun");
    }
    *ret = value && *value;
    return true;
}

void resource_get(struct request *request)
{
    struct error err = {0};
    cleanup_with(asked_done) struct asked asked = {0};
    cleanup_with(str_done) struct str document = {0};
    if (request->sub &&
        !(text_same(request->sub, "status") && kind_info(request->kind)->has_status)) {
        error_set(&err, ERROR_NOT_FOUND, "the server could not find the requested resource");
        reply_error(request, &err);
        return;
    }
    if (!resource_load(request, &document, NULL, &err) || !asked_read(request, &asked, &err)) {
        reply_error_about(request, &err, request->kind, request->name, NULL);
        return;
    }
    if (!asked.table) {
        reply_json(request, 200, &document);
        return;
    }
    struct str body = {0};
    autotree cJSON *tree = tree_parse(document.data, document.len, &err);
    str_add(&body, "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"
                   "{\"resourceVersion\":");
    str_add_json(&body, tree_str_or(tree, "metadata.resourceVersion", ""));
    str_add(&body, "},");
    asked_print_columns(&asked, &body);
    str_add(&body, ",\"rows\":[");
    if (!tree || !asked_print(&asked, NULL, 0, tree, &body, &err)) {
        str_done(&body);
        reply_error(request, &err);
        return;
    }
    str_add(&body, "]}");
    reply_json(request, 200, &body);
}

/* DeleteOptions: the body's, or the query's. */
struct delete_options {
    enum propagation propagation;
    struct opt_int grace_seconds;
    char uid[64]; /* precondition; "" = none */
    int64_t version;
    bool dry_run;
};

static bool read_propagation(const char *text, enum propagation *ret, struct error *err)
{
    static const char *const names[] = {[PROPAGATION_BACKGROUND] = "Background",
                                        [PROPAGATION_FOREGROUND] = "Foreground",
                                        [PROPAGATION_ORPHAN] = "Orphan"};
    for (size_t i = 0; i < countof(names); i++) {
        if (text_same(text, names[i])) {
            *ret = (enum propagation)i;
            return true;
        }
    }
    error_set(err, ERROR_INVALID,
              "Unsupported value: \"%s\": supported values: \"Background\", \"Foreground\", "
              "\"Orphan\"",
              text);
    return error_at(err, "propagationPolicy");
}

static bool read_delete_options(struct request *request, struct delete_options *ret,
                                struct error *err)
{
    const char *policy = uri_param(&request->uri, "propagationPolicy");
    const char *grace = uri_param(&request->uri, "gracePeriodSeconds");
    autotree cJSON *body = NULL;
    if (request->body.len) {
        body = tree_parse(request->body.data, request->body.len, err);
        if (!body) {
            return false;
        }
    }
    *ret = (struct delete_options){.propagation = PROPAGATION_BACKGROUND};
    policy = policy && *policy ? policy : tree_str(body, "propagationPolicy");
    if (policy && *policy && !read_propagation(policy, &ret->propagation, err)) {
        return false;
    }
    if (!policy && tree_bool(body, "orphanDependents", false)) {
        ret->propagation = PROPAGATION_ORPHAN;
    }
    long long seconds = 0;
    int64_t number = 0;
    if (grace && text_int(grace, 0, INT32_MAX, &seconds)) {
        ret->grace_seconds = opt_int_of(seconds);
    } else if (tree_int(body, "gracePeriodSeconds", &number) && number >= 0) {
        ret->grace_seconds = opt_int_of(number);
    }
    (void)text_copy(ret->uid, sizeof ret->uid, tree_str_or(body, "preconditions.uid", ""));
    const char *version = tree_str(body, "preconditions.resourceVersion");
    if (version && !text_int(version, 1, INT64_MAX, &seconds)) {
        return error_set(err, ERROR_BAD_REQUEST, "resourceVersion \"%s\" is not one of ours",
                         version);
    }
    ret->version = version ? seconds : 0;
    return resource_dry_run(request, tree_str(body, "dryRun[0]"), &ret->dry_run, err);
}

/* What lives in a namespace goes with it. */
static bool delete_namespace_content(struct store *store, const char *ns, struct error *err)
{
    static const enum kind kinds[] = {KIND_CRONJOB, KIND_JOB, KIND_POD, KIND_EVENT};
    for (size_t i = 0; i < countof(kinds); i++) {
        struct object_filter filter = {.kind = kinds[i], .namespace = ns};
        struct object_cursor *cursor = objects_cursor_open(store, &filter, NULL, err);
        struct object object;
        enum cursor_result result = cursor ? CURSOR_ROW : CURSOR_FAILED;
        while (result == CURSOR_ROW &&
               (result = objects_cursor_next(cursor, &object, err)) == CURSOR_ROW) {
            struct delete_request request = {
                .key = {.kind = kinds[i], .namespace = ns, .name = object.name}};
            struct error fault = {0};
            /* A dependent may have gone with its owner a moment ago. */
            if (!control_delete(store, &request, NULL, NULL, &fault) &&
                fault.code != ERROR_NOT_FOUND) {
                *err = fault;
                result = CURSOR_FAILED;
            }
        }
        objects_cursor_close(cursor);
        if (result == CURSOR_FAILED) {
            return false;
        }
    }
    return true;
}

static bool delete_one(struct api *api, enum kind kind, const char *ns, const char *name,
                       const struct delete_options *options, struct str *ret_document,
                       bool *ret_gone, struct error *err)
{
    struct delete_request request = {.key = {.kind = kind, .namespace = ns, .name = name},
                                     .propagation = options->propagation,
                                     .version = options->version,
                                     .uid = *options->uid ? options->uid : NULL,
                                     .grace_seconds = options->grace_seconds};
    if (kind == KIND_NAMESPACE) {
        if (text_same(name, "default")) {
            return error_set(err, ERROR_FORBIDDEN,
                             "namespaces \"default\" is forbidden: this namespace may not be "
                             "deleted");
        }
        if (!delete_namespace_content(api->store, name, err)) {
            return false;
        }
    }
    return control_delete(api->store, &request, ret_document, ret_gone, err);
}

void resource_delete(struct request *request)
{
    struct error err = {0};
    struct api *api = request->api;
    struct delete_options options;
    cleanup_with(str_done) struct str document = {0};
    bool gone = false;
    if (!(discovery_verbs(request->kind) & VERB_DELETE)) {
        reply_not_allowed(request);
        return;
    }
    if (!read_delete_options(request, &options, &err) || !store_unit_begin(api->store, &err)) {
        reply_error_about(request, &err, request->kind, request->name, NULL);
        return;
    }
    bool done = delete_one(api, request->kind, request->ns ? request->ns : "", request->name,
                           &options, &document, &gone, &err);
    bool kept = store_unit_end(api->store, done && !options.dry_run, done ? &err : NULL);
    if (!done || (!kept && !options.dry_run)) {
        reply_error_about(request, &err, request->kind, request->name, NULL);
        return;
    }
    if (!gone && !options.dry_run) {
        reply_json(request, 200, &document); /* with its deletionTimestamp */
        return;
    }
    autotree cJSON *tree = tree_parse(document.data, document.len, &err);
    struct status_subject subject = {
        .kind = request->kind, .name = request->name, .uid = tree_str(tree, "metadata.uid")};
    reply_tree(request, 200, status_success(&subject));
}

/* Deletes what SELECTED names, all or nothing. */
static bool delete_matching(struct request *request, const struct asked *asked,
                            const struct delete_options *options, struct error *err)
{
    struct store *store = request->api->store;
    struct object_filter filter = {
        .kind = request->kind, .namespace = asked->ns, .name = asked->name};
    struct object_cursor *cursor = objects_cursor_open(store, &filter, NULL, err);
    struct object object;
    enum cursor_result result = cursor ? CURSOR_ROW : CURSOR_FAILED;
    while (result == CURSOR_ROW &&
           (result = objects_cursor_next(cursor, &object, err)) == CURSOR_ROW) {
        autotree cJSON *tree =
            asked_all(asked) ? NULL : tree_parse(object.document, object.document_len, err);
        if (!asked_all(asked) && !(tree && asked_matches(asked, tree))) {
            continue;
        }
        struct error fault = {0};
        if (!delete_one(request->api, request->kind, object.namespace, object.name, options, NULL,
                        NULL, &fault) &&
            fault.code != ERROR_NOT_FOUND) {
            *err = fault;
            result = CURSOR_FAILED;
        }
    }
    objects_cursor_close(cursor);
    return result == CURSOR_END;
}

void resource_delete_all(struct request *request)
{
    struct error err = {0};
    struct store *store = request->api->store;
    struct delete_options options;
    cleanup_with(asked_done) struct asked asked = {0};
    if (!(discovery_verbs(request->kind) & VERB_DELETE_ALL)) {
        reply_not_allowed(request);
        return;
    }
    if (!asked_read(request, &asked, &err) || !read_delete_options(request, &options, &err) ||
        !store_unit_begin(store, &err)) {
        reply_error(request, &err);
        return;
    }
    bool done = delete_matching(request, &asked, &options, &err);
    bool kept = store_unit_end(store, done && !options.dry_run, done ? &err : NULL);
    if (!done || (!kept && !options.dry_run)) {
        reply_error(request, &err);
        return;
    }
    struct status_subject subject = {.kind = request->kind};
    reply_tree(request, 200, status_success(&subject));
}
