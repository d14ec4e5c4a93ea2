/* canvas.h - the screen as cells in memory: clipped drawing with roles, widths and glyphs. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_CANVAS_H
#define BELFRY_TUI_KIT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "tui/kit/layout.h"
#include "tui/kit/style.h"
#include "tui/kit/theme.h"

#define CELL_MARKS 2 /* combining marks kept a cell; further ones are dropped */

struct cell {
    uint32_t point; /* 0: the right half of the wide character before it */
    uint32_t marks[CELL_MARKS];
    struct style own; /* job output's colours; unset parts are the role's */
    uint16_t role;
    uint16_t under; /* ROLE_TEXT, or the bar the cell stands on */
};
_Static_assert(sizeof(struct cell) == 28, "no padding: cells are compared as bytes");

/* What is on the screen after the next tty_show. Drawing outside is fine and does nothing. */
struct canvas {
    int rows, cols;
    struct cell *cells;         /* rows * cols */
    bool ascii;                 /* glyphs and text in ASCII: the locale is not UTF-8 */
    int cursor_row, cursor_col; /* the terminal's cursor; row -1: hidden */
};

enum glyph {
    GLYPH_LINE,
    GLYPH_BAR,
    GLYPH_TOP_LEFT,
    GLYPH_TOP_RIGHT,
    GLYPH_BOTTOM_LEFT,
    GLYPH_BOTTOM_RIGHT,
    GLYPH_ELLIPSIS,
    GLYPH_DOT,
    GLYPH_POINTER,
    GLYPH_OK,
    GLYPH_FAILED,
    GLYPH_RUNNING,
    GLYPH_WAITING,
    GLYPH_MISSED,
    GLYPH_SUSPENDED,
    GLYPH_DRAFT,
    GLYPH_NEVER,
    GLYPH_UP,
    GLYPH_DOWN,
    GLYPH_THUMB,
    GLYPH_STALE,
    GLYPH_WRAP,
    GLYPH_COUNT
};

enum align { ALIGN_LEFT, ALIGN_RIGHT };

void canvas_resize(struct canvas *canvas, int rows, int cols); /* clears */
void canvas_done(struct canvas *canvas);
struct rect canvas_area(const struct canvas *canvas);
/* Blanks in ROLE_TEXT, and no cursor. */
void canvas_clear(struct canvas *canvas);
/* Blanks in ROLE, on the bar of ROLE when it is one. */
void canvas_fill(struct canvas *canvas, struct rect area, enum role role);
/* Puts what is drawn in AREA so far onto the bar UNDER (a cursor role, a dialog). */
void canvas_under(struct canvas *canvas, struct rect area, enum role under);

/* All of these draw one line at ROW, COL counted from AREA, clipped to it, and return the column
 * behind what they drew (or would have drawn). Control characters and the like become '?'. */
int canvas_text(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                const char *text);
int canvas_bytes(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 const char *text, size_t len);
int canvas_textf(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 const char *format, ...) format_printf(6, 7);
/* In exactly WIDTH columns: cut with an ellipsis, or blank-padded by the alignment. */
int canvas_fit(struct canvas *canvas, struct rect area, int row, int col, int width,
               enum align align, enum role role, const char *text);
int canvas_glyph(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 enum glyph glyph);
/* One character in colours of its own; the way job output is drawn. */
int canvas_point(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 struct style own, uint32_t point);

void canvas_line(struct canvas *canvas, struct rect area, int row, enum role role); /* across */
void canvas_bar(struct canvas *canvas, struct rect area, int col, enum role role);  /* down */
void canvas_box(struct canvas *canvas, struct rect area, enum role role);
/* Shows the terminal's cursor there, when it is inside. */
void canvas_cursor(struct canvas *canvas, struct rect area, int row, int col);

/* The text of a glyph on this canvas; for texts put together before drawing. */
const char *glyph_text(bool ascii, enum glyph glyph);

#endif
