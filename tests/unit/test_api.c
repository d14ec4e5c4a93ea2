/* test_api.c - requests to the API: targets, limits, resources, writes, discovery, access. */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/api/access.h"
#include "core/api/discovery.h"
#include "core/api/notify.h"
#include "core/api/route.h"
#include "core/api/uri.h"
#include "core/base/file.h"
#include "storage/objects.h"
#include "tests/unit/api_kit.h"

/* ---- targets ---- */

static void a_target_is_split_and_decoded(void **state)
{
    (void)state;
    struct uri uri;
    struct error err = {0};
    assert_true(uri_parse(&uri, "/api/v1/a%2Fb/?x=1%262&y=a+b&z&x=2#part", &err));
    assert_int_equal(uri.segment_count, 3);
    assert_string_equal(uri.segments[2], "a/b");
    assert_string_equal(uri_param(&uri, "x"), "1&2");
    assert_string_equal(uri_param(&uri, "y"), "a b");
    assert_string_equal(uri_param(&uri, "z"), "");
    assert_null(uri_param(&uri, "part"));
    uri_done(&uri);
    assert_true(uri_parse(&uri, "/", &err));
    assert_int_equal(uri.segment_count, 0);
    uri_done(&uri);
}

static void a_target_that_is_wrong_is_refused(void **state)
{
    static const struct {
        const char *raw;
        enum error_code code;
    } rows[] = {
        {"api", ERROR_BAD_REQUEST},         {"", ERROR_BAD_REQUEST},
        {"//api", ERROR_BAD_REQUEST},       {"/api//v1", ERROR_BAD_REQUEST},
        {"/%", ERROR_BAD_REQUEST},          {"/%2", ERROR_BAD_REQUEST},
        {"/%zz", ERROR_BAD_REQUEST},        {"/%00", ERROR_BAD_REQUEST},
        {"/a?b=%00", ERROR_BAD_REQUEST},    {"/%ff", ERROR_BAD_REQUEST},
        {"/a?%c0%af=1", ERROR_BAD_REQUEST}, {"/1/2/3/4/5/6/7/8/9/10/11/12/13", ERROR_TOO_LARGE},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct uri uri;
        struct error err = {0};
        assert_false(uri_parse(&uri, rows[i].raw, &err));
        assert_int_equal(err.code, rows[i].code);
    }
    struct uri uri;
    struct error err = {0};
    cleanup_with(str_done) struct str long_one = {0};
    str_add(&long_one, "/a?");
    for (int i = 0; i < URI_PARAMS + 1; i++) {
        str_addf(&long_one, "k%d&", i);
    }
    assert_false(uri_parse(&uri, str_text(&long_one), &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);
}

/* ---- the server ---- */

static void health_is_told_without_words(void **state)
{
    static const char *const paths[] = {"/healthz", "/livez", "/readyz", "/livez/"};
    for (size_t i = 0; i < countof(paths); i++) {
        struct answer answer = kit_ask(*state, "GET", paths[i], NULL, NULL);
        assert_int_equal(answer.status, 200);
        assert_string_equal(str_text(&answer.body), "ok");
        answer_done(&answer);
    }
}

static void one_connection_takes_many_requests(void **state)
{
    struct peer peer = peer_open(*state);
    for (int i = 0; i < 50; i++) {
        autofree char *name = xasprintf("c%d", i);
        autofree char *body = kit_cronjob(name);
        struct answer answer =
            peer_ask(&peer, "POST", CRONJOBS, "Content-Type: application/json\r\n", body);
        assert_int_equal(answer.status, 201);
        answer_done(&answer);
        answer = peer_ask(&peer, "GET", "/nowhere", NULL, NULL);
        assert_int_equal(answer.status, 404);
        answer_done(&answer);
    }
    peer_close(&peer);
}

static void an_unknown_path_and_an_unknown_resource_are_told_apart(void **state)
{
    struct answer answer = kit_ask(*state, "GET", "/nowhere", NULL, NULL);
    assert_int_equal(answer.status, 404);
    assert_string_equal(str_text(&answer.body), "404 page not found\n");
    answer_done(&answer);
    cJSON *tree = kit_json(*state, 404, "GET", "/apis/batch/v1/namespaces/default/ducks", NULL);
    assert_string_equal(tree_str(tree, "kind"), "Status");
    assert_string_equal(tree_str(tree, "reason"), "NotFound");
    cJSON_Delete(tree);
    answer = kit_ask(*state, "GET", "/apis/ducks/v1/ducks", NULL, NULL);
    assert_string_equal(str_text(&answer.body), "404 page not found\n");
    answer_done(&answer);
    /* A kind with namespaces is not reached without one, nor one without through one. */
    cJSON_Delete(kit_json(*state, 404, "GET", "/apis/batch/v1/cronjobs/x", NULL));
    cJSON_Delete(kit_json(*state, 404, "GET", "/api/v1/namespaces/default/namespaces/x", NULL));
}

static void a_method_that_a_path_does_not_take_is_a_405(void **state)
{
    static const struct {
        const char *method, *path;
    } rows[] = {
        {"DELETE", "/version"},
        {"OPTIONS", "/api"},
        {"POST", PODS},
        {"PATCH", PODS "/x"},
        {"POST", "/apis/batch/v1/cronjobs"},
        {"DELETE", "/apis/belfry/v1/namespaces/default/runs/x"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        cJSON *tree = kit_json(*state, 405, rows[i].method, rows[i].path, NULL);
        assert_string_equal(tree_str(tree, "reason"), "MethodNotAllowed");
        cJSON_Delete(tree);
    }
}

static void a_body_beyond_the_limit_is_refused_before_it_is_kept(void **state)
{
    struct kit *kit = *state;
    struct peer peer = peer_open(kit);
    const char *announced =
        "POST " CRONJOBS " HTTP/1.1\r\nHost: b\r\nContent-Length: 4000000\r\n\r\n";
    peer_send(&peer, announced, strlen(announced));
    struct answer answer = peer_head(&peer);
    assert_int_equal(answer.status, 413);
    answer_done(&answer);
    peer_close(&peer);
    /* Not announced: it comes in chunks, and is dropped at the limit. */
    peer = peer_open(kit);
    const char *head =
        "POST " CRONJOBS " HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n";
    peer_send(&peer, head, strlen(head));
    cleanup_with(str_done) struct str chunk = {0};
    str_addf(&chunk, "%x\r\n", 1 << 20);
    while (chunk.len < (1 << 20)) {
        str_add(&chunk, "                                                                ");
    }
    str_cut(&chunk, 8 + (1 << 20));
    str_add(&chunk, "\r\n");
    for (int i = 0; i < 4; i++) {
        peer_send(&peer, chunk.data, chunk.len);
    }
    peer_send(&peer, "0\r\n\r\n", 5);
    answer = peer_head(&peer);
    assert_int_equal(answer.status, 413);
    answer_done(&answer);
    peer_close(&peer);
}

static void garbage_leaves_nothing_behind(void **state)
{
    static const char *const lines[] = {
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /api HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        "GET /api HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        ("POST " CRONJOBS " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "\x16\x03\x01\x02\xfc\x03\x03 a TLS hello",
        "GET /api%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    struct kit *kit = *state;
    for (size_t i = 0; i < countof(lines); i++) {
        struct peer peer = peer_open(kit);
        peer_send(&peer, lines[i], strlen(lines[i]));
        kit_settle(kit);
        peer_close(&peer);
        kit_settle(kit);
    }
    /* A head that is longer than what a connection may use. */
    struct peer peer = peer_open(kit);
    cleanup_with(str_done) struct str head = {0};
    str_add(&head, "GET /api HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 4000; i++) {
        str_addf(&head, "X-Header-%d: 012345678901234567890123456789\r\n", i);
    }
    peer_send(&peer, head.data, head.len);
    kit_settle(kit);
    peer_close(&peer);
    kit_settle(kit);
    assert_int_equal(server_requests(kit->server), 0);
    struct answer answer = kit_ask(kit, "GET", "/livez", NULL, NULL);
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
}

static void every_route_is_reached_by_its_own_pattern(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *from, *to;
    } fill[] = {{"{gv}/namespaces/{ns}/pods/", "/api/v1/namespaces/n/pods/"},
                {"{gv}/namespaces/{ns}/{kind}", "/apis/batch/v1/namespaces/n/jobs"},
                {"{gv}/{kind}", "/api/v1/namespaces"},
                {"/openapi/v3{gv}", "/openapi/v3/apis/batch/v1"},
                {"{gv}", "/apis/batch/v1"},
                {"{group}", "batch"},
                {"{name}", "x"},
                {"{sub}", "status"}};
    for (size_t i = 0; i < route_count; i++) {
        autofree char *path = xstrdup(routes[i].pattern);
        for (size_t k = 0; k < countof(fill); k++) {
            char *at = strstr(path, fill[k].from);
            if (at) {
                char *filled = xasprintf("%.*s%s%s", (int)(at - path), path, fill[k].to,
                                         at + strlen(fill[k].from));
                free(path);
                path = filled;
            }
        }
        struct request request = {.api = &kit->api, .method = routes[i].method};
        struct error err = {0};
        assert_true(uri_parse(&request.uri, path, &err));
        route_find(&request);
        assert_non_null(request.route);
        assert_string_equal(request.route->pattern, routes[i].pattern);
        request_done(&request);
    }
}

/* ---- objects ---- */

static void a_created_object_has_what_only_the_server_knows(void **state)
{
    struct kit *kit = *state;
    autofree char *body = kit_cronjob("made");
    cJSON *tree = kit_json(kit, 201, "POST", CRONJOBS "?fieldValidation=Strict", body);
    assert_int_equal(strlen(tree_str_or(tree, "metadata.uid", "")), 36);
    assert_string_equal(tree_str(tree, "metadata.creationTimestamp"), "2026-09-21T14:13:20Z");
    assert_string_equal(tree_str(tree, "metadata.namespace"), "default");
    assert_int_equal(tree_int_or(tree, "metadata.generation", 0), 1);
    assert_non_null(tree_str(tree, "metadata.resourceVersion"));
    assert_string_equal(tree_str(tree, "spec.concurrencyPolicy"), "Allow");
    assert_int_equal(tree_int_or(tree, "spec.successfulJobsHistoryLimit", 0), 3);
    assert_non_null(tree_get(tree, "status"));
    cJSON *read = kit_json(kit, 200, "GET", CRONJOBS "/made", NULL);
    assert_true(tree_equal(tree, read));
    cJSON_Delete(read);
    read = kit_json(kit, 200, "GET", CRONJOBS "/made/status", NULL);
    assert_true(tree_equal(tree, read));
    cJSON_Delete(read);
    cJSON_Delete(tree);
}

static void a_second_object_of_the_name_is_a_conflict(void **state)
{
    autofree char *body = kit_cronjob("twice");
    cJSON_Delete(kit_json(*state, 201, "POST", CRONJOBS, body));
    cJSON *tree = kit_json(*state, 409, "POST", CRONJOBS, body);
    assert_string_equal(tree_str(tree, "reason"), "AlreadyExists");
    assert_string_equal(tree_str(tree, "message"), "cronjobs.batch \"twice\" already exists");
    cJSON_Delete(tree);
}

static void what_is_not_there_is_named(void **state)
{
    cJSON *tree = kit_json(*state, 404, "GET", CRONJOBS "/nope", NULL);
    assert_string_equal(tree_str(tree, "message"), "cronjobs.batch \"nope\" not found");
    assert_string_equal(tree_str(tree, "details.name"), "nope");
    cJSON_Delete(tree);
    autofree char *body = kit_cronjob("x");
    tree = kit_json(*state, 404, "POST", "/apis/batch/v1/namespaces/nope/cronjobs", body);
    assert_string_equal(tree_str(tree, "message"), "namespaces \"nope\" not found");
    cJSON_Delete(tree);
    tree = kit_json(*state, 200, "GET", "/api/v1/namespaces/default", NULL);
    assert_string_equal(tree_str(tree, "status.phase"), "Active");
    cJSON_Delete(tree);
}

static void a_namespace_can_be_made_and_goes_with_what_it_holds(void **state)
{
    autofree char *body = kit_cronjob("inside");
    cJSON_Delete(kit_json(*state, 201, "POST", "/api/v1/namespaces",
                          "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
                          "\"team\"}}"));
    cJSON_Delete(kit_json(*state, 201, "POST", "/apis/batch/v1/namespaces/team/cronjobs", body));
    cJSON_Delete(kit_json(*state, 200, "DELETE", "/api/v1/namespaces/team", NULL));
    cJSON_Delete(
        kit_json(*state, 404, "GET", "/apis/batch/v1/namespaces/team/cronjobs/inside", NULL));
    cJSON *tree = kit_json(*state, 403, "DELETE", "/api/v1/namespaces/default", NULL);
    assert_string_equal(tree_str(tree, "reason"), "Forbidden");
    cJSON_Delete(tree);
}

static void a_generated_name_has_its_prefix_and_five_letters(void **state)
{
    autofree char *plain = kit_job("NAME");
    const char *at = strstr(plain, "\"name\":\"NAME\"");
    autofree char *body = xasprintf("%.*s\"generateName\":\"gen-\"%s", (int)(at - plain), plain,
                                    at + strlen("\"name\":\"NAME\""));
    for (int i = 0; i < 20; i++) {
        cJSON *tree = kit_json(*state, 201, "POST", JOBS, body);
        const char *name = tree_str_or(tree, "metadata.name", "");
        assert_true(text_starts(name, "gen-"));
        assert_int_equal(strlen(name), 9);
        assert_int_equal(strspn(name + 4, "bcdfghjklmnpqrstvwxz2456789"), 5);
        cJSON_Delete(tree);
    }
}

static void a_job_gets_its_selector_and_labels(void **state)
{
    autofree char *body = kit_job("labelled");
    cJSON *tree = kit_json(*state, 201, "POST", JOBS, body);
    const char *uid = tree_str(tree, "metadata.uid");
    const cJSON *labels = tree_get(tree, "spec.selector.matchLabels");
    assert_string_equal(
        cJSON_GetStringValue(tree_member(labels, "batch.kubernetes.io/controller-uid")), uid);
    assert_string_equal(tree_label(tree_get(tree, "spec.template"), "job-name"), "labelled");
    cJSON_Delete(tree);
}

/* The message of a refused creation of a CronJob in which FROM is replaced by TO. */
static cJSON *refusal(void **state, int status, const char *query, const char *from, const char *to)
{
    autofree char *plain = kit_cronjob("bad");
    const char *at = strstr(plain, from);
    assert_non_null(at);
    autofree char *body = xasprintf("%.*s%s%s", (int)(at - plain), plain, to, at + strlen(from));
    autofree char *target = xasprintf(CRONJOBS "%s", query);
    return kit_json(*state, status, "POST", target, body);
}

static void bad_content_is_a_422_with_all_its_causes_and_changes_nothing(void **state)
{
    cJSON *tree = refusal(state, 422, "", "*/5 * * * *\"",
                          "60 * * * *\",\"timeZone\":\"Mars/Phobos\",\"concurrencyPolicy\":\"X\"");
    assert_string_equal(tree_str(tree, "reason"), "Invalid");
    assert_string_equal(tree_str(tree, "details.kind"), "CronJob");
    assert_string_equal(tree_str(tree, "details.name"), "bad");
    assert_int_equal(cJSON_GetArraySize(tree_get(tree, "details.causes")), 3);
    assert_true(text_starts(tree_str(tree, "message"), "CronJob.batch \"bad\" is invalid: "));
    assert_non_null(strstr(tree_str(tree, "message"), "spec.schedule"));
    assert_non_null(strstr(tree_str(tree, "message"), "spec.timeZone"));
    cJSON_Delete(tree);
    cJSON_Delete(kit_json(*state, 404, "GET", CRONJOBS "/bad", NULL));
}

static void a_wrong_type_is_a_400(void **state)
{
    cJSON *tree = refusal(state, 400, "", "\"*/5 * * * *\"", "5");
    assert_string_equal(tree_str(tree, "reason"), "BadRequest");
    assert_non_null(strstr(tree_str(tree, "message"), "spec.schedule"));
    cJSON_Delete(tree);
}

static void an_unknown_field_is_judged_by_field_validation(void **state)
{
    static const char from[] = "\"schedule\":", to[] = "\"scheduel\":\"x\",\"schedule\":";
    cJSON *tree = refusal(state, 400, "?fieldValidation=Strict", from, to);
    assert_string_equal(tree_str(tree, "reason"), "BadRequest");
    assert_non_null(strstr(tree_str(tree, "message"), "unknown field \"spec.scheduel\""));
    cJSON_Delete(tree);
    cJSON_Delete(refusal(state, 422, "?fieldValidation=Maybe", from, to));
    autofree char *plain = kit_cronjob("warned");
    const char *at = strstr(plain, from);
    autofree char *body = xasprintf("%.*s%s%s", (int)(at - plain), plain, to, at + strlen(from));
    struct answer answer = kit_ask(*state, "POST", CRONJOBS "?fieldValidation=Warn", NULL, body);
    assert_int_equal(answer.status, 201);
    autofree char *warning = answer_header(&answer, "Warning");
    assert_string_equal(warning, "299 - \"unknown field \\\"spec.scheduel\\\"\"");
    answer_done(&answer);
    cJSON_Delete(kit_json(*state, 200, "DELETE", CRONJOBS "/warned", NULL));
    answer = kit_ask(*state, "POST", CRONJOBS "?fieldValidation=Ignore", NULL, body);
    assert_int_equal(answer.status, 201);
    autofree char *silent = answer_header(&answer, "Warning");
    assert_null(silent);
    answer_done(&answer);
    /* It was stored; a change of something else is not refused for it. */
    cJSON_Delete(kit_json(*state, 200, "PATCH", CRONJOBS "/warned?fieldValidation=Strict",
                          "{\"spec\":{\"suspend\":true}}"));
}

static void a_dry_run_says_all_and_keeps_nothing(void **state)
{
    struct kit *kit = *state;
    autofree char *body = kit_cronjob("dry");
    int64_t before = store_version(kit->store);
    cJSON *tree = kit_json(kit, 201, "POST", CRONJOBS "?dryRun=All", body);
    assert_string_equal(tree_str(tree, "spec.concurrencyPolicy"), "Allow");
    cJSON_Delete(tree);
    cJSON_Delete(kit_json(kit, 404, "GET", CRONJOBS "/dry", NULL));
    assert_int_equal(store_version(kit->store), before);
    cJSON_Delete(kit_json(kit, 201, "POST", CRONJOBS, body));
    cJSON_Delete(
        kit_json(kit, 200, "PATCH", CRONJOBS "/dry?dryRun=All", "{\"spec\":{\"suspend\":true}}"));
    cJSON_Delete(kit_json(kit, 200, "DELETE", CRONJOBS "/dry?dryRun=All", NULL));
    tree = kit_json(kit, 200, "GET", CRONJOBS "/dry", NULL);
    assert_false(tree_bool(tree, "spec.suspend", true));
    cJSON_Delete(tree);
    cJSON_Delete(kit_json(kit, 422, "POST", CRONJOBS "?dryRun=Some", body));
}

static void a_body_in_yaml_is_read_and_protobuf_is_not(void **state)
{
    struct answer answer =
        kit_ask(*state, "POST", "/api/v1/namespaces", "Content-Type: application/yaml\r\n",
                "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: yam\n");
    assert_int_equal(answer.status, 201);
    answer_done(&answer);
    answer = kit_ask(*state, "POST", CRONJOBS,
                     "Content-Type: application/vnd.kubernetes.protobuf\r\n", "k8s");
    assert_int_equal(answer.status, 415);
    assert_string_equal(tree_str(answer.tree, "reason"), "UnsupportedMediaType");
    assert_non_null(strstr(tree_str(answer.tree, "message"), "kubectl create -f"));
    answer_done(&answer);
    answer = kit_ask(*state, "POST", CRONJOBS, "Content-Type: text/plain\r\n", "{}");
    assert_int_equal(answer.status, 415);
    assert_non_null(strstr(tree_str(answer.tree, "message"), "application/json"));
    answer_done(&answer);
}

static void a_body_must_say_what_its_path_says(void **state)
{
    autofree char *job = kit_job("x");
    cJSON_Delete(kit_json(*state, 400, "POST", CRONJOBS, job));
    autofree char *cronjob = kit_cronjob("x");
    cJSON_Delete(kit_json(*state, 201, "POST", CRONJOBS, cronjob));
    cJSON_Delete(kit_json(*state, 400, "PUT", CRONJOBS "/y", cronjob));
    cJSON_Delete(kit_json(*state, 400, "POST", CRONJOBS, "[]"));
    cJSON_Delete(kit_json(*state, 400, "POST", CRONJOBS, "{"));
    cJSON_Delete(kit_json(*state, 400, "POST", CRONJOBS, ""));
}

/* ---- changes ---- */

static void a_stale_update_is_a_conflict(void **state)
{
    autofree char *body = kit_cronjob("live");
    cJSON *tree = kit_json(*state, 201, "POST", CRONJOBS, body);
    (void)tree_put_bool(tree, "spec.suspend", true);
    cleanup_with(str_done) struct str text = {0};
    tree_print(&text, tree, false);
    cJSON_Delete(tree);
    tree = kit_json(*state, 200, "PUT", CRONJOBS "/live", str_text(&text));
    assert_int_equal(tree_int_or(tree, "metadata.generation", 0), 2);
    cJSON_Delete(tree);
    tree = kit_json(*state, 409, "PUT", CRONJOBS "/live", str_text(&text));
    assert_string_equal(tree_str(tree, "message"),
                        "Operation cannot be fulfilled on cronjobs.batch \"live\": the object has "
                        "been modified; please apply your changes to the latest version and try "
                        "again");
    cJSON_Delete(tree);
    /* Without a resourceVersion the last writer wins. */
    cJSON_Delete(kit_json(*state, 200, "PUT", CRONJOBS "/live", body));
    cJSON_Delete(kit_json(*state, 404, "PUT", CRONJOBS "/gone", "{}"));
}

static void generation_counts_changes_of_spec_alone(void **state)
{
    static const struct {
        const char *path, *patch;
        int generation;
    } rows[] = {
        {"/g", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}", 1},
        {"/g", "{\"spec\":{\"suspend\":true}}", 2},
        {"/g", "{\"spec\":{\"suspend\":true}}", 2},
        {"/g/status", "{\"status\":{\"lastScheduleTime\":\"2026-09-21T14:10:00Z\"}}", 2},
        {"/g", "{\"status\":{\"lastScheduleTime\":\"2020-01-01T00:00:00Z\"}}", 2},
        {"/g/status", "{\"spec\":{\"suspend\":false}}", 2},
    };
    autofree char *body = kit_cronjob("g");
    cJSON_Delete(kit_json(*state, 201, "POST", CRONJOBS, body));
    for (size_t i = 0; i < countof(rows); i++) {
        autofree char *path = xasprintf(CRONJOBS "%s", rows[i].path);
        cJSON *tree = kit_json(*state, 200, "PATCH", path, rows[i].patch);
        assert_int_equal(tree_int_or(tree, "metadata.generation", 0), rows[i].generation);
        cJSON_Delete(tree);
    }
    cJSON *tree = kit_json(*state, 200, "GET", CRONJOBS "/g", NULL);
    assert_true(tree_bool(tree, "spec.suspend", false));
    assert_string_equal(tree_str(tree, "status.lastScheduleTime"), "2026-09-21T14:10:00Z");
    cJSON_Delete(tree);
}

static void an_update_without_a_change_leaves_the_version(void **state)
{
    struct kit *kit = *state;
    autofree char *body = kit_cronjob("same");
    cJSON_Delete(kit_json(kit, 201, "POST", CRONJOBS, body));
    int64_t before = store_version(kit->store);
    cJSON_Delete(kit_json(kit, 200, "PATCH", CRONJOBS "/same", "{}"));
    assert_int_equal(store_version(kit->store), before);
}

static void a_patch_of_another_type_is_a_415_or_understood(void **state)
{
    autofree char *body = kit_cronjob("p");
    cJSON_Delete(kit_json(*state, 201, "POST", CRONJOBS, body));
    struct answer answer =
        kit_ask(*state, "PATCH", CRONJOBS "/p", "Content-Type: application/json-patch+json\r\n",
                "[{\"op\":\"replace\",\"path\":\"/spec/suspend\",\"value\":true}]");
    assert_int_equal(answer.status, 200);
    assert_true(tree_bool(answer.tree, "spec.suspend", false));
    answer_done(&answer);
    answer = kit_ask(*state, "PATCH", CRONJOBS "/p",
                     "Content-Type: application/strategic-merge-patch+json\r\n",
                     "{\"spec\":{\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{\"containers\":"
                     "[{\"name\":\"main\",\"image\":\"busybox\"}]}}}}}}");
    assert_int_equal(answer.status, 200);
    assert_string_equal(
        tree_str(answer.tree, "spec.jobTemplate.spec.template.spec.containers[0].image"),
        "busybox");
    assert_string_equal(
        tree_str(answer.tree, "spec.jobTemplate.spec.template.spec.containers[0].command[0]"),
        "true");
    answer_done(&answer);
    answer = kit_ask(*state, "PATCH", CRONJOBS "/p",
                     "Content-Type: application/apply-patch+yaml\r\n", "{}");
    assert_int_equal(answer.status, 415);
    answer_done(&answer);
    cJSON_Delete(kit_json(*state, 400, "PATCH", CRONJOBS "/p", "{bad"));
    cJSON_Delete(kit_json(*state, 422, "PATCH", CRONJOBS "/p", "{\"spec\":{\"schedule\":\"x\"}}"));
    cJSON_Delete(kit_json(*state, 404, "PATCH", CRONJOBS "/q", "{}"));
}

static void the_template_of_a_job_cannot_be_changed(void **state)
{
    autofree char *body = kit_job("fixed");
    cJSON_Delete(kit_json(*state, 201, "POST", JOBS, body));
    cJSON *tree = kit_json(*state, 422, "PATCH", JOBS "/fixed",
                           "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\","
                           "\"command\":[\"false\"]}]}}}}");
    assert_non_null(strstr(tree_str(tree, "message"), "spec.template"));
    assert_non_null(strstr(tree_str(tree, "message"), "field is immutable"));
    cJSON_Delete(tree);
    cJSON_Delete(kit_json(*state, 200, "PATCH", JOBS "/fixed", "{\"spec\":{\"parallelism\":3}}"));
}

/* ---- lists ---- */

static void many(void **state, int count)
{
    for (int i = 0; i < count; i++) {
        autofree char *name = xasprintf("c%03d", i);
        autofree char *plain = kit_cronjob(name);
        const char *at = strstr(plain, "\"name\"");
        autofree char *body = xasprintf("%.*s\"labels\":{\"half\":\"%s\"},%s", (int)(at - plain),
                                        plain, i % 2 ? "odd" : "even", at);
        cJSON_Delete(kit_json(*state, 201, "POST", CRONJOBS, body));
    }
}

static void a_list_comes_in_pages_that_miss_and_repeat_nothing(void **state)
{
    many(state, 25);
    cleanup_with(str_done) struct str seen = {0}, target = {0};
    str_add(&target, CRONJOBS "?limit=10");
    int pages = 0;
    for (;;) {
        cJSON *tree = kit_json(*state, 200, "GET", str_text(&target), NULL);
        assert_string_equal(tree_str(tree, "kind"), "CronJobList");
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, tree_get(tree, "items"))
        {
            str_addf(&seen, "%s ", tree_str(item, "metadata.name"));
        }
        pages++;
        const char *token = tree_str(tree, "metadata.continue");
        if (token) {
            assert_int_equal(tree_int_or(tree, "metadata.remainingItemCount", 0), 25 - pages * 10);
            str_clear(&target);
            str_addf(&target, CRONJOBS "?limit=10&continue=%s", token);
        }
        bool more = token != NULL;
        cJSON_Delete(tree);
        if (!more) {
            break;
        }
    }
    assert_int_equal(pages, 3);
    cleanup_with(str_done) struct str wanted = {0};
    for (int i = 0; i < 25; i++) {
        str_addf(&wanted, "c%03d ", i);
    }
    assert_string_equal(str_text(&seen), str_text(&wanted));
    cJSON_Delete(kit_json(*state, 400, "GET", CRONJOBS "?continue=nonsense", NULL));
    cJSON_Delete(kit_json(*state, 400, "GET", CRONJOBS "?limit=x", NULL));
}

static void selectors_choose(void **state)
{
    static const struct {
        const char *query;
        int count;
    } rows[] = {
        {"", 9},
        {"?labelSelector=half%3Dodd", 4},
        {"?labelSelector=half%20in%20(odd,even)", 9},
        {"?labelSelector=!half", 0},
        {"?fieldSelector=metadata.name%3Dc003", 1},
        {"?fieldSelector=metadata.name!%3Dc003", 8},
        {"?fieldSelector=metadata.name%3Dc003&labelSelector=half%3Deven", 0},
        {"?labelSelector=half%3Dodd&limit=3", 3},
    };
    many(state, 9);
    for (size_t i = 0; i < countof(rows); i++) {
        autofree char *target = xasprintf(CRONJOBS "%s", rows[i].query);
        cJSON *tree = kit_json(*state, 200, "GET", target, NULL);
        assert_int_equal(cJSON_GetArraySize(tree_get(tree, "items")), rows[i].count);
        cJSON_Delete(tree);
    }
    cJSON_Delete(kit_json(*state, 400, "GET", CRONJOBS "?labelSelector=a%20b", NULL));
    cJSON_Delete(kit_json(*state, 400, "GET", CRONJOBS "?fieldSelector=spec.x%3D1", NULL));
    cJSON *tree = kit_json(*state, 200, "GET", "/apis/batch/v1/cronjobs", NULL);
    assert_int_equal(cJSON_GetArraySize(tree_get(tree, "items")), 9);
    cJSON_Delete(tree);
}

#define AS_TABLE                                            \
    "Accept: application/json;as=Table;v=v1;g=meta.k8s.io," \
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json\r\n"

static void a_table_has_kubectls_columns(void **state)
{
    many(state, 2);
    static const char *const targets[] = {CRONJOBS "?limit=500", CRONJOBS "/c001"};
    for (size_t i = 0; i < countof(targets); i++) {
        struct answer answer = kit_ask(*state, "GET", targets[i], AS_TABLE, NULL);
        assert_int_equal(answer.status, 200);
        assert_string_equal(tree_str(answer.tree, "kind"), "Table");
        assert_string_equal(tree_str(answer.tree, "apiVersion"), "meta.k8s.io/v1");
        assert_string_equal(tree_str(answer.tree, "columnDefinitions[1].name"), "Schedule");
        assert_int_equal(cJSON_GetArraySize(tree_get(answer.tree, "rows")), i ? 1 : 2);
        assert_string_equal(tree_str(answer.tree, "rows[0].cells[1]"), "*/5 * * * *");
        assert_string_equal(tree_str(answer.tree, "rows[0].object.kind"), "PartialObjectMetadata");
        assert_non_null(tree_str(answer.tree, "metadata.resourceVersion"));
        answer_done(&answer);
    }
    struct answer answer = kit_ask(*state, "GET", CRONJOBS "?includeObject=Object", AS_TABLE, NULL);
    assert_string_equal(tree_str(answer.tree, "rows[1].object.spec.schedule"), "*/5 * * * *");
    answer_done(&answer);
}

static void a_version_from_the_future_times_out_and_an_old_exact_one_is_gone(void **state)
{
    many(state, 3);
    cJSON *tree = kit_json(*state, 504, "GET", CRONJOBS "?resourceVersion=99999999", NULL);
    assert_string_equal(tree_str(tree, "reason"), "Timeout");
    cJSON_Delete(tree);
    cJSON_Delete(kit_json(*state, 410, "GET",
                          CRONJOBS "?resourceVersion=2&resourceVersionMatch=Exact", NULL));
    cJSON_Delete(kit_json(*state, 200, "GET", CRONJOBS "?resourceVersion=0", NULL));
}

/* A list that is far larger than any buffer on the way, read slowly. */
static void a_long_list_is_streamed(void **state)
{
    many(state, 300);
    cJSON *tree = kit_json(*state, 200, "GET", CRONJOBS, NULL);
    assert_int_equal(cJSON_GetArraySize(tree_get(tree, "items")), 300);
    cJSON_Delete(tree);
}

/* ---- deletion ---- */

static void a_deletion_answers_as_kubernetes_does(void **state)
{
    autofree char *body = kit_cronjob("d");
    cJSON *made = kit_json(*state, 201, "POST", CRONJOBS, body);
    cJSON *tree =
        kit_json(*state, 200, "DELETE", CRONJOBS "/d", "{\"propagationPolicy\":\"Background\"}");
    assert_string_equal(tree_str(tree, "kind"), "Status");
    assert_string_equal(tree_str(tree, "status"), "Success");
    assert_string_equal(tree_str(tree, "details.name"), "d");
    assert_string_equal(tree_str(tree, "details.group"), "batch");
    assert_string_equal(tree_str(tree, "details.kind"), "cronjobs");
    assert_string_equal(tree_str(tree, "details.uid"), tree_str(made, "metadata.uid"));
    cJSON_Delete(tree);
    cJSON_Delete(made);
    cJSON_Delete(kit_json(*state, 404, "DELETE", CRONJOBS "/d", NULL));
    cJSON_Delete(kit_json(*state, 201, "POST", CRONJOBS, body));
    cJSON_Delete(
        kit_json(*state, 409, "DELETE", CRONJOBS "/d", "{\"preconditions\":{\"uid\":\"other\"}}"));
    cJSON_Delete(kit_json(*state, 422, "DELETE", CRONJOBS "/d?propagationPolicy=Sideways", NULL));
    cJSON_Delete(kit_json(*state, 400, "DELETE", CRONJOBS "/d", "{"));
    cJSON_Delete(kit_json(*state, 200, "GET", CRONJOBS "/d", NULL));
}

static void a_collection_is_deleted_by_its_selector(void **state)
{
    many(state, 7);
    cJSON_Delete(kit_json(*state, 200, "DELETE", CRONJOBS "?labelSelector=half%3Dodd", NULL));
    cJSON *tree = kit_json(*state, 200, "GET", CRONJOBS, NULL);
    assert_int_equal(cJSON_GetArraySize(tree_get(tree, "items")), 4);
    cJSON_Delete(tree);
}

/* ---- discovery ---- */

#define AS_AGGREGATED                                                                        \
    "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"          \
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/" \
    "json\r\n"

static void discovery_is_told_in_both_forms_and_cached(void **state)
{
    struct answer answer = kit_ask(*state, "GET", "/apis?timeout=32s", AS_AGGREGATED, NULL);
    assert_int_equal(answer.status, 200);
    autofree char *type = answer_header(&answer, "Content-Type");
    assert_string_equal(type,
                        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    assert_string_equal(tree_str(answer.tree, "items[0].metadata.name"), "batch");
    assert_string_equal(tree_str(answer.tree, "items[0].versions[0].resources[0].resource"),
                        "cronjobs");
    autofree char *tag = answer_header(&answer, "ETag");
    answer_done(&answer);
    autofree char *headers = xasprintf(AS_AGGREGATED "If-None-Match: %s\r\n", tag);
    answer = kit_ask(*state, "GET", "/apis", headers, NULL);
    assert_int_equal(answer.status, 304);
    /* kubectl's cache takes the type from here for the body it has. */
    autofree char *type_again = answer_header(&answer, "Content-Type");
    assert_string_equal(type_again, type);
    answer_done(&answer);
    answer = kit_ask(*state, "GET", "/api", AS_AGGREGATED, NULL);
    assert_int_equal(answer.status, 200);
    assert_null(tree_str(answer.tree, "items[0].metadata.name"));
    answer_done(&answer);
    static const struct {
        const char *target, *kind;
    } rows[] = {{"/api", "APIVersions"},
                {"/apis", "APIGroupList"},
                {"/apis/batch", "APIGroup"},
                {"/api/v1", "APIResourceList"},
                {"/apis/batch/v1", "APIResourceList"},
                {"/apis/belfry/v1", "APIResourceList"}};
    for (size_t i = 0; i < countof(rows); i++) {
        cJSON *tree = kit_json(*state, 200, "GET", rows[i].target, NULL);
        assert_string_equal(tree_str(tree, "kind"), rows[i].kind);
        cJSON_Delete(tree);
    }
    cJSON_Delete(kit_json(*state, 404, "GET", "/apis/batch/v9", NULL));
}

/* What discovery promises is served, verb by verb: none of them is a 404 or a 405. */
static void what_discovery_names_is_served(void **state)
{
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        const struct kind_info *info = kind_info(kind);
        autofree char *collection =
            xasprintf("/%s/%s%s/%s", *info->group ? "apis" : "api", info->api_version,
                      info->namespaced ? "/namespaces/default" : "", info->plural);
        autofree char *object = xasprintf("%s/nobody", collection);
        const struct {
            unsigned verb;
            const char *method, *target;
        } rows[] = {{VERB_LIST, "GET", collection},
                    {VERB_CREATE, "POST", collection},
                    {VERB_DELETE_ALL, "DELETE", collection},
                    {VERB_GET, "GET", object},
                    {VERB_UPDATE, "PUT", object},
                    {VERB_PATCH, "PATCH", object},
                    {VERB_DELETE, "DELETE", object}};
        for (size_t i = 0; i < countof(rows); i++) {
            struct answer answer = kit_ask(*state, rows[i].method, rows[i].target,
                                           "Content-Type: application/merge-patch+json\r\n", NULL);
            bool served = discovery_verbs(kind) & rows[i].verb;
            if ((answer.status == 405) == served) {
                fail_msg("%s %s: %d", rows[i].method, rows[i].target, answer.status);
            }
            answer_done(&answer);
        }
    }
}

static void openapi_names_every_kind_and_its_parameters(void **state)
{
    cJSON *index = kit_json(*state, 200, "GET", "/openapi/v3", NULL);
    const cJSON *entry = tree_member(tree_get(index, "paths"), "apis/batch/v1");
    const char *url = tree_str(entry, "serverRelativeURL");
    assert_true(text_starts(url, "/openapi/v3/apis/batch/v1?hash="));
    cJSON *tree = kit_json(*state, 200, "GET", url, NULL);
    const cJSON *path =
        tree_member(tree_get(tree, "paths"), "/apis/batch/v1/namespaces/{namespace}/cronjobs");
    const cJSON *post = tree_member(path, "post");
    const cJSON *type = tree_member(post, "x-kubernetes-group-version-kind");
    assert_string_equal(tree_str(type, "kind"), "CronJob");
    const cJSON *parameter = NULL;
    int found = 0;
    cJSON_ArrayForEach(parameter, tree_member(post, "parameters"))
    {
        found += text_same(tree_str(parameter, "name"), "fieldValidation");
        found += text_same(tree_str(parameter, "name"), "dryRun");
    }
    assert_int_equal(found, 2);
    cJSON_Delete(tree);
    cJSON_Delete(index);
}

static void the_scheduler_tells_of_itself(void **state)
{
    cJSON *tree = kit_json(*state, 200, "GET", "/version", NULL);
    assert_string_equal(tree_str(tree, "major"), "1");
    cJSON_Delete(tree);
    tree = kit_json(*state, 200, "GET", "/belfry/status", NULL);
    assert_int_equal(tree_int_or(tree, "pid", 0), getpid());
    assert_int_equal(tree_int_or(tree, "cronJobs", -1), 0);
    cJSON_Delete(tree);
    cJSON_Delete(kit_json(*state, 405, "POST", "/belfry/stop", NULL)); /* nobody to stop */
}

static void on_stop(void *data)
{
    ++*(int *)data;
}

static void a_stop_is_answered_before_it_happens(void **state)
{
    struct kit *kit = *state;
    int stopped = 0;
    kit->api.stop = on_stop;
    kit->api.stop_data = &stopped;
    struct answer answer = kit_ask(kit, "POST", "/belfry/stop", NULL, NULL);
    assert_int_equal(answer.status, 202);
    assert_int_equal(tree_int_or(answer.tree, "pid", 0), getpid());
    answer_done(&answer);
    kit_settle(kit);
    assert_int_equal(stopped, 1);
}

static void readiness_is_told_to_who_wants_to_know(void **state)
{
    struct kit *kit = *state;
    char bytes[64] = "";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", kit->folder);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    notify_manager("READY=1"); /* nobody asked */
    assert_int_equal(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT), -1);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    notify_manager("READY=1");
    assert_int_equal(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT), 7);
    assert_string_equal(bytes, "READY=1");
    close(fd);
    notify_manager("READY=1"); /* nobody listens any more */
    unsetenv("NOTIFY_SOCKET");
}

