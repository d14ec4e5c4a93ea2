/* colour.h - colour names, contrast, and the nearest colour a terminal has. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_COLOUR_H
#define BELFRY_TUI_KIT_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "tui/kit/style.h"

/* What a terminal can show. */
enum depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_RGB };

/* "#rrggbb", "#rgb", a W3C (CSS) name in any case, "default" or "-" (the terminal's own). */
must_use bool colour_parse(const char *text, uint32_t *ret);
/* The colour as 0xrrggbb; the xterm palette for indexes; UNSET and DEFAULT become OTHERWISE. */
uint32_t colour_rgb(uint32_t colour, uint32_t otherwise);
/* WCAG 2 contrast of two 0xrrggbb, 1 to 21. */
double colour_contrast(uint32_t a, uint32_t b);
/* The nearest that a terminal of DEPTH has: DEFAULT, INDEX, or RGB on DEPTH_RGB. On 256 colours the
 * first 16 are never chosen for an RGB, since users change them. On 8 and 16 the hue decides, and
 * greys become DEFAULT or "bright black": the palette and background there are unknown. */
uint32_t colour_nearest(uint32_t colour, enum depth depth);

#endif
