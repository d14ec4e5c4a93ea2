/* controller.c - from a change or a due time to a look, and from looks to one transaction. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/base/log.h"
#include "core/control/inside.h"

/* Looks of one pass beyond the due CronJobs: the loop must get its turn. */
#define LOOKS_MOST 4096

static bool (*const looks[KIND_COUNT])(struct control *, struct queue_item *, struct error *) = {
    [KIND_CRONJOB] = look_cronjob,
    [KIND_JOB] = look_job,
    [KIND_POD] = look_pod,
};

/* Owners before what they own: what one look makes, the next ones of the same pass carry on, so a
 * due slot becomes a Job, its pod and an order in one transaction. A Job is looked at before its
 * pods also so that it can stop a pod that wants to go on. */
static const enum kind line_order[] = {KIND_CRONJOB, KIND_JOB, KIND_POD};

void control_forget(struct control *control, struct queue_item *item)
{
    pod_live_drop(item);
    queue_forget(&control->queue, item);
}

/* --- passes --------------------------------------------------------------------------------- */

static void complain(struct control *control, const struct error *err)
{
    if (control->complained) {
        return;
    }
    char text[512];
    error_text(err, text, sizeof text);
    log_error("the controllers cannot write: %s; trying again every %d s", text,
              (int)(RETRY_NSEC / NSEC_PER_SEC));
    control->complained = true;
}

static void try_again(struct control *control, struct queue_item *item)
{
    item->own_version = 0;
    item->done = false;
    queue_by(&control->queue, item, clk_mono(control->clk) + RETRY_NSEC);
}

/* Everything of one object stays or goes together: an object that cannot be written does not drag
 * the others of this pass down. */
static void look_at(struct control *control, struct queue_item *item)
{
    struct error err = {0};
    enum kind kind = item->kind;
    autofree char *ns = xstrdup(item->ns);
    autofree char *name = xstrdup(item->name);
    int64_t own_version = item->own_version;
    item->pass = control->pass;
    item->done = false;
    bool ok = store_unit_begin(control->store, &err);
    if (ok) {
        bool looked = looks[kind](control, item, &err);
        struct error ending = {0};
        ok = store_unit_end(control->store, looked, &ending) && looked;
        if (looked && !ok) {
            err = ending;
        }
    }
    /* The look may have forgotten the item. */
    item = queue_find(&control->queue, kind, ns, name);
    if (ok) {
        /* Done, and nothing written whose change would come by and have it forgotten. */
        if (item && item->done && !item->ready && item->own_version == own_version) {
            control_forget(control, item);
        }
        return;
    }
    if (!item) {
        item = queue_item(&control->queue, kind, ns, name, NULL);
    }
    if (err.code == ERROR_IO || err.code == ERROR_CONFLICT) {
        complain(control, &err);
    } else {
        char text[512];
        error_text(&err, text, sizeof text);
        log_error("%s \"%s/%s\": %s", kind_info(kind)->name, ns, name, text);
    }
    try_again(control, item);
}

struct pass_end {
    struct control *control;
    uint64_t pass;
};

/* A commit that failed has undone all of its pass: look again at everything it looked at. */
static void on_pass_end(void *data, const struct error *failure)
{
    struct pass_end *end = data;
    struct control *control = end->control;
    uint64_t pass = end->pass;
    free(end);
    if (!failure) {
        control->complained = false;
        return;
    }
    complain(control, failure);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        void *value;
        for (size_t i = 0; map_each(&control->queue.by_key[kind], &i, NULL, &value);) {
            struct queue_item *item = value;
            if (item->pass >= pass) {
                try_again(control, item);
            }
        }
    }
    control_arm(control);
}

/* Those that are in line now: a pod that lines up again (a restart) lets its Job go first. */
static size_t look_at_line(struct control *control, enum kind kind)
{
    size_t count = control->queue.lines[kind].count;
    if (kind != KIND_CRONJOB && count > LOOKS_MOST) {
        count = LOOKS_MOST;
    }
    for (size_t i = 0; i < count; i++) {
        look_at(control, queue_take(&control->queue, kind));
    }
    return count;
}

bool control_pass(struct control *control)
{
    if (queue_count(&control->queue) == 0) {
        return false;
    }
    control->pass++;
    struct pass_end *end = xcalloc(1, sizeof *end);
    *end = (struct pass_end){.control = control, .pass = control->pass};
    store_after_commit(control->store, on_pass_end, end);
    size_t count = 0;
    while (count < LOOKS_MOST && queue_count(&control->queue) > 0) {
        for (size_t line = 0; line < countof(line_order); line++) {
            count += look_at_line(control, line_order[line]);
        }
    }
    control_arm(control);
    return true;
}

bool control_poke(struct control *control)
{
    queue_due(&control->queue, clk_now(control->clk), clk_mono(control->clk));
    return control_pass(control);
}

/* --- the feed ------------------------------------------------------------------------------- */

struct queue_item *owner_item(struct control *control, const char *owner_uid)
{
    struct queue_item *item = queue_by_uid(&control->queue, owner_uid);
    if (item || !owner_uid || !*owner_uid) {
        return item;
    }
    cleanup_with(loaded_done) struct loaded owner = {0};
    struct error err = {0};
    if (load_uid(control->store, owner_uid, &owner, &err) != FOUND_IT) {
        return NULL;
    }
    enum kind kind =
        kind_of(tree_str_or(owner.tree, "apiVersion", ""), tree_str_or(owner.tree, "kind", ""));
    if (kind != KIND_CRONJOB && kind != KIND_JOB) {
        return NULL;
    }
    return queue_item(&control->queue, kind, tree_str_or(owner.tree, "metadata.namespace", ""),
                      tree_str_or(owner.tree, "metadata.name", ""), owner_uid);
}

