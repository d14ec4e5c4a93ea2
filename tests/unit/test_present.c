/* test_present.c - what the screen says of objects, the create form's values, and the keys. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/stamp.h"
#include "core/codec/yaml.h"
#include "tui/screen/describe.h"
#include "tui/screen/draft.h"
#include "tui/screen/helpview.h"
#include "tui/screen/keymap.h"
#include "tui/screen/moment.h"
#include "tui/screen/present.h"

#define NOW "2026-11-20T20:04:37Z"

static sec_t at(const char *text)
{
    sec_t when = 0;

    assert_true(stamp_parse_sec(text, &when));
    return when;
}

static cJSON *doc_of(const char *yaml)
{
    struct error err = {0};
    cJSON *doc = yaml_read_one("test", yaml, strlen(yaml), NULL, &err);

    if (!doc) {
        fail_msg("%s: %s", err.where, err.what);
    }
    return doc;
}

/* ---- rows ---- */

#define HEAD "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x, namespace: default"
#define AFTER(spec, status) HEAD "}\nspec: {" spec "}\nstatus: {" status "}\n"
#define LAST(more) "lastRun: {name: x-1, podName: x-1-a, attempt: 1, " more "}"

static const struct {
    const char *yaml, *state, *last, *next;
} rows[] = {
    {AFTER("schedule: '0 2 * * *'", ""), "new", "-", "in 5h55"},
    {AFTER("schedule: '0 2 * * *'",
           LAST("result: Succeeded, startTime: '2026-11-20T01:00:00Z', completionTime: "
                "'2026-11-20T01:04:12Z'")),
     "ok", "19h  4m12s", "in 5h55"},
    {AFTER("schedule: '*/5 * * * *'", LAST("result: Running, startTime: '2026-11-20T20:04:25Z'")),
     "running", "0:12", "in 23s"},
    {AFTER("schedule: '0 6 1 * *'",
           LAST("result: Failed, reason: BackoffLimitExceeded, startTime: "
                "'2026-10-31T06:00:00Z', completionTime: '2026-10-31T06:00:30Z'")),
     "failing", "20d  BackoffLimitExceeded", "in 10d"},
    {AFTER("schedule: '* * * * *', suspend: true", LAST("result: Failed")), "suspended", "-", "-"},
    {AFTER("schedule: '* * * * *', suspend: true",
           LAST("result: Running, startTime: '2026-11-20T19:04:25Z'")),
     "running", "1:00:12", "-"},
    {AFTER("schedule: '0 0 31 2 *'", ""), "never", "-", "-"},
    {AFTER("schedule: '61 * * * *'", ""), "invalid", "-", "-"},
    {AFTER("schedule: '0 2 * * *', timeZone: Nowhere/Land", ""), "invalid", "-", "-"},
    {AFTER("schedule: '0 22 * * *', timeZone: Europe/Berlin", ""), "new", "-", "in 55m"},
    {AFTER("schedule: '* * * * *'", LAST("result: MissedDeadline")), "missed", "-", "in 23s"},
    {AFTER("schedule: '* * * * *'", LAST("result: Blocked, scheduledTime: '2026-11-20T18:04:00Z'")),
     "blocked", "2h00", "in 23s"},
    {AFTER("schedule: '* * * * *'", LAST("result: Waiting")), "waiting", "-", "in 23s"},
    {AFTER("schedule: '@every 90s'", "lastScheduleTime: '2026-11-20T20:04:00Z'"), "new", "-",
     "in 53s"},
    {AFTER("schedule: '@every 90s'", "lastScheduleTime: '2026-11-20T10:00:00Z'"), "new", "-",
     "in 1s"},
    {AFTER("schedule: '* * * * *'", "active: [{name: x-0}], " LAST("result: Succeeded")), "running",
     "-", "in 23s"},
    {HEAD ", annotations: {belfry/draft: 'true'}}\nspec: {schedule: '* * * * *', suspend: true}\n",
     "draft", "-", "-"},
};

static void a_cronjob_becomes_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *doc = doc_of(rows[i].yaml);
        cleanup_with(str_done) struct str last = {0}, next = {0};
        struct cronrow row;
        cronrow_init(&row, doc, tz_utc());
        present_last(&row, at(NOW), true, &last);
        present_next(&row, at(NOW), true, &next);
        assert_string_equal(present_shows[row.show].word, rows[i].state);
        assert_string_equal(str_text(&last), rows[i].last);
        assert_string_equal(str_text(&next), rows[i].next);
        cronrow_done(&row);
    }
}

