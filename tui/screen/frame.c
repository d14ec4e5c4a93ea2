/* frame.c - what is around every view: the header, and the footer with its keys. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/frame.h"

#include <stdio.h>
#include <string.h>

#include "core/client/context.h"
#include "tui/kit/width.h"
#include "tui/screen/board.h"
#include "tui/screen/moment.h"

#define FLASH_FOR (8 * NSEC_PER_SEC)

/* A count and its word, when there is something to count. */
static int count_text(struct canvas *canvas, struct rect line, int col, size_t count,
                      const char *word, enum role role)
{
    char text[48];
    int len = snprintf(text, sizeof text, "%zu %s", count, word);

    /* Half a word would say something else. */
    if (count == 0 || col + 2 + len > line.cols) {
        return col;
    }
    return canvas_text(canvas, line, 0, col + 2, role, text);
}

/* How old the data is, when it is. Returns the column where it begins. */
static int paint_stale(const struct ui *ui, struct canvas *canvas, struct rect line, int right)
{
    struct str text = {0};

    if (board_state(ui->board) != CACHE_STALE) {
        return right;
    }
    nsec_t heard = board_heard(ui->board);
    str_addf(&text, "%s no scheduler", glyph_text(canvas->ascii, GLYPH_STALE));
    if (heard > 0) {
        str_add(&text, " for ");
        moment_short((clk_mono(ui->clk) - heard) / NSEC_PER_SEC, &text);
    }
    int col = right - width_text(text.data, text.len) - 2;
    canvas_text(canvas, line, 0, col, ROLE_ERROR, str_text(&text));
    str_done(&text);
    return col;
}

static void paint_header(const struct ui *ui, struct canvas *canvas, struct rect line)
{
    const struct context *context = http_context(ui->http);
    struct str clock = {0};
    nsec_t now = clk_wall(ui->clk);
    size_t total = board_count(ui->board);
    bool more = board_state(ui->board) == CACHE_LOADING;

    moment_clock(now, ui->zone, false, &clock);
    if (line.cols >= 60) {
        str_add_char(&clock, ' ');
        moment_offset(tz_at(ui->zone, nsec_to_sec(now)).offset, &clock);
    }
    int right = line.cols - 1 - width_text(clock.data, clock.len);
    canvas_text(canvas, line, 0, right, ROLE_INFO, str_text(&clock));
    str_done(&clock);
    right = paint_stale(ui, canvas, line, right);

    struct rect left = {line.row, line.col, line.rows, right - 1};
    int col = canvas_text(canvas, left, 0, 1, ROLE_LOGO, "belfry");
    if (line.cols >= 60) {
        col = canvas_textf(canvas, left, 0, col + 2, ROLE_INFO_LABEL, "%s/%s", context->name,
                           ui->ns ? ui->ns : "all");
    }
    col += 2;
    if (ui->filter) {
        col = canvas_textf(canvas, left, 0, col, ROLE_FILTER, "%zu/", ui->matching);
    }
    const char *word = line.cols < 60 ? "jobs" : total == 1 && !more ? "cronjob" : "cronjobs";
    col = canvas_textf(canvas, left, 0, col, ROLE_INFO, "%zu%s %s", total, more ? "+" : "", word);
    size_t running = board_shows(ui->board, SHOW_RUNNING);
    size_t failing = board_shows(ui->board, SHOW_FAILING) + board_shows(ui->board, SHOW_BLOCKED);
    col = count_text(canvas, left, col, running, "running", ROLE_RUN_RUNNING);
    col = count_text(canvas, left, col, failing, "failing", ROLE_RUN_FAILED);
    if (ui->filter) {
        col = canvas_textf(canvas, left, 0, col + 2, ROLE_FILTER, "/%s", ui->filter);
    }
    if (ui->read_only) {
        col = canvas_text(canvas, left, 0, col + 2, ROLE_WARN, "read-only");
    }
    if (ui->started && line.cols >= 90) {
        canvas_text(canvas, left, 0, col + 2, ROLE_INFO_LABEL, "until reboot");
    }
}

/* The keys of the top view that can be used, as far as they fit. "help" and "quit" always do. */
static void paint_keys(struct ui *ui, struct canvas *canvas, struct rect line)
{
    struct screen *top = ui_top(ui);
    int col = 1;

    for (size_t i = 1; i < CMD_COUNT; i++) {
        const struct command_row *row = &commands[i];
        char key[INPUT_NAME_SIZE];
        if (!row->hint || !(row->scopes & (SCOPE_ANY | top->ops->scopes)) ||
            (ui->read_only && (row->needs & NEED_WRITE)) ||
            (top->ops->lacks && (top->ops->lacks(top->self, (enum command)i) & row->needs)) ||
            !*keymap_short(&ui->keymap, (enum command)i, key)) {
            continue;
        }
        const char *other = top->ops->hint ? top->ops->hint(top->self, (enum command)i) : NULL;
        const char *hint = other ? other : row->hint;
        int width = width_text(key, strlen(key)) + 1 + (int)strlen(hint);
        /* Room is kept for the way out and the help: "? help  q quit". */
        bool always = (row->scopes & SCOPE_ANY) != 0;
        if (col + width > line.cols - 1 || (!always && col + width + 2 > line.cols - 15)) {
            continue;
        }
        col = canvas_text(canvas, line, 0, col, ROLE_KEY, key);
        col = canvas_text(canvas, line, 0, col + 1, ROLE_HINT, hint) + 2;
    }
}

static bool flashing(const struct ui *ui)
{
    return ui->flash.shown && clk_mono(ui->clk) - ui->flash.since < FLASH_FOR;
}

static void paint_footer(struct ui *ui, struct canvas *canvas, struct rect line)
{
    struct screen *top = ui_top(ui);

    if (top->ops->footer && top->ops->footer(top->self, canvas, line)) {
        return;
    }
    if (flashing(ui)) {
        canvas_fit(canvas, line, 0, 1, line.cols - 2, ALIGN_LEFT, ui->flash.role, ui->flash.text);
        return;
    }
    paint_keys(ui, canvas, line);
}

void frame_paint(struct ui *ui, struct canvas *canvas)
{
    struct rect area = canvas_area(canvas);
    size_t first = ui->depth;

    canvas_clear(canvas);
    if (ui->depth == 0) {
        return;
    }
    do {
        first--;
    } while (first > 0 && ui->stack[first].ops->floats);
    /* On a screen of a few lines the view gets them. */
    struct rect header = layout_top(&area, canvas->rows >= 4 ? 1 : 0);
    struct rect footer = layout_bottom(&area, canvas->rows >= 6 ? 1 : 0);
    if (header.rows > 0) {
        paint_header(ui, canvas, header);
    }
    for (size_t i = first; i < ui->depth; i++) {
        ui->stack[i].ops->paint(ui->stack[i].self, canvas, area);
    }
    if (footer.rows > 0) {
        paint_footer(ui, canvas, footer);
    }
}
