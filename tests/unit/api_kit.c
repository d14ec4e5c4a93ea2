/* api_kit.c - the API over a memory store in this process, and a small HTTP client to ask it. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/api_kit.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/log.h"

#define PATIENCE_MS 10000

static int setup(void **state, bool on_disk)
{
    struct error err = {0};
    struct kit *kit = xcalloc(1, sizeof *kit);
    const char *tmp = getenv("TMPDIR");
    kit->folder = xasprintf("%s/belfry-api-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(kit->folder));
    paths_init_at(&kit->paths, kit->folder);
    kit->clk = clk_virtual_new(KIT_NOW, NSEC_PER_SEC);
    kit->ids.seed = 7;
    assert_int_equal(uv_loop_init(&kit->loop), 0);
    kit->store = store_open(on_disk ? kit->paths.database : ":memory:", kit->clk, &kit->ids, &err);
    assert_non_null(kit->store);
    kit->api = (struct api){.loop = &kit->loop,
                            .store = kit->store,
                            .clk = kit->clk,
                            .ids = &kit->ids,
                            .paths = &kit->paths,
                            .start_time = clk_now(kit->clk)};
    kit->server = server_new(&kit->api, &err);
    assert_non_null(kit->server);
    kit_settle(kit);
    *state = kit;
    return 0;
}

int kit_setup(void **state)
{
    return setup(state, false);
}

int kit_setup_on_disk(void **state)
{
    return setup(state, true);
}

int kit_teardown(void **state)
{
    struct kit *kit = *state;
    kit->server = server_free(kit->server);
    uv_run(&kit->loop, UV_RUN_DEFAULT);
    int left = uv_loop_close(&kit->loop);
    store_close(kit->store);
    clk_free(kit->clk);
    paths_done(&kit->paths);
    (void)!file_remove_tree(kit->folder, NULL);
    free(kit->folder);
    free(kit);
    return left;
}

void kit_settle(struct kit *kit)
{
    for (int i = 0; i < 5; i++) {
        uv_run(&kit->loop, UV_RUN_NOWAIT);
    }
}

struct peer peer_of(struct kit *kit, int fd)
{
    return (struct peer){.kit = kit, .fd = fd};
}

struct peer peer_open(struct kit *kit)
{
    int ends[2];
    struct error err = {0};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_true(server_attach(kit->server, ends[1], &err));
    return peer_of(kit, ends[0]);
}

void peer_close(struct peer *peer)
{
    close(peer->fd);
    str_done(&peer->in);
    peer->fd = -1;
}

/* One turn of the loop, then what has come; sleeps only until either has something. */
static void peer_turn(struct peer *peer)
{
    uv_loop_t *loop = &peer->kit->loop;
    uv_run(loop, UV_RUN_NOWAIT);
    int timeout = uv_backend_timeout(loop);
    struct pollfd fds[] = {{.fd = peer->fd, .events = POLLIN},
                           {.fd = uv_backend_fd(loop), .events = POLLIN}};
    (void)poll(fds, 2, timeout < 0 || timeout > 100 ? 100 : timeout);
    char bytes[65536];
    ssize_t len = recv(peer->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (len > 0) {
        str_add_bytes(&peer->in, bytes, (size_t)len);
    } else if (len == 0 || (errno != EAGAIN && errno != EINTR)) {
        peer->eof = true;
    }
}

void peer_send(struct peer *peer, const char *bytes, size_t len)
{
    while (len) {
        ssize_t sent = send(peer->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        } else if (errno != EAGAIN) {
            return; /* it closed early: the reply says why */
        }
        if (len) {
            peer_turn(peer);
        }
    }
}

static nsec_t patience(void)
{
    return clk_mono(clk_system()) + PATIENCE_MS * NSEC_PER_MSEC;
}

void peer_wait(struct peer *peer, const char *text)
{
    nsec_t end = patience();
    while (!strstr(str_text(&peer->in), text)) {
        if (peer->eof || clk_mono(clk_system()) > end) {
            fail_msg("\"%s\" did not come; there is: %s", text, str_text(&peer->in));
        }
        peer_turn(peer);
    }
}

void peer_wait_eof(struct peer *peer)
{
    nsec_t end = patience();
    while (!peer->eof) {
        if (clk_mono(clk_system()) > end) {
            fail_msg("the connection was not closed; there is: %s", str_text(&peer->in));
        }
        peer_turn(peer);
    }
}

/* Waits until N bytes are there. */
static void peer_need(struct peer *peer, size_t n)
{
    nsec_t end = patience();
    while (peer->in.len < n) {
        if (peer->eof || clk_mono(clk_system()) > end) {
            fail_msg("%zu bytes did not come, only %zu", n, peer->in.len);
        }
        peer_turn(peer);
    }
}

/* One chunk's bytes to BODY; false for the last one. */
static bool peer_chunk(struct peer *peer, struct str *body)
{
    peer_wait(peer, "\r\n");
    char *end = NULL;
    size_t size = strtoul(str_text(&peer->in), &end, 16);
    size_t head = (size_t)(strstr(str_text(&peer->in), "\r\n") - str_text(&peer->in)) + 2;
    peer_need(peer, head + size + 2);
    str_add_bytes(body, peer->in.data + head, size);
    str_drop_front(&peer->in, head + size + 2);
    return size != 0;
}

char *peer_line(struct peer *peer)
{
    struct str line = {0};
    do {
        (void)peer_chunk(peer, &line);
    } while (line.len && line.data[line.len - 1] != '\n');
    assert_true(line.len > 0);
    char *end = strchr(line.data, '\n');
    /* Several events may come in one chunk: put the rest back as a chunk of its own. */
    size_t first = (size_t)(end - line.data) + 1;
    if (first < line.len) {
        struct str rest = {0};
        str_addf(&rest, "%zx\r\n", line.len - first);
        str_add_bytes(&rest, line.data + first, line.len - first);
        str_add(&rest, "\r\n");
        str_add_bytes(&rest, str_text(&peer->in), peer->in.len);
        str_done(&peer->in);
        peer->in = rest;
    }
    str_cut(&line, first - 1);
    return str_take(&line);
}

void answer_done(struct answer *answer)
{
    free(answer->head);
    str_done(&answer->body);
    cJSON_Delete(answer->tree);
    *answer = (struct answer){0};
}

char *answer_header(const struct answer *answer, const char *name)
{
    autofree char *start = xasprintf("\r\n%s: ", name);
    const char *at = strstr(answer->head, start);
    if (!at) {
        return NULL;
    }
    at += strlen(start);
    return xstrndup(at, strcspn(at, "\r\n"));
}

struct answer peer_head(struct peer *peer)
{
    struct answer answer = {0};
    peer_wait(peer, "\r\n\r\n");
    size_t len = (size_t)(strstr(str_text(&peer->in), "\r\n\r\n") - str_text(&peer->in)) + 4;
    answer.head = xstrndup(peer->in.data, len);
    str_drop_front(&peer->in, len);
    assert_int_equal(sscanf(answer.head, "HTTP/1.1 %d", &answer.status), 1);
    if (answer.status == 100) {
        answer_done(&answer);
        return peer_head(peer);
    }
    return answer;
}

struct answer peer_ask(struct peer *peer, const char *method, const char *target,
                       const char *headers, const char *body)
{
    cleanup_with(str_done) struct str out = {0};
    str_addf(&out, "%s %s HTTP/1.1\r\nHost: belfry\r\n%s", method, target, headers ? headers : "");
    if (body) {
        str_addf(&out, "Content-Length: %zu\r\n", strlen(body));
    }
    str_addf(&out, "\r\n%s", body ? body : "");
    peer_send(peer, out.data, out.len);
    struct answer answer = peer_head(peer);
    autofree char *length = answer_header(&answer, "Content-Length");
    autofree char *chunked = answer_header(&answer, "Transfer-Encoding");
    if (chunked) {
        while (peer_chunk(peer, &answer.body)) {
        }
    } else if (length && answer.status != 304) {
        size_t len = strtoul(length, NULL, 10);
        peer_need(peer, len);
        str_add_bytes(&answer.body, str_text(&peer->in), len);
        str_drop_front(&peer->in, len);
    }
    autofree char *type = answer_header(&answer, "Content-Type");
    if (type && text_starts(type, "application/json") && answer.status != 304) {
        struct error err = {0};
        answer.tree = tree_parse(answer.body.data, answer.body.len, &err);
        if (!answer.tree) {
            fail_msg("the reply is no JSON: %s in %s", err.what, str_text(&answer.body));
        }
    }
    return answer;
}

struct answer kit_ask(struct kit *kit, const char *method, const char *target, const char *headers,
                      const char *body)
{
    struct peer peer = peer_open(kit);
    struct answer answer = peer_ask(&peer, method, target, headers, body);
    peer_close(&peer);
    return answer;
}

cJSON *kit_json(struct kit *kit, int status, const char *method, const char *target,
                const char *body)
{
    bool patch = text_same(method, "PATCH");
    struct answer answer = kit_ask(kit, method, target,
                                   patch ? "Content-Type: application/merge-patch+json\r\n"
                                         : "Content-Type: application/json\r\n",
                                   body);
    if (answer.status != status) {
        fail_msg("%s %s: %d instead of %d: %s", method, target, answer.status, status,
                 str_text(&answer.body));
    }
    cJSON *tree = steal(&answer.tree);
    answer_done(&answer);
    return tree;
}

char *kit_cronjob(const char *name)
{
    return xasprintf(
        "{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"metadata\":{\"name\":\"%s\"},"
        "\"spec\":{\"schedule\":\"*/5 * * * *\",\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":"
        "{\"restartPolicy\":\"Never\",\"runtimeClassName\":\"host\",\"containers\":[{\"name\":"
        "\"main\",\"command\":[\"true\"]}]}}}}}}",
        name);
}

char *kit_job(const char *name)
{
    return xasprintf(
        "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"%s\"},"
        "\"spec\":{\"template\":{\"spec\":"
        "{\"restartPolicy\":\"Never\",\"runtimeClassName\":\"host\",\"containers\":[{\"name\":"
        "\"main\",\"command\":[\"true\"]}]}}}}",
        name);
}
