/* test_decide.c - the decisions as tables: what an object is like and the time, against actions. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/stamp.h"
#include "core/control/decide/backoff.h"
#include "core/control/decide/decide_cronjob.h"
#include "core/control/decide/decide_job.h"
#include "core/control/decide/decide_pod.h"

static sec_t at(const char *text)
{
    sec_t when = SEC_NONE;
    if (text && !stamp_parse_sec(text, &when)) {
        fail_msg("\"%s\" is no time", text);
    }
    return when;
}

static void compare(const char *title, const struct actions *actions, const char *want)
{
    cleanup_with(str_done) struct str got = {0};
    actions_print(actions, &got);
    if (strcmp(str_text(&got), want) != 0) {
        fail_msg("%s:\n--- got\n%s--- want\n%s", title, str_text(&got), want);
    }
}

/* --- CronJobs ------------------------------------------------------------------------------- */

/* A CronJob "c" and all that a decision about it depends on. Times as text, in 2020-03-03. */
struct cron_case {
    const char *title;
    const char *schedule; /* "* * * * *" when NULL */
    const char *created, *last, *window;
    enum concurrency_policy policy;
    struct opt_int deadline, keep_good, keep_bad;
    bool suspended, deleting, edited, resumed, started;
    const char *missed_starts; /* the annotation */
    const char *active[3];     /* status.active */
    struct child_job jobs[6];
    struct run newest; /* count 0: none */
    const char *now;
    const char *want;
};

static void run_cron_case(const struct cron_case *row)
{
    struct cron_expr expr;
    struct error err = {0};
    const char *schedule = row->schedule ? row->schedule : "* * * * *";
    bool readable = cron_parse(schedule, &expr, &err);
    struct cronjob cronjob = {
        .meta = {.name = "c",
                 .creation = at(row->created ? row->created : "2020-03-03T08:28:30Z"),
                 .deletion = row->deleting ? at(row->now) : SEC_NONE},
        .spec = {.schedule = schedule,
                 .concurrency_policy = row->policy,
                 .starting_deadline_seconds = row->deadline,
                 .suspend = row->suspended,
                 .successful_jobs_history_limit = row->keep_good,
                 .failed_jobs_history_limit = row->keep_bad},
        .status = {.last_schedule_time = at(row->last), .last_successful_time = SEC_NONE},
    };
    if (row->missed_starts) {
        struct pair pair = {.key = ANNOTATION_MISSED_STARTS, .value = row->missed_starts};
        vec_push(&cronjob.meta.annotations, pair);
    }
    for (size_t i = 0; i < countof(row->active) && row->active[i]; i++) {
        vec_push(&cronjob.status.active, (struct reference){.name = row->active[i]});
    }
    size_t jobs = 0;
    while (jobs < countof(row->jobs) && row->jobs[jobs].name) {
        jobs++;
    }
    struct cronjob_view view = {.cronjob = &cronjob,
                                .expr = readable ? &expr : NULL,
                                .schedule_fault = err.what,
                                .tz = tz_utc(),
                                .jobs = row->jobs,
                                .jobs_len = jobs,
                                .newest = row->newest.count ? &row->newest : NULL,
                                .window_start = at(row->window),
                                .edited = row->edited,
                                .resumed = row->resumed,
                                .started = row->started};
    cleanup_with(actions_done) struct actions actions = {0};
    decide_cronjob(&view, at(row->now), &actions);
    compare(row->title, &actions, row->want);
    vec_done(&cronjob.meta.annotations);
    vec_done(&cronjob.status.active);
}

static void run_cron_cases(const struct cron_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        run_cron_case(&rows[i]);
    }
}

#define BLOCKED_EVENT                                                                        \
    "event Warning FailedNeedsStart: Cannot determine if job needs to be started. Too many " \
    "missed "                                                                                \
    "start time (> 100). Set or decrease .spec.startingDeadlineSeconds or check clock skew.\n"

static void a_slot_starts_one_job_of_its_own_name(void **state)
{
    (void)state;
    static const struct cron_case rows[] = {
        {.title = "nothing is due before the first slot",
         .now = "2020-03-03T08:28:45Z",
         .want = "wake at 2020-03-03T08:29:00Z\n"},
        {.title = "the first slot",
         .now = "2020-03-03T08:29:00Z",
         .want = "start-slot c-26387069 at 2020-03-03T08:29:00Z schedule\n"
                 "set-scheduled at 2020-03-03T08:29:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387069\n"
                 "wake at 2020-03-03T08:30:00Z\n"},
        {.title = "a creation on the very minute does not count that minute",
         .created = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T08:29:00Z",
         .want = "wake at 2020-03-03T08:30:00Z\n"},
        {.title = "a slot is started once",
         .last = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T08:29:30Z",
         .want = "wake at 2020-03-03T08:30:00Z\n"},
        {.title = "a clock behind the last scheduled time starts nothing",
         .last = "2020-03-03T09:00:00Z",
         .now = "2020-03-03T08:40:00Z",
         .want = "wake at 2020-03-03T09:01:00Z\n"},
        {.title = "@every counts from the creation, and below a minute names count seconds",
         .schedule = "@every 40s",
         .now = "2020-03-03T08:29:10Z",
         .want = "start-slot c-1583224150 at 2020-03-03T08:29:10Z schedule\n"
                 "set-scheduled at 2020-03-03T08:29:10Z\n"
                 "event Normal SuccessfulCreate: Created job c-1583224150\n"
                 "wake at 2020-03-03T08:29:50Z\n"},
        {.title = "@every counts from the last start, also with a shorter deadline",
         .schedule = "@every 2h",
         .last = "2020-03-03T08:30:00Z",
         .deadline = {true, 60},
         .now = "2020-03-03T10:30:05Z",
         .want = "start-slot c-26387190 at 2020-03-03T10:30:00Z schedule\n"
                 "set-scheduled at 2020-03-03T10:30:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387190\n"
                 "wake at 2020-03-03T12:30:00Z\n"},
    };
    run_cron_cases(rows, countof(rows));
}

