/* child.c - the job's main process: session, user, limits, files, exec. */
/* SPDX-License-Identifier: MIT */
#include "core/run/shim/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the child was doing when it failed; sent over the gate with the errno value. */
enum child_step { STEP_SETUP, STEP_GROUPS, STEP_GID, STEP_UID, STEP_CWD, STEP_EXEC, STEP_COUNT };
static const char *const step_texts[] = {
    [STEP_SETUP] = "cannot prepare the process",
    [STEP_GROUPS] = "cannot set the supplementary groups",
    [STEP_GID] = "cannot become the group of runAsGroup",
    [STEP_UID] = "cannot become the user of runAsUser",
    [STEP_CWD] = "cannot change to the working directory",
    [STEP_EXEC] = "cannot execute the command",
};
_Static_assert(sizeof step_texts / sizeof *step_texts == STEP_COUNT, "every step");

struct child_fault {
    int32_t step;
    int32_t fault;
};

static _Noreturn void child_fail(int gate, enum child_step step)
{
    struct child_fault fault = {.step = (int32_t)step, .fault = errno};
    (void)send(gate, &fault, sizeof fault, MSG_NOSIGNAL);
    _exit(127);
}

static bool groups_set(const char *text)
{
    gid_t groups[ORDER_GROUPS_MAX];
    size_t count = 0;
    while (*text && count < ORDER_GROUPS_MAX) {
        char *end;
        groups[count++] = (gid_t)strtoul(text, &end, 10);
        if (end == text) {
            errno = EINVAL;
            return false;
        }
        text = *end == ',' ? end + 1 : end;
    }
    return setgroups(count, groups) == 0;
}

static void user_set(const struct order *order, int gate)
{
    gid_t gid = (gid_t)order->gid;
    uid_t uid = (uid_t)order->uid;
    if (order->groups && !groups_set(order->groups)) {
        child_fail(gate, STEP_GROUPS);
    }
    if (order->gid >= 0 && setresgid(gid, gid, gid) != 0) {
        child_fail(gate, STEP_GID);
    }
    if (order->uid >= 0 && setresuid(uid, uid, uid) != 0) {
        child_fail(gate, STEP_UID);
    }
}

/* What execvp does, but with the PATH of the job, and without a shell for a file that is neither
 * binary nor script. Returns only on failure, errno set. */
static void command_exec(char **argv, char **env)
{
    char path[4096];
    const char *from = "/usr/local/bin:/usr/bin:/bin";
    int fault = ENOENT;
    if (strchr(argv[0], '/')) {
        (void)execve(argv[0], argv, env);
        return;
    }
    for (char **entry = env; *entry; entry++) {
        if (strncmp(*entry, "PATH=", 5) == 0) {
            from = *entry + 5;
        }
    }
    while (argv[0][0]) {
        size_t len = strcspn(from, ":");
        int n = snprintf(path, sizeof path, "%.*s%s%s", (int)len, from, len ? "/" : "", argv[0]);
        if (n > 0 && (size_t)n < sizeof path) {
            (void)execve(path, argv, env);
            /* As in execvp: a file that may not be run is passed over, but remembered. */
            if (errno == EACCES) {
                fault = EACCES;
            } else if (errno != ENOENT && errno != ENOTDIR) {
                return;
            }
        }
        if (!from[len]) {
            break;
        }
        from += len + 1;
    }
    errno = fault;
}

/* Signals as a fresh process has them; the mask last, so that a TERM that came meanwhile acts. By
 * the bare system call, because glibc's signal() refuses 32 and 33, its own two, which its
 * posix_spawn leaves ignored in what it starts (make's children, say). All zero means SIG_DFL in
 * every architecture's layout of the kernel's struct. */
static bool signals_reset(void)
{
    static const char standard[64];
    sigset_t none;
    for (int i = 1; i < NSIG; i++) {
        if (i != SIGKILL && i != SIGSTOP) {
            (void)syscall(SYS_rt_sigaction, i, standard, NULL, (size_t)(NSIG - 1) / 8);
        }
    }
    (void)sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

static _Noreturn void child_main(const struct order *order, pid_t shim, int gate, int out, int err)
{
    char go;
    size_t pointers = order->arg_count + 1 + order->env_count + 1;
    if (setsid() < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0) {
        child_fail(gate, STEP_SETUP);
    }
    char **argv = mmap(NULL, pointers * sizeof *argv, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (argv == MAP_FAILED) {
        child_fail(gate, STEP_SETUP);
    }
    char **env = argv + order->arg_count + 1;
    order_pointers(order->first_arg, order->arg_count, argv);
    order_pointers(order->first_env, order->env_count, env);
    (void)umask((mode_t)order->file_mask);
    user_set(order, gate);
    if (chdir(order->cwd) != 0) {
        child_fail(gate, STEP_CWD);
    }
    /* After the change of user, which clears it. If the shim was killed before, nobody would be
     * told: hence the second look. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != shim || !signals_reset()) {
        child_fail(gate, STEP_SETUP);
    }
    if (recv(gate, &go, 1, 0) != 1) {
        _exit(127); /* the shim has gone: no start was recorded */
    }
    command_exec(argv, env);
    child_fail(gate, STEP_EXEC);
}

int child_fork(struct shim *shim, const struct order *order)
{
    int gate[2] = {-1, -1};
    int out[2] = {-1, -1};
    int err[2] = {-1, -1};
    pid_t pid = -1;
    pid_t self = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate) == 0 &&
        pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0) {
        pid = fork();
    }
    if (pid == 0) {
        close(shim->lock); /* only the shim keeps the attempt alive */
        close(gate[0]);
        child_main(order, self, gate[1], out[1], err[1]);
    }
    int fault = pid < 0 ? errno : 0;
    int ours[] = {gate[0], out[0], err[0]};
    int theirs[] = {gate[1], out[1], err[1]};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (theirs[i] >= 0) {
            close(theirs[i]);
        }
        if (pid < 0 && ours[i] >= 0) {
            close(ours[i]);
        }
    }
    if (pid < 0) {
        return fault;
    }
    shim->main = pid;
    shim->wakes[WAKE_GATE] = gate[0];
    shim->wakes[WAKE_OUT] = out[0];
    shim->wakes[WAKE_ERR] = err[0];
    (void)fcntl(out[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(err[0], F_SETFL, O_NONBLOCK);
    return 0;
}

void child_release(struct shim *shim)
{
    (void)send(shim->wakes[WAKE_GATE], "g", 1, MSG_NOSIGNAL);
}

void child_gate(struct shim *shim)
{
    struct child_fault fault;
    ssize_t n = recv(shim->wakes[WAKE_GATE], &fault, sizeof fault, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n == (ssize_t)sizeof fault && fault.step >= 0 && fault.step < STEP_COUNT) {
        bool exec = fault.step == STEP_EXEC;
        shim->cannot_run = true;
        /* As shells say it: 127 not found, 126 found but not to be run; 128 as the kubelet. */
        shim->exit.code = !exec ? 128 : fault.fault == ENOENT ? 127 : 126;
        (void)snprintf(shim->exit.message, sizeof shim->exit.message, "%s: %s",
                       step_texts[fault.step], strerror(fault.fault));
    }
    close(shim->wakes[WAKE_GATE]);
    shim->wakes[WAKE_GATE] = -1;
}
