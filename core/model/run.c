/* run.c - one row of the ledger: a slot or a forced run, and its one fate. */
/* SPDX-License-Identifier: MIT */
#include "core/model/run.h"

#include <string.h>

const char *const run_fate_names[FATE_COUNT] = {
    [FATE_WAITING] = "Waiting",
    [FATE_RUNNING] = "Running",
    [FATE_SUCCEEDED] = "Succeeded",
    [FATE_FAILED] = "Failed",
    [FATE_REPLACED] = "Replaced",
    [FATE_INTERRUPTED] = "Interrupted",
    [FATE_STOPPED] = "Stopped",
    [FATE_SKIPPED_FORBID] = "SkippedForbid",
    [FATE_MISSED_DEADLINE] = "MissedDeadline",
    [FATE_SCHEDULER_DOWN] = "SchedulerDown",
    [FATE_SUSPENDED] = "Suspended",
    [FATE_BLOCKED] = "Blocked",
    [FATE_PAUSED] = "Paused",
};

const char *const run_trigger_names[RUN_TRIGGER_COUNT] = {
    [TRIGGER_SCHEDULE] = "schedule",
    [TRIGGER_CATCH_UP] = "catch-up",
    [TRIGGER_MANUAL] = "manual",
};

/* In the order of enum run_fate. */
static const char letters[] = "w>.xrisfmdzbp";
_Static_assert(sizeof letters - 1 == FATE_COUNT, "each fate has a letter");

bool run_is_final(const struct run *run)
{
    return run->fate != FATE_WAITING && run->fate != FATE_RUNNING;
}

bool fate_has_job(enum run_fate fate)
{
    return fate <= FATE_STOPPED;
}

char run_fate_letter(enum run_fate fate)
{
    return letters[fate];
}

enum run_fate run_fate_of_letter(char letter)
{
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? (enum run_fate)(found - letters) : FATE_COUNT;
}

enum run_fate run_fate_find(const char *name)
{
    for (size_t i = 0; i < FATE_COUNT; i++) {
        if (strcmp(name, run_fate_names[i]) == 0) {
            return (enum run_fate)i;
        }
    }
    return FATE_COUNT;
}

enum run_trigger run_trigger_find(const char *name)
{
    for (size_t i = 0; i < RUN_TRIGGER_COUNT; i++) {
        if (strcmp(name, run_trigger_names[i]) == 0) {
            return (enum run_trigger)i;
        }
    }
    return RUN_TRIGGER_COUNT;
}

void run_name(const struct run *run, struct str *ret)
{
    const char *cronjob = run->cronjob ? run->cronjob : "";
    if (run->job) {
        str_add(ret, run->job);
    } else if (run->slot == SEC_NONE) {
        str_addf(ret, "%s-run-%lld", cronjob, (long long)run->id);
    } else if (run->slot % 60 == 0) {
        str_addf(ret, "%s-%lld", cronjob, (long long)(run->slot / 60));
    } else {
        /* @every below a minute: names count seconds (SEMANTICS.md section 2) */
        str_addf(ret, "%s-%lld", cronjob, (long long)run->slot);
    }
}
