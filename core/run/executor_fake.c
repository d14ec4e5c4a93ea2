/* executor_fake.c - an executor that runs nothing: tests, simulations and screens play the jobs. */
/* SPDX-License-Identifier: MIT */
#include "core/run/executor_fake.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/run/attempt.h"
#include "core/run/driver.h"
#include "core/run/wire/crilog.h"

struct fake_executor {
    struct executor base;
    const struct clk *clk;
    char *logs;
    vec(struct fake_attempt *) attempts;
    int64_t last_pid;
};

static struct fake_attempt *fake_find(const struct fake_executor *fake, const struct attempt_id *id)
{
    for (size_t i = fake->attempts.len; i-- > 0;) {
        struct fake_attempt *attempt = fake->attempts.data[i];
        if (attempt->id.number == id->number && strcmp(attempt->id.pod_uid, id->pod_uid) == 0 &&
            strcmp(attempt->id.container, id->container) == 0) {
            return attempt;
        }
    }
    return NULL;
}

static bool fake_start(struct executor *executor, const struct attempt_id *id,
                       const struct attempt_order *order, struct error *err)
{
    struct fake_executor *fake = (struct fake_executor *)executor;
    struct str command = {0};
    if (!attempt_id_valid(id) || !order->argv || !order->argv[0]) {
        return error_set(err, ERROR_INVALID, "there is no command to run");
    }
    if (fake_find(fake, id)) {
        return error_set(err, ERROR_CONFLICT, "the run %s/%s/%d has been started already",
                         id->pod_uid, id->container, id->number);
    }
    for (size_t i = 0; order->argv[i]; i++) {
        str_addf(&command, "%s%s", i ? " " : "", order->argv[i]);
    }
    struct fake_attempt *attempt = xcalloc(1, sizeof *attempt);
    attempt->id = *id;
    attempt->state = ATTEMPT_NEVER_STARTED;
    attempt->command = str_take(&command);
    attempt->deadline = order->deadline;
    vec_push(&fake->attempts, attempt);
    return true;
}

static void fake_stop(struct executor *executor, const struct attempt_id *id, nsec_t grace)
{
    struct fake_attempt *attempt = fake_find((struct fake_executor *)executor, id);
    if (attempt && attempt->state != ATTEMPT_FINISHED) {
        attempt->stop_asked = true;
        attempt->stop_grace = grace;
    }
}

static enum attempt_state fake_adopt(struct executor *executor, const struct attempt_id *id)
{
    const struct fake_attempt *attempt = fake_find((struct fake_executor *)executor, id);
    return attempt ? attempt->state : ATTEMPT_NEVER_STARTED;
}

static bool fake_remove_pod(struct executor *executor, const char *pod_uid, struct error *err)
{
    struct fake_executor *fake = (struct fake_executor *)executor;
    for (size_t i = 0; i < fake->attempts.len; i++) {
        if (text_same(fake->attempts.data[i]->id.pod_uid, pod_uid)) {
            fake->attempts.data[i]->state = ATTEMPT_FINISHED;
        }
    }
    autofree char *logs = fake->logs ? xasprintf("%s/%s", fake->logs, pod_uid) : NULL;
    return !logs || file_remove_tree(logs, err);
}

static size_t fake_count(const struct executor *executor)
{
    const struct fake_executor *fake = (const struct fake_executor *)executor;
    size_t count = 0;
    for (size_t i = 0; i < fake->attempts.len; i++) {
        count += fake->attempts.data[i]->state != ATTEMPT_FINISHED;
    }
    return count;
}

static void fake_free(struct executor *executor)
{
    struct fake_executor *fake = (struct fake_executor *)executor;
    for (size_t i = 0; i < fake->attempts.len; i++) {
        free(fake->attempts.data[i]->command);
        free(fake->attempts.data[i]);
    }
    vec_done(&fake->attempts);
    free(fake->logs);
    free(fake);
}

static const struct executor_ops fake_ops = {
    .start = fake_start,
    .stop = fake_stop,
    .adopt = fake_adopt,
    .remove_pod = fake_remove_pod,
    .count = fake_count,
    .free = fake_free,
};

struct executor *executor_fake_new(const struct clk *clk, const char *logs,
                                   struct executor_events events)
{
    struct fake_executor *fake = xcalloc(1, sizeof *fake);
    fake->base.ops = &fake_ops;
    fake->base.events = events;
    fake->clk = clk;
    fake->logs = logs ? xstrdup(logs) : NULL;
    return &fake->base;
}

static void attempt_begin(struct fake_executor *fake, struct fake_attempt *attempt)
{
    struct start_record record = {
        .started = clk_wall(fake->clk), .shim_pid = 1, .pid = ++fake->last_pid};
    attempt->state = ATTEMPT_RUNNING;
    attempt->started = record.started;
    if (fake->base.events.on_started) {
        fake->base.events.on_started(fake->base.events.data, &attempt->id, &record);
    }
}

