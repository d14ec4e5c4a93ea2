/* cmd_delete.c - belfry delete: takes objects away, and returns when they are gone. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"

struct delete
{
    struct session session;
    const char *file, *ns, *cascade;
    bool no_wait, ignore_missing;
};

static bool body_make(const struct delete *delete, cJSON **ret, struct error *err)
{
    static const char *const names[][2] = {
        {"background", "Background"}, {"foreground", "Foreground"}, {"orphan", "Orphan"}};
    for (size_t i = 0; i < countof(names); i++) {
        if (strcmp(delete->cascade, names[i][0]) == 0) {
            *ret = cJSON_CreateObject();
            tree_put_str(*ret, "propagationPolicy", names[i][1]);
            return true;
        }
    }
    error_set(err, ERROR_USAGE, "unknown --cascade \"%s\"", delete->cascade);
    return error_hint(err, "use background, foreground or orphan");
}

struct going {
    const char *uid;
    bool there;
};

/* Gone is: not in the list, deleted, or another object of the same name. */
static bool on_seen(void *data, const char *type, const cJSON *object)
{
    struct going *going = data;
    if (type[0] == '\0') {
        return !going->there;
    }
    if (!text_same(tree_str(object, "metadata.uid"), going->uid)) {
        return false;
    }
    going->there = true;
    return strcmp(type, "DELETED") == 0;
}

static bool delete_one(struct delete *delete, enum kind kind, const char *ns, const char *name,
                       struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    autotree cJSON *body = NULL, *object = NULL;
    if (!body_make(delete, &body, err)) {
        return false;
    }
    if (!session_get(&delete->session, kind, ns, name, &object, err)) {
        return delete->ignore_missing && err->code == ERROR_NOT_FOUND;
    }
    call_path(&path, kind, ns, name, NULL);
    if (!session_request(&delete->session, "DELETE", path.data, body, NULL, NULL, NULL, err)) {
        return delete->ignore_missing && err->code == ERROR_NOT_FOUND;
    }
    const struct kind_info *info = kind_info(kind);
    printf_out("%s%s%s \"%s\" deleted\n", info->singular, info->group[0] != '\0' ? "." : "",
               info->group, name);
    if (delete->no_wait) {
        return true;
    }
    autofree char *fields = xasprintf("metadata.name=%s", name);
    struct going going = {.uid = tree_str(object, "metadata.uid")};
    return session_watch(&delete->session, kind, ns, NULL, fields, on_seen, &going, err);
}

static int delete_file(struct delete *delete)
{
    struct error err;
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    int code = 0;
    if (!documents_read(delete->file, &docs, &err)) {
        return print_error(&err);
    }
    for (size_t i = 0; i < docs.len; i++) {
        const cJSON *doc = docs.data[i].tree;
        const char *ns = tree_str_or(doc, "metadata.namespace", delete->session.ctx.ns);
        enum kind kind = kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind"));
        if (!delete_one(delete, kind, delete->ns != NULL ? delete->ns : ns,
                        tree_str_or(doc, "metadata.name", ""), &err)) {
            code = print_error(&err);
        }
    }
    return code;
}

static int delete_words(struct delete *delete, char **words, size_t count)
{
    struct error err;
    enum kind kind;
    const char *name;
    int code = 0;
    if (delete->file != NULL && count == 0) {
        return delete_file(delete);
    }
    if (delete->file != NULL || count == 0) {
        error_set(&err, ERROR_USAGE, "belfry delete takes TYPE NAME or -f FILE");
        return print_error(&err);
    }
    if (!words_target(&words, &count, &kind, &name, &err)) {
        return print_error(&err);
    }
    if (name == NULL) {
        error_set(&err, ERROR_USAGE, "belfry delete needs a name");
        return print_error(&err);
    }
    do {
        if (!delete_one(delete, kind, delete->session.ctx.ns, name, &err)) {
            code = print_error(&err);
        }
        name = count > 0 ? *words++ : NULL;
        count -= count > 0;
    } while (name != NULL);
    return code;
}

int cmd_delete(char **argv)
{
    struct delete delete = {.cascade = "background"};
    const struct opt options[] = {
        {"filename", 'f', OPT_TEXT, &delete.file, "FILE", "the objects in this file", 0, 0},
        {"cascade", 0, OPT_TEXT, &delete.cascade, "HOW", "background, foreground, orphan", 0, 0},
        {"no-wait", 0, OPT_FLAG, &delete.no_wait, NULL, "return before they are gone", 0, 0},
        {"ignore-not-found", 0, OPT_FLAG, &delete.ignore_missing, NULL, "missing is fine", 0, 0},
        {"namespace", 'n', OPT_TEXT, &delete.ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("delete", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    code = session_open(&delete.session, delete.ns, &err) ? delete_words(&delete, argv, count)
                                                          : print_error(&err);
    session_done(&delete.session);
    return code;
}
