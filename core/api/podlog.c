/* podlog.c - a container's log over HTTP. */
/* SPDX-License-Identifier: MIT */
#include "core/api/podlog.h"

#include <string.h>

#include "core/api/reply.h"
#include "core/api/resource.h"
#include "core/api/server.h"
#include "core/base/stamp.h"
#include "core/codec/decode.h"
#include "core/run/executor.h"
#include "core/run/logread.h"
#include "storage/feed.h"

#define DEFAULT_CONTAINER "kubectl.kubernetes.io/default-container"

/* One log on its way out. With `follow` it may begin before its attempt does: then the feed says
 * when to look again. */
struct podlog {
    struct request *request;
    struct logread *reader;
    struct feed_watch *feed;
    struct logread_options options;
    struct attempt_id id;
    char pod_name[256];
    bool previous;
    bool waits; /* logread has nothing now */
    bool over;  /* the pod has gone, or cannot begin any more */
};

static void on_closed(void *data)
{
    struct podlog *log = data;
    logread_free(log->reader);
    feed_unsubscribe(log->feed);
    free(log);
}

static void on_ready(void *data)
{
    struct podlog *log = data;
    log->waits = false;
    request_wake(log->request);
}

static enum stream_result on_pull(void *data, struct str *out, size_t most)
{
    struct podlog *log = data;
    struct error err = {0};
    size_t len = 0;
    if (!log->reader) {
        return log->over ? STREAM_END : STREAM_WAIT;
    }
    if (log->waits) {
        return STREAM_WAIT;
    }
    str_reserve(out, most + 1);
    switch (logread_next(log->reader, out->data, most, &len, &err)) {
    case LOGREAD_BYTES:
        out->len = len;
        out->data[len] = '\0';
        return STREAM_MORE;
    case LOGREAD_AGAIN: log->waits = true; return STREAM_WAIT;
    case LOGREAD_END: return STREAM_END;
    case LOGREAD_FAILED: break;
    }
    return STREAM_FAILED;
}

static const struct stream_ops podlog_ops = {.pull = on_pull, .closed = on_closed};

static bool read_number(const struct request *request, const char *key, long long least,
                        long long *ret, struct error *err)
{
    const char *text = uri_param(&request->uri, key);
    if (text && *text && !text_int(text, least, INT64_MAX / NSEC_PER_SEC, ret)) {
        error_set(err, ERROR_INVALID, "Invalid value: \"%s\": must be a number of at least %lld",
                  text, least);
        return error_at(err, "%s", key);
    }
    return true;
}

static bool read_options(struct podlog *log, struct error *err)
{
    const struct request *request = log->request;
    const struct clk *clk = request->api->clk;
    long long tail = LOGREAD_ALL, limit = LOGREAD_ALL, since = 0;
    const char *since_time = uri_param(&request->uri, "sinceTime");
    struct logread_options *options = &log->options;
    if (!read_number(request, "tailLines", 0, &tail, err) ||
        !read_number(request, "limitBytes", 1, &limit, err) ||
        !read_number(request, "sinceSeconds", 1, &since, err)) {
        return false;
    }
    if (since_time && *since_time) {
        if (since) {
            return error_set(err, ERROR_INVALID,
                             "at most one of sinceTime or sinceSeconds may be specified");
        }
        if (!stamp_parse(since_time, &options->since)) {
            return error_set(err, ERROR_BAD_REQUEST, "sinceTime \"%s\" is no RFC 3339 time",
                             since_time);
        }
    } else if (since) {
        options->since = clk_wall(clk) - since * NSEC_PER_SEC;
    }
    options->tail = tail;
    options->limit_bytes = limit;
    options->timestamps = request_flag(request, "timestamps");
    options->follow = request_flag(request, "follow");
    log->previous = request_flag(request, "previous");
    return true;
}

/* The container that is meant: the one named, the only one, or the one the pod marks. */
static const struct container *choose_container(const struct pod *pod, const char *wanted,
                                                struct error *err)
{
    cleanup_with(str_done) struct str names = {0};
    const char *marked = meta_annotation(&pod->meta, DEFAULT_CONTAINER);
    wanted = wanted && *wanted ? wanted : marked;
    for (size_t i = 0; i < pod->spec.containers.len; i++) {
        const struct container *container = &pod->spec.containers.data[i];
        if (wanted ? text_same(container->name, wanted) : pod->spec.containers.len == 1) {
            return container;
        }
        str_addf(&names, "%s%s", i ? " " : "", container->name);
    }
    for (size_t i = 0; i < pod->spec.init_containers.len; i++) {
        if (wanted && text_same(pod->spec.init_containers.data[i].name, wanted)) {
            return &pod->spec.init_containers.data[i];
        }
    }
    if (wanted) {
        error_set(err, ERROR_BAD_REQUEST, "container %s is not valid for pod %s", wanted,
                  pod->meta.name);
    } else {
        error_set(err, ERROR_BAD_REQUEST,
                  "a container name must be specified for pod %s, choose one of: [%s]",
                  pod->meta.name, str_text(&names));
    }
    return NULL;
}

