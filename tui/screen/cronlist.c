/* cronlist.c - the board's CronJobs as a list: columns by the room there is, and a filter. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/cronlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define RECENT_MOST 40

enum {
    COLUMN_NAME,
    COLUMN_SCHEDULE,
    COLUMN_MEANING,
    COLUMN_STATE,
    COLUMN_LAST,
    COLUMN_NEXT,
    COLUMN_RECENT,
    COLUMN_DESCRIPTION,
    COLUMN_COUNT
};

static struct cache_item *item_at(struct cronlist *cron, size_t row)
{
    return board_item(cron->ui->board, cron->filtered ? cron->shown[row] : row);
}

static size_t cron_count(void *data)
{
    struct cronlist *cron = data;

    return cron->filtered ? cron->shown_count : board_count(cron->ui->board);
}

static const char *cron_id(void *data, size_t row)
{
    struct cronlist *cron = data;
    const struct cache_item *item = item_at(cron, row);

    snprintf(cron->id, sizeof cron->id, "%s/%s", item->ns, item->name);
    return cron->id;
}

static size_t cron_find(void *data, const char *id)
{
    struct cronlist *cron = data;
    bool found;
    size_t place = board_place(cron->ui->board, id, &found);

    if (!found || !cron->filtered) {
        return found ? place : LIST_NONE;
    }
    /* Those that match keep the board's order. */
    size_t low = 0, high = cron->shown_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cron->shown[middle] < place) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < cron->shown_count && cron->shown[low] == place ? low : LIST_NONE;
}

static void paint_state(const struct cronrow *row, struct canvas *canvas, struct rect cell)
{
    const struct present_state *state = &present_shows[row->show];

    canvas_glyph(canvas, cell, 0, 0, state->role, state->glyph);
    canvas_fit(canvas, cell, 0, 2, cell.cols - 2, ALIGN_LEFT, state->role, state->word);
}

static void cron_paint(void *data, size_t index, size_t column, struct canvas *canvas,
                       struct rect cell)
{
    struct cronlist *cron = data;
    struct cronrow *row = board_row(cron->ui->board, item_at(cron, index));
    bool off = row->suspended;
    struct str text = {0};
    enum role role = off ? ROLE_DIM : ROLE_TEXT;

    switch (column) {
    case COLUMN_NAME: str_add(&text, row->name); break;
    case COLUMN_SCHEDULE:
        str_add(&text, row->schedule);
        role = ROLE_DIM;
        break;
    case COLUMN_MEANING: str_add(&text, cronrow_meaning(row)); break;
    case COLUMN_STATE: paint_state(row, canvas, cell); return;
    case COLUMN_LAST:
        present_last(row, cron->now, cron->wide, &text);
        role = row->show == SHOW_RUNNING ? ROLE_TEXT : ROLE_DIM;
        break;
    case COLUMN_DESCRIPTION:
        str_add(&text, row->description ? row->description : "");
        role = ROLE_DIM;
        break;
    case COLUMN_NEXT: present_next(row, cron->now, cron->wide, &text); break;
    case COLUMN_RECENT:
    default: {
        struct spark_bar bars[RECENT_MOST];
        size_t most = (size_t)cell.cols < RECENT_MOST ? (size_t)cell.cols : RECENT_MOST;
        spark_paint(bars, present_recent(row->recent, bars, most), canvas, cell);
        return;
    }
    }
    canvas_fit(canvas, cell, 0, 0, cell.cols, ALIGN_LEFT, role, str_text(&text));
    str_done(&text);
}

static const struct list_source source = {cron_count, cron_id, cron_find, cron_paint};

