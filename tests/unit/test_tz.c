/* test_tz.c - time zones: TZif files good and broken, POSIX rules, names. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/base/stamp.h"
#include "core/base/str.h"
#include "core/cron/tz.h"
#include "core/cron/tz_rule.h"
#include "tests/unit/tzif_build.h"

static sec_t at(const char *stamp)
{
    sec_t when = 0;
    if (!stamp_parse_sec(stamp, &when)) {
        fail_msg("%s is no time", stamp);
    }
    return when;
}

static void free_at(struct tz **tz)
{
    tz_free(*tz);
}

static struct tz *zone_of(const char *rule)
{
    struct error err = {0};
    struct tz *tz = tzif_rule_zone(rule, &err);
    if (tz == NULL) {
        fail_msg("%s: %s", rule, err.what);
    }
    return tz;
}

static void assert_at(const struct tz *tz, const char *stamp, int offset, bool dst,
                      const char *abbrev)
{
    sec_t when = at(stamp);
    struct tz_span span = tz_at(tz, when);
    if (span.offset != offset || span.dst != dst || strcmp(span.abbrev, abbrev) != 0) {
        fail_msg("%s: %d %d %s, not %d %d %s", stamp, span.offset, span.dst, span.abbrev, offset,
                 dst, abbrev);
    }
    assert_true(span.from <= when && when < span.until);
}

/* ---- rules ---- */

/* The change to daylight saving time and back, in UTC. */
static void rules_change_when_they_say(void **state)
{
    static const struct {
        const char *rule, *start, *end; /* in 2026, and in 2028, a leap year */
        const char *leap_start, *leap_end;
    } rows[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z",
         "2028-03-26T01:00:00Z", "2028-10-29T01:00:00Z"},
        {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z",
         "2028-03-12T07:00:00Z", "2028-11-05T06:00:00Z"},
        /* 29 February is never counted by J, always by a bare number. */
        {"AAA0BBB,J59/0,J60/0", "2026-02-28T00:00:00Z", "2026-02-28T23:00:00Z",
         "2028-02-28T00:00:00Z", "2028-02-29T23:00:00Z"},
        {"AAA0BBB,58/0,59/0", "2026-02-28T00:00:00Z", "2026-02-28T23:00:00Z",
         "2028-02-28T00:00:00Z", "2028-02-28T23:00:00Z"},
        {"AAA0BBB,0/0,365/0", "2026-01-01T00:00:00Z", "2026-12-31T23:00:00Z",
         "2028-01-01T00:00:00Z", "2028-12-30T23:00:00Z"},
        /* names in brackets, times below zero and of more than a day, all three parts of a time */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z",
         "2028-03-26T01:00:00Z", "2028-10-29T01:00:00Z"},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", "2026-10-23T23:00:00Z",
         "2028-03-25T00:00:00Z", "2028-10-27T23:00:00Z"},
        {"AAA0BBB-0:30:15,M1.1.1/+2:03:04,M2.1.1/-167:59:59", "2026-01-05T02:03:04Z",
         "2026-01-25T23:29:46Z", "2028-01-03T02:03:04Z", "2028-01-30T23:29:46Z"},
        /* half an hour */
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-10-03T15:30:00Z", "2026-04-04T15:00:00Z",
         "2028-09-30T15:30:00Z", "2028-04-01T15:00:00Z"},
        /* winter time as the "daylight saving" one, set back: Ireland */
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-10-25T01:00:00Z", "2026-03-29T01:00:00Z",
         "2028-10-29T01:00:00Z", "2028-03-26T01:00:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(free_at) struct tz *tz = zone_of(rows[i].rule);
        const char *const starts[] = {rows[i].start, rows[i].leap_start};
        const char *const ends[] = {rows[i].end, rows[i].leap_end};
        for (size_t year = 0; year < 2; year++) {
            sec_t start = at(starts[year]), end = at(ends[year]);
            if (tz_at(tz, start - 1).dst || !tz_at(tz, start).dst || !tz_at(tz, end - 1).dst ||
                tz_at(tz, end).dst) {
                fail_msg("%s: %s %s", rows[i].rule, starts[year], ends[year]);
            }
            assert_int_equal(tz_at(tz, start).from, start);
            assert_int_equal(tz_at(tz, start - 1).until, start);
            assert_int_equal(tz_at(tz, end).from, end);
        }
    }
}

