/* feed.c - the change feed: what was committed, in order, to whoever watches. */
/* SPDX-License-Identifier: MIT */
#include "storage/feed.h"

#include <assert.h>
#include <string.h>

#include "storage/handle.h"

static const char *const type_names[] = {
    [FEED_ADDED] = "ADDED",
    [FEED_MODIFIED] = "MODIFIED",
    [FEED_DELETED] = "DELETED",
};
static_assert(countof(type_names) == FEED_TYPE_COUNT, "a name for each type");

const char *feed_type_name(enum feed_type type)
{
    return type_names[type];
}

/* Copies LEN bytes and a NUL to *AT and moves it on; NULL stays NULL. */
static const char *keep_text(char **at, const char *text, size_t len)
{
    if (!text) {
        return NULL;
    }
    char *to = *at;
    memcpy(to, text, len);
    to[len] = '\0';
    *at += len + 1;
    return to;
}

void feed_note(struct store *store, const struct feed_change *change)
{
    const char *owner = change->owner_uid ? change->owner_uid : "";
    size_t texts = strlen(change->namespace) + strlen(change->name) + strlen(change->uid) +
                   strlen(owner) + change->document_len + change->previous_len + 6;
    struct feed_item *item = xmalloc(sizeof *item + texts);
    char *at = (char *)(item + 1);
    item->size = sizeof *item + texts;
    item->change = *change;
    item->change.namespace = keep_text(&at, change->namespace, strlen(change->namespace));
    item->change.name = keep_text(&at, change->name, strlen(change->name));
    item->change.uid = keep_text(&at, change->uid, strlen(change->uid));
    item->change.owner_uid = keep_text(&at, owner, strlen(owner));
    item->change.document = keep_text(&at, change->document, change->document_len);
    item->change.previous = keep_text(&at, change->previous, change->previous_len);
    vec_push(&store->pending, item);
}

void feed_undo(struct store *store, size_t keep)
{
    while (store->pending.len > keep) {
        free(store->pending.data[--store->pending.len]);
    }
}

/* Drops what is beyond the bounds, the oldest first. */
static void ring_trim(struct store *store)
{
    while (store->ring.len - store->ring_first > FEED_KEEP_CHANGES ||
           store->ring_bytes > FEED_KEEP_BYTES) {
        struct feed_item *oldest = store->ring.data[store->ring_first++];
        store->floor = oldest->change.version;
        store->ring_bytes -= oldest->size;
        free(oldest);
    }
    /* Close the gap at the front only when it is most of the array: a few moves an item. */
    if (store->ring_first > store->ring.len / 2) {
        store->ring.len -= store->ring_first;
        memmove(store->ring.data, store->ring.data + store->ring_first,
                store->ring.len * sizeof *store->ring.data);
        store->ring_first = 0;
    }
}

static void release_dead(struct store *store)
{
    for (struct feed_watch **at = &store->watches; *at;) {
        struct feed_watch *watch = *at;
        if (watch->fn) {
            at = &watch->next;
        } else {
            *at = watch->next;
            free(watch);
        }
    }
}

size_t feed_publish(struct store *store)
{
    size_t count = store->pending.len;
    for (size_t i = 0; i < count; i++) {
        struct feed_item *item = store->pending.data[i];
        store->ring_bytes += item->size;
        vec_push(&store->ring, item);
    }
    vec_done(&store->pending);
    return count;
}

void feed_deliver(struct store *store, size_t count)
{
    store->delivering = true;
    for (size_t i = store->ring.len - count; i < store->ring.len; i++) {
        const struct feed_change *change = &store->ring.data[i]->change;
        for (struct feed_watch *watch = store->watches; watch; watch = watch->next) {
            if (watch->fn && change->version > watch->since &&
                (watch->kinds & FEED_KIND(change->kind))) {
                watch->fn(change, watch->data);
            }
        }
    }
    store->delivering = false;
    release_dead(store);
    ring_trim(store);
}

struct feed_watch *feed_subscribe(struct store *store, uint32_t kinds, feed_fn *fn, void *data)
{
    struct feed_watch *watch = xcalloc(1, sizeof *watch);
    *watch = (struct feed_watch){
        .store = store, .kinds = kinds, .since = store->committed, .fn = fn, .data = data};
    /* At the end, so that an early subscriber is told first. */
    struct feed_watch **at = &store->watches;
    while (*at) {
        at = &(*at)->next;
    }
    *at = watch;
    return watch;
}

struct feed_watch *feed_unsubscribe(struct feed_watch *watch)
{
    if (watch) {
        struct store *store = watch->store;
        watch->fn = NULL;
        if (!store->delivering) {
            release_dead(store);
        }
    }
    return NULL;
}

bool feed_replay(struct store *store, uint32_t kinds, int64_t since, feed_fn *fn, void *data,
                 struct error *err)
{
    if (since < store->floor) {
        return error_set(err, ERROR_EXPIRED, "too old resource version: %lld (%lld)",
                         (long long)since, (long long)store->floor);
    }
    if (since > store->version) {
        return error_set(err, ERROR_TIMEOUT, "Too large resource version: %lld, current: %lld",
                         (long long)since, (long long)store->version);
    }
    for (size_t i = store->ring_first; i < store->ring.len; i++) {
        const struct feed_change *change = &store->ring.data[i]->change;
        if (change->version > since && (kinds & FEED_KIND(change->kind))) {
            fn(change, data);
        }
    }
    return true;
}

int64_t feed_floor(const struct store *store)
{
    return store->floor;
}

void feed_done(struct store *store)
{
    feed_undo(store, 0);
    vec_done(&store->pending);
    for (size_t i = store->ring_first; i < store->ring.len; i++) {
        free(store->ring.data[i]);
    }
    vec_done(&store->ring);
    while (store->watches) {
        struct feed_watch *next = store->watches->next;
        free(store->watches);
        store->watches = next;
    }
}
