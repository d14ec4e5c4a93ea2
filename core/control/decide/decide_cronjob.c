/* decide_cronjob.c - what a CronJob needs now: which slot is due, what it replaces, what is old. */
/* SPDX-License-Identifier: MIT */
#include "core/control/decide/decide_cronjob.h"

#include <assert.h>
#include <string.h>

#include "core/base/stamp.h"

/* More missed starts than this block a CronJob (SEMANTICS.md section 2). */
#define MISSED_MOST 100
/* Slots of an outage are counted up to here; beyond it the count says "at least". Ten thousand
 * CronJobs that come back from a year off must not cost minutes. */
#define COUNT_MOST 1000
/* A start that is no later than this is on time: not a catch-up, and not missed for `skip`. */
#define ON_TIME_SECONDS 30

const char *const missed_starts_names[] = {
    [MISSED_STARTS_BLOCK] = "block",
    [MISSED_STARTS_LATEST] = "latest",
    [MISSED_STARTS_SKIP] = "skip",
};
static_assert(countof(missed_starts_names) == MISSED_STARTS_COUNT, "a name for each policy");

enum missed_starts missed_starts_find(const char *name)
{
    int at = 0;
    while (at < MISSED_STARTS_COUNT && strcmp(missed_starts_names[at], name) != 0) {
        at++;
    }
    return (enum missed_starts)at;
}

void cronjob_job_name(const struct cronjob *cronjob, const struct cron_expr *expr, sec_t slot,
                      struct str *ret)
{
    long long number = expr->every > 0 && expr->every < 60 ? slot : slot / 60;
    str_addf(ret, "%s-%lld", cronjob->meta.name, number);
}

/* The slots in (after, upto]. */
struct slots {
    int64_t count; /* up to COUNT_MOST + 1 */
    sec_t first, last;
};

/* One look, in the making. */
struct look {
    const struct cronjob_view *view;
    const struct cronjob *cronjob;
    sec_t now;
    struct actions *ret;
    sec_t base;      /* the last scheduled time, or what stands for it */
    sec_t accounted; /* every slot up to here has its fate in the ledger */
    enum missed_starts policy;
    size_t active; /* unfinished Jobs of the schedule */
};

/* @every counts from BASE on; see SEMANTICS.md section 1. */
static struct slots find_every(sec_t every, sec_t base, sec_t after, sec_t upto)
{
    struct slots slots = {0};
    if (upto <= after || upto < base + every) {
        return slots;
    }
    sec_t before = after > base ? (after - base) / every : 0; /* slots at or before AFTER */
    sec_t until = (upto - base) / every;
    if (until > before) {
        slots.count = until - before <= COUNT_MOST ? until - before : COUNT_MOST + 1;
        slots.first = base + (before + 1) * every;
        slots.last = base + until * every;
    }
    return slots;
}

static struct slots find_slots(const struct look *look, sec_t after, sec_t upto)
{
    const struct cron_expr *expr = look->view->expr;
    if (expr->every > 0) {
        return find_every(expr->every, look->base, after, upto);
    }
    struct slots slots = {0};
    sec_t at = after;
    while (slots.count <= COUNT_MOST && cron_next(expr, look->view->tz, at, &at) && at <= upto) {
        if (slots.count++ == 0) {
            slots.first = at;
        }
        slots.last = at;
    }
    if (slots.count > COUNT_MOST) {
        cron_prev(expr, look->view->tz, upto, after, &slots.last);
    }
    return slots;
}

static bool next_slot(const struct look *look, sec_t after, sec_t *ret)
{
    sec_t every = look->view->expr->every;
    if (every == 0) {
        return cron_next(look->view->expr, look->view->tz, after, ret);
    }
    *ret = after < look->base ? look->base + every
                              : look->base + ((after - look->base) / every + 1) * every;
    return true;
}

/* --- what has ended ------------------------------------------------------------------------- */

static bool is_active(const struct cronjob *cronjob, const char *name)
{
    for (size_t i = 0; i < cronjob->status.active.len; i++) {
        if (text_same(cronjob->status.active.data[i].name, name)) {
            return true;
        }
    }
    return false;
}

static const struct child_job *find_child(const struct cronjob_view *view, const char *name)
{
    for (size_t i = 0; i < view->jobs_len; i++) {
        if (text_same(view->jobs[i].name, name)) {
            return &view->jobs[i];
        }
    }
    return NULL;
}

