/* test_kit.c - rectangles, widths, the canvas, colours, job output and its window. */
/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/str.h"
#include "core/base/utf8.h"
#include "tui/kit/ansi.h"
#include "tui/kit/canvas.h"
#include "tui/kit/colour.h"
#include "tui/kit/layout.h"
#include "tui/kit/logbuf.h"
#include "tui/kit/width.h"

/* ---- layout ---- */

static void a_split_gives_shares_and_keeps_minimums(void **state)
{
    const struct layout_part parts[] = {{5, 0, 1, 0}, {10, 0, 3, 0}, {4, 4, 0, 0}};
    struct rect out[3];

    (void)state;
    layout_split((struct rect){2, 3, 10, 41}, LAYOUT_COLUMNS, 1, parts, 3, out);
    /* 41 - 2 gaps - 19 at least = 20 to share 1:3. */
    assert_int_equal(out[0].cols, 10);
    assert_int_equal(out[1].cols, 25);
    assert_int_equal(out[2].cols, 4);
    assert_int_equal(out[0].col, 3);
    assert_int_equal(out[1].col, 14);
    assert_int_equal(out[2].col, 40);
    assert_int_equal(out[1].rows, 10);
    assert_int_equal(out[1].row, 2);
}

static void a_split_gives_up_parts_in_their_order_when_it_is_narrow(void **state)
{
    const struct layout_part parts[] = {{10, 0, 1, 0}, {10, 0, 1, 9}, {10, 0, 1, 5}};
    struct rect out[3];

    (void)state;
    layout_split((struct rect){0, 0, 1, 25}, LAYOUT_COLUMNS, 1, parts, 3, out);
    assert_int_equal(out[1].cols, 0);
    assert_int_equal(out[0].cols + out[2].cols, 24);
    layout_split((struct rect){0, 0, 1, 12}, LAYOUT_COLUMNS, 1, parts, 3, out);
    assert_int_equal(out[0].cols, 12);
    assert_int_equal(out[2].cols, 0);
    layout_split((struct rect){0, 0, 1, 3}, LAYOUT_COLUMNS, 1, parts, 3, out);
    assert_int_equal(out[0].cols, 3);
}

static void a_split_stops_at_the_most_and_hands_the_rest_on(void **state)
{
    const struct layout_part parts[] = {{1, 5, 1, 0}, {1, 0, 1, 0}};
    struct rect out[2];

    (void)state;
    layout_split((struct rect){0, 0, 30, 8}, LAYOUT_ROWS, 0, parts, 2, out);
    assert_int_equal(out[0].rows, 5);
    assert_int_equal(out[1].rows, 25);
    assert_int_equal(out[1].row, 5);
}

/* Whatever the sizes: parts follow each other, stay inside, and none is negative. */
static void splits_of_every_size_stay_inside_and_in_order(void **state)
{
    const struct layout_part parts[] = {{8, 30, 2, 0}, {6, 12, 0, 4}, {3, 0, 1, 3}, {9, 9, 0, 1}};

    (void)state;
    for (int size = 0; size < 150; size++) {
        for (int gap = 0; gap < 3; gap++) {
            struct rect out[4];
            int at = 7;
            layout_split((struct rect){0, 7, 1, size}, LAYOUT_COLUMNS, gap, parts, 4, out);
            for (int i = 0; i < 4; i++) {
                assert_true(out[i].cols >= 0);
                if (out[i].cols > 0) {
                    assert_true(out[i].col >= at);
                    at = out[i].col + out[i].cols;
                }
            }
            assert_true(at <= 7 + size);
        }
    }
}

static void cutting_off_more_than_there_is_leaves_nothing(void **state)
{
    struct rect area = {0, 0, 3, 10};

    (void)state;
    assert_int_equal(layout_top(&area, 2).rows, 2);
    assert_int_equal(layout_bottom(&area, 5).rows, 1);
    assert_int_equal(area.rows, 0);
    assert_int_equal(layout_inset((struct rect){0, 0, 1, 1}, 2, 2).cols, 0);
}

/* ---- width ---- */

