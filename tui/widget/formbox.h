/* formbox.h - labelled fields one below the other: texts, choices, buttons; faults where they are. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_WIDGET_FORMBOX_H
#define BELFRY_TUI_WIDGET_FORMBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"
#include "tui/kit/canvas.h"
#include "tui/kit/input.h"
#include "tui/widget/entry.h"

enum formbox_kind {
    FORMBOX_TEXT,
    FORMBOX_CHOICE,  /* one of a few words: left, right and space change it */
    FORMBOX_SECTION, /* a heading */
    FORMBOX_BUTTON,  /* buttons that follow each other stand in one line */
};

/* Borrowed: id, label, choices. Owned: entry, fault, note. */
struct formbox_field {
    enum formbox_kind kind;
    const char *id;
    const char *label;
    const char *const *choices; /* ends with NULL */
    size_t choice;
    struct entry entry;
    bool hidden;
    char *fault;     /* shown below it; NULL: none */
    struct str note; /* lines below it, dim: the first always, the others with the focus */
};

struct formbox {
    struct formbox_field *fields; /* the caller's array */
    size_t count;
    size_t focus;
    int top;          /* rows scrolled away */
    struct rect area; /* as last painted */
};

enum formbox_result {
    FORMBOX_IGNORED, /* not ours: Escape and what no field takes */
    FORMBOX_MOVED,   /* focus or cursor */
    FORMBOX_CHANGED, /* the focused field's value */
    FORMBOX_PRESSED  /* the focused button; also Ctrl-S, then the first button is the focus */
};

enum formbox_result formbox_key(struct formbox *form, const struct key *key);
/* A click; the focus goes along. */
enum formbox_result formbox_click(struct formbox *form, int row, int col);
struct formbox_field *formbox_find(struct formbox *form, const char *id); /* NULL: none */
const char *formbox_value(const struct formbox_field *field);         /* its text or chosen word */
void formbox_fault(struct formbox_field *field, const char *message); /* NULL clears */
/* Clears all faults. */
void formbox_clear(struct formbox *form);
/* Puts the focus on the first field with a fault; false when none has one. */
bool formbox_first_fault(struct formbox *form);
void formbox_paint(struct formbox *form, struct canvas *canvas, struct rect area);
/* Releases what the fields own, not the array. */
void formbox_done(struct formbox *form);

#endif
