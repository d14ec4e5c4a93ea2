/* ansi.h - job output to text and SGR colours; every other escape is shown, not obeyed. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_ANSI_H
#define BELFRY_TUI_KIT_ANSI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/kit/style.h"

/* Walks the bytes of one line. Job output is untrusted: nothing but printable code points comes
 * out, plus tab, which the one who draws expands. */
struct ansi {
    const char *text;
    size_t len, at;
    struct style style; /* in force; after the last piece it is the next line's */
    char raw[16];       /* the rest of a shown control, ASCII */
    uint8_t raw_len, raw_at;
};

struct ansi_piece {
    uint32_t point; /* printable, or '\t' */
    struct style style;
    bool raw; /* part of the picture of a control: "^[", "<9b>", "<U+202E>" */
};

/* START is what the line before left in force. TEXT is borrowed while it is walked. */
void ansi_start(struct ansi *ansi, const char *text, size_t len, struct style start);
bool ansi_next(struct ansi *ansi, struct ansi_piece *ret); /* false: the end */
/* What a line leaves in force. */
struct style ansi_carry(const char *text, size_t len, struct style start);

#endif
