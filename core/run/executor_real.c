/* executor_real.c - the attempts on this machine: spawner, pidfds, and what their folders say. */
/* SPDX-License-Identifier: MIT */
#include "core/run/executor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/map.h"
#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/run/attempt.h"
#include "core/run/leftovers.h"
#include "core/run/spawner.h"

#define RECHECK_MS 20                        /* until a lock says more */
#define RECHECK_MOST (10000 * NSEC_PER_MSEC) /* then it is Unknown */
#define HANDOVERS 10                         /* shims that may die before their start record */
#define SPAWNER_TRIES 5
#define SPAWNER_TRY_MS 1000

/* One attempt that has not been reported as ended. Everything that happens leads to attempt_look(),
 * which decides from the folder alone: messages only say when to look. */
struct attempt {
    struct real_executor *owner;
    struct attempt_id id;
    char key[ATTEMPT_KEY_SIZE];
    uint64_t ticket;  /* its name between spawner and us; 0: it was never handed over */
    bool queued;      /* the present spawner has been told */
    int pidfd;        /* of its shim, -1: unknown */
    uv_poll_t *poll;  /* on pidfd */
    bool known_start; /* on_started has been given */
    bool settled;     /* result is to be reported */
    bool forgotten;   /* its pod was removed: reported to nobody */
    bool ending;      /* leftovers are being ended */
    bool stop_asked;
    nsec_t stop_grace;
    int handovers;
    nsec_t recheck_end; /* 0: no recheck was needed yet */
    struct start_record start;
    struct exit_record result;
};

struct attempt_list {
    vec(struct attempt *) list;
};

struct real_executor {
    struct executor base;
    uv_loop_t *loop;
    const struct clk *clk;
    const struct paths *paths;
    int runs, logs; /* their folders */
    struct spawner *spawner;
    struct leftovers *leftovers;
    struct map attempts; /* key -> struct attempt */
    struct map tickets;  /* ticket as text -> struct attempt */
    uint64_t last_ticket;
    int spawner_tries;
    uv_timer_t *later;   /* looks, reports what is settled, starts the spawner again */
    uv_timer_t *recheck; /* looks again in a while */
    struct attempt_list looks, rechecks, settled;
};

static void on_handle_closed(uv_handle_t *handle)
{
    free(handle);
}

static void ticket_text(uint64_t ticket, char text[static 24])
{
    (void)snprintf(text, 24, "%ju", (uintmax_t)ticket);
}

static void ticket_drop(struct attempt *attempt)
{
    char text[24];
    if (attempt->ticket != 0) {
        ticket_text(attempt->ticket, text);
        (void)map_remove(&attempt->owner->tickets, text);
        attempt->ticket = 0;
    }
}

static void pidfd_drop(struct attempt *attempt)
{
    if (attempt->poll) {
        uv_close((uv_handle_t *)attempt->poll, on_handle_closed);
        attempt->poll = NULL;
    }
    if (attempt->pidfd >= 0) {
        close(attempt->pidfd);
        attempt->pidfd = -1;
    }
}

static void attempt_free(struct attempt *attempt)
{
    ticket_drop(attempt);
    pidfd_drop(attempt);
    free(attempt);
}

static struct attempt *attempt_new(struct real_executor *real, const struct attempt_id *id)
{
    struct attempt *attempt = xcalloc(1, sizeof *attempt);
    attempt->owner = real;
    attempt->id = *id;
    attempt->pidfd = -1;
    attempt_key(id, attempt->key);
    (void)map_put(&real->attempts, attempt->key, attempt);
    return attempt;
}

/* Lists hold an attempt once. */
static void list_add(struct attempt_list *of, struct attempt *attempt)
{
    for (size_t i = 0; i < of->list.len; i++) {
        if (of->list.data[i] == attempt) {
            return;
        }
    }
    vec_push(&of->list, attempt);
}

static void list_drop(struct attempt_list *of, const struct attempt *attempt)
{
    for (size_t i = 0; i < of->list.len; i++) {
        if (of->list.data[i] == attempt) {
            vec_remove(&of->list, i);
            return;
        }
    }
}

static void on_later(uv_timer_t *timer);

/* Events are given from a timer, so that no call into the executor calls back before it returns. */
static void later_soon(struct real_executor *real, uint64_t ms)
{
    if (!uv_is_active((uv_handle_t *)real->later) || uv_timer_get_due_in(real->later) > ms) {
        (void)uv_timer_start(real->later, on_later, ms, 0);
    }
}

