/* test_api_watch.c - streams of the API: watches, logs, and what waits for a commit. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "storage/feed.h"
#include "storage/ledger.h"
#include "storage/objects.h"
#include "tests/unit/api_kit.h"

/* A watch whose head is in. */
static struct peer watch(struct kit *kit, const char *query, const char *headers)
{
    struct peer peer = peer_open(kit);
    autofree char *request =
        xasprintf("GET " CRONJOBS "?watch=true%s HTTP/1.1\r\nHost: b\r\n%s\r\n", query,
                  headers ? headers : "");
    peer_send(&peer, request, strlen(request));
    struct answer answer = peer_head(&peer);
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
    return peer;
}

static cJSON *event(struct peer *peer)
{
    struct error err = {0};
    autofree char *line = peer_line(peer);
    cJSON *tree = tree_parse(line, strlen(line), &err);
    assert_non_null(tree);
    return tree;
}

/* The next event is TYPE about NAME. */
static void expect(struct peer *peer, const char *type, const char *name)
{
    autotree cJSON *tree = event(peer);
    if (!text_same(tree_str(tree, "type"), type) ||
        !text_same(tree_str(tree, "object.metadata.name"), name)) {
        cleanup_with(str_done) struct str text = {0};
        tree_print(&text, tree, false);
        fail_msg("not %s %s: %s", type, name, str_text(&text));
    }
}

static void create(struct kit *kit, const char *name)
{
    autofree char *body = kit_cronjob(name);
    cJSON_Delete(kit_json(kit, 201, "POST", CRONJOBS, body));
}

static void label(struct kit *kit, const char *name, const char *value)
{
    autofree char *target = xasprintf(CRONJOBS "/%s", name);
    autofree char *patch = xasprintf("{\"metadata\":{\"labels\":{\"team\":\"%s\"}}}", value);
    cJSON_Delete(kit_json(kit, 200, "PATCH", target, patch));
}

static void drop(struct kit *kit, const char *name)
{
    autofree char *target = xasprintf(CRONJOBS "/%s", name);
    cJSON_Delete(kit_json(kit, 200, "DELETE", target, NULL));
}

/* A client that waits for the head of an idle watch would hang. */
static void the_head_goes_out_before_any_event(void **state)
{
    autofree char *query =
        xasprintf("&resourceVersion=%" PRId64, store_version(((struct kit *)*state)->store));
    struct peer peer = watch(*state, query, NULL);
    kit_settle(*state);
    assert_int_equal(peer.in.len, 0);
    assert_int_equal(server_requests(((struct kit *)*state)->server), 1);
    peer_close(&peer);
}

static void a_watch_tells_what_happens_in_order(void **state)
{
    struct kit *kit = *state;
    create(kit, "before");
    struct peer peer = watch(kit, "", NULL);
    expect(&peer, "ADDED", "before");
    create(kit, "one");
    expect(&peer, "ADDED", "one");
    label(kit, "one", "a");
    expect(&peer, "MODIFIED", "one");
    drop(kit, "before");
    expect(&peer, "DELETED", "before");
    peer_close(&peer);
}

static void a_watch_goes_on_where_a_list_ended(void **state)
{
    struct kit *kit = *state;
    create(kit, "a");
    cJSON *list = kit_json(kit, 200, "GET", CRONJOBS, NULL);
    autofree char *query =
        xasprintf("&resourceVersion=%s", tree_str(list, "metadata.resourceVersion"));
    cJSON_Delete(list);
    create(kit, "b");
    label(kit, "a", "x");
    struct peer peer = watch(kit, query, NULL);
    expect(&peer, "ADDED", "b");
    expect(&peer, "MODIFIED", "a");
    drop(kit, "b");
    expect(&peer, "DELETED", "b");
    peer_close(&peer);
}

static void a_selector_turns_changes_into_comings_and_goings(void **state)
{
    struct kit *kit = *state;
    create(kit, "x");
    struct peer peer = watch(kit, "&labelSelector=team%3Dred", NULL);
    create(kit, "y");
    label(kit, "x", "red");
    expect(&peer, "ADDED", "x");
    label(kit, "y", "blue");
    label(kit, "x", "blue");
    expect(&peer, "DELETED", "x");
    label(kit, "y", "red");
    expect(&peer, "ADDED", "y");
    drop(kit, "x");
    drop(kit, "y");
    expect(&peer, "DELETED", "y");
    peer_close(&peer);
    peer = watch(kit, "&fieldSelector=metadata.name%3Dwanted", NULL);
    create(kit, "other");
    create(kit, "wanted");
    expect(&peer, "ADDED", "wanted");
    peer_close(&peer);
}

