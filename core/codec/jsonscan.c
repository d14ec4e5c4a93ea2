/* jsonscan.c - is this text JSON, to the letter, and within our limits? */
/* SPDX-License-Identifier: MIT */
/* cJSON reads leniently: it takes control characters, malformed UTF-8 and "01", cuts texts at
 * \u0000, rounds integers and turns 1e999 into infinity. All of that would change a document in
 * silence, so it is refused here, before cJSON sees the text. */
#include "core/codec/jsonscan.h"

#include <stdint.h>
#include <string.h>

#include "core/base/str.h"
#include "core/base/utf8.h"
#include "core/codec/tree.h"

/* cJSON copies a number into 64 bytes and stops there. */
#define NUMBER_MOST 60
/* Digits before the point of the largest double, 1.8e308. */
#define MAGNITUDE_MOST 308
#define PATH_MOST 512

struct scan {
    const char *text;
    size_t len, at;
    size_t line_start; /* newlines stand only between tokens, so blanks keep the line */
    int line;
    int depth;
    size_t nodes;
    struct str path;
    json_place_fn *place;
    void *context;
    struct error *err;
};

static bool scan_value(struct scan *scan);

static int column_of(const struct scan *scan, size_t at)
{
    return (int)(at - scan->line_start) + 1;
}

static bool refuse_at(struct scan *scan, size_t at, const char *what)
{
    error_set(scan->err, ERROR_BAD_REQUEST, "%s", what);
    return error_at(scan->err, "line %d:%d", scan->line, column_of(scan, at));
}

static bool refuse(struct scan *scan, const char *what)
{
    return refuse_at(scan, scan->at, what);
}

static bool too_large(struct scan *scan, const char *what)
{
    refuse(scan, what);
    if (scan->err) {
        scan->err->code = ERROR_TOO_LARGE;
    }
    return false;
}

static int peek(const struct scan *scan)
{
    return scan->at < scan->len ? (unsigned char)scan->text[scan->at] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(struct scan *scan)
{
    for (; scan->at < scan->len; scan->at++) {
        char c = scan->text[scan->at];
        if (c == '\n') {
            scan->line++;
            scan->line_start = scan->at + 1;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return;
        }
    }
}

static bool scan_hex4(struct scan *scan, uint32_t *ret)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(scan);
        if (is_digit(c)) {
            value = value * 16 + (uint32_t)(c - '0');
        } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            value = value * 16 + (uint32_t)((c | 0x20) - 'a' + 10);
        } else {
            return refuse(scan, "\\u is followed by four hex digits");
        }
        scan->at++;
    }
    *ret = value;
    return true;
}

/* Behind the backslash. */
static bool scan_escape(struct scan *scan)
{
    int c = peek(scan);
    if (c != 'u') {
        if (c < 0 || !strchr("\"\\/bfnrt", c)) {
            return refuse(scan, "unknown escape in a text");
        }
        scan->at++;
        return true;
    }
    scan->at++;
    uint32_t unit, low;
    if (!scan_hex4(scan, &unit)) {
        return false;
    }
    if (unit == 0) {
        return refuse(scan, "a text cannot hold the character U+0000");
    }
    if (unit >= 0xDC00 && unit <= 0xDFFF) {
        return refuse(scan, "half of a surrogate pair");
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (peek(scan) != '\\' || scan->at + 1 >= scan->len || scan->text[scan->at + 1] != 'u') {
            return refuse(scan, "half of a surrogate pair");
        }
        scan->at += 2;
        if (!scan_hex4(scan, &low)) {
            return false;
        }
        if (low < 0xDC00 || low > 0xDFFF) {
            return refuse(scan, "half of a surrogate pair");
        }
    }
    return true;
}

static bool scan_text(struct scan *scan)
{
    size_t start = scan->at++;
    bool ascii = true;
    for (;;) {
        int c = peek(scan);
        ascii = ascii && c < 0x80;
        if (c < 0) {
            return refuse_at(scan, start, "this text has no end");
        }
        if (c == '"') {
            break;
        }
        if (c < 0x20) {
            return refuse(scan, "a control character in a text must be escaped");
        }
        scan->at++;
        if (c == '\\' && !scan_escape(scan)) {
            return false;
        }
    }
    scan->at++;
    if (!ascii && !utf8_valid(scan->text + start, scan->at - start)) {
        return refuse_at(scan, start, "this text is not valid UTF-8");
    }
    return true;
}

/* Integers must be within +-2^53, where a double keeps each of them. */
static bool integer_fits(const char *digits, size_t len)
{
    int64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value * 10 + (digits[i] - '0');
        if (value > TREE_INT_MOST) {
            return false;
        }
    }
    return true;
}