static void attempt_settle(struct attempt *attempt, const struct exit_record *result)
{
    if (attempt->settled) {
        return;
    }
    attempt->settled = true;
    attempt->result = *result;
    ticket_drop(attempt);
    pidfd_drop(attempt);
    list_drop(&attempt->owner->looks, attempt);
    list_drop(&attempt->owner->rechecks, attempt);
    vec_push(&attempt->owner->settled.list, attempt);
    later_soon(attempt->owner, 0);
}

/* For an end that no shim recorded. */
static void attempt_end(struct attempt *attempt, enum exit_reason reason, int code,
                        const char *message)
{
    struct exit_record result = {
        .reason = reason,
        .code = code,
        .started = attempt->start.started,
        .finished = clk_wall(attempt->owner->clk),
        .cpu_ns = -1,
        .max_rss = -1,
    };
    (void)text_copy(result.message, sizeof result.message, message);
    attempt_settle(attempt, &result);
}

static void on_recheck(uv_timer_t *timer);

static void attempt_recheck(struct attempt *attempt)
{
    struct real_executor *real = attempt->owner;
    list_add(&real->rechecks, attempt);
    if (!uv_is_active((uv_handle_t *)real->recheck)) {
        (void)uv_timer_start(real->recheck, on_recheck, RECHECK_MS, 0);
    }
}

static void attempt_started(struct attempt *attempt, const struct start_record *start)
{
    struct real_executor *real = attempt->owner;
    if (!attempt->known_start) {
        attempt->known_start = true;
        attempt->start = *start;
        if (real->base.events.on_started && !attempt->forgotten) {
            real->base.events.on_started(real->base.events.data, &attempt->id, start);
        }
    }
}

static void attempt_look_again(struct attempt *attempt);

/* The shim has gone. */
static void on_shim_gone(uv_poll_t *poll, int status, int events)
{
    struct attempt *attempt = poll->data;
    (void)status;
    (void)events;
    pidfd_drop(attempt);
    attempt_look_again(attempt);
}

static void stop_pass_on(struct attempt *attempt)
{
    /* Before its start the shim would die of the signal. */
    if (attempt->stop_asked && attempt->known_start && attempt->pidfd >= 0) {
        attempt->stop_asked = false;
        attempt_stop(attempt->pidfd, attempt->stop_grace);
    }
}

static void attempt_watch(struct attempt *attempt, int pidfd /* taken */)
{
    pidfd_drop(attempt);
    attempt->pidfd = pidfd;
    attempt->poll = xcalloc(1, sizeof *attempt->poll);
    attempt->poll->data = attempt;
    int fault = uv_poll_init(attempt->owner->loop, attempt->poll, pidfd);
    if (fault == 0) {
        fault = uv_poll_start(attempt->poll, UV_READABLE, on_shim_gone);
    } else {
        free(attempt->poll);
        attempt->poll = NULL;
    }
    if (fault) {
        attempt_recheck(attempt); /* watched by looking, then */
    }
    stop_pass_on(attempt);
}

static void attempt_hand_over(struct attempt *attempt)
{
    struct real_executor *real = attempt->owner;
    char text[24];
    ticket_drop(attempt);
    attempt->ticket = ++real->last_ticket;
    ticket_text(attempt->ticket, text);
    (void)map_put(&real->tickets, text, attempt);
    attempt->queued = spawner_runs(real->spawner);
    if (attempt->queued) {
        spawner_add(real->spawner, attempt->ticket, attempt->key);
    } else {
        later_soon(real, 0);
    }
}

/* Ends what its killed shim left behind; then on_leftovers_ended. */
static void attempt_lost(struct attempt *attempt, const struct attempt_look *look)
{
    if (look->has_start) {
        attempt_started(attempt, &look->start);
    }
    if (!attempt->ending) {
        attempt->ending = true;
        leftovers_add(attempt->owner->leftovers, attempt->key,
                      look->has_start ? &look->start : NULL);
    }
}

