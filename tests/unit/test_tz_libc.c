/* test_tz_libc.c - every zone installed, at every change from 1970 to 2100, against libc's. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/cron/tz.h"

/* A program of its own, because libc's idea of a zone is process-wide: this one sets TZ for each
 * zone in turn. The product never does. */

#define ZONEINFO "/usr/share/zoneinfo"
#define YEAR_1970 INT64_C(0)
#define YEAR_2100 INT64_C(4102444800)
#define DAY INT64_C(86400)

static size_t zones, refused, instants;

static bool same_as_libc(const char *name, const struct tz *tz, sec_t when)
{
    struct tz_span span = tz_at(tz, when);
    time_t libc_when = (time_t)when;
    struct tm tm;
    instants++;
    if (localtime_r(&libc_when, &tm) == NULL) {
        return false;
    }
    if (span.from <= when && when < span.until && tm.tm_gmtoff == span.offset &&
        (tm.tm_isdst > 0) == span.dst && strcmp(tm.tm_zone, span.abbrev) == 0) {
        return true;
    }
    print_error("%s at %lld: libc says %ld %d %s, we %d %d %s\n", name, (long long)when,
                tm.tm_gmtoff, tm.tm_isdst, tm.tm_zone, span.offset, span.dst, span.abbrev);
    return false;
}

static bool zone_agrees(const char *name, const struct tz *tz)
{
    sec_t when = YEAR_1970;
    while (when < YEAR_2100) {
        sec_t until = tz_at(tz, when).until;
        if (!same_as_libc(name, tz, when)) {
            return false;
        }
        if (until > YEAR_2100) {
            break;
        }
        if (!same_as_libc(name, tz, until - 1) || !same_as_libc(name, tz, until + 1)) {
            return false;
        }
        when = until;
    }
    /* A change that we do not know of would go unseen above: so look every ten days as well, which
     * is less than the shortest span there is. */
    for (when = YEAR_1970; when < YEAR_2100; when += 10 * DAY) {
        if (!same_as_libc(name, tz, when)) {
            return false;
        }
    }
    return true;
}

static int on_file(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)walk;
    const char *name = path + strlen(ZONEINFO) + 1;
    char magic[4] = "";
    if (kind != FTW_F || !S_ISREG(status->st_mode)) {
        return 0;
    }
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    size_t got = fread(magic, 1, sizeof magic, file);
    assert_int_equal(fclose(file), 0);
    if (got != sizeof magic || memcmp(magic, "TZif", 4) != 0) {
        return 0; /* a table or a list */
    }
    struct error err = {0};
    const struct tz *tz = tz_find(name, &err);
    zones++;
    if (tz == NULL) {
        /* The one family that is refused: its clocks count leap seconds. */
        if (strncmp(name, "right/", 6) != 0 || strstr(err.what, "leap seconds") == NULL ||
            strstr(err.hint, "without 'right/'") == NULL) {
            fail_msg("%s: %s", name, err.what);
        }
        refused++;
        return 0;
    }
    char variable[512];
    snprintf(variable, sizeof variable, ":%s", path);
    assert_int_equal(setenv("TZ", variable, 1), 0);
    tzset();
    return zone_agrees(name, tz) ? 0 : 1;
}

static void every_zone_agrees_with_libc(void **state)
{
    (void)state;
    (void)unsetenv("ZONEINFO");
    /* Links are followed: an alias is a zone as well. */
    int result = nftw(ZONEINFO, on_file, 16, 0);
    if (result < 0) {
        print_message("skip: there is no %s (package tzdata)\n", ZONEINFO);
        skip();
    }
    assert_int_equal(result, 0);
    print_message("%zu zones, %zu instants; %zu with leap seconds refused\n", zones, instants,
                  refused);
    assert_true(zones - refused > 300);
}

static void the_machines_zone_agrees_with_libc(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
    assert_true(zone_agrees("the machine's zone", tz_local()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_zone_agrees_with_libc),
        cmocka_unit_test(the_machines_zone_agrees_with_libc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
