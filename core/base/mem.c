/* mem.c - allocation that aborts with one line when there is no memory. */
/* SPDX-License-Identifier: MIT */
#include "core/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Says why with a plain write: anything that formats could want memory again. */
static _Noreturn void mem_abort(void)
{
    static const char line[] = "belfry: out of memory, giving up; running jobs go on\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);

    (void)written;
    abort();
}

void *xmalloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (memory == NULL) {
        mem_abort();
    }
    return memory;
}

void *xcalloc(size_t count, size_t size)
{
    void *memory = count > 0 && size > 0 ? calloc(count, size) : calloc(1, 1);

    if (memory == NULL) {
        mem_abort();
    }
    return memory;
}

void *xrealloc(void *old, size_t size)
{
    /* realloc(p, 0) may free p and return NULL, which would read as a failure. */
    void *memory = realloc(old, size > 0 ? size : 1);

    if (memory == NULL) {
        mem_abort();
    }
    return memory;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total)) {
        mem_abort();
    }
    return xrealloc(old, total);
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xmalloc(size), text, size);
}

char *xstrndup(const char *text, size_t most)
{
    size_t len = strnlen(text, most);
    char *copy = xmalloc(len + 1);

    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        mem_abort();
    }
    text = xmalloc((size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

void mem_free_at(void *address)
{
    void **pointer = address;

    free(*pointer);
    *pointer = NULL;
}
