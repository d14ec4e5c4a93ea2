/* test_logread.c - logs read back: tail, since, limit, follow, across rotations. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/run_house.h"

#include "core/base/stamp.h"
#include "core/run/logread.h"
#include "core/run/wire/crilog.h"

#define T0 (INT64_C(1795208400) * NSEC_PER_SEC) /* 2026-11-20T21:00:00Z */

/* A log that a test writes as the shim would, and a reader of it. */
struct shelf {
    struct house *house;
    struct attempt_id id;
    char *folder, *run_folder;
    int fd;
    struct crilog log;
    struct crilog_input inputs[2];
    struct logread *reader;
    int ready; /* on_ready calls */
    struct str text;
    enum logread_result result;
};

static int shelf_enter(void **state)
{
    struct shelf *shelf = xcalloc(1, sizeof *shelf);
    void *house;
    (void)house_enter(&house);
    shelf->house = house;
    shelf->id = attempt_named("shelf");
    shelf->folder = executor_log_folder(&shelf->house->paths, &shelf->id);
    shelf->run_folder = executor_run_folder(&shelf->house->paths, &shelf->id);
    assert_true(file_make_folder(shelf->folder, 0700, NULL));
    assert_true(file_make_folder(shelf->run_folder, 0700, NULL));
    shelf->fd = open(shelf->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(crilog_open(&shelf->log, shelf->fd, 0), 0);
    shelf->inputs[1].stream = CRILOG_STDERR;
    *state = shelf;
    return 0;
}

static int shelf_leave(void **state)
{
    struct shelf *shelf = *state;
    void *house = shelf->house;
    shelf->reader = logread_free(shelf->reader);
    crilog_close(&shelf->log);
    close(shelf->fd);
    free(shelf->folder);
    free(shelf->run_folder);
    str_done(&shelf->text);
    free(shelf);
    return house_leave(&house);
}

static void shelf_write(struct shelf *shelf, int stream, nsec_t wall, const char *text)
{
    struct crilog_input *input = &shelf->inputs[stream];
    size_t left = strlen(text);
    while (left > 0) {
        size_t room = sizeof input->data - input->used;
        size_t take = left < room ? left : room;
        memcpy(input->data + input->used, text, take);
        input->used += take;
        crilog_feed(&shelf->log, input, wall);
        text += take;
        left -= take;
    }
    crilog_flush(&shelf->log, wall);
}

/* "line 0" ... stamped a second apart. */
static void shelf_write_lines(struct shelf *shelf, int from, int to)
{
    for (int i = from; i < to; i++) {
        char line[32];
        (void)snprintf(line, sizeof line, "line %d\n", i);
        shelf_write(shelf, 0, T0 + i * NSEC_PER_SEC, line);
    }
}

/* LEN times C and a newline; yours to free(). */
static char *line_of(char c, size_t len)
{
    char *line = xmalloc(len + 2);
    memset(line, c, len);
    memcpy(line + len, "\n", 2);
    return line;
}

static void on_shelf_ready(void *data)
{
    struct shelf *shelf = data;
    shelf->ready++;
    uv_stop(&shelf->house->loop);
}

static struct logread_options shelf_options(const struct shelf *shelf)
{
    return (struct logread_options){
        .folder = shelf->folder, .tail = LOGREAD_ALL, .limit_bytes = LOGREAD_ALL};
}

static void shelf_open(struct shelf *shelf, const struct logread_options *options)
{
    struct error err = {0};
    shelf->reader = logread_free(shelf->reader);
    str_clear(&shelf->text);
    shelf->reader = logread_open(&shelf->house->loop, options, on_shelf_ready, shelf, &err);
    if (!shelf->reader) {
        fail_msg("logread_open: %s", err.what);
    }
}

/* Reads as long as there is something, in pieces of an odd size. */
static const char *shelf_read(struct shelf *shelf)
{
    char buffer[97];
    size_t len;
    struct error err = {0};
    while ((shelf->result = logread_next(shelf->reader, buffer, sizeof buffer, &len, &err)) ==
           LOGREAD_BYTES) {
        str_add_bytes(&shelf->text, buffer, len);
    }
    assert_int_not_equal(shelf->result, LOGREAD_FAILED);
    return str_text(&shelf->text);
}

/* All that the options give, which must end. */
static const char *shelf_all(struct shelf *shelf, const struct logread_options *options)
{
    shelf_open(shelf, options);
    const char *text = shelf_read(shelf);
    while (shelf->result == LOGREAD_AGAIN) {
        int before = shelf->ready;
        house_wait(shelf->house, shelf->ready > before);
        text = shelf_read(shelf);
    }
    return text;
}

static void the_text_comes_back_as_the_job_wrote_it(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    autofree char *long_line = line_of('z', 100000);
    shelf_write(shelf, 0, T0, "one\n\n");
    shelf_write(shelf, 0, T0, long_line);
    shelf_write(shelf, 1, T0, "err\n");
    autofree char *want = xasprintf("one\n\n%serr\n", long_line);
    assert_string_equal(shelf_all(shelf, &options), want);
    assert_int_equal(shelf->result, LOGREAD_END);
}

static void stamps_stand_at_the_beginning_of_lines_only(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    options.timestamps = true;
    autofree char *long_line = line_of('z', 20000);
    shelf_write(shelf, 0, T0, "one\n");
    shelf_write(shelf, 0, T0 + 1, long_line);
    autofree char *want = xasprintf("2026-11-20T21:00:00.000000000Z one\n"
                                    "2026-11-20T21:00:00.000000001Z %s",
                                    long_line);
    assert_string_equal(shelf_all(shelf, &options), want);
}

static void streams_that_mix_within_a_line_do_not_run_into_one_another(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    shelf_write(shelf, 0, T0, "half");
    crilog_feed_rest(&shelf->log, &shelf->inputs[0], T0, false);
    shelf_write(shelf, 1, T0, "err\n");
    shelf_write(shelf, 0, T0, " rest\n");
    assert_string_equal(shelf_all(shelf, &options), "half\nerr\n rest\n");
}

static void the_last_lines_are_found_in_any_size(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    shelf->log.rotate_at = 5000;
    shelf_write_lines(shelf, 0, 1000); /* over ten files */
    static const int tails[] = {0, 1, 2, 10, 100, 99, 98, 107, 500, 999, 1000, 1001, 5000};
    for (size_t i = 0; i < countof(tails); i++) {
        cleanup_with(str_done) struct str want = {0};
        options.tail = tails[i];
        for (int line = tails[i] < 1000 ? 1000 - tails[i] : 0; line < 1000; line++) {
            str_addf(&want, "line %d\n", line);
        }
        assert_string_equal(shelf_all(shelf, &options), str_text(&want));
    }
}

static void a_tail_counts_lines_not_their_parts(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    autofree char *long_line = line_of('z', 200000);
    shelf_write(shelf, 0, T0, "one\n");
    shelf_write(shelf, 0, T0, long_line);
    shelf_write(shelf, 0, T0, "two\n");
    autofree char *want = xasprintf("%stwo\n", long_line);
    options.tail = 2;
    assert_string_equal(shelf_all(shelf, &options), want);
    shelf_write(shelf, 0, T0, "open");
    crilog_feed_rest(&shelf->log, &shelf->inputs[0], T0, false);
    crilog_flush(&shelf->log, T0);
    assert_string_equal(shelf_all(shelf, &options), "two\nopen");
}

static void lines_since_a_time_are_found_in_any_file(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    shelf->log.rotate_at = 200000;
    shelf_write_lines(shelf, 0, 20000); /* five files, each several blocks long */
    static const int firsts[] = {0, 1, 2, 4096, 4097, 9999, 15000, 19998, 19999};
    for (size_t i = 0; i < countof(firsts); i++) {
        char want[32];
        options.since = T0 + firsts[i] * NSEC_PER_SEC;
        (void)snprintf(want, sizeof want, "line %d\n", firsts[i]);
        const char *text = shelf_all(shelf, &options);
        assert_memory_equal(text, want, strlen(want));
        size_t lines = 0;
        for (const char *at = text; *at; at++) {
            lines += *at == '\n';
        }
        assert_int_equal(lines, 20000 - firsts[i]);
    }
    options.since = T0 + 20000 * NSEC_PER_SEC;
    assert_string_equal(shelf_all(shelf, &options), "");
    options.since = T0 + 19990 * NSEC_PER_SEC;
    options.tail = 3;
    assert_string_equal(shelf_all(shelf, &options), "line 19997\nline 19998\nline 19999\n");
    options.tail = 100;
    options.since = T0 + 19999 * NSEC_PER_SEC;
    assert_string_equal(shelf_all(shelf, &options), "line 19999\n");
}

static void output_stops_at_the_limit(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    shelf_write_lines(shelf, 0, 100);
    options.limit_bytes = 10;
    assert_string_equal(shelf_all(shelf, &options), "line 0\nlin");
    assert_int_equal(shelf->result, LOGREAD_END);
    options.limit_bytes = 0;
    assert_string_equal(shelf_all(shelf, &options), "");
}

static void an_attempt_has_its_own_log(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    shelf_write(shelf, 0, T0, "first\n");
    crilog_close(&shelf->log);
    assert_int_equal(crilog_open(&shelf->log, shelf->fd, 1), 0);
    shelf_write(shelf, 0, T0, "second\n");
    assert_string_equal(shelf_all(shelf, &options), "first\n");
    options.number = 1;
    assert_string_equal(shelf_all(shelf, &options), "second\n");
    options.number = 2;
    assert_string_equal(shelf_all(shelf, &options), "");
    assert_int_equal(shelf->result, LOGREAD_END);
}

static void a_folder_that_is_not_there_is_not_found(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    struct error err = {0};
    options.folder = "/nowhere/logs";
    assert_null(logread_open(NULL, &options, NULL, NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

static void reading_without_follow_ends_where_the_log_ended_at_open(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    shelf_write_lines(shelf, 0, 3);
    shelf_open(shelf, &options);
    shelf_write_lines(shelf, 3, 6);
    assert_string_equal(shelf_read(shelf), "line 0\nline 1\nline 2\n");
    assert_int_equal(shelf->result, LOGREAD_END);
}

static void follow_waits_wakes_and_ends_with_the_exit_record(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    char text[RECORD_SIZE];
    const struct exit_record record = {.reason = EXIT_COMPLETED};
    options.follow = true;
    options.run_folder = shelf->run_folder;
    shelf_write_lines(shelf, 0, 1);
    shelf_open(shelf, &options);
    assert_string_equal(shelf_read(shelf), "line 0\n");
    assert_int_equal(shelf->result, LOGREAD_AGAIN);
    shelf_write_lines(shelf, 1, 3);
    house_wait(shelf->house, shelf->ready == 1);
    assert_string_equal(shelf_read(shelf), "line 0\nline 1\nline 2\n");
    assert_int_equal(shelf->result, LOGREAD_AGAIN);
    shelf_write_lines(shelf, 3, 4);
    int run = open(shelf->run_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(record_write(run, "exit", text, exit_record_print(&record, text)), 0);
    close(run);
    for (int before = shelf->ready; shelf->result == LOGREAD_AGAIN; before = shelf->ready) {
        house_wait(shelf->house, shelf->ready > before);
        (void)shelf_read(shelf);
    }
    assert_int_equal(shelf->result, LOGREAD_END);
    assert_string_equal(str_text(&shelf->text), "line 0\nline 1\nline 2\nline 3\n");
}

static void follow_ends_when_its_user_says_that_the_attempt_has(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    options.follow = true;
    options.tail = 1;
    shelf_write_lines(shelf, 0, 5);
    shelf_open(shelf, &options);
    assert_string_equal(shelf_read(shelf), "line 4\n");
    shelf_write_lines(shelf, 5, 6);
    logread_finish(shelf->reader);
    while (shelf->result == LOGREAD_AGAIN) {
        int before = shelf->ready;
        house_wait(shelf->house, shelf->ready > before);
        (void)shelf_read(shelf);
    }
    assert_string_equal(str_text(&shelf->text), "line 4\nline 5\n");
    assert_int_equal(shelf->result, LOGREAD_END);
}

static void follow_begins_before_the_log_is_there(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    options.follow = true;
    options.number = 1;
    shelf_open(shelf, &options);
    assert_string_equal(shelf_read(shelf), "");
    assert_int_equal(shelf->result, LOGREAD_AGAIN);
    crilog_close(&shelf->log);
    assert_int_equal(crilog_open(&shelf->log, shelf->fd, 1), 0);
    shelf_write(shelf, 0, T0, "at last\n");
    house_wait(shelf->house, shelf->ready > 0);
    assert_string_equal(shelf_read(shelf), "at last\n");
}

static void follow_goes_over_rotations_without_a_gap(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    cleanup_with(str_done) struct str want = {0};
    options.follow = true;
    shelf->log.rotate_at = 3000;
    shelf->log.keep = 60; /* none is dropped */
    shelf_open(shelf, &options);
    int written = 0;
    /* Between two looks come no, one, or several rotations, and a place in the middle of a file. */
    static const int steps[] = {1, 10, 100, 400, 3, 0, 63, 62, 61, 1, 1, 700};
    for (size_t i = 0; i < countof(steps); i++) {
        shelf_write_lines(shelf, written, written + steps[i]);
        for (int n = 0; n < steps[i]; n++) {
            str_addf(&want, "line %d\n", written + n);
        }
        written += steps[i];
        assert_string_equal(shelf_read(shelf), str_text(&want));
        assert_int_equal(shelf->result, LOGREAD_AGAIN);
    }
    assert_true(shelf->log.fd >= 0);
}

static void a_reader_that_was_overtaken_goes_on_with_the_oldest_that_is_left(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    options.follow = true;
    shelf->log.rotate_at = 1000;
    shelf->log.keep = 2;
    shelf_open(shelf, &options);
    shelf_write_lines(shelf, 0, 5);
    (void)shelf_read(shelf);
    shelf_write_lines(shelf, 5, 500);
    const char *text = shelf_read(shelf);
    assert_non_null(strstr(text, "belfry: the oldest "));
    assert_non_null(strstr(text, "line 499\n"));
    /* The rest of the file it had open, then a gap, then no other. */
    long last = -1;
    int gaps = 0;
    for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
        if (strncmp(at, "line ", 5) == 0) {
            long number = strtol(at + 5, NULL, 10);
            gaps += number != last + 1;
            assert_true(number > last);
            last = number;
        }
    }
    assert_int_equal(gaps, 1);
}

static void what_a_full_disk_took_back_is_never_shown(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    static const char torn[] = "2026-11-20T21:00:00.000000000Z stdout F to";
    options.follow = true;
    shelf_write(shelf, 0, T0, "one\n");
    off_t whole = lseek(shelf->log.fd, 0, SEEK_END);
    assert_int_equal(write(shelf->log.fd, torn, sizeof torn - 1), sizeof torn - 1);
    shelf_open(shelf, &options);
    assert_string_equal(shelf_read(shelf), "one\n");
    assert_int_equal(ftruncate(shelf->log.fd, whole), 0);
    shelf_write(shelf, 0, T0, "two\n");
    assert_string_equal(shelf_read(shelf), "one\ntwo\n");
}

static void a_reader_can_be_freed_while_events_are_under_way(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    options.follow = true;
    shelf_open(shelf, &options);
    (void)shelf_read(shelf);
    shelf_write_lines(shelf, 0, 10);
    logread_finish(shelf->reader);
    shelf->reader = logread_free(shelf->reader);
    house_turn(shelf->house, 20);
    assert_int_equal(shelf->ready, 0);
}

static void a_line_is_readable_within_milliseconds_of_its_writing(void **state)
{
    struct shelf *shelf = *state;
    struct logread_options options = shelf_options(shelf);
    struct attempt_id id = house_start(shelf->house, "live",
                                       "i=0; while [ $i -lt 40 ]; do date +%s%N; "
                                       "i=$((i+1)); sleep 0.01; done");
    house_wait(shelf->house, house_news(shelf->house, &id)->started > 0);
    autofree char *folder = executor_log_folder(&shelf->house->paths, &id);
    autofree char *run_folder = executor_run_folder(&shelf->house->paths, &id);
    options.folder = folder;
    options.run_folder = run_folder;
    options.follow = true;
    shelf_open(shelf, &options);
    nsec_t delays[64] = {0};
    size_t count = 0, seen = 0;
    do {
        int before = shelf->ready;
        (void)shelf_read(shelf);
        nsec_t now = clk_wall(clk_system());
        for (const char *at = str_text(&shelf->text) + seen; *at && count < countof(delays);
             at = strchr(at, '\n') + 1) {
            delays[count++] = now - strtoll(at, NULL, 10);
        }
        seen = shelf->text.len;
        if (shelf->result == LOGREAD_AGAIN) {
            house_wait(shelf->house, shelf->ready > before);
        }
    } while (shelf->result == LOGREAD_AGAIN);
    assert_int_equal(count, 40);
    size_t middle = count / 2;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            nsec_t swap = delays[i];
            if (delays[k] < swap) {
                delays[i] = delays[k];
                delays[k] = swap;
            }
        }
    }
    /* The job's own `date` takes a good part of it to end. */
    print_message("written to readable: median %.2f ms, most %.2f ms\n",
                  (double)delays[middle] / 1e6, (double)delays[count - 1] / 1e6);
}

#define SHELF_TEST(f) cmocka_unit_test_setup_teardown(f, shelf_enter, shelf_leave)

/* One test alone: test_logread NAME, where * and ? stand for anything. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(the_text_comes_back_as_the_job_wrote_it),
        SHELF_TEST(stamps_stand_at_the_beginning_of_lines_only),
        SHELF_TEST(streams_that_mix_within_a_line_do_not_run_into_one_another),
        SHELF_TEST(the_last_lines_are_found_in_any_size),
        SHELF_TEST(a_tail_counts_lines_not_their_parts),
        SHELF_TEST(lines_since_a_time_are_found_in_any_file),
        SHELF_TEST(output_stops_at_the_limit),
        SHELF_TEST(an_attempt_has_its_own_log),
        SHELF_TEST(a_folder_that_is_not_there_is_not_found),
        SHELF_TEST(reading_without_follow_ends_where_the_log_ended_at_open),
        SHELF_TEST(follow_waits_wakes_and_ends_with_the_exit_record),
        SHELF_TEST(follow_ends_when_its_user_says_that_the_attempt_has),
        SHELF_TEST(follow_begins_before_the_log_is_there),
        SHELF_TEST(follow_goes_over_rotations_without_a_gap),
        SHELF_TEST(a_reader_that_was_overtaken_goes_on_with_the_oldest_that_is_left),
        SHELF_TEST(what_a_full_disk_took_back_is_never_shown),
        SHELF_TEST(a_reader_can_be_freed_while_events_are_under_way),
        SHELF_TEST(a_line_is_readable_within_milliseconds_of_its_writing),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
