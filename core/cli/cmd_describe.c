/* cmd_describe.c - belfry describe: an object for a person, with its runs and events. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/sorted.h"
#include "core/cli/table.h"
#include "core/cli/verb.h"
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

static void line_seconds(struct describe *describe, int depth, const char *label,
                         const cJSON *object, const char *path)
{
    int64_t seconds;
    autofree char *text =
        tree_int(object, path, &seconds) ? xasprintf("%llds", (long long)seconds) : NULL;
    line(describe, depth, label, text);
}

static void pairs(struct describe *describe, const char *label, const cJSON *unsorted)
{
    autotree cJSON *object = tree_sorted(unsorted);
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

/* "waiting" with what it holds, in kubectl's words. */
static void container_state(struct describe *describe, int depth, const char *label,
                            const cJSON *state)
{
    static const char *const fields[][2] = {
        {"Reason", "reason"}, {"Message", "message"},   {"Exit Code", "exitCode"},
        {"Signal", "signal"}, {"Started", "startedAt"}, {"Finished", "finishedAt"},
    };
    const cJSON *what = state != NULL ? state->child : NULL;
    if (what == NULL) {
        return;
    }
    autofree char *name = xstrdup(what->string);
    name[0] = (char)toupper((unsigned char)name[0]);
    line(describe, depth, label, name);
    for (size_t i = 0; i < countof(fields); i++) {
        if (tree_get(what, fields[i][1]) != NULL) {
            line_path(describe, depth + 1, fields[i][0], what, fields[i][1]);
        }
    }
}

static void container_status(struct describe *describe, int depth, const cJSON *pod,
                             const char *list, const char *name)
{
    const cJSON *status;
    cJSON_ArrayForEach(status, tree_get(pod, list))
    {
        if (text_same(tree_str(status, "name"), name)) {
            container_state(describe, depth, "State", tree_get(status, "state"));
            container_state(describe, depth, "Last State", tree_get(status, "lastState"));
            line_path(describe, depth, "Restart Count", status, "restartCount");
        }
    }
}

static void environment(struct describe *describe, int depth, const cJSON *container)
{
    const cJSON *variable;
    if (tree_get(container, "env[0]") == NULL) {
        return;
    }
    str_addf(&describe->out, "%*sEnvironment:\n", depth * 2, "");
    cJSON_ArrayForEach(variable, tree_get(container, "env"))
    {
        const char *field = tree_str(variable, "valueFrom.fieldRef.fieldPath");
        autofree char *text = field != NULL ? xasprintf("(%s)", field) : NULL;
        line(describe, depth + 1, tree_str_or(variable, "name", ""),
             text != NULL ? text : tree_str_or(variable, "value", ""));
    }
}

/* POD tells of the containers' states; NULL for a template. */
static void containers(struct describe *describe, int depth, const char *label, const cJSON *list,
                       const cJSON *pod, const char *statuses)
{
    const cJSON *container;
    if (list == NULL || list->child == NULL) {
        return;
    }
    str_addf(&describe->out, "%*s%s:\n", depth * 2, "", label);
    cJSON_ArrayForEach(container, list)
    {
        const char *name = tree_str_or(container, "name", "");
        str_addf(&describe->out, "%*s%s:\n", depth * 2 + 2, "", name);
        if (tree_str(container, "image") != NULL) {
            line_path(describe, depth + 2, "Image", container, "image");
        }
        words(describe, depth + 2, "Command", tree_get(container, "command"));
        words(describe, depth + 2, "Args", tree_get(container, "args"));
        if (tree_get(container, "resources.limits") != NULL) {
            line_path(describe, depth + 2, "Limits", container, "resources.limits");
        }
        environment(describe, depth + 2, container);
        container_status(describe, depth + 2, pod, statuses, name);
    }
}

