/* layout.c - rectangles: inset, cut and split by fixed sizes, minimums and shares; pure. */
/* SPDX-License-Identifier: MIT */
#include "tui/kit/layout.h"

#include <assert.h>

#define LAYOUT_MOST 16

static int at_least_zero(int n)
{
    return n > 0 ? n : 0;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* The room that the kept parts need at least, gaps included. */
static int need(const struct layout_part *parts, const bool *kept, size_t count, int gap)
{
    int sum = 0, shown = 0;

    for (size_t i = 0; i < count; i++) {
        if (kept[i]) {
            sum += parts[i].least;
            shown++;
        }
    }
    return sum + (shown > 1 ? gap * (shown - 1) : 0);
}

/* Drops the part that is given up first; false when one or none is left. */
static bool drop_one(const struct layout_part *parts, bool *kept, size_t count)
{
    size_t victim = count;
    int shown = 0;

    for (size_t i = 0; i < count; i++) {
        if (kept[i]) {
            shown++;
            /* Of equals the last one goes: what comes first matters more. */
            if (victim == count || parts[i].give_up >= parts[victim].give_up) {
                victim = i;
            }
        }
    }
    if (shown <= 1) {
        return false;
    }
    kept[victim] = false;
    return true;
}

/* Hands out SPARE by shares until nothing is left or all are at their most. */
static void spread(const struct layout_part *parts, const bool *kept, size_t count, int spare,
                   int *sizes)
{
    bool full[LAYOUT_MOST] = {0};

    while (spare > 0) {
        int shares = 0;
        for (size_t i = 0; i < count; i++) {
            full[i] = full[i] || !kept[i] || parts[i].share == 0 ||
                      (parts[i].most && sizes[i] >= parts[i].most);
            shares += full[i] ? 0 : parts[i].share;
        }
        if (shares == 0) {
            return;
        }
        int pool = spare;
        for (size_t i = 0; i < count && spare > 0; i++) {
            if (full[i]) {
                continue;
            }
            int more = pool * parts[i].share / shares;
            more = smaller(more > 0 ? more : 1, spare);
            if (parts[i].most) {
                more = smaller(more, parts[i].most - sizes[i]);
            }
            sizes[i] += more;
            spare -= more;
        }
    }
}

void layout_split(struct rect area, enum layout_axis axis, int gap, const struct layout_part *parts,
                  size_t count, struct rect *ret)
{
    bool kept[LAYOUT_MOST];
    int sizes[LAYOUT_MOST] = {0};
    int room = axis == LAYOUT_ROWS ? area.rows : area.cols;

    assert(count <= LAYOUT_MOST);
    for (size_t i = 0; i < count; i++) {
        kept[i] = parts[i].least > 0 || parts[i].share > 0;
    }
    bool fits = false;
    while (!fits) {
        fits = need(parts, kept, count, gap) <= room || !drop_one(parts, kept, count);
    }
    for (size_t i = 0; i < count; i++) {
        sizes[i] = kept[i] ? smaller(parts[i].least, room) : 0;
    }
    spread(parts, kept, count, room - need(parts, kept, count, gap), sizes);

    int at = axis == LAYOUT_ROWS ? area.row : area.col;
    for (size_t i = 0; i < count; i++) {
        int size = at_least_zero(sizes[i]);
        ret[i] = axis == LAYOUT_ROWS ? (struct rect){at, area.col, size, area.cols}
                                     : (struct rect){area.row, at, area.rows, size};
        at += size > 0 ? size + gap : 0;
    }
}

struct rect layout_top(struct rect *area, int size)
{
    int taken = smaller(at_least_zero(size), area->rows);
    struct rect top = {area->row, area->col, taken, area->cols};

    area->row += taken;
    area->rows -= taken;
    return top;
}

struct rect layout_bottom(struct rect *area, int size)
{
    int taken = smaller(at_least_zero(size), area->rows);

    area->rows -= taken;
    return (struct rect){area->row + area->rows, area->col, taken, area->cols};
}

struct rect layout_inset(struct rect area, int rows, int cols)
{
    return (struct rect){area.row + smaller(rows, area.rows), area.col + smaller(cols, area.cols),
                         at_least_zero(area.rows - 2 * rows), at_least_zero(area.cols - 2 * cols)};
}

struct rect layout_centre(struct rect area, int rows, int cols)
{
    int height = smaller(rows, area.rows), width = smaller(cols, area.cols);

    /* A third above, two below: the eye's middle lies above the geometric one. */
    return (struct rect){area.row + (area.rows - height) / 3, area.col + (area.cols - width) / 2,
                         height, width};
}

bool layout_has(struct rect area, int row, int col)
{
    return row >= area.row && row < area.row + area.rows && col >= area.col &&
           col < area.col + area.cols;
}