/* What cannot be kept is not acknowledged, and the next one is. */
static void a_full_disk_is_an_error_and_not_the_end(void **state)
{
    struct kit *kit = *state;
    struct rlimit before, none;
    autofree char *lost = kit_cronjob("lost");
    autofree char *kept = kit_cronjob("kept");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    struct answer answer = kit_ask(kit, "POST", CRONJOBS, NULL, lost);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(answer.status, 500);
    assert_string_equal(tree_str(answer.tree, "kind"), "Status");
    answer_done(&answer);
    cJSON_Delete(kit_json(kit, 404, "GET", CRONJOBS "/lost", NULL));
    cJSON_Delete(kit_json(kit, 201, "POST", CRONJOBS, kept));
    cJSON_Delete(kit_json(kit, 200, "GET", CRONJOBS "/kept", NULL));
}

/* ---- access ---- */

static void access_is_made_once_and_kept(void **state)
{
    struct kit *kit = *state;
    struct error err = {0};
    struct access first = {0}, second = {0};
    autofree char *folder = xasprintf("%s/access", kit->folder);
    assert_true(access_open(folder, "127.0.0.1", kit->clk, &first, &err));
    assert_true(access_open(folder, "localhost", kit->clk, &second, &err));
    assert_string_equal(first.token, second.token);
    assert_string_equal(first.certificate, second.certificate);
    assert_int_equal(strlen(first.token), 43);
    access_done(&second);
    /* Another name to listen on, or a certificate near its end: a new one of the same authority. */
    assert_true(access_open(folder, "belfry.example", kit->clk, &second, &err));
    assert_string_equal(first.authority, second.authority);
    assert_string_not_equal(first.certificate, second.certificate);
    access_done(&first);
    clk_virtual_advance(kit->clk, INT64_C(340) * 86400 * NSEC_PER_SEC);
    assert_true(access_open(folder, "belfry.example", kit->clk, &first, &err));
    assert_string_equal(first.authority, second.authority);
    assert_string_not_equal(first.certificate, second.certificate);
    static const char *const files[] = {"ca.key", "server.key", "token", "ca.crt"};
    for (size_t i = 0; i < countof(files); i++) {
        struct stat stat_;
        autofree char *path = xasprintf("%s/%s", folder, files[i]);
        assert_int_equal(stat(path, &stat_), 0);
        assert_int_equal(stat_.st_mode & 0777, 0600);
    }
    access_done(&first);
    access_done(&second);
    autofree char *key = xasprintf("%s/ca.key", folder);
    assert_true(file_write_atomic(key, "rubbish", 7, 0600, &err));
    assert_false(access_open(folder, "", kit->clk, &first, &err));
    assert_non_null(strstr(err.hint, folder));
}

