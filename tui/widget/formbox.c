/* formbox.c - labelled fields one below the other: texts, choices, buttons; faults where they are. */
/* SPDX-License-Identifier: MIT */
#include "tui/widget/formbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/kit/width.h"
#include "tui/widget/dialog.h"

#define LABEL_COLS 18
#define LABEL_COLS_NARROW 16
#define NARROW 60
#define FIELD_COLS 72 /* no field is wider: the eye finds the line's end */

static bool takes_focus(const struct formbox_field *field)
{
    return !field->hidden && field->kind != FORMBOX_SECTION;
}

/* To the next field that takes the focus, around the ends. */
static void step(struct formbox *form, int by)
{
    size_t count = form->count;

    for (size_t i = 0; i < count; i++) {
        form->focus = (form->focus + (by > 0 ? 1 : count - 1)) % count;
        if (takes_focus(&form->fields[form->focus])) {
            return;
        }
    }
}

static size_t choice_count(const struct formbox_field *field)
{
    size_t n = 0;

    while (field->choices[n]) {
        n++;
    }
    assert(n > 0);
    return n;
}

static enum formbox_result choose(struct formbox_field *field, int by)
{
    size_t n = choice_count(field);

    field->choice = (field->choice + (by > 0 ? 1 : n - 1)) % n;
    return FORMBOX_CHANGED;
}

static enum formbox_result moved(struct formbox *form, int by)
{
    step(form, by);
    return FORMBOX_MOVED;
}

static enum formbox_result choice_key(struct formbox_field *field, const struct key *key)
{
    if (key->kind == INPUT_LEFT) {
        return choose(field, -1);
    }
    if (key->kind == INPUT_RIGHT ||
        (key->kind == INPUT_TEXT && key->point == ' ' && key->mods == 0)) {
        return choose(field, 1);
    }
    return FORMBOX_IGNORED;
}

/* Ctrl-S from anywhere is the first button that is shown. */
static enum formbox_result press_first(struct formbox *form)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->fields[i].kind == FORMBOX_BUTTON && !form->fields[i].hidden) {
            form->focus = i;
            return FORMBOX_PRESSED;
        }
    }
    return FORMBOX_IGNORED;
}

enum formbox_result formbox_key(struct formbox *form, const struct key *key)
{
    struct formbox_field *field = &form->fields[form->focus];

    switch ((int)key->kind) {
    case INPUT_TAB: return moved(form, key->mods & MOD_SHIFT ? -1 : 1);
    case INPUT_DOWN: return moved(form, 1);
    case INPUT_UP: return moved(form, -1);
    case INPUT_ENTER: return field->kind == FORMBOX_BUTTON ? FORMBOX_PRESSED : moved(form, 1);
    default: break;
    }
    if (key->kind == INPUT_TEXT && key->mods == MOD_CTRL && key->point == 's') {
        return press_first(form);
    }
    if (field->kind == FORMBOX_BUTTON) {
        if (key->kind == INPUT_LEFT || key->kind == INPUT_RIGHT) {
            return moved(form, key->kind == INPUT_RIGHT ? 1 : -1);
        }
        bool space = key->kind == INPUT_TEXT && key->point == ' ' && key->mods == 0;
        return space ? FORMBOX_PRESSED : FORMBOX_IGNORED;
    }
    if (field->kind == FORMBOX_CHOICE) {
        return choice_key(field, key);
    }
    switch (entry_key(&field->entry, key)) {
    case ENTRY_CHANGED: return FORMBOX_CHANGED;
    case ENTRY_MOVED: return FORMBOX_MOVED;
    case ENTRY_IGNORED:
    default: return FORMBOX_IGNORED;
    }
}

struct formbox_field *formbox_find(struct formbox *form, const char *id)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->fields[i].id && strcmp(form->fields[i].id, id) == 0) {
            return &form->fields[i];
        }
    }
    return NULL;
}

const char *formbox_value(const struct formbox_field *field)
{
    return field->kind == FORMBOX_CHOICE ? field->choices[field->choice]
                                         : entry_text(&field->entry);
}

void formbox_fault(struct formbox_field *field, const char *message)
{
    free(field->fault);
    field->fault = message ? xstrdup(message) : NULL;
}

void formbox_clear(struct formbox *form)
{
    for (size_t i = 0; i < form->count; i++) {
        formbox_fault(&form->fields[i], NULL);
    }
}

bool formbox_first_fault(struct formbox *form)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->fields[i].fault && takes_focus(&form->fields[i])) {
            form->focus = i;
            return true;
        }
    }
    return false;
}

