/* main.c - belfry-shim: the spawner, which forks one shim for each order it is handed. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/run/shim/shim.h"

/* The spawner is small and stays small, so that a fork of it costs little: forking the scheduler,
 * with its database and caches, a thousand times in a second would not do. It holds no state: when
 * it dies the scheduler starts another. It ends when the scheduler's end of the socket is closed. */
struct spawner {
    int socket;
    int runs;
    char boot_id[40];
    sigset_t waiting; /* the signal mask while it waits: SIGCHLD comes in */
    struct spawn_reply reply;
    int pidfds[SPAWN_BATCH];
    size_t pidfd_count;
};

static void on_child(int signal)
{
    (void)signal; /* only to interrupt ppoll() */
}

static int pidfd_of(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* The shim's process: everything of the spawner but the socket and the runs folder is let go. */
static _Noreturn void shim_process(const struct spawner *spawner, const char *path, uint64_t ticket)
{
    for (size_t i = 0; i < spawner->pidfd_count; i++) {
        close(spawner->pidfds[i]);
    }
    _exit(shim_run(spawner->runs, path, ticket, spawner->socket, spawner->boot_id));
}

/* Sends what has been forked; false when there is nobody to tell. */
static bool reply_send(struct spawner *spawner)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof spawner->pidfds)] = {0};
    size_t fd_bytes = spawner->pidfd_count * sizeof *spawner->pidfds;
    struct iovec part = {.iov_base = &spawner->reply,
                         .iov_len = offsetof(struct spawn_reply, items) +
                                    spawner->reply.count * sizeof *spawner->reply.items};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (spawner->reply.count == 0) {
        return true;
    }
    if (fd_bytes > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(fd_bytes);
        struct cmsghdr *header = (struct cmsghdr *)control; /* the first, and only one */
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fd_bytes);
        memcpy(CMSG_DATA(header), spawner->pidfds, fd_bytes);
    }
    ssize_t n;
    do {
        n = sendmsg(spawner->socket, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    for (size_t i = 0; i < spawner->pidfd_count; i++) {
        close(spawner->pidfds[i]);
    }
    spawner->pidfd_count = 0;
    spawner->reply.count = 0;
    return n >= 0;
}

/* Zombies are collected only here and when the spawner is idle, so a shim that has just been forked
 * keeps its pid until its pidfd is open, however fast it ends. */
static void shim_fork(struct spawner *spawner, const char *path, uint64_t ticket)
{
    struct spawn_item *item = &spawner->reply.items[spawner->reply.count++];
    *item = (struct spawn_item){.ticket = ticket};
    pid_t pid = fork();
    if (pid == 0) {
        shim_process(spawner, path, ticket);
    }
    int pidfd = pid > 0 ? pidfd_of(pid) : -1;
    if (pidfd < 0) {
        item->fault = errno;
        if (pid > 0) {
            (void)kill(pid, SIGKILL);
        }
        return;
    }
    item->pid = pid;
    spawner->pidfds[spawner->pidfd_count++] = pidfd;
}

/* Forks for each "TICKET PATH" of a message; false when nobody listens any more. */
static bool requests_serve(struct spawner *spawner, char *bytes, size_t len)
{
    char *end = bytes + len;
    if (len == 0 || end[-1] != '\0') {
        return true; /* not of ours */
    }
    for (char *at = bytes; at < end; at += strlen(at) + 1) {
        char *path;
        uint64_t ticket = strtoull(at, &path, 10);
        if (*path++ != ' ' || *path == '/' || strstr(path, "..")) {
            continue;
        }
        shim_fork(spawner, path, ticket);
        if (spawner->reply.count == SPAWN_BATCH && !reply_send(spawner)) {
            return false;
        }
    }
    return reply_send(spawner);
}

static int spawner_loop(struct spawner *spawner)
{
    char bytes[SPAWN_REQUEST_MAX];
    for (;;) {
        struct pollfd wake = {.fd = spawner->socket, .events = POLLIN};
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
        if (ppoll(&wake, 1, NULL, &spawner->waiting) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return 1;
        }
        ssize_t n = recv(spawner->socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (n <= 0 || !requests_serve(spawner, bytes, (size_t)n)) {
            return 0;
        }
    }
}

/* 0, 1 and 2 are /dev/null, whatever they were: a shim must not hold the scheduler's terminal or
 * journal pipe open after the scheduler has gone. */
static bool standard_files_void(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++) {
        if (null != fd && dup2(null, fd) < 0) {
            return false;
        }
    }
    if (null > 2) {
        close(null);
    }
    return null >= 0;
}

/* The scheduler raises its own limit to hold a pidfd a run; jobs get the limit it had before. */
static void file_limit_set(const char *text)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = strtoul(text, NULL, 10);
        if (limit.rlim_cur > 0 && limit.rlim_cur <= limit.rlim_max) {
            (void)setrlimit(RLIMIT_NOFILE, &limit);
        }
    }
}

static int usage(void)
{
    (void)fprintf(stderr, "belfry-shim runs jobs for `belfry serve`, which starts it by itself\n"
                          "usage: belfry-shim SOCKET-FD RUNS-FOLDER FILE-LIMIT\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct spawner spawner = {.reply.kind = SPAWN_FORKED};
    struct sigaction child = {.sa_handler = on_child};
    sigset_t blocked;
    char *end;
    if (argc != 4) {
        return usage();
    }
    long fd = strtol(argv[1], &end, 10);
    if (end == argv[1] || *end || fd < 3 || fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0) {
        return usage();
    }
    spawner.socket = (int)fd;
    spawner.runs = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (spawner.runs < 0) {
        (void)fprintf(stderr, "belfry-shim: cannot open \"%s\": %s\n", argv[2], strerror(errno));
        return 1;
    }
    file_limit_set(argv[3]);
    process_boot_id(spawner.boot_id);
    /* Its own session: Ctrl-C in the scheduler's terminal is not for it. */
    (void)setsid();
    (void)signal(SIGHUP, SIG_IGN);
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGCHLD);
    if (!standard_files_void() || chdir("/") != 0 || sigaction(SIGCHLD, &child, NULL) != 0 ||
        sigprocmask(SIG_BLOCK, &blocked, &spawner.waiting) != 0) {
        return 1;
    }
    (void)sigdelset(&spawner.waiting, SIGCHLD);
    return spawner_loop(&spawner);
}
