/* bench_runs.c - a thousand short jobs at once through the executor, against a bare spawn loop. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/run/executor.h"
#include "core/run/wire/crilog.h"

/* DESIGN.md section 10. The whole scheduler has that budget; here runs the executor's part of it. */
#define BUDGET_RATIO 1.5
#define BUDGET_CORE_MS 2.0

#define RUNS 1000
#define ROUNDS 3 /* the best one counts: the others met something else on the machine */

static const char *const job[] = {"/bin/echo", "hello", NULL};

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

struct bare_run {
    pid_t pid;
    int pipe, log;
};

static struct bare_run bare_spawn(const char *folder, int index)
{
    char path[4200];
    int ends[2];
    posix_spawn_file_actions_t actions;
    struct bare_run run;
    (void)snprintf(path, sizeof path, "%s/bare-%d.log", folder, index);
    run.log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (run.log < 0 || pipe2(ends, O_CLOEXEC) != 0) {
        die("bare loop");
    }
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    if (posix_spawn(&run.pid, job[0], &actions, NULL, (char **)job, NULL) != 0) {
        die(job[0]);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    run.pipe = ends[0];
    return run;
}

static void bare_copy(struct bare_run *run)
{
    char in[4096];
    char out[CRILOG_PREFIX + sizeof in];
    ssize_t n = read(run->pipe, in, sizeof in);
    if (n <= 0) {
        close(run->pipe);
        close(run->log);
        run->pipe = -1;
        (void)waitpid(run->pid, NULL, 0);
        return;
    }
    crilog_stamp(out, clk_wall(clk_system()));
    memcpy(out + 30, " stdout F ", 10);
    memcpy(out + CRILOG_PREFIX, in, (size_t)n);
    if (write(run->log, out, CRILOG_PREFIX + (size_t)n) < 0) {
        die("write");
    }
}

/* Spawns all, then serves pipes until the last has ended. Seconds. */
static double bare_loop(const char *folder)
{
    static struct bare_run runs[RUNS];
    static struct pollfd polls[RUNS];
    nsec_t start = clk_mono(clk_system());
    for (int i = 0; i < RUNS; i++) {
        runs[i] = bare_spawn(folder, i);
    }
    for (int left = RUNS; left > 0;) {
        for (int i = 0; i < RUNS; i++) {
            polls[i] = (struct pollfd){.fd = runs[i].pipe, .events = POLLIN};
        }
        (void)poll(polls, RUNS, -1);
        for (int i = 0; i < RUNS; i++) {
            if (polls[i].revents) {
                bare_copy(&runs[i]);
                left -= runs[i].pipe < 0;
            }
        }
    }
    return (double)(clk_mono(clk_system()) - start) / 1e9;
}

struct tally {
    uv_loop_t *loop;
    int ended, bad;
    nsec_t last_start;
};

static void on_started(void *data, const struct attempt_id *id, const struct start_record *record)
{
    struct tally *tally = data;
    (void)id;
    if (record->started > tally->last_start) {
        tally->last_start = record->started;
    }
}

static void on_exit_record(void *data, const struct attempt_id *id,
                           const struct exit_record *record)
{
    struct tally *tally = data;
    (void)id;
    tally->bad += record->reason != EXIT_COMPLETED;
    if (++tally->ended == RUNS) {
        uv_stop(tally->loop);
    }
}

/* Processor seconds of WHO. Children count once they have been waited for: jobs by their shims, shims
 * by the spawner, and that one when the executor has been let go. */
static double cpu_of(int who)
{
    struct rusage used;
    (void)getrusage(who, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

struct figures {
    double started, ended;
};

static struct figures through_executor(struct executor *executor, struct tally *tally, int round)
{
    struct error err = {0};
    const struct attempt_order order = {.argv = job, .grace = NSEC_PER_SEC};
    nsec_t start = clk_mono(clk_system());
    nsec_t wall = clk_wall(clk_system());
    tally->ended = tally->bad = 0;
    tally->last_start = 0;
    for (int i = 0; i < RUNS; i++) {
        struct attempt_id id = {.container = "main", .number = round};
        (void)snprintf(id.pod_uid, sizeof id.pod_uid, "bench-%04d", i);
        if (!executor_start(executor, &id, &order, &err)) {
            (void)fprintf(stderr, "%s\n", err.what);
            exit(1);
        }
    }
    (void)uv_run(tally->loop, UV_RUN_DEFAULT);
    if (tally->bad > 0) {
        (void)fprintf(stderr, "%d runs failed\n", tally->bad);
        exit(1);
    }
    return (struct figures){
        .started = (double)(tally->last_start - wall) / 1e9,
        .ended = (double)(clk_mono(clk_system()) - start) / 1e9,
    };
}

int main(void)
{
    struct error err = {0};
    struct paths paths;
    struct tally tally = {0};
    uv_loop_t loop;
    char shim[4096];
    double bare = 1e9;
    struct figures ours = {1e9, 1e9};
    double cpu = 0;
    char folder[] = "bench-runs.XXXXXX";
    if (!realpath("belfry-shim", shim) || !mkdtemp(folder) || uv_loop_init(&loop) != 0) {
        die("bench_runs runs in the build folder");
    }
    autofree char *home = realpath(folder, NULL);
    paths_init_at(&paths, home);
    tally.loop = &loop;
    struct executor *executor =
        executor_new(&loop, clk_system(), &paths, shim,
                     (struct executor_events){
                         .on_started = on_started, .on_exit = on_exit_record, .data = &tally},
                     &err);
    if (!executor) {
        (void)fprintf(stderr, "%s\n", err.what);
        return 1;
    }
    for (int i = 0; i < ROUNDS; i++) {
        double before = cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
        double seconds = bare_loop(home);
        cpu -= cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN) - before;
        bare = seconds < bare ? seconds : bare;
        struct figures now = through_executor(executor, &tally, i);
        ours = now.started < ours.started ? now : ours;
    }
    (void)executor_free(executor);
    do {
        (void)uv_run(&loop, UV_RUN_DEFAULT);
    } while (uv_loop_alive(&loop));
    (void)uv_loop_close(&loop);
    paths_done(&paths);
    if (!file_remove_tree(home, &err)) {
        (void)fprintf(stderr, "%s\n", err.what);
    }
    cpu += cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
    double core_ms = cpu * 1e3 / (RUNS * ROUNDS);
    bool good = ours.started <= BUDGET_RATIO * bare && core_ms <= BUDGET_CORE_MS;
    printf("%d runs at once: all started in %.2f s, ended in %.2f s; bare loop %.2f s, ratio %.2f "
           "(budget %.1f); %.2f core-ms a run with the job's own (budget %.1f)%s\n",
           RUNS, ours.started, ours.ended, bare, ours.started / bare, BUDGET_RATIO, core_ms,
           BUDGET_CORE_MS, good ? "" : ": OVER BUDGET");
    return good ? 0 : 1;
}
