/* test_yaml.c - YAML as kubectl reads and writes it, with the line of every field. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/codec_help.h"
#include "tests/unit/seed.h"

static void scalars_mean_what_kubectl_takes_them_for(void **state)
{
    static const struct {
        const char *yaml, *json;
    } rows[] = {
        {"a", "\"a\""},
        {"true", "true"},
        {"False", "false"},
        {"yes", "true"},
        {"yEs", "\"yEs\""},
        {"off", "false"},
        {"n", "false"},
        {"~", "null"},
        {"NULL", "null"},
        {"nULL", "\"nULL\""},
        {"'true'", "\"true\""},
        {"\"5\"", "\"5\""},
        {"5", "5"},
        {"+5", "5"},
        {"-5", "-5"},
        {"0x1F", "31"},
        {"0b101", "5"},
        {"0o17", "15"},
        {"017", "15"},
        {"08", "8"},
        {"1_000", "1000"},
        {"1.5", "1.5"},
        {"-.5", "-0.5"},
        {"5.", "5"},
        {"1e3", "1000"},
        {"1e-3", "0.001"},
        {".", "\".\""},
        {"-", "[null]"},
        {"1.2.3", "\"1.2.3\""},
        {"12:30", "\"12:30\""},
        {"12:30:45", "\"12:30:45\""},
        {"2026-11-20", "\"2026-11-20\""},
        {"2026-11-20T20:50:00Z", "\"2026-11-20T20:50:00Z\""},
        {"100m", "\"100m\""},
        {"0x", "\"0x\""},
        {"1e", "\"1e\""},
        {"!!str 5", "\"5\""},
        {"! 5", "\"5\""},
        {"!!int 5", "5"},
        {"!!float 5.5", "5.5"},
        {"|\n  one\n  two", "\"one\\ntwo\\n\""},
        {">-\n  one\n  two", "\"one two\""},
        {"[a, {b: c}]", "[\"a\",{\"b\":\"c\"}]"},
        {"{1: a, yes: b, 1.5: c}", "{\"1\":\"a\",\"true\":\"b\",\"1.5\":\"c\"}"},
        {"\"\\u00e9\\t\"", "\"\u00e9\\t\""},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autofree char *text = xasprintf("x:\n  %s\n", rows[i].yaml);
        autotree cJSON *tree = yaml(text);
        autofree char *want = xasprintf("{\"x\":%s}", rows[i].json);
        assert_prints(tree, want);
    }
}

static void bad_yaml_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *where, *part;
    } rows[] = {
        {"a: b: c", "test:1:5", "mapping values are not allowed"},
        {"a:\n\tb: c", "test:2:1", "cannot start any token"},
        {"a: [1, 2", "test:2:1", "did not find expected"},
        {"a: 1\na: 2", "test:2:1", "\"a\" stands here twice, first on line 1"},
        {"a:\n  b: 1\n  c: 2\n  b: 3", "test:4:3", "\"b\" stands here twice, first on line 2"},
        {"{\"a\": 1,\n \"a\": 2}", "test:2:2", "stands here twice"},
        {"? [1]\n: 2", "test:1:3", "a key must be a plain text"},
        {"~: 2", "test:1:1", "a key must not be null"},
        {"a: .inf", "test:1:4", "JSON does not have"},
        {"a: 9007199254740993", "test:1:4", "too large"},
        {"a: 0xffffffffffffffff", "test:1:4", "too large"},
        {"a: 1e999", "test:1:4", "too large"},
        {"a: *b", "test:1:4", "alias *b"},
        {"a: &b [*b]", "test:1:8", "alias *b"},
        {"a: !custom 1", "test:1:4", "tag"},
        {"a: !!int x", "test:1:4", "tag"},
        {"a: !!set {b}", "test:1:4", "tag"},
        {"a: \"x\\0y\"", "test:1:4", "U+0000"},
        {"<<: 5", "test:1:1", "<< takes a mapping"},
        {"a: \xff", "test, byte 3", "UTF-8"},
        {"a: @b", "test:1:4", "cannot start any token"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct error err = {0};
        autotree cJSON *tree =
            yaml_read_one("test", rows[i].text, strlen(rows[i].text), NULL, &err);
        if (tree) {
            fail_msg("%s is taken", rows[i].text);
        }
        assert_int_equal(err.code, ERROR_BAD_REQUEST);
        if (strcmp(err.where, rows[i].where) != 0 || !strstr(err.what, rows[i].part)) {
            fail_msg("%s: %s: %s", rows[i].text, err.where, err.what);
        }
    }
}

static void aliases_and_merges_are_copies(void **state)
{
    autotree cJSON *tree = yaml("base: &base {a: 1, b: 2}\n"
                                "same: *base\n"
                                "more: {<<: *base, b: 3, c: 4}\n"
                                "list: {<<: [{x: 1}, {x: 2, w: 2}], z: 3}\n"
                                "plain: {\"<<\": 1}\n");
    (void)state;
    assert_prints(tree, "{\"base\":{\"a\":1,\"b\":2},\"same\":{\"a\":1,\"b\":2},"
                        "\"more\":{\"b\":3,\"c\":4,\"a\":1},\"list\":{\"z\":3,\"x\":1,\"w\":2},"
                        "\"plain\":{\"<<\":1}}");
}

static void a_bomb_of_aliases_is_refused(void **state)
{
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    (void)state;
    str_add(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
        str_addf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1,
                 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    }
    assert_null(yaml_read_one("test", str_text(&text), text.len, NULL, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);

    str_clear(&text);
    for (int i = 0; i < 10000; i++) {
        str_add_char(&text, '[');
    }
    assert_null(yaml_read_one("test", str_text(&text), text.len, NULL, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);

    /* Deep by aliases alone. */
    str_clear(&text);
    str_add(&text, "a0: &a0 [[[[[[[[x]]]]]]]]\n");
    for (int i = 1; i < 12; i++) {
        str_addf(&text, "a%d: &a%d [[[[[[[[*a%d]]]]]]]]\n", i, i, i - 1);
    }
    assert_null(yaml_read_one("test", str_text(&text), text.len, NULL, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);
}

