/* app.c - the screen: its loop, its terminal, its stack of views, until the user leaves. */
/* SPDX-License-Identifier: MIT */
/* Bytes of the terminal become keys, keys and events of the client change the views and mark the
 * screen dirty, and before the loop sleeps it is painted, once, whatever came in that turn. */
#include "tui/app.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "tui/kit/tty.h"
#include "tui/screen/board.h"
#include "tui/screen/createform.h"
#include "tui/screen/deed.h"
#include "tui/screen/frame.h"
#include "tui/screen/home.h"

/* News are painted at once, but no more often than this: a flood of output is not read anyway. */
#define FRAME_MS 16

static const int signals[] = {SIGWINCH, SIGCONT, SIGTSTP, SIGTERM, SIGHUP, SIGINT};

struct app {
    struct ui ui;
    struct tty *tty;
    struct canvas canvas;
    struct input input;
    char *ns;
    int in, in_flags;
    bool told; /* on_quit has been called */
    bool real; /* the clock goes by itself */
    nsec_t painted;
    uv_poll_t *poll;
    uv_prepare_t *prepare;
    uv_timer_t *escape, *tick, *frame;
    uv_signal_t *signals[countof(signals)];
    void (*on_quit)(void *data);
    void *data;
};

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void handle_close(void *handle)
{
    if (handle) {
        uv_close(handle, on_closed);
    }
}

/* ---- paint ---- */

static void stop_program(struct app *app)
{
    uv_signal_t *stop = NULL;

    app->ui.stop = false;
    for (size_t i = 0; i < countof(signals); i++) {
        stop = signals[i] == SIGTSTP ? app->signals[i] : stop;
    }
    if (!stop) {
        return; /* nobody asked for signals: there is no shell to go back to */
    }
    uv_signal_cb on_signal = stop->signal_cb;
    uv_signal_stop(stop); /* the default action is what stops us */
    tty_suspend(app->tty);
    uv_signal_start(stop, on_signal, SIGTSTP);
    int rows, cols;
    tty_size(app->tty, &rows, &cols);
    canvas_resize(&app->canvas, rows, cols);
    app->ui.dirty = app->ui.urgent = true;
}

static void paint(struct app *app)
{
    struct ui *ui = &app->ui;

    if (ui->data) {
        ui->data = false;
        for (size_t i = 0; i < ui->depth; i++) {
            if (ui->stack[i].ops->update) {
                ui->stack[i].ops->update(ui->stack[i].self);
            }
        }
    }
    if (ui->redraw) {
        ui->redraw = false;
        tty_redraw(app->tty);
    }
    ui->dirty = app->ui.urgent = false;
    frame_paint(ui, &app->canvas);
    tty_show(app->tty, &app->canvas);
    app->painted = clk_mono(clk_system());
}

static void on_frame(uv_timer_t *timer)
{
    struct app *app = timer->data;

    app->ui.urgent = true;
}

/* The last thing before the loop sleeps. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct app *app = prepare->data;

    if (app->ui.stop) {
        stop_program(app);
    }
    if (app->ui.quit) {
        if (!app->told) {
            app->told = true;
            app->on_quit(app->data);
        }
        return;
    }
    if (!app->ui.dirty && !app->ui.redraw) {
        return;
    }
    if (!app->ui.urgent && clk_mono(clk_system()) - app->painted < FRAME_MS * NSEC_PER_MSEC) {
        if (!uv_is_active((uv_handle_t *)app->frame)) {
            uv_timer_start(app->frame, on_frame, FRAME_MS, 0);
        }
        return;
    }
    paint(app);
}

/* ---- time ---- */

void app_tick(struct app *app)
{
    app->ui.dirty = true;
}

static void on_tick(uv_timer_t *timer)
{
    struct app *app = timer->data;
    nsec_t now = clk_wall(app->ui.clk);
    nsec_t left = NSEC_PER_SEC - (now - nsec_to_sec(now) * NSEC_PER_SEC);

    app_tick(app);
    /* With the wall clock's own second; one millisecond late, so that it has come. */
    uv_timer_start(timer, on_tick, (uint64_t)(left / NSEC_PER_MSEC) + 1, 0);
}

/* ---- keys ---- */

static void take_keys(struct app *app, bool expired);

static void on_escape(uv_timer_t *timer)
{
    take_keys(timer->data, true);
}

static void take_keys(struct app *app, bool expired)
{
    struct key key;

    while (!app->ui.quit && input_next(&app->input, expired, &key)) {
        ui_key(&app->ui, &key);
        app->ui.urgent = true;
    }
    if (input_waiting(&app->input)) {
        uv_timer_start(app->escape, on_escape, INPUT_ESCAPE_MS, 0);
    } else {
        uv_timer_stop(app->escape);
    }
}

