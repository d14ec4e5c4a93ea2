/* home.h - the first view: the CronJobs, the runs of the selected one, and its log, all live. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_HOME_H
#define BELFRY_TUI_SCREEN_HOME_H

#include "tui/screen/screen.h"

void home_open(struct ui *ui);

#endif