static void widths_are_those_of_terminals(void **state)
{
    (void)state;
    assert_int_equal(width_point('a'), 1);
    assert_int_equal(width_point(0x301), 0);
    assert_int_equal(width_point(0x4e2d), 2);
    assert_int_equal(width_point(0x1f600), 2);
    assert_int_equal(width_point(0x1b), 1);
    assert_int_equal(width_text("a中e\xcc\x81", 7), 4);
    int columns;
    assert_int_equal(width_cut("a中中", 7, 4, &columns), 4);
    assert_int_equal(columns, 3);
    /* A mark stays with its character. */
    assert_int_equal(width_cut("e\xcc\x81x", 4, 1, NULL), 3);
}

static void what_moves_hides_or_reorders_text_is_unsafe(void **state)
{
    static const uint32_t unsafe[] = {0,      7,      0x1b,   0x7f,   0x85,   0x9b,   0xad,
                                      0x200e, 0x202e, 0x2028, 0x2066, 0xfeff, 0xe0041};
    static const uint32_t safe[] = {' ', '~', 0xa0, 0xe9, 0x301, 0x200b, 0x4e2d, 0x1f600};

    (void)state;
    for (size_t i = 0; i < countof(unsafe); i++) {
        assert_true(width_unsafe(unsafe[i]));
    }
    for (size_t i = 0; i < countof(safe); i++) {
        assert_false(width_unsafe(safe[i]));
    }
}

/* ---- canvas ---- */

/* A row of the canvas as text. */
static const char *row_text(const struct canvas *canvas, int row, struct str *text)
{
    str_clear(text);
    for (int col = 0; col < canvas->cols; col++) {
        const struct cell *cell = &canvas->cells[row * canvas->cols + col];
        char bytes[4];
        if (cell->point) {
            str_add_bytes(text, bytes, utf8_encode(cell->point, bytes));
        }
        for (int i = 0; i < CELL_MARKS && cell->marks[i]; i++) {
            str_add_bytes(text, bytes, utf8_encode(cell->marks[i], bytes));
        }
    }
    return str_text(text);
}

#define assert_row(canvas, row, want)                             \
    do {                                                          \
        struct str seen_ = {0};                                   \
        assert_string_equal(row_text(canvas, row, &seen_), want); \
        str_done(&seen_);                                         \
    } while (0)

static void drawing_is_clipped_to_its_area(void **state)
{
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 3, 10);
    struct rect area = {1, 2, 1, 5};
    assert_int_equal(canvas_text(&canvas, area, 0, 1, ROLE_TEXT, "abcdefgh"), 9);
    canvas_text(&canvas, area, 1, 0, ROLE_TEXT, "below");
    canvas_text(&canvas, area, -1, 0, ROLE_TEXT, "above");
    canvas_text(&canvas, area, 0, -4, ROLE_TEXT, "wxyzZ");
    canvas_text(&canvas, (struct rect){0, -3, 1, 99}, 0, 0, ROLE_TEXT, "left-right and beyond");
    assert_row(&canvas, 0, "t-right an");
    assert_row(&canvas, 1, "  Zabcd   ");
    assert_row(&canvas, 2, "          ");
    canvas_done(&canvas);
}

static void wide_characters_are_never_cut_in_half(void **state)
{
    struct canvas canvas = {0};
    struct rect all = {0, 0, 1, 6};

    (void)state;
    canvas_resize(&canvas, 1, 6);
    canvas_text(&canvas, all, 0, 0, ROLE_TEXT, "中中中");
    assert_row(&canvas, 0, "中中中");
    canvas_text(&canvas, all, 0, 1, ROLE_TEXT, "x");
    assert_row(&canvas, 0, " x中中");
    canvas_text(&canvas, all, 0, 2, ROLE_TEXT, "y");
    assert_row(&canvas, 0, " xy 中");
    canvas_text(&canvas, (struct rect){0, 0, 1, 4}, 0, 3, ROLE_TEXT, "中");
    assert_row(&canvas, 0, " xy 中");
    canvas_text(&canvas, all, 0, 3, ROLE_TEXT, "中");
    assert_row(&canvas, 0, " xy中 ");
    canvas_done(&canvas);
}

