/* log.c - the program's own log lines, on standard error. */
/* SPDX-License-Identifier: MIT */
#include "core/base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clk.h"
#include "core/base/stamp.h"
#include "core/base/str.h"
#include "core/base/utf8.h"

static enum log_level level_now = LOG_INFO_LEVEL;

static const char *const level_names[] = {
    [LOG_ERROR_LEVEL] = "error",
    [LOG_WARN_LEVEL] = "warn",
    [LOG_INFO_LEVEL] = "info",
    [LOG_DEBUG_LEVEL] = "debug",
};
static_assert(countof(level_names) == LOG_DEBUG_LEVEL + 1, "each level has a name");

void log_set_level(enum log_level level)
{
    level_now = level;
}

/* A line holds what strangers chose, and somebody reads it on a terminal: control characters, those
 * above U+007F too, and bytes that are no UTF-8 are shown, not obeyed. */
static void log_add_escaped(struct str *line, const struct str *message)
{
    for (size_t at = 0, size; at < message->len; at += size) {
        const char *text = message->data + at;
        uint32_t point = utf8_decode(text, message->len - at, &size);

        if (point == '\n') {
            str_add(line, "\\n");
        } else if (point < 0x20 || (point >= 0x7F && point < 0xA0)) {
            str_addf(line, "\\x%02x", (unsigned)point);
        } else if (utf8_valid(text, size)) {
            str_add_bytes(line, text, size);
        } else {
            for (size_t i = 0; i < size; i++) {
                str_addf(line, "\\x%02x", (unsigned)(unsigned char)text[i]);
            }
        }
    }
}

static format_printf(2, 0) void log_line(enum log_level level, const char *format, va_list args)
{
    cleanup_with(str_done) struct str message = {0};
    cleanup_with(str_done) struct str line = {0};
    char stamp[STAMP_SIZE];
    int saved = errno;

    if (level > level_now) {
        return;
    }
    stamp_nsec(stamp, clk_wall(clk_system()));
    str_addv(&message, format, args);
    str_addf(&line, "%.23sZ %s ", stamp, level_names[level]); /* to the millisecond */
    log_add_escaped(&line, &message);
    str_add_char(&line, '\n');

    /* One write, so that lines of several processes on one file do not mix. */
    for (size_t at = 0; at < line.len;) {
        ssize_t written = write(STDERR_FILENO, line.data + at, line.len - at);

        if (written < 0 && errno != EINTR) {
            break; /* there is nowhere left to say so */
        }
        at += written > 0 ? (size_t)written : 0;
    }
    errno = saved;
}

void log_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_line(LOG_ERROR_LEVEL, format, args);
    va_end(args);
}

void log_warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_line(LOG_WARN_LEVEL, format, args);
    va_end(args);
}

void log_info(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_line(LOG_INFO_LEVEL, format, args);
    va_end(args);
}

void log_debug(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_line(LOG_DEBUG_LEVEL, format, args);
    va_end(args);
}
