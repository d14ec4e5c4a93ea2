/* cmd_get.c - belfry get: list objects, or some, as a table, JSON, YAML or names; and watch them. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/base/vec.h"
#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/sorted.h"
#include "core/cli/table.h"
#include "core/cli/verb.h"
#include "core/codec/yaml.h"

#define PAGE "500"
#define EVENT_MOST ((size_t)16 << 20) /* one line of a watch */

enum format { FORMAT_TABLE, FORMAT_WIDE, FORMAT_JSON, FORMAT_YAML, FORMAT_NAME, FORMAT_COUNT };

static const char *const format_names[FORMAT_COUNT] = {"", "wide", "json", "yaml", "name"};

/* What is asked for: all objects of a kind, or one. */
struct target {
    enum kind kind;
    const char *name; /* NULL: all of them */
};

struct get {
    struct session session;
    const char *output, *labels, *fields, *ns;
    bool all, watch, no_headers;
    enum format format;
    vec(struct target) targets;
    bool several; /* kinds: names come with their kind in front */
    struct table table;
    char *prefix;
    cJSON *rows;     /* a Table with the rows of one kind, waiting for the last of them */
    cJSON *items;    /* json and yaml: what was got so far */
    bool single;     /* one object by its name: printed as it is, not as a List */
    bool found, any; /* something, of this target and of all */
};

static bool is_table(const struct get *get)
{
    return get->format == FORMAT_TABLE || get->format == FORMAT_WIDE;
}

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

/* "get runs NAME": the runs of that CronJob. A run has a name as well, but nobody types it. */
static bool is_runs(const struct target *target)
{
    return target->kind == KIND_RUN && target->name != NULL;
}

static void list_path(const struct get *get, const struct target *target, bool by_field,
                      struct str *path)
{
    cleanup_with(str_done) struct str fields = {0};
    bool listed = target->name == NULL || by_field || is_runs(target);
    call_path(path, target->kind, get->all ? NULL : get->session.ctx.ns,
              listed ? NULL : target->name, NULL);
    if (get->fields != NULL) {
        str_add(&fields, get->fields);
    }
    if (target->name != NULL && listed) {
        str_addf(&fields, "%s%s=%s", fields.len > 0 ? "," : "",
                 is_runs(target) ? "spec.cronJobName" : "metadata.name", target->name);
    }
    call_query(path, "labelSelector", get->labels);
    call_query(path, "fieldSelector", fields.data);
}

static void rows_take(struct get *get, cJSON *page /* taken */)
{
    const cJSON *rows = tree_get(page, "rows");
    get->found |= rows != NULL && rows->child != NULL;
    if (get->rows == NULL) {
        get->rows = page;
        return;
    }
    cJSON *all = tree_get(get->rows, "rows"), *more = tree_get(page, "rows");
    while (all != NULL && more != NULL && more->child != NULL) {
        tree_add(all, cJSON_DetachItemViaPointer(more, more->child));
    }
    cJSON_Delete(page);
}

/* All rows of a kind are printed at once, so that they share their columns' widths. */
static void rows_print(struct get *get)
{
    cleanup_with(str_done) struct str text = {0};
    if (get->rows != NULL) {
        table_print(&get->table, get->rows, &text);
        print_text(str_text(&text));
        cJSON_Delete(get->rows);
        get->rows = NULL;
    }
}

static void object_take(struct get *get, enum kind kind, const cJSON *object)
{
    get->found = true;
    if (get->format == FORMAT_NAME) {
        autofree char *label = object_label(kind, tree_str_or(object, "metadata.name", ""));
        printf_out("%s\n", label);
    } else {
        tree_add(get->items, tree_sorted(object));
    }
}

static void page_take(struct get *get, enum kind kind, cJSON *page /* taken */)
{
    const cJSON *item, *items = tree_get(page, "items");
    if (is_table(get)) {
        rows_take(get, page);
        return;
    }
    if (items == NULL) {
        object_take(get, kind, page);
    }
    cJSON_ArrayForEach(item, items)
    {
        object_take(get, kind, item);
    }
    cJSON_Delete(page);
}

