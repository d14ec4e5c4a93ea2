/* test_widget.c - lists, text windows, entries, forms and dialogs, drawn on a canvas in memory. */
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
#include "tui/kit/logbuf.h"
#include "tui/widget/dialog.h"
#include "tui/widget/entry.h"
#include "tui/widget/formbox.h"
#include "tui/widget/list.h"
#include "tui/widget/textpane.h"

/* Rows of the canvas from FIRST on, blanks at the ends cut, joined by newlines. */
static const char *screen_text(const struct canvas *canvas, int first, int rows, struct str *text)
{
    str_clear(text);
    for (int row = first; row < first + rows; row++) {
        size_t start = text->len;
        for (int col = 0; col < canvas->cols; col++) {
            uint32_t point = canvas->cells[row * canvas->cols + col].point;
            char bytes[4];
            if (point) {
                str_add_bytes(text, bytes, utf8_encode(point, bytes));
            }
        }
        while (text->len > start && text->data[text->len - 1] == ' ') {
            str_cut(text, text->len - 1);
        }
        str_add_char(text, '\n');
    }
    return str_text(text);
}

#define assert_screen(canvas, first, rows, want)                             \
    do {                                                                     \
        struct str seen_ = {0};                                              \
        assert_string_equal(screen_text(canvas, first, rows, &seen_), want); \
        str_done(&seen_);                                                    \
    } while (0)

static struct key key_of(const char *name)
{
    struct key key;

    assert_true(input_parse(name, &key));
    return key;
}

/* ---- list ---- */

struct numbers {
    int first; /* rows are FIRST, FIRST + 1, ... */
    size_t count;
    size_t painted; /* cells that were asked for */
    char id[16];
};

static size_t numbers_count(void *data)
{
    return ((struct numbers *)data)->count;
}

static const char *numbers_id(void *data, size_t row)
{
    struct numbers *numbers = data;

    snprintf(numbers->id, sizeof numbers->id, "%d", numbers->first + (int)row);
    return numbers->id;
}

static size_t numbers_find(void *data, const char *id)
{
    struct numbers *numbers = data;
    long long number;

    assert_true(text_int(id, -1000000, 1000000, &number));
    long long row = number - numbers->first;
    return row >= 0 && (size_t)row < numbers->count ? (size_t)row : LIST_NONE;
}

static void numbers_paint(void *data, size_t row, size_t column, struct canvas *canvas,
                          struct rect cell)
{
    struct numbers *numbers = data;
    char text[32];

    numbers->painted++;
    long number = numbers->first + (long)row;
    snprintf(text, sizeof text, column == 0 ? "n%ld" : "square %ld",
             column == 0 ? number : number * number);
    canvas_fit(canvas, cell, 0, 0, cell.cols, ALIGN_LEFT, ROLE_TEXT, text);
}

static const struct list_source numbers_source = {numbers_count, numbers_id, numbers_find,
                                                  numbers_paint};

static struct list numbers_list(struct numbers *numbers)
{
    return (struct list){
        .source = &numbers_source,
        .data = numbers,
        .column_count = 2,
        .columns = {{"NAME", 6, 0, 0, 0, ALIGN_LEFT}, {"SQUARE", 8, 0, 1, 1, ALIGN_LEFT}}};
}

static void a_list_asks_only_for_the_rows_it_shows(void **state)
{
    struct numbers numbers = {.count = 1000000};
    struct list list = numbers_list(&numbers);
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 6, 24);
    list_refresh(&list);
    list_select(&list, 999999);
    list_paint(&list, &canvas, canvas_area(&canvas), true);
    assert_int_equal(numbers.painted, 10);
    assert_int_equal(list_selected(&list), 999999);
    assert_int_equal(list.top, 999995);
    list_done(&list);
    canvas_done(&canvas);
}

