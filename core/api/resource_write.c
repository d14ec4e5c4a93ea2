/* resource_write.c - create, update and patch: from a body to a stored document. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "core/api/discovery.h"
#include "core/api/reply.h"
#include "core/api/resource.h"
#include "core/api/server.h"
#include "core/codec/decode.h"
#include "core/codec/defaults.h"
#include "core/codec/document.h"
#include "core/codec/fields.h"
#include "core/codec/patch.h"
#include "core/codec/status.h"
#include "core/codec/yaml.h"
#include "core/control/control.h"
#include "core/model/validate.h"
#include "storage/objects.h"

#define GENERATED_SUFFIX 5
#define NAME_TRIES 8

enum field_validation { VALIDATION_WARN, VALIDATION_STRICT, VALIDATION_IGNORE };

/* One write under way. */
struct write {
    struct request *request;
    enum kind kind;
    enum field_validation validation;
    bool dry_run;
    cJSON *old, *new;     /* documents; OLD NULL: a creation */
    int64_t version;      /* expected of the stored one; 0: any */
    struct report report; /* of the new document */
    struct error err;
};

static void write_done(struct write *write)
{
    cJSON_Delete(write->old);
    cJSON_Delete(write->new);
    report_done(&write->report);
}

static const char *write_name(const struct write *write)
{
    const char *name = write->request->name;
    return name ? name : tree_str_or(write->new, "metadata.name", "");
}

/* The reply to a write that failed: with every fault where there are some. */
static void write_refuse(struct write *write)
{
    struct report *report = &write->report;
    const struct faults *faults = NULL;
    if (write->err.code == ERROR_BAD_REQUEST && report->types.count) {
        faults = &report->types;
    } else if (write->err.code == ERROR_BAD_REQUEST && report->strays.count) {
        faults = &report->strays;
    } else if (write->err.code == ERROR_INVALID && report->faults.count) {
        faults = &report->faults;
    }
    reply_error_about(write->request, &write->err, write->kind, write_name(write), faults);
}

static bool read_options(struct write *write)
{
    static const char *const names[] = {
        [VALIDATION_WARN] = "Warn", [VALIDATION_STRICT] = "Strict", [VALIDATION_IGNORE] = "Ignore"};
    const char *value = uri_param(&write->request->uri, "fieldValidation");
    bool known = !value || !*value;
    for (size_t i = 0; i < countof(names) && !known; i++) {
        if (text_same(value, names[i])) {
            write->validation = (enum field_validation)i;
            known = true;
        }
    }
    if (!known) {
        error_set(&write->err, ERROR_INVALID,
                  "Unsupported value: \"%s\": supported values: \"Ignore\", \"Strict\", \"Warn\"",
                  value);
        return error_at(&write->err, "fieldValidation");
    }
    return resource_dry_run(write->request, NULL, &write->dry_run, &write->err);
}

/* The media type alone, without its parameters. */
static bool type_is(const char *content_type, const char *type)
{
    size_t len = strcspn(content_type, "; \t");
    return len == strlen(type) && strncasecmp(content_type, type, len) == 0;
}

/* The body as a tree: JSON (also where no type is given) and YAML. NULL with the reply in place. */
static cJSON *read_body(struct write *write)
{
    struct request *request = write->request;
    const char *type = request->content_type;
    cJSON *tree = NULL;
    if (!*type || type_is(type, REPLY_JSON)) {
        tree = tree_parse(request->body.data ? request->body.data : "", request->body.len,
                          &write->err);
    } else if (type_is(type, "application/yaml") || type_is(type, "application/x-yaml")) {
        tree = yaml_read_one("body", request->body.data ? request->body.data : "",
                             request->body.len, NULL, &write->err);
    } else if (type_is(type, "application/vnd.kubernetes.protobuf")) {
        reply_status(request, 415, "UnsupportedMediaType",
                     "a body in protobuf is not read here yet; use \"kubectl create -f FILE\", "
                     "\"belfry\", or a kubectl before 1.32");
        return NULL;
    } else {
        reply_status(request, 415, "UnsupportedMediaType",
                     "the body of the request was in an unknown format - accepted media types "
                     "include: application/json, application/yaml");
        return NULL;
    }
    if (tree && !cJSON_IsObject(tree)) {
        cJSON_Delete(tree);
        error_set(&write->err, ERROR_BAD_REQUEST, "the body of the request is no JSON object");
        tree = NULL;
    }
    if (!tree) {
        write_refuse(write);
    }
    return tree;
}

