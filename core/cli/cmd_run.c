/* cmd_run.c - belfry run: starts a run of a CronJob now, the schedule undisturbed. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/cli/follow.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"

static int run(struct session *session, const char *name, bool follow)
{
    struct error err;
    cleanup_with(str_done) struct str path = {0};
    autotree cJSON *cronjob = NULL, *made = NULL, *ended = NULL;
    if (!session_get(session, KIND_CRONJOB, session->ctx.ns, name, &cronjob, &err)) {
        return print_failure(&err);
    }
    autotree cJSON *job = call_manual_job(cronjob, NULL, &session->ids);
    call_path(&path, KIND_JOB, session->ctx.ns, NULL, NULL);
    call_query(&path, "fieldManager", "belfry");
    if (!session_request(session, "POST", path.data, job, NULL, NULL, &made, &err)) {
        return session_fail(session, &err);
    }
    const char *job_name = tree_str_or(made, "metadata.name", "");
    if (!follow) {
        printf_out("job.batch/%s created\n", job_name);
        return 0;
    }
    const char *reason = NULL;
    if (!follow_job(session, session->ctx.ns, job_name, &ended, &err)) {
        return print_failure(&err);
    }
    if (job_end(ended, &reason) && reason != NULL) {
        error_set(&err, ERROR_IO, "job.batch/%s failed: %s", job_name, reason);
        return print_failure(&err);
    }
    return 0;
}

int cmd_run(char **argv)
{
    const char *ns = NULL;
    bool follow = false;
    const struct opt options[] = {
        {"follow", 'f', OPT_FLAG, &follow, NULL, "show its log; exit 1 when it fails", 0, 0},
        {"namespace", 'n', OPT_TEXT, &ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    struct session session = {0};
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("run", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    if (count != 1) {
        error_set(&err, ERROR_USAGE, "belfry run takes the name of one CronJob");
        return print_failure(&err);
    }
    code = session_open(&session, ns, &err) ? run(&session, argv[0], follow) : print_failure(&err);
    session_done(&session);
    return code;
}
