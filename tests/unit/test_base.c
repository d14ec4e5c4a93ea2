/* test_base.c - errors, faults, strings, UTF-8, arrays, maps, heaps and ids. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/base/faults.h"
#include "core/base/heap.h"
#include "core/base/id.h"
#include "core/base/map.h"
#include "core/base/str.h"
#include "core/base/utf8.h"
#include "core/base/vec.h"
#include "tests/unit/seed.h"

/* ---- error ---- */

static void each_code_has_its_kubernetes_face(void **state)
{
    static const struct {
        enum error_code code;
        const char *name, *reason;
        int http_status, exit_code;
    } rows[] = {
        {ERROR_NONE, "None", "", 200, 0},
        {ERROR_USAGE, "Usage", "BadRequest", 400, 2},
        {ERROR_BAD_REQUEST, "BadRequest", "BadRequest", 400, 2},
        {ERROR_INVALID, "Invalid", "Invalid", 422, 2},
        {ERROR_UNAUTHORIZED, "Unauthorized", "Unauthorized", 401, 1},
        {ERROR_FORBIDDEN, "Forbidden", "Forbidden", 403, 1},
        {ERROR_NOT_FOUND, "NotFound", "NotFound", 404, 1},
        {ERROR_EXISTS, "AlreadyExists", "AlreadyExists", 409, 1},
        {ERROR_CONFLICT, "Conflict", "Conflict", 409, 1},
        {ERROR_EXPIRED, "Expired", "Expired", 410, 1},
        {ERROR_TOO_LARGE, "TooLarge", "RequestEntityTooLarge", 413, 1},
        {ERROR_TIMEOUT, "Timeout", "Timeout", 504, 1},
        {ERROR_UNAVAILABLE, "Unavailable", "ServiceUnavailable", 503, 1},
        {ERROR_IO, "IO", "InternalError", 500, 1},
        {ERROR_INTERNAL, "Internal", "InternalError", 500, 1},
    };

    (void)state;
    assert_int_equal(countof(rows), ERROR_CODE_COUNT);
    for (size_t i = 0; i < countof(rows); i++) {
        assert_int_equal(rows[i].code, i);
        assert_string_equal(error_code_name(rows[i].code), rows[i].name);
        assert_string_equal(error_reason(rows[i].code), rows[i].reason);
        assert_int_equal(error_http_status(rows[i].code), rows[i].http_status);
        assert_int_equal(error_exit_code(rows[i].code), rows[i].exit_code);
    }
}

static void each_code_comes_back_from_its_reply(void **state)
{
    (void)state;
    for (enum error_code code = ERROR_NONE; code < ERROR_CODE_COUNT; code++) {
        /* These two do not travel as themselves. */
        enum error_code want = code == ERROR_USAGE ? ERROR_BAD_REQUEST
                               : code == ERROR_IO  ? ERROR_INTERNAL
                                                   : code;

        assert_int_equal(error_code_from(error_reason(code), error_http_status(code)), want);
        if (code != ERROR_EXISTS) { /* 409 without a reason is a conflict */
            assert_int_equal(error_code_from("", error_http_status(code)), want);
            assert_int_equal(error_code_from(NULL, error_http_status(code)), want);
        }
    }
}

static void a_reply_of_a_cluster_finds_the_nearest_code(void **state)
{
    static const struct {
        const char *reason;
        int http_status;
        enum error_code want;
    } rows[] = {
        {"AlreadyExists", 409, ERROR_EXISTS}, /* the reason goes before the status */
        {"Conflict", 500, ERROR_CONFLICT},
        {"Gone", 410, ERROR_EXPIRED},
        {"ServerTimeout", 500, ERROR_TIMEOUT},
        {"TooManyRequests", 429, ERROR_UNAVAILABLE},
        {"", 429, ERROR_UNAVAILABLE},
        {"", 502, ERROR_UNAVAILABLE},
        {"", 408, ERROR_TIMEOUT},
        {"MethodNotAllowed", 405, ERROR_BAD_REQUEST},
        {"UnsupportedMediaType", 415, ERROR_BAD_REQUEST},
        {"SomethingNew", 404, ERROR_NOT_FOUND},
        {"SomethingNew", 599, ERROR_INTERNAL},
        {NULL, 0, ERROR_INTERNAL},
        {NULL, 201, ERROR_NONE},
        {NULL, 304, ERROR_NONE},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        assert_int_equal(error_code_from(rows[i].reason, rows[i].http_status), rows[i].want);
    }
}

