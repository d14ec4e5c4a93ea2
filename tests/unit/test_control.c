/* test_control.c - the controllers from end to end, under a clock moved by hand. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "tests/unit/control_kit.h"
#include "core/base/log.h"
#include "core/base/stamp.h"

#define TEMPLATE(restart)                    \
    "      template:\n"                      \
    "        spec:\n"                        \
    "          runtimeClassName: host\n"     \
    "          restartPolicy: " restart "\n" \
    "          containers:\n"                \
    "          - {name: m, command: [work, hard]}\n"

/* A CronJob "c" for every minute; SPEC and JOB are further lines of its two specs. */
#define CRONJOB(spec, job, restart)             \
    "apiVersion: batch/v1\n"                    \
    "kind: CronJob\n"                           \
    "metadata: {name: c}\n"                     \
    "spec:\n"                                   \
    "  schedule: '* * * * *'\n"                 \
    "  timeZone: UTC\n" spec "  jobTemplate:\n" \
    "    spec:\n" job                           \
    TEMPLATE(restart)

/* The same for a bare Job "j", two levels out. */
#define JOB(job, restart)                \
    "apiVersion: batch/v1\n"             \
    "kind: Job\n"                        \
    "metadata: {name: j}\n"              \
    "spec:\n" job "  template:\n"        \
    "    spec:\n"                        \
    "      runtimeClassName: host\n"     \
    "      restartPolicy: " restart "\n" \
    "      containers:\n"                \
    "      - {name: m, command: [work, hard]}\n"

static void same(char *got, const char *want, const char *what)
{
    if (strcmp(got, want) != 0) {
        fail_msg("%s:\n--- got\n%s--- want\n%s", what, got, want);
    }
    free(got);
}

#define jobs_are(want) same(world_jobs(world), want, "jobs")
#define pods_are(want) same(world_pods(world), want, "pods")
#define runs_are(want) same(world_runs(world), want, "runs")
#define events_are(about, want) same(world_events(world, about), want, "events of " about)
#define text_is(kind, name, path, want) \
    assert_string_equal(world_get(world, kind, name, path), want)

/* --- the plain path ------------------------------------------------------------------------- */

static void a_slot_becomes_a_job_a_pod_a_run_and_a_row(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    jobs_are("");
    assert_true(control_next_due(world->control) == INT64_C(1583224140) * NSEC_PER_SEC);
    world_leap(world, "08:29:00");
    jobs_are("c-26387069 Running succeeded=0 failed=0\n");
    pods_are("c-26387069 Running m:running#0\n");
    runs_are("08:29:00 Running schedule attempts=1\n");
    text_is(KIND_CRONJOB, "c", "status.active[0].name", "c-26387069");
    text_is(KIND_CRONJOB, "c", "status.lastScheduleTime", "2020-03-03T08:29:00Z");
    text_is(KIND_CRONJOB, "c", "status.lastRun.result", "Running");
    text_is(KIND_CRONJOB, "c", "status.recentRuns", ">");
    text_is(KIND_JOB, "c-26387069", "metadata.ownerReferences[0].name", "c");
    text_is(KIND_JOB, "c-26387069", "status.startTime", "2020-03-03T08:29:00Z");
    text_is(KIND_JOB, "c-26387069", "status.ready", "1");
    assert_string_equal(executor_fake_at(world->executor, 0)->command, "work hard");
    world_pass(world, 5);
    world_exit(world, 0);
    jobs_are("c-26387069 Complete succeeded=1 failed=0\n");
    pods_are("c-26387069 Succeeded m:0/Completed#0\n");
    runs_are("08:29:00 Succeeded schedule attempts=1 exit=0\n");
    text_is(KIND_CRONJOB, "c", "status.active", "");
    text_is(KIND_CRONJOB, "c", "status.lastSuccessfulTime", "2020-03-03T08:29:05Z");
    text_is(KIND_CRONJOB, "c", "status.lastRun.result", "Succeeded");
    text_is(KIND_CRONJOB, "c", "status.lastRun.exitCode", "0");
    text_is(KIND_CRONJOB, "c", "status.recentRuns", ".");
    text_is(KIND_JOB, "c-26387069", "status.completionTime", "2020-03-03T08:29:05Z");
    text_is(KIND_JOB, "c-26387069", "status.conditions[0].type", "SuccessCriteriaMet");
    text_is(KIND_JOB, "c-26387069", "status.conditions[1].reason", "CompletionsReached");
    events_are("c", "Normal SawCompletedJob x1\nNormal SuccessfulCreate x1\n");
    events_are("c-26387069", "Normal Completed x1\nNormal SuccessfulCreate x1\n");
    assert_int_equal(world_attempts(world), 1);
}

