/* splice.h - writes metadata.resourceVersion into a JSON text without building a tree of it. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_STORAGE_SPLICE_H
#define BELFRY_STORAGE_SPLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

/* TEXT (valid JSON, an object that has an object `metadata`) with metadata.resourceVersion set to
 * "VERSION", all other bytes as they are, into RET (emptied first). False, RET empty, when TEXT is
 * not of that form. */
must_use bool splice_version(const char *text, size_t len, int64_t version, struct str *ret);

/* The text without the value of the top-level member NAME, which becomes null: for readers that do
 * not need a large part. The whole text when there is no such member. Into RET (emptied first). */
void splice_without(const char *text, size_t len, const char *name, struct str *ret);

#endif
