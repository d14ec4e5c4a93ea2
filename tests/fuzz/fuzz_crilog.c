/* fuzz_crilog.c - log records: any output of a job comes back whole, any line is parsed or refused. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/run/wire/crilog.h"
#include "core/run/wire/record.h"
#include "tests/fuzz/fuzz.h"

#define WALL INT64_C(1795208400123456789)

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The bytes as lines of a log: what is a record lies within its line. */
static void check_parse(const char *bytes, size_t len)
{
    while (len > 0) {
        struct crilog_line line;
        const char *newline = memchr(bytes, '\n', len);
        size_t line_len = newline ? (size_t)(newline - bytes) : len;
        if (crilog_parse(bytes, line_len, &line)) {
            must(line.stamp == bytes && line.stamp_len >= 20 && line.stamp_len < line_len);
            must(line.text > line.stamp + line.stamp_len &&
                 line.text + line.len == bytes + line_len);
        }
        size_t used = line_len + (newline != NULL);
        bytes += used;
        len -= used;
    }
}

/* The bytes as a record of either kind: what parses is printed and parsed to the same. */
static void check_records(const char *bytes, size_t len)
{
    struct exit_record record;
    struct exit_record again;
    struct start_record start;
    char text[RECORD_SIZE];
    if (exit_record_parse(bytes, len, &record)) {
        must(exit_record_parse(text, exit_record_print(&record, text), &again));
        must(again.code == record.code && again.reason == record.reason);
    }
    if (start_record_parse(bytes, len, &start)) {
        must(start_record_parse(text, start_record_print(&start, text), &start));
    }
}

/* The bytes as the output of a job, read in pieces whose lengths come from them too. The log, read
 * back, is that output, with a newline at its end. */
static void check_feed(const char *bytes, size_t len)
{
    autofree struct crilog *log = xcalloc(1, sizeof *log);
    autofree struct crilog_input *input = xcalloc(1, sizeof *input);
    struct str text = {0};
    log->folder = -1;
    log->rotate_at = INT64_MAX;
    log->fd = memfd_create("log", MFD_CLOEXEC);
    must(log->fd >= 0);
    for (size_t at = 0; at < len;) {
        size_t most = 1 + (size_t)(unsigned char)bytes[at] * 97;
        size_t room = sizeof input->data - input->used;
        size_t take = len - at < most ? len - at : most;
        take = take < room ? take : room;
        memcpy(input->data + input->used, bytes + at, take);
        input->used += take;
        crilog_feed(log, input, WALL);
        must(input->used <= CRILOG_PART_MAX);
        if (most % 5 == 0) {
            crilog_feed_rest(log, input, WALL, false);
        }
        at += take;
    }
    crilog_feed_rest(log, input, WALL, true);
    crilog_flush(log, WALL);
    must(log->lost_lines == 0 && log->size == lseek(log->fd, 0, SEEK_END));
    size_t size = (size_t)log->size;
    autofree char *file = xmalloc(size + 1);
    must(pread(log->fd, file, size, 0) == log->size);
    for (const char *at = file; at < file + size;) {
        struct crilog_line line;
        const char *newline = memchr(at, '\n', (size_t)(file + size - at));
        must(newline && crilog_parse(at, (size_t)(newline - at), &line));
        must(line.wall == WALL && line.len <= CRILOG_PART_MAX);
        str_add_bytes(&text, line.text, line.len);
        if (!line.partial) {
            str_add_char(&text, '\n');
        }
        at = newline + 1;
    }
    bool whole = len == 0 || bytes[len - 1] == '\n';
    must(text.len == len + !whole);
    must(len == 0 || memcmp(str_text(&text), bytes, len) == 0);
    close(log->fd);
    str_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    check_parse((const char *)bytes, len);
    check_records((const char *)bytes, len);
    check_feed((const char *)bytes, len);
    return 0;
}
