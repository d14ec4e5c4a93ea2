/* test_api_kubectl.c - what kubectl asks, request by request, as recorded from kubectl 1.27-1.33. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/control/control.h"
#include "core/run/executor_fake.h"
#include "tests/unit/api_kit.h"

/* The headers kubectl sends. */
#define AGENT "User-Agent: kubectl/v1.31.4 (linux/amd64)\r\nAccept-Encoding: gzip\r\n"
#define AGG                                                                               \
    AGENT "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," \
          "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"    \
          "application/json\r\n"
#define TABLE                                                     \
    AGENT "Accept: application/json;as=Table;v=v1;g=meta.k8s.io," \
          "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json\r\n"
#define PB AGENT "Accept: application/vnd.kubernetes.protobuf,application/json\r\n"
#define PLAIN AGENT "Accept: application/json\r\n"
#define ANY AGENT "Accept: application/json, */*\r\n"
#define SEND_JSON ANY "Content-Type: application/json\r\n"
#define SEND_MERGE ANY "Content-Type: application/merge-patch+json\r\n"
#define SEND_STRATEGIC ANY "Content-Type: application/strategic-merge-patch+json\r\n"

/* One request of a command, and what the reply must hold for kubectl to go on. */
struct step {
    const char *command;
    const char *method, *target, *headers, *body;
    int status;
    const char *path, *value; /* of the reply's JSON; value NULL: anything but nothing */
};

#define EVENTS "/api/v1/namespaces/default/events"
#define CRONJOB                                                                                   \
    "{\"apiVersion\":\"batch/"                                                                    \
    "v1\",\"kind\":\"CronJob\",\"metadata\":{\"name\":\"c\",\"namespace\":"                       \
    "\"default\",\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\"}}," \
    "\"spec\":{\"schedule\":\"*/5 * * * *\",\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{"  \
    "\"runtimeClassName\":\"host\",\"restartPolicy\":\"Never\",\"containers\":[{\"name\":"        \
    "\"main\","                                                                                   \
    "\"command\":[\"true\"]}]}}}}}}"
/* kubectl 1.31's create job --from: no blockOwnerDeletion, creationTimestamp null, status {}. */
#define FROM                                                                                     \
    "{\"kind\":\"Job\",\"apiVersion\":\"batch/v1\",\"metadata\":{\"name\":\"manual-test-run\","  \
    "\"creationTimestamp\":null,\"annotations\":{\"cronjob.kubernetes.io/"                       \
    "instantiate\":\"manual\"},"                                                                 \
    "\"ownerReferences\":[{\"apiVersion\":\"batch/"                                              \
    "v1\",\"kind\":\"CronJob\",\"name\":\"c\",\"uid\":"                                          \
    "\"%s\",\"controller\":true}]},\"spec\":{\"template\":{\"metadata\":{\"creationTimestamp\":" \
    "null}"                                                                                      \
    ",\"spec\":{\"containers\":[{\"name\":\"main\",\"command\":[\"true\"],\"resources\":{}}],"   \
    "\"restartPolicy\":\"Never\",\"runtimeClassName\":\"host\"}}},\"status\":{}}"

