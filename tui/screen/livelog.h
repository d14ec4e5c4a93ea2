/* livelog.h - the log of one attempt, as it grows, in a window. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_LIVELOG_H
#define BELFRY_TUI_SCREEN_LIVELOG_H

#include <stdbool.h>

#include "core/client/logstream.h"
#include "tui/kit/logbuf.h"
#include "tui/screen/screen.h"
#include "tui/widget/textpane.h"

/* `= {0}` shows nothing. */
struct livelog {
    struct ui *ui;
    struct textpane pane;
    struct logbuf log;
    struct logstream *stream;
    uv_timer_t *retry; /* the log is not there yet */
    char *ns, *pod;    /* what is shown; NULL: nothing */
    int64_t attempt;
    bool stamps;
    int tries;        /* to get a log that is still empty */
    bool over;        /* the run has ended: no more will come than is there */
    bool ended;       /* the whole log is here */
    struct error err; /* why it cannot be had, for now */
    char stamp[16];   /* of the line last asked for */
};

void livelog_init(struct livelog *log, struct ui *ui);
/* Which attempt. Texts are copied. */
struct livelog_of {
    const char *ns, *pod; /* pod NULL: nothing is shown */
    int64_t attempt;
    bool over; /* its run has ended */
};
/* Shows the log of an attempt from its last TAIL lines (-1: all) on, following. The same attempt
 * as before goes on. */
void livelog_open(struct livelog *log, const struct livelog_of *of, long long tail);
/* "following", "paused", "complete", "waiting": a word for a title; "" when it shows nothing. */
const char *livelog_word(const struct livelog *log);
void livelog_paint(struct livelog *log, struct canvas *canvas, struct rect area);
/* A command that moves in it; true: taken. */
bool livelog_command(struct livelog *log, enum command command);
/* The loop must run once more for its timer to close. */
void livelog_done(struct livelog *log);

#endif
