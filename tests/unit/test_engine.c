/* test_engine.c - controllers, store, executor and shim together, on a real loop and clock. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/codec/decode.h"
#include "core/codec/defaults.h"
#include "core/codec/yaml.h"
#include "core/control/control.h"
#include "core/run/executor.h"
#include "storage/ledger.h"

#define WAIT_SECONDS 30 /* for anything that is to happen; a wait that lasts so long is a failure */

struct engine {
    char home[PATH_MAX], shim[PATH_MAX];
    struct paths paths;
    struct id_source ids;
    uv_loop_t loop;
    uv_check_t check;
    uv_idle_t idle;
    uv_timer_t guard;
    bool guard_fired;
    int wakes; /* turns of the loop, for the test of idleness */
    struct store *store;
    struct control *control;
    struct executor *executor;
};

/* --- what the daemon does, in small --------------------------------------------------------- */

static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

static void on_wake(void *data)
{
    struct engine *engine = data;
    uv_idle_start(&engine->idle, on_idle);
}

static void on_check(uv_check_t *check)
{
    struct engine *engine = check->data;
    struct error err = {0};
    engine->wakes++;
    if (store_dirty(engine->store) && !store_commit(engine->store, &err)) {
        fail_msg("%s", err.what);
    }
    if (!store_dirty(engine->store)) {
        uv_idle_stop(&engine->idle);
    }
}

static void on_guard(uv_timer_t *timer)
{
    ((struct engine *)timer->data)->guard_fired = true;
}

static void engine_start(struct engine *engine)
{
    struct error err = {0};
    struct control_options options = {.paths = &engine->paths};
    engine->store = store_open(engine->paths.database, clk_system(), &engine->ids, &err);
    if (!engine->store) {
        fail_msg("%s", err.what);
    }
    store_set_wake(engine->store, on_wake, engine);
    engine->control = control_new(&engine->loop, engine->store, &options, &err);
    assert_non_null(engine->control);
    engine->executor = executor_new(&engine->loop, clk_system(), &engine->paths, engine->shim,
                                    control_executor_events(engine->control), &err);
    if (!engine->executor) {
        fail_msg("%s", err.what);
    }
    if (!control_start(engine->control, engine->executor, &err)) {
        fail_msg("%s", err.what);
    }
}

static void engine_stop(struct engine *engine)
{
    engine->control = control_stop(engine->control);
    engine->executor = executor_free(engine->executor);
    uv_idle_stop(&engine->idle);
    engine->store = store_close(engine->store);
}

static int engine_setup(void **state)
{
    struct engine *engine = xcalloc(1, sizeof *engine);
    const char *build = getenv("builddir");
    char path[PATH_MAX];
    const char *base = getenv("TEST_DIR");
    (void)snprintf(path, sizeof path, "%s/test_engine.XXXXXX", base ? base : ".");
    assert_non_null(mkdtemp(path));
    assert_non_null(realpath(path, engine->home));
    (void)snprintf(path, sizeof path, "%s/belfry-shim", build ? build : ".");
    assert_non_null(realpath(path, engine->shim));
    paths_init_at(&engine->paths, engine->home);
    assert_int_equal(uv_loop_init(&engine->loop), 0);
    uv_check_init(&engine->loop, &engine->check);
    uv_idle_init(&engine->loop, &engine->idle);
    uv_timer_init(&engine->loop, &engine->guard);
    engine->check.data = engine->guard.data = engine;
    uv_check_start(&engine->check, on_check);
    engine_start(engine);
    *state = engine;
    return 0;
}

static int engine_teardown(void **state)
{
    struct engine *engine = *state;
    uv_check_stop(&engine->check);
    engine_stop(engine);
    uv_close((uv_handle_t *)&engine->check, NULL);
    uv_close((uv_handle_t *)&engine->idle, NULL);
    uv_close((uv_handle_t *)&engine->guard, NULL);
    (void)uv_run(&engine->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&engine->loop), 0);
    assert_true(file_remove_tree(engine->home, NULL));
    paths_done(&engine->paths);
    free(engine);
    return 0;
}

