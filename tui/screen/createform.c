/* createform.c - the view in which a CronJob is made. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/createform.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/client/call.h"
#include "core/codec/status.h"
#include "tui/screen/draft.h"
#include "tui/widget/formbox.h"

#define PREVIEWED 5

enum { BUTTON_CREATE = DRAFT_FIELD_COUNT, BUTTON_CANCEL, FIELD_COUNT };

struct createform {
    struct ui *ui;
    struct formbox form;
    struct formbox_field fields[FIELD_COUNT];
    struct http_call *call; /* the creation under way */
    void (*on_made)(void *data, const char *id);
    void *data;
};

/* What is in the fields, as a draft. */
static void read_values(const struct createform *view, struct draft *ret)
{
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        ret->values[i] = xstrdup(formbox_value(&view->fields[i]));
    }
}

static void add_argv_note(struct createform *view)
{
    struct str *note = &view->fields[DRAFT_COMMAND].note;
    const char *line = formbox_value(&view->fields[DRAFT_COMMAND]);
    autotree cJSON *argv = draft_argv(line);

    str_clear(note);
    if (cJSON_GetArraySize(argv) == 0) {
        return;
    }
    /* Only a shell is worth a word: else it is what is typed. */
    if (strcmp(tree_str_or(argv, "[0]", ""), "/bin/sh") == 0 && !text_starts(line, "/bin/sh")) {
        str_add(note, "by /bin/sh -c");
    }
}

/* What depends on what was typed: notes, and which fields make sense. */
static void refresh(struct createform *view)
{
    struct formbox_field *schedule = &view->fields[DRAFT_SCHEDULE];
    const char *source = formbox_value(&view->fields[DRAFT_SOURCE]);

    view->fields[DRAFT_IMAGE].hidden = strcmp(source, DRAFT_SOURCE_HOST) == 0;
    str_clear(&schedule->note);
    if (*formbox_value(schedule)) {
        draft_preview(formbox_value(schedule), formbox_value(&view->fields[DRAFT_ZONE]),
                      view->ui->zone, ui_now(view->ui), PREVIEWED, &schedule->note);
    }
    add_argv_note(view);
}

/* Keeps what was typed for the next time, or forgets it when it is nothing. */
static void keep(struct createform *view)
{
    struct draft *draft = xcalloc(1, sizeof *draft);

    createform_forget(view->ui);
    read_values(view, draft);
    if (draft_is_initial(draft)) {
        draft_done(draft);
        free(draft);
        return;
    }
    view->ui->draft = draft;
}

void createform_forget(struct ui *ui)
{
    if (ui->draft) {
        draft_done(ui->draft);
        free(ui->draft);
        ui->draft = NULL;
    }
}

/* A schedule's note says what is wrong with it as one types: the fault says it in its place. */
static void put_fault(struct createform *view, enum draft_field field, const char *message)
{
    formbox_fault(&view->fields[field], message);
    if (message && field == DRAFT_SCHEDULE) {
        str_clear(&view->fields[field].note);
    }
}

/* Puts the server's faults where they belong; what belongs nowhere is flashed. */
static void take_faults(struct createform *view, const struct http_reply *reply,
                        const struct error *err)
{
    struct faults faults = {0};
    struct error parsed = {0};
    bool placed = false;

    autotree cJSON *body = reply ? tree_parse(reply->body, reply->len, NULL) : NULL;
    if (body) {
        status_to_error(body, reply->status, &parsed, &faults);
    }
    for (size_t i = 0; i < faults.count; i++) {
        enum draft_field field = draft_field_of(faults.list[i].path);
        if (field != DRAFT_FIELD_COUNT && !view->fields[field].fault) {
            put_fault(view, field, faults.list[i].message);
            placed = true;
        }
    }
    faults_done(&faults);
    if (err->code == ERROR_EXISTS) {
        formbox_fault(&view->fields[DRAFT_NAME], "a CronJob of this name exists already");
        placed = true;
    }
    view->ui->flash.shown = false; /* "creating ..." is over */
    if (!formbox_first_fault(&view->form) || !placed) {
        ui_flash_error(view->ui, "not created", err);
    }
}

static void on_done(void *data, const struct http_reply *reply, const struct error *err)
{
    struct createform *view = data;
    struct ui *ui = view->ui;

    view->call = NULL;
    ui->dirty = true;
    if (err) {
        take_faults(view, reply, err);
        return;
    }
    autotree cJSON *made = tree_parse(reply->body, reply->len, NULL);
    const char *name = tree_str_or(made, "metadata.name", "");
    autofree char *id = xasprintf("%s/%s", tree_str_or(made, "metadata.namespace", ""), name);
    if (reply->warning_count > 0) {
        ui_flash(ui, ROLE_WARN, "created \"%s\"; beware: %s", name, reply->warnings[0]);
    } else {
        ui_flash(ui, ROLE_GOOD, "created \"%s\"", name);
    }
    view->on_made(view->data, id);
    createform_forget(ui);
    /* This view is on top: nothing opens above a form while its request is under way. */
    ui_pop(ui);
}

