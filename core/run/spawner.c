/* spawner.c - the scheduler's end of the socket to belfry-shim: orders out, shims' news in. */
/* SPDX-License-Identifier: MIT */
#include "core/run/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/str.h"
#include "core/base/vec.h"

#define SHIM_SOCKET 3 /* its descriptor in belfry-shim */

/* libuv wants handles to outlive their closing, so the process and the poll of one belfry-shim are
 * an object of their own, which frees itself when both are closed. */
struct link {
    struct spawner *owner; /* NULL: let go of, nobody is told any more */
    uv_process_t process;
    uv_poll_t poll;
    int socket;
    int open_handles;
};

struct spawner {
    uv_loop_t *loop;
    char *shim;
    char *runs;
    struct spawner_events events;
    struct link *link;   /* NULL: none runs */
    uv_prepare_t *flush; /* active while there is something to send */
    struct str queue;    /* "TICKET PATH" texts */
    uint64_t file_limit; /* RLIMIT_NOFILE before we raised it: jobs get that one */
};

static void on_link_closed(uv_handle_t *handle)
{
    struct link *link = handle->data;
    if (--link->open_handles == 0) {
        close(link->socket);
        free(link);
    }
}

static void link_close(struct link *link)
{
    link->owner = NULL;
    if (!uv_is_closing((uv_handle_t *)&link->poll)) {
        uv_close((uv_handle_t *)&link->poll, on_link_closed);
        /* The process handle stays open until it has ended, else it would be left a zombie; to end
         * is what it does when its socket is shut. */
        (void)shutdown(link->socket, SHUT_RDWR);
    }
}

static void on_shim_exit(uv_process_t *process, int64_t status, int signal)
{
    (void)status;
    (void)signal;
    uv_close((uv_handle_t *)process, on_link_closed);
}

/* What cannot be sent because nobody listens is dropped: on_lost follows, and whoever asked looks
 * at what became of it. */
static void queue_send(struct spawner *spawner)
{
    size_t at = 0;
    while (spawner->link && at < spawner->queue.len) {
        const char *from = spawner->queue.data + at;
        size_t left = spawner->queue.len - at;
        size_t len = left;
        if (len > SPAWN_REQUEST_MAX) {
            const char *end = memrchr(from, '\0', SPAWN_REQUEST_MAX);
            len = (size_t)(end + 1 - from);
        }
        ssize_t n = send(spawner->link->socket, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            at = spawner->queue.len;
        } else if (n < 0) {
            break;
        } else {
            at += len;
        }
    }
    str_drop_front(&spawner->queue, at);
}

static void on_link_news(uv_poll_t *poll, int status, int events);

static void link_poll(struct spawner *spawner)
{
    int events = UV_READABLE | (spawner->queue.len > 0 ? UV_WRITABLE : 0);
    (void)uv_poll_start(&spawner->link->poll, events, on_link_news);
}

static void on_flush(uv_prepare_t *prepare)
{
    struct spawner *spawner = prepare->data;
    (void)uv_prepare_stop(prepare);
    queue_send(spawner);
    if (spawner->link && spawner->queue.len > 0) {
        link_poll(spawner);
    }
}

/* The pidfds of one message, which are ours to close from here on. */
struct received {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(SPAWN_BATCH * sizeof(int))];
    int fds[SPAWN_BATCH];
    size_t fd_count;
    union {
        uint32_t kind;
        struct spawn_reply reply;
        struct spawn_notice notice;
    } body;
    ssize_t len;
};

static void message_receive(int socket, struct received *got)
{
    struct iovec part = {.iov_base = &got->body, .iov_len = sizeof got->body};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = got->control,
                             .msg_controllen = sizeof got->control};
    got->fd_count = 0;
    got->len = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got->len <= 0 || message.msg_controllen < sizeof(struct cmsghdr)) {
        return;
    }
    const struct cmsghdr *header = (const struct cmsghdr *)got->control;
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        size_t bytes = header->cmsg_len - CMSG_LEN(0);
        memcpy(got->fds, CMSG_DATA(header), bytes);
        got->fd_count = bytes / sizeof *got->fds;
    }
}

static void reply_take(struct spawner *spawner, const struct received *got)
{
    const struct spawn_reply *reply = &got->body.reply;
    size_t used = 0;
    size_t fits = ((size_t)got->len - offsetof(struct spawn_reply, items)) / sizeof *reply->items;
    for (size_t i = 0; i < reply->count && i < fits && i < SPAWN_BATCH; i++) {
        int fault = (int)reply->items[i].fault;
        int pidfd = -1;
        if (fault == 0) {
            /* Fewer than announced: our limit of open files cut the message. */
            pidfd = used < got->fd_count ? got->fds[used++] : -1;
            fault = pidfd < 0 ? EMFILE : 0;
        }
        spawner->events.on_forked(spawner->events.data, reply->items[i].ticket, pidfd, fault);
    }
    while (used < got->fd_count) {
        close(got->fds[used++]);
    }
}

