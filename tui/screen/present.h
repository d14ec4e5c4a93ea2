/* present.h - objects and the time of day to the words, marks and colours of the screen; pure. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_PRESENT_H
#define BELFRY_TUI_SCREEN_PRESENT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clk.h"
#include "core/base/str.h"
#include "core/codec/tree.h"
#include "core/cron/expr.h"
#include "core/cron/tz.h"
#include "core/model/run.h"
#include "tui/kit/canvas.h"
#include "tui/widget/spark.h"

/* How a CronJob is, in one word. */
enum show {
    SHOW_NEW, /* it never had a run */
    SHOW_OK,
    SHOW_RUNNING,
    SHOW_WAITING,
    SHOW_FAILING, /* its last run failed */
    SHOW_MISSED,  /* its last due time did not run */
    SHOW_BLOCKED,
    SHOW_SUSPENDED,
    SHOW_DRAFT,
    SHOW_NEVER,   /* no date matches its schedule */
    SHOW_INVALID, /* its schedule cannot be read */
    SHOW_COUNT
};

/* A state is a glyph, a word and a colour: never a colour alone. */
struct present_state {
    const char *word;
    enum glyph glyph;
    enum role role;
};
extern const struct present_state present_shows[SHOW_COUNT];
extern const struct present_state present_fates[FATE_COUNT];

/* What is worked out of a CronJob's document once, and used in every paint. Owns its texts. */
struct cronrow {
    char *name, *ns, *schedule;
    char *description; /* NULL: none */
    char *zone;        /* spec.timeZone; NULL: the machine's */
    bool valid;        /* the schedule and the zone could be read */
    struct cron_expr expr;
    const struct tz *tz;
    sec_t every_from; /* what @every counts from */
    bool suspended, draft;
    enum show show;
    char *recent; /* letters, newest last; never NULL */
    /* The newest run. */
    bool ran;
    char *job, *pod, *reason;
    enum run_fate fate;
    nsec_t start, end; /* NSEC_NONE when not there */
    sec_t slot;        /* its due time; SEC_NONE */
    int64_t attempt;
    /* Filled in when first asked for. */
    char *meaning;
    sec_t next, next_from;
};

/* MACHINE: the zone where none is given. */
void cronrow_init(struct cronrow *row, const cJSON *cronjob, const struct tz *machine);
void cronrow_done(struct cronrow *row);
const char *cronrow_meaning(struct cronrow *row);
/* The next start after NOW; SEC_NONE when there is none (suspended, never, unreadable). */
sec_t cronrow_next(struct cronrow *row, sec_t now);

/* Columns; each adds to RET. WIDE: with all there is room for, else the age or the span alone. */
void present_last(const struct cronrow *row, sec_t now, bool wide,
                  struct str *ret);                                            /* "19h  4m12s" */
void present_next(struct cronrow *row, sec_t now, bool wide, struct str *ret); /* "in 4h55" */
/* The newest COUNT (at most MOST) of the letters of status.recentRuns. */
size_t present_recent(const char *letters, struct spark_bar *ret, size_t most);

/* A run of the history. All texts are made: nothing is borrowed from the document. */
struct runrow {
    struct str when, took, info;
    enum run_fate fate;
    char *job, *pod; /* NULL: no Job was made, no attempt began */
    int64_t attempts;
    bool final;
};
/* False when DOCUMENT is no Run. NOW gives the time of what goes on. */
bool runrow_init(struct runrow *row, const cJSON *run, nsec_t now, const struct tz *zone);
void runrow_done(struct runrow *row);

#endif
