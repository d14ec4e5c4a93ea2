/* cmd_apply.c - belfry apply: creates what is not there, changes what is, as kubectl apply does. */
/* SPDX-License-Identifier: MIT */
/* A change is a merge patch made of three documents: what the file says now, what it said when it
 * was applied last (kept in kubectl's own annotation, so that both tools may take turns), and what
 * is there. Fields that left the file are taken away, fields others have set stay. */
#include <string.h>

#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

struct apply {
    struct session session;
    const char *file, *ns;
    bool dry_run;
};

/* Into PATCH, a merge patch (RFC 7386): what makes LIVE say what WANTED says, and forget what LAST
 * said and WANTED does not. All are objects; LAST and LIVE may be NULL. */
static void patch_make(cJSON *patch, const cJSON *last, const cJSON *wanted, const cJSON *live)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, wanted)
    {
        const cJSON *there = tree_member(live, item->string);
        if (cJSON_IsObject(item) && cJSON_IsObject(there)) {
            cJSON *inner = cJSON_CreateObject();
            patch_make(inner, tree_member(last, item->string), item, there);
            if (inner->child != NULL) {
                tree_set(patch, item->string, inner);
            } else {
                cJSON_Delete(inner);
            }
        } else if (!tree_equal(item, there)) {
            tree_set(patch, item->string, tree_copy(item));
        }
    }
    cJSON_ArrayForEach(item, last)
    {
        if (tree_member(wanted, item->string) == NULL && tree_member(live, item->string) != NULL) {
            tree_set(patch, item->string, cJSON_CreateNull());
        }
    }
}

/* The document as the annotation keeps it: without the annotation itself. */
static void remember(cJSON *doc)
{
    cleanup_with(str_done) struct str text = {0};
    tree_put_annotation(doc, LAST_APPLIED, NULL);
    tree_print(&text, doc, false);
    str_add_char(&text, '\n');
    tree_put_annotation(doc, LAST_APPLIED, str_text(&text));
}

static bool create(struct apply *apply, const cJSON *doc, enum kind kind, bool dry,
                   struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    call_path(&path, kind, apply->session.ctx.ns, NULL, NULL);
    call_query(&path, "fieldManager", "belfry-apply");
    call_query(&path, "fieldValidation", "Strict");
    call_query(&path, "dryRun", dry ? "All" : NULL);
    return session_request(&apply->session, "POST", path.data, doc, NULL, NULL, NULL, err);
}

static bool change(struct apply *apply, const cJSON *doc, const cJSON *live, enum kind kind,
                   bool dry, bool *ret_changed, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    const char *text = tree_annotation(live, LAST_APPLIED);
    autotree cJSON *last = text != NULL ? tree_parse(text, strlen(text), NULL) : NULL;
    autotree cJSON *patch = cJSON_CreateObject();
    patch_make(patch, last, doc, live);
    *ret_changed = patch->child != NULL;
    if (!*ret_changed) {
        return true;
    }
    call_path(&path, kind, apply->session.ctx.ns, tree_str(doc, "metadata.name"), NULL);
    call_query(&path, "fieldManager", "belfry-apply");
    call_query(&path, "fieldValidation", "Strict");
    call_query(&path, "dryRun", dry ? "All" : NULL);
    return session_request(&apply->session, "PATCH", path.data, patch,
                           "application/merge-patch+json", NULL, NULL, err);
}

static bool apply_one(struct apply *apply, const cJSON *source, bool dry, const char **ret_what,
                      struct error *err)
{
    autotree cJSON *live = NULL, *doc = tree_copy(source);
    enum kind kind = kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind"));
    const char *name = tree_str(doc, "metadata.name");
    bool changed;
    if (name == NULL || name[0] == '\0') {
        error_set(err, ERROR_INVALID, "metadata.name: Required value");
        return error_hint(err, "apply finds an object by its name; use create for generateName");
    }
    if (kind_info(kind)->namespaced) {
        const char *ns = tree_str(doc, "metadata.namespace");
        if (apply->ns == NULL && ns != NULL) {
            free(apply->session.ctx.ns);
            apply->session.ctx.ns = xstrdup(ns);
        }
        tree_put_str(doc, "metadata.namespace", apply->session.ctx.ns);
    }
    remember(doc);
    if (session_get(&apply->session, kind, apply->session.ctx.ns, name, &live, err)) {
        bool ok = change(apply, doc, live, kind, dry, &changed, err);
        *ret_what = changed ? "configured" : "unchanged";
        return ok;
    }
    if (err->code != ERROR_NOT_FOUND) {
        return false;
    }
    *ret_what = "created";
    return create(apply, doc, kind, dry, err);
}

/* First every document is tried without effect: a fault in one changes nothing at all. */
static int apply_file(struct apply *apply)
{
    struct error err;
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    if (!documents_read(apply->file, &docs, &err)) {
        return print_error(&err);
    }
    autofree char *ns = xstrdup(apply->session.ctx.ns);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < docs.len; i++) {
            const cJSON *doc = docs.data[i].tree;
            const char *what = "";
            free(apply->session.ctx.ns);
            apply->session.ctx.ns = xstrdup(ns);
            if (!apply_one(apply, doc, round == 0 || apply->dry_run, &what, &err)) {
                return session_fail(&apply->session, apply->file, &docs.data[i].lines, &err);
            }
            if (round == 1) {
                const struct kind_info *info =
                    kind_info(kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind")));
                printf_out("%s%s%s/%s %s%s\n", info->singular, info->group[0] != '\0' ? "." : "",
                           info->group, tree_str_or(doc, "metadata.name", ""), what,
                           apply->dry_run ? " (dry run)" : "");
            }
        }
    }
    return 0;
}

int cmd_apply(char **argv)
{
    struct apply apply = {0};
    const struct opt options[] = {
        {"filename", 'f', OPT_TEXT, &apply.file, "FILE", "YAML or JSON; - is standard input", 0, 0},
        {"dry-run", 0, OPT_FLAG, &apply.dry_run, NULL, "check only, change nothing", 0, 0},
        {"namespace", 'n', OPT_TEXT, &apply.ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("apply", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    if (apply.file == NULL || count > 0) {
        error_set(&err, ERROR_USAGE, "belfry apply takes a file");
        error_hint(&err, "write: belfry apply -f FILE");
        return print_error(&err);
    }
    code = session_open(&apply.session, apply.ns, &err) ? apply_file(&apply) : print_error(&err);
    session_done(&apply.session);
    return code;
}