static void missed_slots_are_made_up_for_by_the_latest_up_to_a_hundred(void **state)
{
    (void)state;
    static const struct cron_case rows[] = {
        {.title = "four missed: the latest starts, the others are recorded",
         .last = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T08:33:50Z",
         .want = "record at 2020-03-03T08:30:00Z to 2020-03-03T08:32:00Z x3 SchedulerDown\n"
                 "start-slot c-26387073 at 2020-03-03T08:33:00Z catch-up\n"
                 "set-scheduled at 2020-03-03T08:33:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387073\n"
                 "wake at 2020-03-03T08:34:00Z\n"},
        {.title = "exactly a hundred still starts",
         .last = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T10:09:00Z",
         .want = "record at 2020-03-03T08:30:00Z to 2020-03-03T10:08:00Z x99 SchedulerDown\n"
                 "start-slot c-26387169 at 2020-03-03T10:09:00Z schedule\n"
                 "set-scheduled at 2020-03-03T10:09:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387169\n"
                 "wake at 2020-03-03T10:10:00Z\n"},
        {.title = "a hundred and one block",
         .last = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T10:10:00Z",
         .want =
             "record at 2020-03-03T08:30:00Z to 2020-03-03T10:10:00Z x101 Blocked\n" BLOCKED_EVENT
             "wake at 2020-03-03T10:11:00Z\n"},
        {.title = "the documents' example: 08:29 to 10:21, no deadline",
         .last = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T10:21:00Z",
         .want =
             "record at 2020-03-03T08:30:00Z to 2020-03-03T10:21:00Z x112 Blocked\n" BLOCKED_EVENT
             "wake at 2020-03-03T10:22:00Z\n"},
        {.title = "at 10:22 neither; the same row goes on",
         .last = "2020-03-03T08:29:00Z",
         .newest =
             {.slot = 1583224200, .last_slot = 1583230860, .count = 112, .fate = FATE_BLOCKED},
         .now = "2020-03-03T10:22:00Z",
         .want = "extend to 2020-03-03T10:22:00Z x113\n" BLOCKED_EVENT
                 "wake at 2020-03-03T10:23:00Z\n"},
        {.title = "with a deadline of 200 s the Job of 10:22 starts",
         .last = "2020-03-03T08:29:00Z",
         .deadline = {true, 200},
         .now = "2020-03-03T10:22:00Z",
         .want = "record at 2020-03-03T08:30:00Z to 2020-03-03T10:18:00Z x109 MissedDeadline\n"
                 "event Warning MissSchedule: Missed 109 scheduled times, 2020-03-03T08:30:00Z to "
                 "2020-03-03T10:18:00Z: later than startingDeadlineSeconds\n"
                 "record at 2020-03-03T10:19:00Z to 2020-03-03T10:21:00Z x3 SchedulerDown\n"
                 "start-slot c-26387182 at 2020-03-03T10:22:00Z schedule\n"
                 "set-scheduled at 2020-03-03T10:22:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387182\n"
                 "wake at 2020-03-03T10:23:00Z\n"},
        {.title = "latest: warns and starts",
         .last = "2020-03-03T08:29:00Z",
         .missed_starts = "latest",
         .now = "2020-03-03T10:21:00Z",
         .want = "event Warning TooManyMissedTimes: too many missed start times. Set or decrease "
                 ".spec.startingDeadlineSeconds or check clock skew\n"
                 "record at 2020-03-03T08:30:00Z to 2020-03-03T10:20:00Z x111 SchedulerDown\n"
                 "start-slot c-26387181 at 2020-03-03T10:21:00Z schedule\n"
                 "set-scheduled at 2020-03-03T10:21:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387181\n"
                 "wake at 2020-03-03T10:22:00Z\n"},
        {.title = "skip: a missed slot is never made up for",
         .last = "2020-03-03T08:29:00Z",
         .missed_starts = "skip",
         .now = "2020-03-03T08:32:50Z",
         .want = "record at 2020-03-03T08:30:00Z to 2020-03-03T08:31:00Z x2 SchedulerDown\n"
                 "record at 2020-03-03T08:32:00Z to 2020-03-03T08:32:00Z x1 SchedulerDown\n"
                 "wake at 2020-03-03T08:33:00Z\n"},
        {.title = "a slot exactly as old as the deadline is lost",
         .schedule = "0 * * * *",
         .deadline = {true, 300},
         .now = "2020-03-03T09:05:00Z",
         .want = "record at 2020-03-03T09:00:00Z to 2020-03-03T09:00:00Z x1 MissedDeadline\n"
                 "event Warning MissSchedule: Missed 1 scheduled time, 2020-03-03T09:00:00Z to "
                 "2020-03-03T09:00:00Z: later than startingDeadlineSeconds\n"
                 "wake at 2020-03-03T10:00:00Z\n"},
        {.title = "one second younger still starts",
         .schedule = "0 * * * *",
         .deadline = {true, 300},
         .now = "2020-03-03T09:04:59Z",
         .want = "start-slot c-26387100 at 2020-03-03T09:00:00Z catch-up\n"
                 "set-scheduled at 2020-03-03T09:00:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387100\n"
                 "wake at 2020-03-03T10:00:00Z\n"},
        {.title = "a deadline of 0 never starts anything",
         .deadline = {true, 0},
         .now = "2020-03-03T08:29:00Z",
         .want = "record at 2020-03-03T08:29:00Z to 2020-03-03T08:29:00Z x1 MissedDeadline\n"
                 "event Warning MissSchedule: Missed 1 scheduled time, 2020-03-03T08:29:00Z to "
                 "2020-03-03T08:29:00Z: later than startingDeadlineSeconds\n"
                 "wake at 2020-03-03T08:30:00Z\n"},
        {.title = "what has its fate already is not lost again",
         .schedule = "0 * * * *",
         .deadline = {true, 300},
         .newest =
             {.slot = 1583226000, .last_slot = SEC_NONE, .count = 1, .fate = FATE_MISSED_DEADLINE},
         .now = "2020-03-03T09:06:00Z",
         .want = "wake at 2020-03-03T10:00:00Z\n"},
    };
    run_cron_cases(rows, countof(rows));
}

