/* ansi.c - job output to text and SGR colours; every other escape is shown, not obeyed. */
/* SPDX-License-Identifier: MIT */
#include "tui/kit/ansi.h"

#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "tui/kit/width.h"

#define SGR_PARAMS 32 /* a sequence with more is shown as it is */

void ansi_start(struct ansi *ansi, const char *text, size_t len, struct style start)
{
    *ansi = (struct ansi){.text = text, .len = len, .style = start};
    /* CR LF ends a line as LF does; any other CR would move the cursor, so it is shown. */
    if (len > 0 && text[len - 1] == '\r') {
        ansi->len--;
    }
}

/* The value of 38 or 48: "5;n", "2;r;g;b", and with colons an empty colour space between. Returns
 * how many parameters were used; 0 when it is malformed. */
static size_t extended_colour(const int *params, size_t count, bool colons, uint32_t *ret)
{
    if (count >= 2 && params[0] == 5 && params[1] >= 0 && params[1] < 256) {
        *ret = COLOUR_INDEX(params[1]);
        return 2;
    }
    size_t skip = colons && count >= 5 ? 2 : 1;
    if (count < skip + 3 || params[0] != 2) {
        return 0;
    }
    uint32_t rgb = 0;
    for (size_t i = 0; i < 3; i++) {
        if (params[skip + i] < 0 || params[skip + i] > 255) {
            return 0;
        }
        rgb = rgb << 8 | (uint32_t)params[skip + i];
    }
    *ret = COLOUR_RGB(rgb);
    return skip + 3;
}

/* Codes that set or clear attributes; blink (5) and conceal (8) are left out on purpose: output
 * must neither distract nor hide. */
static const struct {
    int code;
    uint8_t set, clear;
} attr_codes[] = {
    {1, ATTR_BOLD, 0},
    {2, ATTR_DIM, 0},
    {3, ATTR_ITALIC, 0},
    {4, ATTR_UNDERLINE, 0},
    {7, ATTR_REVERSE, 0},
    {21, ATTR_UNDERLINE, 0},
    {22, 0, ATTR_BOLD | ATTR_DIM},
    {23, 0, ATTR_ITALIC},
    {24, 0, ATTR_UNDERLINE},
    {27, 0, ATTR_REVERSE},
};

static void apply_code(struct style *style, int code)
{
    if (code <= 0) {
        *style = (struct style){0};
    } else if (code >= 30 && code <= 37) {
        style->fg = COLOUR_INDEX(code - 30);
    } else if (code >= 40 && code <= 47) {
        style->bg = COLOUR_INDEX(code - 40);
    } else if (code >= 90 && code <= 97) {
        style->fg = COLOUR_INDEX(code - 90 + 8);
    } else if (code >= 100 && code <= 107) {
        style->bg = COLOUR_INDEX(code - 100 + 8);
    } else if (code == 39) {
        style->fg = COLOUR_UNSET;
    } else if (code == 49) {
        style->bg = COLOUR_UNSET;
    }
    for (size_t i = 0; i < sizeof attr_codes / sizeof *attr_codes; i++) {
        if (attr_codes[i].code == code) {
            style->attrs = (style->attrs | attr_codes[i].set) & ~(uint32_t)attr_codes[i].clear;
        }
    }
}

static void apply_sgr(struct style *style, const int *params, size_t count, bool colons)
{
    if (count == 0) {
        apply_code(style, 0);
    }
    for (size_t i = 0; i < count; i++) {
        if (params[i] == 38 || params[i] == 48) {
            uint32_t colour = COLOUR_UNSET;
            size_t used = extended_colour(params + i + 1, count - i - 1, colons, &colour);
            if (used == 0) {
                return;
            }
            *(params[i] == 38 ? &style->fg : &style->bg) = colour;
            i += used;
        } else {
            apply_code(style, params[i]);
        }
    }
}

/* Obeys ESC [ digits ; : m at the place of the walk; false when something else stands there. */
static bool take_sgr(struct ansi *ansi)
{
    int params[SGR_PARAMS];
    size_t count = 0, i = ansi->at + 2;
    bool colons = false, open = false;

    if (ansi->len - ansi->at < 3 || ansi->text[ansi->at + 1] != '[') {
        return false;
    }
    for (; i < ansi->len && ansi->text[i] != 'm'; i++) {
        char c = ansi->text[i];
        if (c >= '0' && c <= '9') {
            if (!open) {
                if (count == SGR_PARAMS) {
                    return false;
                }
                params[count++] = 0;
                open = true;
            }
            int value = params[count - 1] * 10 + (c - '0');
            params[count - 1] = value > 9999 ? 9999 : value;
        } else if (c == ';' || c == ':') {
            colons = colons || c == ':';
            if (!open) {
                if (count == SGR_PARAMS) {
                    return false;
                }
                params[count++] = 0;
            }
            open = false;
        } else {
            return false;
        }
    }
    if (i == ansi->len) {
        return false;
    }
    apply_sgr(&ansi->style, params, count, colons);
    ansi->at = i + 1;
    return true;
}

/* Fills `raw` with the picture of a control: caret notation for ASCII, hexadecimal for the rest. */
static void picture(struct ansi *ansi, uint32_t point, bool byte)
{
    int len;

    if (point < 0x80) {
        len = snprintf(ansi->raw, sizeof ansi->raw, "^%c", (int)(point ^ 0x40));
    } else if (byte || point < 0x100) {
        len = snprintf(ansi->raw, sizeof ansi->raw, "<%02x>", (unsigned)point & 0xff);
    } else {
        len = snprintf(ansi->raw, sizeof ansi->raw, "<U+%04X>", (unsigned)point);
    }
    ansi->raw_len = (uint8_t)len;
    ansi->raw_at = 0;
}

bool ansi_next(struct ansi *ansi, struct ansi_piece *ret)
{
    for (;;) {
        if (ansi->raw_at < ansi->raw_len) {
            *ret = (struct ansi_piece){(unsigned char)ansi->raw[ansi->raw_at++], {0}, true};
            return true;
        }
        if (ansi->at >= ansi->len) {
            return false;
        }
        unsigned char byte = (unsigned char)ansi->text[ansi->at];
        if (byte == '\x1b' && take_sgr(ansi)) {
            continue;
        }
        size_t size = 1;
        uint32_t point = byte;
        bool broken = false;
        if (byte >= 0x80) {
            point = utf8_decode(ansi->text + ansi->at, ansi->len - ansi->at, &size);
            /* A real U+FFFD is three bytes; anything shorter stands for ill-formed input. */
            broken = point == UTF8_REPLACEMENT &&
                     (size != 3 || memcmp(ansi->text + ansi->at, "\xef\xbf\xbd", 3) != 0);
        }
        if (broken) {
            picture(ansi, byte, true);
            ansi->at++;
            continue;
        }
        ansi->at += size;
        if (point != '\t' && width_unsafe(point)) {
            picture(ansi, point, false);
            continue;
        }
        *ret = (struct ansi_piece){point, ansi->style, false};
        return true;
    }
}

struct style ansi_carry(const char *text, size_t len, struct style start)
{
    struct ansi ansi;
    struct ansi_piece piece;

    /* Nearly no line has an escape; those cost one memchr. */
    if (!memchr(text, '\x1b', len)) {
        return start;
    }
    ansi_start(&ansi, text, len, start);
    bool more = true;
    while (more) {
        more = ansi_next(&ansi, &piece);
    }
    return ansi.style;
}
