/* confirm.h - the question before a CronJob is deleted. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_CONFIRM_H
#define BELFRY_TUI_SCREEN_CONFIRM_H

#include "core/codec/tree.h"
#include "tui/screen/screen.h"

/* Asks for the name of CRONJOB (borrowed for the call), and deletes it when it is typed. */
void confirm_delete(struct ui *ui, const cJSON *cronjob);

#endif
