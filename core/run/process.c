/* process.c - other processes by pidfd: held on to, and signalled. */
/* SPDX-License-Identifier: MIT */
#include "core/run/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/str.h"
#include "core/run/wire/record.h"

int process_hold(int64_t pid, uint64_t birth)
{
    if (pid <= 1 || pid > INT32_MAX) {
        return -1;
    }
    int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    /* The number stays taken while the pidfd is open, so this birth is of the process it names. */
    if (pidfd >= 0 && process_birth(pid) != birth) {
        close(pidfd);
        return -1;
    }
    return pidfd;
}

/* The pid behind a pidfd, -1 when the process has been collected. */
static pid_t pid_behind(int pidfd)
{
    char path[64];
    cleanup_with(str_done) struct str info = {0};
    (void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    if (!file_read(path, 4096, &info, NULL)) {
        return -1;
    }
    const char *at = strstr(str_text(&info), "\nPid:");
    return at ? (pid_t)strtol(at + sizeof "\nPid:" - 1, NULL, 10) : -1;
}

void process_signal(int pidfd, int signal, int value)
{
    siginfo_t info = {0};
    info.si_signo = signal;
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value.sival_int = value;
    if (syscall(SYS_pidfd_send_signal, pidfd, signal, &info, 0) == 0 || errno != ENOSYS) {
        return;
    }
    /* Some sandboxes, and valgrind up to 3.19, know pidfd_open only. */
    pid_t pid = pid_behind(pidfd);
    if (pid > 1) {
        (void)sigqueue(pid, signal, info.si_value);
    }
}
