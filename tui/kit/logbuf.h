/* logbuf.h - the newest lines of a log in bounded memory, by line numbers that never change. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_LOGBUF_H
#define BELFRY_TUI_KIT_LOGBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clk.h"
#include "tui/kit/style.h"

struct logbuf_line {
    char *text; /* `len` bytes, as the job wrote them; not terminated */
    uint32_t len;
    nsec_t stamp;       /* when it was written; 0: not known */
    struct style start; /* the colours that the lines before left in force */
};

/* A ring: beyond its limits the oldest lines go. Line numbers count from the first line ever
 * added, so a reader's place stays right while others are dropped. `= {0}` has the limits below;
 * set `lines_most` and `bytes_most` before the first line for others. */
#define LOGBUF_LINES_MOST ((size_t)100000)
#define LOGBUF_BYTES_MOST ((size_t)16 << 20)
struct logbuf {
    struct logbuf_line *ring;
    size_t capacity;     /* a power of two */
    uint64_t first, end; /* lines [first, end) are here */
    size_t bytes;
    size_t lines_most, bytes_most;
    struct style carry;
};

void logbuf_add(struct logbuf *log, nsec_t stamp, const char *text, size_t len);
/* NULL when the line is not here (dropped, or not yet come). Valid until the next addition. */
const struct logbuf_line *logbuf_line(const struct logbuf *log, uint64_t number);
/* Forgets the lines, not the numbering. */
void logbuf_clear(struct logbuf *log);
void logbuf_done(struct logbuf *log);

#endif
