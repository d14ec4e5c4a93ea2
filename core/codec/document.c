/* document.c - a document from outside, whole: which kind it is, its form, its content. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/document.h"

#include <stdio.h>
#include <string.h>

#include "core/base/map.h"
#include "core/codec/decode.h"
#include "core/codec/fields.h"
#include "core/model/validate.h"

enum kind document_kind(const cJSON *tree, struct error *err)
{
    const char *version = tree_str_or(tree, "apiVersion", "");
    const char *name = tree_str_or(tree, "kind", "");
    enum kind kind = kind_of(version, name);
    if (kind != KIND_COUNT) {
        return kind;
    }
    if (!cJSON_IsObject(tree)) {
        error_set(err, ERROR_BAD_REQUEST, "an object with apiVersion and kind is expected here");
    } else if (!*name) {
        error_set(err, ERROR_BAD_REQUEST, "Object 'Kind' is missing");
        error_at(err, "kind");
    } else if (!*version) {
        error_set(err, ERROR_BAD_REQUEST, "the apiVersion of this %.60s is missing", name);
        error_at(err, "apiVersion");
    } else {
        error_set(err, ERROR_BAD_REQUEST, "no matches for kind \"%.60s\" in version \"%.60s\"",
                  name, version);
        error_at(err, "kind");
    }
    error_hint(err, "apiVersion: batch/v1 with kind: CronJob or kind: Job");
    return KIND_COUNT;
}

void document_settle(cJSON *tree)
{
    struct map seen = {0};
    for (cJSON *child = tree ? tree->child : NULL; child; child = child->next) {
        cJSON *before = cJSON_IsObject(tree) ? map_put(&seen, child->string, child) : NULL;
        if (before) {
            cJSON_Delete(cJSON_DetachItemViaPointer(tree, before));
        }
        document_settle(child);
    }
    map_done(&seen, NULL);
}

void report_done(struct report *report)
{
    faults_done(&report->types);
    faults_done(&report->strays);
    faults_done(&report->faults);
    faults_done(&report->warnings);
}

/* Content by the rules that no table holds. */
static void validate_views(enum kind kind, const cJSON *tree, struct faults *faults,
                           struct faults *warnings)
{
    if (kind == KIND_CRONJOB) {
        cleanup_with(cronjob_done) struct cronjob cronjob = {0};
        if (cronjob_decode(tree, &cronjob, NULL)) {
            cronjob_validate(&cronjob, faults, warnings);
        }
    } else if (kind == KIND_JOB) {
        cleanup_with(job_done) struct job job = {0};
        if (job_decode(tree, &job, NULL)) {
            job_validate(&job, faults, warnings);
        }
    } else {
        cleanup_with(meta_done) struct meta meta = {0};
        meta_decode(tree, &meta);
        meta_validate(&meta, kind, faults, warnings);
    }
}

/* A field that a table refuses decodes as absent or as zero; what the rules then say of it would
 * be the wrong complaint. */
static void add_new_paths(struct faults *faults, const struct faults *more)
{
    size_t before = faults->count;
    for (size_t i = 0; i < more->count; i++) {
        const struct fault *fault = &more->list[i];
        bool known = false;
        for (size_t k = 0; k < before && !known; k++) {
            known = strcmp(faults->list[k].path, fault->path) == 0;
        }
        size_t count = faults->count;
        if (!known) {
            /* Its message has the lead-in of its kind already. */
            faults_add(faults, FAULT_UNKNOWN, fault->path, "%s", fault->message);
        }
        if (faults->count > count) {
            faults->list[count].kind = fault->kind;
        }
    }
}

bool document_check(enum kind kind, const cJSON *tree, struct report *report)
{
    fields_check(kind, tree, &report->types, &report->strays);
    if (report->types.count > 0) {
        return false;
    }
    cleanup_with(faults_done) struct faults rules = {0};
    fields_limits(kind, tree, &report->faults);
    validate_views(kind, tree, &rules, &report->warnings);
    add_new_paths(&report->faults, &rules);
    fields_ignored(kind, tree, &report->warnings);
    return report->faults.count == 0;
}

bool document_check_update(enum kind kind, const cJSON *old, const cJSON *new,
                           struct report *report)
{
    bool ok = document_check(kind, new, report);
    static const char *const fixed[] = {"metadata.name", "metadata.namespace", "metadata.uid"};
    for (size_t i = 0; i < countof(fixed) && report->types.count == 0; i++) {
        const char *before = tree_str(old, fixed[i]), *after = tree_str(new, fixed[i]);
        if (before && after && strcmp(before, after) != 0) {
            faults_add(&report->faults, FAULT_INVALID, fixed[i], "\"%.80s\": field is immutable",
                       after);
        }
    }
    if (report->types.count == 0) {
        fields_immutable(kind, old, new, &report->faults);
    }
    return ok && report->faults.count == 0;
}

/* --- list filters --- */

static const char *lookup_label(const void *object, const char *key)
{
    return tree_label(object, key);
}

/* Field selectors compare texts; a field that is not there is "", as in Kubernetes. */
struct field_lookup {
    const cJSON *tree;
    char *number; /* room for one as text */
    size_t size;
};

static const char *lookup_field(const void *object, const char *key)
{
    const struct field_lookup *lookup = object;
    if (strcmp(key, "source") == 0) {
        return tree_str_or(lookup->tree, "source.component",
                           tree_str_or(lookup->tree, "reportingComponent", ""));
    }
    if (strcmp(key, "status.successful") == 0) {
        snprintf(lookup->number, lookup->size, "%lld",
                 (long long)tree_int_or(lookup->tree, "status.succeeded", 0));
        return lookup->number;
    }
    const cJSON *node = tree_get(lookup->tree, key);
    if (cJSON_IsBool(node)) {
        return cJSON_IsTrue(node) ? "true" : "false";
    }
    return cJSON_IsString(node) ? node->valuestring : "";
}

bool document_matches(const cJSON *tree, const struct selector *labels,
                      const struct selector *fields)
{
    char number[24];
    struct field_lookup lookup = {.tree = tree, .number = number, .size = sizeof number};
    return (!labels || selector_match(labels, lookup_label, tree)) &&
           (!fields || selector_match(fields, lookup_field, &lookup));
}