static void the_time_of_the_slot_stands_on_the_job_in_its_zone(void **state)
{
    struct world *world = *state;
    world_create(world, "apiVersion: batch/v1\n"
                        "kind: CronJob\n"
                        "metadata: {name: c}\n"
                        "spec:\n"
                        "  schedule: '30 3 * * *'\n"
                        "  timeZone: America/New_York\n"
                        "  jobTemplate:\n"
                        "    metadata: {labels: {team: a}, annotations: {note: b}}\n"
                        "    spec:\n" TEMPLATE("Never"));
    world_leap(world, "08:30:00");
    text_is(KIND_JOB, "c-26387070", "metadata.annotations",
            "{\"note\":\"b\",\"batch.kubernetes.io/cronjob-scheduled-timestamp\":"
            "\"2020-03-03T03:30:00-05:00\"}");
    text_is(KIND_JOB, "c-26387070", "metadata.labels.team", "a");
}

static void a_failing_job_is_tried_again_with_growing_pauses(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  backoffLimit: 2\n", "Never"));
    /* As measured on Kubernetes: pods at 0, 12 and 34 s, each two seconds long. */
    static const int starts[] = {0, 12, 34};
    int second = 0;
    for (size_t i = 0; i < countof(starts); i++) {
        world_pass(world, starts[i] - second - 1 > 0 ? starts[i] - second - 1 : 0);
        assert_int_equal(world_attempts(world), i == 0 ? 1 : i);
        world_pass(world, starts[i] > second ? 1 : 0);
        assert_int_equal(world_attempts(world), i + 1);
        world_pass(world, 2);
        second = starts[i] + 2;
        world_exit(world, 3);
    }
    jobs_are("j Failed succeeded=0 failed=3\n");
    pods_are("j Failed m:3/Error#0\nj Failed m:3/Error#0\nj Failed m:3/Error#0\n");
    text_is(KIND_JOB, "j", "status.conditions[0].type", "FailureTarget");
    text_is(KIND_JOB, "j", "status.conditions[1].reason", "BackoffLimitExceeded");
    world_pass(world, 400);
    assert_int_equal(world_attempts(world), 3);
    events_are("j", "Normal SuccessfulCreate x1\nNormal SuccessfulCreate x1\n"
                    "Normal SuccessfulCreate x1\nWarning BackoffLimitExceeded x1\n");
}

static void on_failure_restarts_in_the_same_pod(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  backoffLimit: 2\n", "OnFailure"));
    world_exit(world, 1);
    pods_are("j Running m:CrashLoopBackOff#0\n");
    world_pass(world, 10);
    pods_are("j Running m:running#1\n");
    assert_int_equal(executor_fake_at(world->executor, 1)->id.number, 1);
    world_exit(world, 1);
    world_pass(world, 19);
    pods_are("j Running m:CrashLoopBackOff#1\n");
    /* The second restart reaches the limit: it is not begun. */
    world_pass(world, 1);
    jobs_are("j Failed succeeded=0 failed=1\n");
    assert_int_equal(world_attempts(world), 2);
    text_is(KIND_JOB, "j", "status.conditions[1].reason", "BackoffLimitExceeded");
}

static void on_failure_succeeds_at_the_second_attempt(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "OnFailure"));
    world_leap(world, "08:29:00");
    world_exit(world, 1);
    world_pass(world, 10);
    world_exit(world, 0);
    jobs_are("c-26387069 Complete succeeded=1 failed=0\n");
    runs_are("08:29:00 Succeeded schedule attempts=2 exit=0\n");
    pods_are("c-26387069 Succeeded m:0/Completed#1\n");
}