/* Its lock is held, so a shim lives: the one we watch, or another that we have to find. */
static void attempt_running(struct attempt *attempt, const struct attempt_look *look)
{
    nsec_t now = clk_mono(attempt->owner->clk);
    if (look->has_start) {
        attempt_started(attempt, &look->start);
        int pidfd = attempt->pidfd < 0 ? attempt_shim_open(&look->start) : -1;
        if (pidfd >= 0) {
            attempt_watch(attempt, pidfd);
        }
        stop_pass_on(attempt);
    }
    if (attempt->pidfd >= 0) {
        return;
    }
    /* It has not written its start yet; or a child before its exec outlives it by an instant; or we
     * have no descriptor left to watch it with. */
    if (attempt->recheck_end == 0 ||
        process_birth(look->start.shim_pid) == look->start.shim_birth) {
        attempt->recheck_end = now + RECHECK_MOST;
    }
    if (now < attempt->recheck_end) {
        attempt_recheck(attempt);
        return;
    }
    attempt_end(attempt, EXIT_UNKNOWN, 137,
                "its lock is held, but not by a shim that can be watched");
}

static void attempt_look_at(struct attempt *attempt, const struct attempt_look *look)
{
    switch (look->state) {
    case ATTEMPT_FINISHED:
        if (look->has_start) {
            attempt_started(attempt, &look->start);
        }
        attempt_settle(attempt, &look->exit);
        break;
    case ATTEMPT_RUNNING: attempt_running(attempt, look); break;
    case ATTEMPT_LOST: attempt_lost(attempt, look); break;
    case ATTEMPT_NEVER_STARTED:
        if (attempt->pidfd >= 0) {
            break; /* its shim has not come to its lock yet */
        }
        if (++attempt->handovers >= HANDOVERS) {
            attempt_end(attempt, EXIT_CONTAINER_CANNOT_RUN, 128,
                        "its shim ended before the job was started");
        } else {
            attempt_hand_over(attempt);
        }
        break;
    }
}

static void attempt_look_again(struct attempt *attempt)
{
    struct attempt_look look;
    if (!attempt->settled && !attempt->ending) {
        attempt_probe(attempt->owner->runs, attempt->key, &look);
        attempt_look_at(attempt, &look);
    }
}

static struct attempt *ticket_find(struct real_executor *real, uint64_t ticket)
{
    char text[24];
    ticket_text(ticket, text);
    return map_get(&real->tickets, text);
}

static void on_forked(void *data, uint64_t ticket, int pidfd, int fault)
{
    struct attempt *attempt = ticket_find(data, ticket);
    if (!attempt) {
        if (pidfd >= 0) {
            close(pidfd); /* it has been settled or forgotten meanwhile */
        }
    } else if (fault) {
        char message[160];
        (void)snprintf(message, sizeof message, "cannot start a shim: %s", strerror(fault));
        attempt_end(attempt, EXIT_CONTAINER_CANNOT_RUN, 128, message);
    } else if (pidfd >= 0) {
        attempt_watch(attempt, pidfd);
    } else {
        attempt_recheck(attempt);
    }
}

static void on_notice(void *data, const struct spawn_notice *notice)
{
    struct attempt *attempt = ticket_find(data, notice->ticket);
    if (attempt && notice->kind == SPAWN_STARTED) {
        attempt_started(attempt, &notice->start);
        stop_pass_on(attempt);
    } else if (attempt && notice->kind == SPAWN_FAILED) {
        attempt_end(attempt, EXIT_CONTAINER_CANNOT_RUN, 128, notice->message);
    }
}

/* Those whose shim we hold are not concerned. Of the others the folder tells whether a shim got as
 * far as its lock; if not they are handed to the next spawner. */
static void on_spawner_lost(void *data)
{
    struct real_executor *real = data;
    const char *key;
    void *value;
    for (size_t i = 0; map_each(&real->attempts, &i, &key, &value);) {
        struct attempt *attempt = value;
        attempt->queued = false;
        if (attempt->pidfd < 0 && !attempt->settled && !attempt->ending) {
            list_add(&real->looks, attempt);
        }
    }
    later_soon(real, 0);
}

static void on_leftovers_ended(void *data, const char *key, bool ended)
{
    struct real_executor *real = data;
    struct attempt *attempt = map_get(&real->attempts, key);
    char text[RECORD_SIZE];
    if (!attempt || !attempt->ending) {
        return;
    }
    attempt_end(attempt, ended ? EXIT_INTERRUPTED : EXIT_UNKNOWN, 137,
                ended ? "its shim was killed, or the machine went down, while it ran"
                      : "its shim was killed, and some of its processes cannot be");
    /* The lock is free and the attempt can never start again, so the record is ours to write; who
     * follows the log waits for it. It says nothing that could not be found out again: no matter if
     * it cannot be written. */
    cleanup_with(file_close_at) int folder =
        openat(real->runs, key, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        (void)record_write(folder, "exit", text, exit_record_print(&attempt->result, text));
    }
}

