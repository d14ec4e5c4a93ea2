/* run_house.h - a home, a loop and an executor with the real belfry-shim, for tests of core/run. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_RUN_HOUSE_H
#define BELFRY_TESTS_UNIT_RUN_HOUSE_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/run/attempt.h"
#include "core/run/executor.h"

#define WAIT_SECONDS 30 /* for anything that is to happen; a wait that lasts so long is a failure */

/* What the executor said of one attempt. */
struct news {
    struct attempt_id id;
    int started, exited; /* how often */
    struct start_record start;
    struct exit_record exit;
};

struct house {
    char home[PATH_MAX];
    char shim[PATH_MAX];
    struct paths paths;
    uv_loop_t loop;
    uv_timer_t guard;
    bool guard_fired;
    struct executor *executor;
    vec(struct news) news;
};

static struct news *house_news(struct house *house, const struct attempt_id *id)
{
    for (size_t i = 0; i < house->news.len; i++) {
        struct news *news = &house->news.data[i];
        if (strcmp(news->id.pod_uid, id->pod_uid) == 0 && news->id.number == id->number &&
            strcmp(news->id.container, id->container) == 0) {
            return news;
        }
    }
    vec_push(&house->news, (struct news){.id = *id});
    return &house->news.data[house->news.len - 1];
}

static void on_house_started(void *data, const struct attempt_id *id,
                             const struct start_record *record)
{
    struct news *news = house_news(data, id);
    news->started++;
    news->start = *record;
    uv_stop(&((struct house *)data)->loop); /* or a turn of the loop would go on to wait */
}

static void on_house_exit(void *data, const struct attempt_id *id, const struct exit_record *record)
{
    struct news *news = house_news(data, id);
    news->exited++;
    news->exit = *record;
    uv_stop(&((struct house *)data)->loop);
}

static void house_executor_open(struct house *house)
{
    struct error err = {0};
    const struct executor_events events = {
        .on_started = on_house_started, .on_exit = on_house_exit, .data = house};
    house->executor =
        executor_new(&house->loop, clk_system(), &house->paths, house->shim, events, &err);
    if (!house->executor) {
        fail_msg("executor_new: %s", err.what);
    }
}

static int house_enter(void **state)
{
    struct house *house = xcalloc(1, sizeof *house);
    const char *base = getenv("TEST_DIR");
    const char *build = getenv("builddir");
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/run.XXXXXX", base ? base : ".");
    assert_non_null(mkdtemp(path));
    assert_non_null(realpath(path, house->home));
    (void)snprintf(path, sizeof path, "%s/belfry-shim", build ? build : ".");
    assert_non_null(realpath(path, house->shim));
    paths_init_at(&house->paths, house->home);
    assert_int_equal(uv_loop_init(&house->loop), 0);
    assert_int_equal(uv_timer_init(&house->loop, &house->guard), 0);
    house_executor_open(house);
    *state = house;
    return 0;
}

static void house_executor_close(struct house *house)
{
    house->executor = executor_free(house->executor);
}

static int house_leave(void **state)
{
    struct house *house = *state;
    house_executor_close(house);
    uv_close((uv_handle_t *)&house->guard, NULL);
    do {
        (void)uv_run(&house->loop, UV_RUN_DEFAULT); /* a uv_stop() may be left over */
    } while (uv_loop_alive(&house->loop));
    int closed = uv_loop_close(&house->loop);
    bool removed = file_remove_tree(house->home, NULL);
    paths_done(&house->paths);
    vec_done(&house->news);
    free(house);
    return closed || !removed;
}

static void on_guard(uv_timer_t *timer)
{
    ((struct house *)timer->data)->guard_fired = true;
    uv_stop(timer->loop);
}

