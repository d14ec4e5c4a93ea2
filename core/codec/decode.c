/* decode.c - documents to typed views, and views to documents. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/decode.h"

#include <string.h>

#include "core/codec/fields_tables.h"

/* True when the document may be decoded as KIND: it says so, or does not say. */
static bool check_kind(const cJSON *document, enum kind kind, struct error *err)
{
    const char *name = kind_info(kind)->name;
    if (!cJSON_IsObject(document)) {
        return error_set(err, ERROR_BAD_REQUEST, "a %s must be a JSON object", name);
    }
    /* Items of a typed list do not repeat their kind. */
    const char *says = tree_str(document, "kind");
    return !says || strcmp(says, name) == 0 ||
           error_set(err, ERROR_BAD_REQUEST, "a %s is expected here, this is a \"%.60s\"", name,
                     says);
}

bool cronjob_decode(const cJSON *document, struct cronjob *ret, struct error *err)
{
    bool ok = check_kind(document, KIND_CRONJOB, err);
    fields_decode(&fields_cronjob, ok ? document : NULL, ret);
    return ok;
}

bool job_decode(const cJSON *document, struct job *ret, struct error *err)
{
    bool ok = check_kind(document, KIND_JOB, err);
    fields_decode(&fields_job, ok ? document : NULL, ret);
    return ok;
}

bool pod_decode(const cJSON *document, struct pod *ret, struct error *err)
{
    bool ok = check_kind(document, KIND_POD, err);
    fields_decode(&fields_pod, ok ? document : NULL, ret);
    return ok;
}

bool event_decode(const cJSON *document, struct event *ret, struct error *err)
{
    bool ok = check_kind(document, KIND_EVENT, err);
    fields_decode(&fields_event, ok ? document : NULL, ret);
    return ok;
}

bool run_decode(const cJSON *document, struct run *ret, struct error *err)
{
    bool ok = check_kind(document, KIND_RUN, err);
    fields_decode(&fields_run, ok ? document : NULL, ret);
    if (ok && ret->count == 0) {
        ret->count = 1;
    }
    return ok;
}

void meta_decode(const cJSON *document, struct meta *ret)
{
    fields_decode(&fields_meta, tree_get(document, "metadata"), ret);
}

/* apiVersion and kind first, as in every document people read. */
static cJSON *with_head(enum kind kind, cJSON *body_take)
{
    cJSON *document = cJSON_CreateObject();
    tree_set_str(document, "apiVersion", kind_info(kind)->api_version);
    tree_set_str(document, "kind", kind_info(kind)->name);
    while (body_take->child) {
        cJSON *member = cJSON_DetachItemViaPointer(body_take, body_take->child);
        autofree char *key = xstrdup(member->string);
        cJSON_AddItemToObject(document, key, member);
    }
    cJSON_Delete(body_take);
    return document;
}

cJSON *event_encode(const struct event *event)
{
    cJSON *document = with_head(KIND_EVENT, fields_encode(&fields_event, event));
    tree_set(document, "eventTime", cJSON_CreateNull());
    tree_set_str(document, "reportingComponent", event->component ? event->component : "");
    tree_set_str(document, "reportingInstance", "");
    return document;
}

cJSON *run_encode(const struct run *run)
{
    cleanup_with(str_done) struct str name = {0};
    cJSON *document = with_head(KIND_RUN, fields_encode(&fields_run, run));
    run_name(run, &name);
    tree_put_str(document, "metadata.name", str_text(&name));
    if (run->cronjob_uid) {
        str_clear(&name);
        str_addf(&name, "%s.%lld", run->cronjob_uid, (long long)run->id);
        tree_put_str(document, "metadata.uid", str_text(&name));
    }
    /* What happened first is when the row came to be. */
    sec_t created = time_is_set(run->slot)    ? run->slot
                    : time_is_set(run->start) ? nsec_to_sec(run->start)
                                              : SEC_NONE;
    tree_put_time(document, "metadata.creationTimestamp", created);
    return document;
}

cJSON *cronjob_status_encode(const struct cronjob_status *status)
{
    return fields_encode(&fields_cronjob_status, status);
}

cJSON *job_status_encode(const struct job_status *status)
{
    return fields_encode(&fields_job_status, status);
}

cJSON *pod_status_encode(const struct pod_status *status)
{
    return fields_encode(&fields_pod_status, status);
}

cJSON *meta_encode(const struct meta *meta)
{
    return fields_encode(&fields_meta, meta);
}

cJSON *owner_encode(const struct owner *owner)
{
    return fields_encode(&fields_owner, owner);
}

cJSON *document_new(enum kind kind, const char *ns, const char *name)
{
    cJSON *document = cJSON_CreateObject();
    tree_set_str(document, "apiVersion", kind_info(kind)->api_version);
    tree_set_str(document, "kind", kind_info(kind)->name);
    tree_put_str(document, "metadata.name", name);
    if (ns) {
        tree_put_str(document, "metadata.namespace", ns);
    }
    return document;
}