static void pod_spec(struct describe *describe, int depth, const cJSON *spec, const cJSON *pod)
{
    const char *runtime = tree_str(spec, "runtimeClassName");
    line(describe, depth, "Runtime", runtime != NULL ? runtime : "container");
    line_path(describe, depth, "Restart Policy", spec, "restartPolicy");
    containers(describe, depth, "Init Containers", tree_get(spec, "initContainers"), pod,
               "status.initContainerStatuses");
    containers(describe, depth, "Containers", tree_get(spec, "containers"), pod,
               "status.containerStatuses");
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

/* A Table (columnDefinitions and rows), indented below LABEL. */
static void block(struct describe *describe, const char *label, const cJSON *doc)
{
    struct table table = {.underlined = true};
    cleanup_with(str_done) struct str text = {0};
    if (tree_get(doc, "rows[0]") == NULL) {
        line(describe, 0, label, NULL);
        return;
    }
    table_print(&table, doc, &text);
    table_done(&table);
    str_addf(&describe->out, "%s:\n", label);
    for (char *rest = text.data, *row; (row = strsep(&rest, "\n")) != NULL && rest != NULL;) {
        str_addf(&describe->out, "  %s\n", row);
    }
}

static bool runs(struct describe *describe, const char *name, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    autofree char *selector = xasprintf("spec.cronJobName=%s", name);
    autotree cJSON *table = NULL;
    cJSON *column;
    call_path(&path, KIND_RUN, describe->session.ctx.ns, NULL, NULL);
    call_query(&path, "fieldSelector", selector);
    call_query(&path, "limit", RUNS_SHOWN);
    if (!session_request(&describe->session, NULL, path.data, NULL, NULL, TABLE_ACCEPT, &table,
                         err)) {
        return false;
    }
    cJSON_ArrayForEach(column, tree_get(table, "columnDefinitions"))
    {
        if (text_same(tree_str(column, "name"), "CronJob")) { /* everyone here knows whose */
            tree_set_int(column, "priority", 1);
        }
    }
    block(describe, "Last Runs", table);
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
    line_seconds(describe, 0, "Starting Deadline Seconds", cronjob, "spec.startingDeadlineSeconds");
    line_path(describe, 0, "Backoff Limit", cronjob, "spec.jobTemplate.spec.backoffLimit");
    line_seconds(describe, 0, "Active Deadline Seconds", cronjob,
                 "spec.jobTemplate.spec.activeDeadlineSeconds");
    str_add(&describe->out, "Pod Template:\n");
    pod_spec(describe, 1, tree_get(cronjob, "spec.jobTemplate.spec.template.spec"), NULL);
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
    line_path(describe, 0, "Completion Mode", job, "spec.completionMode");
    line_path(describe, 0, "Suspend", job, "spec.suspend");
    line_seconds(describe, 0, "Active Deadline Seconds", job, "spec.activeDeadlineSeconds");
    line_time(describe, 0, "Start Time", tree_time(job, "status.startTime"));
    line_time(describe, 0, "Completed At", tree_time(job, "status.completionTime"));
    autofree char *counts = xasprintf("%lld Active / %lld Succeeded / %lld Failed",
                                      (long long)tree_int_or(job, "status.active", 0),
                                      (long long)tree_int_or(job, "status.succeeded", 0),
                                      (long long)tree_int_or(job, "status.failed", 0));
    line(describe, 0, "Pods Statuses", counts);
    str_add(&describe->out, "Pod Template:\n");
    pod_spec(describe, 1, tree_get(job, "spec.template.spec"), NULL);
    conditions(describe, tree_get(job, "status.conditions"));
}

static void describe_pod(struct describe *describe, const cJSON *pod)
{
    head(describe, pod);
    line_time(describe, 0, "Start Time", tree_time(pod, "status.startTime"));
    line_path(describe, 0, "Status", pod, "status.phase");
    if (tree_get(pod, "status.reason") != NULL) {
        line_path(describe, 0, "Reason", pod, "status.reason");
        line_path(describe, 0, "Message", pod, "status.message");
    }
    pod_spec(describe, 0, tree_get(pod, "spec"), pod);
}

static void row_add(cJSON *row, const char *text)
{
    tree_add(row, cJSON_CreateString(text));
}

static void event_row(struct describe *describe, const cJSON *event, cJSON *rows)
{
    char last_age[STAMP_SIZE], first_age[STAMP_SIZE];
    sec_t last = tree_time(event, "lastTimestamp"), first = tree_time(event, "firstTimestamp");
    long long count = (long long)tree_int_or(event, "count", 1);
    cleanup_with(str_done) struct str age = {0};
    cJSON *row = cJSON_CreateObject(), *cells = cJSON_CreateArray();
    str_add(&age, last != SEC_NONE ? duration_human(last_age, describe->now - last) : "");
    if (count > 1 && first != SEC_NONE) {
        str_addf(&age, " (x%lld over %s)", count, duration_human(first_age, describe->now - first));
    }
    row_add(cells, tree_str_or(event, "type", ""));
    row_add(cells, tree_str_or(event, "reason", ""));
    row_add(cells, str_text(&age));
    row_add(cells, tree_str_or(event, "source.component", ""));
    row_add(cells, tree_str_or(event, "message", ""));
    tree_set(row, "cells", cells);
    tree_add(rows, row);
}

static bool events(struct describe *describe, const cJSON *object, struct error *err)
{
    static const char *const names[] = {"Type", "Reason", "Age", "From", "Message"};
    cleanup_with(str_done) struct str path = {0};
    autofree char *selector =
        xasprintf("involvedObject.uid=%s", tree_str_or(object, "metadata.uid", ""));
    autotree cJSON *list = NULL, *table = cJSON_CreateObject();
    cJSON *columns = cJSON_CreateArray(), *rows = cJSON_CreateArray();
    const cJSON *event;
    tree_set(table, "columnDefinitions", columns);
    tree_set(table, "rows", rows);
    for (size_t i = 0; i < countof(names); i++) {
        cJSON *column = cJSON_CreateObject();
        tree_set_str(column, "name", names[i]);
        tree_add(columns, column);
    }
    call_path(&path, KIND_EVENT, describe->session.ctx.ns, NULL, NULL);
    call_query(&path, "fieldSelector", selector);
    if (!session_request(&describe->session, NULL, path.data, NULL, NULL, NULL, &list, err)) {
        return false;
    }
    cJSON_ArrayForEach(event, tree_get(list, "items"))
    {
        event_row(describe, event, rows);
    }
    block(describe, "Events", table);
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
        return print_failure(&err);
    }
    if (name == NULL || count > 0 ||
        (kind != KIND_CRONJOB && kind != KIND_JOB && kind != KIND_POD)) {
        error_set(&err, ERROR_USAGE, "belfry describe takes cronjob, job or pod, and a name");
        return print_failure(&err);
    }
    if (!session_open(&describe->session, ns, &err) ||
        !describe_object(describe, kind, name, &err)) {
        return print_failure(&err);
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
