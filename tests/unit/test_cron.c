/* test_cron.c - schedule expressions: what they mean, what is refused, how they print. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/cron/civil.h"
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

static void assert_same_expr(const char *a, const char *b)
{
    struct cron_expr left = parse(a), right = parse(b);
    if (!cron_equal(&left, &right)) {
        cleanup_with(str_done) struct str l = {0};
        cleanup_with(str_done) struct str r = {0};
        cron_print(&left, &l);
        cron_print(&right, &r);
        fail_msg("'%s' is '%s', '%s' is '%s'", a, str_text(&l), b, str_text(&r));
    }
}

static uint64_t set_of(size_t count, const unsigned *values)
{
    uint64_t set = 0;
    for (size_t i = 0; i < count; i++) {
        set |= UINT64_C(1) << values[i];
    }
    return set;
}

#define SET(...) \
    set_of(sizeof((unsigned[]){__VA_ARGS__}) / sizeof(unsigned), (unsigned[]){__VA_ARGS__})

/* ---- civil ---- */

static void every_day_of_ten_thousand_years_agrees_with_libc(void **state)
{
    (void)state;
    for (int64_t day = CIVIL_FIRST / CIVIL_DAY - 400; day <= CIVIL_LAST / CIVIL_DAY + 400; day++) {
        time_t when = (time_t)(day * CIVIL_DAY);
        struct tm tm;
        assert_non_null(gmtime_r(&when, &tm));
        struct civil date = civil_from_days(day);
        if (date.year != tm.tm_year + 1900 || (int)date.month != tm.tm_mon + 1 ||
            (int)date.day != tm.tm_mday || (int)civil_weekday(day) != tm.tm_wday ||
            civil_to_days(date.year, date.month, date.day) != day) {
            fail_msg("day %lld", (long long)day);
        }
        if (date.day > civil_month_days(date.year, date.month)) {
            fail_msg("the length of %d-%u", date.year, date.month);
        }
        struct civil after = civil_from_days(day + 1);
        bool last = date.day == civil_month_days(date.year, date.month);
        if (last != (after.day == 1)) {
            fail_msg("the end of %d-%u", date.year, date.month);
        }
    }
}

static void a_second_before_1970_belongs_to_the_day_before(void **state)
{
    (void)state;
    assert_int_equal(civil_day_of(0), 0);
    assert_int_equal(civil_day_of(-1), -1);
    assert_int_equal(civil_day_of(-86400), -1);
    assert_int_equal(civil_day_of(86399), 0);
}

/* ---- what is understood ---- */

static void fields_become_sets(void **state)
{
    (void)state;
    struct cron_expr e = parse("5,10-12 0/7 */10 2-12/5 mon-wed");
    assert_true(e.minutes == SET(5, 10, 11, 12));
    assert_true(e.hours == SET(0, 7, 14, 21));
    assert_true(e.days == SET(1, 11, 21, 31));
    assert_true(e.months == SET(2, 7, 12));
    assert_true(e.weekdays == SET(1, 2, 3));
    assert_false(e.days_star || e.weekdays_star);
    assert_int_equal(e.every, 0);
}

