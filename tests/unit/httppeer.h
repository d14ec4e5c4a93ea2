/* httppeer.h - the other end of an HTTP connection, whose every byte a test says itself. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_HTTPPEER_H
#define BELFRY_TESTS_UNIT_HTTPPEER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "core/base/str.h"
#include "core/client/http.h"

#define PEER_CONNECTIONS 32

/* A test is a dialogue: let the client ask, wait for the request with peer_expect, answer it with
 * peer_say, wait for what the client makes of it with peer_run. All waits are bounded, and a wait
 * in vain is a failed assertion. */
struct peer {
    uv_loop_t loop;
    struct http *http; /* the client's end, ready for use */
    char *home;        /* the folder of the socket */
    uv_pipe_t server;
    bool listening;
    struct peer_connection {
        uv_pipe_t pipe;
        bool open;
        struct str input; /* of requests that nobody expected yet */
        size_t answered;  /* requests taken off by peer_expect */
    } connections[PEER_CONNECTIONS];
    size_t count; /* connections so far */
};

/* For cmocka's setup and teardown: *STATE is the struct peer. Teardown checks that no handle is
 * left on the loop. */
int peer_setup(void **state);
int peer_teardown(void **state);

/* Stops listening and closes every connection, as a scheduler that is killed; and comes back. */
void peer_kill(struct peer *peer);
void peer_listen(struct peer *peer);

/* Waits for a request that begins with HEAD ("GET /livez "), on any connection, and takes it off.
 * Returns the connection's number. REQUEST (may be NULL) gets all of it. */
size_t peer_expect(struct peer *peer, const char *head, struct str *request);
/* True when some connection has a request that nobody has expected. */
bool peer_asked(struct peer *peer);

void peer_say(struct peer *peer, size_t connection, const char *text);
void peer_say_bytes(struct peer *peer, size_t connection, const void *bytes, size_t len);
/* One byte after the other, each read by the client before the next is written. */
void peer_say_slowly(struct peer *peer, size_t connection, const char *text);
/* A whole reply with a Content-Length. STATUS: "200 OK". */
void peer_reply(struct peer *peer, size_t connection, const char *status, const char *body);
/* The head of a chunked reply, then chunks. An empty TEXT is the last one. */
void peer_stream(struct peer *peer, size_t connection);
void peer_chunk(struct peer *peer, size_t connection, const char *text);
void peer_close(struct peer *peer, size_t connection);

/* Runs the loop until *FLAG is true. */
void peer_run(struct peer *peer, const bool *flag);
/* Runs the loop until LOG holds TEXT. */
void peer_run_log(struct peer *peer, const struct str *log, const char *text);
/* Runs the loop as long as something is ready at once: for what must not happen. */
void peer_settle(struct peer *peer);

#endif
