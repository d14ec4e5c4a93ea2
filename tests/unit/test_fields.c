/* test_fields.c - field tables: form, content, defaults, views, schemas. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/decode.h"
#include "core/codec/defaults.h"
#include "core/codec/document.h"
#include "core/codec/fields.h"
#include "tests/unit/codec_help.h"

/* --- the tables themselves --- */

static void check_table(const struct field_table *table, int depth)
{
    assert_true(depth < 20);
    assert_non_null(table->name);
    assert_non_null(table->doc);
    for (size_t i = 0; i < table->len; i++) {
        const struct field *field = &table->data[i];
        if (!field->doc || !*field->doc) {
            fail_msg("%s.%s has no doc", table->name, field->name);
        }
        bool nested = field->kind == FIELD_OBJECT || field->kind == FIELD_LIST;
        if (nested != (field->table != NULL) || (field->kind == FIELD_ENUM) != !!field->names) {
            fail_msg("%s.%s lacks its table or its names", table->name, field->name);
        }
        if (field->table && field->kind == FIELD_LIST && field->at &&
            field->table->size < sizeof(char *)) {
            fail_msg("%s.%s has elements without a size", table->name, field->name);
        }
        if (field->fallback) {
            autotree cJSON *fallback = json(field->fallback);
            assert_non_null(fallback);
        }
        assert_ptr_equal(fields_find(table, field->name), field); /* no name twice */
        if (field->table) {
            check_table(field->table, depth + 1);
        }
    }
}

static void every_table_is_whole(void **state)
{
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        check_table(fields_of((enum kind)kind), 0);
        assert_string_equal(fields_schema_name((enum kind)kind), fields_of((enum kind)kind)->name);
    }
    assert_null(fields_find(fields_of(KIND_JOB), "Spec"));
}

/* --- form --- */

/* "path: message" of each fault, with "; " between. */
static void list_faults(const struct faults *faults, struct str *ret)
{
    str_clear(ret);
    for (size_t i = 0; i < faults->count; i++) {
        str_addf(ret, "%s%s: %s", i ? "; " : "", faults->list[i].path, faults->list[i].message);
    }
}

static void assert_faults(const struct faults *faults, const char *want)
{
    struct str text = {0};
    list_faults(faults, &text);
    assert_string_equal(str_text(&text), want);
    str_done(&text);
}

static void unknown_and_double_fields_are_found_with_their_paths(void **state)
{
    static const struct {
        enum kind kind;
        const char *json, *strays;
    } rows[] = {
        {KIND_CRONJOB, "{'spec':{'schedule':'x','timeZone':null}}", ""},
        {KIND_CRONJOB, "{'spec':{'scheduel':'x'}}",
         "spec.scheduel: unknown field \"spec.scheduel\""},
        {KIND_CRONJOB, "{'Spec':{}}", "Spec: unknown field \"Spec\""},
        {KIND_CRONJOB, "{'spec':{'schedule':'x','schedule':'y'}}",
         "spec.schedule: duplicate field \"spec.schedule\""},
        {KIND_JOB,
         "{'spec':{'template':{'spec':{'containers':[{'name':'a'},{'imagee':'b',"
         "'env':[{'nam':'c'}]}]}}}}",
         "spec.template.spec.containers[1].imagee: unknown field "
         "\"spec.template.spec.containers[1].imagee\"; "
         "spec.template.spec.containers[1].env[0].nam: unknown field "
         "\"spec.template.spec.containers[1].env[0].nam\""},
        {KIND_JOB, "{'metadata':{'labels':{'a':'1','a':'2','anything.goes/here':'x'}}}",
         "metadata.labels.a: duplicate field \"metadata.labels.a\""},
        {KIND_JOB, "{'spec':{'template':{'spec':{'affinity':{'what':{'ever':1}}}}}}", ""},
        {KIND_CRONJOB, "{'status':{'lastRun':{'name':'x'},'recentRuns':'..'}}", ""},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *tree = json(rows[i].json);
        struct faults types = {0}, strays = {0};
        fields_check(rows[i].kind, tree, &types, &strays);
        assert_faults(&types, "");
        assert_faults(&strays, rows[i].strays);
        faults_done(&strays);
    }
}

static void wrong_types_are_found_with_their_paths(void **state)
{
    static const struct {
        enum kind kind;
        const char *json, *types;
    } rows[] = {
        {KIND_CRONJOB, "{'spec':{'schedule':5}}", "spec.schedule: must be a string, not a number"},
        {KIND_CRONJOB, "{'spec':{'suspend':'no'}}",
         "spec.suspend: must be true or false, not a string"},
        {KIND_CRONJOB, "{'spec':{'startingDeadlineSeconds':'5'}}",
         "spec.startingDeadlineSeconds: must be a whole number, not a string"},
        {KIND_CRONJOB, "{'spec':{'startingDeadlineSeconds':1.5}}",
         "spec.startingDeadlineSeconds: must be a whole number within 2^53, not a number"},
        {KIND_CRONJOB, "{'spec':{'startingDeadlineSeconds':4294967296}}", ""},
        {KIND_CRONJOB, "{'spec':{'failedJobsHistoryLimit':4294967296}}",
         "spec.failedJobsHistoryLimit: must be within 32 bits, that is at most 2147483647"},
        {KIND_CRONJOB, "{'spec':[]}", "spec: must be an object, not a list"},
        {KIND_CRONJOB, "{'metadata':{'labels':{'a':1}}}",
         "metadata.labels.a: must be a string (put it in quotes), not a number"},
        {KIND_JOB, "{'spec':{'template':{'spec':{'containers':{}}}}}",
         "spec.template.spec.containers: must be a list, not an object"},
        {KIND_JOB, "{'spec':{'template':{'spec':{'containers':['x']}}}}",
         "spec.template.spec.containers[0]: must be an object, not a string"},
        {KIND_JOB, "{'spec':{'template':{'spec':{'containers':[{'args':['a',5]}]}}}}",
         "spec.template.spec.containers[0].args[1]: must be a string, not a number"},
        {KIND_JOB,
         "{'spec':{'template':{'spec':{'containers':[{'resources':{'limits':{'cpu':2}},"
         "'livenessProbe':{'tcpSocket':{'port':80}}}]}}}}",
         ""},
        {KIND_JOB, "[]", ": must be an object, not a list"},
        {KIND_JOB, "{'spec':null}", ""},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *tree = json(rows[i].json);
        struct faults types = {0};
        fields_check(rows[i].kind, tree, &types, NULL);
        assert_faults(&types, rows[i].types);
        faults_done(&types);
    }
}

/* --- content --- */

#define JOB_HEAD "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n"
#define JOB_TAIL "  template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}\n"
#define CRON_HEAD "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n"
#define CRON_TAIL                                                     \
    "  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, " \
    "containers: [{name: a, image: b}]}}}}\n"
