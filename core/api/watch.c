/* watch.c - a stream of changes: what is there, then what happens to it. */
/* SPDX-License-Identifier: MIT */
#include "core/api/watch.h"

#include <inttypes.h>

#include "core/api/reply.h"
#include "core/api/scan.h"
#include "core/api/server.h"
#include "core/codec/status.h"
#include "storage/feed.h"

#define MOST_WAITING ((size_t)16 << 20)
#define BOOKMARK_MS UINT64_C(60000)
#define INITIAL_EVENTS_END "k8s.io/initial-events-end"

struct watch {
    struct request *request;
    struct asked asked;
    struct feed_watch *feed;
    struct scan scan; /* of the state at the beginning, while `listing` */
    struct str queue; /* events not pulled yet, each a line */
    uv_timer_t timer; /* of bookmarks and of the end; used when `timed` */
    uint64_t left_ms; /* until timeoutSeconds is over; 0: no end */
    int64_t version;  /* what the client has been told of */
    bool listing, timed, bookmarks, columns_sent;
    bool tells_initial_end; /* sendInitialEvents: a bookmark says where the state ends */
    bool over;              /* after the queue the stream ends */
    struct str *out;        /* of the pull under way */
    size_t most;
    struct error err;
};

/* The object of an event: the document, or a Table of its one row. */
static bool print_object(struct watch *watch, const char *text, size_t len, const cJSON *tree,
                         struct str *out)
{
    if (!watch->asked.table) {
        return asked_print(&watch->asked, text, len, tree, out, &watch->err);
    }
    str_add(out, "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"
                 "{\"resourceVersion\":");
    str_add_json(out, tree_str_or(tree, "metadata.resourceVersion", ""));
    str_add(out, "},");
    if (watch->columns_sent) {
        str_add(out, "\"columnDefinitions\":null");
    } else {
        asked_print_columns(&watch->asked, out);
        watch->columns_sent = true;
    }
    str_add(out, ",\"rows\":[");
    bool done = asked_print(&watch->asked, text, len, tree, out, &watch->err);
    str_add(out, "]}");
    return done;
}

static bool print_event(struct watch *watch, const char *type, const char *text, size_t len,
                        const cJSON *tree, struct str *out)
{
    str_addf(out, "{\"type\":\"%s\",\"object\":", type);
    bool done = print_object(watch, text, len, tree, out);
    str_add(out, "}\n");
    return done;
}

static void print_bookmark(struct watch *watch, bool initial_end, struct str *out)
{
    const struct kind_info *info = kind_info(watch->asked.kind);
    str_addf(out,
             "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"%s\",\"apiVersion\":\"%s\","
             "\"metadata\":{\"resourceVersion\":\"%" PRId64
             "\",\"creationTimestamp\":null%s}%s}}\n",
             watch->asked.table ? "Table" : info->name,
             watch->asked.table ? "meta.k8s.io/v1" : info->api_version, watch->version,
             initial_end ? ",\"annotations\":{\"" INITIAL_EVENTS_END "\":\"true\"}" : "",
             watch->asked.table ? ",\"columnDefinitions\":null,\"rows\":[]" : "");
}

static void print_error(struct watch *watch, const struct error *fault)
{
    struct status_subject subject = {.kind = KIND_COUNT};
    autotree cJSON *status = status_of_error(fault, &subject, NULL);
    str_add(&watch->queue, "{\"type\":\"ERROR\",\"object\":");
    tree_print(&watch->queue, status, false);
    str_add(&watch->queue, "}\n");
    watch->over = true;
}

/* Which event a change is for this watcher: an object that comes to match is ADDED to it, one that
 * ceases to is DELETED. NULL: none. */
static const char *event_type(const struct feed_change *change, bool matched, bool matches)
{
    if (change->type == FEED_DELETED) {
        return matched || (!change->previous && matches) ? "DELETED" : NULL;
    }
    if (matches) {
        return matched ? "MODIFIED" : "ADDED";
    }
    return matched ? "DELETED" : NULL;
}

static bool text_matches(struct watch *watch, const char *text, size_t len)
{
    if (!text) {
        return false;
    }
    if (asked_all(&watch->asked)) {
        return true;
    }
    autotree cJSON *tree = tree_parse(text, len, &watch->err);
    return tree && asked_matches(&watch->asked, tree);
}

static void on_change(const struct feed_change *change, void *data)
{
    struct watch *watch = data;
    const struct asked *asked = &watch->asked;
    if (watch->over || change->kind != asked->kind) {
        return;
    }
    watch->version = change->version;
    /* The cheap tests first: of a thousand watches on one object each, one reads the document. */
    if ((asked->ns && !text_same(asked->ns, change->namespace)) ||
        (asked->name && !text_same(asked->name, change->name))) {
        return;
    }
    bool matched = text_matches(watch, change->previous, change->previous_len);
    autotree cJSON *tree = asked_all(asked) && !asked->table
                               ? NULL
                               : tree_parse(change->document, change->document_len, &watch->err);
    bool matches = asked_all(asked) || (tree && asked_matches(asked, tree));
    const char *type = event_type(change, matched, matches);
    if (!type) {
        return;
    }
    if (!print_event(watch, type, change->document, change->document_len, tree, &watch->queue) ||
        watch->queue.len > MOST_WAITING) {
        str_done(&watch->queue);
        watch->over = true;
    }
    request_wake(watch->request);
}

