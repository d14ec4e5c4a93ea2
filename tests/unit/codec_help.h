/* codec_help.h - trees from text, text from trees and random trees, for the tests of the codec. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_CODEC_HELP_H
#define BELFRY_TESTS_UNIT_CODEC_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/id.h"
#include "core/base/vec.h"
#include "core/codec/tree.h"
#include "core/codec/yaml.h"

/* The tree of a text that must be good; either quotes 'so' or JSON's own may be written. */
static inline cJSON *json(const char *text)
{
    struct error err = {0};
    autofree char *copy = xstrdup(text);
    for (char *c = copy; *c && !strchr(text, '"'); c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    cJSON *tree = tree_parse(copy, strlen(copy), &err);
    if (!tree) {
        fail_msg("%s: %s %s", text, err.where, err.what);
    }
    return tree;
}

/* The same for YAML with one document. */
static inline cJSON *yaml(const char *text)
{
    struct error err = {0};
    cJSON *tree = yaml_read_one("test", text, strlen(text), NULL, &err);
    if (!tree) {
        fail_msg("%s: %s %s", text, err.where, err.what);
    }
    return tree;
}

/* The documents of tests/fixtures/NAME. */
static inline void fixture(const char *name, struct yaml_docs *ret)
{
    struct error err = {0};
    const char *top = getenv("srcdir");
    autofree char *path = xasprintf("%s/tests/fixtures/%s", top ? top : ".", name);
    struct str text = {0};
    if (!file_read(path, 1 << 20, &text, &err) ||
        !yaml_read(name, str_text(&text), text.len, ret, &err)) {
        fail_msg("%s: %s %s", path, err.where, err.what);
    }
    str_done(&text);
}

static inline void assert_prints(const cJSON *tree, const char *want)
{
    struct str text = {0};
    tree_print(&text, tree, false);
    assert_string_equal(str_text(&text), want);
    str_done(&text);
}

static inline void assert_same_tree(const cJSON *got, const cJSON *want)
{
    if (!tree_equal(got, want)) {
        struct str text = {0};
        tree_print(&text, got, false);
        str_add(&text, "\n  is not\n");
        tree_print(&text, want, false);
        fail_msg("%s", str_text(&text));
    }
}

/* A text that is awkward for every format: quotes, blanks, newlines, words of YAML, Unicode. */
static inline void random_text(struct id_source *source, struct str *ret)
{
    static const char *const parts[] = {"a",
                                        "Z",
                                        "0",
                                        "1e3",
                                        "-",
                                        ": ",
                                        "#",
                                        " ",
                                        "\n",
                                        "\t",
                                        "true",
                                        "~",
                                        "'",
                                        "\"",
                                        "\\",
                                        "{",
                                        "[",
                                        "&",
                                        "*",
                                        "!",
                                        "|",
                                        ">",
                                        "%",
                                        "@",
                                        "é",
                                        "\U0001F514",
                                        "null",
                                        "0x1f",
                                        "\x01",
                                        "\xc2\x85",
                                        "\xe2\x80\xa8",
                                        "\xef\xbb\xbf",
                                        "? ",
                                        "- ",
                                        "..."};
    for (uint64_t n = id_random(source) % 6; n > 0; n--) {
        str_add(ret, parts[id_random(source) % countof(parts)]);
    }
}

static inline cJSON *random_tree(struct id_source *source, int depth)
{
    struct str text = {0};
    cJSON *node;
    switch (id_random(source) % (depth > 0 ? 8 : 6)) {
    case 0: return cJSON_CreateNull();
    case 1: return cJSON_CreateBool(id_random(source) & 1);
    case 2: return cJSON_CreateNumber((double)(int64_t)(id_random(source) % 2000) - 1000);
    case 3: return cJSON_CreateNumber((double)(int64_t)id_random(source) / 1e5);
    case 4:
    case 5:
        random_text(source, &text);
        node = cJSON_CreateString(str_text(&text));
        break;
    case 6:
        node = cJSON_CreateArray();
        for (uint64_t n = id_random(source) % 5; n > 0; n--) {
            tree_add(node, random_tree(source, depth - 1));
        }
        break;
    default:
        node = cJSON_CreateObject();
        for (uint64_t n = id_random(source) % 5; n > 0; n--) {
            str_clear(&text);
            random_text(source, &text);
            tree_set(node, str_text(&text), random_tree(source, depth - 1));
        }
        break;
    }
    str_done(&text);
    return node;
}

#endif