static void documents_come_one_by_one_and_empty_ones_not_at_all(void **state)
{
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    const char *text = "# nothing\n---\na: 1\n---\n---\n# still nothing\n---\nb: 2\n...\n";
    (void)state;
    assert_true(yaml_read("test", text, strlen(text), &docs, NULL));
    assert_int_equal(docs.len, 2);
    assert_prints(docs.data[0].tree, "{\"a\":1}");
    assert_prints(docs.data[1].tree, "{\"b\":2}");
    assert_true(yaml_read("test", "", 0, &docs, NULL));
    assert_int_equal(docs.len, 2);
    /* A fault in a later document takes the earlier ones of its file away, no others. */
    assert_false(yaml_read("test", "c: 3\n---\n[", 10, &docs, NULL));
    assert_int_equal(docs.len, 2);
}

static void assert_place(const struct lines *lines, const char *path, int line, int column)
{
    int got_line = 0, got_column = 0;
    bool found = lines_find(lines, path, &got_line, &got_column);
    if (!found || got_line != line || got_column != column) {
        fail_msg("%s: %d:%d, not %d:%d", path, got_line, got_column, line, column);
    }
}

static void every_field_has_its_line(void **state)
{
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    const char *text = "# head\n"
                       "kind: Job\n"
                       "spec:\n"
                       "  list:\n"
                       "  - name: a\n"
                       "    image: b\n"
                       "  - {name: c, image: d}\n"
                       "---\n"
                       "kind: Pod\n";
    (void)state;
    assert_true(yaml_read("test", text, strlen(text), &docs, NULL));
    assert_place(&docs.data[0].lines, "kind", 2, 1);
    assert_place(&docs.data[0].lines, "spec.list", 4, 3);
    assert_place(&docs.data[0].lines, "spec.list[0]", 5, 5);
    assert_place(&docs.data[0].lines, "spec.list[0].image", 6, 5);
    assert_place(&docs.data[0].lines, "spec.list[1].image", 7, 15);
    /* What is not there is missing in what is. */
    assert_place(&docs.data[0].lines, "spec.list[1].env[3].name", 7, 5);
    assert_place(&docs.data[0].lines, "spec.list[7].name", 4, 3);
    assert_place(&docs.data[0].lines, "status.x", 2, 1);
    assert_place(&docs.data[1].lines, "kind", 9, 1);
}

