/* logview.c - the log of a run on the whole screen, live. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/logview.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/screen/searchbar.h"

struct logview {
    struct ui *ui;
    char *job;
    struct livelog log;
    struct searchbar search;
};

static bool view_key(void *self, const struct key *key)
{
    struct logview *view = self;

    if (key->kind == INPUT_MOUSE) {
        if (key->mouse == MOUSE_WHEEL_UP || key->mouse == MOUSE_WHEEL_DOWN) {
            textpane_scroll(&view->log.pane, key->mouse == MOUSE_WHEEL_UP ? -3 : 3);
        }
        return true;
    }
    return searchbar_key(&view->search, view->ui, &view->log.pane, key);
}

static bool view_command(void *self, enum command command)
{
    struct logview *view = self;

    return livelog_command(&view->log, command) ||
           searchbar_command(&view->search, view->ui, &view->log.pane, command);
}

/* What is switched on, at the right end of the title: k9s' indicator strip. */
static int paint_switches(const struct logview *view, struct canvas *canvas, struct rect line)
{
    const struct {
        const char *word;
        bool on;
    } switches[] = {{"follow", view->log.pane.follow},
                    {"times", view->log.stamps},
                    {"wrap", view->log.pane.wrap}};
    int col = line.cols - 24;

    if (line.cols < 60) {
        return line.cols;
    }
    int start = col;
    for (size_t i = 0; i < countof(switches); i++) {
        bool on = switches[i].on;
        col = canvas_textf(canvas, line, 0, col, on ? ROLE_TITLE_FOCUS : ROLE_DIM, " %s%s",
                           on ? "+" : "-", switches[i].word);
    }
    canvas_text(canvas, line, 0, col, ROLE_DIM, " ");
    return start;
}

static void view_paint(void *self, struct canvas *canvas, struct rect area)
{
    struct logview *view = self;
    struct rect title = layout_top(&area, 1);
    const char *word = livelog_word(&view->log);

    canvas_line(canvas, title, 0, ROLE_BORDER);
    title.cols = paint_switches(view, canvas, title);
    int col = canvas_textf(canvas, title, 0, 2, ROLE_TITLE_FOCUS, " Log of %s ", view->job);
    if (view->log.attempt > 1) {
        col = canvas_textf(canvas, title, 0, col, ROLE_TITLE, " attempt %" PRId64 " ",
                           view->log.attempt);
    }
    if (*word) {
        canvas_textf(canvas, title, 0, col, ROLE_COUNTER, " %s ", word);
    }
    livelog_paint(&view->log, canvas, layout_inset(area, 0, 1));
}

static bool view_footer(void *self, struct canvas *canvas, struct rect line)
{
    struct logview *view = self;

    return searchbar_paint(&view->search, canvas, line);
}

static void view_done(void *self)
{
    struct logview *view = self;

    livelog_done(&view->log);
    searchbar_done(&view->search);
    free(view->job);
    free(view);
}

static const struct screen_ops ops = {.title = "Log",
                                      .scopes = SCOPE_MOVE | SCOPE_LOG,
                                      .key = view_key,
                                      .command = view_command,
                                      .paint = view_paint,
                                      .footer = view_footer,
                                      .done = view_done};

void logview_open(struct ui *ui, const char *job, const struct livelog_of *of)
{
    struct logview *view = xcalloc(1, sizeof *view);

    view->ui = ui;
    view->job = xstrdup(job);
    livelog_init(&view->log, ui);
    livelog_open(&view->log, of, -1);
    ui_push(ui, &ops, view);
}