/* What fits: 80 columns hold all of them in their short forms, fewer give up some. */
static void set_columns(struct cronlist *cron, int cols)
{
    int name = cron->name_cols < 44 ? cron->name_cols : 44;
    const struct list_column narrow[COLUMN_COUNT] = {
        [COLUMN_NAME] = {"NAME", 13, name > 13 ? name : 13, 2, 0, ALIGN_LEFT},
        [COLUMN_SCHEDULE] = {"SCHEDULE", 11, 11, 0, 4, ALIGN_LEFT},
        [COLUMN_MEANING] = {"MEANING", 13, 50, 3, 7, ALIGN_LEFT},
        [COLUMN_STATE] = {"STATE", 11, 11, 0, 1, ALIGN_LEFT},
        [COLUMN_LAST] = {"LAST", 6, 7, 1, 5, ALIGN_LEFT},
        [COLUMN_NEXT] = {"NEXT", 5, 5, 0, 2, ALIGN_LEFT},
        [COLUMN_RECENT] = {"LAST RUNS", 9, 10, 1, 6, ALIGN_RIGHT},
    };
    const struct list_column wide[COLUMN_COUNT] = {
        [COLUMN_NAME] = {"NAME", name < 16 ? name : 16, name, 8, 0, ALIGN_LEFT},
        [COLUMN_SCHEDULE] = {"SCHEDULE", 11, 18, 1, 4, ALIGN_LEFT},
        [COLUMN_MEANING] = {"MEANING", 16, 48, 4, 7, ALIGN_LEFT},
        [COLUMN_STATE] = {"STATE", 11, 11, 0, 1, ALIGN_LEFT},
        [COLUMN_LAST] = {"LAST", 11, 26, 3, 5, ALIGN_LEFT},
        [COLUMN_NEXT] = {"NEXT", 8, 8, 0, 2, ALIGN_LEFT},
        [COLUMN_RECENT] = {"LAST RUNS", 10, 21, 2, 6, ALIGN_RIGHT},
        [COLUMN_DESCRIPTION] = {"DESCRIPTION", 36, 0, 2, 9, ALIGN_LEFT},
    };

    cron->wide = cols >= 96;
    cron->list.gap = cron->wide ? 2 : 1;
    memcpy(cron->list.columns, cron->wide ? wide : narrow, sizeof wide);
}

void cronlist_init(struct cronlist *cron, struct ui *ui)
{
    *cron = (struct cronlist){.ui = ui};
    cron->list = (struct list){.source = &source, .data = cron, .column_count = COLUMN_COUNT};
}

static bool matches(const struct cronlist *cron, const struct cache_item *item)
{
    return (regexec(&cron->pattern, item->name, 0, NULL, 0) == 0) != cron->inverse;
}

static void collect(struct cronlist *cron)
{
    size_t count = board_count(cron->ui->board);

    cron->shown_count = 0;
    if (!cron->filtered) {
        return;
    }
    if (count > cron->shown_capacity) {
        cron->shown_capacity = count;
        cron->shown = xreallocarray(cron->shown, count, sizeof *cron->shown);
    }
    for (size_t i = 0; i < count; i++) {
        if (matches(cron, board_item(cron->ui->board, i))) {
            cron->shown[cron->shown_count++] = i;
        }
    }
}

static void drop_filter(struct cronlist *cron)
{
    if (cron->filtered) {
        regfree(&cron->pattern);
    }
    cron->filtered = cron->inverse = false;
    free(cron->filter);
    cron->filter = NULL;
}

bool cronlist_filter(struct cronlist *cron, const char *text, char ret_why[static 128])
{
    bool inverse = text[0] == '!';
    regex_t pattern;

    if (!text[inverse]) {
        drop_filter(cron);
        cronlist_update(cron);
        return true;
    }
    int result = regcomp(&pattern, text + inverse, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (result != 0) {
        regerror(result, &pattern, ret_why, 128);
        return false;
    }
    drop_filter(cron);
    cron->pattern = pattern;
    cron->filtered = true;
    cron->inverse = inverse;
    cron->filter = xstrdup(text);
    cronlist_update(cron);
    return true;
}

bool cronlist_update(struct cronlist *cron)
{
    collect(cron);
    cron->ui->filter = cron->filter;
    cron->ui->matching = cron->shown_count;
    cron->name_cols = 8;
    for (size_t i = 0; i < cron_count(cron); i++) {
        int cols = (int)strlen(item_at(cron, i)->name); /* names are ASCII */
        cron->name_cols = cols > cron->name_cols ? cols : cron->name_cols;
    }
    bool moved = list_refresh(&cron->list);
    size_t row = cron->want ? cron_find(cron, cron->want) : LIST_NONE;
    if (row != LIST_NONE) {
        moved = list_select(&cron->list, row) || moved;
        free(cron->want);
        cron->want = NULL;
    }
    return moved;
}

struct cache_item *cronlist_selected(struct cronlist *cron)
{
    size_t row = list_selected(&cron->list);

    return row == LIST_NONE ? NULL : item_at(cron, row);
}

void cronlist_want(struct cronlist *cron, const char *id)
{
    free(cron->want);
    cron->want = xstrdup(id);
}

void cronlist_paint(struct cronlist *cron, struct canvas *canvas, struct rect area, bool focus)
{
    cron->now = ui_now(cron->ui);
    set_columns(cron, area.cols);
    list_paint(&cron->list, canvas, area, focus);
}

void cronlist_done(struct cronlist *cron)
{
    drop_filter(cron);
    cron->ui->filter = NULL;
    free(cron->shown);
    free(cron->want);
    list_done(&cron->list);
}