static int label_cols(struct rect area)
{
    return area.cols < NARROW ? LABEL_COLS_NARROW : LABEL_COLS;
}

/* Where the value of a field goes, given its row; empty when that is scrolled away. */
static struct rect value_area(struct rect area, int row)
{
    int label = label_cols(area) + 1, cols = area.cols - label;

    return (struct rect){area.row + row, area.col + label, row >= 0 && row < area.rows ? 1 : 0,
                         cols > FIELD_COLS ? FIELD_COLS : cols};
}

/* The lines of the note that are shown. */
static size_t note_lines(const struct formbox_field *field, bool focus)
{
    size_t lines = field->note.len > 0 ? 1 : 0;

    for (size_t i = 0; focus && i < field->note.len; i++) {
        lines += field->note.data[i] == '\n' && i + 1 < field->note.len;
    }
    return lines;
}

static int fault_rows(const struct formbox_field *field, struct rect area)
{
    struct rect measure = value_area(area, 0);

    return field->fault ? dialog_text(NULL, measure, 0, ROLE_ERROR, field->fault) : 0;
}

/* The rows of field I; a button that follows a button adds none. */
static int field_rows(const struct formbox *form, size_t i, struct rect area)
{
    const struct formbox_field *field = &form->fields[i];

    if (field->hidden) {
        return 0;
    }
    if (field->kind == FORMBOX_SECTION) {
        return i == 0 ? 1 : 2;
    }
    if (field->kind == FORMBOX_BUTTON) {
        return i > 0 && form->fields[i - 1].kind == FORMBOX_BUTTON ? 0 : 2;
    }
    return 1 + (int)note_lines(field, form->focus == i) + fault_rows(field, area);
}

static int row_of(const struct formbox *form, size_t index, struct rect area)
{
    int row = 0;

    for (size_t i = 0; i < index; i++) {
        row += field_rows(form, i, area);
    }
    return row;
}

/* The columns of all choices side by side. */
static int choices_cols(const struct formbox_field *field)
{
    int cols = 0;

    for (size_t i = 0; field->choices[i]; i++) {
        cols += width_text(field->choices[i], strlen(field->choices[i])) + 3;
    }
    return cols - 1;
}

static void paint_choice(const struct formbox_field *field, struct canvas *canvas, struct rect area,
                         bool focus)
{
    bool all = choices_cols(field) <= area.cols;
    int col = 0;

    for (size_t i = 0; field->choices[i]; i++) {
        bool on = i == field->choice;
        if (!on && !all) {
            continue; /* where not all fit the others are found by going through them */
        }
        enum role role = on ? (focus ? ROLE_BUTTON_FOCUS : ROLE_BUTTON) : ROLE_DIM;
        /* The brackets say it without colour. */
        col = canvas_textf(canvas, area, 0, col, role, on ? "[%s]" : " %s ", field->choices[i]);
        col = canvas_text(canvas, area, 0, col, ROLE_TEXT, " ");
    }
    if (!all) {
        canvas_textf(canvas, area, 0, col, ROLE_DIM, "%zu/%zu", field->choice + 1,
                     choice_count(field));
    }
}

static int paint_notes(const struct formbox_field *field, struct canvas *canvas, struct rect area,
                       int row, bool focus)
{
    const char *text = str_text(&field->note);
    size_t lines = note_lines(field, focus);

    for (size_t i = 0; i < lines; i++) {
        const char *end = strchr(text, '\n');
        size_t len = end ? (size_t)(end - text) : strlen(text);
        autofree char *line = xstrndup(text, len);
        canvas_fit(canvas, area, row, 0, area.cols, ALIGN_LEFT, i == 0 ? ROLE_INFO : ROLE_DIM,
                   line);
        text += len + 1;
        row++;
    }
    return row;
}

static int paint_buttons(const struct formbox *form, size_t first, struct canvas *canvas,
                         struct rect area, int row)
{
    struct rect line = value_area(area, row + 1);
    int col = 0;

    line.cols = area.cols - (line.col - area.col);
    for (size_t i = first; i < form->count && form->fields[i].kind == FORMBOX_BUTTON; i++) {
        if (form->fields[i].hidden) {
            continue;
        }
        bool focus = form->focus == i;
        col = canvas_textf(canvas, line, 0, col, focus ? ROLE_BUTTON_FOCUS : ROLE_BUTTON,
                           focus ? "[ %s ]" : "  %s  ", form->fields[i].label);
        col++;
    }
    return row + 2;
}

