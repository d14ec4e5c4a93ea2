/* control_kit.c - the controllers over a store, a clock moved by hand, and a played executor. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/control_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/codec/decode.h"
#include "core/codec/defaults.h"
#include "core/codec/patch.h"
#include "core/codec/yaml.h"
#include "storage/ledger.h"

#define START "2020-03-03T08:28:30Z"

int world_setup(void **state)
{
    struct world *world = xcalloc(1, sizeof *world);
    nsec_t start = 0;
    assert_true(stamp_parse(START, &start));
    world->clk = clk_virtual_new(start, 77 * NSEC_PER_SEC);
    world->ids.seed = 42;
    const char *base = getenv("TEST_DIR");
    snprintf(world->folder, sizeof world->folder, "%s/test_control.XXXXXX", base ? base : ".");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->path, sizeof world->path, "%s/belfry.db", world->folder);
    world->options.by_hand = true;
    world_start(world);
    *state = world;
    return 0;
}

void world_start(struct world *world)
{
    struct error err = {0};
    world->store = store_open(world->path, world->clk, &world->ids, &err);
    if (!world->store) {
        fail_msg("%s", err.what);
    }
    world->control = control_new(NULL, world->store, &world->options, &err);
    assert_non_null(world->control);
    struct executor_events events = control_executor_events(world->control);
    if (!world->executor) {
        world->executor = executor_fake_new(world->clk, NULL, events);
    }
    world->executor->events = events;
    if (!control_start(world->control, world->executor, &err)) {
        fail_msg("%s", err.what);
    }
}

void world_stop(struct world *world)
{
    world->control = control_stop(world->control);
    world->store = store_close(world->store);
    world->executor->events = (struct executor_events){0};
}

int world_teardown(void **state)
{
    struct world *world = *state;
    if (world->control) {
        world_stop(world);
    }
    executor_free(world->executor);
    clk_free(world->clk);
    assert_true(file_remove_tree(world->folder, NULL));
    free(world);
    return 0;
}

/* --- objects -------------------------------------------------------------------------------- */

static void put(struct world *world, enum kind kind, const cJSON *tree, bool fresh)
{
    struct error err = {0};
    cleanup_with(str_done) struct str text = {0};
    struct meta meta;
    tree_print(&text, tree, false);
    meta_decode(tree, &meta);
    const struct owner *owner = meta_controller(&meta);
    struct object object = {.kind = kind,
                            .namespace = meta.ns,
                            .name = meta.name,
                            .uid = meta.uid,
                            .owner_uid = owner ? owner->uid : NULL,
                            .document = str_text(&text),
                            .document_len = text.len};
    bool ok = fresh ? objects_create(world->store, &object, NULL, NULL, &err)
                    : objects_update(world->store, &object, NULL, NULL, &err);
    if (!ok) {
        fail_msg("%s: %s", meta.name, err.what);
    }
    meta_done(&meta);
}

void world_create(struct world *world, const char *yaml)
{
    struct error err = {0};
    struct yaml_docs documents = {0};
    if (!yaml_read("test", yaml, strlen(yaml), &documents, &err)) {
        fail_msg("%s %s", err.where, err.what);
    }
    for (size_t i = 0; i < documents.len; i++) {
        cJSON *tree = documents.data[i].tree;
        enum kind kind = kind_of(tree_str(tree, "apiVersion"), tree_str(tree, "kind"));
        assert_int_not_equal(kind, KIND_COUNT);
        char uid[UUID_SIZE];
        id_uuid(&world->ids, uid);
        tree_put_str(tree, "metadata.uid", uid);
        tree_put_str(tree, "metadata.namespace", "default");
        tree_put_time(tree, "metadata.creationTimestamp", clk_now(world->clk));
        defaults_apply(kind, tree);
        if (kind == KIND_JOB) {
            defaults_job_selector(tree);
        }
        put(world, kind, tree, true);
    }
    yaml_docs_done(&documents);
    world_settle(world);
}

static cJSON *get(struct world *world, enum kind kind, const char *name)
{
    cleanup_with(str_done) struct str text = {0};
    struct object_key key = {.kind = kind, .namespace = "default", .name = name};
    if (!objects_get(world->store, &key, &text, NULL, NULL)) {
        return NULL;
    }
    return tree_parse(text.data, text.len, NULL);
}