static void an_error_is_set_placed_and_wrapped(void **state)
{
    struct error err = {0};
    char line[200];

    (void)state;
    assert_false(error_set(&err, ERROR_INVALID, "60 is above %d", 59));
    assert_false(error_at(&err, "%s:%d", "a.yaml", 4));
    assert_false(error_hint(&err, "use 0-59"));
    assert_false(error_wrap(&err, "reading \"%s\"", "minute"));
    error_text(&err, line, sizeof line);
    assert_string_equal(line, "a.yaml:4: reading \"minute\": 60 is above 59; use 0-59");
    assert_int_equal(err.code, ERROR_INVALID);

    assert_false(error_sys(&err, ERROR_IO, 2, "cannot open \"x\""));
    error_text(&err, line, sizeof line);
    assert_string_equal(line, "cannot open \"x\": No such file or directory");
    assert_int_equal(err.sys, 2);
    error_text(&err, line, 10);
    assert_string_equal(line, "cannot op");
}

static void an_error_may_be_made_from_itself(void **state)
{
    struct error err = {0};

    (void)state;
    error_set(&err, ERROR_IO, "disk full");
    error_at(&err, "a.yaml");
    error_set(&err, ERROR_INVALID, "%s: %s", err.where, err.what);
    assert_string_equal(err.what, "a.yaml: disk full");
    assert_string_equal(err.where, "");
    error_wrap(&err, "%s", err.what);
    assert_string_equal(err.what, "a.yaml: disk full: a.yaml: disk full");
}

static void an_error_is_one_line_of_whole_characters(void **state)
{
    char text[600];
    struct error err;

    (void)state;
    error_set(&err, ERROR_IO, "a\nb\tc\x7f");
    assert_string_equal(err.what, "a b c ");
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 4 < sizeof text; i += 4) {
            memcpy(text + i, "\xF0\x9F\x98\x80", 5);
        }
        error_set(&err, ERROR_IO, "%s", text);
        assert_true(utf8_valid(err.what, strlen(err.what)));
        assert_in_range(strlen(err.what), sizeof err.what - 4, sizeof err.what - 1);
        assert_memory_equal(err.what, text, strlen(err.what));
        error_at(&err, "%s", text);
        assert_true(utf8_valid(err.where, strlen(err.where)));
        assert_in_range(strlen(err.where), sizeof err.where - 4, sizeof err.where - 1);
    }
}

static void a_long_context_leaves_the_cause(void **state)
{
    char text[600];
    struct error err;

    (void)state;
    memset(text, 'p', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_sys(&err, ERROR_IO, 13, "cannot open \"%s\"", text);
    assert_true(text_ends(err.what, "ppp: Permission denied"));
    error_wrap(&err, "applying \"%s\"", text);
    assert_true(text_starts(err.what, "applying \"ppp"));
    error_set(&err, ERROR_IO, "disk full");
    error_wrap(&err, "%s", text);
    assert_true(text_ends(err.what, "ppp: disk full"));
    assert_int_equal(strlen(err.what), sizeof err.what - 1);
}

static void nobody_need_ask_for_an_error(void **state)
{
    (void)state;
    assert_false(error_set(NULL, ERROR_IO, "x"));
    assert_false(error_sys(NULL, ERROR_IO, 1, "x"));
    assert_false(error_at(NULL, "x"));
    assert_false(error_hint(NULL, "x"));
    assert_false(error_wrap(NULL, "x"));
}

/* ---- faults ---- */

static void a_fault_begins_as_kubernetes_begins_it(void **state)
{
    static const struct {
        enum fault_kind kind;
        const char *text, *want, *reason;
    } rows[] = {
        {FAULT_REQUIRED, "", "Required value", "FieldValueRequired"},
        {FAULT_REQUIRED, "an image", "Required value: an image", "FieldValueRequired"},
        {FAULT_INVALID, "\"x\"", "Invalid value: \"x\"", "FieldValueInvalid"},
        {FAULT_UNSUPPORTED, "\"x\"", "Unsupported value: \"x\"", "FieldValueNotSupported"},
        {FAULT_FORBIDDEN, "not here", "Forbidden: not here", "FieldValueForbidden"},
        {FAULT_DUPLICATE, "\"x\"", "Duplicate value: \"x\"", "FieldValueDuplicate"},
        {FAULT_TOO_LONG, "at most 52", "Too long: at most 52", "FieldValueTooLong"},
        {FAULT_UNKNOWN, "unknown field \"x\"", "unknown field \"x\"", "FieldValueInvalid"},
    };
    cleanup_with(faults_done) struct faults faults = {0};

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        faults_add(&faults, rows[i].kind, "spec.x", "%s", rows[i].text);
        assert_int_equal(faults.count, i + 1);
        assert_string_equal(faults.list[i].message, rows[i].want);
        assert_string_equal(faults.list[i].path, "spec.x");
        assert_int_equal(faults.list[i].line, 0);
        assert_string_equal(fault_reason(faults.list[i].kind), rows[i].reason);
    }
}

