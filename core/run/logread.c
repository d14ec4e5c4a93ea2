/* logread.c - reads the log of an attempt across rotations: tail, since, limit, follow. */
/* SPDX-License-Identifier: MIT */
#include "core/run/logread.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/run/logfiles.h"
#include "core/run/wire/record.h"

#define WINDOW ((size_t)128 << 10)  /* holds several records of the longest kind */
#define SKIP_MOST ((size_t)1 << 20) /* read without giving anything, then others get their turn */

/* A piece of output: into the window, or a constant. */
struct piece {
    const char *text;
    size_t len;
};

struct logread {
    uv_loop_t *loop;
    void (*on_ready)(void *data);
    void *data;
    uv_fs_event_t *watches[2]; /* the log's folder, the run's folder */
    uv_timer_t *kick;          /* calls on_ready without an event on disk */
    int folder;
    int run_folder; /* -1: none */
    int number;
    nsec_t since;   /* 0: no more lines are left out */
    int64_t limit;  /* bytes still allowed; -1 = all */
    int64_t unread; /* without follow: bytes that were there at open */
    bool timestamps, follow;
    bool finished;  /* nothing more will be written */
    bool last_look; /* ... and the file has been read to its end since we know */
    bool rotated;   /* the present file is not the newest, ... likewise */
    bool waiting;   /* AGAIN was said, on_ready is owed */
    bool ended;
    bool in_line;   /* the last record given was a part */
    bool skip_line; /* the parts of a line that is left out */
    enum crilog_stream line_stream;
    struct log_place place; /* of window[0] */
    size_t start, len;      /* what of the window is unread */
    struct piece pieces[4];
    size_t piece_at, piece_count;
    char window[WINDOW];
};

static void on_handle_closed(uv_handle_t *handle)
{
    free(handle);
}

static void reader_wake(struct logread *reader)
{
    if (reader && reader->waiting) {
        reader->waiting = false;
        if (reader->on_ready) {
            reader->on_ready(reader->data);
        }
    }
}

static void on_folder_event(uv_fs_event_t *watch, const char *name, int events, int status)
{
    (void)name;
    (void)events;
    (void)status;
    reader_wake(watch->data);
}

static void on_kick(uv_timer_t *timer)
{
    reader_wake(timer->data);
}

/* Inotify tells of each write; no timer, no polling. */
static bool folder_watch(struct logread *reader, const char *path, uv_fs_event_t **ret,
                         struct error *err)
{
    uv_fs_event_t *watch = xcalloc(1, sizeof *watch);
    (void)uv_fs_event_init(reader->loop, watch); /* cannot fail */
    watch->data = reader;
    *ret = watch;
    int fault = uv_fs_event_start(watch, on_folder_event, path, 0);
    if (fault) {
        (void)error_sys(err, ERROR_IO, -fault, "cannot watch \"%s\"", path);
        return fault == UV_ENOSPC ? error_hint(err, "raise fs.inotify.max_user_watches with sysctl")
                                  : false;
    }
    return true;
}

static bool reader_watch(struct logread *reader, const struct logread_options *options,
                         struct error *err)
{
    if (reader->loop) {
        reader->kick = xcalloc(1, sizeof *reader->kick);
        (void)uv_timer_init(reader->loop, reader->kick); /* cannot fail */
        reader->kick->data = reader;
    }
    if (!reader->follow) {
        return true;
    }
    return folder_watch(reader, options->folder, &reader->watches[0], err) &&
           (reader->run_folder < 0 ||
            folder_watch(reader, options->run_folder, &reader->watches[1], err));
}

static void place_set(struct logread *reader, struct log_place place)
{
    if (reader->place.fd >= 0) {
        close(reader->place.fd);
    }
    reader->place = place;
    reader->start = reader->len = 0;
    reader->rotated = false;
}

/* The oldest file, at its start. */
static struct log_place log_oldest(int folder, int number)
{
    struct log_place place = log_newest(folder, number);
    while (place.fd >= 0) {
        struct log_place older = log_older(folder, number, place.fd);
        if (older.fd < 0) {
            break;
        }
        close(place.fd);
        place = older;
    }
    return place;
}

static void reader_seek(struct logread *reader, const struct logread_options *options)
{
    struct log_place place;
    if (options->tail >= 0) {
        place = log_tail(reader->folder, reader->number, options->tail);
    } else if (options->since > 0) {
        place = log_since(reader->folder, reader->number, options->since);
    } else {
        place = log_oldest(reader->folder, reader->number);
    }
    place_set(reader, place);
    reader->unread = log_bytes_after(reader->folder, reader->number, &reader->place);
}