static void json_files_have_lines_too(void **state)
{
    struct lines lines = {0};
    const char *text = "{\n  \"kind\": \"Job\",\n  \"list\": [\n    {\"a\": 1},\n    2\n  ]\n}\n";
    autotree cJSON *tree = yaml_read_one("test", text, strlen(text), &lines, NULL);
    (void)state;
    assert_non_null(tree);
    assert_place(&lines, "kind", 2, 3);
    assert_place(&lines, "list[0].a", 4, 6);
    assert_place(&lines, "list[1]", 5, 5);
    lines_done(&lines);

    /* The JSON reader takes what libyaml does not; a key with a dot is no double of a path. */
    autotree cJSON *odd = yaml("{\"a\": \"\\ud83d\\udd14\"}");
    assert_string_equal(tree_str(odd, "a"), "\U0001F514");
    autotree cJSON *dots = yaml("{\"a.b\": 1, \"a\": {\"b\": 2}}");
    assert_prints(dots, "{\"a.b\":1,\"a\":{\"b\":2}}");
    autotree cJSON *flow = yaml("{a: 1, b: [x]}");
    assert_prints(flow, "{\"a\":1,\"b\":[\"x\"]}");
}

static void faults_get_their_lines(void **state)
{
    struct lines lines = {0};
    struct faults faults = {0};
    const char *text = "spec:\n  schedule: x\n";
    autotree cJSON *tree = yaml_read_one("test", text, strlen(text), &lines, NULL);
    (void)state;
    assert_non_null(tree);
    faults_add(&faults, FAULT_INVALID, "spec.schedule", "bad");
    faults_add(&faults, FAULT_REQUIRED, "spec.jobTemplate", "%s", "");
    lines_mark(&lines, &faults);
    assert_int_equal(faults.list[0].line, 2);
    assert_int_equal(faults.list[1].line, 1);
    faults_done(&faults);
    lines_done(&lines);
}

static void a_list_comes_apart_into_its_items(void **state)
{
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    const char *typed = "apiVersion: batch/v1\n"
                        "kind: CronJobList\n"
                        "items:\n"
                        "- metadata: {name: a}\n"
                        "- kind: CronJob\n"
                        "  metadata: {name: b}\n"
                        "---\n"
                        "kind: Job\n"
                        "---\n"
                        "kind: List\n"
                        "items: []\n";
    (void)state;
    fixture("list.yaml", &docs);
    assert_true(yaml_read("test", typed, strlen(typed), &docs, NULL));
    yaml_split_lists(&docs);
    assert_int_equal(docs.len, 5);
    assert_string_equal(tree_str(docs.data[0].tree, "metadata.name"), "hello");
    assert_string_equal(tree_str(docs.data[1].tree, "metadata.name"), "bye");
    assert_place(&docs.data[1].lines, "spec.schedule", 34, 5);
    assert_place(&docs.data[1].lines, "spec.jobTemplate.spec.backoffLimit", 37, 7);
    assert_prints(
        docs.data[2].tree,
        "{\"metadata\":{\"name\":\"a\"},\"kind\":\"CronJob\",\"apiVersion\":\"batch/v1\"}");
    assert_place(&docs.data[2].lines, "metadata.name", 4, 14);
    assert_string_equal(tree_str(docs.data[3].tree, "metadata.name"), "b");
    assert_string_equal(tree_str(docs.data[4].tree, "kind"), "Job");
}

