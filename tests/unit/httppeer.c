/* httppeer.c - the other end of an HTTP connection, whose every byte a test says itself. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/httppeer.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clk.h"
#include "core/base/file.h"

#define WAIT_MOST (20 * NSEC_PER_SEC)

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    *buffer = uv_buf_init(xmalloc(suggested), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buffer)
{
    struct peer_connection *connection = stream->data;
    if (len > 0) {
        str_add_bytes(&connection->input, buffer->base, (size_t)len);
    } else if (len < 0 && connection->open) {
        connection->open = false;
        uv_close((uv_handle_t *)stream, NULL);
    }
    free(buffer->base);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct peer *peer = server->data;
    if (status != 0 || peer->count == PEER_CONNECTIONS) {
        return;
    }
    struct peer_connection *connection = &peer->connections[peer->count++];
    uv_pipe_init(&peer->loop, &connection->pipe, 0);
    connection->pipe.data = connection;
    connection->open = true;
    uv_accept(server, (uv_stream_t *)&connection->pipe);
    uv_read_start((uv_stream_t *)&connection->pipe, on_alloc, on_read);
}

void peer_listen(struct peer *peer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int home = open(peer->home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    autofree char *path = xasprintf("%s/belfry.sock", peer->home);
    unlink(path);
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/belfry.sock", home);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    close(home);
    uv_pipe_init(&peer->loop, &peer->server, 0);
    peer->server.data = peer;
    assert_int_equal(uv_pipe_open(&peer->server, fd), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&peer->server, 16, on_connection), 0);
    peer->listening = true;
}

void peer_close(struct peer *peer, size_t connection)
{
    struct peer_connection *end = &peer->connections[connection];
    if (end->open) {
        end->open = false;
        uv_close((uv_handle_t *)&end->pipe, NULL);
    }
}

void peer_kill(struct peer *peer)
{
    for (size_t i = 0; i < peer->count; i++) {
        peer_close(peer, i);
    }
    if (peer->listening) {
        uv_close((uv_handle_t *)&peer->server, NULL);
        peer->listening = false;
    }
    uv_run(&peer->loop, UV_RUN_NOWAIT);
}

int peer_setup(void **state)
{
    struct peer *peer = xcalloc(1, sizeof *peer);
    const char *folder = getenv("TEST_DIR");
    cleanup_with(context_done) struct context ctx = {.name = xstrdup("test")};
    struct error err;
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    peer->home = xasprintf("%s/homeXXXXXX", folder != NULL ? folder : "/tmp");
    assert_non_null(mkdtemp(peer->home));
    assert_int_equal(uv_loop_init(&peer->loop), 0);
    peer_listen(peer);
    ctx.ns = xstrdup("default");
    ctx.home = xstrdup(peer->home);
    peer->http = http_new(&peer->loop, &ctx, &err);
    assert_non_null(peer->http);
    *state = peer;
    return 0;
}

int peer_teardown(void **state)
{
    struct peer *peer = *state;
    struct error err;
    peer->http = http_free(peer->http);
    peer_kill(peer);
    uv_run(&peer->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&peer->loop), 0);
    for (size_t i = 0; i < peer->count; i++) {
        str_done(&peer->connections[i].input);
    }
    assert_true(file_remove_tree(peer->home, &err));
    free(peer->home);
    free(peer);
    return 0;
}

/* One turn of the loop at a time until TEST holds. */
static void run_until(struct peer *peer, bool (*test)(void *data), void *data)
{
    struct pollfd backend = {.fd = uv_backend_fd(&peer->loop), .events = POLLIN};
    nsec_t until = clk_mono(clk_system()) + WAIT_MOST;
    bool held = false;
    /* UV_RUN_ONCE would run a timer whose callback makes TEST true, and still wait for a file. */
    do {
        poll(&backend, 1, uv_backend_timeout(&peer->loop) == 0 ? 0 : 1);
        uv_run(&peer->loop, UV_RUN_NOWAIT);
        held = test(data);
    } while (!held && clk_mono(clk_system()) < until);
    assert_true(held);
}

void peer_settle(struct peer *peer)
{
    struct pollfd backend = {.fd = uv_backend_fd(&peer->loop), .events = POLLIN};
    /* A few turns more than needed: data goes kernel, curl, callback, and answers go back. */
    for (int quiet = 0; quiet < 5;) {
        uv_run(&peer->loop, UV_RUN_NOWAIT);
        quiet = poll(&backend, 1, 2) > 0 ? 0 : quiet + 1;
    }
}

