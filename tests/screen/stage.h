/* stage.h - the whole screen in this process, without a terminal and without a sleep. */
/* SPDX-License-Identifier: MIT */
/* A real API over a memory store, a terminal made of a pipe, a memory file and libvterm, and a clock
 * that stands still until it is moved. */
#ifndef BELFRY_TESTS_SCREEN_STAGE_H
#define BELFRY_TESTS_SCREEN_STAGE_H

#include <stdbool.h>

#include "core/base/clk.h"
#include "core/base/str.h"

/* 2026-11-20T20:04:37Z, a Friday evening. */
#define STAGE_NOW (INT64_C(1795205077) * NSEC_PER_SEC)

struct stage_options {
    int rows, cols;
    const char *theme; /* a file; NULL: monochrome */
    bool ascii;        /* the locale is not UTF-8 */
    bool read_only, started;
    const char *term; /* NULL: screen-256color, as xterm, but without the REP sequence, which
                         libvterm 0.1 gets wrong in the last column */
};

struct stage;

/* A failure of the stage itself ends the test program's present test (cmocka). */
struct stage *stage_new(const struct stage_options *options);
struct stage *stage_free(struct stage *stage);

/* Stores the documents of a YAML file: CronJobs and Pods as objects with their status, Runs in the
 * ledger. What is there already is replaced. */
void stage_load(struct stage *stage, const char *file);
void stage_delete(struct stage *stage, const char *name); /* a CronJob */
/* A line of output of the container "main" of a pod, by its uid. */
void stage_log(struct stage *stage, const char *pod_uid, const char *text);
/* Nothing answers any more, or does again. */
void stage_server(struct stage *stage, bool up);

/* Keys by name, blank-separated; text as it is typed; a paste. */
void stage_keys(struct stage *stage, const char *names);
void stage_type(struct stage *stage, const char *text);
void stage_bytes(struct stage *stage, const char *bytes, size_t len);
void stage_click(struct stage *stage, int row, int col);
void stage_resize(struct stage *stage, int rows, int cols);
void stage_advance(struct stage *stage, nsec_t by);

/* Runs the loop until nothing moves; fails after ten seconds. */
void stage_settle(struct stage *stage);
/* Runs it until TEXT is on the screen (or, with GONE, is not). */
void stage_wait(struct stage *stage, const char *text, bool gone);
/* Rows of text, then rows of role letters after "~ ". Fails when a cell of the terminal does not
 * look as its role says. Adds to RET. */
void stage_snap(struct stage *stage, struct str *ret);
/* One row of text, blanks at its end cut. */
const char *stage_row(struct stage *stage, int row, struct str *ret);
bool stage_has(struct stage *stage, const char *text);
bool stage_quit(const struct stage *stage);
/* For measuring. COUNT CronJobs "job-00000", ...; a new screen, until its first rows are seen; one
 * key, until its paint is through. Nanoseconds. */
void stage_fill(struct stage *stage, int count);
nsec_t stage_restart(struct stage *stage);
nsec_t stage_key_to_paint(struct stage *stage, char key);

#endif
