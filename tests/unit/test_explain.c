/* test_explain.c - schedules in English: what they say, and that different ones differ. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/cron/explain.h"
#include "core/cron/expr.h"
#include "tests/unit/random_expr.h"
#include "tests/unit/seed.h"

static struct cron_expr parse(const char *text)
{
    struct cron_expr e = {0};
    struct error err = {0};
    if (!cron_parse(text, &e, &err)) {
        fail_msg("'%s' is refused: %s", text, err.what);
    }
    return e;
}

static void schedules_are_told_in_english(void **state)
{
    static const char *const rows[][2] = {
        /* the whole day in even steps */
        {"* * * * *", "every minute"},
        {"*/5 * * * *", "every 5 minutes"},
        {"*/30 * * * *", "every 30 minutes"},
        {"0,30 * * * *", "every 30 minutes"},
        {"0 * * * *", "every hour"},
        {"0 */2 * * *", "every 2 hours"},
        {"0 */6 * * *", "every 6 hours"},
        {"15 * * * *", "at minute 15 of every hour"},
        {"15,45 * * * *", "at minutes 15 and 45 of every hour"},
        {"2/5 * * * *", "at minutes 2 to 57 in steps of 5 of every hour"},
        {"*/7 * * * *", "at minutes 0 to 56 in steps of 7 of every hour"},
        {"*/40 * * * *", "at minutes 0 and 40 of every hour"},
        {"1,2,3,30 * * * *", "at minutes 1 to 3 and 30 of every hour"},
        /* a part of the day in even steps */
        {"* 9-17 * * *", "every minute from 09:00 to 17:59"},
        {"* 5 * * *", "every minute from 05:00 to 05:59"},
        {"*/10 8-18 * * *", "every 10 minutes from 08:00 to 18:50"},
        {"3/20 5 * * *", "every 20 minutes from 05:03 to 05:43"},
        {"0 9-17 * * *", "every hour from 09:00 to 17:00"},
        {"20 9-17 * * *", "every hour from 09:20 to 17:20"},
        {"15 */6 * * *", "every 6 hours from 00:15 to 18:15"},
        {"0 1/2 * * *", "every 2 hours from 01:00 to 23:00"},
        {"0 */5 * * *", "every 5 hours from 00:00 to 20:00"},
        {"0 8-18/5 * * *", "every 5 hours from 08:00 to 18:00"},
        /* single times */
        {"0 2 * * *", "at 02:00"},
        {"59 23 * * *", "at 23:59"},
        {"0 2,14 * * *", "at 02:00 and 14:00"},
        {"0 */12 * * *", "at 00:00 and 12:00"},
        {"0,30 7 * * *", "at 07:00 and 07:30"},
        {"0 9,12,18 * * *", "at 09:00, 12:00 and 18:00"},
        {"0,45 7,19 * * *", "at 07:00, 07:45, 19:00 and 19:45"},
        /* what has no short form */
        {"0,45 7,9,19 * * *", "at minutes 0 and 45 of hours 7, 9 and 19"},
        {"7 1,2,3,9,11 * * *", "at minute 7 of hours 1 to 3, 9 and 11"},
        {"* 1,5 * * *", "every minute of hours 1 and 5"},
        {"*/5 */6 * * *", "at minutes 0 to 55 in steps of 5 of hours 0 to 18 in steps of 6"},
        {"0,1,2,9,20 5 * * *", "at minutes 0 to 2, 9 and 20 of hour 5"},
        /* days */
        {"0 6 1 * *", "on day 1 at 06:00"},
        {"0 6 1,15 * *", "on days 1 and 15 at 06:00"},
        {"0 6 1-7 * *", "on days 1 to 7 at 06:00"},
        {"0 0 */2 * *", "on days 1 to 31 in steps of 2 at 00:00"},
        {"0 0 * * 0", "on Sundays at 00:00"},
        {"0 0 * * mon,fri", "on Mondays and Fridays at 00:00"},
        {"0 9 * * 1-5", "Monday to Friday at 09:00"},
        {"0 9-17 * * 1-5", "Monday to Friday, every hour from 09:00 to 17:00"},
        {"*/5 * * * mon-wed,sat", "on Mondays to Wednesdays and Saturdays, every 5 minutes"},
        {"0 0 * * 1,3,5", "on Mondays, Wednesdays and Fridays at 00:00"},
        /* months */
        {"0 0 1 1 *", "on day 1 of January at 00:00"},
        {"0 0 29 2 *", "on day 29 of February at 00:00"},
        {"0 0 1 */3 *", "on day 1 of January, April, July and October at 00:00"},
        {"0 22 * 6-9 1-5", "Monday to Friday in June to September at 22:00"},
        {"0 6 * 12 *", "every day in December at 06:00"},
        {"* * * 12 *", "every day in December, every minute"},
        /* both day fields */
        {"0 0 13 * fri", "on day 13 or on Fridays at 00:00"},
        {"0 0 */2 * mon", "on days 1 to 31 in steps of 2 or on Mondays at 00:00"},
        {"0 0 1,15 * 1-5", "on days 1 and 15 or on Mondays to Fridays at 00:00"},
        {"0 0 13 3 fri", "in March on day 13 or on Fridays at 00:00"},
        {"*/5 * 13 3,5 fri", "in March and May on day 13 or on Fridays, every 5 minutes"},
        {"0 0 */1 * mon", "on Mondays at 00:00"},
        {"0 0 13 * ?", "on day 13 at 00:00"},
        {"0 0 13 * 0-6", "at 00:00"},
        {"0 0 1-31 * mon", "at 00:00"},
        {"0 0 , * mon", "on Mondays at 00:00"},
        {"0 0 13 * ,", "on day 13 at 00:00"},
        /* the others */
        {"0 0 31 2 *", "never"},
        {", * * * *", "never"},
        {"@every 90s", "1 minute 30 seconds after the last start"},
        {"@every 1h", "1 hour after the last start"},
        {"@every 25h0m1s", "25 hours 1 second after the last start"},
        {"@every 5m", "5 minutes after the last start"},
        {"@weekly", "on Sundays at 00:00"},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e = parse(rows[i][0]);
        cleanup_with(str_done) struct str text = {0};
        cron_explain(&e, &text);
        if (strcmp(str_text(&text), rows[i][1]) != 0) {
            fail_msg("'%s': \"%s\", not \"%s\"", rows[i][0], str_text(&text), rows[i][1]);
        }
    }
}