/* Runs the loop until CONDITION, an expression, is true. */
#define wait_for(engine, condition)                                         \
    do {                                                                    \
        (engine)->guard_fired = false;                                      \
        uv_timer_start(&(engine)->guard, on_guard, WAIT_SECONDS * 1000, 0); \
        while (!(condition)) {                                              \
            if ((engine)->guard_fired) {                                    \
                fail_msg("waited in vain for: %s", #condition);             \
            }                                                               \
            (void)uv_run(&(engine)->loop, UV_RUN_ONCE);                     \
        }                                                                   \
        uv_timer_stop(&(engine)->guard);                                    \
    } while (0)

/* --- objects -------------------------------------------------------------------------------- */

static void create(struct engine *engine, const char *yaml)
{
    struct error err = {0};
    autotree cJSON *tree = yaml_read_one("test", yaml, strlen(yaml), NULL, &err);
    if (!tree) {
        fail_msg("%s %s", err.where, err.what);
    }
    enum kind kind = kind_of(tree_str(tree, "apiVersion"), tree_str(tree, "kind"));
    char uid[UUID_SIZE];
    id_uuid(&engine->ids, uid);
    tree_put_str(tree, "metadata.uid", uid);
    tree_put_str(tree, "metadata.namespace", "default");
    tree_put_time(tree, "metadata.creationTimestamp", clk_now(clk_system()));
    defaults_apply(kind, tree);
    if (kind == KIND_JOB) {
        defaults_job_selector(tree);
    }
    cleanup_with(str_done) struct str text = {0};
    tree_print(&text, tree, false);
    struct object object = {.kind = kind,
                            .namespace = "default",
                            .name = tree_str(tree, "metadata.name"),
                            .uid = uid,
                            .document = text.data,
                            .document_len = text.len};
    if (!objects_create(engine->store, &object, NULL, NULL, &err)) {
        fail_msg("%s", err.what);
    }
}

static void create_job(struct engine *engine, const char *name, const char *spec,
                       const char *script)
{
    autofree char *yaml = xasprintf("apiVersion: batch/v1\n"
                                    "kind: Job\n"
                                    "metadata: {name: %s}\n"
                                    "spec:\n%s"
                                    "  template:\n"
                                    "    spec:\n"
                                    "      runtimeClassName: host\n"
                                    "      restartPolicy: Never\n"
                                    "      containers:\n"
                                    "      - name: m\n"
                                    "        command: [/bin/sh, -c, '%s']\n",
                                    name, spec, script);
    create(engine, yaml);
}

/* The text at PATH of a Job, or of the first pod; "" when there is none. */
static const char *look(struct engine *engine, enum kind kind, const char *name, const char *path)
{
    static char found[256];
    struct error err = {0};
    struct object object;
    found[0] = '\0';
    struct object_filter filter = {.kind = kind, .namespace = "default", .name = name};
    struct object_cursor *cursor = objects_cursor_open(engine->store, &filter, NULL, &err);
    if (objects_cursor_next(cursor, &object, &err) == CURSOR_ROW) {
        autotree cJSON *tree = tree_parse(object.document, object.document_len, &err);
        int64_t number;
        if (tree_int(tree, path, &number)) {
            (void)snprintf(found, sizeof found, "%lld", (long long)number);
        } else {
            text_copy(found, sizeof found, tree_str_or(tree, path, ""));
        }
    }
    objects_cursor_close(cursor);
    return found;
}

static bool is(struct engine *engine, enum kind kind, const char *name, const char *path,
               const char *want)
{
    return strcmp(look(engine, kind, name, path), want) == 0;
}

static const char *const ended_at = "status.containerStatuses[0].state.terminated";

/* --- tests ---------------------------------------------------------------------------------- */

static bool count_done(const struct run *run, void *data)
{
    *(int *)data += run->fate == FATE_SUCCEEDED && run->exit_code.value == 0;
    return true;
}

static int done_runs(struct engine *engine)
{
    int count = 0;
    struct ledger_filter filter = {0};
    assert_true(ledger_walk(engine->store, &filter, count_done, &count, NULL));
    return count;
}

static void a_schedule_fires_on_the_clock_and_its_runs_are_recorded(void **state)
{
    struct engine *engine = *state;
    create(engine, "apiVersion: batch/v1\n"
                   "kind: CronJob\n"
                   "metadata: {name: tick}\n"
                   "spec:\n"
                   "  schedule: '@every 1s'\n"
                   "  jobTemplate:\n"
                   "    spec:\n"
                   "      template:\n"
                   "        spec:\n"
                   "          runtimeClassName: host\n"
                   "          restartPolicy: Never\n"
                   "          containers:\n"
                   "          - {name: m, command: [/bin/sh, -c, 'echo $WHO ran'], env: [{name: "
                   "WHO, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]}\n");
    wait_for(engine, done_runs(engine) >= 2);
    assert_true(is(engine, KIND_CRONJOB, "tick", "status.lastRun.exitCode", "0") ||
                is(engine, KIND_CRONJOB, "tick", "status.lastRun.result", "Running") ||
                is(engine, KIND_CRONJOB, "tick", "status.lastRun.result", "Waiting"));
    autofree char *uid = xstrdup(look(engine, KIND_POD, NULL, "metadata.uid"));
    autofree char *log = xasprintf("%s/%s/m/0.log", engine->paths.logs, uid);
    cleanup_with(str_done) struct str text = {0};
    assert_true(file_read(log, 4096, &text, NULL));
    assert_non_null(strstr(text.data, " stdout F default ran\n"));
}

static void exit_codes_survive_the_scheduler(void **state)
{
    struct engine *engine = *state;
    /* One ends while nobody looks, one goes on. */
    autofree char *flag = xasprintf("%s/flag", engine->home);
    autofree char *script = xasprintf("while ! test -e %s; do sleep 0.05; done; exit 9", flag);
    create_job(engine, "slow", "  backoffLimit: 0\n", script);
    create_job(engine, "fast", "  backoffLimit: 0\n", "sleep 0.2; exit 7");
    wait_for(engine, is(engine, KIND_JOB, "slow", "status.ready", "1"));
    wait_for(engine, is(engine, KIND_JOB, "fast", "status.ready", "1") ||
                         is(engine, KIND_JOB, "fast", "status.failed", "1"));
    uv_check_stop(&engine->check);
    engine_stop(engine);
    (void)uv_run(&engine->loop, UV_RUN_NOWAIT);
    uv_check_start(&engine->check, on_check);
    engine_start(engine);
    wait_for(engine, is(engine, KIND_JOB, "fast", "status.failed", "1"));
    assert_true(is(engine, KIND_JOB, "slow", "status.failed", ""));
    assert_true(file_write_atomic(flag, "", 0, 0600, NULL));
    wait_for(engine, is(engine, KIND_JOB, "slow", "status.failed", "1"));
    int64_t codes = 0;
    struct object object;
    struct object_filter filter = {.kind = KIND_POD};
    struct object_cursor *cursor = objects_cursor_open(engine->store, &filter, NULL, NULL);
    int pods = 0;
    while (objects_cursor_next(cursor, &object, NULL) == CURSOR_ROW) {
        autotree cJSON *tree = tree_parse(object.document, object.document_len, NULL);
        codes += tree_int_or(tree_get(tree, ended_at), "exitCode", 0);
        pods++;
    }
    objects_cursor_close(cursor);
    assert_int_equal(pods, 2);
    assert_int_equal(codes, 7 + 9);
}

static void a_job_over_its_deadline_is_ended(void **state)
{
    struct engine *engine = *state;
    create_job(engine, "long", "  activeDeadlineSeconds: 1\n", "sleep 1000");
    wait_for(engine, is(engine, KIND_JOB, "long", "status.conditions[1].type", "Failed"));
    assert_true(is(engine, KIND_JOB, "long", "status.conditions[1].reason", "DeadlineExceeded"));
    assert_true(is(engine, KIND_POD, NULL, "status.phase", "Failed"));
    assert_int_equal(executor_count(engine->executor), 0);
}

static void a_deleted_job_is_stopped_and_leaves_no_folder(void **state)
{
    struct engine *engine = *state;
    struct error err = {0};
    create_job(engine, "gone", "", "trap \"\" HUP; sleep 1000");
    wait_for(engine, is(engine, KIND_JOB, "gone", "status.ready", "1"));
    autofree char *uid = xstrdup(look(engine, KIND_POD, NULL, "metadata.uid"));
    autofree char *logs = xasprintf("%s/%s", engine->paths.logs, uid);
    autofree char *runs = xasprintf("%s/%s", engine->paths.runs, uid);
    assert_true(file_exists(logs) && file_exists(runs));
    struct delete_request request = {.key = {KIND_JOB, "default", "gone"}};
    assert_true(control_delete(engine->store, &request, NULL, NULL, &err));
    wait_for(engine, is(engine, KIND_POD, NULL, "metadata.uid", ""));
    wait_for(engine, !store_dirty(engine->store));
    assert_false(file_exists(logs) || file_exists(runs));
    assert_int_equal(executor_count(engine->executor), 0);
}

static void a_command_that_does_not_exist_says_so(void **state)
{
    struct engine *engine = *state;
    create(engine, "apiVersion: batch/v1\n"
                   "kind: Job\n"
                   "metadata: {name: typo}\n"
                   "spec:\n"
                   "  backoffLimit: 0\n"
                   "  template:\n"
                   "    spec:\n"
                   "      runtimeClassName: host\n"
                   "      restartPolicy: Never\n"
                   "      containers:\n"
                   "      - {name: m, command: [/no/such/program]}\n");
    wait_for(engine, is(engine, KIND_JOB, "typo", "status.failed", "1"));
    autofree char *path = xasprintf("%s.reason", ended_at);
    assert_true(is(engine, KIND_POD, NULL, path, "ContainerCannotRun"));
}

static void folders_of_pods_that_are_gone_are_swept_at_the_start(void **state)
{
    struct engine *engine = *state;
    autofree char *logs =
        xasprintf("%s/01234567-89ab-4cde-8f01-23456789abcd/m", engine->paths.logs);
    autofree char *other = xasprintf("%s/not-a-pod", engine->paths.logs);
    assert_true(file_make_folder(logs, 0700, NULL) && file_make_folder(other, 0700, NULL));
    uv_check_stop(&engine->check);
    engine_stop(engine);
    (void)uv_run(&engine->loop, UV_RUN_NOWAIT);
    uv_check_start(&engine->check, on_check);
    engine_start(engine);
    assert_false(file_exists(logs));
    assert_true(file_exists(other));
}

/* With nothing due for hours the loop sleeps: no tick, no poll. */
static void an_idle_scheduler_does_not_wake_up(void **state)
{
    struct engine *engine = *state;
    create(engine, "apiVersion: batch/v1\n"
                   "kind: CronJob\n"
                   "metadata: {name: rare}\n"
                   "spec:\n"
                   "  schedule: '0 0 29 2 *'\n"
                   "  jobTemplate:\n"
                   "    spec:\n"
                   "      template:\n"
                   "        spec:\n"
                   "          runtimeClassName: host\n"
                   "          restartPolicy: Never\n"
                   "          containers: [{name: m, command: [work]}]\n");
    wait_for(engine, control_armed(engine->control) == 1);
    wait_for(engine, !store_dirty(engine->store) && control_ready(engine->control) == 0);
    uv_run(&engine->loop, UV_RUN_NOWAIT);
    uv_run(&engine->loop, UV_RUN_NOWAIT);
    /* The only event of the next second is the test's own timer. */
    engine->guard_fired = false;
    engine->wakes = 0;
    uv_timer_start(&engine->guard, on_guard, 1000, 0);
    while (!engine->guard_fired) {
        (void)uv_run(&engine->loop, UV_RUN_ONCE);
    }
    assert_true(engine->wakes <= 1);
}

int main(void)
{
#define in_engine(test) cmocka_unit_test_setup_teardown(test, engine_setup, engine_teardown)
    const struct CMUnitTest tests[] = {
        in_engine(a_schedule_fires_on_the_clock_and_its_runs_are_recorded),
        in_engine(exit_codes_survive_the_scheduler),
        in_engine(a_job_over_its_deadline_is_ended),
        in_engine(a_deleted_job_is_stopped_and_leaves_no_folder),
        in_engine(a_command_that_does_not_exist_says_so),
        in_engine(folders_of_pods_that_are_gone_are_swept_at_the_start),
        in_engine(an_idle_scheduler_does_not_wake_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
