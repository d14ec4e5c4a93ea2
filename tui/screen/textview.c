/* textview.c - a view of a text: a document, a description, the help. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/textview.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/vec.h"
#include "tui/screen/searchbar.h"
#include "tui/widget/textpane.h"

struct textview {
    struct ui *ui;
    char *title;
    enum textview_style style;
    struct str text;
    vec(size_t) starts; /* of its lines */
    struct textpane pane;
    struct searchbar search;
};

static uint64_t source_first(void *data)
{
    (void)data;
    return 0;
}

static uint64_t source_end(void *data)
{
    return ((struct textview *)data)->starts.len;
}

/* The key of a YAML line with its colon, dashes and blanks before it included; 0: it has none. */
static size_t yaml_head(const char *line, size_t len)
{
    size_t at = strspn(line, " -");

    while (at < len && line[at] != ':' && line[at] != ' ' && line[at] != '"') {
        at++;
    }
    bool ends = at < len && line[at] == ':' && (at + 1 == len || line[at + 1] == ' ');
    return ends ? at + 1 : 0;
}

static bool source_line(void *data, uint64_t number, struct textline *ret)
{
    struct textview *view = data;
    size_t start = view->starts.data[number];
    size_t end = number + 1 < view->starts.len ? view->starts.data[number + 1] - 1 : view->text.len;
    const char *line = view->text.data + start;
    size_t len = end - start;

    *ret = (struct textline){.text = line, .len = len, .role = ROLE_TEXT};
    if (view->style == TEXTVIEW_YAML) {
        ret->role = ROLE_YAML_VALUE;
        ret->head = yaml_head(line, len);
        ret->head_role = ROLE_YAML_KEY;
    } else if (len > 0 && line[0] != ' ') {
        ret->role = ROLE_SECTION;
    } else {
        ret->head = TEXTVIEW_FACT_COLS;
        ret->head_role = ROLE_LABEL;
    }
    return true;
}

static const struct textpane_source source = {source_first, source_end, source_line};

static bool view_key(void *self, const struct key *key)
{
    struct textview *view = self;

    if (key->kind == INPUT_MOUSE) {
        if (key->mouse == MOUSE_WHEEL_UP || key->mouse == MOUSE_WHEEL_DOWN) {
            textpane_scroll(&view->pane, key->mouse == MOUSE_WHEEL_UP ? -3 : 3);
        }
        return true;
    }
    return searchbar_key(&view->search, view->ui, &view->pane, key);
}

static bool view_command(void *self, enum command command)
{
    struct textview *view = self;
    struct textpane *pane = &view->pane;

    switch ((int)command) {
    case CMD_UP: textpane_scroll(pane, -1); return true;
    case CMD_DOWN: textpane_scroll(pane, 1); return true;
    case CMD_PAGE_UP: textpane_page(pane, -1); return true;
    case CMD_PAGE_DOWN: textpane_page(pane, 1); return true;
    case CMD_TOP: textpane_home(pane); return true;
    case CMD_BOTTOM: textpane_end(pane); return true;
    case CMD_LEFT: textpane_sideways(pane, -8); return true;
    case CMD_RIGHT: textpane_sideways(pane, 8); return true;
    case CMD_WRAP: pane->wrap = !pane->wrap; return true;
    default: return searchbar_command(&view->search, view->ui, pane, command);
    }
}

static void view_paint(void *self, struct canvas *canvas, struct rect area)
{
    struct textview *view = self;
    struct rect title = layout_top(&area, 1);

    canvas_line(canvas, title, 0, ROLE_BORDER);
    canvas_textf(canvas, title, 0, 2, ROLE_TITLE_FOCUS, " %s ", view->title);
    textpane_paint(&view->pane, canvas, layout_inset(area, 0, 2));
}

static bool view_footer(void *self, struct canvas *canvas, struct rect line)
{
    struct textview *view = self;

    return searchbar_paint(&view->search, canvas, line);
}

static void view_done(void *self)
{
    struct textview *view = self;

    free(view->title);
    str_done(&view->text);
    vec_done(&view->starts);
    textpane_done(&view->pane);
    searchbar_done(&view->search);
    free(view);
}

static const struct screen_ops ops = {.title = "Text",
                                      .scopes = SCOPE_MOVE | SCOPE_TEXT,
                                      .key = view_key,
                                      .command = view_command,
                                      .paint = view_paint,
                                      .footer = view_footer,
                                      .done = view_done};

void textview_open(struct ui *ui, const char *title, enum textview_style style, struct str *text)
{
    struct textview *view = xcalloc(1, sizeof *view);

    view->ui = ui;
    view->title = xstrdup(title);
    view->style = style;
    view->text = *text;
    *text = (struct str){0};
    view->pane = (struct textpane){.source = &source, .data = view, .wrap = true};
    for (size_t at = 0; at < view->text.len;) {
        const char *end = memchr(view->text.data + at, '\n', view->text.len - at);
        vec_push(&view->starts, at);
        at = end ? (size_t)(end - view->text.data) + 1 : view->text.len;
    }
    /* The last line's newline is no part of it. */
    if (view->text.len > 0 && view->text.data[view->text.len - 1] == '\n') {
        str_cut(&view->text, view->text.len - 1);
    }
    ui_push(ui, &ops, view);
}