static void link_lost(struct spawner *spawner)
{
    link_close(spawner->link);
    spawner->link = NULL;
    str_clear(&spawner->queue);
    spawner->events.on_lost(spawner->events.data);
}

static void on_link_news(uv_poll_t *poll, int status, int events)
{
    struct link *link = poll->data;
    struct received got;
    (void)status;
    if (link->owner && (events & UV_WRITABLE)) {
        queue_send(link->owner);
        link_poll(link->owner);
    }
    /* Our callbacks may free the spawner's user's things, but not the link while it is open. */
    while (link->owner) {
        message_receive(link->socket, &got);
        if (got.len < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (got.len <= 0) {
            link_lost(link->owner);
        } else if (got.body.kind == SPAWN_FORKED &&
                   (size_t)got.len >= offsetof(struct spawn_reply, items)) {
            reply_take(link->owner, &got);
        } else if ((size_t)got.len == sizeof got.body.notice) {
            got.body.notice.message[sizeof got.body.notice.message - 1] = '\0';
            link->owner->events.on_notice(link->owner->events.data, &got.body.notice);
        }
    }
}

/* A pidfd a run adds up; hosts often start with a soft limit of 1024. */
static uint64_t file_limit_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1024;
    }
    uint64_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    return before;
}

struct spawner *spawner_new(uv_loop_t *loop, const char *shim, const char *runs,
                            struct spawner_events events)
{
    struct spawner *spawner = xcalloc(1, sizeof *spawner);
    spawner->loop = loop;
    spawner->shim = xstrdup(shim);
    spawner->runs = xstrdup(runs);
    spawner->events = events;
    spawner->file_limit = file_limit_raise();
    spawner->flush = xcalloc(1, sizeof *spawner->flush);
    (void)uv_prepare_init(loop, spawner->flush); /* cannot fail */
    spawner->flush->data = spawner;
    return spawner;
}

static void on_flush_closed(uv_handle_t *handle)
{
    free(handle);
}

struct spawner *spawner_free(struct spawner *spawner)
{
    if (spawner) {
        if (spawner->link) {
            link_close(spawner->link);
        }
        uv_close((uv_handle_t *)spawner->flush, on_flush_closed);
        str_done(&spawner->queue);
        free(spawner->shim);
        free(spawner->runs);
        free(spawner);
    }
    return NULL;
}

static int shim_spawn(struct spawner *spawner, struct link *link, int far_end)
{
    char socket_text[16];
    char limit_text[32];
    (void)snprintf(socket_text, sizeof socket_text, "%d", SHIM_SOCKET);
    (void)snprintf(limit_text, sizeof limit_text, "%ju", (uintmax_t)spawner->file_limit);
    char *argv[] = {spawner->shim, socket_text, spawner->runs, limit_text, NULL};
    uv_stdio_container_t files[] = {
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
        {.flags = UV_INHERIT_FD, .data.fd = far_end},
    };
    const uv_process_options_t options = {
        .exit_cb = on_shim_exit,
        .file = spawner->shim,
        .args = argv,
        .stdio_count = (int)countof(files),
        .stdio = files,
    };
    return uv_spawn(spawner->loop, &link->process, &options);
}

bool spawner_start(struct spawner *spawner, struct error *err)
{
    int ends[2];
    if (spawner->link) {
        return true;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return error_sys(err, ERROR_UNAVAILABLE, errno, "cannot make a socket for belfry-shim");
    }
    struct link *link = xcalloc(1, sizeof *link);
    link->socket = ends[0];
    link->open_handles = 2;
    link->process.data = link->poll.data = link;
    int fault = shim_spawn(spawner, link, ends[1]);
    close(ends[1]);
    (void)uv_poll_init(spawner->loop, &link->poll, link->socket);
    link->process.data = link->poll.data = link;
    if (fault) {
        /* libuv wants the handle of a failed spawn closed as well. */
        uv_close((uv_handle_t *)&link->process, on_link_closed);
        uv_close((uv_handle_t *)&link->poll, on_link_closed);
        (void)error_sys(err, ERROR_UNAVAILABLE, -fault, "cannot run \"%s\"", spawner->shim);
        return error_hint(err, "belfry-shim lies beside belfry, or where make install put it");
    }
    link->owner = spawner;
    spawner->link = link;
    link_poll(spawner);
    return true;
}

bool spawner_runs(const struct spawner *spawner)
{
    return spawner->link != NULL;
}

void spawner_add(struct spawner *spawner, uint64_t ticket, const char *path)
{
    str_addf(&spawner->queue, "%ju %s", (uintmax_t)ticket, path);
    str_add_char(&spawner->queue, '\0');
    (void)uv_prepare_start(spawner->flush, on_flush);
}
