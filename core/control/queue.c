/* queue.c - which objects want a look: now, at a wall time, or after a while; duplicates folded. */
/* SPDX-License-Identifier: MIT */
#include "core/control/queue.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/model/plain.h"

/* The item from its heap entry. */
#define item_of(entry, member) \
    ((struct queue_item *)(void *)((char *)(entry)-offsetof(struct queue_item, member)))

static void free_item(void *value)
{
    struct queue_item *item = value;
    free(item->key);
    free((void *)item->ns);
    free(item->uid);
    free(item);
}

void queue_done(struct queue *queue)
{
    heap_done(&queue->wall); /* before the items: it tells its entries that they are in no heap */
    heap_done(&queue->mono);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        map_done(&queue->by_key[kind], free_item);
    }
    map_done(&queue->by_uid, NULL);
    *queue = (struct queue){0};
}

static void leave_line(struct queue *queue, struct queue_item *item)
{
    struct queue_item *before = NULL;
    struct queue_item *at = queue->lines[item->kind].first;
    while (at && at != item) {
        before = at;
        at = at->next;
    }
    if (!at) {
        return;
    }
    if (before) {
        before->next = item->next;
    } else {
        queue->lines[item->kind].first = item->next;
    }
    if (queue->lines[item->kind].last == item) {
        queue->lines[item->kind].last = before;
    }
    queue->lines[item->kind].count--;
    item->ready = false;
    item->next = NULL;
}

void queue_forget(struct queue *queue, struct queue_item *item)
{
    if (item->ready) {
        leave_line(queue, item);
    }
    heap_remove(&queue->wall, &item->wall);
    heap_remove(&queue->mono, &item->mono);
    if (item->uid && map_get(&queue->by_uid, item->uid) == item) {
        map_remove(&queue->by_uid, item->uid);
    }
    map_remove(&queue->by_key[item->kind], item->key);
    free_item(item);
}

struct queue_item *queue_find(const struct queue *queue, enum kind kind, const char *ns,
                              const char *name)
{
    autofree char *key = xasprintf("%s/%s", ns, name);
    return map_get(&queue->by_key[kind], key);
}

struct queue_item *queue_by_uid(const struct queue *queue, const char *uid)
{
    return uid ? map_get(&queue->by_uid, uid) : NULL;
}

static void know_uid(struct queue *queue, struct queue_item *item, const char *uid)
{
    if (uid && !item->uid) {
        item->uid = xstrdup(uid);
        map_put(&queue->by_uid, uid, item);
    }
}

struct queue_item *queue_item(struct queue *queue, enum kind kind, const char *ns, const char *name,
                              const char *uid)
{
    struct queue_item *item = queue_find(queue, kind, ns, name);
    if (item && uid && item->uid && strcmp(item->uid, uid) != 0 && !item->live) {
        queue_forget(queue, item);
        item = NULL;
    }
    if (!item) {
        item = xcalloc(1, sizeof *item);
        item->kind = kind;
        item->key = xasprintf("%s/%s", ns, name);
        item->ns = xstrdup(ns);
        item->name = item->key + strlen(ns) + 1;
        item->started_mono = item->failed_mono = NSEC_NONE;
        map_put(&queue->by_key[kind], item->key, item);
    }
    know_uid(queue, item, uid);
    return item;
}

void queue_ready(struct queue *queue, struct queue_item *item)
{
    if (item->ready) {
        return;
    }
    item->ready = true;
    item->next = NULL;
    if (queue->lines[item->kind].last) {
        queue->lines[item->kind].last->next = item;
    } else {
        queue->lines[item->kind].first = item;
    }
    queue->lines[item->kind].last = item;
    queue->lines[item->kind].count++;
}

void queue_at(struct queue *queue, struct queue_item *item, sec_t wall)
{
    if (wall == SEC_NONE) {
        heap_remove(&queue->wall, &item->wall);
    } else {
        heap_set(&queue->wall, &item->wall, wall);
    }
}

void queue_by(struct queue *queue, struct queue_item *item, nsec_t mono)
{
    if (item->mono.place == 0 || mono < item->mono.due) {
        heap_set(&queue->mono, &item->mono, mono);
    }
}

void queue_calm(struct queue *queue, struct queue_item *item)
{
    heap_remove(&queue->mono, &item->mono);
}

void queue_due(struct queue *queue, sec_t wall, nsec_t mono)
{
    struct heap_entry *entry;
    while ((entry = heap_first(&queue->wall)) && entry->due <= wall) {
        heap_remove(&queue->wall, entry);
        queue_ready(queue, item_of(entry, wall));
    }
    while ((entry = heap_first(&queue->mono)) && entry->due <= mono) {
        heap_remove(&queue->mono, entry);
        queue_ready(queue, item_of(entry, mono));
    }
}

struct queue_item *queue_take(struct queue *queue, enum kind kind)
{
    struct queue_item *item = queue->lines[kind].first;
    if (item) {
        queue->lines[kind].first = item->next;
        if (!item->next) {
            queue->lines[kind].last = NULL;
        }
        queue->lines[kind].count--;
        item->ready = false;
        item->next = NULL;
    }
    return item;
}

size_t queue_count(const struct queue *queue)
{
    size_t count = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        count += queue->lines[kind].count;
    }
    return count;
}

bool queue_next_wall(const struct queue *queue, sec_t *ret)
{
    const struct heap_entry *entry = heap_first(&queue->wall);
    if (entry) {
        *ret = entry->due;
    }
    return entry != NULL;
}

bool queue_next_mono(const struct queue *queue, nsec_t *ret)
{
    const struct heap_entry *entry = heap_first(&queue->mono);
    if (entry) {
        *ret = entry->due;
    }
    return entry != NULL;
}
