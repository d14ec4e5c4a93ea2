/* request.h - one HTTP request on its way through: what was asked, what is answered. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_REQUEST_H
#define BELFRY_CORE_API_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/api/uri.h"
#include "core/base/error.h"
#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/model/kind.h"

/* What an etcd takes, and so what a client expects to be refused beyond: 3 MiB. */
#define REQUEST_MOST_BODY (3U << 20)

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };
const char *method_name(enum method method);

/* What a streamed body is made of. It is pulled as the client takes it, so a slow client costs no
 * memory. */
enum stream_result {
    STREAM_MORE,  /* something was added, or will be at the next call */
    STREAM_WAIT,  /* nothing for now: request_wake() will say when */
    STREAM_END,   /* what was added is the last */
    STREAM_FAILED /* the connection is cut, so that the client sees an incomplete body */
};
struct stream_ops {
    /* Adds to OUT (empty), some MOST bytes or a little more. */
    enum stream_result (*pull)(void *data, struct str *out, size_t most);
    /* Exactly once, when nobody will pull any more: release DATA. */
    void (*closed)(void *data);
};

struct reply_header {
    char *name, *value;
};

/* What is answered. Built by the functions of reply.h. */
struct reply {
    int status; /* 0 = nothing yet */
    const char *content_type;
    struct str body;
    const struct stream_ops *stream; /* NULL: body is all of it */
    void *stream_data;
    vec(struct reply_header) headers;
    unsigned warnings; /* how many Warning headers there are */
};

struct api;
struct route;
struct exchange;

/* A handler reads it and leaves a reply in it. Valid until the reply is through. */
struct request {
    struct api *api;
    enum method method;
    struct uri uri;
    const char *accept, *content_type, *if_none_match; /* headers, "" when absent */
    struct str body;
    const struct route *route;   /* what matched; route.h */
    const char *group, *version; /* of the path; "" = the core group; NULL: not an API path */
    enum kind kind;              /* of the path; KIND_COUNT */
    const char *ns, *name, *sub; /* path parameters, NULL where there is none */
    struct reply reply;
    struct exchange *exchange; /* request.c's own; NULL for a request made by a test */
};

/* A request begins empty; request_done releases what it owns. */
void request_done(struct request *request);

/* A flag parameter as Kubernetes reads it: "true", "1" and "" are yes. */
bool request_flag(const struct request *request, const char *key);

/* A handler may return without a reply; then it calls this when there is one. The connection
 * waits meanwhile. */
void request_ready(struct request *request);
/* The stream of this request has something to pull, or an end to tell. */
void request_wake(struct request *request);

#endif
