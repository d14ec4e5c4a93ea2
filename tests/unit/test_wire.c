/* test_wire.c - what scheduler and shim agree on: log records, orders, start and exit records. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/base/str.h"
#include "core/run/wire/crilog.h"
#include "core/run/wire/order.h"
#include "core/run/wire/record.h"
#include "tests/unit/seed.h"

#define WALL INT64_C(1795208400123456789) /* 2026-11-20T21:00:00.123456789Z */

/* A folder with an open log in it. */
struct desk {
    char folder[PATH_MAX];
    int fd;
    struct crilog log;
    struct crilog_input inputs[2];
};

static int desk_enter(void **state)
{
    struct desk *desk = xcalloc(1, sizeof *desk);
    const char *base = getenv("TEST_DIR");
    (void)snprintf(desk->folder, sizeof desk->folder, "%s/wire.XXXXXX", base ? base : ".");
    assert_non_null(mkdtemp(desk->folder));
    desk->fd = open(desk->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(crilog_open(&desk->log, desk->fd, 0), 0);
    desk->inputs[1].stream = CRILOG_STDERR;
    *state = desk;
    return 0;
}

static int desk_leave(void **state)
{
    struct desk *desk = *state;
    crilog_close(&desk->log);
    close(desk->fd);
    bool removed = file_remove_tree(desk->folder, NULL);
    free(desk);
    return !removed;
}

static void desk_give(struct desk *desk, int stream, const char *bytes, size_t len)
{
    struct crilog_input *input = &desk->inputs[stream];
    while (len > 0) {
        size_t room = sizeof input->data - input->used;
        size_t take = len < room ? len : room;
        memcpy(input->data + input->used, bytes, take);
        input->used += take;
        crilog_feed(&desk->log, input, WALL);
        bytes += take;
        len -= take;
    }
}

/* Yours to free(). */
static char *desk_file(const struct desk *desk, const char *name)
{
    struct str text = {0};
    if (!file_read_at(desk->fd, name, (size_t)64 << 20, &text, NULL)) {
        str_clear(&text);
    }
    return str_take(&text);
}

static void lines_become_records(void **state)
{
    struct desk *desk = *state;
    desk_give(desk, 0, "one\n\ntwo\nthr", 12);
    desk_give(desk, 1, "err\n", 4);
    desk_give(desk, 0, "ee\nlast", 7);
    crilog_feed_rest(&desk->log, &desk->inputs[0], WALL, true);
    crilog_flush(&desk->log, WALL);
    autofree char *text = desk_file(desk, "0.log");
    assert_string_equal(text, "2026-11-20T21:00:00.123456789Z stdout F one\n"
                              "2026-11-20T21:00:00.123456789Z stdout F \n"
                              "2026-11-20T21:00:00.123456789Z stdout F two\n"
                              "2026-11-20T21:00:00.123456789Z stderr F err\n"
                              "2026-11-20T21:00:00.123456789Z stdout F three\n"
                              "2026-11-20T21:00:00.123456789Z stdout F last\n");
}

static void a_line_over_sixteen_kilobytes_is_cut_into_parts(void **state)
{
    struct desk *desk = *state;
    static const size_t lengths[] = {CRILOG_PART_MAX - 1, CRILOG_PART_MAX, CRILOG_PART_MAX + 1,
                                     2 * CRILOG_PART_MAX, 300000};
    static char line[300001];
    memset(line, 'x', sizeof line);
    for (size_t i = 0; i < countof(lengths); i++) {
        line[lengths[i]] = '\n';
        desk_give(desk, 0, line, lengths[i] + 1);
        line[lengths[i]] = 'x';
    }
    crilog_flush(&desk->log, WALL);
    autofree char *text = desk_file(desk, "0.log");
    size_t which = 0, joined = 0;
    for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
        struct crilog_line record;
        assert_true(crilog_parse(at, strcspn(at, "\n"), &record));
        assert_true(record.len <= CRILOG_PART_MAX);
        assert_true(!record.partial || record.len == CRILOG_PART_MAX);
        joined += record.len;
        if (!record.partial) {
            assert_int_equal(joined, lengths[which++]);
            joined = 0;
        }
    }
    assert_int_equal(which, countof(lengths));
}

