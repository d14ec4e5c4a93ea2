/* test_model.c - kinds, names, quantities, selectors, runs, and what objects say of themselves. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/vec.h"
#include "core/model/cronjob.h"
#include "core/model/event.h"
#include "core/model/pod.h"
#include "core/model/quantity.h"
#include "core/model/selector.h"
#include "core/model/validate.h"

/* --- kinds --- */

static void kinds_are_found_by_every_name(void **state)
{
    static const struct {
        const char *word;
        enum kind kind;
    } rows[] = {
        {"cronjobs", KIND_CRONJOB},
        {"cronjob", KIND_CRONJOB},
        {"CronJob", KIND_CRONJOB},
        {"CRONJOBS", KIND_CRONJOB},
        {"cj", KIND_CRONJOB},
        {"cronjobs.batch", KIND_CRONJOB},
        {"cronjobs.v1.batch", KIND_CRONJOB},
        {"cj.batch", KIND_CRONJOB},
        {"jobs", KIND_JOB},
        {"job.batch", KIND_JOB},
        {"po", KIND_POD},
        {"pods.v1", KIND_POD},
        {"ev", KIND_EVENT},
        {"ns", KIND_NAMESPACE},
        {"runs", KIND_RUN},
        {"run.belfry", KIND_RUN},
        {"", KIND_COUNT},
        {"cron", KIND_COUNT},
        {"cronjobss", KIND_COUNT},
        {"cronjobs.apps", KIND_COUNT},
        {"pods.batch", KIND_COUNT},
        {"cronjobs.v2.batch", KIND_COUNT},
        {"cronjobs.v1x.batch", KIND_COUNT},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        if (kind_find(rows[i].word) != rows[i].kind) {
            fail_msg("%s", rows[i].word);
        }
    }
}

static void kinds_answer_to_what_stands_in_documents_and_paths(void **state)
{
    (void)state;
    for (int i = 0; i < KIND_COUNT; i++) {
        const struct kind_info *info = kind_info((enum kind)i);
        assert_int_equal(kind_of(info->api_version, info->name), i);
        assert_int_equal(kind_of_path(info->group, info->version, info->plural), i);
        assert_int_equal(kind_find(info->plural), i);
        assert_int_equal(kind_find(kind_resource((enum kind)i)), i);
        assert_int_equal(kind_find(kind_qualified((enum kind)i)), i);
        assert_true(strncmp(info->list_name, info->name, strlen(info->name)) == 0);
    }
    assert_int_equal(kind_of("batch/v1", "cronjob"), KIND_COUNT);
    assert_int_equal(kind_of("v1", "Job"), KIND_COUNT);
    assert_int_equal(kind_of(NULL, "Job"), KIND_COUNT);
    assert_int_equal(kind_of("batch/v1", NULL), KIND_COUNT);
    assert_int_equal(kind_of_path("", "v1", "jobs"), KIND_COUNT);
    assert_string_equal(kind_resource(KIND_CRONJOB), "cronjobs.batch");
    assert_string_equal(kind_qualified(KIND_POD), "Pod");
}

/* --- names --- */

static void names_keep_rfc_1123(void **state)
{
    static const struct {
        const char *text;
        bool label, subdomain, key, value;
    } rows[] = {
        {"a", true, true, true, true},
        {"a-b", true, true, true, true},
        {"0", true, true, true, true},
        {"a.b", false, true, true, true},
        {"a..b", false, false, true, true},
        {".a", false, false, false, false},
        {"a.", false, false, false, false},
        {"-a", false, false, false, false},
        {"a-", false, false, false, false},
        {"A", false, false, true, true},
        {"a_b", false, false, true, true},
        {"", false, false, false, true},
        {"a b", false, false, false, false},
        {"a/b", false, false, true, false},
        {"a.b/C_d", false, false, true, false},
        {"A/b", false, false, false, false},
        {"/b", false, false, false, false},
        {"a/", false, false, false, false},
        {"a/b/c", false, false, false, false},
        {"\u00e9", false, false, false, false},
        {"a23456789012345678901234567890123456789012345678901234567890123", true, true, true, true},
        {"a234567890123456789012345678901234567890123456789012345678901234", false, true, false,
         false},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        if (name_is_label(rows[i].text) != rows[i].label ||
            name_is_subdomain(rows[i].text) != rows[i].subdomain ||
            name_is_label_key(rows[i].text) != rows[i].key ||
            name_is_label_value(rows[i].text) != rows[i].value) {
            fail_msg("'%s'", rows[i].text);
        }
    }
    char longest[256];
    memset(longest, 'a', sizeof longest);
    longest[254] = '\0';
    assert_false(name_is_subdomain(longest));
    longest[253] = '\0';
    assert_true(name_is_subdomain(longest));
}