static void suspension_and_edits_move_the_window(void **state)
{
    (void)state;
    static const struct cron_case rows[] = {
        {.title = "suspended: nothing, and no wake-up",
         .suspended = true,
         .now = "2020-03-03T09:00:00Z",
         .want = ""},
        {.title = "resumed: the latest slot that passed starts",
         .last = "2020-03-03T08:30:00Z",
         .resumed = true,
         .now = "2020-03-03T08:33:34Z",
         .want = "record at 2020-03-03T08:31:00Z to 2020-03-03T08:32:00Z x2 Suspended\n"
                 "start-slot c-26387073 at 2020-03-03T08:33:00Z catch-up\n"
                 "set-scheduled at 2020-03-03T08:33:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387073\n"
                 "wake at 2020-03-03T08:34:00Z\n"},
        {.title = "resumed with skip: it does not",
         .last = "2020-03-03T08:32:00Z",
         .resumed = true,
         .missed_starts = "skip",
         .now = "2020-03-03T08:33:05Z",
         .want = "record at 2020-03-03T08:33:00Z to 2020-03-03T08:33:00Z x1 Suspended\n"
                 "wake at 2020-03-03T08:34:00Z\n"},
        {.title = "an edit of the schedule moves the window to itself",
         .edited = true,
         .last = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T10:21:30Z",
         .want = "set-window at 2020-03-03T10:21:30Z\n"
                 "wake at 2020-03-03T10:22:00Z\n"},
        {.title = "and it stays there",
         .window = "2020-03-03T10:21:30Z",
         .last = "2020-03-03T08:29:00Z",
         .now = "2020-03-03T10:22:00Z",
         .want = "start-slot c-26387182 at 2020-03-03T10:22:00Z schedule\n"
                 "set-scheduled at 2020-03-03T10:22:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387182\n"
                 "wake at 2020-03-03T10:23:00Z\n"},
        {.title = "a draft that is started begins now",
         .started = true,
         .now = "2020-03-03T10:21:30Z",
         .want = "set-scheduled at 2020-03-03T10:21:30Z\n"
                 "wake at 2020-03-03T10:22:00Z\n"},
        {.title = "one that is being deleted starts nothing",
         .deleting = true,
         .now = "2020-03-03T08:29:00Z",
         .want = ""},
        {.title = "a date that never comes",
         .schedule = "0 0 31 2 *",
         .now = "2020-03-03T08:29:00Z",
         .want = "event Warning InvalidSchedule: invalid schedule: 0 0 31 2 * : no date matches "
                 "it\n"},
    };
    run_cron_cases(rows, countof(rows));
}

static void concurrency_policies_decide_about_active_jobs(void **state)
{
    (void)state;
#define RUNNING                                        \
    {                                                  \
        .name = "c-26387069", .start_time = 1583224140 \
    }
    static const struct cron_case rows[] = {
        {.title = "Allow: side by side",
         .last = "2020-03-03T08:29:00Z",
         .active = {"c-26387069"},
         .jobs = {RUNNING},
         .now = "2020-03-03T08:30:00Z",
         .want = "start-slot c-26387070 at 2020-03-03T08:30:00Z schedule\n"
                 "set-scheduled at 2020-03-03T08:30:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387070\n"
                 "wake at 2020-03-03T08:31:00Z\n"},
        {.title = "Forbid: the slot waits",
         .policy = CONCURRENCY_FORBID,
         .last = "2020-03-03T08:29:00Z",
         .active = {"c-26387069"},
         .jobs = {RUNNING},
         .now = "2020-03-03T08:30:00Z",
         .want = "event Normal JobAlreadyActive: Not starting job because prior execution is "
                 "running and concurrency policy is Forbid\n"
                 "record at 2020-03-03T08:30:00Z to 2020-03-03T08:30:00Z x1 Waiting\n"
                 "wake at 2020-03-03T08:31:00Z\n"},
        {.title = "Forbid: it is said once a slot",
         .policy = CONCURRENCY_FORBID,
         .last = "2020-03-03T08:29:00Z",
         .active = {"c-26387069"},
         .jobs = {RUNNING},
         .newest = {.slot = 1583224200, .last_slot = SEC_NONE, .count = 1, .fate = FATE_WAITING},
         .now = "2020-03-03T08:30:10Z",
         .want = "wake at 2020-03-03T08:31:00Z\n"},
        {.title = "Forbid: the next slot takes its place",
         .policy = CONCURRENCY_FORBID,
         .last = "2020-03-03T08:29:00Z",
         .active = {"c-26387069"},
         .jobs = {RUNNING},
         .newest = {.slot = 1583224200, .last_slot = SEC_NONE, .count = 1, .fate = FATE_WAITING},
         .now = "2020-03-03T08:31:00Z",
         .want = "skip-waiting at 2020-03-03T08:30:00Z\n"
                 "event Normal JobAlreadyActive: Not starting job because prior execution is "
                 "running and concurrency policy is Forbid\n"
                 "record at 2020-03-03T08:31:00Z to 2020-03-03T08:31:00Z x1 Waiting\n"
                 "wake at 2020-03-03T08:32:00Z\n"},
        {.title = "Forbid: when the active one ends, the latest starts",
         .policy = CONCURRENCY_FORBID,
         .last = "2020-03-03T08:29:00Z",
         .active = {"c-26387069"},
         .jobs = {{.name = "c-26387069",
                   .start_time = 1583224140,
                   .completion_time = 1583224240,
                   .end = JOB_COMPLETE}},
         .newest = {.slot = 1583224200, .last_slot = SEC_NONE, .count = 1, .fate = FATE_WAITING},
         .now = "2020-03-03T08:30:40Z",
         .want = "drop-active c-26387069\n"
                 "event Normal SawCompletedJob: Saw completed job: c-26387069, condition: "
                 "Complete\n"
                 "set-success at 2020-03-03T08:30:40Z\n"
                 "start-slot c-26387070 at 2020-03-03T08:30:00Z catch-up\n"
                 "set-scheduled at 2020-03-03T08:30:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387070\n"
                 "wake at 2020-03-03T08:31:00Z\n"},
        {.title = "Forbid: but not after its deadline",
         .policy = CONCURRENCY_FORBID,
         .deadline = {true, 30},
         .last = "2020-03-03T08:29:00Z",
         .newest = {.slot = 1583224200, .last_slot = SEC_NONE, .count = 1, .fate = FATE_WAITING},
         .now = "2020-03-03T08:30:40Z",
         .want = "skip-waiting at 2020-03-03T08:30:00Z\n"
                 "wake at 2020-03-03T08:31:00Z\n"},
        {.title = "Forbid with skip: it is final at once",
         .policy = CONCURRENCY_FORBID,
         .missed_starts = "skip",
         .last = "2020-03-03T08:29:00Z",
         .active = {"c-26387069"},
         .jobs = {RUNNING},
         .now = "2020-03-03T08:30:00Z",
         .want = "event Normal JobAlreadyActive: Not starting job because prior execution is "
                 "running and concurrency policy is Forbid\n"
                 "record at 2020-03-03T08:30:00Z to 2020-03-03T08:30:00Z x1 SkippedForbid\n"
                 "wake at 2020-03-03T08:31:00Z\n"},
        {.title = "Forbid: a forced run is not active",
         .policy = CONCURRENCY_FORBID,
         .last = "2020-03-03T08:29:00Z",
         .jobs = {{.name = "c-manual-x", .start_time = 1583224140, .forced = true}},
         .now = "2020-03-03T08:30:00Z",
         .want = "start-slot c-26387070 at 2020-03-03T08:30:00Z schedule\n"
                 "set-scheduled at 2020-03-03T08:30:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387070\n"
                 "wake at 2020-03-03T08:31:00Z\n"},
        {.title = "Replace: the active one goes first",
         .policy = CONCURRENCY_REPLACE,
         .last = "2020-03-03T08:29:00Z",
         .active = {"c-26387069"},
         .jobs = {RUNNING},
         .now = "2020-03-03T08:30:00Z",
         .want = "drop-active c-26387069\n"
                 "delete-job c-26387069 replace\n"
                 "event Normal SuccessfulDelete: Deleted job c-26387069\n"
                 "start-slot c-26387070 at 2020-03-03T08:30:00Z schedule\n"
                 "set-scheduled at 2020-03-03T08:30:00Z\n"
                 "event Normal SuccessfulCreate: Created job c-26387070\n"
                 "wake at 2020-03-03T08:31:00Z\n"},
    };
    run_cron_cases(rows, countof(rows));
}