static void the_next_start_moves_on_when_it_has_come(void **state)
{
    autotree cJSON *doc = doc_of(AFTER("schedule: '*/5 * * * *'", ""));
    struct cronrow row;

    (void)state;
    cronrow_init(&row, doc, tz_utc());
    assert_int_equal(cronrow_next(&row, at("2026-11-20T20:04:59Z")), at("2026-11-20T20:05:00Z"));
    assert_int_equal(cronrow_next(&row, at("2026-11-20T20:05:00Z")), at("2026-11-20T20:10:00Z"));
    /* The clock was set back. */
    assert_int_equal(cronrow_next(&row, at("2026-11-20T19:00:00Z")), at("2026-11-20T19:05:00Z"));
    cronrow_done(&row);
}

static void every_state_has_a_word_a_glyph_and_a_role(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHOW_COUNT; i++) {
        assert_non_null(present_shows[i].word);
        assert_true(strlen(present_shows[i].word) <= 9); /* the column's width less the glyph */
    }
    for (size_t i = 0; i < FATE_COUNT; i++) {
        assert_non_null(present_fates[i].word);
        assert_true(strlen(present_fates[i].word) <= 9);
    }
}

static void recent_runs_end_with_the_newest(void **state)
{
    struct spark_bar bars[4];

    (void)state;
    assert_int_equal(present_recent(".x.f>", bars, 4), 4);
    assert_string_equal(bars[0].ascii, "x");
    assert_int_equal(bars[0].role, ROLE_RUN_FAILED);
    assert_string_equal(bars[1].ascii, ".");
    assert_string_equal(bars[3].ascii, ">");
    assert_int_equal(bars[3].role, ROLE_RUN_RUNNING);
    assert_int_equal(present_recent("", bars, 4), 0);
    assert_int_equal(present_recent("?", bars, 4), 1); /* a letter of a later version */
}

static void a_run_becomes_a_row(void **state)
{
    static const struct {
        const char *yaml, *when, *took, *info;
    } runs[] = {
        {"apiVersion: belfry/v1\nkind: Run\nspec: {scheduledTime: '2026-11-20T19:00:00Z', trigger: "
         "schedule}\nstatus: {fate: Succeeded, jobName: j, podName: p, startTime: "
         "'2026-11-20T19:00:00.100Z', completionTime: '2026-11-20T19:00:09.200Z', exitCode: 0, "
         "attempts: 1}\n",
         "20:00", "9.1s", ""},
        {"apiVersion: belfry/v1\nkind: Run\nspec: {scheduledTime: '2026-11-18T19:00:00Z', trigger: "
         "catch-up}\nstatus: {fate: Failed, reason: BackoffLimitExceeded, startTime: "
         "'2026-11-18T19:00:00Z', completionTime: '2026-11-18T19:05:00Z', exitCode: 3, attempts: "
         "3}\n",
         "Wed 20:00", "5m00s", "made up for, exit 3, 3 attempts, BackoffLimitExceeded"},
        {"apiVersion: belfry/v1\nkind: Run\nspec: {trigger: manual}\nstatus: {fate: Running, "
         "startTime: '2026-11-20T20:04:00Z'}\n",
         "21:04", "0:37", "by hand"},
        {"apiVersion: belfry/v1\nkind: Run\nspec: {scheduledTime: '2025-11-20T19:00:00Z', count: "
         "112, trigger: schedule}\nstatus: {fate: SchedulerDown}\n",
         "20 Nov 2025 20:00", "", "112 due times"},
    };
    struct error err;
    const struct tz *zone = tz_find("Europe/Berlin", &err);

    (void)state;
    for (size_t i = 0; i < countof(runs); i++) {
        autotree cJSON *doc = doc_of(runs[i].yaml);
        struct runrow row;
        assert_true(runrow_init(&row, doc, at(NOW) * NSEC_PER_SEC, zone));
        assert_string_equal(str_text(&row.when), runs[i].when);
        assert_string_equal(str_text(&row.took), runs[i].took);
        assert_string_equal(str_text(&row.info), runs[i].info);
        runrow_done(&row);
    }
}

/* ---- moments ---- */