void world_patch(struct world *world, enum kind kind, const char *name, const char *json)
{
    struct error err = {0};
    autotree cJSON *patch = tree_parse(json, strlen(json), &err);
    autotree cJSON *old = get(world, kind, name);
    assert_non_null(patch);
    assert_non_null(old);
    if (!patch_apply(PATCH_MERGE, kind, &old, patch, &err)) {
        fail_msg("%s", err.what);
    }
    put(world, kind, old, false);
    world_settle(world);
}

void world_delete(struct world *world, enum kind kind, const char *name,
                  enum propagation propagation)
{
    struct error err = {0};
    struct delete_request request = {.key = {kind, "default", name}, .propagation = propagation};
    if (!control_delete(world->store, &request, NULL, NULL, &err)) {
        fail_msg("%s", err.what);
    }
    world_settle(world);
}

const char *world_get(struct world *world, enum kind kind, const char *name, const char *path)
{
    static char text[512];
    autotree cJSON *tree = get(world, kind, name);
    const cJSON *node = tree_get(tree, path);
    cleanup_with(str_done) struct str printed = {0};
    if (cJSON_IsString(node)) {
        str_add(&printed, node->valuestring);
    } else if (node) {
        tree_print(&printed, node, false);
    }
    text_copy(text, sizeof text, str_text(&printed));
    return text;
}

bool world_has(struct world *world, enum kind kind, const char *name)
{
    struct object_key key = {.kind = kind, .namespace = "default", .name = name};
    return objects_exists(world->store, &key);
}

/* --- time ----------------------------------------------------------------------------------- */

void world_settle(struct world *world)
{
    for (int turn = 0;; turn++) {
        struct error err = {0};
        bool poked = control_poke(world->control);
        if (store_dirty(world->store)) {
            store_commit(world->store, &err);
            poked = true;
        }
        if ((world->held || executor_fake_turn(world->executor) == 0) && !poked) {
            return;
        }
        if (turn > 1000) {
            fail_msg("the controllers do not come to rest");
        }
    }
}

void world_hold(struct world *world, bool hold)
{
    world->held = hold;
}

void world_pass(struct world *world, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        clk_virtual_advance(world->clk, NSEC_PER_SEC);
        world_settle(world);
    }
}

void world_leap(struct world *world, const char *time)
{
    autofree char *stamp = xasprintf("2020-03-03T%sZ", time);
    nsec_t to = 0;
    assert_true(stamp_parse(stamp, &to));
    assert_true(to >= clk_wall(world->clk));
    clk_virtual_advance(world->clk, to - clk_wall(world->clk));
    if (world->control) {
        world_settle(world);
    }
}

void world_exit(struct world *world, int code)
{
    const struct fake_attempt *running = NULL;
    const struct fake_attempt *each;
    for (size_t i = 0; (each = executor_fake_at(world->executor, i)); i++) {
        running = each->state == ATTEMPT_RUNNING ? each : running;
    }
    if (!running) {
        fail_msg("nothing runs that could end");
        return;
    }
    struct attempt_id id = running->id;
    assert_true(executor_fake_exit(world->executor, &id, code));
    if (world->control) {
        world_settle(world);
    }
}

size_t world_running(const struct world *world)
{
    size_t count = 0;
    const struct fake_attempt *each;
    for (size_t i = 0; (each = executor_fake_at(world->executor, i)); i++) {
        count += each->state == ATTEMPT_RUNNING;
    }
    return count;
}

size_t world_attempts(const struct world *world)
{
    size_t count = 0;
    while (executor_fake_at(world->executor, count)) {
        count++;
    }
    return count;
}

/* --- pictures ------------------------------------------------------------------------------- */

typedef void describe_fn(const cJSON *tree, struct str *ret, const char *about);

static char *describe_all(struct world *world, enum kind kind, describe_fn *describe,
                          const char *about)
{
    struct str text = {0};
    struct error err = {0};
    struct object object;
    enum cursor_result result;
    struct object_filter filter = {.kind = kind};
    struct object_cursor *cursor = objects_cursor_open(world->store, &filter, NULL, &err);
    while ((result = objects_cursor_next(cursor, &object, &err)) == CURSOR_ROW) {
        autotree cJSON *tree = tree_parse(object.document, object.document_len, &err);
        assert_non_null(tree);
        describe(tree, &text, about);
    }
    assert_int_equal(result, CURSOR_END);
    objects_cursor_close(cursor);
    return str_take(&text);
}

