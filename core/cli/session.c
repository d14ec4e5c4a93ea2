/* session.c - a verb's conversation with the scheduler: one request after the other. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/session.h"

#include <stdio.h>
#include <string.h>

#include "core/cli/print.h"
#include "core/codec/status.h"

#define EVENT_MOST ((size_t)16 << 20) /* one line of a watch */

const char *const dry_run_notes[DRY_RUN_COUNT] = {"", " (dry run)", " (server dry run)"};

bool session_open(struct session *session, const char *ns, struct error *err)
{
    *session = (struct session){0};
    if (!paths_init(&session->paths, err)) {
        return false;
    }
    int sys = uv_loop_init(&session->loop);
    if (sys != 0) {
        return error_sys(err, ERROR_IO, -sys, "making an event loop");
    }
    context_local(&session->ctx, &session->paths, ns);
    session->http = http_new(&session->loop, &session->ctx, err);
    return session->http != NULL;
}

void session_done(struct session *session)
{
    if (session->ctx.name != NULL) { /* the loop exists */
        http_free(session->http);
        uv_run(&session->loop, UV_RUN_DEFAULT);
        uv_loop_close(&session->loop);
    }
    faults_done(&session->faults);
    context_done(&session->ctx);
    paths_done(&session->paths);
}

bool session_request(struct session *session, const char *method, const char *path,
                     const cJSON *body, const char *type, const char *accept, cJSON **ret,
                     struct error *err)
{
    cleanup_with(str_done) struct str text = {0}, reply = {0};
    if (body != NULL) {
        tree_print(&text, body, false);
    }
    struct http_request request = {
        .method = method,
        .path = path,
        .body = body != NULL ? str_text(&text) : NULL,
        .body_len = text.len,
        .content_type = type,
        .accept = accept,
    };
    bool ok =
        http_wait(session->http, &request, &reply, session->quiet ? NULL : print_warning, err);
    faults_done(&session->faults);
    if (!ok) {
        struct error again;
        autotree cJSON *status = tree_parse(str_text(&reply), reply.len, NULL);
        if (status != NULL) {
            status_to_error(status, error_http_status(err->code), &again, &session->faults);
        }
        return false;
    }
    if (ret == NULL) {
        return true;
    }
    *ret = tree_parse(str_text(&reply), reply.len, err);
    return *ret != NULL || error_wrap(err, "reading the scheduler's reply");
}

bool session_get(struct session *session, enum kind kind, const char *ns, const char *name,
                 cJSON **ret, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    call_path(&path, kind, ns, name, NULL);
    return session_request(session, NULL, path.data, NULL, NULL, NULL, ret, err);
}

struct watching {
    uv_loop_t *loop;
    session_seen_fn *seen;
    void *data;
    struct str line;
    struct error *err;
    bool stop, ended, failed, expired;
};

static void watch_line(struct watching *watching)
{
    autotree cJSON *event =
        tree_parse(str_text(&watching->line), watching->line.len, watching->err);
    str_clear(&watching->line);
    if (event == NULL) {
        watching->failed = true;
        return;
    }
    const char *type = tree_str_or(event, "type", "");
    if (strcmp(type, "ERROR") == 0) {
        watching->expired = true;
    } else if (strcmp(type, "BOOKMARK") != 0) {
        watching->stop = watching->seen(watching->data, type, tree_get(event, "object"));
    }
}

static void on_chunk(void *data, const char *bytes, size_t len)
{
    struct watching *watching = data;
    while (len > 0 && !watching->stop && !watching->failed && !watching->expired) {
        const char *end = memchr(bytes, '\n', len);
        size_t take = end != NULL ? (size_t)(end - bytes) : len;
        str_add_bytes(&watching->line, bytes, take);
        if (watching->line.len > EVENT_MOST) {
            watching->failed = true;
            error_set(watching->err, ERROR_TOO_LARGE, "an event of the watch is over 16 MiB");
            break;
        }
        if (end == NULL) {
            return;
        }
        watch_line(watching);
        bytes += take + 1;
        len -= take + 1;
    }
    uv_stop(watching->loop);
}

