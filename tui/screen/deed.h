/* deed.h - what a key sets going: one request, and a line about how it went. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_DEED_H
#define BELFRY_TUI_SCREEN_DEED_H

#include <stdbool.h>

#include "core/codec/tree.h"
#include "tui/screen/screen.h"

/* Each sends its request and returns; the outcome is flashed, the change itself comes by watch.
 * CRONJOB is a document, borrowed for the call. */
void deed_force_run(struct ui *ui, const cJSON *cronjob);
/* Suspends or resumes; a BLOCKED one is resumed; starts a draft, that is: also takes its mark. */
void deed_suspend(struct ui *ui, const cJSON *cronjob, bool blocked);
void deed_delete(struct ui *ui, const char *ns, const char *name);

void deed_drop_all(struct ui *ui); /* no answers any more */

#endif
