/* test_stamp.c - times, durations, ages and clocks. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clk.h"
#include "core/base/stamp.h"
#include "tests/unit/seed.h"

#define MIN INT64_C(60)
#define HOUR (60 * MIN)
#define DAY (24 * HOUR)
#define YEAR (365 * DAY)

#define FIRST_SEC INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define LAST_SEC INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

/* ---- times ---- */

static void times_are_read(void **state)
{
    static const struct {
        const char *text;
        nsec_t want;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:01z", NSEC_PER_SEC},
        {"2026-11-20T20:50:00Z", 1795207800 * NSEC_PER_SEC},
        {"2026-11-20T21:50:00+01:00", 1795207800 * NSEC_PER_SEC},
        {"2026-11-20T15:20:00-05:30", 1795207800 * NSEC_PER_SEC},
        {"2026-11-20T20:50:00-00:00", 1795207800 * NSEC_PER_SEC},
        {"2026-11-21T20:49:00+23:59", 1795207800 * NSEC_PER_SEC},
        {"1970-01-01T00:00:00.5Z", 500000000},
        {"1970-01-01T00:00:00.123456789Z", 123456789},
        {"1970-01-01T00:00:00.1234567899999Z", 123456789},
        {"1970-01-01T00:00:00.000000001+00:00", 1},
        {"1969-12-31T23:59:59.999999999Z", -1},
        {"1969-12-31T23:59:59Z", -NSEC_PER_SEC},
        {"2016-12-31T23:59:60Z", 1483228800 * NSEC_PER_SEC}, /* a leap second that was */
        {"2000-02-29T00:00:00Z", 951782400 * NSEC_PER_SEC},
        {"2262-04-11T23:47:16.854775807Z", INT64_MAX},
        {"1677-09-21T00:12:43.145224192Z", INT64_MIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nsec_t wall = 4711;
        sec_t when = 4711;

        if (!stamp_parse(rows[i].text, &wall) || wall != rows[i].want ||
            !stamp_parse_sec(rows[i].text, &when) || when != nsec_to_sec(rows[i].want)) {
            fail_msg("%s: %lld, want %lld", rows[i].text, (long long)wall, (long long)rows[i].want);
        }
    }
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "2026",
        "2026-11-20",
        "2026-11-20T20:50:00",
        "2026-11-20 20:50:00Z",
        "2026-11-20T20:50Z",
        "2026-11-20T20:50:00Z ",
        " 2026-11-20T20:50:00Z",
        "2026-11-20T20:50:00ZZ",
        "2026-1-20T20:50:00Z",
        "26-11-20T20:50:00Z",
        "+2026-11-20T20:50:00Z",
        "12026-11-20T20:50:00Z",
        "2026-11-20T20:50:00.Z",
        "2026-11-20T20:50:00,5Z",
        "2026-11-20T20:50:00.5",
        "2026-11-20T20:50:00+0100",
        "2026-11-20T20:50:00+01",
        "2026-11-20T20:50:00+1:00",
        "2026-11-20T20:50:00+24:00",
        "2026-11-20T20:50:00+01:60",
        "2026-11-20T20:50:00+01:00Z",
        "2026-00-20T20:50:00Z",
        "2026-13-20T20:50:00Z",
        "2026-11-00T20:50:00Z",
        "2026-11-31T20:50:00Z",
        "2026-02-29T20:50:00Z",
        "1900-02-29T20:50:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T20:60:00Z",
        "2026-11-20T20:50:61Z",
        "2026-11-20T-1:50:00Z",
        "2026/11/20T20:50:00Z",
        "2026-11-20T20.50.00Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nsec_t wall = 4711;
        sec_t when = 4711;

        if (stamp_parse(rows[i], &wall) || stamp_parse_sec(rows[i], &when)) {
            fail_msg("\"%s\" was taken", rows[i]);
        }
        assert_int_equal(wall, 4711);
        assert_int_equal(when, 4711);
    }
}

