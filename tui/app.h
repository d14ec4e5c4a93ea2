/* app.h - the screen: its loop, its terminal, its stack of views, until the user leaves. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_APP_H
#define BELFRY_TUI_APP_H

#include <stdbool.h>
#include <uv.h>

#include "core/base/clk.h"
#include "core/base/error.h"
#include "core/base/id.h"
#include "core/base/paths.h"
#include "core/client/context.h"
#include "core/cron/tz.h"
#include "tui/kit/canvas.h"

/* All texts are borrowed until tui_run returns. `paths` alone is required. */
struct tui_options {
    const struct paths *paths;
    const char *theme;   /* a name in the themes' folders, or a file; NULL: dark, or light where the
                            terminal says so */
    const char *ns;      /* NULL: "default" */
    const char *context; /* NULL or "local": the scheduler of `paths` */
    bool no_mouse;
    bool read_only; /* keys that change something do nothing but say so */
    bool started;   /* a background scheduler was started for this: say so */
};

/* Runs on standard input and output until the user quits. False with err set when the terminal or
 * the theme cannot be used; the terminal is given back before it returns, whatever happened. */
must_use bool tui_run(const struct tui_options *options, struct error *err);

/* The same in parts, for tests: everything comes from outside, and nothing runs but the loop. */
struct app;
struct app_options {
    uv_loop_t *loop;
    const struct context *context;
    const struct clk *clk;
    const struct tz *zone; /* of this machine */
    struct id_source *ids;
    const char *theme_file; /* NULL: monochrome */
    int in, out;            /* descriptors of the terminal */
    const char *term;       /* NULL: $TERM */
    int rows, cols;         /* 0: the terminal's */
    bool no_mouse, read_only, started;
    bool guard;                  /* signals and crashes restore the terminal: one app a process */
    void (*on_quit)(void *data); /* the user left: stop the loop */
    void *data;
};
must_use struct app *app_new(const struct app_options *options, struct error *err);
/* Handles on the loop are closed: run it once more. Returns NULL. */
struct app *app_free(struct app *app);
void app_resize(struct app *app, int rows, int cols);
void app_tick(struct app *app);       /* time has passed: what shows it is drawn anew */
bool app_busy(const struct app *app); /* something is asked or to be drawn that will come soon */
/* What was painted last: for role letters in goldens. */
const struct canvas *app_canvas(const struct app *app);

#endif