static void the_deadline_ends_a_job(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  activeDeadlineSeconds: 50\n", "Never"));
    world_pass(world, 49);
    jobs_are("j Running succeeded=0 failed=0\n");
    world_pass(world, 1);
    jobs_are("j Failed succeeded=0 failed=1\n");
    text_is(KIND_JOB, "j", "status.conditions[1].reason", "DeadlineExceeded");
    assert_int_equal(world_running(world), 0);
    world_pass(world, 100);
    assert_int_equal(world_attempts(world), 1);
}

static void the_deadline_spans_the_pauses_between_attempts(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  activeDeadlineSeconds: 15\n", "Never"));
    world_exit(world, 1);
    world_pass(world, 10);
    assert_int_equal(world_running(world), 1);
    world_pass(world, 5);
    jobs_are("j Failed succeeded=0 failed=2\n");
    assert_int_equal(world_running(world), 0);
}

static void a_finished_job_lives_as_long_as_it_may(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  ttlSecondsAfterFinished: 5\n", "Never"));
    world_exit(world, 0);
    world_pass(world, 4);
    jobs_are("j Complete succeeded=1 failed=0\n");
    world_pass(world, 1);
    jobs_are("");
    pods_are("");
    events_are("j", "");
}

/* --- CronJobs ------------------------------------------------------------------------------- */

static void the_history_keeps_so_many(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("  successfulJobsHistoryLimit: 2\n  failedJobsHistoryLimit: 1\n",
                                "      backoffLimit: 0\n", "Never"));
    world_leap(world, "08:29:00");
    static const int codes[] = {0, 1, 0, 1, 0};
    for (size_t i = 0; i < countof(codes); i++) {
        world_exit(world, codes[i]);
        world_pass(world, 60);
    }
    jobs_are("c-26387071 Complete succeeded=1 failed=0\n"
             "c-26387072 Failed succeeded=0 failed=1\n"
             "c-26387073 Complete succeeded=1 failed=0\n"
             "c-26387074 Running succeeded=0 failed=0\n");
    same(xstrdup(world_get(world, KIND_CRONJOB, "c", "status.recentRuns")), ".x.x.>", "runs");
    assert_int_equal(world_attempts(world), 6);
}

static void forbid_holds_a_slot_back_and_makes_up_for_it(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("  concurrencyPolicy: Forbid\n", "", "Never"));
    world_leap(world, "08:29:00");
    world_pass(world, 120);
    runs_are("08:31:00 Waiting JobAlreadyActive\n"
             "08:30:00 SkippedForbid JobAlreadyActive\n"
             "08:29:00 Running schedule attempts=1\n");
    events_are("c", "Normal JobAlreadyActive x2\nNormal SuccessfulCreate x1\n");
    assert_int_equal(world_running(world), 1);
    world_pass(world, 20);
    world_exit(world, 0);
    runs_are("08:31:00 Running catch-up attempts=1\n"
             "08:30:00 SkippedForbid JobAlreadyActive\n"
             "08:29:00 Succeeded schedule attempts=1 exit=0\n");
    text_is(KIND_CRONJOB, "c", "status.lastScheduleTime", "2020-03-03T08:31:00Z");
}

static void replace_stops_the_one_before(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("  concurrencyPolicy: Replace\n", "", "Never"));
    world_leap(world, "08:29:00");
    world_pass(world, 60);
    jobs_are("c-26387070 Running succeeded=0 failed=0\n");
    pods_are("c-26387070 Running m:running#0\n");
    assert_int_equal(world_running(world), 1);
    runs_are("08:30:00 Running schedule attempts=1\n08:29:00 Replaced schedule attempts=1\n");
    events_are("c", "Normal SuccessfulCreate x1\nNormal SuccessfulCreate x1\n"
                    "Normal SuccessfulDelete x1\n");
}

static void allow_runs_them_side_by_side(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    world_pass(world, 120);
    assert_int_equal(world_running(world), 3);
    text_is(KIND_CRONJOB, "c", "status.active[2].name", "c-26387071");
}