static void a_rule_holds_in_all_years(void **state)
{
    (void)state;
    cleanup_with(free_at) struct tz *tz = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_at(tz, "0001-07-01T00:00:00Z", 7200, true, "CEST");
    assert_at(tz, "1600-01-01T00:00:00Z", 3600, false, "CET");
    assert_at(tz, "2026-01-01T00:00:00Z", 3600, false, "CET");
    assert_at(tz, "2399-07-01T00:00:00Z", 7200, true, "CEST");
    assert_at(tz, "2400-07-01T00:00:00Z", 7200, true, "CEST");
    assert_at(tz, "9998-07-01T00:00:00Z", 7200, true, "CEST");
    assert_at(tz, "9999-12-31T23:59:59Z", 3600, false, "CET");
    /* Spans meet without a hole over all of it, also where the 400 years join. */
    sec_t when = at("1500-01-01T00:00:00Z");
    sec_t last = at("3500-01-01T00:00:00Z");
    size_t changes = 0;
    while (when < last) {
        struct tz_span here = tz_at(tz, when);
        struct tz_span next = tz_at(tz, here.until);
        assert_true(here.from <= when && when < here.until);
        assert_int_equal(next.from, here.until);
        assert_true(next.dst != here.dst);
        when = here.until;
        changes++;
    }
    assert_int_equal(changes, 4001);
    for (sec_t far = INT64_MAX - 2; far > 0; far /= 2) {
        assert_int_equal(tz_at(tz, far).offset % 3600, 0);
        assert_int_equal(tz_at(tz, -far).offset % 3600, 0);
    }
    (void)tz_at(tz, INT64_MIN);
    (void)tz_at(tz, INT64_MAX);
}

static void a_rule_without_dst_is_one_span(void **state)
{
    (void)state;
    cleanup_with(free_at) struct tz *tz = zone_of("<+0545>-5:45");
    struct tz_span span = tz_at(tz, 0);
    assert_int_equal(span.offset, 5 * 3600 + 45 * 60);
    assert_string_equal(span.abbrev, "+0545");
    assert_true(span.from == INT64_MIN && span.until == INT64_MAX && !span.dst);
}

/* RFC 9636 section 3.3.1: an end that falls on the next start means all year. */
static void dst_all_year_is_one_span(void **state)
{
    (void)state;
    static const char *const rules[] = {"XXX3EDT4,0/0,J365/23", "XXX3EDT4,0/0,J365/25",
                                        "EST5EDT,0/0,J365/25"};
    for (size_t i = 0; i < countof(rules); i++) {
        cleanup_with(free_at) struct tz *tz = zone_of(rules[i]);
        struct tz_span span = tz_at(tz, at("2026-01-01T04:30:00Z"));
        assert_int_equal(span.offset, -4 * 3600);
        assert_true(span.dst);
        assert_true(span.from == INT64_MIN && span.until == INT64_MAX);
    }
}

static void dst_that_ends_as_it_begins_never_holds(void **state)
{
    (void)state;
    cleanup_with(free_at) struct tz *tz = zone_of("CET-1CEST,M1.5.0,M1.5.0/3");
    struct tz_span span = tz_at(tz, at("2026-07-01T00:00:00Z"));
    assert_int_equal(span.offset, 3600);
    assert_true(span.from == INT64_MIN && span.until == INT64_MAX);
}

