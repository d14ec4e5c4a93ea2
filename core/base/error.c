/* error.c - the one error value: what went wrong, where, and the way out. */
/* SPDX-License-Identifier: MIT */
#include "core/base/error.h"

#include <stdio.h>
#include <string.h>

#include "core/base/str.h"
#include "core/base/utf8.h"

static const struct {
    const char *name;   /* for logs */
    const char *reason; /* Kubernetes' StatusReason */
    int http_status;
    int exit_code; /* 2 is "you asked for something wrong", 1 "it went wrong" */
} codes[] = {
    [ERROR_NONE] = {"None", "", 200, 0},
    /* A command line never travels; were it to, it would be a bad request. */
    [ERROR_USAGE] = {"Usage", "BadRequest", 400, 2},
    [ERROR_BAD_REQUEST] = {"BadRequest", "BadRequest", 400, 2},
    [ERROR_INVALID] = {"Invalid", "Invalid", 422, 2},
    [ERROR_UNAUTHORIZED] = {"Unauthorized", "Unauthorized", 401, 1},
    [ERROR_FORBIDDEN] = {"Forbidden", "Forbidden", 403, 1},
    [ERROR_NOT_FOUND] = {"NotFound", "NotFound", 404, 1},
    [ERROR_EXISTS] = {"AlreadyExists", "AlreadyExists", 409, 1},
    [ERROR_CONFLICT] = {"Conflict", "Conflict", 409, 1},
    [ERROR_EXPIRED] = {"Expired", "Expired", 410, 1},
    [ERROR_TOO_LARGE] = {"TooLarge", "RequestEntityTooLarge", 413, 1},
    [ERROR_TIMEOUT] = {"Timeout", "Timeout", 504, 1},
    [ERROR_UNAVAILABLE] = {"Unavailable", "ServiceUnavailable", 503, 1},
    [ERROR_IO] = {"IO", "InternalError", 500, 1},
    [ERROR_INTERNAL] = {"Internal", "InternalError", 500, 1},
};
static_assert(countof(codes) == ERROR_CODE_COUNT, "each error code has a row");

/* The way back. The first row with the reason counts, else the first with the status; the rows
 * without a match in enum error_code are what a cluster may answer and a person can act on. */
static const struct {
    const char *reason;
    int http_status;
    enum error_code code;
} replies[] = {
    {"BadRequest", 400, ERROR_BAD_REQUEST},
    {"Invalid", 422, ERROR_INVALID},
    {"Unauthorized", 401, ERROR_UNAUTHORIZED},
    {"Forbidden", 403, ERROR_FORBIDDEN},
    {"NotFound", 404, ERROR_NOT_FOUND},
    {"Conflict", 409, ERROR_CONFLICT},
    {"AlreadyExists", 409, ERROR_EXISTS},
    {"Expired", 410, ERROR_EXPIRED},
    {"Gone", 410, ERROR_EXPIRED},
    {"RequestEntityTooLarge", 413, ERROR_TOO_LARGE},
    {"Timeout", 504, ERROR_TIMEOUT},
    {"InternalError", 500, ERROR_INTERNAL},
    {"ServerTimeout", 500, ERROR_TIMEOUT},
    {"ServiceUnavailable", 503, ERROR_UNAVAILABLE},
    {"TooManyRequests", 429, ERROR_UNAVAILABLE},
    {"", 408, ERROR_TIMEOUT},
    {"", 502, ERROR_UNAVAILABLE},
};

/* A text goes to one line of a terminal or a log: what breaks lines becomes a space. */
static void error_flatten(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F) {
            *text = ' ';
        }
    }
}

/* Room for the longest text, its NUL, and the rest of a code point that is cut by it. */
enum { ERROR_TEXT_SIZE = sizeof(((struct error *)NULL)->what) + 4 };

