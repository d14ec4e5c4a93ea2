/* utf8.h - UTF-8: decode, validate, cut. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_UTF8_H
#define BELFRY_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT UINT32_C(0xFFFD)

/* The code point at TEXT (LEN bytes, at least one) and its size in bytes. Ill-formed input (RFC
 * 3629: overlong, surrogate, beyond U+10FFFF, cut short) gives U+FFFD and the size of the maximal
 * ill-formed part, at least 1. */
uint32_t utf8_decode(const char *text, size_t len, size_t *ret_size);
size_t utf8_encode(uint32_t point, char buffer[static 4]); /* the number of bytes, 1 to 4 */
bool utf8_valid(const char *text, size_t len);
/* The largest length at most LIMIT at which TEXT can be cut without splitting a code point. */
size_t utf8_cut(const char *text, size_t len, size_t limit);

#endif
