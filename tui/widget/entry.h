/* entry.h - a line of text being edited. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_WIDGET_ENTRY_H
#define BELFRY_TUI_WIDGET_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"
#include "tui/kit/canvas.h"
#include "tui/kit/input.h"

#define ENTRY_MOST 16384 /* bytes; what goes beyond is not taken */

/* `= {0}` is empty. Valid UTF-8 without control characters, always. */
struct entry {
    struct str text;
    size_t at;               /* the cursor, a byte on a character's edge */
    struct str killed;       /* what Ctrl-K, Ctrl-U, Ctrl-W took; Ctrl-Y gives it back */
    size_t from;             /* the first byte shown */
    const char *placeholder; /* shown while it is empty; NULL: nothing */
};

enum entry_result {
    ENTRY_IGNORED, /* not a key of ours */
    ENTRY_MOVED,   /* handled, the text is the same */
    ENTRY_CHANGED
};

/* readline's usual keys, arrows, paste (line breaks become blanks). */
enum entry_result entry_key(struct entry *entry, const struct key *key);
void entry_set(struct entry *entry, const char *text); /* cursor at the end */
const char *entry_text(const struct entry *entry);
/* In one line of AREA; with FOCUS the terminal's cursor stands in it. */
void entry_paint(struct entry *entry, struct canvas *canvas, struct rect area, enum role role,
                 bool focus);
/* Puts the cursor at a column of the area it was painted in. */
void entry_click(struct entry *entry, int col);
void entry_done(struct entry *entry);

#endif
