/* keymap.c - which key is which command. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/keymap.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

static void add(struct keymap *map, enum command command, const struct key *key)
{
    if (map->count == map->capacity) {
        map->capacity = map->capacity ? map->capacity * 2 : 64;
        map->rows = xreallocarray(map->rows, map->capacity, sizeof *map->rows);
    }
    map->rows[map->count++] = (struct keymap_row){*key, command};
}

/* The next word of *TEXT into WORD; false at the end. */
static bool next_word(const char **text, char *word, size_t size)
{
    *text += strspn(*text, " ");
    size_t len = strcspn(*text, " ");
    if (len == 0 || len >= size) {
        return false;
    }
    memcpy(word, *text, len);
    word[len] = '\0';
    *text += len;
    return true;
}

/* All scopes that meet one of SCOPES in some view: each view has one of its own besides moving and
 * what is everywhere. */
static unsigned meeting(unsigned scopes)
{
    unsigned common = SCOPE_ANY | SCOPE_MOVE;

    return scopes & common ? common | SCOPE_CRONJOBS | SCOPE_LOG | SCOPE_TEXT : common | scopes;
}

static bool add_keys(struct keymap *map, enum command command, const char *keys, struct error *err)
{
    char word[INPUT_NAME_SIZE];
    struct key key;

    while (next_word(&keys, word, sizeof word)) {
        if (!input_parse(word, &key)) {
            error_set(err, ERROR_INVALID, "\"%s\" is no key", word);
            return error_hint(err, "keys are like f, G, ctrl-d, alt-x, f5, page-down, space");
        }
        enum command other = keymap_find(map, meeting(commands[command].scopes), &key);
        if (other != CMD_NONE) {
            return error_set(err, ERROR_INVALID, "the key \"%s\" is that of \"%s\" already", word,
                             commands[other].name);
        }
        add(map, command, &key);
    }
    return true;
}

void keymap_init(struct keymap *map)
{
    *map = (struct keymap){0};
    for (size_t i = 0; i < CMD_COUNT; i++) {
        /* The table's own keys do not collide: a test sees to it. */
        if (!add_keys(map, (enum command)i, commands[i].keys, NULL)) {
            abort();
        }
    }
}

bool keymap_bind(struct keymap *map, const char *name, const char *keys, struct error *err)
{
    struct keymap changed = {0};
    size_t command = 1;

    while (command < CMD_COUNT && strcmp(commands[command].name, name) != 0) {
        command++;
    }
    if (command == CMD_COUNT) {
        return error_set(err, ERROR_INVALID, "there is no command \"%s\"", name);
    }
    for (size_t i = 0; i < map->count; i++) {
        if (map->rows[i].command != command) {
            add(&changed, map->rows[i].command, &map->rows[i].key);
        }
    }
    if (!add_keys(&changed, (enum command)command, keys, err)) {
        keymap_done(&changed);
        return false;
    }
    keymap_done(map);
    *map = changed;
    return true;
}

enum command keymap_find(const struct keymap *map, unsigned scopes, const struct key *key)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct keymap_row *row = &map->rows[i];
        if ((commands[row->command].scopes & scopes) && input_same(&row->key, key)) {
            return row->command;
        }
    }
    return CMD_NONE;
}

const char *keymap_short(const struct keymap *map, enum command command,
                         char buffer[static INPUT_NAME_SIZE])
{
    buffer[0] = '\0';
    for (size_t i = 0; i < map->count; i++) {
        if (map->rows[i].command == command) {
            char name[INPUT_NAME_SIZE];
            input_name(&map->rows[i].key, name);
            bool control = text_starts(name, "ctrl-");
            text_copy(buffer, INPUT_NAME_SIZE, control ? name + 4 : name);
            if (control) {
                buffer[0] = '^';
            }
            break;
        }
    }
    return buffer;
}

void keymap_all(const struct keymap *map, enum command command, struct str *ret)
{
    const char *between = "";

    for (size_t i = 0; i < map->count; i++) {
        if (map->rows[i].command == command) {
            char name[INPUT_NAME_SIZE];
            str_add(ret, between);
            str_add(ret, input_name(&map->rows[i].key, name));
            between = ", ";
        }
    }
}

void keymap_done(struct keymap *map)
{
    free(map->rows);
    *map = (struct keymap){0};
}