/* In the order in which they are sent; later ones rely on what earlier ones made. */
static const struct step steps[] = {
    {"discovery", "GET", "/api?timeout=32s", AGG, NULL, 200, "items[0].versions[0].version", "v1"},
    {"discovery", "GET", "/apis?timeout=32s", AGG, NULL, 200, "items[0].metadata.name", "batch"},
    {"discovery", "GET", "/apis?timeout=32s", AGG, NULL, 200,
     "items[0].versions[0].resources[0].shortNames[0]", "cj"},
    {"discovery", "GET", "/apis?timeout=32s", AGG, NULL, 200,
     "items[0].versions[0].resources[0].scope", "Namespaced"},
    {"discovery, old", "GET", "/apis/batch/v1?timeout=32s", PLAIN, NULL, 200, "resources[0].name",
     "cronjobs"},
    {"version", "GET", "/version?timeout=32s", ANY, NULL, 200, "gitVersion", NULL},
    {"create -f", "GET", "/openapi/v3?timeout=32s", ANY, NULL, 200, "paths", NULL},
    {"create -f", "POST", CRONJOBS "?fieldManager=kubectl-create&fieldValidation=Strict", SEND_JSON,
     CRONJOB, 201, "metadata.uid", NULL},
    {"create -f, twice", "POST", CRONJOBS "?fieldManager=kubectl-create&fieldValidation=Strict",
     SEND_JSON, CRONJOB, 409, "reason", "AlreadyExists"},
    {"create --dry-run=server", "POST",
     JOBS "?dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict", SEND_JSON,
     "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"dry\"},\"spec\":{"
     "\"template\":{\"spec\":{\"restartPolicy\":\"Never\",\"runtimeClassName\":\"host\","
     "\"containers\":[{\"name\":\"m\",\"command\":[\"true\"]}]}}}}",
     201, "kind", "Job"},
    {"get cj", "GET", CRONJOBS "?limit=500", TABLE, NULL, 200, "rows[0].cells[0]", "c"},
    {"get cj", "GET", CRONJOBS "?limit=500", TABLE, NULL, 200, "columnDefinitions[3].name",
     "Suspend"},
    {"get cj", "GET", CRONJOBS "?limit=500", TABLE, NULL, 200, "rows[0].cells[3]", "False"},
    {"get cj", "GET", CRONJOBS "?limit=500", TABLE, NULL, 200, "rows[0].cells[2]", "<none>"},
    {"get cj c", "GET", CRONJOBS "/c", TABLE, NULL, 200, "rows[0].object.metadata.name", "c"},
    {"get cj -A", "GET", "/apis/batch/v1/cronjobs?limit=500", TABLE, NULL, 200,
     "rows[0].object.metadata.namespace", "default"},
    {"get cj -l", "GET", CRONJOBS "?labelSelector=a%3Db&limit=500", TABLE, NULL, 200,
     "columnDefinitions[0].name", "Name"},
    {"get cj --field-selector", "GET", CRONJOBS "?fieldSelector=metadata.name%3Dc&limit=500", TABLE,
     NULL, 200, "rows[0].cells[1]", "*/5 * * * *"},
    {"get cj --sort-by", "GET", CRONJOBS "?includeObject=Object", TABLE, NULL, 200,
     "rows[0].object.spec.schedule", "*/5 * * * *"},
    {"get cj -o yaml", "GET", CRONJOBS "?limit=500", PLAIN, NULL, 200, "items[0].metadata.name",
     "c"},
    {"get cj c -o yaml", "GET", CRONJOBS "/c", PLAIN, NULL, 200, "spec.concurrencyPolicy", "Allow"},
    {"get cj nope", "GET", CRONJOBS "/nope", TABLE, NULL, 404, "message",
     "cronjobs.batch \"nope\" not found"},
    {"get cj nope", "GET", "/api/v1/namespaces/default", PLAIN, NULL, 200, "kind", "Namespace"},
    {"describe cj c", "GET", CRONJOBS "/c", PB, NULL, 200, "kind", "CronJob"},
    {"describe cj c", "GET",
     EVENTS "?fieldSelector=involvedObject.kind%3DCronJob%2CinvolvedObject.name%3Dc%2C"
            "involvedObject.namespace%3Ddefault&limit=500",
     PB, NULL, 200, "kind", "EventList"},
    {"apply, same", "GET", CRONJOBS "/c", ANY, NULL, 200, "kind", "CronJob"},
    {"apply, changed", "PATCH",
     CRONJOBS "/c?fieldManager=kubectl-client-side-apply&fieldValidation=Strict", SEND_STRATEGIC,
     "{\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":"
     "\"{1}\"}},\"spec\":{\"schedule\":\"*/7 * * * *\"}}",
     200, "spec.schedule", "*/7 * * * *"},
    {"apply, a typing error", "PATCH",
     CRONJOBS "/c?fieldManager=kubectl-client-side-apply&fieldValidation=Strict", SEND_STRATEGIC,
     "{\"spec\":{\"scheduel\":\"x\"}}", 400, "reason", "BadRequest"},
    {"set image", "PATCH", CRONJOBS "/c?fieldManager=kubectl-set", SEND_STRATEGIC,
     "{\"spec\":{\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{\"$setElementOrder/"
     "containers\":"
     "[{\"name\":\"main\"}],\"containers\":[{\"image\":\"busybox\",\"name\":\"main\"}]}}}}}}",
     200, "spec.jobTemplate.spec.template.spec.containers[0].image", "busybox"},
    {"label", "PATCH", CRONJOBS "/c?fieldManager=kubectl-label", SEND_MERGE,
     "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}", 200, "metadata.labels.a", "b"},
    {"patch", "PATCH", CRONJOBS "/c?fieldManager=kubectl-patch", SEND_MERGE,
     "{\"spec\":{\"suspend\":true}}", 200, "spec.concurrencyPolicy", "Allow"},
    {"create job --from", "GET", CRONJOBS "/c", ANY, NULL, 200, "kind", "CronJob"},
    {"create job --from", "POST", JOBS "?fieldManager=kubectl-create&fieldValidation=Strict",
     SEND_JSON, FROM, 201, "metadata.name", "manual-test-run"},
    {"get jobs", "GET", JOBS "?limit=500", TABLE, NULL, 200, "columnDefinitions[2].name",
     "Completions"},
    {"get jobs", "GET", JOBS "?limit=500", TABLE, NULL, 200, "rows[0].cells[0]", "manual-test-run"},
    {"get pods", "GET", PODS "?limit=500", TABLE, NULL, 200, "columnDefinitions[1].name", "Ready"},
    {"get pods", "GET", PODS "?limit=500", TABLE, NULL, 200, "rows[0].cells[2]", "Running"},
    {"get events", "GET", EVENTS "?limit=500", TABLE, NULL, 200, "columnDefinitions[0].name",
     "Last Seen"},
    {"describe job", "GET",
     EVENTS "?fieldSelector=involvedObject.kind%3DJob%2CinvolvedObject.name%3Dmanual-test-run"
            "&limit=500",
     PB, NULL, 200, "items[0].reason", "SuccessfulCreate"},
    {"logs job/x", "GET", JOBS "/manual-test-run", ANY, NULL, 200,
     "spec.template.metadata.labels.job-name", "manual-test-run"},
    {"logs job/x", "GET",
     PODS "?labelSelector=batch.kubernetes.io%2Fjob-name%3Dmanual-test-run&limit=500", PB, NULL,
     200, "items[0].spec.containers[0].name", "main"},
    {"wait", "GET", JOBS "?fieldSelector=metadata.name%3Dmanual-test-run&resourceVersion=0", PLAIN,
     NULL, 200, "items[0].metadata.name", "manual-test-run"},
    {"replace", "PUT", CRONJOBS "/c?fieldManager=kubectl-replace&fieldValidation=Strict", SEND_JSON,
     CRONJOB, 200, "spec.schedule", "*/5 * * * *"},
    {"auth can-i", "GET", "/apis/batch/v1", ANY, NULL, 200, "groupVersion", "batch/v1"},
    {"delete", "DELETE", CRONJOBS "/c", SEND_JSON, "{\"propagationPolicy\":\"Background\"}", 200,
     "status", "Success"},
    {"delete", "GET", CRONJOBS "/c", PLAIN, NULL, 404, "reason", "NotFound"},
    {"delete, waiting", "GET", CRONJOBS "?fieldSelector=metadata.name%3Dc&resourceVersion=0", PLAIN,
     NULL, 200, "metadata.resourceVersion", NULL},
};

