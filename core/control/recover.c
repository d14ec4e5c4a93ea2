/* recover.c - start-up: adopt what runs, settle what has ended, sweep what nobody owns, catch up. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "core/base/log.h"
#include "core/control/inside.h"

/* The order matters: attempts that ended while nobody looked are news of their pods before the
 * Jobs are looked at, and the Jobs know their ends before Forbid asks whether one is active. The
 * queue keeps owners first within a pass; news make the pods ready, and a pod that has news makes
 * its Job ready again. */

/* Every object of KIND gets its item and its look. */
static bool queue_all(struct control *control, enum kind kind, feed_fn *each, struct error *err)
{
    struct object_filter filter = {.kind = kind};
    struct object_cursor *cursor = objects_cursor_open(control->store, &filter, NULL, err);
    if (!cursor) {
        return false;
    }
    struct object object;
    enum cursor_result result;
    while ((result = objects_cursor_next(cursor, &object, err)) == CURSOR_ROW) {
        struct feed_change change = {.kind = kind,
                                     .namespace = object.namespace,
                                     .name = object.name,
                                     .uid = object.uid,
                                     .document = object.document,
                                     .document_len = object.document_len};
        each(&change, control);
    }
    objects_cursor_close(cursor);
    return result == CURSOR_END;
}

static void on_object(const struct feed_change *change, void *data)
{
    struct control *control = data;
    queue_ready(&control->queue, queue_item(&control->queue, change->kind, change->namespace,
                                            change->name, change->uid));
}

/* What the executor finds of the newest attempt of a container that has not ended. */
static void adopt_container(struct control *control, struct queue_item *item,
                            const struct container_status *status)
{
    struct attempt_note *note = attempt_note(pod_live_of(item), status->name);
    struct attempt_id id = attempt_id_of(item->uid, status->name, (int)status->restart_count);
    note->number = id.number;
    enum attempt_state state = executor_adopt(control->executor, &id);
    if (state != ATTEMPT_NEVER_STARTED) {
        note->handed_over = true; /* its end will be told */
        return;
    }
    if (status->state.set && status->state.phase == CONTAINER_RUNNING) {
        /* Its folder is gone: somebody has cleared the home. It is not run again. */
        struct exit_record record = {.reason = EXIT_INTERRUPTED,
                                     .code = 137,
                                     .started = status->state.started_at,
                                     .finished = clk_wall(control->clk),
                                     .cpu_ns = -1,
                                     .max_rss = -1,
                                     .message = "its records are gone"};
        live_tell(control, &id, NULL, &record);
    }
}

static void adopt_containers(struct control *control, struct queue_item *item,
                             const struct container_statuses *list)
{
    for (size_t i = 0; i < list->len; i++) {
        const struct container_state *state = &list->data[i].state;
        bool backs_off =
            state->phase == CONTAINER_WAITING && text_same(state->reason, "CrashLoopBackOff");
        if (list->data[i].name && state->phase != CONTAINER_TERMINATED && !backs_off) {
            adopt_container(control, item, &list->data[i]);
        }
    }
}

static void on_pod(const struct feed_change *change, void *data)
{
    struct control *control = data;
    struct error err = {0};
    autotree cJSON *tree = tree_parse(change->document, change->document_len, &err);
    struct pod pod;
    if (!tree || !pod_decode(tree, &pod, &err)) {
        char text[512];
        error_text(&err, text, sizeof text);
        log_error("Pod \"%s/%s\": %s", change->namespace, change->name, text);
        return;
    }
    bool ended = pod_finished(&pod);
    if (!ended || pod.meta.deletion != SEC_NONE) {
        struct queue_item *item =
            queue_item(&control->queue, KIND_POD, change->namespace, change->name, change->uid);
        queue_ready(&control->queue, item);
        if (!ended) {
            adopt_containers(control, item, &pod.status.init_containers);
            adopt_containers(control, item, &pod.status.containers);
        }
    }
    pod_done(&pod);
}

/* Finished Jobs need no look, but for a time to live and what their end has not told yet. */
static void on_job(const struct feed_change *change, void *data)
{
    on_object(change, data);
}

/* --- folders that nobody owns --------------------------------------------------------------- */

static bool is_owned(struct control *control, const char *uid)
{
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    return objects_get_uid(control->store, uid, &text, NULL, &err) || err.code != ERROR_NOT_FOUND;
}

/* A crash between the commit that deleted a pod and the removal of its folders leaves them. */
static void sweep(struct control *control, const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries) {
        return; /* none has been made yet */
    }
    const struct dirent *entry;
    while ((entry = readdir(entries))) {
        struct error err = {0};
        if (strlen(entry->d_name) == UUID_SIZE - 1 && !is_owned(control, entry->d_name) &&
            !executor_remove_pod(control->executor, entry->d_name, &err)) {
            char text[512];
            error_text(&err, text, sizeof text);
            log_warn("sweeping %s: %s", folder, text);
        }
    }
    closedir(entries);
}

bool recover(struct control *control, struct error *err)
{
    if (control->options.paths) {
        sweep(control, control->options.paths->runs);
        sweep(control, control->options.paths->logs);
    }
    return queue_all(control, KIND_POD, on_pod, err) && queue_all(control, KIND_JOB, on_job, err) &&
           queue_all(control, KIND_CRONJOB, on_object, err);
}
