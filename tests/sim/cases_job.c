/* cases_job.c - a Job's whole life under a clock of its own, its pods behaving as they are told. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/control/decide/decide_job.h"
#include "core/control/decide/decide_pod.h"
#include "tests/sim/cases.h"

#define LIFE_MOST (400 * INT64_C(86400) * NSEC_PER_SEC) /* then it is left to itself */
#define TURNS_MOST 100000
#define NEVER INT64_MAX

/* A pod of one container. */
struct sim_pod {
    const char *name;
    struct pod_fact fact;
    struct container_fact container;
    nsec_t ends;  /* of the attempt that runs; NEVER */
    nsec_t ended; /* of the last one */
    nsec_t wake;
    int64_t seconds, exit_code; /* of each attempt */
};

struct play {
    cJSON *one;
    const cJSON *given;
    struct job job;
    vec(struct sim_pod) pods;
    vec(struct pod_fact) facts;
    nsec_t now, started, finished, deleted, last_failure, wake;
    int64_t row, stopped;
    bool changed;
    cJSON *starts;
};

static struct opt_int number_at(const cJSON *object, const char *key)
{
    int64_t value;
    return tree_int(object, key, &value) ? opt_int_of(value) : (struct opt_int){0};
}

static nsec_t moment(const cJSON *object, const char *key)
{
    struct opt_int seconds = number_at(object, key);
    return seconds.set ? seconds.value * NSEC_PER_SEC : NEVER;
}

static void begin(struct play *play)
{
    static const char *const missing[] = {"podFailurePolicy", "successPolicy",
                                          "backoffLimitPerIndex"};
    const cJSON *given = play->given;
    for (size_t i = 0; i < countof(missing); i++) {
        if (tree_member(given, missing[i])) {
            bad_case(play->one, "a policy that the engine does not have yet");
        }
    }
    if (strcmp(tree_str_or(given, "completionMode", "NonIndexed"), "NonIndexed") != 0) {
        bad_case(play->one, "a completionMode that the engine does not have yet");
    }
    struct job_spec *spec = &play->job.spec;
    play->job.meta = (struct meta){.name = "j", .deletion = SEC_NONE};
    spec->parallelism = number_at(given, "parallelism");
    spec->completions = number_at(given, "completions");
    if (!spec->parallelism.set && !spec->completions.set) {
        spec->completions = opt_int_of(1);
    }
    if (!spec->parallelism.set) {
        spec->parallelism = opt_int_of(1);
    }
    spec->backoff_limit = number_at(given, "backoffLimit");
    spec->active_deadline_seconds = number_at(given, "activeDeadlineSeconds");
    spec->ttl_seconds_after_finished = number_at(given, "ttlSecondsAfterFinished");
    spec->suspend = tree_bool(given, "suspend", false);
    bool on_failure = strcmp(tree_str_or(given, "restartPolicy", "Never"), "OnFailure") == 0;
    spec->template.spec.restart_policy = on_failure ? RESTART_ON_FAILURE : RESTART_NEVER;
    play->job.status.start_time = play->job.status.completion_time = SEC_NONE;
    play->finished = play->deleted = play->wake = NEVER;
}

/* --- pods ----------------------------------------------------------------------------------- */

static void create_pod(struct play *play)
{
    const cJSON *behaviours = tree_get(play->given, "pods");
    int last = cJSON_GetArraySize(behaviours) - 1;
    int at = (int)play->pods.len < last ? (int)play->pods.len : last;
    const cJSON *behaviour = cJSON_GetArrayItem(behaviours, at);
    if (!behaviour) {
        bad_case(play->one, "\"pods\" is empty");
    }
    autofree char *name = xasprintf("p%zu", play->pods.len);
    struct sim_pod pod = {.name = keep_text(play->one, name),
                          .ends = NEVER,
                          .wake = NEVER,
                          .seconds = tree_int_or(behaviour, "seconds", 1),
                          .exit_code = tree_int_or(behaviour, "exitCode", 0)};
    pod.fact = (struct pod_fact){.name = pod.name, .tracked = true};
    pod.container = (struct container_fact){.name = "m"};
    vec_push(&play->pods, pod);
    int64_t second = play->now / NSEC_PER_SEC;
    tree_add(play->starts, cJSON_CreateNumber((double)second));
}

static void end_attempt(struct play *play, struct sim_pod *pod, int64_t code)
{
    pod->container.phase = CONTAINER_TERMINATED;
    pod->container.exit_code = code;
    pod->container.backing_off = false;
    pod->ends = NEVER;
    pod->ended = play->now;
    pod->fact.ready = false;
}

