/* record.c - the start and exit records of an attempt: what the shim leaves on disk for everyone. */
/* SPDX-License-Identifier: MIT */
#include "core/run/wire/record.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/run/wire/sum.h"

static const char *const reason_names[] = {
    [EXIT_COMPLETED] = "Completed",
    [EXIT_ERROR] = "Error",
    [EXIT_DEADLINE_EXCEEDED] = "DeadlineExceeded",
    [EXIT_STOPPED] = "Stopped",
    [EXIT_OOM_KILLED] = "OOMKilled",
    [EXIT_CONTAINER_CANNOT_RUN] = "ContainerCannotRun",
    [EXIT_INTERRUPTED] = "Interrupted",
    [EXIT_UNKNOWN] = "Unknown",
};
static_assert(sizeof reason_names / sizeof *reason_names == EXIT_REASON_COUNT, "every reason");

/* One line of a record, looked up by its key; which member is set says what kind it is. */
struct record_line {
    const char *key;
    int64_t *number;
    uint64_t *natural;
    char *text;
    size_t text_size;
};

const char *exit_reason_name(enum exit_reason reason)
{
    return (unsigned)reason < EXIT_REASON_COUNT ? reason_names[reason] : "Unknown";
}

bool exit_reason_from(const char *name, enum exit_reason *ret)
{
    for (int i = 0; i < EXIT_REASON_COUNT; i++) {
        if (strcmp(name, reason_names[i]) == 0) {
            *ret = (enum exit_reason)i;
            return true;
        }
    }
    return false;
}

/* Text goes into one line: whatever would break it, or the terminal that shows it, is a space. */
static void text_one_line(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            *text = ' ';
        }
    }
}

static size_t record_print(const char *kind, const struct record_line *lines, size_t count,
                           char buffer[static RECORD_SIZE])
{
    size_t len = (size_t)snprintf(buffer, RECORD_SIZE, "belfry-%s 1\n", kind);
    for (size_t i = 0; i < count; i++) {
        const struct record_line *line = &lines[i];
        size_t room = RECORD_SIZE - len;
        int add = 0;
        if (line->number) {
            add = snprintf(buffer + len, room, "%s %" PRId64 "\n", line->key, *line->number);
        } else if (line->natural) {
            add = snprintf(buffer + len, room, "%s %" PRIu64 "\n", line->key, *line->natural);
        } else if (line->text[0]) {
            add = snprintf(buffer + len, room, "%s %s\n", line->key, line->text);
        }
        assert(add >= 0 && (size_t)add < room); /* RECORD_SIZE holds every field at its longest */
        len += (size_t)add;
    }
    len += (size_t)snprintf(buffer + len, RECORD_SIZE - len, "sum %016" PRIx64 "\n",
                            sum_of(buffer, len));
    return len;
}

/* Sets what LINE says; keys of a later version are passed over. */
static bool line_take(char *line, const struct record_line *lines, size_t count)
{
    char *value = strchr(line, ' ');
    if (!value) {
        return false;
    }
    *value++ = '\0';
    for (size_t i = 0; i < count; i++) {
        if (strcmp(line, lines[i].key) != 0) {
            continue;
        }
        char *end = value;
        errno = 0;
        if (lines[i].number) {
            *lines[i].number = strtoll(value, &end, 10);
        } else if (lines[i].natural) {
            *lines[i].natural = strtoull(value, &end, 10);
        } else {
            size_t len = strlen(value);
            if (len >= lines[i].text_size) {
                return false;
            }
            memcpy(lines[i].text, value, len + 1);
            return true;
        }
        return errno == 0 && end != value && *end == '\0';
    }
    return true;
}

