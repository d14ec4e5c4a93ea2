/* live.c - pods that have not ended: what the executor does for them, and what it tells. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/base/log.h"
#include "core/control/inside.h"
#include "core/run/driver.h"

struct pod_live *pod_live_of(struct queue_item *item)
{
    if (!item->live) {
        item->live = xcalloc(1, sizeof *item->live);
    }
    return item->live;
}

void pod_live_drop(struct queue_item *item)
{
    struct pod_live *live = item->live;
    if (!live) {
        return;
    }
    for (size_t i = 0; i < live->attempts.len; i++) {
        free(live->attempts.data[i].container);
    }
    vec_done(&live->attempts);
    while (live->news) {
        struct pod_news *next = live->news->next;
        free(live->news);
        live->news = next;
    }
    free(live);
    item->live = NULL;
}

struct attempt_note *attempt_note(struct pod_live *live, const char *container)
{
    for (size_t i = 0; i < live->attempts.len; i++) {
        if (strcmp(live->attempts.data[i].container, container) == 0) {
            return &live->attempts.data[i];
        }
    }
    vec_push(&live->attempts, (struct attempt_note){.container = xstrdup(container)});
    return &live->attempts.data[live->attempts.len - 1];
}

struct attempt_id attempt_id_of(const char *pod_uid, const char *container, int number)
{
    struct attempt_id id = {.number = number};
    text_copy(id.pod_uid, sizeof id.pod_uid, pod_uid);
    text_copy(id.container, sizeof id.container, container);
    return id;
}

/* --- news ----------------------------------------------------------------------------------- */

void live_tell(struct control *control, const struct attempt_id *id,
               const struct start_record *start, const struct exit_record *end)
{
    struct queue_item *item = queue_by_uid(&control->queue, id->pod_uid);
    if (!item || item->kind != KIND_POD) {
        return; /* deleted meanwhile */
    }
    struct pod_news *news = xcalloc(1, sizeof *news);
    news->id = *id;
    news->ended = end != NULL;
    if (start) {
        news->start = *start;
    }
    if (end) {
        news->exit = *end;
    }
    struct pod_news **at = &pod_live_of(item)->news;
    while (*at) {
        at = &(*at)->next;
    }
    *at = news;
    queue_ready(&control->queue, item);
    control_arm(control);
}

struct settling {
    struct control *control;
    char pod_uid[UUID_SIZE];
};

static void on_settled(void *data, const struct error *failure)
{
    struct settling *settling = data;
    struct queue_item *item = queue_by_uid(&settling->control->queue, settling->pod_uid);
    struct pod_news **at = item && item->live ? &item->live->news : NULL;
    while (at && *at) {
        struct pod_news *news = *at;
        if (news->written && !failure) {
            *at = news->next;
            free(news);
            continue;
        }
        news->written = false;
        at = &news->next;
    }
    free(settling);
}

void live_settle_news(struct control *control, const char *pod_uid)
{
    struct settling *settling = xcalloc(1, sizeof *settling);
    settling->control = control;
    text_copy(settling->pod_uid, sizeof settling->pod_uid, pod_uid);
    store_after_commit(control->store, on_settled, settling);
}

/* --- orders --------------------------------------------------------------------------------- */

const char *live_unavailable(const struct control *control, const struct pod_spec *spec,
                             const char **ret)
{
    const char *runtime = control->options.runtime;
    const struct driver *driver;
    if (pod_spec_on_host(spec) || text_same(runtime, RUNTIME_HOST)) {
        driver = driver_named(RUNTIME_HOST);
    } else if (!runtime || text_same(runtime, "auto")) {
        driver = driver_for(spec->runtime_class_name);
    } else {
        driver = driver_named(runtime);
        driver = driver && driver->available() ? driver : NULL;
    }
    if (!driver) {
        return "no container engine is available: set runtimeClassName: host to run the command "
               "as a process of this machine, or install podman or docker";
    }
    if (ret) {
        *ret = driver->name;
    }
    return NULL;
}

