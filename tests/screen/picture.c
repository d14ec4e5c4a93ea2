/* picture.c - runs a program on a terminal of its own and draws what stands there, as SVG or text. */
/* SPDX-License-Identifier: MIT */
/*
 * usage: picture COLUMNSxROWS PROGRAM [ARG...] <SCRIPT
 *
 * The script, one command a line:
 *   wait TEXT    until TEXT stands on the screen and nothing has moved for a moment (30 s at most)
 *   type KEYS    keys to send; \e is escape, \r enter
 *   save FILE    the screen as it is: FILE.svg with colours, any other name as text
 * The program is ended afterwards. The README's picture is made this way (docs/screenshot.sh).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <vterm.h>

#include "core/base/str.h"
#include "core/base/utf8.h"

enum { QUIET_MS = 300, WAIT_MS = 30000, CELL_HEIGHT = 18, MARGIN = 10 };
#define CELL_WIDTH 8.4 /* what 14 px of a monospaced face need */
#define PAPER "#1a1b1e"

struct picture {
    int columns, rows;
    int fd; /* the program's terminal, our side */
    pid_t pid;
    VTerm *vterm;
    VTermScreen *screen;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool start(struct picture *p, char **argv)
{
    struct winsize size = {.ws_row = (unsigned short)p->rows, .ws_col = (unsigned short)p->columns};
    p->pid = forkpty(&p->fd, NULL, NULL, &size);
    if (p->pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        execvp(argv[0], argv);
        _exit(127);
    }
    if (p->pid < 0) {
        return false;
    }
    p->vterm = vterm_new(p->rows, p->columns);
    vterm_set_utf8(p->vterm, 1);
    p->screen = vterm_obtain_screen(p->vterm);
    vterm_screen_enable_altscreen(p->screen, 1);
    vterm_screen_reset(p->screen, 1);
    return true;
}

static void put(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0) {
            return; /* the program has left: what it left on the screen still counts */
        }
        bytes += n;
        len -= (size_t)n;
    }
}

/* Reads what the program writes for at most MS. False when nothing came. */
static bool drain(struct picture *p, int ms)
{
    struct pollfd waiting = {.fd = p->fd, .events = POLLIN};
    if (poll(&waiting, 1, ms) <= 0) {
        return false;
    }
    char bytes[4096];
    ssize_t n = read(p->fd, bytes, sizeof bytes);
    if (n <= 0) {
        return false;
    }
    vterm_input_write(p->vterm, bytes, (size_t)n);
    /* What a terminal answers when asked (its colours, its cursor). */
    size_t reply = vterm_output_read(p->vterm, bytes, sizeof bytes);
    put(p->fd, bytes, reply);
    return true;
}

static bool cell_at(const struct picture *p, int row, int column, VTermScreenCell *ret_cell)
{
    return vterm_screen_get_cell(p->screen, (VTermPos){.row = row, .col = column}, ret_cell) != 0;
}

static void cell_text(const VTermScreenCell *cell, struct str *s)
{
    if (cell->chars[0] == 0) {
        str_add_char(s, ' ');
        return;
    }
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0; i++) {
        char bytes[4];
        str_add_bytes(s, bytes, utf8_encode(cell->chars[i], bytes));
    }
}

static void row_text(const struct picture *p, int row, struct str *s)
{
    VTermScreenCell cell;
    for (int column = 0; column < p->columns && cell_at(p, row, column, &cell);
         column += cell.width > 1 ? cell.width : 1) {
        cell_text(&cell, s);
    }
}

static bool shows(const struct picture *p, const char *text)
{
    for (int row = 0; row < p->rows; row++) {
        cleanup_with(str_done) struct str line = {0};
        row_text(p, row, &line);
        if (strstr(str_text(&line), text) != NULL) {
            return true;
        }
    }
    return false;
}

static bool wait_for(struct picture *p, const char *text)
{
    int64_t until = now_ms() + WAIT_MS;
    while (now_ms() < until) {
        bool moved = drain(p, QUIET_MS);
        if (!moved && shows(p, text)) {
            return true;
        }
    }
    return false;
}

static void type(struct picture *p, const char *keys)
{
    for (; *keys != '\0'; keys++) {
        char key = *keys;
        if (key == '\\' && keys[1] != '\0') {
            keys++;
            key = *keys == 'e' ? '\033' : *keys == 'r' ? '\r' : *keys;
        }
        put(p->fd, &key, 1);
    }
}

/* #rrggbb of a colour; the two sides are exchanged in reverse video. */
static void cell_colours(const struct picture *p, const VTermScreenCell *cell, char ink[8],
                         char paper[8])
{
    VTermColor front = cell->fg, back = cell->bg;
    bool plain_front = VTERM_COLOR_IS_DEFAULT_FG(&front) != 0;
    bool plain_back = VTERM_COLOR_IS_DEFAULT_BG(&back) != 0;
    vterm_screen_convert_color_to_rgb(p->screen, &front);
    vterm_screen_convert_color_to_rgb(p->screen, &back);
    char *of_front = cell->attrs.reverse ? paper : ink;
    char *of_back = cell->attrs.reverse ? ink : paper;
    if (plain_front) {
        snprintf(of_front, 8, "#d4d4d4");
    } else {
        snprintf(of_front, 8, "#%02x%02x%02x", front.rgb.red, front.rgb.green, front.rgb.blue);
    }
    if (plain_back) {
        snprintf(of_back, 8, PAPER);
    } else {
        snprintf(of_back, 8, "#%02x%02x%02x", back.rgb.red, back.rgb.green, back.rgb.blue);
    }
}