static void describe_job(const cJSON *tree, struct str *ret, const char *about)
{
    struct job job;
    (void)about;
    assert_true(job_decode(tree, &job, NULL));
    str_addf(ret, "%s %s succeeded=%d failed=%d\n", job.meta.name, job_state(&job),
             (int)job.status.succeeded, (int)job.status.failed);
    job_done(&job);
}

char *world_jobs(struct world *world)
{
    return describe_all(world, KIND_JOB, describe_job, NULL);
}

static void describe_state(const struct container_state *state, struct str *ret)
{
    if (!state->set || state->phase == CONTAINER_WAITING) {
        str_add(ret, state->set && state->reason ? state->reason : "waiting");
    } else if (state->phase == CONTAINER_RUNNING) {
        str_add(ret, "running");
    } else {
        str_addf(ret, "%d/%s", (int)state->exit_code, state->reason);
    }
}

static void describe_pod(const cJSON *tree, struct str *ret, const char *about)
{
    struct pod pod;
    (void)about;
    assert_true(pod_decode(tree, &pod, NULL));
    const struct owner *owner = meta_controller(&pod.meta);
    str_addf(ret, "%s %s", owner ? owner->name : pod.meta.name, pod_phase_names[pod.status.phase]);
    for (size_t i = 0; i < pod.status.containers.len; i++) {
        const struct container_status *status = &pod.status.containers.data[i];
        str_addf(ret, " %s:", status->name);
        describe_state(&status->state, ret);
        str_addf(ret, "#%d", (int)status->restart_count);
    }
    str_add(ret, pod.meta.deletion != SEC_NONE ? " deleted\n" : "\n");
    pod_done(&pod);
}

char *world_pods(struct world *world)
{
    return describe_all(world, KIND_POD, describe_pod, NULL);
}

static void describe_event(const cJSON *tree, struct str *ret, const char *about)
{
    if (text_same(tree_str(tree, "involvedObject.name"), about)) {
        str_addf(ret, "%s %s x%d\n", tree_str_or(tree, "type", ""), tree_str_or(tree, "reason", ""),
                 (int)tree_int_or(tree, "count", 0));
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Their names are hashes, so their order says nothing: sorted by text. */
char *world_events(struct world *world, const char *about)
{
    autofree char *all = describe_all(world, KIND_EVENT, describe_event, about);
    vec(char *) lines = {0};
    char *rest = all;
    while (*rest) {
        char *end = strchr(rest, '\n');
        *end = '\0';
        vec_push(&lines, rest);
        rest = end + 1;
    }
    if (lines.len > 1) {
        qsort(lines.data, lines.len, sizeof *lines.data, by_text);
    }
    struct str sorted = {0};
    for (size_t i = 0; i < lines.len; i++) {
        str_addf(&sorted, "%s\n", lines.data[i]);
    }
    vec_done(&lines);
    return str_take(&sorted);
}

static void add_clock(struct str *ret, sec_t when)
{
    char stamp[STAMP_SIZE];
    stamp_sec(stamp, when);
    str_addf(ret, "%.8s", stamp + 11);
}

static bool describe_run(const struct run *run, void *data)
{
    cleanup_with(str_done) struct str line = {0};
    if (run->slot == SEC_NONE) {
        str_add(&line, "forced");
    } else {
        add_clock(&line, run->slot);
    }
    if (run->count > 1) {
        str_add(&line, "-");
        add_clock(&line, run->last_slot);
        str_addf(&line, " x%d", (int)run->count);
    }
    str_addf(&line, " %s", run_fate_names[run->fate]);
    if (run->reason) {
        str_addf(&line, " %s", run->reason);
    }
    if (run->job) {
        str_addf(&line, " %s attempts=%d", run_trigger_names[run->trigger], (int)run->attempts);
    }
    if (run->exit_code.set) {
        str_addf(&line, " exit=%d", (int)run->exit_code.value);
    }
    str_addf(data, "%s\n", str_text(&line));
    return true;
}

/* Newest first, as the ledger gives them. */
char *world_runs(struct world *world)
{
    struct str text = {0};
    struct error err = {0};
    struct ledger_filter filter = {0};
    assert_true(ledger_walk(world->store, &filter, describe_run, &text, &err));
    return str_take(&text);
}