static void a_fit_pads_cuts_and_marks_the_cut(void **state)
{
    struct canvas canvas = {0};
    struct rect all = {0, 0, 1, 8};

    (void)state;
    canvas_resize(&canvas, 1, 8);
    assert_int_equal(canvas_fit(&canvas, all, 0, 0, 6, ALIGN_LEFT, ROLE_TEXT, "abcdefg"), 6);
    assert_row(&canvas, 0, "abcde…  ");
    canvas_fit(&canvas, all, 0, 0, 6, ALIGN_RIGHT, ROLE_TEXT, "ab");
    assert_row(&canvas, 0, "    ab  ");
    canvas_fit(&canvas, all, 0, 0, 4, ALIGN_LEFT, ROLE_TEXT, "a中中");
    assert_row(&canvas, 0, "a中…ab  ");
    canvas_fit(&canvas, all, 0, 0, 6, ALIGN_LEFT, ROLE_TEXT, "exact!");
    assert_row(&canvas, 0, "exact!  ");
    canvas_done(&canvas);
}

static void text_that_would_drive_the_terminal_becomes_question_marks(void **state)
{
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 1, 8);
    canvas_text(&canvas, canvas_area(&canvas), 0, 0, ROLE_TEXT, "a\x1b[2J\xc2\x9b\xff");
    assert_row(&canvas, 0, "a?[2J?\xef\xbf\xbd ");
    canvas_done(&canvas);
}

static void without_utf8_everything_is_ascii_in_the_same_columns(void **state)
{
    struct canvas canvas = {.ascii = true};

    (void)state;
    canvas_resize(&canvas, 2, 8);
    canvas_text(&canvas, canvas_area(&canvas), 0, 0, ROLE_TEXT, "é中|e\xcc\x81");
    assert_row(&canvas, 0, "???|e   ");
    canvas_glyph(&canvas, canvas_area(&canvas), 1, 0, ROLE_TEXT, GLYPH_OK);
    canvas_glyph(&canvas, canvas_area(&canvas), 1, 1, ROLE_TEXT, GLYPH_ELLIPSIS);
    assert_row(&canvas, 1, "+~      ");
    for (int g = 0; g < GLYPH_COUNT; g++) {
        assert_int_equal(strlen(glyph_text(true, (enum glyph)g)), 1);
        const char *text = glyph_text(false, (enum glyph)g);
        assert_int_equal(width_text(text, strlen(text)), 1);
    }
    canvas_done(&canvas);
}

/* ---- colour ---- */

static void colours_are_read_by_name_and_number(void **state)
{
    uint32_t colour;

    (void)state;
    assert_true(colour_parse("#1E90ff", &colour));
    assert_int_equal(colour, COLOUR_RGB(0x1e90ff));
    assert_true(colour_parse("#f0c", &colour));
    assert_int_equal(colour, COLOUR_RGB(0xff00cc));
    assert_true(colour_parse("DodgerBlue", &colour));
    assert_int_equal(colour, COLOUR_RGB(0x1e90ff));
    assert_true(colour_parse("aliceblue", &colour));
    assert_true(colour_parse("yellowgreen", &colour));
    assert_true(colour_parse("default", &colour));
    assert_int_equal(colour, COLOUR_DEFAULT);
    assert_false(colour_parse("#12345", &colour));
    assert_false(colour_parse("#12345g", &colour));
    assert_false(colour_parse("bluish", &colour));
    assert_false(colour_parse("", &colour));
}

static void the_nearest_of_256_is_exact_where_it_exists(void **state)
{
    (void)state;
    assert_int_equal(colour_nearest(COLOUR_RGB(0xff8700), DEPTH_256), COLOUR_INDEX(208));
    assert_int_equal(colour_nearest(COLOUR_RGB(0x1c1c1c), DEPTH_256), COLOUR_INDEX(234));
    assert_int_equal(colour_nearest(COLOUR_RGB(0x000000), DEPTH_256), COLOUR_INDEX(16));
    assert_int_equal(colour_nearest(COLOUR_INDEX(3), DEPTH_256), COLOUR_INDEX(3));
    /* Each palette colour above the first 16 finds itself, or one of the same value. */
    for (uint32_t i = 16; i < 256; i++) {
        uint32_t rgb = colour_rgb(COLOUR_INDEX(i), 0);
        uint32_t found = colour_nearest(COLOUR_RGB(rgb), DEPTH_256);
        assert_int_equal(colour_rgb(found, 1), rgb);
    }
}

