/* tty.c - the terminal: curses up and down, what it can show, restored whatever happens. */
/* SPDX-License-Identifier: MIT */
/* Drawing goes to a canvas; here its cells become curses cells, and curses sends what differs from
 * the terminal's picture. This is the only file that knows curses. */
#include "tui/kit/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <curses.h>

/* Names that <term.h> and <curses.h> define as macros and that are plain words elsewhere. */
#undef lines
#undef columns
#undef tab

#include "core/base/mem.h"
#include "core/base/str.h"

struct tty {
    SCREEN *screen;
    FILE *out, *in;
    bool unicode, mouse, guard, real; /* real: OUT is a terminal */
    bool shown_cursor;
    int rows, cols;
    enum depth depth;
    struct theme theme;
    struct cell *shown; /* what curses was given last; NULL: everything anew */
    int shown_rows, shown_cols;
    struct look { /* role x bar, worked out once a theme */
        attr_t attrs;
        int pair;
        struct style style;
    } looks[ROLE_COUNT][ROLE_COUNT];
};

/* Click, drag and wheel with SGR coordinates; bracketed paste. Not in terminfo. */
static const char modes_on[] = "\x1b[?2004h";
static const char mouse_on[] = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
static const char modes_off[] = "\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l";

/* For the handler of fatal signals: it may call write and tcsetattr, and nothing that allocates. */
static struct {
    volatile sig_atomic_t armed;
    int fd;
    struct termios modes;
    char bytes[128];
    size_t len;
} rescue;

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};

static void send_bytes(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return; /* a terminal that is gone needs no modes */
        }
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

static void on_fatal(int number)
{
    if (rescue.armed) {
        rescue.armed = 0;
        send_bytes(rescue.fd, rescue.bytes, rescue.len);
        tcsetattr(rescue.fd, TCSANOW, &rescue.modes);
    }
    /* SA_RESETHAND put the default action back: dump and die as without us. */
    raise(number);
}

static void arm_rescue(int fd)
{
    const char *leave = tigetstr("rmcup"), *show = tigetstr("cnorm"), *plain = tigetstr("sgr0");
    struct str bytes = {0};

    if (tcgetattr(fd, &rescue.modes) < 0) {
        return;
    }
    str_add(&bytes, modes_off);
    const char *parts[] = {plain, show, leave};
    for (size_t i = 0; i < countof(parts); i++) {
        if (parts[i] && parts[i] != (const char *)-1) {
            /* Padding such as $<5> is for terminals of another age: the text alone. */
            str_add_bytes(&bytes, parts[i], strcspn(parts[i], "$"));
        }
    }
    str_add(&bytes, "\r\n");
    rescue.len = bytes.len < sizeof rescue.bytes ? bytes.len : 0;
    memcpy(rescue.bytes, str_text(&bytes), rescue.len);
    str_done(&bytes);
    rescue.fd = fd;
    struct sigaction action = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < countof(fatal_signals); i++) {
        sigaction(fatal_signals[i], &action, NULL);
    }
    rescue.armed = 1;
}

static void disarm_rescue(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    sigemptyset(&action.sa_mask);
    rescue.armed = 0;
    for (size_t i = 0; i < countof(fatal_signals); i++) {
        sigaction(fatal_signals[i], &action, NULL);
    }
}

static FILE *stream_of(int fd, const char *mode)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    FILE *file = copy < 0 ? NULL : fdopen(copy, mode);

    if (!file && copy >= 0) {
        close(copy);
    }
    return file;
}

static enum depth depth_of_terminal(void)
{
    if (!has_colors() || COLORS < 8) {
        return DEPTH_MONO;
    }
    if (COLORS > 0xffff) {
        return DEPTH_RGB;
    }
    return COLORS >= 256 ? DEPTH_256 : COLORS >= 16 ? DEPTH_16 : DEPTH_8;
}

/* Modes curses has no word for, and those it has. */
static void set_modes(struct tty *tty)
{
    raw();
    noecho();
    nonl();
    leaveok(stdscr, FALSE);
    send_bytes(fileno(tty->out), modes_on, sizeof modes_on - 1);
    if (tty->mouse) {
        send_bytes(fileno(tty->out), mouse_on, sizeof mouse_on - 1);
    }
}

static bool window_size(const struct tty *tty, int *ret_rows, int *ret_cols)
{
    struct winsize size;

    if (!tty->real || ioctl(fileno(tty->out), TIOCGWINSZ, &size) < 0 || !size.ws_row ||
        !size.ws_col) {
        return false;
    }
    *ret_rows = size.ws_row;
    *ret_cols = size.ws_col;
    return true;
}

