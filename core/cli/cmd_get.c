/* cmd_get.c - belfry get: list objects, or one, as a table, JSON, YAML or names; and watch them. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/base/vec.h"
#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/table.h"
#include "core/cli/verb.h"

#define TABLE_ACCEPT                                \
    "application/json;as=Table;v=v1;g=meta.k8s.io," \
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
#define PAGE "500"

enum format { FORMAT_TABLE, FORMAT_WIDE, FORMAT_JSON, FORMAT_YAML, FORMAT_NAME, FORMAT_COUNT };

static const char *const format_names[FORMAT_COUNT] = {"", "wide", "json", "yaml", "name"};

struct get {
    struct session session;
    const char *output, *labels, *fields, *ns;
    bool all, watch, no_headers;
    enum format format;
    const char *name; /* of the one object; NULL: a list */
    struct table table;
    cJSON *items; /* json and yaml: what was got so far */
    bool failed;  /* of a watch */
};

static bool format_read(struct get *get, struct error *err)
{
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if (strcmp(get->output, format_names[i]) == 0) {
            get->format = (enum format)i;
            return true;
        }
    }
    error_set(err, ERROR_USAGE, "unknown output format \"%s\"", get->output);
    return error_hint(err, "use wide, json, yaml or name");
}

static void list_path(const struct get *get, enum kind kind, struct str *path)
{
    const char *ns = get->all ? NULL : get->session.ctx.ns;
    bool runs = kind == KIND_RUN && get->name != NULL && get->fields == NULL;
    call_path(path, kind, ns, runs ? NULL : get->name, NULL);
    if (runs) { /* "get runs NAME": the runs of that CronJob */
        autofree char *selector = xasprintf("cronJob=%s", get->name);
        call_query(path, "fieldSelector", selector);
    }
    call_query(path, "labelSelector", get->labels);
    call_query(path, "fieldSelector", get->fields);
}

static void object_take(struct get *get, enum kind kind, const cJSON *object)
{
    if (get->format == FORMAT_NAME) {
        autofree char *type = xstrdup(kind_qualified(kind));
        for (char *p = type; *p != '\0'; p++) {
            *p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
        }
        printf_out("%s/%s\n", type, tree_str_or(object, "metadata.name", ""));
    } else {
        tree_add(get->items, tree_copy(object));
    }
}

/* The pages of one type. Objects of a page become table rows, names, or wait in get->items. */
static bool pages_get(struct get *get, enum kind kind, cJSON **ret_last, struct error *err)
{
    bool table = get->format == FORMAT_TABLE || get->format == FORMAT_WIDE;
    autofree char *next = NULL;
    do {
        cleanup_with(str_done) struct str path = {0};
        autotree cJSON *page = NULL;
        const cJSON *item;
        list_path(get, kind, &path);
        if (get->name == NULL || kind == KIND_RUN) {
            call_query(&path, "limit", PAGE);
            call_query(&path, "continue", next);
        }
        if (!session_request(&get->session, NULL, path.data, NULL, NULL,
                             table ? TABLE_ACCEPT : NULL, &page, err)) {
            return false;
        }
        if (table) {
            cleanup_with(str_done) struct str text = {0};
            table_print(&get->table, page, &text);
            print_text(str_text(&text));
        } else if (tree_get(page, "items") != NULL) {
            cJSON_ArrayForEach(item, tree_get(page, "items"))
            {
                object_take(get, kind, item);
            }
        } else {
            object_take(get, kind, page);
        }
        const char *token = tree_str(page, "metadata.continue");
        free(next);
        next = token != NULL && token[0] != '\0' ? xstrdup(token) : NULL;
        if (next == NULL) {
            *ret_last = page;
            page = NULL;
        }
    } while (next != NULL);
    return true;
}

