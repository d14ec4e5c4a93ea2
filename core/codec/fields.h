/* fields.h - field tables: what every kind holds; decode, encode, check and describe by them. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_FIELDS_H
#define BELFRY_CORE_CODEC_FIELDS_H

#include <stddef.h>

#include "core/base/faults.h"
#include "core/codec/tree.h"
#include "core/model/kind.h"
#include "core/model/plain.h"

enum field_kind {
    FIELD_TEXT,        /* const char * */
    FIELD_INT,         /* int64_t */
    FIELD_OPT_INT,     /* struct opt_int */
    FIELD_BOOL,        /* bool */
    FIELD_TIME,        /* sec_t */
    FIELD_NTIME,       /* nsec_t: a time with its fraction */
    FIELD_ENUM,        /* an enum, by its name table */
    FIELD_QUANTITY,    /* const char *: a quantity; JSON numbers are allowed too */
    FIELD_INT_OR_TEXT, /* struct int_or_text */
    FIELD_TEXTS,       /* struct texts */
    FIELD_INTS,        /* vec(int64_t) */
    FIELD_PAIRS,       /* struct pairs: an object of texts */
    FIELD_QUANTITIES,  /* struct pairs: an object of quantities */
    FIELD_OBJECT,      /* a struct by its own table, at the offset */
    FIELD_LIST,        /* vec of structs by their own table */
    FIELD_ANY,         /* known but not looked into */
    FIELD_KIND_COUNT
};

/* What else of the view says that a field is there: its `set`, which of several it is. */
enum field_mark {
    MARK_NONE,
    MARK_BOOL /* becomes true */,
    MARK_ENUM /* becomes `mark_value` */,
    MARK_NAME /* const char *: becomes the field's name */
};

/* One row. Offsets count from 1 (FIELD_AT), so that a row without one is known and checked, but
 * not decoded. The sub-table of an object may lie at the same place: JSON nests, views need not. */
struct field {
    const char *name; /* in JSON */
    enum field_kind kind;
    int at;                          /* FIELD_AT(struct x, member); 0: not decoded */
    const struct field_table *table; /* FIELD_OBJECT, FIELD_LIST */
    const char *const *names;        /* FIELD_ENUM: JSON spelling; "" = stands for "not given" */
    int names_count;
    int names_from;             /* messages offer the names from this one on */
    const char *fallback;       /* the default, as JSON text; NULL: none */
    struct opt_int least, most; /* of integers */
    enum field_mark mark;
    int mark_at, mark_value;
    bool required;
    bool wide;      /* of integers: int64, not int32 */
    bool bare;      /* of objects: no defaults for its direct members (a CronJob's job spec) */
    bool immutable; /* of a Job: may not change after creation */
    bool ignored;   /* kept, but this engine does not act on it: draws a warning */
    bool always;    /* encoded even when it is zero or empty */
    const char *merge_key; /* strategic merge: lists of objects merged by this key, lists of
                              scalars (with "") as sets; NULL: replaced */
    const char *doc;       /* one sentence, for the OpenAPI schema and `explain` */
};

#define FIELD_AT(type, member) ((int)offsetof(type, member) + 1)

struct field_table {
    const char *name; /* "io.k8s.api.batch.v1.CronJobSpec" */
    const char *doc;
    const struct field *data;
    size_t len;
    size_t size; /* of the view of a list's element */
};

/* The table of a kind; never NULL below KIND_COUNT. */
const struct field_table *fields_of(enum kind kind);
/* NULL when there is none. */
const struct field *fields_find(const struct field_table *table, const char *name);
/* Decodes what it can; TREE's texts are borrowed. Never fails: run fields_check before on what
 * came from outside; a value of the wrong type counts as absent. */
void fields_decode(const struct field_table *table, const cJSON *tree, void *view);
/* The other way: all members that are not zero, empty, SEC_NONE or unset. Yours. */
cJSON *fields_encode(const struct field_table *table, const void *view);

/* The form of a document. TYPES gets wrong JSON types (always a 400), STRAYS unknown and duplicate
 * fields (`unknown field "spec.scheduel"`; what they lead to is up to fieldValidation). Either
 * may be NULL. Kind FAULT_UNKNOWN. */
void fields_check(enum kind kind, const cJSON *tree, struct faults *types, struct faults *strays);
/* Content, as far as the tables say it: required, enums, limits. 422. */
void fields_limits(enum kind kind, const cJSON *tree, struct faults *faults);
/* The fields of SPEC that this engine keeps but does not act on, as warnings. */
void fields_ignored(enum kind kind, const cJSON *tree, struct faults *warnings);
/* What may not change once a Job is there. */
void fields_immutable(enum kind kind, const cJSON *old, const cJSON *new, struct faults *faults);
/* Puts in the defaults of the tables, and makes texts of quantities that are numbers. */
void fields_default(enum kind kind, cJSON *tree);

/* components.schemas of an OpenAPI v3 document for KIND and all it refers to, as members
 * (`"io.k8s...": {...}`) added to the object SCHEMAS; those that are there already are kept. */
void fields_openapi(enum kind kind, cJSON *schemas);
/* The schema's name: "io.k8s.api.batch.v1.CronJob". */
const char *fields_schema_name(enum kind kind);

#endif
