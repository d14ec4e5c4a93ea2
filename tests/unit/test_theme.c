/* test_theme.c - themes read, checked for contrast, and shown on a terminal made of memory. */
/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vterm.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "tui/kit/theme.h"
#include "tui/kit/tty.h"

#define READABLE 4.5

static struct theme load(const char *name)
{
    const char *folder = getenv("srcdir");
    autofree char *path = xasprintf("%s/themes/%s.yaml", folder ? folder : ".", name);
    struct theme theme;
    struct error err = {0};

    if (!theme_load(path, &theme, &err)) {
        fail_msg("%s: %s", err.where, err.what);
    }
    assert_string_equal(theme.name, name);
    return theme;
}

/* ---- the themes that come with it ---- */

static bool is_line(enum role role)
{
    return role == ROLE_BORDER || role == ROLE_BORDER_FOCUS;
}

/* As text is really seen: on its own ground, on the bars, in dialogs and fields. */
static void every_role_is_readable_wherever_it_stands(void **state)
{
    static const char *const names[] = {"dark", "light"};
    static const enum role grounds[] = {ROLE_TEXT,   ROLE_CURSOR, ROLE_CURSOR_IDLE,
                                        ROLE_DIALOG, ROLE_FIELD,  ROLE_FIELD_FOCUS};
    static const enum depth depths[] = {DEPTH_256, DEPTH_RGB};

    (void)state;
    for (size_t n = 0; n < countof(names) * countof(grounds) * countof(depths); n++) {
        struct theme theme = load(names[n % 2]);
        enum role ground = grounds[n / 2 % countof(grounds)];
        enum depth depth = depths[n / 2 / countof(grounds)];
        for (int role = 0; role < ROLE_COUNT; role++) {
            struct style look = theme_look(&theme, depth, (enum role)role, ground);
            /* The colours are the theme's own, never left to the terminal. */
            assert_true(COLOUR_KIND(look.fg) != COLOUR_DEFAULT);
            assert_true(COLOUR_KIND(look.bg) != COLOUR_DEFAULT);
            double contrast = colour_contrast(colour_rgb(look.fg, 0), colour_rgb(look.bg, 0));
            double least = is_line((enum role)role) ? 1.2 : READABLE;
            /* The nearest of 256 colours may lose a little. */
            least -= depth == DEPTH_256 && least > 2 ? 0.6 : 0;
            if (contrast < least) {
                fail_msg("%s: %s on %s has a contrast of %.2f at depth %d", theme.name,
                         role_name((enum role)role), role_name(ground), contrast, (int)depth);
            }
        }
    }
}

static void states_are_told_apart_by_colour_too(void **state)
{
    static const enum role states[] = {ROLE_RUN_OK,     ROLE_RUN_RUNNING, ROLE_RUN_WAITING,
                                       ROLE_RUN_FAILED, ROLE_RUN_MISSED,  ROLE_RUN_SUSPENDED};
    static const char *const names[] = {"dark", "light"};

    (void)state;
    for (size_t n = 0; n < countof(names); n++) {
        struct theme theme = load(names[n]);
        for (size_t i = 0; i < countof(states); i++) {
            /* A hue must not become a grey among 256 colours. */
            uint32_t near = colour_rgb(colour_nearest(theme.roles[states[i]].fg, DEPTH_256), 0);
            bool grey = (near >> 16) == (near & 255) && (near >> 8 & 255) == (near & 255);
            assert_int_equal(grey, states[i] == ROLE_RUN_SUSPENDED);
            for (size_t k = i + 1; k < countof(states); k++) {
                assert_int_not_equal(theme.roles[states[i]].fg, theme.roles[states[k]].fg);
                assert_int_not_equal(colour_nearest(theme.roles[states[i]].fg, DEPTH_256),
                                     colour_nearest(theme.roles[states[k]].fg, DEPTH_256));
            }
        }
    }
}

static void roles_have_names_and_letters_of_their_own(void **state)
{
    (void)state;
    for (int a = 0; a < ROLE_COUNT; a++) {
        assert_non_null(role_name((enum role)a));
        for (int b = a + 1; b < ROLE_COUNT; b++) {
            assert_int_not_equal(role_letter((enum role)a), role_letter((enum role)b));
            assert_string_not_equal(role_name((enum role)a), role_name((enum role)b));
        }
    }
}

/* ---- other people's ---- */

/* In the shape of the community's skins: anchors above, sections we know and some we do not. */
static const char skin[] = "foreground: &fg \"#f8f8f2\"\n"
                           "red: &red \"#ff5555\"\n"
                           "k9s:\n"
                           "  body:\n"
                           "    fgColor: *fg\n"
                           "    bgColor: default\n"
                           "    logoColor: mediumpurple\n"
                           "  frame:\n"
                           "    border: {fgColor: dodgerblue, focusColor: lightskyblue}\n"
                           "    status: {newColor: cyan, errorColor: *red, addColor: green}\n"
                           "  views:\n"
                           "    charts: {bgColor: default, defaultDialColors: [green, red]}\n"
                           "    table:\n"
                           "      cursorFgColor: black\n"
                           "      cursorBgColor: aqua\n"
                           "    xray: {fgColor: 17}\n";

