/* shim.c - the life of one shim: order, lock, start, the wait, exit. */
/* SPDX-License-Identifier: MIT */
#include "core/run/shim/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC INT64_C(1000000000)
#define NSEC_PER_MSEC INT64_C(1000000)

static int64_t clock_read(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

int64_t shim_now(void)
{
    return clock_read(CLOCK_BOOTTIME);
}

int64_t shim_wall(void)
{
    return clock_read(CLOCK_REALTIME);
}

static void notice_send(struct shim *shim, enum spawn_kind kind, const char *message)
{
    struct spawn_notice notice = {.kind = kind, .ticket = shim->ticket, .start = shim->start};
    (void)snprintf(notice.message, sizeof notice.message, "%s", message);
    ssize_t n = send(shim->wakes[WAKE_SOCKET], &notice, sizeof notice, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)) {
        return; /* a slow scheduler: again when the socket has room */
    }
    close(shim->wakes[WAKE_SOCKET]); /* said, or nobody is there */
    shim->wakes[WAKE_SOCKET] = -1;
}

/* The record is the attempt's whole result, so a full disk is waited out; only a folder that has
 * been removed ends the wait. */
static void exit_write(struct shim *shim, bool wait)
{
    char text[RECORD_SIZE];
    size_t len = exit_record_print(&shim->exit, text);
    for (;;) {
        int fault = record_write(shim->folder, "exit", text, len);
        if (fault == 0 || fault == ENOENT) {
            return;
        }
        if (!wait) {
            notice_send(shim, SPAWN_FAILED, shim->exit.message);
            return;
        }
        (void)poll(NULL, 0, 1000);
    }
}

/* For what goes wrong before the job's exec: it ends with a record and without a start. */
static void start_fail(struct shim *shim, const char *what, int fault)
{
    shim->exit.reason = EXIT_CONTAINER_CANNOT_RUN;
    shim->exit.code = 128;
    shim->exit.finished = shim_wall();
    (void)snprintf(shim->exit.message, sizeof shim->exit.message, "%s%s%s", what, fault ? ": " : "",
                   fault ? strerror(fault) : "");
    exit_write(shim, false);
}

/* The OFD lock belongs to this open file, which only this process holds: it is gone when, and only
 * when, the process is. False: another shim has the attempt, or had it. */
