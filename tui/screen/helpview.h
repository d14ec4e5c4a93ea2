/* helpview.h - the help, made from the live key map. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_HELPVIEW_H
#define BELFRY_TUI_SCREEN_HELPVIEW_H

#include "tui/screen/screen.h"

void helpview_open(struct ui *ui);
/* The text of it for views of SCOPES. Adds to RET. */
void helpview_text(const struct keymap *map, unsigned scopes, struct str *ret);

#endif
