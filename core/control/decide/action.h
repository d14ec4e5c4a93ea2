/* action.h - what the decisions may ask for: the vocabulary between decide and apply. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_DECIDE_ACTION_H
#define BELFRY_CORE_CONTROL_DECIDE_ACTION_H

#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/model/run.h"

/* The columns say which members of struct action hold. */
enum action_type {
    ACTION_START_SLOT,    /* name slot trigger: create the Job of this slot, and its ledger row */
    ACTION_RECORD,        /* slot last_slot count fate reason: slots that start no Job */
    ACTION_EXTEND,        /* last_slot count: the newest such row covers so many more slots */
    ACTION_SKIP_WAITING,  /* slot: the row that waited becomes SkippedForbid */
    ACTION_DELETE_JOB,    /* name reason: "history", "replace", "ttl" */
    ACTION_SET_SCHEDULED, /* slot: status.lastScheduleTime */
    ACTION_SET_WINDOW,    /* slot: no slot up to here is due any more (the schedule was edited) */
    ACTION_DROP_ACTIVE,   /* name: leaves status.active */
    ACTION_SET_SUCCESS,   /* slot: status.lastSuccessfulTime */
    ACTION_EVENT,         /* warning reason message */
    ACTION_WAKE,          /* slot (wall time of the next slot) or delay */
    ACTION_CREATE_POD,    /* one more pod */
    ACTION_STOP_POD,      /* name reason: end it, keep it */
    ACTION_COUNT_POD,     /* name fate: a pod that ended enters the Job's counts */
    ACTION_SET_CONDITION, /* reason message name (its type) warning = status "True" */
    ACTION_SET_START,     /* status.startTime = now */
    ACTION_START_ATTEMPT, /* name (container) count (number) */
    ACTION_STOP_ATTEMPT,  /* name (container) count (number) */
    ACTION_WAIT,          /* name (container) reason message: its waiting state */
    ACTION_RESTART,       /* name (container) count (the new number) */
    ACTION_SET_PHASE,     /* name (a pod phase) reason message */
    ACTION_REMOVE,        /* the object itself: nothing holds it any more */
    ACTION_TYPE_COUNT
};

struct action {
    enum action_type type;
    const char *name, *reason, *message; /* copied by action_add */
    bool warning;
    sec_t slot, last_slot;
    int64_t count;
    enum run_fate fate;
    enum run_trigger trigger;
    nsec_t delay;
};

/* In the order in which they are to be done. `= {0}` is empty. */
struct actions {
    struct action *data;
    size_t len, capacity;
};

/* Adds one; the texts of ACTION are copied. */
void action_add(struct actions *actions, const struct action *action);
/* An event; FORMAT makes the message. */
void action_event(struct actions *actions, bool warning, const char *reason, const char *format,
                  ...) format_printf(4, 5);
void actions_done(struct actions *actions);
/* One line an action, for tests: "start-slot c-29920130 at 2026-11-20T20:50:00Z schedule". */
void action_print(const struct action *action, struct str *ret);
void actions_print(const struct actions *actions, struct str *ret);

#endif
