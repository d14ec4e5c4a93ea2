/* attempt.c - one attempt on disk: its folders, its order, and what the lock and records say. */
/* SPDX-License-Identifier: MIT */
#include "core/run/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/run/driver.h"
#include "core/run/process.h"
#include "core/run/wire/order.h"

#define FILE_MASK 022 /* of the job; the scheduler's own is tighter */
#define GRACE_MOST ((nsec_t)INT_MAX * NSEC_PER_MSEC)

void attempt_key(const struct attempt_id *id, char key[static ATTEMPT_KEY_SIZE])
{
    (void)snprintf(key, ATTEMPT_KEY_SIZE, "%s/%s/%d", id->pod_uid, id->container, id->number);
}

static bool name_plain(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return name[0] && name[0] != '.' && strspn(name, letters) == strlen(name);
}

bool attempt_id_valid(const struct attempt_id *id)
{
    return name_plain(id->pod_uid) && name_plain(id->container) && id->number >= 0;
}

/* mkdir -p of a relative path with a known number of parts, without touching what is there. */
static bool folders_make(int base, const char *path, struct error *err)
{
    char part[ATTEMPT_KEY_SIZE];
    for (const char *end = path; *end; end += *end != '\0') {
        end += strcspn(end, "/");
        (void)snprintf(part, sizeof part, "%.*s", (int)(end - path), path);
        if (mkdirat(base, part, 0700) != 0 && errno != EEXIST) {
            return error_sys(err, ERROR_IO, errno, "cannot make the folder \"%s\"", part);
        }
    }
    return true;
}

static bool order_save(int folder, const char *text, size_t len, struct error *err)
{
    cleanup_with(file_close_at) int fd =
        openat(folder, ORDER_NAME ".tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (fd >= 0 && len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno != EINTR) {
            break;
        }
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    if (fd < 0 || len > 0 || renameat(folder, ORDER_NAME ".tmp", folder, ORDER_NAME) != 0) {
        return error_sys(err, ERROR_IO, errno, "cannot write the order of the run");
    }
    return true;
}

static bool order_text(const struct clk *clk, const struct attempt_id *id,
                       const struct attempt_order *order, const struct driver_plan *plan,
                       const char *log_folder, struct str *ret, struct error *err)
{
    char boot_id[40];
    clk_boot_id(boot_id);
    nsec_t grace = order->grace < 0 ? 0 : order->grace > GRACE_MOST ? GRACE_MOST : order->grace;
    struct order text = {
        .log_folder = log_folder,
        .number = id->number,
        .cwd = plan->cwd,
        .uid = plan->uid,
        .gid = plan->gid,
        .groups = plan->groups,
        .file_mask = FILE_MASK,
        .boot_id = boot_id,
        .grace = grace,
        .leave_children = order->leave_children,
        .argv = (const char *const *)plan->argv.texts.data,
        .env = (const char *const *)plan->env.texts.data,
    };
    if (order->deadline != 0) {
        text.deadline_wall = order->deadline;
        text.deadline_boot = clk_mono(clk) + (order->deadline - clk_wall(clk));
    }
    size_t len = order_print(&text, NULL, 0);
    if (len > ORDER_SIZE_MAX) {
        return error_set(err, ERROR_INVALID, "command and environment are longer than 4 MiB");
    }
    str_reserve(ret, len);
    ret->len = order_print(&text, ret->data, len);
    return true;
}

bool attempt_write(int runs, int logs, const struct paths *paths, const struct clk *clk,
                   const struct attempt_id *id, const struct attempt_order *order,
                   struct error *err)
{
    char key[ATTEMPT_KEY_SIZE];
    cleanup_with(driver_plan_done) struct driver_plan plan = {0};
    cleanup_with(str_done) struct str text = {0};
    const struct driver *driver = driver_named(order->runtime ? order->runtime : "host");
    if (!driver || !driver->available()) {
        return error_set(err, ERROR_UNAVAILABLE, "the runtime \"%s\" is not available here",
                         order->runtime ? order->runtime : "host");
    }
    if (!driver->run(id, order, &plan, err)) {
        return false;
    }
    attempt_key(id, key);
    vec_push(&plan.env.texts, xasprintf("BELFRY_ATTEMPT=%s", key));
    vec_push(&plan.env.texts, NULL);
    vec_push(&plan.argv.texts, NULL);
    autofree char *log_folder = executor_log_folder(paths, id);
    if (!order_text(clk, id, order, &plan, log_folder, &text, err) ||
        !folders_make(runs, key, err)) {
        return false;
    }
    cleanup_with(file_close_at) int folder = openat(runs, key, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return error_sys(err, ERROR_IO, errno, "cannot open the run folder \"%s\"", key);
    }
    *strrchr(key, '/') = '\0';
    return folders_make(logs, key, err) && order_save(folder, text.data, text.len, err);
}

/* True while a shim lives: it holds the lock from before its fork until it is gone. */
static bool lock_held(int folder)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    cleanup_with(file_close_at) int fd = openat(folder, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void attempt_probe(int runs, const char *key, struct attempt_look *ret)
{
    struct stat st;
    *ret = (struct attempt_look){.state = ATTEMPT_NEVER_STARTED};
    cleanup_with(file_close_at) int folder = openat(runs, key, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return;
    }
    /* The lock first: when it is free, nobody writes records any more, so they are final. */
    bool held = lock_held(folder);
    ret->has_start = start_record_read(folder, &ret->start) == 0;
    if (exit_record_read(folder, &ret->exit) == 0) {
        ret->state = ATTEMPT_FINISHED;
    } else if (held) {
        ret->state = ATTEMPT_RUNNING;
    } else if (fstatat(folder, "start", &st, AT_SYMLINK_NOFOLLOW) == 0) {
        /* Also one that a loss of power has emptied: that it is there is what counts. */
        ret->state = ATTEMPT_LOST;
    }
}

int attempt_shim_open(const struct start_record *start)
{
    char boot_id[40];
    clk_boot_id(boot_id);
    if (!text_same(boot_id, start->boot_id)) {
        return -1;
    }
    return process_hold(start->shim_pid, start->shim_birth);
}

void attempt_stop(int pidfd, nsec_t grace)
{
    int ms = -1;
    if (grace >= 0) {
        ms = grace > GRACE_MOST ? INT_MAX : (int)((grace + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC);
    }
    process_signal(pidfd, SIGTERM, ms);
}
