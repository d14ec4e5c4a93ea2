/* dialog.c - a framed question in the middle of the screen; the name typed out confirms it. */
/* SPDX-License-Identifier: MIT */
#include "tui/widget/dialog.h"

#include <string.h>

#include "tui/kit/width.h"

#define DIALOG_COLS 64

/* A frame with a title on the dialog's background; returns the room inside. */
static struct rect frame(struct canvas *canvas, struct rect area, const char *title)
{
    canvas_fill(canvas, area, ROLE_DIALOG);
    canvas_box(canvas, area, ROLE_BORDER_FOCUS);
    if (title && area.cols > 6) {
        struct rect top = {area.row, area.col + 2, 1, area.cols - 4};
        int width = width_text(title, strlen(title)) + 2;
        width = width < top.cols ? width : top.cols;
        canvas_text(canvas, top, 0, 0, ROLE_TITLE_FOCUS, " ");
        canvas_fit(canvas, top, 0, 1, width - 2, ALIGN_LEFT, ROLE_TITLE_FOCUS, title);
        canvas_text(canvas, top, 0, width - 1, ROLE_TITLE_FOCUS, " ");
    }
    return layout_inset(area, 1, 2);
}

int dialog_text(struct canvas *canvas, struct rect area, int row, enum role role, const char *text)
{
    while (*text) {
        size_t len = strlen(text);
        size_t fits = width_cut(text, len, area.cols > 0 ? area.cols : 1, NULL);
        size_t next = fits;
        if (fits < len) {
            size_t blank = fits;
            while (blank > 0 && text[blank] != ' ') {
                blank--;
            }
            /* A word longer than the line is cut where the line ends. */
            fits = blank > 0 ? blank : fits > 0 ? fits : 1;
            next = blank > 0 ? blank + 1 : fits;
        }
        if (canvas) {
            canvas_bytes(canvas, area, row, 0, role, text, fits);
        }
        row++;
        text += next;
    }
    return row;
}

enum dialog_result dialog_key(struct dialog *dialog, const struct key *key)
{
    bool plain = key->kind == INPUT_TEXT && key->mods == 0;

    if (key->kind == INPUT_ESCAPE ||
        (key->kind == INPUT_TEXT && key->mods == MOD_CTRL && key->point == 'c')) {
        return DIALOG_NO;
    }
    if (!dialog->word) {
        if (plain && (key->point == 'n' || key->point == 'q')) {
            return DIALOG_NO;
        }
        return key->kind == INPUT_ENTER || (plain && key->point == 'y') ? DIALOG_YES : DIALOG_OPEN;
    }
    if (key->kind == INPUT_ENTER) {
        dialog->wrong = strcmp(entry_text(&dialog->entry), dialog->word) != 0;
        return dialog->wrong ? DIALOG_OPEN : DIALOG_YES;
    }
    if (entry_key(&dialog->entry, key) == ENTRY_CHANGED) {
        dialog->wrong = false;
    }
    return DIALOG_OPEN;
}

/* Rows that the paragraphs take, a blank one between them. */
static int text_rows(const struct dialog *dialog, int cols)
{
    struct rect measure = {0, 0, 1000, cols};
    int rows = 0;

    for (size_t i = 0; i < dialog->line_count; i++) {
        rows += dialog_text(NULL, measure, 0, ROLE_DIALOG, dialog->lines[i]);
    }
    return rows;
}

static void paint_word(struct dialog *dialog, struct canvas *canvas, struct rect area, int row)
{
    int col = canvas_text(canvas, area, row, 0, ROLE_LABEL, "Type ");
    col = canvas_text(canvas, area, row, col, ROLE_STRONG, dialog->word);
    canvas_textf(canvas, area, row, col, ROLE_LABEL, " to %s it", dialog->action);
    struct rect field = {area.row + row + 1, area.col, row + 1 < area.rows ? 1 : 0, area.cols};
    entry_paint(&dialog->entry, canvas, field, ROLE_FIELD_FOCUS, true);
    if (dialog->wrong) {
        canvas_text(canvas, area, row + 2, 0, ROLE_ERROR, "that is not its name");
    }
}

void dialog_paint(struct dialog *dialog, struct canvas *canvas, struct rect screen)
{
    int cols = screen.cols - 4 < DIALOG_COLS ? screen.cols - 4 : DIALOG_COLS;
    cols = cols < 20 ? screen.cols : cols;
    int rows = text_rows(dialog, cols - 4) + (dialog->word ? 4 : 0) + 2 + 2;
    struct rect inside = frame(canvas, layout_centre(screen, rows, cols), dialog->title);

    canvas->cursor_row = -1;
    int row = 0;
    for (size_t i = 0; i < dialog->line_count; i++) {
        row =
            dialog_text(canvas, inside, row, i == 0 ? ROLE_STRONG : ROLE_DIALOG, dialog->lines[i]);
    }
    if (dialog->word) {
        /* On a screen too low for everything the field and the keys win over the text. */
        int least = inside.rows - 5 > 1 ? inside.rows - 5 : 1;
        row = row + 1 < least ? row + 1 : least;
        paint_word(dialog, canvas, inside, row);
    }
    int last = inside.rows - 1;
    int col = canvas_text(canvas, inside, last, 0, ROLE_KEY, "enter ");
    col = canvas_text(canvas, inside, last, col, ROLE_HINT, dialog->action);
    col = canvas_text(canvas, inside, last, col, ROLE_KEY, "   esc ");
    canvas_text(canvas, inside, last, col, ROLE_HINT, "cancel");
}

void dialog_done(struct dialog *dialog)
{
    entry_done(&dialog->entry);
}
