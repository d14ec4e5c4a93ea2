/* searchbar.h - "/" in a text: type, enter, then n and N. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_SEARCHBAR_H
#define BELFRY_TUI_SCREEN_SEARCHBAR_H

#include <stdbool.h>

#include "tui/screen/screen.h"
#include "tui/widget/entry.h"
#include "tui/widget/textpane.h"

/* `= {0}` is closed. */
struct searchbar {
    struct entry entry;
    bool open;
};

/* Takes every key while it is open. */
bool searchbar_key(struct searchbar *bar, struct ui *ui, struct textpane *pane,
                   const struct key *key);
/* CMD_SEARCH, CMD_SEARCH_NEXT, CMD_SEARCH_BACK, and CMD_BACK when something is marked. */
bool searchbar_command(struct searchbar *bar, struct ui *ui, struct textpane *pane,
                       enum command command);
/* In the footer; false when it is closed. */
bool searchbar_paint(struct searchbar *bar, struct canvas *canvas, struct rect line);
void searchbar_done(struct searchbar *bar);

#endif
