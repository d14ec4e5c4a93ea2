/* input.c - the terminal's bytes to keys: escapes, modifiers, paste, mouse, UTF-8. */
/* SPDX-License-Identifier: MIT */
/* Curses could read keys, but it blocks for the escape delay, knows no paste and no modifiers, and
 * needs a terminal. This one is a pure decoder over a buffer; the loop brings bytes and time. */
#include "tui/kit/input.h"

#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

#define ESC '\x1b'
#define SEQUENCE_MOST 64 /* an escape sequence that is longer is none */

static const char paste_end[] = "\x1b[201~";

/* CSI final letters and SS3 letters (xterm ctlseqs, "PC-Style Function Keys"). */
static const struct {
    char final;
    enum input_kind kind;
    uint32_t point;
} letters[] = {
    {'A', INPUT_UP, 0},       {'B', INPUT_DOWN, 0},     {'C', INPUT_RIGHT, 0},
    {'D', INPUT_LEFT, 0},     {'H', INPUT_HOME, 0},     {'F', INPUT_END, 0},
    {'P', INPUT_FUNCTION, 1}, {'Q', INPUT_FUNCTION, 2}, {'R', INPUT_FUNCTION, 3},
    {'S', INPUT_FUNCTION, 4}, {'M', INPUT_ENTER, 0},
};

/* CSI number ~ (VT220, and rxvt's and Linux' Home and End). */
static const struct {
    int number;
    enum input_kind kind;
    uint32_t point;
} numbers[] = {
    {1, INPUT_HOME, 0},       {2, INPUT_INSERT, 0},     {3, INPUT_DELETE, 0},
    {4, INPUT_END, 0},        {5, INPUT_PAGE_UP, 0},    {6, INPUT_PAGE_DOWN, 0},
    {7, INPUT_HOME, 0},       {8, INPUT_END, 0},        {11, INPUT_FUNCTION, 1},
    {12, INPUT_FUNCTION, 2},  {13, INPUT_FUNCTION, 3},  {14, INPUT_FUNCTION, 4},
    {15, INPUT_FUNCTION, 5},  {17, INPUT_FUNCTION, 6},  {18, INPUT_FUNCTION, 7},
    {19, INPUT_FUNCTION, 8},  {20, INPUT_FUNCTION, 9},  {21, INPUT_FUNCTION, 10},
    {23, INPUT_FUNCTION, 11}, {24, INPUT_FUNCTION, 12},
};

static const struct {
    const char *name;
    enum input_kind kind;
} kind_names[] = {
    {"enter", INPUT_ENTER},   {"tab", INPUT_TAB},         {"backspace", INPUT_BACKSPACE},
    {"esc", INPUT_ESCAPE},    {"up", INPUT_UP},           {"down", INPUT_DOWN},
    {"left", INPUT_LEFT},     {"right", INPUT_RIGHT},     {"home", INPUT_HOME},
    {"end", INPUT_END},       {"page-up", INPUT_PAGE_UP}, {"page-down", INPUT_PAGE_DOWN},
    {"insert", INPUT_INSERT}, {"delete", INPUT_DELETE},
};

void input_feed(struct input *input, const char *bytes, size_t len)
{
    str_add_bytes(&input->bytes, bytes, len);
}

bool input_waiting(const struct input *input)
{
    return input->bytes.len > 0 && !input->pasting;
}

void input_done(struct input *input)
{
    str_done(&input->bytes);
    str_done(&input->paste);
    input->pasting = false;
}

static struct key text_key(uint32_t point, unsigned mods)
{
    return (struct key){.kind = INPUT_TEXT, .point = point, .mods = (uint8_t)mods};
}

static struct key plain_key(enum input_kind kind, unsigned mods)
{
    return (struct key){.kind = kind, .mods = (uint8_t)mods};
}

/* A control byte as the key that sends it. Ctrl-H and Ctrl-? are both Backspace, Ctrl-J is Enter:
 * terminals do not agree, and the difference serves nobody. */
