/* status.c - errors to Kubernetes Status objects, and back. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/status.h"

#include <string.h>

/* --- to a Status --- */

static bool has_text(const char *text)
{
    return text && *text;
}

static void add_details(cJSON *status, enum error_code code, const struct status_subject *subject)
{
    if (!subject || (subject->kind == KIND_COUNT && !has_text(subject->name))) {
        return;
    }
    cJSON *details = cJSON_CreateObject();
    if (has_text(subject->name)) {
        tree_set_str(details, "name", subject->name);
    }
    if (subject->kind != KIND_COUNT) {
        const struct kind_info *info = kind_info(subject->kind);
        if (*info->group) {
            tree_set_str(details, "group", info->group);
        }
        /* Kubernetes has the kind here for an Invalid, else the resource. */
        tree_set_str(details, "kind", code == ERROR_INVALID ? info->name : info->plural);
    }
    if (has_text(subject->uid)) {
        tree_set_str(details, "uid", subject->uid);
    }
    tree_set(status, "details", details);
}

static void add_causes(cJSON *status, const struct faults *faults)
{
    cJSON *causes = cJSON_CreateArray();
    for (size_t i = 0; i < faults->count; i++) {
        cJSON *cause = cJSON_CreateObject();
        tree_set_str(cause, "reason", fault_reason(faults->list[i].kind));
        tree_set_str(cause, "message", faults->list[i].message);
        tree_set_str(cause, "field", faults->list[i].path);
        tree_add(causes, cause);
    }
    tree_put(status, "details.causes", causes);
}

static void add_fault(struct str *text, const struct fault *fault)
{
    /* An unknown field's message names its path. */
    bool named = has_text(fault->path) && strstr(fault->message, fault->path);
    str_addf(text, "%s%s%s", named ? "" : fault->path, named || !*fault->path ? "" : ": ",
             fault->message);
}

static void invalid_message(struct str *text, const struct status_subject *subject,
                            const struct faults *faults)
{
    bool kind = subject && subject->kind != KIND_COUNT;
    str_addf(text, "%s \"%s\" is invalid: ", kind ? kind_qualified(subject->kind) : "",
             subject && subject->name ? subject->name : "");
    str_add(text, faults->count > 1 ? "[" : "");
    for (size_t i = 0; i < faults->count; i++) {
        str_add(text, i ? ", " : "");
        add_fault(text, &faults->list[i]);
    }
    str_add(text, faults->count > 1 ? "]" : "");
}

static bool is_stray(const struct fault *fault)
{
    return text_starts(fault->message, "unknown field") ||
           text_starts(fault->message, "duplicate field");
}

static void bad_form_message(struct str *text, const struct status_subject *subject,
                             const struct faults *faults)
{
    if (subject && subject->kind != KIND_COUNT) {
        const struct kind_info *info = kind_info(subject->kind);
        str_addf(text, "%s in version \"%s\" cannot be handled as a %s: ", info->name,
                 info->version, info->name);
    }
    if (is_stray(&faults->list[0])) {
        str_add(text, "strict decoding error: ");
    }
    for (size_t i = 0; i < faults->count; i++) {
        str_add(text, i ? ", " : "");
        add_fault(text, &faults->list[i]);
    }
}

cJSON *status_of_error(const struct error *err, const struct status_subject *subject,
                       const struct faults *faults)
{
    cleanup_with(str_done) struct str message = {0};
    cJSON *status = cJSON_CreateObject();
    bool listed = faults && faults->count > 0;
    if (listed && err->code == ERROR_INVALID) {
        invalid_message(&message, subject, faults);
    } else if (listed) {
        bad_form_message(&message, subject, faults);
    } else {
        char text[sizeof *err];
        error_text(err, text, sizeof text);
        str_add(&message, text);
    }
    tree_set_str(status, "kind", "Status");
    tree_set_str(status, "apiVersion", "v1");
    tree_set(status, "metadata", cJSON_CreateObject());
    tree_set_str(status, "status", "Failure");
    tree_set_str(status, "message", str_text(&message));
    tree_set_str(status, "reason", error_reason(err->code));
    add_details(status, err->code, subject);
    if (listed && err->code == ERROR_INVALID) {
        add_causes(status, faults);
    }
    tree_set_int(status, "code", error_http_status(err->code));
    return status;
}

cJSON *status_success(const struct status_subject *subject)
{
    cJSON *status = cJSON_CreateObject();
    tree_set_str(status, "kind", "Status");
    tree_set_str(status, "apiVersion", "v1");
    tree_set(status, "metadata", cJSON_CreateObject());
    tree_set_str(status, "status", "Success");
    add_details(status, ERROR_NONE, subject);
    return status;
}

bool status_not_found(struct error *err, enum kind kind, const char *name)
{
    return error_set(err, ERROR_NOT_FOUND, "%s \"%.100s\" not found", kind_resource(kind), name);
}

bool status_exists(struct error *err, enum kind kind, const char *name)
{
    return error_set(err, ERROR_EXISTS, "%s \"%.100s\" already exists", kind_resource(kind), name);
}

bool status_conflict(struct error *err, enum kind kind, const char *name)
{
    return error_set(err, ERROR_CONFLICT,
                     "Operation cannot be fulfilled on %s \"%.80s\": the object has been modified; "
                     "please apply your changes to the latest version and try again",
                     kind_resource(kind), name);
}

/* --- from a Status --- */

static enum fault_kind fault_kind_of(const char *reason)
{
    for (int kind = 0; kind < FAULT_KIND_COUNT; kind++) {
        if (strcmp(fault_reason((enum fault_kind)kind), reason) == 0) {
            return (enum fault_kind)kind;
        }
    }
    return FAULT_INVALID;
}

static void take_causes(const cJSON *body, struct faults *faults)
{
    const cJSON *causes = tree_get(body, "details.causes");
    for (const cJSON *cause = causes ? causes->child : NULL; cause; cause = cause->next) {
        size_t count = faults->count;
        /* The message came with its lead-in. */
        faults_add(faults, FAULT_UNKNOWN, tree_str_or(cause, "field", ""), "%s",
                   tree_str_or(cause, "message", ""));
        if (faults->count > count) {
            faults->list[count].kind = fault_kind_of(tree_str_or(cause, "reason", ""));
        }
    }
}

bool status_to_error(const cJSON *body, int http_status, struct error *err,
                     struct faults *ret_faults)
{
    bool is_status = strcmp(tree_str_or(body, "kind", ""), "Status") == 0;
    int64_t code = is_status ? tree_int_or(body, "code", http_status) : http_status;
    const char *reason = is_status ? tree_str_or(body, "reason", "") : "";
    const char *message = is_status ? tree_str(body, "message") : NULL;
    if (ret_faults && is_status) {
        take_causes(body, ret_faults);
    }
    enum error_code found = error_code_from(reason, (int)code);
    if (has_text(message)) {
        return error_set(err, found, "%s", message);
    }
    return error_set(err, found, "the server answered with status %lld", (long long)code);
}
