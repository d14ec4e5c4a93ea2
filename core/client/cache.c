/* cache.c - a live copy of one kind's objects: list, then watch, reconnecting by itself. */
/* SPDX-License-Identifier: MIT */
/* The order of things: page after page of a list, then a watch from the version of its first page,
 * so that what changed between the pages is told again. A watch that ends is opened anew from the
 * last version seen; one whose version is too old (410) starts over with a list, during which the
 * old objects stay readable. */
#include "core/client/cache.h"

#include <assert.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/client/call.h"
#include "core/codec/status.h"

#define PAGE 500
#define EVENT_MOST ((size_t)16 * 1024 * 1024) /* one line of a watch */
#define ALIVE_EVERY_MS 5000
#define RETRY_FIRST_MS 100
#define RETRY_MOST_MS 3200
#define SETTLED_AFTER NSEC_PER_SEC /* a watch this old was a good one: the next may come at once */

struct entry {
    struct cache_item item;
    cJSON *doc;
    char *key;      /* "namespace/name" */
    uint64_t round; /* the list in which it was last seen */
};

struct cache {
    struct http *http;
    const struct clk *clk;
    struct cache_options options;
    char *ns, *labels, *fields;
    cache_fn *on_change;
    void *data;
    vec(struct entry *) list; /* in order */
    struct map by_key;
    enum cache_state state;
    struct error why;
    nsec_t heard;
    struct http_call *call; /* the list or the watch */
    struct http_call *livez;
    uv_timer_t *retry, *alive;
    uint64_t retry_ms, round;
    char *version, *next_page;
    size_t cursor;   /* newest_first: where the next object of a list goes */
    struct str line; /* of the watch, unfinished */
    bool listed;     /* one list is complete: a watch can begin */
    bool watching;   /* the watch's head is in */
    nsec_t opened;   /* when it came */
    unsigned busy;   /* entries from the loop that are not back yet */
    bool dead;       /* freed by a callback of its own: goes when the outermost entry is back */
};

static void cache_ask(struct cache *cache);

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void entry_free(struct cache *cache, struct entry *entry)
{
    if (entry->item.note != NULL && cache->options.drop_note != NULL) {
        cache->options.drop_note(entry->item.note);
    }
    cJSON_Delete(entry->doc);
    free(entry->key);
    free(entry);
}

static void destroy(struct cache *cache)
{
    for (size_t i = 0; i < cache->list.len; i++) {
        entry_free(cache, cache->list.data[i]);
    }
    vec_done(&cache->list);
    map_done(&cache->by_key, NULL);
    str_done(&cache->line);
    free(cache->ns);
    free(cache->labels);
    free(cache->fields);
    free(cache->version);
    free(cache->next_page);
    free(cache);
}

/* Around all that comes from the loop, so that a callback may free the cache. */
static void enter(struct cache *cache)
{
    cache->busy++;
}

static void leave(struct cache *cache)
{
    cache->busy--;
    if (cache->busy == 0 && cache->dead) {
        destroy(cache);
    }
}

static void tell(struct cache *cache, enum cache_event event, struct entry *entry)
{
    if (!cache->dead) {
        cache->on_change(cache->data, cache, event, entry != NULL ? &entry->item : NULL);
    }
}

static void state_set(struct cache *cache, enum cache_state state, const struct error *why)
{
    bool changed = cache->state != state;
    cache->state = state;
    cache->why = why != NULL ? *why : (struct error){0};
    if (changed) {
        tell(cache, CACHE_STATE, NULL);
    }
}

static void entry_fill(struct entry *entry, cJSON *doc)
{
    cJSON_Delete(entry->doc);
    entry->doc = doc;
    entry->item.doc = doc;
    entry->item.ns = tree_str_or(doc, "metadata.namespace", "");
    entry->item.name = tree_str_or(doc, "metadata.name", "");
    entry->item.uid = tree_str_or(doc, "metadata.uid", "");
}

