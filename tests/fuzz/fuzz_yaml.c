/* fuzz_yaml.c - YAML and JSON: what is read is written and read again the same. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/codec/decode.h"
#include "core/codec/defaults.h"
#include "core/codec/document.h"
#include "core/codec/yaml.h"
#include "tests/fuzz/fuzz.h"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* A document of ours goes all the way that the API sends it. */
static void check_document(cJSON *tree)
{
    struct report report = {0}, again = {0};
    enum kind kind = document_kind(tree, NULL);
    if (kind == KIND_COUNT) {
        return;
    }
    document_settle(tree);
    bool good = document_check(kind, tree, &report);
    must(good == (report.types.count == 0 && report.faults.count == 0));
    defaults_apply(kind, tree);
    autotree cJSON *once = tree_copy(tree);
    defaults_apply(kind, tree);
    must(tree_equal(once, tree));
    /* Defaults neither break what is good nor change its form. */
    must(!good || document_check(kind, tree, &again));
    report_done(&report);
    report_done(&again);
}

static void check_tree(cJSON *tree)
{
    cleanup_with(str_done) struct str yaml = {0}, json = {0};
    tree_print(&json, tree, false);
    autotree cJSON *from_json = tree_parse(str_text(&json), json.len, NULL);
    must(tree_equal(from_json, tree));
    yaml_write(&yaml, tree);
    /* A key beyond 1024 bytes, or text with very long lines, may not pass libyaml again. */
    autotree cJSON *from_yaml = yaml_read_one("y", str_text(&yaml), yaml.len, NULL, NULL);
    must(!from_yaml || tree_equal(from_yaml, tree));
    /* A null, as an empty item of a list is one, is an empty document again. */
    must(from_yaml || yaml.len > 1000 || cJSON_IsNull(tree));
    check_document(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    struct error err = {0};
    cJSON_Delete(tree_parse((const char *)bytes, len, NULL)); /* whatever they are, no crash */
    bool read = yaml_read("f", (const char *)bytes, len, &docs, &err);
    must(read == (err.code == ERROR_NONE));
    must(read || (docs.len == 0 && err.what[0] && err.where[0]));
    yaml_split_lists(&docs);
    for (size_t i = 0; i < docs.len; i++) {
        check_tree(docs.data[i].tree);
    }
    return 0;
}
