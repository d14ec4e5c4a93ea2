/* home.c - the first view: the CronJobs, the runs of the selected one, and its log, all live. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/home.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/codec/yaml.h"
#include "tui/screen/confirm.h"
#include "tui/screen/createform.h"
#include "tui/screen/cronlist.h"
#include "tui/screen/deed.h"
#include "tui/screen/describe.h"
#include "tui/screen/livelog.h"
#include "tui/screen/logview.h"
#include "tui/screen/runpane.h"
#include "tui/screen/textview.h"
#include "tui/widget/dialog.h"

/* Someone who holds "j" passes hundreds of rows: runs and log are asked for where they rest. */
#define REST_MS 40
#define LOG_TAIL 500

enum focus { FOCUS_LIST, FOCUS_RUNS, FOCUS_LOG, FOCUS_COUNT };

struct home {
    struct ui *ui;
    struct cronlist cron;
    struct runpane runs;
    struct livelog log;
    char *log_job;       /* whose log it is; NULL: none */
    struct str log_info; /* what to know of that run */
    enum focus focus;
    struct entry filter;
    bool filtering; /* its line is open */
    char why[128];  /* why what is typed is no filter; "" when it is one */
    uv_timer_t *rest;
    bool opened; /* runs were asked for once */
    struct {
        struct rect list, line, runs, log;
    } at; /* as last painted */
};

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

/* ---- what the lower panes show ---- */

/* The log of the selected run; of the newest as the CronJob tells it, while runs are not here. */
static void show_log(struct home *home)
{
    struct cache_item *item = cronlist_selected(&home->cron);
    struct runrow run;

    free(home->log_job);
    home->log_job = NULL;
    str_clear(&home->log_info);
    if (item && runpane_selected(&home->runs, &run)) {
        livelog_open(&home->log, &(struct livelog_of){item->ns, run.pod, run.attempts, run.final},
                     LOG_TAIL);
        home->log_job = run.job ? xstrdup(run.job) : NULL;
        str_add(&home->log_info, str_text(&run.info));
        runrow_done(&run);
        return;
    }
    struct livelog_of newest = {0};
    if (item && runpane_loading(&home->runs)) {
        const struct cronrow *row = board_row(home->ui->board, item);
        newest = (struct livelog_of){item->ns, row->pod, row->attempt, row->end != NSEC_NONE};
        home->log_job = row->pod && row->job ? xstrdup(row->job) : NULL;
    }
    livelog_open(&home->log, &newest, LOG_TAIL);
}

static void show_selected(struct home *home)
{
    struct cache_item *item = cronlist_selected(&home->cron);

    runpane_open(&home->runs, item ? item->ns : NULL, item ? item->uid : NULL);
    home->opened = home->opened || item;
    show_log(home);
    home->ui->dirty = true;
}

static void on_rest(uv_timer_t *timer)
{
    struct home *home = timer->data;

    show_selected(home);
}

/* Another CronJob is selected: the lower panes follow at once the first time, else at rest. */
static void selection_moved(struct home *home)
{
    home->ui->dirty = true;
    if (home->opened) {
        uv_timer_start(home->rest, on_rest, REST_MS, 0);
    } else {
        show_selected(home);
    }
}

static void home_update(void *self)
{
    struct home *home = self;

    if (cronlist_update(&home->cron)) {
        selection_moved(home);
    }
    /* With the focus elsewhere the newest run is the one to see; else the one chosen. */
    runpane_update(&home->runs, home->focus != FOCUS_RUNS);
    if (!uv_is_active((uv_handle_t *)home->rest)) {
        show_log(home);
    }
}

/* ---- keys ---- */

static void set_filter(struct home *home, const char *text)
{
    home->why[0] = '\0';
    cronlist_filter(&home->cron, text, home->why);
    selection_moved(home);
}

static bool filter_key(struct home *home, const struct key *key)
{
    bool control = key->kind == INPUT_TEXT && key->mods == MOD_CTRL;

    if (key->kind == INPUT_ESCAPE || (control && (key->point == 'c' || key->point == 'g'))) {
        home->filtering = false;
        set_filter(home, "");
    } else if (key->kind == INPUT_ENTER || key->kind == INPUT_TAB) {
        home->filtering = false;
    } else if (key->kind == INPUT_UP || key->kind == INPUT_DOWN) {
        if (list_move(&home->cron.list, key->kind == INPUT_UP ? -1 : 1)) {
            selection_moved(home);
        }
    } else if (entry_key(&home->filter, key) == ENTRY_CHANGED) {
        set_filter(home, entry_text(&home->filter));
    }
    return true;
}

