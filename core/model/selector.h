/* selector.h - label and field selectors: which objects are meant. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_SELECTOR_H
#define BELFRY_CORE_MODEL_SELECTOR_H

#include "core/base/error.h"
#include "core/base/str.h"
#include "core/model/kind.h"
#include "core/model/plain.h"

enum selector_operator {
    SELECTOR_IN,     /* "=", "==", "in (a,b)" */
    SELECTOR_NOT_IN, /* "!=", "notin (a,b)": true as well when the key is not there */
    SELECTOR_EXISTS,
    SELECTOR_NOT_EXISTS, /* "!key" */
    SELECTOR_GREATER,    /* "key>5" */
    SELECTOR_LESS,
    SELECTOR_OPERATOR_COUNT
};

struct selector_rule {
    char *key;
    enum selector_operator op;
    vec(char *) values;
};

/* All rules must hold. `= {0}` matches everything. Owns its texts. */
struct selector {
    struct selector_rule *data;
    size_t len, capacity;
};

/* "env in (dev,test),tier!=front,!legacy": Kubernetes' grammar. A fault is ERROR_BAD_REQUEST. */
must_use bool selector_parse_labels(const char *text, struct selector *ret, struct error *err);
/* "metadata.name=x,status.phase!=Running": only the fields that KIND can be asked for. */
must_use bool selector_parse_fields(const char *text, enum kind kind, struct selector *ret,
                                    struct error *err);
void selector_done(struct selector *selector);
/* In canonical text, for messages and continue tokens. */
void selector_print(const struct selector *selector, struct str *ret);

/* Looks up a key of the object asked about; NULL when it has none. */
typedef const char *selector_lookup_fn(const void *object, const char *key);
bool selector_match(const struct selector *selector, selector_lookup_fn *lookup,
                    const void *object);
bool selector_match_labels(const struct selector *selector, const struct pairs *labels);

#endif