static bool record_parse(const char *kind, const char *text, size_t len,
                         const struct record_line *lines, size_t count)
{
    static const char sum_key[] = "sum ";
    const size_t tail = sizeof sum_key - 1 + 16 + 1;
    char copy[RECORD_SIZE + 1];
    char head[32];
    char want[17];
    if (len <= tail || len > RECORD_SIZE || memchr(text, 0, len)) {
        return false;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    char *sum = copy + len - tail;
    (void)snprintf(want, sizeof want, "%016" PRIx64, sum_of(copy, len - tail));
    if (memcmp(sum, sum_key, sizeof sum_key - 1) != 0 || copy[len - 1] != '\n' ||
        memcmp(sum + sizeof sum_key - 1, want, 16) != 0) {
        return false;
    }
    *sum = '\0';
    size_t head_len = (size_t)snprintf(head, sizeof head, "belfry-%s 1\n", kind);
    if (strncmp(copy, head, head_len) != 0) {
        return false;
    }
    char *line = copy + head_len;
    while (*line) {
        char *end = strchr(line, '\n');
        if (!end) {
            return false;
        }
        *end = '\0';
        if (!line_take(line, lines, count)) {
            return false;
        }
        line = end + 1;
    }
    return true;
}

#define START_LINES(r)                                                                     \
    {                                                                                      \
        {.key = "started", .number = &(r)->started},                                       \
            {.key = "shim-pid", .number = &(r)->shim_pid},                                 \
            {.key = "shim-birth", .natural = &(r)->shim_birth},                            \
            {.key = "pid", .number = &(r)->pid}, {.key = "birth", .natural = &(r)->birth}, \
            {.key = "boot", .text = (r)->boot_id, .text_size = sizeof(r)->boot_id},        \
    }

size_t start_record_print(const struct start_record *record, char buffer[static RECORD_SIZE])
{
    struct start_record copy = *record;
    const struct record_line lines[] = START_LINES(&copy);
    text_one_line(copy.boot_id);
    return record_print("start", lines, sizeof lines / sizeof *lines, buffer);
}

bool start_record_parse(const char *text, size_t len, struct start_record *ret)
{
    struct start_record record = {0};
    const struct record_line lines[] = START_LINES(&record);
    if (!record_parse("start", text, len, lines, sizeof lines / sizeof *lines)) {
        return false;
    }
    *ret = record;
    return true;
}

/* The members that are not of one of the three kinds of a line. */
struct exit_extra {
    char reason[32];
    int64_t code, signal;
};

#define EXIT_LINES(r, x)                                                                      \
    {                                                                                         \
        {.key = "reason", .text = (x)->reason, .text_size = sizeof(x)->reason},               \
            {.key = "code", .number = &(x)->code}, {.key = "signal", .number = &(x)->signal}, \
            {.key = "started", .number = &(r)->started},                                      \
            {.key = "finished", .number = &(r)->finished},                                    \
            {.key = "cpu-ns", .number = &(r)->cpu_ns},                                        \
            {.key = "max-rss", .number = &(r)->max_rss},                                      \
            {.key = "lost-lines", .natural = &(r)->lost_lines},                               \
            {.key = "lost-bytes", .natural = &(r)->lost_bytes},                               \
            {.key = "message", .text = (r)->message, .text_size = sizeof(r)->message},        \
    }

size_t exit_record_print(const struct exit_record *record, char buffer[static RECORD_SIZE])
{
    struct exit_record copy = *record;
    struct exit_extra extra = {.code = record->code, .signal = record->signal};
    const struct record_line lines[] = EXIT_LINES(&copy, &extra);
    (void)snprintf(extra.reason, sizeof extra.reason, "%s", exit_reason_name(record->reason));
    text_one_line(copy.message);
    return record_print("exit", lines, sizeof lines / sizeof *lines, buffer);
}

bool exit_record_parse(const char *text, size_t len, struct exit_record *ret)
{
    struct exit_record record = {.cpu_ns = -1, .max_rss = -1};
    struct exit_extra extra = {0};
    const struct record_line lines[] = EXIT_LINES(&record, &extra);
    if (!record_parse("exit", text, len, lines, sizeof lines / sizeof *lines) ||
        !exit_reason_from(extra.reason, &record.reason) || extra.code < 0 || extra.code > 255 ||
        extra.signal < 0 || extra.signal > 127) {
        return false;
    }
    record.code = (int)extra.code;
    record.signal = (int)extra.signal;
    *ret = record;
    return true;
}

/* 0, or errno with the descriptor closed in any case. */
static int file_fill(int fd, const char *text, size_t len)
{
    int fault = 0;
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            fault = errno;
            break;
        }
        text += n;
        len -= (size_t)n;
    }
    if (fault == 0 && fdatasync(fd) != 0) {
        fault = errno;
    }
    if (close(fd) != 0 && fault == 0) {
        fault = errno;
    }
    return fault;
}

