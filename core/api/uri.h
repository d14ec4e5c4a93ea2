/* uri.h - a request's target: path segments and query parameters, decoded. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_URI_H
#define BELFRY_CORE_API_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

#define URI_MOST_BYTES 32768 /* a label selector may be long */
#define URI_SEGMENTS 12
#define URI_PARAMS 48

struct uri_param {
    const char *key, *value; /* value is "" where there is no '=' */
};

/* All texts point into `text`. `= {0}` is "/". */
struct uri {
    char *text;
    const char *segments[URI_SEGMENTS]; /* "/api/v1" has two; a slash at the end adds none */
    size_t segment_count;
    struct uri_param params[URI_PARAMS];
    size_t param_count;
};

/* Takes an origin-form target (RFC 9112 section 3.2.1), "/path?query", as it came. Percent
 * escapes are decoded, segment by segment, so that an escaped slash divides nothing; '+' in the
 * query is a blank. ERROR_BAD_REQUEST: no path, an empty segment, a bad escape, a NUL, invalid
 * UTF-8; ERROR_TOO_LARGE: too long, too many segments or parameters. */
must_use bool uri_parse(struct uri *uri, const char *raw, struct error *err);
void uri_done(struct uri *uri);

/* The first parameter of that name; NULL when there is none. */
const char *uri_param(const struct uri *uri, const char *key);

#endif
