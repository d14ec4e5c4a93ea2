/* fuzz_uri.c - request targets: what parses, printed with every byte escaped, parses to the same. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/api/uri.h"
#include "core/base/str.h"
#include "core/base/utf8.h"
#include "tests/fuzz/fuzz.h"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void print_escaped(struct str *ret, const char *text)
{
    must(utf8_valid(text, strlen(text)));
    for (const char *c = text; *c; c++) {
        str_addf(ret, "%%%02x", (unsigned char)*c);
    }
}

static void print(struct str *ret, const struct uri *uri)
{
    for (size_t i = 0; i < uri->segment_count; i++) {
        must(uri->segments[i][0] != '\0');
        str_add_char(ret, '/');
        print_escaped(ret, uri->segments[i]);
    }
    str_add(ret, uri->segment_count ? "" : "/");
    for (size_t i = 0; i < uri->param_count; i++) {
        str_add_char(ret, i ? '&' : '?');
        print_escaped(ret, uri->params[i].key);
        str_add_char(ret, '=');
        print_escaped(ret, uri->params[i].value);
    }
}

static void must_be_same(const struct uri *a, const struct uri *b)
{
    must(a->segment_count == b->segment_count && a->param_count == b->param_count);
    for (size_t i = 0; i < a->segment_count; i++) {
        must(strcmp(a->segments[i], b->segments[i]) == 0);
    }
    for (size_t i = 0; i < a->param_count; i++) {
        must(strcmp(a->params[i].key, b->params[i].key) == 0);
        must(strcmp(a->params[i].value, b->params[i].value) == 0);
        const char *first = uri_param(a, a->params[i].key);
        must(first && strcmp(first, uri_param(b, b->params[i].key)) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    autofree char *raw = xstrndup((const char *)bytes, len);
    cleanup_with(uri_done) struct uri uri = {0}, again = {0};
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    if (!uri_parse(&uri, raw, &err)) {
        must(err.code == ERROR_BAD_REQUEST || err.code == ERROR_TOO_LARGE);
        must(uri.text == NULL && err.what[0] != '\0');
        return 0;
    }
    print(&text, &uri);
    if (text.len <= URI_MOST_BYTES) {
        must(uri_parse(&again, str_text(&text), &err));
        must_be_same(&uri, &again);
    }
    return 0;
}
