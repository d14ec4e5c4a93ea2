/* textpane.c - a window on lines of text: scroll, wrap, follow, search; SGR colours in them. */
/* SPDX-License-Identifier: MIT */
/* Lines may be dropped at the front and come at the end while one reads, and there may be a hundred
 * thousand of them. So a place is a line number and a row within that line's wrapped text, and only
 * lines near the window are ever measured. */
#include "tui/widget/textpane.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/base/vec.h"
#include "tui/kit/ansi.h"
#include "tui/kit/width.h"

#define TAB 8
#define SEARCH_MOST 200 /* code points of a search */

static uint64_t first_line(const struct textpane *pane)
{
    return pane->source->first(pane->data);
}

static uint64_t end_line(const struct textpane *pane)
{
    return pane->source->end(pane->data);
}

/* The columns a piece takes at COLUMN. A tab never reaches beyond the line's END. */
static int step_of(const struct ansi_piece *piece, int column, int end)
{
    if (piece->point != '\t') {
        return width_point(piece->point);
    }
    int step = TAB - column % TAB;
    return column < end && column + step > end ? end - column : step;
}

/* The columns that text may use beside a stamp. */
static int text_room(const struct textpane *pane, const struct textline *line)
{
    int stamp = line->stamp ? width_text(line->stamp, strlen(line->stamp)) + 1 : 0;
    int room = pane->area.cols - stamp;

    return room > 0 ? room : 1;
}

