/* tty.h - the terminal: curses up and down, what it can show, restored whatever happens. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_TTY_H
#define BELFRY_TUI_KIT_TTY_H

#include <stdbool.h>

#include "core/base/error.h"
#include "tui/kit/canvas.h"
#include "tui/kit/theme.h"

struct tty;

/* IN and OUT are borrowed. Neither needs to be a terminal: a test gives a pipe and a memory file,
 * and the size it wants. */
struct tty_options {
    int in, out;
    const char *term; /* NULL: $TERM */
    int rows, cols;   /* 0: as the terminal says */
    bool mouse;
    bool guard; /* restore the terminal when the process dies by a signal (one tty a process) */
};

/* Takes over the terminal: raw mode, the alternate screen, bracketed paste, the mouse. NULL with
 * err set when TERM is unknown or too poor. */
must_use struct tty *tty_open(const struct tty_options *options, struct error *err);
/* Gives it back as it was. Returns NULL. */
struct tty *tty_close(struct tty *tty);

bool tty_unicode(const struct tty *tty);     /* the locale is UTF-8 */
enum depth tty_depth(const struct tty *tty); /* NO_COLOR is the caller's to know */
/* The size the terminal has now (TIOCGWINSZ), else the size it was opened or resized to. */
void tty_size(const struct tty *tty, int *ret_rows, int *ret_cols);
void tty_resize(struct tty *tty, int rows, int cols);

/* How roles look from now on; copied. */
void tty_theme(struct tty *tty, const struct theme *theme);
/* Brings the screen to what the canvas says; only what differs is sent. */
void tty_show(struct tty *tty, const struct canvas *canvas);
void tty_redraw(struct tty *tty); /* the next tty_show sends everything */

/* Gives the terminal back, stops the process group as Ctrl-Z does, and takes it over again. */
void tty_suspend(struct tty *tty);
/* Takes it over again after a stop that nobody announced. */
void tty_enter(struct tty *tty);

#endif