static void set_phase(struct sim_pod *pod, const char *name)
{
    for (int i = 0; i < POD_PHASE_COUNT; i++) {
        if (strcmp(pod_phase_names[i], name) == 0) {
            pod->fact.phase = (enum pod_phase)i;
        }
    }
}

static void apply_pod(struct play *play, struct sim_pod *pod, const struct action *action)
{
    play->changed |= action->type != ACTION_WAKE && action->type != ACTION_EVENT;
    switch (action->type) {
    case ACTION_START_ATTEMPT:
        pod->container.phase = CONTAINER_RUNNING;
        pod->ends = play->now + pod->seconds * NSEC_PER_SEC;
        pod->fact.ready = true;
        break;
    case ACTION_STOP_ATTEMPT: end_attempt(play, pod, 143); break;
    case ACTION_WAIT: pod->container.backing_off = true; break;
    case ACTION_RESTART:
        pod->container.restarts = pod->fact.restarts = action->count;
        pod->container.phase = CONTAINER_WAITING;
        pod->container.backing_off = false;
        break;
    case ACTION_SET_PHASE: set_phase(pod, action->name); break;
    case ACTION_WAKE: pod->wake = play->now + action->delay; break;
    default: break;
    }
}

static void look_at_pod(struct play *play, struct sim_pod *pod)
{
    struct pod view_pod = {.meta = {.name = pod->name, .deletion = SEC_NONE},
                           .spec = play->job.spec.template.spec,
                           .status = {.phase = pod->fact.phase}};
    pod->container.ended_ago = play->now - pod->ended;
    pod->wake = NEVER;
    struct pod_view view = {.pod = &view_pod,
                            .mains = &pod->container,
                            .mains_len = 1,
                            .stop = pod->fact.stopped,
                            .backoff_seconds = 10};
    cleanup_with(actions_done) struct actions actions = {0};
    decide_pod(&view, &actions);
    for (size_t i = 0; i < actions.len; i++) {
        apply_pod(play, pod, &actions.data[i]);
    }
}

/* --- the Job -------------------------------------------------------------------------------- */

static struct sim_pod *find_pod(struct play *play, const char *name)
{
    for (size_t i = 0; i < play->pods.len; i++) {
        if (strcmp(play->pods.data[i].name, name) == 0) {
            return &play->pods.data[i];
        }
    }
    bad_case(play->one, "the Job names a pod that is not there");
}

static void set_condition(struct play *play, const struct action *action)
{
    struct condition condition = {.type = keep_text(play->one, action->name),
                                  .status = action->warning ? "True" : "False",
                                  .reason = keep_text(play->one, action->reason),
                                  .message = keep_text(play->one, action->message)};
    struct condition *old = conditions_find(&play->job.status.conditions, action->name);
    if (old) {
        *old = condition;
    } else {
        vec_push(&play->job.status.conditions, condition);
    }
    if (job_finished(&play->job) != JOB_NOT_FINISHED && play->finished == NEVER) {
        play->finished = play->now;
    }
}

static void count_pod(struct play *play, const struct action *action)
{
    struct sim_pod *pod = find_pod(play, action->name);
    pod->fact.tracked = false;
    if (action->fate == FATE_SUCCEEDED) {
        play->row = 0;
    } else if (action->fate == FATE_FAILED) {
        play->row++;
        play->last_failure = pod->ended;
    }
}

static void apply_job(struct play *play, const struct action *action)
{
    play->changed |= action->type != ACTION_WAKE && action->type != ACTION_EVENT;
    switch (action->type) {
    case ACTION_CREATE_POD: create_pod(play); break;
    case ACTION_STOP_POD:
        find_pod(play, action->name)->fact.stopping = true;
        find_pod(play, action->name)->fact.stopped = keep_text(play->one, action->reason);
        play->stopped++;
        break;
    case ACTION_COUNT_POD: count_pod(play, action); break;
    case ACTION_SET_CONDITION: set_condition(play, action); break;
    case ACTION_SET_START:
        play->job.status.start_time = 0;
        play->started = play->now;
        break;
    case ACTION_WAKE:
        play->wake =
            play->now + action->delay < play->wake ? play->now + action->delay : play->wake;
        break;
    case ACTION_DELETE_JOB: play->deleted = play->now; break;
    default: break;
    }
}