static void few_colours_keep_the_hue(void **state)
{
    static const struct {
        uint32_t rgb;
        int index;
    } rows[] = {{0xf58084, 1}, {0x8fc77c, 2}, {0xe5b567, 3},
                {0x82aef0, 4}, {0xbda3e0, 5}, {0x6cc9c4, 6}};

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        uint32_t found = colour_nearest(COLOUR_RGB(rows[i].rgb), DEPTH_16);
        /* Violet may become blue: there is no nearer one. */
        if (rows[i].index != 5) {
            assert_int_equal(found, COLOUR_INDEX(rows[i].index));
        }
    }
    assert_int_equal(colour_nearest(COLOUR_RGB(0xd0d4dc), DEPTH_16), COLOUR_DEFAULT);
    assert_int_equal(colour_nearest(COLOUR_RGB(0x8f97a5), DEPTH_16), COLOUR_INDEX(8));
    assert_int_equal(colour_nearest(COLOUR_RGB(0x8f97a5), DEPTH_8), COLOUR_DEFAULT);
    assert_int_equal(colour_nearest(COLOUR_RGB(0xff0000), DEPTH_MONO), COLOUR_DEFAULT);
}

static void contrast_is_that_of_wcag(void **state)
{
    (void)state;
    assert_true(colour_contrast(0xffffff, 0x000000) > 20.9);
    assert_true(colour_contrast(0x777777, 0xffffff) < 4.5);
    assert_true(colour_contrast(0x767676, 0xffffff) >= 4.5);
}

/* ---- ansi ---- */

/* Pieces as text; attributes and colours as tags, shown controls in braces. */
static void render(const char *text, size_t len, struct str *ret)
{
    struct ansi ansi;
    struct ansi_piece piece;
    struct style style = {0};
    bool raw = false;

    str_clear(ret);
    ansi_start(&ansi, text, len, style);
    while (ansi_next(&ansi, &piece)) {
        char bytes[4];
        if (memcmp(&piece.style, &style, sizeof style) != 0 && !piece.raw) {
            str_addf(ret, "<%x,%x,%x>", piece.style.fg, piece.style.bg, piece.style.attrs);
            style = piece.style;
        }
        if (piece.raw != raw) {
            str_add_char(ret, piece.raw ? '{' : '}');
            raw = piece.raw;
        }
        str_add_bytes(ret, bytes, utf8_encode(piece.point, bytes));
    }
    if (raw) {
        str_add_char(ret, '}');
    }
}

static void only_sgr_is_obeyed_and_the_rest_is_shown(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"plain", "plain"},
        {"\x1b[31mred\x1b[0m x", "<2000001,0,0>red<0,0,0> x"},
        {"\x1b[1;4;38;5;208mx", "<20000d0,0,9>x"},
        {"\x1b[38;2;1;2;3mx\x1b[39mx", "<3010203,0,0>x<0,0,0>x"},
        {"\x1b[48:2::255:0:128mx", "<0,3ff0080,0>x"},
        {"\x1b[91;107mx\x1b[mx", "<2000009,200000f,0>x<0,0,0>x"},
        {"\x1b[1mb\x1b[22mn", "<0,0,1>b<0,0,0>n"},
        {"\x1b[5;8mhidden", "hidden"},
        {"\x1b[2Jx", "{^[}[2Jx"},
        {"\x1b]0;title\x07x", "{^[}]0;title{^G}x"},
        {"\x1b[?25l", "{^[}[?25l"},
        {"\x1b[31", "{^[}[31"},
        {"\x1b", "{^[}"},
        {"a\rb", "a{^M}b"},
        {"a\r", "a"},
        {"a\tb", "a\tb"},
        {"\xc2\x9b"
         "31mx",
         "{<9b>}31mx"},
        {"\x9b"
         "31mx",
         "{<9b>}31mx"},
        {"\xe2\x80\xaex", "{<U+202E>}x"},
        {"\x7f", "{^?}"},
        {"\xff\xfe", "{<ff><fe>}"},
        {"\xef\xbf\xbd", "\xef\xbf\xbd"},
        {"e\xcc\x81", "e\xcc\x81"},
    };
    struct str seen = {0};

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        render(rows[i].in, strlen(rows[i].in), &seen);
        assert_string_equal(str_text(&seen), rows[i].want);
    }
    str_done(&seen);
}

