/* cmd_logs.c - belfry logs: the output of a run, past or going on. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>

#include "core/cli/follow.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"

struct logs {
    struct session session;
    struct logstream_options stream;
    const char *ns;
    long long since_ns;
};

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
    return newest_pod(&logs->session, logs->session.ctx.ns, job, ret, err);
}

static bool pod_find(struct logs *logs, char **words, size_t count, char **ret, struct error *err)
{
    enum kind kind = KIND_POD;
    const char *name = words[0];
    if (count == 2 || strchr(words[0], '/') != NULL) {
        if (!words_target(&words, &count, &kind, &name, err)) {
            return false;
        }
    }
    *ret = NULL;
    switch ((int)kind) {
    case KIND_POD: *ret = xstrdup(name); return true;
    case KIND_CRONJOB:
        if (!cronjob_pod(logs, name, ret, err)) {
            return false;
        }
        break;
    case KIND_JOB:
        if (!newest_pod(&logs->session, logs->session.ctx.ns, name, ret, err)) {
            return false;
        }
        break;
    default:
        error_set(err, ERROR_USAGE, "a %s has no log", kind_info(kind)->singular);
        return error_hint(err, "name a pod, job/NAME or cronjob/NAME");
    }
    if (*ret == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "\"%s\" has no attempt yet", name);
    }
    return true;
}

static int logs_run(struct logs *logs, char **words, size_t count)
{
    struct error err;
    autofree char *pod = NULL;
    if (count == 0 || count > 2) {
        error_set(&err, ERROR_USAGE, "belfry logs takes a pod, job/NAME or cronjob/NAME");
        return print_error(&err);
    }
    if (!session_open(&logs->session, logs->ns, &err) ||
        !pod_find(logs, words, count, &pod, &err)) {
        return print_error(&err);
    }
    logs->stream.ns = logs->session.ctx.ns;
    logs->stream.pod = pod;
    logs->stream.since_seconds = (logs->since_ns + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
    return follow_pod(&logs->session, &logs->stream, &err) ? 0 : print_error(&err);
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
