/* cache.c - a live copy of one kind's objects: list, then watch, reconnecting by itself. */
/* SPDX-License-Identifier: MIT */
/* The order of things: page after page of a list, then a watch from the list's version. A watch
 * that ends is opened anew from the last version seen; one whose version is too old (410) starts
 * over with a list, during which the old objects stay readable. */
#include "core/client/cache.h"

#include <assert.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/client/call.h"

#define PAGE 500
#define EVENT_MOST ((size_t)16 * 1024 * 1024) /* one line of a watch */
#define ALIVE_EVERY_MS 5000
#define SILENT_AFTER (10 * NSEC_PER_SEC)
#define RETRY_FIRST_MS 100
#define RETRY_MOST_MS 3200

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
    struct str line; /* of the watch, unfinished */
    bool listed;     /* one list is complete: a watch can begin */
    bool *gone;
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

static void tell(struct cache *cache, enum cache_event event, struct entry *entry)
{
    cache->on_change(cache->data, cache, event, entry != NULL ? &entry->item : NULL);
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
    entry->item.ns = tree_str(doc, "metadata.namespace");
    entry->item.name = tree_str(doc, "metadata.name");
    entry->item.uid = tree_str(doc, "metadata.uid");
    entry->item.ns = entry->item.ns != NULL ? entry->item.ns : "";
    entry->item.uid = entry->item.uid != NULL ? entry->item.uid : "";
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

static size_t list_find(const struct cache *cache, const struct entry *entry)
{
    size_t place = cache->options.newest_first ? 0 : entry_place(cache, entry);
    while (cache->list.data[place] != entry) {
        place++;
        assert(place < cache->list.len);
    }
    return place;
}

static void entry_remove(struct cache *cache, struct entry *entry, bool silent)
{
    size_t place = list_find(cache, entry);
    vec_remove(&cache->list, place);
    map_remove(&cache->by_key, entry->key);
    if (!silent) {
        bool gone = false, *outer = cache->gone;
        cache->gone = &gone;
        tell(cache, CACHE_REMOVED, entry);
        if (gone) { /* the callback freed the cache; this entry was not in it any more */
            cJSON_Delete(entry->doc);
            free(entry->key);
            free(entry);
            if (outer != NULL) {
                *outer = true;
            }
            return;
        }
        cache->gone = outer;
    }
    entry_free(cache, entry);
}

/* Takes DOC. AT_END: it comes from a list, in the server's order. */
static void doc_put(struct cache *cache, cJSON *doc, bool at_end)
{
    const char *ns = tree_str(doc, "metadata.namespace"), *name = tree_str(doc, "metadata.name");
    if (name == NULL) {
        cJSON_Delete(doc);
        return;
    }
    autofree char *key = xasprintf("%s/%s", ns != NULL ? ns : "", name);
    struct entry *entry = map_get(&cache->by_key, key);
    bool fresh = entry == NULL;
    if (fresh) {
        entry = xcalloc(1, sizeof *entry);
        entry->key = steal(&key);
        map_put(&cache->by_key, entry->key, entry);
    }
    entry_fill(entry, doc);
    entry->round = cache->round;
    if (fresh) {
        size_t place = !cache->options.newest_first ? entry_place(cache, entry)
                       : at_end                     ? cache->list.len
                                                    : 0;
        list_insert(cache, entry, place);
        if (cache->options.most > 0 && cache->list.len > cache->options.most) {
            struct entry *last = cache->list.data[cache->list.len - 1];
            entry_remove(cache, last, at_end || last == entry);
            if (last == entry) {
                return;
            }
        }
    }
    if (!at_end) {
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
    cache_ask(timer->data);
}

static void retry_later(struct cache *cache)
{
    uv_timer_start(cache->retry, on_retry, cache->retry_ms, 0);
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

static void page_take(struct cache *cache, cJSON *page)
{
    cJSON *items = cJSON_GetObjectItemCaseSensitive(page, "items");
    if (cache->next_page == NULL) {
        cache->round++; /* the first page of a list */
    }
    while (items != NULL && items->child != NULL) {
        doc_put(cache, cJSON_DetachItemViaPointer(items, items->child), true);
    }
    const char *next = tree_str(page, "metadata.continue");
    free(cache->next_page);
    cache->next_page = next != NULL && next[0] != '\0' ? xstrdup(next) : NULL;
    if (cache->options.newest_first && cache->options.most > 0 &&
        cache->list.len >= cache->options.most) {
        free(cache->next_page);
        cache->next_page = NULL;
    }
    version_set(cache, tree_str(page, "metadata.resourceVersion"));
    if (cache->next_page == NULL) {
        cache->listed = true;
        sweep(cache);
    }
}

static void on_listed(void *data, const struct http_reply *reply, const struct error *err)
{
    struct cache *cache = data;
    struct error fault;
    cache->call = NULL;
    if (reply != NULL) {
        cache->heard = clk_mono(cache->clk);
    }
    if (err != NULL) {
        if (err->code == ERROR_EXPIRED) {
            list_anew(cache);
        }
        retry_later(cache);
        state_set(cache, CACHE_STALE, err);
        return;
    }
    cJSON *page = tree_parse(reply->body, reply->len, &fault);
    if (page == NULL) {
        retry_later(cache);
        state_set(cache, CACHE_STALE, &fault);
        return;
    }
    page_take(cache, page);
    cJSON_Delete(page);
    cache->retry_ms = RETRY_FIRST_MS;
    cache_ask(cache);
    tell(cache, CACHE_RESET, NULL);
}

/* One event of the watch; false when the watch has to end. */
static bool event_take(struct cache *cache, const char *line, size_t len)
{
    struct error err;
    cJSON *event = tree_parse(line, len, &err);
    if (event == NULL) {
        return false;
    }
    autofree char *type = xstrdup(tree_str(event, "type") != NULL ? tree_str(event, "type") : "");
    cJSON *doc = cJSON_DetachItemFromObjectCaseSensitive(event, "object");
    cJSON_Delete(event);
    if (strcmp(type, "ERROR") == 0 || doc == NULL) {
        cJSON_Delete(doc);
        list_anew(cache);
        return false;
    }
    version_set(cache, tree_str(doc, "metadata.resourceVersion"));
    if (strcmp(type, "ADDED") == 0 || strcmp(type, "MODIFIED") == 0) {
        doc_put(cache, doc, false);
        return true;
    }
    if (strcmp(type, "DELETED") == 0) {
        const char *ns = tree_str(doc, "metadata.namespace");
        autofree char *key =
            xasprintf("%s/%s", ns != NULL ? ns : "",
                      tree_str(doc, "metadata.name") != NULL ? tree_str(doc, "metadata.name") : "");
        struct entry *entry = map_get(&cache->by_key, key);
        cJSON_Delete(doc);
        if (entry != NULL) {
            entry_remove(cache, entry, false);
        }
        return true;
    }
    cJSON_Delete(doc); /* a bookmark, or something newer than we are */
    return true;
}

static void watch_restart(struct cache *cache)
{
    cache->call = http_cancel(cache->call);
    str_clear(&cache->line);
    retry_later(cache);
}

static void on_watch_chunk(void *data, const char *bytes, size_t len)
{
    struct cache *cache = data;
    bool gone = false;
    cache->heard = clk_mono(cache->clk);
    cache->gone = &gone;
    while (len > 0) {
        const char *end = memchr(bytes, '\n', len);
        size_t take = end != NULL ? (size_t)(end - bytes) : len;
        str_add_bytes(&cache->line, bytes, take);
        if (end == NULL) {
            break;
        }
        cleanup_with(str_done) struct str line = cache->line;
        cache->line = (struct str){0};
        bool good = line.len == 0 || event_take(cache, line.data, line.len);
        if (gone) {
            return;
        }
        if (!good) {
            watch_restart(cache);
            break;
        }
        bytes += take + 1;
        len -= take + 1;
    }
    if (cache->line.len > EVENT_MOST) {
        list_anew(cache);
        watch_restart(cache);
    }
    cache->gone = NULL;
}

static void on_watch_head(void *data)
{
    struct cache *cache = data;
    cache->heard = clk_mono(cache->clk);
    cache->retry_ms = RETRY_FIRST_MS;
    state_set(cache, CACHE_LIVE, NULL);
}

static void on_watch_end(void *data, const struct http_reply *reply, const struct error *err)
{
    struct cache *cache = data;
    (void)reply;
    cache->call = NULL;
    str_clear(&cache->line);
    if (err != NULL && err->code == ERROR_EXPIRED) {
        list_anew(cache);
    }
    if (err == NULL && cache->retry_ms == RETRY_FIRST_MS) {
        cache_ask(cache); /* servers end a watch in good order after some minutes */
        return;
    }
    retry_later(cache);
    if (err != NULL) {
        state_set(cache, CACHE_STALE, err);
    }
}

static void cache_ask(struct cache *cache)
{
    cleanup_with(str_done) struct str path = {0};
    char limit[24];
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
    cache->livez = NULL;
    if (reply == NULL || err != NULL) {
        if (err->code == ERROR_UNAVAILABLE) { /* closed or refused: no need to wait for silence */
            state_set(cache, CACHE_STALE, err);
        }
        return;
    }
    cache->heard = clk_mono(cache->clk);
    if (cache->state == CACHE_STALE && cache->call != NULL && cache->listed) {
        state_set(cache, CACHE_LIVE, NULL);
    }
}

static void on_alive(uv_timer_t *timer)
{
    struct cache *cache = timer->data;
    if (cache->livez == NULL) {
        struct http_request request = {.path = "/livez", .accept = "*/*"};
        cache->livez = http_send(cache->http, &request, on_livez, cache);
    }
    if (cache->state == CACHE_LIVE && clk_mono(cache->clk) - cache->heard > SILENT_AFTER) {
        struct error err;
        error_set(&err, ERROR_TIMEOUT, "the scheduler does not answer");
        state_set(cache, CACHE_STALE, &err);
    }
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
        cache->alive = timer_new(loop, cache);
        uv_timer_start(cache->alive, on_alive, ALIVE_EVERY_MS, ALIVE_EVERY_MS);
    }
    cache_ask(cache);
    return cache;
}

struct cache *cache_free(struct cache *cache)
{
    if (cache == NULL) {
        return NULL;
    }
    if (cache->gone != NULL) {
        *cache->gone = true;
    }
    http_cancel(cache->call);
    http_cancel(cache->livez);
    uv_close((uv_handle_t *)cache->retry, on_closed);
    if (cache->alive != NULL) {
        uv_close((uv_handle_t *)cache->alive, on_closed);
    }
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
