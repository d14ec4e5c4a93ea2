/* heap.h - a binary heap of due times whose entries know their place, so any can move or leave. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_HEAP_H
#define BELFRY_CORE_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embed one in the thing that is due. `= {0}` is "not in a heap". */
struct heap_entry {
    int64_t due;
    size_t place; /* 1-based; 0 = in no heap. The heap's own */
};

struct heap {
    struct heap_entry **list;
    size_t count, capacity;
};

/* Adds the entry, or moves it when it is in the heap already. */
void heap_set(struct heap *heap, struct heap_entry *entry, int64_t due);
/* Takes it out; nothing happens when it is in no heap. */
void heap_remove(struct heap *heap, struct heap_entry *entry);
/* The earliest, NULL when empty. Entries with the same due time come in no order. */
struct heap_entry *heap_first(const struct heap *heap);
void heap_done(struct heap *heap); /* the entries are the caller's */

#endif
