/* test_cli.c - the command line's parts: options, tables, the merge of an apply. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/cli/merge.h"
#include "core/cli/opt.h"
#include "core/cli/table.h"
#include "core/cli/verb.h"

/* What the options of a line were read as, in one text. */
static const char *opt_read(const char *line, char *buffer, size_t size)
{
    static char words_text[256];
    char *argv[16] = {NULL}, *words = words_text, **rest = NULL;
    bool follow = false, previous = false;
    const char *ns = "-";
    long long tail = -1, since = 0;
    const struct opt options[] = {
        {"follow", 'f', OPT_FLAG, &follow, NULL, "", 0, 0},
        {"previous", 'p', OPT_FLAG, &previous, NULL, "", 0, 0},
        {"namespace", 'n', OPT_TEXT, &ns, "NS", "", 0, 0},
        {"tail", 0, OPT_INT, &tail, "N", "", -1, 1000},
        {"since", 0, OPT_DURATION, &since, "D", "", 0, 0},
        {.name = NULL},
    };
    struct error err = {0};
    size_t count = 0, argc = 0;
    text_copy(words_text, sizeof words_text, line);
    while (words != NULL) {
        argv[argc++] = strsep(&words, " ");
    }
    if (!opt_parse("logs", options, argv, &count, &rest, &err)) {
        snprintf(buffer, size, "error: %s; %s", err.what, err.hint);
        return buffer;
    }
    int used = snprintf(buffer, size, "f=%d p=%d n=%s tail=%lld since=%llds words=", follow,
                        previous, ns, tail, since / 1000000000);
    for (size_t i = 0; i < count; i++) {
        used += snprintf(buffer + used, size - (size_t)used, "%s%s", i > 0 ? "," : "", argv[i]);
    }
    for (size_t i = 0; rest != NULL && rest[i] != NULL; i++) {
        used += snprintf(buffer + used, size - (size_t)used, "|%s", rest[i]);
    }
    return buffer;
}

static void options_are_read_in_every_form(void **state)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"logs pod", "f=0 p=0 n=- tail=-1 since=0s words=pod"},
        {"logs -f pod", "f=1 p=0 n=- tail=-1 since=0s words=pod"},
        {"logs pod -fp", "f=1 p=1 n=- tail=-1 since=0s words=pod"},
        {"logs --follow=false a b", "f=0 p=0 n=- tail=-1 since=0s words=a,b"},
        {"logs -n x pod", "f=0 p=0 n=x tail=-1 since=0s words=pod"},
        {"logs -nx pod", "f=0 p=0 n=x tail=-1 since=0s words=pod"},
        {"logs -fn=x pod", "f=1 p=0 n=x tail=-1 since=0s words=pod"},
        {"logs --namespace=x --tail 5 pod", "f=0 p=0 n=x tail=5 since=0s words=pod"},
        {"logs --since 1m30s pod", "f=0 p=0 n=- tail=-1 since=90s words=pod"},
        {"logs --since 90 pod", "f=0 p=0 n=- tail=-1 since=90s words=pod"},
        {"logs - -- -f x", "f=0 p=0 n=- tail=-1 since=0s words=-|-f|x"},
        {"logs", "f=0 p=0 n=- tail=-1 since=0s words="},
        {"logs --bad", "error: unknown option \"--bad\"; see: belfry logs --help"},
        {"logs -fx", "error: unknown option \"-fx\"; see: belfry logs --help"},
        {"logs -n", "error: --namespace needs a value: NS; see: belfry logs --help"},
        {"logs --tail x", "error: --tail: \"x\" is not a whole number; give one from -1 to 1000"},
        {"logs --tail 1001",
         "error: --tail: \"1001\" is not a whole number; give one from -1 to 1000"},
        {"logs --since -5m",
         "error: --since: \"-5m\" is not a duration; write it like 90s, 5m or 1h30m"},
        {"logs --since soon",
         "error: --since: \"soon\" is not a duration; write it like 90s, 5m or 1h30m"},
        {"logs --follow=maybe",
         "error: --follow is true or false, not \"maybe\"; see: belfry logs --help"},
    };
    char buffer[512];
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        assert_string_equal(opt_read(rows[i].line, buffer, sizeof buffer), rows[i].want);
    }
}

static void every_verb_has_a_name_a_summary_and_a_function(void **state)
{
    (void)state;
    for (size_t i = 0; i < verb_count; i++) {
        assert_true(verbs[i].name[0] != '\0' && verbs[i].summary[0] != '\0');
        assert_ptr_equal(verb_find(verbs[i].name), &verbs[i]);
        assert_non_null(verbs[i].run);
        assert_int_not_equal(verbs[i].summary[strlen(verbs[i].summary) - 1], '.');
    }
    assert_null(verb_find("frobnicate"));
}

static cJSON *tree(const char *text)
{
    struct error err;
    cJSON *node = tree_parse(text, strlen(text), &err);
    assert_non_null(node);
    return node;
}

