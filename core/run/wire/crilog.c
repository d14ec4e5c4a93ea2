/* crilog.c - log files in CRI format: write, split, rotate, parse. */
/* SPDX-License-Identifier: MIT */
#include "core/run/wire/crilog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NSEC INT64_C(1000000000)
#define NAME_SIZE 40
#define RECORD_MOST (CRILOG_PREFIX + CRILOG_PART_MAX + 1)

/* Days since 1970 to a date of the Gregorian calendar: years that begin in March put the leap day
 * last, and 400 of them have 146097 days. */
static void date_of_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t shifted = days + 719468; /* 0000-03-01 to 1970-01-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static int64_t days_of_date(int64_t year, int month, int day)
{
    int64_t shifted = year - (month <= 2);
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t of_era = shifted - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void digits_put(char *at, int64_t value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void crilog_stamp(char buffer[static 30], int64_t wall)
{
    int64_t second = (wall >= 0 ? wall : wall - (NSEC - 1)) / NSEC;
    int64_t days = (second >= 0 ? second : second - 86399) / 86400;
    int64_t of_day = second - days * 86400;
    int64_t year;
    int month, day;
    date_of_days(days, &year, &month, &day);
    memcpy(buffer, "0000-00-00T00:00:00.000000000Z", 30);
    digits_put(buffer, year, 4);
    digits_put(buffer + 5, month, 2);
    digits_put(buffer + 8, day, 2);
    digits_put(buffer + 11, of_day / 3600, 2);
    digits_put(buffer + 14, of_day / 60 % 60, 2);
    digits_put(buffer + 17, of_day % 60, 2);
    digits_put(buffer + 20, wall - second * NSEC, 9);
}

/* The date is the costly part of a stamp, and the same for a whole second. */
static void prefix_make(struct crilog *log, int64_t wall, enum crilog_stream stream, char tag,
                        char prefix[static CRILOG_PREFIX])
{
    int64_t of_second = wall - log->stamp_sec * NSEC;
    if (log->stamp_sec == 0 || of_second < 0 || of_second >= NSEC) {
        crilog_stamp(log->stamp, wall);
        log->stamp_sec = wall >= 0 ? wall / NSEC : 0;
    } else {
        digits_put(log->stamp + 20, of_second, 9);
    }
    memcpy(prefix, log->stamp, 30);
    memcpy(prefix + 30, stream == CRILOG_STDOUT ? " stdout " : " stderr ", 8);
    prefix[38] = tag;
    prefix[39] = ' ';
}

static void name_make(char name[static NAME_SIZE], int number, int rotated)
{
    if (rotated > 0) {
        (void)snprintf(name, NAME_SIZE, "%d.log.%d", number, rotated);
    } else {
        (void)snprintf(name, NAME_SIZE, "%d.log", number);
    }
}

static int log_open_file(struct crilog *log)
{
    char name[NAME_SIZE];
    name_make(name, log->number, 0);
    int fd = openat(log->folder, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return errno;
    }
    log->fd = fd;
    return 0;
}

/* Cuts off what follows the last newline: a record that an earlier writer did not finish. */
static int tail_mend(struct crilog *log)
{
    char block[4096];
    struct stat st;
    if (fstat(log->fd, &st) != 0) {
        return errno;
    }
    int64_t end = st.st_size;
    while (end > 0) {
        size_t want = end < (int64_t)sizeof block ? (size_t)end : sizeof block;
        ssize_t n = pread(log->fd, block, want, end - (int64_t)want);
        if (n != (ssize_t)want) {
            return n < 0 ? errno : EIO;
        }
        const char *newline = memrchr(block, '\n', want);
        if (newline) {
            end += newline + 1 - (block + want);
            break;
        }
        end -= (int64_t)want;
    }
    if (end < st.st_size && ftruncate(log->fd, end) != 0) {
        return errno;
    }
    log->size = end;
    return 0;
}

int crilog_open(struct crilog *log, int folder, int number)
{
    log->folder = folder;
    log->number = number;
    log->fd = -1;
    log->rotate_at = CRILOG_ROTATE;
    log->keep = CRILOG_KEEP;
    int fault = log_open_file(log);
    return fault ? fault : tail_mend(log);
}

/* Writes LEN bytes of whole records. What does not fit is taken back up to the last whole record,
 * so that the file never holds half of one; returns how many bytes stay. */