static void stamps_agree_with_the_common_ground(void **state)
{
    struct id_source random = seed_begin();
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char ours[31] = {0};
        char theirs[STAMP_SIZE];
        struct crilog_line line;
        char record[64];
        int64_t wall = (int64_t)(id_random(&random) >> 1);
        wall = i % 3 == 0 ? -wall : wall;
        crilog_stamp(ours, wall);
        assert_string_equal(ours, stamp_nsec(theirs, wall));
        int n = snprintf(record, sizeof record, "%s stdout F x", ours);
        if (strcmp(ours, "1678") > 0 && strcmp(ours, "2262") < 0) {
            assert_true(crilog_parse(record, (size_t)n, &line));
            assert_true(line.wall == wall);
        }
    }
}

static void records_of_other_runtimes_parse_and_the_rest_does_not(void **state)
{
    static const char *const good[] = {
        "2016-10-06T00:17:09.669794202Z stdout P log content 1",
        "2016-10-06T00:17:09Z stderr F ",
        "2016-10-06T00:17:09.6Z stderr F",
        "2016-10-06T02:17:09.669794202+02:00 stdout F:tag:more text",
    };
    static const char *const bad[] = {
        "",
        " ",
        "2016-10-06T00:17:09.669794202Z",
        "2016-10-06T00:17:09.669794202Z stdout",
        "2016-10-06T00:17:09.669794202Z stdout X text",
        "2016-10-06T00:17:09.669794202Z stdout FF text",
        "2016-10-06T00:17:09.669794202Z stdlog F text",
        "2016-13-06T00:17:09.669794202Z stdout F text",
        "2016-10-06 00:17:09.669794202Z stdout F text",
        "2016-10-06T00:17:09.Z stdout F text",
        "2016-10-06T00:17:09.669794202 stdout F text",
        "hello world, this is not a record at all",
    };
    struct crilog_line line;
    (void)state;
    for (size_t i = 0; i < countof(good); i++) {
        assert_true(crilog_parse(good[i], strlen(good[i]), &line));
    }
    assert_true(crilog_parse(good[0], strlen(good[0]), &line));
    assert_true(line.partial);
    assert_string_equal(line.text, "log content 1");
    assert_true(line.wall == INT64_C(1475713029669794202));
    assert_true(crilog_parse(good[3], strlen(good[3]), &line));
    assert_true(line.wall == INT64_C(1475713029669794202));
    assert_string_equal(line.text, "text");
    for (size_t i = 0; i < countof(bad); i++) {
        assert_false(crilog_parse(bad[i], strlen(bad[i]), &line));
    }
}

static void rotation_keeps_the_newest_files_and_says_what_it_dropped(void **state)
{
    struct desk *desk = *state;
    desk->log.rotate_at = 1000;
    desk->log.keep = 3;
    for (int i = 0; i < 200; i++) {
        char line[32];
        int n = snprintf(line, sizeof line, "line %d\n", i);
        desk_give(desk, 0, line, (size_t)n);
        crilog_flush(&desk->log, WALL);
    }
    struct stat st;
    assert_int_equal(fstatat(desk->fd, "0.log.3", &st, 0), 0);
    assert_int_equal(fstatat(desk->fd, "0.log.4", &st, 0), -1);
    /* Oldest to newest, the numbers run on without a gap up to the last. */
    static const char *const names[] = {"0.log.3", "0.log.2", "0.log.1", "0.log"};
    long next = -1;
    int notes = 0;
    for (size_t i = 0; i < countof(names); i++) {
        autofree char *text = desk_file(desk, names[i]);
        assert_true(strlen(text) <= 1000);
        for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
            if (strncmp(at + CRILOG_PREFIX, "line ", 5) != 0) {
                notes++;
                assert_non_null(strstr(at, "belfry: the oldest "));
                continue;
            }
            long number = strtol(at + CRILOG_PREFIX + 5, NULL, 10);
            assert_true(next < 0 || number == next);
            next = number + 1;
        }
    }
    assert_int_equal(next, 200);
    assert_true(notes > 0);
}

