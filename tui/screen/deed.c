/* deed.c - what a key sets going: one request, and a line about how it went. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/deed.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/client/call.h"
#include "core/model/meta.h"

struct deed {
    struct deed *next;
    struct ui *ui;
    struct http_call *call;
    char *doing; /* "running \"x\"": before an error */
    char *done;  /* "\"x\" runs": when it went well; NULL: from the reply's name */
};

static void deed_free(struct deed *deed)
{
    free(deed->doing);
    free(deed->done);
    free(deed);
}

static void deed_end(struct deed *deed)
{
    struct deed **at = &deed->ui->deeds;

    while (*at != deed) {
        at = &(*at)->next;
    }
    *at = deed->next;
    deed_free(deed);
}

static void on_done(void *data, const struct http_reply *reply, const struct error *err)
{
    struct deed *deed = data;

    if (err) {
        ui_flash_error(deed->ui, deed->doing, err);
    } else if (deed->done) {
        ui_flash(deed->ui, ROLE_GOOD, "%s", deed->done);
    } else {
        autotree cJSON *made = tree_parse(reply->body, reply->len, NULL);
        ui_flash(deed->ui, ROLE_GOOD, "started \"%s\"", tree_str_or(made, "metadata.name", ""));
    }
    deed_end(deed);
}

static struct deed *deed_new(struct ui *ui, char *doing_take, char *done_take)
{
    struct deed *deed = xcalloc(1, sizeof *deed);

    *deed = (struct deed){ui->deeds, ui, NULL, doing_take, done_take};
    ui->deeds = deed;
    return deed;
}

void deed_force_run(struct ui *ui, const cJSON *cronjob)
{
    const char *name = tree_str_or(cronjob, "metadata.name", "");
    struct deed *deed = deed_new(ui, xasprintf("running \"%s\"", name), NULL);

    deed->call = call_force_run(ui->http, cronjob, ui->ids, on_done, deed);
}

void deed_suspend(struct ui *ui, const cJSON *cronjob, bool blocked)
{
    const char *name = tree_str_or(cronjob, "metadata.name", "");
    const char *ns = tree_str(cronjob, "metadata.namespace");
    bool suspended = blocked || tree_bool(cronjob, "spec.suspend", false);

    if (suspended && tree_annotation(cronjob, ANNOTATION_DRAFT)) {
        struct deed *deed =
            deed_new(ui, xasprintf("starting the draft \"%s\"", name),
                     xasprintf("\"%s\" is no draft any more: it runs as scheduled", name));
        deed->call = call_patch(ui->http, KIND_CRONJOB, ns, name,
                                "{\"metadata\":{\"annotations\":{\"" ANNOTATION_DRAFT
                                "\":null}},\"spec\":{\"suspend\":false}}",
                                on_done, deed);
        return;
    }
    struct deed *deed =
        suspended
            ? deed_new(ui, xasprintf("resuming \"%s\"", name), xasprintf("resumed \"%s\"", name))
            : deed_new(ui, xasprintf("suspending \"%s\"", name),
                       xasprintf("suspended \"%s\"; what runs goes on", name));
    deed->call = call_suspend(ui->http, ns, name, !suspended, on_done, deed);
}

void deed_delete(struct ui *ui, const char *ns, const char *name)
{
    struct deed *deed =
        deed_new(ui, xasprintf("deleting \"%s\"", name), xasprintf("deleted \"%s\"", name));

    deed->call = call_delete(ui->http, KIND_CRONJOB, ns, name, on_done, deed);
}

void deed_drop_all(struct ui *ui)
{
    struct deed *next;

    for (struct deed *deed = ui->deeds; deed; deed = next) {
        next = deed->next;
        http_cancel(deed->call);
        deed_free(deed);
    }
    ui->deeds = NULL;
}