static void whole_seconds_reach_further_than_nanoseconds(void **state)
{
    nsec_t wall;
    sec_t when;

    (void)state;
    assert_false(stamp_parse("2262-04-11T23:47:16.854775808Z", &wall));
    assert_false(stamp_parse("1677-09-21T00:12:43.145224191Z", &wall));
    assert_false(stamp_parse("9999-12-31T23:59:59Z", &wall));
    assert_false(stamp_parse("0000-01-01T00:00:00Z", &wall));
    assert_true(stamp_parse_sec("0000-01-01T00:00:00Z", &when));
    assert_true(when == FIRST_SEC);
    assert_true(stamp_parse_sec("0000-02-29T00:00:00Z", &when)); /* year 0 is a leap year */
    assert_true(stamp_parse_sec("0001-01-01T00:00:00Z", &when)); /* Go's zero time */
    assert_true(when == INT64_C(-62135596800));
    assert_true(stamp_parse_sec("9999-12-31T23:59:59Z", &when));
    assert_true(when == LAST_SEC);
}

/* libc says what WHEN reads in UTC. */
static void compare_with_libc(sec_t when)
{
    char text[STAMP_SIZE], want[80];
    time_t seconds = (time_t)when;
    struct tm tm;
    sec_t back;

    assert_non_null(gmtime_r(&seconds, &tm));
    snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    assert_string_equal(stamp_sec(text, when), want);
    assert_true(stamp_parse_sec(text, &back));
    assert_true(back == when);
}

static void every_day_of_ten_thousand_years_is_that_of_libc(void **state)
{
    struct id_source source = seed_begin();

    (void)state;
    compare_with_libc(FIRST_SEC);
    compare_with_libc(LAST_SEC);
    /* All days near ours, and one in each fortnight or so elsewhere. */
    for (sec_t day = 0; day < 150 * YEAR; day += DAY) {
        compare_with_libc(day + (sec_t)(id_random(&source) % (uint64_t)DAY));
    }
    for (sec_t when = FIRST_SEC; when <= LAST_SEC;) {
        compare_with_libc(when);
        when += (sec_t)(id_random(&source) % (uint64_t)(30 * DAY));
    }
}

static void times_are_printed(void **state)
{
    static const struct {
        nsec_t wall;
        const char *sec, *micro, *nsec;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z",
         "1970-01-01T00:00:00.000000000Z"},
        {1795207800 * NSEC_PER_SEC + 123456789, "2026-11-20T20:50:00Z",
         "2026-11-20T20:50:00.123456Z", "2026-11-20T20:50:00.123456789Z"},
        {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z",
         "1969-12-31T23:59:59.999999999Z"},
        {INT64_MIN, "1677-09-21T00:12:43Z", "1677-09-21T00:12:43.145224Z",
         "1677-09-21T00:12:43.145224192Z"},
        {INT64_MAX, "2262-04-11T23:47:16Z", "2262-04-11T23:47:16.854775Z",
         "2262-04-11T23:47:16.854775807Z"},
    };
    char text[STAMP_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nsec_t back;

        assert_ptr_equal(stamp_sec(text, nsec_to_sec(rows[i].wall)), text);
        assert_string_equal(text, rows[i].sec);
        assert_string_equal(stamp_micro(text, rows[i].wall), rows[i].micro);
        assert_string_equal(stamp_nsec(text, rows[i].wall), rows[i].nsec);
        assert_true(stamp_parse(text, &back));
        assert_true(back == rows[i].wall);
    }
    /* Beyond the years that can be written there is only the edge. */
    assert_string_equal(stamp_sec(text, INT64_MAX), "9999-12-31T23:59:59Z");
    assert_string_equal(stamp_sec(text, SEC_NONE), "0000-01-01T00:00:00Z");
    assert_string_equal(stamp_offset(text, INT64_MAX, 3600), "9999-12-31T23:59:59+01:00");
}