static void suspend_holds_the_schedule_and_resume_makes_up_for_the_latest(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    world_patch(world, KIND_CRONJOB, "c", "{\"spec\":{\"suspend\":true}}");
    assert_true(control_next_due(world->control) == NSEC_NONE);
    world_pass(world, 200);
    assert_int_equal(world_running(world), 1);
    world_patch(world, KIND_CRONJOB, "c", "{\"spec\":{\"suspend\":false}}");
    runs_are("08:32:00 Running catch-up attempts=1\n"
             "08:30:00-08:31:00 x2 Suspended\n"
             "08:29:00 Running schedule attempts=1\n");
}

static void an_edited_schedule_begins_at_the_edit(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_patch(world, KIND_CRONJOB, "c", "{\"spec\":{\"schedule\":\"0 0 1 1 *\"}}");
    world_leap(world, "10:00:00");
    world_patch(world, KIND_CRONJOB, "c", "{\"spec\":{\"schedule\":\"*/5 * * * *\"}}");
    jobs_are("");
    runs_are("");
    world_leap(world, "10:05:00");
    runs_are("10:05:00 Running schedule attempts=1\n");
}

static void a_draft_begins_when_it_is_started(void **state)
{
    struct world *world = *state;
    world_create(world, "apiVersion: batch/v1\n"
                        "kind: CronJob\n"
                        "metadata: {name: c, annotations: {belfry/draft: 'true'}}\n"
                        "spec:\n"
                        "  schedule: '* * * * *'\n"
                        "  timeZone: UTC\n"
                        "  suspend: true\n"
                        "  jobTemplate:\n"
                        "    spec:\n" TEMPLATE("Never"));
    world_leap(world, "10:00:30");
    world_patch(world, KIND_CRONJOB, "c",
                "{\"metadata\":{\"annotations\":{\"belfry/draft\":null}},\"spec\":{\"suspend\":"
                "false}}");
    runs_are("");
    text_is(KIND_CRONJOB, "c", "status.lastScheduleTime", "2020-03-03T10:00:30Z");
    world_leap(world, "10:01:00");
    runs_are("10:01:00 Running schedule attempts=1\n");
}

static void a_forced_run_leaves_the_schedule_alone(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("  concurrencyPolicy: Forbid\n", "", "Never"));
    autofree char *uid = xstrdup(world_get(world, KIND_CRONJOB, "c", "metadata.uid"));
    autofree char *yaml =
        xasprintf("apiVersion: batch/v1\n"
                  "kind: Job\n"
                  "metadata:\n"
                  "  name: c-manual-abcde\n"
                  "  annotations: {cronjob.kubernetes.io/instantiate: manual, belfry/who: me}\n"
                  "  ownerReferences:\n"
                  "  - {apiVersion: batch/v1, kind: CronJob, name: c, uid: %s, controller: true}\n"
                  "spec:\n"
                  "  template:\n"
                  "    spec:\n"
                  "      runtimeClassName: host\n"
                  "      restartPolicy: Never\n"
                  "      containers: [{name: m, command: [work]}]\n",
                  uid);
    world_create(world, yaml);
    runs_are("forced Running manual attempts=1\n");
    text_is(KIND_CRONJOB, "c", "status.lastScheduleTime", "");
    text_is(KIND_CRONJOB, "c", "status.lastRun.name", "c-manual-abcde");
    world_leap(world, "08:29:00");
    runs_are("08:29:00 Running schedule attempts=1\nforced Running manual attempts=1\n");
    assert_int_equal(world_running(world), 2);
    events_are("c", "Normal SuccessfulCreate x1\n");
}

static void a_name_that_is_taken_is_not_started_now_or_later(void **state)
{
    struct world *world = *state;
    world_create(world, "apiVersion: batch/v1\n"
                        "kind: Job\n"
                        "metadata: {name: c-26387069}\n"
                        "spec:\n"
                        "  suspend: true\n"
                        "  template:\n"
                        "    spec:\n"
                        "      runtimeClassName: host\n"
                        "      restartPolicy: Never\n"
                        "      containers: [{name: m, command: [work]}]\n");
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    runs_are("08:29:00 Failed FailedCreate\n");
    world_leap(world, "08:30:00");
    runs_are("08:30:00 Running schedule attempts=1\n08:29:00 Failed FailedCreate\n");
}

