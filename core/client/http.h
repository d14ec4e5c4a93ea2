/* http.h - HTTP requests on the loop: libcurl's multi interface over a unix socket or TLS. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLIENT_HTTP_H
#define BELFRY_CORE_CLIENT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "core/base/str.h"
#include "core/client/context.h"

/* The connection pool to one context. */
struct http;
/* One request under way. */
struct http_call;

/* CTX is copied. NULL with err set when the socket's path or the credentials cannot be used; that
 * nothing listens is found out by the first call. */
must_use struct http *http_new(uv_loop_t *loop, const struct context *ctx, struct error *err);
/* Cancels all calls (their callbacks do not run) and releases; not from within a callback. The loop
 * must run once more for its handles to close. NULL is fine. Returns NULL. */
struct http *http_free(struct http *http);
const struct context *http_context(const struct http *http);

/* All texts are borrowed for the length of the call of http_send only. */
struct http_request {
    const char *method;       /* NULL: GET */
    const char *path;         /* with its query, already escaped: see http_escape */
    const char *accept;       /* NULL: application/json */
    const char *content_type; /* of the body; NULL: application/json */
    const char *body;         /* NULL: none */
    size_t body_len;
    long timeout_ms; /* for the whole request; 0: 30 s for http_send, none for streams */
};

/* Borrowed until the callback returns. */
struct http_reply {
    int status;
    const char *content_type;
    const char *body; /* NUL behind it; for streams the body of an error reply only */
    size_t len;
    const char *const *warnings; /* the texts of `Warning: 299` headers */
    size_t warning_count;
};

/* Called once, from the loop, never from within http_send. Either ERR says why there is no reply
 * (ERROR_UNAVAILABLE: nothing listens; ERROR_TIMEOUT; ERROR_TOO_LARGE: over 64 MiB), then REPLY
 * is NULL; or REPLY is there, with ERR set from its Status object when its status is no 2xx
 * (call it failed then), else ERR is NULL. Any call may be started or cancelled within. */
typedef void http_done_fn(void *data, const struct http_reply *reply, const struct error *err);
/* A piece of a stream's body, as it comes. */
typedef void http_chunk_fn(void *data, const char *bytes, size_t len);

struct http_call *http_send(struct http *http, const struct http_request *request,
                            http_done_fn *on_done, void *data);
/* The same with the body handed over in pieces; ON_HEAD (may be NULL) runs when a 2xx head is in.
 * ON_DONE runs when the stream ends or fails. */
struct http_call *http_stream(struct http *http, const struct http_request *request,
                              void (*on_head)(void *data), http_chunk_fn *on_chunk,
                              http_done_fn *on_done, void *data);
/* Ends it without a callback; NULL is fine. Returns NULL. A finished call is gone: forget its
 * pointer in ON_DONE. */
struct http_call *http_cancel(struct http_call *call);
/* Stops and continues a stream (back-pressure): while it is paused there are no callbacks of this
 * call, not even of its end; what has come waits, in some 64 KiB at most. */
void http_pause(struct http_call *call, bool paused);

/* Runs the loop until the call is done and keeps the reply: for the command line. BODY gets the
 * reply's body (also of a failure); warnings go to ON_WARNING where it is not NULL. */
must_use bool http_wait(struct http *http, const struct http_request *request, struct str *ret_body,
                        void (*on_warning)(const char *text), struct error *err);

/* TEXT percent-escaped for a path or query, added to S. */
void http_escape(struct str *s, const char *text);

#endif