enum begun { BEGUN_YES, BEGUN_NOT_YET, BEGUN_NEVER };

/* Whether the attempt whose log is meant has begun, and its number. */
static enum begun attempt_begun(const struct pod *pod, const char *container, bool previous,
                                int *ret_number)
{
    const struct container_status *status = pod_container(pod, container);
    int64_t number = status ? status->restart_count - (previous ? 1 : 0) : 0;
    if (previous && number < 0) {
        return BEGUN_NEVER;
    }
    *ret_number = (int)(number < 0 ? 0 : number);
    bool waiting = !status || !status->state.set || status->state.phase == CONTAINER_WAITING;
    if (!waiting || previous) {
        return BEGUN_YES;
    }
    if (status && status->last_state.set) {
        /* Between two attempts. While it backs off the number is that of the one that failed, then
         * that of the one to come, and the log that is there is the one before. */
        bool backs_off = text_same(status->state.reason, "CrashLoopBackOff");
        *ret_number = (int)number - (backs_off || number == 0 ? 0 : 1);
        return BEGUN_YES;
    }
    return pod_finished(pod) ? BEGUN_YES : BEGUN_NOT_YET;
}

static bool open_reader(struct podlog *log, struct error *err)
{
    const struct api *api = log->request->api;
    if (!api->paths) {
        return error_set(err, ERROR_NOT_FOUND, "there are no logs here");
    }
    autofree char *folder = executor_log_folder(api->paths, &log->id);
    autofree char *run_folder = executor_run_folder(api->paths, &log->id);
    log->options.folder = folder;
    log->options.run_folder = run_folder;
    log->options.number = log->id.number;
    struct error fault = {0};
    log->reader = logread_open(api->loop, &log->options, on_ready, log, &fault);
    log->options.folder = log->options.run_folder = NULL;
    if (!log->reader && fault.code == ERROR_NOT_FOUND) {
        log->over = true; /* it ended before it could write a line */
        return true;
    }
    if (!log->reader && err) {
        *err = fault;
    }
    return log->reader != NULL;
}

/* Looks at the pod's document; opens the reader when there is something to read. */
static bool podlog_look(struct podlog *log, const char *text, size_t len, struct error *err)
{
    struct pod pod;
    autotree cJSON *tree = tree_parse(text, len, err);
    if (!tree || !pod_decode(tree, &pod, err)) {
        return false;
    }
    const char *wanted = uri_param(&log->request->uri, "container");
    const struct container *container = choose_container(&pod, wanted, err);
    bool done = false;
    if (container) {
        (void)text_copy(log->pod_name, sizeof log->pod_name, pod.meta.name);
        (void)text_copy(log->id.pod_uid, sizeof log->id.pod_uid, pod.meta.uid ? pod.meta.uid : "");
        (void)text_copy(log->id.container, sizeof log->id.container, container->name);
        switch (attempt_begun(&pod, container->name, log->previous, &log->id.number)) {
        case BEGUN_YES: done = open_reader(log, err); break;
        case BEGUN_NOT_YET:
            done = log->options.follow ||
                   error_set(err, ERROR_BAD_REQUEST,
                             "container \"%s\" in pod \"%s\" is waiting to start", container->name,
                             pod.meta.name);
            break;
        case BEGUN_NEVER:
            error_set(err, ERROR_BAD_REQUEST,
                      "previous terminated container \"%s\" in pod \"%s\" not found",
                      container->name, pod.meta.name);
            break;
        }
    }
    pod_done(&pod);
    return done;
}

static void on_change(const struct feed_change *change, void *data)
{
    struct podlog *log = data;
    struct error err = {0};
    if (!text_same(change->uid, log->id.pod_uid)) {
        return;
    }
    if (change->type == FEED_DELETED) {
        log->over = true;
        if (log->reader) {
            logread_finish(log->reader);
            log->waits = false;
        }
    } else if (!log->reader && !podlog_look(log, change->document, change->document_len, &err)) {
        log->over = true;
    }
    request_wake(log->request);
}

void podlog_get(struct request *request)
{
    struct error err = {0};
    cleanup_with(str_done) struct str document = {0};
    if (*request->group) {
        error_set(&err, ERROR_NOT_FOUND, "the server could not find the requested resource");
        reply_error(request, &err);
        return;
    }
    struct podlog *log = xcalloc(1, sizeof *log);
    log->request = request;
    request->kind = KIND_POD;
    if (!read_options(log, &err) || !resource_load(request, &document, NULL, &err) ||
        !podlog_look(log, document.data, document.len, &err)) {
        on_closed(log);
        reply_error_about(request, &err, KIND_POD, request->name, NULL);
        return;
    }
    if (log->options.follow) {
        log->feed = feed_subscribe(request->api->store, FEED_KIND(KIND_POD), on_change, log);
    }
    reply_stream(request, "text/plain", &podlog_ops, log);
}