/* Kubernetes' order: by start time, those that never started last, then by name. */
static bool is_older(const struct child_job *a, const struct child_job *b)
{
    if (a->start_time != b->start_time) {
        if (a->start_time == SEC_NONE || b->start_time == SEC_NONE) {
            return b->start_time == SEC_NONE;
        }
        return a->start_time < b->start_time;
    }
    return strcmp(a->name, b->name) < 0;
}

/* How many of the same end are older. Histories are short, so counting beats sorting. */
static int64_t rank(const struct cronjob_view *view, const struct child_job *job)
{
    int64_t older = 0;
    for (size_t i = 0; i < view->jobs_len; i++) {
        older += view->jobs[i].end == job->end && is_older(&view->jobs[i], job);
    }
    return older;
}

static int64_t count_end(const struct cronjob_view *view, enum job_end end)
{
    int64_t count = 0;
    for (size_t i = 0; i < view->jobs_len; i++) {
        count += view->jobs[i].end == end;
    }
    return count;
}

static bool is_beyond_history(const struct cronjob_view *view, const struct child_job *job)
{
    if (job->end == JOB_NOT_FINISHED) {
        return false;
    }
    const struct cronjob_spec *spec = &view->cronjob->spec;
    int64_t keep = job->end == JOB_COMPLETE ? opt_int_or(spec->successful_jobs_history_limit, 3)
                                            : opt_int_or(spec->failed_jobs_history_limit, 1);
    return rank(view, job) < count_end(view, job->end) - keep;
}

static void delete_job(struct actions *ret, const char *name, const char *why)
{
    action_add(ret, &(struct action){.type = ACTION_DELETE_JOB, .name = name, .reason = why});
    action_event(ret, false, "SuccessfulDelete", "Deleted job %s", name);
}

static void drop_active(struct actions *ret, const char *name)
{
    action_add(ret, &(struct action){.type = ACTION_DROP_ACTIVE, .name = name});
}

/* History first, then what is seen to have ended: a Job that the history does not keep leaves
 * without SawCompletedJob, as in Kubernetes. */
static void settle_job(struct look *look, const struct child_job *job)
{
    bool active = is_active(look->cronjob, job->name);
    if (is_beyond_history(look->view, job)) {
        if (active) {
            drop_active(look->ret, job->name);
        }
        delete_job(look->ret, job->name, "history");
    } else if (job->end != JOB_NOT_FINISHED && active) {
        drop_active(look->ret, job->name);
        action_event(look->ret, false, "SawCompletedJob", "Saw completed job: %s, condition: %s",
                     job->name, job->end == JOB_COMPLETE ? CONDITION_COMPLETE : CONDITION_FAILED);
    } else if (job->end == JOB_NOT_FINISHED && active) {
        look->active++;
    } else if (job->end == JOB_NOT_FINISHED && !job->forced) {
        action_event(look->ret, true, "UnexpectedJob",
                     "Saw a job that the controller did not create or forgot: %s", job->name);
    }
}

static void settle_jobs(struct look *look)
{
    sec_t success = look->cronjob->status.last_successful_time;
    for (size_t i = 0; i < look->view->jobs_len; i++) {
        const struct child_job *job = &look->view->jobs[i];
        settle_job(look, job);
        if (job->end == JOB_COMPLETE && job->completion_time != SEC_NONE &&
            (success == SEC_NONE || job->completion_time > success)) {
            success = job->completion_time;
        }
    }
    if (success != look->cronjob->status.last_successful_time) {
        action_add(look->ret, &(struct action){.type = ACTION_SET_SUCCESS, .slot = success});
    }
    for (size_t i = 0; i < look->cronjob->status.active.len; i++) {
        const char *name = look->cronjob->status.active.data[i].name;
        if (name && !find_child(look->view, name)) {
            drop_active(look->ret, name);
            action_event(look->ret, false, "MissingJob", "Active job went missing: %s", name);
        }
    }
}

/* --- what is due ---------------------------------------------------------------------------- */

static enum missed_starts choose_policy(const struct cronjob_view *view)
{
    const char *own = meta_annotation(&view->cronjob->meta, ANNOTATION_MISSED_STARTS);
    enum missed_starts policy = own ? missed_starts_find(own) : MISSED_STARTS_COUNT;
    return policy != MISSED_STARTS_COUNT ? policy : view->missed_starts;
}

static sec_t later(sec_t a, sec_t b)
{
    return a > b ? a : b; /* SEC_NONE is before all */
}

