/* sorted.h - a document with its members in the order of their names, as kubectl prints them. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_SORTED_H
#define BELFRY_CORE_CLI_SORTED_H

#include "core/codec/tree.h"

/* A copy of NODE (may be NULL, then NULL), all objects in it sorted by key; lists keep their order.
 * Yours. */
cJSON *tree_sorted(const cJSON *node);

#endif