/* What the body says of itself must be what the path says. */
static bool check_identity(struct write *write)
{
    const struct kind_info *info = kind_info(write->kind);
    struct request *request = write->request;
    cJSON *tree = write->new;
    const char *api_version = tree_str_or(tree, "apiVersion", info->api_version);
    const char *kind = tree_str_or(tree, "kind", info->name);
    const char *ns = tree_str(tree, "metadata.namespace");
    const char *name = tree_str(tree, "metadata.name");
    if (!text_same(api_version, info->api_version) || !text_same(kind, info->name)) {
        return error_set(&write->err, ERROR_BAD_REQUEST,
                         "the object is a %s of \"%s\", this path takes a %s of \"%s\"", kind,
                         api_version, info->name, info->api_version);
    }
    if (info->namespaced && ns && *ns && !text_same(ns, request->ns)) {
        return error_set(&write->err, ERROR_BAD_REQUEST,
                         "the namespace of the provided object does not match the namespace sent "
                         "on the request");
    }
    if (request->name && name && *name && !text_same(name, request->name)) {
        return error_set(&write->err, ERROR_BAD_REQUEST,
                         "the name of the object (%s) does not match the name on the URL (%s)",
                         name, request->name);
    }
    tree_set_str(tree, "apiVersion", info->api_version);
    tree_set_str(tree, "kind", info->name);
    if (!cJSON_IsObject(tree_member(tree, "metadata"))) {
        tree_set(tree, "metadata", cJSON_CreateObject());
    }
    if (info->namespaced) {
        (void)tree_put_str(tree, "metadata.namespace", request->ns);
    } else {
        (void)tree_drop(tree, "metadata.namespace");
    }
    if (request->name) {
        (void)tree_put_str(tree, "metadata.name", request->name);
    }
    return true;
}

static bool same_fault(const struct fault *a, const struct fault *b)
{
    return text_same(a->path, b->path) && text_same(a->message, b->message);
}

/* Unknown fields that were stored before (under Warn or Ignore) are not this change's fault. */
static bool is_new_stray(const struct write *write, const struct faults *before, size_t i)
{
    for (size_t k = 0; write->old && k < before->count; k++) {
        if (same_fault(&before->list[k], &write->report.strays.list[i])) {
            return false;
        }
    }
    return true;
}

/* Form and content of the new document; warnings go into the reply. */
static bool check_document(struct write *write)
{
    struct report *report = &write->report;
    bool sound = write->old ? document_check_update(write->kind, write->old, write->new, report)
                            : document_check(write->kind, write->new, report);
    if (!sound && report->types.count) {
        return faults_error(&report->types, ERROR_BAD_REQUEST, &write->err);
    }
    cleanup_with(faults_done) struct faults before = {0};
    if (write->old && report->strays.count) {
        fields_check(write->kind, write->old, NULL, &before);
    }
    for (size_t i = 0; i < report->strays.count && write->validation != VALIDATION_IGNORE; i++) {
        if (!is_new_stray(write, &before, i)) {
            continue;
        }
        if (write->validation == VALIDATION_STRICT) {
            return faults_error(&report->strays, ERROR_BAD_REQUEST, &write->err);
        }
        reply_warning(write->request, "%s", report->strays.list[i].message);
    }
    if (!sound) {
        return faults_error(&report->faults, ERROR_INVALID, &write->err);
    }
    for (size_t i = 0; i < report->warnings.count; i++) {
        const struct fault *warning = &report->warnings.list[i];
        if (warning->path && *warning->path) {
            reply_warning(write->request, "%s: %s", warning->path, warning->message);
        } else {
            reply_warning(write->request, "%s", warning->message);
        }
    }
    return true;
}

/* Puts the new document into the store, in a unit that dryRun undoes. */
static bool keep_document(struct write *write, struct str *ret)
{
    struct store *store = write->request->api->store;
    cleanup_with(str_done) struct str text = {0};
    struct meta meta;
    meta_decode(write->new, &meta);
    const struct owner *owner = meta_controller(&meta);
    tree_print(&text, write->new, false);
    struct object object = {.kind = write->kind,
                            .namespace = kind_info(write->kind)->namespaced ? meta.ns : "",
                            .name = meta.name,
                            .uid = meta.uid,
                            .owner_uid = owner ? owner->uid : NULL,
                            .version = write->version,
                            .document = text.data,
                            .document_len = text.len};
    struct object_key key = {
        .kind = object.kind, .namespace = object.namespace, .name = object.name};
    bool done = store_unit_begin(store, &write->err);
    if (done) {
        done = write->old ? objects_update(store, &object, ret, NULL, &write->err)
                          : objects_create(store, &object, ret, NULL, &write->err);
        if (done && write->old && meta.deletion != SEC_NONE) {
            done = control_finish_deletion(store, &key, NULL, &write->err);
        }
        bool ended = store_unit_end(store, done && !write->dry_run, done ? &write->err : NULL);
        done = done && (ended || write->dry_run);
    }
    meta_done(&meta);
    return done;
}