static bool attempt_claim(struct shim *shim, int runs, const char *path)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat st;
    shim->folder = openat(runs, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (shim->folder < 0) {
        return false;
    }
    shim->lock = openat(shim->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (shim->lock < 0 || fcntl(shim->lock, F_OFD_SETLK, &lock) != 0) {
        return false;
    }
    return fstatat(shim->folder, "start", &st, AT_SYMLINK_NOFOLLOW) != 0 &&
           fstatat(shim->folder, "exit", &st, AT_SYMLINK_NOFOLLOW) != 0;
}

static bool order_load(struct shim *shim, struct order *order)
{
    struct stat st;
    int fd = openat(shim->folder, ORDER_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        start_fail(shim, "cannot open the order", errno);
        return false;
    }
    void *text = MAP_FAILED;
    if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= (off_t)ORDER_SIZE_MAX) {
        text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    close(fd);
    if (text == MAP_FAILED) {
        start_fail(shim, "cannot read the order", 0);
        return false;
    }
    shim->order_text = text;
    shim->order_len = (size_t)st.st_size;
    if (!order_parse(text, shim->order_len, order)) {
        start_fail(shim, "the order is damaged", 0);
        return false;
    }
    return true;
}

static bool log_start(struct shim *shim, const struct order *order)
{
    int folder = open(order->log_folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fault = folder < 0 ? errno : crilog_open(&shim->log, folder, (int)order->number);
    shim->inputs[CRILOG_STDERR].stream = CRILOG_STDERR;
    if (fault) {
        start_fail(shim, "cannot open the log", fault);
    }
    return fault == 0;
}

static void order_keep(struct shim *shim, const struct order *order)
{
    shim->grace = order->grace;
    shim->leave_children = order->leave_children != 0;
    if (order->deadline_wall != 0) {
        /* Boot time goes on while the machine sleeps and is never stepped, but starts anew at each
         * boot. */
        shim->deadline_at = strcmp(order->boot_id, shim->start.boot_id) == 0
                                ? order->deadline_boot
                                : shim_now() + order->deadline_wall - shim_wall();
    }
}

static bool wakes_open(struct shim *shim)
{
    sigset_t taken;
    (void)signal(SIGCHLD, SIG_DFL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on files is one more way for a disk to be full */
    (void)sigemptyset(&taken);
    (void)sigaddset(&taken, SIGCHLD);
    (void)sigaddset(&taken, SIGTERM);
    if (sigprocmask(SIG_SETMASK, &taken, NULL) != 0) {
        return false;
    }
    shim->wakes[WAKE_SIGNAL] = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    shim->wakes[WAKE_TIMER] = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    return shim->wakes[WAKE_SIGNAL] >= 0 && shim->wakes[WAKE_TIMER] >= 0;
}

/* Once the record is on disk, and only then, the job may come to life: whoever finds no record
 * after a crash may start the attempt, whoever finds one never does. That holds for a loss of power
 * as well, so the names of the folders up to runs/ are synced too. */
static int start_write(struct shim *shim)
{
    char text[RECORD_SIZE];
    size_t len = start_record_print(&shim->start, text);
    int fault = record_write(shim->folder, "start", text, len);
    static const char *const above[] = {"..", "../..", "../../.."};
    for (size_t i = 0; fault == 0 && i < sizeof above / sizeof *above; i++) {
        int folder = openat(shim->folder, above[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0 || fsync(folder) != 0) {
            fault = errno;
        }
        if (folder >= 0) {
            close(folder);
        }
    }
    return fault;
}

static bool job_start(struct shim *shim, const struct order *order)
{
    int fault = child_fork(shim, order);
    if (fault) {
        start_fail(shim, "cannot start a process", fault);
        return false;
    }
    (void)munmap((void *)shim->order_text, shim->order_len);
    shim->order_text = NULL;
    shim->start.started = shim_wall();
    shim->start.shim_pid = getpid();
    shim->start.shim_birth = process_birth(shim->start.shim_pid);
    shim->start.pid = shim->main;
    shim->start.birth = process_birth(shim->start.pid);
    fault = start_write(shim);
    if (fault) {
        (void)kill(shim->main, SIGKILL);
        start_fail(shim, "cannot write the start record", fault);
        return false;
    }
    shim->exit.started = shim->start.started;
    child_release(shim);
    notice_send(shim, SPAWN_STARTED, "");
    return true;
}

static void signals_take(struct shim *shim)
{
    struct signalfd_siginfo info;
    while (read(shim->wakes[WAKE_SIGNAL], &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM) {
            /* The executor queues the grace period with the signal, in milliseconds. */
            bool told = info.ssi_code == SI_QUEUE && info.ssi_int >= 0;
            stop_begin(shim, EXIT_STOPPED, told ? info.ssi_int * NSEC_PER_MSEC : shim->grace);
        }
    }
    stop_reap(shim);
}

static void timer_arm(struct shim *shim)
{
    const int64_t all[] = {shim->deadline_at, shim->kill_at, shim->give_up_at, shim->drain_end_at,
                           shim->part_at};
    int64_t next = SHIM_NEVER;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        next = all[i] < next ? all[i] : next;
    }
    if (next == shim->timer_at) {
        return;
    }
    struct itimerspec timer = {0};
    if (next != SHIM_NEVER) {
        next = next > 0 ? next : 1; /* 0 would disarm it */
        timer.it_value.tv_sec = next / NSEC_PER_SEC;
        timer.it_value.tv_nsec = next % NSEC_PER_SEC;
    }
    (void)timerfd_settime(shim->wakes[WAKE_TIMER], TFD_TIMER_ABSTIME, &timer, NULL);
    shim->timer_at = next;
}

static void wakes_serve(struct shim *shim, const struct pollfd polls[static WAKE_COUNT])
{
    uint64_t ticks;
    if (polls[WAKE_OUT].revents) {
        pump_read(shim, CRILOG_STDOUT);
    }
    if (polls[WAKE_ERR].revents) {
        pump_read(shim, CRILOG_STDERR);
    }
    pump_flush(shim);
    if (polls[WAKE_SOCKET].revents) {
        notice_send(shim, SPAWN_STARTED, "");
    }
    if (polls[WAKE_GATE].revents) {
        child_gate(shim);
    }
    if (polls[WAKE_SIGNAL].revents) {
        signals_take(shim);
    }
    if (polls[WAKE_TIMER].revents &&
        read(shim->wakes[WAKE_TIMER], &ticks, sizeof ticks) == (ssize_t)sizeof ticks) {
        shim->timer_at = 0; /* spent: to be set again whatever comes next */
        stop_timer(shim);
    }
}

static bool pipes_open(const struct shim *shim)
{
    return shim->wakes[WAKE_OUT] >= 0 || shim->wakes[WAKE_ERR] >= 0;
}

static void job_watch(struct shim *shim)
{
    while (shim->phase < SHIM_DRAINING || (shim->phase == SHIM_DRAINING && pipes_open(shim))) {
        struct pollfd polls[WAKE_COUNT];
        /* Children that are left keep the pipes open: then what is there now is all. */
        bool only_now = shim->phase == SHIM_DRAINING && shim->leave_children;
        timer_arm(shim);
        for (int i = 0; i < WAKE_COUNT; i++) {
            polls[i].fd = shim->wakes[i];
            polls[i].events = i == WAKE_SOCKET ? POLLOUT : POLLIN;
            polls[i].revents = 0;
        }
        int n = poll(polls, WAKE_COUNT, only_now ? 0 : -1);
        if (n > 0) {
            wakes_serve(shim, polls);
        } else if (only_now) {
            return;
        }
    }
}

static void exit_fill(struct shim *shim)
{
    struct rusage used;
    struct exit_record *record = &shim->exit;
    if (shim->cannot_run) {
        record->reason = EXIT_CONTAINER_CANNOT_RUN;
    } else if (shim->cause != EXIT_ERROR) {
        record->reason = shim->cause;
    } else {
        record->reason = record->code == 0 ? EXIT_COMPLETED : EXIT_ERROR;
    }
    /* All that was below us and has ended was collected by us or by its parent. */
    if (getrusage(RUSAGE_CHILDREN, &used) == 0) {
        record->cpu_ns = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * NSEC_PER_SEC +
                         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
        record->max_rss = used.ru_maxrss * 1024;
    }
}

static void shim_init(struct shim *shim, uint64_t ticket, int socket, const char *boot_id)
{
    for (int i = 0; i < WAKE_COUNT; i++) {
        shim->wakes[i] = -1;
    }
    shim->wakes[WAKE_SOCKET] = socket;
    shim->ticket = ticket;
    shim->deadline_at = shim->kill_at = shim->give_up_at = SHIM_NEVER;
    shim->drain_end_at = shim->part_at = shim->timer_at = SHIM_NEVER;
    shim->cause = EXIT_ERROR;
    shim->exit.cpu_ns = shim->exit.max_rss = -1;
    (void)snprintf(shim->start.boot_id, sizeof shim->start.boot_id, "%s", boot_id);
}

int shim_run(int runs, const char *path, uint64_t ticket, int socket, const char *boot_id)
{
    struct order order;
    struct shim *shim =
        mmap(NULL, sizeof *shim, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (shim == MAP_FAILED) {
        return 1;
    }
    shim_init(shim, ticket, socket, boot_id);
    (void)setsid();
    if (!attempt_claim(shim, runs, path)) {
        return 0;
    }
    if (!wakes_open(shim) || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        start_fail(shim, "cannot prepare the shim", errno);
        return 1;
    }
    if (!order_load(shim, &order) || !log_start(shim, &order)) {
        return 1;
    }
    order_keep(shim, &order);
    if (!job_start(shim, &order)) {
        return 1;
    }
    job_watch(shim);
    pump_finish(shim);
    exit_fill(shim);
    exit_write(shim, true);
    return 0;
}