static void a_skin_of_k9s_works_as_it_is(void **state)
{
    struct theme theme;
    struct error err = {0};

    (void)state;
    assert_true(theme_read("skin.yaml", skin, strlen(skin), &theme, &err));
    assert_int_equal(theme.roles[ROLE_TEXT].fg, COLOUR_RGB(0xf8f8f2));
    assert_int_equal(theme.roles[ROLE_TEXT].bg, COLOUR_DEFAULT);
    assert_int_equal(theme.roles[ROLE_LOGO].fg, COLOUR_RGB(0x9370db));
    assert_int_equal(theme.roles[ROLE_RUN_FAILED].fg, COLOUR_RGB(0xff5555));
    assert_int_equal(theme.roles[ROLE_RUN_RUNNING].fg, COLOUR_RGB(0x00ffff));
    assert_int_equal(theme.roles[ROLE_CURSOR].bg, COLOUR_RGB(0x00ffff));
    /* Not given: from the role it falls back to. */
    assert_int_equal(theme.roles[ROLE_LABEL].fg, theme.roles[ROLE_TEXT].fg);
    /* Cyan on the aqua bar cannot be read: it takes the bar's own. */
    struct style look = theme_look(&theme, DEPTH_RGB, ROLE_RUN_RUNNING, ROLE_CURSOR);
    assert_int_equal(look.fg, COLOUR_RGB(0x000000));
    assert_int_equal(look.bg, COLOUR_RGB(0x00ffff));
}

static void what_is_no_theme_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *what, *where;
    } rows[] = {
        {"k9s:\n  body:\n    fgColor: bluish\n", "\"bluish\" is no colour", "t.yaml:3:"},
        {"belfry:\n  states: {okColor: '#12'}\n", "\"#12\" is no colour", "t.yaml:2:"},
        {"theme: {}\n", "this is no theme", "t.yaml"},
        {"k9s: [\n", "", "t.yaml:"},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct theme theme = {.name = "before"};
        struct error err = {0};
        assert_false(theme_read("t.yaml", rows[i].text, strlen(rows[i].text), &theme, &err));
        assert_non_null(strstr(err.what, rows[i].what));
        assert_non_null(strstr(err.where, rows[i].where));
        assert_string_equal(theme.name, "before");
    }
}

static void without_colour_attributes_tell_what_matters(void **state)
{
    struct theme mono, dark = load("dark");

    (void)state;
    theme_mono(&mono);
    struct style cursor = theme_look(&mono, DEPTH_256, ROLE_TEXT, ROLE_CURSOR);
    assert_int_equal(cursor.fg, COLOUR_DEFAULT);
    assert_true(cursor.attrs & ATTR_REVERSE);
    assert_true(theme_look(&dark, DEPTH_MONO, ROLE_RUN_FAILED, ROLE_TEXT).attrs & ATTR_BOLD);
    /* Few colours: the terminal's own ground, the hue kept, bars by reversing. */
    struct style failed = theme_look(&dark, DEPTH_16, ROLE_RUN_FAILED, ROLE_TEXT);
    assert_int_equal(failed.fg, COLOUR_INDEX(1));
    assert_int_equal(failed.bg, COLOUR_DEFAULT);
    assert_true(theme_look(&dark, DEPTH_8, ROLE_TEXT, ROLE_CURSOR).attrs & ATTR_REVERSE);
}

/* ---- the terminal ---- */

struct glass {
    int fd, in;
    struct tty *tty;
    VTerm *vterm;
    VTermScreen *screen;
    off_t seen;
};

static void glass_read(struct glass *glass)
{
    char bytes[4096];
    ssize_t n;

    while ((n = pread(glass->fd, bytes, sizeof bytes, glass->seen)) > 0) {
        vterm_input_write(glass->vterm, bytes, (size_t)n);
        glass->seen += n;
    }
}

static struct glass glass_open(const char *term)
{
    struct glass glass = {.fd = memfd_create("glass", MFD_CLOEXEC),
                          .in = memfd_create("keys", MFD_CLOEXEC)};
    struct error err = {0};
    const struct tty_options options = {
        .in = glass.in, .out = glass.fd, .term = term, .rows = 4, .cols = 20, .mouse = true};

    glass.vterm = vterm_new(4, 20);
    vterm_set_utf8(glass.vterm, 1);
    glass.screen = vterm_obtain_screen(glass.vterm);
    vterm_screen_enable_altscreen(glass.screen, 1);
    vterm_screen_reset(glass.screen, 1);
    glass.tty = tty_open(&options, &err);
    if (!glass.tty) {
        fail_msg("%s", err.what);
    }
    return glass;
}

static void glass_close(struct glass *glass)
{
    tty_close(glass->tty);
    vterm_free(glass->vterm);
    close(glass->fd);
    close(glass->in);
}

static VTermScreenCell glass_cell(const struct glass *glass, int row, int col)
{
    VTermScreenCell cell;

    vterm_screen_get_cell(glass->screen, (VTermPos){row, col}, &cell);
    return cell;
}

