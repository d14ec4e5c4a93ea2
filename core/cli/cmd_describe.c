/* cmd_describe.c - belfry describe: an object for a person, with its runs and events. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/base/stamp.h"
#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"
#include "core/codec/columns.h"
#include "core/codec/decode.h"
#include "core/cron/explain.h"
#include "core/cron/next.h"

#define RUNS_SHOWN "10"
#define LABEL_WIDTH 32

struct describe {
    struct session session;
    struct str out;
    sec_t now;
};

static void line(struct describe *describe, int depth, const char *label, const char *value)
{
    int used = depth * 2 + (int)strlen(label) + 1;
    str_addf(&describe->out, "%*s%s:", depth * 2, "", label);
    str_addf(&describe->out, "%*s%s\n", used < LABEL_WIDTH ? LABEL_WIDTH - used : 1, "",
             value != NULL && value[0] != '\0' ? value : "<none>");
}

static void line_path(struct describe *describe, int depth, const char *label, const cJSON *object,
                      const char *path)
{
    const cJSON *node = tree_get(object, path);
    cleanup_with(str_done) struct str text = {0};
    if (node != NULL && cJSON_IsString(node)) {
        str_add(&text, node->valuestring);
    } else if (node != NULL && !cJSON_IsNull(node)) {
        tree_print(&text, node, false);
    }
    line(describe, depth, label, str_text(&text));
}

/* "Fri, 20 Nov ..." is kubectl's; an RFC 3339 time and an age say more in less. */
static void line_time(struct describe *describe, int depth, const char *label, sec_t when)
{
    char stamp[STAMP_SIZE], age[STAMP_SIZE], text[2 * STAMP_SIZE + 16];
    if (when == SEC_NONE) {
        line(describe, depth, label, NULL);
        return;
    }
    if (when <= describe->now) {
        snprintf(text, sizeof text, "%s (%s ago)", stamp_sec(stamp, when),
                 duration_human(age, describe->now - when));
    } else {
        snprintf(text, sizeof text, "%s (in %s)", stamp_sec(stamp, when),
                 duration_human(age, when - describe->now));
    }
    line(describe, depth, label, text);
}

static void pairs(struct describe *describe, const char *label, const cJSON *object)
{
    const cJSON *item;
    bool first = true;
    if (object == NULL || object->child == NULL) {
        line(describe, 0, label, NULL);
        return;
    }
    cJSON_ArrayForEach(item, object)
    {
        if (strcmp(item->string, "kubectl.kubernetes.io/last-applied-configuration") == 0) {
            continue;
        }
        autofree char *text =
            xasprintf("%s=%s", item->string, cJSON_IsString(item) ? item->valuestring : "");
        if (first) {
            line(describe, 0, label, text);
        } else {
            str_addf(&describe->out, "%*s%s\n", LABEL_WIDTH, "", text);
        }
        first = false;
    }
    if (first) {
        line(describe, 0, label, NULL);
    }
}

static void words(struct describe *describe, int depth, const char *label, const cJSON *list)
{
    const cJSON *word;
    if (list == NULL || list->child == NULL) {
        return;
    }
    str_addf(&describe->out, "%*s%s:\n", depth * 2, "", label);
    cJSON_ArrayForEach(word, list)
    {
        str_addf(&describe->out, "%*s%s\n", depth * 2 + 2, "",
                 cJSON_IsString(word) ? word->valuestring : "");
    }
}

static void head(struct describe *describe, const cJSON *object)
{
    line_path(describe, 0, "Name", object, "metadata.name");
    line_path(describe, 0, "Namespace", object, "metadata.namespace");
    pairs(describe, "Labels", tree_get(object, "metadata.labels"));
    pairs(describe, "Annotations", tree_get(object, "metadata.annotations"));
    const cJSON *owner = tree_get(object, "metadata.ownerReferences[0]");
    if (owner != NULL) {
        autofree char *text =
            xasprintf("%s/%s", tree_str_or(owner, "kind", ""), tree_str_or(owner, "name", ""));
        line(describe, 0, "Controlled By", text);
    }
    line_time(describe, 0, "Created", tree_time(object, "metadata.creationTimestamp"));
}

