/* cmd_logs.c - belfry logs: the output of a run, past or going on. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>

#include "core/cli/follow.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"
#include "core/model/meta.h"

struct logs {
    struct session session;
    struct logstream_options stream;
    const char *ns;
    long long since_ns;
};

static bool on_pod(void *data, const char *type, const cJSON *pod)
{
    char **name = data;
    if (pod == NULL || strcmp(type, "DELETED") == 0) {
        return false;
    }
    *name = xstrdup(tree_str_or(pod, "metadata.name", ""));
    return true;
}

/* The newest attempt; with --follow the first one to come, unless the Job has ended. */
static bool job_pod(struct logs *logs, const char *job, char **ret, struct error *err)
{
    struct session *session = &logs->session;
    autotree cJSON *object = NULL;
    const char *reason;
    if (!session_get(session, KIND_JOB, session->ctx.ns, job, &object, err) ||
        !newest_pod(session, session->ctx.ns, job, ret, err)) {
        return false;
    }
    if (*ret != NULL || !logs->stream.follow || job_end(object, &reason)) {
        return true;
    }
    autofree char *labels = xasprintf(LABEL_JOB_NAME "=%s", job);
    return session_watch(session, KIND_POD, session->ctx.ns, labels, NULL, on_pod, ret, err);
}

/* The newest run of a CronJob that has a pod. */
static bool cronjob_pod(struct logs *logs, const char *name, char **ret, struct error *err)
{
    autotree cJSON *cronjob = NULL;
    if (!session_get(&logs->session, KIND_CRONJOB, logs->session.ctx.ns, name, &cronjob, err)) {
        return false;
    }
    const char *job = tree_str(cronjob, "status.lastRun.name");
    const char *pod = tree_str(cronjob, "status.lastRun.podName");
    if (pod != NULL) {
        *ret = xstrdup(pod);
        return true;
    }
    if (job == NULL) {
        error_set(err, ERROR_NOT_FOUND, "cronjob \"%s\" has not run yet", name);
        return error_hint(err, "start a run with: belfry run %s", name);
    }
    return job_pod(logs, job, ret, err);
}

static bool pod_find(struct logs *logs, char **words, size_t count, char **ret, struct error *err)
{
    enum kind kind = KIND_POD;
    const char *name = words[0];
    bool ok = true;
    if ((count == 2 || strchr(words[0], '/') != NULL) &&
        !words_target(&words, &count, &kind, &name, err)) {
        return false;
    }
    *ret = NULL;
    switch ((int)kind) {
    case KIND_POD: *ret = xstrdup(name); return true;
    case KIND_CRONJOB: ok = cronjob_pod(logs, name, ret, err); break;
    case KIND_JOB: ok = job_pod(logs, name, ret, err); break;
    default:
        error_set(err, ERROR_USAGE, "a %s has no log", kind_info(kind)->singular);
        return error_hint(err, "name a pod, job/NAME or cronjob/NAME");
    }
    if (ok && *ret == NULL) {
        error_set(err, ERROR_NOT_FOUND, "%s \"%s\" has no attempt yet", kind_info(kind)->singular,
                  name);
        return error_hint(err, "wait for one with: belfry logs -f %s/%s", kind_info(kind)->singular,
                          name);
    }
    return ok;
}

/* kubectl's note, to the letter: of several containers the first is meant. */
static void container_note(const cJSON *pod, const char *container)
{
    cleanup_with(str_done) struct str text = {0};
    const cJSON *item;
    str_addf(&text, "Defaulted container \"%s\" out of: ", container);
    cJSON_ArrayForEach(item, tree_get(pod, "spec.containers"))
    {
        str_addf(&text, "%s, ", tree_str_or(item, "name", ""));
    }
    cJSON_ArrayForEach(item, tree_get(pod, "spec.initContainers"))
    {
        str_addf(&text, "%s (init), ", tree_str_or(item, "name", ""));
    }
    str_cut(&text, text.len - 2);
    print_note(str_text(&text));
}

static int logs_run(struct logs *logs, char **words, size_t count)
{
    struct error err;
    autofree char *name = NULL;
    autotree cJSON *pod = NULL;
    if (count == 0 || count > 2) {
        error_set(&err, ERROR_USAGE, "belfry logs takes a pod, job/NAME or cronjob/NAME");
        return print_failure(&err);
    }
    if (!session_open(&logs->session, logs->ns, &err) ||
        !pod_find(logs, words, count, &name, &err) ||
        !session_get(&logs->session, KIND_POD, logs->session.ctx.ns, name, &pod, &err)) {
        return print_failure(&err);
    }
    if (logs->stream.container == NULL) {
        logs->stream.container = main_container(pod);
        if (tree_get(pod, "spec.containers[1]") != NULL) {
            container_note(pod, logs->stream.container);
        }
    }
    logs->stream.ns = logs->session.ctx.ns;
    logs->stream.pod = name;
    logs->stream.since_seconds = (logs->since_ns + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
    return follow_pod(&logs->session, &logs->stream, &err) ? 0 : print_failure(&err);
}

int cmd_logs(char **argv)
{
    struct logs logs = {.stream.tail = -1};
    const struct opt options[] = {
        {"follow", 'f', OPT_FLAG, &logs.stream.follow, NULL, "go on until it ends", 0, 0},
        {"tail", 0, OPT_INT, &logs.stream.tail, "N", "the last N lines; -1: all", -1, LLONG_MAX},
        {"since", 0, OPT_DURATION, &logs.since_ns, "DURATION", "not older than 5m, 1h", 0, 0},
        {"timestamps", 't', OPT_FLAG, &logs.stream.timestamps, NULL, "with times", 0, 0},
        {"previous", 'p', OPT_FLAG, &logs.stream.previous, NULL, "the restart before", 0, 0},
        {"container", 'c', OPT_TEXT, &logs.stream.container, "NAME", "of several", 0, 0},
        {"limit-bytes", 0, OPT_INT, &logs.stream.limit_bytes, "N", "at most so much", 1, LLONG_MAX},
        {"namespace", 'n', OPT_TEXT, &logs.ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    size_t count;
    char **rest;
    int code = verb_start("logs", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    code = logs_run(&logs, argv, count);
    session_done(&logs.session);
    return code;
}
