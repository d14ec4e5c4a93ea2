/* defaults.h - what the API server fills into a document. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_DEFAULTS_H
#define BELFRY_CORE_CODEC_DEFAULTS_H

#include "core/codec/tree.h"
#include "core/model/kind.h"

/* Fills in what is not there, as Kubernetes 1.32 does (field tables, column `fallback`, and the
 * rules that a table cannot hold: imagePullPolicy by tag, completions with parallelism). Leaves
 * restartPolicy alone: left out, it is an error here. Idempotent. */
void defaults_apply(enum kind kind, cJSON *tree);

/* A new Job, after its uid is known: selector, and the four labels of its pod template; the Job's
 * own labels from the template where it has none. Nothing with manualSelector. */
void defaults_job_selector(cJSON *job);

#endif
