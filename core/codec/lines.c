/* lines.c - where each field of a document stood in its file. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/lines.h"

#include <stdint.h>
#include <string.h>

/* A line and a column share one pointer's worth of bits, 20 and 12, so that a place costs no
 * allocation of its own; both are at least 1, so it is never NULL. */
#define COLUMN_BITS 12
#define COLUMN_MOST ((1 << COLUMN_BITS) - 1)
#define LINE_MOST ((1 << 20) - 1)

#define PATH_MOST 512
#define PLACES_MOST 200000

void lines_add(struct lines *lines, const char *path, int line, int column)
{
    if (lines->places.count >= PLACES_MOST || strlen(path) > PATH_MOST) {
        return;
    }
    uintptr_t place = (uintptr_t)(line < LINE_MOST ? line : LINE_MOST) << COLUMN_BITS |
                      (uintptr_t)(column < COLUMN_MOST ? column : COLUMN_MOST);
    map_put(&lines->places, path, (void *)place);
}

bool lines_find(const struct lines *lines, const char *path, int *ret_line, int *ret_column)
{
    autofree char *around = xstrdup(path);
    for (;;) {
        uintptr_t place = (uintptr_t)map_get(&lines->places, around);
        if (place) {
            *ret_line = (int)(place >> COLUMN_BITS);
            *ret_column = (int)(place & COLUMN_MOST);
            return true;
        }
        size_t len = strlen(around);
        while (len > 0 && around[len - 1] != '.' && around[len - 1] != '[') {
            len--;
        }
        if (len == 0) {
            if (around[0] == '\0') {
                return false;
            }
            around[0] = '\0'; /* the document itself */
        } else {
            around[len - 1] = '\0';
        }
    }
}

void lines_mark(const struct lines *lines, struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->list[i];
        int line, column;
        if (fault->line == 0 && lines_find(lines, fault->path, &line, &column)) {
            fault->line = line;
        }
    }
}

void lines_done(struct lines *lines)
{
    map_done(&lines->places, NULL);
}
