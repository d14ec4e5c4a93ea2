/* patch.h - merge patch, JSON patch and strategic merge patch. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_PATCH_H
#define BELFRY_CORE_CODEC_PATCH_H

#include "core/codec/tree.h"
#include "core/model/kind.h"

enum patch_type { PATCH_MERGE, PATCH_JSON, PATCH_STRATEGIC, PATCH_TYPE_COUNT };

/* "application/merge-patch+json" and so on (parameters behind ";" are ignored); PATCH_TYPE_COUNT
 * when it is none of them. */
enum patch_type patch_type_find(const char *content_type);
extern const char *const patch_content_types[PATCH_TYPE_COUNT];

/* Applies PATCH to *TARGET (RFC 7386, RFC 6902, Kubernetes' strategic merge with the merge keys of
 * KIND's field tables). On a fault *TARGET is as before: ERROR_BAD_REQUEST for a malformed patch,
 * ERROR_INVALID when it does not fit (a missing path, a failed test). */
must_use bool patch_apply(enum patch_type type, enum kind kind, cJSON **target, const cJSON *patch,
                          struct error *err);

/* The merge patch that makes TO of FROM: what `apply` and `edit` send. Empty object: no change. */
cJSON *patch_merge_diff(const cJSON *from, const cJSON *to);

#endif
