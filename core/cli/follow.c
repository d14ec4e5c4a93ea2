/* follow.c - the log of a pod or of a whole Job, attempt after attempt, to standard output. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/follow.h"

#include <stdio.h>
#include <string.h>

#include "core/base/map.h"
#include "core/cli/print.h"
#include "core/client/cache.h"
#include "core/model/meta.h"

struct following {
    uv_loop_t *loop;
    bool ended;
    struct error err;
};

static void on_line(void *data, const char *line, size_t len, bool partial)
{
    struct following *following = data;
    fwrite(line, 1, len, stdout);
    if (!partial) {
        putchar('\n');
    }
    /* It may have come with the loop's timers, and must be flushed before the loop sleeps. */
    uv_stop(following->loop);
}

static void on_end(void *data, const struct error *err)
{
    struct following *following = data;
    following->ended = true;
    uv_stop(following->loop);
    if (err != NULL) {
        following->err = *err;
    }
}

bool follow_pod(struct session *session, const struct logstream_options *options, struct error *err)
{
    struct following following = {.loop = &session->loop};
    struct logstream *stream = logstream_new(session->http, options, on_line, on_end, &following);
    while (!following.ended) {
        uv_run(&session->loop, UV_RUN_ONCE);
        print_text(""); /* flushes what this turn brought; ends the program on a closed pipe */
    }
    logstream_free(stream);
    *err = following.err;
    return following.err.code == ERROR_NONE;
}

static bool newer(const cJSON *a, const cJSON *b)
{
    sec_t ta = tree_time(a, "metadata.creationTimestamp");
    sec_t tb = tree_time(b, "metadata.creationTimestamp");
    if (ta != tb) {
        return ta > tb;
    }
    /* Within one second the resourceVersion of the creation is not kept; any order is as good. */
    return strcmp(tree_str_or(a, "metadata.name", ""), tree_str_or(b, "metadata.name", "")) > 0;
}

bool newest_pod(struct session *session, const char *ns, const char *job, char **ret,
                struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    autofree char *labels = xasprintf(LABEL_JOB_NAME "=%s", job);
    autotree cJSON *list = NULL;
    const cJSON *pod, *best = NULL;
    call_path(&path, KIND_POD, ns, NULL, NULL);
    call_query(&path, "labelSelector", labels);
    if (!session_request(session, NULL, path.data, NULL, NULL, NULL, &list, err)) {
        return false;
    }
    cJSON_ArrayForEach(pod, tree_get(list, "items"))
    {
        if (best == NULL || newer(pod, best)) {
            best = pod;
        }
    }
    *ret = best != NULL ? xstrdup(tree_str_or(best, "metadata.name", "")) : NULL;
    return true;
}

bool job_end(const cJSON *job, const char **ret_reason)
{
    const cJSON *condition;
    cJSON_ArrayForEach(condition, tree_get(job, "status.conditions"))
    {
        const char *type = tree_str_or(condition, "type", "");
        bool failed = strcmp(type, "Failed") == 0;
        if ((failed || strcmp(type, "Complete") == 0) &&
            strcmp(tree_str_or(condition, "status", ""), "True") == 0) {
            *ret_reason = failed ? tree_str_or(condition, "reason", "Failed") : NULL;
            return true;
        }
    }
    return false;
}

const char *main_container(const cJSON *pod)
{
    const char *marked = tree_annotation(pod, "kubectl.kubernetes.io/default-container");
    return marked != NULL ? marked : tree_str(pod, "spec.containers[0].name");
}

/* How many attempts of the pod's main container have begun. restartCount is the number of the
 * newest, counted from 0, which *RET_CREATING says has not begun yet; while a container backs off
 * it is still that of the one that failed. */
static int64_t attempts_begun(const cJSON *pod, bool *ret_creating)
{
    const cJSON *status, *found = NULL;
    cJSON_ArrayForEach(status, tree_get(pod, "status.containerStatuses"))
    {
        if (text_same(tree_str(status, "name"), main_container(pod))) {
            found = status;
        }
    }
    int64_t restarts = tree_int_or(found, "restartCount", 0);
    *ret_creating = tree_get(found, "state.running") == NULL &&
                    tree_get(found, "state.terminated") == NULL &&
                    strcmp(tree_str_or(found, "state.waiting.reason", ""), "CrashLoopBackOff") != 0;
    return restarts + !*ret_creating;
}

