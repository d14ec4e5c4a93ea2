/* lines.h - where each field of a document stood in its file. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_LINES_H
#define BELFRY_CORE_CODEC_LINES_H

#include "core/base/faults.h"
#include "core/base/map.h"

/* Where each field stood in its file. `= {0}` is empty. */
struct lines {
    struct map places; /* field path -> line and column in one pointer-sized number */
};

/* The place of PATH ("spec.containers[0].image"), or of the nearest thing around it that stands in
 * the file. False when there is none. 1-based. */
bool lines_find(const struct lines *lines, const char *path, int *ret_line, int *ret_column);
/* Fills in the line of every fault that has none. */
void lines_mark(const struct lines *lines, struct faults *faults);
/* Notes a place; very long paths and files with very many fields are not noted. */
void lines_add(struct lines *lines, const char *path, int line, int column);
void lines_done(struct lines *lines);

#endif