/* A limit on the size of files is a disk that is full at a byte of our choice. */
static void a_full_disk_drops_whole_lines_and_the_log_says_so_afterwards(void **state)
{
    struct desk *desk = *state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit full = {.rlim_cur = 150, .rlim_max = before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    desk_give(desk, 0, "first\n", 6);
    crilog_flush(&desk->log, WALL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    desk_give(desk, 0, "second\nthird\nfourth\n", 20);
    crilog_flush(&desk->log, WALL);
    desk_give(desk, 0, "fifth\n", 6);
    crilog_flush(&desk->log, WALL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(desk->log.fault, EFBIG);
    assert_int_equal(desk->log.lost_lines, 2);
    autofree char *during = desk_file(desk, "0.log");
    assert_int_equal(during[strlen(during) - 1], '\n');
    desk_give(desk, 0, "sixth\n", 6);
    crilog_flush(&desk->log, WALL);
    autofree char *text = desk_file(desk, "0.log");
    assert_non_null(strstr(text, "F first\n"));
    assert_non_null(strstr(text, "F second\n"));
    assert_non_null(strstr(text, "F third\n"));
    assert_null(strstr(text, "fourth"));
    assert_null(strstr(text, "fifth"));
    const char *note = strstr(text, "stderr F belfry: 2 lines, ");
    assert_non_null(note);
    assert_non_null(strstr(note, "bytes were dropped here: File too large\n"));
    assert_non_null(strstr(note, "F sixth\n"));
    assert_int_equal(desk->log.lost_lines, 2);
}

static void a_torn_record_is_cut_off_when_the_log_is_opened_again(void **state)
{
    struct desk *desk = *state;
    desk_give(desk, 0, "whole\n", 6);
    crilog_flush(&desk->log, WALL);
    assert_int_equal(write(desk->log.fd, "2026-11-20T21", 13), 13);
    crilog_close(&desk->log);
    assert_int_equal(crilog_open(&desk->log, desk->fd, 0), 0);
    desk_give(desk, 0, "next\n", 5);
    crilog_flush(&desk->log, WALL);
    autofree char *text = desk_file(desk, "0.log");
    assert_string_equal(text, "2026-11-20T21:00:00.123456789Z stdout F whole\n"
                              "2026-11-20T21:00:00.123456789Z stdout F next\n");
}

static struct exit_record exit_sample(void)
{
    return (struct exit_record){
        .reason = EXIT_DEADLINE_EXCEEDED,
        .code = 143,
        .signal = 15,
        .started = WALL,
        .finished = WALL + 5,
        .cpu_ns = INT64_MAX,
        .max_rss = -1,
        .lost_lines = UINT64_MAX,
        .lost_bytes = 7,
        .message = "it said: no\nroom\tleft",
    };
}

static void records_survive_the_way_through_a_file(void **state)
{
    struct desk *desk = *state;
    char text[RECORD_SIZE];
    struct exit_record want = exit_sample();
    struct exit_record got;
    struct start_record start = {.started = WALL,
                                 .shim_pid = 12,
                                 .shim_birth = 99,
                                 .pid = 13,
                                 .birth = UINT64_MAX,
                                 .boot_id = "3f1c"};
    struct start_record start_got;
    assert_int_equal(exit_record_read(desk->fd, &got), ENOENT);
    assert_int_equal(record_write(desk->fd, "exit", text, exit_record_print(&want, text)), 0);
    assert_int_equal(exit_record_read(desk->fd, &got), 0);
    assert_int_equal(got.reason, want.reason);
    assert_int_equal(got.code, want.code);
    assert_int_equal(got.signal, want.signal);
    assert_true(got.started == want.started && got.finished == want.finished);
    assert_true(got.cpu_ns == want.cpu_ns && got.max_rss == want.max_rss);
    assert_true(got.lost_lines == want.lost_lines && got.lost_bytes == want.lost_bytes);
    assert_string_equal(got.message, "it said: no room left");
    assert_int_equal(record_write(desk->fd, "start", text, start_record_print(&start, text)), 0);
    assert_int_equal(start_record_read(desk->fd, &start_got), 0);
    assert_memory_equal(&start, &start_got, sizeof start);
}

static void the_longest_records_fit(void **state)
{
    char text[RECORD_SIZE];
    struct exit_record record = exit_sample();
    struct exit_record got;
    (void)state;
    record.reason = EXIT_CONTAINER_CANNOT_RUN;
    record.code = 255;
    record.signal = 64;
    record.started = record.finished = record.cpu_ns = record.max_rss = INT64_MIN;
    record.lost_bytes = UINT64_MAX;
    memset(record.message, 'm', sizeof record.message - 1);
    record.message[sizeof record.message - 1] = '\0';
    size_t len = exit_record_print(&record, text);
    assert_true(len < RECORD_SIZE);
    assert_true(exit_record_parse(text, len, &got));
    assert_string_equal(got.message, record.message);
}

static void a_cut_or_changed_record_counts_as_absent(void **state)
{
    char text[RECORD_SIZE];
    struct exit_record record = exit_sample();
    struct exit_record got;
    size_t len = exit_record_print(&record, text);
    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        assert_false(exit_record_parse(text, cut, &got));
    }
    for (size_t i = 0; i < len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            text[i] = (char)(text[i] ^ 1 << bit);
            assert_false(exit_record_parse(text, len, &got));
            text[i] = (char)(text[i] ^ 1 << bit);
        }
    }
    assert_true(exit_record_parse(text, len, &got));
    struct start_record start;
    assert_false(start_record_parse(text, len, &start));
}

static void every_reason_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (int i = 0; i < EXIT_REASON_COUNT; i++) {
        enum exit_reason reason;
        assert_true(exit_reason_from(exit_reason_name((enum exit_reason)i), &reason));
        assert_int_equal(reason, i);
    }
}

