/* recorder.c - events: said once, then counted; so many of an object are kept. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/control/inside.h"

static uint64_t mix(uint64_t hash, const char *text)
{
    /* FNV-1a, with the end of each text mixed in. */
    for (const unsigned char *at = (const unsigned char *)text;; at++) {
        hash = (hash ^ *at) * UINT64_C(1099511628211);
        if (*at == '\0') {
            return hash;
        }
    }
}

/* Kubernetes names an event after its object and 16 hexadecimal digits of time. Ours are a hash of
 * what is said: so saying it again finds the event by its name, without a search. */
static char *event_name(const struct subject *subject, bool warning, const char *reason,
                        const char *message)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = mix(hash, subject->uid);
    hash = mix(hash, warning ? "Warning" : "Normal");
    hash = mix(hash, reason);
    hash = mix(hash, message);
    return xasprintf("%.230s.%016" PRIx64, subject->name, hash);
}

static cJSON *make_event(struct store *store, const struct subject *subject, bool warning,
                         const char *reason, const char *message, const char *name)
{
    char uid[UUID_SIZE];
    id_uuid(store_ids(store), uid);
    sec_t now = clk_now(store_clk(store));
    struct event event = {
        .meta =
            {.name = name, .ns = subject->ns, .uid = uid, .creation = now, .deletion = SEC_NONE},
        .involved = {.api_version = kind_info(subject->kind)->api_version,
                     .kind = kind_info(subject->kind)->name,
                     .ns = subject->ns,
                     .name = subject->name,
                     .uid = subject->uid},
        .type = warning ? "Warning" : "Normal",
        .reason = reason,
        .message = message,
        .component = subject->component,
        .first_time = now,
        .last_time = now,
        .count = 1,
    };
    return event_encode(&event);
}

static bool count_event(struct store *store, struct loaded *loaded, struct error *err)
{
    tree_put_int(loaded->tree, "count", tree_int_or(loaded->tree, "count", 1) + 1);
    tree_put_time(loaded->tree, "lastTimestamp", clk_now(store_clk(store)));
    return save(store, KIND_EVENT, loaded, err);
}

bool record_event(struct store *store, const struct subject *subject, bool warning,
                  const char *reason, const char *message, struct error *err)
{
    autofree char *name = event_name(subject, warning, reason, message);
    cleanup_with(loaded_done) struct loaded old = {0};
    switch (load(store, KIND_EVENT, subject->ns, name, &old, err)) {
    case FOUND_IT: return count_event(store, &old, err);
    case FOUND_FAILED: return false;
    case FOUND_NOT: break;
    }
    autotree cJSON *tree = make_event(store, subject, warning, reason, message, name);
    return save_new(store, KIND_EVENT, tree, NULL, err) &&
           objects_trim(store, KIND_EVENT, subject->uid, EVENTS_KEPT, err);
}
