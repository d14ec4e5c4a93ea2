/* call.c - typed requests: the paths and bodies of what the front ends ask for. */
/* SPDX-License-Identifier: MIT */
#include "core/client/call.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/model/meta.h"

#define MANUAL_NAME_MOST 50 /* of the CronJob's name in a manual Job's: 63 in all */
#define SUFFIX_LEN 5

void call_path(struct str *path, enum kind kind, const char *ns, const char *name, const char *sub)
{
    const struct kind_info *info = kind_info(kind);
    if (info->group[0] == '\0') {
        str_addf(path, "/api/%s", info->version);
    } else {
        str_addf(path, "/apis/%s/%s", info->group, info->version);
    }
    if (info->namespaced && ns != NULL) {
        str_add(path, "/namespaces/");
        http_escape(path, ns);
    }
    str_addf(path, "/%s", info->plural);
    if (name != NULL) {
        str_add_char(path, '/');
        http_escape(path, name);
    }
    if (sub != NULL) {
        str_addf(path, "/%s", sub);
    }
}

void call_query(struct str *path, const char *key, const char *value)
{
    if (value == NULL) {
        return;
    }
    str_add_char(path, strchr(str_text(path), '?') == NULL ? '?' : '&');
    str_addf(path, "%s=", key);
    http_escape(path, value);
}

static struct http_call *send_to(struct http *http, const char *method, const struct str *path,
                                 const char *type, const struct str *body, http_done_fn *on_done,
                                 void *data)
{
    struct http_request request = {
        .method = method,
        .path = path->data,
        .content_type = type,
        .body = body != NULL ? str_text(body) : NULL,
        .body_len = body != NULL ? body->len : 0,
    };
    return http_send(http, &request, on_done, data);
}

struct http_call *call_get(struct http *http, enum kind kind, const char *ns, const char *name,
                           http_done_fn *on_done, void *data)
{
    cleanup_with(str_done) struct str path = {0};
    call_path(&path, kind, ns, name, NULL);
    return send_to(http, NULL, &path, NULL, NULL, on_done, data);
}

static struct http_call *create(struct http *http, const cJSON *doc, bool dry,
                                http_done_fn *on_done, void *data)
{
    cleanup_with(str_done) struct str path = {0}, body = {0};
    const char *ns = tree_str(doc, "metadata.namespace");
    enum kind kind = kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind"));
    call_path(&path, kind, ns != NULL ? ns : http_context(http)->ns, NULL, NULL);
    call_query(&path, "fieldManager", "belfry");
    call_query(&path, "fieldValidation", "Strict");
    call_query(&path, "dryRun", dry ? "All" : NULL);
    tree_print(&body, doc, false);
    return send_to(http, "POST", &path, "application/json", &body, on_done, data);
}

struct http_call *call_create(struct http *http, const cJSON *doc, http_done_fn *on_done,
                              void *data)
{
    return create(http, doc, false, on_done, data);
}

struct http_call *call_check(struct http *http, const cJSON *doc, http_done_fn *on_done, void *data)
{
    return create(http, doc, true, on_done, data);
}

struct http_call *call_patch(struct http *http, enum kind kind, const char *ns, const char *name,
                             const char *patch, http_done_fn *on_done, void *data)
{
    cleanup_with(str_done) struct str path = {0}, body = {0};
    call_path(&path, kind, ns, name, NULL);
    call_query(&path, "fieldManager", "belfry");
    call_query(&path, "fieldValidation", "Strict");
    str_add(&body, patch);
    return send_to(http, "PATCH", &path, "application/merge-patch+json", &body, on_done, data);
}

struct http_call *call_delete(struct http *http, enum kind kind, const char *ns, const char *name,
                              http_done_fn *on_done, void *data)
{
    cleanup_with(str_done) struct str path = {0}, body = {0};
    call_path(&path, kind, ns, name, NULL);
    str_add(&body, "{\"propagationPolicy\":\"Background\"}");
    return send_to(http, "DELETE", &path, NULL, &body, on_done, data);
}

cJSON *call_manual_job(const cJSON *cronjob, const char *name, struct id_source *ids)
{
    const char *owner = tree_str(cronjob, "metadata.name");
    const char *ns = tree_str(cronjob, "metadata.namespace");
    const char *uid = tree_str(cronjob, "metadata.uid");
    const cJSON *template = tree_get(cronjob, "spec.jobTemplate");
    char suffix[SUFFIX_LEN + 1];
    autofree char *made = NULL;
    if (name == NULL) {
        id_suffix(ids, suffix, SUFFIX_LEN);
        made = xasprintf("%.*s-manual-%s", (int)utf8_cut(owner, strlen(owner), MANUAL_NAME_MOST),
                         owner, suffix);
    }
    cJSON *job = cJSON_CreateObject();
    tree_put_str(job, "apiVersion", "batch/v1");
    tree_put_str(job, "kind", "Job");
    const cJSON *labels = tree_get(template, "metadata.labels");
    const cJSON *annotations = tree_get(template, "metadata.annotations");
    tree_put_str(job, "metadata.name", name != NULL ? name : made);
    if (ns != NULL) {
        tree_put_str(job, "metadata.namespace", ns);
    }
    if (labels != NULL) {
        tree_put(job, "metadata.labels", tree_copy(labels));
    }
    tree_put(job, "metadata.annotations",
             annotations != NULL ? tree_copy(annotations) : cJSON_CreateObject());
    tree_put_annotation(job, ANNOTATION_INSTANTIATE, "manual");
    cJSON *reference = cJSON_CreateObject(), *owners = cJSON_CreateArray();
    tree_put_str(reference, "apiVersion", "batch/v1");
    tree_put_str(reference, "kind", "CronJob");
    tree_put_str(reference, "name", owner);
    tree_put_str(reference, "uid", uid != NULL ? uid : "");
    tree_put_bool(reference, "controller", true);
    cJSON_AddItemToArray(owners, reference);
    tree_put(job, "metadata.ownerReferences", owners);
    const cJSON *spec = tree_get(template, "spec");
    tree_put(job, "spec", spec != NULL ? tree_copy(spec) : cJSON_CreateObject());
    return job;
}

struct http_call *call_force_run(struct http *http, const cJSON *cronjob, struct id_source *ids,
                                 http_done_fn *on_done, void *data)
{
    cJSON *job = call_manual_job(cronjob, NULL, ids);
    struct http_call *call = call_create(http, job, on_done, data);
    cJSON_Delete(job);
    return call;
}

const char *call_suspend_patch(bool suspend)
{
    return suspend ? "{\"spec\":{\"suspend\":true}}"
                   : "{\"spec\":{\"suspend\":false},"
                     "\"metadata\":{\"annotations\":{\"" ANNOTATION_DRAFT "\":null}}}";
}

struct http_call *call_suspend(struct http *http, const char *ns, const char *cronjob, bool suspend,
                               http_done_fn *on_done, void *data)
{
    return call_patch(http, KIND_CRONJOB, ns, cronjob, call_suspend_patch(suspend), on_done, data);
}
