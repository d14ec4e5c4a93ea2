/* searchbar.c - "/" in a text: type, enter, then n and N. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/searchbar.h"

static void go(struct searchbar *bar, struct ui *ui, struct textpane *pane, int by)
{
    if (!pane->search) {
        ui_flash(ui, ROLE_HINT, "nothing is searched for; / begins");
    } else if (!textpane_next(pane, by)) {
        ui_flash(ui, ROLE_WARN, "\"%s\" is nowhere in it", entry_text(&bar->entry));
    }
}

bool searchbar_key(struct searchbar *bar, struct ui *ui, struct textpane *pane,
                   const struct key *key)
{
    if (!bar->open) {
        return false;
    }
    if (key->kind == INPUT_ESCAPE || (key->kind == INPUT_TEXT && key->mods == MOD_CTRL &&
                                      (key->point == 'c' || key->point == 'g'))) {
        bar->open = false;
        textpane_search(pane, NULL);
    } else if (key->kind == INPUT_ENTER) {
        bar->open = false;
        if (entry_text(&bar->entry)[0]) {
            go(bar, ui, pane, 1);
        }
    } else if (entry_key(&bar->entry, key) == ENTRY_CHANGED) {
        textpane_search(pane, entry_text(&bar->entry));
    }
    return true;
}

bool searchbar_command(struct searchbar *bar, struct ui *ui, struct textpane *pane,
                       enum command command)
{
    switch ((int)command) {
    case CMD_SEARCH:
        entry_set(&bar->entry, "");
        bar->open = true;
        return true;
    case CMD_SEARCH_NEXT: go(bar, ui, pane, 1); return true;
    case CMD_SEARCH_BACK: go(bar, ui, pane, -1); return true;
    case CMD_BACK:
        if (!pane->search) {
            return false;
        }
        textpane_search(pane, NULL);
        return true;
    default: return false;
    }
}

bool searchbar_paint(struct searchbar *bar, struct canvas *canvas, struct rect line)
{
    if (!bar->open) {
        return false;
    }
    int col = canvas_text(canvas, line, 0, 1, ROLE_FILTER, "/");
    struct rect field = {line.row, line.col + col, 1, line.cols - col};
    entry_paint(&bar->entry, canvas, field, ROLE_PROMPT, true);
    return true;
}

void searchbar_done(struct searchbar *bar)
{
    entry_done(&bar->entry);
}
