/* dialog.h - a framed question in the middle of the screen; the name typed out confirms it. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_WIDGET_DIALOG_H
#define BELFRY_TUI_WIDGET_DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/kit/canvas.h"
#include "tui/kit/input.h"
#include "tui/widget/entry.h"

/* All texts are borrowed. With WORD the user types it before Enter counts; without, Enter or "y"
 * is enough. */
struct dialog {
    const char *title;
    const char *const *lines; /* what will happen, a paragraph each */
    size_t line_count;
    const char *word;   /* NULL: none */
    const char *action; /* "delete": the button's text */
    struct entry entry;
    bool wrong; /* Enter was pressed on something else */
};

enum dialog_result { DIALOG_OPEN, DIALOG_YES, DIALOG_NO };

enum dialog_result dialog_key(struct dialog *dialog, const struct key *key);
/* Over what is there already. */
void dialog_paint(struct dialog *dialog, struct canvas *canvas, struct rect screen);
void dialog_done(struct dialog *dialog);

/* Text broken at blanks into AREA from ROW on; returns the row behind it. Draws nothing, and only
 * measures, with CANVAS NULL. */
int dialog_text(struct canvas *canvas, struct rect area, int row, enum role role, const char *text);

#endif
