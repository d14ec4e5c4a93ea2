/* runpane.h - the history of one CronJob, live, as a list. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_RUNPANE_H
#define BELFRY_TUI_SCREEN_RUNPANE_H

#include <stdbool.h>

#include "core/client/cache.h"
#include "tui/screen/present.h"
#include "tui/screen/screen.h"
#include "tui/widget/list.h"

/* `= {0}` shows nothing. */
struct runpane {
    struct ui *ui;
    struct cache *cache;
    struct list list;
    char *uid; /* whose; NULL: nobody's */
};

void runpane_init(struct runpane *pane, struct ui *ui);
/* Shows the runs of the CronJob with UID; NULL: none. The same as before: nothing happens. */
void runpane_open(struct runpane *pane, const char *ns, const char *uid);
/* After news: selection and rows. NEWEST: the newest is selected, whatever was. */
void runpane_update(struct runpane *pane, bool newest);
/* The selected run; false when there is none. To be released. */
bool runpane_selected(struct runpane *pane, struct runrow *ret);
bool runpane_loading(const struct runpane *pane);
size_t runpane_count(const struct runpane *pane);
void runpane_paint(struct runpane *pane, struct canvas *canvas, struct rect area, bool focus);
void runpane_done(struct runpane *pane);

#endif
