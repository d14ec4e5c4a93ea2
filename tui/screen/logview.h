/* logview.h - the log of a run on the whole screen, live. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_LOGVIEW_H
#define BELFRY_TUI_SCREEN_LOGVIEW_H

#include "tui/screen/livelog.h"
#include "tui/screen/screen.h"

/* The log of an attempt of the job JOB. Texts are copied. */
void logview_open(struct ui *ui, const char *job, const struct livelog_of *of);

#endif
