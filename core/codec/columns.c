/* columns.c - objects as table rows: one set of columns for the API and the command line. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/columns.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/codec/decode.h"

#define NONE "<none>"

/* --- the columns --- */

#define NAME_COLUMN                                               \
    {                                                             \
        "Name", "string", "name", 0, "Unique within a namespace." \
    }
#define AGE_COLUMN                                           \
    {                                                        \
        "Age", "string", "", 0, "Time since it was created." \
    }
#define CONTAINER_COLUMNS                                         \
    {"Containers", "string", "", 1, "Names of its containers."},  \
        {"Images", "string", "", 1, "Images of its containers."}, \
    {                                                             \
        "Selector", "string", "", 1, "Labels of its pods."        \
    }

static const struct column cronjob_columns[] = {
    NAME_COLUMN,
    {"Schedule", "string", "", 0, "When it runs."},
    {"Timezone", "string", "", 0, "The zone of its schedule."},
    {"Suspend", "boolean", "", 0, "True: no new runs."},
    {"Active", "integer", "", 0, "Jobs that run."},
    {"Last Schedule", "string", "", 0, "Time since the newest scheduled run was due."},
    AGE_COLUMN,
    CONTAINER_COLUMNS,
};

static const struct column job_columns[] = {
    NAME_COLUMN,
    {"Status", "string", "", 0, "How it is."},
    {"Completions", "string", "", 0, "Pods that have succeeded, and those that must."},
    {"Duration", "string", "", 0, "Time from its start to its end."},
    AGE_COLUMN,
    CONTAINER_COLUMNS,
};

static const struct column pod_columns[] = {
    NAME_COLUMN,
    {"Ready", "string", "", 0, "Containers that run, of all."},
    {"Status", "string", "", 0, "How it is."},
    {"Restarts", "string", "", 0, "How often its containers were started again."},
    AGE_COLUMN,
    {"IP", "string", "", 1, "Its address."},
    {"Node", "string", "", 1, "The machine it runs on."},
    {"Nominated Node", "string", "", 1, "Not used here."},
    {"Readiness Gates", "string", "", 1, "Not used here."},
};

static const struct column event_columns[] = {
    {"Last Seen", "string", "", 0, "Time since it last happened."},
    {"Type", "string", "", 0, "Normal or Warning."},
    {"Reason", "string", "", 0, "What happened, in one word."},
    {"Object", "string", "", 0, "What it is about."},
    {"Subobject", "string", "", 1, "Which part of it."},
    {"Source", "string", "", 1, "Who noticed."},
    {"Message", "string", "", 0, "What happened, in a sentence."},
    {"First Seen", "string", "", 1, "Time since it first happened."},
    {"Count", "integer", "", 1, "How often it happened."},
    {"Name", "string", "name", 1, "Name of the event."},
};

static const struct column namespace_columns[] = {
    NAME_COLUMN,
    {"Status", "string", "", 0, "How it is."},
    AGE_COLUMN,
};

/* Ours: Kubernetes has no runs. */
static const struct column run_columns[] = {
    NAME_COLUMN,
    {"CronJob", "string", "", 0, "Whose run it is."},
    {"Scheduled", "string", "", 0, "Time since it was due."},
    {"Trigger", "string", "", 0, "schedule, catch-up or manual."},
    {"Result", "string", "", 0, "How it ended, or why it did not run."},
    {"Duration", "string", "", 0, "Time from its start to its end."},
    {"Exit", "string", "", 0, "Exit code of the newest attempt."},
    {"Attempts", "integer", "", 0, "How many attempts it took."},
    {"Count", "integer", "", 1, "How many due times this row is for."},
    {"Reason", "string", "", 1, "Why, in one word."},
    {"Pod", "string", "", 1, "The newest attempt."},
    {"Requested By", "string", "", 1, "Who asked for a forced run."},
};

/* --- cells --- */

/* Cells are added from left to right, one for each column. */
struct row {
    cJSON *cells;
    const cJSON *object;
    sec_t now;
};

static void add_text(struct row *row, const char *text)
{
    tree_add(row->cells, cJSON_CreateString(text));
}

static void add_text_or(struct row *row, const char *text, const char *otherwise)
{
    add_text(row, text && *text ? text : otherwise);
}

static void add_int(struct row *row, int64_t value)
{
    tree_add(row->cells, cJSON_CreateNumber((double)value));
}

static void add_age(struct row *row, sec_t when, const char *otherwise)
{
    char text[STAMP_SIZE];
    add_text(row, time_is_set(when) ? duration_human(text, row->now - when) : otherwise);
}

/* Member NAME of each container, with commas between. */
static void add_of_containers(struct row *row, const struct pod_spec *spec, bool images)
{
    struct str text = {0};
    for (size_t i = 0; i < spec->containers.len; i++) {
        const struct container *container = &spec->containers.data[i];
        const char *part = images ? container->image : container->name;
        str_addf(&text, "%s%s", i ? "," : "", part ? part : "");
    }
    add_text(row, str_text(&text));
    str_done(&text);
}