static void each_kind_has_its_longest_name(void **state)
{
    static const struct {
        enum kind kind;
        size_t most;
    } rows[] = {{KIND_CRONJOB, 52}, {KIND_JOB, 63}, {KIND_POD, 253}, {KIND_NAMESPACE, 63}};
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        char name[300];
        struct error err = {0};
        memset(name, 'a', sizeof name);
        name[rows[i].most] = '\0';
        assert_true(validate_name(name, rows[i].kind, &err));
        name[rows[i].most] = 'a';
        name[rows[i].most + 1] = '\0';
        assert_false(validate_name(name, rows[i].kind, &err));
        assert_int_equal(err.code, ERROR_INVALID);
    }
    assert_false(validate_name("a.b", KIND_NAMESPACE, NULL));
    assert_true(validate_name("a.b", KIND_JOB, NULL));
}

/* --- quantities --- */

static void quantities_are_exact_and_round_up(void **state)
{
    static const struct {
        const char *text;
        bool milli_ok, units_ok;
        int64_t milli, units;
    } rows[] = {
        {"0", true, true, 0, 0},
        {"2", true, true, 2000, 2},
        {"100m", true, true, 100, 1},
        {"1500m", true, true, 1500, 2},
        {"0.1", true, true, 100, 1},
        {".5", true, true, 500, 1},
        {"5.", true, true, 5000, 5},
        {"0.0001", true, true, 1, 1},
        {"1n", true, true, 1, 1},
        {"1u", true, true, 1, 1},
        {"64Mi", true, true, INT64_C(67108864000), 67108864},
        {"1.5Gi", true, true, INT64_C(1610612736000), 1610612736},
        {"1k", true, true, 1000000, 1000},
        {"1K", false, false, 0, 0},
        {"1e3", true, true, 1000000, 1000},
        {"1E3", true, true, 1000000, 1000},
        {"1e-3", true, true, 1, 1},
        {"1E", false, true, 0, INT64_C(1000000000000000000)},
        {"7Ei", false, true, 0, INT64_C(8070450532247928832)},
        {"8Ei", false, false, 0, 0},
        {"10E", false, false, 0, 0},
        {"1e19", false, false, 0, 0},
        {"-1", true, true, -1000, -1},
        {"-100m", true, true, -100, -1},
        {"+1", true, true, 1000, 1},
        {"999999999999999999", false, true, 0, INT64_C(999999999999999999)},
        {"9999999999999999999", false, false, 0, 0},
        {"0000000000000000000001", true, true, 1000, 1},
        {"", false, false, 0, 0},
        {"m", false, false, 0, 0},
        {".", false, false, 0, 0},
        {"1.2.3", false, false, 0, 0},
        {"1 Gi", false, false, 0, 0},
        {" 1", false, false, 0, 0},
        {"1mi", false, false, 0, 0},
        {"1e", false, false, 0, 0},
        {"0x10", false, false, 0, 0},
        {"1e999999999999", false, false, 0, 0},
        {"1.00000000000000000000000000000000000000000000000001", false, false, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        int64_t milli = 0, units = 0;
        bool milli_ok = quantity_milli(rows[i].text, &milli);
        bool units_ok = quantity_units(rows[i].text, &units);
        if (milli_ok != rows[i].milli_ok || units_ok != rows[i].units_ok ||
            milli != rows[i].milli || units != rows[i].units) {
            fail_msg("%s: %d %lld, %d %lld", rows[i].text, milli_ok, (long long)milli, units_ok,
                     (long long)units);
        }
    }
}

/* --- selectors --- */

static void label_selectors_select(void **state)
{
    /* labels: env=dev, tier=front, n=5, empty="" */
    static const struct {
        const char *text, *canonical;
        bool match;
    } rows[] = {
        {"", "", true},
        {"  ", "", true},
        {"env=dev", "env=dev", true},
        {"env==dev", "env=dev", true},
        {"env = dev", "env=dev", true},
        {"env!=dev", "env!=dev", false},
        {"nobody!=dev", "nobody!=dev", true},
        {"env in (dev,test)", "env in (dev,test)", true},
        {"env in (test)", "env=test", false},
        {"env notin (test, prod)", "env notin (test,prod)", true},
        {"nobody notin (a)", "nobody!=a", true},
        {"env", "env", true},
        {"nobody", "nobody", false},
        {"!nobody", "!nobody", true},
        {"! nobody", "!nobody", true},
        {"!env", "!env", false},
        {"env=dev,tier=front,!nobody", "env=dev,tier=front,!nobody", true},
        {"env=dev,tier=back", "env=dev,tier=back", false},
        {"n>4", "n>4", true},
        {"n<5", "n<5", false},
        {"env>4", "env>4", false},
        {"empty=", "empty=", true},
        {"empty", "empty", true},
        {"env=", "env=", false},
        {"empty in ()", "empty=", true},
        {"env in (,dev)", "env in (,dev)", true},
        {"in in (x)", "in=x", false},
    };
    struct pairs labels = {0};
    (void)state;
    vec_push(&labels, (struct pair){"env", "dev"});
    vec_push(&labels, (struct pair){"tier", "front"});
    vec_push(&labels, (struct pair){"n", "5"});
    vec_push(&labels, (struct pair){"empty", ""});
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(selector_done) struct selector selector = {0}, again = {0};
        struct error err = {0};
        cleanup_with(str_done) struct str text = {0};
        if (!selector_parse_labels(rows[i].text, &selector, &err)) {
            fail_msg("%s: %s", rows[i].text, err.what);
        }
        selector_print(&selector, &text);
        assert_string_equal(str_text(&text), rows[i].canonical);
        if (selector_match_labels(&selector, &labels) != rows[i].match) {
            fail_msg("%s", rows[i].text);
        }
        assert_true(selector_parse_labels(str_text(&text), &again, NULL));
        assert_int_equal(selector_match_labels(&again, &labels), rows[i].match);
    }
    vec_done(&labels);
}

