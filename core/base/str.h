/* str.h - a growable string. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_STR_H
#define BELFRY_CORE_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/mem.h"

/* `= {0}` is the empty string. data is NULL until something is added, afterwards it always ends
 * in a NUL that len does not count; the bytes before may hold NULs. */
struct str {
    char *data;
    size_t len, capacity;
};

void str_done(struct str *s);  /* releases; s is empty afterwards and may be used again */
void str_clear(struct str *s); /* empties, keeps the memory */
void str_reserve(struct str *s, size_t extra); /* room for so many further bytes */
void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *bytes, size_t len);
void str_add_char(struct str *s, char c);
void str_addf(struct str *s, const char *format, ...) format_printf(2, 3);
void str_addv(struct str *s, const char *format, va_list args) format_printf(2, 0);
/* TEXT as a JSON string, quoted and escaped; invalid UTF-8 becomes U+FFFD. */
void str_add_json(struct str *s, const char *text);
void str_drop_front(struct str *s, size_t len); /* forgets the first bytes */
void str_cut(struct str *s, size_t len);        /* keeps the first bytes */
/* The text so far, "" when there is none; valid until the next change. */
const char *str_text(const struct str *s);
/* Gives the bytes to the caller (never NULL, free()), and leaves s empty. */
char *str_take(struct str *s);

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
bool text_same(const char *a, const char *b); /* both may be NULL; NULL equals only NULL */
/* Copies with a NUL at the end, cut at a UTF-8 boundary; false when it was cut. */
bool text_copy(char *buffer, size_t size, const char *text);
/* A whole decimal integer, optional sign, nothing around it, within [least, most]. */
bool text_int(const char *text, long long least, long long most, long long *ret);

#endif