/* Random bytes with many escapes: nothing unprintable ever comes out. */
static void no_input_gets_a_control_through(void **state)
{
    static const char alphabet[] = "\x1b\x1b[[]mmA;:?0123456789\x07\r\n\x9b\xc2\x80 \xe2\xae\xff";
    uint32_t seed = 1;
    char line[64];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct ansi ansi;
        struct ansi_piece piece;
        for (size_t i = 0; i < sizeof line; i++) {
            seed = seed * 1664525 + 1013904223;
            line[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        ansi_start(&ansi, line, sizeof line, (struct style){0});
        size_t pieces = 0;
        while (ansi_next(&ansi, &piece)) {
            assert_false(piece.point != '\t' && width_unsafe(piece.point));
            assert_true(++pieces <= sizeof line * 8);
        }
    }
}

/* ---- logbuf ---- */

static void a_log_keeps_its_newest_lines_and_their_numbers(void **state)
{
    struct logbuf log = {.lines_most = 1000};

    (void)state;
    for (int i = 0; i < 5000; i++) {
        char text[32];
        int len = snprintf(text, sizeof text, "line %d", i);
        logbuf_add(&log, i, text, (size_t)len);
    }
    assert_int_equal(log.end, 5000);
    assert_int_equal(log.first, 4000);
    assert_null(logbuf_line(&log, 3999));
    assert_null(logbuf_line(&log, 5000));
    assert_string_equal(logbuf_line(&log, 4000)->text, "line 4000");
    assert_int_equal(logbuf_line(&log, 4999)->stamp, 4999);
    logbuf_done(&log);
}

static void a_log_stays_within_its_bytes(void **state)
{
    struct logbuf log = {.bytes_most = 10000};
    char text[3000];

    (void)state;
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 100; i++) {
        logbuf_add(&log, 0, text, sizeof text);
        assert_true(log.bytes <= 10000);
    }
    assert_int_equal(log.end - log.first, 3);
    /* A line beyond the whole limit is cut, not refused. */
    char *huge = xcalloc(1, 50000);
    logbuf_add(&log, 0, huge, 50000);
    free(huge);
    assert_true(log.bytes <= 10000);
    assert_int_equal(log.end - log.first, 1);
    logbuf_done(&log);
}

static void colours_last_over_lines(void **state)
{
    struct logbuf log = {0};

    (void)state;
    logbuf_add(&log, 0, "\x1b[32mgreen", 10);
    logbuf_add(&log, 0, "still\x1b[0m", 9);
    logbuf_add(&log, 0, "plain", 5);
    assert_int_equal(logbuf_line(&log, 1)->start.fg, COLOUR_INDEX(2));
    assert_int_equal(logbuf_line(&log, 2)->start.fg, COLOUR_UNSET);
    logbuf_done(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_gives_shares_and_keeps_minimums),
        cmocka_unit_test(a_split_gives_up_parts_in_their_order_when_it_is_narrow),
        cmocka_unit_test(a_split_stops_at_the_most_and_hands_the_rest_on),
        cmocka_unit_test(splits_of_every_size_stay_inside_and_in_order),
        cmocka_unit_test(cutting_off_more_than_there_is_leaves_nothing),
        cmocka_unit_test(widths_are_those_of_terminals),
        cmocka_unit_test(what_moves_hides_or_reorders_text_is_unsafe),
        cmocka_unit_test(drawing_is_clipped_to_its_area),
        cmocka_unit_test(wide_characters_are_never_cut_in_half),
        cmocka_unit_test(a_fit_pads_cuts_and_marks_the_cut),
        cmocka_unit_test(text_that_would_drive_the_terminal_becomes_question_marks),
        cmocka_unit_test(without_utf8_everything_is_ascii_in_the_same_columns),
        cmocka_unit_test(colours_are_read_by_name_and_number),
        cmocka_unit_test(the_nearest_of_256_is_exact_where_it_exists),
        cmocka_unit_test(few_colours_keep_the_hue),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(only_sgr_is_obeyed_and_the_rest_is_shown),
        cmocka_unit_test(no_input_gets_a_control_through),
        cmocka_unit_test(a_log_keeps_its_newest_lines_and_their_numbers),
        cmocka_unit_test(a_log_stays_within_its_bytes),
        cmocka_unit_test(colours_last_over_lines),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests_name("kit", tests, NULL, NULL);
}
