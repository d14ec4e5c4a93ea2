/* manifest.c - the documents of files as the verbs take them: read, checked for form, placed. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/manifest.h"

#include <string.h>

#include "core/base/file.h"
#include "core/base/vec.h"
#include "core/cli/print.h"
#include "core/codec/document.h"
#include "core/codec/fields.h"

void manifests_done(struct manifests *all)
{
    for (size_t i = 0; i < all->file_count; i++) {
        yaml_docs_done(&all->files[i]);
    }
    free(all->files);
    free(all->data);
    *all = (struct manifests){0};
}

/* The scheduler would say the same of unknown fields and wrong types, but not on which line. */
static bool form_check(const struct manifest *at, struct session *session, struct error *err)
{
    cleanup_with(faults_done) struct faults types = {0};
    struct faults *faults = &session->faults;
    faults_done(faults);
    fields_check(at->kind, at->doc->tree, &types, faults);
    for (size_t i = 0; i < types.count; i++) {
        faults_add(faults, FAULT_UNKNOWN, types.list[i].path, "%s", types.list[i].message);
    }
    lines_mark(&at->doc->lines, faults);
    return faults_error(faults, ERROR_BAD_REQUEST, err);
}

/* Where the document itself stands: by its kind, which it nearly always has. */
static bool doc_where(const char *file, const struct yaml_doc *doc, const char *field,
                      struct error *err)
{
    int line = 1, column = 1;
    lines_find(&doc->lines, field, &line, &column);
    return error_at(err, "%s:%d", file, line);
}

static bool doc_place(struct manifest *at, struct session *session, const char *ns,
                      struct error *err)
{
    const cJSON *tree = at->doc->tree;
    const char *own = tree_str(tree, "metadata.namespace");
    const char *name = tree_str(tree, "metadata.name");
    at->kind = document_kind(tree, err);
    if (at->kind == KIND_COUNT) {
        return doc_where(at->file, at->doc, "kind", err);
    }
    if (!form_check(at, session, err)) {
        return false;
    }
    at->name = name != NULL && name[0] != '\0' ? name : NULL;
    if (!kind_info(at->kind)->namespaced) {
        return true;
    }
    if (ns != NULL && own != NULL && strcmp(ns, own) != 0) {
        error_set(err, ERROR_USAGE, "the namespace \"%s\" of the object is not \"%s\"", own, ns);
        error_hint(err, "leave out --namespace, or give --namespace %s", own);
        return doc_where(at->file, at->doc, "metadata.namespace", err);
    }
    at->ns = own != NULL ? own : session->ctx.ns;
    return true;
}

static bool file_take(struct manifests *all, const char *file, struct yaml_docs *docs,
                      struct session *session, const char *ns, struct error *err)
{
    cleanup_with(str_done) struct str text = {0};
    if (!file_read(file, YAML_TEXT_MOST, &text, err) ||
        !yaml_read(file, str_text(&text), text.len, docs, err)) {
        return false;
    }
    yaml_split_lists(docs);
    if (docs->len == 0) {
        error_set(err, ERROR_INVALID, "\"%s\" holds no objects", file);
        return error_hint(err, "write a CronJob or a Job in it");
    }
    for (size_t i = 0; i < docs->len; i++) {
        struct manifest at = {.file = file, .doc = &docs->data[i]};
        if (!doc_place(&at, session, ns, err)) {
            return false;
        }
        vec_push(all, at);
    }
    return true;
}

bool manifests_read(struct manifests *all, const struct opt_texts *files, struct session *session,
                    const char *ns, struct error *err)
{
    all->files = xcalloc(files->len, sizeof *all->files);
    all->file_count = files->len;
    for (size_t i = 0; i < files->len; i++) {
        if (!file_take(all, files->data[i], &all->files[i], session, ns, err)) {
            all->failed = files->data[i];
            return false;
        }
    }
    return true;
}

/* A type fault names its field apart, an unknown field is named in its message. */
static void fault_print(const char *file, const struct fault *fault, enum error_code code)
{
    struct error err;
    if (fault->path[0] == '\0' || strstr(fault->message, fault->path) != NULL) {
        error_set(&err, code, "%s", fault->message);
    } else {
        error_set(&err, code, "%s: %s", fault->path, fault->message);
    }
    if (fault->line > 0) {
        error_at(&err, "%s:%d", file, fault->line);
    } else {
        error_at(&err, "%s", file);
    }
    print_failure(&err);
}

static int fault_order(const void *a, const void *b)
{
    const struct fault *left = a, *right = b;
    return (left->line > right->line) - (left->line < right->line);
}

int manifests_fail(const struct manifests *all, struct session *session, const struct manifest *at,
                   const struct error *err)
{
    const char *file = at != NULL ? at->file : all->failed;
    if (at != NULL) {
        lines_mark(&at->doc->lines, &session->faults);
    }
    if (session->faults.count > 0) { /* in the order in which a person meets them */
        qsort(session->faults.list, session->faults.count, sizeof session->faults.list[0],
              fault_order);
        for (size_t i = 0; i < session->faults.count; i++) {
            fault_print(file, &session->faults.list[i], err->code);
        }
        return error_exit_code(err->code);
    }
    struct error placed = *err;
    bool about_input = err->code == ERROR_INVALID || err->code == ERROR_BAD_REQUEST;
    if (at != NULL && about_input && err->where[0] == '\0') {
        doc_where(file, at->doc, "metadata.name", &placed);
    }
    return print_failure(&placed);
}
