/* createform.h - the view in which a CronJob is made. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_CREATEFORM_H
#define BELFRY_TUI_SCREEN_CREATEFORM_H

#include "tui/screen/screen.h"

/* Opens it with what was typed before and not made. ON_MADE runs with "namespace/name" when the
 * CronJob is there. */
void createform_open(struct ui *ui, void (*on_made)(void *data, const char *id), void *data);
/* Forgets what was typed. */
void createform_forget(struct ui *ui);

#endif
