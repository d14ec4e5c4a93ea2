/* merge.h - the merge patch of an apply, made of three documents. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_MERGE_H
#define BELFRY_CORE_CLI_MERGE_H

#include "core/codec/tree.h"

/* Into PATCH, an empty object, goes the merge patch (RFC 7386) that makes LIVE say what WANTED
 * says, and forget what LAST said and WANTED does not. All are objects; LAST and LIVE may be NULL.
 * An empty PATCH: nothing to do. */
void merge_make(cJSON *patch, const cJSON *last, const cJSON *wanted, const cJSON *live);

#endif