static void a_table_watch_has_its_columns_once(void **state)
{
    struct kit *kit = *state;
    struct peer peer =
        watch(kit, "", "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json\r\n");
    create(kit, "t1");
    autotree cJSON *first = event(&peer);
    assert_string_equal(tree_str(first, "type"), "ADDED");
    assert_string_equal(tree_str(first, "object.kind"), "Table");
    assert_string_equal(tree_str(first, "object.columnDefinitions[0].name"), "Name");
    assert_string_equal(tree_str(first, "object.rows[0].cells[0]"), "t1");
    create(kit, "t2");
    autotree cJSON *second = event(&peer);
    assert_null(tree_str(second, "object.columnDefinitions[0].name"));
    assert_string_equal(tree_str(second, "object.rows[0].cells[0]"), "t2");
    peer_close(&peer);
}

static void a_version_that_is_forgotten_is_one_error_event(void **state)
{
    struct kit *kit = *state;
    int64_t first = store_version(kit->store);
    create(kit, "a");
    for (int i = 0; feed_floor(kit->store) <= first && i < 200000; i++) {
        struct object_key key = {.kind = KIND_CRONJOB, .namespace = "default", .name = "a"};
        cleanup_with(str_done) struct str document = {0};
        struct error err = {0};
        assert_true(objects_get(kit->store, &key, &document, NULL, &err));
        autotree cJSON *tree = tree_parse(document.data, document.len, &err);
        autofree char *value = xasprintf("%d", i);
        tree_put_label(tree, "round", value);
        cleanup_with(str_done) struct str text = {0};
        tree_print(&text, tree, false);
        struct object object = {.kind = KIND_CRONJOB,
                                .namespace = "default",
                                .name = "a",
                                .document = text.data,
                                .document_len = text.len};
        assert_true(objects_update(kit->store, &object, NULL, NULL, &err));
        assert_true(store_commit(kit->store, &err));
    }
    assert_true(feed_floor(kit->store) > first);
    autofree char *query = xasprintf("&resourceVersion=%" PRId64, first);
    struct peer peer = watch(kit, query, NULL);
    autotree cJSON *tree = event(&peer);
    assert_string_equal(tree_str(tree, "type"), "ERROR");
    assert_int_equal(tree_int_or(tree, "object.code", 0), 410);
    assert_string_equal(tree_str(tree, "object.reason"), "Expired");
    peer_wait(&peer, "0\r\n\r\n");
    peer_close(&peer);
}

static void a_state_that_was_asked_for_ends_with_a_bookmark(void **state)
{
    struct kit *kit = *state;
    create(kit, "a");
    struct peer peer = watch(
        kit, "&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan",
        NULL);
    expect(&peer, "ADDED", "a");
    autotree cJSON *tree = event(&peer);
    assert_string_equal(tree_str(tree, "type"), "BOOKMARK");
    assert_string_equal(tree_annotation(tree_member(tree, "object"), "k8s.io/initial-events-end"),
                        "true");
    peer_close(&peer);
}

static void a_watch_ends_after_its_time(void **state)
{
    struct peer peer = watch(*state, "&timeoutSeconds=1", NULL);
    peer_wait(&peer, "0\r\n\r\n");
    peer_close(&peer);
}

