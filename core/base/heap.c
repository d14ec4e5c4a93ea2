/* heap.c - a binary heap of due times whose entries know their place, so any can move or leave. */
/* SPDX-License-Identifier: MIT */
#include "core/base/heap.h"

#include <assert.h>

#include "core/base/mem.h"

/* Places are 1-based: the parent of i is i / 2, its children are 2 i and 2 i + 1. */
static void heap_put_at(struct heap *heap, struct heap_entry *entry, size_t place)
{
    heap->list[place - 1] = entry;
    entry->place = place;
}

static void heap_rise(struct heap *heap, struct heap_entry *entry)
{
    size_t place = entry->place;

    while (place > 1 && heap->list[place / 2 - 1]->due > entry->due) {
        heap_put_at(heap, heap->list[place / 2 - 1], place);
        place /= 2;
    }
    heap_put_at(heap, entry, place);
}

static void heap_sink(struct heap *heap, struct heap_entry *entry)
{
    size_t place = entry->place;

    while (place * 2 <= heap->count) {
        size_t child = place * 2;

        if (child < heap->count && heap->list[child]->due < heap->list[child - 1]->due) {
            child++;
        }
        if (heap->list[child - 1]->due >= entry->due) {
            break;
        }
        heap_put_at(heap, heap->list[child - 1], place);
        place = child;
    }
    heap_put_at(heap, entry, place);
}

void heap_set(struct heap *heap, struct heap_entry *entry, int64_t due)
{
    entry->due = due;
    if (entry->place == 0) {
        if (heap->count == heap->capacity) {
            heap->capacity = heap->capacity > 0 ? heap->capacity * 2 : 16;
            heap->list = xreallocarray(heap->list, heap->capacity, sizeof(struct heap_entry *));
        }
        heap->count++;
        heap_put_at(heap, entry, heap->count);
    }
    assert(heap->list[entry->place - 1] == entry);
    heap_rise(heap, entry);
    heap_sink(heap, entry);
}

void heap_remove(struct heap *heap, struct heap_entry *entry)
{
    size_t place = entry->place;
    struct heap_entry *last;

    if (place == 0) {
        return;
    }
    assert(heap->list[place - 1] == entry);
    last = heap->list[--heap->count];
    entry->place = 0;
    if (last != entry) {
        heap_put_at(heap, last, place);
        heap_rise(heap, last);
        heap_sink(heap, last);
    }
}

struct heap_entry *heap_first(const struct heap *heap)
{
    return heap->count > 0 ? heap->list[0] : NULL;
}

void heap_done(struct heap *heap)
{
    if (heap == NULL) {
        return;
    }
    for (size_t i = 0; i < heap->count; i++) {
        heap->list[i]->place = 0;
    }
    free(heap->list);
    *heap = (struct heap){0};
}
