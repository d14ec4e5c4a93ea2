/* fuzz_expr.c - schedule expressions: print(parse(x)) is stable, and next and previous agree. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/base/utf8.h"
#include "core/cron/explain.h"
#include "core/cron/expr.h"
#include "core/cron/next.h"
#include "core/cron/tz.h"
#include "tests/fuzz/fuzz.h"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_message(const struct error *err)
{
    must(err->code == ERROR_INVALID && err->what[0] != '\0' && err->hint[0] != '\0');
    must(utf8_valid(err->what, strlen(err->what)));
    for (const char *c = err->what; *c != '\0'; c++) {
        must((unsigned char)*c >= ' ' && *c != 0x7F);
    }
}

static void check_print(const struct cron_expr *e)
{
    cleanup_with(str_done) struct str first = {0};
    cleanup_with(str_done) struct str second = {0};
    struct cron_expr again;
    cron_print(e, &first);
    must(cron_parse(str_text(&first), &again, NULL));
    must(cron_equal(e, &again));
    cron_print(&again, &second);
    must(strcmp(str_text(&first), str_text(&second)) == 0);
    str_clear(&second);
    cron_explain(e, &second);
    must(second.len > 0 && strchr(str_text(&second), '\n') == NULL);
}

static void check_next(const struct cron_expr *e, const struct tz *tz, sec_t after)
{
    sec_t when = 0, back = 0;
    if (!cron_next(e, tz, after, &when)) {
        must(!cron_prev(e, tz, after + 100 * 86400, after, &back));
        return;
    }
    must(when > after);
    if (e->every > 0) {
        must(when == after + e->every);
        return;
    }
    must(!cron_never(e));
    must(cron_prev(e, tz, when, after, &back) && back == when);
    must(!cron_prev(e, tz, when - 1, after, &back));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const zones[] = {"Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"};
    autofree char *text = xstrndup((const char *)bytes, len);
    struct cron_expr e;
    struct error err = {0};
    if (!cron_parse(text, &e, &err)) {
        check_message(&err);
        return 0;
    }
    check_print(&e);
    /* An instant that depends on the input, between 1900 and 2170 or so. */
    uint32_t hash = 2166136261;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ bytes[i]) * 16777619;
    }
    sec_t after = (sec_t)hash * 2 - INT64_C(2208988800);
    check_next(&e, tz_utc(), after);
    const struct tz *tz = tz_find(zones[hash % countof(zones)], NULL);
    check_next(&e, tz != NULL ? tz : tz_utc(), after);
    return 0;
}