static void the_selection_follows_its_row_when_others_come_and_go(void **state)
{
    struct numbers numbers = {.first = 100, .count = 50};
    struct list list = numbers_list(&numbers);
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 6, 24);
    list_refresh(&list);
    list_paint(&list, &canvas, canvas_area(&canvas), true);
    list_move(&list, 20);
    assert_string_equal(list.id, "120");
    size_t place = list.cursor - list.top;
    numbers.first = 90; /* ten rows in front */
    numbers.count = 60;
    assert_false(list_refresh(&list));
    assert_int_equal(list_selected(&list), 30);
    assert_int_equal(list.cursor - list.top, place);
    numbers.first = 125; /* the selected one is gone */
    numbers.count = 10;
    assert_true(list_refresh(&list));
    assert_int_equal(list_selected(&list), 9);
    numbers.count = 0;
    assert_true(list_refresh(&list));
    assert_int_equal(list_selected(&list), LIST_NONE);
    numbers.count = 3;
    list_refresh(&list);
    assert_int_equal(list_selected(&list), 0);
    list_done(&list);
    canvas_done(&canvas);
}

static void a_narrow_list_gives_up_columns_and_shows_where_it_is(void **state)
{
    struct numbers numbers = {.count = 12};
    struct list list = numbers_list(&numbers);
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 4, 20);
    list_refresh(&list);
    list_move(&list, 1);
    list_paint(&list, &canvas, canvas_area(&canvas), true);
    assert_screen(
        &canvas, 0, 4,
        "  NAME    SQUARE\n  n0      square 0 █\n▌ n1      square 1\n  n2      square 4\n");
    canvas_resize(&canvas, 4, 12);
    list_paint(&list, &canvas, canvas_area(&canvas), false);
    assert_screen(&canvas, 0, 4, "  NAME\n  n0       █\n▌ n1\n  n2\n");
    assert_int_equal(list_row_at(&list, 2, 5), 1);
    assert_int_equal(list_row_at(&list, 0, 5), LIST_NONE);
    canvas_resize(&canvas, 1, 1);
    list_paint(&list, &canvas, canvas_area(&canvas), true);
    list_done(&list);
    canvas_done(&canvas);
}

static void paging_keeps_a_line_of_context_and_the_wheel_takes_the_selection_along(void **state)
{
    struct numbers numbers = {.count = 100};
    struct list list = numbers_list(&numbers);
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 11, 30);
    list_refresh(&list);
    list_paint(&list, &canvas, canvas_area(&canvas), true);
    list_page(&list, 1);
    assert_int_equal(list_selected(&list), 9);
    assert_int_equal(list.top, 9);
    list_scroll(&list, 5);
    assert_int_equal(list.top, 14);
    assert_int_equal(list_selected(&list), 14);
    list_scroll(&list, -100);
    assert_int_equal(list.top, 0);
    assert_int_equal(list_selected(&list), 9);
    list_page(&list, 50);
    assert_int_equal(list_selected(&list), 99);
    list_done(&list);
    canvas_done(&canvas);
}

/* ---- entry ---- */

/* Types names of keys, blank-separated; "'text" types its characters. */
static void type(struct entry *entry, const char *script)
{
    autofree char *copy = xstrdup(script);

    for (char *word = copy, *next; word && *word; word = next) {
        next = strchr(word, ' ');
        if (next) {
            *next++ = '\0';
        }
        if (word[0] == '\'') {
            struct key paste = {
                .kind = INPUT_PASTE, .paste = word + 1, .paste_len = strlen(word + 1)};
            entry_key(entry, &paste);
        } else {
            struct key key = key_of(word);
            entry_key(entry, &key);
        }
    }
}

static void an_entry_knows_readlines_keys(void **state)
{
    static const struct {
        const char *script, *want;
        size_t at;
    } rows[] = {
        {"'hello left left X", "helXlo", 4},
        {"'hello home delete end backspace", "ell", 3},
        {"'one space 'two space 'three ctrl-w", "one two ", 8},
        {"'one space 'two ctrl-a ctrl-k", "", 0},
        {"'one space 'two ctrl-u", "", 0},
        {"'one space 'two ctrl-w ctrl-a ctrl-y", "twoone ", 3},
        {"'a.b/c space 'd alt-b alt-b X", "a.b/Xc d", 5},
        {"'ab ctrl-b ctrl-b ctrl-f ctrl-d", "a", 1},
        {"'ab ctrl-left X", "Xab", 1},
        {"'ab-cd alt-b alt-d", "ab-", 3},
        {"é 中 backspace left left 'x", "xé", 1},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct entry entry = {0};
        type(&entry, rows[i].script);
        assert_string_equal(entry_text(&entry), rows[i].want);
        assert_int_equal(entry.at, rows[i].at);
        entry_done(&entry);
    }
}

