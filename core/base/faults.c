/* faults.c - all that is wrong with one input, each fault with its field path and line. */
/* SPDX-License-Identifier: MIT */
#include "core/base/faults.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/str.h"
#include "core/base/utf8.h"

enum {
    FAULTS_MOST = 100,        /* nobody reads on */
    FAULT_MESSAGE_MOST = 1024 /* a message quotes values from outside: they may be large */
};

static const struct {
    const char *reason; /* Kubernetes' CauseType */
    const char *lead;   /* what its messages begin with (apimachinery, field.ErrorType) */
} kinds[] = {
    [FAULT_REQUIRED] = {"FieldValueRequired", "Required value"},
    [FAULT_INVALID] = {"FieldValueInvalid", "Invalid value"},
    [FAULT_UNSUPPORTED] = {"FieldValueNotSupported", "Unsupported value"},
    [FAULT_FORBIDDEN] = {"FieldValueForbidden", "Forbidden"},
    [FAULT_DUPLICATE] = {"FieldValueDuplicate", "Duplicate value"},
    [FAULT_TOO_LONG] = {"FieldValueTooLong", "Too long"},
    [FAULT_UNKNOWN] = {"FieldValueInvalid", ""},
};
static_assert(countof(kinds) == FAULT_KIND_COUNT, "each kind of fault has a row");

static format_printf(5, 0) void faults_addv(struct faults *faults, enum fault_kind kind, int line,
                                            const char *path, const char *format, va_list args)
{
    struct str message = {0};
    size_t lead;

    if (faults->count >= FAULTS_MOST) {
        return;
    }
    str_add(&message, kinds[kind].lead);
    if (message.len > 0) {
        str_add(&message, ": ");
    }
    lead = message.len;
    str_addv(&message, format, args);
    if (message.len == lead) {
        str_cut(&message, strlen(kinds[kind].lead));
    }
    str_cut(&message, utf8_cut(str_text(&message), message.len, FAULT_MESSAGE_MOST));

    if (faults->count == faults->capacity) {
        faults->capacity = faults->capacity > 0 ? faults->capacity * 2 : 4;
        faults->list = xreallocarray(faults->list, faults->capacity, sizeof *faults->list);
    }
    faults->list[faults->count++] = (struct fault){
        .kind = kind, .path = xstrdup(path), .message = str_take(&message), .line = line};
}

void faults_add(struct faults *faults, enum fault_kind kind, const char *path, const char *format,
                ...)
{
    va_list args;

    va_start(args, format);
    faults_addv(faults, kind, 0, path, format, args);
    va_end(args);
}

void faults_add_at(struct faults *faults, enum fault_kind kind, int line, const char *path,
                   const char *format, ...)
{
    va_list args;

    va_start(args, format);
    faults_addv(faults, kind, line, path, format, args);
    va_end(args);
}

void faults_done(struct faults *faults)
{
    if (faults == NULL) {
        return;
    }
    for (size_t i = 0; i < faults->count; i++) {
        free(faults->list[i].path);
        free(faults->list[i].message);
    }
    free(faults->list);
    *faults = (struct faults){0};
}

const char *fault_reason(enum fault_kind kind)
{
    return kinds[kind].reason;
}

bool faults_error(const struct faults *faults, enum error_code code, struct error *err)
{
    cleanup_with(str_done) struct str text = {0};
    const struct fault *first;
    char others[40] = "";

    if (faults->count == 0) {
        return true;
    }
    first = &faults->list[0];
    str_addf(&text, "%s%s%s", first->path, first->path[0] != '\0' ? ": " : "", first->message);
    if (faults->count > 1) {
        snprintf(others, sizeof others, " (and %zu more)", faults->count - 1);
    }
    /* The number of the others stays, whatever the length of the first. */
    str_cut(&text, utf8_cut(text.data, text.len, sizeof err->what - 1 - strlen(others)));
    error_set(err, code, "%s%s", str_text(&text), others);
    if (first->line > 0) {
        error_at(err, "line %d", first->line);
    }
    return false;
}
