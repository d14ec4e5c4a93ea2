/* input.h - the terminal's bytes to keys: escapes, modifiers, paste, mouse, UTF-8. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_INPUT_H
#define BELFRY_TUI_KIT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "core/base/str.h"

enum input_kind {
    INPUT_NONE, /* nothing: also what an unknown sequence becomes */
    INPUT_TEXT, /* a printable code point, in `point` */
    INPUT_ENTER,
    INPUT_TAB,
    INPUT_BACKSPACE,
    INPUT_ESCAPE,
    INPUT_UP,
    INPUT_DOWN,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_HOME,
    INPUT_END,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_INSERT,
    INPUT_DELETE,
    INPUT_FUNCTION, /* F1..F20, in `point` */
    INPUT_PASTE,    /* bracketed paste, in `paste` */
    INPUT_MOUSE,
    INPUT_KIND_COUNT
};

enum input_mod { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4 };

enum mouse_what { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct key {
    enum input_kind kind;
    uint32_t point;
    uint8_t mods;
    /* INPUT_MOUSE: button 0 left, 1 middle, 2 right; the cell, 0-based. */
    enum mouse_what mouse;
    int button, row, col;
    /* INPUT_PASTE: borrowed until the next input_feed or input_next. */
    const char *paste;
    size_t paste_len;
};

/* Collects bytes. `= {0}` is ready. A paste is capped at INPUT_PASTE_MOST, the rest of it lost. */
#define INPUT_PASTE_MOST 65536
struct input {
    struct str bytes;
    struct str paste;
    bool pasting;
};

void input_feed(struct input *input, const char *bytes, size_t len);
/* The next key, false when none is complete. With EXPIRED, what is incomplete is taken as it
 * stands: an ESC alone is the Escape key. Call it so when nothing came for INPUT_ESCAPE_MS while
 * input_waiting(). */
#define INPUT_ESCAPE_MS 25
bool input_next(struct input *input, bool expired, struct key *ret);
bool input_waiting(const struct input *input);
void input_done(struct input *input);

/* A key's name as the help shows it and the configuration gives it: "f", "G", "ctrl-d", "enter",
 * "shift-tab", "alt-b", "f5", "space", "page-down". */
#define INPUT_NAME_SIZE 32
const char *input_name(const struct key *key, char buffer[static INPUT_NAME_SIZE]);
must_use bool input_parse(const char *name, struct key *ret);
/* The same key, whatever a mouse or paste carries. */
bool input_same(const struct key *a, const struct key *b);

#endif