static void durations_are_short_and_never_lie(void **state)
{
    static const struct {
        sec_t seconds;
        const char *shortly, *took, *elapsed;
    } spans[] = {
        {0, "0s", "0ms", "0:00"},
        {9, "9s", "9.0s", "0:09"},
        {59, "59s", "59s", "0:59"},
        {60, "1m00", "1m00s", "1:00"},
        {252, "4m12", "4m12s", "4:12"},
        {600, "10m", "10m00s", "10:00"},
        {3599, "59m", "59m59s", "59:59"},
        {3600, "1h00", "1h00m", "1:00:00"},
        {35999, "9h59", "9h59m", "9:59:59"},
        {68400, "19h", "19h00m", "19:00:00"},
        {172799, "47h", "1d23h", "47:59:59"},
        {172800, "2d", "2d00h", "48:00:00"},
        {-5, "0s", "0ms", "0:00"},
    };

    (void)state;
    for (size_t i = 0; i < countof(spans); i++) {
        cleanup_with(str_done) struct str a = {0}, b = {0}, c = {0};
        moment_short(spans[i].seconds, &a);
        moment_took(spans[i].seconds * NSEC_PER_SEC, &b);
        moment_elapsed(spans[i].seconds * NSEC_PER_SEC, &c);
        assert_string_equal(str_text(&a), spans[i].shortly);
        assert_string_equal(str_text(&b), spans[i].took);
        assert_string_equal(str_text(&c), spans[i].elapsed);
    }
    cleanup_with(str_done) struct str text = {0};
    moment_took(9999 * NSEC_PER_MSEC, &text);
    assert_string_equal(str_text(&text), "9.9s");
}

static void moments_say_as_much_as_is_needed(void **state)
{
    struct error err;
    const struct tz *zone = tz_find("America/New_York", &err);
    static const struct {
        const char *when, *want;
    } moments[] = {
        {"2026-11-20T20:04:00Z", "15:04"},
        {"2026-11-20T04:59:00Z", "Thu 23:59"},
        {"2026-11-21T05:00:30Z", "Sat 00:00:30"},
        {"2026-12-24T17:00:00Z", "24 Dec 12:00"},
        {"2027-01-01T05:00:00Z", "1 Jan 2027 00:00"},
    };

    (void)state;
    for (size_t i = 0; i < countof(moments); i++) {
        cleanup_with(str_done) struct str text = {0};
        moment_text(at(moments[i].when), at(NOW), zone, &text);
        assert_string_equal(str_text(&text), moments[i].want);
    }
    cleanup_with(str_done) struct str text = {0};
    moment_date(at("2026-11-22T07:00:00Z"), zone, &text);
    str_add_char(&text, '|');
    moment_clock(at(NOW) * NSEC_PER_SEC + 114999999, zone, true, &text);
    str_add_char(&text, '|');
    moment_offset(-12600, &text);
    assert_string_equal(str_text(&text), "Sun 22 Nov 2026  02:00 -05:00|15:04:37.114|-03:30");
}

/* ---- the create form ---- */

static void a_draft_becomes_a_document(void **state)
{
    struct draft draft;
    cleanup_with(str_done) struct str yaml = {0};
    char *faults[DRAFT_FIELD_COUNT];

    (void)state;
    draft_init(&draft);
    assert_true(draft_is_initial(&draft));
    draft_set(&draft, DRAFT_NAME, "night.backup");
    draft_set(&draft, DRAFT_DESCRIPTION, "to the attic");
    draft_set(&draft, DRAFT_COMMAND, "/bin/backup --all 'the disk'");
    draft_set(&draft, DRAFT_SCHEDULE, "0 2 * * *");
    draft_set(&draft, DRAFT_ZONE, "Europe/Berlin");
    draft_set(&draft, DRAFT_DURATION, "1h30m");
    draft_set(&draft, DRAFT_RESTARTS, "2");
    draft_set(&draft, DRAFT_LATE, "600");
    assert_false(draft_is_initial(&draft));
    assert_true(draft_check(&draft, faults));
    autotree cJSON *doc = draft_document(&draft, "default");
    yaml_write(&yaml, doc);
    assert_string_equal(str_text(&yaml), "apiVersion: batch/v1\n"
                                         "kind: CronJob\n"
                                         "metadata:\n"
                                         "  annotations:\n"
                                         "    kubernetes.io/description: to the attic\n"
                                         "  name: night.backup\n"
                                         "  namespace: default\n"
                                         "spec:\n"
                                         "  concurrencyPolicy: Forbid\n"
                                         "  failedJobsHistoryLimit: 1\n"
                                         "  jobTemplate:\n"
                                         "    spec:\n"
                                         "      activeDeadlineSeconds: 5400\n"
                                         "      backoffLimit: 2\n"
                                         "      template:\n"
                                         "        spec:\n"
                                         "          containers:\n"
                                         "          - command:\n"
                                         "            - /bin/backup\n"
                                         "            - --all\n"
                                         "            - the disk\n"
                                         "            name: night-backup\n"
                                         "          restartPolicy: Never\n"
                                         "          runtimeClassName: host\n"
                                         "  schedule: 0 2 * * *\n"
                                         "  startingDeadlineSeconds: 600\n"
                                         "  successfulJobsHistoryLimit: 3\n"
                                         "  timeZone: Europe/Berlin\n");
    draft_done(&draft);
}