static char *key_of(const cJSON *doc)
{
    return xasprintf("%s/%s", tree_str_or(doc, "metadata.namespace", ""),
                     tree_str_or(doc, "metadata.name", ""));
}

static int entry_order(const struct entry *a, const struct entry *b)
{
    int order = strcmp(a->item.ns, b->item.ns);
    return order != 0 ? order : strcmp(a->item.name, b->item.name);
}

/* Where ENTRY belongs in the sorted list. Lists come sorted, so the end is looked at first. */
static size_t entry_place(const struct cache *cache, const struct entry *entry)
{
    size_t low = 0, high = cache->list.len;
    if (high > 0 && entry_order(cache->list.data[high - 1], entry) < 0) {
        return high;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entry_order(cache->list.data[middle], entry) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void list_insert(struct cache *cache, struct entry *entry, size_t place)
{
    vec_push(&cache->list, entry);
    memmove(&cache->list.data[place + 1], &cache->list.data[place],
            (cache->list.len - 1 - place) * sizeof(struct entry *));
    cache->list.data[place] = entry;
}

static void list_remove(struct cache *cache, const struct entry *entry)
{
    size_t place = cache->options.newest_first ? 0 : entry_place(cache, entry);
    while (cache->list.data[place] != entry) {
        place++;
        assert(place < cache->list.len);
    }
    vec_remove(&cache->list, place);
    cache->cursor -= place < cache->cursor;
}

/* SILENT: within a list, of which one CACHE_RESET tells. */
static void entry_remove(struct cache *cache, struct entry *entry, bool silent)
{
    list_remove(cache, entry);
    map_remove(&cache->by_key, entry->key);
    if (!silent) {
        tell(cache, CACHE_REMOVED, entry);
    }
    entry_free(cache, entry);
}

static void entry_put(struct cache *cache, struct entry *entry, bool fresh, bool in_list)
{
    if (!cache->options.newest_first) {
        if (fresh) {
            list_insert(cache, entry, entry_place(cache, entry));
        }
    } else if (in_list) { /* the server's order, also of what was here before */
        if (!fresh) {
            list_remove(cache, entry);
        }
        list_insert(cache, entry, cache->cursor++);
    } else if (fresh) {
        list_insert(cache, entry, 0);
    }
}

/* DOC is taken. IN_LIST: it comes from a list, not from the watch. */
static void doc_put(struct cache *cache, cJSON *doc, bool in_list)
{
    autofree char *key = key_of(doc);
    struct entry *entry = map_get(&cache->by_key, key);
    if (entry != NULL && !text_same(entry->item.uid, tree_str_or(doc, "metadata.uid", ""))) {
        entry_remove(cache, entry, in_list); /* deleted and made anew while nobody looked */
        entry = NULL;
    }
    bool fresh = entry == NULL;
    if (fresh) {
        entry = xcalloc(1, sizeof *entry);
        entry->key = steal(&key);
        map_put(&cache->by_key, entry->key, entry);
    }
    entry_fill(entry, doc);
    entry->round = cache->round;
    entry_put(cache, entry, fresh, in_list);
    if (cache->options.most > 0 && cache->list.len > cache->options.most) {
        struct entry *last = cache->list.data[cache->list.len - 1];
        bool own = last == entry;
        entry_remove(cache, last, in_list || own);
        if (own) {
            return;
        }
    }
    if (!in_list) {
        tell(cache, fresh ? CACHE_ADDED : CACHE_CHANGED, entry);
    }
}

static void version_set(struct cache *cache, const char *version)
{
    if (version != NULL && version[0] != '\0') {
        free(cache->version);
        cache->version = xstrdup(version);
    }
}

static void on_retry(uv_timer_t *timer)
{
    struct cache *cache = timer->data;
    enter(cache);
    cache_ask(cache);
    leave(cache);
}

static void retry_later(struct cache *cache)
{
    if (!cache->dead) {
        uv_timer_start(cache->retry, on_retry, cache->retry_ms, 0);
    }
    cache->retry_ms = cache->retry_ms * 2 > RETRY_MOST_MS ? RETRY_MOST_MS : cache->retry_ms * 2;
}

static void list_anew(struct cache *cache)
{
    cache->listed = false;
    free(cache->next_page);
    cache->next_page = NULL;
}

/* Removes what the list that is now complete did not hold. */
static void sweep(struct cache *cache)
{
    for (size_t i = cache->list.len; i-- > 0;) {
        if (cache->list.data[i]->round != cache->round) {
            entry_remove(cache, cache->list.data[i], true);
        }
    }
}

static void page_take(struct cache *cache, const cJSON *page)
{
    cJSON *items = tree_member(page, "items");
    if (cache->next_page == NULL) { /* the first page of a list */
        cache->round++;
        cache->cursor = 0;
        version_set(cache, tree_str(page, "metadata.resourceVersion"));
    }
    while (items != NULL && items->child != NULL) {
        doc_put(cache, cJSON_DetachItemViaPointer(items, items->child), true);
    }
    const char *next = tree_str_or(page, "metadata.continue", "");
    bool enough = cache->options.newest_first && cache->options.most > 0 &&
                  cache->cursor >= cache->options.most;
    free(cache->next_page);
    cache->next_page = next[0] != '\0' && !enough ? xstrdup(next) : NULL;
    if (cache->next_page == NULL) {
        cache->listed = true;
        sweep(cache);
    }
}

static void listed(struct cache *cache, const struct http_reply *reply, const struct error *err)
{
    struct error fault;
    if (reply != NULL) {
        cache->heard = clk_mono(cache->clk);
    }
    if (err != NULL && err->code == ERROR_EXPIRED) { /* a page that is too old by now */
        list_anew(cache);
        retry_later(cache);
        return;
    }
    assert(err != NULL || reply != NULL);
    autotree cJSON *page = err == NULL ? tree_parse(reply->body, reply->len, &fault) : NULL;
    if (page == NULL) {
        retry_later(cache);
        state_set(cache, CACHE_STALE, err != NULL ? err : &fault);
        return;
    }
    page_take(cache, page);
    cache_ask(cache);
    tell(cache, CACHE_RESET, NULL);
}

static void on_listed(void *data, const struct http_reply *reply, const struct error *err)
{
    struct cache *cache = data;
    cache->call = NULL;
    enter(cache);
    listed(cache, reply, err);
    leave(cache);
}

static void watch_restart(struct cache *cache, const struct error *why)
{
    cache->call = http_cancel(cache->call);
    cache->watching = false;
    str_clear(&cache->line);
    retry_later(cache);
    if (why != NULL) {
        state_set(cache, CACHE_STALE, why);
    }
}

static void event_deleted(struct cache *cache, const cJSON *doc)
{
    autofree char *key = key_of(doc);
    struct entry *entry = map_get(&cache->by_key, key);
    if (entry != NULL && text_same(entry->item.uid, tree_str_or(doc, "metadata.uid", ""))) {
        entry_remove(cache, entry, false);
    }
}

/* One event of the watch. */
static void event_take(struct cache *cache, const char *line, size_t len)
{
    struct error err;
    autotree cJSON *event = tree_parse(line, len, &err);
    if (event == NULL) {
        error_wrap(&err, "reading a watch");
        watch_restart(cache, &err);
        return;
    }
    const char *type = tree_str_or(event, "type", "");
    cJSON *doc = tree_member(event, "object");
    if (doc == NULL || strcmp(type, "ERROR") == 0) {
        status_to_error(doc, 0, &err, NULL);
        list_anew(cache);
        watch_restart(cache, err.code == ERROR_EXPIRED ? NULL : &err);
        return;
    }
    version_set(cache, tree_str(doc, "metadata.resourceVersion"));
    cache->retry_ms = RETRY_FIRST_MS;
    bool added = strcmp(type, "ADDED") == 0;
    if (strcmp(type, "DELETED") == 0) {
        event_deleted(cache, doc);
    } else if (added || strcmp(type, "MODIFIED") == 0) {
        autofree char *key = key_of(doc);
        /* What fell off the end because of `most` is not new when it changes. */
        if (added || cache->options.most == 0 || map_get(&cache->by_key, key) != NULL) {
            doc_put(cache, cJSON_DetachItemViaPointer(event, doc), false);
        }
    } /* else a bookmark, or something newer than we are */
}

static void watch_chunk(struct cache *cache, const char *bytes, size_t len)
{
    while (len > 0) {
        const char *end = memchr(bytes, '\n', len);
        size_t take = end != NULL ? (size_t)(end - bytes) : len;
        str_add_bytes(&cache->line, bytes, take);
        if (end == NULL) {
            break;
        }
        cleanup_with(str_done) struct str line = cache->line;
        cache->line = (struct str){0};
        if (line.len > 0) {
            event_take(cache, line.data, line.len);
        }
        if (cache->dead || !cache->watching) {
            return;
        }
        bytes += take + 1;
        len -= take + 1;
    }
    if (cache->line.len > EVENT_MOST) {
        struct error err;
        error_set(&err, ERROR_TOO_LARGE, "an event of the watch is larger than 16 MiB");
        list_anew(cache);
        watch_restart(cache, &err);
    }
}

static void on_watch_chunk(void *data, const char *bytes, size_t len)
{
    struct cache *cache = data;
    enter(cache);
    cache->heard = clk_mono(cache->clk);
    watch_chunk(cache, bytes, len);
    leave(cache);
}

static void on_watch_head(void *data)
{
    struct cache *cache = data;
    enter(cache);
    cache->heard = cache->opened = clk_mono(cache->clk);
    cache->watching = true;
    state_set(cache, CACHE_LIVE, NULL);
    leave(cache);
}

static void on_watch_end(void *data, const struct http_reply *reply, const struct error *err)
{
    struct cache *cache = data;
    bool settled = cache->watching && clk_mono(cache->clk) - cache->opened >= SETTLED_AFTER;
    (void)reply;
    enter(cache);
    cache->call = NULL;
    if (err != NULL && err->code == ERROR_EXPIRED) {
        list_anew(cache);
        err = NULL;
    }
    if (settled) {
        cache->retry_ms = RETRY_FIRST_MS;
    }
    if (settled && err == NULL) { /* servers end a watch in good order after some minutes */
        cache->watching = false;
        str_clear(&cache->line);
        cache_ask(cache);
    } else {
        watch_restart(cache, err);
    }
    leave(cache);
}

static void cache_ask(struct cache *cache)
{
    cleanup_with(str_done) struct str path = {0};
    char limit[24];
    if (cache->dead) {
        return;
    }
    call_path(&path, cache->options.kind, cache->ns, NULL, NULL);
    call_query(&path, "labelSelector", cache->labels);
    call_query(&path, "fieldSelector", cache->fields);
    if (cache->listed) {
        call_query(&path, "watch", "true");
        call_query(&path, "allowWatchBookmarks", "true");
        call_query(&path, "resourceVersion", cache->version);
        struct http_request request = {.path = path.data};
        cache->call =
            http_stream(cache->http, &request, on_watch_head, on_watch_chunk, on_watch_end, cache);
        return;
    }
    size_t page = cache->next_page == NULL ? cache->options.page : 0;
    snprintf(limit, sizeof limit, "%zu", page > 0 ? page : (size_t)PAGE);
    call_query(&path, "limit", limit);
    call_query(&path, "continue", cache->next_page);
    struct http_request request = {.path = path.data};
    cache->call = http_send(cache->http, &request, on_listed, cache);
}

static void on_livez(void *data, const struct http_reply *reply, const struct error *err)
{
    struct cache *cache = data;
    (void)reply;
    cache->livez = NULL;
    enter(cache);
    if (err == NULL) {
        cache->heard = clk_mono(cache->clk);
        if (cache->state == CACHE_STALE && cache->watching) {
            state_set(cache, CACHE_LIVE, NULL);
        }
    } else if (err->code == ERROR_UNAVAILABLE) { /* closed or refused: no need to await silence */
        state_set(cache, CACHE_STALE, err);
    }
    leave(cache);
}

static void on_alive(uv_timer_t *timer)
{
    struct cache *cache = timer->data;
    nsec_t most = 2 * (nsec_t)uv_timer_get_repeat(timer) * NSEC_PER_MSEC;
    enter(cache);
    if (cache->livez == NULL) {
        struct http_request request = {.path = "/livez", .accept = "*/*"};
        cache->livez = http_send(cache->http, &request, on_livez, cache);
    }
    if (cache->state == CACHE_LIVE && clk_mono(cache->clk) - cache->heard > most) {
        struct error err;
        error_set(&err, ERROR_TIMEOUT, "the scheduler does not answer");
        state_set(cache, CACHE_STALE, &err);
    }
    leave(cache);
}

static uv_timer_t *timer_new(uv_loop_t *loop, struct cache *cache)
{
    uv_timer_t *timer = xcalloc(1, sizeof *timer);
    uv_timer_init(loop, timer);
    timer->data = cache;
    return timer;
}

struct cache *cache_new(struct http *http, uv_loop_t *loop, const struct clk *clk,
                        const struct cache_options *options, cache_fn *on_change, void *data)
{
    struct cache *cache = xcalloc(1, sizeof *cache);
    cache->http = http;
    cache->clk = clk;
    cache->options = *options;
    cache->ns = options->ns != NULL ? xstrdup(options->ns) : NULL;
    cache->labels = options->label_selector != NULL ? xstrdup(options->label_selector) : NULL;
    cache->fields = options->field_selector != NULL ? xstrdup(options->field_selector) : NULL;
    cache->on_change = on_change;
    cache->data = data;
    cache->retry_ms = RETRY_FIRST_MS;
    cache->retry = timer_new(loop, cache);
    if (options->alive) {
        uint64_t every = options->alive_ms > 0 ? options->alive_ms : ALIVE_EVERY_MS;
        cache->alive = timer_new(loop, cache);
        uv_timer_start(cache->alive, on_alive, every, every);
    }
    cache_ask(cache);
    return cache;
}

struct cache *cache_free(struct cache *cache)
{
    if (cache == NULL || cache->dead) {
        return NULL;
    }
    cache->dead = true;
    cache->call = http_cancel(cache->call);
    cache->livez = http_cancel(cache->livez);
    uv_close((uv_handle_t *)cache->retry, on_closed);
    if (cache->alive != NULL) {
        uv_close((uv_handle_t *)cache->alive, on_closed);
    }
    if (cache->busy == 0) {
        destroy(cache);
    }
    return NULL;
}

enum cache_state cache_state(const struct cache *cache)
{
    return cache->state;
}

nsec_t cache_heard(const struct cache *cache)
{
    return cache->heard;
}

const struct error *cache_error(const struct cache *cache)
{
    return cache->why.code != ERROR_NONE ? &cache->why : NULL;
}

size_t cache_count(const struct cache *cache)
{
    return cache->list.len;
}

struct cache_item *cache_at(struct cache *cache, size_t i)
{
    assert(i < cache->list.len);
    return &cache->list.data[i]->item;
}

struct cache_item *cache_find(struct cache *cache, const char *ns, const char *name)
{
    autofree char *key = xasprintf("%s/%s", ns != NULL ? ns : "", name);
    struct entry *entry = map_get(&cache->by_key, key);
    return entry != NULL ? &entry->item : NULL;
}
