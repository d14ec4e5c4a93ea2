/* cases_cronjob.c - one CronJob, looked at step by step; the Jobs it starts run until told. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/base/stamp.h"
#include "core/control/decide/decide_cronjob.h"
#include "tests/sim/cases.h"

struct play {
    cJSON *one;
    struct cronjob cronjob;
    vec(struct child_job) jobs;
    struct run newest; /* count 0: no slot has a row yet */
    sec_t window_start;
    bool edited, resumed;
    sec_t now;
    cJSON *got;
};

static sec_t time_at(const cJSON *one, const cJSON *object, const char *key)
{
    sec_t when = tree_time(object, key);
    if (when == SEC_NONE && tree_str(object, key)) {
        bad_case(one, "a time is not RFC 3339");
    }
    return when;
}

static struct opt_int number_at(const cJSON *object, const char *key)
{
    int64_t value;
    return tree_int(object, key, &value) ? opt_int_of(value) : (struct opt_int){0};
}

static enum concurrency_policy policy_of(const cJSON *one, const char *name)
{
    for (int i = 0; i < CONCURRENCY_POLICY_COUNT; i++) {
        if (strcmp(concurrency_policy_names[i], name) == 0) {
            return (enum concurrency_policy)i;
        }
    }
    bad_case(one, "no such concurrencyPolicy");
}

/* The members that are there; null takes a value away. */
static void read_spec(struct play *play, const cJSON *from)
{
    struct cronjob_spec *spec = &play->cronjob.spec;
    const char *schedule = tree_str(from, "schedule");
    const char *policy = tree_str(from, "concurrencyPolicy");
    spec->schedule = schedule ? keep_text(play->one, schedule) : spec->schedule;
    spec->suspend = tree_bool(from, "suspend", spec->suspend);
    spec->concurrency_policy = policy ? policy_of(play->one, policy) : spec->concurrency_policy;
    if (tree_member(from, "timeZone")) {
        spec->time_zone = keep_text(play->one, tree_str(from, "timeZone"));
    }
    const struct {
        const char *key;
        struct opt_int *value;
    } numbers[] = {
        {"startingDeadlineSeconds", &spec->starting_deadline_seconds},
        {"successfulJobsHistoryLimit", &spec->successful_jobs_history_limit},
        {"failedJobsHistoryLimit", &spec->failed_jobs_history_limit},
    };
    for (size_t i = 0; i < countof(numbers); i++) {
        if (tree_member(from, numbers[i].key)) {
            *numbers[i].value = number_at(from, numbers[i].key);
        }
    }
    const cJSON *annotation;
    cJSON_ArrayForEach(annotation, tree_get(from, "annotations"))
    {
        struct pair pair = {.key = keep_text(play->one, annotation->string),
                            .value = keep_text(play->one, annotation->valuestring)};
        vec_push(&play->cronjob.meta.annotations, pair);
    }
}

static void add_active(struct play *play, const char *name)
{
    vec_push(&play->cronjob.status.active, (struct reference){.name = name});
}

static void drop_active(struct play *play, const char *name)
{
    for (size_t i = play->cronjob.status.active.len; i-- > 0;) {
        if (text_same(play->cronjob.status.active.data[i].name, name)) {
            vec_remove(&play->cronjob.status.active, i);
        }
    }
}

static void read_job(struct play *play, const cJSON *from)
{
    const char *end = tree_str_or(from, "finished", "");
    struct child_job job = {.name = keep_text(play->one, tree_str_or(from, "name", "")),
                            .start_time = time_at(play->one, from, "startTime"),
                            .completion_time = time_at(play->one, from, "completionTime"),
                            .end = strcmp(end, "Complete") == 0 ? JOB_COMPLETE
                                   : strcmp(end, "Failed") == 0 ? JOB_FAILED
                                                                : JOB_NOT_FINISHED,
                            .forced = tree_bool(from, "manual", false)};
    vec_push(&play->jobs, job);
    if (tree_bool(from, "inStatusActive", job.end == JOB_NOT_FINISHED)) {
        add_active(play, job.name);
    }
}

static void begin(struct play *play)
{
    const cJSON *from = tree_get(play->one, "cronJob");
    play->cronjob.meta.name = keep_text(play->one, tree_str_or(from, "name", "c"));
    play->cronjob.meta.creation = time_at(play->one, from, "creationTimestamp");
    play->cronjob.meta.deletion = tree_bool(from, "deleting", false) ? 0 : SEC_NONE;
    play->cronjob.status.last_schedule_time = time_at(play->one, from, "lastScheduleTime");
    play->cronjob.status.last_successful_time = time_at(play->one, from, "lastSuccessfulTime");
    play->window_start = SEC_NONE;
    read_spec(play, from);
    const cJSON *job;
    cJSON_ArrayForEach(job, tree_get(play->one, "jobs"))
    {
        read_job(play, job);
    }
}

static void prepare(struct play *play, const cJSON *step)
{
    play->now = time_at(play->one, step, "now");
    if (play->now == SEC_NONE) {
        bad_case(play->one, "a step without \"now\"");
    }
    const cJSON *name;
    cJSON_ArrayForEach(name, tree_get(step, "finishFirst"))
    {
        for (size_t i = 0; i < play->jobs.len; i++) {
            if (text_same(play->jobs.data[i].name, name->valuestring)) {
                play->jobs.data[i].end = JOB_COMPLETE;
                play->jobs.data[i].completion_time = play->now;
            }
        }
    }
    const char *schedule = play->cronjob.spec.schedule;
    const char *zone = play->cronjob.spec.time_zone;
    bool suspended = play->cronjob.spec.suspend;
    read_spec(play, tree_get(step, "patchFirst"));
    play->edited = !text_same(schedule, play->cronjob.spec.schedule) ||
                   !text_same(zone, play->cronjob.spec.time_zone);
    play->resumed = suspended && !play->cronjob.spec.suspend;
}