/* An order that waits for its commit, with texts of its own. */
struct launch {
    struct control *control;
    struct attempt_id id;
    struct attempt_order order;
    struct text_list argv, env;
    char *cwd;
};

static void launch_free(struct launch *launch)
{
    text_list_done(&launch->argv);
    text_list_done(&launch->env);
    free(launch->cwd);
    free(launch);
}

static void add_texts(struct text_list *list, const struct texts *texts)
{
    for (size_t i = 0; i < texts->len; i++) {
        vec_push(&list->texts, xstrdup(texts->data[i]));
    }
}

/* env[].valueFrom.fieldRef, as far as a pod on this machine has the fields. */
static const char *field_value(const struct pod *pod, const char *path)
{
    static const struct {
        const char *path;
        size_t offset;
    } fields[] = {
        {"metadata.name", offsetof(struct pod, meta.name)},
        {"metadata.namespace", offsetof(struct pod, meta.ns)},
        {"metadata.uid", offsetof(struct pod, meta.uid)},
        {"spec.nodeName", offsetof(struct pod, spec.node_name)},
        {"spec.serviceAccountName", offsetof(struct pod, spec.service_account_name)},
    };
    for (size_t i = 0; i < countof(fields); i++) {
        if (strcmp(fields[i].path, path) == 0) {
            const char *value;
            memcpy(&value, (const char *)pod + fields[i].offset, sizeof value);
            return value ? value : "";
        }
    }
    /* metadata.labels['KEY'] and metadata.annotations['KEY'] */
    bool label = text_starts(path, "metadata.labels['");
    if ((label || text_starts(path, "metadata.annotations['")) && text_ends(path, "']")) {
        const char *from = strchr(path, '\'') + 1;
        autofree char *key = xstrndup(from, strlen(from) - 2);
        const char *value = label ? meta_label(&pod->meta, key) : meta_annotation(&pod->meta, key);
        return value ? value : "";
    }
    return "";
}

static void add_env(struct launch *launch, const struct pod *pod, const struct container *container)
{
    for (size_t i = 0; i < container->env.len; i++) {
        const struct env *env = &container->env.data[i];
        const char *value = env->value        ? env->value
                            : env->field_path ? field_value(pod, env->field_path)
                                              : "";
        vec_push(&launch->env.texts, xasprintf("%s=%s", env->name, value));
    }
    vec_push(&launch->env.texts, NULL);
}

/* The wall time at which the shim ends it by itself: the Job's deadline, or the pod's. */
static nsec_t deadline_of(const struct control *control, const struct pod *pod)
{
    const struct owner *owner = meta_controller(&pod->meta);
    const struct queue_item *job = owner ? queue_by_uid(&control->queue, owner->uid) : NULL;
    nsec_t deadline = job ? job->deadline_wall : 0;
    if (pod->spec.active_deadline_seconds.set) {
        nsec_t own =
            clk_wall(control->clk) + pod->spec.active_deadline_seconds.value * NSEC_PER_SEC;
        deadline = deadline == 0 || own < deadline ? own : deadline;
    }
    return deadline;
}

static void choose_user(struct launch *launch, const struct pod *pod,
                        const struct container *container)
{
    struct opt_int uid = container->security.run_as_user;
    struct opt_int gid = container->security.run_as_group;
    uid = uid.set ? uid : pod->spec.security.run_as_user;
    gid = gid.set ? gid : pod->spec.security.run_as_group;
    launch->order.has_uid = uid.set;
    launch->order.uid = uid.value;
    launch->order.has_gid = gid.set;
    launch->order.gid = gid.value;
}

