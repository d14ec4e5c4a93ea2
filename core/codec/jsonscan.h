/* jsonscan.h - is this text JSON, to the letter, and within our limits? */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_JSONSCAN_H
#define BELFRY_CORE_CODEC_JSONSCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

/* Told of every member and element: its path and where it begins, 1-based. */
typedef void json_place_fn(void *context, const char *path, int line, int column);

/* Checks TEXT by the rules of tree_parse. PLACE may be NULL. */
must_use bool json_scan(const char *text, size_t len, json_place_fn *place, void *context,
                        struct error *err);

#endif
