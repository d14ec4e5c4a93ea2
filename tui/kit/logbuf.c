/* logbuf.c - the newest lines of a log in bounded memory, by line numbers that never change. */
/* SPDX-License-Identifier: MIT */
#include "tui/kit/logbuf.h"

#include <string.h>

#include "core/base/mem.h"
#include "tui/kit/ansi.h"

/* A line costs its text and this much beside it. */
#define LINE_COST (sizeof(struct logbuf_line) + 16)

static struct logbuf_line *slot(const struct logbuf *log, uint64_t number)
{
    return &log->ring[number & (log->capacity - 1)];
}

static void drop_first(struct logbuf *log)
{
    struct logbuf_line *line = slot(log, log->first);

    log->bytes -= line->len + LINE_COST;
    free(line->text);
    line->text = NULL;
    log->first++;
}

/* Doubles the ring; a line's place depends on the capacity, so all move. */
static void grow(struct logbuf *log)
{
    size_t capacity = log->capacity ? log->capacity * 2 : 256;
    struct logbuf_line *ring = xcalloc(capacity, sizeof *ring);

    for (uint64_t n = log->first; n < log->end; n++) {
        ring[n & (capacity - 1)] = *slot(log, n);
    }
    free(log->ring);
    log->ring = ring;
    log->capacity = capacity;
}

void logbuf_add(struct logbuf *log, nsec_t stamp, const char *text, size_t len)
{
    size_t lines_most = log->lines_most ? log->lines_most : LOGBUF_LINES_MOST;
    size_t bytes_most = log->bytes_most ? log->bytes_most : LOGBUF_BYTES_MOST;

    if (len + LINE_COST > bytes_most) {
        len = bytes_most > LINE_COST ? bytes_most - LINE_COST : 0;
    }
    while (log->end > log->first &&
           (log->end - log->first >= lines_most || log->bytes + len + LINE_COST > bytes_most)) {
        drop_first(log);
    }
    if (log->end - log->first == log->capacity) {
        grow(log);
    }
    char *copy = xmalloc(len + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    *slot(log, log->end) = (struct logbuf_line){copy, (uint32_t)len, stamp, log->carry};
    log->end++;
    log->bytes += len + LINE_COST;
    log->carry = ansi_carry(text, len, log->carry);
}

const struct logbuf_line *logbuf_line(const struct logbuf *log, uint64_t number)
{
    return number >= log->first && number < log->end ? slot(log, number) : NULL;
}

void logbuf_clear(struct logbuf *log)
{
    while (log->first < log->end) {
        drop_first(log);
    }
    log->carry = (struct style){0};
}

void logbuf_done(struct logbuf *log)
{
    logbuf_clear(log);
    free(log->ring);
    *log = (struct logbuf){0};
}