static void finished_jobs_are_seen_and_the_history_is_kept(void **state)
{
    (void)state;
    static const struct cron_case rows[] = {
        {.title = "the oldest beyond the limits go, good and bad apart",
         .suspended = true,
         .keep_good = {true, 1},
         .keep_bad = {true, 1},
         .jobs = {{.name = "a", .start_time = 30, .completion_time = 40, .end = JOB_COMPLETE},
                  {.name = "b", .start_time = 10, .completion_time = 20, .end = JOB_COMPLETE},
                  {.name = "x", .start_time = 5, .completion_time = SEC_NONE, .end = JOB_FAILED},
                  {.name = "y", .start_time = 5, .completion_time = SEC_NONE, .end = JOB_FAILED}},
         .now = "2020-03-03T09:00:00Z",
         .want = "delete-job b history\n"
                 "event Normal SuccessfulDelete: Deleted job b\n"
                 "delete-job x history\n"
                 "event Normal SuccessfulDelete: Deleted job x\n"
                 "set-success at 1970-01-01T00:00:40Z\n"},
        {.title = "a limit of 0 keeps none, and says no more",
         .suspended = true,
         .keep_good = {true, 0},
         .active = {"a"},
         .jobs = {{.name = "a", .start_time = 30, .completion_time = 40, .end = JOB_COMPLETE}},
         .now = "2020-03-03T09:00:00Z",
         .want = "drop-active a\n"
                 "delete-job a history\n"
                 "event Normal SuccessfulDelete: Deleted job a\n"
                 "set-success at 1970-01-01T00:00:40Z\n"},
        {.title = "the defaults are three and one",
         .suspended = true,
         .jobs = {{.name = "a", .start_time = 1, .completion_time = 2, .end = JOB_COMPLETE},
                  {.name = "b", .start_time = 2, .completion_time = 2, .end = JOB_COMPLETE},
                  {.name = "c", .start_time = 3, .completion_time = 2, .end = JOB_COMPLETE},
                  {.name = "x", .start_time = 5, .completion_time = SEC_NONE, .end = JOB_FAILED}},
         .now = "2020-03-03T09:00:00Z",
         .want = "set-success at 1970-01-01T00:00:02Z\n"},
        {.title = "an active Job that is gone",
         .suspended = true,
         .active = {"a"},
         .now = "2020-03-03T09:00:00Z",
         .want = "drop-active a\n"
                 "event Normal MissingJob: Active job went missing: a\n"},
        {.title = "a Job that nobody started here",
         .suspended = true,
         .jobs = {{.name = "stranger", .start_time = SEC_NONE}},
         .now = "2020-03-03T09:00:00Z",
         .want = "event Warning UnexpectedJob: Saw a job that the controller did not create or "
                 "forgot: stranger\n"},
    };
    run_cron_cases(rows, countof(rows));
}

/* --- Jobs ----------------------------------------------------------------------------------- */

struct job_case {
    const char *title;
    struct opt_int completions, parallelism, limit, deadline, ttl;
    bool fresh; /* never looked at: no start time */
    bool on_failure;
    bool suspend, was_suspended;
    int64_t succeeded, failed; /* status */
    const char *conditions[2]; /* "Type:Reason", True */
    struct pod_fact pods[5];
    int64_t age, since_finish, row, since_failure; /* seconds */
    const char *want;
    struct job_counts counts;
};

