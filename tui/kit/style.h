/* style.h - colours and attributes as plain values, before any terminal's limits. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_STYLE_H
#define BELFRY_TUI_KIT_STYLE_H

#include <stdint.h>

/* A colour is one number: its kind in the top byte, its value below. The zero value is "not set":
 * whoever comes next decides. */
#define COLOUR_UNSET UINT32_C(0)
#define COLOUR_DEFAULT UINT32_C(0x01000000)                    /* the terminal's own */
#define COLOUR_INDEX(n) (UINT32_C(0x02000000) | (uint32_t)(n)) /* a palette entry, 0-255 */
#define COLOUR_RGB(rgb) (UINT32_C(0x03000000) | ((uint32_t)(rgb)&UINT32_C(0xffffff)))
#define COLOUR_KIND(c) ((c)&UINT32_C(0xff000000))
#define COLOUR_VALUE(c) ((c)&UINT32_C(0x00ffffff))

enum attr {
    ATTR_BOLD = 1,
    ATTR_DIM = 2,
    ATTR_ITALIC = 4,
    ATTR_UNDERLINE = 8,
    ATTR_REVERSE = 16,
};

/* What job output asks for by SGR, and what a role becomes. `= {0}` changes nothing. */
struct style {
    uint32_t fg, bg;
    uint32_t attrs; /* wide, so that there is no padding: cells are compared as bytes */
};

#endif