static void texts_that_are_no_rules_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "CET",
        "CE-1",
        "-1",
        "CET-",
        "CET-25",
        "CET-1:60",
        "CET-1:00:60",
        "CET-1:",
        "CET-1CEST", /* without dates: POSIX leaves it open, RFC 9636 wants them */
        "CET-1CEST,",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,",
        "CET-1CEST,M3.5.0,M10.5.0/",
        "CET-1CEST,M3.5.0,M10.5.0/168",
        "CET-1CEST,M3.5.0,M10.5.0x",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,J0,M10.5.0",
        "CET-1CEST,J366,M10.5.0",
        "CET-1CEST,366,M10.5.0",
        "CET-1CEST,99999999999999999999,M10.5.0",
        "CET-99999999999999999999",
        "<CET-1",
        "<C>-1",
        "<C T>-1",
        "C3T-1",
        ":Europe/Berlin",
        "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>-1",
    };

    (void)state;
    for (size_t i = 0; i < countof(texts); i++) {
        struct tz_rule rule;
        struct error err = {0};
        if (tz_rule_parse(texts[i], &rule, &err)) {
            fail_msg("'%s' is taken", texts[i]);
        }
        assert_int_equal(err.code, ERROR_INVALID);
    }
}

/* ---- files ---- */

static const struct tzif_type berlin_types[] = {{3208, 0, 0}, {3600, 0, 4}, {7200, 1, 8}};
static const int64_t berlin_times[] = {-2422054408, 354675600, 370400400};
static const unsigned char berlin_which[] = {1, 2, 1};
static const struct tzif berlin = {
    .version = '2',
    .times = berlin_times,
    .which = berlin_which,
    .time_count = 3,
    .types = berlin_types,
    .type_count = 3,
    .abbrevs = "LMT\0CET\0CEST",
    .abbrev_count = 13,
    .footer = "CET-1CEST,M3.5.0,M10.5.0/3",
};

static void transitions_then_the_footer_hold(void **state)
{
    (void)state;
    for (int version = '2'; version <= '5'; version++) {
        struct tzif file = berlin;
        file.version = (char)version;
        cleanup_with(str_done) struct str bytes = {0};
        tzif_build(&file, &bytes);
        struct error err = {0};
        cleanup_with(free_at) struct tz *tz = tz_parse(bytes.data, bytes.len, &err);
        assert_non_null(tz);
        assert_at(tz, "1800-01-01T00:00:00Z", 3208, false, "LMT");
        assert_at(tz, "1893-03-31T23:06:31Z", 3208, false, "LMT");
        assert_at(tz, "1893-03-31T23:06:32Z", 3600, false, "CET");
        assert_at(tz, "1981-06-01T00:00:00Z", 7200, true, "CEST");
        assert_at(tz, "1982-01-01T00:00:00Z", 3600, false, "CET");
        assert_at(tz, "2026-07-01T00:00:00Z", 7200, true, "CEST");
        assert_at(tz, "2426-07-01T00:00:00Z", 7200, true, "CEST");
        assert_string_equal(tz_name(tz), "Local");
    }
}

static void without_a_footer_the_last_type_stays(void **state)
{
    static const int64_t times[] = {-1000, 370400400}; /* they fit 32 bits */
    static const unsigned char which[] = {2, 1};
    (void)state;
    for (int modern = 0; modern < 2; modern++) {
        struct tzif file = berlin;
        file.version = modern ? '2' : '\0';
        file.times = times;
        file.which = which;
        file.time_count = 2;
        file.footer = NULL;
        cleanup_with(str_done) struct str bytes = {0};
        tzif_build(&file, &bytes);
        cleanup_with(free_at) struct tz *tz = tz_parse(bytes.data, bytes.len, NULL);
        assert_non_null(tz);
        assert_at(tz, "1969-01-01T00:00:00Z", 3208, false, "LMT");
        assert_at(tz, "1970-01-01T00:00:00Z", 7200, true, "CEST");
        assert_at(tz, "2026-07-01T00:00:00Z", 3600, false, "CET");
        assert_int_equal(tz_at(tz, at("2026-07-01T00:00:00Z")).until, INT64_MAX);
    }
}