static size_t records_write(struct crilog *log, const char *bytes, size_t len)
{
    size_t done = 0;
    log->fault = 0;
    while (done < len) {
        ssize_t n = write(log->fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            log->fault = n < 0 ? errno : ENOSPC;
            break;
        }
        done += (size_t)n;
    }
    size_t whole = done;
    if (done < len) {
        const char *newline = done > 0 ? memrchr(bytes, '\n', done) : NULL;
        whole = newline ? (size_t)(newline + 1 - bytes) : 0;
        if (whole < done && ftruncate(log->fd, log->size + (int64_t)whole) != 0) {
            log->fault = errno;
        }
    }
    log->size += (int64_t)whole;
    return whole;
}

static size_t note_print(struct crilog *log, char *at, int64_t wall, const char *text)
{
    prefix_make(log, wall, CRILOG_STDERR, 'F', at);
    int n = snprintf(at + CRILOG_PREFIX, 400, "belfry: %s\n", text);
    if (n >= 400) {
        n = 399;
        at[CRILOG_PREFIX + n - 1] = '\n';
    }
    return CRILOG_PREFIX + (size_t)n;
}

/* Moves each file one number up; the oldest goes. A failure leaves the log as it is, and a second
 * try comes after a further CRILOG_ROTATE bytes. */
static void log_rotate(struct crilog *log, int64_t wall)
{
    char from[NAME_SIZE];
    char to[NAME_SIZE];
    char line[CRILOG_PREFIX + 400];
    struct stat oldest = {0};
    name_make(to, log->number, log->keep);
    bool drops = fstatat(log->folder, to, &oldest, AT_SYMLINK_NOFOLLOW) == 0;
    for (int i = log->keep; i > 0; i--) {
        name_make(from, log->number, i - 1);
        name_make(to, log->number, i);
        if (renameat(log->folder, from, log->folder, to) != 0) {
            if (errno != ENOENT) {
                log->rotate_at += CRILOG_ROTATE;
                return;
            }
            drops = drops && i != log->keep; /* nothing came in its place */
        }
    }
    int full = log->fd;
    if (log_open_file(log) != 0) {
        log->rotate_at += CRILOG_ROTATE; /* goes on in the old file, under its new name */
        return;
    }
    close(full);
    log->size = 0;
    if (drops) {
        char text[160];
        (void)snprintf(text, sizeof text,
                       "the oldest %jd bytes of this log were dropped: %d rotated files are kept",
                       (intmax_t)oldest.st_size, log->keep);
        (void)records_write(log, line, note_print(log, line, wall, text));
    }
}

/* Counts as lost what stands at the end of the waiting records. */
static void records_lose(struct crilog *log, const char *bytes, size_t len)
{
    uint64_t lines = 0;
    for (const char *at = bytes, *end = bytes + len; at < end; lines++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    log->unsaid_lines += lines;
    log->unsaid_bytes += len;
    log->lost_lines += lines;
    log->lost_bytes += len;
}

/* Before anything else is written after a loss, the loss is stated. */
static bool loss_say(struct crilog *log, int64_t wall)
{
    char line[CRILOG_PREFIX + 400];
    char text[200];
    const char *why = strerror(log->fault ? log->fault : ENOSPC);
    if (log->unsaid_lines == 0) {
        return true;
    }
    (void)snprintf(text, sizeof text, "%" PRIu64 " lines, %" PRIu64 " bytes were dropped here: %s",
                   log->unsaid_lines, log->unsaid_bytes, why);
    size_t len = note_print(log, line, wall, text);
    if (records_write(log, line, len) != len) {
        return false;
    }
    log->unsaid_lines = log->unsaid_bytes = 0;
    return true;
}

void crilog_flush(struct crilog *log, int64_t wall)
{
    if (log->used == 0 && log->unsaid_lines == 0) {
        return;
    }
    if (log->size > 0 && log->size + (int64_t)log->used > log->rotate_at) {
        log_rotate(log, wall);
    }
    size_t whole = 0;
    if (loss_say(log, wall)) {
        whole = records_write(log, log->data, log->used);
    }
    if (whole < log->used) {
        records_lose(log, log->data + whole, log->used - whole);
    }
    log->used = 0;
}

/* The next record of a known length; flushes when it would not fit. */
static char *record_room(struct crilog *log, size_t len, int64_t wall)
{
    if (len > sizeof log->data - log->used) {
        crilog_flush(log, wall);
    }
    char *at = log->data + log->used;
    log->used += len;
    return at;
}

static void record_put(struct crilog *log, const char prefix[static CRILOG_PREFIX],
                       const char *text, size_t len, int64_t wall)
{
    char *at = record_room(log, CRILOG_PREFIX + len + 1, wall);
    memcpy(at, prefix, CRILOG_PREFIX);
    memcpy(at + CRILOG_PREFIX, text, len);
    at[CRILOG_PREFIX + len] = '\n';
}

void crilog_feed(struct crilog *log, struct crilog_input *input, int64_t wall)
{
    char full[CRILOG_PREFIX];
    char part[CRILOG_PREFIX];
    prefix_make(log, wall, input->stream, 'F', full);
    memcpy(part, full, sizeof part);
    part[38] = 'P';
    const char *at = input->data;
    const char *end = input->data + input->used;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        while (len > CRILOG_PART_MAX) {
            record_put(log, part, at, CRILOG_PART_MAX, wall);
            input->started = true;
            at += CRILOG_PART_MAX;
            len -= CRILOG_PART_MAX;
        }
        if (!newline) {
            break;
        }
        record_put(log, full, at, len, wall);
        input->started = false;
        at = newline + 1;
    }
    input->used = (size_t)(end - at);
    if (at != input->data) {
        memmove(input->data, at, input->used);
    }
}