static void an_apply_sets_what_is_wanted_and_drops_what_left_the_file(void **state)
{
    static const struct {
        const char *last, *wanted, *live, *patch;
    } rows[] = {
        {"{}", "{\"a\":1}", "{\"a\":1,\"b\":2}", "{}"},
        {"{}", "{\"a\":2}", "{\"a\":1}", "{\"a\":2}"},
        {"{\"a\":1,\"b\":1}", "{\"a\":1}", "{\"a\":1,\"b\":1}", "{\"b\":null}"},
        {"{\"b\":1}", "{\"a\":1}", "{\"a\":1}", "{}"},
        {"{\"s\":{\"x\":1,\"y\":2}}", "{\"s\":{\"x\":1}}", "{\"s\":{\"x\":1,\"y\":2,\"z\":3}}",
         "{\"s\":{\"y\":null}}"},
        {"{}", "{\"s\":{\"x\":1}}", "{}", "{\"s\":{\"x\":1}}"},
        {"{}", "{\"l\":[1,2]}", "{\"l\":[1]}", "{\"l\":[1,2]}"},
        {"{}", "{\"l\":[1]}", "{\"l\":[1]}", "{}"},
        {"{\"s\":{\"x\":1}}", "{}", "{\"s\":{\"x\":1}}", "{\"s\":null}"},
        /* What the server filled in is no difference, within lists neither. */
        {"{\"l\":[{\"n\":1}]}", "{\"l\":[{\"n\":1}]}", "{\"l\":[{\"n\":1,\"d\":0}]}", "{}"},
        {NULL, "{\"l\":[{\"n\":1}]}", "{\"l\":[{\"n\":1,\"d\":0}]}", "{}"},
        {"{\"l\":[{\"n\":1,\"e\":2}]}", "{\"l\":[{\"n\":1}]}", "{\"l\":[{\"n\":1,\"e\":2}]}",
         "{\"l\":[{\"n\":1}]}"},
        {NULL, "{\"l\":[1]}", "{\"l\":[1,2]}", "{\"l\":[1]}"},
        {NULL, "{\"l\":[1,2]}", "{\"l\":[1]}", "{\"l\":[1,2]}"},
        {NULL, "{\"a\":null}", "{\"b\":1}", "{}"},
        {NULL, "{\"a\":null}", "{\"a\":1}", "{\"a\":null}"},
        {NULL, "{\"a\":{\"b\":1}}", "{\"a\":1}", "{\"a\":{\"b\":1}}"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *last = rows[i].last != NULL ? tree(rows[i].last) : NULL;
        autotree cJSON *wanted = tree(rows[i].wanted);
        autotree cJSON *live = tree(rows[i].live), *want = tree(rows[i].patch);
        autotree cJSON *patch = cJSON_CreateObject();
        cleanup_with(str_done) struct str text = {0};
        merge_make(patch, last, wanted, live);
        tree_print(&text, patch, false);
        assert_string_equal(str_text(&text), rows[i].patch);
        assert_true(tree_equal(patch, want));
    }
}

static void a_table_keeps_its_columns_over_the_rows_of_a_watch(void **state)
{
    autotree cJSON *first =
        tree("{\"columnDefinitions\":[{\"name\":\"Name\",\"priority\":0},{\"name\":\"Active\"},"
             "{\"name\":\"Images\",\"priority\":1},{\"name\":\"Age\"}],"
             "\"rows\":[{\"cells\":[\"nightly\",0,\"img\",\"5m\"]},{\"cells\":[\"b\",12,\"i\","
             "\"1d\"]}]}");
    autotree cJSON *second = tree("{\"rows\":[{\"cells\":[\"c\",1,\"i\",\"0s\"]}]}");
    struct table table = {0}, wide = {.wide = true, .headed = true, .prefix = "cronjob.batch/"};
    struct table described = {.underlined = true};
    cleanup_with(str_done) struct str text = {0}, more = {0};
    (void)state;
    table_print(&table, first, &text);
    assert_string_equal(str_text(&text), "NAME      ACTIVE   AGE\n"
                                         "nightly   0        5m\n"
                                         "b         12       1d\n");
    str_clear(&text);
    table_print(&table, second, &text);
    assert_string_equal(str_text(&text), "c         1        0s\n");
    table_print(&wide, first, &more);
    /* Without a header its words take no room. */
    assert_string_equal(str_text(&more), "cronjob.batch/nightly   0    img   5m\n"
                                         "cronjob.batch/b         12   i     1d\n");
    str_clear(&text);
    table_print(&described, first, &text);
    assert_string_equal(str_text(&text), "Name     Active  Age\n"
                                         "----     ------  ---\n"
                                         "nightly  0       5m\n"
                                         "b        12      1d\n");
    table_done(&described);
    table_done(&table);
    table_done(&wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_read_in_every_form),
        cmocka_unit_test(every_verb_has_a_name_a_summary_and_a_function),
        cmocka_unit_test(an_apply_sets_what_is_wanted_and_drops_what_left_the_file),
        cmocka_unit_test(a_table_keeps_its_columns_over_the_rows_of_a_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
