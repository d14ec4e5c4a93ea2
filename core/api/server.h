/* server.h - the API served on a loop: listeners, and connections handed in. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_SERVER_H
#define BELFRY_CORE_API_SERVER_H

#include <uv.h>

#include "core/base/clk.h"
#include "core/base/error.h"
#include "core/base/id.h"
#include "core/base/paths.h"
#include "storage/db.h"

struct access;
struct control;
struct server;

/* What the handlers work with. All borrowed; must outlive the server. */
struct api {
    uv_loop_t *loop;
    struct store *store;
    const struct clk *clk;
    struct id_source *ids;
    struct control *control;   /* NULL: objects are kept, nothing runs */
    const struct paths *paths; /* where logs are; NULL: there are none */
    void (*stop)(void *data);  /* POST /belfry/stop; NULL: refused */
    void *stop_data;
    size_t (*running)(void *data); /* attempts under way; NULL: none */
    void *running_data;
    /* For /belfry/status; texts may be NULL. */
    const char *listen, *runtime, *missed_starts;
    sec_t start_time;
};

/* Puts the API on api->loop, with the one commit a loop turn (turn.h): whoever has a server calls
 * store_commit() no more. */
must_use struct server *server_new(struct api *api, struct error *err);
/* Cuts all connections. Handles on the loop are closed; run the loop once more. Returns NULL. */
struct server *server_free(struct server *server);

/* A unix socket, 0600, in place of whatever is at PATH, however long PATH is. The caller holds the
 * home's lock, so nobody else listens there. Removed by server_free. */
must_use bool server_listen_unix(struct server *server, const char *path, struct error *err);
/* ADDRESS is "HOST:PORT", "[V6]:PORT" or ":PORT" (every address); port 0 takes a free one. TLS with
 * the certificate and the token of ACCESS (borrowed). RET_ADDRESS (may be NULL) gets what is
 * listened on, yours to free(). */
must_use bool server_listen_tls(struct server *server, const char *address,
                                const struct access *access, char **ret_address, struct error *err);
/* Serves one connected stream socket (a socketpair's end, taken also on failure), trusted like the
 * unix socket: the demo, screen tests, unit tests. */
must_use bool server_attach(struct server *server, int fd /* taken */, struct error *err);

/* Requests and streams that are not through: for tests and /metrics. */
size_t server_requests(const struct server *server);

#endif
