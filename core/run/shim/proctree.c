/* proctree.c - the processes below the shim: found, and signalled. */
/* SPDX-License-Identifier: MIT */
#include "core/run/shim/shim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* All that a job starts stays below the shim, also what forks twice and calls setsid(): the shim is
 * a subreaper, so orphans become its children. Folders of /proc are read with getdents64 itself,
 * because opendir() allocates. */

/* A reader over the numbers that are names in a folder of /proc. */
struct number_folder {
    int fd;
    long at, len;
    _Alignas(struct dirent64) char bytes[2048];
};

static bool folder_open(struct number_folder *folder, const char *path)
{
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    folder->at = folder->len = 0;
    return folder->fd >= 0;
}

/* The next name that is a number; 0 at the end, with the folder closed. */
static pid_t folder_next(struct number_folder *folder)
{
    for (;;) {
        if (folder->at >= folder->len) {
            folder->len = syscall(SYS_getdents64, folder->fd, folder->bytes, sizeof folder->bytes);
            folder->at = 0;
            if (folder->len <= 0) {
                close(folder->fd);
                return 0;
            }
        }
        const struct dirent64 *entry = (const struct dirent64 *)&folder->bytes[folder->at];
        folder->at += entry->d_reclen;
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
            return (pid_t)strtol(entry->d_name, NULL, 10);
        }
    }
}

/* Adds the pids of a text "12 34 56 " that comes in pieces. */
static size_t numbers_read(int fd, pid_t *list, size_t count, size_t room)
{
    char bytes[2048];
    pid_t number = 0;
    ssize_t n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                number = number * 10 + (bytes[i] - '0');
            } else if (number > 0) {
                if (count < room) {
                    list[count++] = number;
                }
                number = 0;
            }
        }
    }
    return count;
}

/* The children of every thread of PID. False where the kernel has no such files. */
static bool children_add(pid_t pid, pid_t *list, size_t *count, size_t room)
{
    struct number_folder tasks;
    char path[64];
    bool known = false;
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    if (!folder_open(&tasks, path)) {
        return true; /* it has gone */
    }
    for (pid_t task; (task = folder_next(&tasks)) > 0;) {
        (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)task);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            *count = numbers_read(fd, list, *count, room);
            close(fd);
            known = true;
        } else if (errno == ENOENT && access("/proc/self/task", F_OK) == 0 && task == pid) {
            struct process_facts facts;
            known = known || !process_look(pid, &facts);
        }
    }
    return known;
}

/* The same from the parents of all processes: for a kernel without CONFIG_PROC_CHILDREN. */
static void children_scan(pid_t pid, pid_t *list, size_t *count, size_t room)
{
    struct number_folder all;
    struct process_facts facts;
    if (!folder_open(&all, "/proc")) {
        return;
    }
    for (pid_t other; (other = folder_next(&all)) > 0;) {
        if (*count < room && process_look(other, &facts) && facts.parent == pid) {
            list[(*count)++] = other;
        }
    }
}

size_t proctree_list(pid_t *list, size_t room)
{
    size_t count = 0;
    pid_t parent = getpid();
    for (size_t i = 0;; i++) {
        if (!children_add(parent, list, &count, room)) {
            children_scan(parent, list, &count, room);
        }
        if (i >= count) {
            return count;
        }
        parent = list[i];
    }
}

static bool was_told(const struct shim *shim, pid_t pid)
{
    for (size_t i = 0; i < shim->told_count; i++) {
        if (shim->told[i] == pid) {
            return true;
        }
    }
    return false;
}

/* Between the listing and the signal a grandchild may have been collected by its parent and its pid
 * given to a stranger. A pidfd holds on to one process; who its parent is then settles whose. */
static void process_signal(const pid_t *list, size_t count, pid_t pid, int signal)
{
    struct process_facts facts;
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        return;
    }
    bool ours = false;
    if (process_look(pid, &facts)) {
        ours = facts.parent == getpid();
        for (size_t i = 0; i < count && !ours; i++) {
            ours = list[i] == facts.parent;
        }
    }
    if (ours) {
        (void)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
        if (signal == SIGTERM) {
            /* Stopped processes would never see it. */
            (void)syscall(SYS_pidfd_send_signal, pidfd, SIGCONT, NULL, 0);
        }
    }
    close(pidfd);
}

void proctree_signal(struct shim *shim, int signal)
{
    if (shim->leave_children) {
        if (shim->main > 0) {
            (void)kill(-shim->main, signal);
            (void)kill(shim->main, signal); /* it may not have come to setsid() yet */
        }
        return;
    }
    size_t count = proctree_list(shim->tree, SHIM_TREE_MAX);
    for (size_t i = 0; i < count; i++) {
        pid_t pid = shim->tree[i];
        if (signal == SIGTERM) {
            if (was_told(shim, pid)) {
                continue;
            }
            if (shim->told_count < SHIM_TREE_MAX) {
                shim->told[shim->told_count++] = pid;
            }
        }
        process_signal(shim->tree, count, pid, signal);
    }
}
