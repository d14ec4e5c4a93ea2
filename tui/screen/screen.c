/* screen.c - the stack of views, and the way of a key through it. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tui/screen/helpview.h"

struct screen *ui_top(struct ui *ui)
{
    return ui->depth > 0 ? &ui->stack[ui->depth - 1] : NULL;
}

void ui_push(struct ui *ui, const struct screen_ops *ops, void *self)
{
    if (ui->depth == SCREENS_MOST) {
        ops->done(self);
        return;
    }
    ui->stack[ui->depth++] = (struct screen){ops, self};
    if (ops->enter) {
        ops->enter(self);
    }
    ui->dirty = ui->data = true;
}

void ui_pop(struct ui *ui)
{
    struct screen gone = ui->stack[--ui->depth];

    gone.ops->done(gone.self);
    struct screen *top = ui_top(ui);
    if (!top) {
        ui->quit = true;
    } else if (top->ops->enter) {
        top->ops->enter(top->self);
    }
    ui->dirty = ui->data = true;
}

void ui_done(struct ui *ui)
{
    while (ui->depth > 0) {
        struct screen *top = &ui->stack[--ui->depth];
        top->ops->done(top->self);
    }
}

void ui_changed(struct ui *ui)
{
    ui->dirty = ui->data = true;
}

sec_t ui_now(const struct ui *ui)
{
    return clk_now(ui->clk);
}

bool ui_busy(const struct ui *ui)
{
    bool busy = ui->dirty || ui->deeds;

    for (size_t i = 0; i < ui->depth; i++) {
        busy = busy || (ui->stack[i].ops->busy && ui->stack[i].ops->busy(ui->stack[i].self));
    }
    return busy;
}

void ui_flash(struct ui *ui, enum role role, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(ui->flash.text, sizeof ui->flash.text, format, args);
    va_end(args);
    ui->flash.role = role;
    ui->flash.since = clk_mono(ui->clk);
    ui->flash.shown = true;
    ui->dirty = true;
}

void ui_flash_error(struct ui *ui, const char *doing, const struct error *err)
{
    ui_flash(ui, ROLE_ERROR, "%s: %s%s%s", doing, err->what, err->hint[0] ? "; " : "", err->hint);
}

/* Why a command cannot be had now; the flash says it. */
static bool refused(struct ui *ui, const struct screen *top, enum command command)
{
    const struct command_row *row = &commands[command];

    if (ui->read_only && (row->needs & NEED_WRITE)) {
        ui_flash(ui, ROLE_WARN, "read-only: \"%s\" is switched off", row->name);
        return true;
    }
    unsigned lacks = top->ops->lacks ? top->ops->lacks(top->self, command) : 0;
    if (lacks & row->needs & NEED_CRONJOB) {
        ui_flash(ui, ROLE_WARN, "no CronJob is selected");
        return true;
    }
    return false;
}

static void run_command(struct ui *ui, enum command command)
{
    struct screen *top = ui_top(ui);

    if (command == CMD_LEAVE) {
        ui->quit = true;
        return;
    }
    if (refused(ui, top, command) || (top->ops->command && top->ops->command(top->self, command))) {
        return;
    }
    switch ((int)command) {
    case CMD_HELP: helpview_open(ui); break;
    case CMD_BACK:
        if (ui->depth > 1) {
            ui_pop(ui);
        }
        break;
    case CMD_QUIT: ui_pop(ui); break;
    case CMD_REDRAW: ui->redraw = true; break;
    case CMD_STOP_PROGRAM: ui->stop = true; break;
    default: break;
    }
}

void ui_key(struct ui *ui, const struct key *key)
{
    struct screen *top = ui_top(ui);

    if (!top || key->kind == INPUT_NONE) {
        return;
    }
    ui->dirty = true;
    /* A message has been seen once the next key comes. */
    ui->flash.shown = false;
    if (top->ops->key && top->ops->key(top->self, key)) {
        return;
    }
    enum command command = keymap_find(&ui->keymap, SCOPE_ANY | top->ops->scopes, key);
    if (command != CMD_NONE) {
        run_command(ui, command);
    }
}