/* The pod of a Job, with members of its own. */
#define POD(members) JOB_HEAD "  template: {spec: {restartPolicy: Never, " members "}}\n"
#define CONTAINER(members) POD("containers: [{name: a, image: b, " members "}]")
#define POD_PATH "spec.template.spec."
#define CONTAINER_PATH POD_PATH "containers[0]."

struct content_row {
    const char *yaml;
    const char *faults; /* as assert_faults; part of them after a "~" */
};

static void check_rows(const struct content_row *rows, size_t count, bool warnings)
{
    for (size_t i = 0; i < count; i++) {
        autotree cJSON *tree = yaml(rows[i].yaml);
        struct report report = {0};
        struct str text = {0};
        enum kind kind = document_kind(tree, NULL);
        assert_int_not_equal(kind, KIND_COUNT);
        defaults_apply(kind, tree);
        document_check(kind, tree, &report);
        list_faults(&report.types, &text);
        assert_string_equal(str_text(&text), "");
        list_faults(warnings ? &report.warnings : &report.faults, &text);
        bool part = rows[i].faults[0] == '~';
        if (part ? !strstr(str_text(&text), rows[i].faults + 1)
                 : strcmp(str_text(&text), rows[i].faults) != 0) {
            fail_msg("%s\n  has: %s\n not: %s", rows[i].yaml, str_text(&text), rows[i].faults);
        }
        str_done(&text);
        report_done(&report);
    }
}

static void wrong_content_of_a_cronjob_is_refused(void **state)
{
    static const struct content_row rows[] = {
        {CRON_HEAD "  schedule: '0 0 * * *'\n" CRON_TAIL, ""},
        {CRON_HEAD "  schedule: '@daily'\n  concurrencyPolicy: ''\n" CRON_TAIL, ""},
        {CRON_HEAD "  schedule: '60 * * * *'\n" CRON_TAIL,
         "~spec.schedule: Invalid value: \"60 * * * *\": minute: 60 is above 59"},
        {CRON_HEAD "  schedule: bogus\n" CRON_TAIL,
         "~spec.schedule: Invalid value: \"bogus\": a schedule has 5 fields"},
        {CRON_HEAD "  schedule: '* * * * 7'\n" CRON_TAIL, "~7 is above 6"},
        {CRON_HEAD "  schedule: 'TZ=UTC * * * * *'\n" CRON_TAIL, "~spec.timeZone"},
        {CRON_HEAD "  schedule: ''\n" CRON_TAIL, "spec.schedule: Required value"},
        {CRON_HEAD CRON_TAIL, "spec.schedule: Required value"},
        {CRON_HEAD "  schedule: null\n" CRON_TAIL, "spec.schedule: Required value"},
        {CRON_HEAD "  schedule: '@daily'\n  timeZone: Mars/Phobos\n" CRON_TAIL,
         "~spec.timeZone: Invalid value: \"Mars/Phobos\": unknown time zone"},
        {CRON_HEAD "  schedule: '@daily'\n  timeZone: ''\n" CRON_TAIL,
         "~spec.timeZone: Invalid value: \"\""},
        {CRON_HEAD "  schedule: '@daily'\n  timeZone: local\n" CRON_TAIL,
         "~spec.timeZone: Invalid value: \"local\""},
        {CRON_HEAD "  schedule: '@daily'\n  concurrencyPolicy: X\n" CRON_TAIL,
         "spec.concurrencyPolicy: Unsupported value: \"X\": supported values: \"Allow\", "
         "\"Forbid\", \"Replace\""},
        {CRON_HEAD "  schedule: '@daily'\n  startingDeadlineSeconds: -1\n" CRON_TAIL,
         "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0"},
        {CRON_HEAD "  schedule: '@daily'\n",
         "spec.jobTemplate: Required value; "
         "spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "
         "\"OnFailure\", \"Never\""},
        {CRON_HEAD "  schedule: '@daily'\n  jobTemplate: {spec: {selector: {matchLabels: {a: b}}, "
                   "template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}",
         "~spec.jobTemplate.spec.selector: Invalid value: `selector` will be auto-generated"},
        {"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: "
         "a2345678901234567890123456789012345678901234567890123}\nspec:\n"
         "  schedule: '@daily'\n" CRON_TAIL,
         "~must be no more than 52 characters"},
        {"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: "
         "a234567890123456789012345678901234567890123456789012}\nspec:\n"
         "  schedule: '@daily'\n" CRON_TAIL,
         ""},
        {"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: A_b}\nspec:\n"
         "  schedule: '@daily'\n" CRON_TAIL,
         "~metadata.name: Invalid value: \"A_b\": must consist of lower case"},
        {"apiVersion: batch/v1\nkind: CronJob\nmetadata: {generateName: a-}\nspec:\n"
         "  schedule: '@daily'\n" CRON_TAIL,
         ""},
        {"apiVersion: batch/v1\nkind: CronJob\nmetadata: {labels: {'a b': x, c: '-'}}\nspec:\n"
         "  schedule: '@daily'\n" CRON_TAIL,
         "~metadata.name: Required value: name or generateName is required; "
         "metadata.labels: Invalid value: \"a b\""},
        {"apiVersion: batch/v1\nkind: CronJob\n"
         "metadata: {name: a, annotations: {belfry/missed-starts: never}}\nspec:\n"
         "  schedule: '@daily'\n" CRON_TAIL,
         "metadata.annotations.belfry/missed-starts: Unsupported value: \"never\": supported "
         "values: \"block\", \"latest\", \"skip\""},
        /* all at once */
        {CRON_HEAD "  schedule: bad\n  timeZone: bad\n  concurrencyPolicy: bad\n",
         "~spec.concurrencyPolicy: Unsupported"},
        {CRON_HEAD "  schedule: bad\n  timeZone: bad\n  concurrencyPolicy: bad\n",
         "~spec.timeZone: Invalid"},
    };
    (void)state;
    check_rows(rows, countof(rows), false);
}