static void put_xml(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        default: fputc(*text, out);
        }
    }
}

struct look {
    char ink[8], paper[8];
    bool bold, blank;
};

static struct look look_at(const struct picture *p, int row, int column, VTermScreenCell *cell)
{
    struct look look = {0};
    if (cell_at(p, row, column, cell)) {
        cell_colours(p, cell, look.ink, look.paper);
        look.bold = cell->attrs.bold != 0;
        look.blank = cell->chars[0] == 0 || cell->chars[0] == ' ';
    }
    return look;
}

/* One word of one look, at its place: a reader's face may be wider, and spaces may be folded, but
 * words stay on the grid. Returns the column behind it. */
static int put_word(const struct picture *p, FILE *out, int row, int column)
{
    cleanup_with(str_done) struct str text = {0};
    VTermScreenCell cell;
    struct look look = look_at(p, row, column, &cell);
    int end = column;
    while (end < p->columns) {
        struct look next = look_at(p, row, end, &cell);
        if (next.blank || strcmp(next.ink, look.ink) != 0 || next.bold != look.bold) {
            break;
        }
        cell_text(&cell, &text);
        end += cell.width > 1 ? cell.width : 1;
    }
    if (end == column) {
        return column + 1;
    }
    fprintf(out, "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" fill=\"%s\"%s>",
            MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT + 13,
            (end - column) * CELL_WIDTH, look.ink, look.bold ? " font-weight=\"bold\"" : "");
    put_xml(out, str_text(&text));
    fputs("</text>\n", out);
    return end;
}

/* The cells from COLUMN on that have one background. Returns the column behind them. */
static int put_paper(const struct picture *p, FILE *out, int row, int column)
{
    VTermScreenCell cell;
    struct look look = look_at(p, row, column, &cell);
    int end = column + 1;
    while (end < p->columns && strcmp(look_at(p, row, end, &cell).paper, look.paper) == 0) {
        end++;
    }
    if (strcmp(look.paper, PAPER) != 0) {
        fprintf(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
                MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT,
                (end - column) * CELL_WIDTH, CELL_HEIGHT, look.paper);
    }
    return end;
}

static void put_svg(const struct picture *p, FILE *out)
{
    double width = 2 * MARGIN + p->columns * CELL_WIDTH;
    int height = 2 * MARGIN + p->rows * CELL_HEIGHT;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %d\" "
            "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\">\n"
            "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"" PAPER "\"/>\n",
            width, height);
    for (int row = 0; row < p->rows; row++) {
        for (int column = 0; column < p->columns;) {
            column = put_paper(p, out, row, column);
        }
        for (int column = 0; column < p->columns;) {
            column = put_word(p, out, row, column);
        }
    }
    fputs("</svg>\n", out);
}

static void put_text(const struct picture *p, FILE *out)
{
    for (int row = 0; row < p->rows; row++) {
        cleanup_with(str_done) struct str line = {0};
        row_text(p, row, &line);
        while (line.len > 0 && line.data[line.len - 1] == ' ') {
            str_cut(&line, line.len - 1);
        }
        fprintf(out, "%s\n", str_text(&line));
    }
}

static bool save(const struct picture *p, const char *path)
{
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        return false;
    }
    size_t len = strlen(path);
    if (len > 4 && strcmp(path + len - 4, ".svg") == 0) {
        put_svg(p, out);
    } else {
        put_text(p, out);
    }
    return fclose(out) == 0;
}

static bool obey(struct picture *p, const char *line)
{
    if (strncmp(line, "wait ", 5) == 0) {
        return wait_for(p, line + 5);
    }
    if (strncmp(line, "type ", 5) == 0) {
        type(p, line + 5);
        return true;
    }
    return strncmp(line, "save ", 5) == 0 && save(p, line + 5);
}

int main(int argc, char **argv)
{
    struct picture p = {0};
    if (argc < 3 || sscanf(argv[1], "%dx%d", &p.columns, &p.rows) != 2 || p.columns < 1 ||
        p.rows < 1 || p.columns > 500 || p.rows > 500) {
        fprintf(stderr, "usage: picture COLUMNSxROWS PROGRAM [ARG...] <SCRIPT\n");
        return 2;
    }
    if (!start(&p, argv + 2)) {
        perror("picture: forkpty");
        return 1;
    }
    char line[256];
    int result = 0;
    while (result == 0 && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#' && !obey(&p, line)) {
            fprintf(stderr, "picture: \"%s\" did not work; on the screen:\n", line);
            put_text(&p, stderr);
            result = 1;
        }
    }
    kill(p.pid, SIGTERM);
    /* A program that still writes would wait for a reader for ever. */
    while (drain(&p, QUIET_MS)) {
    }
    close(p.fd);
    waitpid(p.pid, NULL, 0);
    vterm_free(p.vterm);
    return result;
}