static int by_key(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    return strcmp(left->key, right->key);
}

static void add_selector(struct row *row, const struct job_spec *spec)
{
    struct str text = {0};
    struct pairs sorted = {0};
    for (size_t i = 0; i < spec->match_labels.len; i++) {
        vec_push(&sorted, spec->match_labels.data[i]);
    }
    if (sorted.len > 1) {
        qsort(sorted.data, sorted.len, sizeof *sorted.data, by_key);
    }
    for (size_t i = 0; i < sorted.len; i++) {
        str_addf(&text, "%s%s=%s", i ? "," : "", sorted.data[i].key, sorted.data[i].value);
    }
    add_text_or(row, str_text(&text), NONE);
    vec_done(&sorted);
    str_done(&text);
}

static void add_job_spec(struct row *row, const struct job_spec *spec)
{
    add_of_containers(row, &spec->template.spec, false);
    add_of_containers(row, &spec->template.spec, true);
    add_selector(row, spec);
}

static void cronjob_cells(struct row *row)
{
    cleanup_with(cronjob_done) struct cronjob cronjob = {0};
    (void)!cronjob_decode(row->object, &cronjob, NULL); /* empty when it is none */
    add_text_or(row, cronjob.meta.name, "");
    add_text_or(row, cronjob.spec.schedule, "");
    add_text_or(row, cronjob.spec.time_zone, NONE);
    add_text(row, cronjob.spec.suspend ? "True" : "False"); /* declared boolean, and yet a text */
    add_int(row, (int64_t)cronjob.status.active.len);
    add_age(row, cronjob.status.last_schedule_time, NONE);
    add_age(row, cronjob.meta.creation, "<unknown>");
    add_job_spec(row, &cronjob.spec.job_template.spec);
}

static void add_completions(struct row *row, const struct job *job)
{
    char text[80];
    long long done = (long long)job->status.succeeded;
    long long parallelism = (long long)opt_int_or(job->spec.parallelism, 0);
    if (job->spec.completions.set) {
        snprintf(text, sizeof text, "%lld/%lld", done, (long long)job->spec.completions.value);
    } else if (parallelism > 1) {
        snprintf(text, sizeof text, "%lld/1 of %lld", done, parallelism);
    } else {
        snprintf(text, sizeof text, "%lld/1", done);
    }
    add_text(row, text);
}

static void add_duration(struct row *row, sec_t start, sec_t end)
{
    char text[STAMP_SIZE];
    if (!time_is_set(start)) {
        add_text(row, "");
        return;
    }
    add_text(row, duration_human(text, (time_is_set(end) ? end : row->now) - start));
}

static void job_cells(struct row *row)
{
    cleanup_with(job_done) struct job job = {0};
    (void)!job_decode(row->object, &job, NULL);
    add_text_or(row, job.meta.name, "");
    add_text(row, job_state(&job));
    add_completions(row, &job);
    add_duration(row, job.status.start_time, job_finish_time(&job));
    add_age(row, job.meta.creation, "<unknown>");
    add_job_spec(row, &job.spec);
}

/* "3 (2m5s ago)": the count, and when the newest restart was. */
static void add_restarts(struct row *row, const struct pod *pod)
{
    nsec_t newest = NSEC_NONE;
    const struct container_statuses *list = &pod->status.containers;
    for (size_t i = 0; i < list->len; i++) {
        nsec_t end = list->data[i].last_state.finished_at;
        newest = list->data[i].last_state.set && end > newest ? end : newest;
    }
    char text[80], ago[STAMP_SIZE];
    long long count = (long long)pod_restarts(pod);
    if (count > 0 && time_is_set(newest)) {
        snprintf(text, sizeof text, "%lld (%s ago)", count,
                 duration_human(ago, row->now - nsec_to_sec(newest)));
    } else {
        snprintf(text, sizeof text, "%lld", count);
    }
    add_text(row, text);
}

static void pod_cells(struct row *row)
{
    cleanup_with(pod_done) struct pod pod = {0};
    char text[80];
    size_t ready = 0;
    (void)!pod_decode(row->object, &pod, NULL);
    for (size_t i = 0; i < pod.status.containers.len; i++) {
        ready += pod.status.containers.data[i].ready;
    }
    add_text_or(row, pod.meta.name, "");
    snprintf(text, sizeof text, "%zu/%zu", ready, pod.spec.containers.len);
    add_text(row, text);
    add_text(row, pod_state(&pod, text, sizeof text));
    add_restarts(row, &pod);
    add_age(row, pod.meta.creation, "<unknown>");
    add_text_or(row, pod.status.pod_ip, NONE);
    add_text_or(row, pod.spec.node_name, NONE);
    add_text(row, NONE);
    add_text(row, NONE);
}

