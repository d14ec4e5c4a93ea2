/* cmd_suspend.c - belfry suspend and resume: whether a CronJob starts new runs. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"
#include "core/model/run.h"

static bool patch_send(struct session *session, const char *name, const char *sub,
                       const cJSON *patch, cJSON **ret, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    call_path(&path, KIND_CRONJOB, session->ctx.ns, name, sub);
    call_query(&path, "fieldManager", "belfry");
    return session_request(session, "PATCH", path.data, patch, "application/merge-patch+json", NULL,
                           ret, err);
}

/* Whether more than 100 missed starts block it: the last that are recorded so are later than its
 * last schedule. */
static bool is_blocked(struct session *session, const char *name, const cJSON *cronjob,
                       bool *ret_blocked, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    autotree cJSON *list = NULL;
    autofree char *fields =
        xasprintf("spec.cronJobName=%s,status.fate=%s", name, run_fate_names[FATE_BLOCKED]);
    call_path(&path, KIND_RUN, session->ctx.ns, NULL, NULL);
    call_query(&path, "fieldSelector", fields);
    call_query(&path, "limit", "1"); /* the newest comes first */
    if (!session_request(session, NULL, path.data, NULL, NULL, NULL, &list, err)) {
        return false;
    }
    const cJSON *run = tree_get(list, "items[0]");
    sec_t slot = tree_time(run, "spec.lastScheduledTime");
    slot = slot != SEC_NONE ? slot : tree_time(run, "spec.scheduledTime");
    sec_t last = tree_time(cronjob, "status.lastScheduleTime");
    *ret_blocked = run != NULL &&
                   text_same(tree_str(run, "spec.cronJobUID"), tree_str(cronjob, "metadata.uid")) &&
                   slot > last; /* SEC_NONE is before everything */
    return true;
}

static bool suspend_one(struct session *session, const char *name, bool suspend, struct error *err)
{
    const char *text = call_suspend_patch(suspend);
    autotree cJSON *patch = tree_parse(text, strlen(text), err), *cronjob = NULL;
    bool blocked = false;
    if (patch == NULL || !patch_send(session, name, NULL, patch, &cronjob, err) ||
        (!suspend && !is_blocked(session, name, cronjob, &blocked, err))) {
        return false;
    }
    if (blocked) { /* from now on, whatever was missed (SEMANTICS.md section 2) */
        autotree cJSON *status = cJSON_CreateObject();
        tree_put_time(status, "status.lastScheduleTime", clk_now(clk_system()));
        if (!patch_send(session, name, "status", status, NULL, err)) {
            return false;
        }
    }
    printf_out("cronjob.batch/%s %s%s\n", name, suspend ? "suspended" : "resumed",
               blocked ? ", no longer blocked" : "");
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