static void it_adds_to_what_is_there(void **state)
{
    (void)state;
    struct cron_expr e = parse("0 6 1 * *");
    cleanup_with(str_done) struct str text = {0};
    str_add(&text, "runs ");
    cron_explain(&e, &text);
    assert_string_equal(str_text(&text), "runs on day 1 at 06:00");
}

/* No text of the parser has a star bit on a part of the days; the struct may. */
static void a_date_bound_to_a_weekday_says_so(void **state)
{
    (void)state;
    struct cron_expr e = parse("0 0 13 5 fri");
    e.days_star = true;
    cleanup_with(str_done) struct str text = {0};
    cron_explain(&e, &text);
    assert_string_equal(str_text(&text), "on day 13 of May, only on Fridays at 00:00");
}

static void caveats_name_what_may_surprise(void **state)
{
    static const struct {
        const char *expr, *zone, *text;
    } rows[] = {
        {"30 2 * * *", "UTC", ""},
        {"*/5 * * * *", "Europe/Berlin", ""},
        {"@every 5m", "Europe/Berlin", ""},
        {"0 0 31 2 *", "Europe/Berlin", "it never fires: no day matches\n"},
        {"0 0 13 * fri", "UTC",
         "day of month and day of week are both set: a day on which either matches is enough\n"},
        {"0 0 13 * 0-6", "UTC",
         "day of month and day of week are both set, so either is enough, and the day of week "
         "matches every day; with '*' in its place the other would count\n"},
        {"0 0 1-31 * fri", "UTC",
         "day of month and day of week are both set, so either is enough, and the day of month "
         "matches every day; with '*' in its place the other would count\n"},
        {"0 0 , * fri", "UTC", ""},
        {"30 2 * * *", "Europe/Berlin",
         "the clock goes from 02:00 to 03:00 on 2026-03-29 in Europe/Berlin: runs in between are "
         "left out\n"
         "the clock goes back from 03:00 to 02:00 on 2026-10-25 in Europe/Berlin: runs in between "
         "happen twice\n"},
        {"15 2 * * *", "Australia/Lord_Howe",
         "the clock goes from 02:00 to 02:30 on 2026-10-04 in Australia/Lord_Howe: runs in between "
         "are left out\n"},
        {"45 23 * * *", "America/Scoresbysund",
         "the clock goes from 23:00 to 00:00 on 2026-03-28 in America/Scoresbysund: runs in "
         "between are left out\n"
         "the clock goes back from 00:00 to 23:00 on 2026-10-25 in America/Scoresbysund: runs in "
         "between happen twice\n"},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e = parse(rows[i].expr);
        const struct tz *tz = tz_find(rows[i].zone, NULL);
        assert_non_null(tz);
        cleanup_with(str_done) struct str text = {0};
        cron_caveats(&e, tz, 1767225600, &text); /* 2026-01-01 */
        if (strcmp(str_text(&text), rows[i].text) != 0) {
            fail_msg("'%s' in %s: %s", rows[i].expr, rows[i].zone, str_text(&text));
        }
    }
}