static void a_canvas_appears_with_its_colours_and_marks(void **state)
{
    struct glass glass = glass_open("screen-256color");
    struct canvas canvas = {0};
    struct theme theme = load("dark");

    (void)state;
    assert_int_equal(tty_depth(glass.tty), DEPTH_256);
    tty_theme(glass.tty, &theme);
    canvas_resize(&canvas, 4, 20);
    struct rect all = canvas_area(&canvas);
    canvas_text(&canvas, all, 1, 2, ROLE_RUN_FAILED, "x中e\xcc\x81");
    canvas_point(&canvas, all, 2, 0, ROLE_LOG,
                 (struct style){COLOUR_RGB(0xff8700), 0, ATTR_UNDERLINE}, 'o');
    canvas_text(&canvas, all, 3, 19, ROLE_TEXT, "Z"); /* the corner that must not scroll */
    canvas_cursor(&canvas, all, 1, 3);
    tty_show(glass.tty, &canvas);
    glass_read(&glass);
    VTermScreenCell cell = glass_cell(&glass, 1, 2);
    assert_int_equal(cell.chars[0], 'x');
    assert_true(cell.attrs.bold);
    uint32_t red = colour_nearest(theme.roles[ROLE_RUN_FAILED].fg, DEPTH_256);
    assert_int_equal(cell.fg.indexed.idx, COLOUR_VALUE(red));
    assert_int_equal(glass_cell(&glass, 1, 3).chars[0], 0x4e2d);
    assert_int_equal(glass_cell(&glass, 1, 5).chars[1], 0x301);
    assert_int_equal(glass_cell(&glass, 2, 0).fg.indexed.idx, 208);
    assert_true(glass_cell(&glass, 2, 0).attrs.underline);
    assert_int_equal(glass_cell(&glass, 3, 19).chars[0], 'Z');
    /* Nothing changed: nothing is sent. */
    off_t before = glass.seen;
    tty_show(glass.tty, &canvas);
    glass_read(&glass);
    assert_int_equal(glass.seen, before);
    /* One cell changed: little is sent. */
    canvas_text(&canvas, all, 1, 2, ROLE_RUN_FAILED, "y");
    tty_show(glass.tty, &canvas);
    glass_read(&glass);
    assert_true(glass.seen > before && glass.seen < before + 60);
    assert_int_equal(glass_cell(&glass, 1, 2).chars[0], 'y');
    canvas_done(&canvas);
    glass_close(&glass);
}

/* Everything written since, as one text. */
static bool sent(const struct glass *glass, off_t from, const char *text)
{
    char bytes[8192] = "";
    ssize_t n = pread(glass->fd, bytes, sizeof bytes, from);

    return n > 0 && memmem(bytes, (size_t)n, text, strlen(text)) != NULL;
}

static void what_it_switches_on_it_switches_off(void **state)
{
    struct glass glass = glass_open("xterm-256color");
    struct canvas canvas = {0};

    (void)state;
    canvas_resize(&canvas, 4, 20);
    tty_show(glass.tty, &canvas);
    canvas_done(&canvas);
    assert_true(sent(&glass, 0, "\x1b[?1049h"));
    assert_true(sent(&glass, 0, "\x1b[?2004h"));
    assert_true(sent(&glass, 0, "\x1b[?1006h"));
    off_t before = lseek(glass.fd, 0, SEEK_END);
    glass.tty = tty_close(glass.tty);
    assert_true(sent(&glass, before, "\x1b[?1006l"));
    assert_true(sent(&glass, before, "\x1b[?2004l"));
    assert_true(sent(&glass, before, "\x1b[?1049l"));
    glass_close(&glass);
}

static void terminals_without_colour_and_unknown_ones_are_told_apart(void **state)
{
    struct glass glass = glass_open("vt100");
    struct error err = {0};
    struct tty_options options = {.in = glass.in, .out = glass.fd, .term = "no-such-terminal"};

    (void)state;
    assert_int_equal(tty_depth(glass.tty), DEPTH_MONO);
    assert_null(tty_open(&options, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_non_null(strstr(err.what, "no-such-terminal"));
    options.term = "dumb";
    assert_null(tty_open(&options, &err));
    glass_close(&glass);
}

/* newterm() of a terminal that is unknown leaks what it began with: curses' own. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:new_prescr\n";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_is_readable_wherever_it_stands),
        cmocka_unit_test(states_are_told_apart_by_colour_too),
        cmocka_unit_test(roles_have_names_and_letters_of_their_own),
        cmocka_unit_test(a_skin_of_k9s_works_as_it_is),
        cmocka_unit_test(what_is_no_theme_is_told_with_its_place),
        cmocka_unit_test(without_colour_attributes_tell_what_matters),
        cmocka_unit_test(a_canvas_appears_with_its_colours_and_marks),
        cmocka_unit_test(what_it_switches_on_it_switches_off),
        cmocka_unit_test(terminals_without_colour_and_unknown_ones_are_told_apart),
    };

    setenv("LC_ALL", "C.UTF-8", 1);
    setlocale(LC_CTYPE, "");
    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