static void check(const struct step *step, const struct answer *answer)
{
    const cJSON *node = tree_get(answer->tree, step->path);
    const char *text = cJSON_GetStringValue(node);
    if (answer->status != step->status || !node || (step->value && !text_same(text, step->value))) {
        fail_msg("%s: %s %s: status %d, %s is not \"%s\": %.2000s", step->command, step->method,
                 step->target, answer->status, step->path, step->value ? step->value : "there",
                 str_text(&answer->body));
    }
}

static struct executor *fake;
static struct control *control;

static int setup(void **state)
{
    struct error err = {0};
    if (kit_setup(state) != 0) {
        return -1;
    }
    struct kit *kit = *state;
    struct control_options options = {.runtime = "host", .by_hand = true};
    control = control_new(&kit->loop, kit->store, &options, &err);
    assert_non_null(control);
    fake = executor_fake_new(kit->clk, kit->paths.logs, control_executor_events(control));
    kit->api.control = control;
    assert_true(control_start(control, fake, &err));
    return 0;
}

static int teardown(void **state)
{
    struct kit *kit = *state;
    kit->server = server_free(kit->server);
    control = control_stop(control);
    fake = executor_free(fake);
    return kit_teardown(state);
}

/* Lets controllers, fake and server do all that is to be done at this instant. */
static void work(struct kit *kit)
{
    for (int i = 0; i < 50; i++) {
        bool more = control_poke(control);
        kit_settle(kit);
        more = executor_fake_turn(fake) > 0 || more;
        kit_settle(kit);
        if (!more && !store_dirty(kit->store)) {
            return;
        }
    }
}

static void each_request_of_kubectl_is_answered_as_it_needs(void **state)
{
    struct kit *kit = *state;
    struct peer peer = peer_open(kit); /* kubectl keeps its connection */
    char uid[UUID_SIZE] = "";
    for (size_t i = 0; i < countof(steps); i++) {
        const struct step *step = &steps[i];
        autofree char *body = NULL;
        if (step->body) {
            const char *at = strstr(step->body, "%s");
            body = at ? xasprintf("%.*s%s%s", (int)(at - step->body), step->body, uid, at + 2)
                      : xstrdup(step->body);
        }
        struct answer answer = peer_ask(&peer, step->method, step->target, step->headers, body);
        check(step, &answer);
        if (text_same(tree_str(answer.tree, "kind"), "CronJob") && !*uid) {
            (void)text_copy(uid, sizeof uid, tree_str(answer.tree, "metadata.uid"));
        }
        answer_done(&answer);
        work(kit);
    }
    peer_close(&peer);
}