static void open_log(struct home *home)
{
    struct cache_item *item = cronlist_selected(&home->cron);
    struct cronrow *row = board_row(home->ui->board, item);
    struct runrow run = {0};

    if (home->focus == FOCUS_RUNS && runpane_selected(&home->runs, &run)) {
        if (run.pod) {
            logview_open(home->ui, run.job ? run.job : row->name,
                         &(struct livelog_of){item->ns, run.pod, run.attempts, run.final});
        } else {
            ui_flash(home->ui, ROLE_HINT, "this run has no log: %s", str_text(&run.info));
        }
        runrow_done(&run);
    } else if (row->pod) {
        logview_open(home->ui, row->job ? row->job : row->name,
                     &(struct livelog_of){item->ns, row->pod, row->attempt, row->end != NSEC_NONE});
    } else {
        ui_flash(home->ui, ROLE_HINT, "\"%s\" has no log yet: it never ran", row->name);
    }
}

static void open_text(struct home *home, enum command command)
{
    const cJSON *doc = cronlist_selected(&home->cron)->doc;
    struct str text = {0};

    if (command == CMD_YAML) {
        yaml_write(&text, doc);
    } else {
        describe_cronjob(doc, home->ui->zone, ui_now(home->ui), &text);
    }
    textview_open(home->ui, tree_str_or(doc, "metadata.name", ""),
                  command == CMD_YAML ? TEXTVIEW_YAML : TEXTVIEW_FACTS, &text);
}

static void on_made(void *data, const char *id)
{
    struct home *home = data;

    cronlist_want(&home->cron, id);
}

/* Movement in the pane that has the focus. */
static bool move(struct home *home, enum command command)
{
    struct list *list = home->focus == FOCUS_LIST ? &home->cron.list : &home->runs.list;
    bool moved;

    if (home->focus == FOCUS_LOG) {
        return livelog_command(&home->log, command);
    }
    switch ((int)command) {
    case CMD_UP: moved = list_move(list, -1); break;
    case CMD_DOWN: moved = list_move(list, 1); break;
    case CMD_PAGE_UP: moved = list_page(list, -1); break;
    case CMD_PAGE_DOWN: moved = list_page(list, 1); break;
    case CMD_TOP: moved = list_select(list, 0); break;
    case CMD_BOTTOM: moved = list_select(list, LIST_NONE - 1); break;
    default: return false;
    }
    if (moved) {
        selection_moved(home);
    }
    return true;
}

static void set_focus(struct home *home, enum focus focus)
{
    home->focus = focus;
    home->ui->data = true; /* the run that is shown may be another now */
}

static bool go_back(struct home *home)
{
    if (home->focus != FOCUS_LIST) {
        set_focus(home, FOCUS_LIST);
    } else if (home->cron.filtered) {
        entry_set(&home->filter, "");
        set_filter(home, "");
    }
    return true;
}

static bool home_command(void *self, enum command command)
{
    struct home *home = self;
    struct cache_item *item = cronlist_selected(&home->cron);

    switch ((int)command) {
    case CMD_NEXT_PANE: set_focus(home, (home->focus + 1) % FOCUS_COUNT); return true;
    case CMD_LAST_PANE: set_focus(home, (home->focus + FOCUS_COUNT - 1) % FOCUS_COUNT); return true;
    case CMD_OPEN:
        if (home->focus == FOCUS_LIST) {
            set_focus(home, FOCUS_RUNS);
        } else {
            open_log(home);
        }
        return true;
    case CMD_CREATE: createform_open(home->ui, on_made, home); return true;
    case CMD_FORCE_RUN: deed_force_run(home->ui, item->doc); return true;
    case CMD_SUSPEND:
        deed_suspend(home->ui, item->doc, board_row(home->ui->board, item)->show == SHOW_BLOCKED);
        return true;
    case CMD_DELETE: confirm_delete(home->ui, item->doc); return true;
    case CMD_LOG: open_log(home); return true;
    case CMD_YAML:
    case CMD_DESCRIBE: open_text(home, command); return true;
    case CMD_FILTER:
        home->filtering = true;
        home->focus = FOCUS_LIST;
        return true;
    case CMD_BACK: return go_back(home);
    default: return move(home, command);
    }
}

static unsigned home_lacks(void *self, enum command command)
{
    struct home *home = self;

    (void)command;
    return cronlist_selected(&home->cron) ? 0 : NEED_CRONJOB;
}

static const char *home_hint(void *self, enum command command)
{
    struct home *home = self;
    struct cache_item *item = cronlist_selected(&home->cron);

    if (command != CMD_SUSPEND || !item) {
        return NULL;
    }
    const struct cronrow *row = board_row(home->ui->board, item);
    bool off = row->suspended || row->show == SHOW_BLOCKED;
    return row->draft ? "start" : off ? "resume" : NULL;
}

/* ---- the mouse ---- */