static void marks_and_controls_in_an_entry_behave(void **state)
{
    struct entry entry = {0};

    (void)state;
    type(&entry, "'e\xcc\x81x left backspace");
    assert_string_equal(entry_text(&entry), "x");
    struct key paste = {.kind = INPUT_PASTE, .paste = "a\nb\x1b[m\xff", .paste_len = 7};
    entry_set(&entry, "");
    entry_key(&entry, &paste);
    assert_string_equal(entry_text(&entry), "a b [m\xef\xbf\xbd");
    struct key tab = key_of("tab");
    assert_int_equal(entry_key(&entry, &tab), ENTRY_IGNORED);
    entry_done(&entry);
}

static void a_text_comes_back_after_a_narrow_window(void **state)
{
    struct entry entry = {0};
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 1, 40);
    entry_set(&entry, "6");
    entry_paint(&entry, &canvas, (struct rect){0, 0, 1, 1}, ROLE_FIELD, true);
    assert_int_equal(entry.from, 1);
    entry_paint(&entry, &canvas, (struct rect){0, 0, 1, 40}, ROLE_FIELD, true);
    assert_int_equal(entry.from, 0);
    entry_set(&entry, "0123456789");
    entry_paint(&entry, &canvas, (struct rect){0, 0, 1, 4}, ROLE_FIELD, true);
    assert_int_equal(entry.from, 7);
    entry_paint(&entry, &canvas, (struct rect){0, 0, 1, 6}, ROLE_FIELD, true);
    assert_int_equal(entry.from, 5);
    canvas_done(&canvas);
    entry_done(&entry);
}

static void a_long_text_scrolls_under_the_cursor(void **state)
{
    struct entry entry = {0};
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 1, 8);
    entry_set(&entry, "abcdefghijkl");
    entry_paint(&entry, &canvas, canvas_area(&canvas), ROLE_FIELD, true);
    assert_screen(&canvas, 0, 1, "fghijkl\n");
    assert_int_equal(canvas.cursor_col, 7);
    type(&entry, "home");
    entry_paint(&entry, &canvas, canvas_area(&canvas), ROLE_FIELD, true);
    assert_screen(&canvas, 0, 1, "abcdefgh\n");
    entry_click(&entry, 3);
    assert_int_equal(entry.at, 3);
    entry_done(&entry);
    canvas_done(&canvas);
}

/* ---- textpane ---- */

static uint64_t log_first(void *data)
{
    return ((struct logbuf *)data)->first;
}

static uint64_t log_end(void *data)
{
    return ((struct logbuf *)data)->end;
}

static bool log_line(void *data, uint64_t number, struct textline *ret)
{
    const struct logbuf_line *line = logbuf_line(data, number);

    if (!line) {
        return false;
    }
    *ret = (struct textline){
        .text = line->text, .len = line->len, .start = line->start, .role = ROLE_LOG};
    return true;
}

static const struct textpane_source log_source = {log_first, log_end, log_line};

static void add_lines(struct logbuf *log, int from, int to)
{
    for (int i = from; i < to; i++) {
        char text[32];
        logbuf_add(log, 0, text, (size_t)snprintf(text, sizeof text, "line %d", i));
    }
}

static void following_shows_the_end_and_scrolling_pauses_it(void **state)
{
    struct logbuf log = {.lines_most = 50};
    struct textpane pane = {.source = &log_source, .data = &log, .follow = true, .wrap = true};
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 3, 20);
    add_lines(&log, 0, 10);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 3, "line 7\nline 8\nline 9\n");
    textpane_scroll(&pane, -2);
    assert_false(pane.follow);
    add_lines(&log, 10, 20);
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 3, "line 5\nline 6\nline 7\n");
    assert_false(textpane_at_end(&pane));
    add_lines(&log, 20, 100); /* what is read is dropped: the window stays at the oldest */
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 3, "line 50\nline 51\nline 52\n");
    pane.follow = true;
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 3, "line 97\nline 98\nline 99\n");
    assert_true(textpane_at_end(&pane));
    logbuf_done(&log);
    canvas_done(&canvas);
}