static void event_cells(struct row *row)
{
    cleanup_with(event_done) struct event event = {0};
    struct str text = {0};
    (void)!event_decode(row->object, &event, NULL);
    add_age(row, event.last_time, "<unknown>");
    add_text_or(row, event.type, "");
    add_text_or(row, event.reason, "");
    for (const char *c = event.involved.kind; c && *c; c++) {
        str_add_char(&text, (char)tolower((unsigned char)*c));
    }
    str_addf(&text, "/%s", event.involved.name ? event.involved.name : "");
    add_text(row, str_text(&text));
    add_text_or(row, event.involved.field_path, "");
    str_clear(&text);
    str_add(&text, event.component ? event.component : "");
    if (event.host) {
        str_addf(&text, ", %s", event.host);
    }
    add_text(row, str_text(&text));
    add_text_or(row, event.message, "");
    add_age(row, event.first_time, "<unknown>");
    add_int(row, event.count > 0 ? event.count : 1);
    add_text_or(row, event.meta.name, "");
    str_done(&text);
}

static void namespace_cells(struct row *row)
{
    add_text(row, tree_str_or(row->object, "metadata.name", ""));
    add_text(row, tree_str_or(row->object, "status.phase", "Active"));
    add_age(row, tree_time(row->object, "metadata.creationTimestamp"), "<unknown>");
}

static void run_cells(struct row *row)
{
    struct run run = {0};
    char text[40] = NONE;
    (void)!run_decode(row->object, &run, NULL);
    add_text(row, tree_str_or(row->object, "metadata.name", ""));
    add_text_or(row, run.cronjob, "");
    add_age(row, run.slot, NONE);
    add_text(row, run_trigger_names[run.trigger]);
    add_text(row, run_fate_names[run.fate]);
    add_duration(row, time_is_set(run.start) ? nsec_to_sec(run.start) : SEC_NONE,
                 time_is_set(run.end) ? nsec_to_sec(run.end) : SEC_NONE);
    if (run.exit_code.set) {
        snprintf(text, sizeof text, "%lld", (long long)run.exit_code.value);
    }
    add_text(row, text);
    add_int(row, run.attempts);
    add_int(row, run.count);
    add_text_or(row, run.reason, NONE);
    add_text_or(row, run.pod, NONE);
    add_text_or(row, run.who, NONE);
}

/* --- tables --- */

static const struct {
    const struct column *columns;
    size_t count;
    void (*cells)(struct row *row);
} tables[] = {
    [KIND_CRONJOB] = {cronjob_columns, countof(cronjob_columns), cronjob_cells},
    [KIND_JOB] = {job_columns, countof(job_columns), job_cells},
    [KIND_POD] = {pod_columns, countof(pod_columns), pod_cells},
    [KIND_EVENT] = {event_columns, countof(event_columns), event_cells},
    [KIND_NAMESPACE] = {namespace_columns, countof(namespace_columns), namespace_cells},
    [KIND_RUN] = {run_columns, countof(run_columns), run_cells},
};
static_assert(countof(tables) == KIND_COUNT, "each kind has its columns");

const struct column *columns_of(enum kind kind, size_t *ret_count)
{
    *ret_count = tables[kind].count;
    return tables[kind].columns;
}

cJSON *columns_cells(enum kind kind, const cJSON *object, sec_t now)
{
    struct row row = {.cells = cJSON_CreateArray(), .object = object, .now = now};
    tables[kind].cells(&row);
    return row.cells;
}

cJSON *columns_definitions(enum kind kind)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < tables[kind].count; i++) {
        const struct column *column = &tables[kind].columns[i];
        cJSON *definition = cJSON_CreateObject();
        tree_set_str(definition, "name", column->name);
        tree_set_str(definition, "type", column->type);
        tree_set_str(definition, "format", column->format);
        tree_set_str(definition, "description", column->doc);
        tree_set_int(definition, "priority", column->priority);
        tree_add(list, definition);
    }
    return list;
}

cJSON *columns_row(enum kind kind, const cJSON *object, const char *include, sec_t now)
{
    cJSON *row = cJSON_CreateObject();
    tree_set(row, "cells", columns_cells(kind, object, now));
    if (include && strcmp(include, "Object") == 0) {
        tree_set(row, "object", tree_copy(object));
    } else if (!include || strcmp(include, "None") != 0) {
        cJSON *metadata = tree_copy(tree_member(object, "metadata"));
        tree_put_str(row, "object.kind", "PartialObjectMetadata");
        tree_put_str(row, "object.apiVersion", "meta.k8s.io/v1");
        tree_put(row, "object.metadata", metadata ? metadata : cJSON_CreateObject());
    }
    return row;
}
