/* keymap.h - which key is which command. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_KEYMAP_H
#define BELFRY_TUI_SCREEN_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "tui/kit/input.h"
#include "tui/screen/command.h"

struct keymap_row {
    struct key key;
    enum command command;
};

struct keymap {
    struct keymap_row *rows;
    size_t count, capacity;
};

/* The defaults of the table. */
void keymap_init(struct keymap *map);
/* Gives a command, by name, other keys than it has: blank-separated, "" for none. A key that
 * another command of the same scope has is an error; the map is unchanged then. */
must_use bool keymap_bind(struct keymap *map, const char *name, const char *keys,
                          struct error *err);
/* The command of KEY where one of SCOPES holds; CMD_NONE. */
enum command keymap_find(const struct keymap *map, unsigned scopes, const struct key *key);
/* The first key of a command as the footer shows it, "^d", "f", "enter"; "" when it has none. */
const char *keymap_short(const struct keymap *map, enum command command,
                         char buffer[static INPUT_NAME_SIZE]);
/* All its keys, ", " between. Adds to RET. */
void keymap_all(const struct keymap *map, enum command command, struct str *ret);
void keymap_done(struct keymap *map);

#endif