static struct order order_sample(void)
{
    static const char *const argv[] = {"/bin/sh", "-c", "echo 'a=b'\nexit 3", "", NULL};
    static const char *const env[] = {"A=1", "arg=x", "B=", NULL};
    return (struct order){
        .log_folder = "/var/lib/belfry/logs/uid/main",
        .number = 3,
        .cwd = "/",
        .uid = -1,
        .gid = 100,
        .groups = "4,24",
        .file_mask = 022,
        .deadline_boot = 12345,
        .deadline_wall = WALL,
        .boot_id = "b007",
        .grace = 30,
        .leave_children = 1,
        .argv = argv,
        .env = env,
    };
}

static void an_order_survives_the_way_through_a_file(void **state)
{
    char text[1024];
    struct order want = order_sample();
    struct order got;
    char *pointers[8];
    (void)state;
    size_t len = order_print(&want, text, sizeof text);
    assert_true(len < sizeof text);
    assert_int_equal(order_print(&want, NULL, 0), len);
    assert_true(order_parse(text, len, &got));
    assert_string_equal(got.log_folder, want.log_folder);
    assert_string_equal(got.cwd, want.cwd);
    assert_string_equal(got.groups, want.groups);
    assert_string_equal(got.boot_id, want.boot_id);
    assert_true(got.number == 3 && got.uid == -1 && got.gid == 100 && got.file_mask == 022);
    assert_true(got.deadline_boot == 12345 && got.deadline_wall == WALL && got.grace == 30);
    assert_int_equal(got.leave_children, 1);
    assert_int_equal(got.arg_count, 4);
    assert_int_equal(got.env_count, 3);
    order_pointers(got.first_arg, got.arg_count, pointers);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(pointers[i], want.argv[i]);
    }
    assert_null(pointers[4]);
    order_pointers(got.first_env, got.env_count, pointers);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(pointers[i], want.env[i]);
    }
}

static void a_cut_or_changed_order_is_refused(void **state)
{
    char text[1024];
    struct order want = order_sample();
    struct order got;
    size_t len = order_print(&want, text, sizeof text);
    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        assert_false(order_parse(text, cut, &got));
    }
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)(text[i] ^ 4);
        assert_false(order_parse(text, len, &got));
        text[i] = (char)(text[i] ^ 4);
    }
    assert_true(order_parse(text, len, &got));
}

static void the_birth_of_a_process_is_known_and_of_none_is_not(void **state)
{
    struct process_facts facts;
    (void)state;
    assert_true(process_birth(getpid()) > 0);
    assert_true(process_look(getpid(), &facts));
    assert_int_equal(facts.parent, getppid());
    assert_int_equal(facts.session, getsid(0));
    assert_int_equal(process_birth(0x7ffffffe), 0);
}

#define DESK_TEST(f) cmocka_unit_test_setup_teardown(f, desk_enter, desk_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(lines_become_records),
        DESK_TEST(a_line_over_sixteen_kilobytes_is_cut_into_parts),
        cmocka_unit_test(stamps_agree_with_the_common_ground),
        cmocka_unit_test(records_of_other_runtimes_parse_and_the_rest_does_not),
        DESK_TEST(rotation_keeps_the_newest_files_and_says_what_it_dropped),
        DESK_TEST(a_full_disk_drops_whole_lines_and_the_log_says_so_afterwards),
        DESK_TEST(a_torn_record_is_cut_off_when_the_log_is_opened_again),
        DESK_TEST(records_survive_the_way_through_a_file),
        cmocka_unit_test(the_longest_records_fit),
        cmocka_unit_test(a_cut_or_changed_record_counts_as_absent),
        cmocka_unit_test(every_reason_has_a_name_that_leads_back),
        cmocka_unit_test(an_order_survives_the_way_through_a_file),
        cmocka_unit_test(a_cut_or_changed_order_is_refused),
        cmocka_unit_test(the_birth_of_a_process_is_known_and_of_none_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