static struct key control_key(unsigned char byte)
{
    switch (byte) {
    case '\r':
    case '\n': return plain_key(INPUT_ENTER, 0);
    case '\t': return plain_key(INPUT_TAB, 0);
    case 0x08:
    case 0x7f: return plain_key(INPUT_BACKSPACE, 0);
    case ESC: return plain_key(INPUT_ESCAPE, 0);
    case 0x00: return text_key(' ', MOD_CTRL);
    default: return text_key(byte < 27 ? byte + 'a' - 1u : byte + 0x40u, MOD_CTRL);
    }
}

/* xterm's parameter is one more than a set of bits: shift, alt, control, meta. */
static unsigned mods_of(int parameter)
{
    unsigned bits = parameter > 1 ? (unsigned)parameter - 1 : 0;

    return (bits & 7) | (bits & 8 ? MOD_ALT : 0);
}

/* SGR mouse report, CSI < code ; column ; row M or m. */
static struct key mouse_key(const int *params, size_t count, char final)
{
    if (count < 3) {
        return plain_key(INPUT_NONE, 0);
    }
    int code = params[0];
    struct key key = {.kind = INPUT_MOUSE,
                      .mods = (uint8_t)((code & 4 ? MOD_SHIFT : 0) | (code & 8 ? MOD_ALT : 0) |
                                        (code & 16 ? MOD_CTRL : 0)),
                      .button = code & 3,
                      .row = params[2] - 1,
                      .col = params[1] - 1};
    if (code & 64) {
        key.mouse = code & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
        /* 66 and 67 are the sideways wheel. */
        key.kind = code & 2 ? INPUT_NONE : INPUT_MOUSE;
    } else if (final == 'm') {
        key.mouse = MOUSE_RELEASE;
    } else {
        key.mouse = code & 32 ? MOUSE_DRAG : MOUSE_PRESS;
    }
    if (key.button == 3 && !(code & 64)) { /* movement without a button */
        key.kind = INPUT_NONE;
    }
    return key;
}

/* A key reported by number: kitty's CSI u and xterm's modifyOtherKeys. */
static struct key code_key(int code, unsigned mods)
{
    struct key key = code < 0x20 || code == 0x7f ? control_key((unsigned char)code)
                                                 : text_key((uint32_t)code, 0);

    if (key.kind == INPUT_TEXT && (mods & MOD_SHIFT) && code >= 'a' && code <= 'z') {
        key.point = (uint32_t)code - 'a' + 'A';
        mods &= ~(unsigned)MOD_SHIFT;
    }
    key.mods |= (uint8_t)mods;
    return key;
}

static struct key csi_key(const char *body, size_t len, char final)
{
    int params[8] = {0};
    size_t count = 0;
    bool mouse = len > 0 && body[0] == '<';

    for (size_t i = mouse ? 1 : 0; i < len && count < 8; i++) {
        if (body[i] >= '0' && body[i] <= '9') {
            count = count ? count : 1;
            int value = params[count - 1] * 10 + (body[i] - '0');
            params[count - 1] = value > 0x10ffff ? 0x10ffff : value;
        } else if (body[i] == ';') {
            count = count ? count + 1 : 2;
        } else {
            return plain_key(INPUT_NONE, 0); /* a private or colon form nobody asked for */
        }
    }
    if (count > 8) {
        return plain_key(INPUT_NONE, 0);
    }
    unsigned mods = count >= 2 ? mods_of(params[1]) : 0;
    if (mouse) {
        return final == 'M' || final == 'm' ? mouse_key(params, count, final)
                                            : plain_key(INPUT_NONE, 0);
    }
    if (final == 'Z') {
        return plain_key(INPUT_TAB, MOD_SHIFT);
    }
    if (final == 'u' && count >= 1) {
        return code_key(params[0], mods);
    }
    if (final == '~' && params[0] == 27 && count >= 3) {
        return code_key(params[2], mods);
    }
    for (size_t i = 0; final == '~' && i < countof(numbers); i++) {
        if (numbers[i].number == params[0]) {
            return (struct key){numbers[i].kind, numbers[i].point, (uint8_t)mods, 0, 0, 0, 0, 0, 0};
        }
    }
    for (size_t i = 0; final != '~' && i < countof(letters); i++) {
        if (letters[i].final == final && final != 'M') {
            return (struct key){letters[i].kind, letters[i].point, (uint8_t)mods, 0, 0, 0, 0, 0, 0};
        }
    }
    return plain_key(INPUT_NONE, 0);
}