static void run_job_case(const struct job_case *row)
{
    struct job job = {
        .meta = {.name = "j", .deletion = SEC_NONE},
        .spec = {.completions = row->completions,
                 .parallelism = row->parallelism,
                 .backoff_limit = row->limit,
                 .active_deadline_seconds = row->deadline,
                 .ttl_seconds_after_finished = row->ttl,
                 .suspend = row->suspend},
        .status = {.start_time = row->fresh ? SEC_NONE : 1000,
                   .completion_time = SEC_NONE,
                   .succeeded = row->succeeded,
                   .failed = row->failed},
    };
    job.spec.template.spec.restart_policy = row->on_failure ? RESTART_ON_FAILURE : RESTART_NEVER;
    char types[2][64];
    for (size_t i = 0; i < countof(row->conditions) && row->conditions[i]; i++) {
        text_copy(types[i], sizeof types[i], row->conditions[i]);
        char *reason = strchr(types[i], ':');
        *reason++ = '\0';
        struct condition condition = {
            .type = types[i], .status = "True", .reason = reason, .message = "m"};
        vec_push(&job.status.conditions, condition);
    }
    if (row->was_suspended) {
        struct condition condition = {.type = CONDITION_SUSPENDED, .status = "True"};
        vec_push(&job.status.conditions, condition);
    }
    size_t pods = 0;
    while (pods < countof(row->pods) && row->pods[pods].name) {
        pods++;
    }
    struct job_view view = {.job = &job,
                            .pods = row->pods,
                            .pods_len = pods,
                            .age = row->age * NSEC_PER_SEC,
                            .since_finish = row->since_finish * NSEC_PER_SEC,
                            .failures_in_row = row->row,
                            .since_failure = row->since_failure * NSEC_PER_SEC};
    cleanup_with(actions_done) struct actions actions = {0};
    struct job_counts counts = {0};
    decide_job(&view, &actions, &counts);
    compare(row->title, &actions, row->want);
    if (memcmp(&counts, &row->counts, sizeof counts) != 0) {
        fail_msg("%s: active %d ready %d terminating %d succeeded %d failed %d", row->title,
                 (int)counts.active, (int)counts.ready, (int)counts.terminating,
                 (int)counts.succeeded, (int)counts.failed);
    }
    vec_done(&job.status.conditions);
}

#define COMPLETE_LINES                                                                            \
    "set-condition SuccessCriteriaMet=True CompletionsReached: Reached expected number of "       \
    "succeeded pods\n"                                                                            \
    "set-condition Complete=True CompletionsReached: Reached expected number of succeeded pods\n" \
    "event Normal Completed: Job completed\n"
#define BACKOFF_TARGET                                                                      \
    "set-condition FailureTarget=True BackoffLimitExceeded: Job has reached the specified " \
    "backoff "                                                                              \
    "limit\n"
#define BACKOFF_FAILED                                                                       \
    "set-condition Failed=True BackoffLimitExceeded: Job has reached the specified backoff " \
    "limit\n"                                                                                \
    "event Warning BackoffLimitExceeded: Job has reached the specified backoff limit\n"
#define DEADLINE_TARGET                                                                        \
    "set-condition FailureTarget=True DeadlineExceeded: Job was active longer than specified " \
    "deadline\n"
#define DEADLINE_FAILED                                                                           \
    "set-condition Failed=True DeadlineExceeded: Job was active longer than specified deadline\n" \
    "event Warning DeadlineExceeded: Job was active longer than specified deadline\n"
#define ONE     \
    {           \
        true, 1 \
    }

static void jobs_run_pods_until_enough_have_succeeded(void **state)
{
    (void)state;
    static const struct job_case rows[] = {
        {.title = "the first look",
         .fresh = true,
         .completions = ONE,
         .parallelism = ONE,
         .want = "set-start\ncreate-pod\n",
         .counts = {.active = 1}},
        {.title = "a running pod",
         .completions = ONE,
         .parallelism = ONE,
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true, .ready = true}},
         .want = "",
         .counts = {.active = 1, .ready = 1}},
        {.title = "a success completes it",
         .completions = ONE,
         .parallelism = ONE,
         .pods = {{.name = "p", .phase = POD_SUCCEEDED, .tracked = true}},
         .want = "count-pod p Succeeded\n" COMPLETE_LINES,
         .counts = {.succeeded = 1}},
        {.title = "a pod is counted once",
         .completions = {true, 2},
         .parallelism = ONE,
         .succeeded = 1,
         .pods = {{.name = "p", .phase = POD_SUCCEEDED}},
         .want = "create-pod\n",
         .counts = {.active = 1, .succeeded = 1}},
        {.title = "completions 5, parallelism 2: two at a time",
         .fresh = true,
         .completions = {true, 5},
         .parallelism = {true, 2},
         .want = "set-start\ncreate-pod\ncreate-pod\n",
         .counts = {.active = 2}},
        {.title = "the last one alone",
         .completions = {true, 5},
         .parallelism = {true, 2},
         .succeeded = 4,
         .want = "create-pod\n",
         .counts = {.active = 1, .succeeded = 4}},
        {.title = "completions 0 is complete at once",
         .fresh = true,
         .completions = {true, 0},
         .parallelism = ONE,
         .want = "set-start\n" COMPLETE_LINES,
         .counts = {0}},
        {.title = "parallelism 0 runs nothing",
         .completions = ONE,
         .parallelism = {true, 0},
         .want = "",
         .counts = {0}},
        {.title = "less parallelism stops the newest",
         .completions = {true, 9},
         .parallelism = ONE,
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true},
                  {.name = "q", .phase = POD_RUNNING, .tracked = true}},
         .want = "stop-pod q ScaledDown\n",
         .counts = {.active = 1, .terminating = 1}},
        {.title = "a work queue adds none after a success",
         .parallelism = {true, 3},
         .pods = {{.name = "p", .phase = POD_SUCCEEDED, .tracked = true},
                  {.name = "q", .phase = POD_RUNNING, .tracked = true}},
         .want = "count-pod p Succeeded\n",
         .counts = {.active = 1, .succeeded = 1}},
        {.title = "a work queue is done when all have ended",
         .parallelism = {true, 3},
         .succeeded = 1,
         .pods = {{.name = "q", .phase = POD_SUCCEEDED, .tracked = true}},
         .want = "count-pod q Succeeded\n" COMPLETE_LINES,
         .counts = {.succeeded = 2}},
        {.title = "one that is finished waits for its time to live",
         .completions = ONE,
         .conditions = {"Complete:CompletionsReached"},
         .succeeded = 1,
         .ttl = {true, 60},
         .since_finish = 20,
         .want = "wake in 40s\n",
         .counts = {.succeeded = 1}},
        {.title = "and goes when it is over",
         .completions = ONE,
         .conditions = {"Failed:BackoffLimitExceeded"},
         .failed = 1,
         .ttl = {true, 60},
         .since_finish = 60,
         .want = "delete-job j ttl\n",
         .counts = {.failed = 1}},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        run_job_case(&rows[i]);
    }
}

