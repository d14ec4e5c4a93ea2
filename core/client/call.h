/* call.h - typed requests: the paths and bodies of what the front ends ask for. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLIENT_CALL_H
#define BELFRY_CORE_CLIENT_CALL_H

#include <stdbool.h>

#include "core/base/id.h"
#include "core/base/str.h"
#include "core/client/http.h"
#include "core/codec/tree.h"
#include "core/model/kind.h"

/* "/apis/batch/v1/namespaces/NS/cronjobs[/NAME[/SUB]]"; NS NULL: all namespaces; NAME and SUB may
 * be NULL. Escaped; adds to PATH. */
void call_path(struct str *path, enum kind kind, const char *ns, const char *name, const char *sub);
/* Adds "?key=value" or "&key=value", escaped; a NULL value adds nothing. */
void call_query(struct str *path, const char *key, const char *value);

/* Each sends one request; ON_DONE as in http.h. The returned call may be cancelled. */
struct http_call *call_get(struct http *http, enum kind kind, const char *ns, const char *name,
                           http_done_fn *on_done, void *data);
/* Creates DOC (its kind and namespace say where; NULL namespace: the context's), Strict. */
struct http_call *call_create(struct http *http, const cJSON *doc, http_done_fn *on_done,
                              void *data);
/* The same with dryRun=All: validation by the server, nothing kept. */
struct http_call *call_check(struct http *http, const cJSON *doc, http_done_fn *on_done,
                             void *data);
/* Merge patch (RFC 7386) with the JSON text PATCH. */
struct http_call *call_patch(struct http *http, enum kind kind, const char *ns, const char *name,
                             const char *patch, http_done_fn *on_done, void *data);
struct http_call *call_delete(struct http *http, enum kind kind, const char *ns, const char *name,
                              http_done_fn *on_done, void *data);

/* The Job of a force run, as `kubectl create job --from` and SEMANTICS.md section 2 have it: name
 * "<cronjob, cut to 50>-manual-<5 random>", annotation cronjob.kubernetes.io/instantiate: manual,
 * controller ownerReference, the template's labels and annotations. NAME overrides the name. The
 * tree is the caller's. */
cJSON *call_manual_job(const cJSON *cronjob, const char *name, struct id_source *ids);
/* Creates that Job. */
struct http_call *call_force_run(struct http *http, const cJSON *cronjob, struct id_source *ids,
                                 http_done_fn *on_done, void *data);
/* The merge patch that suspends or resumes; resuming a draft makes it a CronJob like any other. */
const char *call_suspend_patch(bool suspend);
/* Sends it. */
struct http_call *call_suspend(struct http *http, const char *ns, const char *cronjob, bool suspend,
                               http_done_fn *on_done, void *data);

#endif
