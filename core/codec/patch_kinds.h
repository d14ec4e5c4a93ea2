/* patch_kinds.h - the kinds of patch that patch_apply chooses from. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_PATCH_KINDS_H
#define BELFRY_CORE_CODEC_PATCH_KINDS_H

#include "core/codec/tree.h"
#include "core/model/kind.h"

/* Both change the tree at once, and may leave it half changed when they fail: patch_apply hands
 * them a copy. *TARGET may be replaced. */
must_use bool patch_apply_json(cJSON **target, const cJSON *patch, struct error *err);
must_use bool patch_apply_strategic(enum kind kind, cJSON *target, const cJSON *patch,
                                    struct error *err);

#endif
