/* faults.h - all that is wrong with one input, each fault with its field path and line. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_FAULTS_H
#define BELFRY_CORE_BASE_FAULTS_H

#include <stddef.h>

#include "core/base/error.h"

/* The kinds of a cause, as Kubernetes names them in Status.details.causes[].reason. */
enum fault_kind {
    FAULT_REQUIRED,    /* FieldValueRequired: "Required value" */
    FAULT_INVALID,     /* FieldValueInvalid: "Invalid value: ..." */
    FAULT_UNSUPPORTED, /* FieldValueNotSupported: "Unsupported value: ..." */
    FAULT_FORBIDDEN,   /* FieldValueForbidden */
    FAULT_DUPLICATE,   /* FieldValueDuplicate: "Duplicate value: ..." */
    FAULT_TOO_LONG,    /* FieldValueTooLong */
    FAULT_UNKNOWN,     /* unknown or duplicate field, wrong JSON type: a 400, not a 422 */
    FAULT_KIND_COUNT
};

struct fault {
    enum fault_kind kind;
    char *path;    /* "spec.jobTemplate.spec.template.spec.containers[0].image" */
    char *message; /* with its kind's lead-in: `Invalid value: "60 * * * *": 60 is above 59` */
    int line;      /* 1-based line in the file; 0 when there is none */
};

/* `= {0}` is empty. */
struct faults {
    struct fault *list;
    size_t count, capacity;
};

/* Adds a fault. FORMAT makes what follows the lead-in of the kind and its ": ": with FAULT_INVALID
 * `"%s": 60 is above 59` becomes `Invalid value: "60 * * * *": 60 is above 59`. A text that comes
 * out empty ("%s", "") leaves the lead-in alone: "Required value". FAULT_UNKNOWN has no lead-in.
 * Beyond 100 faults further ones are dropped: nobody reads on. A message is cut at 1024 bytes. */
void faults_add(struct faults *faults, enum fault_kind kind, const char *path, const char *format,
                ...) format_printf(4, 5);
/* The same with the 1-based line of the file; 0 when it is not known. */
void faults_add_at(struct faults *faults, enum fault_kind kind, int line, const char *path,
                   const char *format, ...) format_printf(5, 6);
void faults_done(struct faults *faults);

/* "FieldValueInvalid" and so on. */
const char *fault_reason(enum fault_kind kind);

/* Folds all faults into one error (code as given), "path: message (and 2 more)", and where the
 * first one's line is known, `where` is "line N". Returns false; true when there are no faults. */
bool faults_error(const struct faults *faults, enum error_code code, struct error *err);

#endif