static void on_end(void *data, const struct http_reply *reply, const struct error *err)
{
    struct watching *watching = data;
    (void)reply;
    watching->ended = true;
    uv_stop(watching->loop);
    if (err != NULL && err->code == ERROR_EXPIRED) {
        watching->expired = true;
    } else if (err != NULL) {
        watching->failed = true;
        *watching->err = *err;
    }
}

static bool watch_once(struct session *session, const char *path, struct watching *watching)
{
    struct http_request request = {.path = path};
    watching->ended = watching->expired = false;
    struct http_call *call = http_stream(session->http, &request, NULL, on_chunk, on_end, watching);
    while (!watching->ended && !watching->stop && !watching->failed && !watching->expired) {
        uv_run(&session->loop, UV_RUN_ONCE);
    }
    if (!watching->ended) {
        http_cancel(call);
    }
    str_done(&watching->line);
    return !watching->failed;
}

bool session_watch(struct session *session, enum kind kind, const char *ns, const char *labels,
                   const char *fields, session_seen_fn *seen, void *data, struct error *err)
{
    struct watching watching = {.loop = &session->loop, .seen = seen, .data = data, .err = err};
    while (true) {
        cleanup_with(str_done) struct str path = {0};
        autotree cJSON *list = NULL;
        const cJSON *item;
        call_path(&path, kind, ns, NULL, NULL);
        call_query(&path, "labelSelector", labels);
        call_query(&path, "fieldSelector", fields);
        if (!session_request(session, NULL, path.data, NULL, NULL, NULL, &list, err)) {
            return false;
        }
        cJSON_ArrayForEach(item, tree_get(list, "items"))
        {
            if (seen(data, "LISTED", item)) {
                return true;
            }
        }
        if (seen(data, "", NULL)) {
            return true;
        }
        call_query(&path, "resourceVersion", tree_str(list, "metadata.resourceVersion"));
        call_query(&path, "watch", "true");
        if (!watch_once(session, path.data, &watching)) {
            return false;
        }
        if (watching.stop) {
            return true;
        }
    }
}

int session_fail(struct session *session, const struct error *err)
{
    for (size_t i = 0; i < session->faults.count; i++) {
        const struct fault *fault = &session->faults.list[i];
        struct error one;
        error_set(&one, err->code, "%s: %s", fault->path, fault->message);
        print_failure(&one);
    }
    return session->faults.count > 0 ? error_exit_code(err->code) : print_failure(err);
}

bool type_unknown(const char *word, struct error *err)
{
    error_set(err, ERROR_USAGE, "there is no type \"%s\"", word);
    return error_hint(err, "types are: cronjobs, jobs, pods, events, namespaces, runs");
}

bool words_target(char ***words, size_t *count, enum kind *ret_kind, const char **ret_name,
                  struct error *err)
{
    char *word = **words, *slash;
    *ret_name = NULL;
    if (*count == 0) {
        error_set(err, ERROR_USAGE, "no type given");
        return error_hint(err, "name one: cronjobs, jobs, pods, events, runs");
    }
    (*words)++;
    (*count)--;
    slash = strchr(word, '/');
    if (slash != NULL) {
        *slash = '\0';
        *ret_name = slash + 1;
    } else if (*count > 0) {
        *ret_name = **words;
        (*words)++;
        (*count)--;
    }
    *ret_kind = kind_find(word);
    return *ret_kind != KIND_COUNT || type_unknown(word, err);
}

char *object_label(enum kind kind, const char *name)
{
    const struct kind_info *info = kind_info(kind);
    return xasprintf("%s%s%s/%s", info->singular, info->group[0] != '\0' ? "." : "", info->group,
                     name);
}

bool dry_run_read(const char *text, enum dry_run *ret, struct error *err)
{
    static const char *const names[DRY_RUN_COUNT] = {"none", "client", "server"};
    if (text == NULL || text[0] == '\0') {
        *ret = text == NULL ? DRY_RUN_NONE : DRY_RUN_SERVER;
        return true;
    }
    for (int i = 0; i < DRY_RUN_COUNT; i++) {
        if (strcmp(text, names[i]) == 0) {
            *ret = (enum dry_run)i;
            return true;
        }
    }
    error_set(err, ERROR_USAGE, "unknown --dry-run \"%s\"", text);
    return error_hint(err, "use none, client or server");
}