static void transitions_that_change_nothing_are_no_spans(void **state)
{
    static const int64_t times[] = {-1000, 0, 1000, 2000};
    static const unsigned char which[] = {1, 1, 2, 2};
    (void)state;
    struct tzif file = berlin;
    file.times = times;
    file.which = which;
    file.time_count = 4;
    file.footer = "<UTC>0";
    cleanup_with(str_done) struct str bytes = {0};
    tzif_build(&file, &bytes);
    cleanup_with(free_at) struct tz *tz = tz_parse(bytes.data, bytes.len, NULL);
    assert_non_null(tz);
    assert_int_equal(tz_at(tz, 500).from, -1000);
    assert_int_equal(tz_at(tz, 500).until, 1000);
    /* The footer holds from the last transition on, even from one that changes nothing. */
    assert_int_equal(tz_at(tz, 1500).until, 2000);
    assert_int_equal(tz_at(tz, 2000).offset, 0);
}

static void a_first_transition_at_the_beginning_of_time_is_fine(void **state)
{
    static const int64_t starts[] = {INT64_MIN, -(INT64_C(1) << 59)};
    static const unsigned char which[] = {1};
    (void)state;
    for (size_t i = 0; i < countof(starts); i++) {
        struct tzif file = berlin;
        file.times = &starts[i];
        file.which = which;
        file.time_count = 1;
        cleanup_with(str_done) struct str bytes = {0};
        tzif_build(&file, &bytes);
        cleanup_with(free_at) struct tz *tz = tz_parse(bytes.data, bytes.len, NULL);
        assert_non_null(tz);
        assert_at(tz, "2026-07-01T00:00:00Z", 7200, true, "CEST");
        assert_at(tz, "0100-01-01T00:00:00Z", 3600, false, "CET");
    }
}

static void assert_refused(const struct tzif *file, const char *what)
{
    cleanup_with(str_done) struct str bytes = {0};
    tzif_build(file, &bytes);
    struct error err = {0};
    cleanup_with(free_at) struct tz *tz = tz_parse(bytes.data, bytes.len, &err);
    if (tz != NULL || err.code != ERROR_INVALID || strstr(err.what, what) == NULL) {
        fail_msg("'%s' instead of '%s'", err.what, what);
    }
}

static void broken_files_are_refused(void **state)
{
    static const int64_t unordered[] = {0, 0, 1};
    static const unsigned char wild[] = {1, 2, 3};
    static const struct tzif_type far[] = {{93600, 0, 0}, {0, 0, 0}, {0, 0, 0}};
    static const struct tzif_type west[] = {{-90000, 0, 0}, {0, 0, 0}, {0, 0, 0}};
    static const struct tzif_type odd[] = {{0, 2, 0}, {0, 0, 0}, {0, 0, 0}};
    static const struct tzif_type nameless[] = {{0, 0, 13}, {0, 0, 0}, {0, 0, 0}};
    (void)state;

    struct tzif file = berlin;
    file.times = unordered;
    assert_refused(&file, "not in order");
    file = berlin;
    file.which = wild;
    assert_refused(&file, "has no type");
    file = berlin;
    file.types = far;
    assert_refused(&file, "a day or more");
    file.types = west;
    assert_refused(&file, "a day or more");
    file.types = odd;
    assert_refused(&file, "out of range");
    file.types = nameless;
    assert_refused(&file, "out of range");
    file = berlin;
    file.abbrev_count = 12; /* without the last NUL */
    assert_refused(&file, "does not end");
    file.abbrev_count = 0;
    assert_refused(&file, "contradict");
    file = berlin;
    file.type_count = 0;
    file.time_count = 0;
    assert_refused(&file, "contradict");
    file = berlin;
    file.isstd_count = 2;
    assert_refused(&file, "contradict");
    file = berlin;
    file.isut_count = 1;
    assert_refused(&file, "contradict");
    file = berlin;
    file.leap_count = 27;
    assert_refused(&file, "leap seconds");
    file = berlin;
    file.footer = "nonsense";
    assert_refused(&file, "not a POSIX TZ rule");
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct tzif file = berlin;
    file.isstd_count = 3;
    file.isut_count = 3;
    cleanup_with(str_done) struct str bytes = {0};
    tzif_build(&file, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        /* A copy of exactly that size, so that a sanitizer sees a read behind it. */
        autofree char *copy = xmalloc(len + (len == 0));
        memcpy(copy, bytes.data, len);
        cleanup_with(free_at) struct tz *tz = tz_parse(copy, len, NULL);
        assert_null(tz);
    }
}