static void a_pod_without_a_runtime_waits_and_says_why(void **state)
{
    struct world *world = *state;
    world->options.runtime = "podman-that-is-not-there";
    world_stop(world);
    world_start(world);
    world_create(world, "apiVersion: batch/v1\n"
                        "kind: Job\n"
                        "metadata: {name: j}\n"
                        "spec:\n"
                        "  template:\n"
                        "    spec:\n"
                        "      restartPolicy: Never\n"
                        "      containers: [{name: m, image: busybox}]\n");
    pods_are("j Pending m:ContainerRuntimeUnavailable#0\n");
    jobs_are("j Running succeeded=0 failed=0\n");
    assert_int_equal(world_attempts(world), 0);
}

static void a_container_that_cannot_run_fails_its_pod(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  backoffLimit: 0\n", "Never"));
    struct attempt_id id = executor_fake_at(world->executor, 0)->id;
    struct exit_record record = {.reason = EXIT_CONTAINER_CANNOT_RUN,
                                 .code = 127,
                                 .finished = clk_wall(world->clk),
                                 .message = "no such program"};
    assert_true(executor_fake_end(world->executor, &id, &record));
    world_settle(world);
    jobs_are("j Failed succeeded=0 failed=1\n");
    pods_are("j Failed m:127/ContainerCannotRun#0\n");
}

/* --- outages, restarts, failures ------------------------------------------------------------ */

static void a_long_outage_blocks_until_somebody_decides(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    world_exit(world, 0);
    world_stop(world);
    world_leap(world, "10:21:00");
    world_start(world);
    world_settle(world);
    runs_are("08:30:00-10:21:00 x112 Blocked\n"
             "08:29:00 Succeeded schedule attempts=1 exit=0\n");
    world_leap(world, "10:22:00");
    runs_are("08:30:00-10:22:00 x113 Blocked\n"
             "08:29:00 Succeeded schedule attempts=1 exit=0\n");
    same(world_events(world, "c"),
         "Normal SawCompletedJob x1\nNormal SuccessfulCreate x1\nWarning FailedNeedsStart x2\n",
         "events");
    /* A deadline takes the block away, and the slot of the last row is started after all. */
    world_pass(world, 10);
    world_patch(world, KIND_CRONJOB, "c", "{\"spec\":{\"startingDeadlineSeconds\":200}}");
    runs_are("10:22:00 Running schedule attempts=1\n"
             "08:30:00-10:21:00 x112 Blocked\n"
             "08:29:00 Succeeded schedule attempts=1 exit=0\n");
}

static void an_outage_within_the_deadline_starts_the_latest(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("  startingDeadlineSeconds: 200\n", "", "Never"));
    world_leap(world, "08:29:00");
    world_exit(world, 0);
    world_stop(world);
    world_leap(world, "10:22:00");
    world_start(world);
    world_settle(world);
    runs_are("10:22:00 Running schedule attempts=1\n"
             "10:19:00-10:21:00 x3 SchedulerDown\n"
             "08:30:00-10:18:00 x109 MissedDeadline\n"
             "08:29:00 Succeeded schedule attempts=1 exit=0\n");
}

static void a_restart_takes_over_what_runs_and_starts_nothing_twice(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    assert_int_equal(world_attempts(world), 1);
    world_stop(world);
    world_start(world);
    world_settle(world);
    assert_int_equal(world_attempts(world), 1);
    jobs_are("c-26387069 Running succeeded=0 failed=0\n");
    world_exit(world, 7);
    world_pass(world, 5);
    pods_are("c-26387069 Failed m:7/Error#0\n");
    /* The pause goes on over another restart. */
    world_stop(world);
    world_start(world);
    world_settle(world);
    world_pass(world, 4);
    assert_int_equal(world_attempts(world), 1);
    world_pass(world, 1);
    assert_int_equal(world_attempts(world), 2);
}

