/* map.c - a hash map from strings to pointers. */
/* SPDX-License-Identifier: MIT */
/*
 * Linear probing over a power of two. The hash is SipHash-1-3 (Aumasson, Bernstein 2012) under a
 * key nobody outside knows, so that names chosen by a stranger cannot pile up in one place. The key
 * is the sixteen random bytes the kernel hands every process (AT_RANDOM): no state of our own.
 */
#include "core/base/map.h"

#include <assert.h>
#include <string.h>
#include <sys/auxv.h>

#include "core/base/mem.h"

struct map_slot {
    char *key;     /* NULL: free, or a tombstone */
    void *value;   /* NULL in a free slot, the slot itself in a tombstone */
    uint64_t hash; /* spares most comparisons, and hashing anew when the map grows */
};

enum { MAP_LEAST = 16 };

static uint64_t load_le64(const unsigned char *bytes, size_t len)
{
    uint64_t word = 0;

    for (size_t i = 0; i < len; i++) {
        word |= (uint64_t)bytes[i] << (8 * i);
    }
    return word;
}

static uint64_t rotate(uint64_t word, unsigned by)
{
    return word << by | word >> (64 - by);
}

static void sip_round(uint64_t v[static 4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static uint64_t map_hash(const char *key)
{
    const unsigned char *bytes = (const unsigned char *)key;
    const unsigned char *secret = (const unsigned char *)getauxval(AT_RANDOM);
    uint64_t k0 = secret != NULL ? load_le64(secret, 8) : 0;
    uint64_t k1 = secret != NULL ? load_le64(secret + 8, 8) : 0;
    uint64_t v[4] = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                     k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    size_t len = strlen(key), whole = len & ~(size_t)7;
    uint64_t last = load_le64(bytes + whole, len - whole) | (uint64_t)len << 56;

    for (size_t at = 0; at <= whole; at += 8) {
        uint64_t word = at < whole ? load_le64(bytes + at, 8) : last;

        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++) {
        sip_round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static bool slot_is_free(const struct map_slot *slot)
{
    return slot->key == NULL && slot->value == NULL;
}

/* The slot that holds KEY, NULL when there is none. A free slot always ends the search: the load
 * never reaches the whole. */
static struct map_slot *map_find(const struct map *map, const char *key, uint64_t hash)
{
    if (map->capacity == 0) {
        return NULL;
    }
    for (size_t i = hash & (map->capacity - 1);; i = (i + 1) & (map->capacity - 1)) {
        struct map_slot *slot = &map->slots[i];

        if (slot_is_free(slot)) {
            return NULL;
        }
        if (slot->key != NULL && slot->hash == hash && strcmp(slot->key, key) == 0) {
            return slot;
        }
    }
}

/* Takes the first slot without a key on HASH's way; the key is known to be absent. */
static struct map_slot *map_claim(struct map *map, uint64_t hash)
{
    size_t i = hash & (map->capacity - 1);

    while (map->slots[i].key != NULL) {
        i = (i + 1) & (map->capacity - 1);
    }
    if (slot_is_free(&map->slots[i])) {
        map->used++;
    }
    map->count++;
    return &map->slots[i];
}

/* Room for one more at a load of at most three quarters, tombstones counted; they go here. */
static void map_make_room(struct map *map)
{
    struct map grown = {0};

    if ((map->used + 1) * 4 <= map->capacity * 3) {
        return;
    }
    grown.capacity = MAP_LEAST;
    while ((map->count + 1) * 2 > grown.capacity) {
        grown.capacity *= 2;
    }
    grown.slots = xcalloc(grown.capacity, sizeof *grown.slots);
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].key != NULL) {
            *map_claim(&grown, map->slots[i].hash) = map->slots[i];
        }
    }
    free(map->slots);
    *map = grown;
}

void *map_put(struct map *map, const char *key, void *value)
{
    uint64_t hash = map_hash(key);
    struct map_slot *slot = map_find(map, key, hash);

    assert(value != NULL);
    if (slot != NULL) {
        void *old = slot->value;

        slot->value = value;
        return old;
    }
    map_make_room(map);
    *map_claim(map, hash) = (struct map_slot){.key = xstrdup(key), .value = value, .hash = hash};
    return NULL;
}

void *map_get(const struct map *map, const char *key)
{
    struct map_slot *slot = map_find(map, key, map_hash(key));

    return slot != NULL ? slot->value : NULL;
}

void *map_remove(struct map *map, const char *key)
{
    struct map_slot *slot = map_find(map, key, map_hash(key));
    void *value;
    size_t i;

    if (slot == NULL) {
        return NULL;
    }
    value = slot->value;
    free(slot->key); /* KEY may be this very text, from map_each: it is not read any more */
    *slot = (struct map_slot){.value = slot};
    map->count--;

    /* A tombstone before a free slot leads nowhere, so neither do those before it. */
    i = (size_t)(slot - map->slots);
    if (slot_is_free(&map->slots[(i + 1) & (map->capacity - 1)])) {
        while (map->slots[i].key == NULL && map->slots[i].value != NULL) {
            map->slots[i].value = NULL;
            map->used--;
            i = (i - 1) & (map->capacity - 1);
        }
    }
    return value;
}

void map_done(struct map *map, void (*drop)(void *value))
{
    if (map == NULL) {
        return;
    }
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].key == NULL) {
            continue;
        }
        free(map->slots[i].key);
        if (drop != NULL) {
            drop(map->slots[i].value);
        }
    }
    free(map->slots);
    *map = (struct map){0};
}

bool map_each(const struct map *map, size_t *position, const char **ret_key, void **ret_value)
{
    while (*position < map->capacity) {
        const struct map_slot *slot = &map->slots[(*position)++];

        if (slot->key != NULL) {
            if (ret_key != NULL) {
                *ret_key = slot->key;
            }
            *ret_value = slot->value;
            return true;
        }
    }
    return false;
}
