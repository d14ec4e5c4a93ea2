/* resource_list.c - lists, streamed row by row from the stored text. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "core/api/reply.h"
#include "core/api/resource.h"
#include "core/api/scan.h"
#include "core/api/server.h"
#include "core/api/watch.h"
#include "core/base/log.h"

/* One list on its way out. The metadata comes behind the items, since only then the place to
 * continue is known; the order of members means nothing in JSON. */
struct listing {
    struct asked asked;
    struct scan scan;
    size_t limit, given; /* limit 0: none */
    bool begun;
    struct str *out; /* of the pull under way */
    size_t most;
    struct error err;
};

static void listing_free(struct listing *listing)
{
    scan_close(&listing->scan);
    asked_done(&listing->asked);
    free(listing);
}

static void on_closed(void *data)
{
    listing_free(data);
}

static void print_head(struct listing *listing, struct str *out)
{
    const struct kind_info *info = kind_info(listing->asked.kind);
    listing->begun = true;
    if (listing->asked.table) {
        str_add(out, "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",");
        asked_print_columns(&listing->asked, out);
        str_add(out, ",\"rows\":[");
    } else {
        str_addf(out, "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"items\":[", info->list_name,
                 info->api_version);
    }
}

static void print_tail(struct listing *listing, bool more, struct str *out)
{
    cleanup_with(str_done) struct str token = {0};
    str_addf(out, "],\"metadata\":{\"resourceVersion\":\"%" PRId64 "\"", listing->scan.version);
    if (more && scan_token(&listing->scan, &token)) {
        str_add(out, ",\"continue\":");
        str_add_json(out, str_text(&token));
        int64_t remaining = asked_all(&listing->asked) ? scan_remaining(&listing->scan) : -1;
        if (remaining > 0) {
            str_addf(out, ",\"remainingItemCount\":%" PRId64, remaining);
        }
    }
    str_add(out, "}}");
}

static bool full(const struct listing *listing)
{
    return listing->limit && listing->given == listing->limit;
}

static bool on_row(void *data, const char *text, size_t len, const cJSON *tree)
{
    struct listing *listing = data;
    if (listing->given++) {
        str_add_char(listing->out, ',');
    }
    return asked_print(&listing->asked, text, len, tree, listing->out, &listing->err) &&
           !full(listing) && listing->out->len < listing->most;
}

static enum stream_result on_pull(void *data, struct str *out, size_t most)
{
    struct listing *listing = data;
    if (!listing->begun) {
        print_head(listing, out);
    }
    listing->out = out;
    listing->most = most;
    enum scan_result result = scan_walk(&listing->scan, on_row, listing, &listing->err);
    if (result == SCAN_FAILED || listing->err.code) {
        log_error("a list was cut short: %s", listing->err.what);
        return STREAM_FAILED;
    }
    if (result == SCAN_END || full(listing)) {
        print_tail(listing, result != SCAN_END, out);
        return STREAM_END;
    }
    return STREAM_MORE;
}

static const struct stream_ops listing_ops = {.pull = on_pull, .closed = on_closed};

static bool read_limit(const struct request *request, size_t *ret, struct error *err)
{
    const char *text = uri_param(&request->uri, "limit");
    long long limit = 0;
    if (text && *text && !text_int(text, 0, INT32_MAX, &limit)) {
        return error_set(err, ERROR_BAD_REQUEST, "limit \"%s\" is no number", text);
    }
    *ret = (size_t)limit;
    return true;
}

/* resourceVersion of a list: what is here is always the newest, so "at least N" holds or N is in
 * the future; "exactly N" only for now. */
static bool check_version(const struct request *request, int64_t now, struct error *err)
{
    const char *text = uri_param(&request->uri, "resourceVersion");
    const char *match = uri_param(&request->uri, "resourceVersionMatch");
    long long version = 0;
    if (!text || !*text) {
        return true;
    }
    if (!text_int(text, 0, INT64_MAX, &version)) {
        return error_set(err, ERROR_BAD_REQUEST, "resourceVersion \"%s\" is no number", text);
    }
    if (version > now) {
        return error_set(err, ERROR_TIMEOUT,
                         "Timeout: Too large resource version: %lld, current: %" PRId64, version,
                         now);
    }
    if (text_same(match, "Exact") && version != now) {
        return error_set(err, ERROR_EXPIRED,
                         "The resourceVersion for the provided list is too old.");
    }
    return true;
}

static bool listing_begin(struct request *request, struct listing *listing, struct error *err)
{
    const char *token = uri_param(&request->uri, "continue");
    token = token && *token ? token : NULL;
    struct store *store = request->api->store;
    return asked_read(request, &listing->asked, err) && read_limit(request, &listing->limit, err) &&
           check_version(request, store_version(store), err) &&
           scan_open(&listing->scan, store, &listing->asked, token, err);
}

void resource_list(struct request *request)
{
    struct error err = {0};
    if (request_flag(request, "watch")) {
        watch_open(request);
        return;
    }
    struct listing *listing = xcalloc(1, sizeof *listing);
    if (!listing_begin(request, listing, &err)) {
        listing_free(listing);
        reply_error(request, &err);
        return;
    }
    reply_stream(request, REPLY_JSON, &listing_ops, listing);
}
