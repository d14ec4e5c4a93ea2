/* stage.c - the whole screen in this process, without a terminal and without a sleep. */
/* SPDX-License-Identifier: MIT */
#include "tests/screen/stage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vterm.h>

#include <cmocka.h>

#include "core/api/server.h"
#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/base/utf8.h"
#include "core/codec/decode.h"
#include "core/codec/yaml.h"
#include "core/run/executor.h"
#include "storage/ledger.h"
#include "storage/objects.h"
#include "tui/app.h"
#include "tui/kit/input.h"
#include "tui/kit/theme.h"

#define PATIENCE (10 * NSEC_PER_SEC)
#define QUIET_MS 8 /* so long nothing may move before it counts as settled */

struct stage {
    uv_loop_t loop;
    struct clk *clk;
    struct id_source ids, client_ids;
    char *folder;
    struct paths paths;
    struct context context;
    struct store *store;
    struct api api;
    struct server *server;
    struct app *app;
    struct stage_options options;
    struct theme theme;
    bool ascii, quit;
    int keys[2];
    int screen; /* the memory file the terminal writes to */
    off_t seen;
    VTerm *vterm;
    VTermScreen *vscreen;
    int rows, cols;
    bool blind; /* libvterm 0.1 crashes on a screen of one cell: what is sent is only counted */
};

static void must(bool fine, const struct error *err)
{
    if (!fine) {
        fail_msg("%s: %s", err->where, err->what);
    }
}

static void on_quit(void *data)
{
    ((struct stage *)data)->quit = true;
}

static void start_server(struct stage *stage)
{
    struct error err = {0};

    stage->server = server_new(&stage->api, &err);
    must(stage->server != NULL, &err);
    must(server_listen_unix(stage->server, stage->paths.socket, &err), &err);
}

static void start_app(struct stage *stage, const struct stage_options *options)
{
    struct error err = {0};
    const struct app_options app = {.loop = &stage->loop,
                                    .context = &stage->context,
                                    .clk = stage->clk,
                                    .zone = tz_find("Europe/Berlin", &err),
                                    .ids = &stage->client_ids,
                                    .theme_file = options->theme,
                                    .in = stage->keys[0],
                                    .out = stage->screen,
                                    .term = options->term ? options->term : "screen-256color",
                                    .rows = options->rows,
                                    .cols = options->cols,
                                    .read_only = options->read_only,
                                    .started = options->started,
                                    .on_quit = on_quit,
                                    .data = stage};

    theme_mono(&stage->theme);
    if (options->theme) {
        must(theme_load(options->theme, &stage->theme, &err), &err);
    }
    stage->app = app_new(&app, &err);
    must(stage->app != NULL, &err);
}

struct stage *stage_new(const struct stage_options *options)
{
    struct stage *stage = xcalloc(1, sizeof *stage);
    struct error err = {0};
    const char *tmp = getenv("TMPDIR");