void crilog_feed_rest(struct crilog *log, struct crilog_input *input, int64_t wall, bool end)
{
    char prefix[CRILOG_PREFIX];
    if (input->used == 0 && !(end && input->started)) {
        return;
    }
    prefix_make(log, wall, input->stream, end ? 'F' : 'P', prefix);
    record_put(log, prefix, input->data, input->used, wall);
    input->used = 0;
    input->started = !end;
}

void crilog_note(struct crilog *log, int64_t wall, const char *text)
{
    char line[CRILOG_PREFIX + 400];
    size_t len = note_print(log, line, wall, text);
    memcpy(record_room(log, len, wall), line, len);
}

void crilog_close(struct crilog *log)
{
    if (log->fd >= 0) {
        close(log->fd);
        log->fd = -1;
    }
}

/* COUNT digits at AT, or -1. */
static int64_t digits_get(const char *at, int count)
{
    int64_t value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return -1;
        }
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

/* "Z" or "+hh:mm" as seconds east; false when it is neither. */
static bool offset_get(const char *at, size_t len, int64_t *ret)
{
    if (len == 1 && *at == 'Z') {
        *ret = 0;
        return true;
    }
    if (len != 6 || (at[0] != '+' && at[0] != '-') || at[3] != ':') {
        return false;
    }
    int64_t hours = digits_get(at + 1, 2);
    int64_t minutes = digits_get(at + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return false;
    }
    *ret = (at[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

static bool stamp_get(const char *at, size_t len, int64_t *ret)
{
    if (len < 20 || at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':' ||
        at[16] != ':') {
        return false;
    }
    int64_t year = digits_get(at, 4), month = digits_get(at + 5, 2), day = digits_get(at + 8, 2);
    int64_t hour = digits_get(at + 11, 2), minute = digits_get(at + 14, 2);
    int64_t second = digits_get(at + 17, 2);
    /* int64 nanoseconds reach from 1677 to 2262. */
    if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return false;
    }
    size_t used = 19;
    int64_t fraction = 0;
    if (at[used] == '.') {
        int64_t unit = NSEC / 10;
        for (used++; used < len && at[used] >= '0' && at[used] <= '9'; used++) {
            fraction += unit * (at[used] - '0');
            unit /= 10;
        }
        if (used == 20) {
            return false;
        }
    }
    int64_t offset;
    if (!offset_get(at + used, len - used, &offset)) {
        return false;
    }
    int64_t days = days_of_date(year, (int)month, (int)day);
    *ret = (days * 86400 + hour * 3600 + minute * 60 + second - offset) * NSEC + fraction;
    return true;
}

bool crilog_parse(const char *line, size_t len, struct crilog_line *ret)
{
    const char *end = line + len;
    const char *stream = memchr(line, ' ', len < 40 ? len : 40);
    if (!stream || !stamp_get(line, (size_t)(stream - line), &ret->wall)) {
        return false;
    }
    ret->stamp = line;
    ret->stamp_len = (size_t)(stream - line);
    stream++;
    if (end - stream < 8 || stream[6] != ' ') {
        return false;
    }
    if (memcmp(stream, "stdout", 6) == 0) {
        ret->stream = CRILOG_STDOUT;
    } else if (memcmp(stream, "stderr", 6) == 0) {
        ret->stream = CRILOG_STDERR;
    } else {
        return false;
    }
    const char *tag = stream + 7;
    const char *space = memchr(tag, ' ', (size_t)(end - tag));
    size_t tag_len = (size_t)((space ? space : end) - tag);
    if (tag_len == 0 || (tag[0] != 'F' && tag[0] != 'P') || (tag_len > 1 && tag[1] != ':')) {
        return false;
    }
    ret->partial = tag[0] == 'P';
    ret->text = space ? space + 1 : end;
    ret->len = (size_t)(end - ret->text);
    return true;
}
