/* fields.h - field tables: what every kind holds; decode, encode, check and describe by them. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_FIELDS_H
#define BELFRY_CORE_CODEC_FIELDS_H

#include "core/base/faults.h"
#include "core/codec/tree.h"
#include "core/model/kind.h"

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

struct field {
    const char *name; /* in JSON */
    enum field_kind kind;
    int offset; /* in the view; FIELD_NOWHERE: known and checked, not decoded */
    const struct field_table *table; /* FIELD_OBJECT, FIELD_LIST */
    const char *const *names;        /* FIELD_ENUM: JSON spelling; "" = must not be given */
    int names_count;
    const char *fallback; /* the default, as JSON text; NULL: none */
    struct {
        bool set;
        int64_t value;
    } least, most; /* of integers */
    bool required;
    bool immutable; /* of a Job: may not change after creation */
    int set_offset; /* 0: none; else a bool at this offset + 1 is set when the field is there */
    const char *merge_key; /* strategic merge: lists merged by this key, NULL: replaced; "" for
                              lists of scalars merged as sets */
    const char *doc;       /* one sentence, for the OpenAPI schema and `explain` */
};

#define FIELD_NOWHERE (-1)

struct field_table {
    const char *name; /* "io.k8s.api.batch.v1.CronJobSpec" */
    const char *doc;
    size_t size; /* of the view's struct; 0 when never decoded */
    const struct field *data;
    size_t len;
    void (*reset)(void *view); /* NULL: zeroes; else sets what is not zero when absent */
};

/* The table of a kind; never NULL below KIND_COUNT. */
const struct field_table *fields_of(enum kind kind);
/* NULL when there is none. */
const struct field *fields_find(const struct field_table *table, const char *name);
/* The table of an element that a path leads to, NULL when it leads nowhere; for strategic merge. */
const struct field *fields_at(enum kind kind, const char *path);

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

/* components.schemas of an OpenAPI v3 document for KIND and all it refers to, as members
 * (`"io.k8s...": {...}`) added to the object SCHEMAS; those that are there already are kept. */
void fields_openapi(enum kind kind, cJSON *schemas);
/* The schema's name: "io.k8s.api.batch.v1.CronJob". */
const char *fields_schema_name(enum kind kind);

#endif