static void offsets_are_printed(void **state)
{
    static const struct {
        int offset;
        const char *want;
    } rows[] = {
        {0, "2026-11-20T20:50:00Z"},
        {3600, "2026-11-20T21:50:00+01:00"},
        {-5 * 3600, "2026-11-20T15:50:00-05:00"},
        {5 * 3600 + 45 * 60, "2026-11-21T02:35:00+05:45"},
        {14 * 3600, "2026-11-21T10:50:00+14:00"},
        {-44 * 60 - 30, "2026-11-20T20:05:30-00:45"}, /* Monrovia until 1972 */
        {-44 * 60 - 29, "2026-11-20T20:05:31-00:44"},
        {20, "2026-11-20T20:50:20+00:00"},
    };
    char text[STAMP_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(stamp_offset(text, 1795207800, rows[i].offset), rows[i].want);
    }
}

/* ---- durations: the tables of Go's time_test.go and some more ---- */

static void durations_are_read_as_go_reads_them(void **state)
{
    static const struct {
        const char *text;
        nsec_t want;
    } rows[] = {
        {"0", 0},
        {"+0", 0},
        {"-0", 0},
        {"5s", 5 * NSEC_PER_SEC},
        {"1478s", 1478 * NSEC_PER_SEC},
        {"-5s", -5 * NSEC_PER_SEC},
        {"+5s", 5 * NSEC_PER_SEC},
        {"5.0s", 5 * NSEC_PER_SEC},
        {"5.6s", 5600 * NSEC_PER_MSEC},
        {"5.s", 5 * NSEC_PER_SEC},
        {".5s", 500 * NSEC_PER_MSEC},
        {"1.004s", 1004 * NSEC_PER_MSEC},
        {"1.0040s", 1004 * NSEC_PER_MSEC},
        {"100.00100s", 100001 * NSEC_PER_MSEC},
        {"10ns", 10},
        {"11us", 11000},
        {"12\xC2\xB5s", 12000},
        {"12\xCE\xBCs", 12000},
        {"13ms", 13 * NSEC_PER_MSEC},
        {"14s", 14 * NSEC_PER_SEC},
        {"15m", 15 * MIN * NSEC_PER_SEC},
        {"16h", 16 * HOUR * NSEC_PER_SEC},
        {"3h30m", (3 * HOUR + 30 * MIN) * NSEC_PER_SEC},
        {"10.5s4m", (4 * MIN + 10) * NSEC_PER_SEC + 500 * NSEC_PER_MSEC},
        {"-2m3.4s", -((2 * MIN + 3) * NSEC_PER_SEC + 400 * NSEC_PER_MSEC)},
        {"1h2m3s4ms5us6ns", (HOUR + 2 * MIN + 3) * NSEC_PER_SEC + 4005006},
        {"39h9m14.425s", (39 * HOUR + 9 * MIN + 14) * NSEC_PER_SEC + 425 * NSEC_PER_MSEC},
        {"52763797000ns", INT64_C(52763797000)},
        {"0.3333333333333333333h", 20 * MIN * NSEC_PER_SEC},
        {"9007199254740993ns", INT64_C(9007199254740993)},
        {"9223372036854775807ns", INT64_MAX},
        {"9223372036854775.807us", INT64_MAX},
        {"9223372036s854ms775us807ns", INT64_MAX},
        {"-9223372036854775808ns", INT64_MIN},
        {"-9223372036854775.808us", INT64_MIN},
        {"-9223372036s854ms775us808ns", INT64_MIN},
        {"-2562047h47m16.854775808s", INT64_MIN},
        {"0.100000000000000000000h", 6 * MIN * NSEC_PER_SEC},
        {"0.830103483285477580700h", (49 * MIN + 48) * NSEC_PER_SEC + 372539827},
        {"0.9223372036854775807h", INT64_C(3320413933267)},
        {"0s", 0},
        {"1h30m", 90 * MIN * NSEC_PER_SEC},
        {"1.5h", 90 * MIN * NSEC_PER_SEC},
        {"007m", 7 * MIN * NSEC_PER_SEC},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nsec_t ns = 4711;

        if (!duration_parse(rows[i].text, &ns) || ns != rows[i].want) {
            fail_msg("%s: %lld, want %lld", rows[i].text, (long long)ns, (long long)rows[i].want);
        }
    }
}

