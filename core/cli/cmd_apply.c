/* cmd_apply.c - belfry apply: creates what is not there, changes what is, as kubectl apply does. */
/* SPDX-License-Identifier: MIT */
/* A change is a merge patch made of three documents: what the file says now, what it said when it
 * was applied last (kept in kubectl's own annotation, so that both tools may take turns), and what
 * is there. Fields that left the file are taken away, fields others have set stay. */
#include <string.h>

#include "core/cli/manifest.h"
#include "core/cli/merge.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

struct apply {
    struct session session;
    struct opt_texts files;
    const char *ns, *dry_text;
    enum dry_run dry;
};

/* What the annotation keeps of a document: all but itself. kubectl leaves an empty object. */
static cJSON *bare_copy(const cJSON *doc)
{
    cJSON *bare = tree_copy(doc);
    tree_put_annotation(bare, LAST_APPLIED, NULL);
    const cJSON *annotations = tree_get(bare, "metadata.annotations");
    if (annotations != NULL && annotations->child == NULL) {
        tree_drop(bare, "metadata.annotations");
    }
    return bare;
}

/* Puts the annotation into DOC: TEXT where that says the same already (another tool may order its
 * members otherwise), else DOC itself. */
static void remember(cJSON *doc, const cJSON *last, const char *last_text)
{
    cleanup_with(str_done) struct str text = {0};
    autotree cJSON *bare = bare_copy(doc);
    if (last != NULL && tree_equal(last, bare)) {
        tree_put_annotation(doc, LAST_APPLIED, last_text);
        return;
    }
    tree_print(&text, bare, false);
    str_add_char(&text, '\n');
    tree_put_annotation(doc, LAST_APPLIED, str_text(&text));
}

static bool create(struct apply *apply, cJSON *doc, const struct manifest *at, bool dry,
                   struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    remember(doc, NULL, NULL);
    call_path(&path, at->kind, at->ns, NULL, NULL);
    call_query(&path, "fieldManager", "belfry-apply");
    call_query(&path, "fieldValidation", "Strict");
    call_query(&path, "dryRun", dry ? "All" : NULL);
    return session_request(&apply->session, "POST", path.data, doc, NULL, NULL, NULL, err);
}

static bool change(struct apply *apply, cJSON *doc, const cJSON *live, const struct manifest *at,
                   bool dry, bool *ret_changed, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    const char *text = tree_annotation(live, LAST_APPLIED);
    autotree cJSON *kept = text != NULL ? tree_parse(text, strlen(text), NULL) : NULL;
    autotree cJSON *last = kept != NULL ? bare_copy(kept) : NULL;
    autotree cJSON *patch = cJSON_CreateObject();
    remember(doc, last, text);
    merge_make(patch, last, doc, live);
    *ret_changed = patch->child != NULL;
    if (!*ret_changed) {
        return true;
    }
    call_path(&path, at->kind, at->ns, at->name, NULL);
    call_query(&path, "fieldManager", "belfry-apply");
    call_query(&path, "fieldValidation", "Strict");
    call_query(&path, "dryRun", dry ? "All" : NULL);
    return session_request(&apply->session, "PATCH", path.data, patch,
                           "application/merge-patch+json", NULL, NULL, err);
}

static bool apply_one(struct apply *apply, const struct manifest *at, bool dry,
                      const char **ret_what, struct error *err)
{
    autotree cJSON *live = NULL, *doc = tree_copy(at->doc->tree);
    bool changed;
    if (at->name == NULL) {
        error_set(err, ERROR_INVALID, "metadata.name: Required value");
        return error_hint(err, "apply finds an object by its name; use create for generateName");
    }
    if (at->ns != NULL) {
        tree_put_str(doc, "metadata.namespace", at->ns);
    }
    if (session_get(&apply->session, at->kind, at->ns, at->name, &live, err)) {
        bool ok = change(apply, doc, live, at, dry, &changed, err);
        *ret_what = changed ? "configured" : "unchanged";
        return ok;
    }
    if (err->code != ERROR_NOT_FOUND) {
        return false;
    }
    *ret_what = "created";
    return create(apply, doc, at, dry, err);
}

/* First every document is tried without effect: a fault in one changes nothing at all. */
static int apply_files(struct apply *apply)
{
    struct error err;
    cleanup_with(manifests_done) struct manifests all = {0};
    if (!manifests_read(&all, &apply->files, &apply->session, apply->ns, &err)) {
        return manifests_fail(&all, &apply->session, NULL, &err);
    }
    for (int round = 0; round < 2; round++) {
        bool dry = round == 0 || apply->dry != DRY_RUN_NONE;
        apply->session.quiet = round == 0; /* warnings come once */
        for (size_t i = 0; i < all.len; i++) {
            const struct manifest *at = &all.data[i];
            const char *what = "";
            if (!apply_one(apply, at, dry, &what, &err)) {
                return manifests_fail(&all, &apply->session, at, &err);
            }
            if (round == 1) {
                autofree char *label = object_label(at->kind, at->name);
                printf_out("%s %s%s\n", label, what, dry_run_notes[apply->dry]);
            }
        }
    }
    return 0;
}

int cmd_apply(char **argv)
{
    struct apply apply = {0};
    const struct opt options[] = {
        {"filename", 'f', OPT_TEXTS, &apply.files, "FILE", "YAML or JSON; - is standard input", 0,
         0},
        {"dry-run", 0, OPT_MAYBE, &apply.dry_text, "server", "check only, change nothing", 0, 0},
        {"namespace", 'n', OPT_TEXT, &apply.ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("apply", options, argv, &count, &rest);
    if (code == 0 && (apply.files.len == 0 || count > 0)) {
        error_set(&err, ERROR_USAGE, "belfry apply takes a file");
        error_hint(&err, "write: belfry apply -f FILE");
        code = print_failure(&err);
    }
    if (code == 0) {
        code = dry_run_read(apply.dry_text, &apply.dry, &err) &&
                       session_open(&apply.session, apply.ns, &err)
                   ? apply_files(&apply)
                   : print_failure(&err);
    }
    session_done(&apply.session);
    opt_texts_done(&apply.files);
    return code < 0 ? 0 : code;
}