static void write_reply(struct write *write, int status)
{
    struct str document = {0};
    if (!check_document(write) || !keep_document(write, &document)) {
        str_done(&document);
        write_refuse(write);
        return;
    }
    reply_json(write->request, status, &document);
}

/* What the server alone says about an object. */
static void stamp_new(struct write *write)
{
    struct api *api = write->request->api;
    cJSON *tree = write->new;
    static const char *const servers[] = {"metadata.resourceVersion",
                                          "metadata.selfLink",
                                          "metadata.managedFields",
                                          "metadata.deletionTimestamp",
                                          "metadata.deletionGracePeriodSeconds",
                                          "metadata.generation"};
    char uid[UUID_SIZE];
    for (size_t i = 0; i < countof(servers); i++) {
        (void)tree_drop(tree, servers[i]);
    }
    id_uuid(api->ids, uid);
    (void)tree_put_str(tree, "metadata.uid", uid);
    (void)tree_put_time(tree, "metadata.creationTimestamp", clk_now(api->clk));
    if (kind_info(write->kind)->has_spec) {
        (void)tree_put_int(tree, "metadata.generation", 1);
    }
    if (kind_info(write->kind)->has_status) {
        tree_set(tree, "status", cJSON_CreateObject());
    }
    if (write->kind == KIND_NAMESPACE) {
        (void)tree_put_str(tree, "status.phase", "Active");
    }
}

/* generateName: a name that is free. Another one may take it only after this turn. */
static void generate_name(struct write *write)
{
    struct api *api = write->request->api;
    const char *prefix = tree_str(write->new, "metadata.generateName");
    const char *name = tree_str(write->new, "metadata.name");
    if (!prefix || !*prefix || (name && *name)) {
        return;
    }
    for (int i = 0; i < NAME_TRIES; i++) {
        char suffix[GENERATED_SUFFIX + 1];
        id_suffix(api->ids, suffix, GENERATED_SUFFIX);
        autofree char *made = xasprintf("%.*s%s", 63 - GENERATED_SUFFIX, prefix, suffix);
        struct object_key key = {.kind = write->kind,
                                 .namespace = write->request->ns ? write->request->ns : "",
                                 .name = made};
        if (!objects_exists(api->store, &key)) {
            (void)tree_put_str(write->new, "metadata.name", made);
            return;
        }
    }
}

static bool check_namespace(struct write *write)
{
    struct object_key key = {.kind = KIND_NAMESPACE, .namespace = "", .name = write->request->ns};
    return !write->request->ns || objects_exists(write->request->api->store, &key) ||
           status_not_found(&write->err, KIND_NAMESPACE, write->request->ns);
}

void resource_create(struct request *request)
{
    cleanup_with(write_done) struct write write = {.request = request, .kind = request->kind};
    if (!(discovery_verbs(request->kind) & VERB_CREATE)) {
        reply_not_allowed(request);
        return;
    }
    if (!read_options(&write)) {
        write_refuse(&write);
        return;
    }
    write.new = read_body(&write);
    if (!write.new) {
        return;
    }
    if (!check_identity(&write) || !check_namespace(&write)) {
        write_refuse(&write);
        return;
    }
    generate_name(&write);
    stamp_new(&write);
    defaults_apply(write.kind, write.new);
    if (write.kind == KIND_JOB) {
        defaults_job_selector(write.new);
    }
    write_reply(&write, 201);
}

/* Reads the stored object into write->old. */
static bool load_old(struct write *write)
{
    cleanup_with(str_done) struct str document = {0};
    if (!resource_load(write->request, &document, &write->version, &write->err)) {
        return false;
    }
    write->old = tree_parse(document.data, document.len, &write->err);
    return write->old != NULL;
}

static void copy_field(cJSON *to, const cJSON *from, const char *path)
{
    cJSON *value = tree_get(from, path);
    if (value) {
        (void)tree_put(to, path, tree_copy(value));
    } else {
        (void)tree_drop(to, path);
    }
}