static void runs_can_be_watched_and_listed(void **state)
{
    struct kit *kit = *state;
    struct error err = {0};
    create(kit, "r");
    cJSON *cronjob = kit_json(kit, 200, "GET", CRONJOBS "/r", NULL);
    struct run run = {.ns = "default",
                      .cronjob = "r",
                      .cronjob_uid = tree_str(cronjob, "metadata.uid"),
                      .fate = FATE_SUCCEEDED,
                      .trigger = TRIGGER_SCHEDULE,
                      .count = 1,
                      .start = NSEC_NONE,
                      .end = NSEC_NONE};
    for (int i = 0; i < 600; i++) {
        run.slot = run.last_slot = KIT_NOW / NSEC_PER_SEC / 60 * 60 + i * 60;
        assert_true(ledger_append(kit->store, &run, NULL, &err));
    }
    cJSON *tree = kit_json(
        kit, 200, "GET", "/apis/belfry/v1/namespaces/default/runs?fieldSelector=cronJob%3Dr", NULL);
    assert_string_equal(tree_str(tree, "kind"), "RunList");
    assert_int_equal(cJSON_GetArraySize(tree_get(tree, "items")), 600);
    const char *newest = tree_str(tree, "items[0].metadata.name");
    const char *second = tree_str(tree, "items[1].metadata.name");
    assert_true(strcmp(newest, second) > 0);
    autofree char *name = xasprintf("/apis/belfry/v1/namespaces/default/runs/%s", second);
    cJSON_Delete(tree);
    cJSON_Delete(kit_json(kit, 200, "GET", name, NULL));
    tree = kit_json(kit, 200, "GET",
                    "/apis/belfry/v1/namespaces/default/runs?fieldSelector=cronJob%3Dr&limit=20",
                    NULL);
    assert_int_equal(cJSON_GetArraySize(tree_get(tree, "items")), 20);
    autofree char *next =
        xasprintf("/apis/belfry/v1/namespaces/default/runs?fieldSelector=cronJob%%3Dr&limit=20"
                  "&continue=%s",
                  tree_str(tree, "metadata.continue"));
    autofree char *last = xstrdup(tree_str(tree, "items[19].metadata.name"));
    cJSON_Delete(tree);
    tree = kit_json(kit, 200, "GET", next, NULL);
    assert_true(strcmp(last, tree_str(tree, "items[0].metadata.name")) > 0);
    cJSON_Delete(tree);
    struct peer peer = peer_open(kit);
    const char *request = "GET /apis/belfry/v1/runs?watch=true&resourceVersion=1 HTTP/1.1\r\nHost: "
                          "b\r\n\r\n";
    peer_send(&peer, request, strlen(request));
    struct answer answer = peer_head(&peer);
    answer_done(&answer);
    autotree cJSON *first = event(&peer);
    assert_string_equal(tree_str(first, "object.kind"), "Run");
    peer_close(&peer);
    cJSON_Delete(cronjob);
}

static size_t open_files(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder)) {
        count++;
    }
    closedir(folder);
    return count;
}

/* A suspended connection is out of the library's sight: without a look of our own each of these
 * would stay for ever. */
static void a_thousand_watches_give_their_files_back(void **state)
{
    struct kit *kit = *state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    size_t most = limit.rlim_cur < 2200 ? (size_t)limit.rlim_cur / 2 - 100 : 1000;
    create(kit, "seen");
    kit_settle(kit);
    size_t before = open_files();
    struct peer *peers = xcalloc(most, sizeof *peers);
    for (size_t i = 0; i < most; i++) {
        peers[i] = watch(kit, "", NULL);
    }
    assert_int_equal(server_requests(kit->server), most);
    assert_int_equal(open_files(), before + 2 * most);
    create(kit, "news");
    for (size_t i = 0; i < most; i++) {
        expect(&peers[i], "ADDED", "seen");
        expect(&peers[i], "ADDED", "news");
    }
    for (size_t i = 0; i < most; i++) {
        peer_close(&peers[i]);
    }
    free(peers);
    for (int i = 0; i < 1000 && server_requests(kit->server); i++) {
        uv_run(&kit->loop, UV_RUN_NOWAIT);
    }
    kit_settle(kit);
    assert_int_equal(server_requests(kit->server), 0);
    assert_int_equal(open_files(), before);
}

/* It never reads: what waits for it is bounded, and the others go on. */
static void a_client_that_does_not_read_is_let_go(void **state)
{
    struct kit *kit = *state;
    struct peer idle = watch(kit, "", NULL);
    create(kit, "big");
    cleanup_with(str_done) struct str patch = {0};
    str_add(&patch, "{\"metadata\":{\"annotations\":{\"filler\":\"");
    while (patch.len < 200000) {
        str_add(&patch, "0123456789012345678901234567890123456789012345678901234567890123456789");
    }
    size_t at = patch.len;
    for (int i = 0; i < 120; i++) {
        str_cut(&patch, at);
        str_addf(&patch, "%d\"}}}", i);
        cJSON_Delete(kit_json(kit, 200, "PATCH", CRONJOBS "/big", str_text(&patch)));
    }
    /* 24 MB have passed; the watch is over, and its reader finds the end of the stream. */
    nsec_t end = clk_mono(clk_system()) + 10 * NSEC_PER_SEC;
    while (server_requests(kit->server) && clk_mono(clk_system()) < end) {
        char bytes[65536];
        uv_run(&kit->loop, UV_RUN_NOWAIT);
        (void)!recv(idle.fd, bytes, sizeof bytes, MSG_DONTWAIT);
    }
    assert_int_equal(server_requests(kit->server), 0);
    peer_close(&idle);
}