static void different_spellings_mean_the_same(void **state)
{
    static const char *const pairs[][2] = {
        /* the end of a range, of a step, of the field */
        {"0-59 * * * *", "* * * * *"},
        {"5/15 * * * *", "5,20,35,50 * * * *"},
        {"5-59/15 * * * *", "5/15 * * * *"},
        {"58/1 * * * *", "58,59 * * * *"},
        {"*/61 * * * *", "0 * * * *"},
        {"7/9223372036854775807 * * * *", "7 * * * *"},
        {"10-20/30 * * * *", "10 * * * *"},
        {"5-5 * * * *", "5 * * * *"},
        /* empty items are dropped */
        {",5 * * * *", "5 * * * *"},
        {"5,,,6, * * * *", "5,6 * * * *"},
        /* Go's Atoi */
        {"+5 +07 * * *", "5 7 * * *"},
        {"0000000000000000000000000005 * * * *", "5 * * * *"},
        {"*/+5 * * * *", "*/5 * * * *"},
        {"+1-+3 * * * *", "1-3 * * * *"},
        /* the question mark, and what follows a star's hyphen */
        {"? ? ? ? ?", "* * * * *"},
        {"?/5 * * * *", "*/5 * * * *"},
        {"*-3 * * * *", "* * * * *"},
        {"*-x-y/5 * * * *", "*/5 * * * *"},
        {"0 0 ?-/2 * *", "0 0 */2 * *"},
        {"0 0 *-5/1 * mon", "0 0 * * mon"},
        /* names, in any case, as numbers, alone or in ranges and with steps */
        {"0 0 * JAN,feb,Mar sUN", "0 0 * 1,2,3 0"},
        {"0 0 * apr-Jun *", "0 0 * 4-6 *"},
        {"0 0 * 4-jun *", "0 0 * 4-6 *"},
        {"0 0 * * tue/2", "0 0 * * 2,4,6"},
        {"0 0 * jul/2 thu-sat", "0 0 * 7,9,11 4-6"},
        {"0 0 * aug,sep,oct,nov,dec fri", "0 0 * 8-12 5"},
        /* white space of all kinds */
        {"  1 2\t3\n4\r5  ", "1 2 3 4 5"},
        {"1\v2\f3 4 5", "1 2 3 4 5"},
        {"1\u00a02\u20033\u30004\302\2055", "1 2 3 4 5"},
        {"\u2028"
         "1\u16802\u202f3\u205f4\u20295\u200a",
         "1 2 3 4 5"},
        /* the star bit: a star in a list covers it, step 1 keeps it, step 2 does not */
        {"0 0 */1 * mon", "0 0 * * mon"},
        {"0 0 5,* * mon", "0 0 * * mon"},
        {"0 0 * * ?/1", "0 0 * * *"},
        {"0 0 */02 * mon", "0 0 */2 * mon"},
        /* macros */
        {"@yearly", "0 0 1 1 *"},
        {"@annually", "0 0 1 1 *"},
        {"@monthly", "0 0 1 * *"},
        {"@weekly", "0 0 * * 0"},
        {"@daily", "0 0 * * *"},
        {"@midnight", "0 0 * * *"},
        {"@hourly", "0 * * * *"},
    };

    (void)state;
    for (size_t i = 0; i < countof(pairs); i++) {
        assert_same_expr(pairs[i][0], pairs[i][1]);
    }
}

static void the_star_bit_is_told_from_a_full_field(void **state)
{
    static const struct {
        const char *text;
        bool days, weekdays;
    } rows[] = {
        {"0 0 * * *", true, true},     {"0 0 1-31 * *", false, true},
        {"0 0 1/1 * *", false, true},  {"0 0 */1 * 0-6", true, false},
        {"0 0 */2 * *", false, true},  {"0 0 1,*/1 * */2", true, false},
        {"0 0 *,*/2 * *", true, true}, {"0 0 *-9/2 * *", false, true},
        {"0 0 ? * ?", true, true},     {"0 0 , * *", false, true},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e = parse(rows[i].text);
        if (e.days_star != rows[i].days || e.weekdays_star != rows[i].weekdays) {
            fail_msg("%s", rows[i].text);
        }
    }
}

static void a_list_of_empty_items_matches_nothing(void **state)
{
    (void)state;
    struct cron_expr e = parse(", ,, , , ,");
    assert_true(e.minutes == 0 && e.hours == 0 && e.days == 0 && e.months == 0 && e.weekdays == 0);
    assert_true(cron_never(&e));
}