/* Runs the loop until CONDITION, an expression, is true. */
#define house_wait(house, condition)                            \
    do {                                                        \
        house_guard_set(house, WAIT_SECONDS * 1000);            \
        while (!(condition)) {                                  \
            if ((house)->guard_fired) {                         \
                fail_msg("waited in vain for: %s", #condition); \
            }                                                   \
            (void)uv_run(&(house)->loop, UV_RUN_ONCE);          \
        }                                                       \
    } while (0)

/* The same for what no event of the loop announces: looks every few milliseconds. */
#define house_poll(house, condition)                            \
    do {                                                        \
        for (int tries_ = 0; !(condition); tries_++) {          \
            if (tries_ > WAIT_SECONDS * 200) {                  \
                fail_msg("waited in vain for: %s", #condition); \
            }                                                   \
            house_turn(house, 5);                               \
        }                                                       \
    } while (0)

static inline void house_guard_set(struct house *house, uint64_t ms)
{
    house->guard_fired = false;
    house->guard.data = house;
    assert_int_equal(uv_timer_start(&house->guard, on_guard, ms, 0), 0);
}

/* Runs the loop for so long. */
static inline void house_turn(struct house *house, uint64_t ms)
{
    house_guard_set(house, ms);
    while (!house->guard_fired) {
        (void)uv_run(&house->loop, UV_RUN_ONCE);
    }
}

static inline struct attempt_id attempt_named(const char *pod)
{
    struct attempt_id id = {.container = "main", .number = 0};
    (void)snprintf(id.pod_uid, sizeof id.pod_uid, "%s", pod);
    return id;
}

/* Starts `sh -c SCRIPT` as pod NAME with what else ORDER says. */
static inline struct attempt_id house_start_with(struct house *house, const char *name,
                                                 const char *script, struct attempt_order order)
{
    struct error err = {0};
    struct attempt_id id = attempt_named(name);
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    if (!order.argv) {
        order.argv = argv;
    }
    if (!executor_start(house->executor, &id, &order, &err)) {
        fail_msg("executor_start: %s", err.what);
    }
    return id;
}

static inline struct attempt_id house_start(struct house *house, const char *name,
                                            const char *script)
{
    return house_start_with(house, name, script, (struct attempt_order){.grace = 5 * NSEC_PER_SEC});
}

static inline struct exit_record house_exit(struct house *house, const struct attempt_id *id)
{
    house_wait(house, house_news(house, id)->exited > 0);
    assert_int_equal(house_news(house, id)->exited, 1);
    return house_news(house, id)->exit;
}

static inline struct exit_record house_run(struct house *house, const char *name,
                                           const char *script)
{
    struct attempt_id id = house_start(house, name, script);
    return house_exit(house, &id);
}

/* The whole current log file, CRI prefixes and all; yours to free(). */
static inline char *house_log_raw(struct house *house, const struct attempt_id *id)
{
    struct str text = {0};
    autofree char *folder = executor_log_folder(&house->paths, id);
    autofree char *path = xasprintf("%s/%d.log", folder, id->number);
    if (!file_read(path, (size_t)256 << 20, &text, NULL)) {
        str_clear(&text);
    }
    return str_take(&text);
}

/* The text alone. Yours to free(). */
static inline char *house_log(struct house *house, const struct attempt_id *id)
{
    struct str text = {0};
    autofree char *raw = house_log_raw(house, id);
    for (char *line = raw; *line;) {
        size_t len = strcspn(line, "\n");
        if (len >= 40) {
            str_add_bytes(&text, line + 40, len - 40);
            if (line[38] == 'F') {
                str_add_char(&text, '\n');
            }
        }
        line += len + (line[len] == '\n');
    }
    return str_take(&text);
}

static inline bool house_log_has(struct house *house, const struct attempt_id *id, const char *text)
{
    autofree char *log = house_log(house, id);
    return strstr(log, text) != NULL;
}

/* True while the process lives; a zombie does not. */
static inline bool process_lives(int64_t pid)
{
    struct process_facts facts;
    return process_look(pid, &facts) && facts.state != 'Z' && facts.state != 'X';
}

/* The number that follows TEXT in the log. */
static inline long long house_log_number(struct house *house, const struct attempt_id *id,
                                         const char *text)
{
    autofree char *log = house_log(house, id);
    const char *at = strstr(log, text);
    return at ? strtoll(at + strlen(text), NULL, 10) : 0;
}

#endif
