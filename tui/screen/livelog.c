/* livelog.c - the log of one attempt, as it grows, in a window. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/livelog.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/stamp.h"
#include "tui/screen/moment.h"
#include "tui/widget/dialog.h"

#define RETRY_MS 500
#define RETRIES 60          /* half a minute: then it counts as empty */
#define STAMPS_FROM_COLS 50 /* narrower windows have no room for times */

static void begin(struct livelog *log, long long tail);

/* ---- the window's source ---- */

static uint64_t source_first(void *data)
{
    return ((struct livelog *)data)->log.first;
}

static uint64_t source_end(void *data)
{
    return ((struct livelog *)data)->log.end;
}

static bool source_line(void *data, uint64_t number, struct textline *ret)
{
    struct livelog *log = data;
    const struct logbuf_line *line = logbuf_line(&log->log, number);

    if (!line) {
        return false;
    }
    *ret = (struct textline){
        .text = line->text, .len = line->len, .start = line->start, .role = ROLE_LOG};
    if (log->stamps && log->pane.area.cols >= STAMPS_FROM_COLS && line->stamp != 0) {
        struct str text = {0};
        moment_clock(line->stamp, log->ui->zone, true, &text);
        text_copy(log->stamp, sizeof log->stamp, str_text(&text));
        str_done(&text);
        ret->stamp = log->stamp;
    }
    return true;
}

static const struct textpane_source source = {source_first, source_end, source_line};

/* ---- the stream ---- */

/* "2026-11-20T20:04:25.114Z text", as asked for with timestamps. */
static void on_line(void *data, const char *line, size_t len, bool partial)
{
    struct livelog *log = data;
    const char *blank = memchr(line, ' ', len < STAMP_SIZE ? len : STAMP_SIZE);
    char text[STAMP_SIZE];
    nsec_t stamp = 0;

    (void)partial;
    if (blank && (size_t)(blank - line) < sizeof text) {
        memcpy(text, line, (size_t)(blank - line));
        text[blank - line] = '\0';
        if (stamp_parse(text, &stamp)) {
            len -= (size_t)(blank - line) + 1;
            line = blank + 1;
        } else {
            stamp = 0;
        }
    }
    log->err = (struct error){0};
    logbuf_add(&log->log, stamp, line, len);
    log->ui->dirty = true;
}

static void on_retry(uv_timer_t *timer)
{
    struct livelog *log = timer->data;

    if (log->pod && !log->stream) {
        begin(log, -1);
    }
}

static void on_end(void *data, const struct error *err)
{
    struct livelog *log = data;
    bool empty = log->log.end == log->log.first;

    log->stream = logstream_free(log->stream);
    /* A run that goes on cannot have a finished, empty log: it is about to begin. */
    log->ended = !err && (log->over || !empty || log->tries == RETRIES);
    log->err = err ? *err : (struct error){0};
    log->ui->dirty = true;
    /* What is gone never comes. When lines came already a broken stream is not begun again: they
     * would come twice. */
    if (!log->ended && empty && log->err.code != ERROR_NOT_FOUND && log->tries < RETRIES) {
        log->tries++;
        uv_timer_start(log->retry, on_retry, RETRY_MS, 0);
    }
}

static void begin(struct livelog *log, long long tail)
{
    struct logstream_options options = {
        .ns = log->ns, .pod = log->pod, .follow = true, .timestamps = true, .tail = tail};

    log->stream = logstream_new(log->ui->http, &options, on_line, on_end, log);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void stop(struct livelog *log)
{
    log->stream = logstream_free(log->stream);
    uv_timer_stop(log->retry);
    free(log->ns);
    free(log->pod);
    log->ns = log->pod = NULL;
    log->ended = false;
    log->tries = 0;
    log->err = (struct error){0};
    logbuf_clear(&log->log);
    log->pane.follow = true;
}

void livelog_init(struct livelog *log, struct ui *ui)
{
    *log = (struct livelog){.ui = ui, .stamps = true};
    log->pane = (struct textpane){.source = &source, .data = log, .wrap = true, .follow = true};
    log->retry = xcalloc(1, sizeof *log->retry);
    uv_timer_init(ui->loop, log->retry);
    log->retry->data = log;
}

void livelog_open(struct livelog *log, const struct livelog_of *of, long long tail)
{
    log->over = of->over;
    if (text_same(of->pod, log->pod) && text_same(of->ns, log->ns) && of->attempt == log->attempt) {
        return;
    }
    stop(log);
    log->attempt = of->attempt;
    log->ui->dirty = true;
    if (of->pod) {
        log->ns = of->ns ? xstrdup(of->ns) : NULL;
        log->pod = xstrdup(of->pod);
        begin(log, tail);
    }
}

const char *livelog_word(const struct livelog *log)
{
    if (!log->pod) {
        return "";
    }
    if (log->err.code != ERROR_NONE) {
        return log->err.code == ERROR_NOT_FOUND ? "gone" : "waiting";
    }
    if (!log->pane.follow) {
        return log->ended ? "" : "paused";
    }
    return log->ended ? "complete" : "following";
}

void livelog_paint(struct livelog *log, struct canvas *canvas, struct rect area)
{
    textpane_paint(&log->pane, canvas, area);
    if (log->log.end > log->log.first || !log->pod) {
        return;
    }
    if (log->err.code == ERROR_NOT_FOUND) {
        dialog_text(canvas, area, 0, ROLE_DIM, "its log is gone: the history limits took it");
    } else if (log->err.code != ERROR_NONE) {
        dialog_text(canvas, area, 0, ROLE_DIM, log->err.what);
    } else {
        dialog_text(canvas, area, 0, ROLE_DIM, log->ended ? "no output" : "no output yet");
    }
}

bool livelog_command(struct livelog *log, enum command command)
{
    struct textpane *pane = &log->pane;

    switch ((int)command) {
    case CMD_UP: textpane_scroll(pane, -1); return true;
    case CMD_DOWN: textpane_scroll(pane, 1); return true;
    case CMD_PAGE_UP: textpane_page(pane, -1); return true;
    case CMD_PAGE_DOWN: textpane_page(pane, 1); return true;
    case CMD_TOP: textpane_home(pane); return true;
    case CMD_BOTTOM: pane->follow = true; return true;
    case CMD_FOLLOW: pane->follow = !pane->follow; return true;
    case CMD_LEFT: textpane_sideways(pane, -8); return true;
    case CMD_RIGHT: textpane_sideways(pane, 8); return true;
    case CMD_STAMPS: log->stamps = !log->stamps; return true;
    case CMD_WRAP:
        pane->wrap = !pane->wrap;
        pane->left = 0;
        return true;
    default: return false;
    }
}

void livelog_done(struct livelog *log)
{
    stop(log);
    uv_close((uv_handle_t *)log->retry, on_closed);
    textpane_done(&log->pane);
    logbuf_done(&log->log);
}
