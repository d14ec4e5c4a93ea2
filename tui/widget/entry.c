/* entry.c - a line of text being edited. */
/* SPDX-License-Identifier: MIT */
#include "tui/widget/entry.h"

#include <string.h>

#include "core/base/utf8.h"
#include "tui/kit/width.h"

const char *entry_text(const struct entry *entry)
{
    return str_text(&entry->text);
}

/* The size of the character at AT together with the marks that sit on it. */
static size_t character_size(const struct entry *entry, size_t at)
{
    const char *text = entry_text(entry);
    size_t len = entry->text.len, size;

    if (at >= len) {
        return 0;
    }
    utf8_decode(text + at, len - at, &size);
    size_t end = at + size;
    while (end < len && width_point(utf8_decode(text + end, len - end, &size)) == 0) {
        end += size;
    }
    return end - at;
}

static size_t before(const struct entry *entry, size_t at)
{
    size_t start = 0;

    for (size_t i = 0; i < at; i += character_size(entry, i)) {
        start = i;
    }
    return start;
}

static bool is_word(const struct entry *entry, size_t at)
{
    unsigned char c = (unsigned char)entry_text(entry)[at];

    return c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

static size_t word_left(const struct entry *entry)
{
    size_t at = entry->at;

    while (at > 0 && !is_word(entry, at - 1)) {
        at--;
    }
    while (at > 0 && is_word(entry, at - 1)) {
        at--;
    }
    return at;
}

static size_t word_right(const struct entry *entry)
{
    size_t at = entry->at;

    while (at < entry->text.len && !is_word(entry, at)) {
        at++;
    }
    while (at < entry->text.len && is_word(entry, at)) {
        at++;
    }
    return at;
}

/* Ctrl-W of the shells: back to white space. */
static size_t blank_left(const struct entry *entry)
{
    const char *text = entry_text(entry);
    size_t at = entry->at;

    while (at > 0 && text[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && text[at - 1] != ' ') {
        at--;
    }
    return at;
}

static enum entry_result remove_part(struct entry *entry, size_t from, size_t to, bool keep)
{
    if (from >= to) {
        return ENTRY_MOVED;
    }
    if (keep) {
        str_clear(&entry->killed);
        str_add_bytes(&entry->killed, entry->text.data + from, to - from);
    }
    memmove(entry->text.data + from, entry->text.data + to, entry->text.len - to);
    str_cut(&entry->text, entry->text.len - (to - from));
    entry->at = from;
    return ENTRY_CHANGED;
}

/* Takes what may stand in a line: valid UTF-8, controls to blanks, no more than fits. */
static enum entry_result insert(struct entry *entry, const char *bytes, size_t len)
{
    struct str clean = {0};

    for (size_t i = 0; i < len;) {
        size_t size;
        uint32_t point = utf8_decode(bytes + i, len - i, &size);
        char encoded[4];
        if (width_unsafe(point)) {
            point = ' ';
        }
        size_t bytes_out = utf8_encode(point, encoded);
        if (entry->text.len + clean.len + bytes_out > ENTRY_MOST) {
            break;
        }
        str_add_bytes(&clean, encoded, bytes_out);
        i += size;
    }
    if (clean.len > 0) {
        size_t tail = entry->text.len - entry->at;
        str_add_bytes(&entry->text, clean.data, clean.len);
        memmove(entry->text.data + entry->at + clean.len, entry->text.data + entry->at, tail);
        memcpy(entry->text.data + entry->at, clean.data, clean.len);
        entry->at += clean.len;
    }
    size_t added = clean.len;
    str_done(&clean);
    return added ? ENTRY_CHANGED : ENTRY_MOVED;
}

static enum entry_result move_to(struct entry *entry, size_t at)
{
    entry->at = at;
    return ENTRY_MOVED;
}

static enum entry_result control(struct entry *entry, uint32_t letter)
{
    size_t len = entry->text.len, at = entry->at;

    switch (letter) {
    case 'a': return move_to(entry, 0);
    case 'e': return move_to(entry, len);
    case 'b': return move_to(entry, before(entry, at));
    case 'f': return move_to(entry, at + character_size(entry, at));
    case 'd': return remove_part(entry, at, at + character_size(entry, at), false);
    case 'k': return remove_part(entry, at, len, true);
    case 'u': return remove_part(entry, 0, at, true);
    case 'w': return remove_part(entry, blank_left(entry), at, true);
    case 'y': return insert(entry, str_text(&entry->killed), entry->killed.len);
    default: return ENTRY_IGNORED;
    }
}

static enum entry_result alternate(struct entry *entry, uint32_t letter)
{
    switch (letter) {
    case 'b': return move_to(entry, word_left(entry));
    case 'f': return move_to(entry, word_right(entry));
    case 'd': return remove_part(entry, entry->at, word_right(entry), true);
    default: return ENTRY_IGNORED;
    }
}

static enum entry_result named_key(struct entry *entry, const struct key *key)
{
    size_t len = entry->text.len, at = entry->at;
    bool by_word = (key->mods & (MOD_CTRL | MOD_ALT)) != 0;

    switch ((int)key->kind) {
    case INPUT_LEFT: return move_to(entry, by_word ? word_left(entry) : before(entry, at));
    case INPUT_RIGHT:
        return move_to(entry, by_word ? word_right(entry) : at + character_size(entry, at));
    case INPUT_HOME: return move_to(entry, 0);
    case INPUT_END: return move_to(entry, len);
    case INPUT_DELETE: return remove_part(entry, at, at + character_size(entry, at), false);
    case INPUT_BACKSPACE:
        return remove_part(entry, by_word ? word_left(entry) : before(entry, at), at, by_word);
    case INPUT_PASTE: return insert(entry, key->paste, key->paste_len);
    default: return ENTRY_IGNORED;
    }
}

enum entry_result entry_key(struct entry *entry, const struct key *key)
{
    char bytes[4];

    if (key->kind != INPUT_TEXT) {
        return named_key(entry, key);
    }
    if (key->mods & MOD_CTRL) {
        return control(entry, key->point);
    }
    if (key->mods & MOD_ALT) {
        return alternate(entry, key->point);
    }
    return insert(entry, bytes, utf8_encode(key->point, bytes));
}

void entry_set(struct entry *entry, const char *text)
{
    str_clear(&entry->text);
    entry->at = entry->from = 0;
    insert(entry, text, strlen(text));
}

void entry_paint(struct entry *entry, struct canvas *canvas, struct rect area, enum role role,
                 bool focus)
{
    const char *text = entry_text(entry);

    canvas_fill(canvas, area, role);
    if (entry->text.len == 0 && entry->placeholder) {
        canvas_fit(canvas, area, 0, 0, area.cols, ALIGN_LEFT, ROLE_SUGGEST, entry->placeholder);
        canvas_under(canvas, area, role);
    }
    /* The cursor needs a column of its own behind the last character. */
    if (entry->from > entry->at) {
        entry->from = entry->at;
    }
    while (entry->from < entry->at &&
           width_text(text + entry->from, entry->at - entry->from) > area.cols - 1) {
        entry->from += character_size(entry, entry->from);
    }
    /* After a time in a narrow window: no text is hidden while there is room to the right. */
    while (entry->from > 0) {
        size_t back = before(entry, entry->from);
        if (width_text(text + back, entry->text.len - back) > area.cols - 1) {
            break;
        }
        entry->from = back;
    }
    canvas_bytes(canvas, area, 0, 0, role, text + entry->from, entry->text.len - entry->from);
    if (focus) {
        canvas_cursor(canvas, area, 0, width_text(text + entry->from, entry->at - entry->from));
    }
}

void entry_click(struct entry *entry, int col)
{
    entry->at = entry->from + width_cut(entry_text(entry) + entry->from,
                                        entry->text.len - entry->from, col, NULL);
}

void entry_done(struct entry *entry)
{
    str_done(&entry->text);
    str_done(&entry->killed);
    *entry = (struct entry){0};
}