static void paint_field(struct formbox *form, size_t i, struct canvas *canvas, struct rect area,
                        int row)
{
    struct formbox_field *field = &form->fields[i];
    bool focus = form->focus == i;

    if (field->kind == FORMBOX_SECTION) {
        canvas_text(canvas, area, i == 0 ? row : row + 1, 0, ROLE_SECTION, field->label);
        return;
    }
    struct rect value = value_area(area, row);
    canvas_fit(canvas, area, row, 0, label_cols(area), ALIGN_LEFT,
               focus ? ROLE_TITLE_FOCUS : ROLE_LABEL, field->label);
    if (value.rows > 0) {
        if (field->kind == FORMBOX_CHOICE) {
            paint_choice(field, canvas, value, focus);
        } else {
            entry_paint(&field->entry, canvas, value, focus ? ROLE_FIELD_FOCUS : ROLE_FIELD, focus);
        }
    }
    struct rect below = {area.row, value.col, area.rows, area.cols - (value.col - area.col)};
    row++;
    if (field->fault) {
        struct rect text = {area.row, value.col, area.rows, value.cols};
        row = dialog_text(canvas, text, row, ROLE_ERROR, field->fault);
    }
    paint_notes(field, canvas, below, row, focus);
}

void formbox_paint(struct formbox *form, struct canvas *canvas, struct rect area)
{
    int total = row_of(form, form->count, area);
    int from = row_of(form, form->focus, area);
    int to = from + field_rows(form, form->focus, area);

    form->area = area;
    /* A heading or the line's start stays visible with the field below it. */
    if (to > form->top + area.rows) {
        form->top = to - area.rows;
    }
    if (from - 1 < form->top) {
        form->top = from > 0 ? from - 1 : 0;
    }
    if (form->top > total - area.rows) {
        form->top = total > area.rows ? total - area.rows : 0;
    }
    int row = -form->top;
    for (size_t i = 0; i < form->count; i++) {
        const struct formbox_field *field = &form->fields[i];
        int rows = field_rows(form, i, area);
        if (rows > 0 && field->kind == FORMBOX_BUTTON) {
            paint_buttons(form, i, canvas, area, row);
        } else if (rows > 0) {
            paint_field(form, i, canvas, area, row);
        }
        row += rows;
    }
}

/* Which button or choice lies at COL of the value. */
static size_t word_at(const struct formbox_field *field, int room, int col)
{
    int at = 0;

    if (choices_cols(field) > room) {
        return (field->choice + 1) % choice_count(field);
    }
    for (size_t i = 0; field->choices[i]; i++) {
        at += width_text(field->choices[i], strlen(field->choices[i])) + 3;
        if (col < at) {
            return i;
        }
    }
    return field->choice;
}

static enum formbox_result click_buttons(struct formbox *form, size_t first, int col)
{
    int at = 0;

    for (size_t i = first; i < form->count && form->fields[i].kind == FORMBOX_BUTTON; i++) {
        if (form->fields[i].hidden) {
            continue;
        }
        at += width_text(form->fields[i].label, strlen(form->fields[i].label)) + 5;
        if (col < at) {
            form->focus = i;
            return FORMBOX_PRESSED;
        }
    }
    return FORMBOX_IGNORED;
}

enum formbox_result formbox_click(struct formbox *form, int row, int col)
{
    struct rect area = form->area;
    int value = col - area.col - label_cols(area) - 1;

    if (!layout_has(area, row, col)) {
        return FORMBOX_IGNORED;
    }
    for (size_t i = 0; i < form->count; i++) {
        struct formbox_field *field = &form->fields[i];
        int from = row_of(form, i, area) - form->top + area.row;
        int rows = field_rows(form, i, area);
        if (row < from || row >= from + rows || !takes_focus(field)) {
            continue;
        }
        if (field->kind == FORMBOX_BUTTON) {
            return row == from + 1 ? click_buttons(form, i, value) : FORMBOX_IGNORED;
        }
        form->focus = i;
        if (row != from || value < 0) {
            return FORMBOX_MOVED;
        }
        if (field->kind == FORMBOX_CHOICE) {
            field->choice = word_at(field, value_area(area, 0).cols, value);
            return FORMBOX_CHANGED;
        }
        entry_click(&field->entry, value);
        return FORMBOX_MOVED;
    }
    return FORMBOX_IGNORED;
}

void formbox_done(struct formbox *form)
{
    for (size_t i = 0; i < form->count; i++) {
        entry_done(&form->fields[i].entry);
        free(form->fields[i].fault);
        form->fields[i].fault = NULL;
        str_done(&form->fields[i].note);
    }
}