static void faults_fold_into_one_error(void **state)
{
    cleanup_with(faults_done) struct faults faults = {0};
    char text[3000];
    struct error err = {0};

    (void)state;
    assert_true(faults_error(&faults, ERROR_INVALID, &err));
    assert_int_equal(err.code, ERROR_NONE);
    faults_add_at(&faults, FAULT_INVALID, 7, "spec.schedule", "\"%s\": 60 is above 59",
                  "60 * * * *");
    assert_false(faults_error(&faults, ERROR_INVALID, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_string_equal(err.what, "spec.schedule: Invalid value: \"60 * * * *\": 60 is above 59");
    assert_string_equal(err.where, "line 7");

    faults_add(&faults, FAULT_REQUIRED, "spec.jobTemplate", "%s", "");
    faults_add(&faults, FAULT_UNKNOWN, "", "unknown field \"spec.foo\"");
    assert_false(faults_error(&faults, ERROR_BAD_REQUEST, &err));
    assert_string_equal(
        err.what, "spec.schedule: Invalid value: \"60 * * * *\": 60 is above 59 (and 2 more)");

    faults_done(&faults);
    memset(text, 'v', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 150; i++) {
        faults_add(&faults, FAULT_INVALID, "", "%s", text);
    }
    assert_int_equal(faults.count, 100);
    assert_int_equal(strlen(faults.list[0].message), 1024);
    assert_false(faults_error(&faults, ERROR_INVALID, &err));
    assert_true(text_starts(err.what, "Invalid value: vvv"));
    assert_true(text_ends(err.what, "vvv (and 99 more)"));
}

/* ---- str ---- */

static void a_string_grows_and_gives_its_bytes_away(void **state)
{
    struct str s = {0};
    char *taken;

    (void)state;
    assert_string_equal(str_text(&s), "");
    str_clear(&s);
    str_cut(&s, 0);
    str_drop_front(&s, 3);
    taken = str_take(&s);
    assert_string_equal(taken, "");
    free(taken);

    for (int i = 0; i < 1000; i++) {
        str_add_char(&s, (char)('a' + i % 26));
        assert_int_equal(s.data[s.len], '\0');
    }
    assert_int_equal(s.len, 1000);
    str_cut(&s, 3);
    str_addf(&s, "-%d-%s", 42, "x");
    assert_string_equal(str_text(&s), "abc-42-x");
    str_add(&s, "");
    str_add_bytes(&s, "\0z", 2);
    assert_int_equal(s.len, 10);
    assert_memory_equal(s.data, "abc-42-x\0z", 11);
    str_drop_front(&s, 4);
    assert_memory_equal(s.data, "42-x\0z", 7);
    str_drop_front(&s, 100);
    assert_int_equal(s.len, 0);
    str_add(&s, "again");
    taken = str_take(&s);
    assert_string_equal(taken, "again");
    assert_null(s.data);
    free(taken);
    str_done(&s);
    str_done(NULL);
}

static void a_reserve_takes_exactly_what_was_asked(void **state)
{
    (void)state;
    /* Each size fills its memory to the last byte: a sanitizer sees one too few. */
    for (size_t size = 0; size < 200; size++) {
        cleanup_with(str_done) struct str s = {0};

        str_reserve(&s, size);
        assert_true(s.capacity > size);
        assert_string_equal(str_text(&s), "");
        for (size_t i = 0; i < size; i++) {
            s.data[s.len++] = 'x';
        }
        s.data[s.len] = '\0';
        str_add_char(&s, 'y');
        assert_int_equal(strlen(s.data), size + 1);
    }
}

static void json_strings_are_escaped(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\""},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"a\x80z", "\"a\xEF\xBF\xBDz\""},                             /* a lone continuation byte */
        {"\xE2\x82", "\"\xEF\xBF\xBD\""},                             /* cut short: one mark */
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""}, /* a surrogate */
        {"\xC3\"", "\"\xEF\xBF\xBD\\\"\""}, /* the quote behind it is still escaped */
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(str_done) struct str s = {0};

        str_add_json(&s, rows[i].text);
        assert_string_equal(str_text(&s), rows[i].want);
    }
}