static void long_lines_wrap_and_scroll_row_by_row(void **state)
{
    struct logbuf log = {0};
    struct textpane pane = {.source = &log_source, .data = &log, .wrap = true};
    struct canvas canvas = {0};
    const char *lines[] = {"abcdefghijklmnop", "x\ty", "中中中中", "\x1b[2J", "end"};

    (void)state;
    for (size_t i = 0; i < countof(lines); i++) {
        logbuf_add(&log, 0, lines[i], strlen(lines[i]));
    }
    canvas_resize(&canvas, 4, 7);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 4, "abcdefg\nhijklmn\nop\nx\n");
    textpane_scroll(&pane, 1);
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 4, "hijklmn\nop\nx\ny\n");
    textpane_scroll(&pane, 100);
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 4, "中中中\n中\n^[[2J\nend\n");
    textpane_scroll(&pane, -1);
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 4, "y\n中中中\n中\n^[[2J\n");
    pane.wrap = false;
    textpane_home(&pane);
    textpane_sideways(&pane, 3);
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 2, "defghij\n     y\n");
    logbuf_done(&log);
    canvas_done(&canvas);
}

static void a_search_goes_round_and_marks_what_it_finds(void **state)
{
    struct logbuf log = {0};
    struct textpane pane = {.source = &log_source, .data = &log, .wrap = true};
    struct canvas canvas = {0};

    (void)state;
    add_lines(&log, 0, 100);
    logbuf_add(&log, 0, "an \x1b[31mErr\x1b[mor here", 21);
    canvas_resize(&canvas, 6, 30);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    textpane_search(&pane, "error");
    assert_true(textpane_next(&pane, 1));
    assert_int_equal(pane.hit, 100);
    canvas_clear(&canvas);
    textpane_paint(&pane, &canvas, canvas_area(&canvas));
    assert_int_equal(canvas.cells[5 * 30 + 3].role, ROLE_MATCH);
    assert_int_equal(canvas.cells[5 * 30 + 8].role, ROLE_LOG);
    textpane_search(&pane, "line 5");
    assert_true(textpane_next(&pane, 1));
    assert_int_equal(pane.hit, 5);
    assert_true(textpane_next(&pane, 1));
    assert_int_equal(pane.hit, 50);
    assert_true(textpane_next(&pane, -1));
    assert_int_equal(pane.hit, 5);
    assert_true(textpane_next(&pane, -1));
    assert_int_equal(pane.hit, 59);
    textpane_search(&pane, "Line");
    assert_false(textpane_next(&pane, 1));
    textpane_done(&pane);
    logbuf_done(&log);
    canvas_done(&canvas);
}

/* ---- formbox ---- */

static const char *const sources[] = {"image", "host", NULL};

static void a_form_moves_changes_and_submits(void **state)
{
    struct formbox_field fields[] = {
        {.kind = FORMBOX_TEXT, .id = "name", .label = "Name"},
        {.kind = FORMBOX_CHOICE, .id = "source", .label = "Source", .choices = sources},
        {.kind = FORMBOX_TEXT, .id = "image", .label = "Image"},
        {.kind = FORMBOX_BUTTON, .id = "create", .label = "Create"},
        {.kind = FORMBOX_BUTTON, .id = "cancel", .label = "Cancel"},
    };
    struct formbox form = {.fields = fields, .count = countof(fields)};
    struct canvas canvas = {0};
    struct key right = key_of("right"), tab = key_of("tab"), save = key_of("ctrl-s"),
               letter = key_of("x"), enter = key_of("enter"), escape = key_of("esc"),
               back = key_of("shift-tab");

    (void)state;
    assert_int_equal(formbox_key(&form, &letter), FORMBOX_CHANGED);
    assert_int_equal(formbox_key(&form, &enter), FORMBOX_MOVED);
    assert_int_equal(formbox_key(&form, &right), FORMBOX_CHANGED);
    assert_string_equal(formbox_value(formbox_find(&form, "source")), "host");
    fields[2].hidden = true;
    assert_int_equal(formbox_key(&form, &tab), FORMBOX_MOVED);
    assert_int_equal(form.focus, 3);
    assert_int_equal(formbox_key(&form, &enter), FORMBOX_PRESSED);
    formbox_key(&form, &back);
    assert_int_equal(form.focus, 1);
    assert_int_equal(formbox_key(&form, &escape), FORMBOX_IGNORED);
    assert_int_equal(formbox_key(&form, &save), FORMBOX_PRESSED);
    assert_int_equal(form.focus, 3);
    formbox_fault(&fields[0], "this name is taken");
    str_add(&fields[1].note, "first\nsecond");
    assert_true(formbox_first_fault(&form));
    canvas_resize(&canvas, 8, 50);
    formbox_paint(&form, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 0, 6,
                  "Name             x\n                 this name is taken\n"
                  "Source            image  [host]\n                 first\n\n"
                  "                   Create     Cancel\n");
    assert_int_equal(formbox_click(&form, 2, 20), FORMBOX_CHANGED);
    assert_int_equal(fields[1].choice, 0);
    assert_int_equal(formbox_click(&form, 6, 31), FORMBOX_PRESSED);
    assert_int_equal(form.focus, 4);
    formbox_done(&form);
    canvas_done(&canvas);
}