/* A slot that waits for the Job before it (Forbid) and has none of its own yet. */
static bool is_waiting(const struct look *look)
{
    const struct run *newest = look->view->newest;
    return newest && newest->fate == FATE_WAITING && !newest->job;
}

static void find_base(struct look *look)
{
    const struct cronjob *cronjob = look->cronjob;
    const struct run *newest = look->view->newest;
    look->base = cronjob->status.last_schedule_time != SEC_NONE ? cronjob->status.last_schedule_time
                                                                : cronjob->meta.creation;
    look->base = later(look->base, look->view->window_start);
    look->accounted = look->base;
    if (newest) {
        look->accounted = later(look->accounted, later(newest->slot, newest->last_slot));
    }
}

static void record(const struct look *look, const struct slots *slots, enum run_fate fate)
{
    const struct run *newest = look->view->newest;
    if (slots->count == 0) {
        return;
    }
    /* An outage that goes on stays one row. */
    if (fate == FATE_BLOCKED && newest && newest->fate == fate) {
        action_add(look->ret, &(struct action){.type = ACTION_EXTEND,
                                               .slot = newest->slot,
                                               .last_slot = slots->last,
                                               .count = newest->count + slots->count});
        return;
    }
    action_add(look->ret, &(struct action){.type = ACTION_RECORD,
                                           .slot = slots->first,
                                           .last_slot = slots->last,
                                           .count = slots->count,
                                           .fate = fate});
}

static void skip_waiting(const struct look *look)
{
    if (is_waiting(look)) {
        action_add(look->ret,
                   &(struct action){.type = ACTION_SKIP_WAITING, .slot = look->view->newest->slot});
    }
}

/* The fate of slots that passed without anybody deciding about them. */
static enum run_fate missed_fate(const struct look *look)
{
    return look->view->resumed ? FATE_SUSPENDED : FATE_SCHEDULER_DOWN;
}

/* Slots that the starting deadline has cut off: lost, once and for all. */
static void record_lost(const struct look *look, sec_t window)
{
    struct slots lost = find_slots(look, look->accounted, window < look->now ? window : look->now);
    if (lost.count == 0) {
        return;
    }
    char first[STAMP_SIZE], last[STAMP_SIZE];
    record(look, &lost, look->view->resumed ? FATE_SUSPENDED : FATE_MISSED_DEADLINE);
    action_event(look->ret, true, "MissSchedule",
                 "Missed %s%lld scheduled time%s, %s to %s: later than startingDeadlineSeconds",
                 lost.count > COUNT_MOST ? "more than " : "",
                 (long long)(lost.count > COUNT_MOST ? COUNT_MOST : lost.count),
                 lost.count == 1 ? "" : "s", stamp_sec(first, lost.first),
                 stamp_sec(last, lost.last));
}

static void block(const struct look *look, sec_t from)
{
    struct slots slots = find_slots(look, from, look->now);
    skip_waiting(look);
    record(look, &slots, FATE_BLOCKED);
    action_event(look->ret, true, "FailedNeedsStart",
                 "Cannot determine if job needs to be started. Too many missed start time (> %d). "
                 "Set or decrease .spec.startingDeadlineSeconds or check clock skew.",
                 MISSED_MOST);
}

static void start(const struct look *look, sec_t slot)
{
    cleanup_with(str_done) struct str name = {0};
    cronjob_job_name(look->cronjob, look->view->expr, slot, &name);
    bool late = look->now - slot > ON_TIME_SECONDS || look->view->resumed ||
                (is_waiting(look) && look->view->newest->slot == slot);
    action_add(look->ret, &(struct action){.type = ACTION_START_SLOT,
                                           .name = name.data,
                                           .slot = slot,
                                           .trigger = late ? TRIGGER_CATCH_UP : TRIGGER_SCHEDULE});
    action_add(look->ret, &(struct action){.type = ACTION_SET_SCHEDULED, .slot = slot});
    action_event(look->ret, false, "SuccessfulCreate", "Created job %s", name.data);
}

/* Forbid, and a Job is active: the slot waits for it, unless missed slots are never made up. */
static void hold_back(const struct look *look, sec_t slot)
{
    if (slot <= look->accounted) {
        return; /* it waits already, or was given up */
    }
    skip_waiting(look);
    action_event(look->ret, false, "JobAlreadyActive",
                 "Not starting job because prior execution is running and concurrency policy is "
                 "Forbid");
    bool skip = look->policy == MISSED_STARTS_SKIP;
    action_add(look->ret, &(struct action){.type = ACTION_RECORD,
                                           .slot = slot,
                                           .last_slot = slot,
                                           .count = 1,
                                           .fate = skip ? FATE_SKIPPED_FORBID : FATE_WAITING,
                                           .reason = "JobAlreadyActive"});
}