struct logread *logread_open(uv_loop_t *loop, const struct logread_options *options,
                             void (*on_ready)(void *data), void *data, struct error *err)
{
    assert(loop || !options->follow);
    int folder = open(options->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        (void)error_sys(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, errno,
                        "cannot open the log folder \"%s\"", options->folder);
        return NULL;
    }
    struct logread *reader = xcalloc(1, sizeof *reader);
    reader->loop = loop;
    reader->on_ready = on_ready;
    reader->data = data;
    reader->folder = folder;
    reader->run_folder = -1;
    reader->place.fd = -1;
    reader->number = options->number;
    reader->since = options->since;
    reader->limit = options->limit_bytes;
    reader->timestamps = options->timestamps;
    reader->follow = options->follow;
    if (options->run_folder) {
        /* One that has been removed with its pod cannot get an exit record any more. */
        reader->run_folder = open(options->run_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        reader->finished = reader->run_folder < 0;
    }
    /* The watch comes first, so that what is written after the last look is an event. */
    if (!reader_watch(reader, options, err)) {
        return logread_free(reader);
    }
    reader_seek(reader, options);
    return reader;
}

struct logread *logread_free(struct logread *reader)
{
    if (!reader) {
        return NULL;
    }
    for (size_t i = 0; i < countof(reader->watches); i++) {
        if (reader->watches[i]) {
            reader->watches[i]->data = NULL;
            uv_close((uv_handle_t *)reader->watches[i], on_handle_closed);
        }
    }
    if (reader->kick) {
        reader->kick->data = NULL;
        uv_close((uv_handle_t *)reader->kick, on_handle_closed);
    }
    file_close_at(&reader->place.fd);
    file_close_at(&reader->folder);
    file_close_at(&reader->run_folder);
    free(reader);
    return NULL;
}

void logread_finish(struct logread *reader)
{
    reader->finished = true;
    if (reader->waiting && reader->kick) {
        (void)uv_timer_start(reader->kick, on_kick, 0, 0);
    }
}

static void piece_add(struct logread *reader, const char *text, size_t len)
{
    reader->pieces[reader->piece_count++] = (struct piece){.text = text, .len = len};
}

/* One record, without its newline, becomes pieces of output. */
static void record_give(struct logread *reader, const char *record, size_t len)
{
    struct crilog_line line;
    bool known = crilog_parse(record, len, &line);
    if (!known) {
        line = (struct crilog_line){.text = record, .len = len, .stream = reader->line_stream};
    }
    bool begins = !reader->in_line && !reader->skip_line;
    if (begins && reader->since > 0 && known && line.wall < reader->since) {
        reader->skip_line = line.partial;
        return;
    }
    if (reader->skip_line) {
        reader->skip_line = line.partial;
        return;
    }
    reader->since = 0; /* what follows came later, whatever a clock that was set back says */
    if (reader->in_line && line.stream != reader->line_stream) {
        /* The other stream came between two parts. */
        piece_add(reader, "\n", 1);
        begins = true;
    }
    if (begins && reader->timestamps && known) {
        piece_add(reader, line.stamp, line.stamp_len + 1); /* a space follows it in the record */
    }
    /* The newline of the record is the line's own. */
    piece_add(reader, line.text, line.len + !line.partial);
    reader->in_line = line.partial;
    reader->line_stream = line.stream;
}

/* Takes the next whole record out of the window; false when there is none in it. */
static bool record_next(struct logread *reader)
{
    const char *at = reader->window + reader->start;
    const char *newline = memchr(at, '\n', reader->len);
    if (!newline) {
        return false;
    }
    size_t len = (size_t)(newline - at);
    reader->piece_at = reader->piece_count = 0;
    record_give(reader, at, len);
    reader->start += len + 1;
    reader->len -= len + 1;
    reader->unread -= (int64_t)len + 1;
    return true;
}

/* More bytes behind those in the window; how many, 0 at the end of the file, -1 with errno. */
static ssize_t window_fill(struct logread *reader)
{
    if (reader->place.fd < 0) {
        return 0;
    }
    memmove(reader->window, reader->window + reader->start, reader->len);
    reader->place.offset += (int64_t)reader->start;
    reader->start = 0;
    if (reader->len == WINDOW) {
        /* No shim writes such a line. It is passed over in pieces. */
        reader->place.offset += (int64_t)WINDOW;
        reader->unread -= (int64_t)WINDOW;
        reader->len = 0;
    }
    ssize_t n = pread(reader->place.fd, reader->window + reader->len, WINDOW - reader->len,
                      reader->place.offset + (int64_t)reader->len);
    if (n > 0) {
        reader->len += (size_t)n;
    } else {
        /* What stands here without a newline may be taken back by a shim whose disk is full: it is
         * read anew next time. */
        reader->len = 0;
    }
    return n;
}

static bool exit_exists(const struct logread *reader)
{
    struct exit_record record;
    return reader->run_folder >= 0 && exit_record_read(reader->run_folder, &record) == 0;
}

enum next_step { STEP_READ, STEP_WAIT, STEP_END };

/* The file has been read to its end: what now? Each time that we learn that it will grow no more it
 * is read once again, for what was written between the read and the learning. */
static enum next_step end_of_file(struct logread *reader)
{
    if (reader->place.fd < 0) {
        struct log_place place = log_oldest(reader->folder, reader->number);
        if (place.fd >= 0) {
            place_set(reader, place);
            return STEP_READ;
        }
    } else if (reader->rotated) {
        struct log_place newer = log_newer(reader->folder, reader->number, reader->place.fd);
        if (newer.fd >= 0) {
            place_set(reader, newer);
            return STEP_READ;
        }
        /* Renamed, and its successor is not there yet: its creation is an event. */
    } else if (!log_is_newest(reader->folder, reader->number, reader->place.fd)) {
        reader->rotated = true;
        return STEP_READ;
    }
    if (!reader->follow) {
        return STEP_END;
    }
    if (!reader->finished) {
        reader->finished = exit_exists(reader);
    }
    if (!reader->finished) {
        return STEP_WAIT;
    }
    if (!reader->last_look) {
        reader->last_look = true;
        return STEP_READ;
    }
    return STEP_END;
}

static size_t pieces_copy(struct logread *reader, char *buffer, size_t room)
{
    size_t done = 0;
    while (reader->piece_at < reader->piece_count && done < room) {
        struct piece *piece = &reader->pieces[reader->piece_at];
        size_t len = piece->len < room - done ? piece->len : room - done;
        memcpy(buffer + done, piece->text, len);
        piece->text += len;
        piece->len -= len;
        done += len;
        if (piece->len == 0) {
            reader->piece_at++;
        }
    }
    return done;
}

/* Fills the buffer from pieces and records, reading on as long as there is something and room. */
static enum next_step buffer_fill(struct logread *reader, char *buffer, size_t size, size_t *done,
                                  int *ret_fault)
{
    size_t read = 0;
    for (;;) {
        *done += pieces_copy(reader, buffer + *done, size - *done);
        if (*done == size) {
            return STEP_READ;
        }
        if (!reader->follow && reader->unread <= 0) {
            return STEP_END; /* what a busy job has added since is not asked for */
        }
        if (record_next(reader)) {
            continue;
        }
        if (read >= SKIP_MOST && reader->kick) {
            return STEP_READ;
        }
        ssize_t n = window_fill(reader);
        if (n > 0) {
            read += (size_t)n;
            continue;
        }
        if (n < 0 && errno != EINTR) {
            *ret_fault = errno;
            return STEP_END;
        }
        enum next_step step = end_of_file(reader);
        if (step != STEP_READ) {
            return step;
        }
    }
}

enum logread_result logread_next(struct logread *reader, char *buffer, size_t size, size_t *ret_len,
                                 struct error *err)
{
    size_t done = 0;
    int fault = 0;
    *ret_len = 0;
    if (reader->limit >= 0 && (int64_t)size > reader->limit) {
        size = (size_t)reader->limit;
    }
    if (reader->ended || size == 0) {
        return LOGREAD_END;
    }
    enum next_step step = buffer_fill(reader, buffer, size, &done, &fault);
    if (fault && done == 0) {
        (void)error_sys(err, ERROR_IO, fault, "cannot read the log");
        return LOGREAD_FAILED;
    }
    if (done > 0) {
        /* The end, or the wait, comes with the next call. */
        reader->limit -= reader->limit >= 0 ? (int64_t)done : 0;
        *ret_len = done;
        return LOGREAD_BYTES;
    }
    if (step == STEP_END) {
        reader->ended = true;
        return LOGREAD_END;
    }
    reader->waiting = true;
    if (step == STEP_READ) {
        (void)uv_timer_start(reader->kick, on_kick, 0, 0);
    }
    return LOGREAD_AGAIN;
}
