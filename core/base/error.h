/* error.h - the one error value: what went wrong, where, and the way out. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_ERROR_H
#define BELFRY_CORE_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#include "core/base/mem.h"

/* Closed: one table maps each to an HTTP status, a Kubernetes reason and an exit code. */
enum error_code {
    ERROR_NONE,
    ERROR_USAGE,        /* wrong command line */
    ERROR_BAD_REQUEST,  /* 400: wrong form (syntax, type, unknown field) */
    ERROR_INVALID,      /* 422: right form, wrong content */
    ERROR_UNAUTHORIZED, /* 401 */
    ERROR_FORBIDDEN,    /* 403 */
    ERROR_NOT_FOUND,    /* 404 */
    ERROR_EXISTS,       /* 409 AlreadyExists */
    ERROR_CONFLICT,     /* 409 Conflict */
    ERROR_EXPIRED,      /* 410 */
    ERROR_TOO_LARGE,    /* 413 */
    ERROR_TIMEOUT,      /* 504 */
    ERROR_UNAVAILABLE,  /* 503 */
    ERROR_IO,           /* 500: a system call or a library */
    ERROR_INTERNAL,     /* 500: a bug */
    ERROR_CODE_COUNT
};

/* Lives on the caller's stack; failing allocates nothing. `= {0}` is "no error". */
struct error {
    enum error_code code;
    int sys;         /* errno or the library's code, 0 when there is none */
    char what[256];  /* one sentence, no newline, no trailing dot; cut at a UTF-8 boundary */
    char where[192]; /* file:line:column, field path or URL; empty when there is none */
    char hint[192];  /* the way out; empty when there is none */
};

/* A function that can fail returns bool (or a pointer), is marked must_use, and takes
 * `struct error *err` last. err may be NULL everywhere below. All of these return false, so that
 * a failure is one line: `return error_set(err, ERROR_INVALID, "...");`
 * They overwrite what err held before. */
bool error_set(struct error *err, enum error_code code, const char *format, ...)
    format_printf(3, 4);
/* Like error_set, with ": " and the text of the errno value SYS behind it. */
bool error_sys(struct error *err, enum error_code code, int sys, const char *format, ...)
    format_printf(4, 5);
/* Sets `where`, keeps the rest. */
bool error_at(struct error *err, const char *format, ...) format_printf(2, 3);
/* Sets `hint`, keeps the rest. */
bool error_hint(struct error *err, const char *format, ...) format_printf(2, 3);
/* Puts context before `what`: "unknown field" becomes "applying a.yaml: unknown field". */
bool error_wrap(struct error *err, const char *format, ...) format_printf(2, 3);

/* "where: what; hint" in one line into BUFFER (always terminated); for a person. */
void error_text(const struct error *err, char *buffer, size_t size);

/* The outward faces of a code, from one table. */
int error_exit_code(enum error_code code);         /* 0 done, 1 failed, 2 wrong usage or input */
int error_http_status(enum error_code code);       /* 200 for ERROR_NONE */
const char *error_reason(enum error_code code);    /* Kubernetes' StatusReason, "" for none */
const char *error_code_name(enum error_code code); /* "NotFound": for logs */
/* The code of a Status reply: by REASON where it is known, else by the HTTP status. */
enum error_code error_code_from(const char *reason, int http_status);

#endif