/* Two caches tell when to look again; the looks themselves are plain requests, so that what a look
 * after the Job's end finds is all there will ever be. */
struct job_follow {
    struct session *session;
    const char *ns, *job;
    struct map read; /* uid of a pod -> the number of its attempts whose log was read */
    struct cache *jobs, *pods;
    bool changed;
};

static void on_change(void *data, struct cache *cache, enum cache_event event,
                      struct cache_item *item)
{
    struct job_follow *follow = data;
    (void)cache;
    (void)event;
    (void)item;
    follow->changed = true;
    uv_stop(&follow->session->loop);
}

static bool read_attempts(struct job_follow *follow, const cJSON *pod, bool *ret_read,
                          struct error *err)
{
    const char *uid = tree_str_or(pod, "metadata.uid", "");
    int64_t done = (int64_t)(intptr_t)map_get(&follow->read, uid);
    bool creating;
    int64_t begun = attempts_begun(pod, &creating);
    struct logstream_options options = {
        .ns = follow->ns,
        .pod = tree_str_or(pod, "metadata.name", ""),
        .container = main_container(pod),
        .tail = -1,
    };
    if (begun <= done) {
        return true;
    }
    map_put(&follow->read, uid, (void *)(intptr_t)begun);
    *ret_read = true;
    options.previous = true;
    if (!creating && begun > done + 1 && !follow_pod(follow->session, &options, err)) {
        return false;
    }
    options.previous = false;
    options.follow = true;
    return follow_pod(follow->session, &options, err);
}

/* Reads every log that there is and was not read. */
static bool read_news(struct job_follow *follow, bool *ret_read, struct error *err)
{
    autofree char *labels = xasprintf(LABEL_JOB_NAME "=%s", follow->job);
    cleanup_with(str_done) struct str path = {0};
    autotree cJSON *list = NULL;
    const cJSON *pod;
    *ret_read = false;
    call_path(&path, KIND_POD, follow->ns, NULL, NULL);
    call_query(&path, "labelSelector", labels);
    if (!session_request(follow->session, NULL, path.data, NULL, NULL, NULL, &list, err)) {
        return false;
    }
    cJSON_ArrayForEach(pod, tree_get(list, "items"))
    {
        if (!read_attempts(follow, pod, ret_read, err)) {
            return false;
        }
    }
    return true;
}

static bool follow_steps(struct job_follow *follow, cJSON **ret_job, struct error *err)
{
    while (true) {
        autotree cJSON *job = NULL;
        const char *reason;
        bool read;
        follow->changed = false;
        if (!session_get(follow->session, KIND_JOB, follow->ns, follow->job, &job, err) ||
            !read_news(follow, &read, err)) {
            return false;
        }
        if (read) {
            continue;
        }
        if (job_end(job, &reason)) {
            *ret_job = steal(&job);
            return true;
        }
        while (!follow->changed) {
            uv_run(&follow->session->loop, UV_RUN_ONCE);
        }
    }
}

bool follow_job(struct session *session, const char *ns, const char *job, cJSON **ret_job,
                struct error *err)
{
    struct job_follow follow = {.session = session, .ns = ns, .job = job};
    autofree char *fields = xasprintf("metadata.name=%s", job);
    autofree char *labels = xasprintf(LABEL_JOB_NAME "=%s", job);
    struct cache_options jobs = {.kind = KIND_JOB, .ns = ns, .field_selector = fields};
    struct cache_options pods = {.kind = KIND_POD, .ns = ns, .label_selector = labels};
    follow.jobs = cache_new(session->http, &session->loop, clk_system(), &jobs, on_change, &follow);
    follow.pods = cache_new(session->http, &session->loop, clk_system(), &pods, on_change, &follow);
    bool ok = follow_steps(&follow, ret_job, err);
    cache_free(follow.jobs);
    cache_free(follow.pods);
    map_done(&follow.read, NULL);
    return ok;
}