static void only_the_token_opens(void **state)
{
    (void)state;
    struct access access = {.token = (char *)"abcdefghijklmnopqrstuvwxyz"};
    assert_true(access_allows(&access, "Bearer abcdefghijklmnopqrstuvwxyz"));
    assert_true(access_allows(&access, "bearer abcdefghijklmnopqrstuvwxyz"));
    assert_false(access_allows(&access, "Bearer abcdefghijklmnopqrstuvwxy"));
    assert_false(access_allows(&access, "Bearer abcdefghijklmnopqrstuvwxyzz"));
    assert_false(access_allows(&access, "Bearer Abcdefghijklmnopqrstuvwxyz"));
    assert_false(access_allows(&access, "Bearer "));
    assert_false(access_allows(&access, "Basic abcdefghijklmnopqrstuvwxyz"));
    assert_false(access_allows(&access, ""));
    struct access none = {0};
    assert_false(access_allows(&none, "Bearer "));
    cleanup_with(str_done) struct str text = {0};
    access.authority = (char *)"PEM";
    access_kubeconfig(&access, "https://127.0.0.1:6443", &text);
    assert_non_null(strstr(str_text(&text), "certificate-authority-data: UEVN\n"));
    assert_non_null(strstr(str_text(&text), "token: abcdefghijklmnopqrstuvwxyz\n"));
    assert_non_null(strstr(str_text(&text), "server: \"https://127.0.0.1:6443\"\n"));
}