/* ---- commits ---- */

static void nothing_is_acknowledged_before_its_commit(void **state)
{
    struct kit *kit = *state;
    struct store_stats before = store_stats(kit->store);
    create(kit, "kept");
    struct store_stats after = store_stats(kit->store);
    assert_int_equal(after.commits, before.commits + 1);
    assert_false(store_dirty(kit->store));
}

/* ---- logs ---- */

static const char pod_uid[] = "11111111-2222-4333-8444-555555555555";

/* A pod in the store whose one container is in STATE (JSON). */
static void make_pod(struct kit *kit, const char *phase, const char *container_state, bool update)
{
    struct error err = {0};
    autofree char *text = xasprintf(
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":"
        "\"default\",\"uid\":\"%s\",\"resourceVersion\":\"1\"},\"spec\":{\"runtimeClassName\":"
        "\"host\",\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"main\",\"command\":["
        "\"true\"]}]},\"status\":{\"phase\":\"%s\",\"containerStatuses\":[{\"name\":\"main\","
        "\"restartCount\":0,\"state\":%s}]}}",
        pod_uid, phase, container_state);
    struct object object = {.kind = KIND_POD,
                            .namespace = "default",
                            .name = "p",
                            .uid = pod_uid,
                            .document = text,
                            .document_len = strlen(text)};
    autofree char *runs = xasprintf("%s/%s/main/0", kit->paths.runs, pod_uid);
    assert_true(file_make_folder(runs, 0700, &err));
    assert_true(update ? objects_update(kit->store, &object, NULL, NULL, &err)
                       : objects_create(kit->store, &object, NULL, NULL, &err));
    kit_settle(kit);
}

#define WAITING "{\"waiting\":{\"reason\":\"ContainerCreating\"}}"
#define RUNNING "{\"running\":{\"startedAt\":\"2026-09-21T14:13:20Z\"}}"

/* Appends a line to the log of the pod's attempt, as the shim does. */
static void write_log(struct kit *kit, const char *line)
{
    struct error err = {0};
    autofree char *folder = xasprintf("%s/%s/main", kit->paths.logs, pod_uid);
    autofree char *path = xasprintf("%s/0.log", folder);
    assert_true(file_make_folder(folder, 0700, &err));
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    fprintf(file, "2026-09-21T14:13:21.000000000Z stdout F %s\n", line);
    fclose(file);
}

