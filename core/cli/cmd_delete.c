/* cmd_delete.c - belfry delete: takes objects away, and returns when they are gone. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/cli/manifest.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"

struct delete
{
    struct session session;
    struct opt_texts files;
    const char *ns, *cascade;
    bool wait, ignore_missing;
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
        bool gone = !going->there;
        going->there = false;
        return gone;
    }
    if (!text_same(tree_str(object, "metadata.uid"), going->uid)) {
        return false;
    }
    going->there = strcmp(type, "LISTED") == 0;
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
    if (!delete->wait) {
        return true;
    }
    autofree char *fields = xasprintf("metadata.name=%s", name);
    struct going going = {.uid = tree_str(object, "metadata.uid")};
    return session_watch(&delete->session, kind, ns, NULL, fields, on_seen, &going, err);
}

static int delete_files(struct delete *delete)
{
    struct error err;
    cleanup_with(manifests_done) struct manifests all = {0};
    int code = 0;
    if (!manifests_read(&all, &delete->files, &delete->session, delete->ns, &err)) {
        return manifests_fail(&all, &delete->session, NULL, &err);
    }
    for (size_t i = 0; i < all.len; i++) {
        const struct manifest *at = &all.data[i];
        if (at->name == NULL) {
            error_set(&err, ERROR_INVALID, "metadata.name: Required value");
            code = manifests_fail(&all, &delete->session, at, &err);
        } else if (!delete_one(delete, at->kind, at->ns, at->name, &err)) {
            code = print_failure(&err);
        }
    }
    return code;
}

/* Every word is "TYPE/NAME", or the first is a type and the others are names. */
static int delete_words(struct delete *delete, char **words, size_t count)
{
    struct error err;
    enum kind kind = KIND_COUNT;
    const char *name;
    int code = 0;
    bool pairs = count > 0 && strchr(words[0], '/') != NULL;
    for (bool first = true; first || count > 0; first = false) {
        if (first || pairs) {
            if (!words_target(&words, &count, &kind, &name, &err)) {
                return print_failure(&err);
            }
        } else {
            name = *words++;
            count--;
        }
        if (name == NULL || name[0] == '\0') {
            error_set(&err, ERROR_USAGE, "belfry delete needs a name");
            error_hint(&err, "write: belfry delete %s NAME", kind_info(kind)->singular);
            return print_failure(&err);
        }
        if (!delete_one(delete, kind, delete->session.ctx.ns, name, &err)) {
            code = print_failure(&err);
        }
    }
    return code;
}

static int delete_run(struct delete *delete, char **words, size_t count)
{
    struct error err;
    if ((delete->files.len > 0) == (count > 0)) {
        error_set(&err, ERROR_USAGE, "belfry delete takes TYPE NAME, or -f FILE");
        error_hint(&err, "for example: belfry delete cronjob nightly-backup");
        return print_failure(&err);
    }
    if (!session_open(&delete->session, delete->ns, &err)) {
        return print_failure(&err);
    }
    return count > 0 ? delete_words(delete, words, count) : delete_files(delete);
}

int cmd_delete(char **argv)
{
    struct delete delete = {.cascade = "background", .wait = true};
    const struct opt options[] = {
        {"filename", 'f', OPT_TEXTS, &delete.files, "FILE", "the objects in this file", 0, 0},
        {"cascade", 0, OPT_TEXT, &delete.cascade, "HOW", "background, foreground, orphan", 0, 0},
        {"wait", 0, OPT_FLAG, &delete.wait, NULL, "return when they are gone (true)", 0, 0},
        {"ignore-not-found", 0, OPT_FLAG, &delete.ignore_missing, NULL, "missing is fine", 0, 0},
        {"namespace", 'n', OPT_TEXT, &delete.ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    size_t count;
    char **rest;
    int code = verb_start("delete", options, argv, &count, &rest);
    if (code == 0) {
        code = delete_run(&delete, argv, count);
    }
    session_done(&delete.session);
    opt_texts_done(&delete.files);
    return code < 0 ? 0 : code;
}
