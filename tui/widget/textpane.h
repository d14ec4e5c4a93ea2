/* textpane.h - a window on lines of text: scroll, wrap, follow, search; SGR colours in them. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_WIDGET_TEXTPANE_H
#define BELFRY_TUI_WIDGET_TEXTPANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/kit/canvas.h"
#include "tui/kit/layout.h"

/* One line. Texts are borrowed until the next call of the source. */
struct textline {
    const char *text; /* untrusted: drawn through ansi.h */
    size_t len;
    struct style start; /* colours in force at its beginning */
    enum role role;
    size_t head;         /* so many bytes at its front ... */
    enum role head_role; /* ... are drawn in this role */
    const char *stamp;   /* before the text, not scrolled or searched; NULL: none */
};

/* Lines [first, end); numbers stay what they are when old lines are dropped (logbuf.h). */
struct textpane_source {
    uint64_t (*first)(void *data);
    uint64_t (*end)(void *data);
    bool (*line)(void *data, uint64_t number, struct textline *ret);
};

/* Set source and data; the rest is the pane's, of which the flags may be set. */
struct textpane {
    const struct textpane_source *source;
    void *data;
    bool wrap;
    bool follow;  /* the last line stays in sight */
    uint64_t top; /* the first line in sight, and ... */
    int top_row;  /* ... the row of its wrapped text */
    int left;     /* columns scrolled to the right, without wrap */
    char *search; /* what is marked; NULL: nothing */
    uint64_t hit; /* the line of the last hit */
    struct rect area;
};

/* By rows of the screen; down ends with the last line at the bottom. Scrolling ends `follow`. */
void textpane_scroll(struct textpane *pane, long rows);
void textpane_page(struct textpane *pane, int pages);
void textpane_home(struct textpane *pane);
void textpane_end(
    struct textpane *pane); /* the last line at the bottom; `follow` is the caller's */
void textpane_sideways(struct textpane *pane, int columns);
/* True when nothing lies below what is seen. */
bool textpane_at_end(const struct textpane *pane);
/* Marks TEXT (NULL or "": nothing) from now on; case matters only when it holds a capital. */
void textpane_search(struct textpane *pane, const char *text);
/* Goes to the next (BY 1) or the one before (-1), around the ends; false when there is none. */
bool textpane_next(struct textpane *pane, int by);
void textpane_paint(struct textpane *pane, struct canvas *canvas, struct rect area);
void textpane_done(struct textpane *pane);

#endif