static void pod_spec(struct describe *describe, const cJSON *spec)
{
    const cJSON *container;
    line_path(describe, 1, "Runtime", spec, "runtimeClassName");
    line_path(describe, 1, "Restart Policy", spec, "restartPolicy");
    cJSON_ArrayForEach(container, tree_get(spec, "containers"))
    {
        const cJSON *variable;
        str_addf(&describe->out, "  %s:\n", tree_str_or(container, "name", ""));
        line_path(describe, 2, "Image", container, "image");
        words(describe, 2, "Command", tree_get(container, "command"));
        words(describe, 2, "Args", tree_get(container, "args"));
        if (tree_get(container, "env[0]") != NULL) {
            str_add(&describe->out, "    Environment:\n");
        }
        cJSON_ArrayForEach(variable, tree_get(container, "env"))
        {
            line_path(describe, 3, tree_str_or(variable, "name", ""), variable, "value");
        }
    }
}

static void schedule(struct describe *describe, const cJSON *cronjob)
{
    const char *text = tree_str_or(cronjob, "spec.schedule", "");
    const char *zone = tree_str(cronjob, "spec.timeZone");
    cleanup_with(str_done) struct str meaning = {0};
    struct cron_expr expr;
    const struct tz *tz = zone != NULL ? tz_find(zone, NULL) : tz_local();
    line(describe, 0, "Schedule", text);
    if (!cron_parse(text, &expr, NULL) || tz == NULL) {
        return;
    }
    cron_explain(&expr, &meaning);
    line(describe, 0, "Meaning", str_text(&meaning));
    line(describe, 0, "Time Zone", zone != NULL ? zone : tz_name(tz));
    sec_t next;
    if (tree_bool(cronjob, "spec.suspend", false)) {
        line(describe, 0, "Next Run", "suspended");
    } else if (expr.every == 0 && cron_next(&expr, tz, describe->now, &next)) {
        line_time(describe, 0, "Next Run", next);
    }
}

static bool runs(struct describe *describe, const char *name, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    autofree char *selector = xasprintf("cronJob=%s", name);
    autotree cJSON *list = NULL;
    const cJSON *run;
    call_path(&path, KIND_RUN, describe->session.ctx.ns, NULL, NULL);
    call_query(&path, "fieldSelector", selector);
    call_query(&path, "limit", RUNS_SHOWN);
    if (!session_request(&describe->session, NULL, path.data, NULL, NULL, NULL, &list, err)) {
        return false;
    }
    const cJSON *items = tree_get(list, "items");
    if (items == NULL || items->child == NULL) {
        line(describe, 0, "Last Runs", NULL);
        return true;
    }
    str_add(&describe->out, "Last Runs:\n");
    size_t count;
    const struct column *columns = columns_of(KIND_RUN, &count);
    cJSON_ArrayForEach(run, items)
    {
        autotree cJSON *cells = columns_cells(KIND_RUN, run, describe->now);
        const cJSON *cell = cells->child;
        for (size_t i = 0; i < count && cell != NULL; i++, cell = cell->next) {
            if (columns[i].priority == 0) {
                cleanup_with(str_done) struct str text = {0};
                if (cJSON_IsString(cell)) {
                    str_add(&text, cell->valuestring);
                } else {
                    tree_print(&text, cell, false);
                }
                str_addf(&describe->out, "  %-*s", i == 0 ? 34 : 12, str_text(&text));
            }
        }
        while (describe->out.len > 0 && describe->out.data[describe->out.len - 1] == ' ') {
            str_cut(&describe->out, describe->out.len - 1);
        }
        str_add_char(&describe->out, '\n');
    }
    return true;
}

static void active(struct describe *describe, const cJSON *cronjob)
{
    cleanup_with(str_done) struct str names = {0};
    const cJSON *job;
    cJSON_ArrayForEach(job, tree_get(cronjob, "status.active"))
    {
        str_addf(&names, "%s%s", names.len > 0 ? ", " : "", tree_str_or(job, "name", ""));
    }
    line(describe, 0, "Active Jobs", str_text(&names));
}