static void bad_label_selectors_are_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"hello world", "found 'world'"},
        {"a in b", "found 'b' expected: '('"},
        {"a in (b", "found the end"},
        {"a in (b c)", "found 'c'"},
        {",", "found ','"},
        {"a,", "a key behind"},
        {"a,,b", "found ','"},
        {"=a", "found '='"},
        {"!a=b", "found '='"},
        {"a=b=c", "found '='"},
        {"a=b c", "found 'c'"},
        {"a(b)", "found '('"},
        {"a>x", "must be an integer"},
        {"a=-x", "label's value"},
        {"a b/c=d", "found 'b/c'"},
        {"A/b=c", "not a label's key"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct selector selector = {0};
        struct error err = {0};
        if (selector_parse_labels(rows[i].text, &selector, &err)) {
            fail_msg("%s is taken", rows[i].text);
        }
        assert_int_equal(err.code, ERROR_BAD_REQUEST);
        if (!strstr(err.what, rows[i].part)) {
            fail_msg("%s: %s", rows[i].text, err.what);
        }
        assert_int_equal(selector.len, 0);
    }
    char text[5000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(selector_parse_labels(text, &(struct selector){0}, NULL));
}

static void field_selectors_know_the_fields_of_a_kind(void **state)
{
    static const struct {
        enum kind kind;
        const char *text, *canonical; /* NULL: refused */
    } rows[] = {
        {KIND_JOB, "metadata.name=x", "metadata.name=x"},
        {KIND_JOB, "metadata.name==x,metadata.namespace!=y",
         "metadata.name=x,metadata.namespace!=y"},
        {KIND_JOB, "metadata.name=", "metadata.name="},
        {KIND_JOB, "", ""},
        {KIND_JOB, ",metadata.name=x,", "metadata.name=x"},
        {KIND_JOB, "metadata.name=a\\,b\\=c", "metadata.name=a,b=c"},
        {KIND_JOB, "spec.x=1", NULL},
        {KIND_JOB, "metadata.name", NULL},
        {KIND_JOB, "!metadata.name", NULL},
        {KIND_CRONJOB, "status.phase=Running", NULL},
        {KIND_POD, "status.phase=Running", "status.phase=Running"},
        {KIND_EVENT, "involvedObject.uid=u,involvedObject.kind=Job",
         "involvedObject.uid=u,involvedObject.kind=Job"},
        {KIND_RUN, "spec.cronJobName=x,status.fate!=Succeeded",
         "spec.cronJobName=x,status.fate!=Succeeded"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(selector_done) struct selector selector = {0};
        cleanup_with(str_done) struct str text = {0};
        struct error err = {0};
        bool ok = selector_parse_fields(rows[i].text, rows[i].kind, &selector, &err);
        assert_int_equal(ok, rows[i].canonical != NULL);
        if (ok) {
            selector_print(&selector, &text);
            assert_string_equal(str_text(&text), rows[i].canonical);
        } else {
            assert_int_equal(err.code, ERROR_BAD_REQUEST);
        }
    }
    struct error err = {0};
    assert_false(selector_parse_fields("spec.x=1", KIND_CRONJOB, &(struct selector){0}, &err));
    assert_string_equal(err.what, "\"spec.x\" is not a known field selector");
    assert_string_equal(err.hint, "only \"metadata.name\", \"metadata.namespace\"");
}

/* --- runs --- */

static void every_fate_has_a_letter_and_a_name_of_its_own(void **state)
{
    (void)state;
    for (int fate = 0; fate < FATE_COUNT; fate++) {
        assert_int_equal(run_fate_of_letter(run_fate_letter((enum run_fate)fate)), fate);
        assert_int_equal(run_fate_find(run_fate_names[fate]), fate);
    }
    assert_int_equal(run_fate_letter(FATE_SUCCEEDED), '.');
    assert_int_equal(run_fate_letter(FATE_FAILED), 'x');
    assert_int_equal(run_fate_letter(FATE_RUNNING), '>');
    assert_int_equal(run_fate_letter(FATE_SCHEDULER_DOWN), 'd');
    assert_int_equal(run_fate_letter(FATE_PAUSED), 'p');
    assert_int_equal(run_fate_of_letter('?'), FATE_COUNT);
    assert_int_equal(run_fate_of_letter('\0'), FATE_COUNT);
    assert_int_equal(run_fate_find("succeeded"), FATE_COUNT);
    for (int trigger = 0; trigger < RUN_TRIGGER_COUNT; trigger++) {
        assert_int_equal(run_trigger_find(run_trigger_names[trigger]), trigger);
    }
    assert_int_equal(run_trigger_find("Manual"), RUN_TRIGGER_COUNT);
    assert_false(run_is_final(&(struct run){.fate = FATE_WAITING}));
    assert_false(run_is_final(&(struct run){.fate = FATE_RUNNING}));
    assert_true(run_is_final(&(struct run){.fate = FATE_BLOCKED}));
    assert_true(fate_has_job(FATE_STOPPED));
    assert_false(fate_has_job(FATE_SKIPPED_FORBID));
}

static void a_run_goes_by_the_name_of_its_job(void **state)
{
    static const struct {
        struct run run;
        const char *name;
    } rows[] = {
        {{.cronjob = "c", .slot = 1795207800, .job = "c-29920130"}, "c-29920130"},
        {{.cronjob = "c", .slot = 1795207800}, "c-29920130"},
        {{.cronjob = "c", .slot = 1795207801}, "c-1795207801"},
        {{.cronjob = "c", .slot = SEC_NONE, .id = 7}, "c-run-7"},
        {{.cronjob = "c", .slot = SEC_NONE, .job = "c-manual-abcde"}, "c-manual-abcde"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(str_done) struct str text = {0};
        run_name(&rows[i].run, &text);
        assert_string_equal(str_text(&text), rows[i].name);
    }
}

/* --- what objects say of themselves --- */

static void a_job_is_in_the_state_its_conditions_say(void **state)
{
    static const struct {
        const char *type, *status, *state;
        bool deleting;
        enum job_end end;
    } rows[] = {
        {"Complete", "True", "Complete", false, JOB_COMPLETE},
        {"Complete", "False", "Running", false, JOB_NOT_FINISHED},
        {"Failed", "True", "Failed", false, JOB_FAILED},
        {"Failed", "True", "Failed", true, JOB_FAILED},
        {"Suspended", "True", "Suspended", false, JOB_NOT_FINISHED},
        {"Suspended", "False", "Running", false, JOB_NOT_FINISHED},
        {"FailureTarget", "True", "FailureTarget", false, JOB_NOT_FINISHED},
        {"SuccessCriteriaMet", "True", "SuccessCriteriaMet", false, JOB_NOT_FINISHED},
        {"Suspended", "True", "Terminating", true, JOB_NOT_FINISHED},
        {"Odd", "True", "Running", false, JOB_NOT_FINISHED},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct condition condition = {
            .type = rows[i].type, .status = rows[i].status, .last_transition_time = 50};
        struct job job = {.meta.deletion = rows[i].deleting ? 5 : SEC_NONE,
                          .status.conditions = {.data = &condition, .len = 1}};
        assert_string_equal(job_state(&job), rows[i].state);
        assert_int_equal(job_finished(&job), rows[i].end);
        assert_int_equal(job_finish_time(&job), rows[i].end ? 50 : SEC_NONE);
    }
    assert_string_equal(job_state(&(struct job){0}), "Running");
}

static void a_pod_is_in_the_state_kubectl_shows(void **state)
{
    /* One main container in the state given, and what stands around it. */
    static const struct {
        enum pod_phase phase;
        const char *pod_reason;
        struct container_state main, init;
        bool deleting, ready;
        const char *want;
    } rows[] = {
        {.phase = POD_PENDING, .want = "Pending"},
        {.phase = POD_RUNNING,
         .main = {.set = true, .phase = CONTAINER_RUNNING},
         .ready = true,
         .want = "Running"},
        {.phase = POD_PENDING,
         .main = {.set = true, .phase = CONTAINER_WAITING, .reason = "ErrImagePull"},
         .want = "ErrImagePull"},
        {.phase = POD_PENDING,
         .main = {.set = true, .phase = CONTAINER_WAITING, .reason = ""},
         .want = "Pending"},
        {.phase = POD_SUCCEEDED,
         .main = {.set = true, .phase = CONTAINER_TERMINATED, .reason = "Completed"},
         .want = "Completed"},
        {.phase = POD_FAILED,
         .main = {.set = true, .phase = CONTAINER_TERMINATED, .exit_code = 3},
         .want = "ExitCode:3"},
        {.phase = POD_FAILED,
         .main = {.set = true, .phase = CONTAINER_TERMINATED, .exit_code = 137, .signal = 9},
         .want = "Signal:9"},
        {.phase = POD_FAILED, .pod_reason = "DeadlineExceeded", .want = "DeadlineExceeded"},
        {.phase = POD_RUNNING,
         .main = {.set = true, .phase = CONTAINER_RUNNING},
         .deleting = true,
         .want = "Terminating"},
        {.phase = POD_SUCCEEDED,
         .main = {.set = true, .phase = CONTAINER_TERMINATED, .reason = "Completed"},
         .deleting = true,
         .want = "Completed"},
        {.phase = POD_PENDING,
         .init = {.set = true, .phase = CONTAINER_RUNNING},
         .want = "Init:0/1"},
        {.phase = POD_PENDING,
         .init = {.set = true, .phase = CONTAINER_WAITING, .reason = "PodInitializing"},
         .want = "Init:0/1"},
        {.phase = POD_FAILED,
         .init = {.set = true, .phase = CONTAINER_TERMINATED, .reason = "Error", .exit_code = 1},
         .want = "Init:Error"},
        {.phase = POD_RUNNING,
         .init = {.set = true, .phase = CONTAINER_TERMINATED, .reason = "Completed"},
         .main = {.set = true, .phase = CONTAINER_RUNNING},
         .want = "Running"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        char buffer[80];
        struct container_status main = {
            .name = "m", .state = rows[i].main, .ready = rows[i].ready, .restart_count = 2};
        struct container_status init = {.name = "i", .state = rows[i].init, .restart_count = 1};
        struct container container = {.name = "i"};
        bool has_init = rows[i].init.set;
        struct pod pod = {.meta.deletion = rows[i].deleting ? 5 : SEC_NONE,
                          .spec.init_containers = {.data = &container, .len = has_init},
                          .status = {.phase = rows[i].phase,
                                     .reason = rows[i].pod_reason,
                                     .containers = {.data = &main, .len = 1},
                                     .init_containers = {.data = &init, .len = has_init}}};
        assert_string_equal(pod_state(&pod, buffer, sizeof buffer), rows[i].want);
        assert_int_equal(pod_restarts(&pod), has_init ? 3 : 2);
        assert_ptr_equal(pod_container(&pod, "m"), &main);
        assert_ptr_equal(pod_container(&pod, "i"), has_init ? &init : NULL);
    }
}

static void metadata_is_asked_by_key(void **state)
{
    struct pair labels[] = {{"a", "1"}, {"b", "true"}};
    struct owner owners[] = {{.name = "x"}, {.name = "y", .controller = true}};
    struct meta meta = {.labels = {.data = labels, .len = 2},
                        .annotations = {.data = labels, .len = 2},
                        .owners = {.data = owners, .len = 2}};
    (void)state;
    assert_string_equal(meta_label(&meta, "a"), "1");
    assert_null(meta_label(&meta, "A"));
    assert_true(meta_flag(&meta, "b"));
    assert_false(meta_flag(&meta, "a"));
    assert_false(meta_flag(&meta, "c"));
    assert_string_equal(meta_controller(&meta)->name, "y");
    meta.owners.len = 1;
    assert_null(meta_controller(&meta));

    struct pair draft = {ANNOTATION_DRAFT, "true"};
    struct cronjob cronjob = {.meta.annotations = {.data = &draft, .len = 1}};
    assert_false(cronjob_is_draft(&cronjob));
    cronjob.spec.suspend = true;
    assert_true(cronjob_is_draft(&cronjob));
    assert_true(event_is_warning(&(struct event){.type = "Warning"}));
    assert_false(event_is_warning(&(struct event){0}));
}

static void a_schedule_blocks_after_its_shortest_hundred_gaps(void **state)
{
    static const struct {
        const char *schedule, *zone;
        sec_t deadline, want;
    } rows[] = {
        {"* * * * *", NULL, 0, 6000},
        {"* * * * *", "Europe/Berlin", 0, 6000},
        {"* * * * *", NULL, 6000, 0},
        {"* * * * *", NULL, 6001, 6000},
        {"*/5 * * * *", NULL, 0, 30000},
        {"0 * * * *", NULL, 0, 360000},
        {"0 2 * * *", "UTC", 0, 8640000},
        {"@every 90s", NULL, 0, 9000},
        {"0 0 31 2 *", NULL, 0, 0},
        {"bad", NULL, 0, 0},
        {"* * * * *", "No/Such", 0, 0},
        /* sixty in one hour a day: 101 of them span a day and forty minutes */
        {"* 9 * * *", NULL, 0, 88800},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        assert_int_equal(schedule_blocks_after(rows[i].schedule, rows[i].zone, rows[i].deadline),
                         rows[i].want);
    }
    assert_int_equal(schedule_blocks_after(NULL, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_found_by_every_name),
        cmocka_unit_test(kinds_answer_to_what_stands_in_documents_and_paths),
        cmocka_unit_test(names_keep_rfc_1123),
        cmocka_unit_test(each_kind_has_its_longest_name),
        cmocka_unit_test(quantities_are_exact_and_round_up),
        cmocka_unit_test(label_selectors_select),
        cmocka_unit_test(bad_label_selectors_are_refused),
        cmocka_unit_test(field_selectors_know_the_fields_of_a_kind),
        cmocka_unit_test(every_fate_has_a_letter_and_a_name_of_its_own),
        cmocka_unit_test(a_run_goes_by_the_name_of_its_job),
        cmocka_unit_test(a_job_is_in_the_state_its_conditions_say),
        cmocka_unit_test(a_pod_is_in_the_state_kubectl_shows),
        cmocka_unit_test(metadata_is_asked_by_key),
        cmocka_unit_test(a_schedule_blocks_after_its_shortest_hundred_gaps),
    };

    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
