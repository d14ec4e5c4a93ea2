/* utf8.c - UTF-8: decode, validate, cut. */
/* SPDX-License-Identifier: MIT */
#include "core/base/utf8.h"

/* The well-formed sequences by their first byte (Unicode, table 3-7): the second byte's range
 * shuts out overlong forms, surrogates and what lies beyond U+10FFFF. */
static const struct lead {
    unsigned char first, last; /* first bytes this row is for */
    unsigned char size;        /* bytes of the whole sequence */
    unsigned char bits;        /* what the first byte adds to the code point */
    unsigned char low, high;   /* range of the second byte */
} leads[] = {
    {0xC2, 0xDF, 2, 0x1F, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0x0F, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x0F, 0x80, 0xBF}, {0xED, 0xED, 3, 0x0F, 0x80, 0x9F},
    {0xEE, 0xEF, 3, 0x0F, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x07, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x07, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x07, 0x80, 0x8F},
};

static const struct lead *lead_find(unsigned char byte)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if (byte >= leads[i].first && byte <= leads[i].last) {
            return &leads[i];
        }
    }
    return NULL;
}

uint32_t utf8_decode(const char *text, size_t len, size_t *ret_size)
{
    unsigned char first = (unsigned char)text[0];
    const struct lead *lead;
    uint32_t point;

    *ret_size = 1;
    if (first < 0x80) {
        return first;
    }
    lead = lead_find(first);
    if (lead == NULL) {
        return UTF8_REPLACEMENT;
    }
    point = first & lead->bits;
    for (size_t i = 1; i < lead->size; i++) {
        unsigned char low = i == 1 ? lead->low : 0x80;
        unsigned char high = i == 1 ? lead->high : 0xBF;
        unsigned char byte = i < len ? (unsigned char)text[i] : 0;

        if (byte < low || byte > high) {
            *ret_size = i;
            return UTF8_REPLACEMENT;
        }
        point = point << 6 | (byte & 0x3F);
    }
    *ret_size = lead->size;
    return point;
}

size_t utf8_encode(uint32_t point, char buffer[static 4])
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size;

    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        point = UTF8_REPLACEMENT;
    }
    size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        buffer[i] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    buffer[0] = (char)(marks[size] | point);
    return size;
}

bool utf8_valid(const char *text, size_t len)
{
    for (size_t at = 0, size; at < len; at += size) {
        /* U+FFFD itself takes three bytes; as the mark of ill-formed input it can, too. */
        if (utf8_decode(text + at, len - at, &size) == UTF8_REPLACEMENT &&
            (size != 3 || (unsigned char)text[at] != 0xEF)) {
            return false;
        }
    }
    return true;
}

size_t utf8_cut(const char *text, size_t len, size_t limit)
{
    if (limit >= len) {
        return len;
    }
    /* Only the last three bytes before the limit can begin a sequence that goes beyond it. */
    for (size_t back = 1; back <= 3 && back <= limit; back++) {
        size_t size;

        utf8_decode(text + limit - back, len - limit + back, &size);
        if (size > back) {
            return limit - back;
        }
    }
    return limit;
}
