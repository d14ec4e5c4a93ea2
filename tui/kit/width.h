/* width.h - how many columns a code point takes, and what must not be drawn as it is. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_WIDTH_H
#define BELFRY_TUI_KIT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0 (combining), 1 or 2. libc's wcwidth decides where it knows the character, since curses places
 * by it; where it does not (the C locale), a small table of our own. Never negative: what may not
 * be drawn counts as 1, the width of its replacement. */
int width_point(uint32_t point);
/* The columns of a UTF-8 text. */
int width_text(const char *text, size_t len);
/* The longest prefix of TEXT that fits into COLUMNS, in bytes, combining marks included. */
size_t width_cut(const char *text, size_t len, int columns, int *ret_columns);

/* Control characters (C0, DEL, C1), bidirectional overrides, line separators and other code points
 * that would move, hide or reorder what stands around them. */
bool width_unsafe(uint32_t point);

#endif
