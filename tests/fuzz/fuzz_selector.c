/* fuzz_selector.c - selectors and quantities: print(parse(x)) is stable and means the same. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/model/quantity.h"
#include "core/model/selector.h"
#include "core/model/validate.h"
#include "tests/fuzz/fuzz.h"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_labels(const char *text)
{
    cleanup_with(selector_done) struct selector first = {0}, second = {0};
    cleanup_with(str_done) struct str printed = {0}, again = {0};
    struct error err = {0};
    struct pair data[] = {{"a", "b"}, {"env", "dev"}, {"n", "5"}, {"empty", ""}};
    struct pairs labels = {.data = data, .len = countof(data)};
    if (!selector_parse_labels(text, &first, &err)) {
        must(err.code == ERROR_BAD_REQUEST && err.what[0] && first.len == 0);
        return;
    }
    selector_print(&first, &printed);
    must(selector_parse_labels(str_text(&printed), &second, NULL));
    selector_print(&second, &again);
    must(strcmp(str_text(&printed), str_text(&again)) == 0);
    must(selector_match_labels(&first, &labels) == selector_match_labels(&second, &labels));
}

static void check_fields(const char *text)
{
    cleanup_with(selector_done) struct selector selector = {0};
    struct error err = {0};
    if (!selector_parse_fields(text, KIND_RUN, &selector, &err)) {
        must(err.code == ERROR_BAD_REQUEST && err.what[0] && selector.len == 0);
    }
    for (size_t i = 0; i < selector.len; i++) {
        must(selector.data[i].values.len == 1);
    }
}

static void check_quantity(const char *text)
{
    int64_t milli, units;
    if (quantity_milli(text, &milli)) {
        must(quantity_units(text, &units));
        /* Both are rounded away from zero, so they agree to the unit. */
        must(units ==
             (milli >= 0 ? milli / 1000 + (milli % 1000 > 0) : milli / 1000 - (milli % 1000 < 0)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    autofree char *text = xstrndup((const char *)bytes, len);
    check_labels(text);
    check_fields(text);
    check_quantity(text);
    must(!name_is_label(text) || name_is_subdomain(text));
    must(!name_is_label_value(text) || !*text || name_is_label_key(text));
    return 0;
}