static bool scan_number(struct scan *scan)
{
    size_t start = scan->at;
    if (peek(scan) == '-') {
        scan->at++;
    }
    size_t digits = scan->at;
    while (is_digit(peek(scan))) {
        scan->at++;
    }
    size_t whole = scan->at - digits;
    if (whole == 0 || (whole > 1 && scan->text[digits] == '0')) {
        return refuse_at(scan, start, "not a JSON number");
    }
    bool integer = true;
    if (peek(scan) == '.') {
        integer = false;
        size_t point = scan->at++;
        while (is_digit(peek(scan))) {
            scan->at++;
        }
        if (scan->at == point + 1) {
            return refuse_at(scan, start, "not a JSON number");
        }
    }
    int exponent = 0;
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        integer = false;
        scan->at++;
        bool minus = peek(scan) == '-';
        if (minus || peek(scan) == '+') {
            scan->at++;
        }
        if (!is_digit(peek(scan))) {
            return refuse_at(scan, start, "not a JSON number");
        }
        for (; is_digit(peek(scan)); scan->at++) {
            if (exponent < 10000) {
                exponent = exponent * 10 + (peek(scan) - '0');
            }
        }
        exponent = minus ? -exponent : exponent;
    }
    if (scan->at - start > NUMBER_MOST || (int)whole + exponent > MAGNITUDE_MOST ||
        (integer && !integer_fits(scan->text + digits, whole))) {
        return refuse_at(scan, start, "this number is too large to be kept exactly");
    }
    return true;
}

static bool scan_word(struct scan *scan, const char *word)
{
    size_t len = strlen(word);
    if (scan->len - scan->at < len || memcmp(scan->text + scan->at, word, len) != 0) {
        return refuse(scan, "expected a JSON value");
    }
    scan->at += len;
    return true;
}

static void tell_place(struct scan *scan, size_t at)
{
    if (scan->place && scan->path.len <= PATH_MOST) {
        scan->place(scan->context, str_text(&scan->path), scan->line, column_of(scan, at));
    }
}

/* The path is kept for places alone; keys with escapes stand in it as written. */
static void path_enter_key(struct scan *scan, size_t key, size_t len)
{
    if (scan->place && scan->path.len <= PATH_MOST) {
        if (scan->path.len > 0) {
            str_add_char(&scan->path, '.');
        }
        str_add_bytes(&scan->path, scan->text + key, len);
    }
}

static bool scan_member(struct scan *scan)
{
    skip_blanks(scan);
    if (peek(scan) != '"') {
        return refuse(scan, "expected a key in quotes");
    }
    size_t outer = scan->path.len;
    size_t key = scan->at;
    if (!scan_text(scan)) {
        return false;
    }
    path_enter_key(scan, key + 1, scan->at - key - 2);
    tell_place(scan, key);
    skip_blanks(scan);
    if (peek(scan) != ':') {
        return refuse(scan, "expected ':' behind the key");
    }
    scan->at++;
    if (!scan_value(scan)) {
        return false;
    }
    str_cut(&scan->path, outer);
    return true;
}

static bool scan_element(struct scan *scan, size_t index)
{
    size_t outer = scan->path.len;
    skip_blanks(scan);
    if (scan->place && outer <= PATH_MOST) {
        str_addf(&scan->path, "[%zu]", index);
        tell_place(scan, scan->at);
    }
    if (!scan_value(scan)) {
        return false;
    }
    str_cut(&scan->path, outer);
    return true;
}

/* An object or an array, from its opening bracket. */
static bool scan_nest(struct scan *scan)
{
    bool object = peek(scan) == '{';
    int close = object ? '}' : ']';
    if (++scan->depth > TREE_DEPTH_MOST) {
        return too_large(scan, "nested too deep");
    }
    scan->at++;
    skip_blanks(scan);
    for (size_t i = 0; peek(scan) != close; i++) {
        if (i > 0) {
            if (peek(scan) != ',') {
                return refuse(scan, object ? "expected ',' or '}'" : "expected ',' or ']'");
            }
            scan->at++;
        }
        if (!(object ? scan_member(scan) : scan_element(scan, i))) {
            return false;
        }
        skip_blanks(scan);
    }
    scan->at++;
    scan->depth--;
    return true;
}

static bool scan_value(struct scan *scan)
{
    skip_blanks(scan);
    if (++scan->nodes > TREE_NODES_MOST) {
        return too_large(scan, "too many values");
    }
    int c = peek(scan);
    switch (c) {
    case '{':
    case '[': return scan_nest(scan);
    case '"': return scan_text(scan);
    case 't': return scan_word(scan, "true");
    case 'f': return scan_word(scan, "false");
    case 'n': return scan_word(scan, "null");
    case -1: return refuse(scan, "the text ends where a JSON value is expected");
    default:
        if (c == '-' || is_digit(c)) {
            return scan_number(scan);
        }
        return refuse(scan, "expected a JSON value");
    }
}

bool json_scan(const char *text, size_t len, json_place_fn *place, void *context, struct error *err)
{
    if (len > TREE_TEXT_MOST) {
        return error_set(err, ERROR_TOO_LARGE, "%zu bytes of JSON are too many, %zu are read", len,
                         TREE_TEXT_MOST);
    }
    struct scan scan = {
        .text = text, .len = len, .line = 1, .place = place, .context = context, .err = err};
    bool ok = scan_value(&scan);
    if (ok) {
        skip_blanks(&scan);
        ok = scan.at == len || refuse(&scan, "there is more text behind the JSON value");
    }
    str_done(&scan.path);
    return ok;
}
