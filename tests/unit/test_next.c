/* test_next.c - next and previous instants: tables of the awkward, and a minute-by-minute oracle. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/base/stamp.h"
#include "core/base/str.h"
#include "core/cron/expr.h"
#include "core/cron/next.h"
#include "core/cron/tz.h"
#include "tests/unit/random_expr.h"
#include "tests/unit/seed.h"
#include "tests/unit/tzif_build.h"

#define DAY INT64_C(86400)

static sec_t at(const char *stamp)
{
    sec_t when = 0;
    if (!stamp_parse_sec(stamp, &when)) {
        fail_msg("%s is no time", stamp);
    }
    return when;
}

static struct cron_expr parse(const char *text)
{
    struct cron_expr e = {0};
    struct error err = {0};
    if (!cron_parse(text, &e, &err)) {
        fail_msg("'%s' is refused: %s", text, err.what);
    }
    return e;
}

static const struct tz *zone(const char *name)
{
    struct error err = {0};
    const struct tz *tz = tz_find(name, &err);
    if (tz == NULL) {
        fail_msg("%s; %s", err.what, err.hint);
    }
    return tz;
}

static void free_at(struct tz **tz)
{
    tz_free(*tz);
}

/* "never", or the instant as the wall of the zone reads it. */
static const char *shown(char buffer[static STAMP_SIZE], const struct tz *tz, bool found,
                         sec_t when)
{
    return found ? stamp_offset(buffer, when, tz_at(tz, when).offset) : "never";
}

struct row {
    const char *expr, *zone, *after, *want;
};

/* One call a row; with WANT in turn as the next AFTER, `expr` NULL repeats the one above. */
static void check_rows(const struct row *rows, size_t count)
{
    const char *expr = NULL, *name = NULL, *after = NULL;
    for (size_t i = 0; i < count; i++) {
        expr = rows[i].expr != NULL ? rows[i].expr : expr;
        name = rows[i].zone != NULL ? rows[i].zone : name;
        after = rows[i].after != NULL ? rows[i].after : after;
        struct cron_expr e = parse(expr);
        const struct tz *tz = zone(name);
        char buffer[STAMP_SIZE];
        sec_t when = 0;
        bool found = cron_next(&e, tz, at(after), &when);
        const char *got = shown(buffer, tz, found, when);
        if (strcmp(got, rows[i].want) != 0) {
            fail_msg("'%s' in %s after %s: %s, not %s", expr, name, after, got, rows[i].want);
        }
        sec_t back = 0;
        if (found && (!cron_prev(&e, tz, when, at(after), &back) || back != when)) {
            fail_msg("'%s' in %s: looking back does not find %s", expr, name, got);
        }
        if (found && cron_prev(&e, tz, when - 1, at(after), &back)) {
            fail_msg("'%s' in %s: looking back finds %lld before %s", expr, name, (long long)back,
                     got);
        }
        after = rows[i].want;
    }
}

/* ---- tables ---- */

