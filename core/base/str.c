/* str.c - a growable string. */
/* SPDX-License-Identifier: MIT */
#include "core/base/str.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

void str_done(struct str *s)
{
    if (s != NULL) {
        free(s->data);
        *s = (struct str){0};
    }
}

void str_clear(struct str *s)
{
    str_cut(s, 0);
}

void str_reserve(struct str *s, size_t extra)
{
    size_t need, grown;

    if (extra < s->capacity - s->len) {
        return; /* the capacity counts the place of the NUL */
    }
    if (__builtin_add_overflow(s->len, extra, &need) || need > SIZE_MAX / 2) {
        abort(); /* whoever adds a size from outside caps it first */
    }
    grown = s->capacity > 0 ? s->capacity * 2 : 32;
    if (grown < need + 1) {
        grown = need + 1;
    }
    s->data = xrealloc(s->data, grown);
    s->data[s->len] = '\0';
    s->capacity = grown;
}

void str_add(struct str *s, const char *text)
{
    str_add_bytes(s, text, strlen(text));
}

void str_add_bytes(struct str *s, const void *bytes, size_t len)
{
    str_reserve(s, len);
    if (len > 0) {
        memcpy(s->data + s->len, bytes, len);
    }
    s->len += len;
    s->data[s->len] = '\0';
}

void str_add_char(struct str *s, char c)
{
    str_add_bytes(s, &c, 1);
}

void str_addf(struct str *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    str_addv(s, format, args);
    va_end(args);
}

void str_addv(struct str *s, const char *format, va_list args)
{
    va_list again;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        abort(); /* a format the C library cannot print is a bug of the caller's */
    }
    str_reserve(s, (size_t)len);
    vsnprintf(s->data + s->len, (size_t)len + 1, format, args);
    s->len += (size_t)len;
}

/* The two-character escapes of RFC 8259; 0 where there is none. */
static char json_short_escape(char c)
{
    static const char pairs[][2] = {{'"', '"'},  {'\\', '\\'}, {'\b', 'b'}, {'\f', 'f'},
                                    {'\n', 'n'}, {'\r', 'r'},  {'\t', 't'}};

    for (size_t i = 0; i < countof(pairs); i++) {
        if (pairs[i][0] == c) {
            return pairs[i][1];
        }
    }
    return 0;
}

/* How many bytes from TEXT on are ASCII that needs no escape. */
static size_t json_plain_len(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len) {
        unsigned char c = (unsigned char)text[at];

        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
            break;
        }
        at++;
    }
    return at;
}

void str_add_json(struct str *s, const char *text)
{
    size_t len = strlen(text);

    str_reserve(s, len + 2);
    str_add_char(s, '"');
    for (size_t at = 0, size; at < len; at += size) {
        /* Nearly all of nearly every text: taken over as it is. */
        size = json_plain_len(text + at, len - at);
        if (size > 0) {
            str_add_bytes(s, text + at, size);
            continue;
        }
        uint32_t point = utf8_decode(text + at, len - at, &size);
        char escape = point < 0x80 ? json_short_escape((char)point) : 0;

        if (escape != 0) {
            str_add_char(s, '\\');
            str_add_char(s, escape);
        } else if (point < 0x20) {
            str_addf(s, "\\u%04x", (unsigned)point);
        } else {
            char bytes[4];

            str_add_bytes(s, bytes, utf8_encode(point, bytes));
        }
    }
    str_add_char(s, '"');
}

void str_drop_front(struct str *s, size_t len)
{
    if (len >= s->len) {
        str_clear(s);
    } else if (len > 0) {
        memmove(s->data, s->data + len, s->len - len + 1);
        s->len -= len;
    }
}

void str_cut(struct str *s, size_t len)
{
    if (s->data != NULL && len < s->len) {
        s->len = len;
        s->data[len] = '\0';
    }
}

const char *str_text(const struct str *s)
{
    return s->data != NULL ? s->data : "";
}

char *str_take(struct str *s)
{
    char *text = s->data != NULL ? s->data : xstrdup("");

    *s = (struct str){0};
    return text;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text), tail = strlen(suffix);

    return len >= tail && memcmp(text + len - tail, suffix, tail) == 0;
}

bool text_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool text_copy(char *buffer, size_t size, const char *text)
{
    size_t len = strlen(text), kept;

    assert(size > 0);
    kept = utf8_cut(text, len, size - 1);
    memmove(buffer, text, kept);
    buffer[kept] = '\0';
    return kept == len;
}

bool text_int(const char *text, long long least, long long most, long long *ret)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    long long value;
    char *end;

    /* strtoll would pass over white space, and a second sign after it. */
    if (*digits < '0' || *digits > '9') {
        return false;
    }
    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || value < least || value > most) {
        return false;
    }
    *ret = value;
    return true;
}