static void texts_are_compared_and_copied(void **state)
{
    char buffer[5];

    (void)state;
    assert_true(text_starts("belfry", "bel"));
    assert_true(text_starts("belfry", ""));
    assert_false(text_starts("bel", "belfry"));
    assert_true(text_ends("a.yaml", ".yaml"));
    assert_false(text_ends("yaml", "a.yaml"));
    assert_true(text_same(NULL, NULL));
    assert_false(text_same(NULL, ""));
    assert_false(text_same("", NULL));
    assert_true(text_same("a", "a"));
    assert_false(text_same("a", "b"));

    assert_true(text_copy(buffer, sizeof buffer, "abcd"));
    assert_string_equal(buffer, "abcd");
    assert_false(text_copy(buffer, sizeof buffer, "abcde"));
    assert_string_equal(buffer, "abcd");
    assert_false(text_copy(buffer, sizeof buffer, "abc\xC3\xA9"));
    assert_string_equal(buffer, "abc");
    assert_false(text_copy(buffer, 1, "a"));
    assert_string_equal(buffer, "");
}

static void whole_numbers_are_read_strictly(void **state)
{
    static const struct {
        const char *text;
        bool good;
        long long want;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"-100", true, -100},
        {"100", true, 100},
        {"101", false, 0},
        {"-101", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+-1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x10", false, 0},
        {"9223372036854775808", false, 0},
        {"99999999999999999999", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        long long value = 12345;

        assert_int_equal(text_int(rows[i].text, -100, 100, &value), rows[i].good);
        assert_int_equal(value, rows[i].good ? rows[i].want : 12345);
    }
    long long value;

    assert_true(text_int("9223372036854775807", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MAX);
    assert_true(text_int("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MIN);
}

/* ---- utf8 ---- */

static void each_code_point_survives_the_round_trip(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x110010; point++) {
        bool good = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
        char buffer[4];
        size_t size = utf8_encode(point, buffer), got;

        if (utf8_decode(buffer, size, &got) != (good ? point : UTF8_REPLACEMENT) || got != size ||
            !utf8_valid(buffer, size)) {
            fail_msg("U+%04X", point);
        }
    }
}

static void ill_formed_input_is_replaced_part_by_part(void **state)
{
    static const struct {
        const char *text;
        size_t parts[8]; /* the sizes decoded, one after the other */
    } rows[] = {
        /* The example of the Unicode standard, table 3-8 and those after it. */
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82", {1, 1, 1, 1, 1, 1, 1, 1}},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF", {1, 1, 1, 1, 1, 1, 1, 1}},
        {"\xF4\x91\x92\x93\xFF", {1, 1, 1, 1, 1}},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF", {2, 1, 3, 2}},
        {"\xF5\x80\x80\x80", {1, 1, 1, 1}},
        {"\xF0\x9F\x98", {3}},
        {"\xC2", {1}},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        size_t len = strlen(rows[i].text), at = 0;

        assert_false(utf8_valid(rows[i].text, len));
        for (size_t part = 0; at < len; part++) {
            size_t size;

            assert_int_equal(utf8_decode(rows[i].text + at, len - at, &size), UTF8_REPLACEMENT);
            assert_int_equal(size, rows[i].parts[part]);
            at += size;
        }
        assert_int_equal(at, len);
    }
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("a\0b", 3));
    assert_true(utf8_valid("\xEF\xBF\xBD", 3)); /* the replacement itself is fine */
}

static void random_bytes_decode_to_their_end(void **state)
{
    struct id_source source = seed_begin();

    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint64_t word = id_random(&source);
        char text[8];
        bool good = true;

        memcpy(text, &word, sizeof text);
        for (size_t at = 0, size; at < sizeof text; at += size) {
            uint32_t point = utf8_decode(text + at, sizeof text - at, &size);
            char again[4];

            assert_in_range(size, 1, 4);
            assert_true(at + size <= sizeof text);
            if (utf8_encode(point, again) != size || memcmp(again, text + at, size) != 0) {
                assert_int_equal(point, UTF8_REPLACEMENT);
                good = false;
            }
        }
        assert_int_equal(utf8_valid(text, sizeof text), good);
    }
}

