/* asked.h - what a reader asked for: which objects (selectors), and in which form (object, row). */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_ASKED_H
#define BELFRY_CORE_API_ASKED_H

#include "core/api/request.h"
#include "core/codec/tree.h"
#include "core/model/selector.h"

/* `= {0}` can be released. Outlives its request: nothing is borrowed from it. */
struct asked {
    enum kind kind;
    char *ns;          /* NULL: all */
    char *name;        /* of fieldSelector metadata.name=NAME alone; NULL: any */
    char *cronjob;     /* of runs: fieldSelector cronJob=NAME; NULL: any */
    char *cronjob_uid; /* of runs: fieldSelector spec.cronJobUID=UID; NULL: any */
    struct selector labels, fields;
    bool table;            /* Table rows instead of objects */
    char include[16];      /* of a row: Metadata, Object, None */
    const struct clk *clk; /* ages in rows */
};

/* From the path, the query (labelSelector, fieldSelector, includeObject) and Accept. A selector
 * that cannot be read is ERROR_BAD_REQUEST. */
must_use bool asked_read(const struct request *request, struct asked *ret, struct error *err);
void asked_done(struct asked *asked);

/* True when every object of the place is meant: no document needs to be looked into. */
bool asked_all(const struct asked *asked);
bool asked_matches(const struct asked *asked, const cJSON *document);

/* One object as it is to be sent: its text, or its row of a Table. Adds to OUT; DOCUMENT may be
 * NULL where TEXT is given, it is read from it then. */
must_use bool asked_print(const struct asked *asked, const char *text, size_t len,
                          const cJSON *document, struct str *out, struct error *err);
/* `"columnDefinitions":[...]`. */
void asked_print_columns(const struct asked *asked, struct str *out);

#endif