static void every_takes_go_durations_and_rounds_them(void **state)
{
    static const struct {
        const char *text;
        sec_t every;
    } rows[] = {
        {"@every 90s", 90},    {"@every 1h30m", 5400}, {"@every 1.5h", 5400},
        {"@every 1ms", 1},     {"@every 0s", 1},       {"@every -5m", 1},
        {"@every 0", 1},       {"@every 999ms", 1},    {"@every 1.999s", 1},
        {"@every 2999ms", 2},  {"@every 1m0.5s", 60},  {"@every 1us", 1},
        {"@every 24h", 86400}, {"@every +10s", 10},    {"@every 2562047h", 9223369200},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e = parse(rows[i].text);
        assert_int_equal(e.every, rows[i].every);
        assert_true(e.minutes == 0 && e.days == 0 && !e.days_star);
        assert_false(cron_never(&e));
    }
}

/* ---- what is refused ---- */

/* Each message names the field and the value, each hint the way out; nothing is written. */
static void each_refusal_names_field_value_and_way_out(void **state)
{
    static const struct {
        const char *text, *what, *hint;
    } rows[] = {
        {"60 * * * *", "minute: 60 is above 59", "use 0-59"},
        {"0-60 * * * *", "minute: 60 is above 59", "use 0-59"},
        {"61-70 * * * *", "minute: 70 is above 59", "use 0-59"},
        {"70-5 * * * *", "minute: 70 is above 59", "use 0-59"},
        {"99/5 * * * *", "minute: 99 is above 59", "use 0-59"},
        {"99999999999999999999999 * * * *", "minute: 99999999999999999999999 is above 59",
         "use 0-59"},
        {"* 24 * * *", "hour: 24 is above 23", "use 0-23"},
        {"* * 0 * *", "day of month: 0 is below 1", "use 1-31"},
        {"* * 32 * *", "day of month: 32 is above 31", "use 1-31"},
        {"* * * 0 *", "month: 0 is below 1", "use 1-12 or jan-dec"},
        {"* * * 13 *", "month: 13 is above 12", "use 1-12"},
        {"* * * * 7", "day of week: 7 is above 6", "Sunday is 0"},
        {"* * * * 5-7", "day of week: 7 is above 6", "Sunday is 0"},
        {"* * * * 7/2", "day of week: 7 is above 6", "Sunday is 0"},
        {"* * * * fri-mon", "day of week: the range 'fri-mon' runs backwards", "'5-6,0-1'"},
        {"* 22-2 * * *", "hour: the range '22-2' runs backwards", "'22-23,0-2'"},
        {"*/0 * * * *", "minute: the step '0' is zero", "1 or more"},
        {"*/-0 * * * *", "minute: the step '-0' is zero", "1 or more"},
        {"*/-5 * * * *", "minute: the step '-5' is not a positive number", "1 or more"},
        {"*/ * * * *", "minute: the step '' is not a positive number", "1 or more"},
        {"*/x * * * *", "minute: the step 'x' is not a positive number", "1 or more"},
        {"*/9223372036854775808 * * * *", "is not a positive number", "1 or more"},
        {"*/5/5 * * * *", "minute: '*/5/5' has more than one '/'", "one step"},
        {"1-2-3 * * * *", "minute: '1-2-3' has more than one '-'", "'0-59'"},
        {"-5 * * * *", "minute: a number is missing", "use 0-59"},
        {"5- * * * *", "minute: a number is missing", "use 0-59"},
        {"/5 * * * *", "minute: a number is missing", "use 0-59"},
        {"+ * * * *", "minute: '+' is not a number", "use 0-59"},
        {"1_0 * * * *", "minute: '1_0' is not a number", "use 0-59"},
        {"0x5 * * * *", "minute: '0x5' is not a number", "use 0-59"},
        {"** * * * *", "minute: '**' is not a number", "use 0-59"},
        {"5-* * * * *", "minute: '*' is not a number", "use 0-59"},
        {"*5 * * * *", "minute: '*5' is not a number", "use 0-59"},
        {"mon * * * *", "minute: 'mon' is not a number", "use 0-59"},
        {"* * * mon *", "month: 'mon' is not a number or a name of three letters", "jan-dec"},
        {"* * * * jan", "day of week: 'jan'", "sun-sat"},
        {"* * * * monday", "day of week: 'monday'", "sun-sat"},
        {"* * * january *", "month: 'january'", "jan-dec"},
        {"* * * * mon-", "day of week: a number is missing", "sun-sat"},
        {"* * * * */mon", "day of week: the step 'mon'", "1 or more"},
        {"* * L * *", "day of month: 'L' is not a number", "L, W, #, H"},
        {"* * 15W * *", "day of month: '15W' is not a number", "L, W, #, H"},
        {"* * * * 5L", "day of week: '5L' is not a number", "L, W, #, H"},
        {"* * * * 5#2", "day of week: '5#2' is not a number", "sun-sat"},
        {"H * * * *", "minute: 'H' is not a number", "L, W, #, H"},
        {"~ * * * *", "minute: '~' is not a number", "L, W, #, H"},
        {"", "a schedule has 5 fields, '' has 0", "minute, hour"},
        {"   \t ", "has 0", "minute, hour"},
        {"bogus", "a schedule has 5 fields, 'bogus' has 1", "minute, hour"},
        {"* * * *", "'* * * *' has 4", "minute, hour"},
        {"0 * * * * *", "'0 * * * * *' has 6", "no field for seconds"},
        {"@reboot", "'@reboot' is not a time", "belfry run"},
        {"@Reboot", "'@reboot' is not a time", "belfry run"},
        {"@Hourly", "unknown schedule '@Hourly'", "lower case"},
        {"@EVERY 5m", "unknown schedule '@EVERY 5m'", "lower case"},
        {"@daily ", "unknown schedule '@daily '", "no space"},
        {" @daily", "has 1", "no space before"},
        {"@fortnightly", "unknown schedule", "@weekly"},
        {"@", "unknown schedule '@'", "@weekly"},
        {"@every", "unknown schedule '@every'", "'@every 90s'"},
        {"@every5m", "unknown schedule '@every5m'", "'@every 90s'"},
        {"@every ", "@every: '' is not a duration", "1h30m"},
        {"@every x", "@every: 'x' is not a duration", "1h30m"},
        {"@every  5m", "@every: ' 5m' is not a duration", "one space"},
        {"@every 5", "@every: '5' is not a duration", "1h30m"},
        {"@every 1d", "@every: '1d' is not a duration", "1h30m"},
        {"@every 2562048h", "is not a duration", "1h30m"},
        {"TZ=UTC", "names a time zone", "spec.timeZone"},
        {"TZ=UTC 0 0 * * *", "names a time zone", "spec.timeZone"},
        {"CRON_TZ=Europe/Berlin 0 0 * * *", "names a time zone", "spec.timeZone"},
        {"0 0 * * * TZ=UTC", "names a time zone", "spec.timeZone"},
        {"@every TZ=", "names a time zone", "spec.timeZone"},
        {"x\033[2J\001y\177\302\200z * * * *", "minute: 'x?[2J?y??z' is not a number", "use 0-59"},
        {"\xff\xfe * * * *", "minute: '\ufffd\ufffd' is not a number", "use 0-59"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa * * * *",
         "aaa...' is not a number", "use 0-59"},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e, untouched;
        memset(&e, 0x5A, sizeof e);
        memset(&untouched, 0x5A, sizeof untouched);
        struct error err = {0};
        if (cron_parse(rows[i].text, &e, &err)) {
            fail_msg("'%s' is taken", rows[i].text);
        }
        if (err.code != ERROR_INVALID || strstr(err.what, rows[i].what) == NULL ||
            strstr(err.hint, rows[i].hint) == NULL || strlen(err.hint) + 1 >= sizeof err.hint) {
            fail_msg("'%s': %s; %s", rows[i].text, err.what, err.hint);
        }
        assert_memory_equal(&e, &untouched, sizeof e);
        assert_false(cron_parse(rows[i].text, &e, NULL));
    }
}

