/* mem.h - allocation that aborts, and the attributes that make cleanup and errors hard to forget. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_MEM_H
#define BELFRY_CORE_BASE_MEM_H

#include <assert.h> /* assert and C17's static_assert, for everyone */
#include <stddef.h>
#include <stdlib.h>

/* The result says whether the call worked; not looking at it is a bug. */
#define must_use __attribute__((warn_unused_result))
#define format_printf(fmt_index, first_arg) __attribute__((format(printf, fmt_index, first_arg)))

/* Runs FN(&variable) when the variable goes out of scope: `cleanup_with(str_done) struct str s = {0};` */
#define cleanup_with(fn) __attribute__((cleanup(fn)))
/* `autofree char *p = ...;` is released with free() at the end of its scope. */
#define autofree cleanup_with(mem_free_at)

#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* Hands the pointer out and leaves NULL behind, so that a cleanup attribute finds nothing:
 * `return steal(&p);` */
#define steal(pointer_address)                                       \
    __extension__({                                                  \
        __typeof__(*(pointer_address)) stolen_ = *(pointer_address); \
        *(pointer_address) = NULL;                                   \
        stolen_;                                                     \
    })

/* These never return NULL: without memory the process logs one line and aborts, since a killed
 * scheduler loses no run. Whoever allocates a size that came from outside caps it first.
 * The result belongs to the caller and is released with free(). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t most);
char *xasprintf(const char *format, ...) format_printf(1, 2);

/* For `autofree`: ADDRESS is the address of a pointer. */
void mem_free_at(void *address);

#endif