/* All pages of one target. *RET_VERSION (yours) is where a watch goes on. */
static bool pages_get(struct get *get, const struct target *target, char **ret_version,
                      struct error *err)
{
    autofree char *next = NULL, *version = NULL;
    do {
        cleanup_with(str_done) struct str path = {0};
        cJSON *page = NULL;
        list_path(get, target, get->watch, &path);
        if (target->name == NULL || is_runs(target)) {
            call_query(&path, "limit", PAGE);
            call_query(&path, "continue", next);
        }
        if (!session_request(&get->session, NULL, path.data, NULL, NULL,
                             is_table(get) ? TABLE_ACCEPT : NULL, &page, err)) {
            return false;
        }
        if (version == NULL) {
            version = xstrdup(tree_str_or(page, "metadata.resourceVersion", ""));
        }
        const char *token = tree_str_or(page, "metadata.continue", "");
        free(next);
        next = token[0] != '\0' ? xstrdup(token) : NULL;
        page_take(get, target->kind, page);
    } while (next != NULL);
    *ret_version = steal(&version);
    return true;
}

static void items_print(struct get *get)
{
    cleanup_with(str_done) struct str text = {0};
    autotree cJSON *list = NULL;
    const cJSON *out = get->items->child;
    if (!get->single || out == NULL) {
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

struct watching {
    struct get *get;
    enum kind kind;
    char *version; /* of the last event: where the next watch goes on */
    struct str line;
    struct error err;
    bool ended, any;
};

static void event_print(struct get *get, enum kind kind, const cJSON *object)
{
    cleanup_with(str_done) struct str text = {0};
    switch (get->format) {
    case FORMAT_TABLE:
    case FORMAT_WIDE: table_print(&get->table, object, &text); break;
    case FORMAT_NAME: object_take(get, kind, object); return;
    case FORMAT_YAML:
        str_add(&text, "---\n");
        yaml_write(&text, object);
        break;
    case FORMAT_JSON: {
        autotree cJSON *sorted = tree_sorted(object);
        tree_print(&text, sorted, true);
        str_add_char(&text, '\n');
        break;
    }
    case FORMAT_COUNT: break;
    }
    print_text(str_text(&text));
}

static void event_take(struct watching *watching, const cJSON *event)
{
    const cJSON *object = tree_get(event, "object");
    const char *type = tree_str_or(event, "type", "");
    if (strcmp(type, "ERROR") == 0) {
        error_set(&watching->err, ERROR_EXPIRED, "the watch ended: %s",
                  tree_str_or(object, "message", "the server did not say why"));
        return;
    }
    const char *version = tree_str(object, "metadata.resourceVersion");
    const char *row = tree_str(object, "rows[0].object.metadata.resourceVersion");
    version = row != NULL ? row : version;
    if (version != NULL && version[0] != '\0') {
        free(watching->version);
        watching->version = xstrdup(version);
    }
    watching->any = true;
    if (strcmp(type, "BOOKMARK") != 0) {
        event_print(watching->get, watching->kind, object);
    }
}

static void on_chunk(void *data, const char *bytes, size_t len)
{
    struct watching *watching = data;
    while (len > 0 && watching->err.code == ERROR_NONE) {
        const char *end = memchr(bytes, '\n', len);
        size_t take = end != NULL ? (size_t)(end - bytes) : len;
        str_add_bytes(&watching->line, bytes, take);
        if (watching->line.len > EVENT_MOST) {
            error_set(&watching->err, ERROR_TOO_LARGE, "an event of the watch is over 16 MiB");
        }
        if (end == NULL) {
            return;
        }
        autotree cJSON *event =
            tree_parse(str_text(&watching->line), watching->line.len, &watching->err);
        str_clear(&watching->line);
        if (event != NULL) {
            event_take(watching, event);
        }
        bytes += take + 1;
        len -= take + 1;
    }
}

static void on_end(void *data, const struct http_reply *reply, const struct error *err)
{
    struct watching *watching = data;
    (void)reply;
    watching->ended = true;
    uv_stop(&watching->get->session.loop);
    if (err != NULL) {
        watching->err = *err;
    }
}

/* One watch, until the server ends it (true) or it breaks. */
static bool watch_once(struct watching *watching, const struct target *target, struct error *err)
{
    struct get *get = watching->get;
    cleanup_with(str_done) struct str path = {0};
    list_path(get, target, true, &path);
    call_query(&path, "watch", "true");
    call_query(&path, "allowWatchBookmarks", "true");
    call_query(&path, "resourceVersion", watching->version);
    struct http_request request = {.path = path.data,
                                   .accept = is_table(get) ? TABLE_ACCEPT : NULL};
    watching->ended = watching->any = false;
    struct http_call *call =
        http_stream(get->session.http, &request, NULL, on_chunk, on_end, watching);
    while (!watching->ended && watching->err.code == ERROR_NONE) {
        uv_run(&get->session.loop, UV_RUN_ONCE);
    }
    if (!watching->ended) {
        http_cancel(call);
    }
    str_clear(&watching->line);
    *err = watching->err;
    return err->code == ERROR_NONE;
}

/* Until the user has seen enough (SIGINT) or the server goes; one that ends a watch in good order,
 * as servers do after some minutes, is asked again. VERSION is taken. */
static bool watch(struct get *get, const struct target *target, char *version, struct error *err)
{
    struct watching watching = {.get = get, .kind = target->kind, .version = version};
    bool ok = true;
    do {
        nsec_t began = clk_mono(clk_system());
        ok = watch_once(&watching, target, err);
        if (ok && !watching.any && clk_mono(clk_system()) - began < NSEC_PER_SEC) {
            ok = error_set(err, ERROR_UNAVAILABLE, "the scheduler ends every watch at once");
        }
    } while (ok);
    str_done(&watching.line);
    free(watching.version);
    return ok;
}

/* An empty list that a name led to may mean that there is no such object, or CronJob of runs. */
static bool nothing_explain(struct get *get, const struct target *target, struct error *err)
{
    if (target->name == NULL || get->found || get->all) {
        return true;
    }
    return session_get(&get->session, is_runs(target) ? KIND_CRONJOB : target->kind,
                       get->session.ctx.ns, target->name, NULL, err);
}

static bool target_get(struct get *get, const struct target *target, struct error *err)
{
    autofree char *version = NULL;
    get->found = false;
    if (!pages_get(get, target, &version, err) || !nothing_explain(get, target, err)) {
        return false;
    }
    get->any |= get->found;
    if (!get->watch) {
        return true;
    }
    const cJSON *item;
    rows_print(get);
    cJSON_ArrayForEach(item, get->items)
    {
        event_print(get, target->kind, item);
    }
    return watch(get, target, steal(&version), err);
}

static void table_begin(struct get *get, enum kind kind, bool first)
{
    bool printed = get->rows != NULL && tree_get(get->rows, "rows[0]") != NULL;
    rows_print(get);
    if (printed && !first) {
        print_text("\n");
    }
    table_done(&get->table);
    free(get->prefix);
    get->prefix = get->several ? object_label(kind, "") : NULL;
    get->table = (struct table){
        .wide = get->format == FORMAT_WIDE,
        .namespaces = get->all && kind_info(kind)->namespaced,
        .headed = get->no_headers,
        .prefix = get->prefix,
    };
}

/* kubectl's own words, to the letter. */
static void nothing_found(const struct get *get)
{
    char text[160];
    if (get->all) {
        print_note("No resources found");
    } else {
        snprintf(text, sizeof text, "No resources found in %s namespace.", get->session.ctx.ns);
        print_note(text);
    }
}

/* *RET_CODE is the exit code where errors were printed on the way. */
static bool targets_get(struct get *get, int *ret_code, struct error *err)
{
    enum kind kind = KIND_COUNT;
    size_t missing = 0;
    for (size_t i = 0; i < get->targets.len; i++) {
        const struct target *target = &get->targets.data[i];
        if (target->kind != kind) {
            table_begin(get, target->kind, i == 0);
            kind = target->kind;
        }
        if (target_get(get, target, err)) {
            continue;
        }
        rows_print(get);
        if (target->name == NULL || err->code != ERROR_NOT_FOUND) {
            return false;
        }
        missing++; /* one that is not there does not hide the others */
        if (missing == get->targets.len) {
            return false;
        }
        *ret_code = print_failure(err);
    }
    rows_print(get);
    if (get->format == FORMAT_JSON || get->format == FORMAT_YAML) {
        items_print(get);
    } else if (!get->any && get->format != FORMAT_NAME) {
        nothing_found(get);
    }
    return true;
}

static bool target_add(struct get *get, const char *type, const char *name, struct error *err)
{
    enum kind kind = kind_find(type);
    if (strcmp(type, "all") == 0 && name == NULL) {
        for (int i = 0; i < 2 * KIND_COUNT; i++) { /* pods first: the core group is */
            const struct kind_info *info = kind_info((enum kind)(i % KIND_COUNT));
            if (info->in_all && (info->group[0] == '\0') == (i < KIND_COUNT)) {
                vec_push(&get->targets, (struct target){.kind = (enum kind)(i % KIND_COUNT)});
            }
        }
        return true;
    }
    if (kind == KIND_COUNT) {
        return type_unknown(type, err);
    }
    vec_push(&get->targets, (struct target){.kind = kind, .name = name});
    return true;
}

/* "cronjobs", "cronjobs,jobs", "cronjob a b", "cronjob/a job/b". */
static bool targets_read(struct get *get, char **words, size_t count, struct error *err)
{
    if (count == 0) {
        error_set(err, ERROR_USAGE, "belfry get takes a type");
        return error_hint(err, "name one: cronjobs, jobs, pods, events, runs");
    }
    bool pairs = strchr(words[0], '/') != NULL;
    for (size_t i = 0; pairs && i < count; i++) {
        char *name = words[i], *type = strsep(&name, "/");
        if (name == NULL || name[0] == '\0') {
            error_set(err, ERROR_USAGE, "\"%s\" has no name behind its type", type);
            return error_hint(err, "write TYPE/NAME for each, or TYPE and then names");
        }
        if (!target_add(get, type, name, err)) {
            return false;
        }
    }
    for (char *rest = pairs ? NULL : words[0]; rest != NULL;) {
        const char *type = strsep(&rest, ",");
        for (size_t i = 1; i < count || i == 1; i++) {
            if (!target_add(get, type, count > 1 ? words[i] : NULL, err)) {
                return false;
            }
        }
    }
    for (size_t i = 1; i < get->targets.len; i++) {
        get->several |= get->targets.data[i].kind != get->targets.data[0].kind;
    }
    get->single = get->targets.len == 1 && get->targets.data[0].name != NULL &&
                  !is_runs(&get->targets.data[0]);
    if (get->watch && get->targets.len > 1) {
        return error_set(err, ERROR_USAGE, "--watch takes one type, or one object");
    }
    return true;
}

static int get_run(struct get *get, char **words, size_t count)
{
    struct error err = {0};
    if (!format_read(get, &err) || !targets_read(get, words, count, &err) ||
        !session_open(&get->session, get->ns, &err)) {
        return print_failure(&err);
    }
    get->items = cJSON_CreateArray();
    int code = 0;
    bool ok = targets_get(get, &code, &err);
    cJSON_Delete(get->items);
    return ok ? code : print_failure(&err);
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
    table_done(&get.table);
    free(get.prefix);
    vec_done(&get.targets);
    session_done(&get.session);
    return code;
}