static bool on_row(void *data, const char *text, size_t len, const cJSON *tree)
{
    struct watch *watch = data;
    return print_event(watch, "ADDED", text, len, tree, watch->out) &&
           watch->out->len < watch->most;
}

/* The state at the beginning. What changes meanwhile is in the queue behind it: seen twice rather
 * than never. */
static enum stream_result pull_state(struct watch *watch, struct str *out, size_t most)
{
    watch->out = out;
    watch->most = most;
    enum scan_result result = scan_walk(&watch->scan, on_row, watch, &watch->err);
    if (result == SCAN_FAILED) {
        return STREAM_FAILED;
    }
    if (result == SCAN_END) {
        watch->listing = false;
        scan_close(&watch->scan);
        if (watch->tells_initial_end) {
            print_bookmark(watch, true, out);
        }
    }
    return STREAM_MORE;
}

static enum stream_result on_pull(void *data, struct str *out, size_t most)
{
    struct watch *watch = data;
    if (watch->listing) {
        return pull_state(watch, out, most);
    }
    if (watch->queue.len) {
        /* Whole, however much it is: it is in memory anyway. */
        str_add_bytes(out, watch->queue.data, watch->queue.len);
        str_done(&watch->queue);
    }
    return watch->over ? STREAM_END : STREAM_WAIT;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_closed(void *data)
{
    struct watch *watch = data;
    feed_unsubscribe(watch->feed);
    scan_close(&watch->scan);
    asked_done(&watch->asked);
    str_done(&watch->queue);
    if (watch->timed) {
        uv_close((uv_handle_t *)&watch->timer, on_timer_closed);
    } else {
        free(watch);
    }
}

static const struct stream_ops watch_ops = {.pull = on_pull, .closed = on_closed};

static void timer_arm(struct watch *watch, uv_timer_cb on_due)
{
    uint64_t due = watch->left_ms;
    if (watch->bookmarks && (!due || due > BOOKMARK_MS)) {
        due = BOOKMARK_MS;
    }
    if (due) {
        uv_timer_start(&watch->timer, on_due, due, 0);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    uint64_t passed = watch->bookmarks ? BOOKMARK_MS : watch->left_ms;
    bool end = watch->left_ms && watch->left_ms <= passed;
    watch->left_ms -= watch->left_ms && !end ? passed : 0;
    if (watch->bookmarks && !watch->listing) {
        print_bookmark(watch, false, &watch->queue);
    }
    if (end) {
        watch->over = true;
    } else {
        timer_arm(watch, on_timer);
    }
    request_wake(watch->request);
}

/* Where the stream begins: behind a version, or with the state. */
static bool watch_begin(struct watch *watch, struct error *err)
{
    struct request *request = watch->request;
    struct store *store = request->api->store;
    const char *text = uri_param(&request->uri, "resourceVersion");
    const char *timeout = uri_param(&request->uri, "timeoutSeconds");
    long long since = 0, seconds = 0;
    bool send_state = request_flag(request, "sendInitialEvents");
    if ((text && *text && !text_int(text, 0, INT64_MAX, &since)) ||
        (timeout && *timeout && !text_int(timeout, 0, INT32_MAX, &seconds))) {
        return error_set(err, ERROR_BAD_REQUEST, "resourceVersion or timeoutSeconds is no number");
    }
    watch->bookmarks = request_flag(request, "allowWatchBookmarks");
    watch->left_ms = (uint64_t)seconds * 1000;
    watch->version = store_version(store);
    watch->tells_initial_end = send_state && watch->bookmarks;
    watch->feed = feed_subscribe(store, FEED_KIND(watch->asked.kind), on_change, watch);
    if (!since || send_state) {
        watch->listing = true;
        return scan_open(&watch->scan, store, &watch->asked, NULL, err);
    }
    struct error fault = {0};
    if (!feed_replay(store, FEED_KIND(watch->asked.kind), since, on_change, watch, &fault)) {
        if (fault.code != ERROR_EXPIRED) {
            if (err) {
                *err = fault;
            }
            return false;
        }
        print_error(watch, &fault);
    }
    return true;
}

void watch_open(struct request *request)
{
    struct error err = {0};
    struct watch *watch = xcalloc(1, sizeof *watch);
    watch->request = request;
    if (!asked_read(request, &watch->asked, &err) || !watch_begin(watch, &err)) {
        on_closed(watch);
        reply_error(request, &err);
        return;
    }
    if (watch->left_ms || watch->bookmarks) {
        watch->timed = true;
        uv_timer_init(request->api->loop, &watch->timer);
        watch->timer.data = watch;
        timer_arm(watch, on_timer);
    }
    reply_stream(request, REPLY_JSON, &watch_ops, watch);
}