static void items_print(struct get *get)
{
    cleanup_with(str_done) struct str text = {0};
    autotree cJSON *list = NULL;
    const cJSON *out = get->items;
    if (get->name != NULL && cJSON_GetArraySize(get->items) == 1) {
        out = get->items->child;
    } else {
        list = cJSON_CreateObject();
        tree_put_str(list, "apiVersion", "v1");
        tree_put(list, "items", steal(&get->items));
        tree_put_str(list, "kind", "List");
        tree_put_str(list, "metadata.resourceVersion", "");
        out = list;
    }
    if (get->format == FORMAT_YAML) {
        yaml_write(&text, out);
    } else {
        tree_print(&text, out, true);
        str_add_char(&text, '\n');
    }
    print_text(str_text(&text));
}

static void watch_event(struct get *get, enum kind kind, const cJSON *event)
{
    cleanup_with(str_done) struct str text = {0};
    const cJSON *object = tree_get(event, "object");
    const char *type = tree_str_or(event, "type", "");
    if (strcmp(type, "BOOKMARK") == 0) {
        return;
    }
    if (strcmp(type, "ERROR") == 0) {
        struct error err;
        error_set(&err, ERROR_EXPIRED, "the watch ended: %s", tree_str_or(object, "message", ""));
        print_error(&err);
        get->failed = true;
        return;
    }
    switch (get->format) {
    case FORMAT_TABLE:
    case FORMAT_WIDE: table_print(&get->table, object, &text); break;
    case FORMAT_NAME: object_take(get, kind, object); break;
    case FORMAT_YAML:
        str_add(&text, "---\n");
        yaml_write(&text, object);
        break;
    case FORMAT_JSON:
        tree_print(&text, object, true);
        str_add_char(&text, '\n');
        break;
    case FORMAT_COUNT: break;
    }
    print_text(str_text(&text));
}

struct watching {
    struct get *get;
    enum kind kind;
    struct str line;
    struct error err;
    bool ended;
};

static void on_chunk(void *data, const char *bytes, size_t len)
{
    struct watching *watching = data;
    str_add_bytes(&watching->line, bytes, len);
    char *end;
    while (watching->line.len > 0 &&
           (end = memchr(watching->line.data, '\n', watching->line.len)) != NULL) {
        size_t line = (size_t)(end - watching->line.data);
        autotree cJSON *event = tree_parse(watching->line.data, line, &watching->err);
        if (event != NULL) {
            watch_event(watching->get, watching->kind, event);
        }
        str_drop_front(&watching->line, line + 1);
    }
}

static void on_end(void *data, const struct http_reply *reply, const struct error *err)
{
    struct watching *watching = data;
    (void)reply;
    watching->ended = true;
    if (err != NULL) {
        watching->err = *err;
    }
}

/* Until the user has seen enough (SIGINT) or the server goes. */
static bool watch(struct get *get, enum kind kind, const cJSON *list, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    struct watching watching = {.get = get, .kind = kind};
    const char *version = tree_str(list, "metadata.resourceVersion");
    bool table = get->format == FORMAT_TABLE || get->format == FORMAT_WIDE;
    autofree char *one = NULL;
    if (get->name != NULL && kind != KIND_RUN) {
        one = xasprintf("metadata.name=%s", get->name);
        get->fields = one;
        get->name = NULL;
    }
    list_path(get, kind, &path);
    call_query(&path, "resourceVersion", version);
    call_query(&path, "watch", "true");
    struct http_request request = {.path = path.data, .accept = table ? TABLE_ACCEPT : NULL};
    http_stream(get->session.http, &request, NULL, on_chunk, on_end, &watching);
    while (!watching.ended && !get->failed) {
        uv_run(&get->session.loop, UV_RUN_ONCE);
    }
    str_done(&watching.line);
    *err = watching.err;
    return watching.err.code == ERROR_NONE;
}