/* kubectl get -w: the list as a table, then a watch from its version; kubectl wait: the head of the
 * watch must come at once. */
static void get_w_and_wait_see_a_job_through(void **state)
{
    struct kit *kit = *state;
    autofree char *job = kit_job("seen");
    cJSON_Delete(kit_json(kit, 201, "POST", JOBS, job));
    work(kit);
    struct answer list = kit_ask(kit, "GET", JOBS "?limit=500", TABLE, NULL);
    assert_string_equal(tree_str(list.tree, "rows[0].cells[1]"), "Running");
    struct peer peer = peer_open(kit);
    autofree char *request =
        xasprintf("GET " JOBS "?resourceVersion=%s&watch=true HTTP/1.1\r\nHost: b\r\n" TABLE "\r\n",
                  tree_str(list.tree, "metadata.resourceVersion"));
    answer_done(&list);
    peer_send(&peer, request, strlen(request));
    struct answer head = peer_head(&peer);
    assert_int_equal(head.status, 200);
    answer_done(&head);
    const struct fake_attempt *attempt = executor_fake_at(fake, 0);
    assert_non_null(attempt);
    assert_true(executor_fake_print(fake, &attempt->id, "stdout", "hello from the job"));
    struct attempt_id id = attempt->id;
    assert_true(executor_fake_exit(fake, &id, 0));
    work(kit);
    for (;;) {
        struct error err = {0};
        autofree char *line = peer_line(&peer);
        autotree cJSON *tree = tree_parse(line, strlen(line), &err);
        assert_string_equal(tree_str(tree, "type"), "MODIFIED");
        if (text_same(tree_str(tree, "object.rows[0].cells[1]"), "Complete")) {
            break;
        }
    }
    peer_close(&peer);
    cJSON *pods = kit_json(kit, 200, "GET", PODS, NULL);
    autofree char *target = xasprintf(PODS "/%s/log?container=main&follow=true",
                                      tree_str(pods, "items[0].metadata.name"));
    cJSON_Delete(pods);
    struct answer log = kit_ask(kit, "GET", target, ANY, NULL);
    assert_int_equal(log.status, 200);
    assert_string_equal(str_text(&log.body), "hello from the job\n");
    answer_done(&log);
}

/* kubectl delete --cascade=foreground: the object with its finalizer, then a watch until it goes. */
static void a_foreground_deletion_is_seen_to_its_end(void **state)
{
    struct kit *kit = *state;
    autofree char *job = kit_job("slow");
    cJSON_Delete(kit_json(kit, 201, "POST", JOBS, job));
    work(kit);
    cJSON *tree =
        kit_json(kit, 200, "DELETE", JOBS "/slow", "{\"propagationPolicy\":\"Foreground\"}");
    assert_string_equal(tree_str(tree, "kind"), "Job");
    assert_string_equal(tree_str(tree, "metadata.finalizers[0]"), "foregroundDeletion");
    assert_non_null(tree_str(tree, "metadata.deletionTimestamp"));
    cJSON_Delete(tree);
    struct peer peer = peer_open(kit);
    const char *request = "GET " JOBS "?fieldSelector=metadata.name%3Dslow&allowWatchBookmarks=true"
                          "&watch=true&timeoutSeconds=500 HTTP/1.1\r\nHost: b\r\n" PLAIN "\r\n";
    peer_send(&peer, request, strlen(request));
    struct answer head = peer_head(&peer);
    answer_done(&head);
    work(kit);
    bool deleted = false;
    while (!deleted) {
        struct error err = {0};
        autofree char *line = peer_line(&peer);
        autotree cJSON *event = tree_parse(line, strlen(line), &err);
        deleted = text_same(tree_str(event, "type"), "DELETED");
    }
    peer_close(&peer);
    cJSON_Delete(kit_json(kit, 404, "GET", JOBS "/slow", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_request_of_kubectl_is_answered_as_it_needs, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(get_w_and_wait_see_a_job_through, setup, teardown),
        cmocka_unit_test_setup_teardown(a_foreground_deletion_is_seen_to_its_end, setup, teardown),
    };
    return cmocka_run_group_tests_name("kubectl's requests", tests, NULL, NULL);
}