/* A TLS client on the same loop: each call that would block lets the loop turn. */
static gnutls_session_t tls_connect(struct kit *kit, const char *address, const char *authority,
                                    const char *host, gnutls_certificate_credentials_t *ret_trust,
                                    int *ret_fd, int *ret_code)
{
    gnutls_datum_t pem = {(unsigned char *)authority, (unsigned)strlen(authority)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    to.sin_port = htons((uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    gnutls_session_t session;
    gnutls_certificate_allocate_credentials(ret_trust);
    assert_int_equal(gnutls_certificate_set_x509_trust_mem(*ret_trust, &pem, GNUTLS_X509_FMT_PEM),
                     1);
    gnutls_init(&session, GNUTLS_CLIENT);
    gnutls_set_default_priority(session);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, *ret_trust);
    gnutls_session_set_verify_cert(session, host, GNUTLS_VERIFY_DISABLE_TIME_CHECKS);
    gnutls_transport_set_int(session, fd);
    nsec_t end = clk_mono(clk_system()) + 10 * NSEC_PER_SEC;
    int code;
    do {
        uv_run(&kit->loop, UV_RUN_NOWAIT);
        code = gnutls_handshake(session);
    } while (code < 0 && !gnutls_error_is_fatal(code) && clk_mono(clk_system()) < end);
    *ret_fd = fd;
    *ret_code = code;
    return session;
}

/* Asks over TLS with the given Authorization; returns the status. */
static int tls_ask(struct kit *kit, const char *address, const char *authority, const char *target,
                   const char *authorization)
{
    gnutls_certificate_credentials_t trust;
    int fd = -1, code = 0, status = 0;
    gnutls_session_t session =
        tls_connect(kit, address, authority, "localhost", &trust, &fd, &code);
    assert_int_equal(code, 0);
    autofree char *request =
        xasprintf("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", target, authorization);
    cleanup_with(str_done) struct str in = {0};
    nsec_t end = clk_mono(clk_system()) + 10 * NSEC_PER_SEC;
    assert_int_equal(gnutls_record_send(session, request, strlen(request)), strlen(request));
    while (!strstr(str_text(&in), "\r\n\r\n") && clk_mono(clk_system()) < end) {
        char bytes[4096];
        uv_run(&kit->loop, UV_RUN_NOWAIT);
        ssize_t len = gnutls_record_recv(session, bytes, sizeof bytes);
        if (len > 0) {
            str_add_bytes(&in, bytes, (size_t)len);
        }
    }
    assert_int_equal(sscanf(str_text(&in), "HTTP/1.1 %d", &status), 1);
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(trust);
    close(fd);
    kit_settle(kit);
    return status;
}

static void tls_is_ours_and_needs_the_token(void **state)
{
    struct kit *kit = *state;
    struct error err = {0};
    struct access access = {0}, other = {0};
    autofree char *folder = xasprintf("%s/access", kit->folder);
    autofree char *foreign = xasprintf("%s/foreign", kit->folder);
    autofree char *address = NULL;
    assert_true(access_open(folder, "127.0.0.1", kit->clk, &access, &err));
    assert_true(access_open(foreign, "127.0.0.1", kit->clk, &other, &err));
    assert_true(server_listen_tls(kit->server, "127.0.0.1:0", &access, &address, &err));
    assert_true(text_starts(address, "127.0.0.1:") && !text_ends(address, ":0"));
    autofree char *right = xasprintf("Authorization: Bearer %s\r\n", access.token);
    autofree char *wrong = xasprintf("Authorization: Bearer %s\r\n", other.token);
    const char *ca = access.authority;
    assert_int_equal(tls_ask(kit, address, ca, CRONJOBS, right), 200);
    assert_int_equal(tls_ask(kit, address, ca, CRONJOBS, wrong), 401);
    assert_int_equal(tls_ask(kit, address, ca, CRONJOBS, ""), 401);
    assert_int_equal(tls_ask(kit, address, ca, "/nowhere", ""), 401);
    assert_int_equal(tls_ask(kit, address, ca, "/belfry/status", ""), 401);
    assert_int_equal(tls_ask(kit, address, ca, "/livez", ""), 200);
    /* Who trusts another authority, or expects another name, does not get through. */
    gnutls_certificate_credentials_t trust;
    int fd = -1, code = 0;
    gnutls_session_t session =
        tls_connect(kit, address, other.authority, "localhost", &trust, &fd, &code);
    assert_true(code < 0);
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(trust);
    close(fd);
    session = tls_connect(kit, address, ca, "belfry.example", &trust, &fd, &code);
    assert_true(code < 0);
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(trust);
    close(fd);
    kit_settle(kit);
    kit->server = server_free(kit->server); /* before what it borrows */
    access_done(&access);
    access_done(&other);
}

static void a_socket_takes_the_deepest_path(void **state)
{
    struct kit *kit = *state;
    struct error err = {0};
    cleanup_with(str_done) struct str path = {0};
    str_add(&path, kit->folder);
    for (int i = 0; i < 6; i++) {
        str_addf(&path, "/a-folder-with-quite-a-long-name-%d", i);
    }
    assert_true(file_make_folder(str_text(&path), 0700, &err));
    str_add(&path, "/belfry.sock");
    assert_true(path.len > 108);
    assert_true(server_listen_unix(kit->server, str_text(&path), &err));
    struct stat stat_;
    assert_int_equal(stat(str_text(&path), &stat_), 0);
    assert_true(S_ISSOCK(stat_.st_mode));
    assert_int_equal(stat_.st_mode & 0777, 0600);
}

static void an_address_that_cannot_be_listened_on_is_refused(void **state)
{
    struct kit *kit = *state;
    static const char *const bad[] = {"6443",      "127.0.0.1",       "127.0.0.1:",  "::1:6443",
                                      "[::1:6443", "127.0.0.1:70000", "127.0.0.1:x", "[]:1"};
    struct access access = {0};
    for (size_t i = 0; i < countof(bad); i++) {
        struct error err = {0};
        assert_false(server_listen_tls(kit->server, bad[i], &access, NULL, &err));
        assert_int_equal(err.code, ERROR_USAGE);
    }
}

int main(void)
{
#define in_kit(test) cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_split_and_decoded),
        cmocka_unit_test(a_target_that_is_wrong_is_refused),
        in_kit(health_is_told_without_words),
        in_kit(one_connection_takes_many_requests),
        in_kit(an_unknown_path_and_an_unknown_resource_are_told_apart),
        in_kit(a_method_that_a_path_does_not_take_is_a_405),
        in_kit(a_body_beyond_the_limit_is_refused_before_it_is_kept),
        in_kit(garbage_leaves_nothing_behind),
        in_kit(every_route_is_reached_by_its_own_pattern),
        in_kit(a_created_object_has_what_only_the_server_knows),
        in_kit(a_second_object_of_the_name_is_a_conflict),
        in_kit(what_is_not_there_is_named),
        in_kit(a_namespace_can_be_made_and_goes_with_what_it_holds),
        in_kit(a_generated_name_has_its_prefix_and_five_letters),
        in_kit(a_job_gets_its_selector_and_labels),
        in_kit(bad_content_is_a_422_with_all_its_causes_and_changes_nothing),
        in_kit(a_wrong_type_is_a_400),
        in_kit(an_unknown_field_is_judged_by_field_validation),
        in_kit(a_dry_run_says_all_and_keeps_nothing),
        in_kit(a_body_in_yaml_is_read_and_protobuf_is_not),
        in_kit(a_body_must_say_what_its_path_says),
        in_kit(a_stale_update_is_a_conflict),
        in_kit(generation_counts_changes_of_spec_alone),
        in_kit(an_update_without_a_change_leaves_the_version),
        in_kit(a_patch_of_another_type_is_a_415_or_understood),
        in_kit(the_template_of_a_job_cannot_be_changed),
        in_kit(a_list_comes_in_pages_that_miss_and_repeat_nothing),
        in_kit(selectors_choose),
        in_kit(a_table_has_kubectls_columns),
        in_kit(a_version_from_the_future_times_out_and_an_old_exact_one_is_gone),
        in_kit(a_long_list_is_streamed),
        in_kit(a_deletion_answers_as_kubernetes_does),
        in_kit(a_collection_is_deleted_by_its_selector),
        in_kit(discovery_is_told_in_both_forms_and_cached),
        in_kit(what_discovery_names_is_served),
        in_kit(openapi_names_every_kind_and_its_parameters),
        in_kit(the_scheduler_tells_of_itself),
        in_kit(a_stop_is_answered_before_it_happens),
        in_kit(readiness_is_told_to_who_wants_to_know),
        cmocka_unit_test_setup_teardown(a_full_disk_is_an_error_and_not_the_end, kit_setup_on_disk,
                                        kit_teardown),
        in_kit(access_is_made_once_and_kept),
        cmocka_unit_test(only_the_token_opens),
        in_kit(tls_is_ours_and_needs_the_token),
        in_kit(a_socket_takes_the_deepest_path),
        in_kit(an_address_that_cannot_be_listened_on_is_refused),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
