/* list.c - a table of any number of rows of which only those on screen are ever asked for. */
/* SPDX-License-Identifier: MIT */
#include "tui/widget/list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/str.h"

/* The pointer and a blank stand before the first column. */
#define MARGIN 2
#define GAP 2 /* where the list says nothing else */

static size_t count(const struct list *list)
{
    return list->source->count(list->data);
}

/* Remembers which thing is selected. */
static bool remember(struct list *list)
{
    size_t rows = count(list);
    const char *id = rows ? list->source->id(list->data, list->cursor) : NULL;

    if (text_same(id, list->id)) {
        return false;
    }
    free(list->id);
    list->id = id ? xstrdup(id) : NULL;
    return true;
}

/* Keeps the selection inside the window, and the window inside the rows. */
static void settle(struct list *list)
{
    size_t rows = count(list), height = list->area.rows > 0 ? (size_t)list->area.rows : 0;

    if (height == 0) {
        return; /* not on screen yet */
    }
    if (list->cursor < list->top) {
        list->top = list->cursor;
    }
    if (list->cursor >= list->top + height) {
        list->top = list->cursor - height + 1;
    }
    if (list->top + height > rows) {
        list->top = rows > height ? rows - height : 0;
    }
}

size_t list_selected(const struct list *list)
{
    size_t rows = count(list);

    return rows == 0 ? LIST_NONE : list->cursor < rows ? list->cursor : rows - 1;
}

bool list_refresh(struct list *list)
{
    size_t rows = count(list);
    size_t found = list->id && rows ? list->source->find(list->data, list->id) : LIST_NONE;

    if (found != LIST_NONE && found != list->cursor) {
        /* The selected row keeps its place on screen while others come and go above it. */
        long shift = (long)found - (long)list->cursor;
        list->top = (long)list->top + shift > 0 ? (size_t)((long)list->top + shift) : 0;
        list->cursor = found;
    }
    if (list->cursor >= rows) {
        list->cursor = rows ? rows - 1 : 0;
    }
    settle(list);
    return remember(list);
}

bool list_select(struct list *list, size_t row)
{
    size_t rows = count(list);

    list->cursor = rows == 0 ? 0 : row < rows ? row : rows - 1;
    settle(list);
    return remember(list);
}

bool list_move(struct list *list, long by)
{
    long target = (long)list->cursor + by;

    return list_select(list, target > 0 ? (size_t)target : 0);
}

bool list_page(struct list *list, int pages)
{
    long height = list->area.rows > 1 ? list->area.rows - 1 : 1;
    long rows = (long)count(list), top = (long)list->top + pages * height;

    /* The window moves by a page and the selection stays at its line of the screen, as in vi. */
    top = top > rows - list->area.rows ? rows - list->area.rows : top;
    list->top = top > 0 ? (size_t)top : 0;
    return list_move(list, pages * height);
}

bool list_scroll(struct list *list, int by)
{
    long rows = (long)count(list), top = (long)list->top + by;
    long most = rows > list->area.rows ? rows - list->area.rows : 0;

    top = top > most ? most : top < 0 ? 0 : top;
    list->top = (size_t)top;
    size_t cursor = list->cursor;
    if (cursor < list->top) {
        cursor = list->top;
    } else if (list->area.rows > 0 && cursor >= list->top + (size_t)list->area.rows) {
        cursor = list->top + (size_t)list->area.rows - 1;
    }
    return list_select(list, cursor);
}

size_t list_row_at(const struct list *list, int row, int col)
{
    if (!layout_has(list->area, row, col)) {
        return LIST_NONE;
    }
    size_t index = list->top + (size_t)(row - list->area.row);
    return index < count(list) ? index : LIST_NONE;
}

static void place_columns(const struct list *list, struct rect area, struct rect *ret)
{
    struct layout_part parts[LIST_COLUMNS_MOST];

    for (size_t i = 0; i < list->column_count; i++) {
        const struct list_column *column = &list->columns[i];
        parts[i] =
            (struct layout_part){column->least, column->most, column->share, column->give_up};
    }
    layout_split(area, LAYOUT_COLUMNS, list->gap ? list->gap : GAP, parts, list->column_count, ret);
}

static void paint_row(struct list *list, struct canvas *canvas, struct rect line, size_t row,
                      const struct rect *columns, bool focus)
{
    bool selected = row == list->cursor;

    if (selected) {
        canvas_fill(canvas, line, focus ? ROLE_CURSOR : ROLE_CURSOR_IDLE);
        canvas_glyph(canvas, line, 0, 0, focus ? ROLE_TITLE_FOCUS : ROLE_DIM, GLYPH_POINTER);
    }
    for (size_t i = 0; i < list->column_count; i++) {
        struct rect cell = {line.row, columns[i].col, 1, columns[i].cols};
        if (cell.cols > 0) {
            list->source->paint(list->data, row, i, canvas, cell);
        }
    }
}

/* Where the window lies in the whole, on the right edge; only when there is more than fits. */
static void paint_thumb(const struct list *list, struct canvas *canvas, struct rect edge)
{
    long rows = (long)count(list), height = edge.rows;

    if (height < 2 || rows <= height) {
        return;
    }
    long size = height * height / rows;
    size = size < 1 ? 1 : size;
    long first = (long)list->top * (height - size) / (rows - height);
    for (long i = 0; i < size; i++) {
        canvas_glyph(canvas, edge, (int)(first + i), 0, ROLE_BORDER, GLYPH_THUMB);
    }
}

void list_paint(struct list *list, struct canvas *canvas, struct rect area, bool focus)
{
    struct rect columns[LIST_COLUMNS_MOST];
    struct rect head = layout_top(&area, 1);
    struct rect edge = {area.row, area.col + area.cols - 1, area.rows, area.cols > 0 ? 1 : 0};
    struct rect inner = {area.row, area.col + MARGIN, area.rows, area.cols - MARGIN - 1};

    inner.cols = inner.cols > 0 ? inner.cols : 0;
    list->area = area;
    settle(list);
    place_columns(list, inner, columns);
    for (size_t i = 0; i < list->column_count; i++) {
        struct rect cell = {head.row, columns[i].col, head.rows, columns[i].cols};
        if (cell.cols > 0) {
            canvas_fit(canvas, cell, 0, 0, cell.cols, list->columns[i].align, ROLE_HEAD,
                       list->columns[i].title);
        }
    }
    size_t rows = count(list);
    for (int i = 0; i < area.rows && list->top + (size_t)i < rows; i++) {
        struct rect line = {area.row + i, area.col, 1, area.cols};
        paint_row(list, canvas, line, list->top + (size_t)i, columns, focus);
    }
    paint_thumb(list, canvas, edge);
}

void list_done(struct list *list)
{
    free(list->id);
    list->id = NULL;
}
