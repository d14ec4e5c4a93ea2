/* queue.h - which objects want a look: now, at a wall time, or after a while; duplicates folded. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_QUEUE_H
#define BELFRY_CORE_CONTROL_QUEUE_H

#include "core/base/clk.h"
#include "core/base/heap.h"
#include "core/base/map.h"
#include "core/model/kind.h"

/* One object that the controllers keep an eye on, found by its key and its uid. Ten thousand
 * CronJobs have one each, so it holds no documents. */
struct queue_item {
    enum kind kind;        /* CronJob, Job or Pod */
    char *key;             /* "NAMESPACE/NAME" */
    const char *ns, *name; /* ns is its own copy, name lies in key */
    char *uid;
    struct queue_item *next; /* in the line of its kind */
    bool ready;
    struct heap_entry wall; /* when its schedule is due: wall seconds */
    struct heap_entry mono; /* when to look again: monotonic nanoseconds */

    int64_t own_version; /* the version of our last write: nothing new for us */
    bool done;           /* to be forgotten when that write comes by */
    uint64_t pass;       /* the pass of the last look */

    /* CronJobs: what has changed since the last look. */
    bool edited, resumed, started;
    /* Jobs: monotonic marks (NSEC_NONE: not known yet), and the deadline on the wall clock. */
    nsec_t started_mono, failed_mono;
    nsec_t deadline_wall; /* 0 = none */
    /* Pods. */
    struct pod_live *live; /* attempts and news of them; owned by pods' code */
};

struct queue {
    struct map by_key[KIND_COUNT];
    struct map by_uid;
    struct {
        struct queue_item *first, *last;
        size_t count;
    } lines[KIND_COUNT];
    struct heap wall, mono;
};

void queue_done(struct queue *queue);

/* The item of an object, made when it is not there; UID may be NULL when it is not known yet. An
 * item whose uid is another one is of an object that is gone: it is renewed. */
struct queue_item *queue_item(struct queue *queue, enum kind kind, const char *ns, const char *name,
                              const char *uid);
struct queue_item *queue_find(const struct queue *queue, enum kind kind, const char *ns,
                              const char *name);
struct queue_item *queue_by_uid(const struct queue *queue, const char *uid);
void queue_forget(struct queue *queue, struct queue_item *item);

/* Wants a look as soon as possible. */
void queue_ready(struct queue *queue, struct queue_item *item);
/* Wants one at a wall time (SEC_NONE: not by its schedule). */
void queue_at(struct queue *queue, struct queue_item *item, sec_t wall);
/* Wants one at this monotonic time at the latest; queue_calm() takes that back. */
void queue_by(struct queue *queue, struct queue_item *item, nsec_t mono);
void queue_calm(struct queue *queue, struct queue_item *item);

/* Makes ready what is due. */
void queue_due(struct queue *queue, sec_t wall, nsec_t mono);
/* The next ready item of KIND, NULL when there is none. */
struct queue_item *queue_take(struct queue *queue, enum kind kind);
size_t queue_count(const struct queue *queue);
bool queue_next_wall(const struct queue *queue, sec_t *ret);
bool queue_next_mono(const struct queue *queue, nsec_t *ret);

#endif
