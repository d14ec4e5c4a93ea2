/* helpview.c - the help, made from the live key map. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/helpview.h"

#include "tui/kit/width.h"
#include "tui/screen/textview.h"

static const struct {
    const char *heading;
    unsigned scope;
} sections[] = {
    {"CronJobs", SCOPE_CRONJOBS}, {"Log", SCOPE_LOG},        {"Text", SCOPE_TEXT},
    {"Moving", SCOPE_MOVE},       {"Everywhere", SCOPE_ANY},
};

void helpview_text(const struct keymap *map, unsigned scopes, struct str *ret)
{
    for (size_t s = 0; s < countof(sections); s++) {
        if (!(sections[s].scope & scopes)) {
            continue;
        }
        str_addf(ret, "%s%s\n", ret->len ? "\n" : "", sections[s].heading);
        for (size_t i = 1; i < CMD_COUNT; i++) {
            struct str keys = {0};
            /* A command of several scopes stands under the first heading that shows it. */
            unsigned seen = 0;
            for (size_t before = 0; before < s; before++) {
                seen |= sections[before].scope & scopes;
            }
            if (!(commands[i].scopes & sections[s].scope) || (commands[i].scopes & seen)) {
                continue;
            }
            keymap_all(map, (enum command)i, &keys);
            str_addf(ret, "  %s", str_text(&keys));
            for (int n = width_text(str_text(&keys), keys.len) + 2; n < TEXTVIEW_FACT_COLS; n++) {
                str_add_char(ret, ' ');
            }
            str_addf(ret, " %s\n", commands[i].help);
            str_done(&keys);
        }
    }
}

static const char states[] =
    "\nStates\n"
    "  ok                   the last run succeeded\n"
    "  running              a run goes on\n"
    "  waiting              a run is about to start\n"
    "  failing              the last run failed\n"
    "  missed               the last due time did not run; its history says why\n"
    "  blocked              more than 100 starts were missed; s resumes it\n"
    "  suspended, draft     it starts no runs until it is resumed\n"
    "  never                no date matches its schedule\n"
    "  new                  it never had a run\n";

void helpview_open(struct ui *ui)
{
    struct str text = {0};
    unsigned scopes = ui_top(ui)->ops->scopes;

    helpview_text(&ui->keymap, SCOPE_ANY | scopes, &text);
    if (scopes & SCOPE_CRONJOBS) {
        str_add(&text, states);
    }
    textview_open(ui, "Help", TEXTVIEW_FACTS, &text);
}