static void a_cut_splits_no_code_point(void **state)
{
    /* One, two, three and four bytes. */
    static const char text[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};

    (void)state;
    for (size_t limit = 0; limit < countof(want); limit++) {
        assert_int_equal(utf8_cut(text, 10, limit), want[limit]);
    }
    /* What is no UTF-8 is cut where it is asked. */
    assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80", 5, 3), 3);
    assert_int_equal(utf8_cut("\xE2zz", 3, 1), 1);
}

/* ---- vec ---- */

static void an_array_keeps_its_order(void **state)
{
    struct pair {
        int a, b;
    };
    vec(struct pair) pairs = {0};

    (void)state;
    for (int i = 0; i < 100; i++) {
        vec_push(&pairs, (struct pair){i, -i});
    }
    vec_remove(&pairs, 0);
    vec_remove(&pairs, pairs.len - 1);
    vec_remove(&pairs, 49); /* held 50 */
    assert_int_equal(pairs.len, 97);
    for (size_t i = 0; i < pairs.len; i++) {
        int want = (int)i + 1 + (i >= 49);

        assert_int_equal(pairs.data[i].a, want);
        assert_int_equal(pairs.data[i].b, -want);
    }
    vec_reserve(&pairs, 1000);
    assert_true(pairs.capacity >= 1097);
    vec_done(&pairs);
    assert_null(pairs.data);
}

/* ---- map ---- */

enum { MAP_KEYS = 300 };

/* What the map should hold: key i is "key-i", NULL where it is absent. */
struct plain {
    int *values[MAP_KEYS];
    size_t count;
};

static void map_compare(const struct map *map, const struct plain *plain)
{
    bool seen[MAP_KEYS] = {0};
    size_t walked = 0;
    const char *key;
    void *value;

    for (size_t at = 0; map_each(map, &at, &key, &value); walked++) {
        long long number = 0;

        assert_true(text_starts(key, "key-"));
        assert_true(text_int(key + strlen("key-"), 0, MAP_KEYS - 1, &number));
        assert_false(seen[number]);
        seen[number] = true;
        assert_ptr_equal(value, plain->values[number]);
    }
    assert_int_equal(walked, plain->count);
    assert_int_equal(map->count, plain->count);
}

static void a_map_does_what_a_plain_list_does(void **state)
{
    static int things[64];
    struct id_source source = seed_begin();
    struct plain plain = {0};
    struct map map = {0};

    (void)state;
    for (int step = 0; step < 30000; step++) {
        uint64_t random = id_random(&source);
        /* The range breathes, so that the map fills, empties, and fills anew. */
        size_t number = (random >> 8) % (step / 5000 % 2 ? MAP_KEYS : 7);
        char key[20];

        snprintf(key, sizeof key, "key-%zu", number);
        if (random % 2 == 0) {
            int *thing = &things[(random >> 40) % countof(things)];

            assert_ptr_equal(map_put(&map, key, thing), plain.values[number]);
            plain.count += plain.values[number] == NULL;
            plain.values[number] = thing;
        } else {
            assert_ptr_equal(map_remove(&map, key), plain.values[number]);
            plain.count -= plain.values[number] != NULL;
            plain.values[number] = NULL;
        }
        assert_ptr_equal(map_get(&map, key), plain.values[number]);
        if (step % 500 == 0) {
            map_compare(&map, &plain);
        }
    }
    map_compare(&map, &plain);
    assert_true(map.capacity <= 1024); /* tombstones do not make it grow */
    map_done(&map, NULL);
}

