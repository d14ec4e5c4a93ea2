/* names.c - what Kubernetes takes as a name, a label's key and a label's value. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/model/validate.h"

enum {
    LABEL_MOST = 63,      /* RFC 1123 */
    SUBDOMAIN_MOST = 253, /* RFC 1123 */
};

static bool is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alnum(char c)
{
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

/* [a-z0-9]([-a-z0-9]*[a-z0-9])? */
static bool is_dns_part(const char *text, size_t len)
{
    if (len == 0 || !is_lower_alnum(text[0]) || !is_lower_alnum(text[len - 1])) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_lower_alnum(text[i]) && text[i] != '-') {
            return false;
        }
    }
    return true;
}

bool name_is_label(const char *text)
{
    size_t len = strlen(text);
    return len <= LABEL_MOST && is_dns_part(text, len);
}

static bool is_subdomain(const char *text, size_t len)
{
    if (len > SUBDOMAIN_MOST) {
        return false;
    }
    for (size_t at = 0;;) {
        const char *dot = memchr(text + at, '.', len - at);
        size_t part = dot ? (size_t)(dot - text) - at : len - at;
        if (!is_dns_part(text + at, part)) {
            return false;
        }
        at += part;
        if (at == len) {
            return true;
        }
        at++;
    }
}

bool name_is_subdomain(const char *text)
{
    return is_subdomain(text, strlen(text));
}

/* ([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9], at most 63 */
static bool is_qualified(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > LABEL_MOST || !is_alnum(text[0]) || !is_alnum(text[len - 1])) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_alnum(text[i]) && !strchr("-_.", text[i])) {
            return false;
        }
    }
    return true;
}

bool name_is_label_key(const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash) {
        return is_qualified(text);
    }
    return is_subdomain(text, (size_t)(slash - text)) && is_qualified(slash + 1);
}

bool name_is_label_value(const char *text)
{
    return *text == '\0' || is_qualified(text);
}
