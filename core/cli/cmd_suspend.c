/* cmd_suspend.c - belfry suspend and resume: whether a CronJob starts new runs. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"

static bool suspend_one(struct session *session, const char *name, bool suspend, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    autotree cJSON *patch = cJSON_CreateObject();
    tree_put_bool(patch, "spec.suspend", suspend);
    if (!suspend) { /* starting a draft makes it a CronJob like any other */
        cJSON *annotations = cJSON_CreateObject();
        tree_set(annotations, "belfry/draft", cJSON_CreateNull());
        tree_put(patch, "metadata.annotations", annotations);
    }
    call_path(&path, KIND_CRONJOB, session->ctx.ns, name, NULL);
    call_query(&path, "fieldManager", "belfry");
    if (!session_request(session, "PATCH", path.data, patch, "application/merge-patch+json", NULL,
                         NULL, err)) {
        return false;
    }
    printf_out("cronjob.batch/%s %s\n", name, suspend ? "suspended" : "resumed");
    return true;
}

static int suspend_all(const char *verb, bool suspend, char **argv)
{
    const char *ns = NULL;
    const struct opt options[] = {
        {"namespace", 'n', OPT_TEXT, &ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    struct session session = {0};
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start(verb, options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    if (count == 0) {
        error_set(&err, ERROR_USAGE, "belfry %s needs the name of a CronJob", verb);
        return print_failure(&err);
    }
    if (!session_open(&session, ns, &err)) {
        code = print_failure(&err);
    }
    for (size_t i = 0; i < count && session.http != NULL; i++) {
        if (!suspend_one(&session, argv[i], suspend, &err)) {
            code = print_failure(&err);
        }
    }
    session_done(&session);
    return code;
}

int cmd_suspend(char **argv)
{
    return suspend_all("suspend", true, argv);
}

int cmd_resume(char **argv)
{
    return suspend_all("resume", false, argv);
}