/* Hands over what waits for a spawner; a spawner that cannot be had ends it. */
static void spawner_serve(struct real_executor *real)
{
    struct error err = {0};
    const char *key;
    void *value;
    bool waits = false;
    if (spawner_runs(real->spawner)) {
        return;
    }
    for (size_t i = 0; map_each(&real->attempts, &i, &key, &value);) {
        const struct attempt *attempt = value;
        waits = waits || (attempt->ticket != 0 && !attempt->queued && !attempt->settled &&
                          !attempt->known_start && attempt->pidfd < 0);
    }
    if (!waits) {
        return;
    }
    bool runs = spawner_start(real->spawner, &err);
    if (!runs && ++real->spawner_tries < SPAWNER_TRIES) {
        later_soon(real, SPAWNER_TRY_MS);
        return;
    }
    real->spawner_tries = 0;
    for (size_t i = 0; map_each(&real->attempts, &i, &key, &value);) {
        struct attempt *attempt = value;
        if (attempt->ticket == 0 || attempt->queued || attempt->settled || attempt->known_start ||
            attempt->pidfd >= 0) {
            continue;
        }
        if (runs) {
            attempt->queued = true;
            spawner_add(real->spawner, attempt->ticket, attempt->key);
        } else {
            attempt_end(attempt, EXIT_CONTAINER_CANNOT_RUN, 128, err.what);
        }
    }
}

static struct attempt *list_take_first(struct attempt_list *of)
{
    struct attempt *attempt = of->list.data[0];
    vec_remove(&of->list, 0);
    return attempt;
}

static void look_at_all(struct attempt_list *of)
{
    for (size_t n = of->list.len; n > 0 && of->list.len > 0; n--) {
        attempt_look_again(list_take_first(of));
    }
}

static void on_recheck(uv_timer_t *timer)
{
    struct real_executor *real = timer->data;
    look_at_all(&real->rechecks);
}

static void on_later(uv_timer_t *timer)
{
    struct real_executor *real = timer->data;
    look_at_all(&real->looks);
    spawner_serve(real);
    while (real->settled.list.len > 0) {
        struct attempt *attempt = list_take_first(&real->settled);
        if (!attempt->forgotten) {
            (void)map_remove(&real->attempts, attempt->key);
            if (real->base.events.on_exit) {
                real->base.events.on_exit(real->base.events.data, &attempt->id, &attempt->result);
            }
        }
        attempt_free(attempt);
    }
}

static bool real_start(struct executor *executor, const struct attempt_id *id,
                       const struct attempt_order *order, struct error *err)
{
    struct real_executor *real = (struct real_executor *)executor;
    char key[ATTEMPT_KEY_SIZE];
    struct attempt_look look;
    if (!attempt_id_valid(id)) {
        return error_set(err, ERROR_INVALID, "\"%s/%s\" cannot name a run", id->pod_uid,
                         id->container);
    }
    attempt_key(id, key);
    attempt_probe(real->runs, key, &look);
    if (map_get(&real->attempts, key) || look.state != ATTEMPT_NEVER_STARTED) {
        return error_set(err, ERROR_CONFLICT, "the run %s has been started already", key);
    }
    if (!attempt_write(real->runs, real->logs, real->paths, real->clk, id, order, err) ||
        !spawner_start(real->spawner, err)) {
        return false;
    }
    attempt_hand_over(attempt_new(real, id));
    return true;
}

static void real_stop(struct executor *executor, const struct attempt_id *id, nsec_t grace)
{
    struct real_executor *real = (struct real_executor *)executor;
    char key[ATTEMPT_KEY_SIZE];
    attempt_key(id, key);
    struct attempt *attempt = map_get(&real->attempts, key);
    if (attempt && !attempt->settled) {
        attempt->stop_asked = true;
        attempt->stop_grace = grace;
        stop_pass_on(attempt);
    }
}

static enum attempt_state real_adopt(struct executor *executor, const struct attempt_id *id)
{
    struct real_executor *real = (struct real_executor *)executor;
    char key[ATTEMPT_KEY_SIZE];
    struct attempt_look look;
    if (!attempt_id_valid(id)) {
        return ATTEMPT_NEVER_STARTED;
    }
    attempt_key(id, key);
    attempt_probe(real->runs, key, &look);
    if (look.state != ATTEMPT_NEVER_STARTED && !map_get(&real->attempts, key)) {
        list_add(&real->looks, attempt_new(real, id));
        later_soon(real, 0);
    }
    return look.state;
}