static void failed_pods_are_tried_again_after_a_while_and_not_for_ever(void **state)
{
    (void)state;
    static const struct job_case rows[] = {
        {.title = "the first failure waits 10 s",
         .completions = ONE,
         .parallelism = ONE,
         .pods = {{.name = "p", .phase = POD_FAILED, .tracked = true}},
         .want = "count-pod p Failed\nwake in 10s\n",
         .counts = {.failed = 1}},
        {.title = "from its end",
         .completions = ONE,
         .parallelism = ONE,
         .failed = 1,
         .row = 1,
         .since_failure = 4,
         .want = "wake in 6s\n",
         .counts = {.failed = 1}},
        {.title = "then there is a new pod",
         .completions = ONE,
         .parallelism = ONE,
         .failed = 1,
         .row = 1,
         .since_failure = 10,
         .want = "create-pod\n",
         .counts = {.active = 1, .failed = 1}},
        {.title = "the fourth waits 80 s",
         .completions = ONE,
         .parallelism = ONE,
         .failed = 4,
         .row = 4,
         .since_failure = 1,
         .want = "wake in 1m19s\n",
         .counts = {.failed = 4}},
        {.title = "never more than six minutes",
         .completions = ONE,
         .parallelism = ONE,
         .limit = {true, 99},
         .failed = 40,
         .row = 40,
         .want = "wake in 6m0s\n",
         .counts = {.failed = 40}},
        {.title = "a success clears the row, in the order of ending",
         .completions = {true, 3},
         .parallelism = ONE,
         .failed = 2,
         .row = 2,
         .pods = {{.name = "q", .phase = POD_SUCCEEDED, .tracked = true, .ended_ago = 5},
                  {.name = "p", .phase = POD_FAILED, .tracked = true, .ended_ago = 9}},
         .want = "count-pod p Failed\ncount-pod q Succeeded\ncreate-pod\n",
         .counts = {.active = 1, .succeeded = 1, .failed = 3}},
        {.title = "backoffLimit + 1 failures end it",
         .completions = ONE,
         .parallelism = ONE,
         .limit = {true, 2},
         .failed = 2,
         .row = 2,
         .pods = {{.name = "p", .phase = POD_FAILED, .tracked = true}},
         .want = "count-pod p Failed\n" BACKOFF_TARGET BACKOFF_FAILED,
         .counts = {.failed = 3}},
        {.title = "others are stopped first",
         .completions = {true, 2},
         .parallelism = {true, 2},
         .limit = {true, 0},
         .pods = {{.name = "p", .phase = POD_FAILED, .tracked = true},
                  {.name = "q", .phase = POD_RUNNING, .tracked = true}},
         .want = "count-pod p Failed\n" BACKOFF_TARGET "stop-pod q BackoffLimitExceeded\n",
         .counts = {.terminating = 1, .failed = 1}},
        {.title = "and it has failed when they are gone",
         .completions = {true, 2},
         .parallelism = {true, 2},
         .limit = {true, 0},
         .failed = 1,
         .conditions = {"FailureTarget:BackoffLimitExceeded"},
         .pods = {{.name = "q",
                   .phase = POD_FAILED,
                   .tracked = true,
                   .stopping = true,
                   .stopped = STOP_BACKOFF}},
         .want = "count-pod q Failed\n"
                 "set-condition Failed=True BackoffLimitExceeded: m\n"
                 "event Warning BackoffLimitExceeded: m\n",
         .counts = {.failed = 2}},
        {.title = "OnFailure: restarts count",
         .completions = ONE,
         .parallelism = ONE,
         .on_failure = true,
         .limit = {true, 2},
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true, .restarts = 2}},
         .want = BACKOFF_TARGET "stop-pod p BackoffLimitExceeded\n",
         .counts = {.terminating = 1}},
        {.title = "OnFailure: one less does not",
         .completions = ONE,
         .parallelism = ONE,
         .on_failure = true,
         .limit = {true, 2},
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true, .restarts = 1}},
         .want = "",
         .counts = {.active = 1}},
        {.title = "OnFailure: a limit of 0 acts as 1",
         .completions = ONE,
         .parallelism = ONE,
         .on_failure = true,
         .limit = {true, 0},
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true}},
         .want = "",
         .counts = {.active = 1}},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        run_job_case(&rows[i]);
    }
}