static void replace_active(const struct look *look)
{
    for (size_t i = 0; i < look->view->jobs_len; i++) {
        const struct child_job *job = &look->view->jobs[i];
        if (job->end == JOB_NOT_FINISHED && is_active(look->cronjob, job->name)) {
            drop_active(look->ret, job->name);
            delete_job(look->ret, job->name, "replace");
        }
    }
}

/* The latest due slot, everything else about this window being settled. */
static void start_latest(const struct look *look, sec_t slot)
{
    enum concurrency_policy policy = look->cronjob->spec.concurrency_policy;
    if (policy == CONCURRENCY_FORBID && look->active > 0) {
        hold_back(look, slot);
        return;
    }
    bool waited = is_waiting(look) && look->view->newest->slot == slot;
    if (!waited) {
        skip_waiting(look);
    }
    if (look->policy == MISSED_STARTS_SKIP && !waited &&
        (look->now - slot > ON_TIME_SECONDS || look->view->resumed)) {
        struct slots one = {.count = slot > look->accounted, .first = slot, .last = slot};
        record(look, &one, missed_fate(look));
        return;
    }
    if (policy == CONCURRENCY_REPLACE) {
        replace_active(look);
    }
    start(look, slot);
}

static void decide_slots(struct look *look)
{
    sec_t now = look->now;
    sec_t window = look->base;
    const struct cronjob_spec *spec = &look->cronjob->spec;
    if (spec->starting_deadline_seconds.set) {
        window = later(window, now - spec->starting_deadline_seconds.value);
        if (window > look->accounted) {
            record_lost(look, window);
        }
    }
    struct slots due = find_slots(look, window, now);
    sec_t from = later(window, look->accounted);
    if (due.count == 0) {
        skip_waiting(look); /* its deadline has passed */
        return;
    }
    if (due.count > MISSED_MOST && look->policy == MISSED_STARTS_BLOCK) {
        block(look, from);
        return;
    }
    if (due.count > MISSED_MOST && look->policy == MISSED_STARTS_LATEST) {
        action_event(look->ret, true, "TooManyMissedTimes",
                     "too many missed start times. Set or decrease .spec.startingDeadlineSeconds "
                     "or check clock skew");
    }
    if (due.last > from) {
        struct slots missed = find_slots(look, from, due.last - 1);
        record(look, &missed, missed_fate(look));
    }
    start_latest(look, due.last);
}

static bool check_schedule(const struct cronjob_view *view, struct actions *ret)
{
    const char *text = view->cronjob->spec.schedule ? view->cronjob->spec.schedule : "";
    if (!view->expr) {
        action_event(ret, true, "UnparseableSchedule", "unparseable schedule: \"%s\" : %s", text,
                     view->schedule_fault);
    } else if (!view->tz) {
        action_event(ret, true, "UnknownTimeZone", "invalid timeZone: \"%s\": %s",
                     view->cronjob->spec.time_zone, view->zone_fault);
    } else if (cron_never(view->expr)) {
        action_event(ret, true, "InvalidSchedule", "invalid schedule: %s : no date matches it",
                     text);
    } else {
        return true;
    }
    return false;
}

void decide_cronjob(const struct cronjob_view *view, sec_t now, struct actions *ret)
{
    struct look look = {.view = view,
                        .cronjob = view->cronjob,
                        .now = now,
                        .ret = ret,
                        .policy = choose_policy(view)};
    settle_jobs(&look);
    find_base(&look);
    if (view->started) {
        action_add(ret, &(struct action){.type = ACTION_SET_SCHEDULED, .slot = now});
        look.base = look.accounted = later(look.base, now);
    } else if (view->edited) {
        action_add(ret, &(struct action){.type = ACTION_SET_WINDOW, .slot = now});
        look.base = look.accounted = later(look.base, now);
    }
    if (view->cronjob->meta.deletion != SEC_NONE || view->cronjob->spec.suspend ||
        !check_schedule(view, ret)) {
        return;
    }
    if (look.base <= now) {
        decide_slots(&look);
    }
    /* What has just been started is the base of the next @every slot, but not of its phase. */
    sec_t next;
    if (next_slot(&look, later(now, look.base), &next)) {
        action_add(ret, &(struct action){.type = ACTION_WAKE, .slot = next});
    }
}
