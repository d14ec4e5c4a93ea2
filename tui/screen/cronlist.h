/* cronlist.h - the board's CronJobs as a list: columns by the room there is, and a filter. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_CRONLIST_H
#define BELFRY_TUI_SCREEN_CRONLIST_H

#include <regex.h>
#include <stdbool.h>

#include "tui/screen/board.h"
#include "tui/widget/list.h"

struct cronlist {
    struct ui *ui;
    struct list list;
    regex_t pattern;
    bool filtered, inverse;
    char *want;    /* to be selected as soon as it is there; NULL: nothing */
    char *filter;  /* as typed, for the header; NULL: none */
    size_t *shown; /* with a filter: the places of those that match */
    size_t shown_count, shown_capacity;
    sec_t now;     /* of the paint under way, and */
    bool wide;     /* whether it has room for details */
    int name_cols; /* the longest name */
    char id[512];  /* "namespace/name" of the row last asked for */
};

void cronlist_init(struct cronlist *cron, struct ui *ui);
/* An extended regular expression over names, "!" before it: those that do not match; "" for none.
 * False, the filter as before, when TEXT is none; RET_WHY (size 128) says why. */
bool cronlist_filter(struct cronlist *cron, const char *text, char ret_why[static 128]);
/* After news. True when another one is selected than before. */
bool cronlist_update(struct cronlist *cron);
/* Borrowed until the loop runs; NULL when there is none. */
struct cache_item *cronlist_selected(struct cronlist *cron);
/* Selects "namespace/name", also when it comes only later. */
void cronlist_want(struct cronlist *cron, const char *id);
void cronlist_paint(struct cronlist *cron, struct canvas *canvas, struct rect area, bool focus);
void cronlist_done(struct cronlist *cron);

#endif
