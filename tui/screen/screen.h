/* screen.h - what a view is, the stack of views, and what all of them share. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_SCREEN_H
#define BELFRY_TUI_SCREEN_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "core/base/clk.h"
#include "core/base/id.h"
#include "core/client/http.h"
#include "core/cron/tz.h"
#include "tui/kit/canvas.h"
#include "tui/kit/input.h"
#include "tui/screen/command.h"
#include "tui/screen/keymap.h"

struct board;
struct deed;
struct ui;

/* A view. No view owns a loop, reads a descriptor or calls the client while it paints. Members
 * that may be missing say so. SELF is the view's own struct. */
struct screen_ops {
    const char *title; /* in the help */
    bool floats;       /* a dialog: what lies below is painted first */
    unsigned scopes;   /* which commands it takes */
    /* It is on top: now, or again. May be NULL. */
    void (*enter)(void *self);
    /* Before a paint when data changed: rows, selection, what is to be asked. May be NULL. */
    void (*update)(void *self);
    /* Every key first, for forms and prompts; true: taken. May be NULL. */
    bool (*key)(void *self, const struct key *key);
    /* A command of its scopes; true: taken. CMD_BACK and CMD_QUIT not taken close the view. May be
     * NULL. */
    bool (*command)(void *self, enum command command);
    /* What is missing of what the command needs; 0: nothing. May be NULL. */
    unsigned (*lacks)(void *self, enum command command);
    /* The word of a command in the footer where it is another than the table's; NULL: the table's.
     * May be NULL. */
    const char *(*hint)(void *self, enum command command);
    void (*paint)(void *self, struct canvas *canvas, struct rect area);
    /* A line in place of the footer's keys: true when it painted one. May be NULL. */
    bool (*footer)(void *self, struct canvas *canvas, struct rect line);
    /* It waits for something that will come soon. May be NULL. */
    bool (*busy)(const void *self);
    void (*done)(void *self); /* releases SELF */
};

struct screen {
    const struct screen_ops *ops;
    void *self;
};

#define SCREENS_MOST 16

/* What the views share. Owned by the app; everything in it outlives them. */
struct ui {
    uv_loop_t *loop;
    struct http *http;
    const struct clk *clk;
    const struct tz *zone; /* of this machine */
    struct id_source *ids;
    const char *ns;
    bool read_only, started;
    struct keymap keymap;
    struct board *board;
    struct deed *deeds; /* requests under way that end in a flash */
    /* What the header says of a filter; NULL: there is none. */
    const char *filter;
    size_t matching;
    struct draft *draft; /* what was typed into the create form and not yet made */
    struct screen stack[SCREENS_MOST];
    size_t depth;
    struct {
        char text[256];
        enum role role;
        nsec_t since;
        bool shown;
    } flash;
    bool dirty;  /* something on screen changed */
    bool data;   /* the objects changed: views are to be updated */
    bool urgent; /* paint without regard to the frame rate: a key came, or the first data */
    bool redraw; /* send everything */
    bool stop;   /* stop the program, as Ctrl-Z does */
    bool quit;
};

/* On top of the stack; SELF is taken. When the stack is full nothing happens but that SELF is
 * released. */
void ui_push(struct ui *ui, const struct screen_ops *ops, void *self /* taken */);
void ui_pop(struct ui *ui); /* the last one's end is the program's */
struct screen *ui_top(struct ui *ui);
void ui_done(struct ui *ui); /* all views */

/* A line in the footer until the next key or for some seconds. */
void ui_flash(struct ui *ui, enum role role, const char *format, ...) format_printf(3, 4);
void ui_flash_error(struct ui *ui, const char *doing, const struct error *err);
/* A key, on its way through the top view. */
void ui_key(struct ui *ui, const struct key *key);
void ui_changed(struct ui *ui); /* objects changed */

sec_t ui_now(const struct ui *ui);
/* Something is under way that will change the screen soon. */
bool ui_busy(const struct ui *ui);

#endif