static struct launch *make_launch(struct control *control, const struct pod *pod,
                                  const struct container *container, int number)
{
    struct launch *launch = xcalloc(1, sizeof *launch);
    launch->control = control;
    launch->id = attempt_id_of(pod->meta.uid, container->name, number);
    add_texts(&launch->argv, &container->command);
    add_texts(&launch->argv, &container->args);
    vec_push(&launch->argv.texts, NULL);
    add_env(launch, pod, container);
    launch->cwd = container->working_dir ? xstrdup(container->working_dir) : NULL;
    live_unavailable(control, &pod->spec, &launch->order.runtime);
    launch->order.argv = (const char *const *)launch->argv.texts.data;
    launch->order.env = (const char *const *)launch->env.texts.data;
    launch->order.cwd = launch->cwd;
    launch->order.deadline = deadline_of(control, pod);
    launch->order.grace = opt_int_or(pod->spec.termination_grace_period_seconds, 30) * NSEC_PER_SEC;
    launch->order.leave_children = meta_flag(&pod->meta, ANNOTATION_LEAVE_CHILDREN);
    choose_user(launch, pod, container);
    return launch;
}

/* An order that nobody can carry out is an attempt that has ended. */
static void refuse(struct control *control, const struct attempt_id *id, const struct error *why)
{
    nsec_t now = clk_wall(control->clk);
    struct exit_record record = {.reason = EXIT_CONTAINER_CANNOT_RUN,
                                 .code = 128,
                                 .finished = now,
                                 .cpu_ns = -1,
                                 .max_rss = -1};
    text_copy(record.message, sizeof record.message, why->what);
    live_tell(control, id, NULL, &record);
}

static void retry_later(struct control *control, struct queue_item *item, struct attempt_note *note,
                        const struct error *why)
{
    char text[512];
    error_text(why, text, sizeof text);
    log_warn("starting %s of pod %s: %s; trying again", note->container, item->key, text);
    note->handed_over = false;
    queue_by(&control->queue, item, clk_mono(control->clk) + RETRY_NSEC);
    control_arm(control);
}

static void hand_over(struct launch *launch, struct queue_item *item, struct attempt_note *note)
{
    struct control *control = launch->control;
    struct error err = {0};
    if (executor_start(control->executor, &launch->id, &launch->order, &err)) {
        return;
    }
    if (err.code == ERROR_INVALID) {
        refuse(control, &launch->id, &err);
    } else if (err.code != ERROR_CONFLICT ||
               executor_adopt(control->executor, &launch->id) == ATTEMPT_NEVER_STARTED) {
        retry_later(control, item, note, &err);
    }
}

static void on_start_committed(void *data, const struct error *failure)
{
    struct launch *launch = data;
    struct queue_item *item = queue_by_uid(&launch->control->queue, launch->id.pod_uid);
    if (item && item->live) {
        struct attempt_note *note = attempt_note(item->live, launch->id.container);
        if (failure) {
            note->handed_over = false; /* the failed pass is looked at again */
        } else {
            hand_over(launch, item, note);
        }
    }
    launch_free(launch);
}

void live_start(struct control *control, const struct pod *pod, const struct container *container,
                int number)
{
    store_after_commit(control->store, on_start_committed,
                       make_launch(control, pod, container, number));
}

struct halt {
    struct control *control;
    struct attempt_id id;
    nsec_t grace;
};

static void on_stop_committed(void *data, const struct error *failure)
{
    struct halt *halt = data;
    struct queue_item *item = queue_by_uid(&halt->control->queue, halt->id.pod_uid);
    if (!failure) {
        executor_stop(halt->control->executor, &halt->id, halt->grace);
    } else if (item && item->live) {
        attempt_note(item->live, halt->id.container)->stop_sent = false;
    }
    free(halt);
}

void live_stop(struct control *control, const struct attempt_id *id, nsec_t grace)
{
    struct halt *halt = xcalloc(1, sizeof *halt);
    *halt = (struct halt){.control = control, .id = *id, .grace = grace};
    store_after_commit(control->store, on_stop_committed, halt);
}