/* ---- printing ---- */

static void printing_is_short_and_canonical(void **state)
{
    static const char *const rows[][2] = {
        {"*/1 0-23 */1 1-12 ?", "* * * * *"},
        {"0-59/5 * * * *", "*/5 * * * *"},
        {"2,7,12,17,22,27,32,37,42,47,52,57 * * * *", "2/5 * * * *"},
        {"10,20,30 * * * *", "10-30/10 * * * *"},
        {"0,30 * * * *", "0,30 * * * *"},
        {"1,2 5,6,7 * * *", "1,2 5-7 * * *"},
        {"1,2,3,9,20,21,22 * * * *", "1-3,9,20-22 * * * *"},
        {"0 0 1-31 * 0-6", "0 0 1-31 * 0-6"},
        {"0 0 */2 jan-mar mon,fri", "0 0 */2 1-3 1,5"},
        {"59 23 31 12 sat", "59 23 31 12 6"},
        {", , , , ,", ", , , , ,"},
        {"@hourly", "0 * * * *"},
        {"@every 90s", "@every 1m30s"},
        {"@every -1h", "@every 1s"},
        {"@every 2562047h47m16.8s", "@every 2562047h47m16s"},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e = parse(rows[i][0]);
        cleanup_with(str_done) struct str text = {0};
        cron_print(&e, &text);
        assert_string_equal(str_text(&text), rows[i][1]);
        assert_same_expr(str_text(&text), rows[i][0]);
    }
}