static void an_entry_may_go_while_the_map_is_walked(void **state)
{
    struct map map = {0};
    size_t walked = 0;
    int thing;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        char key[20];

        snprintf(key, sizeof key, "%d", i);
        map_put(&map, key, &thing);
    }
    const char *key;
    void *value;

    for (size_t at = 0; map_each(&map, &at, &key, &value); walked++) {
        assert_ptr_equal(map_remove(&map, key), &thing); /* by the map's own text */
    }
    assert_int_equal(walked, 1000);
    assert_int_equal(map.count, 0);
    assert_null(map_get(&map, "7"));
    map_done(&map, NULL);
    map_done(NULL, NULL);
}

static void an_empty_map_answers(void **state)
{
    struct map map = {0};
    size_t at = 0;
    void *value;

    (void)state;
    assert_null(map_get(&map, "x"));
    assert_null(map_remove(&map, "x"));
    assert_false(map_each(&map, &at, NULL, &value));
    map_done(&map, NULL);
}

static void a_map_hands_its_values_to_drop(void **state)
{
    struct map map = {0};

    (void)state;
    map_put(&map, "", xstrdup("the empty key is a key"));
    map_put(&map, "a", xstrdup("one"));
    assert_string_equal(map_get(&map, ""), "the empty key is a key");
    map_done(&map, free); /* a leak checker sees what is left over */
    assert_int_equal(map.capacity, 0);
}

/* ---- heap ---- */

static void heap_check(const struct heap *heap)
{
    for (size_t i = 1; i <= heap->count; i++) {
        assert_int_equal(heap->list[i - 1]->place, i);
        if (i > 1 && heap->list[i / 2 - 1]->due > heap->list[i - 1]->due) {
            fail_msg("the entry at %zu is due before its parent", i);
        }
    }
}

static void a_heap_gives_back_in_order_whatever_moved(void **state)
{
    struct id_source source = seed_begin();
    struct heap_entry entries[200] = {0};
    struct heap heap = {0};
    size_t in = 0;

    (void)state;
    for (int step = 0; step < 5000; step++) {
        uint64_t random = id_random(&source);
        struct heap_entry *entry = &entries[random % countof(entries)];

        if (random >> 60 < 11) {
            in += entry->place == 0;
            heap_set(&heap, entry, (int64_t)(random >> 20 & 0xFF) - 128);
        } else {
            in -= entry->place != 0;
            heap_remove(&heap, entry);
            assert_int_equal(entry->place, 0);
        }
        assert_int_equal(heap.count, in);
        heap_check(&heap);
    }
    assert_true(in > 0);
    int64_t last = INT64_MIN;

    for (struct heap_entry *first; (first = heap_first(&heap)) != NULL; in--) {
        int64_t least = INT64_MAX;

        for (size_t i = 0; i < countof(entries); i++) {
            if (entries[i].place != 0 && entries[i].due < least) {
                least = entries[i].due;
            }
        }
        assert_true(first->due == least && first->due >= last);
        last = first->due;
        heap_remove(&heap, first);
    }
    assert_int_equal(in, 0);
    heap_done(&heap);
}

static void a_heap_lets_its_entries_go(void **state)
{
    struct heap_entry a = {0}, b = {0};
    struct heap heap = {0};

    (void)state;
    assert_null(heap_first(&heap));
    heap_remove(&heap, &a);
    heap_set(&heap, &a, INT64_MAX);
    heap_set(&heap, &b, INT64_MIN);
    assert_ptr_equal(heap_first(&heap), &b);
    heap_done(&heap);
    assert_int_equal(a.place, 0);
    heap_set(&heap, &a, 1); /* it can go into another at once */
    assert_ptr_equal(heap_first(&heap), &a);
    heap_done(&heap);
    heap_done(NULL);
}

/* ---- id ---- */