static void click(struct home *home, int row, int col)
{
    struct list *list = &home->cron.list;
    size_t hit = list_row_at(list, row, col);

    if (hit != LIST_NONE) {
        set_focus(home, FOCUS_LIST);
        if (list_select(list, hit)) {
            selection_moved(home);
        }
        return;
    }
    list = &home->runs.list;
    hit = runpane_count(&home->runs) > 0 ? list_row_at(list, row, col) : LIST_NONE;
    if (hit != LIST_NONE && layout_has(home->at.runs, row, col)) {
        set_focus(home, FOCUS_RUNS);
        if (list_select(list, hit)) {
            selection_moved(home);
        }
    } else if (layout_has(home->at.log, row, col)) {
        set_focus(home, FOCUS_LOG);
    }
}

static void wheel(struct home *home, const struct key *key)
{
    int by = key->mouse == MOUSE_WHEEL_UP ? -3 : 3;
    bool moved = false;

    if (layout_has(home->at.log, key->row, key->col)) {
        textpane_scroll(&home->log.pane, by);
    } else if (layout_has(home->at.runs, key->row, key->col)) {
        set_focus(home, FOCUS_RUNS);
        moved = list_scroll(&home->runs.list, by);
    } else {
        moved = list_scroll(&home->cron.list, by);
    }
    if (moved) {
        selection_moved(home);
    }
}

static bool home_key(void *self, const struct key *key)
{
    struct home *home = self;

    if (key->kind == INPUT_MOUSE) {
        if (key->mouse == MOUSE_WHEEL_UP || key->mouse == MOUSE_WHEEL_DOWN) {
            wheel(home, key);
        } else if (key->mouse == MOUSE_PRESS && key->button == 0) {
            click(home, key->row, key->col);
        }
        return true;
    }
    return home->filtering && filter_key(home, key);
}

/* ---- paint ---- */

/* Where everything goes. Narrow screens show one lower pane, low ones none. */
static void place(struct home *home, struct rect area)
{
    /* The list gets what it needs, up to three fifths; the rest is runs and log. */
    int wanted = (int)(board_count(home->ui->board) < 1000 ? board_count(home->ui->board) : 1000);
    int most = area.rows * 3 / 5, least = area.rows < 20 ? 5 : 7;
    int upper = wanted + 2 < least ? least : wanted + 2;
    upper = upper > most ? most : upper;
    struct rect below = layout_bottom(&area, area.rows < 11 ? 0 : area.rows - upper);

    home->at.list = area;
    home->at.line = layout_top(&below, 1);
    home->at.runs = home->at.log = below;
    if (below.cols < 72) {
        *(home->focus == FOCUS_RUNS ? &home->at.log : &home->at.runs) = (struct rect){0};
        return;
    }
    const struct layout_part parts[] = {{31, 86, 1, 1}, {40, 0, 2, 0}};
    struct rect panes[2];
    layout_split(below, LAYOUT_COLUMNS, 1, parts, 2, panes);
    home->at.runs = panes[0];
    home->at.log = panes[1];
}

/* " RUNS of x " in a line, within COLS from COL on. */
static void paint_title(struct canvas *canvas, struct rect line, int col, int cols, bool focus,
                        const char *what, const char *whose, const char *word)
{
    enum role role = focus ? ROLE_TITLE_FOCUS : ROLE_TITLE;
    struct rect room = {line.row, line.col + col, 1, cols};

    int at = canvas_textf(canvas, room, 0, 1, role, " %s ", what);
    if (whose) {
        at = canvas_textf(canvas, room, 0, at, focus ? ROLE_TITLE_FOCUS : ROLE_COUNTER, "%s ",
                          whose);
    }
    if (word && *word) {
        canvas_textf(canvas, room, 0, at, ROLE_TITLE, " %s ", word);
    }
}

static void paint_lower(struct home *home, struct canvas *canvas)
{
    struct cache_item *item = cronlist_selected(&home->cron);
    struct rect line = home->at.line, runs = home->at.runs, log = home->at.log;

    canvas_line(canvas, line, 0, ROLE_BORDER);
    if (runs.cols > 0) {
        paint_title(canvas, line, runs.col, runs.cols, home->focus == FOCUS_RUNS, "RUNS",
                    item && runs.cols > 24 ? item->name : NULL, NULL);
        runpane_paint(&home->runs, canvas, runs, home->focus == FOCUS_RUNS);
    }
    if (log.cols > 0) {
        /* "complete" goes without saying where there is more to say. */
        const char *word = livelog_word(&home->log);
        bool silent = home->log_info.len > 0 && home->log.ended && home->log.pane.follow;
        autofree char *state = home->log_info.len > 0 ? xasprintf("%s%s%s", silent ? "" : word,
                                                                  silent || !*word ? "" : ", ",
                                                                  str_text(&home->log_info))
                                                      : xstrdup(word);
        paint_title(canvas, line, log.col, log.cols, home->focus == FOCUS_LOG, "LOG", home->log_job,
                    state);
        livelog_paint(&home->log, canvas, layout_inset(log, 0, 1));
    }
    if (runs.cols > 0 && log.cols > 0) {
        struct rect gap = {runs.row, log.col - 1, runs.rows, 1};
        canvas_bar(canvas, gap, 0, ROLE_BORDER);
    }
}