static void what_is_no_duration_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "3",
        "-",
        "+",
        "--5s",
        "+-5s",
        "s",
        ".",
        "-.",
        ".s",
        "+.s",
        "00",
        "1d",
        "1w",
        "1S",
        "1h ",
        " 1h",
        "1h 30m",
        "1h30",
        "1.2.3s",
        "1e3s",
        "-5s-5s",
        "\x85\x85",
        "\xFF\xFF",
        "hello \xFF\xFF world",
        "\xEF\xBF\xBD",
        "9223372036854775810ns",
        "9223372036854775808ns",
        "-9223372036854775809ns",
        "9223372036854776us",
        "3000000h",
        "9223372036854775.808us",
        "9223372036854ms775us808ns",
        "-9223372036854775808ns1ns",
        "-9223372036854775808ns9223372036854775808ns", /* wraps to nothing in 64 bits */
        "18446744073709551616ns",
        "18446744073709551615.9ns",
        "5124095576030431h",
        "5124095576030430.99999h",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        nsec_t ns = 4711;

        if (duration_parse(rows[i], &ns)) {
            fail_msg("\"%s\" was taken as %lld", rows[i], (long long)ns);
        }
        assert_int_equal(ns, 4711);
    }
}

static void durations_are_printed_as_go_prints_them(void **state)
{
    static const struct {
        nsec_t ns;
        const char *want;
    } rows[] = {
        {0, "0s"},
        {1, "1ns"},
        {999, "999ns"},
        {1000, "1\xC2\xB5s"},
        {1100, "1.1\xC2\xB5s"},
        {2200 * 1000, "2.2ms"},
        {100 * NSEC_PER_MSEC, "100ms"},
        {1500 * NSEC_PER_MSEC, "1.5s"},
        {3300 * NSEC_PER_MSEC, "3.3s"},
        {59 * NSEC_PER_SEC, "59s"},
        {MIN * NSEC_PER_SEC, "1m0s"},
        {(4 * MIN + 5) * NSEC_PER_SEC, "4m5s"},
        {(4 * MIN + 5) * NSEC_PER_SEC + NSEC_PER_MSEC, "4m5.001s"},
        {90 * MIN * NSEC_PER_SEC, "1h30m0s"},
        {(5 * HOUR + 6 * MIN + 7) * NSEC_PER_SEC + NSEC_PER_MSEC, "5h6m7.001s"},
        {8 * MIN * NSEC_PER_SEC + 1, "8m0.000000001s"},
        {-90 * NSEC_PER_SEC, "-1m30s"},
        {INT64_MAX, "2562047h47m16.854775807s"},
        {INT64_MIN, "-2562047h47m16.854775808s"},
    };
    char text[STAMP_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_ptr_equal(duration_go(text, rows[i].ns), text);
        assert_string_equal(text, rows[i].want);
    }
}

static void a_printed_duration_is_read_back(void **state)
{
    struct id_source source = seed_begin();

    (void)state;
    for (int i = 0; i < 20000; i++) {
        /* Of all magnitudes: the shift takes off between none and all bits. */
        nsec_t ns = (nsec_t)(id_random(&source) >> 1 >> (id_random(&source) % 63)), back;
        char text[STAMP_SIZE];

        ns = i % 2 == 0 ? ns : -ns;
        if (!duration_parse(duration_go(text, ns), &back) || back != ns) {
            fail_msg("%lld printed as %s", (long long)ns, text);
        }
    }
}

