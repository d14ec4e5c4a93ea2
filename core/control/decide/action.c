/* action.c - what the decisions may ask for: the vocabulary between decide and apply. */
/* SPDX-License-Identifier: MIT */
#include "core/control/decide/action.h"

#include <assert.h>

#include "core/base/stamp.h"

static const char *keep(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

void action_add(struct actions *actions, const struct action *action)
{
    struct action copy = *action;
    copy.name = keep(action->name);
    copy.reason = keep(action->reason);
    copy.message = keep(action->message);
    vec_push(actions, copy);
}

void action_event(struct actions *actions, bool warning, const char *reason, const char *format,
                  ...)
{
    cleanup_with(str_done) struct str message = {0};
    va_list args;
    va_start(args, format);
    str_addv(&message, format, args);
    va_end(args);
    vec_push(actions, (struct action){.type = ACTION_EVENT,
                                      .warning = warning,
                                      .reason = xstrdup(reason),
                                      .message = str_take(&message)});
}

void actions_done(struct actions *actions)
{
    for (size_t i = 0; i < actions->len; i++) {
        free((void *)actions->data[i].name);
        free((void *)actions->data[i].reason);
        free((void *)actions->data[i].message);
    }
    vec_done(actions);
}

/* How an action prints: its word, then the members that the flags name, in this order. */
enum shown {
    SHOWN_NAME = 1,
    SHOWN_SLOT = 2,
    SHOWN_RANGE = 4, /* last_slot and count */
    SHOWN_COUNT = 8,
    SHOWN_FATE = 16,
    SHOWN_TRIGGER = 32,
    SHOWN_REASON = 64,
    SHOWN_MESSAGE = 128,
    SHOWN_SWITCH = 256, /* warning */
    SHOWN_DELAY = 512,
};

static const struct {
    const char *word;
    int shown;
} prints[] = {
    [ACTION_START_SLOT] = {"start-slot", SHOWN_NAME | SHOWN_SLOT | SHOWN_TRIGGER},
    [ACTION_RECORD] = {"record", SHOWN_SLOT | SHOWN_RANGE | SHOWN_FATE},
    [ACTION_EXTEND] = {"extend", SHOWN_RANGE},
    [ACTION_SKIP_WAITING] = {"skip-waiting", SHOWN_SLOT},
    [ACTION_DELETE_JOB] = {"delete-job", SHOWN_NAME | SHOWN_REASON},
    [ACTION_SET_SCHEDULED] = {"set-scheduled", SHOWN_SLOT},
    [ACTION_SET_WINDOW] = {"set-window", SHOWN_SLOT},
    [ACTION_DROP_ACTIVE] = {"drop-active", SHOWN_NAME},
    [ACTION_SET_SUCCESS] = {"set-success", SHOWN_SLOT},
    [ACTION_EVENT] = {"event", SHOWN_SWITCH | SHOWN_REASON | SHOWN_MESSAGE},
    [ACTION_WAKE] = {"wake", SHOWN_SLOT | SHOWN_DELAY},
    [ACTION_CREATE_POD] = {"create-pod", 0},
    [ACTION_STOP_POD] = {"stop-pod", SHOWN_NAME | SHOWN_REASON},
    [ACTION_COUNT_POD] = {"count-pod", SHOWN_NAME | SHOWN_FATE},
    [ACTION_SET_CONDITION] = {"set-condition",
                              SHOWN_NAME | SHOWN_SWITCH | SHOWN_REASON | SHOWN_MESSAGE},
    [ACTION_SET_START] = {"set-start", 0},
    [ACTION_START_ATTEMPT] = {"start-attempt", SHOWN_NAME | SHOWN_COUNT},
    [ACTION_STOP_ATTEMPT] = {"stop-attempt", SHOWN_NAME | SHOWN_COUNT},
    [ACTION_WAIT] = {"wait", SHOWN_NAME | SHOWN_REASON | SHOWN_MESSAGE},
    [ACTION_RESTART] = {"restart", SHOWN_NAME | SHOWN_COUNT},
    [ACTION_SET_PHASE] = {"set-phase", SHOWN_NAME | SHOWN_REASON | SHOWN_MESSAGE},
    [ACTION_REMOVE] = {"remove", 0},
};
static_assert(countof(prints) == ACTION_TYPE_COUNT, "a row for each action");

void action_print(const struct action *action, struct str *ret)
{
    char stamp[STAMP_SIZE];
    int shown = prints[action->type].shown;
    str_add(ret, prints[action->type].word);
    if ((shown & SHOWN_NAME) && action->name) {
        str_addf(ret, " %s", action->name);
    }
    if ((shown & SHOWN_SWITCH) && action->type == ACTION_EVENT) {
        str_add(ret, action->warning ? " Warning" : " Normal");
    } else if (shown & SHOWN_SWITCH) {
        str_add(ret, action->warning ? "=True" : "=False");
    }
    if ((shown & SHOWN_SLOT) && action->slot != SEC_NONE &&
        !(shown & SHOWN_DELAY && action->delay)) {
        str_addf(ret, " at %s", stamp_sec(stamp, action->slot));
    }
    if (shown & SHOWN_RANGE) {
        str_addf(ret, " to %s x%lld", stamp_sec(stamp, action->last_slot),
                 (long long)action->count);
    }
    if (shown & SHOWN_COUNT) {
        str_addf(ret, " #%lld", (long long)action->count);
    }
    if (shown & SHOWN_FATE) {
        str_addf(ret, " %s", run_fate_names[action->fate]);
    }
    if (shown & SHOWN_TRIGGER) {
        str_addf(ret, " %s", run_trigger_names[action->trigger]);
    }
    if ((shown & SHOWN_REASON) && action->reason) {
        str_addf(ret, " %s", action->reason);
    }
    if ((shown & SHOWN_DELAY) && action->delay) {
        str_addf(ret, " in %s", duration_go(stamp, action->delay));
    }
    if ((shown & SHOWN_MESSAGE) && action->message) {
        str_addf(ret, ": %s", action->message);
    }
}

void actions_print(const struct actions *actions, struct str *ret)
{
    for (size_t i = 0; i < actions->len; i++) {
        action_print(&actions->data[i], ret);
        str_add_char(ret, '\n');
    }
}
