/* fuzz_patch.c - patches: all or nothing, merge patches twice are once, a diff leads there. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/codec/document.h"
#include "core/codec/patch.h"
#include "tests/fuzz/fuzz.h"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_merge(const cJSON *target, const cJSON *patch)
{
    autotree cJSON *once = tree_copy(target);
    if (!patch_apply(PATCH_MERGE, KIND_POD, &once, patch, NULL)) {
        return;
    }
    autotree cJSON *twice = tree_copy(once);
    must(patch_apply(PATCH_MERGE, KIND_POD, &twice, patch, NULL));
    must(tree_equal(once, twice));
    autotree cJSON *diff = patch_merge_diff(target, once);
    autotree cJSON *there = tree_copy(target);
    must(patch_apply(PATCH_MERGE, KIND_POD, &there, diff, NULL));
    must(tree_equal(there, once));
}

/* TARGET and PATCH in JSON, with a line of "---" between. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    autofree char *text = xstrndup((const char *)bytes, len);
    char *cut = strstr(text, "---\n");
    if (!cut) {
        return 0;
    }
    *cut = '\0';
    autotree cJSON *target = tree_parse(text, strlen(text), NULL);
    autotree cJSON *patch = tree_parse(cut + 4, strlen(cut + 4), NULL);
    if (!cJSON_IsObject(target) || !patch) {
        return 0;
    }
    document_settle(target); /* as the API does: no double keys */
    document_settle(patch);
    for (int type = 0; type < PATCH_TYPE_COUNT; type++) {
        autotree cJSON *patched = tree_copy(target);
        struct error err = {0};
        bool ok = patch_apply((enum patch_type)type, KIND_POD, &patched, patch, &err);
        must(ok == (err.code == ERROR_NONE));
        must(ok ? cJSON_IsObject(patched) : tree_equal(patched, target));
        cleanup_with(str_done) struct str printed = {0};
        tree_print(&printed, patched, false);
        autotree cJSON *back = tree_parse(str_text(&printed), printed.len, NULL);
        must(tree_equal(back, patched));
    }
    check_merge(target, patch);
    return 0;
}