static void what_is_printed_parses_to_the_same(void **state)
{
    (void)state;
    struct id_source random = seed_begin();
    cleanup_with(str_done) struct str text = {0};
    cleanup_with(str_done) struct str printed = {0};
    cleanup_with(str_done) struct str again = {0};
    for (int i = 0; i < 20000; i++) {
        random_expr(&random, &text);
        str_clear(&printed);
        str_clear(&again);
        struct cron_expr e = parse(str_text(&text));
        cron_print(&e, &printed);
        assert_same_expr(str_text(&printed), str_text(&text));
        struct cron_expr second = parse(str_text(&printed));
        cron_print(&second, &again);
        assert_string_equal(str_text(&again), str_text(&printed));
    }
}

/* ---- never ---- */

static void expressions_that_cannot_fire_are_known(void **state)
{
    static const struct {
        const char *text;
        bool never;
    } rows[] = {
        {"0 0 31 2 *", true},      {"0 0 30 2 *", true},  {"0 0 31 4,6,9,11 *", true},
        {"0 0 30-31 feb *", true}, {", * * * *", true},   {"* , * * *", true},
        {"* * , * *", true},       {"* * * , *", true},   {"* * * * ,", true},
        {"* * , * ,", true},       {"0 0 29 2 *", false}, {"0 0 31 2 1", false},
        {"0 0 , * 1", false},      {"0 0 5 * ,", false},  {"0 0 31 2,3 *", false},
        {"59 23 31 2 *", true},    {"0 0 31 2 ?", true},  {"0 0 31 2 */2", false},
        {"* * * * *", false},      {"0 0 31 2 ,", true},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct cron_expr e = parse(rows[i].text);
        if (cron_never(&e) != rows[i].never) {
            fail_msg("%s", rows[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_ten_thousand_years_agrees_with_libc),
        cmocka_unit_test(a_second_before_1970_belongs_to_the_day_before),
        cmocka_unit_test(fields_become_sets),
        cmocka_unit_test(different_spellings_mean_the_same),
        cmocka_unit_test(the_star_bit_is_told_from_a_full_field),
        cmocka_unit_test(a_list_of_empty_items_matches_nothing),
        cmocka_unit_test(every_takes_go_durations_and_rounds_them),
        cmocka_unit_test(each_refusal_names_field_value_and_way_out),
        cmocka_unit_test(printing_is_short_and_canonical),
        cmocka_unit_test(what_is_printed_parses_to_the_same),
        cmocka_unit_test(expressions_that_cannot_fire_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