static bool real_remove_pod(struct executor *executor, const char *pod_uid, struct error *err)
{
    struct real_executor *real = (struct real_executor *)executor;
    const char *key;
    void *value;
    for (size_t i = 0; map_each(&real->attempts, &i, &key, &value);) {
        struct attempt *attempt = value;
        if (text_same(attempt->id.pod_uid, pod_uid)) {
            attempt->forgotten = true;
            attempt_settle(attempt, &(struct exit_record){0});
            (void)map_remove(&real->attempts, attempt->key);
        }
    }
    struct attempt_id id = {.container = "any"};
    if (!text_copy(id.pod_uid, sizeof id.pod_uid, pod_uid) || !attempt_id_valid(&id)) {
        return error_set(err, ERROR_INVALID, "\"%s\" is no pod's uid", pod_uid);
    }
    autofree char *runs = xasprintf("%s/%s", real->paths->runs, pod_uid);
    autofree char *logs = xasprintf("%s/%s", real->paths->logs, pod_uid);
    /* The logs first: what is left after a crash is then still known by its runs folder. */
    return file_remove_tree(logs, err) && file_remove_tree(runs, err);
}

static size_t real_count(const struct executor *executor)
{
    const struct real_executor *real = (const struct real_executor *)executor;
    return real->attempts.count;
}

static void real_free(struct executor *executor)
{
    struct real_executor *real = (struct real_executor *)executor;
    const char *key;
    void *value;
    for (size_t i = 0; map_each(&real->attempts, &i, &key, &value);) {
        struct attempt *attempt = value;
        if (!attempt->settled) {
            attempt_free(attempt);
        }
    }
    while (real->settled.list.len > 0) {
        attempt_free(list_take_first(&real->settled));
    }
    map_done(&real->attempts, NULL);
    map_done(&real->tickets, NULL);
    vec_done(&real->looks.list);
    vec_done(&real->rechecks.list);
    vec_done(&real->settled.list);
    real->leftovers = leftovers_free(real->leftovers);
    real->spawner = spawner_free(real->spawner);
    uv_timer_t *const timers[] = {real->later, real->recheck};
    for (size_t i = 0; i < countof(timers); i++) {
        if (timers[i]) {
            uv_close((uv_handle_t *)timers[i], on_handle_closed);
        }
    }
    file_close_at(&real->runs);
    file_close_at(&real->logs);
    free(real);
}

static const struct executor_ops real_ops = {
    .start = real_start,
    .stop = real_stop,
    .adopt = real_adopt,
    .remove_pod = real_remove_pod,
    .count = real_count,
    .free = real_free,
};

static uv_timer_t *timer_new(struct real_executor *real)
{
    uv_timer_t *timer = xcalloc(1, sizeof *timer);
    (void)uv_timer_init(real->loop, timer); /* cannot fail */
    timer->data = real;
    return timer;
}

static int folder_open(const char *path, struct error *err)
{
    int fd = -1;
    if (file_make_folder(path, 0700, err)) {
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) {
            (void)error_sys(err, ERROR_IO, errno, "cannot open the folder \"%s\"", path);
        }
    }
    return fd;
}

struct executor *executor_new(uv_loop_t *loop, const struct clk *clk, const struct paths *paths,
                              const char *shim, struct executor_events events, struct error *err)
{
    struct real_executor *real = xcalloc(1, sizeof *real);
    autofree char *stock = shim ? xstrdup(shim) : paths_shim();
    real->base.ops = &real_ops;
    real->base.events = events;
    real->loop = loop;
    real->clk = clk;
    real->paths = paths;
    real->later = timer_new(real);
    real->recheck = timer_new(real);
    real->leftovers = leftovers_new(loop, on_leftovers_ended, real);
    real->spawner = spawner_new(loop, stock, paths->runs,
                                (struct spawner_events){.on_forked = on_forked,
                                                        .on_notice = on_notice,
                                                        .on_lost = on_spawner_lost,
                                                        .data = real});
    real->runs = folder_open(paths->runs, err);
    real->logs = real->runs >= 0 ? folder_open(paths->logs, err) : -1;
    if (real->logs < 0) {
        real_free(&real->base);
        return NULL;
    }
    return &real->base;
}