static bool describe_cronjob(struct describe *describe, const cJSON *cronjob, struct error *err)
{
    head(describe, cronjob);
    schedule(describe, cronjob);
    line_path(describe, 0, "Concurrency Policy", cronjob, "spec.concurrencyPolicy");
    line_path(describe, 0, "Suspend", cronjob, "spec.suspend");
    line_path(describe, 0, "Successful Job History Limit", cronjob,
              "spec.successfulJobsHistoryLimit");
    line_path(describe, 0, "Failed Job History Limit", cronjob, "spec.failedJobsHistoryLimit");
    line_path(describe, 0, "Starting Deadline Seconds", cronjob, "spec.startingDeadlineSeconds");
    line_path(describe, 0, "Backoff Limit", cronjob, "spec.jobTemplate.spec.backoffLimit");
    line_path(describe, 0, "Active Deadline Seconds", cronjob,
              "spec.jobTemplate.spec.activeDeadlineSeconds");
    str_add(&describe->out, "Pod Template:\n");
    pod_spec(describe, tree_get(cronjob, "spec.jobTemplate.spec.template.spec"));
    line_time(describe, 0, "Last Schedule Time", tree_time(cronjob, "status.lastScheduleTime"));
    line_time(describe, 0, "Last Successful Time", tree_time(cronjob, "status.lastSuccessfulTime"));
    active(describe, cronjob);
    return runs(describe, tree_str_or(cronjob, "metadata.name", ""), err);
}

static void conditions(struct describe *describe, const cJSON *list)
{
    const cJSON *condition;
    if (list == NULL || list->child == NULL) {
        return;
    }
    str_add(&describe->out, "Conditions:\n");
    cJSON_ArrayForEach(condition, list)
    {
        autofree char *text = xasprintf("%s%s%s%s%s", tree_str_or(condition, "status", ""),
                                        tree_str(condition, "reason") != NULL ? ", " : "",
                                        tree_str_or(condition, "reason", ""),
                                        tree_str(condition, "message") != NULL ? ": " : "",
                                        tree_str_or(condition, "message", ""));
        line(describe, 1, tree_str_or(condition, "type", ""), text);
    }
}

static void describe_job(struct describe *describe, const cJSON *job)
{
    head(describe, job);
    line_path(describe, 0, "Parallelism", job, "spec.parallelism");
    line_path(describe, 0, "Completions", job, "spec.completions");
    line_path(describe, 0, "Backoff Limit", job, "spec.backoffLimit");
    line_path(describe, 0, "Active Deadline Seconds", job, "spec.activeDeadlineSeconds");
    line_time(describe, 0, "Start Time", tree_time(job, "status.startTime"));
    line_time(describe, 0, "Completed At", tree_time(job, "status.completionTime"));
    autofree char *counts = xasprintf("%lld Active / %lld Succeeded / %lld Failed",
                                      (long long)tree_int_or(job, "status.active", 0),
                                      (long long)tree_int_or(job, "status.succeeded", 0),
                                      (long long)tree_int_or(job, "status.failed", 0));
    line(describe, 0, "Pods Statuses", counts);
    str_add(&describe->out, "Pod Template:\n");
    pod_spec(describe, tree_get(job, "spec.template.spec"));
    conditions(describe, tree_get(job, "status.conditions"));
}

static void container_state(struct describe *describe, const char *label, const cJSON *state)
{
    const cJSON *what = state != NULL ? state->child : NULL;
    if (what == NULL) {
        return;
    }
    line(describe, 2, label, what->string);
    const cJSON *item;
    cJSON_ArrayForEach(item, what)
    {
        line_path(describe, 3, item->string, item, "");
    }
}