static void submit(struct createform *view)
{
    struct draft draft;
    char *messages[DRAFT_FIELD_COUNT];

    if (view->call) {
        return;
    }
    formbox_clear(&view->form);
    read_values(view, &draft);
    if (draft_check(&draft, messages)) {
        autotree cJSON *doc = draft_document(&draft, view->ui->ns);
        view->call = call_create(view->ui->http, doc, on_done, view);
        ui_flash(view->ui, ROLE_HINT, "creating \"%s\" ...", draft.values[DRAFT_NAME]);
    }
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        put_fault(view, (enum draft_field)i, messages[i]);
        free(messages[i]);
    }
    formbox_first_fault(&view->form);
    draft_done(&draft);
}

static void cancel(struct createform *view)
{
    struct ui *ui = view->ui;

    keep(view);
    if (view->call) {
        ui_flash(ui, ROLE_WARN, "left before the answer came: it may have been created");
    } else if (ui->draft) {
        ui_flash(ui, ROLE_HINT, "nothing was created; \"c\" brings back what was typed");
    }
    ui_pop(ui);
}

static void take_result(struct createform *view, enum formbox_result result)
{
    if (result == FORMBOX_PRESSED) {
        if (view->form.focus == BUTTON_CREATE) {
            submit(view);
        } else {
            cancel(view);
        }
    } else if (result == FORMBOX_CHANGED) {
        /* What is being mended is wrong no more until it is checked again. */
        formbox_fault(&view->fields[view->form.focus], NULL);
        refresh(view);
    }
}

static bool form_key(void *self, const struct key *key)
{
    struct createform *view = self;

    if (key->kind == INPUT_ESCAPE) {
        cancel(view);
        return true;
    }
    if (key->kind == INPUT_MOUSE) {
        if (key->mouse == MOUSE_PRESS && key->button == 0) {
            take_result(view, formbox_click(&view->form, key->row, key->col));
        }
        return true;
    }
    bool control = key->kind == INPUT_TEXT && key->mods == MOD_CTRL;
    if (control && (key->point == 'c' || key->point == 'l' || key->point == 'z')) {
        return false;
    }
    take_result(view, formbox_key(&view->form, key));
    return true;
}

static void form_paint(void *self, struct canvas *canvas, struct rect area)
{
    struct createform *view = self;
    struct rect title = layout_top(&area, area.rows > 12 ? 2 : 1);

    canvas_line(canvas, title, 0, ROLE_BORDER);
    canvas_text(canvas, title, 0, 2, ROLE_TITLE_FOCUS, " New CronJob ");
    formbox_paint(&view->form, canvas, layout_inset(area, 0, 2));
}

static bool form_footer(void *self, struct canvas *canvas, struct rect line)
{
    struct createform *view = self;
    static const char *const parts[] = {"tab", "next field", "^s", "create", "esc", "back"};
    int col = 1;

    if (view->ui->flash.shown) {
        return false;
    }
    for (size_t i = 0; i < countof(parts); i += 2) {
        col = canvas_text(canvas, line, 0, col, ROLE_KEY, parts[i]);
        col = canvas_text(canvas, line, 0, col + 1, ROLE_HINT, parts[i + 1]) + 2;
    }
    if (view->fields[view->form.focus].kind == FORMBOX_CHOICE) {
        col = canvas_text(canvas, line, 0, col, ROLE_KEY, "space");
        canvas_text(canvas, line, 0, col + 1, ROLE_HINT, "other choice");
    }
    return true;
}

static bool form_busy(const void *self)
{
    return ((const struct createform *)self)->call != NULL;
}

static void form_done(void *self)
{
    struct createform *view = self;

    http_cancel(view->call);
    formbox_done(&view->form);
    free(view);
}

static const struct screen_ops ops = {.title = "Create a CronJob",
                                      .key = form_key,
                                      .paint = form_paint,
                                      .footer = form_footer,
                                      .busy = form_busy,
                                      .done = form_done};

/* The value of a field from a draft. */
static void fill(struct formbox_field *field, const char *value)
{
    if (field->kind == FORMBOX_TEXT) {
        entry_set(&field->entry, value);
        return;
    }
    for (size_t i = 0; field->choices[i]; i++) {
        if (strcmp(field->choices[i], value) == 0) {
            field->choice = i;
        }
    }
}

void createform_open(struct ui *ui, void (*on_made)(void *data, const char *id), void *data)
{
    struct createform *view = xcalloc(1, sizeof *view);

    view->ui = ui;
    view->on_made = on_made;
    view->data = data;
    view->form = (struct formbox){.fields = view->fields, .count = FIELD_COUNT};
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        const struct draft_row *row = &draft_rows[i];
        view->fields[i] =
            (struct formbox_field){.kind = row->choices ? FORMBOX_CHOICE : FORMBOX_TEXT,
                                   .label = row->label,
                                   .choices = row->choices,
                                   .entry = {.placeholder = row->placeholder}};
        fill(&view->fields[i], ui->draft ? ui->draft->values[i] : row->initial);
    }
    view->fields[BUTTON_CREATE] = (struct formbox_field){.kind = FORMBOX_BUTTON, .label = "Create"};
    view->fields[BUTTON_CANCEL] = (struct formbox_field){.kind = FORMBOX_BUTTON, .label = "Cancel"};
    refresh(view);
    ui_push(ui, &ops, view);
}