static void an_attempt_that_ended_meanwhile_is_settled(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("", "Never"));
    world_stop(world);
    struct attempt_id id = executor_fake_at(world->executor, 0)->id;
    struct exit_record record = {.reason = EXIT_COMPLETED,
                                 .started = clk_wall(world->clk),
                                 .finished = clk_wall(world->clk) + NSEC_PER_SEC};
    world_exit(world, 0);
    world_leap(world, "08:40:00");
    world_start(world);
    /* The real executor tells what it finds on disk. */
    world->executor->events.on_exit(world->executor->events.data, &id, &record);
    world_settle(world);
    jobs_are("j Complete succeeded=1 failed=0\n");
    assert_int_equal(world_attempts(world), 1);
}

static void an_interrupted_attempt_counts_as_a_failure(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "      backoffLimit: 0\n", "Never"));
    world_leap(world, "08:29:00");
    struct attempt_id id = executor_fake_at(world->executor, 0)->id;
    struct exit_record record = {.reason = EXIT_INTERRUPTED,
                                 .code = 137,
                                 .started = clk_wall(world->clk),
                                 .finished = clk_wall(world->clk)};
    assert_true(executor_fake_end(world->executor, &id, &record));
    world_settle(world);
    runs_are("08:29:00 Interrupted BackoffLimitExceeded schedule attempts=1 exit=137\n");
}

/* A disk that takes no more, and one that does again. */
static void tighten_disk(bool tight)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_IGN);
    limit.rlim_cur = tight ? 4096 : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Kills the scheduler at every commit of a busy minute and begins anew: each slot has one Job,
 * each Job one attempt. */
static void a_crash_at_any_commit_starts_nothing_twice(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("  successfulJobsHistoryLimit: 100\n", "", "Never"));
    for (int crash = 0; crash < 12; crash++) {
        clk_virtual_advance(world->clk, 60 * NSEC_PER_SEC);
        /* So many turns are done, then nothing more is committed. */
        for (int turn = 0; turn < crash; turn++) {
            struct error err = {0};
            control_poke(world->control);
            store_commit(world->store, &err);
            executor_fake_turn(world->executor);
            if (world_running(world) > 0 && turn > 4) {
                const struct fake_attempt *last =
                    executor_fake_at(world->executor, world_attempts(world) - 1);
                struct attempt_id id = last->id;
                executor_fake_exit(world->executor, &id, 0);
            }
        }
        control_poke(world->control);
        /* Not even the stop may commit. */
        tighten_disk(true);
        world_stop(world);
        tighten_disk(false);
        world_start(world);
        world_settle(world);
        while (world_running(world) > 0) {
            world_exit(world, 0);
        }
    }
    autofree char *runs = world_runs(world);
    size_t rows = 0, attempts = world_attempts(world);
    for (const char *at = runs; (at = strchr(at, '\n')); at++) {
        rows++;
    }
    assert_int_equal(rows, 12);
    assert_int_equal(attempts, 12);
}

static void a_full_disk_is_waited_out(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    log_set_level(LOG_ERROR_LEVEL);
    tighten_disk(true);
    world_leap(world, "08:29:00");
    size_t attempts = world_attempts(world);
    bool made = world_has(world, KIND_JOB, "c-26387069");
    tighten_disk(false);
    assert_int_equal(attempts, 0);
    assert_false(made);
    world_pass(world, 5);
    runs_are("08:29:00 Running schedule attempts=1\n");
}

static void a_clock_that_is_set_back_starts_nothing_twice(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:30:00");
    size_t attempts = world_attempts(world);
    clk_virtual_step(world->clk, -90 * NSEC_PER_SEC);
    world_settle(world);
    world_pass(world, 90);
    assert_int_equal(world_attempts(world), attempts);
    world_pass(world, 60);
    assert_int_equal(world_attempts(world), attempts + 1);
}

static void a_clock_that_is_set_moves_no_deadline(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  activeDeadlineSeconds: 50\n", "Never"));
    world_pass(world, 20);
    clk_virtual_step(world->clk, -3600 * NSEC_PER_SEC);
    world_pass(world, 29);
    jobs_are("j Running succeeded=0 failed=0\n");
    world_pass(world, 1);
    jobs_are("j Failed succeeded=0 failed=1\n");
}

/* --- deletion ------------------------------------------------------------------------------- */