/* What stands at the front of BYTES (an ESC): its key and how many bytes it takes; 0 when it is not
 * complete. */
static size_t escape_key(const char *bytes, size_t len, struct key *ret)
{
    if (len < 2) {
        return 0;
    }
    if (bytes[1] == '[') {
        size_t i = 2;
        while (i < len && i < SEQUENCE_MOST && bytes[i] >= 0x20 && bytes[i] < 0x40) {
            i++;
        }
        if (i == len) {
            return 0;
        }
        if (i == SEQUENCE_MOST || bytes[i] < 0x40 || bytes[i] > 0x7e) {
            *ret = plain_key(INPUT_NONE, 0);
            return i; /* broken off: what follows is read by itself */
        }
        *ret = csi_key(bytes + 2, i - 2, bytes[i]);
        return i + 1;
    }
    if (bytes[1] == 'O') {
        if (len < 3) {
            return 0;
        }
        *ret = plain_key(INPUT_NONE, 0);
        for (size_t i = 0; i < countof(letters); i++) {
            if (letters[i].final == bytes[2]) {
                *ret = (struct key){letters[i].kind, letters[i].point, 0, 0, 0, 0, 0, 0, 0};
            }
        }
        return 3;
    }
    if (bytes[1] == ESC) { /* rxvt's alt with an arrow, or two Escapes */
        if (len < 3) {
            return 0;
        }
        if (bytes[2] != '[' && bytes[2] != 'O') {
            *ret = plain_key(INPUT_ESCAPE, 0);
            return 1;
        }
        size_t used = escape_key(bytes + 1, len - 1, ret);
        ret->mods |= used > 0 ? MOD_ALT : 0;
        return used > 0 ? used + 1 : 0;
    }
    if ((unsigned char)bytes[1] < 0x80) {
        unsigned char byte = (unsigned char)bytes[1];
        *ret = byte < 0x20 || byte == 0x7f ? control_key(byte) : text_key(byte, 0);
        ret->mods |= MOD_ALT;
        return 2;
    }
    *ret = plain_key(INPUT_ESCAPE, 0);
    return 1;
}

/* A UTF-8 sequence at the front; 0 when its end has not come yet. */
static size_t text_at(const char *bytes, size_t len, struct key *ret)
{
    unsigned char lead = (unsigned char)bytes[0];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    size_t size;
    uint32_t point = utf8_decode(bytes, len, &size);

    if (point == UTF8_REPLACEMENT && len < wanted && size == len) {
        return 0;
    }
    /* Neither ill-formed bytes nor C1 controls have a place in typed text. */
    bool text = point != UTF8_REPLACEMENT && !(point >= 0x80 && point < 0xa0);
    *ret = text ? text_key(point, 0) : plain_key(INPUT_NONE, 0);
    return size;
}

/* Moves what belongs to the paste; true when its end was found. */
static bool take_paste(struct input *input)
{
    const char *bytes = str_text(&input->bytes);
    size_t len = input->bytes.len, mark = sizeof paste_end - 1;
    const char *end = memmem(bytes, len, paste_end, mark);
    /* The end marker may be split between two reads. */
    size_t ready = end ? (size_t)(end - bytes) : len >= mark ? len - mark + 1 : 0;
    size_t room = INPUT_PASTE_MOST - input->paste.len;

    str_add_bytes(&input->paste, bytes, ready < room ? ready : room);
    str_drop_front(&input->bytes, end ? ready + mark : ready);
    input->pasting = !end;
    return end != NULL;
}

