/* plain.h - the small plain-data pieces that all objects are made of. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_PLAIN_H
#define BELFRY_CORE_MODEL_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clk.h"
#include "core/base/vec.h"

/* The objects of this room are VIEWS of a document (a JSON tree). Their texts are borrowed from
 * it and valid while it lives; their arrays are their own and released by the object's _done().
 * Whoever builds an object by hand lends it texts the same way. `= {0}` is a valid, empty object:
 * a text that is not there is NULL, a time SEC_NONE after decoding. */

#define NSEC_NONE INT64_MIN /* "no such time" of an nsec_t, as SEC_NONE is of a sec_t */

/* False for SEC_NONE and for 0, the zero value of an object built by hand. */
static inline bool time_is_set(int64_t when)
{
    return when != SEC_NONE && when != 0;
}

/* An integer that may be absent. */
struct opt_int {
    bool set;
    int64_t value;
};

static inline struct opt_int opt_int_of(int64_t value)
{
    return (struct opt_int){.set = true, .value = value};
}

static inline int64_t opt_int_or(struct opt_int number, int64_t otherwise)
{
    return number.set ? number.value : otherwise;
}

/* A number or a text: a probe's port. */
struct int_or_text {
    bool set;
    int64_t number;   /* where text is NULL */
    const char *text; /* NULL: it is a number */
};

/* A list of texts: vec_push works on it. */
struct texts {
    const char **data;
    size_t len, capacity;
};

/* Text keys with text values, in the order of the document: labels, annotations, limits. */
struct pair {
    const char *key, *value;
};

struct pairs {
    struct pair *data;
    size_t len, capacity;
};

/* The value of KEY, NULL when there is none. */
const char *pairs_get(const struct pairs *pairs, const char *key);
bool texts_have(const struct texts *texts, const char *text);

#endif
