/* test_input.c - bytes of terminals to keys, whole, split, late and broken. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/str.h"
#include "tui/kit/input.h"

/* All keys of BYTES by name, with a blank between; fed STEP bytes at a time. */
static void decode(const char *bytes, size_t len, size_t step, bool expired, struct str *ret)
{
    struct input input = {0};
    struct key key;

    str_clear(ret);
    for (size_t i = 0; i < len; i += step) {
        input_feed(&input, bytes + i, len - i < step ? len - i : step);
        while (input_next(&input, expired && i + step >= len, &key)) {
            char name[INPUT_NAME_SIZE];
            if (ret->len > 0) {
                str_add_char(ret, ' ');
            }
            if (key.kind == INPUT_PASTE) {
                str_addf(ret, "paste(%.*s)", (int)key.paste_len, key.paste);
            } else if (key.kind == INPUT_MOUSE) {
                str_addf(ret, "mouse(%d,%d,%d,%d)", (int)key.mouse, key.button, key.row, key.col);
            } else if (key.kind == INPUT_NONE) {
                str_add(ret, "none");
            } else {
                str_add(ret, input_name(&key, name));
            }
        }
    }
    input_done(&input);
}

static const struct {
    const char *bytes, *want;
} rows[] = {
    {"jG/", "j G /"},
    {" ", "space"},
    {"\r\n\t", "enter enter tab"},
    {"\x7f\x08", "backspace backspace"},
    {"\x04\x06\x1a", "ctrl-d ctrl-f ctrl-z"},
    {"\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left"},
    {"\x1bOA\x1bOF\x1bOH", "up end home"},
    {"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "home end home end home end"},
    {"\x1b[5~\x1b[6~\x1b[2~\x1b[3~", "page-up page-down insert delete"},
    {"\x1b[1;5A\x1b[1;2B\x1b[1;3C\x1b[3;5~", "ctrl-up shift-down alt-right ctrl-delete"},
    {"\x1b[Z", "shift-tab"},
    {"\x1bOP\x1b[15~\x1b[24~", "f1 f5 f12"},
    {"\x1b"
     "b\x1b\x7f",
     "alt-b alt-backspace"},
    {"\x1b\x1b[A", "alt-up"},
    {"\x1b[97;5u\x1b[27;5;105~", "ctrl-a ctrl-i"},
    {"\x1b[97;2u", "A"},
    {"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", "é 中 😀"},
    {"\x1b[200~ab\x1b[Acd\r\x1b[201~x", "paste(ab\x1b[Acd\r) x"},
    {"\x1b[<0;10;5M\x1b[<0;10;5m", "mouse(0,0,4,9) mouse(1,0,4,9)"},
    {"\x1b[<32;3;4M\x1b[<64;1;1M\x1b[<65;1;1M", "mouse(2,0,3,2) mouse(3,0,0,0) mouse(4,1,0,0)"},
    {"\x1b[<35;3;4M", "none"},
    {"\x1b[?62;1;2cx", "none x"},
    {"\x1b[I\x1b[Ox", "none none x"},
    {"\x1b[38:5:1mx", "none x"},
    {"\xff"
     "a",
     "none a"},
    {"\xc2\x9b"
     "A",
     "none A"},
};

static void keys_come_out_whole_and_when_split_at_every_byte(void **state)
{
    struct str seen = {0};

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        for (size_t step = 1; step <= strlen(rows[i].bytes); step++) {
            decode(rows[i].bytes, strlen(rows[i].bytes), step, false, &seen);
            assert_string_equal(str_text(&seen), rows[i].want);
        }
    }
    str_done(&seen);
}

static void an_escape_alone_waits_for_its_time(void **state)
{
    struct str seen = {0};
    struct input input = {0};
    struct key key;

    (void)state;
    input_feed(&input, "\x1b", 1);
    assert_false(input_next(&input, false, &key));
    assert_true(input_waiting(&input));
    assert_true(input_next(&input, true, &key));
    assert_int_equal(key.kind, INPUT_ESCAPE);
    assert_false(input_waiting(&input));
    input_done(&input);

    decode("\x1b[1;", 4, 4, true, &seen);
    assert_string_equal(str_text(&seen), "esc [ 1 ;");
    decode("\x1b\x1b", 2, 2, true, &seen);
    assert_string_equal(str_text(&seen), "esc esc");
    decode("\xe4\xb8", 2, 2, true, &seen);
    assert_string_equal(str_text(&seen), "none none");
    str_done(&seen);
}

static void a_paste_is_capped_and_its_end_still_found(void **state)
{
    struct input input = {0};
    struct key key;
    char block[1000];

    (void)state;
    memset(block, 'p', sizeof block);
    input_feed(&input, "\x1b[200~", 6);
    for (int i = 0; i < 100; i++) {
        input_feed(&input, block, sizeof block);
        assert_false(input_next(&input, false, &key));
    }
    input_feed(&input, "\x1b[201~q", 7);
    assert_true(input_next(&input, false, &key));
    assert_int_equal(key.kind, INPUT_PASTE);
    assert_int_equal(key.paste_len, INPUT_PASTE_MOST);
    assert_true(input_next(&input, false, &key));
    assert_int_equal(key.point, 'q');
    input_done(&input);
}

static void names_read_back_to_the_same_key(void **state)
{
    static const char *const names[] = {
        "a",     "G",   "ctrl-d",  "alt-b",   "shift-tab", "ctrl-left", "f5",   "space",    "?",
        "enter", "esc", "page-up", "ctrl-\\", "é",         "-",         "home", "backspace"};
    struct key key;
    char name[INPUT_NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < countof(names); i++) {
        assert_true(input_parse(names[i], &key));
        assert_string_equal(input_name(&key, name), names[i]);
    }
    assert_false(input_parse("", &key));
    assert_false(input_parse("nonsense", &key));
    assert_false(input_parse("ctrl-", &key) && key.point == 0);
}

/* Whatever comes, bytes are used up and no key is out of range. */
static void no_bytes_get_it_stuck(void **state)
{
    static const char alphabet[] = "\x1b\x1b\x1b[[O<;;:0123456789AMmu~ZR\xc3\xa9\xe4\xff\x80 a";
    uint32_t seed = 7;
    struct input input = {0};
    struct key key;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        input_feed(&input, bytes, sizeof bytes);
        int keys = 0;
        while (input_next(&input, true, &key)) {
            assert_true(key.kind < INPUT_KIND_COUNT);
            assert_true(++keys <= 200);
        }
        assert_true(input.pasting || !input_waiting(&input));
    }
    input_done(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_out_whole_and_when_split_at_every_byte),
        cmocka_unit_test(an_escape_alone_waits_for_its_time),
        cmocka_unit_test(a_paste_is_capped_and_its_end_still_found),
        cmocka_unit_test(names_read_back_to_the_same_key),
        cmocka_unit_test(no_bytes_get_it_stuck),
    };

    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
