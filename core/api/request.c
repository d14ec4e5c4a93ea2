/* request.c - one HTTP request: its limits, its wait for the commit, its reply, its stream. */
/* SPDX-License-Identifier: MIT */
#include "core/api/request.h"

#include <assert.h>
#include <string.h>

#include "core/api/access.h"
#include "core/api/exchange.h"
#include "core/api/reply.h"
#include "core/api/route.h"
#include "core/api/server.h"

/* How much of a stream is pulled at a time. */
#define PULL_BYTES 32768
#define STREAM_BLOCK 4096

/* What store_after_commit() is given. It outlives the exchange when the client leaves. */
struct ticket {
    struct exchange *exchange; /* NULL: nobody waits any more */
};

/* A suspended connection is out of the library's sight, so nobody would notice that its client has
 * left: the loop watches its socket for that alone. */
struct gone {
    uv_poll_t poll;
    struct exchange *exchange;
};

static const char *const method_names[] = {
    [METHOD_GET] = "GET",     [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
    [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
};
static_assert(countof(method_names) == METHOD_COUNT, "a name for each method");

const char *method_name(enum method method)
{
    return method_names[method];
}

static enum method method_find(const char *name)
{
    for (enum method i = 0; i < METHOD_COUNT; i++) {
        if (text_same(name, method_names[i])) {
            return i;
        }
    }
    /* The library leaves the body of a HEAD reply out by itself. */
    return text_same(name, "HEAD") ? METHOD_GET : METHOD_COUNT;
}

static void on_gone_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void gone_stop(struct exchange *x)
{
    struct gone *gone = x->gone;
    if (gone) {
        x->gone = NULL;
        gone->exchange = NULL;
        uv_close((uv_handle_t *)&gone->poll, on_gone_closed);
    }
}

static void exchange_resume(struct exchange *x)
{
    if (x->suspended) {
        x->suspended = false;
        x->listener->pending = true;
        MHD_resume_connection(x->connection);
    }
}

static void on_gone(uv_poll_t *poll, int status, int events)
{
    struct gone *gone = poll->data;
    if (gone->exchange && (status < 0 || (events & UV_DISCONNECT))) {
        exchange_abandon(gone->exchange);
    }
}

static void gone_start(struct exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (x->gone || !info) {
        return;
    }
    struct gone *gone = xcalloc(1, sizeof *gone);
    if (uv_poll_init(x->listener->api->loop, &gone->poll, info->connect_fd) != 0) {
        free(gone);
        return;
    }
    gone->poll.data = gone;
    gone->exchange = x;
    x->gone = gone;
    if (uv_poll_start(&gone->poll, UV_DISCONNECT, on_gone) != 0) {
        gone_stop(x);
    }
}

static void exchange_suspend(struct exchange *x)
{
    if (!x->suspended) {
        x->suspended = true;
        MHD_suspend_connection(x->connection);
    }
}

static void on_committed(void *data, const struct error *failure)
{
    struct ticket *ticket = data;
    struct exchange *x = ticket->exchange;
    free(ticket);
    if (!x) {
        return;
    }
    x->ticket = NULL;
    if (failure && x->handled && !x->queued) {
        reply_error(&x->request, failure);
    }
    exchange_resume(x);
}

/* Nobody is told what may still be lost: the reply, and every piece of a stream, waits until what
 * the store shows is on disk. That is this turn, so the client's leaving needs no watch. */
static bool exchange_waits(struct exchange *x)
{
    struct store *store = x->listener->api->store;
    if (!store || !store_dirty(store)) {
        return false;
    }
    x->ticket = xcalloc(1, sizeof *x->ticket);
    x->ticket->exchange = x;
    exchange_suspend(x);
    store_after_commit(store, on_committed, x->ticket);
    return true;
}

/* Fills x->out; false when there is nothing to send now. */
static bool exchange_pull(struct exchange *x)
{
    const struct reply *reply = &x->request.reply;
    str_clear(&x->out);
    x->out_at = 0;
    while (x->last_pull == STREAM_MORE) {
        if (exchange_waits(x)) {
            return false;
        }
        x->last_pull = reply->stream->pull(reply->stream_data, &x->out, PULL_BYTES);
        if (x->out.len) {
            /* What came while this is being sent is pulled behind it: a wake-up is heard only by
             * a connection that sleeps. */
            x->last_pull = x->last_pull == STREAM_WAIT ? STREAM_MORE : x->last_pull;
            return true;
        }
    }
    if (x->last_pull == STREAM_WAIT) {
        x->last_pull = STREAM_MORE; /* what request_wake() will ask for */
        gone_start(x);
        exchange_suspend(x);
    }
    return false;
}

static ssize_t on_pull(void *cls, uint64_t position, char *buffer, size_t most)
{
    (void)position;
    struct exchange *x = cls;
    if (x->left) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (x->out_at == x->out.len && !exchange_pull(x)) {
        switch (x->last_pull) {
        case STREAM_END: return MHD_CONTENT_READER_END_OF_STREAM;
        case STREAM_FAILED: return MHD_CONTENT_READER_END_WITH_ERROR;
        case STREAM_MORE:
        case STREAM_WAIT: return 0;
        }
    }
    size_t len = x->out.len - x->out_at;
    len = len < most ? len : most;
    memcpy(buffer, x->out.data + x->out_at, len);
    x->out_at += len;
    if (x->out_at == x->out.len) {
        /* An idle watch keeps no buffer of what it once sent. */
        str_done(&x->out);
        x->out_at = 0;
    }
    return (ssize_t)len;
}

static struct MHD_Response *response_new(struct exchange *x)
{
    struct reply *reply = &x->request.reply;
    if (reply->stream) {
        /* A reader that is slow, or a watch on which nothing happens, is not a dead client. */
        (void)MHD_set_connection_option(x->connection, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_pull, x, NULL);
    }
    size_t len = reply->body.len;
    return MHD_create_response_from_buffer(len, str_take(&reply->body), MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result exchange_queue(struct exchange *x)
{
    struct reply *reply = &x->request.reply;
    struct MHD_Response *response = response_new(x);
    if (!response) {
        return MHD_NO;
    }
    if (reply->content_type) {
        (void)MHD_add_response_header(response, "Content-Type", reply->content_type);
    }
    for (size_t i = 0; i < reply->headers.len; i++) {
        (void)MHD_add_response_header(response, reply->headers.data[i].name,
                                      reply->headers.data[i].value);
    }
    enum MHD_Result result = MHD_queue_response(x->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    x->queued = true;
    return result;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value ? value : "";
}

/* All that can be refused before a body is read. */
static void exchange_check(struct exchange *x, const char *method)
{
    struct request *request = &x->request;
    struct error err = {0};
    long long length = 0;
    request->method = method_find(method);
    if (!x->readable) {
        reply_error(request, &x->uri_fault);
        return;
    }
    route_find(request);
    if (x->listener->access && !(request->route && request->route->open) &&
        !access_allows(x->listener->access, header(x->connection, "Authorization"))) {
        (void)error_set(&err, ERROR_UNAUTHORIZED, "Unauthorized");
        reply_error(request, &err);
    } else if (request->method == METHOD_COUNT) {
        reply_not_allowed(request);
    } else if (text_int(header(x->connection, "Content-Length"), 0, INT64_MAX, &length) &&
               length > REQUEST_MOST_BODY) {
        (void)error_set(&err, ERROR_TOO_LARGE, "Request entity too large: limit is %u",
                        REQUEST_MOST_BODY);
        reply_error(request, &err);
    } else if (!request->route) {
        route_missing(request);
    }
}

static enum MHD_Result exchange_head(struct exchange *x, const char *method)
{
    struct request *request = &x->request;
    request->accept = header(x->connection, "Accept");
    request->content_type = header(x->connection, "Content-Type");
    request->if_none_match = header(x->connection, "If-None-Match");
    exchange_check(x, method);
    bool has_body = *header(x->connection, "Transfer-Encoding") ||
                    !(text_same(header(x->connection, "Content-Length"), "") ||
                      text_same(header(x->connection, "Content-Length"), "0"));
    /* Refused with a body on its way: answer now, and the library reads no further and closes. A
     * reply without a body in sight waits for the next call, which keeps the connection. */
    return request->reply.status && has_body ? exchange_queue(x) : MHD_YES;
}

static enum MHD_Result exchange_body(struct exchange *x, const char *bytes, size_t *len)
{
    struct str *body = &x->request.body;
    if (*len > REQUEST_MOST_BODY || body->len > REQUEST_MOST_BODY - *len) {
        if (x->oversized) {
            return MHD_NO; /* warned by the limit once, and still sending */
        }
        x->oversized = true;
        str_done(body);
    }
    str_add_bytes(body, bytes, *len);
    *len = 0;
    return MHD_YES;
}

static void exchange_handle(struct exchange *x)
{
    struct request *request = &x->request;
    x->handled = true;
    if (x->oversized) {
        struct error err = {0};
        (void)error_set(&err, ERROR_TOO_LARGE, "Request entity too large: limit is %u",
                        REQUEST_MOST_BODY);
        reply_error(request, &err);
    } else if (!request->reply.status) {
        request->route->handle(request);
    }
}

void *exchange_on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct listener *listener = cls;
    struct exchange *x = xcalloc(1, sizeof *x);
    x->listener = listener;
    x->connection = connection;
    x->last_pull = STREAM_MORE;
    x->request.api = listener->api;
    x->request.exchange = x;
    x->next = listener->first;
    if (x->next) {
        x->next->prev = x;
    }
    listener->first = x;
    x->readable = uri_parse(&x->request.uri, uri, &x->uri_fault);
    return x;
}

/* The library calls it with the head alone, then with each piece of the body, then with none; and
 * once more whenever the connection was resumed without a reply. */
enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **context)
{
    (void)cls, (void)connection, (void)url, (void)version;
    struct exchange *x = *context;
    if (x->left) {
        return MHD_NO;
    }
    if (!x->headed) {
        x->headed = true;
        return exchange_head(x, method);
    }
    if (*upload_size) {
        return exchange_body(x, upload, upload_size);
    }
    if (!x->handled) {
        /* A reader sees what is kept, unless writers never let it. */
        if (x->request.method == METHOD_GET && !x->waited && exchange_waits(x)) {
            x->waited = true;
            return MHD_YES;
        }
        exchange_handle(x);
        if (x->request.reply.status && exchange_waits(x)) {
            return MHD_YES;
        }
    }
    if (!x->request.reply.status) {
        gone_start(x);
        exchange_suspend(x); /* until request_ready() */
        return MHD_YES;
    }
    return x->ticket ? MHD_YES : exchange_queue(x);
}

void exchange_on_completed(void *cls, struct MHD_Connection *connection, void **context,
                           enum MHD_RequestTerminationCode how)
{
    (void)connection, (void)how;
    struct listener *listener = cls;
    struct exchange *x = *context;
    if (!x) {
        return;
    }
    *context = NULL;
    gone_stop(x);
    if (x->ticket) {
        x->ticket->exchange = NULL;
    }
    if (x->prev) {
        x->prev->next = x->next;
    } else {
        listener->first = x->next;
    }
    if (x->next) {
        x->next->prev = x->prev;
    }
    request_done(&x->request);
    str_done(&x->out);
    free(x);
}

void exchange_abandon(struct exchange *exchange)
{
    exchange->left = true;
    gone_stop(exchange);
    exchange_resume(exchange);
}

void request_done(struct request *request)
{
    uri_done(&request->uri);
    str_done(&request->body);
    reply_done(&request->reply);
}

bool request_flag(const struct request *request, const char *key)
{
    const char *value = uri_param(&request->uri, key);
    return value && (text_same(value, "true") || text_same(value, "1") || !*value);
}

void request_ready(struct request *request)
{
    struct exchange *x = request->exchange;
    if (x && !x->queued && (x->ticket || !exchange_waits(x))) {
        exchange_resume(x);
    }
}

void request_wake(struct request *request)
{
    /* One that waits for the commit is resumed by it. */
    if (request->exchange && !request->exchange->ticket) {
        exchange_resume(request->exchange);
    }
}
