/* test_columns.c - table rows, and errors as Status objects. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/columns.h"
#include "core/codec/status.h"
#include "tests/unit/codec_help.h"

#define NOW 1795207800 /* 2026-11-20T20:50:00Z */

/* --- columns --- */

static void columns_are_those_of_kubernetes(void **state)
{
    static const struct {
        enum kind kind;
        const char *names; /* priority 1 behind a bar */
    } rows[] = {
        {KIND_CRONJOB, "Name,Schedule,Timezone,Suspend:boolean,Active:integer,Last Schedule,Age,"
                       "|Containers,|Images,|Selector,"},
        {KIND_JOB, "Name,Status,Completions,Duration,Age,|Containers,|Images,|Selector,"},
        {KIND_POD, "Name,Ready,Status,Restarts,Age,|IP,|Node,|Nominated Node,|Readiness Gates,"},
        {KIND_EVENT, "Last Seen,Type,Reason,Object,|Subobject,|Source,Message,|First Seen,"
                     "|Count:integer,|Name,"},
        {KIND_NAMESPACE, "Name,Status,Age,"},
        {KIND_RUN, "Name,CronJob,Scheduled,Trigger,Result,Duration,Exit,Attempts:integer,"
                   "|Count:integer,|Reason,|Pod,|Requested By,"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(str_done) struct str names = {0};
        size_t count;
        const struct column *columns = columns_of(rows[i].kind, &count);
        assert_true(count <= COLUMNS_MOST);
        for (size_t k = 0; k < count; k++) {
            bool text = strcmp(columns[k].type, "string") == 0;
            str_addf(&names, "%s%s%s%s,", columns[k].priority ? "|" : "", columns[k].name,
                     text ? "" : ":", text ? "" : columns[k].type);
        }
        assert_string_equal(str_text(&names), rows[i].names);
        autotree cJSON *definitions = columns_definitions(rows[i].kind);
        assert_int_equal(cJSON_GetArraySize(definitions), count);
        assert_string_equal(tree_str(definitions, "[0].name"), columns[0].name);
        assert_int_equal(tree_int_or(definitions, "[0].priority", -1), 0);
        /* A row of an object that says nothing has all its cells, too. */
        autotree cJSON *empty = json("{}");
        autotree cJSON *cells = columns_cells(rows[i].kind, empty, NOW);
        assert_int_equal(cJSON_GetArraySize(cells), count);
    }
}

static void cells_are_those_of_kubernetes(void **state)
{
    static const struct {
        enum kind kind;
        const char *json, *cells;
    } rows[] = {
        {KIND_CRONJOB,
         "{'metadata':{'name':'c','creationTimestamp':'2026-11-20T20:47:17Z'},'spec':{'schedule':"
         "'*/1 * * * *','suspend':false,'jobTemplate':{'spec':{'template':{'spec':{'containers':"
         "[{'name':'a','image':'x'},{'name':'b','image':'y'}]}}}}}}",
         "['c','*/1 * * * *','<none>','False',0,'<none>','2m43s','a,b','x,y','<none>']"},
        {KIND_CRONJOB,
         "{'metadata':{'name':'c','creationTimestamp':'2026-11-20T20:51:00Z'},'spec':{'schedule':"
         "'@daily','timeZone':'UTC','suspend':true},'status':{'active':[{'name':'x'},{'name':'y'}],"
         "'lastScheduleTime':'2026-11-20T20:49:00Z'}}",
         "['c','@daily','UTC','True',2,'60s','<invalid>','','','<none>']"},
        {KIND_JOB,
         "{'metadata':{'name':'j','creationTimestamp':'2026-11-20T20:40:00Z'},'spec':{"
         "'completions':1,'parallelism':1,'selector':{'matchLabels':{'b':'2','a':'1'}},'template':{"
         "'spec':{'containers':[{'name':'a','image':'x'}]}}},'status':{'startTime':"
         "'2026-11-20T20:40:00Z','completionTime':'2026-11-20T20:40:05Z','succeeded':1,"
         "'conditions':[{'type':'Complete','status':'True'}]}}",
         "['j','Complete','1/1','5s','10m','a','x','a=1,b=2']"},
        {KIND_JOB,
         "{'metadata':{'name':'j','creationTimestamp':'2026-11-20T20:49:30Z'},'spec':{"
         "'parallelism':3},'status':{'startTime':'2026-11-20T20:49:40Z','succeeded':3}}",
         "['j','Running','3/1 of 3','20s','30s','','','<none>']"},
        {KIND_JOB, "{'metadata':{'name':'j'},'spec':{'parallelism':1}}",
         "['j','Running','0/1','','<unknown>','','','<none>']"},
        {KIND_POD,
         "{'metadata':{'name':'p','creationTimestamp':'2026-11-20T20:40:00Z'},'spec':{'containers':"
         "[{'name':'a'},{'name':'b'}],'nodeName':'host'},'status':{'phase':'Running','podIP':"
         "'10.0.0.1','containerStatuses':[{'name':'a','ready':true,'restartCount':3,'state':{"
         "'running':{}},'lastState':{'terminated':{'exitCode':1,'finishedAt':"
         "'2026-11-20T20:47:55Z'}}},{'name':'b','ready':false,'restartCount':0,'state':{'waiting':{"
         "'reason':'CrashLoopBackOff'}}}]}}",
         "['p','1/2','CrashLoopBackOff','3 (2m5s ago)','10m','10.0.0.1','host','<none>','<none>']"},
        {KIND_POD,
         "{'metadata':{'name':'p','creationTimestamp':'2026-11-20T20:40:00Z'},'spec':{'containers':"
         "[{'name':'a'}]},'status':{'phase':'Pending'}}",
         "['p','0/1','Pending','0','10m','<none>','<none>','<none>','<none>']"},
        {KIND_EVENT,
         "{'metadata':{'name':'c.17'},'involvedObject':{'kind':'CronJob','name':'c'},'reason':"
         "'SuccessfulCreate','message':'Created job x','source':{'component':'cronjob-controller'},"
         "'firstTimestamp':'2026-11-20T20:40:00Z','lastTimestamp':'2026-11-20T20:49:00Z','count':4,"
         "'type':'Normal'}",
         "['60s','Normal','SuccessfulCreate','cronjob/c','','cronjob-controller','Created job x',"
         "'10m',4,'c.17']"},
        {KIND_NAMESPACE,
         "{'metadata':{'name':'default','creationTimestamp':'2026-11-20T19:50:00Z'}}",
         "['default','Active','60m']"},
        {KIND_RUN,
         "{'metadata':{'name':'c-1'},'spec':{'cronJobName':'c','scheduledTime':"
         "'2026-11-20T20:40:00Z','trigger':'catch-up','count':1},'status':{'fate':'Failed','reason'"
         ":"
         "'BackoffLimitExceeded','podName':'p','startTime':'2026-11-20T20:40:00.5Z',"
         "'completionTime':'2026-11-20T20:40:03Z','exitCode':3,'attempts':2}}",
         "['c-1','c','10m','catch-up','Failed','3s','3',2,1,'BackoffLimitExceeded','p','<none>']"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *object = json(rows[i].json), *want = json(rows[i].cells);
        autotree cJSON *cells = columns_cells(rows[i].kind, object, NOW);
        assert_same_tree(cells, want);
    }
}

static void a_row_carries_as_much_of_its_object_as_asked(void **state)
{
    autotree cJSON *object = json("{'kind':'Job','metadata':{'name':'j','uid':'u'},'spec':{}}");
    autotree cJSON *metadata = columns_row(KIND_JOB, object, NULL, NOW);
    autotree cJSON *whole = columns_row(KIND_JOB, object, "Object", NOW);
    autotree cJSON *none = columns_row(KIND_JOB, object, "None", NOW);
    (void)state;
    assert_prints(tree_member(metadata, "object"),
                  "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\","
                  "\"metadata\":{\"name\":\"j\",\"uid\":\"u\"}}");
    assert_same_tree(tree_member(whole, "object"), object);
    assert_null(tree_member(none, "object"));
    assert_string_equal(tree_str(none, "cells[0]"), "j");
}

/* --- statuses --- */

static void several_faults_become_one_invalid_status(void **state)
{
    struct faults faults = {0};
    struct error err = {.code = ERROR_INVALID, .what = "not used"};
    const struct status_subject subject = {.kind = KIND_CRONJOB, .name = "x", .uid = "u"};
    (void)state;
    faults_add(&faults, FAULT_INVALID, "spec.schedule", "\"a\": b");
    autotree cJSON *one = status_of_error(&err, &subject, &faults);
    assert_string_equal(tree_str(one, "message"), "CronJob.batch \"x\" is invalid: spec.schedule: "
                                                  "Invalid value: \"a\": b");
    faults_add(&faults, FAULT_REQUIRED, "spec.jobTemplate", "%s", "");
    autotree cJSON *status = status_of_error(&err, &subject, &faults);
    assert_prints(
        status,
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
        "\"message\":\"CronJob.batch \\\"x\\\" is invalid: [spec.schedule: Invalid value: "
        "\\\"a\\\": b, spec.jobTemplate: Required value]\",\"reason\":\"Invalid\",\"details\":{"
        "\"name\":\"x\",\"group\":\"batch\",\"kind\":\"CronJob\",\"uid\":\"u\",\"causes\":[{"
        "\"reason\":\"FieldValueInvalid\",\"message\":\"Invalid value: \\\"a\\\": b\",\"field\":"
        "\"spec.schedule\"},{\"reason\":\"FieldValueRequired\",\"message\":\"Required value\","
        "\"field\":\"spec.jobTemplate\"}]},\"code\":422}");

    /* and back */
    struct faults back = {0};
    struct error got = {0};
    assert_false(status_to_error(status, 422, &got, &back));
    assert_int_equal(got.code, ERROR_INVALID);
    assert_int_equal(back.count, 2);
    for (size_t i = 0; i < back.count; i++) {
        assert_int_equal(back.list[i].kind, faults.list[i].kind);
        assert_string_equal(back.list[i].path, faults.list[i].path);
        assert_string_equal(back.list[i].message, faults.list[i].message);
    }
    faults_done(&back);
    faults_done(&faults);
}

static void a_wrong_form_is_a_bad_request(void **state)
{
    struct faults strays = {0}, types = {0};
    struct error err = {.code = ERROR_BAD_REQUEST};
    const struct status_subject subject = {.kind = KIND_CRONJOB, .name = "x"};
    (void)state;
    faults_add(&strays, FAULT_UNKNOWN, "spec.a", "unknown field \"spec.a\"");
    faults_add(&strays, FAULT_UNKNOWN, "spec.b", "duplicate field \"spec.b\"");
    autotree cJSON *stray = status_of_error(&err, &subject, &strays);
    assert_string_equal(tree_str(stray, "message"),
                        "CronJob in version \"v1\" cannot be handled as a CronJob: strict decoding "
                        "error: unknown field \"spec.a\", duplicate field \"spec.b\"");
    assert_string_equal(tree_str(stray, "reason"), "BadRequest");
    assert_int_equal(tree_int_or(stray, "code", 0), 400);
    assert_null(tree_get(stray, "details.causes"));
    faults_add(&types, FAULT_UNKNOWN, "spec.schedule", "must be a string, not a number");
    autotree cJSON *type = status_of_error(&err, &subject, &types);
    assert_string_equal(tree_str(type, "message"),
                        "CronJob in version \"v1\" cannot be handled as a CronJob: spec.schedule: "
                        "must be a string, not a number");
    faults_done(&strays);
    faults_done(&types);
}

static void each_failure_goes_there_and_back(void **state)
{
    static const struct {
        bool (*make)(struct error *err, enum kind kind, const char *name);
        const char *message, *reason;
        int http_status;
    } rows[] = {
        {status_not_found, "cronjobs.batch \"x\" not found", "NotFound", 404},
        {status_exists, "cronjobs.batch \"x\" already exists", "AlreadyExists", 409},
        {status_conflict,
         "Operation cannot be fulfilled on cronjobs.batch \"x\": the object has been modified; "
         "please apply your changes to the latest version and try again",
         "Conflict", 409},
    };
    const struct status_subject subject = {.kind = KIND_CRONJOB, .name = "x"};
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct error err = {0}, back = {0};
        assert_false(rows[i].make(&err, KIND_CRONJOB, "x"));
        autotree cJSON *status = status_of_error(&err, &subject, NULL);
        assert_string_equal(tree_str(status, "message"), rows[i].message);
        assert_string_equal(tree_str(status, "reason"), rows[i].reason);
        assert_int_equal(tree_int_or(status, "code", 0), rows[i].http_status);
        assert_string_equal(tree_str(status, "details.kind"), "cronjobs");
        assert_false(status_to_error(status, 500, &back, NULL));
        assert_int_equal(back.code, err.code);
        assert_string_equal(back.what, rows[i].message);
    }
}

static void a_reply_that_is_no_status_counts_by_its_number(void **state)
{
    struct error err = {0};
    autotree cJSON *odd = json("{'kind':'Pod','message':'x','code':5}");
    (void)state;
    status_to_error(NULL, 404, &err, NULL);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_string_equal(err.what, "the server answered with status 404");
    status_to_error(odd, 503, &err, NULL);
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    autotree cJSON *status = status_success(&(struct status_subject){KIND_JOB, "j", "u"});
    assert_prints(status, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":"
                          "\"Success\",\"details\":{\"name\":\"j\",\"group\":\"batch\",\"kind\":"
                          "\"jobs\",\"uid\":\"u\"}}");
    struct error place = {.code = ERROR_BAD_REQUEST, .what = "bad", .where = "line 1:2"};
    autotree cJSON *bare = status_of_error(&place, NULL, NULL);
    assert_string_equal(tree_str(bare, "message"), "line 1:2: bad");
    assert_null(tree_member(bare, "details"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_those_of_kubernetes),
        cmocka_unit_test(cells_are_those_of_kubernetes),
        cmocka_unit_test(a_row_carries_as_much_of_its_object_as_asked),
        cmocka_unit_test(several_faults_become_one_invalid_status),
        cmocka_unit_test(a_wrong_form_is_a_bad_request),
        cmocka_unit_test(each_failure_goes_there_and_back),
        cmocka_unit_test(a_reply_that_is_no_status_counts_by_its_number),
    };

    return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