/* The length of the first whole request in INPUT; 0: none yet. */
static size_t request_len(const struct str *input)
{
    const char *end = input->len > 0 ? memmem(input->data, input->len, "\r\n\r\n", 4) : NULL;
    if (end == NULL) {
        return 0;
    }
    size_t head = (size_t)(end - input->data) + 4, body = 0;
    const char *length = strcasestr(input->data, "\r\nContent-Length:");
    if (length != NULL && length < end) {
        body = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    }
    return input->len >= head + body ? head + body : 0;
}

bool peer_asked(struct peer *peer)
{
    for (size_t i = 0; i < peer->count; i++) {
        if (request_len(&peer->connections[i].input) > 0) {
            return true;
        }
    }
    return false;
}

struct expecting {
    struct peer *peer;
    const char *head;
    struct str *request;
    size_t found;
};

static bool request_found(void *data)
{
    struct expecting *expecting = data;
    for (size_t i = 0; i < expecting->peer->count; i++) {
        struct peer_connection *connection = &expecting->peer->connections[i];
        size_t len = request_len(&connection->input);
        if (len > 0 && text_starts(connection->input.data, expecting->head)) {
            if (expecting->request != NULL) {
                str_clear(expecting->request);
                str_add_bytes(expecting->request, connection->input.data, len);
            }
            str_drop_front(&connection->input, len);
            connection->answered++;
            expecting->found = i;
            return true;
        }
    }
    return false;
}

size_t peer_expect(struct peer *peer, const char *head, struct str *request)
{
    struct expecting expecting = {.peer = peer, .head = head, .request = request};
    print_message("[ expect ] %s\n", head);
    run_until(peer, request_found, &expecting);
    return expecting.found;
}

void peer_say_bytes(struct peer *peer, size_t connection, const void *bytes, size_t len)
{
    struct peer_connection *end = &peer->connections[connection];
    const char *rest = bytes;
    while (len > 0 && end->open) {
        uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)rest, (unsigned)len);
        int written = uv_try_write((uv_stream_t *)&end->pipe, &buffer, 1);
        if (written > 0) {
            rest += written;
            len -= (size_t)written;
        } else if (written == UV_EPIPE || written == UV_ECONNRESET) {
            return; /* the client has seen enough */
        } else {
            assert_int_equal(written, UV_EAGAIN); /* full: let the client read */
            uv_run(&peer->loop, UV_RUN_NOWAIT);
        }
    }
}

void peer_say(struct peer *peer, size_t connection, const char *text)
{
    peer_say_bytes(peer, connection, text, strlen(text));
}

void peer_say_slowly(struct peer *peer, size_t connection, const char *text)
{
    for (; *text != '\0'; text++) {
        peer_say_bytes(peer, connection, text, 1);
        for (int turn = 0; turn < 3; turn++) {
            uv_run(&peer->loop, UV_RUN_NOWAIT);
        }
    }
}

void peer_reply(struct peer *peer, size_t connection, const char *status, const char *body)
{
    autofree char *text = xasprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                                    "Content-Length: %zu\r\n\r\n%s",
                                    status, strlen(body), body);
    peer_say(peer, connection, text);
}

void peer_stream(struct peer *peer, size_t connection)
{
    peer_say(peer, connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void peer_chunk(struct peer *peer, size_t connection, const char *text)
{
    autofree char *chunk = xasprintf("%zx\r\n%s\r\n", strlen(text), text);
    peer_say(peer, connection, chunk);
}

static bool flag_set(void *data)
{
    return *(const bool *)data;
}

void peer_run(struct peer *peer, const bool *flag)
{
    run_until(peer, flag_set, (void *)(uintptr_t)flag);
}

struct logging {
    const struct str *log;
    const char *text;
};

static bool log_holds(void *data)
{
    const struct logging *logging = data;
    return strstr(str_text(logging->log), logging->text) != NULL;
}

void peer_run_log(struct peer *peer, const struct str *log, const char *text)
{
    struct logging logging = {.log = log, .text = text};
    print_message("[ await  ] %s\n", text);
    run_until(peer, log_holds, &logging);
}
