/* test_tree.c - JSON read strictly, printed exactly, reached by path. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/codec_help.h"
#include "tests/unit/seed.h"

static void good_json_is_read_and_printed_the_same(void **state)
{
    static const char *const rows[] = {
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "0",
        "-1",
        "9007199254740992",
        "-9007199254740992",
        "0.1",
        "1.5e-07",
        "1e+300",
        "[1,[2,[3]]]",
        "{\"b\":1,\"a\":{\"c\":[null,false]}}",
        "\"quote \\\" back \\\\ newline \\n tab \\t\"",
        "\"\u00e9 \U0001F514\"",
        "{\"a\":1,\"a\":2}",
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *tree = tree_parse(rows[i], strlen(rows[i]), NULL);
        assert_non_null(tree);
        assert_prints(tree, rows[i]);
    }
}

static void other_spellings_become_the_plain_one(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {" [ 1 , 2 ] \n", "[1,2]"},
        {"1.0", "1"},
        {"1e3", "1000"},
        {"-0", "0"},
        {"\"\\u0041\\/\"", "\"A/\""},
        {"\"\\ud83d\\udd14\"", "\"\U0001F514\""},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *tree = tree_parse(rows[i].in, strlen(rows[i].in), NULL);
        assert_non_null(tree);
        assert_prints(tree, rows[i].out);
    }
}

static void bad_json_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *where, *part;
    } rows[] = {
        {"", "line 1:1", "ends where"},
        {"  \n ", "line 2:2", "ends where"},
        {"{} x", "line 1:4", "more text"},
        {"{\"a\":1}{}", "line 1:8", "more text"},
        {"[1,]", "line 1:4", "expected a JSON value"},
        {"{\"a\":1,}", "line 1:8", "key in quotes"},
        {"{a:1}", "line 1:2", "key in quotes"},
        {"{\"a\" 1}", "line 1:6", "':'"},
        {"[1 2]", "line 1:4", "','"},
        {"{\n  \"a\": tru\n}", "line 2:8", "expected a JSON value"},
        {"01", "line 1:1", "not a JSON number"},
        {"+1", "line 1:1", "expected a JSON value"},
        {"1.", "line 1:1", "not a JSON number"},
        {"1e", "line 1:1", "not a JSON number"},
        {"-", "line 1:1", "not a JSON number"},
        {".5", "line 1:1", "expected a JSON value"},
        {"NaN", "line 1:1", "expected a JSON value"},
        {"9007199254740993", "line 1:1", "too large"},
        {"-9007199254740993", "line 1:1", "too large"},
        {"1e999", "line 1:1", "too large"},
        {"\"a\x01\"", "line 1:3", "control character"},
        {"\"a\nb\"", "line 1:3", "control character"},
        {"\"a", "line 1:1", "no end"},
        {"\"\\u0000\"", "line 1:8", "U+0000"},
        {"\"\\x\"", "line 1:3", "escape"},
        {"\"\\u12g4\"", "line 1:6", "hex"},
        {"\"\\ud83d\"", "line 1:8", "surrogate"},
        {"\"\\udd14\"", "line 1:8", "surrogate"},
        {"\"\xff\"", "line 1:1", "UTF-8"},
        {"\"\xc0\x80\"", "line 1:1", "UTF-8"},
        {"\"\xed\xa0\x80\"", "line 1:1", "UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct error err = {0};
        assert_null(tree_parse(rows[i].text, strlen(rows[i].text), &err));
        assert_int_equal(err.code, ERROR_BAD_REQUEST);
        assert_string_equal(err.where, rows[i].where);
        if (!strstr(err.what, rows[i].part)) {
            fail_msg("%s: %s", rows[i].text, err.what);
        }
    }
}

static void a_nul_byte_in_the_text_is_no_end(void **state)
{
    (void)state;
    assert_null(tree_parse("{}\0", 3, NULL));
    assert_null(tree_parse("\"a\0b\"", 5, NULL));
}

static void the_limits_are_refused_before_memory_is_taken(void **state)
{
    struct error err = {0};
    char deep[2 * TREE_DEPTH_MOST + 4];
    (void)state;
    memset(deep, '[', TREE_DEPTH_MOST);
    memset(deep + TREE_DEPTH_MOST, ']', TREE_DEPTH_MOST);
    autotree cJSON *tree = tree_parse(deep, 2 * TREE_DEPTH_MOST, NULL);
    assert_non_null(tree);
    memset(deep, '[', sizeof deep);
    assert_null(tree_parse(deep, sizeof deep, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);

    size_t len = 2 * TREE_NODES_MOST + 3;
    autofree char *many = xmalloc(len);
    for (size_t i = 0; i < len; i++) {
        many[i] = i % 2 ? '1' : ',';
    }
    many[0] = '[';
    many[len - 1] = ']';
    err = (struct error){0};
    assert_null(tree_parse(many, len, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);
}

static void any_tree_survives_its_own_text(void **state)
{
    struct id_source source = seed_begin();
    (void)state;
    for (int i = 0; i < 2000; i++) {
        autotree cJSON *tree = random_tree(&source, 4);
        cleanup_with(str_done) struct str text = {0}, again = {0};
        tree_print(&text, tree, i % 2);
        struct error err = {0};
        autotree cJSON *back = tree_parse(str_text(&text), text.len, &err);
        if (!back) {
            fail_msg("%s: %s", str_text(&text), err.what);
        }
        assert_same_tree(back, tree);
        tree_print(&again, back, i % 2);
        assert_string_equal(str_text(&again), str_text(&text));
    }
}

static void pretty_text_is_indented_by_four(void **state)
{
    autotree cJSON *tree = json("{'a':[1,{'b':[]}],'c':{}}");
    cleanup_with(str_done) struct str text = {0};
    (void)state;
    tree_print(&text, tree, true);
    assert_string_equal(str_text(&text), "{\n"
                                         "    \"a\": [\n"
                                         "        1,\n"
                                         "        {\n"
                                         "            \"b\": []\n"
                                         "        }\n"
                                         "    ],\n"
                                         "    \"c\": {}\n"
                                         "}");
}

static void paths_lead_to_what_stands_there(void **state)
{
    autotree cJSON *tree = json(
        "{'spec':{'list':[{'x':1},[5,'z']],'n':null,'X':2},'a.b':7,'t':'2026-11-20T20:50:00Z'}");
    int64_t number = 99;
    (void)state;
    assert_ptr_equal(tree_get(tree, ""), tree);
    assert_int_equal(tree_int_or(tree, "spec.list[0].x", -1), 1);
    assert_int_equal(tree_int_or(tree, "spec.list[1][0]", -1), 5);
    assert_string_equal(tree_str(tree, "spec.list[1][1]"), "z");
    assert_null(tree_get(tree, "spec.list[2]"));
    assert_null(tree_get(tree, "spec.list[0].x.y"));
    assert_null(tree_get(tree, "spec[0]"));
    assert_null(tree_get(tree, "Spec"));
    assert_int_equal(tree_int_or(tree, "spec.x", -1), -1);
    assert_null(tree_get(tree, "a.b"));
    assert_int_equal(tree_member(tree, "a.b")->valueint, 7);
    assert_non_null(tree_get(tree, "spec.n"));
    assert_null(tree_str(tree, "spec.n"));
    assert_string_equal(tree_str_or(tree, "spec.n", "other"), "other");
    assert_null(tree_str(tree, "spec.X"));
    assert_false(tree_int(tree, "spec.n", &number));
    assert_int_equal(number, 99);
    assert_true(tree_bool(tree, "spec.n", true));
    assert_int_equal(tree_time(tree, "t"), 1795207800);
    assert_int_equal(tree_time(tree, "spec"), SEC_NONE);
    assert_null(tree_get(NULL, "a"));
    assert_null(tree_str(NULL, "a"));
}

static void integers_are_exact_or_refused(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } rows[] = {
        {"{'n':0}", true, 0},
        {"{'n':4294967296}", true, 4294967296},
        {"{'n':9007199254740992}", true, INT64_C(9007199254740992)},
        {"{'n':-9007199254740992}", true, INT64_C(-9007199254740992)},
        {"{'n':2.0}", true, 2},
        {"{'n':2.5}", false, 0},
        {"{'n':1e30}", false, 0},
        {"{'n':'2'}", false, 0},
        {"{'n':true}", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *tree = json(rows[i].text);
        int64_t value = 0;
        assert_int_equal(tree_int(tree, "n", &value), rows[i].ok);
        assert_int_equal(value, rows[i].value);
    }
}

static void putting_makes_the_way_and_dropping_leaves_it(void **state)
{
    autotree cJSON *tree = json("{'list':[1,2],'s':'x','n':null}");
    (void)state;
    assert_true(tree_put_int(tree, "a.b.c", 5));
    assert_true(tree_put_str(tree, "n.m", "y"));
    assert_true(tree_put_bool(tree, "list[1]", true));
    assert_true(tree_put_time(tree, "a.t", 0));
    assert_prints(tree, "{\"list\":[1,true],\"s\":\"x\",\"n\":{\"m\":\"y\"},"
                        "\"a\":{\"b\":{\"c\":5},\"t\":\"1970-01-01T00:00:00Z\"}}");
    assert_false(tree_put_int(tree, "s.b", 5));
    assert_false(tree_put_int(tree, "list[7]", 5));
    assert_false(tree_put_int(tree, "", 5));
    assert_true(tree_put_str(tree, "a.b.c", NULL));
    assert_true(tree_drop(tree, "list[0]"));
    assert_false(tree_drop(tree, "list[5]"));
    assert_false(tree_drop(tree, "nobody.here"));
    assert_true(tree_put_time(tree, "a.t", SEC_NONE));
    assert_prints(tree, "{\"list\":[true],\"s\":\"x\",\"n\":{\"m\":\"y\"},\"a\":{\"b\":{}}}");
}

static void labels_and_annotations_have_keys_with_dots(void **state)
{
    autotree cJSON *tree = json("{'kind':'Job'}");
    (void)state;
    assert_null(tree_label(tree, "a.b/c"));
    tree_put_label(tree, "a.b/c", "1");
    tree_put_annotation(tree, "kubernetes.io/description", "text");
    tree_put_annotation(tree, "kubernetes.io/description", "new text");
    assert_string_equal(tree_label(tree, "a.b/c"), "1");
    assert_string_equal(tree_annotation(tree, "kubernetes.io/description"), "new text");
    tree_put_label(tree, "a.b/c", NULL);
    tree_put_label(tree, "not there", NULL);
    assert_prints(tree, "{\"kind\":\"Job\",\"metadata\":{\"labels\":{},\"annotations\":"
                        "{\"kubernetes.io/description\":\"new text\"}}}");
}

static void equality_looks_at_values_only(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"{'a':1,'b':2}", "{'b':2,'a':1}", true},
        {"{'a':1}", "{'a':1,'b':2}", false},
        {"{'a':1,'c':2}", "{'a':1,'b':2}", false},
        {"[1,2]", "[2,1]", false},
        {"[1,2]", "[1,2,3]", false},
        {"1", "1.0", true},
        {"1", "'1'", false},
        {"null", "false", false},
        {"true", "true", true},
        {"{'a':{'b':['x']}}", "{'a':{'b':['x']}}", true},
        {"{'a':{'b':['x']}}", "{'a':{'b':['y']}}", false},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        autotree cJSON *a = json(rows[i].a), *b = json(rows[i].b);
        assert_int_equal(tree_equal(a, b), rows[i].equal);
        assert_int_equal(tree_equal(b, a), rows[i].equal);
    }
    assert_true(tree_equal(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_json_is_read_and_printed_the_same),
        cmocka_unit_test(other_spellings_become_the_plain_one),
        cmocka_unit_test(bad_json_is_refused_with_its_place),
        cmocka_unit_test(a_nul_byte_in_the_text_is_no_end),
        cmocka_unit_test(the_limits_are_refused_before_memory_is_taken),
        cmocka_unit_test(any_tree_survives_its_own_text),
        cmocka_unit_test(pretty_text_is_indented_by_four),
        cmocka_unit_test(paths_lead_to_what_stands_there),
        cmocka_unit_test(integers_are_exact_or_refused),
        cmocka_unit_test(putting_makes_the_way_and_dropping_leaves_it),
        cmocka_unit_test(labels_and_annotations_have_keys_with_dots),
        cmocka_unit_test(equality_looks_at_values_only),
    };

    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