static void an_image_needs_no_command_and_a_draft_waits(void **state)
{
    struct draft draft;
    char *faults[DRAFT_FIELD_COUNT];

    (void)state;
    draft_init(&draft);
    draft_set(&draft, DRAFT_NAME, "x");
    draft_set(&draft, DRAFT_SOURCE, "image");
    draft_set(&draft, DRAFT_IMAGE, "alpine:3.20");
    draft_set(&draft, DRAFT_SCHEDULE, "*/5 * * * *");
    draft_set(&draft, DRAFT_START, DRAFT_START_LATER);
    assert_true(draft_check(&draft, faults));
    autotree cJSON *doc = draft_document(&draft, "default");
    const char *pod = "spec.jobTemplate.spec.template.spec";
    assert_string_equal(tree_str(tree_get(doc, pod), "containers[0].image"), "alpine:3.20");
    assert_null(tree_get(tree_get(doc, pod), "containers[0].command"));
    assert_null(tree_get(tree_get(doc, pod), "runtimeClassName"));
    assert_true(tree_bool(doc, "spec.suspend", false));
    assert_string_equal(tree_annotation(doc, "belfry/draft"), "true");
    /* The automatic deadline can never block: at most 100 times the gap of 5 minutes. */
    int64_t late = tree_int_or(doc, "spec.startingDeadlineSeconds", 0);
    assert_true(late > 0 && late <= INT64_C(100) * 300);
    draft_done(&draft);
}

static void a_draft_tells_all_its_faults_at_once(void **state)
{
    struct draft draft;
    char *faults[DRAFT_FIELD_COUNT];
    static const struct {
        enum draft_field field;
        const char *value;
    } wrong[] = {
        {DRAFT_NAME, "Not A Name"},
        {DRAFT_SCHEDULE, "60 * * * *"},
        {DRAFT_ZONE, "Mars/Olympus"},
        {DRAFT_COMMAND, "echo 'open"},
        {DRAFT_LATE, "5"},
        {DRAFT_RESTARTS, "-1"},
        {DRAFT_DURATION, "soon"},
        {DRAFT_SUCCEEDED, "x"},
        {DRAFT_FAILED, "1.5"},
    };

    (void)state;
    draft_init(&draft);
    for (size_t i = 0; i < countof(wrong); i++) {
        draft_set(&draft, wrong[i].field, wrong[i].value);
    }
    assert_false(draft_check(&draft, faults));
    for (size_t i = 0; i < countof(wrong); i++) {
        assert_non_null(faults[wrong[i].field]);
    }
    assert_null(faults[DRAFT_DESCRIPTION]);
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        free(faults[i]);
    }
    draft_done(&draft);
    draft_init(&draft);
    assert_false(draft_check(&draft, faults));
    assert_non_null(faults[DRAFT_NAME]);
    assert_non_null(faults[DRAFT_SCHEDULE]);
    assert_non_null(faults[DRAFT_COMMAND]);
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        free(faults[i]);
    }
    draft_done(&draft);
}