static void absurd_counts_are_refused_before_anything_is_allocated(void **state)
{
    (void)state;
    for (int block = 0; block < 2; block++) {
        for (size_t field = 0; field < 6; field++) {
            cleanup_with(str_done) struct str bytes = {0};
            tzif_build(&berlin, &bytes);
            /* The empty first block is 44 bytes of header, one type and one NUL. */
            memset(bytes.data + block * 51 + 20 + 4 * field, 0xFF, 4);
            cleanup_with(free_at) struct tz *tz = tz_parse(bytes.data, bytes.len, NULL);
            assert_null(tz);
        }
    }
}

/* ---- names ---- */

static void wrong_names_are_refused_with_a_way_out(void **state)
{
    static const struct {
        const char *name, *what, *hint;
    } rows[] = {
        {"", "empty", "leave it out"},
        {"Local", "'Local'", "leave it out"},
        {"local", "'local'", "leave it out"},
        {"LOCAL", "'LOCAL'", "leave it out"},
        {"/etc/localtime", "unknown time zone '/etc/localtime'", "IANA"},
        {"../zoneinfo/UTC", "unknown time zone", "IANA"},
        {"Europe/../UTC", "unknown time zone", "IANA"},
        {"..", "unknown time zone", "IANA"},
        {".", "unknown time zone", "IANA"},
        {"Europe//Berlin", "unknown time zone", "IANA"},
        {"Europe/Berlin/", "unknown time zone", "IANA"},
        {"Europe/Berlin ", "unknown time zone", "IANA"},
        {"Europe\\Berlin", "unknown time zone", "IANA"},
        {"Mars/Phobos", "unknown time zone 'Mars/Phobos'", "IANA"},
        {"Europe", "unknown time zone 'Europe'", "IANA"},
        {"utc", "unknown time zone 'utc'", "'UTC'"},
        {"europe/berlin", "unknown time zone 'europe/berlin'", "'Europe/Berlin'"},
        {"america/north_dakota/center", "unknown", "'America/North_Dakota/Center'"},
        {"+02:00", "unknown time zone '+02:00'", "Etc/GMT-2"},
        {"GMT+1", "unknown time zone 'GMT+1'", "Etc/GMT-2"},
        {"UTC-5", "unknown time zone 'UTC-5'", "Etc/GMT-2"},
        {"zone.tab", "unknown time zone", "IANA"},
        {"leapseconds", "'leapseconds': not a time zone file", "IANA"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "a",
         "unknown time zone", "IANA"},
    };

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct error err = {0};
        if (tz_find(rows[i].name, &err) != NULL) {
            fail_msg("'%s' is taken", rows[i].name);
        }
        if (err.code != ERROR_INVALID || strstr(err.what, rows[i].what) == NULL ||
            strstr(err.hint, rows[i].hint) == NULL) {
            fail_msg("'%s': %s; %s", rows[i].name, err.what, err.hint);
        }
        assert_null(tz_find(rows[i].name, NULL));
    }
}

static void a_zone_is_loaded_once_and_keeps_its_name(void **state)
{
    (void)state;
    const struct tz *berlin_zone = tz_find("Europe/Berlin", NULL);
    assert_non_null(berlin_zone);
    assert_ptr_equal(berlin_zone, tz_find("Europe/Berlin", NULL));
    assert_string_equal(tz_name(berlin_zone), "Europe/Berlin");
    const struct tz *paris = tz_find("Europe/Paris", NULL);
    assert_non_null(paris);
    assert_ptr_not_equal(paris, berlin_zone);
    assert_ptr_equal(tz_find("UTC", NULL), tz_utc());
    assert_string_equal(tz_name(tz_utc()), "UTC");
}

