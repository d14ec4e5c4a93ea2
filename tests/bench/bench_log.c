/* bench_log.c - lines a second from a job through its shim into its log, against a bare loop. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/run/executor.h"
#include "core/run/wire/crilog.h"

/* DESIGN.md section 10: one of the two. */
#define BUDGET_LINES 3.0e6
#define BUDGET_RATIO 0.6

#define LINES 4000000
#define LINE 100
#define ROUNDS 3 /* the best one counts: the others met something else on the machine */

/* The job of both: 100-byte lines as fast as the pipe takes them. */
static int produce(void)
{
    static char block[LINE * 600];
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] = i % LINE == LINE - 1 ? '\n' : (char)('a' + i % 26);
    }
    for (size_t left = (size_t)LINES * LINE; left > 0;) {
        size_t want = left < sizeof block ? left : sizeof block;
        for (size_t at = 0; at < want;) {
            ssize_t n = write(STDOUT_FILENO, block + at, want - at);
            if (n <= 0) {
                return 1;
            }
            at += (size_t)n;
        }
        left -= want;
    }
    return 0;
}

/* The reference does the same visible work: reads, stamps each line, writes; nothing is handled. */
static void copy_stamped(int from, int to)
{
    static char in[65536 + LINE];
    static char out[2 * sizeof in];
    char stamp[30];
    size_t used = 0;
    for (ssize_t n; (n = read(from, in + used, 65536)) > 0;) {
        size_t len = 0;
        char *at = in;
        char *end = in + used + n;
        crilog_stamp(stamp, clk_wall(clk_system()));
        for (char *newline; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1) {
            size_t line = (size_t)(newline + 1 - at);
            memcpy(out + len, stamp, sizeof stamp);
            memcpy(out + len + sizeof stamp, " stdout F ", 10);
            memcpy(out + len + CRILOG_PREFIX, at, line);
            len += CRILOG_PREFIX + line;
        }
        used = (size_t)(end - at);
        memmove(in, at, used);
        if (write(to, out, len) != (ssize_t)len) {
            perror("write");
            exit(1);
        }
    }
}

static double bare_loop(const char *folder)
{
    int ends[2];
    autofree char *path = xasprintf("%s/bare.log", folder);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    nsec_t start = clk_mono(clk_system());
    if (file < 0 || pipe(ends) != 0) {
        perror("bare loop");
        exit(1);
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        _exit(produce());
    }
    close(ends[1]);
    copy_stamped(ends[0], file);
    (void)waitpid(pid, NULL, 0);
    nsec_t end = clk_mono(clk_system());
    close(ends[0]);
    close(file);
    (void)unlink(path);
    return LINES * 1e9 / (double)(end - start);
}

struct finish {
    struct exit_record record;
    bool done;
    uv_loop_t *loop;
};

static void on_exit_record(void *data, const struct attempt_id *id,
                           const struct exit_record *record)
{
    struct finish *finish = data;
    (void)id;
    finish->record = *record;
    finish->done = true;
    uv_stop(finish->loop);
}

/* With order, spawn, exec and exit record. */
static double through_shim(uv_loop_t *loop, struct executor *executor, struct finish *finish,
                           const char *self, int round)
{
    struct error err = {0};
    struct attempt_id id = {.pod_uid = "bench", .container = "main", .number = round};
    const char *const argv[] = {self, "produce", NULL};
    nsec_t start = clk_mono(clk_system());
    finish->done = false;
    if (!executor_start(executor, &id, &(struct attempt_order){.argv = argv}, &err)) {
        (void)fprintf(stderr, "%s\n", err.what);
        exit(1);
    }
    while (!finish->done) {
        (void)uv_run(loop, UV_RUN_ONCE);
    }
    nsec_t end = clk_mono(clk_system());
    if (finish->record.code != 0 || finish->record.lost_lines != 0) {
        (void)fprintf(stderr, "the run ended with %d, %ju lines lost\n", finish->record.code,
                      (uintmax_t)finish->record.lost_lines);
        exit(1);
    }
    if (!executor_remove_pod(executor, "bench", &err)) {
        (void)fprintf(stderr, "%s\n", err.what);
    }
    return LINES * 1e9 / (double)(end - start);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct paths paths;
    struct finish finish = {0};
    uv_loop_t loop;
    char self[4096];
    char shim[4096];
    double bare = 0, ours = 0;
    if (argc > 1 && strcmp(argv[1], "produce") == 0) {
        return produce();
    }
    char folder[] = "bench-log.XXXXXX";
    if (!realpath("/proc/self/exe", self) || !realpath("belfry-shim", shim) || !mkdtemp(folder) ||
        uv_loop_init(&loop) != 0) {
        perror("bench_log runs in the build folder");
        return 1;
    }
    autofree char *home = realpath(folder, NULL);
    paths_init_at(&paths, home);
    finish.loop = &loop;
    struct executor *executor =
        executor_new(&loop, clk_system(), &paths, shim,
                     (struct executor_events){.on_exit = on_exit_record, .data = &finish}, &err);
    if (!executor) {
        (void)fprintf(stderr, "%s\n", err.what);
        return 1;
    }
    for (int i = 0; i < ROUNDS; i++) {
        double rate = bare_loop(home);
        bare = rate > bare ? rate : bare;
        rate = through_shim(&loop, executor, &finish, self, i);
        ours = rate > ours ? rate : ours;
    }
    (void)executor_free(executor);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
    paths_done(&paths);
    if (!file_remove_tree(home, &err)) {
        (void)fprintf(stderr, "%s\n", err.what);
    }
    bool good = ours >= BUDGET_LINES || ours >= BUDGET_RATIO * bare;
    printf("log path: %.2f M lines/s, bare loop %.2f M lines/s, ratio %.2f (budget %.1f M or %.1f)"
           "%s\n",
           ours / 1e6, bare / 1e6, ours / bare, BUDGET_LINES / 1e6, BUDGET_RATIO,
           good ? "" : ": OVER BUDGET");
    return good ? 0 : 1;
}