static void a_form_scrolls_to_its_focus(void **state)
{
    struct formbox_field fields[12] = {0};
    struct formbox form = {.fields = fields, .count = countof(fields)};
    struct canvas canvas = {0};
    struct key tab = key_of("tab");

    (void)state;
    for (size_t i = 0; i < countof(fields); i++) {
        fields[i].label = i == 11 ? "last" : "field";
    }
    canvas_resize(&canvas, 4, 40);
    for (int i = 0; i < 11; i++) {
        formbox_key(&form, &tab);
    }
    formbox_paint(&form, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 2, 2, "field\nlast\n");
    assert_int_equal(canvas.cursor_row, 3);
    formbox_done(&form);
    canvas_done(&canvas);
}

/* ---- dialog ---- */

static void a_dialog_wants_the_name_to_the_letter(void **state)
{
    static const char *const lines[] = {"Delete the CronJob \"backup\" and its 4 runs"};
    struct dialog dialog = {
        .title = "delete", .lines = lines, .line_count = 1, .word = "ab", .action = "delete"};
    struct key enter = key_of("enter"), a = key_of("a"), b = key_of("b"), esc = key_of("esc");
    struct canvas canvas = {0};

    (void)state;
    assert_int_equal(dialog_key(&dialog, &enter), DIALOG_OPEN);
    assert_true(dialog.wrong);
    dialog_key(&dialog, &a);
    assert_false(dialog.wrong);
    assert_int_equal(dialog_key(&dialog, &enter), DIALOG_OPEN);
    canvas_resize(&canvas, 15, 40);
    dialog_paint(&dialog, &canvas, canvas_area(&canvas));
    assert_screen(&canvas, 1, 10,
                  "  ╭─ delete ─────────────────────────╮\n"
                  "  │ Delete the CronJob \"backup\" and  │\n"
                  "  │ its 4 runs                       │\n"
                  "  │                                  │\n"
                  "  │ Type ab to delete it             │\n"
                  "  │ a                                │\n"
                  "  │ that is not its name             │\n"
                  "  │                                  │\n"
                  "  │ enter delete   esc cancel        │\n"
                  "  ╰──────────────────────────────────╯\n");
    dialog_key(&dialog, &b);
    assert_int_equal(dialog_key(&dialog, &enter), DIALOG_YES);
    assert_int_equal(dialog_key(&dialog, &esc), DIALOG_NO);
    dialog_done(&dialog);
    canvas_done(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_asks_only_for_the_rows_it_shows),
        cmocka_unit_test(the_selection_follows_its_row_when_others_come_and_go),
        cmocka_unit_test(a_narrow_list_gives_up_columns_and_shows_where_it_is),
        cmocka_unit_test(paging_keeps_a_line_of_context_and_the_wheel_takes_the_selection_along),
        cmocka_unit_test(an_entry_knows_readlines_keys),
        cmocka_unit_test(marks_and_controls_in_an_entry_behave),
        cmocka_unit_test(a_text_comes_back_after_a_narrow_window),
        cmocka_unit_test(a_long_text_scrolls_under_the_cursor),
        cmocka_unit_test(following_shows_the_end_and_scrolling_pauses_it),
        cmocka_unit_test(long_lines_wrap_and_scroll_row_by_row),
        cmocka_unit_test(a_search_goes_round_and_marks_what_it_finds),
        cmocka_unit_test(a_form_moves_changes_and_submits),
        cmocka_unit_test(a_form_scrolls_to_its_focus),
        cmocka_unit_test(a_dialog_wants_the_name_to_the_letter),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests_name("widget", tests, NULL, NULL);
}