static bool start_curses(struct tty *tty, const struct tty_options *options, struct error *err)
{
    const char *term = options->term ? options->term : getenv("TERM");

    if (!term || !*term || strcmp(term, "dumb") == 0) {
        error_set(err, ERROR_USAGE, "this terminal cannot be drawn on (TERM is \"%s\")",
                  term ? term : "");
        return error_hint(err, "set TERM, or use \"belfry get\" and the other verbs");
    }
    tty->screen = newterm(term, tty->out, tty->in);
    if (!tty->screen) {
        error_set(err, ERROR_USAGE, "the terminal \"%s\" is not in the terminfo database", term);
        return error_hint(err, "set TERM to one that is, such as xterm-256color");
    }
    set_term(tty->screen);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    tty->depth = depth_of_terminal();
    return true;
}

struct tty *tty_open(const struct tty_options *options, struct error *err)
{
    struct tty *tty = xcalloc(1, sizeof *tty);

    *tty = (struct tty){
        .mouse = options->mouse, .guard = options->guard, .real = isatty(options->out) == 1};
    setlocale(LC_CTYPE, "");
    tty->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    tty->out = stream_of(options->out, "w");
    tty->in = stream_of(options->in, "r");
    if (!tty->out || !tty->in) {
        error_sys(err, ERROR_IO, errno, "opening the terminal");
        return tty_close(tty);
    }
    struct termios before;
    bool have_modes = tcgetattr(fileno(tty->out), &before) == 0;
    if (!start_curses(tty, options, err)) {
        return tty_close(tty);
    }
    if (tty->guard && have_modes) {
        arm_rescue(fileno(tty->out));
        rescue.modes = before; /* those from before curses changed them */
    }
    tty->rows = options->rows;
    tty->cols = options->cols;
    if (tty->rows <= 0 || tty->cols <= 0) {
        if (!window_size(tty, &tty->rows, &tty->cols)) {
            getmaxyx(stdscr, tty->rows, tty->cols);
        }
    }
    set_modes(tty);
    tty_resize(tty, tty->rows, tty->cols);
    struct theme mono;
    theme_mono(&mono);
    tty_theme(tty, &mono);
    return tty;
}

struct tty *tty_close(struct tty *tty)
{
    if (!tty) {
        return NULL;
    }
    if (tty->screen) {
        set_term(tty->screen);
        send_bytes(fileno(tty->out), modes_off, sizeof modes_off - 1);
        curs_set(1);
        endwin();
        delscreen(tty->screen);
        if (tty->guard) {
            disarm_rescue();
        }
    }
    if (tty->out) {
        fclose(tty->out);
    }
    if (tty->in) {
        fclose(tty->in);
    }
    free(tty->shown);
    free(tty);
    return NULL;
}

bool tty_unicode(const struct tty *tty)
{
    return tty->unicode;
}

enum depth tty_depth(const struct tty *tty)
{
    return tty->depth;
}

void tty_size(const struct tty *tty, int *ret_rows, int *ret_cols)
{
    if (!window_size(tty, ret_rows, ret_cols)) {
        *ret_rows = tty->rows;
        *ret_cols = tty->cols;
    }
}

void tty_redraw(struct tty *tty)
{
    free(tty->shown);
    tty->shown = NULL;
    clearok(curscr, TRUE);
}

void tty_resize(struct tty *tty, int rows, int cols)
{
    set_term(tty->screen);
    tty->rows = rows;
    tty->cols = cols;
    resizeterm(rows, cols);
    tty_redraw(tty);
}

static int curses_colour(uint32_t colour)
{
    return COLOUR_KIND(colour) == COLOUR_DEFAULT || colour == COLOUR_UNSET
               ? -1
               : (int)COLOUR_VALUE(colour);
}

static attr_t curses_attrs(uint32_t attrs)
{
    static const struct {
        uint32_t ours;
        attr_t theirs;
    } pairs[] = {{ATTR_BOLD, A_BOLD},
                 {ATTR_DIM, A_DIM},
                 {ATTR_ITALIC, A_ITALIC},
                 {ATTR_UNDERLINE, A_UNDERLINE},
                 {ATTR_REVERSE, A_REVERSE}};
    attr_t out = 0;

    for (size_t i = 0; i < countof(pairs); i++) {
        out |= attrs & pairs[i].ours ? pairs[i].theirs : 0;
    }
    return out;
}

static int curses_pair(const struct tty *tty, uint32_t fg, uint32_t bg)
{
    if (tty->depth == DEPTH_MONO || tty->theme.mono) {
        return 0;
    }
    int f = curses_colour(fg), b = curses_colour(bg);
    if (f < 0 && b < 0) {
        return 0;
    }
    /* alloc_pair finds the pair again, and recycles the oldest when all are in use. */
    int pair = alloc_pair(f, b);
    return pair > 0 ? pair : 0;
}