static void ages_are_those_of_kubectl(void **state)
{
    /* The rows of apimachinery's duration_test.go in whole seconds, and each step's two sides. */
    static const struct {
        sec_t age;
        const char *want;
    } rows[] = {
        {INT64_MIN, "<invalid>"},
        {-3, "<invalid>"},
        {-2, "<invalid>"},
        {-1, "0s"},
        {0, "0s"},
        {1, "1s"},
        {70, "70s"},
        {119, "119s"},
        {2 * MIN, "2m"},
        {2 * MIN + 1, "2m1s"},
        {163, "2m43s"},
        {190, "3m10s"},
        {10 * MIN - 1, "9m59s"},
        {10 * MIN, "10m"},
        {10 * MIN + 59, "10m"},
        {70 * MIN, "70m"},
        {3 * HOUR - 1, "179m"},
        {3 * HOUR, "3h"},
        {3 * HOUR + 59, "3h"},
        {3 * HOUR + MIN, "3h1m"},
        {3 * HOUR + 2 * MIN, "3h2m"},
        {8 * HOUR - 1, "7h59m"},
        {8 * HOUR, "8h"},
        {8 * HOUR + 59 * MIN, "8h"},
        {19 * HOUR, "19h"},
        {47 * HOUR, "47h"},
        {2 * DAY - 1, "47h"},
        {2 * DAY, "2d"},
        {2 * DAY + 59 * MIN, "2d"},
        {2 * DAY + HOUR, "2d1h"},
        {2 * DAY + 3 * HOUR, "2d3h"},
        {5 * DAY + 2 * HOUR, "5d2h"},
        {8 * DAY - 1, "7d23h"},
        {8 * DAY, "8d"},
        {8 * DAY + 23 * HOUR, "8d"},
        {367 * DAY, "367d"},
        {2 * YEAR - 1, "729d"},
        {2 * YEAR, "2y"},
        {2 * YEAR + DAY - 1, "2y"},
        {2 * YEAR + DAY, "2y1d"},
        {3 * YEAR, "3y"},
        {8 * YEAR - 1, "7y364d"},
        {8 * YEAR, "8y"},
        {8 * YEAR + 364 * DAY, "8y"},
        {9 * YEAR, "9y"},
        {INT64_MAX, "292471208677y"},
    };
    char text[STAMP_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_ptr_equal(duration_human(text, rows[i].age), text);
        assert_string_equal(text, rows[i].want);
    }
}

/* ---- clocks ---- */

static void seconds_round_towards_the_past(void **state)
{
    (void)state;
    assert_int_equal(nsec_to_sec(0), 0);
    assert_int_equal(nsec_to_sec(NSEC_PER_SEC - 1), 0);
    assert_int_equal(nsec_to_sec(NSEC_PER_SEC), 1);
    assert_int_equal(nsec_to_sec(-1), -1);
    assert_int_equal(nsec_to_sec(-NSEC_PER_SEC), -1);
    assert_int_equal(nsec_to_sec(-NSEC_PER_SEC - 1), -2);
    assert_true(nsec_to_sec(INT64_MIN) == INT64_C(-9223372037));
    assert_true(nsec_to_sec(INT64_MAX) == INT64_C(9223372036));
}

static void a_clock_moved_by_hand_stands_still(void **state)
{
    struct clk *clk = clk_virtual_new(100 * NSEC_PER_SEC + 5, 7);

    (void)state;
    assert_int_equal(clk_wall(clk), 100 * NSEC_PER_SEC + 5);
    assert_int_equal(clk_mono(clk), 7);
    assert_int_equal(clk_now(clk), 100);
    clk_virtual_advance(clk, 2 * NSEC_PER_SEC);
    assert_int_equal(clk_now(clk), 102);
    assert_int_equal(clk_mono(clk), 2 * NSEC_PER_SEC + 7);
    clk_virtual_step(clk, -102 * NSEC_PER_SEC - 6);
    assert_int_equal(clk_wall(clk), -1);
    assert_int_equal(clk_now(clk), -1);
    assert_int_equal(clk_mono(clk), 2 * NSEC_PER_SEC + 7);
    assert_null(clk_free(clk));
    assert_null(clk_free(NULL));
    assert_null(clk_free(clk_system()));
}

