/* width.c - how many columns a code point takes, and what must not be drawn as it is. */
/* SPDX-License-Identifier: MIT */
#include "tui/kit/width.h"

#include <wchar.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"

struct point_range {
    uint32_t first, last;
};

/* Sorted; the marks and the wide blocks that job names and logs really hold. Only used where libc
 * has no answer, so it may be coarse. */
static const struct point_range combining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x0900, 0x0902}, {0x093c, 0x093c},   {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff}, {0x200b, 0x200d},   {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};
static const struct point_range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x2614, 0x2615},   {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x274c, 0x274c},
    {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
/* Not drawable as they are, beside C0, DEL and C1: soft hyphen, Arabic letter mark, the
 * directional marks and overrides of "Trojan Source", separators, the byte-order mark, tags. */
static const struct point_range hidden[] = {
    {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200e, 0x200f}, {0x2028, 0x202e},
    {0x2060, 0x206f}, {0xd800, 0xdfff}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

static bool range_has(const struct point_range *ranges, size_t count, uint32_t point)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (point > ranges[middle].last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && point >= ranges[low].first;
}

bool width_unsafe(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           range_has(hidden, countof(hidden), point);
}

int width_point(uint32_t point)
{
    if (point < 0x300) {
        return 1; /* also for controls: they are replaced by something one column wide */
    }
    if (width_unsafe(point)) {
        return 1;
    }
    int columns = wcwidth((wchar_t)point);
    if (columns >= 0) {
        return columns > 2 ? 2 : columns;
    }
    if (range_has(combining, countof(combining), point)) {
        return 0;
    }
    return range_has(wide, countof(wide), point) ? 2 : 1;
}

size_t width_cut(const char *text, size_t len, int columns, int *ret_columns)
{
    size_t at = 0;
    int used = 0;

    while (at < len) {
        size_t size = 1;
        int step = 1;
        if ((unsigned char)text[at] >= 0x80) {
            step = width_point(utf8_decode(text + at, len - at, &size));
        }
        if (used + step > columns) {
            break;
        }
        used += step;
        at += size;
    }
    if (ret_columns) {
        *ret_columns = used;
    }
    return at;
}

int width_text(const char *text, size_t len)
{
    int columns = 0;

    width_cut(text, len, 1 << 30, &columns);
    return columns;
}