/* The resourceVersion and uid that a writer gives are what he has read: not these, a conflict. */
static bool check_preconditions(struct write *write)
{
    const char *version = tree_str(write->new, "metadata.resourceVersion");
    const char *uid = tree_str(write->new, "metadata.uid");
    const char *stored = tree_str_or(write->old, "metadata.resourceVersion", "");
    if (version && *version && !text_same(version, stored)) {
        return status_conflict(&write->err, write->kind, write->request->name);
    }
    if (uid && *uid && !text_same(uid, tree_str(write->old, "metadata.uid"))) {
        return error_set(&write->err, ERROR_CONFLICT,
                         "Precondition failed: UID in precondition: %s, UID in object meta: %s",
                         uid, tree_str_or(write->old, "metadata.uid", ""));
    }
    return true;
}

/* Takes from the stored document what this writer may not change: the server's own fields, and of
 * spec and status the one that is not his. */
static void merge_old(struct write *write)
{
    static const char *const servers[] = {"metadata.resourceVersion",
                                          "metadata.uid",
                                          "metadata.creationTimestamp",
                                          "metadata.deletionTimestamp",
                                          "metadata.deletionGracePeriodSeconds",
                                          "metadata.generation"};
    bool of_status = write->request->sub != NULL;
    if (of_status) {
        cJSON *whole = tree_copy(write->old);
        copy_field(whole, write->new, "status");
        cJSON_Delete(write->new);
        write->new = whole;
        return;
    }
    for (size_t i = 0; i < countof(servers); i++) {
        copy_field(write->new, write->old, servers[i]);
    }
    (void)tree_drop(write->new, "metadata.managedFields");
    (void)tree_drop(write->new, "metadata.selfLink");
    if (kind_info(write->kind)->has_status) {
        copy_field(write->new, write->old, "status");
    }
    defaults_apply(write->kind, write->new);
    const cJSON *old_spec = tree_get(write->old, "spec"), *spec = tree_get(write->new, "spec");
    if (kind_info(write->kind)->has_spec && !tree_equal(old_spec, spec)) {
        (void)tree_put_int(write->new, "metadata.generation",
                           tree_int_or(write->old, "metadata.generation", 0) + 1);
    }
}

static bool may_write(struct request *request, enum verb_bit verb)
{
    const struct kind_info *info = kind_info(request->kind);
    bool known = !request->sub || (text_same(request->sub, "status") && info->has_status);
    if (!known || !(discovery_verbs(request->kind) & verb)) {
        reply_not_allowed(request);
        return false;
    }
    return true;
}

void resource_update(struct request *request)
{
    cleanup_with(write_done) struct write write = {.request = request, .kind = request->kind};
    if (!may_write(request, VERB_UPDATE)) {
        return;
    }
    if (!read_options(&write)) {
        write_refuse(&write);
        return;
    }
    write.new = read_body(&write);
    if (!write.new) {
        return;
    }
    if (!check_identity(&write) || !load_old(&write) || !check_preconditions(&write)) {
        write_refuse(&write);
        return;
    }
    merge_old(&write);
    write_reply(&write, 200);
}

static void refuse_patch_type(struct request *request)
{
    cleanup_with(str_done) struct str types = {0};
    for (size_t i = 0; i < PATCH_TYPE_COUNT; i++) {
        str_addf(&types, "%s%s", i ? ", " : "", patch_content_types[i]);
    }
    reply_status(request, 415, "UnsupportedMediaType",
                 "the body of the request was in an unknown format - accepted media types "
                 "include: %s",
                 str_text(&types));
}

static bool apply_patch(struct write *write, enum patch_type type)
{
    struct request *request = write->request;
    autotree cJSON *patch =
        tree_parse(request->body.data ? request->body.data : "", request->body.len, &write->err);
    if (!patch) {
        return error_wrap(&write->err, "error decoding patch");
    }
    if (!load_old(write)) {
        return false;
    }
    write->new = tree_copy(write->old);
    if (!patch_apply(type, write->kind, &write->new, patch, &write->err)) {
        return false;
    }
    if (!cJSON_IsObject(write->new)) {
        return error_set(&write->err, ERROR_INVALID, "the patch leaves no object");
    }
    return check_identity(write) && check_preconditions(write);
}

void resource_patch(struct request *request)
{
    cleanup_with(write_done) struct write write = {.request = request, .kind = request->kind};
    if (!may_write(request, VERB_PATCH)) {
        return;
    }
    enum patch_type type = patch_type_find(request->content_type);
    if (type == PATCH_TYPE_COUNT) {
        refuse_patch_type(request);
        return;
    }
    if (!read_options(&write) || !apply_patch(&write, type)) {
        write_refuse(&write);
        return;
    }
    merge_old(&write);
    write_reply(&write, 200);
}