static void deleting_a_cronjob_takes_everything_along(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    assert_int_equal(world_running(world), 1);
    world_delete(world, KIND_CRONJOB, "c", PROPAGATION_BACKGROUND);
    assert_false(world_has(world, KIND_CRONJOB, "c"));
    jobs_are("");
    pods_are("");
    assert_int_equal(world_running(world), 0);
    runs_are("08:29:00 Stopped schedule attempts=1\n");
    assert_int_equal(control_armed(world->control), 0);
}

/* Handed over, but not begun yet: the order cannot be taken back, so its end is waited for. */
static void a_job_deleted_on_its_way_to_the_executor_is_stopped(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    for (int restarted = 0; restarted < 2; restarted++) {
        struct delete_request request = {.key = {KIND_JOB, "default", "j"}};
        size_t before = world_attempts(world);
        world_hold(world, true);
        world_create(world, JOB("", "Never"));
        assert_int_equal(world_attempts(world), before + 1);
        if (restarted) {
            world_hold(world, false);
            assert_int_equal(executor_fake_turn(world->executor), 1);
            world_hold(world, true);
            world_stop(world);
            world_start(world);
        }
        assert_true(control_delete(world->store, &request, NULL, NULL, &err));
        world_settle(world);
        pods_are("j Pending m:ContainerCreating#0 deleted\n");
        world_hold(world, false);
        world_settle(world);
        pods_are("");
        assert_int_equal(world_running(world), 0);
    }
}

static void foreground_deletion_ends_with_the_last_pod(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    struct delete_request request = {.key = {KIND_CRONJOB, "default", "c"},
                                     .propagation = PROPAGATION_FOREGROUND};
    bool gone = true;
    assert_true(control_delete(world->store, &request, NULL, &gone, &err));
    assert_true(store_commit(world->store, &err));
    assert_false(gone);
    text_is(KIND_CRONJOB, "c", "metadata.finalizers", "[\"foregroundDeletion\"]");
    assert_true(world_has(world, KIND_JOB, "c-26387069"));
    world_settle(world);
    assert_false(world_has(world, KIND_CRONJOB, "c"));
    jobs_are("");
    pods_are("");
}

static void orphans_stay(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    world_leap(world, "08:29:00");
    world_delete(world, KIND_CRONJOB, "c", PROPAGATION_ORPHAN);
    assert_false(world_has(world, KIND_CRONJOB, "c"));
    text_is(KIND_JOB, "c-26387069", "metadata.ownerReferences", "");
    assert_int_equal(world_running(world), 1);
    world_exit(world, 0);
    jobs_are("c-26387069 Complete succeeded=1 failed=0\n");
}

static void a_pod_deleted_by_hand_is_a_failure_and_is_replaced(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("", "Never"));
    struct object_filter filter = {.kind = KIND_POD};
    struct error err = {0};
    struct object pod;
    struct object_cursor *cursor = objects_cursor_open(world->store, &filter, NULL, &err);
    assert_int_equal(objects_cursor_next(cursor, &pod, &err), CURSOR_ROW);
    autofree char *name = xstrdup(pod.name);
    objects_cursor_close(cursor);
    world_delete(world, KIND_POD, name, PROPAGATION_BACKGROUND);
    pods_are("");
    jobs_are("j Running succeeded=0 failed=1\n");
    world_pass(world, 10);
    pods_are("j Running m:running#0\n");
}

static void a_suspended_job_stops_its_pods_and_begins_anew(void **state)
{
    struct world *world = *state;
    world_create(world, JOB("  activeDeadlineSeconds: 60\n", "Never"));
    world_pass(world, 30);
    world_patch(world, KIND_JOB, "j", "{\"spec\":{\"suspend\":true}}");
    jobs_are("j Suspended succeeded=0 failed=0\n");
    assert_int_equal(world_running(world), 0);
    world_pass(world, 100);
    world_patch(world, KIND_JOB, "j", "{\"spec\":{\"suspend\":false}}");
    text_is(KIND_JOB, "j", "status.startTime", "2020-03-03T08:30:40Z");
    assert_int_equal(world_running(world), 1);
    world_pass(world, 59);
    assert_int_equal(world_running(world), 1);
    world_pass(world, 1);
    jobs_are("j Failed succeeded=0 failed=1\n");
}