static void a_command_line_is_parted_as_a_shell_would(void **state)
{
    static const struct {
        const char *line, *want;
    } lines[] = {
        {"/bin/true", "[\"/bin/true\"]"},
        {"  a  b\tc ", "[\"a\",\"b\",\"c\"]"},
        {"a 'b c' \"d e\"", "[\"a\",\"b c\",\"d e\"]"},
        {"a '' \"\"", "[\"a\",\"\",\"\"]"},
        {"a\\ b 'it'\\''s' \"q\\\"q\"", "[\"a b\",\"it's\",\"q\\\"q\"]"},
        {"a 'x|y'", "[\"a\",\"x|y\"]"},
        {"a | b", "[\"/bin/sh\",\"-c\",\"a | b\"]"},
        {"a > /tmp/x", "[\"/bin/sh\",\"-c\",\"a > /tmp/x\"]"},
        {"echo \"$HOME\"", "[\"/bin/sh\",\"-c\",\"echo \\\"$HOME\\\"\"]"},
        {"echo '$HOME'", "[\"echo\",\"$HOME\"]"},
        {"A=b cmd", "[\"/bin/sh\",\"-c\",\"A=b cmd\"]"},
        {"rm *.log", "[\"/bin/sh\",\"-c\",\"rm *.log\"]"},
        {"", "[]"},
    };

    (void)state;
    for (size_t i = 0; i < countof(lines); i++) {
        autotree cJSON *argv = draft_argv(lines[i].line);
        cleanup_with(str_done) struct str text = {0};
        tree_print(&text, argv, false);
        assert_string_equal(str_text(&text), lines[i].want);
    }
    assert_null(draft_argv("a 'b"));
    assert_null(draft_argv("a \"b"));
}

static void a_servers_fault_finds_its_field(void **state)
{
    (void)state;
    assert_int_equal(draft_field_of("metadata.name"), DRAFT_NAME);
    assert_int_equal(draft_field_of("spec.schedule"), DRAFT_SCHEDULE);
    assert_int_equal(draft_field_of("spec.jobTemplate.spec.template.spec.containers[0].image"),
                     DRAFT_IMAGE);
    assert_int_equal(draft_field_of("spec.jobTemplate.spec.template.spec.containers[0].command[1]"),
                     DRAFT_COMMAND);
    assert_int_equal(draft_field_of("spec.jobTemplate.spec.parallelism"), DRAFT_FIELD_COUNT);
}

static void a_preview_shows_meaning_warnings_and_starts(void **state)
{
    struct error err;
    const struct tz *berlin = tz_find("Europe/Berlin", &err);
    cleanup_with(str_done) struct str text = {0};

    (void)state;
    assert_true(draft_preview("0 2 * * *", "Europe/Berlin", tz_utc(), at(NOW), 2, &text));
    assert_string_equal(str_text(&text), "at 02:00\n"
                                         "beware: no run on Sun 28 Mar 2027, when clocks change\n"
                                         "next  Sat 21 Nov 2026  02:00 +01:00\n"
                                         "      Sun 22 Nov 2026  02:00 +01:00");
    str_clear(&text);
    assert_true(draft_preview("0 12 13 * fri", "", berlin, at(NOW), 1, &text));
    assert_non_null(strstr(str_text(&text), "\nbeware: it runs when either day matches"));
    assert_non_null(strstr(str_text(&text), "next  Fri 27 Nov 2026  12:00 +01:00"));
    str_clear(&text);
    assert_true(draft_preview("0 0 30 2 *", "", berlin, at(NOW), 5, &text));
    assert_non_null(strstr(str_text(&text), "it never runs"));
    assert_null(strstr(str_text(&text), "next"));
    str_clear(&text);
    assert_false(draft_preview("60 * * * *", "", berlin, at(NOW), 5, &text));
    assert_non_null(strstr(str_text(&text), "60"));
}

/* ---- keys ---- */

static void the_default_keys_are_those_people_know(void **state)
{
    static const struct {
        const char *key;
        unsigned scopes;
        enum command command;
    } keys[] = {
        {"j", SCOPE_MOVE, CMD_DOWN},
        {"ctrl-f", SCOPE_MOVE, CMD_PAGE_DOWN},
        {"c", SCOPE_CRONJOBS, CMD_CREATE},
        {"f", SCOPE_CRONJOBS, CMD_FORCE_RUN},
        {"t", SCOPE_CRONJOBS, CMD_FORCE_RUN},
        {"t", SCOPE_LOG, CMD_STAMPS},
        {"s", SCOPE_CRONJOBS, CMD_SUSPEND},
        {"s", SCOPE_LOG, CMD_FOLLOW},
        {"ctrl-d", SCOPE_CRONJOBS, CMD_DELETE},
        {"/", SCOPE_CRONJOBS, CMD_FILTER},
        {"/", SCOPE_LOG, CMD_SEARCH},
        {"?", SCOPE_ANY, CMD_HELP},
        {"q", SCOPE_ANY, CMD_QUIT},
        {"esc", SCOPE_ANY, CMD_BACK},
        {"l", SCOPE_CRONJOBS, CMD_LOG},
        {"enter", SCOPE_CRONJOBS, CMD_OPEN},
        {"tab", SCOPE_CRONJOBS, CMD_NEXT_PANE},
        {"c", SCOPE_LOG, CMD_NONE},
    };
    struct keymap map;

    (void)state;
    keymap_init(&map);
    for (size_t i = 0; i < countof(keys); i++) {
        struct key key;
        assert_true(input_parse(keys[i].key, &key));
        assert_int_equal(keymap_find(&map, keys[i].scopes, &key), keys[i].command);
    }
    char text[INPUT_NAME_SIZE];
    assert_string_equal(keymap_short(&map, CMD_DELETE, text), "^d");
    assert_string_equal(keymap_short(&map, CMD_FORCE_RUN, text), "f");
    keymap_done(&map);
}

