/* board.h - the CronJobs, live: one watch, what is worked out of each, and how many are how. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_BOARD_H
#define BELFRY_TUI_SCREEN_BOARD_H

#include <stddef.h>

#include "core/client/cache.h"
#include "tui/screen/present.h"
#include "tui/screen/screen.h"

struct board;

/* Begins to list and watch; ui_changed() tells of news. */
struct board *board_new(struct ui *ui);
struct board *board_free(struct board *board);

size_t board_count(const struct board *board);
/* By namespace and name, I < board_count. What is returned is good until the loop runs. */
struct cache_item *board_item(struct board *board, size_t i);
struct cronrow *board_row(struct board *board, struct cache_item *item);
/* The place of "namespace/name", or where it would be; *RET_FOUND says which. */
size_t board_place(struct board *board, const char *id, bool *ret_found);
/* How many are how. */
size_t board_shows(const struct board *board, enum show show);

enum cache_state board_state(const struct board *board);
nsec_t board_heard(const struct board *board);
const struct error *board_error(const struct board *board);

#endif
