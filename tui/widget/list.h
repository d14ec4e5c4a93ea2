/* list.h - a table of any number of rows of which only those on screen are ever asked for. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_WIDGET_LIST_H
#define BELFRY_TUI_WIDGET_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/kit/canvas.h"
#include "tui/kit/layout.h"

#define LIST_NONE ((size_t)-1)
#define LIST_COLUMNS_MOST 12

struct list_column {
    const char *title;
    int least, most; /* its width; most 0: no limit; least and share 0: not shown, title NULL */
    int share;       /* of the room that is left */
    int give_up;     /* where it is too narrow the highest goes first; 0 goes last */
    enum align align;
};

/* Where the rows come from. PAINT draws one cell into CELL (one row high). */
struct list_source {
    size_t (*count)(void *data);
    const char *(*id)(void *data, size_t row);  /* the same for the same thing, for ever */
    size_t (*find)(void *data, const char *id); /* LIST_NONE when it is not there */
    void (*paint)(void *data, size_t row, size_t column, struct canvas *canvas, struct rect cell);
};

/* Set source, data and columns; the rest is the list's. The selection follows its id when rows
 * come, go and move. */
struct list {
    const struct list_source *source;
    void *data;
    struct list_column columns[LIST_COLUMNS_MOST];
    size_t column_count;
    int gap; /* blank columns between two; 0: two */
    size_t cursor, top;
    char *id;         /* of the selected row; NULL: none yet */
    struct rect area; /* of the rows, as last painted */
};

/* The selected row, LIST_NONE in an empty list. */
size_t list_selected(const struct list *list);
/* To be called when rows may have changed: finds the selected one again; when it is gone the one
 * in its place is selected. True when another row is selected than before. */
bool list_refresh(struct list *list);
/* Each returns true when the selection changed. */
bool list_move(struct list *list, long by);
bool list_page(struct list *list, int pages); /* screens of rows, less one line of context */
bool list_select(struct list *list, size_t row);
/* The row at a cell of the screen, LIST_NONE when there is none. */
size_t list_row_at(const struct list *list, int row, int col);
/* Moves the window, the selection goes along where it must: the wheel. */
bool list_scroll(struct list *list, int by);
/* Head and rows. With FOCUS the selection is drawn as the cursor. */
void list_paint(struct list *list, struct canvas *canvas, struct rect area, bool focus);
void list_done(struct list *list);

#endif
