/* map.h - a hash map from strings to pointers. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_MAP_H
#define BELFRY_CORE_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Open addressing over a keyed hash (names come from outside, so the seed is random a process).
 * Keys are copied; values are the caller's. `= {0}` is empty. */
struct map {
    struct map_slot *slots;
    size_t count, capacity, used; /* used counts tombstones as well */
};

/* Stores VALUE (not NULL) under KEY; returns the value it replaces, or NULL. */
void *map_put(struct map *map, const char *key, void *value);
void *map_get(const struct map *map, const char *key); /* NULL when absent */
void *map_remove(struct map *map, const char *key);    /* the value, or NULL */
/* Releases the map. Values first go to DROP, where it is not NULL. */
void map_done(struct map *map, void (*drop)(void *value));

/* Walks in no order: `for (size_t i = 0; map_each(&map, &i, &key, &value);)`. Removing the entry
 * just seen is allowed, adding is not. KEY may be NULL. */
bool map_each(const struct map *map, size_t *position, const char **ret_key, void **ret_value);

#endif