static void put_time(cJSON *object, const char *key, sec_t when)
{
    char stamp[STAMP_SIZE];
    if (when != SEC_NONE) {
        tree_set_str(object, key, stamp_sec(stamp, when));
    }
}

static void delete_job(struct play *play, const struct action *action)
{
    bool replaced = strcmp(action->reason, "replace") == 0;
    tree_add(tree_member(play->got, replaced ? "replacedJobs" : "historyDeletedJobs"),
             cJSON_CreateString(action->name));
    for (size_t i = play->jobs.len; i-- > 0;) {
        if (strcmp(play->jobs.data[i].name, action->name) == 0) {
            vec_remove(&play->jobs, i);
        }
    }
}

static void start_slot(struct play *play, const struct action *action)
{
    struct child_job job = {.name = keep_text(play->one, action->name),
                            .start_time = play->now,
                            .completion_time = SEC_NONE};
    vec_push(&play->jobs, job);
    add_active(play, job.name);
    play->newest = (struct run){.slot = action->slot,
                                .last_slot = SEC_NONE,
                                .count = 1,
                                .fate = FATE_RUNNING,
                                .job = job.name};
    tree_put_bool(play->got, "start", true);
    put_time(play->got, "scheduledTime", action->slot);
    tree_set_str(play->got, "jobName", action->name);
}

static void note_event(struct play *play, const struct action *action)
{
    cJSON *event = cJSON_CreateObject();
    tree_set_str(event, "type", action->warning ? "Warning" : "Normal");
    tree_set_str(event, "reason", action->reason);
    tree_set_str(event, "message", action->message);
    tree_add(tree_member(play->got, "events"), event);
    if (action->warning) {
        tree_set_str(play->got, "errorContains", action->message);
    }
}

static void record(struct play *play, const struct action *action)
{
    play->newest = (struct run){.slot = action->slot,
                                .last_slot = action->count > 1 ? action->last_slot : SEC_NONE,
                                .count = action->count,
                                .fate = action->fate};
}

static void apply(struct play *play, const struct action *action)
{
    switch (action->type) {
    case ACTION_START_SLOT: start_slot(play, action); break;
    case ACTION_RECORD: record(play, action); break;
    case ACTION_EXTEND:
        play->newest.last_slot = action->last_slot;
        play->newest.count = action->count;
        break;
    case ACTION_SKIP_WAITING: play->newest.fate = FATE_SKIPPED_FORBID; break;
    case ACTION_DELETE_JOB: delete_job(play, action); break;
    case ACTION_SET_SCHEDULED: play->cronjob.status.last_schedule_time = action->slot; break;
    case ACTION_SET_SUCCESS: play->cronjob.status.last_successful_time = action->slot; break;
    case ACTION_SET_WINDOW: play->window_start = action->slot; break;
    case ACTION_DROP_ACTIVE: drop_active(play, action->name); break;
    case ACTION_EVENT: note_event(play, action); break;
    case ACTION_WAKE: put_time(play->got, "nextScheduleAfterNow", action->slot); break;
    default: bad_case(play->one, "a CronJob cannot do this");
    }
}

static void look(struct play *play)
{
    struct cron_expr expr;
    struct error schedule_fault = {0}, zone_fault = {0};
    const struct cronjob_spec *spec = &play->cronjob.spec;
    bool readable = cron_parse(spec->schedule ? spec->schedule : "", &expr, &schedule_fault);
    struct cronjob_view view = {
        .cronjob = &play->cronjob,
        .expr = readable ? &expr : NULL,
        .schedule_fault = schedule_fault.what,
        .tz = spec->time_zone ? tz_find(spec->time_zone, &zone_fault) : tz_utc(),
        .zone_fault = zone_fault.what,
        .jobs = play->jobs.data,
        .jobs_len = play->jobs.len,
        .newest = play->newest.count > 0 ? &play->newest : NULL,
        .window_start = play->window_start,
        .edited = play->edited,
        .resumed = play->resumed,
    };
    cleanup_with(actions_done) struct actions actions = {0};
    decide_cronjob(&view, play->now, &actions);
    for (size_t i = 0; i < actions.len; i++) {
        apply(play, &actions.data[i]);
    }
}

void cronjob_case(cJSON *one, got_fn *fn, void *data)
{
    struct play play = {.one = one};
    begin(&play);
    int number = 1;
    const cJSON *step;
    cJSON_ArrayForEach(step, tree_get(one, "steps"))
    {
        static const char *const lists[] = {"events", "replacedJobs", "historyDeletedJobs"};
        play.got = cJSON_CreateObject();
        tree_put_bool(play.got, "start", false);
        for (size_t i = 0; i < countof(lists); i++) {
            tree_set(play.got, lists[i], cJSON_CreateArray());
        }
        prepare(&play, step);
        look(&play);
        tree_set_int(play.got, "activeAfter", (int64_t)play.cronjob.status.active.len);
        put_time(play.got, "lastScheduleTimeAfter", play.cronjob.status.last_schedule_time);
        fn(one, number++, play.got, tree_get(step, "expect"), data);
        cJSON_Delete(play.got);
    }
    vec_done(&play.jobs);
    vec_done(&play.cronjob.status.active);
    vec_done(&play.cronjob.meta.annotations);
}