/* Into memory of the callers' own, who copy afterwards: ARGS may point into the error itself. */
static format_printf(2, 0) void error_format(char text[static ERROR_TEXT_SIZE], const char *format,
                                             va_list args)
{
    if (vsnprintf(text, ERROR_TEXT_SIZE, format, args) < 0) {
        text_copy(text, ERROR_TEXT_SIZE, "(a message that cannot be printed)");
    }
    error_flatten(text);
}

/* "HEAD: TAIL" into WHAT. The tail is the cause, which a person needs most: when both do not fit,
 * the head gives way, down to a third of the room. */
static void error_join(struct error *err, const char *head, const char *tail)
{
    size_t room = sizeof err->what - 1 - strlen(": ");
    size_t tail_len = strlen(tail), most = tail_len < room ? room - tail_len : 0;
    size_t head_len = utf8_cut(head, strlen(head), most > room / 3 ? most : room / 3);
    char joined[sizeof err->what * 2];

    snprintf(joined, sizeof joined, "%.*s: %s", (int)head_len, head, tail);
    text_copy(err->what, sizeof err->what, joined);
}

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
    char what[ERROR_TEXT_SIZE];
    va_list args;

    if (err == NULL) {
        return false;
    }
    va_start(args, format);
    error_format(what, format, args);
    va_end(args);
    *err = (struct error){.code = code};
    text_copy(err->what, sizeof err->what, what);
    return false;
}

bool error_sys(struct error *err, enum error_code code, int sys, const char *format, ...)
{
    char what[ERROR_TEXT_SIZE];
    va_list args;

    if (err == NULL) {
        return false;
    }
    va_start(args, format);
    error_format(what, format, args);
    va_end(args);
    *err = (struct error){.code = code, .sys = sys};
    error_join(err, what, strerror(sys));
    return false;
}

bool error_at(struct error *err, const char *format, ...)
{
    char where[ERROR_TEXT_SIZE];
    va_list args;

    if (err == NULL) {
        return false;
    }
    va_start(args, format);
    error_format(where, format, args);
    va_end(args);
    text_copy(err->where, sizeof err->where, where);
    return false;
}

bool error_hint(struct error *err, const char *format, ...)
{
    char hint[ERROR_TEXT_SIZE];
    va_list args;

    if (err == NULL) {
        return false;
    }
    va_start(args, format);
    error_format(hint, format, args);
    va_end(args);
    text_copy(err->hint, sizeof err->hint, hint);
    return false;
}

bool error_wrap(struct error *err, const char *format, ...)
{
    char context[ERROR_TEXT_SIZE], what[sizeof err->what];
    va_list args;

    if (err == NULL) {
        return false;
    }
    va_start(args, format);
    error_format(context, format, args);
    va_end(args);
    text_copy(what, sizeof what, err->what);
    error_join(err, context, what);
    return false;
}

void error_text(const struct error *err, char *buffer, size_t size)
{
    char line[sizeof *err];

    snprintf(line, sizeof line, "%s%s%s%s%s", err->where, err->where[0] != '\0' ? ": " : "",
             err->what, err->hint[0] != '\0' ? "; " : "", err->hint);
    text_copy(buffer, size, line);
}

int error_exit_code(enum error_code code)
{
    return codes[code].exit_code;
}

int error_http_status(enum error_code code)
{
    return codes[code].http_status;
}

const char *error_reason(enum error_code code)
{
    return codes[code].reason;
}

const char *error_code_name(enum error_code code)
{
    return codes[code].name;
}

enum error_code error_code_from(const char *reason, int http_status)
{
    for (size_t i = 0; reason != NULL && *reason != '\0' && i < countof(replies); i++) {
        if (strcmp(replies[i].reason, reason) == 0) {
            return replies[i].code;
        }
    }
    for (size_t i = 0; i < countof(replies); i++) {
        if (replies[i].http_status == http_status) {
            return replies[i].code;
        }
    }
    if (http_status >= 100 && http_status < 400) {
        return ERROR_NONE;
    }
    return http_status >= 400 && http_status < 500 ? ERROR_BAD_REQUEST : ERROR_INTERNAL;
}
