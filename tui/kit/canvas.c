/* canvas.c - the screen as cells in memory: clipped drawing with roles, widths and glyphs. */
/* SPDX-License-Identifier: MIT */
#include "tui/kit/canvas.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/base/str.h"
#include "core/base/utf8.h"
#include "tui/kit/width.h"

/* Sizes beyond are no terminal's; a cell costs 28 bytes. */
#define CANVAS_MOST 1000

/* Both forms are one column wide, so that a layout holds in every locale. */
static const struct {
    const char *unicode, *ascii;
} glyphs[GLYPH_COUNT] = {
    [GLYPH_LINE] = {"─", "-"},        [GLYPH_BAR] = {"│", "|"},
    [GLYPH_TOP_LEFT] = {"╭", "+"},    [GLYPH_TOP_RIGHT] = {"╮", "+"},
    [GLYPH_BOTTOM_LEFT] = {"╰", "+"}, [GLYPH_BOTTOM_RIGHT] = {"╯", "+"},
    [GLYPH_ELLIPSIS] = {"…", "~"},    [GLYPH_DOT] = {"·", "."},
    [GLYPH_POINTER] = {"▌", ">"},     [GLYPH_OK] = {"✓", "+"},
    [GLYPH_FAILED] = {"✗", "x"},      [GLYPH_RUNNING] = {"▶", ">"},
    [GLYPH_WAITING] = {"○", "o"},     [GLYPH_MISSED] = {"!", "!"},
    [GLYPH_SUSPENDED] = {"‖", "="},   [GLYPH_DRAFT] = {"◇", "d"},
    [GLYPH_NEVER] = {"∅", "0"},       [GLYPH_UP] = {"▲", "^"},
    [GLYPH_DOWN] = {"▼", "v"},        [GLYPH_THUMB] = {"█", "#"},
    [GLYPH_STALE] = {"◌", "?"},       [GLYPH_WRAP] = {"↪", "\\"},
};

void canvas_resize(struct canvas *canvas, int rows, int cols)
{
    canvas->rows = rows < 1 ? 1 : rows > CANVAS_MOST ? CANVAS_MOST : rows;
    canvas->cols = cols < 1 ? 1 : cols > CANVAS_MOST ? CANVAS_MOST : cols;
    canvas->cells = xreallocarray(canvas->cells, (size_t)canvas->rows * (size_t)canvas->cols,
                                  sizeof *canvas->cells);
    canvas_clear(canvas);
}