/* Instead of an empty table: what to do about it. */
static void paint_empty(struct home *home, struct canvas *canvas, struct rect area)
{
    struct ui *ui = home->ui;
    const struct error *err = board_error(ui->board);
    struct rect box = layout_centre(area, 5, area.cols < 60 ? area.cols - 2 : 56);

    if (home->cron.filtered) {
        int row = dialog_text(canvas, box, 0, ROLE_STRONG, "No name matches the filter");
        dialog_text(canvas, box, row + 1, ROLE_DIM, "esc clears it");
    } else if (board_state(ui->board) == CACHE_STALE) {
        int row = dialog_text(canvas, box, 0, ROLE_ERROR, "The scheduler does not answer");
        dialog_text(canvas, box, row + 1, ROLE_DIM, err ? err->what : "trying again");
    } else if (board_state(ui->board) == CACHE_LOADING) {
        dialog_text(canvas, box, 0, ROLE_DIM, "loading");
    } else {
        char key[INPUT_NAME_SIZE];
        canvas_text(canvas, box, 0, 0, ROLE_STRONG, "No CronJobs yet");
        int col =
            canvas_text(canvas, box, 2, 0, ROLE_KEY, keymap_short(&ui->keymap, CMD_CREATE, key));
        canvas_text(canvas, box, 2, col + 2, ROLE_TEXT, "creates the first one here");
        canvas_text(canvas, box, 3, 0, ROLE_KEY, "belfry apply -f FILE");
        canvas_text(canvas, box, 3, 22, ROLE_TEXT, "takes YAML, as kubectl does");
    }
}

static void home_paint(void *self, struct canvas *canvas, struct rect area)
{
    struct home *home = self;

    if (!cronlist_selected(&home->cron)) {
        home->at.runs = home->at.log = (struct rect){0};
        paint_empty(home, canvas, area);
        return;
    }
    place(home, area);
    cronlist_paint(&home->cron, canvas, home->at.list, home->focus == FOCUS_LIST);
    if (home->at.line.rows > 0) {
        paint_lower(home, canvas);
    }
}

static bool home_footer(void *self, struct canvas *canvas, struct rect line)
{
    struct home *home = self;

    if (!home->filtering) {
        return false;
    }
    int col = canvas_text(canvas, line, 0, 1, ROLE_FILTER, "/");
    int why = home->why[0] ? 30 : 0;
    struct rect field = {line.row, line.col + col, 1, line.cols - col - why};
    entry_paint(&home->filter, canvas, field, ROLE_PROMPT, true);
    if (why) {
        canvas_fit(canvas, line, 0, line.cols - why + 1, why - 1, ALIGN_LEFT, ROLE_ERROR,
                   home->why);
    }
    return true;
}

static bool home_busy(const void *self)
{
    const struct home *home = self;

    return uv_is_active((const uv_handle_t *)home->rest) || runpane_loading(&home->runs);
}

static void home_done(void *self)
{
    struct home *home = self;

    uv_close((uv_handle_t *)home->rest, on_closed);
    livelog_done(&home->log);
    runpane_done(&home->runs);
    cronlist_done(&home->cron);
    entry_done(&home->filter);
    free(home->log_job);
    str_done(&home->log_info);
    free(home);
}

static const struct screen_ops ops = {.title = "CronJobs",
                                      .scopes = SCOPE_MOVE | SCOPE_CRONJOBS,
                                      .update = home_update,
                                      .key = home_key,
                                      .command = home_command,
                                      .lacks = home_lacks,
                                      .hint = home_hint,
                                      .paint = home_paint,
                                      .footer = home_footer,
                                      .busy = home_busy,
                                      .done = home_done};

void home_open(struct ui *ui)
{
    struct home *home = xcalloc(1, sizeof *home);

    home->ui = ui;
    home->filter.placeholder = "name or pattern, ! before it: all others";
    cronlist_init(&home->cron, ui);
    runpane_init(&home->runs, ui);
    livelog_init(&home->log, ui);
    home->rest = xcalloc(1, sizeof *home->rest);
    uv_timer_init(ui->loop, home->rest);
    home->rest->data = home;
    ui_push(ui, &ops, home);
}