static void a_seed_repeats_its_sequence(void **state)
{
    /* The first words of splitmix64 from 1234567 (the reference program's). */
    static const uint64_t want[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                    UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                    UINT64_C(16408922859458223821)};
    struct id_source source = {.seed = 1234567};
    char uuid[UUID_SIZE], again[UUID_SIZE];

    (void)state;
    for (size_t i = 0; i < countof(want); i++) {
        assert_true(id_random(&source) == want[i]);
    }
    source.seed = 42;
    id_uuid(&source, uuid);
    source.seed = 42;
    id_uuid(&source, again);
    assert_string_equal(uuid, again);
    id_uuid(&source, again);
    assert_string_not_equal(uuid, again);
}

static void a_uuid_is_of_version_four(void **state)
{
    struct id_source system = {0};
    char last[UUID_SIZE] = "";

    (void)state;
    for (int i = 0; i < 200; i++) {
        char uuid[UUID_SIZE];

        id_uuid(&system, uuid);
        assert_int_equal(strlen(uuid), 36);
        assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
        for (size_t dash = 0; dash < 36; dash++) {
            bool want = dash == 8 || dash == 13 || dash == 18 || dash == 23;

            assert_int_equal(uuid[dash] == '-', want);
        }
        assert_int_equal(uuid[14], '4');
        assert_non_null(strchr("89ab", uuid[19]));
        assert_string_not_equal(uuid, last);
        memcpy(last, uuid, sizeof last);
    }
    assert_true(system.seed == 0); /* the system's randomness leaves no trace */
}

static void a_suffix_uses_all_of_its_alphabet(void **state)
{
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    struct id_source source = seed_begin();
    bool seen[256] = {0};
    char suffix[6];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        id_suffix(&source, suffix, 5);
        assert_int_equal(strlen(suffix), 5);
        assert_int_equal(strspn(suffix, alphabet), 5);
        for (size_t c = 0; c < 5; c++) {
            seen[(unsigned char)suffix[c]] = true;
        }
    }
    for (const char *c = alphabet; *c != '\0'; c++) {
        assert_true(seen[(unsigned char)*c]);
    }
    id_suffix(&source, suffix, 0);
    assert_string_equal(suffix, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_has_its_kubernetes_face),
        cmocka_unit_test(each_code_comes_back_from_its_reply),
        cmocka_unit_test(a_reply_of_a_cluster_finds_the_nearest_code),
        cmocka_unit_test(an_error_is_set_placed_and_wrapped),
        cmocka_unit_test(an_error_may_be_made_from_itself),
        cmocka_unit_test(an_error_is_one_line_of_whole_characters),
        cmocka_unit_test(a_long_context_leaves_the_cause),
        cmocka_unit_test(nobody_need_ask_for_an_error),
        cmocka_unit_test(a_fault_begins_as_kubernetes_begins_it),
        cmocka_unit_test(faults_fold_into_one_error),
        cmocka_unit_test(a_string_grows_and_gives_its_bytes_away),
        cmocka_unit_test(a_reserve_takes_exactly_what_was_asked),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(texts_are_compared_and_copied),
        cmocka_unit_test(whole_numbers_are_read_strictly),
        cmocka_unit_test(each_code_point_survives_the_round_trip),
        cmocka_unit_test(ill_formed_input_is_replaced_part_by_part),
        cmocka_unit_test(random_bytes_decode_to_their_end),
        cmocka_unit_test(a_cut_splits_no_code_point),
        cmocka_unit_test(an_array_keeps_its_order),
        cmocka_unit_test(a_map_does_what_a_plain_list_does),
        cmocka_unit_test(an_entry_may_go_while_the_map_is_walked),
        cmocka_unit_test(an_empty_map_answers),
        cmocka_unit_test(a_map_hands_its_values_to_drop),
        cmocka_unit_test(a_heap_gives_back_in_order_whatever_moved),
        cmocka_unit_test(a_heap_lets_its_entries_go),
        cmocka_unit_test(a_seed_repeats_its_sequence),
        cmocka_unit_test(a_uuid_is_of_version_four),
        cmocka_unit_test(a_suffix_uses_all_of_its_alphabet),
    };

    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