static void the_systems_clock_goes_on(void **state)
{
    const struct clk *clk = clk_system();
    struct timespec before, after;
    nsec_t mono = clk_mono(clk), wall;

    (void)state;
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &before), 0);
    wall = clk_wall(clk);
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &after), 0);
    assert_true(wall >= before.tv_sec * NSEC_PER_SEC + before.tv_nsec);
    assert_true(wall <= after.tv_sec * NSEC_PER_SEC + after.tv_nsec);
    assert_true(clk_mono(clk) >= mono);
}

/* Whether the alarm becomes readable within MS. */
static bool readable(int fd, int ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    return poll(&wait, 1, ms) == 1;
}

static void an_alarm_rings_at_its_time(void **state)
{
    struct error err = {0};
    int fd = clk_alarm_open(&err);
    nsec_t due;

    (void)state;
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(clk_alarm_read(fd), CLK_ALARM_NONE);

    due = clk_wall(clk_system()) + 20 * NSEC_PER_MSEC;
    assert_true(clk_alarm_set(fd, due, &err));
    assert_int_equal(clk_alarm_read(fd), CLK_ALARM_NONE);
    assert_true(readable(fd, 10000));
    assert_true(clk_wall(clk_system()) >= due);
    assert_int_equal(clk_alarm_read(fd), CLK_ALARM_DUE);
    assert_int_equal(clk_alarm_read(fd), CLK_ALARM_NONE); /* it rings once */

    assert_true(clk_alarm_set(fd, 0, &err)); /* long ago: at once */
    assert_true(readable(fd, 10000));
    assert_int_equal(clk_alarm_read(fd), CLK_ALARM_DUE);

    assert_true(clk_alarm_set(fd, due, &err));
    assert_true(clk_alarm_set(fd, -1, &err)); /* takes the time away, and stays armed for steps */
    assert_false(readable(fd, 0));
    struct itimerspec left;

    assert_int_equal(timerfd_gettime(fd, &left), 0);
    assert_true(left.it_value.tv_sec > 100 * YEAR);
    close(fd);
}

static void an_alarm_tells_a_step_from_a_due_time(void **state)
{
    /* What clk_alarm_set leaves when a step came before it; a test cannot step the clock. */
    const struct itimerspec marked = {.it_value = {.tv_sec = 1}, .it_interval = {.tv_sec = 1}};
    struct error err = {0};
    int fd = clk_alarm_open(&err);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(
        timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &marked, NULL), 0);
    assert_true(readable(fd, 10000));
    assert_int_equal(clk_alarm_read(fd), CLK_ALARM_STEPPED);
    assert_true(clk_alarm_set(fd, -1, &err));
    assert_false(readable(fd, 0));
    close(fd);
    assert_false(clk_alarm_set(fd, 1, &err));
    assert_int_equal(err.code, ERROR_IO);
}

static void a_boot_has_an_id_that_stays(void **state)
{
    char id[40], again[40];

    (void)state;
    clk_boot_id(id);
    clk_boot_id(again);
    assert_int_equal(strlen(id), 36);
    assert_int_equal(strspn(id, "0123456789abcdef-"), 36);
    assert_string_equal(id, again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(whole_seconds_reach_further_than_nanoseconds),
        cmocka_unit_test(every_day_of_ten_thousand_years_is_that_of_libc),
        cmocka_unit_test(times_are_printed),
        cmocka_unit_test(offsets_are_printed),
        cmocka_unit_test(durations_are_read_as_go_reads_them),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(durations_are_printed_as_go_prints_them),
        cmocka_unit_test(a_printed_duration_is_read_back),
        cmocka_unit_test(ages_are_those_of_kubectl),
        cmocka_unit_test(seconds_round_towards_the_past),
        cmocka_unit_test(a_clock_moved_by_hand_stands_still),
        cmocka_unit_test(the_systems_clock_goes_on),
        cmocka_unit_test(an_alarm_rings_at_its_time),
        cmocka_unit_test(an_alarm_tells_a_step_from_a_due_time),
        cmocka_unit_test(a_boot_has_an_id_that_stays),
    };

    return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
