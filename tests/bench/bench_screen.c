/* bench_screen.c - key to paint and first paint with ten thousand CronJobs. */
/* SPDX-License-Identifier: MIT */
/* Everything is in one process over a memory file, so what is measured is belfry's own work: bytes
 * read, command, rows made into text, cells compared, escape sequences written. */
#include <curses.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "tests/screen/stage.h"

#define JOBS 10000
#define KEYS 400
#define ROWS 24
#define COLS 80
#define MEDIAN_BUDGET (800 * NSEC_PER_SEC / 1000000)
#define P99_BUDGET (2500 * NSEC_PER_SEC / 1000000)
#define FIRST_BUDGET (50 * NSEC_PER_MSEC)

static int by_size(const void *a, const void *b)
{
    nsec_t x = *(const nsec_t *)a, y = *(const nsec_t *)b;

    return (x > y) - (x < y);
}

static double micro(nsec_t ns)
{
    return (double)ns / 1000;
}

/* The reference: a screen of curses over the same kind of file, each key draws all rows anew. */
static nsec_t bare_median(void)
{
    static nsec_t times[KEYS];
    int out = memfd_create("bare", MFD_CLOEXEC), in = memfd_create("keys", MFD_CLOEXEC);
    FILE *out_file = fdopen(out, "w"), *in_file = fdopen(in, "r");
    SCREEN *screen = newterm("screen-256color", out_file, in_file);

    set_term(screen);
    resizeterm(ROWS, COLS);
    for (int key = 0; key < KEYS; key++) {
        nsec_t start = clk_mono(clk_system());
        for (int row = 0; row < ROWS; row++) {
            attrset(row == key % ROWS ? A_REVERSE : A_NORMAL);
            mvprintw(row, 0, "job-%05d    */5 * * * * every 5 minutes ok  %6d  ........", row, row);
        }
        refresh();
        times[key] = clk_mono(clk_system()) - start;
    }
    endwin();
    delscreen(screen);
    fclose(out_file);
    fclose(in_file);
    qsort(times, KEYS, sizeof *times, by_size);
    return times[KEYS / 2];
}

int main(void)
{
    static nsec_t times[KEYS];
    const char *folder = getenv("srcdir");
    autofree char *theme = xasprintf("%s/themes/dark.yaml", folder ? folder : ".");
    const struct stage_options options = {.rows = ROWS, .cols = COLS, .theme = theme};
    struct stage *stage = stage_new(&options);

    stage_fill(stage, JOBS);
    nsec_t first = stage_restart(stage);
    stage_wait(stage, "10000 cronjobs", false);
    for (int i = 0; i < KEYS; i++) {
        times[i] = stage_key_to_paint(stage, i % 40 < 20 ? 'j' : '\x06');
    }
    stage_free(stage);
    qsort(times, KEYS, sizeof *times, by_size);
    nsec_t median = times[KEYS / 2], p99 = times[KEYS * 99 / 100], bare = bare_median();
    printf("key to paint, %d CronJobs: median %.0f us (budget %.0f), p99 %.0f us (budget %.0f), "
           "bare curses list %.0f us, ratio %.2f\n",
           JOBS, micro(median), micro(MEDIAN_BUDGET), micro(p99), micro(P99_BUDGET), micro(bare),
           (double)median / (double)bare);
    printf("first paint, %d CronJobs: %.1f ms (budget %.0f)\n", JOBS, micro(first) / 1000,
           micro(FIRST_BUDGET) / 1000);
    return median > MEDIAN_BUDGET || p99 > P99_BUDGET || first > FIRST_BUDGET;
}