static bool type_get(struct get *get, enum kind kind, struct error *err)
{
    autotree cJSON *last = NULL;
    if (!pages_get(get, kind, &last, err)) {
        return false;
    }
    bool table = get->format == FORMAT_TABLE || get->format == FORMAT_WIDE;
    if (table && !get->table.headed && !get->watch && get->name == NULL) {
        print_warning(get->all ? "nothing found"
                               : "nothing found in this namespace; -A looks in all");
    }
    if (!get->watch) {
        return true;
    }
    if (get->format == FORMAT_JSON || get->format == FORMAT_YAML) {
        items_print(get);
    }
    return watch(get, kind, last, err);
}

/* "cronjobs,jobs": each in turn, names with their type in front. */
static bool types_get(struct get *get, char *types, struct error *err)
{
    bool several = strchr(types, ',') != NULL;
    if (several && get->watch) {
        return error_set(err, ERROR_USAGE, "--watch takes one type at a time");
    }
    for (char *rest = types; rest != NULL;) {
        char *word = strsep(&rest, ",");
        autofree char *prefix = NULL;
        enum kind kind = kind_find(word);
        if (kind == KIND_COUNT) {
            error_set(err, ERROR_USAGE, "there is no type \"%s\"", word);
            return error_hint(err, "types are: cronjobs, jobs, pods, events, namespaces, runs");
        }
        bool headers = !get->no_headers;
        struct table fresh = {.wide = get->format == FORMAT_WIDE,
                              .namespaces = get->all && kind_info(kind)->namespaced,
                              .headed = !headers};
        get->table = fresh;
        if (several) {
            prefix = xasprintf("%s/", kind_info(kind)->singular);
            get->table.prefix = prefix;
        }
        bool ok = type_get(get, kind, err);
        if (several && ok && get->table.columns != NULL && rest != NULL) {
            print_text("\n");
        }
        table_done(&get->table);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static int get_run(struct get *get, char **words, size_t count)
{
    struct error err = {0};
    if (!format_read(get, &err)) {
        return print_error(&err);
    }
    if (count == 0 || count > 2) {
        error_set(&err, ERROR_USAGE, "belfry get takes a type and at most one name");
        error_hint(&err, "for example: belfry get cronjobs");
        return print_error(&err);
    }
    char *slash = strchr(words[0], '/');
    if (slash != NULL) {
        *slash = '\0';
        get->name = slash + 1;
    } else if (count == 2) {
        get->name = words[1];
    }
    if (!session_open(&get->session, get->ns, &err)) {
        return print_error(&err);
    }
    get->items = cJSON_CreateArray();
    bool ok = types_get(get, words[0], &err);
    if (ok && !get->watch && (get->format == FORMAT_JSON || get->format == FORMAT_YAML)) {
        items_print(get);
    }
    cJSON_Delete(get->items);
    return !ok ? print_error(&err) : get->failed ? 1 : 0;
}

int cmd_get(char **argv)
{
    struct get get = {.output = ""};
    const struct opt options[] = {
        {"output", 'o', OPT_TEXT, &get.output, "FORMAT", "wide, json, yaml or name", 0, 0},
        {"selector", 'l', OPT_TEXT, &get.labels, "SELECTOR", "only these labels", 0, 0},
        {"field-selector", 0, OPT_TEXT, &get.fields, "SELECTOR", "only these fields", 0, 0},
        {"namespace", 'n', OPT_TEXT, &get.ns, "NAMESPACE", "where to look (default)", 0, 0},
        {"all-namespaces", 'A', OPT_FLAG, &get.all, NULL, "look in all namespaces", 0, 0},
        {"watch", 'w', OPT_FLAG, &get.watch, NULL, "go on showing changes", 0, 0},
        {"no-headers", 0, OPT_FLAG, &get.no_headers, NULL, "leave out the header line", 0, 0},
        {.name = NULL},
    };
    size_t count;
    char **rest;
    int code = verb_start("get", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    code = get_run(&get, argv, count);
    session_done(&get.session);
    return code;
}
