/* uri.c - a request's target: path segments and query parameters, decoded. */
/* SPDX-License-Identifier: MIT */
#include "core/api/uri.h"

#include <string.h>

#include "core/base/str.h"
#include "core/base/utf8.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/* Decodes in place: the result is never longer. */
static bool decode(char *text, bool plus_is_blank, struct error *err)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '%') {
            int high = hex_digit(from[1]);
            int low = high < 0 ? -1 : hex_digit(from[2]);
            if (low < 0) {
                return error_set(err, ERROR_BAD_REQUEST, "invalid URL escape in the request");
            }
            if (high == 0 && low == 0) {
                return error_set(err, ERROR_BAD_REQUEST, "a NUL byte in the request's URL");
            }
            *to++ = (char)(high * 16 + low);
            from += 2;
        } else if (*from == '+' && plus_is_blank) {
            *to++ = ' ';
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    if (!utf8_valid(text, strlen(text))) {
        return error_set(err, ERROR_BAD_REQUEST, "the request's URL is not valid UTF-8");
    }
    return true;
}

static bool parse_path(struct uri *uri, char *path, struct error *err)
{
    for (char *at = path; at;) {
        char *segment = at + 1; /* behind the slash */
        at = strchr(segment, '/');
        if (at) {
            *at = '\0';
        }
        if (!*segment) {
            if (!at) {
                break; /* "/" itself, or a slash at the end */
            }
            return error_set(err, ERROR_BAD_REQUEST, "an empty part in the request's path");
        }
        if (uri->segment_count == URI_SEGMENTS) {
            return error_set(err, ERROR_TOO_LARGE, "the request's path has too many parts");
        }
        if (!decode(segment, false, err)) {
            return false;
        }
        uri->segments[uri->segment_count++] = segment;
    }
    return true;
}

static bool parse_query(struct uri *uri, char *query, struct error *err)
{
    for (char *next = NULL; query; query = next) {
        next = strchr(query, '&');
        if (next) {
            *next++ = '\0';
        }
        if (!*query) {
            continue;
        }
        char *value = strchr(query, '=');
        if (value) {
            *value++ = '\0';
        } else {
            value = query + strlen(query);
        }
        if (uri->param_count == URI_PARAMS) {
            return error_set(err, ERROR_TOO_LARGE, "the request has too many parameters");
        }
        if (!decode(query, true, err) || !decode(value, true, err)) {
            return false;
        }
        uri->params[uri->param_count++] = (struct uri_param){.key = query, .value = value};
    }
    return true;
}

bool uri_parse(struct uri *uri, const char *raw, struct error *err)
{
    *uri = (struct uri){0};
    if (raw[0] != '/') {
        return error_set(err, ERROR_BAD_REQUEST, "the request's path does not begin with \"/\"");
    }
    if (strlen(raw) > URI_MOST_BYTES) {
        return error_set(err, ERROR_TOO_LARGE, "the request's URL is longer than %d bytes",
                         URI_MOST_BYTES);
    }
    uri->text = xstrdup(raw);
    uri->text[strcspn(uri->text, "#")] = '\0';
    char *query = strchr(uri->text, '?');
    if (query) {
        *query++ = '\0';
    }
    if (!parse_path(uri, uri->text, err) || !parse_query(uri, query, err)) {
        uri_done(uri);
        return false;
    }
    return true;
}

void uri_done(struct uri *uri)
{
    free(uri->text);
    *uri = (struct uri){0};
}

const char *uri_param(const struct uri *uri, const char *key)
{
    for (size_t i = 0; i < uri->param_count; i++) {
        if (text_same(uri->params[i].key, key)) {
            return uri->params[i].value;
        }
    }
    return NULL;
}