static void deadlines_and_suspension_stop_pods(void **state)
{
    (void)state;
    static const struct job_case rows[] = {
        {.title = "before the deadline it is waited for",
         .completions = ONE,
         .parallelism = ONE,
         .deadline = {true, 50},
         .age = 20,
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true}},
         .want = "wake in 30s\n",
         .counts = {.active = 1}},
        {.title = "at the deadline pods are stopped",
         .completions = ONE,
         .parallelism = ONE,
         .deadline = {true, 50},
         .age = 50,
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true}},
         .want = DEADLINE_TARGET "stop-pod p DeadlineExceeded\n",
         .counts = {.terminating = 1}},
        {.title = "the shim may be first",
         .completions = ONE,
         .parallelism = ONE,
         .limit = {true, 0},
         .deadline = {true, 50},
         .age = 49,
         .pods = {{.name = "p", .phase = POD_FAILED, .tracked = true, .by_deadline = true}},
         .want = "count-pod p Failed\n" DEADLINE_TARGET DEADLINE_FAILED,
         .counts = {.failed = 1}},
        {.title = "the backoff limit goes first when both hold",
         .completions = ONE,
         .parallelism = ONE,
         .limit = {true, 0},
         .deadline = {true, 50},
         .age = 50,
         .pods = {{.name = "p", .phase = POD_FAILED, .tracked = true}},
         .want = "count-pod p Failed\n" BACKOFF_TARGET BACKOFF_FAILED,
         .counts = {.failed = 1}},
        {.title = "a deadline of 0 ends it before its first pod",
         .fresh = true,
         .completions = ONE,
         .parallelism = ONE,
         .deadline = {true, 0},
         .want = "set-start\n" DEADLINE_TARGET DEADLINE_FAILED,
         .counts = {0}},
        {.title = "suspended from the start",
         .fresh = true,
         .completions = ONE,
         .parallelism = ONE,
         .suspend = true,
         .want = "set-condition Suspended=True JobSuspended: Job suspended\n"
                 "event Normal Suspended: Job suspended\n",
         .counts = {0}},
        {.title = "suspended while it runs; its deadline stands still",
         .completions = ONE,
         .parallelism = ONE,
         .suspend = true,
         .deadline = {true, 50},
         .age = 60,
         .pods = {{.name = "p", .phase = POD_RUNNING, .tracked = true}},
         .want = "stop-pod p JobSuspended\n"
                 "set-condition Suspended=True JobSuspended: Job suspended\n"
                 "event Normal Suspended: Job suspended\n",
         .counts = {.terminating = 1}},
        {.title = "what was stopped for it has not failed",
         .completions = ONE,
         .parallelism = ONE,
         .suspend = true,
         .was_suspended = true,
         .pods = {{.name = "p",
                   .phase = POD_FAILED,
                   .tracked = true,
                   .stopping = true,
                   .stopped = STOP_SUSPENDED}},
         .want = "count-pod p Stopped\n",
         .counts = {0}},
        {.title = "resumed: the start time begins anew",
         .completions = ONE,
         .parallelism = ONE,
         .was_suspended = true,
         .deadline = {true, 50},
         .age = 60,
         .want = "set-condition Suspended=False JobResumed: Job resumed\n"
                 "event Normal Resumed: Job resumed\nset-start\ncreate-pod\nwake in 50s\n",
         .counts = {.active = 1}},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        run_job_case(&rows[i]);
    }
}

/* --- Pods ----------------------------------------------------------------------------------- */

struct pod_case {
    const char *title;
    struct container_fact init[2], mains[2];
    enum pod_phase phase;
    bool on_failure, deleted, held;
    const char *stop, *unavailable;
    const char *want;
};

static void run_pod_case(const struct pod_case *row)
{
    struct pod pod = {.meta = {.name = "p", .deletion = row->deleted ? 1000 : SEC_NONE},
                      .status = {.phase = row->phase}};
    pod.spec.restart_policy = row->on_failure ? RESTART_ON_FAILURE : RESTART_NEVER;
    struct pod_view view = {.pod = &pod,
                            .init = row->init,
                            .mains = row->mains,
                            .stop = row->stop,
                            .unavailable = row->unavailable,
                            .backoff_seconds = 10,
                            .held = row->held};
    while (view.init_len < countof(row->init) && row->init[view.init_len].name) {
        view.init_len++;
    }
    while (view.mains_len < countof(row->mains) && row->mains[view.mains_len].name) {
        view.mains_len++;
    }
    cleanup_with(actions_done) struct actions actions = {0};
    decide_pod(&view, &actions);
    compare(row->title, &actions, row->want);
}

#define ENDED(code) .phase = CONTAINER_TERMINATED, .exit_code = code

static void pods_run_their_containers_in_order(void **state)
{
    (void)state;
    static const struct pod_case rows[] = {
        {.title = "the main container starts",
         .mains = {{.name = "m"}},
         .want = "start-attempt m #0\n"},
        {.title = "once", .mains = {{.name = "m", .handed_over = true}}, .want = ""},
        {.title = "running",
         .mains = {{.name = "m", .phase = CONTAINER_RUNNING}},
         .want = "set-phase Running\n"},
        {.title = "init containers come first, one after the other",
         .init = {{.name = "i"}, {.name = "k"}},
         .mains = {{.name = "m"}},
         .want = "start-attempt i #0\n"},
        {.title = "the next after a success",
         .init = {{.name = "i", ENDED(0)}, {.name = "k"}},
         .mains = {{.name = "m"}},
         .want = "start-attempt k #0\n"},
        {.title = "an init container that fails ends the pod",
         .init = {{.name = "i", ENDED(2)}},
         .mains = {{.name = "m"}},
         .want = "set-phase Failed\n"},
        {.title = "mains run side by side",
         .mains = {{.name = "m"}, {.name = "n"}},
         .want = "start-attempt m #0\nstart-attempt n #0\n"},
        {.title = "a success",
         .phase = POD_RUNNING,
         .mains = {{.name = "m", ENDED(0)}},
         .want = "set-phase Succeeded\n"},
        {.title = "a failure",
         .phase = POD_RUNNING,
         .mains = {{.name = "m", ENDED(3)}},
         .want = "set-phase Failed\n"},
        {.title = "a failure beside one that runs waits for it",
         .phase = POD_RUNNING,
         .mains = {{.name = "m", ENDED(3)}, {.name = "n", .phase = CONTAINER_RUNNING}},
         .want = ""},
        {.title = "no runtime",
         .mains = {{.name = "m"}},
         .unavailable = "none here",
         .want = "wait m ContainerRuntimeUnavailable: none here\n"},
        {.title = "said once",
         .mains = {{.name = "m", .reason = REASON_NO_RUNTIME}},
         .unavailable = "none here",
         .want = ""},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        run_pod_case(&rows[i]);
    }
}

