/* confirm.c - the question before a CronJob is deleted. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/confirm.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/screen/deed.h"
#include "tui/widget/dialog.h"

struct confirm {
    struct ui *ui;
    char *ns, *name;
    char *lines[2];
    struct dialog dialog;
};

static bool confirm_key(void *self, const struct key *key)
{
    struct confirm *view = self;
    struct ui *ui = view->ui;

    switch (dialog_key(&view->dialog, key)) {
    case DIALOG_YES:
        deed_delete(ui, view->ns, view->name);
        ui_pop(ui);
        break;
    case DIALOG_NO:
        ui_flash(ui, ROLE_HINT, "nothing was deleted");
        ui_pop(ui);
        break;
    case DIALOG_OPEN:
    default: break;
    }
    return true;
}

static void confirm_paint(void *self, struct canvas *canvas, struct rect area)
{
    struct confirm *view = self;

    dialog_paint(&view->dialog, canvas, area);
}

static bool confirm_footer(void *self, struct canvas *canvas, struct rect line)
{
    (void)self;
    (void)canvas;
    (void)line;
    return true; /* the keys stand in the dialog */
}

static void confirm_done(void *self)
{
    struct confirm *view = self;

    free(view->ns);
    free(view->name);
    free(view->lines[0]);
    free(view->lines[1]);
    dialog_done(&view->dialog);
    free(view);
}

static const struct screen_ops ops = {.title = "Delete",
                                      .floats = true,
                                      .key = confirm_key,
                                      .paint = confirm_paint,
                                      .footer = confirm_footer,
                                      .done = confirm_done};

void confirm_delete(struct ui *ui, const cJSON *cronjob)
{
    struct confirm *view = xcalloc(1, sizeof *view);
    const char *ns = tree_str(cronjob, "metadata.namespace");
    int active = cJSON_GetArraySize(tree_get(cronjob, "status.active"));

    view->ui = ui;
    view->ns = ns ? xstrdup(ns) : NULL;
    view->name = xstrdup(tree_str_or(cronjob, "metadata.name", ""));
    view->lines[0] = xasprintf("Delete the CronJob \"%s\"?", view->name);
    view->lines[1] =
        active > 0
            ? xasprintf("%d running now will be stopped. Its jobs and their logs go too.", active)
            : xstrdup("Its jobs and their logs go too.");
    view->dialog = (struct dialog){.title = "Delete",
                                   .lines = (const char *const *)view->lines,
                                   .line_count = countof(view->lines),
                                   .word = view->name,
                                   .action = "delete"};
    ui_push(ui, &ops, view);
}