void canvas_done(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

struct rect canvas_area(const struct canvas *canvas)
{
    return (struct rect){0, 0, canvas->rows, canvas->cols};
}

/* The common part of AREA and the canvas. */
static struct rect clip(const struct canvas *canvas, struct rect area)
{
    int bottom = area.row + area.rows, right = area.col + area.cols;

    area.row = area.row < 0 ? 0 : area.row;
    area.col = area.col < 0 ? 0 : area.col;
    bottom = bottom > canvas->rows ? canvas->rows : bottom;
    right = right > canvas->cols ? canvas->cols : right;
    area.rows = bottom > area.row ? bottom - area.row : 0;
    area.cols = right > area.col ? right - area.col : 0;
    return area;
}

static struct cell *cell_at(struct canvas *canvas, int row, int col)
{
    return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

void canvas_fill(struct canvas *canvas, struct rect area, enum role role)
{
    bool bar = role == ROLE_CURSOR || role == ROLE_CURSOR_IDLE || role == ROLE_DIALOG;
    struct cell blank = {
        .point = ' ', .role = (uint16_t)role, .under = (uint16_t)(bar ? role : ROLE_TEXT)};

    area = clip(canvas, area);
    for (int row = area.row; row < area.row + area.rows; row++) {
        for (int col = area.col; col < area.col + area.cols; col++) {
            *cell_at(canvas, row, col) = blank;
        }
    }
}

void canvas_clear(struct canvas *canvas)
{
    canvas_fill(canvas, canvas_area(canvas), ROLE_TEXT);
    canvas->cursor_row = -1;
    canvas->cursor_col = 0;
}

void canvas_under(struct canvas *canvas, struct rect area, enum role under)
{
    area = clip(canvas, area);
    for (int row = area.row; row < area.row + area.rows; row++) {
        for (int col = area.col; col < area.col + area.cols; col++) {
            cell_at(canvas, row, col)->under = (uint16_t)under;
        }
    }
}

const char *glyph_text(bool ascii, enum glyph glyph)
{
    return ascii ? glyphs[glyph].ascii : glyphs[glyph].unicode;
}

/* A mark joins the character before it, where there is one on this canvas. */
static void add_mark(struct canvas *canvas, int row, int col, uint32_t point)
{
    if (canvas->ascii || col < 0 || col >= canvas->cols || row < 0 || row >= canvas->rows) {
        return;
    }
    struct cell *cell = cell_at(canvas, row, col);
    if (cell->point == 0 && col > 0) {
        cell--;
    }
    for (int i = 0; i < CELL_MARKS; i++) {
        if (cell->marks[i] == 0) {
            cell->marks[i] = point;
            return;
        }
    }
}

/* Overwriting one half of a wide character must not leave the other half behind. */
static void mend_halves(struct canvas *canvas, int row, int col, int width)
{
    if (cell_at(canvas, row, col)->point == 0 && col > 0) {
        cell_at(canvas, row, col - 1)->point = ' ';
    }
    if (col + width < canvas->cols && cell_at(canvas, row, col + width)->point == 0) {
        cell_at(canvas, row, col + width)->point = ' ';
    }
}

int canvas_point(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 struct style own, uint32_t point)
{
    int width = 1;

    if (point < 0x20 || point >= 0x7f) {
        point = width_unsafe(point) ? '?' : point;
        width = width_point(point);
    }
    int at_row = area.row + row, at_col = area.col + col;
    struct rect inside = clip(canvas, area);
    bool visible = layout_has(inside, at_row, at_col);
    if (width == 0) {
        /* The mark belongs to the cell on its left, which may be the area's last. */
        if (col > 0 && layout_has(inside, at_row, at_col - 1)) {
            add_mark(canvas, at_row, at_col - 1, point);
        }
        return col;
    }
    if (!visible) {
        return col + width;
    }
    if (canvas->ascii && point >= 0x7f) {
        point = '?';
    }
    /* A wide character that would be cut in half by the clip is a blank; in ASCII its replacement
     * keeps the columns, so that what follows stays in place. */
    bool whole = width == 1 || layout_has(inside, at_row, at_col + 1);
    mend_halves(canvas, at_row, at_col, whole ? width : 1);
    struct cell *cell = cell_at(canvas, at_row, at_col);
    uint16_t under = cell->under;
    *cell = (struct cell){
        .point = whole ? point : ' ', .own = own, .role = (uint16_t)role, .under = under};
    if (width == 2 && whole) {
        cell[1] = cell[0];
        cell[1].point = point == '?' ? '?' : 0;
    }
    return col + width;
}

int canvas_bytes(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 const char *text, size_t len)
{
    const struct style plain = {0};

    for (size_t i = 0; i < len;) {
        size_t size = 1;
        uint32_t point = (unsigned char)text[i];
        if (point >= 0x80) {
            point = utf8_decode(text + i, len - i, &size);
        }
        col = canvas_point(canvas, area, row, col, role, plain, point);
        i += size;
    }
    return col;
}

int canvas_text(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                const char *text)
{
    return canvas_bytes(canvas, area, row, col, role, text, strlen(text));
}

int canvas_textf(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0) {
        return col;
    }
    size_t kept =
        (size_t)len < sizeof text ? (size_t)len : utf8_cut(text, sizeof text - 1, sizeof text - 1);
    return canvas_bytes(canvas, area, row, col, role, text, kept);
}

int canvas_glyph(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 enum glyph glyph)
{
    return canvas_text(canvas, area, row, col, role, glyph_text(canvas->ascii, glyph));
}

int canvas_fit(struct canvas *canvas, struct rect area, int row, int col, int width,
               enum align align, enum role role, const char *text)
{
    size_t len = strlen(text);
    int used;
    size_t kept = width_cut(text, len, width, &used);

    if (width <= 0) {
        return col;
    }
    if (kept < len) {
        kept = width_cut(text, len, width - 1, &used);
        col = canvas_bytes(canvas, area, row, col, role, text, kept);
        col = canvas_glyph(canvas, area, row, col, role, GLYPH_ELLIPSIS);
        used++;
    } else if (align == ALIGN_RIGHT) {
        for (int i = used; i < width; i++) {
            col = canvas_text(canvas, area, row, col, role, " ");
        }
        return canvas_bytes(canvas, area, row, col, role, text, kept);
    } else {
        col = canvas_bytes(canvas, area, row, col, role, text, kept);
    }
    for (int i = used; i < width; i++) {
        col = canvas_text(canvas, area, row, col, role, " ");
    }
    return col;
}

void canvas_line(struct canvas *canvas, struct rect area, int row, enum role role)
{
    for (int col = 0; col < area.cols; col++) {
        canvas_glyph(canvas, area, row, col, role, GLYPH_LINE);
    }
}

void canvas_bar(struct canvas *canvas, struct rect area, int col, enum role role)
{
    for (int row = 0; row < area.rows; row++) {
        canvas_glyph(canvas, area, row, col, role, GLYPH_BAR);
    }
}

void canvas_box(struct canvas *canvas, struct rect area, enum role role)
{
    int bottom = area.rows - 1, right = area.cols - 1;

    if (bottom < 1 || right < 1) {
        return;
    }
    canvas_line(canvas, area, 0, role);
    canvas_line(canvas, area, bottom, role);
    canvas_bar(canvas, area, 0, role);
    canvas_bar(canvas, area, right, role);
    canvas_glyph(canvas, area, 0, 0, role, GLYPH_TOP_LEFT);
    canvas_glyph(canvas, area, 0, right, role, GLYPH_TOP_RIGHT);
    canvas_glyph(canvas, area, bottom, 0, role, GLYPH_BOTTOM_LEFT);
    canvas_glyph(canvas, area, bottom, right, role, GLYPH_BOTTOM_RIGHT);
}

void canvas_cursor(struct canvas *canvas, struct rect area, int row, int col)
{
    if (layout_has(clip(canvas, area), area.row + row, area.col + col)) {
        canvas->cursor_row = area.row + row;
        canvas->cursor_col = area.col + col;
    }
}