/* Nothing but printable ASCII, a column a byte: nearly every line, and by far the cheapest. */
static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] < 0x20 || text[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

/* How many rows a line takes. */
static int line_rows(const struct textpane *pane, uint64_t number)
{
    struct textline line = {0};
    struct ansi ansi;
    struct ansi_piece piece;
    int rows = 1, column = 0;

    if (!pane->wrap || !pane->source->line(pane->data, number, &line)) {
        return 1;
    }
    int room = text_room(pane, &line);
    if (is_plain(line.text, line.len)) {
        return line.len == 0 ? 1 : (int)((line.len - 1) / (size_t)room) + 1;
    }
    ansi_start(&ansi, line.text, line.len, line.start);
    while (ansi_next(&ansi, &piece)) {
        int step = step_of(&piece, column, room);
        if (column + step > room) {
            rows++;
            column = 0;
        }
        column += step;
    }
    return rows;
}

/* The place at which the last line stands at the bottom. */
static void bottom_place(const struct textpane *pane, uint64_t *ret_top, int *ret_row)
{
    uint64_t first = first_line(pane), at = end_line(pane);
    int left = pane->area.rows > 0 ? pane->area.rows : 1;

    *ret_top = at;
    *ret_row = 0;
    while (at > first && left > 0) {
        int rows = line_rows(pane, --at);
        *ret_top = at;
        *ret_row = rows > left ? rows - left : 0;
        left -= rows;
    }
}

/* Brings the place back into what there is. */
static void settle(struct textpane *pane)
{
    uint64_t top, first = first_line(pane);
    int row;

    bottom_place(pane, &top, &row);
    if (pane->follow || pane->top > top || (pane->top == top && pane->top_row > row)) {
        pane->top = top;
        pane->top_row = row;
    }
    if (pane->top < first) {
        pane->top = first;
        pane->top_row = 0;
    }
}

/* One row back, where there is one. */
static void row_back(struct textpane *pane)
{
    if (pane->top_row > 0) {
        pane->top_row--;
    } else if (pane->top > first_line(pane)) {
        pane->top--;
        pane->top_row = line_rows(pane, pane->top) - 1;
    }
}

void textpane_scroll(struct textpane *pane, long rows)
{
    settle(pane);
    uint64_t end = end_line(pane);
    if (rows != 0) {
        pane->follow = false;
    }
    for (; rows < 0; rows++) {
        row_back(pane);
    }
    for (; rows > 0; rows--) {
        if (pane->top_row + 1 < line_rows(pane, pane->top)) {
            pane->top_row++;
        } else if (pane->top + 1 < end) {
            pane->top++;
            pane->top_row = 0;
        }
    }
    settle(pane);
}

void textpane_page(struct textpane *pane, int pages)
{
    textpane_scroll(pane, (long)pages * (pane->area.rows > 1 ? pane->area.rows - 1 : 1));
}

void textpane_home(struct textpane *pane)
{
    pane->follow = false;
    pane->top = first_line(pane);
    pane->top_row = 0;
    pane->left = 0;
}

void textpane_end(struct textpane *pane)
{
    bottom_place(pane, &pane->top, &pane->top_row);
}

void textpane_sideways(struct textpane *pane, int columns)
{
    pane->left += columns;
    pane->left = pane->left < 0 ? 0 : pane->left;
}

bool textpane_at_end(const struct textpane *pane)
{
    uint64_t top;
    int row;

    bottom_place(pane, &top, &row);
    return pane->top > top || (pane->top == top && pane->top_row >= row);
}

/* A search as code points, folded unless it holds a capital ("smart case"). */
struct needle {
    uint32_t points[SEARCH_MOST];
    size_t len;
    bool fold;
};

static void needle_make(const char *text, struct needle *ret)
{
    size_t len = strlen(text);

    *ret = (struct needle){.fold = true};
    for (size_t i = 0; i < len && ret->len < SEARCH_MOST;) {
        size_t size;
        uint32_t point = utf8_decode(text + i, len - i, &size);
        ret->fold = ret->fold && !iswupper((wint_t)point);
        ret->points[ret->len++] = point;
        i += size;
    }
}

struct pieces {
    struct ansi_piece *data;
    size_t len, capacity;
};

static void pieces_of(const struct textline *line, struct pieces *ret)
{
    struct ansi ansi;
    struct ansi_piece piece;

    ret->len = 0;
    ansi_start(&ansi, line->text, line->len, line->start);
    while (ansi_next(&ansi, &piece)) {
        vec_push(ret, piece);
    }
}

static bool match_at(const struct pieces *pieces, size_t at, const struct needle *needle)
{
    if (needle->len == 0 || at + needle->len > pieces->len) {
        return false;
    }
    for (size_t i = 0; i < needle->len; i++) {
        uint32_t point = pieces->data[at + i].point;
        if (needle->fold) {
            point = (uint32_t)towlower((wint_t)point);
        }
        if (point != needle->points[i]) {
            return false;
        }
    }
    return true;
}

static bool line_matches(const struct textpane *pane, uint64_t number, const struct needle *needle)
{
    struct textline line = {0};
    struct pieces pieces = {0};
    bool found = false;

    if (pane->source->line(pane->data, number, &line)) {
        pieces_of(&line, &pieces);
        for (size_t i = 0; i < pieces.len && !found; i++) {
            found = match_at(&pieces, i, needle);
        }
    }
    vec_done(&pieces);
    return found;
}

void textpane_search(struct textpane *pane, const char *text)
{
    free(pane->search);
    pane->search = text && *text ? xstrdup(text) : NULL;
    pane->hit = UINT64_MAX;
}

bool textpane_next(struct textpane *pane, int by)
{
    uint64_t first = first_line(pane), end = end_line(pane), count = end - first;
    struct needle needle;

    if (!pane->search || count == 0) {
        return false;
    }
    needle_make(pane->search, &needle);
    bool again = pane->hit >= first && pane->hit < end;
    uint64_t at = again ? pane->hit : pane->top < first ? first : pane->top;
    for (uint64_t i = again ? 1 : 0; i <= count; i++) {
        uint64_t step = i % count;
        uint64_t number = first + (at - first + (by > 0 ? step : count - step)) % count;
        if (!line_matches(pane, number, &needle)) {
            continue;
        }
        pane->hit = number;
        pane->follow = false;
        /* A third from the top: what led to it is seen as well. */
        pane->top = number;
        pane->top_row = 0;
        for (int row = 0; row < pane->area.rows / 3; row++) {
            row_back(pane);
        }
        settle(pane);
        return true;
    }
    return false;
}

/* Draws one line from its row FROM_ROW on; returns how many rows it took. */
static int paint_line(const struct textpane *pane, struct canvas *canvas, struct rect area,
                      const struct textline *line, int from_row, const struct needle *needle,
                      struct pieces *pieces)
{
    int room = text_room(pane, line), indent = area.cols - room;
    int row = -from_row, column = 0, end = pane->wrap ? room : INT_MAX;
    size_t marked = 0;

    if (line->stamp && from_row == 0) {
        canvas_text(canvas, area, 0, 0, ROLE_LOG_STAMP, line->stamp);
    }
    struct rect text = {area.row, area.col + indent, area.rows, area.cols - indent};
    pieces_of(line, pieces);
    for (size_t i = 0; i < pieces->len; i++) {
        const struct ansi_piece *piece = &pieces->data[i];
        int step = step_of(piece, column, end);
        enum role role = i < line->head ? line->head_role : line->role;
        if (pane->wrap && column + step > room) {
            row++;
            column = 0;
            step = step_of(piece, column, end);
        }
        marked = match_at(pieces, i, needle) ? needle->len : marked;
        role = marked > 0 ? ROLE_MATCH : piece->raw ? ROLE_LOG_RAW : role;
        struct style own = piece->style;
        if (marked > 0) {
            own = (struct style){0};
            marked--;
        }
        int place = pane->wrap ? column : column - pane->left;
        if (row >= 0 && row < area.rows && place >= 0 && place < text.cols) {
            canvas_point(canvas, text, row, place, role, own,
                         piece->point == '\t' ? ' ' : piece->point);
        }
        column += step;
    }
    return row + 1;
}

void textpane_paint(struct textpane *pane, struct canvas *canvas, struct rect area)
{
    struct pieces pieces = {0};
    struct needle needle = {0};
    uint64_t end = end_line(pane);

    pane->area = area;
    settle(pane);
    if (pane->search) {
        needle_make(pane->search, &needle);
    }
    int from_row = pane->top_row;
    for (uint64_t n = pane->top; n < end && area.rows > 0; n++) {
        struct textline line = {0};
        if (!pane->source->line(pane->data, n, &line)) {
            break;
        }
        int used = paint_line(pane, canvas, area, &line, from_row, &needle, &pieces);
        from_row = 0;
        layout_top(&area, used);
    }
    vec_done(&pieces);
}

void textpane_done(struct textpane *pane)
{
    free(pane->search);
    pane->search = NULL;
}
