/* layout.h - rectangles: inset, cut and split by fixed sizes, minimums and shares; pure. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_LAYOUT_H
#define BELFRY_TUI_KIT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* Cells of the screen; row and col are 0-based. Empty when rows or cols is 0; never negative. */
struct rect {
    int row, col, rows, cols;
};

/* One part of a split. It gets at least LEAST where there is room at all (else nothing), at most
 * MOST (0: no limit), and its SHARE of what is left over (0: stays at LEAST). When even the least
 * sizes do not fit, the parts with the highest GIVE_UP go first, whole. */
struct layout_part {
    int least, most, share, give_up;
};

enum layout_axis { LAYOUT_ROWS, LAYOUT_COLUMNS };

/* Cuts AREA into COUNT (at most 16) neighbours, top to bottom or left to right, with GAP cells
 * between those that are not empty. */
void layout_split(struct rect area, enum layout_axis axis, int gap, const struct layout_part *parts,
                  size_t count, struct rect *ret);

/* Takes SIZE cells (as many as there are) off the top or the bottom, and leaves the rest in AREA. */
struct rect layout_top(struct rect *area, int size);
struct rect layout_bottom(struct rect *area, int size);
/* AREA without so many cells at each side. */
struct rect layout_inset(struct rect area, int rows, int cols);
/* A rectangle of ROWS x COLS (cut to AREA) in the middle of AREA, a little above it. */
struct rect layout_centre(struct rect area, int rows, int cols);
bool layout_has(struct rect area, int row, int col);

#endif