static void attempt_finish(struct fake_executor *fake, struct fake_attempt *attempt,
                           const struct exit_record *record)
{
    attempt->state = ATTEMPT_FINISHED;
    if (fake->base.events.on_exit) {
        fake->base.events.on_exit(fake->base.events.data, &attempt->id, record);
    }
}

static struct exit_record record_of(const struct fake_executor *fake,
                                    const struct fake_attempt *attempt, enum exit_reason reason,
                                    int code)
{
    return (struct exit_record){
        .reason = reason,
        .code = code,
        .signal = code > 128 ? code - 128 : 0,
        .started = attempt->started,
        .finished = clk_wall(fake->clk),
        .cpu_ns = -1,
        .max_rss = -1,
    };
}

size_t executor_fake_turn(struct executor *executor)
{
    struct fake_executor *fake = (struct fake_executor *)executor;
    size_t events = 0;
    /* What the callbacks start is for the next turn. */
    for (size_t i = 0, count = fake->attempts.len; i < count; i++) {
        struct fake_attempt *attempt = fake->attempts.data[i];
        bool late = attempt->deadline != 0 && clk_wall(fake->clk) >= attempt->deadline;
        if (attempt->state == ATTEMPT_NEVER_STARTED) {
            attempt_begin(fake, attempt);
            events++;
        } else if (attempt->state == ATTEMPT_RUNNING && (attempt->stop_asked || late)) {
            const struct exit_record record = record_of(
                fake, attempt, attempt->stop_asked ? EXIT_STOPPED : EXIT_DEADLINE_EXCEEDED, 143);
            attempt_finish(fake, attempt, &record);
            events++;
        }
    }
    return events;
}

bool executor_fake_end(struct executor *executor, const struct attempt_id *id,
                       const struct exit_record *record)
{
    struct fake_executor *fake = (struct fake_executor *)executor;
    struct fake_attempt *attempt = fake_find(fake, id);
    if (!attempt || attempt->state == ATTEMPT_FINISHED) {
        return false;
    }
    if (attempt->state == ATTEMPT_NEVER_STARTED && record->reason != EXIT_CONTAINER_CANNOT_RUN) {
        attempt_begin(fake, attempt);
    }
    attempt_finish(fake, attempt, record);
    return true;
}

bool executor_fake_exit(struct executor *executor, const struct attempt_id *id, int code)
{
    const struct fake_executor *fake = (const struct fake_executor *)executor;
    const struct fake_attempt *attempt = fake_find(fake, id);
    if (!attempt) {
        return false;
    }
    struct exit_record record =
        record_of(fake, attempt, code == 0 ? EXIT_COMPLETED : EXIT_ERROR, code);
    if (record.started == 0) {
        record.started = record.finished;
    }
    return executor_fake_end(executor, id, &record);
}

bool executor_fake_print(struct executor *executor, const struct attempt_id *id, const char *stream,
                         const char *text)
{
    struct fake_executor *fake = (struct fake_executor *)executor;
    if (!fake->logs || !fake_find(fake, id)) {
        return false;
    }
    const struct paths paths = {.logs = fake->logs};
    autofree char *folder = executor_log_folder(&paths, id);
    autofree struct crilog *log = xcalloc(1, sizeof *log);
    autofree struct crilog_input *input = xcalloc(1, sizeof *input);
    if (!file_make_folder(folder, 0700, NULL)) {
        return false;
    }
    cleanup_with(file_close_at) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || crilog_open(log, fd, id->number) != 0) {
        return false;
    }
    nsec_t now = clk_wall(fake->clk);
    input->stream = text_same(stream, "stderr") ? CRILOG_STDERR : CRILOG_STDOUT;
    for (size_t left = strlen(text); left > 0;) {
        size_t room = sizeof input->data - input->used;
        size_t len = left < room ? left : room;
        memcpy(input->data + input->used, text, len);
        input->used += len;
        text += len;
        left -= len;
        crilog_feed(log, input, now);
    }
    crilog_feed_rest(log, input, now, true);
    crilog_flush(log, now);
    crilog_close(log);
    return log->lost_bytes == 0;
}

const struct fake_attempt *executor_fake_at(const struct executor *executor, size_t i)
{
    const struct fake_executor *fake = (const struct fake_executor *)executor;
    return i < fake->attempts.len ? fake->attempts.data[i] : NULL;
}

const struct fake_attempt *executor_fake_of_pod(const struct executor *executor,
                                                const char *pod_uid)
{
    const struct fake_executor *fake = (const struct fake_executor *)executor;
    for (size_t i = fake->attempts.len; i-- > 0;) {
        if (text_same(fake->attempts.data[i]->id.pod_uid, pod_uid)) {
            return fake->attempts.data[i];
        }
    }
    return NULL;
}
