/* autostart.c - a background scheduler for this home, started when none answers. */
/* SPDX-License-Identifier: MIT */
#include "core/client/autostart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clk.h"
#include "core/base/file.h"

#define WAIT_MOST (10 * NSEC_PER_SEC)
#define LOG_MOST ((size_t)1024 * 1024)

bool autostart_running(const struct paths *paths)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cleanup_with(file_close_at) int home = open(paths->home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    cleanup_with(file_close_at) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (home < 0 || fd < 0) {
        return false;
    }
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/belfry.sock", home);
    return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

/* In the child: leaves the terminal's session and becomes the scheduler. */
static _Noreturn void become_scheduler(const struct paths *paths, const char *log_path)
{
    const char *home = getenv("BELFRY_HOME");
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    /* A home given relative to the working folder must mean the same from "/". */
    if (home != NULL && home[0] != '\0' && setenv("BELFRY_HOME", paths->home, 1) != 0) {
        _exit(127);
    }
    if (len > 0 && null >= 0 && log >= 0 && setsid() > 0 && dup2(null, 0) == 0 &&
        dup2(log, 1) == 1 && dup2(log, 2) == 2 && chdir("/") == 0) {
        self[len] = '\0';
        execl(self, "belfry", "serve", (char *)NULL);
    }
    _exit(127);
}

/* The last line of the scheduler's log, as the reason why it ended. */
static bool early_end(const char *log_path, struct error *err)
{
    cleanup_with(str_done) struct str log = {0};
    const char *line = "it wrote no log";
    if (file_read(log_path, LOG_MOST, &log, NULL) && log.len > 0) {
        while (log.len > 0 && log.data[log.len - 1] == '\n') {
            str_cut(&log, log.len - 1);
        }
        const char *newline = strrchr(str_text(&log), '\n');
        line = newline != NULL ? newline + 1 : str_text(&log);
    }
    error_set(err, ERROR_UNAVAILABLE, "the background scheduler ended at once: %s", line);
    return error_hint(err, "see %s", log_path);
}

/* Waits until the socket answers; folder events tell when to look, CHILD's end when to stop. */
static bool wait_for_socket(const struct paths *paths, pid_t child, const char *log_path,
                            struct error *err)
{
    nsec_t until = clk_mono(clk_system()) + WAIT_MOST;
    cleanup_with(file_close_at) int events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (events < 0 || inotify_add_watch(events, paths->home, IN_CREATE | IN_MOVED_TO) < 0) {
        return error_sys(err, ERROR_IO, errno, "watching \"%s\"", paths->home);
    }
    while (!autostart_running(paths)) {
        char buffer[4096];
        struct pollfd waited = {.fd = events, .events = POLLIN};
        if (waitpid(child, NULL, WNOHANG) == child) {
            /* Another one may have won the lock in the meantime. */
            return autostart_running(paths) || early_end(log_path, err);
        }
        if (clk_mono(clk_system()) > until) {
            error_set(err, ERROR_TIMEOUT, "the background scheduler opened no socket within 10 s");
            return error_hint(err, "see %s", log_path);
        }
        /* The socket's name appears at bind, it answers from listen on: look again soon. */
        poll(&waited, 1, 20);
        while (read(events, buffer, sizeof buffer) > 0) {
        }
    }
    return true;
}

bool autostart_ensure(const struct paths *paths, bool *ret_started, struct error *err)
{
    *ret_started = false;
    if (autostart_running(paths)) {
        return true;
    }
    if (!file_make_folder(paths->home, 0700, err)) {
        return false;
    }
    autofree char *log_path = xasprintf("%s/serve.log", paths->home);
    pid_t child = fork();
    if (child < 0) {
        return error_sys(err, ERROR_IO, errno, "starting the background scheduler");
    }
    if (child == 0) {
        become_scheduler(paths, log_path);
    }
    if (!wait_for_socket(paths, child, log_path, err)) {
        return false;
    }
    *ret_started = true;
    return true;
}
