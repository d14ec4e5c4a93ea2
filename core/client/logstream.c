/* logstream.c - a pod's log as it grows, line by line. */
/* SPDX-License-Identifier: MIT */
#include "core/client/logstream.h"

#include <string.h>

#include "core/client/call.h"

#define LINE_MOST ((size_t)64 * 1024)

struct logstream {
    struct http_call *call;
    logstream_line_fn *on_line;
    logstream_end_fn *on_end;
    void *data;
    struct str rest; /* the beginning of a line whose end has not come */
    bool busy, dead; /* freed by its own callback: goes when the callback is back */
};

static struct logstream *destroy(struct logstream *stream)
{
    http_cancel(stream->call);
    str_done(&stream->rest);
    free(stream);
    return NULL;
}

static void line_tell(struct logstream *stream, bool partial)
{
    cleanup_with(str_done) struct str line = stream->rest;
    stream->rest = (struct str){0};
    stream->on_line(stream->data, str_text(&line), line.len, partial);
}

static void on_chunk(void *data, const char *bytes, size_t len)
{
    struct logstream *stream = data;
    stream->busy = true;
    while (len > 0 && !stream->dead) {
        const char *end = memchr(bytes, '\n', len);
        size_t take = end != NULL ? (size_t)(end - bytes) : len;
        size_t room = LINE_MOST - stream->rest.len;
        bool full = take > room;
        take = full ? room : take;
        if (end != NULL && !full && stream->rest.len == 0) {
            stream->on_line(stream->data, bytes, take, false);
        } else {
            str_add_bytes(&stream->rest, bytes, take);
            if (full || end != NULL) {
                line_tell(stream, full);
            }
        }
        take += end != NULL && !full;
        bytes += take;
        len -= take;
    }
    stream->busy = false;
    if (stream->dead) {
        destroy(stream);
    }
}

static void on_done(void *data, const struct http_reply *reply, const struct error *err)
{
    struct logstream *stream = data;
    (void)reply;
    stream->call = NULL;
    stream->busy = true;
    if (stream->rest.len > 0) {
        line_tell(stream, true);
    }
    if (!stream->dead) {
        stream->on_end(stream->data, err);
    }
    stream->busy = false;
    if (stream->dead) {
        destroy(stream);
    }
}

struct logstream *logstream_new(struct http *http, const struct logstream_options *options,
                                logstream_line_fn *on_line, logstream_end_fn *on_end, void *data)
{
    struct logstream *stream = xcalloc(1, sizeof *stream);
    cleanup_with(str_done) struct str path = {0};
    char number[32];
    call_path(&path, KIND_POD, options->ns, options->pod, "log");
    call_query(&path, "container", options->container);
    call_query(&path, "follow", options->follow ? "true" : NULL);
    call_query(&path, "timestamps", options->timestamps ? "true" : NULL);
    call_query(&path, "previous", options->previous ? "true" : NULL);
    if (options->tail >= 0) {
        snprintf(number, sizeof number, "%lld", options->tail);
        call_query(&path, "tailLines", number);
    }
    if (options->since_seconds > 0) {
        snprintf(number, sizeof number, "%lld", options->since_seconds);
        call_query(&path, "sinceSeconds", number);
    }
    if (options->limit_bytes > 0) {
        snprintf(number, sizeof number, "%lld", options->limit_bytes);
        call_query(&path, "limitBytes", number);
    }
    stream->on_line = on_line;
    stream->on_end = on_end;
    stream->data = data;
    struct http_request request = {.path = path.data, .accept = "text/plain, */*"};
    stream->call = http_stream(http, &request, NULL, on_chunk, on_done, stream);
    return stream;
}

void logstream_pause(struct logstream *stream, bool paused)
{
    if (stream->call != NULL) {
        http_pause(stream->call, paused);
    }
}

struct logstream *logstream_free(struct logstream *stream)
{
    if (stream != NULL && stream->busy) {
        stream->dead = true;
        return NULL;
    }
    return stream != NULL ? destroy(stream) : NULL;
}