static bool same_text(const cJSON *a, const cJSON *b, const char *path)
{
    return text_same(tree_str(a, path), tree_str(b, path));
}

/* What a look cannot see in the document as it is now. */
static bool note_edit(struct queue_item *item, const struct feed_change *change)
{
    autotree cJSON *old = tree_parse(change->previous, change->previous_len, NULL);
    autotree cJSON *now = tree_parse(change->document, change->document_len, NULL);
    item->edited |= !same_text(old, now, "spec.schedule") || !same_text(old, now, "spec.timeZone");
    bool was_suspended = tree_bool(old, "spec.suspend", false);
    bool is_suspended = tree_bool(now, "spec.suspend", false);
    bool was_draft = was_suspended && text_same(tree_annotation(old, ANNOTATION_DRAFT), "true");
    item->started |= was_draft && !is_suspended;
    item->resumed |= was_suspended && !is_suspended && !was_draft;
    return item->edited || item->started || item->resumed;
}

static void wake_owner(struct control *control, const struct feed_change *change)
{
    struct queue_item *owner = owner_item(control, change->owner_uid);
    /* An owner that has been written since knows: mostly it was its own look that deleted. */
    if (owner && owner->own_version < change->version) {
        queue_ready(&control->queue, owner);
    }
}

static void on_deleted(struct control *control, const struct feed_change *change)
{
    struct queue_item *item =
        queue_find(&control->queue, change->kind, change->namespace, change->name);
    if (item && text_same(item->uid, change->uid)) {
        control_forget(control, item);
    }
    if (change->kind == KIND_POD) {
        struct error err = {0};
        if (control->executor && !executor_remove_pod(control->executor, change->uid, &err)) {
            char text[512];
            error_text(&err, text, sizeof text);
            log_warn("removing what pod %s left: %s", change->name, text);
        }
    }
    wake_owner(control, change);
}

static void on_change(const struct feed_change *change, void *data)
{
    struct control *control = data;
    if (change->type == FEED_DELETED) {
        on_deleted(control, change);
        control_arm(control);
        return;
    }
    struct queue_item *item =
        queue_find(&control->queue, change->kind, change->namespace, change->name);
    if (item && change->version <= item->own_version) {
        /* Somebody's edit that our look has seen, but not what it changed. */
        if (change->kind == KIND_CRONJOB && change->version < item->own_version &&
            change->type == FEED_MODIFIED && note_edit(item, change)) {
            queue_ready(&control->queue, item);
            control_arm(control);
        }
        if (item->done && change->version == item->own_version && !item->ready) {
            control_forget(control, item);
        }
        return;
    }
    item = queue_item(&control->queue, change->kind, change->namespace, change->name, change->uid);
    if (change->kind == KIND_CRONJOB && change->type == FEED_MODIFIED) {
        (void)note_edit(item, change);
    }
    queue_ready(&control->queue, item);
    control_arm(control);
}

/* --- the executor --------------------------------------------------------------------------- */

static void on_started(void *data, const struct attempt_id *id, const struct start_record *record)
{
    live_tell(data, id, record, NULL);
}

static void on_exit_record(void *data, const struct attempt_id *id,
                           const struct exit_record *record)
{
    live_tell(data, id, NULL, record);
}

struct executor_events control_executor_events(struct control *control)
{
    return (struct executor_events){
        .on_started = on_started, .on_exit = on_exit_record, .data = control};
}

/* --- life ----------------------------------------------------------------------------------- */

struct control *control_new(uv_loop_t *loop, struct store *store,
                            const struct control_options *options, struct error *err)
{
    struct control *control = xcalloc(1, sizeof *control);
    control->store = store;
    control->clk = store_clk(store);
    control->ids = store_ids(store);
    control->options = *options;
    control->loop = options->by_hand ? NULL : loop;
    if (control->loop && !timers_start(control, err)) {
        return control_stop(control);
    }
    return control;
}

bool control_start(struct control *control, struct executor *executor, struct error *err)
{
    control->executor = executor;
    control->watch = feed_subscribe(
        control->store, FEED_KIND(KIND_CRONJOB) | FEED_KIND(KIND_JOB) | FEED_KIND(KIND_POD),
        on_change, control);
    if (!recover(control, err)) {
        return false;
    }
    control_arm(control);
    return true;
}

struct control *control_stop(struct control *control)
{
    if (!control) {
        return NULL;
    }
    /* What waits for a commit waits with our address in hand. */
    if (store_dirty(control->store)) {
        struct error err = {0};
        store_commit(control->store, &err);
    }
    feed_unsubscribe(control->watch);
    timers_stop(control);
    void *value;
    for (size_t i = 0; map_each(&control->queue.by_key[KIND_POD], &i, NULL, &value);) {
        pod_live_drop(value);
    }
    queue_done(&control->queue);
    free(control);
    return NULL;
}

nsec_t control_next_due(const struct control *control)
{
    sec_t due;
    return queue_next_wall(&control->queue, &due) ? due * NSEC_PER_SEC : NSEC_NONE;
}

size_t control_ready(const struct control *control)
{
    return queue_count(&control->queue);
}

size_t control_armed(const struct control *control)
{
    return control->queue.wall.count;
}