bool input_next(struct input *input, bool expired, struct key *ret)
{
    *ret = (struct key){0};
    if (input->pasting) {
        if (!take_paste(input)) {
            return false;
        }
        *ret = (struct key){
            .kind = INPUT_PASTE, .paste = str_text(&input->paste), .paste_len = input->paste.len};
        return true;
    }
    if (input->bytes.len == 0) {
        return false;
    }
    const char *bytes = input->bytes.data;
    size_t len = input->bytes.len, used;
    if (len >= 6 && memcmp(bytes, "\x1b[200~", 6) == 0) {
        str_clear(&input->paste);
        str_drop_front(&input->bytes, 6);
        input->pasting = true;
        return input_next(input, expired, ret);
    }
    unsigned char byte = (unsigned char)bytes[0];
    if (byte == ESC) {
        used = escape_key(bytes, len, ret);
    } else if (byte < 0x20 || byte == 0x7f) {
        *ret = control_key(byte);
        used = 1;
    } else {
        used = text_at(bytes, len, ret);
    }
    if (used == 0) {
        if (!expired) {
            return false;
        }
        *ret = byte == ESC ? plain_key(INPUT_ESCAPE, 0) : plain_key(INPUT_NONE, 0);
        used = 1;
    }
    str_drop_front(&input->bytes, used);
    return true;
}

const char *input_name(const struct key *key, char buffer[static INPUT_NAME_SIZE])
{
    char base[8] = "?";
    const char *word = base;

    if (key->kind == INPUT_TEXT) {
        base[utf8_encode(key->point, base)] = '\0';
        word = key->point == ' ' ? "space" : base;
    } else if (key->kind == INPUT_FUNCTION) {
        snprintf(base, sizeof base, "f%u", (unsigned)key->point % 100);
    }
    for (size_t i = 0; i < countof(kind_names); i++) {
        word = kind_names[i].kind == key->kind ? kind_names[i].name : word;
    }
    snprintf(buffer, INPUT_NAME_SIZE, "%s%s%s%s", key->mods & MOD_CTRL ? "ctrl-" : "",
             key->mods & MOD_ALT ? "alt-" : "", key->mods & MOD_SHIFT ? "shift-" : "", word);
    return buffer;
}

bool input_parse(const char *name, struct key *ret)
{
    static const struct {
        const char *prefix;
        uint8_t mod;
    } prefixes[] = {{"ctrl-", MOD_CTRL}, {"alt-", MOD_ALT}, {"shift-", MOD_SHIFT}};
    struct key key = {0};
    long long number;

    for (size_t i = 0; i < countof(prefixes); i++) {
        if (text_starts(name, prefixes[i].prefix) && name[strlen(prefixes[i].prefix)]) {
            key.mods |= prefixes[i].mod;
            name += strlen(prefixes[i].prefix);
        }
    }
    for (size_t i = 0; i < countof(kind_names); i++) {
        if (strcmp(kind_names[i].name, name) == 0) {
            key.kind = kind_names[i].kind;
        }
    }
    if (key.kind == INPUT_NONE && name[0] == 'f' && text_int(name + 1, 1, 20, &number)) {
        key.kind = INPUT_FUNCTION;
        key.point = (uint32_t)number;
    }
    if (key.kind == INPUT_NONE) {
        const char *text = strcmp(name, "space") == 0 ? " " : name;
        size_t len = strlen(text), size = 0;
        key.kind = INPUT_TEXT;
        key.point = len ? utf8_decode(text, len, &size) : 0;
        if (len == 0 || size != len) {
            return false;
        }
    }
    *ret = key;
    return true;
}

bool input_same(const struct key *a, const struct key *b)
{
    return a->kind == b->kind && a->mods == b->mods && a->point == b->point;
}