static void on_input(uv_poll_t *poll, int status, int events)
{
    struct app *app = poll->data;
    char bytes[4096];

    (void)events;
    ssize_t n = status < 0 ? 0 : read(app->in, bytes, sizeof bytes);
    if (n > 0) {
        input_feed(&app->input, bytes, (size_t)n);
        take_keys(app, false);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        /* The terminal is gone. */
        uv_poll_stop(poll);
        app->ui.quit = true;
    }
}

void app_resize(struct app *app, int rows, int cols)
{
    tty_resize(app->tty, rows, cols);
    canvas_resize(&app->canvas, rows, cols);
    app->ui.dirty = app->ui.urgent = true;
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct app *app = handle->data;
    int rows, cols;

    switch (number) {
    case SIGWINCH:
        tty_size(app->tty, &rows, &cols);
        app_resize(app, rows, cols);
        break;
    case SIGCONT: /* after a stop that we were not told of */
        tty_enter(app->tty);
        app->ui.dirty = app->ui.urgent = true;
        break;
    case SIGTSTP: app->ui.stop = true; break;
    default: app->ui.quit = true; break;
    }
}

/* ---- up and down ---- */

static uv_timer_t *timer_new(struct app *app)
{
    uv_timer_t *timer = xcalloc(1, sizeof *timer);

    uv_timer_init(app->ui.loop, timer);
    timer->data = app;
    return timer;
}

static bool poll_start(struct app *app, struct error *err)
{
    app->in_flags = fcntl(app->in, F_GETFL);
    app->poll = xcalloc(1, sizeof *app->poll);
    int result = uv_poll_init(app->ui.loop, app->poll, app->in);
    if (result < 0) {
        free(app->poll);
        app->poll = NULL;
        return error_set(err, ERROR_IO, "watching the terminal: %s", uv_strerror(result));
    }
    /* libuv makes it non-blocking, and with it our output: both are often one open file. We read
     * only what is there, and a frame must not break off in the middle. */
    fcntl(app->in, F_SETFL, app->in_flags & ~O_NONBLOCK);
    app->poll->data = app;
    uv_poll_start(app->poll, UV_READABLE, on_input);
    return true;
}

static void signals_start(struct app *app)
{
    for (size_t i = 0; i < countof(signals); i++) {
        app->signals[i] = xcalloc(1, sizeof **app->signals);
        uv_signal_init(app->ui.loop, app->signals[i]);
        app->signals[i]->data = app;
        uv_signal_start(app->signals[i], on_signal, signals[i]);
    }
}

static bool terminal_start(struct app *app, const struct app_options *options, struct error *err)
{
    const struct tty_options terminal = {.in = options->in,
                                         .out = options->out,
                                         .term = options->term,
                                         .rows = options->rows,
                                         .cols = options->cols,
                                         .mouse = !options->no_mouse,
                                         .guard = options->guard};
    struct theme theme;
    int rows, cols;

    /* The theme first: its faults are told on a terminal that is still a plain one. */
    theme_mono(&theme);
    if (options->theme_file && !theme_load(options->theme_file, &theme, err)) {
        return false;
    }
    app->tty = tty_open(&terminal, err);
    if (!app->tty) {
        return false;
    }
    tty_theme(app->tty, &theme);
    tty_size(app->tty, &rows, &cols);
    app->canvas.ascii = !tty_unicode(app->tty);
    canvas_resize(&app->canvas, rows, cols);
    return true;
}

struct app *app_new(const struct app_options *options, struct error *err)
{
    struct app *app = xcalloc(1, sizeof *app);
    struct ui *ui = &app->ui;

    app->in = options->in;
    app->on_quit = options->on_quit;
    app->data = options->data;
    app->real = options->clk == clk_system();
    app->ns = xstrdup(options->context->ns ? options->context->ns : "default");
    *ui = (struct ui){.loop = options->loop,
                      .clk = options->clk,
                      .zone = options->zone,
                      .ids = options->ids,
                      .ns = app->ns,
                      .read_only = options->read_only,
                      .started = options->started,
                      .dirty = true};
    keymap_init(&ui->keymap);
    ui->http = http_new(options->loop, options->context, err);
    if (!ui->http || !terminal_start(app, options, err) || !poll_start(app, err)) {
        return app_free(app);
    }
    app->prepare = xcalloc(1, sizeof *app->prepare);
    uv_prepare_init(ui->loop, app->prepare);
    app->prepare->data = app;
    uv_prepare_start(app->prepare, on_prepare);
    app->escape = timer_new(app);
    app->frame = timer_new(app);
    app->tick = timer_new(app);
    if (app->real) {
        on_tick(app->tick);
    }
    if (options->guard) {
        signals_start(app);
    }
    ui->board = board_new(ui);
    home_open(ui);
    if (ui->started) {
        ui_flash(ui, ROLE_GOOD, "started a background scheduler; it lasts until the next reboot");
    }
    return app;
}