/* All that decides when an expression fires: its times, and for each month and date the weekdays
 * on which such a day matches. */
struct times {
    uint64_t minutes;
    uint64_t hours;
    uint8_t days[13][32];
};

static struct times *times_of(const struct cron_expr *e)
{
    struct times *t = xcalloc(1, sizeof *t);
    t->minutes = e->minutes;
    t->hours = e->hours;
    bool both = e->days_star || e->weekdays_star;
    for (unsigned month = 1; month <= 12; month++) {
        for (unsigned day = 1; day <= 31; day++) {
            uint8_t by_date = e->days >> day & 1 ? 0x7F : 0;
            uint8_t weekdays = (uint8_t)(both ? by_date & e->weekdays : by_date | e->weekdays);
            t->days[month][day] = e->months >> month & 1 ? weekdays : 0;
        }
    }
    return t;
}

/* Replaces one field of a text, so that near neighbours are compared too. */
static void vary(struct id_source *random, const char *text, struct str *ret)
{
    static const unsigned bounds[5][2] = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};
    size_t which = id_random(random) % 5;
    str_clear(ret);
    for (size_t i = 0; i < 5; i++) {
        size_t len = strcspn(text, " ");
        if (i > 0) {
            str_add_char(ret, ' ');
        }
        if (i == which) {
            random_field(random, bounds[i][0], bounds[i][1], ret);
        } else {
            str_add_bytes(ret, text, len);
        }
        text += len + (text[len] == ' ');
    }
}

static void equal_texts_mean_equal_times(void **state)
{
    (void)state;
    struct id_source random = seed_begin();
    cleanup_with(str_done) struct str expr = {0};
    cleanup_with(str_done) struct str other = {0};
    cleanup_with(str_done) struct str text = {0};
    struct map seen = {0};
    size_t met_again = 0;
    for (int i = 0; i < 20000; i++) {
        if (i % 4 == 0) {
            random_expr(&random, &expr);
        } else {
            vary(&random, str_text(&expr), &other);
            str_clear(&expr);
            str_add(&expr, str_text(&other));
        }
        struct cron_expr e = parse(str_text(&expr));
        if (cron_never(&e)) {
            continue;
        }
        str_clear(&text);
        cron_explain(&e, &text);
        struct times *times = times_of(&e);
        struct times *before = map_get(&seen, str_text(&text));
        if (before == NULL) {
            (void)map_put(&seen, str_text(&text), times);
            continue;
        }
        met_again++;
        if (memcmp(before, times, sizeof *times) != 0) {
            fail_msg("'%s' fires at other times than another \"%s\"", str_text(&expr),
                     str_text(&text));
        }
        free(times);
    }
    map_done(&seen, free);
    assert_true(met_again > 100); /* or nothing was compared */
}

/* All sets of hours that a short form may blur, against each other. */
static void every_pattern_of_hours_has_its_own_text(void **state)
{
    (void)state;
    static const uint64_t minutes[] = {1, 2, 1 | UINT64_C(1) << 30, UINT64_C(0x0084210842108421)};
    struct map seen = {0};
    cleanup_with(str_done) struct str text = {0};
    struct cron_expr e = parse("0 0 * * *");
    size_t count = 0;
    for (size_t m = 0; m < countof(minutes); m++) {
        for (uint32_t low = 0; low < 24; low++) {
            for (uint32_t high = low; high < 24; high++) {
                for (uint32_t step = 1; step <= high - low || step == 1; step++) {
                    e.minutes = minutes[m];
                    e.hours = 0;
                    for (uint32_t hour = low; hour <= high; hour += step) {
                        e.hours |= UINT32_C(1) << hour;
                    }
                    str_clear(&text);
                    cron_explain(&e, &text);
                    struct times *times = times_of(&e);
                    struct times *before = map_get(&seen, str_text(&text));
                    if (before != NULL) {
                        assert_memory_equal(before, times, sizeof *times);
                        free(times);
                    } else {
                        (void)map_put(&seen, str_text(&text), times);
                        count++;
                    }
                }
            }
        }
    }
    map_done(&seen, free);
    assert_true(count > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_are_told_in_english),
        cmocka_unit_test(it_adds_to_what_is_there),
        cmocka_unit_test(a_date_bound_to_a_weekday_says_so),
        cmocka_unit_test(caveats_name_what_may_surprise),
        cmocka_unit_test(equal_texts_mean_equal_times),
        cmocka_unit_test(every_pattern_of_hours_has_its_own_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