    setenv("LC_ALL", options->ascii ? "C" : "C.UTF-8", 1);
    unsetenv("ESCDELAY");
    stage->folder = xasprintf("%s/belfry-screen-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(stage->folder));
    paths_init_at(&stage->paths, stage->folder);
    context_local(&stage->context, &stage->paths, "default");
    stage->clk = clk_virtual_new(STAGE_NOW, 1000 * NSEC_PER_SEC);
    stage->options = *options;
    stage->ids.seed = 7;
    stage->client_ids.seed = 8;
    stage->ascii = options->ascii;
    stage->rows = options->rows;
    stage->cols = options->cols;
    assert_int_equal(uv_loop_init(&stage->loop), 0);
    stage->store = store_open(":memory:", stage->clk, &stage->ids, &err);
    must(stage->store != NULL, &err);
    stage->api = (struct api){.loop = &stage->loop,
                              .store = stage->store,
                              .clk = stage->clk,
                              .ids = &stage->ids,
                              .paths = &stage->paths,
                              .start_time = clk_now(stage->clk)};
    start_server(stage);
    assert_int_equal(pipe2(stage->keys, O_CLOEXEC), 0);
    stage->screen = memfd_create("screen", MFD_CLOEXEC);
    assert_true(stage->screen >= 0);
    stage->vterm = vterm_new(options->rows, options->cols);
    vterm_set_utf8(stage->vterm, 1);
    stage->vscreen = vterm_obtain_screen(stage->vterm);
    vterm_screen_enable_altscreen(stage->vscreen, 1);
    vterm_screen_reset(stage->vscreen, 1);
    start_app(stage, options);
    return stage;
}

struct stage *stage_free(struct stage *stage)
{
    if (!stage) {
        return NULL;
    }
    app_free(stage->app);
    server_free(stage->server);
    bool open = true;
    while (open) {
        open = uv_run(&stage->loop, UV_RUN_NOWAIT) != 0;
    }
    assert_int_equal(uv_loop_close(&stage->loop), 0);
    store_close(stage->store);
    clk_free(stage->clk);
    context_done(&stage->context);
    paths_done(&stage->paths);
    (void)!file_remove_tree(stage->folder, NULL);
    free(stage->folder);
    close(stage->keys[0]);
    close(stage->keys[1]);
    close(stage->screen);
    vterm_free(stage->vterm);
    free(stage);
    return NULL;
}

void stage_server(struct stage *stage, bool up)
{
    if (up) {
        start_server(stage);
        return;
    }
    stage->server = server_free(stage->server);
    /* Two turns: handles close, and the client sees its streams end. */
    uv_run(&stage->loop, UV_RUN_NOWAIT);
    uv_run(&stage->loop, UV_RUN_NOWAIT);
}

/* ---- the terminal ---- */

/* Gives libvterm what was written since; true when there was something. */
static bool read_screen(struct stage *stage)
{
    char bytes[65536];
    bool any = false;

    for (;;) {
        ssize_t n = pread(stage->screen, bytes, sizeof bytes, stage->seen);
        if (n <= 0) {
            return any;
        }
        if (!stage->blind) {
            vterm_input_write(stage->vterm, bytes, (size_t)n);
        }
        stage->seen += n;
        any = true;
    }
}

static void on_quiet(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

/* Runs the loop until nothing has happened for a moment; false when something did. */
static bool run_quiet(struct stage *stage)
{
    uv_timer_t *timer = xcalloc(1, sizeof *timer);
    bool over = false, moved = false;

    uv_timer_init(&stage->loop, timer);
    timer->data = &over;
    uv_timer_start(timer, on_quiet, QUIET_MS, 0);
    while (!over) {
        uv_run(&stage->loop, UV_RUN_ONCE);
        moved = read_screen(stage) || moved;
    }
    /* A late timer may have come before what was ready as well. */
    uv_run(&stage->loop, UV_RUN_NOWAIT);
    moved = read_screen(stage) || moved;
    uv_close((uv_handle_t *)timer, on_timer_closed);
    return !moved && !app_busy(stage->app);
}

void stage_settle(struct stage *stage)
{
    nsec_t end = clk_mono(clk_system()) + PATIENCE;
    int quiet = 0;

    while (quiet < 2) {
        quiet = run_quiet(stage) || stage->quit ? quiet + 1 : 0;
        if (clk_mono(clk_system()) > end) {
            fail_msg("the screen does not come to rest");
        }
    }
}

static VTermScreenCell cell_at(struct stage *stage, int row, int col)
{
    VTermScreenCell cell;

    vterm_screen_get_cell(stage->vscreen, (VTermPos){row, col}, &cell);
    return cell;
}

const char *stage_row(struct stage *stage, int row, struct str *ret)
{
    str_clear(ret);
    for (int col = 0; col < stage->cols; col++) {
        VTermScreenCell cell = cell_at(stage, row, col);
        if (cell.chars[0] == (uint32_t)-1) {
            continue; /* the right half of a wide character */
        }
        if (cell.chars[0] == 0) {
            str_add_char(ret, ' ');
        }
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
            char bytes[4];
            str_add_bytes(ret, bytes, utf8_encode(cell.chars[i], bytes));
        }
    }
    while (ret->len > 0 && ret->data[ret->len - 1] == ' ') {
        str_cut(ret, ret->len - 1);
    }
    return str_text(ret);
}

bool stage_has(struct stage *stage, const char *text)
{
    cleanup_with(str_done) struct str row = {0};

    read_screen(stage);
    for (int i = 0; i < stage->rows; i++) {
        if (strstr(stage_row(stage, i, &row), text)) {
            return true;
        }
    }
    return false;
}

void stage_wait(struct stage *stage, const char *text, bool gone)
{
    nsec_t end = clk_mono(clk_system()) + PATIENCE;

    while (stage_has(stage, text) == gone) {
        run_quiet(stage);
        if (clk_mono(clk_system()) > end) {
            cleanup_with(str_done) struct str all = {0}, row = {0};
            for (int i = 0; i < stage->rows; i++) {
                str_addf(&all, "%s\n", stage_row(stage, i, &row));
            }
            fail_msg("\"%s\" is %son the screen:\n%s", text, gone ? "still " : "not ",
                     str_text(&all));
        }
    }
}

/* ---- what it looks like ---- */

static bool same_colour(uint32_t want, const VTermColor *seen, bool bg)
{
    if (COLOUR_KIND(want) == COLOUR_DEFAULT) {
        return bg ? VTERM_COLOR_IS_DEFAULT_BG(seen) : VTERM_COLOR_IS_DEFAULT_FG(seen);
    }
    return VTERM_COLOR_IS_INDEXED(seen) && seen->indexed.idx == COLOUR_VALUE(want);
}

/* The terminal must show each cell as its role says: then the letters of a golden are the truth. */
static void check_look(struct stage *stage, const struct cell *cell, int row, int col)
{
    VTermScreenCell seen = cell_at(stage, row, col);
    struct style look = theme_look(&stage->theme, DEPTH_256, cell->role, cell->under);
    bool blank = cell->point == ' ';

    if (cell->own.fg || cell->own.bg || cell->own.attrs || cell->point == 0) {
        return;
    }
    bool fine = same_colour(look.bg, &seen.bg, true) &&
                (blank || same_colour(look.fg, &seen.fg, false)) &&
                !(look.attrs & ATTR_REVERSE) == !seen.attrs.reverse &&
                (blank || !(look.attrs & ATTR_BOLD) == !seen.attrs.bold) &&
                !(look.attrs & ATTR_UNDERLINE) == !seen.attrs.underline;
    if (!fine) {
        fail_msg("row %d, column %d (U+%04" PRIX32 ") does not look like %s on %s", row, col,
                 cell->point, role_name(cell->role), role_name(cell->under));
    }
}

void stage_snap(struct stage *stage, struct str *ret)
{
    const struct canvas *canvas = app_canvas(stage->app);
    cleanup_with(str_done) struct str row = {0};

    read_screen(stage);
    for (int i = 0; i < stage->rows; i++) {
        str_addf(ret, "%s\n", stage_row(stage, i, &row));
    }
    for (int i = 0; i < stage->rows; i++) {
        size_t start = ret->len + 2;
        str_add(ret, "~ ");
        for (int col = 0; col < stage->cols; col++) {
            const struct cell *cell = &canvas->cells[i * stage->cols + col];
            check_look(stage, cell, i, col);
            enum role role =
                cell->under != ROLE_TEXT && cell->point == ' ' ? cell->under : cell->role;
            str_add_char(ret, cell->point == ' ' && role == ROLE_TEXT ? ' ' : role_letter(role));
        }
        while (ret->len > start && ret->data[ret->len - 1] == ' ') {
            str_cut(ret, ret->len - 1);
        }
        str_add_char(ret, '\n');
    }
    VTermPos cursor;
    vterm_state_get_cursorpos(vterm_obtain_state(stage->vterm), &cursor);
    if (canvas->cursor_row >= 0) {
        assert_int_equal(cursor.row, canvas->cursor_row);
        assert_int_equal(cursor.col, canvas->cursor_col);
        str_addf(ret, "cursor %d %d\n", cursor.row, cursor.col);
    }
}

/* ---- keys and time ---- */

void stage_bytes(struct stage *stage, const char *bytes, size_t len)
{
    assert_int_equal(write(stage->keys[1], bytes, len), len);
    stage_settle(stage);
}

/* The bytes an xterm sends. */
static void send_key(struct stage *stage, const char *name)
{
    static const struct {
        const char *name, *bytes;
    } named[] = {{"enter", "\r"},          {"tab", "\t"},         {"esc", "\x1b"},
                 {"shift-tab", "\x1b[Z"},  {"backspace", "\x7f"}, {"up", "\x1b[A"},
                 {"down", "\x1b[B"},       {"right", "\x1b[C"},   {"left", "\x1b[D"},
                 {"home", "\x1b[H"},       {"end", "\x1b[F"},     {"page-up", "\x1b[5~"},
                 {"page-down", "\x1b[6~"}, {"delete", "\x1b[3~"}, {"space", " "}};
    char byte;

    for (size_t i = 0; i < countof(named); i++) {
        if (strcmp(named[i].name, name) == 0) {
            stage_bytes(stage, named[i].bytes, strlen(named[i].bytes));
            return;
        }
    }
    if (text_starts(name, "ctrl-")) {
        byte = (char)(name[5] & 0x1f);
        stage_bytes(stage, &byte, 1);
        return;
    }
    stage_bytes(stage, name, strlen(name));
}

void stage_keys(struct stage *stage, const char *names)
{
    autofree char *copy = xstrdup(names);

    for (char *name = copy, *next; name && *name; name = next) {
        next = strchr(name, ' ');
        if (next) {
            *next++ = '\0';
        }
        send_key(stage, name);
    }
}

void stage_type(struct stage *stage, const char *text)
{
    stage_bytes(stage, text, strlen(text));
}

void stage_click(struct stage *stage, int row, int col)
{
    char bytes[64];
    int len = snprintf(bytes, sizeof bytes, "\x1b[<0;%d;%dM\x1b[<0;%d;%dm", col + 1, row + 1,
                       col + 1, row + 1);

    stage_bytes(stage, bytes, (size_t)len);
}

void stage_resize(struct stage *stage, int rows, int cols)
{
    read_screen(stage);
    stage->rows = rows;
    stage->cols = cols;
    stage->blind = rows < 2 || cols < 2;
    if (!stage->blind) {
        vterm_set_size(stage->vterm, rows, cols);
    }
    app_resize(stage->app, rows, cols);
    stage_settle(stage);
}

void stage_advance(struct stage *stage, nsec_t by)
{
    clk_virtual_advance(stage->clk, by);
    app_tick(stage->app);
    stage_settle(stage);
}

bool stage_quit(const struct stage *stage)
{
    return stage->quit;
}

nsec_t stage_key_to_paint(struct stage *stage, char key)
{
    nsec_t start = clk_mono(clk_system());

    assert_int_equal(write(stage->keys[1], &key, 1), 1);
    do {
        uv_run(&stage->loop, UV_RUN_NOWAIT);
    } while (!read_screen(stage));
    return clk_mono(clk_system()) - start;
}

nsec_t stage_restart(struct stage *stage)
{
    stage->app = app_free(stage->app);
    uv_run(&stage->loop, UV_RUN_NOWAIT);
    nsec_t start = clk_mono(clk_system());
    start_app(stage, &stage->options);
    while (!read_screen(stage) || !stage_has(stage, "job-00000")) {
        uv_run(&stage->loop, UV_RUN_NOWAIT);
    }
    return clk_mono(clk_system()) - start;
}

/* ---- the data ---- */

static void load_object(struct stage *stage, enum kind kind, const cJSON *doc)
{
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    const char *ns = tree_str_or(doc, "metadata.namespace", "default");

    tree_print(&text, doc, false);
    struct object object = {.kind = kind,
                            .namespace = ns,
                            .name = tree_str(doc, "metadata.name"),
                            .uid = tree_str(doc, "metadata.uid"),
                            .document = text.data,
                            .document_len = text.len};
    struct object_key key = {kind, ns, object.name};
    bool fine = objects_exists(stage->store, &key)
                    ? objects_update(stage->store, &object, NULL, NULL, &err)
                    : objects_create(stage->store, &object, NULL, NULL, &err);
    must(fine, &err);
}

static void load_run(struct stage *stage, const cJSON *doc)
{
    struct error err = {0};
    struct run run;

    must(run_decode(doc, &run, &err), &err);
    run.ns = run.ns ? run.ns : "default";
    /* Of a CronJob that a script made, nobody knows the uid before. */
    const struct object_key key = {KIND_CRONJOB, run.ns, run.cronjob};
    cleanup_with(str_done) struct str text = {0};
    autotree cJSON *cronjob = NULL;
    if (!run.cronjob_uid) {
        must(objects_get(stage->store, &key, &text, NULL, &err), &err);
        cronjob = tree_parse(text.data, text.len, &err);
        run.cronjob_uid = tree_str(cronjob, "metadata.uid");
    }
    if (!ledger_append(stage->store, &run, NULL, &err)) {
        must(err.code == ERROR_EXISTS, &err);
        must(ledger_update(stage->store, &run, &err), &err);
    }
}

void stage_load(struct stage *stage, const char *file)
{
    cleanup_with(str_done) struct str text = {0};
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    struct error err = {0};

    must(file_read(file, 1 << 20, &text, &err), &err);
    must(yaml_read(file, text.data, text.len, &docs, &err), &err);
    for (size_t i = 0; i < docs.len; i++) {
        const cJSON *doc = docs.data[i].tree;
        enum kind kind = kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind"));
        assert_true(kind != KIND_COUNT);
        if (kind == KIND_RUN) {
            load_run(stage, doc);
        } else {
            load_object(stage, kind, doc);
        }
    }
    stage_settle(stage);
}

void stage_fill(struct stage *stage, int count)
{
    for (int i = 0; i < count; i++) {
        autofree char *name = xasprintf("job-%05d", i);
        autotree cJSON *doc = document_new(KIND_CRONJOB, "default", name);
        tree_put_str(doc, "metadata.uid", name);
        tree_put_time(doc, "metadata.creationTimestamp", clk_now(stage->clk) - 86400);
        autofree char *schedule = xasprintf("%d %d * * *", i % 60, i % 24);
        tree_put_str(doc, "spec.schedule", schedule);
        tree_put_str(doc, "status.lastRun.result", i % 17 ? "Succeeded" : "Failed");
        tree_put_str(doc, "status.lastRun.startTime", "2026-11-20T01:00:00Z");
        tree_put_str(doc, "status.lastRun.completionTime", "2026-11-20T01:04:12Z");
        tree_put_str(doc, "status.recentRuns", "........x.");
        load_object(stage, KIND_CRONJOB, doc);
    }
    stage_settle(stage);
}

void stage_delete(struct stage *stage, const char *name)
{
    const struct object_key key = {KIND_CRONJOB, "default", name};
    struct error err = {0};

    must(objects_delete(stage->store, &key, 0, NULL, NULL, &err), &err);
    stage_settle(stage);
}

void stage_log(struct stage *stage, const char *pod_uid, const char *text)
{
    struct attempt_id id = {0};
    struct error err = {0};
    char stamp[STAMP_SIZE];

    text_copy(id.pod_uid, sizeof id.pod_uid, pod_uid);
    text_copy(id.container, sizeof id.container, "main");
    autofree char *folder = executor_log_folder(&stage->paths, &id);
    autofree char *run_folder = executor_run_folder(&stage->paths, &id);
    must(file_make_folder(folder, 0700, &err), &err);
    /* Without it the attempt counts as over, and nobody would wait for more. */
    must(file_make_folder(run_folder, 0700, &err), &err);
    autofree char *path = xasprintf("%s/0.log", folder);
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    fprintf(file, "%s stdout F %s\n", stamp_nsec(stamp, clk_wall(stage->clk)), text);
    fclose(file);
    stage_settle(stage);
}