/* --- many ----------------------------------------------------------------------------------- */

static void a_thousand_due_at_once_start_in_one_transaction(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < 1000; i++) {
        autofree char *yaml = xasprintf("{apiVersion: batch/v1, kind: CronJob, metadata: {name: "
                                        "c%d}, spec: {schedule: '30 8 * * *', timeZone: UTC, "
                                        "jobTemplate: {spec: {template: {spec: {runtimeClassName: "
                                        "host, restartPolicy: Never, containers: [{name: m, "
                                        "command: [work]}]}}}}}}\n",
                                        i);
        world_create(world, yaml);
    }
    assert_int_equal(control_armed(world->control), 1000);
    clk_virtual_advance(world->clk, 90 * NSEC_PER_SEC);
    struct error err = {0};
    uint64_t before = store_stats(world->store).commits;
    while (world_attempts(world) < 1000) {
        assert_true(control_poke(world->control));
        assert_true(store_commit(world->store, &err));
    }
    assert_int_equal(store_stats(world->store).commits - before, 1);
    world_settle(world);
    assert_int_equal(world_running(world), 1000);
    while (world_running(world) > 990) {
        world_exit(world, 0);
    }
}

static void nothing_is_due_and_nothing_is_done_while_nothing_happens(void **state)
{
    struct world *world = *state;
    world_create(world, CRONJOB("", "", "Never"));
    uint64_t writes = store_stats(world->store).writes;
    world_pass(world, 29);
    assert_false(control_poke(world->control));
    assert_int_equal(store_stats(world->store).writes, writes);
    assert_int_equal(control_ready(world->control), 0);
}

int main(void)
{
#define in_world(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        in_world(a_slot_becomes_a_job_a_pod_a_run_and_a_row),
        in_world(the_time_of_the_slot_stands_on_the_job_in_its_zone),
        in_world(a_failing_job_is_tried_again_with_growing_pauses),
        in_world(on_failure_restarts_in_the_same_pod),
        in_world(on_failure_succeeds_at_the_second_attempt),
        in_world(the_deadline_ends_a_job),
        in_world(the_deadline_spans_the_pauses_between_attempts),
        in_world(a_finished_job_lives_as_long_as_it_may),
        in_world(the_history_keeps_so_many),
        in_world(forbid_holds_a_slot_back_and_makes_up_for_it),
        in_world(replace_stops_the_one_before),
        in_world(allow_runs_them_side_by_side),
        in_world(suspend_holds_the_schedule_and_resume_makes_up_for_the_latest),
        in_world(an_edited_schedule_begins_at_the_edit),
        in_world(a_draft_begins_when_it_is_started),
        in_world(a_forced_run_leaves_the_schedule_alone),
        in_world(a_name_that_is_taken_is_not_started_now_or_later),
        in_world(a_pod_without_a_runtime_waits_and_says_why),
        in_world(a_container_that_cannot_run_fails_its_pod),
        in_world(a_long_outage_blocks_until_somebody_decides),
        in_world(an_outage_within_the_deadline_starts_the_latest),
        in_world(a_restart_takes_over_what_runs_and_starts_nothing_twice),
        in_world(an_attempt_that_ended_meanwhile_is_settled),
        in_world(an_interrupted_attempt_counts_as_a_failure),
        in_world(a_crash_at_any_commit_starts_nothing_twice),
        in_world(a_full_disk_is_waited_out),
        in_world(a_clock_that_is_set_back_starts_nothing_twice),
        in_world(a_clock_that_is_set_moves_no_deadline),
        in_world(deleting_a_cronjob_takes_everything_along),
        in_world(a_job_deleted_on_its_way_to_the_executor_is_stopped),
        in_world(foreground_deletion_ends_with_the_last_pod),
        in_world(orphans_stay),
        in_world(a_pod_deleted_by_hand_is_a_failure_and_is_replaced),
        in_world(a_suspended_job_stops_its_pods_and_begins_anew),
        in_world(a_thousand_due_at_once_start_in_one_transaction),
        in_world(nothing_is_due_and_nothing_is_done_while_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