static void a_log_is_read_with_kubectls_options(void **state)
{
    struct kit *kit = *state;
    make_pod(kit, "Running", RUNNING, false);
    for (int i = 1; i <= 5; i++) {
        autofree char *line = xasprintf("line %d", i);
        write_log(kit, line);
    }
    static const struct {
        const char *query, *text;
    } rows[] = {
        {"", "line 1\nline 2\nline 3\nline 4\nline 5\n"},
        {"?container=main&tailLines=2", "line 4\nline 5\n"},
        {"?tailLines=0", ""},
        {"?limitBytes=9", "line 1\nli"},
        {"?tailLines=1&timestamps=true", "2026-09-21T14:13:21.000000000Z line 5\n"},
        {"?sinceTime=2026-09-21T14:13:22Z", ""},
        {"?sinceSeconds=60&tailLines=1", "line 5\n"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        autofree char *target = xasprintf(PODS "/p/log%s", rows[i].query);
        struct answer answer = kit_ask(kit, "GET", target, NULL, NULL);
        assert_int_equal(answer.status, 200);
        assert_string_equal(str_text(&answer.body), rows[i].text);
        answer_done(&answer);
    }
    static const char *const bad[] = {"?container=other", "?previous=true", "?sinceTime=now"};
    for (size_t i = 0; i < countof(bad); i++) {
        autofree char *target = xasprintf(PODS "/p/log%s", bad[i]);
        cJSON_Delete(kit_json(kit, 400, "GET", target, NULL));
    }
    cJSON_Delete(kit_json(kit, 422, "GET", PODS "/p/log?tailLines=-1", NULL));
    cJSON_Delete(kit_json(kit, 404, "GET", PODS "/q/log", NULL));
}

static struct peer follow(struct kit *kit, const char *query)
{
    struct peer peer = peer_open(kit);
    autofree char *request =
        xasprintf("GET " PODS "/p/log?follow=true%s HTTP/1.1\r\nHost: b\r\n\r\n", query);
    peer_send(&peer, request, strlen(request));
    struct answer answer = peer_head(&peer);
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
    return peer;
}

static int compare(const void *a, const void *b)
{
    nsec_t x = *(const nsec_t *)a, y = *(const nsec_t *)b;
    return x < y ? -1 : x > y;
}

static void a_followed_line_arrives_at_once(void **state)
{
    struct kit *kit = *state;
    nsec_t took[101];
    make_pod(kit, "Running", RUNNING, false);
    write_log(kit, "first");
    struct peer peer = follow(kit, "");
    peer_wait(&peer, "first\n");
    for (size_t i = 0; i < countof(took); i++) {
        autofree char *line = xasprintf("mark %zu.", i);
        kit_settle(kit);
        nsec_t start = clk_mono(clk_system());
        write_log(kit, line);
        peer_wait(&peer, line);
        took[i] = clk_mono(clk_system()) - start;
    }
    qsort(took, countof(took), sizeof took[0], compare);
    nsec_t median = took[countof(took) / 2];
    print_message("log line to client: p50 %.3f ms\n", (double)median / 1e6);
    const char *slow = getenv("VALGRIND");
    assert_true(median < 2 * NSEC_PER_MSEC || getenv("WAIT_FACTOR") || (slow && *slow));
    peer_close(&peer);
    kit_settle(kit);
    assert_int_equal(server_requests(kit->server), 0);
}

static void a_follow_begins_before_its_container(void **state)
{
    struct kit *kit = *state;
    make_pod(kit, "Pending", WAITING, false);
    cJSON *tree = kit_json(kit, 400, "GET", PODS "/p/log", NULL);
    assert_non_null(strstr(tree_str(tree, "message"), "waiting to start"));
    cJSON_Delete(tree);
    struct peer peer = follow(kit, "&container=main");
    write_log(kit, "hello");
    make_pod(kit, "Running", RUNNING, true);
    peer_wait(&peer, "hello\n");
    /* The pod goes: the stream ends in good order. */
    cJSON_Delete(kit_json(kit, 200, "DELETE", PODS "/p?gracePeriodSeconds=0", NULL));
    struct object_key key = {.kind = KIND_POD, .namespace = "default", .name = "p"};
    struct error err = {0};
    if (objects_exists(kit->store, &key)) {
        assert_true(objects_delete(kit->store, &key, 0, NULL, NULL, &err));
    }
    peer_wait(&peer, "0\r\n\r\n");
    peer_close(&peer);
}

static void a_long_log_is_read_by_a_slow_client(void **state)
{
    struct kit *kit = *state;
    struct error err = {0};
    make_pod(kit, "Running", RUNNING, false);
    autofree char *folder = xasprintf("%s/%s/main", kit->paths.logs, pod_uid);
    autofree char *path = xasprintf("%s/0.log", folder);
    assert_true(file_make_folder(folder, 0700, &err));
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    for (int i = 0; i < 100000; i++) {
        fprintf(file, "2026-09-21T14:13:21.000000000Z stdout F line number %08d\n", i);
    }
    fclose(file);
    struct answer answer = kit_ask(kit, "GET", PODS "/p/log", NULL, NULL);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.len, 100000 * 21);
    for (int i = 0; i < 100000; i += 9999) {
        autofree char *line = xasprintf("line number %08d", i);
        assert_memory_equal(answer.body.data + (size_t)i * 21, line, 20);
    }
    answer_done(&answer);
}

int main(void)
{
#define in_kit(test) cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)
    const struct CMUnitTest tests[] = {
        in_kit(the_head_goes_out_before_any_event),
        in_kit(a_watch_tells_what_happens_in_order),
        in_kit(a_watch_goes_on_where_a_list_ended),
        in_kit(a_selector_turns_changes_into_comings_and_goings),
        in_kit(a_table_watch_has_its_columns_once),
        in_kit(a_version_that_is_forgotten_is_one_error_event),
        in_kit(a_state_that_was_asked_for_ends_with_a_bookmark),
        in_kit(a_watch_ends_after_its_time),
        in_kit(runs_can_be_watched_and_listed),
        in_kit(a_thousand_watches_give_their_files_back),
        in_kit(a_client_that_does_not_read_is_let_go),
        in_kit(nothing_is_acknowledged_before_its_commit),
        in_kit(a_log_is_read_with_kubectls_options),
        in_kit(a_followed_line_arrives_at_once),
        in_kit(a_follow_begins_before_its_container),
        in_kit(a_long_log_is_read_by_a_slow_client),
    };
    return cmocka_run_group_tests_name("api streams", tests, NULL, NULL);
}
