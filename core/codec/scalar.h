/* scalar.h - what a plain YAML scalar means: text, number, true, null. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_SCALAR_H
#define BELFRY_CORE_CODEC_SCALAR_H

#include "core/codec/tree.h"

/* YAML 1.1 as kubectl reads it (sigs.k8s.io/yaml, goyaml.v2): yes/no/on/off are booleans, 0x 0o 0b
 * and leading zeros are integers, dates stay texts. NULL with err set for numbers that JSON or a
 * double cannot hold (.inf, .nan, beyond 2^53). Yours. */
must_use cJSON *scalar_resolve(const char *text, struct error *err);
/* True when TEXT, written plain, would be read as something else than this text, by us or by some
 * other reader of YAML 1.1. */
bool scalar_needs_quotes(const char *text);

#endif