static void documents_are_written_as_kubectl_writes_them(void **state)
{
    autotree cJSON *tree =
        json("{\"kind\":\"CronJob\",\"spec\":{\"schedule\":\"*/1 * * * *\",\"suspend\":false,"
             "\"args\":[\"-c\",\"echo a: b\\nexit 3\\n\",\"5\",\"true\",\"\",\"yes\",\"a "
             "b\",\"12:30\",\"2026-01-02\",\"1.2.3\"],"
             "\"env\":[{\"value\":\"1\",\"name\":\"X\"}],\"empty\":{},\"none\":[],\"nil\":null,"
             "\"time\":\"2026-11-20T20:50:00Z\",\"rate\":0.5},\"apiVersion\":\"batch/v1\"}");
    cleanup_with(str_done) struct str text = {0};
    (void)state;
    yaml_write(&text, tree);
    assert_string_equal(str_text(&text), "apiVersion: batch/v1\n"
                                         "kind: CronJob\n"
                                         "spec:\n"
                                         "  args:\n"
                                         "  - -c\n"
                                         "  - |\n"
                                         "    echo a: b\n"
                                         "    exit 3\n"
                                         "  - \"5\"\n"
                                         "  - \"true\"\n"
                                         "  - \"\"\n"
                                         "  - \"yes\"\n"
                                         "  - a b\n"
                                         "  - \"12:30\"\n"
                                         "  - \"2026-01-02\"\n"
                                         "  - 1.2.3\n"
                                         "  empty: {}\n"
                                         "  env:\n"
                                         "  - name: X\n"
                                         "    value: \"1\"\n"
                                         "  nil: null\n"
                                         "  none: []\n"
                                         "  rate: 0.5\n"
                                         "  schedule: '*/1 * * * *'\n"
                                         "  suspend: false\n"
                                         "  time: \"2026-11-20T20:50:00Z\"\n");
}

static void any_tree_survives_its_own_yaml(void **state)
{
    struct id_source source = seed_begin();
    (void)state;
    for (int i = 0; i < 3000; i++) {
        autotree cJSON *tree = random_tree(&source, 4);
        if (cJSON_IsNull(tree)) {
            continue; /* an empty document */
        }
        cleanup_with(str_done) struct str text = {0};
        yaml_write(&text, tree);
        struct error err = {0};
        autotree cJSON *back = yaml_read_one("test", str_text(&text), text.len, NULL, &err);
        if (!back) {
            fail_msg("%s: %s %s", str_text(&text), err.where, err.what);
        }
        if (!tree_equal(back, tree)) {
            print_message("%s\n", str_text(&text));
        }
        assert_same_tree(back, tree);
    }
}

static void ill_formed_texts_are_mended_when_written(void **state)
{
    autotree cJSON *tree = cJSON_CreateString("a\xff"
                                              "b");
    cleanup_with(str_done) struct str text = {0};
    (void)state;
    yaml_write(&text, tree);
    assert_string_equal(str_text(&text), "a\xef\xbf\xbd"
                                         "b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_mean_what_kubectl_takes_them_for),
        cmocka_unit_test(bad_yaml_is_refused_with_its_place),
        cmocka_unit_test(aliases_and_merges_are_copies),
        cmocka_unit_test(a_bomb_of_aliases_is_refused),
        cmocka_unit_test(documents_come_one_by_one_and_empty_ones_not_at_all),
        cmocka_unit_test(every_field_has_its_line),
        cmocka_unit_test(json_files_have_lines_too),
        cmocka_unit_test(faults_get_their_lines),
        cmocka_unit_test(a_list_comes_apart_into_its_items),
        cmocka_unit_test(documents_are_written_as_kubectl_writes_them),
        cmocka_unit_test(any_tree_survives_its_own_yaml),
        cmocka_unit_test(ill_formed_texts_are_mended_when_written),
    };

    return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
