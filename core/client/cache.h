/* cache.h - a live copy of one kind's objects: list, then watch, reconnecting by itself. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLIENT_CACHE_H
#define BELFRY_CORE_CLIENT_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clk.h"
#include "core/client/http.h"
#include "core/codec/tree.h"
#include "core/model/kind.h"

struct cache;

enum cache_state {
    CACHE_LOADING, /* the first list is not complete; what is here is true but not all */
    CACHE_LIVE,    /* complete, and a watch is open */
    CACHE_STALE    /* the stream broke or never came, or /livez is silent for 10 s: old data, see
                      cache_heard and cache_error. The cache goes on trying by itself. A watch that
                      the server ended in good order, or as too old, is no reason to be stale */
};

/* One object. Borrowed; valid until the cache's next change, DOC's typed views likewise. */
struct cache_item {
    const char *ns, *name, *uid;
    const cJSON *doc;
    void *note; /* the user's own, released by options.drop_note */
};

enum cache_event {
    CACHE_ADDED,
    CACHE_CHANGED,
    CACHE_REMOVED, /* the item is still readable during the callback */
    CACHE_RESET,   /* everything may have changed (first page, re-list); item is NULL */
    CACHE_STATE    /* cache_state changed; item is NULL */
};
typedef void cache_fn(void *data, struct cache *cache, enum cache_event event,
                      struct cache_item *item);

/* Texts are copied. */
struct cache_options {
    enum kind kind;
    const char *ns;                              /* NULL: all namespaces */
    const char *label_selector, *field_selector; /* NULL: none */
    size_t page;       /* the first page is this long, so that a screen can paint; 0: 500 */
    bool newest_first; /* keep the server's order and put additions in front (runs); else by
                          namespace and name */
    bool alive; /* ask /livez every 5 s, so that twice that silence is noticed; for one cache a
                   screen */
    unsigned alive_ms; /* instead of the 5 s; 0: 5 s */
    size_t most;       /* keep no more than this many (the last ones go); 0: no limit */
    void (*drop_note)(void *note);
};

/* Starts at once. HTTP outlives it. ON_CHANGE runs from the loop only. CLK measures ages
 * (cache_heard). */
struct cache *cache_new(struct http *http, uv_loop_t *loop, const struct clk *clk,
                        const struct cache_options *options, cache_fn *on_change, void *data);
/* Ends its requests; no callback afterwards. Also from within ON_CHANGE: then the item at hand and
 * the notes are released when the callback is back. NULL is fine. Returns NULL. */
struct cache *cache_free(struct cache *cache);

enum cache_state cache_state(const struct cache *cache);
/* When the server was last heard of (clk_mono), by the list, the watch or /livez. 0: never. */
nsec_t cache_heard(const struct cache *cache);
/* Why it is stale; NULL when it is not. */
const struct error *cache_error(const struct cache *cache);

size_t cache_count(const struct cache *cache);
/* In order, I < cache_count. */
struct cache_item *cache_at(struct cache *cache, size_t i);
struct cache_item *cache_find(struct cache *cache, const char *ns, const char *name);

#endif