static void describe_pod(struct describe *describe, const cJSON *pod)
{
    const cJSON *status;
    head(describe, pod);
    line_time(describe, 0, "Start Time", tree_time(pod, "status.startTime"));
    line_path(describe, 0, "Status", pod, "status.phase");
    if (tree_get(pod, "status.reason") != NULL) {
        line_path(describe, 0, "Reason", pod, "status.reason");
        line_path(describe, 0, "Message", pod, "status.message");
    }
    str_add(&describe->out, "Containers:\n");
    pod_spec(describe, tree_get(pod, "spec"));
    cJSON_ArrayForEach(status, tree_get(pod, "status.containerStatuses"))
    {
        str_addf(&describe->out, "Status of %s:\n", tree_str_or(status, "name", ""));
        container_state(describe, "State", tree_get(status, "state"));
        container_state(describe, "Last State", tree_get(status, "lastState"));
        line_path(describe, 2, "Restart Count", status, "restartCount");
    }
}

static bool events(struct describe *describe, const cJSON *object, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    autofree char *selector =
        xasprintf("involvedObject.uid=%s", tree_str_or(object, "metadata.uid", ""));
    autotree cJSON *list = NULL;
    const cJSON *event;
    call_path(&path, KIND_EVENT, describe->session.ctx.ns, NULL, NULL);
    call_query(&path, "fieldSelector", selector);
    if (!session_request(&describe->session, NULL, path.data, NULL, NULL, NULL, &list, err)) {
        return false;
    }
    const cJSON *items = tree_get(list, "items");
    if (items == NULL || items->child == NULL) {
        line(describe, 0, "Events", NULL);
        return true;
    }
    str_add(&describe->out, "Events:\n");
    cJSON_ArrayForEach(event, items)
    {
        char age[STAMP_SIZE];
        sec_t last = tree_time(event, "lastTimestamp");
        long long count = (long long)tree_int_or(event, "count", 1);
        str_addf(&describe->out, "  %-8s %-18s %-6s ", tree_str_or(event, "type", ""),
                 tree_str_or(event, "reason", ""),
                 last != SEC_NONE ? duration_human(age, describe->now - last) : "");
        str_add(&describe->out, tree_str_or(event, "message", ""));
        if (count > 1) {
            str_addf(&describe->out, " (x%lld)", count);
        }
        str_add_char(&describe->out, '\n');
    }
    return true;
}

static bool describe_object(struct describe *describe, enum kind kind, const char *name,
                            struct error *err)
{
    autotree cJSON *object = NULL;
    const char *ns = describe->session.ctx.ns;
    if (!session_get(&describe->session, kind, ns, name, &object, err)) {
        return false;
    }
    if (kind == KIND_CRONJOB) {
        if (!describe_cronjob(describe, object, err)) {
            return false;
        }
    } else if (kind == KIND_JOB) {
        describe_job(describe, object);
    } else {
        describe_pod(describe, object);
    }
    return events(describe, object, err);
}

static int describe_words(struct describe *describe, char **argv, size_t count, const char *ns)
{
    struct error err;
    enum kind kind;
    const char *name;
    if (!words_target(&argv, &count, &kind, &name, &err)) {
        return print_error(&err);
    }
    if (name == NULL || count > 0 ||
        (kind != KIND_CRONJOB && kind != KIND_JOB && kind != KIND_POD)) {
        error_set(&err, ERROR_USAGE, "belfry describe takes cronjob, job or pod, and a name");
        return print_error(&err);
    }
    if (!session_open(&describe->session, ns, &err) ||
        !describe_object(describe, kind, name, &err)) {
        return print_error(&err);
    }
    print_text(str_text(&describe->out));
    return 0;
}

int cmd_describe(char **argv)
{
    const char *ns = NULL;
    const struct opt options[] = {
        {"namespace", 'n', OPT_TEXT, &ns, "NAMESPACE", "where to look (default)", 0, 0},
        {.name = NULL},
    };
    struct describe describe = {.now = clk_now(clk_system())};
    size_t count;
    char **rest;
    int code = verb_start("describe", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    code = describe_words(&describe, argv, count, ns);
    str_done(&describe.out);
    session_done(&describe.session);
    return code;
}
