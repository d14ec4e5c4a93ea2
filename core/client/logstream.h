/* logstream.h - a pod's log as it grows, line by line. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLIENT_LOGSTREAM_H
#define BELFRY_CORE_CLIENT_LOGSTREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/client/http.h"

struct logstream;

/* Texts are copied. The fields are those of GET pods/NAME/log. */
struct logstream_options {
    const char *ns, *pod;
    const char *container; /* NULL: the only one */
    bool follow, timestamps, previous;
    long long tail;          /* lines from the end; -1: all */
    long long since_seconds; /* not older than this; 0: all */
    long long limit_bytes;   /* 0: none */
};

/* A whole line without its newline, or, with PARTIAL, the beginning of one that is longer than 64
 * KiB or unfinished at the stream's end. Not terminated. */
typedef void logstream_line_fn(void *data, const char *line, size_t len, bool partial);
/* Once, when the log ended (ERR NULL) or could not be had. */
typedef void logstream_end_fn(void *data, const struct error *err);

must_use struct logstream *logstream_new(struct http *http, const struct logstream_options *options,
                                         logstream_line_fn *on_line, logstream_end_fn *on_end,
                                         void *data);
/* Within on_line the lines that came in the same piece still follow (some 64 KiB at most). */
void logstream_pause(struct logstream *stream, bool paused);
/* No callback afterwards; also from within one. NULL is fine. Returns NULL. */
struct logstream *logstream_free(struct logstream *stream);

#endif
