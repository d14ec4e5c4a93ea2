/* frame.h - what is around every view: the header, and the footer with its keys. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_FRAME_H
#define BELFRY_TUI_SCREEN_FRAME_H

#include "tui/screen/screen.h"

/* The whole screen: header, the views from the lowest that shows, footer. */
void frame_paint(struct ui *ui, struct canvas *canvas);

#endif