static void utc_is_one_span_for_ever(void **state)
{
    (void)state;
    static const sec_t times[] = {INT64_MIN, -1, 0, 1, INT64_MAX - 1};
    for (size_t i = 0; i < countof(times); i++) {
        struct tz_span span = tz_at(tz_utc(), times[i]);
        assert_true(span.from == INT64_MIN && span.until == INT64_MAX);
        assert_true(span.offset == 0 && !span.dst);
        assert_string_equal(span.abbrev, "UTC");
    }
}

static void the_machines_zone_is_always_there(void **state)
{
    (void)state;
    const struct tz *tz = tz_local();
    assert_non_null(tz);
    assert_ptr_equal(tz, tz_local());
    assert_true(strlen(tz_name(tz)) > 0);
}

/* Facts from the history books, so that not only libc vouches for the reader. */
static void known_moments_are_right(void **state)
{
    (void)state;
    const struct tz *apia = tz_find("Pacific/Apia", NULL);
    assert_non_null(apia);
    assert_at(apia, "2011-12-30T09:59:59Z", -10 * 3600, true, "-10");
    assert_at(apia, "2011-12-30T10:00:00Z", 14 * 3600, true, "+14"); /* no 30 December */
    const struct tz *lord_howe = tz_find("Australia/Lord_Howe", NULL);
    assert_non_null(lord_howe);
    assert_at(lord_howe, "2026-04-04T14:59:59Z", 11 * 3600, true, "+11");
    assert_at(lord_howe, "2026-04-04T15:00:00Z", 10 * 3600 + 1800, false, "+1030");
    const struct tz *dublin = tz_find("Europe/Dublin", NULL);
    assert_non_null(dublin);
    assert_int_equal(tz_at(dublin, at("2026-07-01T00:00:00Z")).offset, 3600);
    assert_int_equal(tz_at(dublin, at("2026-01-01T00:00:00Z")).offset, 0);
    const struct tz *kathmandu = tz_find("Asia/Kathmandu", NULL);
    assert_non_null(kathmandu);
    assert_at(kathmandu, "1985-12-31T18:29:59Z", 5 * 3600 + 1800, false, "+0530");
    assert_at(kathmandu, "1985-12-31T18:30:00Z", 5 * 3600 + 2700, false, "+0545");
    const struct tz *monrovia = tz_find("Africa/Monrovia", NULL);
    assert_non_null(monrovia);
    assert_at(monrovia, "1972-01-07T00:44:29Z", -(44 * 60 + 30), false, "MMT"); /* odd seconds */
    assert_at(monrovia, "1972-01-07T00:44:30Z", 0, false, "GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_change_when_they_say),
        cmocka_unit_test(a_rule_holds_in_all_years),
        cmocka_unit_test(a_rule_without_dst_is_one_span),
        cmocka_unit_test(dst_all_year_is_one_span),
        cmocka_unit_test(dst_that_ends_as_it_begins_never_holds),
        cmocka_unit_test(texts_that_are_no_rules_are_refused),
        cmocka_unit_test(transitions_then_the_footer_hold),
        cmocka_unit_test(without_a_footer_the_last_type_stays),
        cmocka_unit_test(transitions_that_change_nothing_are_no_spans),
        cmocka_unit_test(a_first_transition_at_the_beginning_of_time_is_fine),
        cmocka_unit_test(broken_files_are_refused),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(absurd_counts_are_refused_before_anything_is_allocated),
        cmocka_unit_test(wrong_names_are_refused_with_a_way_out),
        cmocka_unit_test(a_zone_is_loaded_once_and_keeps_its_name),
        cmocka_unit_test(utc_is_one_span_for_ever),
        cmocka_unit_test(the_machines_zone_is_always_there),
        cmocka_unit_test(known_moments_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
