/* board.c - the CronJobs, live: one watch, what is worked out of each, and how many are how. */
/* SPDX-License-Identifier: MIT */
/* Ten thousand documents cannot be read anew in every paint. Each carries a note with what was
 * worked out of it, made when it first matters and made again when its version is another. */
#include "tui/screen/board.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* As many as a tall screen shows: the first paint waits for no more. */
#define FIRST_PAGE 100

struct board {
    struct ui *ui;
    struct cache *cache;
    size_t shows[SHOW_COUNT];
    bool begun; /* something of the list has come */
};

struct note {
    char version[24]; /* resourceVersion of the document it was made of */
    struct cronrow row;
};

static void note_free(void *data)
{
    struct note *note = data;

    if (note) {
        cronrow_done(&note->row);
        free(note);
    }
}

struct cronrow *board_row(struct board *board, struct cache_item *item)
{
    struct note *note = item->note;
    const char *version = tree_str_or(item->doc, "metadata.resourceVersion", "");

    if (note && strcmp(note->version, version) == 0) {
        return &note->row;
    }
    if (note) {
        board->shows[note->row.show]--;
        cronrow_done(&note->row);
    } else {
        item->note = note = xcalloc(1, sizeof *note);
    }
    text_copy(note->version, sizeof note->version, version);
    cronrow_init(&note->row, item->doc, board->ui->zone);
    board->shows[note->row.show]++;
    return &note->row;
}

static void on_change(void *data, struct cache *cache, enum cache_event event,
                      struct cache_item *item)
{
    struct board *board = data;

    switch (event) {
    case CACHE_ADDED:
    case CACHE_CHANGED:
        assert(item);
        board_row(board, item);
        break;
    case CACHE_REMOVED: {
        assert(item);
        const struct note *note = item->note;
        board->shows[note ? note->row.show : SHOW_NEW] -= note != NULL;
        break;
    }
    case CACHE_RESET:
        /* Some may have gone without a word: count again. Notes are made only where they lack. */
        board->ui->urgent = board->ui->urgent || !board->begun;
        board->begun = true;
        memset(board->shows, 0, sizeof board->shows);
        for (size_t i = 0; i < cache_count(cache); i++) {
            struct cache_item *each = cache_at(cache, i);
            struct note *kept = each->note;
            if (kept) {
                board->shows[kept->row.show]++;
            }
            board_row(board, each);
        }
        break;
    case CACHE_STATE:
    default: break;
    }
    ui_changed(board->ui);
}

struct board *board_new(struct ui *ui)
{
    struct board *board = xcalloc(1, sizeof *board);
    const struct cache_options options = {.kind = KIND_CRONJOB,
                                          .ns = ui->ns,
                                          .page = FIRST_PAGE,
                                          .drop_note = note_free,
                                          .alive = true};

    board->ui = ui;
    board->cache = cache_new(ui->http, ui->loop, ui->clk, &options, on_change, board);
    return board;
}

struct board *board_free(struct board *board)
{
    if (board) {
        cache_free(board->cache);
        free(board);
    }
    return NULL;
}

size_t board_count(const struct board *board)
{
    return cache_count(board->cache);
}

struct cache_item *board_item(struct board *board, size_t i)
{
    return cache_at(board->cache, i);
}

/* The order of the cache: namespace, then name. */
static int order(const struct cache_item *item, const char *id)
{
    const char *slash = strchr(id, '/');
    size_t len = slash ? (size_t)(slash - id) : 0;
    int by_ns = strncmp(item->ns, id, len);

    if (by_ns == 0 && item->ns[len] != '\0') {
        by_ns = 1;
    }
    return by_ns != 0 ? by_ns : strcmp(item->name, slash ? slash + 1 : id);
}

size_t board_place(struct board *board, const char *id, bool *ret_found)
{
    size_t low = 0, high = board_count(board), count = high;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(board_item(board, middle), id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_found = low < count && order(board_item(board, low), id) == 0;
    return low;
}

size_t board_shows(const struct board *board, enum show show)
{
    return board->shows[show];
}

enum cache_state board_state(const struct board *board)
{
    return cache_state(board->cache);
}

nsec_t board_heard(const struct board *board)
{
    return cache_heard(board->cache);
}

const struct error *board_error(const struct board *board)
{
    return cache_error(board->cache);
}