static void containers_are_restarted_in_place_or_not(void **state)
{
    (void)state;
    static const struct pod_case rows[] = {
        {.title = "OnFailure waits 10 s and says so",
         .phase = POD_RUNNING,
         .on_failure = true,
         .mains = {{.name = "m", ENDED(1)}},
         .want = "wait m CrashLoopBackOff: back-off 10s restarting failed container=m pod=p\n"
                 "event Warning BackOff: Back-off restarting failed container m in pod p\n"
                 "wake in 10s\n"},
        {.title = "and not twice",
         .phase = POD_RUNNING,
         .on_failure = true,
         .mains = {{.name = "m", ENDED(1), .backing_off = true, .ended_ago = 4 * NSEC_PER_SEC}},
         .want = "wake in 6s\n"},
        {.title = "then the next attempt's number",
         .phase = POD_RUNNING,
         .on_failure = true,
         .mains = {{.name = "m", ENDED(1), .backing_off = true, .ended_ago = 10 * NSEC_PER_SEC}},
         .want = "restart m #1\n"},
        {.title = "the third waits 40 s",
         .phase = POD_RUNNING,
         .on_failure = true,
         .mains = {{.name = "m", ENDED(1), .restarts = 2, .backing_off = true}},
         .want = "wake in 40s\n"},
        {.title = "what its deadline has ended is not restarted",
         .phase = POD_RUNNING,
         .on_failure = true,
         .mains = {{.name = "m", ENDED(143), .reason = REASON_DEADLINE}},
         .want = "set-phase Failed DeadlineExceeded\n"},
        {.title = "nor is it a success when it leaves with 0",
         .phase = POD_RUNNING,
         .mains = {{.name = "m", ENDED(0), .reason = REASON_DEADLINE}},
         .want = "set-phase Failed DeadlineExceeded\n"},
        {.title = "what may still run is not run again",
         .phase = POD_RUNNING,
         .on_failure = true,
         .mains = {{.name = "m", ENDED(137), .reason = REASON_UNKNOWN}},
         .want = "set-phase Unknown Interrupted: The attempt was interrupted, and some of its "
                 "processes may still run\n"},
        {.title = "an interrupted one is",
         .phase = POD_RUNNING,
         .on_failure = true,
         .mains = {{.name = "m",
                    ENDED(137),
                    .reason = "Interrupted",
                    .backing_off = true,
                    .ended_ago = 11 * NSEC_PER_SEC}},
         .want = "restart m #1\n"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        run_pod_case(&rows[i]);
    }
}

static void pods_are_stopped_before_they_go(void **state)
{
    (void)state;
    static const struct pod_case rows[] = {
        {.title = "asked to stop while it runs",
         .phase = POD_RUNNING,
         .stop = "JobSuspended",
         .mains = {{.name = "m", .phase = CONTAINER_RUNNING, .restarts = 3}},
         .want = "stop-attempt m #3\n"},
        {.title = "asked to stop on its way",
         .stop = "JobSuspended",
         .mains = {{.name = "m", .handed_over = true}},
         .want = "stop-attempt m #0\n"},
        {.title = "asked to stop before it began",
         .stop = "JobSuspended",
         .mains = {{.name = "m"}},
         .want = "set-phase Failed JobSuspended\n"},
        {.title = "stopped",
         .phase = POD_RUNNING,
         .stop = "DeadlineExceeded",
         .mains = {{.name = "m", ENDED(143)}},
         .want = "set-phase Failed DeadlineExceeded\n"},
        {.title = "not restarted over a stop",
         .phase = POD_RUNNING,
         .on_failure = true,
         .stop = "BackoffLimitExceeded",
         .mains = {{.name = "m", ENDED(1), .backing_off = true, .ended_ago = INT64_MAX / 2}},
         .want = "set-phase Failed BackoffLimitExceeded\n"},
        {.title = "done all the same",
         .phase = POD_RUNNING,
         .deleted = true,
         .mains = {{.name = "m", ENDED(0)}},
         .want = "set-phase Succeeded\n"},
        {.title = "ended and deleted: it goes",
         .phase = POD_FAILED,
         .deleted = true,
         .mains = {{.name = "m", ENDED(1)}},
         .want = "remove\n"},
        {.title = "unless it is held: not counted yet",
         .phase = POD_FAILED,
         .deleted = true,
         .held = true,
         .mains = {{.name = "m", ENDED(1)}},
         .want = ""},
        {.title = "ended and kept",
         .phase = POD_SUCCEEDED,
         .mains = {{.name = "m", ENDED(0)}},
         .want = ""},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        run_pod_case(&rows[i]);
    }
}

static void backoff_doubles_up_to_its_most(void **state)
{
    (void)state;
    static const struct {
        int64_t failures, base, most, want;
    } rows[] = {
        {0, 10, 360, 0},   {1, 10, 360, 10},         {2, 10, 360, 20},        {5, 10, 360, 160},
        {6, 10, 360, 320}, {7, 10, 360, 360},        {1000000, 10, 360, 360}, {3, 0, 360, 0},
        {3, 1, 300, 4},    {INT64_MAX, 7, 300, 300},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        assert_true(backoff_delay(rows[i].failures, rows[i].base, rows[i].most) ==
                    rows[i].want * NSEC_PER_SEC);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_starts_one_job_of_its_own_name),
        cmocka_unit_test(missed_slots_are_made_up_for_by_the_latest_up_to_a_hundred),
        cmocka_unit_test(suspension_and_edits_move_the_window),
        cmocka_unit_test(concurrency_policies_decide_about_active_jobs),
        cmocka_unit_test(finished_jobs_are_seen_and_the_history_is_kept),
        cmocka_unit_test(jobs_run_pods_until_enough_have_succeeded),
        cmocka_unit_test(failed_pods_are_tried_again_after_a_while_and_not_for_ever),
        cmocka_unit_test(deadlines_and_suspension_stop_pods),
        cmocka_unit_test(pods_run_their_containers_in_order),
        cmocka_unit_test(containers_are_restarted_in_place_or_not),
        cmocka_unit_test(pods_are_stopped_before_they_go),
        cmocka_unit_test(backoff_doubles_up_to_its_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
