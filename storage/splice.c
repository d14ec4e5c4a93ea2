/* splice.c - writes metadata.resourceVersion into a JSON text without building a tree of it. */
/* SPDX-License-Identifier: MIT */
#include "storage/splice.h"

#include <string.h>

/* Every write changes one field of a document of some KB that was printed by our own codec a
 * moment ago. Parsing it again would cost twenty times this walk over its first bytes. The text is
 * trusted to be JSON; the walk never leaves it even when it is not. */
struct walk {
    const char *at, *end;
};

static void skip_blank(struct walk *walk)
{
    while (walk->at < walk->end && strchr(" \t\r\n", *walk->at) && *walk->at != '\0') {
        walk->at++;
    }
}

static bool skip_string(struct walk *walk)
{
    if (walk->at == walk->end || *walk->at != '"') {
        return false;
    }
    for (walk->at++; walk->at < walk->end; walk->at++) {
        if (*walk->at == '"') {
            walk->at++;
            return true;
        }
        if (*walk->at == '\\') {
            walk->at++;
        }
    }
    walk->at = walk->end;
    return false;
}

/* Over one value: a string, or a bracketed one by counting brackets, or a bare word. */
static bool skip_value(struct walk *walk)
{
    skip_blank(walk);
    size_t depth = 0;
    while (walk->at < walk->end) {
        char c = *walk->at;
        if (c == '"') {
            if (!skip_string(walk)) {
                return false;
            }
        } else if (c == '{' || c == '[') {
            depth++;
            walk->at++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) {
                return true; /* the end of a bare word that was the last member */
            }
            depth--;
            walk->at++;
        } else if (depth == 0 && c == ',') {
            return true;
        } else {
            walk->at++;
            continue;
        }
        if (depth == 0) {
            return true;
        }
    }
    return depth == 0;
}

/* WALK stands on a '{'. Finds the member NAME: RET_VALUE spans its value. Otherwise leaves WALK on
 * the closing brace. */
static bool find_member(struct walk *walk, const char *name, struct walk *ret_value, bool *ret_some)
{
    size_t name_len = strlen(name);
    *ret_some = false;
    skip_blank(walk);
    if (walk->at == walk->end || *walk->at != '{') {
        walk->at = walk->end;
        return false;
    }
    walk->at++;
    for (;;) {
        skip_blank(walk);
        const char *key = walk->at + 1;
        if (!skip_string(walk)) {
            return false;
        }
        bool found = (size_t)(walk->at - key) == name_len + 1 && memcmp(key, name, name_len) == 0;
        *ret_some = true;
        skip_blank(walk);
        if (walk->at == walk->end || *walk->at != ':') {
            return false;
        }
        walk->at++;
        skip_blank(walk);
        ret_value->at = walk->at;
        if (!skip_value(walk)) {
            return false;
        }
        ret_value->end = walk->at;
        if (found) {
            return true;
        }
        skip_blank(walk);
        if (walk->at == walk->end || *walk->at != ',') {
            return false;
        }
        walk->at++;
    }
}

bool splice_version(const char *text, size_t len, int64_t version, struct str *ret)
{
    str_clear(ret);
    struct walk top = {.at = text, .end = text + len};
    struct walk metadata, old;
    bool some;
    if (!find_member(&top, "metadata", &metadata, &some)) {
        return false;
    }
    struct walk inside = metadata;
    const char *from, *to;
    const char *lead = "";
    if (find_member(&inside, "resourceVersion", &old, &some)) {
        from = old.at;
        to = old.end;
    } else if (inside.at < inside.end && *inside.at == '}') {
        from = to = inside.at;
        lead = some ? ",\"resourceVersion\":" : "\"resourceVersion\":";
    } else {
        return false;
    }
    str_reserve(ret, len + 48);
    str_add_bytes(ret, text, (size_t)(from - text));
    str_addf(ret, "%s\"%lld\"", lead, (long long)version);
    str_add_bytes(ret, to, (size_t)(text + len - to));
    return true;
}

void splice_without(const char *text, size_t len, const char *name, struct str *ret)
{
    str_clear(ret);
    struct walk top = {.at = text, .end = text + len};
    struct walk value;
    bool some;
    if (!find_member(&top, name, &value, &some)) {
        str_add_bytes(ret, text, len);
        return;
    }
    str_reserve(ret, len + 8);
    str_add_bytes(ret, text, (size_t)(value.at - text));
    str_add(ret, "null");
    str_add_bytes(ret, value.end, (size_t)(text + len - value.end));
}