void tty_theme(struct tty *tty, const struct theme *theme)
{
    set_term(tty->screen);
    tty->theme = *theme;
    for (int role = 0; role < ROLE_COUNT; role++) {
        for (int under = 0; under < ROLE_COUNT; under++) {
            struct look *look = &tty->looks[role][under];
            look->pair = -1; /* made when first needed: most are never */
        }
    }
    tty_redraw(tty);
}

static const struct look *look_of(struct tty *tty, const struct cell *cell)
{
    struct look *look = &tty->looks[cell->role][cell->under];

    if (look->pair < 0) {
        look->style = theme_look(&tty->theme, tty->depth, cell->role, cell->under);
        look->attrs = curses_attrs(look->style.attrs);
        look->pair = curses_pair(tty, look->style.fg, look->style.bg);
    }
    return look;
}

static void to_curses(struct tty *tty, const struct cell *cell, cchar_t *ret)
{
    const struct look *look = look_of(tty, cell);
    attr_t attrs = look->attrs | curses_attrs(cell->own.attrs);
    int pair = look->pair;
    wchar_t text[2 + CELL_MARKS] = {(wchar_t)cell->point};

    if (cell->own.fg || cell->own.bg) {
        uint32_t fg = cell->own.fg ? colour_nearest(cell->own.fg, tty->depth) : look->style.fg;
        uint32_t bg = cell->own.bg ? colour_nearest(cell->own.bg, tty->depth) : look->style.bg;
        pair = curses_pair(tty, fg, bg);
    }
    for (int i = 0; i < CELL_MARKS && cell->marks[i]; i++) {
        text[i + 1] = (wchar_t)cell->marks[i];
    }
    setcchar(ret, text, attrs, 0, &pair);
}

/* Hands the changed stretch of a row to curses. */
static void show_row(struct tty *tty, const struct canvas *canvas, int row, int cols)
{
    const struct cell *now = canvas->cells + (size_t)row * (size_t)canvas->cols;
    struct cell *was = tty->shown + (size_t)row * (size_t)canvas->cols;
    int first = 0, last = cols - 1;

    while (first <= last && memcmp(&now[first], &was[first], sizeof *now) == 0) {
        first++;
    }
    if (first > last) {
        return;
    }
    while (memcmp(&now[last], &was[last], sizeof *now) == 0) {
        last--;
    }
    /* Never begin or end within a wide character. */
    while (first > 0 && (now[first].point == 0 || was[first].point == 0)) {
        first--;
    }
    while (last + 1 < cols && (now[last + 1].point == 0 || was[last + 1].point == 0)) {
        last++;
    }
    cchar_t line[256];
    int start = first, count = 0;
    for (int col = first; col <= last; col++) {
        if (now[col].point == 0) {
            continue; /* curses fills the right half by itself */
        }
        if (count == (int)countof(line)) {
            mvadd_wchnstr(row, start, line, count);
            start = col;
            count = 0;
        }
        to_curses(tty, &now[col], &line[count++]);
    }
    mvadd_wchnstr(row, start, line, count);
    memcpy(was + first, now + first, (size_t)(last - first + 1) * sizeof *now);
}

void tty_show(struct tty *tty, const struct canvas *canvas)
{
    size_t count = (size_t)canvas->rows * (size_t)canvas->cols;

    set_term(tty->screen);
    if (!tty->shown || tty->shown_rows != canvas->rows || tty->shown_cols != canvas->cols) {
        free(tty->shown);
        tty->shown = xcalloc(count, sizeof *tty->shown);
        tty->shown_rows = canvas->rows;
        tty->shown_cols = canvas->cols;
    }
    int rows = canvas->rows < LINES ? canvas->rows : LINES;
    int cols = canvas->cols < COLS ? canvas->cols : COLS;
    for (int row = 0; row < rows; row++) {
        show_row(tty, canvas, row, cols);
    }
    bool cursor = canvas->cursor_row >= 0;
    if (cursor != tty->shown_cursor || !cursor) {
        curs_set(cursor ? 1 : 0);
        tty->shown_cursor = cursor;
    }
    move(cursor ? canvas->cursor_row : rows - 1, cursor ? canvas->cursor_col : 0);
    wnoutrefresh(stdscr);
    doupdate();
}

static void leave(struct tty *tty)
{
    set_term(tty->screen);
    send_bytes(fileno(tty->out), modes_off, sizeof modes_off - 1);
    curs_set(1);
    endwin();
}

void tty_enter(struct tty *tty)
{
    int rows, cols;

    set_term(tty->screen);
    reset_prog_mode();
    refresh();
    set_modes(tty);
    tty->shown_cursor = true;
    tty_size(tty, &rows, &cols);
    tty_resize(tty, rows, cols);
}

void tty_suspend(struct tty *tty)
{
    leave(tty);
    /* The whole group, as the terminal's own Ctrl-Z would: a pipeline stops as one. */
    kill(0, SIGTSTP);
    tty_enter(tty);
}
