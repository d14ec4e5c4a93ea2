/* scalar.c - what a plain YAML scalar means: text, number, true, null. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/scalar.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum word { WORD_NULL, WORD_TRUE, WORD_FALSE, WORD_NUMBER };

/* goyaml.v2's resolve table, to the letter: no other spelling counts ("yEs" is a text). */
static const struct {
    const char *text;
    enum word word;
} words[] = {
    {"", WORD_NULL},        {"~", WORD_NULL},       {"null", WORD_NULL},    {"Null", WORD_NULL},
    {"NULL", WORD_NULL},    {"true", WORD_TRUE},    {"True", WORD_TRUE},    {"TRUE", WORD_TRUE},
    {"y", WORD_TRUE},       {"Y", WORD_TRUE},       {"yes", WORD_TRUE},     {"Yes", WORD_TRUE},
    {"YES", WORD_TRUE},     {"on", WORD_TRUE},      {"On", WORD_TRUE},      {"ON", WORD_TRUE},
    {"false", WORD_FALSE},  {"False", WORD_FALSE},  {"FALSE", WORD_FALSE},  {"n", WORD_FALSE},
    {"N", WORD_FALSE},      {"no", WORD_FALSE},     {"No", WORD_FALSE},     {"NO", WORD_FALSE},
    {"off", WORD_FALSE},    {"Off", WORD_FALSE},    {"OFF", WORD_FALSE},    {".nan", WORD_NUMBER},
    {".NaN", WORD_NUMBER},  {".NAN", WORD_NUMBER},  {".inf", WORD_NUMBER},  {".Inf", WORD_NUMBER},
    {".INF", WORD_NUMBER},  {"+.inf", WORD_NUMBER}, {"+.Inf", WORD_NUMBER}, {"+.INF", WORD_NUMBER},
    {"-.inf", WORD_NUMBER}, {"-.Inf", WORD_NUMBER}, {"-.INF", WORD_NUMBER}};

static bool all_digits(const char *text, int base)
{
    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        int digit = isdigit((unsigned char)*text)    ? *text - '0'
                    : isxdigit((unsigned char)*text) ? (*text | 0x20) - 'a' + 10
                                                     : 99;
        if (digit >= base) {
            return false;
        }
    }
    return true;
}

/* Go's ParseInt with base 0, after goyaml has taken the underscores out. False: no integer. */
static bool read_integer(const char *text, double *ret)
{
    const char *digits = text + (*text == '+' || *text == '-');
    int base = 10;
    if (digits[0] == '0' && digits[1] != '\0') {
        char kind = digits[1] | 0x20;
        base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
        digits += kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1;
    }
    if (!all_digits(digits, base)) {
        return false;
    }
    /* Counted as an integer: a double would round 2^53 + 1 before it could be refused. */
    int64_t value = 0;
    for (; *digits && value <= TREE_INT_MOST; digits++) {
        int digit = isdigit((unsigned char)*digits) ? *digits - '0' : (*digits | 0x20) - 'a' + 10;
        value = value * base + digit;
    }
    if (value > TREE_INT_MOST) {
        value = 2 * TREE_INT_MOST;
    }
    *ret = (double)(*text == '-' ? -value : value);
    return true;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_like_float(const char *text)
{
    text += *text == '+' || *text == '-';
    size_t whole = strspn(text, "0123456789");
    text += whole;
    if (*text == '.') {
        size_t fraction = strspn(++text, "0123456789");
        if (whole + fraction == 0) {
            return false;
        }
        text += fraction;
    } else if (whole == 0) {
        return false;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        size_t exponent = strspn(text, "0123456789");
        if (exponent == 0) {
            return false;
        }
        text += exponent;
    }
    return *text == '\0';
}

/* strtod obeys the locale's decimal sign; cJSON's reader does not, and takes our float syntax
 * once a leading "+", zeros and bare points are brought into JSON's form. */
static double read_float(const char *text)
{
    cleanup_with(str_done) struct str json = {0};
    if (*text == '-') {
        str_add_char(&json, '-');
    }
    text += *text == '+' || *text == '-';
    text += strspn(text, "0");
    if (!isdigit((unsigned char)*text)) {
        str_add_char(&json, '0');
    }
    for (; *text; text++) {
        str_add_char(&json, *text);
        if (*text == '.' && !isdigit((unsigned char)text[1])) {
            str_add_char(&json, '0');
        }
    }
    autotree cJSON *number = tree_parse(str_text(&json), json.len, NULL);
    return number ? number->valuedouble : INFINITY;
}

enum number { NUMBER_NOT, NUMBER_INTEGER, NUMBER_FLOAT };

static enum number read_number(const char *text, double *ret)
{
    cleanup_with(str_done) struct str plain = {0};
    if (!isdigit((unsigned char)*text) && !strchr("+-.", *text)) {
        return NUMBER_NOT;
    }
    for (const char *c = text; *c; c++) {
        if (*c != '_') {
            str_add_char(&plain, *c);
        }
    }
    if (read_integer(str_text(&plain), ret)) {
        return NUMBER_INTEGER;
    }
    if (!looks_like_float(str_text(&plain))) {
        return NUMBER_NOT;
    }
    *ret = read_float(str_text(&plain));
    return NUMBER_FLOAT;
}

cJSON *scalar_resolve(const char *text, struct error *err)
{
    for (size_t i = 0; i < countof(words); i++) {
        if (strcmp(text, words[i].text) != 0) {
            continue;
        }
        switch (words[i].word) {
        case WORD_NULL: return cJSON_CreateNull();
        case WORD_TRUE: return cJSON_CreateTrue();
        case WORD_FALSE: return cJSON_CreateFalse();
        case WORD_NUMBER: break;
        }
        error_set(err, ERROR_BAD_REQUEST, "%s is a number that JSON does not have", text);
        return NULL;
    }
    double value;
    enum number number = read_number(text, &value);
    if (number == NUMBER_NOT) {
        return cJSON_CreateString(text);
    }
    if (!isfinite(value) || (number == NUMBER_INTEGER && fabs(value) > (double)TREE_INT_MOST)) {
        error_set(err, ERROR_BAD_REQUEST, "the number %.40s is too large to be kept exactly", text);
        error_hint(err, "put it in quotes where a text is meant");
        return NULL;
    }
    return cJSON_CreateNumber(value);
}

/* Dates and times, and numbers to the base of 60 (12:30:45), are texts to us and to kubectl, but
 * not to every reader of YAML 1.1: kubectl quotes them. */
static bool is_special_elsewhere(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 4 && text[4] == '-') {
        size_t date = strspn(text, "0123456789-");
        return text[date] == '\0' || strchr("Tt ", text[date]);
    }
    text += *text == '+' || *text == '-';
    return isdigit((unsigned char)*text) && strchr(text, ':') &&
           text[strspn(text, "0123456789_:.")] == '\0';
}

bool scalar_needs_quotes(const char *text)
{
    autotree cJSON *value = scalar_resolve(text, NULL);
    return !cJSON_IsString(value) || strcmp(text, "<<") == 0 || is_special_elsewhere(text);
}
