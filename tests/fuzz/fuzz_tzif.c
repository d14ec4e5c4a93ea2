/* fuzz_tzif.c - time zone files: whatever is taken has spans that meet, and a schedule runs on it. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
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

static void check_span(const struct tz *tz, sec_t when)
{
    struct tz_span span = tz_at(tz, when);
    must(span.from <= when && when < span.until);
    must(span.offset > -25 * 3600 && span.offset < 26 * 3600);
    must(span.abbrev != NULL && strlen(span.abbrev) < 256);
    if (span.until != INT64_MAX) {
        must(tz_at(tz, span.until).from == span.until);
    }
    if (span.from != INT64_MIN) {
        must(tz_at(tz, span.from - 1).until == span.from);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct error err = {0};
    struct tz *tz = tz_parse(bytes, len, &err);
    if (tz == NULL) {
        must(err.code == ERROR_INVALID && err.what[0] != '\0');
        return 0;
    }
    for (sec_t when = INT64_C(1) << 60; when > 0; when /= 3) {
        check_span(tz, when);
        check_span(tz, -when);
    }
    sec_t when = 0;
    for (int i = 0; i < 50 && tz_at(tz, when).until != INT64_MAX; i++) {
        check_span(tz, when);
        when = tz_at(tz, when).until;
        if (when > INT64_C(1) << 60) {
            break;
        }
    }
    struct cron_expr e;
    must(cron_parse("30 2 * * *", &e, NULL));
    when = 1700000000;
    for (int i = 0; i < 50; i++) {
        sec_t next = 0, back = 0;
        if (!cron_next(&e, tz, when, &next)) {
            break;
        }
        must(next > when);
        must(((next + tz_at(tz, next).offset) % 86400 + 86400) % 86400 == 2 * 3600 + 1800);
        must(cron_prev(&e, tz, next, when, &back) && back == next);
        (void)cron_fold(tz, next);
        (void)cron_dst_ahead(&e, tz, next, &back);
        when = next + i * INT64_C(1000003);
    }
    tz_free(tz);
    return 0;
}