static void look_at_job(struct play *play)
{
    play->facts.len = 0;
    for (size_t i = 0; i < play->pods.len; i++) {
        play->pods.data[i].fact.ended_ago = play->now - play->pods.data[i].ended;
        vec_push(&play->facts, play->pods.data[i].fact);
    }
    play->wake = NEVER;
    struct job_view view = {
        .job = &play->job,
        .pods = play->facts.data,
        .pods_len = play->facts.len,
        .age = play->now - play->started,
        .since_finish = play->finished == NEVER ? 0 : play->now - play->finished,
        .failures_in_row = play->row,
        .since_failure = play->now - play->last_failure,
    };
    cleanup_with(actions_done) struct actions actions = {0};
    struct job_counts counts = {0};
    decide_job(&view, &actions, &counts);
    for (size_t i = 0; i < actions.len; i++) {
        apply_job(play, &actions.data[i]);
    }
    play->job.status.succeeded = counts.succeeded;
    play->job.status.failed = counts.failed;
}

/* --- time ----------------------------------------------------------------------------------- */

static void settle(struct play *play)
{
    do {
        play->changed = false;
        look_at_job(play);
        for (size_t i = 0; i < play->pods.len && play->deleted == NEVER; i++) {
            look_at_pod(play, &play->pods.data[i]);
        }
    } while (play->changed && play->deleted == NEVER);
}

static nsec_t sooner(nsec_t a, nsec_t b)
{
    return a < b ? a : b;
}

static nsec_t next_moment(const struct play *play)
{
    nsec_t next = play->wake;
    for (size_t i = 0; i < play->pods.len; i++) {
        next = sooner(next, sooner(play->pods.data[i].ends, play->pods.data[i].wake));
    }
    static const char *const keys[] = {"suspendAt", "resumeAt"};
    for (size_t i = 0; i < countof(keys); i++) {
        nsec_t at = moment(play->given, keys[i]);
        next = at > play->now ? sooner(next, at) : next;
    }
    return next;
}

static void pass_to(struct play *play, nsec_t moment_to)
{
    play->now = moment_to;
    for (size_t i = 0; i < play->pods.len; i++) {
        struct sim_pod *pod = &play->pods.data[i];
        if (pod->ends <= play->now) {
            end_attempt(play, pod, pod->exit_code);
        }
    }
    if (moment(play->given, "suspendAt") == play->now) {
        play->job.spec.suspend = true;
    }
    if (moment(play->given, "resumeAt") == play->now) {
        play->job.spec.suspend = false;
    }
}

static void put_moment(cJSON *object, const char *key, nsec_t when)
{
    if (when == NEVER) {
        tree_set(object, key, cJSON_CreateNull());
    } else {
        tree_set_int(object, key, when / NSEC_PER_SEC);
    }
}

static cJSON *sum_up(struct play *play)
{
    static const char *const ends[] = {
        [JOB_NOT_FINISHED] = NULL, [JOB_COMPLETE] = "Complete", [JOB_FAILED] = "Failed"};
    cJSON *got = cJSON_CreateObject();
    const struct condition *failed =
        conditions_true(&play->job.status.conditions, CONDITION_FAILED);
    const char *end = ends[job_finished(&play->job)];
    tree_set(got, "podStarts", play->starts);
    put_moment(got, "finishedAt", play->finished);
    tree_set(got, "condition", end ? cJSON_CreateString(end) : cJSON_CreateNull());
    tree_set(got, "reason", failed ? cJSON_CreateString(failed->reason) : cJSON_CreateNull());
    tree_set_int(got, "succeeded", play->job.status.succeeded);
    tree_set_int(got, "failed", play->job.status.failed);
    tree_set_int(got, "podsCreated", (int64_t)play->pods.len);
    tree_set_int(got, "stoppedPods", play->stopped);
    put_moment(got, "deletedAt", play->deleted);
    return got;
}

void job_case(cJSON *one, got_fn *fn, void *data)
{
    struct play play = {.one = one, .given = tree_get(one, "given"), .starts = cJSON_CreateArray()};
    begin(&play);
    for (int turn = 0; turn < TURNS_MOST; turn++) {
        settle(&play);
        nsec_t next = next_moment(&play);
        if (play.deleted != NEVER || next == NEVER || next > LIFE_MOST) {
            break;
        }
        pass_to(&play, next);
    }
    autotree cJSON *got = sum_up(&play);
    fn(one, 0, got, tree_get(one, "expect"), data);
    vec_done(&play.pods);
    vec_done(&play.facts);
    vec_done(&play.job.status.conditions);
}
