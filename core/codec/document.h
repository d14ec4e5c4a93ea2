/* document.h - a document from outside, whole: which kind it is, its form, its content. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_DOCUMENT_H
#define BELFRY_CORE_CODEC_DOCUMENT_H

#include "core/base/faults.h"
#include "core/codec/tree.h"
#include "core/model/kind.h"
#include "core/model/selector.h"

/* By apiVersion and kind. KIND_COUNT with err set (ERROR_BAD_REQUEST) when it is none of ours. */
enum kind document_kind(const cJSON *tree, struct error *err);

/* Of members that stand twice in one object only the last stays, as Go's reader has it. For what
 * is taken in although it has duplicates (fieldValidation Warn, Ignore). */
void document_settle(cJSON *tree);

/* All that can be said of one document; lists only grow. `= {0}`. */
struct report {
    struct faults types;    /* wrong JSON types: 400, always */
    struct faults strays;   /* unknown and duplicate fields: 400 under Strict, else warnings */
    struct faults faults;   /* wrong content: 422; empty while there are types */
    struct faults warnings; /* whole sentences */
};

void report_done(struct report *report);

/* Checks a document that is to be created: form, then content (field tables and
 * core/model/validate). Run defaults_apply before it. True when there are neither types nor
 * faults; strays and warnings are the caller's decision. */
bool document_check(enum kind kind, const cJSON *tree, struct report *report);
/* A change of OLD to NEW, both with defaults: the same, and what may not change. */
bool document_check_update(enum kind kind, const cJSON *old, const cJSON *new,
                           struct report *report);

/* List filters on a document; either may be NULL. */
bool document_matches(const cJSON *tree, const struct selector *labels,
                      const struct selector *fields);

#endif
