/* vec.h - a typed growable array. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_VEC_H
#define BELFRY_CORE_BASE_VEC_H

#include <string.h>

#include "core/base/mem.h"

/* `vec(struct thing) things = {0};` then things.data[i], things.len. Owns the array, not what its
 * elements own. */
#define vec(type)             \
    struct {                  \
        type *data;           \
        size_t len, capacity; \
    }

#define vec_push(v, ...)                       \
    do {                                       \
        vec_reserve(v, 1);                     \
        (v)->data[(v)->len++] = (__VA_ARGS__); \
    } while (0)

#define vec_reserve(v, extra)                                                \
    do {                                                                     \
        if ((v)->len + (extra) > (v)->capacity) {                            \
            size_t grown_ = (v)->capacity ? (v)->capacity * 2 : 8;           \
            if (grown_ < (v)->len + (extra)) {                               \
                grown_ = (v)->len + (extra);                                 \
            }                                                                \
            (v)->data = xreallocarray((v)->data, grown_, sizeof *(v)->data); \
            (v)->capacity = grown_;                                          \
        }                                                                    \
    } while (0)

/* Removes element I, keeping the order. */
#define vec_remove(v, i)                                                                         \
    do {                                                                                         \
        size_t at_ = (i);                                                                        \
        memmove(&(v)->data[at_], &(v)->data[at_ + 1], ((v)->len - at_ - 1) * sizeof *(v)->data); \
        (v)->len--;                                                                              \
    } while (0)

#define vec_done(v)                   \
    do {                              \
        free((v)->data);              \
        (v)->data = NULL;             \
        (v)->len = (v)->capacity = 0; \
    } while (0)

#endif