static void plain_times_in_utc(void **state)
{
    static const struct row rows[] = {
        {"* * * * *", "UTC", "2026-11-20T20:49:59Z", "2026-11-20T20:50:00Z"},
        {NULL, NULL, NULL, "2026-11-20T20:51:00Z"},
        {"* * * * *", "UTC", "2026-11-20T20:50:01Z", "2026-11-20T20:51:00Z"},
        {"*/5 * * * *", "UTC", "2026-11-20T20:56:00Z", "2026-11-20T21:00:00Z"},
        {"0 0 * * *", "UTC", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"},
        {"59 23 31 12 *", "UTC", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"},
        {"30 2 * * *", "UTC", "2026-02-28T02:30:00Z", "2026-03-01T02:30:00Z"},
        {"0 9-17/4 * * 1-5", "UTC", "2026-11-20T17:30:00Z", "2026-11-23T09:00:00Z"},
        {NULL, NULL, NULL, "2026-11-23T13:00:00Z"},
        {NULL, NULL, NULL, "2026-11-23T17:00:00Z"},
        {"0 0 31 * *", "UTC", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"},
        {NULL, NULL, NULL, "2026-05-31T00:00:00Z"},
        {"@yearly", "UTC", "2026-11-20T00:00:00Z", "2027-01-01T00:00:00Z"},
        {"@weekly", "UTC", "2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z"},
        {"@hourly", "UTC", "2026-11-20T20:50:00Z", "2026-11-20T21:00:00Z"},
        {"*/61 * * * *", "UTC", "2026-11-20T20:50:00Z", "2026-11-20T21:00:00Z"},
        {"0 0 * * *", "UTC", "1969-12-30T12:00:00Z", "1969-12-31T00:00:00Z"},
        {NULL, NULL, NULL, "1970-01-01T00:00:00Z"},
        {"0 0 29 2 *", "UTC", "0000-01-01T00:00:00Z", "0000-02-29T00:00:00Z"},
    };
    (void)state;
    check_rows(rows, countof(rows));
}

static void a_day_matches_either_field_or_both(void **state)
{
    static const struct row rows[] = {
        /* neither has the star bit: the 13th or Fridays */
        {"0 0 13 * fri", "UTC", "2026-11-01T00:00:00Z", "2026-11-06T00:00:00Z"},
        {NULL, NULL, NULL, "2026-11-13T00:00:00Z"},
        {NULL, NULL, NULL, "2026-11-20T00:00:00Z"},
        {NULL, NULL, NULL, "2026-11-27T00:00:00Z"},
        {NULL, NULL, NULL, "2026-12-04T00:00:00Z"},
        {NULL, NULL, NULL, "2026-12-11T00:00:00Z"},
        {NULL, NULL, NULL, "2026-12-13T00:00:00Z"},
        /* step 2 has none: odd days or Mondays */
        {"0 0 */2 * mon", "UTC", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"},
        {NULL, NULL, NULL, "2026-11-03T00:00:00Z"},
        /* step 1 has it: Mondays */
        {"0 0 */1 * mon", "UTC", "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z"},
        /* a full range has none: every day, since each is in 1-31 */
        {"0 0 1-31 * mon", "UTC", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"},
        {"0 0 13 * 0-6", "UTC", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"},
        /* an empty field without a star adds nothing, with one it takes all */
        {"0 0 , * mon", "UTC", "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z"},
        {"0 0 , * *", "UTC", "2026-11-02T00:00:00Z", "never"},
        /* months bind both */
        {"0 0 13 12 fri", "UTC", "2026-11-01T00:00:00Z", "2026-12-04T00:00:00Z"},
        {NULL, NULL, NULL, "2026-12-11T00:00:00Z"},
        {NULL, NULL, NULL, "2026-12-13T00:00:00Z"},
    };
    (void)state;
    check_rows(rows, countof(rows));
}

static void leap_days_wait_as_long_as_it_takes(void **state)
{
    static const struct row rows[] = {
        {"0 0 29 2 *", "UTC", "2026-11-20T00:00:00Z", "2028-02-29T00:00:00Z"},
        {"0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
        {"0 0 29 2 *", "UTC", "1896-03-01T00:00:00Z", "1904-02-29T00:00:00Z"},
        {"0 0 29 2 *", "Europe/Berlin", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00+01:00"},
        {"59 23 29 2 *", "Pacific/Apia", "2096-03-01T00:00:00Z", "2104-02-29T23:59:00+13:00"},
        {"0 0 29 2 *", "UTC", "9996-02-29T00:00:00Z", "never"},
        {"59 23 31 12 *", "UTC", "9999-12-31T23:58:59Z", "9999-12-31T23:59:00Z"},
        {NULL, NULL, NULL, "never"},
        {"* * * * *", "UTC", "9999-12-31T23:59:59Z", "never"},
        {"0 0 31 2 *", "UTC", "2026-11-20T00:00:00Z", "never"},
        {"0 0 31 2 *", "Europe/Berlin", "2026-11-20T00:00:00Z", "never"},
        {"0 0 30 2 *", "America/New_York", "2026-11-20T00:00:00Z", "never"},
    };
    (void)state;
    check_rows(rows, countof(rows));
}

static void a_time_in_the_spring_gap_waits_for_the_next_day(void **state)
{
    static const struct row rows[] = {
        {"30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "2026-03-09T02:30:00-04:00"},
        {"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T02:30:00+02:00"},
        {"0 2 29 3 *", "Europe/Berlin", "2026-01-01T00:00:00Z", "2027-03-29T02:00:00+02:00"},
        {"0 3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00"},
        {"*/15 * * * *", "Europe/Berlin", "2026-03-29T00:45:00Z", "2026-03-29T03:00:00+02:00"},
        {"59 1,2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T01:59:00+01:00"},
        {NULL, NULL, NULL, "2026-03-30T01:59:00+02:00"},
        /* at midnight: the day begins at 01:00 */
        {"0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-05T00:00:00-02:00"},
        {"0 * 4 11 *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-04T01:00:00-02:00"},
        /* half an hour, at Lord Howe: 02:00 to 02:30 do not exist */
        {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-05T02:15:00+11:00"},
        {"0,15,30,45 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
         "2026-10-04T02:30:00+11:00"},
        /* two hours, in Antarctica */
        {"30 2 * * *", "Antarctica/Troll", "2026-03-28T12:00:00Z", "2026-03-30T02:30:00+02:00"},
    };
    (void)state;
    check_rows(rows, countof(rows));
}

static void a_time_in_the_autumn_fold_fires_twice(void **state)
{
    static const struct row rows[] = {
        {"30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T01:30:00-04:00"},
        {NULL, NULL, NULL, "2026-11-01T01:30:00-05:00"},
        {NULL, NULL, NULL, "2026-11-02T01:30:00-05:00"},
        {"0 2,3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T02:00:00+02:00"},
        {NULL, NULL, NULL, "2026-10-25T02:00:00+01:00"},
        {NULL, NULL, NULL, "2026-10-25T03:00:00+01:00"},
        {"50 2 25 10 *", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-10-25T02:50:00+02:00"},
        {NULL, NULL, NULL, "2026-10-25T02:50:00+01:00"},
        {NULL, NULL, NULL, "2027-10-25T02:50:00+02:00"},
        {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-05T01:45:00+11:00"},
        {NULL, NULL, NULL, "2026-04-05T01:45:00+10:30"},
        {"15 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-05T01:15:00+11:00"},
        {NULL, NULL, NULL, "2026-04-06T01:15:00+10:30"},
        /* across midnight: Saturday is 25 hours long */
        {"30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", "2018-02-17T23:30:00-02:00"},
        {NULL, NULL, NULL, "2018-02-17T23:30:00-03:00"},
        {NULL, NULL, NULL, "2018-02-18T23:30:00-03:00"},
    };
    (void)state;
    check_rows(rows, countof(rows));
}

/* Between the two passes of a fold the clock reads less than before: what is rare must not be
 * looked for too far off. */
static void a_rare_time_in_the_other_pass_of_a_fold_is_found(void **state)
{
    (void)state;
    const struct tz *berlin = zone("Europe/Berlin");
    struct cron_expr late = parse("50 2 25 10 *");
    sec_t when = 0;
    assert_true(cron_prev(&late, berlin, at("2026-10-25T01:10:00Z"), INT64_MIN, &when));
    assert_int_equal(when, at("2026-10-25T00:50:00Z"));
    struct cron_expr early = parse("10 2 25 10 *");
    assert_true(cron_next(&early, berlin, at("2026-10-25T00:50:00Z"), &when));
    assert_int_equal(when, at("2026-10-25T01:10:00Z"));
}

static void days_that_do_not_exist_do_not_fire(void **state)
{
    static const struct row rows[] = {
        /* Samoa went over the date line: no 30 December 2011 */
        {"0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", "2011-12-29T12:00:00-10:00"},
        {NULL, NULL, NULL, "2011-12-31T12:00:00+14:00"},
        {"0 0 30 12 *", "Pacific/Apia", "2011-01-01T00:00:00Z", "2012-12-30T00:00:00+14:00"},
        {"0 0 * * fri", "Pacific/Apia", "2011-12-29T00:00:00Z", "2012-01-06T00:00:00+14:00"},
        {"* * * * *", "Pacific/Apia", "2011-12-30T09:59:00Z", "2011-12-31T00:00:00+14:00"},
        {"0 0 21 8 *", "Pacific/Kwajalein", "1993-01-01T00:00:00Z", "1994-08-21T00:00:00+12:00"},
        /* and Alaska the other way: 18 October 1867 twice, a Friday after a Friday, 24 h less the
         * difference of the mean times */
        {"0 12 18 10 *", "America/Juneau", "1867-10-01T00:00:00Z", "1867-10-18T12:00:00+15:02"},
        {NULL, NULL, NULL, "1868-10-18T12:00:00-08:58"},
    };
    (void)state;
    check_rows(rows, countof(rows));
}

static void offsets_of_all_kinds(void **state)
{
    static const struct row rows[] = {
        {"0 0 * * *", "Asia/Kathmandu", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00+05:45"},
        {"0 6 * * *", "America/St_Johns", "2026-11-20T00:00:00Z", "2026-11-20T06:00:00-03:30"},
        {"0 0 1 1 *", "Pacific/Kiritimati", "2026-11-20T00:00:00Z", "2027-01-01T00:00:00+14:00"},
        {"0 0 1 1 *", "Etc/GMT+12", "2026-11-20T00:00:00Z", "2027-01-01T00:00:00-12:00"},
        /* Kathmandu moved by a quarter of an hour at midnight */
        {"10 0 * * *", "Asia/Kathmandu", "1985-12-31T00:00:00Z", "1986-01-02T00:10:00+05:45"},
        {"15 0 * * *", "Asia/Kathmandu", "1985-12-31T00:00:00Z", "1986-01-01T00:15:00+05:45"},
        /* St John's changed at one minute past midnight */
        {"30 0 * * *", "America/St_Johns", "2000-04-01T12:00:00Z", "2000-04-03T00:30:00-02:30"},
        {"0 0 2 4 *", "America/St_Johns", "2000-04-01T12:00:00Z", "2000-04-02T00:00:00-03:30"},
        /* Morocco sets its clocks back in Ramadan */
        {"30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z", "2026-02-15T02:30:00+01:00"},
        {NULL, NULL, NULL, "2026-02-15T02:30:00Z"},
    };
    (void)state;
    check_rows(rows, countof(rows));
}

/* Liberia's clocks were 44:30 behind Greenwich: a whole minute there is half of one in UTC. */
static void minutes_are_whole_on_the_wall(void **state)
{
    (void)state;
    struct cron_expr e = parse("* * * * *");
    const struct tz *tz = zone("Africa/Monrovia");
    sec_t when = 0;
    assert_true(cron_next(&e, tz, at("1971-06-01T00:00:00Z"), &when));
    assert_int_equal(when, at("1971-06-01T00:00:30Z"));
    /* The last minute before the change is whole, the change itself reads 00:44:30. */
    assert_true(cron_next(&e, tz, at("1972-01-07T00:43:30Z"), &when));
    assert_int_equal(when, at("1972-01-07T00:45:00Z"));
}

static void every_counts_from_the_instant_asked(void **state)
{
    (void)state;
    struct cron_expr e = parse("@every 90s");
    sec_t when = 0;
    assert_true(cron_next(&e, zone("Europe/Berlin"), 1000000007, &when));
    assert_int_equal(when, 1000000097);
    sec_t times[3];
    assert_int_equal(cron_between(&e, tz_utc(), 0, 200, times, 3), 2);
    assert_int_equal(times[1], 180);
    assert_false(cron_prev(&e, tz_utc(), 1000, 0, &when));
    e = parse("@every 2562047h");
    assert_false(cron_next(&e, tz_utc(), INT64_MAX, &when));
    assert_false(cron_next(&e, tz_utc(), at("9999-01-01T00:00:00Z"), &when));
    assert_true(cron_next(&e, tz_utc(), INT64_MIN, &when));
}

static void the_ends_of_time_are_no_trap(void **state)
{
    static const char *const zones[] = {"UTC", "Europe/Berlin", "Pacific/Apia", "Etc/GMT+12"};
    static const char *const texts[] = {"* * * * *", "0 0 29 2 *", "0 0 31 2 *", "59 23 31 12 5"};
    (void)state;
    for (size_t z = 0; z < countof(zones); z++) {
        const struct tz *tz = zone(zones[z]);
        for (size_t i = 0; i < countof(texts); i++) {
            struct cron_expr e = parse(texts[i]);
            sec_t when = 0;
            assert_false(cron_next(&e, tz, INT64_MAX, &when));
            assert_false(cron_next(&e, tz, at("9999-12-31T23:59:59Z"), &when));
            if (cron_next(&e, tz, INT64_MIN, &when)) {
                assert_true(when >= at("0000-01-01T00:00:00Z") &&
                            when < at("0006-01-01T00:00:00Z"));
            }
            assert_false(cron_prev(&e, tz, INT64_MIN, INT64_MIN, &when));
            assert_false(cron_prev(&e, tz, INT64_MAX, INT64_MAX, &when));
            if (cron_prev(&e, tz, INT64_MAX, INT64_MIN, &when)) {
                assert_true(when > at("9990-01-01T00:00:00Z"));
            }
            assert_int_equal(cron_fold(tz, INT64_MIN), CRON_DST_NONE);
            assert_int_equal(cron_fold(tz, INT64_MAX), CRON_DST_NONE);
            assert_int_equal(cron_dst_ahead(&e, tz, INT64_MIN, &when), CRON_DST_NONE);
            assert_int_equal(cron_dst_ahead(&e, tz, INT64_MAX, &when), CRON_DST_NONE);
        }
    }
}

/* Half past midnight on the one date on which, each year, that hour does not exist. */
static void a_time_that_always_falls_into_the_gap_never_fires(void **state)
{
    (void)state;
    cleanup_with(free_at) struct tz *tz = tzif_rule_zone("<+0330>-3:30<+0430>,J80/0,J264/0", NULL);
    assert_non_null(tz);
    struct cron_expr e = parse("30 0 21 3 *");
    sec_t when = 0;
    assert_false(cron_never(&e));
    assert_false(cron_next(&e, tz, at("2026-01-01T00:00:00Z"), &when));
    assert_false(cron_prev(&e, tz, at("2026-01-01T00:00:00Z"), INT64_MIN, &when));
    assert_int_equal(cron_dst_ahead(&e, tz, at("2026-01-01T00:00:00Z"), &when), CRON_DST_GAP);
    e = parse("30 1 21 3 *");
    assert_true(cron_next(&e, tz, at("2026-01-01T00:00:00Z"), &when));
    assert_int_equal(when, at("2026-03-20T21:00:00Z"));
}

static void between_lists_the_open_closed_window_oldest_first(void **state)
{
    (void)state;
    struct cron_expr e = parse("*/10 * * * *");
    sec_t times[8];
    sec_t start = at("2026-11-20T20:00:00Z");
    assert_int_equal(cron_between(&e, tz_utc(), start, start + 1800, times, 8), 3);
    assert_int_equal(times[0], start + 600);
    assert_int_equal(times[2], start + 1800);
    assert_int_equal(cron_between(&e, tz_utc(), start, start + 1800, times, 2), 2);
    assert_int_equal(cron_between(&e, tz_utc(), start, start + 599, times, 8), 0);
    assert_int_equal(cron_between(&e, tz_utc(), start, start - 1, times, 8), 0);
    assert_int_equal(cron_between(&e, tz_utc(), start, start + 1800, times, 0), 0);
    e = parse("30 2 * * *");
    assert_int_equal(cron_between(&e, zone("Europe/Berlin"), at("2026-10-24T12:00:00Z"),
                                  at("2026-10-26T12:00:00Z"), times, 8),
                     3);
    e = parse("0 0 31 2 *");
    assert_int_equal(cron_between(&e, tz_utc(), start, INT64_MAX, times, 8), 0);
}

/* ---- what the clock does around an instant ---- */

static void readings_that_exist_twice_are_marked(void **state)
{
    static const struct {
        const char *zone, *when;
        enum cron_dst fold;
    } rows[] = {
        {"UTC", "2026-10-25T00:30:00Z", CRON_DST_NONE},
        {"Europe/Berlin", "2026-10-24T23:59:59Z", CRON_DST_NONE},
        {"Europe/Berlin", "2026-10-25T00:00:00Z", CRON_DST_FOLD_FIRST},
        {"Europe/Berlin", "2026-10-25T00:59:59Z", CRON_DST_FOLD_FIRST},
        {"Europe/Berlin", "2026-10-25T01:00:00Z", CRON_DST_FOLD_SECOND},
        {"Europe/Berlin", "2026-10-25T01:59:59Z", CRON_DST_FOLD_SECOND},
        {"Europe/Berlin", "2026-10-25T02:00:00Z", CRON_DST_NONE},
        {"Europe/Berlin", "2026-03-29T01:00:00Z", CRON_DST_NONE},
        {"Australia/Lord_Howe", "2026-04-04T14:29:59Z", CRON_DST_NONE},
        {"Australia/Lord_Howe", "2026-04-04T14:30:00Z", CRON_DST_FOLD_FIRST},
        {"Australia/Lord_Howe", "2026-04-04T15:29:59Z", CRON_DST_FOLD_SECOND},
        {"Australia/Lord_Howe", "2026-04-04T15:30:00Z", CRON_DST_NONE},
        {"Pacific/Kwajalein", "1993-08-21T12:00:00Z", CRON_DST_NONE},
        {"America/Juneau", "1867-10-18T12:00:00Z", CRON_DST_FOLD_FIRST},
        {"America/Juneau", "1867-10-19T12:00:00Z", CRON_DST_FOLD_SECOND},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        enum cron_dst got = cron_fold(zone(rows[i].zone), at(rows[i].when));
        if (got != rows[i].fold) {
            fail_msg("%s %s: %d", rows[i].zone, rows[i].when, (int)got);
        }
    }
}

static void gaps_and_folds_of_the_coming_year_are_told(void **state)
{
    static const struct {
        const char *expr, *zone, *after;
        enum cron_dst kind;
        const char *when;
    } rows[] = {
        {"30 2 * * *", "UTC", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {"30 2 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {"30 2 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_GAP,
         "2026-03-29T01:00:00Z"},
        {"30 2 * * *", "Europe/Berlin", "2026-06-01T00:00:00Z", CRON_DST_FOLD_FIRST,
         "2026-10-25T00:00:00Z"},
        {"30 2 25 10 *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_FOLD_FIRST,
         "2026-10-25T00:00:00Z"},
        {"0 3 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {"59 1 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {"0 2 * * 1-5", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        /* an hourly schedule goes on once an hour, whatever the clock is called */
        {"0 * * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {"*/5 * * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {"*/5 1-3 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_GAP,
         "2026-03-29T01:00:00Z"},
        /* not so when it is set by half an hour, unless it runs every minute */
        {"45 * * * *", "Australia/Lord_Howe", "2026-01-01T00:00:00Z", CRON_DST_FOLD_FIRST,
         "2026-04-04T14:30:00Z"},
        {"0 * * * *", "Australia/Lord_Howe", "2026-05-01T00:00:00Z", CRON_DST_GAP,
         "2026-10-03T15:30:00Z"},
        {"* * * * *", "Australia/Lord_Howe", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        /* a whole day that is missing is told of to all */
        {"0 * * * *", "Pacific/Apia", "2011-11-01T00:00:00Z", CRON_DST_GAP, "2011-12-30T10:00:00Z"},
        {"@every 5m", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {"0 0 31 2 *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
        {", 2 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", CRON_DST_NONE, NULL},
    };
    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e = parse(rows[i].expr);
        sec_t when = SEC_NONE;
        enum cron_dst kind = cron_dst_ahead(&e, zone(rows[i].zone), at(rows[i].after), &when);
        sec_t want = rows[i].when != NULL ? at(rows[i].when) : SEC_NONE;
        if (kind != rows[i].kind || when != want) {
            char buffer[STAMP_SIZE];
            fail_msg("'%s' %s: %d %s", rows[i].expr, rows[i].zone, (int)kind,
                     when == SEC_NONE ? "-" : stamp_sec(buffer, when));
        }
    }
}

/* ---- the oracle ---- */

static bool reading_matches(const struct cron_expr *e, sec_t wall)
{
    time_t t = (time_t)wall;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || tm.tm_sec != 0) {
        return false;
    }
    bool date = e->days >> tm.tm_mday & 1;
    bool weekday = e->weekdays >> tm.tm_wday & 1;
    bool day = e->days_star || e->weekdays_star ? date && weekday : date || weekday;
    return (e->minutes >> tm.tm_min & 1) && (e->hours >> tm.tm_hour & 1) &&
           (e->months >> (tm.tm_mon + 1) & 1) && day;
}

/* From one instant to the next (BY 1) or the one before (BY -1) whose reading is a whole minute;
 * second by second where the offset changes in between. */
static sec_t to_whole_minute(const struct tz *tz, sec_t when, int by)
{
    for (;;) {
        int offset = tz_at(tz, when).offset;
        sec_t second = ((when + offset) % 60 + 60) % 60;
        if (second == 0) {
            return when;
        }
        sec_t far = by > 0 ? when + 60 - second : when - second;
        when = tz_at(tz, far).offset == offset ? far : when + by;
    }
}

/* The rule itself, minute by minute, at most LIMIT away. */
static bool oracle(const struct cron_expr *e, const struct tz *tz, sec_t from, sec_t limit, int by,
                   sec_t *ret)
{
    sec_t when = to_whole_minute(tz, from, by);
    while (by > 0 ? when <= from + limit : when > from - limit) {
        if (reading_matches(e, when + tz_at(tz, when).offset)) {
            *ret = when;
            return true;
        }
        /* The next whole minute may be less than a minute away where the offset changes. */
        sec_t far = when + 60 * by;
        bool same = tz_at(tz, far).offset == tz_at(tz, when).offset;
        when = same ? far : to_whole_minute(tz, when + by, by);
    }
    return false;
}

static const char *const awkward[] = {
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe", /* half an hour of DST */
    "Pacific/Apia",        /* a day missing */
    "Pacific/Kwajalein",   /* another */
    "America/Juneau",      /* a day twice */
    "Asia/Manila",         /* a day missing, 1844 */
    "America/St_Johns",    /* changes at 00:01 */
    "Antarctica/Troll",    /* two hours */
    "Africa/Monrovia",     /* odd seconds until 1972 */
    "Europe/Amsterdam",    /* +00:19:32 until 1937 */
    "Africa/Casablanca",   /* four changes a year */
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Europe/Dublin",     /* DST below standard time */
    "America/Sao_Paulo", /* changes at midnight */
    "Asia/Tehran",
    "America/Caracas",
    "Pacific/Chatham",
    "Africa/Cairo",
    "America/Nuuk",
};

/* Half of the instants lie within three days of a change of the clock. */
static sec_t random_instant(struct id_source *random, const struct tz *tz)
{
    sec_t when =
        at("1840-01-01T00:00:00Z") + (sec_t)(id_random(random) % (uint64_t)(260 * 365 * DAY));
    if (random_in(random, 0, 1) == 0) {
        sec_t until = tz_at(tz, when).until;
        if (until != INT64_MAX) {
            when = until - 3 * DAY + (sec_t)(id_random(random) % (uint64_t)(6 * DAY));
        }
    }
    return when;
}

static void check_against_oracle(const char *text, const char *name, const struct tz *tz,
                                 sec_t when)
{
    const sec_t limit = 20 * DAY;
    struct cron_expr e = parse(text);
    sec_t want = 0, got = 0;
    bool wanted = oracle(&e, tz, when + 1, limit, 1, &want);
    bool found = cron_next(&e, tz, when, &got) && got <= when + limit;
    if (wanted != found || (found && want != got)) {
        fail_msg("'%s' in %s after %lld: %lld, not %lld", text, name, (long long)when,
                 found ? (long long)got : -1, wanted ? (long long)want : -1);
    }
    wanted = oracle(&e, tz, when, limit, -1, &want);
    found = cron_prev(&e, tz, when, when - limit, &got);
    if (wanted != found || (found && want != got)) {
        fail_msg("'%s' in %s before %lld: %lld, not %lld", text, name, (long long)when,
                 found ? (long long)got : -1, wanted ? (long long)want : -1);
    }
}

static void random_expressions_agree_with_the_minute_by_minute_oracle(void **state)
{
    (void)state;
    struct id_source random = seed_begin();
    cleanup_with(str_done) struct str text = {0};
    for (int i = 0; i < 1500; i++) {
        const char *name = awkward[id_random(&random) % countof(awkward)];
        const struct tz *tz = zone(name);
        random_expr(&random, &text);
        check_against_oracle(str_text(&text), name, tz, random_instant(&random, tz));
    }
}

/* Rare dates, over decades: day by day, in UTC. */
static void rare_dates_agree_with_a_walk_over_the_days(void **state)
{
    (void)state;
    struct id_source random = seed_begin();
    cleanup_with(str_done) struct str text = {0};
    for (int i = 0; i < 400; i++) {
        str_clear(&text);
        str_addf(&text, "%u %u %u %u ", random_in(&random, 0, 59), random_in(&random, 0, 23),
                 random_in(&random, 25, 31), random_in(&random, 1, 12));
        random_field(&random, 0, 6, &text);
        struct cron_expr e = parse(str_text(&text));
        sec_t of_day = __builtin_ctzll(e.hours) * 3600 + __builtin_ctzll(e.minutes) * 60;
        sec_t when = (sec_t)(id_random(&random) % (uint64_t)(300 * 365 * DAY)) - 100 * 365 * DAY;
        sec_t day = when - ((when % DAY) + DAY) % DAY;
        sec_t want = day + of_day > when ? day + of_day : day + of_day + DAY;
        sec_t limit = when + 9 * 366 * DAY;
        while (want <= limit && !reading_matches(&e, want)) {
            want += DAY;
        }
        sec_t got = 0;
        bool found = cron_next(&e, tz_utc(), when, &got);
        if (found != (want <= limit) || (found && got != want)) {
            fail_msg("'%s' after %lld: %lld, not %lld", str_text(&text), (long long)when,
                     (long long)got, (long long)want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_times_in_utc),
        cmocka_unit_test(a_day_matches_either_field_or_both),
        cmocka_unit_test(leap_days_wait_as_long_as_it_takes),
        cmocka_unit_test(a_time_in_the_spring_gap_waits_for_the_next_day),
        cmocka_unit_test(a_time_in_the_autumn_fold_fires_twice),
        cmocka_unit_test(a_rare_time_in_the_other_pass_of_a_fold_is_found),
        cmocka_unit_test(days_that_do_not_exist_do_not_fire),
        cmocka_unit_test(offsets_of_all_kinds),
        cmocka_unit_test(minutes_are_whole_on_the_wall),
        cmocka_unit_test(every_counts_from_the_instant_asked),
        cmocka_unit_test(the_ends_of_time_are_no_trap),
        cmocka_unit_test(a_time_that_always_falls_into_the_gap_never_fires),
        cmocka_unit_test(between_lists_the_open_closed_window_oldest_first),
        cmocka_unit_test(readings_that_exist_twice_are_marked),
        cmocka_unit_test(gaps_and_folds_of_the_coming_year_are_told),
        cmocka_unit_test(random_expressions_agree_with_the_minute_by_minute_oracle),
        cmocka_unit_test(rare_dates_agree_with_a_walk_over_the_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