static void wrong_content_of_a_job_is_refused(void **state)
{
    static const struct content_row rows[] = {
        {JOB_HEAD JOB_TAIL, ""},
        {JOB_HEAD "  template: {spec: {containers: [{name: a, image: b}]}}\n",
         POD_PATH "restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""},
        {JOB_HEAD
         "  template: {spec: {restartPolicy: Always, containers: [{name: a, image: b}]}}\n",
         POD_PATH "restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""},
        {JOB_HEAD "  template: {spec: {restartPolicy: Sometimes, containers: [{name: a, image: "
                  "b}]}}\n",
         POD_PATH "restartPolicy: Unsupported value: \"Sometimes\": supported values: "
                  "\"OnFailure\", \"Never\""},
        {POD("containers: []"), POD_PATH "containers: Required value"},
        {POD("containers: [{name: a}]"), CONTAINER_PATH "image: Required value"},
        {POD("containers: [{image: a}]"), CONTAINER_PATH "name: Required value"},
        {POD("containers: [{name: A, image: a}]"), "~" CONTAINER_PATH "name: Invalid value: \"A\""},
        {POD("containers: [{name: a, image: b}, {name: a, image: b}]"),
         POD_PATH "containers[1].name: Duplicate value: \"a\""},
        {POD("initContainers: [{name: a, image: b}], containers: [{name: a, image: b}]"),
         POD_PATH "containers[0].name: Duplicate value: \"a\""},
        {POD("runtimeClassName: host, containers: [{name: a, command: [x]}]"), ""},
        {POD("runtimeClassName: host, containers: [{name: a, args: [x]}]"), ""},
        {POD("runtimeClassName: host, containers: [{name: a, image: b}]"),
         CONTAINER_PATH "command: Required value: with runtimeClassName host the command is what "
                        "runs"},
        {CONTAINER("env: [{value: x}]"), CONTAINER_PATH "env[0].name: Required value"},
        {CONTAINER("env: [{name: 'a=b'}]"),
         CONTAINER_PATH "env[0].name: Invalid value: \"a=b\": must not hold '='"},
        {CONTAINER("env: [{name: a, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
         CONTAINER_PATH "env[0].valueFrom: Invalid value: may not be given when value is"},
        {CONTAINER("env: [{name: a, valueFrom: {fieldRef: {fieldPath: nonsense}}}]"),
         "~fieldPath: Unsupported value: \"nonsense\""},
        {CONTAINER("volumeMounts: [{name: v, mountPath: /x}]"),
         CONTAINER_PATH "volumeMounts[0].name: Invalid value: \"v\": no volume of the pod has this "
                        "name"},
        {POD("volumes: [{name: v, hostPath: {path: /x}}], containers: [{name: a, image: b, "
             "volumeMounts: [{name: v, mountPath: /x}, {name: v, mountPath: /x}]}]"),
         CONTAINER_PATH "volumeMounts[1].mountPath: Invalid value: \"/x\": must be unique"},
        {POD("volumes: [{name: v, hostPath: {path: x}}], containers: [{name: a, image: b}]"),
         POD_PATH "volumes[0].hostPath.path: Invalid value: \"x\": must be an absolute path "
                  "without '..'"},
        {POD("volumes: [{name: v, hostPath: {path: /x}, emptyDir: {}}], containers: [{name: a, "
             "image: b}]"),
         POD_PATH "volumes[0]: Forbidden: may not have more than one kind of volume"},
        {POD("volumes: [{name: v}, {name: v}], containers: [{name: a, image: b}]"),
         POD_PATH "volumes[1].name: Duplicate value: \"v\""},
        {CONTAINER("ports: [{containerPort: 0}]"),
         CONTAINER_PATH "ports[0].containerPort: Invalid value: 0: must be between 1 and 65535"},
        {CONTAINER("ports: [{containerPort: 80, protocol: tcp}]"),
         "~protocol: Unsupported value: \"tcp\""},
        {CONTAINER("resources: {limits: {cpu: 1x, memory: -5}}"),
         CONTAINER_PATH "resources.limits.cpu: Invalid value: \"1x\": is no quantity, as 500m, 2 "
                        "or 64Mi are; " CONTAINER_PATH "resources.limits.memory: Invalid value: "
                        "\"-5\": must be greater than or equal to 0"},
        {CONTAINER("livenessProbe: {periodSeconds: 5}"),
         CONTAINER_PATH "livenessProbe: Required value: must have one of exec, httpGet, tcpSocket"},
        {CONTAINER("livenessProbe: {exec: {command: [x]}, tcpSocket: {port: 1}}"),
         CONTAINER_PATH "livenessProbe: Forbidden: may have only one of exec, httpGet, tcpSocket"},
        {JOB_HEAD "  backoffLimit: -1\n" JOB_TAIL,
         "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0"},
        {JOB_HEAD "  completionMode: Indexed\n  parallelism: 2\n" JOB_TAIL,
         "spec.completions: Required value: when completion mode is Indexed"},
        {JOB_HEAD "  completionMode: Indexed\n  completions: 2\n" JOB_TAIL, ""},
        {JOB_HEAD "  completionMode: indexed\n" JOB_TAIL, "~spec.completionMode: Unsupported"},
        {JOB_HEAD "  backoffLimitPerIndex: 1\n" JOB_TAIL,
         "spec.backoffLimitPerIndex: Invalid value: 1: requires completionMode Indexed"},
        {JOB_HEAD "  maxFailedIndexes: 1\n" JOB_TAIL,
         "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is given"},
        {JOB_HEAD "  podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, "
                  "values: [0, 42]}}, {action: Ignore}]}\n" JOB_TAIL,
         "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: 0: is no failure, so "
         "operator In cannot have it; spec.podFailurePolicy.rules[1]: Invalid value: must have one "
         "of onExitCodes and onPodConditions"},
        {JOB_HEAD "  manualSelector: true\n" JOB_TAIL,
         "spec.selector: Required value: manualSelector is true"},
        {"apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: "
         "{belfry/backoff-seconds: soon}}\nspec:\n" JOB_TAIL,
         "metadata.annotations.belfry/backoff-seconds: Invalid value: \"soon\": must be a number "
         "of seconds from 0 to 360"},
    };
    (void)state;
    check_rows(rows, countof(rows), false);
}

static void what_is_odd_but_allowed_draws_warnings(void **state)
{
    static const struct content_row rows[] = {
        {CRON_HEAD "  schedule: '* * * * *'\n" CRON_TAIL, ""},
        {CRON_HEAD "  schedule: '* * * * *'\n  startingDeadlineSeconds: 6000\n" CRON_TAIL, ""},
        {CRON_HEAD "  schedule: '* * * * *'\n  startingDeadlineSeconds: 6001\n" CRON_TAIL,
         "spec.startingDeadlineSeconds: can block after an outage of 100 minutes: more than 100 "
         "runs are then missed; set it to 6000 or less"},
        {"apiVersion: batch/v1\nkind: CronJob\n"
         "metadata: {name: a, annotations: {belfry/missed-starts: latest}}\nspec:\n"
         "  schedule: '* * * * *'\n  startingDeadlineSeconds: 7200\n" CRON_TAIL,
         ""},
        {CRON_HEAD "  schedule: '@every 90s'\n  startingDeadlineSeconds: 86400\n" CRON_TAIL,
         "~can block after an outage of 150 minutes"},
        {CRON_HEAD "  schedule: '0 * * * *'\n  startingDeadlineSeconds: 86400\n" CRON_TAIL, ""},
        {CRON_HEAD "  schedule: '0 2 * * *'\n  startingDeadlineSeconds: 10000000\n" CRON_TAIL,
         "~can block after an outage of 100 days"},
        {CRON_HEAD "  schedule: '0 2 * * *'\n  startingDeadlineSeconds: 5\n" CRON_TAIL,
         "spec.startingDeadlineSeconds: below 10 seconds a busy moment is enough to lose a run"},
        {CRON_HEAD "  schedule: '0 2 * * *'\n  startingDeadlineSeconds: 0\n" CRON_TAIL,
         "spec.startingDeadlineSeconds: with a deadline of 0 no run ever starts"},
        {CRON_HEAD "  schedule: '0 0 31 2 *'\n" CRON_TAIL,
         "spec.schedule: \"0 0 31 2 *\" never fires: no date matches it"},
        {"apiVersion: batch/v1\nkind: Job\nmetadata: {name: a.b}\nspec:\n" JOB_TAIL,
         "metadata.name: this is used in Pod names and hostnames, which can result in surprising "
         "behavior; a DNS label is recommended: [must not contain dots]"},
        {POD("nodeSelector: {a: b}, affinity: {}, dnsPolicy: Default, hostNetwork: false, "
             "schedulerName: default-scheduler, containers: [{name: a, image: b, envFrom: "
             "[{secretRef: {name: x}}], tty: true}]"),
         CONTAINER_PATH "envFrom: is kept, but the local engine does not act on it; " CONTAINER_PATH
                        "tty: is kept, but the local engine does not act on it; " POD_PATH
                        "nodeSelector: is kept, but the local engine does not act on it; " POD_PATH
                        "dnsPolicy: is kept, but the local engine does not act on it"},
        {POD("runtimeClassName: host, volumes: [{name: v}], containers: [{name: a, command: [x], "
             "volumeMounts: [{name: v, mountPath: /x}]}]"),
         CONTAINER_PATH "volumeMounts: has no effect with runtimeClassName host: the process sees "
                        "the machine's files"},
        {POD("volumes: [{name: v, secret: {secretName: x}}], containers: [{name: a, image: b}]"),
         POD_PATH "volumes[0].secret: is kept, but the local engine does not act on it"},
    };
    (void)state;
    check_rows(rows, countof(rows), true);
}

static void the_examples_of_the_first_issue_are_good(void **state)
{
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    static const char *const blocks =
        "spec.startingDeadlineSeconds: can block after an outage of 100 minutes: more than 100 "
        "runs are then missed; set it to 6000 or less";
    (void)state;
    fixture("first-light.yaml", &docs);
    fixture("list.yaml", &docs);
    yaml_split_lists(&docs);
    assert_int_equal(docs.len, 4);
    for (size_t i = 0; i < docs.len; i++) {
        cJSON *tree = docs.data[i].tree;
        enum kind kind = document_kind(tree, NULL);
        struct report report = {0};
        assert_int_equal(kind, i == 1 ? KIND_JOB : KIND_CRONJOB);
        assert_true(document_check(kind, tree, &report)); /* good without the defaults, too */
        defaults_apply(kind, tree);
        report_done(&report);
        report = (struct report){0};
        assert_true(document_check(kind, tree, &report));
        assert_faults(&report.strays, "");
        assert_faults(&report.warnings, i == 0 ? blocks : "");
        report_done(&report);
    }
}

static void a_document_of_no_kind_is_refused(void **state)
{
    static const struct {
        const char *json, *what;
    } rows[] = {
        {"{}", "Object 'Kind' is missing"},
        {"[]", "an object with apiVersion and kind is expected here"},
        {"{'kind':'Job'}", "the apiVersion of this Job is missing"},
        {"{'kind':'Job','apiVersion':'batch/v1beta1'}",
         "no matches for kind \"Job\" in version \"batch/v1beta1\""},
        {"{'kind':5,'apiVersion':'v1'}", "Object 'Kind' is missing"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct error err = {0};
        autotree cJSON *tree = json(rows[i].json);
        assert_int_equal(document_kind(tree, &err), KIND_COUNT);
        assert_int_equal(err.code, ERROR_BAD_REQUEST);
        assert_string_equal(err.what, rows[i].what);
    }
}

/* --- updates --- */

static void a_job_keeps_its_template(void **state)
{
    static const struct {
        const char *path, *value, *faults;
    } rows[] = {
        {"spec.parallelism", "3", ""},
        {"spec.suspend", "true", ""},
        {"spec.backoffLimit", "1", ""},
        {"metadata.labels", "{'a':'b'}", ""},
        {"spec.completions", "3", "spec.completions: Invalid value: 3: field is immutable"},
        {"spec.template.spec.containers[0].image", "'x'",
         "spec.template: Invalid value: field is immutable"},
        {"metadata.name", "'k'", "metadata.name: Invalid value: \"k\": field is immutable"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *old = yaml(JOB_HEAD JOB_TAIL);
        defaults_apply(KIND_JOB, old);
        autotree cJSON *new = tree_copy(old);
        struct report report = {0};
        assert_true(tree_put(new, rows[i].path, json(rows[i].value)));
        bool ok = document_check_update(KIND_JOB, old, new, &report);
        assert_int_equal(ok, rows[i].faults[0] == '\0');
        assert_faults(&report.faults, rows[i].faults);
        report_done(&report);
    }
    /* A CronJob's may change. */
    autotree cJSON *old = yaml(CRON_HEAD "  schedule: '@daily'\n" CRON_TAIL);
    autotree cJSON *new = tree_copy(old);
    struct report report = {0};
    tree_put_str(new, "spec.jobTemplate.spec.template.spec.containers[0].image", "x");
    assert_true(document_check_update(KIND_CRONJOB, old, new, &report));
    report_done(&report);
}

/* --- defaults --- */

static void defaults_are_those_of_the_api_server(void **state)
{
    autotree cJSON *cronjob = yaml(CRON_HEAD "  schedule: '@daily'\n" CRON_TAIL);
    autotree cJSON *job = yaml(JOB_HEAD JOB_TAIL);
    autotree cJSON *want_cronjob = yaml(
        CRON_HEAD "  schedule: '@daily'\n  concurrencyPolicy: Allow\n  suspend: false\n"
                  "  successfulJobsHistoryLimit: 3\n  failedJobsHistoryLimit: 1\n"
                  "  jobTemplate:\n    spec:\n      template:\n        spec:\n"
                  "          restartPolicy: Never\n          dnsPolicy: ClusterFirst\n"
                  "          schedulerName: default-scheduler\n          securityContext: {}\n"
                  "          terminationGracePeriodSeconds: 30\n          containers:\n"
                  "          - name: a\n            image: b\n            imagePullPolicy: Always\n"
                  "            resources: {}\n            terminationMessagePolicy: File\n"
                  "            terminationMessagePath: /dev/termination-log\n");
    (void)state;
    defaults_apply(KIND_CRONJOB, cronjob);
    assert_same_tree(cronjob, want_cronjob);
    defaults_apply(KIND_CRONJOB, cronjob);
    assert_same_tree(cronjob, want_cronjob);

    defaults_apply(KIND_JOB, job);
    autotree cJSON *spec = tree_copy(tree_get(job, "spec"));
    tree_drop(spec, "template");
    assert_prints(spec, "{\"completionMode\":\"NonIndexed\",\"suspend\":false,"
                        "\"manualSelector\":false,\"completions\":1,\"parallelism\":1,"
                        "\"backoffLimit\":6,\"podReplacementPolicy\":\"TerminatingOrFailed\"}");

    autotree cJSON *queue = yaml(JOB_HEAD "  parallelism: 3\n" JOB_TAIL);
    defaults_apply(KIND_JOB, queue);
    assert_null(tree_get(queue, "spec.completions"));
    assert_int_equal(tree_int_or(queue, "spec.parallelism", 0), 3);
}

static void the_pull_policy_follows_the_tag(void **state)
{
    static const struct {
        const char *image, *policy;
    } rows[] = {
        {"a", "Always"},
        {"a:latest", "Always"},
        {"a:v1", "IfNotPresent"},
        {"host:5000/a", "Always"},
        {"host:5000/a:v1", "IfNotPresent"},
        {"host:5000/a:latest", "Always"},
        {"a@sha256:0123", "IfNotPresent"},
        {"a:v1@sha256:0123", "IfNotPresent"},
        {"a:latest@sha256:0123", "Always"},
        {"a:latest2", "IfNotPresent"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *job = yaml(JOB_HEAD JOB_TAIL);
        tree_put_str(job, "spec.template.spec.containers[0].image", rows[i].image);
        defaults_apply(KIND_JOB, job);
        assert_string_equal(tree_str(job, "spec.template.spec.containers[0].imagePullPolicy"),
                            rows[i].policy);
    }
}

static void small_defaults_are_filled_in_as_well(void **state)
{
    autotree cJSON *job = yaml(POD("volumes: [{name: v}, {name: w, hostPath: {path: /x}}], "
                                   "containers: [{name: a, image: b, imagePullPolicy: Never, "
                                   "resources: {limits: {cpu: 2, memory: 1.5}}, "
                                   "ports: [{containerPort: 80}], livenessProbe: {httpGet: {port: "
                                   "80}}, env: [{name: e, valueFrom: {fieldRef: {fieldPath: "
                                   "metadata.name}}}]}]"));
    (void)state;
    defaults_apply(KIND_JOB, job);
    assert_prints(tree_get(job, "spec.template.spec.volumes"),
                  "[{\"name\":\"v\",\"emptyDir\":{}},"
                  "{\"name\":\"w\",\"hostPath\":{\"path\":\"/x\",\"type\":\"\"}}]");
    const cJSON *container = tree_get(job, "spec.template.spec.containers[0]");
    assert_string_equal(tree_str(container, "imagePullPolicy"), "Never");
    assert_prints(tree_get(container, "resources"),
                  "{\"limits\":{\"cpu\":\"2\",\"memory\":\"1.5\"}}");
    assert_string_equal(tree_str(container, "ports[0].protocol"), "TCP");
    assert_int_equal(tree_int_or(container, "livenessProbe.periodSeconds", 0), 10);
    assert_string_equal(tree_str(container, "livenessProbe.httpGet.path"), "/");
    assert_string_equal(tree_str(container, "env[0].valueFrom.fieldRef.apiVersion"), "v1");
}

static void a_new_job_gets_its_labels_and_selector(void **state)
{
    autotree cJSON *job = yaml(JOB_HEAD JOB_TAIL);
    (void)state;
    defaults_job_selector(job);
    assert_null(tree_get(job, "spec.selector")); /* no uid yet */
    tree_put_str(job, "metadata.uid", "u-1");
    defaults_job_selector(job);
    assert_prints(tree_get(job, "spec.selector"),
                  "{\"matchLabels\":{\"batch.kubernetes.io/controller-uid\":\"u-1\"}}");
    const char *labels = "{\"controller-uid\":\"u-1\",\"batch.kubernetes.io/controller-uid\":"
                         "\"u-1\",\"job-name\":\"j\",\"batch.kubernetes.io/job-name\":\"j\"}";
    assert_prints(tree_get(job, "spec.template.metadata.labels"), labels);
    assert_prints(tree_get(job, "metadata.labels"), labels);

    autotree cJSON *labelled = yaml(JOB_HEAD JOB_TAIL);
    tree_put_str(labelled, "metadata.uid", "u-1");
    tree_put_label(labelled, "jl", "1");
    defaults_job_selector(labelled);
    assert_prints(tree_get(labelled, "metadata.labels"), "{\"jl\":\"1\"}");
}

static void of_double_members_the_last_stays(void **state)
{
    autotree cJSON *tree = json("{'a':1,'b':{'c':1,'c':2},'a':3,'l':[{'x':1,'x':2,'x':3}]}");
    (void)state;
    document_settle(tree);
    assert_prints(tree, "{\"b\":{\"c\":2},\"a\":3,\"l\":[{\"x\":3}]}");
}

/* --- views --- */

static void a_cronjob_decodes_into_its_view(void **state)
{
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    cleanup_with(cronjob_done) struct cronjob cronjob = {0};
    (void)state;
    fixture("first-light.yaml", &docs);
    assert_int_equal(docs.len, 2);
    if (!docs.data) {
        return; /* clang-tidy does not know that the assertion ends the test */
    }
    tree_put_str(docs.data[0].tree, "metadata.creationTimestamp", "2026-11-20T20:50:00Z");
    tree_put(docs.data[0].tree, "status",
             json("{'active':[{'kind':'Job','name':'x','namespace':'n','uid':'u'}],"
                  "'lastRun':{'name':'r','result':'Failed','exitCode':3,"
                  "'startTime':'2026-11-20T20:50:00.5Z'},'recentRuns':'..x'}"));
    assert_true(cronjob_decode(docs.data[0].tree, &cronjob, NULL));
    assert_string_equal(cronjob.meta.name, "nightly-backup");
    assert_null(cronjob.meta.ns);
    assert_int_equal(cronjob.meta.creation, 1795207800);
    assert_int_equal(cronjob.meta.deletion, SEC_NONE);
    assert_string_equal(cronjob.spec.schedule, "*/1 * * * *");
    assert_null(cronjob.spec.time_zone);
    assert_int_equal(cronjob.spec.concurrency_policy, CONCURRENCY_FORBID);
    assert_true(cronjob.spec.starting_deadline_seconds.set);
    assert_int_equal(cronjob.spec.starting_deadline_seconds.value, 7200);
    assert_false(cronjob.spec.suspend);
    assert_int_equal(cronjob.spec.successful_jobs_history_limit.value, 3);

    const struct job_spec *job = &cronjob.spec.job_template.spec;
    assert_int_equal(job->backoff_limit.value, 2);
    assert_int_equal(job->active_deadline_seconds.value, 50);
    assert_false(job->completions.set);
    assert_false(job->has_selector);
    const struct pod_spec *pod = &job->template.spec;
    assert_int_equal(pod->restart_policy, RESTART_NEVER);
    assert_false(pod_spec_on_host(pod));
    assert_int_equal(pod->containers.len, 1);
    assert_string_equal(pod_spec_main(pod)->image, "backup-tool:v1");
    assert_int_equal(pod_spec_main(pod)->args.len, 3);
    assert_string_equal(pod_spec_main(pod)->args.data[1], "-c");
    assert_int_equal(pod_spec_main(pod)->command.len, 0);

    const struct cronjob_status *status = &cronjob.status;
    assert_int_equal(status->active.len, 1);
    assert_string_equal(status->active.data[0].name, "x");
    assert_int_equal(status->last_schedule_time, SEC_NONE);
    assert_true(status->last_run.set);
    assert_int_equal(status->last_run.result, FATE_FAILED);
    assert_int_equal(status->last_run.exit_code.value, 3);
    assert_int_equal(status->last_run.start_time, 1795207800 * NSEC_PER_SEC + 500000000);
    assert_int_equal(status->last_run.completion_time, NSEC_NONE);
    assert_string_equal(status->recent_runs, "..x");
}

static void all_parts_of_a_pod_spec_decode(void **state)
{
    autotree cJSON *tree = yaml(
        POD("runtimeClassName: host, terminationGracePeriodSeconds: 5, securityContext: "
            "{runAsUser: 1000}, volumes: [{name: h, hostPath: {path: /x, type: Directory}}, {name: "
            "e, emptyDir: {medium: Memory}}, {name: s, secret: {}}], containers: [{name: a, "
            "workingDir: /w, command: [x], env: [{name: A, value: '1'}, {name: B, valueFrom: "
            "{fieldRef: {fieldPath: metadata.uid}}}, {name: C, valueFrom: {secretKeyRef: {name: s, "
            "key: k}}}], resources: {limits: {cpu: 100m}}, ports: [{containerPort: 80, hostPort: "
            "8080}], volumeMounts: [{name: h, mountPath: /m, readOnly: true, subPath: p}], "
            "imagePullPolicy: Never, livenessProbe: {httpGet: {port: web, httpHeaders: [{name: a, "
            "value: b}]}, periodSeconds: 7}, startupProbe: {exec: {command: [z]}}}]"));
    cleanup_with(job_done) struct job job = {0};
    (void)state;
    assert_true(job_decode(tree, &job, NULL));
    const struct pod_spec *pod = &job.spec.template.spec;
    assert_true(pod_spec_on_host(pod));
    assert_int_equal(pod->termination_grace_period_seconds.value, 5);
    assert_int_equal(pod->security.run_as_user.value, 1000);
    assert_false(pod->security.run_as_group.set);
    assert_int_equal(pod->volumes.len, 3);
    assert_string_equal(pod->volumes.data[0].host_path, "/x");
    assert_string_equal(pod->volumes.data[0].host_path_type, "Directory");
    assert_true(pod->volumes.data[1].empty_dir);
    assert_string_equal(pod->volumes.data[1].empty_dir_medium, "Memory");
    assert_string_equal(pod->volumes.data[2].other, "secret");
    const struct container *container = pod_spec_main(pod);
    assert_string_equal(container->working_dir, "/w");
    assert_int_equal(container->env.len, 3);
    assert_string_equal(container->env.data[0].value, "1");
    assert_null(container->env.data[0].field_path);
    assert_string_equal(container->env.data[1].field_path, "metadata.uid");
    assert_string_equal(container->env.data[2].secret_name, "s");
    assert_string_equal(pairs_get(&container->resources.limits, "cpu"), "100m");
    assert_int_equal(container->ports.data[0].host_port, 8080);
    assert_true(container->mounts.data[0].read_only);
    assert_string_equal(container->mounts.data[0].sub_path, "p");
    assert_int_equal(container->image_pull_policy, PULL_NEVER);
    assert_true(container->liveness.set);
    assert_string_equal(container->liveness.http_port.text, "web");
    assert_string_equal(container->liveness.http_headers.data[0].value, "b");
    assert_int_equal(container->liveness.period_seconds, 7);
    assert_false(container->readiness.set);
    assert_string_equal(container->startup.exec.data[0], "z");
}

static void a_jobs_policies_decode(void **state)
{
    autotree cJSON *tree = yaml(
        JOB_HEAD "  completionMode: Indexed\n  completions: 3\n  podReplacementPolicy: Failed\n"
                 "  podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: "
                 "DisruptionTarget, status: 'True'}]}, {action: FailJob, onExitCodes: {operator: "
                 "NotIn, values: [1, 2], containerName: a}}]}\n"
                 "  successPolicy: {rules: [{succeededIndexes: '0,2', succeededCount: 1}]}\n"
                 "  selector: {matchLabels: {a: b}}\n" JOB_TAIL);
    cleanup_with(job_done) struct job job = {0};
    (void)state;
    assert_true(job_decode(tree, &job, NULL));
    assert_int_equal(job.spec.completion_mode, COMPLETION_INDEXED);
    assert_int_equal(job.spec.pod_replacement_policy, REPLACEMENT_FAILED);
    assert_int_equal(job.spec.failure_rules.len, 2);
    assert_int_equal(job.spec.failure_rules.data[0].action, FAILURE_ACTION_IGNORE);
    assert_false(job.spec.failure_rules.data[0].on_exit_codes);
    assert_string_equal(job.spec.failure_rules.data[0].conditions.data[0].type, "DisruptionTarget");
    assert_true(job.spec.failure_rules.data[1].on_exit_codes);
    assert_int_equal(job.spec.failure_rules.data[1].exit_operator, EXIT_OPERATOR_NOT_IN);
    assert_int_equal(job.spec.failure_rules.data[1].exit_codes.data[1], 2);
    assert_string_equal(job.spec.success_rules.data[0].succeeded_indexes, "0,2");
    assert_true(job.spec.has_selector);
    assert_string_equal(pairs_get(&job.spec.match_labels, "a"), "b");
}

static void another_kind_does_not_decode(void **state)
{
    autotree cJSON *tree = json("{'kind':'Pod'}"), *list = json("[]"), *bare = json("{}");
    struct error err = {0};
    struct job job;
    (void)state;
    assert_false(job_decode(tree, &job, &err));
    assert_int_equal(err.code, ERROR_BAD_REQUEST);
    job_done(&job);
    assert_false(job_decode(list, &job, &err));
    job_done(&job);
    assert_false(job_decode(NULL, &job, &err));
    job_done(&job);
    assert_true(job_decode(bare, &job, NULL));
    assert_null(job.meta.name);
    job_done(&job);
}

static void wrong_types_decode_as_absent(void **state)
{
    autotree cJSON *tree = json("{'metadata':5,'spec':{'schedule':7,'suspend':'x',"
                                "'startingDeadlineSeconds':1.5,'concurrencyPolicy':'Odd',"
                                "'jobTemplate':{'spec':{'template':{'spec':{'containers':[null,"
                                "{'args':'x','env':[3]}]}}}}},'status':{'active':{}}}");
    cleanup_with(cronjob_done) struct cronjob cronjob = {0};
    (void)state;
    assert_true(cronjob_decode(tree, &cronjob, NULL));
    assert_null(cronjob.spec.schedule);
    assert_false(cronjob.spec.suspend);
    assert_false(cronjob.spec.starting_deadline_seconds.set);
    assert_int_equal(cronjob.spec.concurrency_policy, CONCURRENCY_ALLOW);
    const struct pod_spec *pod = &cronjob.spec.job_template.spec.template.spec;
    assert_int_equal(pod->containers.len, 2);
    assert_int_equal(pod->containers.data[1].args.len, 0);
    assert_int_equal(pod->containers.data[1].env.len, 1);
    assert_int_equal(cronjob.status.active.len, 0);
}

static void a_status_survives_the_round_trip(void **state)
{
    static const char *const text =
        "{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\","
        "\"lastTransitionTime\":\"2026-11-20T20:50:00Z\"}],\"startTime\":\"2026-11-20T20:50:00Z\","
        "\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{\"terminated\":{\"exitCode\":0,"
        "\"reason\":\"Completed\",\"startedAt\":\"2026-11-20T20:50:00.000000001Z\"}},"
        "\"ready\":false,\"restartCount\":0,\"image\":\"\",\"imageID\":\"\"}],"
        "\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"waiting\":{\"reason\":"
        "\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"exitCode\":137,\"signal\":9}},"
        "\"ready\":false,\"restartCount\":2,\"image\":\"a:b\",\"imageID\":\"\"},{\"name\":\"d\","
        "\"state\":{\"running\":{}},\"ready\":true,\"started\":true,\"restartCount\":0,"
        "\"image\":\"\",\"imageID\":\"\"}]}";
    autotree cJSON *document = json("{'kind':'Pod','metadata':{'name':'p'}}");
    cleanup_with(pod_done) struct pod pod = {0};
    (void)state;
    tree_set(document, "status", json(text));
    assert_true(pod_decode(document, &pod, NULL));
    assert_int_equal(pod_restarts(&pod), 2);
    assert_int_equal(pod.status.containers.data[0].state.phase, CONTAINER_WAITING);
    assert_int_equal(pod.status.containers.data[0].last_state.exit_code, 137);
    assert_false(pod.status.containers.data[1].last_state.set);
    assert_int_equal(pod.status.containers.data[1].state.started_at, NSEC_NONE);
    autotree cJSON *encoded = pod_status_encode(&pod.status);
    assert_prints(encoded, text);
}

static void job_and_cronjob_statuses_survive_too(void **state)
{
    static const char *const job_text =
        "{\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"lastProbeTime\":"
        "\"2026-11-20T20:50:00Z\",\"lastTransitionTime\":\"2026-11-20T20:50:01Z\",\"reason\":"
        "\"BackoffLimitExceeded\",\"message\":\"m\"}],\"startTime\":\"2026-11-20T20:49:00Z\","
        "\"active\":1,\"ready\":2,\"succeeded\":3,\"failed\":4,\"terminating\":5,"
        "\"completedIndexes\":\"0-2\",\"uncountedTerminatedPods\":{\"failed\":[\"u\"]}}";
    static const char *const cronjob_text =
        "{\"active\":[{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"name\":\"x\"}],"
        "\"lastScheduleTime\":\"2026-11-20T20:50:00Z\",\"lastRun\":{\"name\":\"x\","
        "\"scheduledTime\":\"2026-11-20T20:50:00Z\",\"startTime\":\"2026-11-20T20:50:00."
        "250000000Z\","
        "\"result\":\"Running\",\"attempt\":1},\"recentRuns\":\".x>\"}";
    autotree cJSON *document = json("{}");
    (void)state;
    cleanup_with(job_done) struct job job = {0};
    tree_set(document, "status", json(job_text));
    assert_true(job_decode(document, &job, NULL));
    assert_int_equal(job_finished(&job), JOB_FAILED);
    assert_int_equal(job_finish_time(&job), 1795207801);
    autotree cJSON *job_status = job_status_encode(&job.status);
    assert_prints(job_status, job_text);

    cleanup_with(cronjob_done) struct cronjob cronjob = {0};
    autotree cJSON *other = json("{}");
    tree_set(other, "status", json(cronjob_text));
    assert_true(cronjob_decode(other, &cronjob, NULL));
    autotree cJSON *cronjob_status = cronjob_status_encode(&cronjob.status);
    assert_prints(cronjob_status, cronjob_text);

    /* Of a status made by hand, whose times are 0. */
    autotree cJSON *empty = cronjob_status_encode(&(struct cronjob_status){0});
    assert_prints(empty, "{}");
}

static void runs_and_events_survive_too(void **state)
{
    struct run run = {.id = 7,
                      .ns = "default",
                      .cronjob = "backup",
                      .cronjob_uid = "u",
                      .slot = 1795207800,
                      .job = "backup-29920130",
                      .pod = "backup-29920130-abcde",
                      .fate = FATE_FAILED,
                      .reason = "BackoffLimitExceeded",
                      .start = 1795207800 * NSEC_PER_SEC + 1,
                      .end = 1795207803 * NSEC_PER_SEC,
                      .exit_code = opt_int_of(0),
                      .attempts = 2,
                      .trigger = TRIGGER_CATCH_UP,
                      .count = 1,
                      .last_slot = SEC_NONE};
    autotree cJSON *document = run_encode(&run);
    struct run back;
    (void)state;
    assert_prints(document,
                  "{\"apiVersion\":\"belfry/v1\",\"kind\":\"Run\",\"metadata\":{\"namespace\":"
                  "\"default\",\"name\":\"backup-29920130\",\"uid\":\"u.7\",\"creationTimestamp\":"
                  "\"2026-11-20T20:50:00Z\"},\"spec\":{\"ledgerID\":7,\"cronJobName\":\"backup\","
                  "\"cronJobUID\":\"u\",\"scheduledTime\":\"2026-11-20T20:50:00Z\",\"count\":1,"
                  "\"trigger\":\"catch-up\"},\"status\":{\"fate\":\"Failed\",\"reason\":"
                  "\"BackoffLimitExceeded\",\"jobName\":\"backup-29920130\",\"podName\":"
                  "\"backup-29920130-abcde\",\"startTime\":\"2026-11-20T20:50:00.000000001Z\","
                  "\"completionTime\":\"2026-11-20T20:50:03.000000000Z\",\"exitCode\":0,"
                  "\"attempts\":2}}");
    assert_true(run_decode(document, &back, NULL));
    autotree cJSON *again = run_encode(&back);
    assert_same_tree(again, document);
    assert_int_equal(back.fate, FATE_FAILED);
    assert_int_equal(back.start, run.start);
    assert_int_equal(back.last_slot, SEC_NONE);
    assert_true(back.exit_code.set);

    struct event event = {.meta = {.name = "backup.1", .ns = "default"},
                          .involved = {.kind = "CronJob", .name = "backup"},
                          .type = "Normal",
                          .reason = "SuccessfulCreate",
                          .message = "Created job x",
                          .component = "cronjob-controller",
                          .first_time = 1795207800,
                          .last_time = 1795207800,
                          .count = 2};
    autotree cJSON *told = event_encode(&event);
    assert_prints(told,
                  "{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"name\":"
                  "\"backup.1\",\"namespace\":\"default\"},\"involvedObject\":{\"kind\":"
                  "\"CronJob\",\"name\":\"backup\"},\"reason\":\"SuccessfulCreate\","
                  "\"message\":\"Created job x\",\"source\":{\"component\":"
                  "\"cronjob-controller\"},\"firstTimestamp\":\"2026-11-20T20:50:00Z\","
                  "\"lastTimestamp\":\"2026-11-20T20:50:00Z\",\"count\":2,\"type\":\"Normal\","
                  "\"eventTime\":null,\"reportingComponent\":\"cronjob-controller\","
                  "\"reportingInstance\":\"\"}");
    cleanup_with(event_done) struct event heard = {0};
    assert_true(event_decode(told, &heard, NULL));
    assert_string_equal(heard.component, "cronjob-controller");
}

/* --- selectors on documents, schemas --- */

static void list_filters_look_into_documents(void **state)
{
    static const struct {
        const char *labels, *fields;
        bool match;
    } rows[] = {
        {"", "", true},
        {"a=1", "", true},
        {"a=2", "", false},
        {"!b", "metadata.name=x", true},
        {"", "metadata.name!=x", false},
        {"", "metadata.namespace=", true},
        {"", "status.successful=3", true},
        {"", "status.successful=0", false},
    };
    autotree cJSON *tree =
        json("{'metadata':{'name':'x','labels':{'a':'1'}},'status':{'succeeded':3}}");
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(selector_done) struct selector labels = {0}, fields = {0};
        assert_true(selector_parse_labels(rows[i].labels, &labels, NULL));
        assert_true(selector_parse_fields(rows[i].fields, KIND_JOB, &fields, NULL));
        assert_int_equal(document_matches(tree, &labels, &fields), rows[i].match);
    }
    assert_true(document_matches(tree, NULL, NULL));
}

/* Each reference of a schema leads to a schema. */
static void check_references(const cJSON *node, const cJSON *schemas)
{
    for (const cJSON *child = node->child; child; child = child->next) {
        if (child->string && strcmp(child->string, "$ref") == 0) {
            const char *prefix = "#/components/schemas/";
            assert_true(text_starts(child->valuestring, prefix));
            assert_non_null(tree_member(schemas, child->valuestring + strlen(prefix)));
        }
        check_references(child, schemas);
    }
}

static void the_schemas_are_complete(void **state)
{
    autotree cJSON *schemas = cJSON_CreateObject();
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        fields_openapi((enum kind)kind, schemas);
    }
    size_t count = (size_t)cJSON_GetArraySize(schemas);
    fields_openapi(KIND_JOB, schemas);
    assert_int_equal(cJSON_GetArraySize(schemas), count);
    check_references(schemas, schemas);
    const cJSON *spec = tree_member(schemas, "io.k8s.api.batch.v1.CronJobSpec");
    assert_prints(tree_get(spec, "required"), "[\"schedule\",\"jobTemplate\"]");
    assert_prints(tree_get(spec, "properties.concurrencyPolicy.enum"),
                  "[\"Allow\",\"Forbid\",\"Replace\"]");
    assert_int_equal(tree_int_or(spec, "properties.successfulJobsHistoryLimit.default", 0), 3);
    const cJSON *pod = tree_member(schemas, "io.k8s.api.core.v1.PodSpec");
    assert_string_equal(cJSON_GetStringValue(tree_member(tree_get(pod, "properties.containers"),
                                                         "x-kubernetes-patch-merge-key")),
                        "name");
    const cJSON *job = tree_member(schemas, "io.k8s.api.batch.v1.Job");
    assert_prints(tree_member(job, "x-kubernetes-group-version-kind"),
                  "[{\"group\":\"batch\",\"kind\":\"Job\",\"version\":\"v1\"}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_whole),
        cmocka_unit_test(unknown_and_double_fields_are_found_with_their_paths),
        cmocka_unit_test(wrong_types_are_found_with_their_paths),
        cmocka_unit_test(wrong_content_of_a_cronjob_is_refused),
        cmocka_unit_test(wrong_content_of_a_job_is_refused),
        cmocka_unit_test(what_is_odd_but_allowed_draws_warnings),
        cmocka_unit_test(the_examples_of_the_first_issue_are_good),
        cmocka_unit_test(a_document_of_no_kind_is_refused),
        cmocka_unit_test(a_job_keeps_its_template),
        cmocka_unit_test(defaults_are_those_of_the_api_server),
        cmocka_unit_test(the_pull_policy_follows_the_tag),
        cmocka_unit_test(small_defaults_are_filled_in_as_well),
        cmocka_unit_test(a_new_job_gets_its_labels_and_selector),
        cmocka_unit_test(of_double_members_the_last_stays),
        cmocka_unit_test(a_cronjob_decodes_into_its_view),
        cmocka_unit_test(all_parts_of_a_pod_spec_decode),
        cmocka_unit_test(a_jobs_policies_decode),
        cmocka_unit_test(another_kind_does_not_decode),
        cmocka_unit_test(wrong_types_decode_as_absent),
        cmocka_unit_test(a_status_survives_the_round_trip),
        cmocka_unit_test(job_and_cronjob_statuses_survive_too),
        cmocka_unit_test(runs_and_events_survive_too),
        cmocka_unit_test(list_filters_look_into_documents),
        cmocka_unit_test(the_schemas_are_complete),
    };

    return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