int record_write(int folder, const char *name, const char *text, size_t len)
{
    char temporary[64];
    (void)snprintf(temporary, sizeof temporary, "%s.tmp", name);
    int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno;
    }
    int fault = file_fill(fd, text, len);
    if (fault == 0 && renameat(folder, temporary, folder, name) != 0) {
        fault = errno;
    }
    if (fault != 0) {
        (void)unlinkat(folder, temporary, 0);
        return fault;
    }
    return fsync(folder) == 0 ? 0 : errno;
}

/* The whole file into BUFFER; 0 and its length, or errno. One byte more than a record may have is
 * read, so that a file that is too long does not parse. */
static int record_load(int folder, const char *name, char buffer[static RECORD_SIZE + 1],
                       size_t *ret_len)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno;
    }
    size_t len = 0;
    int fault = 0;
    while (len < RECORD_SIZE + 1) {
        ssize_t n = read(fd, buffer + len, RECORD_SIZE + 1 - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            fault = n < 0 ? errno : 0;
            break;
        }
        len += (size_t)n;
    }
    close(fd);
    *ret_len = len;
    return fault;
}

int start_record_read(int folder, struct start_record *ret)
{
    char text[RECORD_SIZE + 1];
    size_t len = 0;
    int fault = record_load(folder, "start", text, &len);
    if (fault == 0 && !start_record_parse(text, len, ret)) {
        fault = ENOENT;
    }
    return fault;
}

int exit_record_read(int folder, struct exit_record *ret)
{
    char text[RECORD_SIZE + 1];
    size_t len = 0;
    int fault = record_load(folder, "exit", text, &len);
    if (fault == 0 && !exit_record_parse(text, len, ret)) {
        fault = ENOENT;
    }
    return fault;
}

/* A small file of /proc as text; "" when it cannot be read. */
static void proc_text(const char *path, char *buffer, size_t size)
{
    ssize_t n = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, buffer, size - 1);
        close(fd);
    }
    buffer[n > 0 ? n : 0] = '\0';
}

bool process_look(int64_t pid, struct process_facts *ret)
{
    char path[64];
    char text[1024];
    (void)snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    proc_text(path, text, sizeof text);
    /* "PID (NAME) S PPID PGRP SESSION ...": the name may hold anything, also blanks and brackets,
     * so the fields are counted from the last bracket. */
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ') {
        return false;
    }
    at += 2;
    struct process_facts facts = {.state = *at};
    for (int field = 3; *at; field++) {
        if (field == 4) {
            facts.parent = strtoll(at, NULL, 10);
        } else if (field == 6) {
            facts.session = strtoll(at, NULL, 10);
        } else if (field == 22) {
            facts.birth = strtoull(at, NULL, 10);
            *ret = facts;
            return true;
        }
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return false;
}

uint64_t process_birth(int64_t pid)
{
    struct process_facts facts;
    return process_look(pid, &facts) ? facts.birth : 0;
}

void process_boot_id(char buffer[static 40])
{
    proc_text("/proc/sys/kernel/random/boot_id", buffer, 40);
    buffer[strcspn(buffer, "\n")] = '\0';
}
