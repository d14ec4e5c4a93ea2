/* exchange.h - what server.c and request.c share: a listener, and one request on its connection. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_EXCHANGE_H
#define BELFRY_CORE_API_EXCHANGE_H

#include <microhttpd.h>
#include <uv.h>

#include "core/api/request.h"

/* One HTTP daemon of the library, polled by the loop. */
struct listener {
    struct listener *next;
    struct server *server;
    struct api *api;
    const struct access *access; /* NULL: whoever can connect is trusted */
    struct MHD_Daemon *http;
    struct exchange *first; /* all requests that are not through */
    uv_poll_t poll;         /* of the daemon's epoll descriptor */
    uv_timer_t timer;       /* of its next timeout */
    unsigned open_handles;
    bool pending; /* a connection was resumed: run the daemon before the loop sleeps */
    char *path;   /* of a unix socket, to be removed; else NULL */
};

struct exchange {
    struct request request;
    struct exchange *prev, *next;
    struct listener *listener;
    struct MHD_Connection *connection;
    struct ticket *ticket; /* it waits for the turn's commit */
    struct gone *gone;     /* notices that the client has left while it is suspended */
    struct str out;        /* of a stream: pulled, not yet taken by the library */
    size_t out_at;
    struct error uri_fault; /* why the target could not be read, if it is not `readable` */
    enum stream_result last_pull;
    bool readable, headed, waited, handled, queued, suspended;
    bool left;      /* the client has gone, or the server stops */
    bool oversized; /* the body is over the limit: dropped, answered with 413 */
};

/* The library's callbacks; CLS is the listener. */
void *exchange_on_uri(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **context);
void exchange_on_completed(void *cls, struct MHD_Connection *connection, void **context,
                           enum MHD_RequestTerminationCode how);

/* The server stops: the library refuses to with a connection suspended. */
void exchange_abandon(struct exchange *exchange);

#endif
