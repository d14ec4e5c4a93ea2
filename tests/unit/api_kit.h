/* api_kit.h - the API over a memory store in this process, and a small HTTP client to ask it. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_API_KIT_H
#define BELFRY_TESTS_UNIT_API_KIT_H

#include <uv.h>

#include "core/api/server.h"
#include "core/base/str.h"
#include "core/codec/tree.h"

#define KIT_NOW (INT64_C(1790000000) * NSEC_PER_SEC) /* 2026-09-21T14:13:20Z */

/* Everything a server needs, with a clock that stands still. */
struct kit {
    uv_loop_t loop;
    struct clk *clk;
    struct id_source ids;
    struct store *store;
    struct api api;
    struct server *server;
    struct paths paths;
    char *folder; /* of its own, removed at the end */
};

int kit_setup(void **state);         /* *state becomes a struct kit */
int kit_setup_on_disk(void **state); /* the same over a database in its folder */
int kit_teardown(void **state);      /* fails when a handle is left on the loop */

/* One connection to it. */
struct peer {
    struct kit *kit;
    int fd;
    struct str in; /* read, not looked at yet */
    bool eof;
};

struct peer peer_open(struct kit *kit);
/* Any connected socket, from elsewhere. */
struct peer peer_of(struct kit *kit, int fd);
void peer_close(struct peer *peer);
void peer_send(struct peer *peer, const char *bytes, size_t len);
/* Runs the loop until TEXT stands in what was read, at most ten seconds; fails the test else. */
void peer_wait(struct peer *peer, const char *text);
void peer_wait_eof(struct peer *peer);
/* Takes one line (without "\n") of a chunked body: an event of a watch. free(). */
char *peer_line(struct peer *peer);

/* One reply, its chunks put together. */
struct answer {
    int status;
    char *head;
    struct str body;
    cJSON *tree; /* of a JSON body; NULL */
};
void answer_done(struct answer *answer);
/* The value of a header, NULL when it is not there; free(). */
char *answer_header(const struct answer *answer, const char *name);

/* Sends METHOD TARGET with the extra HEADERS ("A: b\r\n", may be NULL) and BODY (may be NULL) and
 * waits for the whole reply, on one connection. */
struct answer peer_ask(struct peer *peer, const char *method, const char *target,
                       const char *headers, const char *body);
/* Reads the head of a reply that goes on; the body stays in PEER. */
struct answer peer_head(struct peer *peer);
/* The same as peer_ask on a connection of its own. */
struct answer kit_ask(struct kit *kit, const char *method, const char *target, const char *headers,
                      const char *body);
/* Asks and checks the status; the tree is yours (NULL when there is none). */
cJSON *kit_json(struct kit *kit, int status, const char *method, const char *target,
                const char *body);
/* Lets the loop turn until nothing is left to do at once. */
void kit_settle(struct kit *kit);

/* A CronJob that is valid, with NAME; free(). */
char *kit_cronjob(const char *name);
char *kit_job(const char *name);

#define CRONJOBS "/apis/batch/v1/namespaces/default/cronjobs"
#define JOBS "/apis/batch/v1/namespaces/default/jobs"
#define PODS "/api/v1/namespaces/default/pods"

#endif
