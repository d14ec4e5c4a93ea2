/* inside.h - the inside of the controllers, shared by the files of this folder and nobody else. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_INSIDE_H
#define BELFRY_CORE_CONTROL_INSIDE_H

#include "core/codec/decode.h"
#include "core/control/control.h"
#include "core/control/queue.h"
#include "storage/feed.h"
#include "storage/ledger.h"

#define FINALIZER_TRACKING "batch.kubernetes.io/job-tracking" /* a pod not yet in the counts */
#define FINALIZER_FOREGROUND "foregroundDeletion"
#define FINALIZER_ORPHAN "orphan"
#define ANNOTATION_STOP "belfry/stop" /* on a pod: to be ended, and why */

#define RETRY_NSEC \
    (5 * NSEC_PER_SEC) /* after a failed commit: a full disk does not empty at once */
#define EVENTS_KEPT 30 /* of one object */

struct control {
    struct store *store;
    const struct clk *clk;
    struct id_source *ids;
    struct control_options options;
    struct executor *executor; /* NULL before control_start() */
    struct queue queue;
    struct feed_watch *watch;
    uint64_t pass;   /* number of the current pass */
    bool complained; /* about a store that fails: once, until it works again */

    uv_loop_t *loop; /* NULL: by hand */
    struct control_timers *timers;
};

/* What the executor knows of a pod that has not ended. */
struct attempt_note {
    char *container;
    int number;
    bool handed_over; /* the executor has it (or will, after the commit), and it has not ended */
    bool stop_sent;
    nsec_t stop_grace;
};

/* What the executor has told and no commit has made durable yet. */
struct pod_news {
    struct pod_news *next;
    bool written; /* by a look whose commit is not known yet */
    struct attempt_id id;
    bool ended;
    struct start_record start;
    struct exit_record exit;
};

struct pod_live {
    vec(struct attempt_note) attempts;
    struct pod_news *news; /* oldest first */
};

/* --- live.c: pods that have not ended, and what the executor does for them ------------------- */

struct pod_live *pod_live_of(struct queue_item *item); /* made when it is not there */
void pod_live_drop(struct queue_item *item);
struct attempt_note *attempt_note(struct pod_live *live, const char *container);
/* What the executor tells goes into the pod's news, and the pod wants a look. */
void live_tell(struct control *control, const struct attempt_id *id,
               const struct start_record *start, const struct exit_record *end);
/* After the commit: the news of this pass are let go; after a failed one they are news again. */
void live_settle_news(struct control *control, const char *pod_uid);
/* After the commit: starts the attempt, by the pod as it is now. */
void live_start(struct control *control, const struct pod *pod, const struct container *container,
                int number);
/* After the commit: stops it. GRACE negative: the order's own. */
void live_stop(struct control *control, const struct attempt_id *id, nsec_t grace);
/* Why no runtime can run this pod; NULL when there is one, whose name goes to RET (may be NULL). */
const char *live_unavailable(const struct control *control, const struct pod_spec *spec,
                             const char **ret);
struct attempt_id attempt_id_of(const char *pod_uid, const char *container, int number);

/* One look at one object: read it, decide, carry it out; all in one unit. False with err when the
 * store fails: nothing of it happened then. */
must_use bool look_cronjob(struct control *control, struct queue_item *item, struct error *err);
must_use bool look_job(struct control *control, struct queue_item *item, struct error *err);
must_use bool look_pod(struct control *control, struct queue_item *item, struct error *err);

/* --- view.c: documents from the store ------------------------------------------------------- */

/* A document and its tree; `= {0}`. */
struct loaded {
    cJSON *tree;
    cJSON *old_status; /* what set_status() has replaced: views of the document borrow from it */
    int64_t version;
};
void loaded_done(struct loaded *loaded);
void set_status(struct loaded *loaded, cJSON *status_take);
/* FOUND_NOT is no error: the object is gone. */
enum found { FOUND_IT, FOUND_NOT, FOUND_FAILED };
must_use enum found load(struct store *store, enum kind kind, const char *ns, const char *name,
                         struct loaded *ret, struct error *err);
must_use enum found load_uid(struct store *store, const char *uid, struct loaded *ret,
                             struct error *err);
/* Writes it back, if it has changed; VERSION of LOADED moves on. */
must_use bool save(struct store *store, enum kind kind, struct loaded *loaded, struct error *err);
/* Adds it; ERROR_EXISTS when the name is taken. RET_VERSION may be NULL. */
must_use bool save_new(struct store *store, enum kind kind, const cJSON *tree, int64_t *ret_version,
                       struct error *err);

/* The dependents of an owner, each with its tree, in order of name. */
struct dependents {
    struct loaded *data;
    size_t len, capacity;
};
void dependents_done(struct dependents *dependents);
/* SLIM: without their spec, the larger part; such a document cannot be saved. */
enum load_part { LOAD_WHOLE, LOAD_SLIM };
must_use bool load_dependents(struct store *store, enum kind kind, const char *owner_uid,
                              enum load_part part, struct dependents *ret, struct error *err);

/* metadata.finalizers. */
bool finalizer_has(const cJSON *tree, const char *name);
bool finalizer_any(const cJSON *tree);
void finalizer_add(cJSON *tree, const char *name);
void finalizer_drop(cJSON *tree, const char *name);

/* --- make.c: new documents ------------------------------------------------------------------ */

/* The Job of a slot, with all its defaults. Yours. */
cJSON *make_job(struct control *control, const cJSON *cronjob_tree, const struct cronjob *cronjob,
                const char *name, sec_t slot, const struct tz *tz, const char *uid);
/* One more pod of a Job. Yours. */
cJSON *make_pod(struct control *control, const cJSON *job_tree, const struct job *job);

/* --- recorder.c: events --------------------------------------------------------------------- */

/* What an event is about. */
struct subject {
    enum kind kind;
    const char *ns, *name, *uid;
    const char *component; /* "cronjob-controller" */
};
/* Records it, or counts it when the same has been said of the same object before. */
must_use bool record_event(struct store *store, const struct subject *subject, bool warning,
                           const char *reason, const char *message, struct error *err);

/* --- controller.c ---------------------------------------------------------------------------- */

/* The Jobs' and CronJobs' items by what a child knows: its owner's uid. Loaded when it must be;
 * NULL when the owner is gone. */
struct queue_item *owner_item(struct control *control, const char *owner_uid);
void control_forget(struct control *control, struct queue_item *item);
/* Arms the timers anew, when there are any: after anything that may be due earlier. */
void control_arm(struct control *control);
/* One round of looks at all that is ready. */
bool control_pass(struct control *control);

/* --- timers.c: what wakes the controllers ----------------------------------------------------- */

must_use bool timers_start(struct control *control, struct error *err);
void timers_stop(struct control *control);

/* --- recover.c ------------------------------------------------------------------------------ */

must_use bool recover(struct control *control, struct error *err);

#endif