struct app *app_free(struct app *app)
{
    if (!app) {
        return NULL;
    }
    ui_done(&app->ui);
    deed_drop_all(&app->ui);
    createform_forget(&app->ui);
    app->ui.board = board_free(app->ui.board);
    http_free(app->ui.http);
    tty_close(app->tty);
    if (app->poll) {
        fcntl(app->in, F_SETFL, app->in_flags);
    }
    handle_close(app->poll);
    handle_close(app->prepare);
    handle_close(app->escape);
    handle_close(app->frame);
    handle_close(app->tick);
    for (size_t i = 0; i < countof(signals); i++) {
        handle_close(app->signals[i]);
    }
    keymap_done(&app->ui.keymap);
    canvas_done(&app->canvas);
    input_done(&app->input);
    free(app->ns);
    free(app);
    return NULL;
}

bool app_busy(const struct app *app)
{
    return ui_busy(&app->ui) || input_waiting(&app->input) ||
           board_state(app->ui.board) == CACHE_LOADING;
}

const struct canvas *app_canvas(const struct app *app)
{
    return &app->canvas;
}

/* ---- the program's own screen ---- */

/* The file of a theme: a path as it is, a name in the user's folder, then in the stock. */
static char *theme_find(const char *name, const struct paths *paths)
{
    if (strchr(name, '/')) {
        return xstrdup(name);
    }
    autofree char *stock = paths_stock_themes();
    const char *folders[] = {paths->themes, stock};
    for (size_t i = 0; i < countof(folders); i++) {
        autofree char *path = folders[i] ? xasprintf("%s/%s.yaml", folders[i], name) : NULL;
        if (path && file_exists(path)) {
            return steal(&path);
        }
    }
    return NULL;
}

/* rxvt, Konsole and others tell their colours as "15;0": the last number is the background. */
static bool light_background(void)
{
    const char *colours = getenv("COLORFGBG");
    const char *last = colours ? strrchr(colours, ';') : NULL;

    return last && (strcmp(last, ";7") == 0 || strcmp(last, ";15") == 0);
}

static bool theme_choose(const struct tui_options *options, char **ret_file, struct error *err)
{
    const char *plain = getenv("NO_COLOR");
    const char *name = options->theme ? options->theme : light_background() ? "light" : "dark";

    *ret_file = NULL;
    if ((plain && *plain) || strcmp(name, "mono") == 0) {
        return true;
    }
    *ret_file = theme_find(name, options->paths);
    if (!*ret_file && options->theme) {
        error_set(err, ERROR_USAGE, "there is no theme \"%s\"", name);
        return error_hint(err, "put %s.yaml into %s, or use dark, light or mono", name,
                          options->paths->themes);
    }
    return true;
}

static void on_quit(void *data)
{
    uv_stop(data);
}

static bool run(const struct tui_options *options, const struct context *context, uv_loop_t *loop,
                struct error *err)
{
    autofree char *theme = NULL;
    struct id_source ids = {0};

    if (!theme_choose(options, &theme, err)) {
        return false;
    }
    const struct app_options app_options = {.loop = loop,
                                            .context = context,
                                            .clk = clk_system(),
                                            .zone = tz_local(),
                                            .ids = &ids,
                                            .theme_file = theme,
                                            .in = STDIN_FILENO,
                                            .out = STDOUT_FILENO,
                                            .no_mouse = options->no_mouse,
                                            .read_only = options->read_only,
                                            .started = options->started,
                                            .guard = true,
                                            .on_quit = on_quit,
                                            .data = loop};
    struct app *app = app_new(&app_options, err);
    if (app) {
        uv_run(loop, UV_RUN_DEFAULT);
        app_free(app);
    }
    bool open = true; /* handles that are still to close */
    while (open) {
        open = uv_run(loop, UV_RUN_NOWAIT) != 0;
    }
    return app != NULL;
}

bool tui_run(const struct tui_options *options, struct error *err)
{
    struct context context = {0};
    uv_loop_t loop;

    if (options->context && strcmp(options->context, "local") != 0) {
        error_set(err, ERROR_USAGE, "there is no context \"%s\"", options->context);
        return error_hint(err, "\"local\" is the only one so far");
    }
    int result = uv_loop_init(&loop);
    if (result < 0) {
        return error_set(err, ERROR_IO, "starting the event loop: %s", uv_strerror(result));
    }
    context_local(&context, options->paths, options->ns);
    bool fine = run(options, &context, &loop, err);
    context_done(&context);
    uv_loop_close(&loop);
    return fine;
}
