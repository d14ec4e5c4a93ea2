/* runpane.c - the history of one CronJob, live, as a list. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/runpane.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define RUNS_MOST 200 /* the ledger keeps thousands; further back is the timeline's */
#define RUNS_PAGE 50

enum { COLUMN_WHEN, COLUMN_STATE, COLUMN_TOOK, COLUMN_INFO, COLUMN_NAME };

static size_t run_count(void *data)
{
    struct runpane *pane = data;

    return pane->cache ? cache_count(pane->cache) : 0;
}

static const char *run_id(void *data, size_t row)
{
    struct runpane *pane = data;

    return cache_at(pane->cache, row)->name;
}

static size_t run_find(void *data, const char *id)
{
    for (size_t i = 0; i < run_count(data); i++) {
        if (strcmp(run_id(data, i), id) == 0) {
            return i;
        }
    }
    return LIST_NONE;
}

static bool row_of(struct runpane *pane, size_t row, struct runrow *ret)
{
    struct ui *ui = pane->ui;

    return runrow_init(ret, cache_at(pane->cache, row)->doc, clk_wall(ui->clk), ui->zone);
}

static void run_paint(void *data, size_t row, size_t column, struct canvas *canvas,
                      struct rect cell)
{
    struct runrow run;

    if (!row_of(data, row, &run)) {
        return;
    }
    const struct present_state *state = &present_fates[run.fate];
    switch (column) {
    case COLUMN_WHEN:
        canvas_fit(canvas, cell, 0, 0, cell.cols, ALIGN_LEFT, ROLE_TEXT, str_text(&run.when));
        break;
    case COLUMN_STATE:
        canvas_glyph(canvas, cell, 0, 0, state->role, state->glyph);
        canvas_fit(canvas, cell, 0, 2, cell.cols - 2, ALIGN_LEFT, state->role, state->word);
        break;
    case COLUMN_TOOK:
        canvas_fit(canvas, cell, 0, 0, cell.cols, ALIGN_RIGHT, ROLE_TEXT, str_text(&run.took));
        break;
    case COLUMN_INFO:
        canvas_fit(canvas, cell, 0, 0, cell.cols, ALIGN_LEFT, ROLE_DIM, str_text(&run.info));
        break;
    default:
        canvas_fit(canvas, cell, 0, 0, cell.cols, ALIGN_LEFT, ROLE_DIM, run_id(data, row));
        break;
    }
    runrow_done(&run);
}

static const struct list_source source = {run_count, run_id, run_find, run_paint};

static void on_change(void *data, struct cache *cache, enum cache_event event,
                      struct cache_item *item)
{
    (void)cache;
    (void)event;
    (void)item;
    ui_changed(((struct runpane *)data)->ui);
}

void runpane_init(struct runpane *pane, struct ui *ui)
{
    *pane = (struct runpane){.ui = ui};
    pane->list = (struct list){
        .source = &source,
        .data = pane,
        .column_count = 5,
        .columns = {{"WHEN", 11, 17, 0, 0, ALIGN_LEFT},
                    {"STATE", 9, 11, 0, 1, ALIGN_LEFT},
                    {"TOOK", 6, 8, 0, 2, ALIGN_RIGHT},
                    {"", 8, 40, 2, 3, ALIGN_LEFT},
                    {"", 34, 0, 1, 4, ALIGN_LEFT}},
    };
}

void runpane_open(struct runpane *pane, const char *ns, const char *uid)
{
    struct ui *ui = pane->ui;

    if (text_same(uid, pane->uid)) {
        return;
    }
    pane->cache = cache_free(pane->cache);
    free(pane->uid);
    pane->uid = NULL;
    list_done(&pane->list);
    pane->list.cursor = pane->list.top = 0;
    if (uid) {
        autofree char *fields = xasprintf("spec.cronJobUID=%s", uid);
        const struct cache_options options = {.kind = KIND_RUN,
                                              .ns = ns,
                                              .field_selector = fields,
                                              .page = RUNS_PAGE,
                                              .newest_first = true,
                                              .most = RUNS_MOST};
        pane->uid = xstrdup(uid);
        pane->cache = cache_new(ui->http, ui->loop, ui->clk, &options, on_change, pane);
    }
}

void runpane_update(struct runpane *pane, bool newest)
{
    list_refresh(&pane->list);
    if (newest) {
        list_select(&pane->list, 0);
    }
}

bool runpane_selected(struct runpane *pane, struct runrow *ret)
{
    size_t row = list_selected(&pane->list);

    return row != LIST_NONE && row_of(pane, row, ret);
}

bool runpane_loading(const struct runpane *pane)
{
    return pane->cache && cache_state(pane->cache) == CACHE_LOADING &&
           cache_count(pane->cache) == 0;
}

size_t runpane_count(const struct runpane *pane)
{
    return pane->cache ? cache_count(pane->cache) : 0;
}

void runpane_paint(struct runpane *pane, struct canvas *canvas, struct rect area, bool focus)
{
    if (runpane_count(pane) == 0) {
        const char *text = !pane->uid ? "" : runpane_loading(pane) ? "loading" : "no runs yet";
        canvas_text(canvas, area, 0, 2, ROLE_DIM, text);
        return;
    }
    pane->list.gap = area.cols < 40 ? 1 : 2;
    list_paint(&pane->list, canvas, area, focus);
}

void runpane_done(struct runpane *pane)
{
    pane->cache = cache_free(pane->cache);
    free(pane->uid);
    pane->uid = NULL;
    list_done(&pane->list);
}