static void keys_can_be_bound_anew_but_not_twice(void **state)
{
    struct keymap map;
    struct error err = {0};
    struct key key;
    cleanup_with(str_done) struct str help = {0};

    (void)state;
    keymap_init(&map);
    assert_true(keymap_bind(&map, "delete", "x ctrl-x", &err));
    assert_true(input_parse("ctrl-d", &key));
    assert_int_equal(keymap_find(&map, SCOPE_CRONJOBS, &key), CMD_NONE);
    assert_true(input_parse("x", &key));
    assert_int_equal(keymap_find(&map, SCOPE_CRONJOBS, &key), CMD_DELETE);
    assert_false(keymap_bind(&map, "create", "j", &err)); /* moving has it */
    assert_true(keymap_bind(&map, "create", "y ", &err) == false);
    assert_false(keymap_bind(&map, "nonsense", "z", &err));
    assert_false(keymap_bind(&map, "create", "hyper-z", &err));
    assert_true(input_parse("c", &key));
    assert_int_equal(keymap_find(&map, SCOPE_CRONJOBS, &key), CMD_CREATE);
    /* The help is made from the live map. */
    helpview_text(&map, SCOPE_ANY | SCOPE_CRONJOBS, &help);
    assert_non_null(strstr(str_text(&help), "  x, ctrl-x            delete it and its runs"));
    assert_null(strstr(str_text(&help), "ctrl-d"));
    keymap_done(&map);
}

/* ---- description ---- */

static void a_description_names_what_can_block(void **state)
{
    autotree cJSON *doc = doc_of(
        "apiVersion: batch/v1\nkind: CronJob\n"
        "metadata: {name: nightly-backup, annotations: {kubernetes.io/description: the attic}}\n"
        "spec: {schedule: '*/1 * * * *', startingDeadlineSeconds: 7200, jobTemplate: {spec: "
        "{backoffLimit: 2, template: {spec: {containers: [{image: 'b:v1', args: [/bin/sh, -c, "
        "'echo a b']}]}}}}}\n");
    cleanup_with(str_done) struct str text = {0};

    (void)state;
    describe_cronjob(doc, tz_utc(), at(NOW), &text);
    assert_non_null(strstr(str_text(&text), "  Description          the attic\n"));
    assert_non_null(strstr(str_text(&text), "can block after an outage of 1h40m"));
    assert_non_null(strstr(str_text(&text), "  Command              /bin/sh -c \"echo a b\"\n"));
    assert_non_null(strstr(str_text(&text), "  Next                 Fri 20 Nov 2026  20:05"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cronjob_becomes_words),
        cmocka_unit_test(the_next_start_moves_on_when_it_has_come),
        cmocka_unit_test(every_state_has_a_word_a_glyph_and_a_role),
        cmocka_unit_test(recent_runs_end_with_the_newest),
        cmocka_unit_test(a_run_becomes_a_row),
        cmocka_unit_test(durations_are_short_and_never_lie),
        cmocka_unit_test(moments_say_as_much_as_is_needed),
        cmocka_unit_test(a_draft_becomes_a_document),
        cmocka_unit_test(an_image_needs_no_command_and_a_draft_waits),
        cmocka_unit_test(a_draft_tells_all_its_faults_at_once),
        cmocka_unit_test(a_command_line_is_parted_as_a_shell_would),
        cmocka_unit_test(a_servers_fault_finds_its_field),
        cmocka_unit_test(a_preview_shows_meaning_warnings_and_starts),
        cmocka_unit_test(the_default_keys_are_those_people_know),
        cmocka_unit_test(keys_can_be_bound_anew_but_not_twice),
        cmocka_unit_test(a_description_names_what_can_block),
    };

    return cmocka_run_group_tests_name("present", tests, NULL, NULL);
}
