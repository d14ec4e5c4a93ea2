/* textview.h - a view of a text: a document, a description, the help. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_TEXTVIEW_H
#define BELFRY_TUI_SCREEN_TEXTVIEW_H

#include "core/base/str.h"
#include "tui/screen/screen.h"

/* How lines are coloured. */
enum textview_style {
    TEXTVIEW_YAML, /* keys up to their colon */
    TEXTVIEW_FACTS /* headings at the margin without a value; else names up to column 22 */
};

#define TEXTVIEW_FACT_COLS 22

/* TEXT is taken. */
void textview_open(struct ui *ui, const char *title, enum textview_style style,
                   struct str *text /* taken */);

#endif
