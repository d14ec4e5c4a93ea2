/* columns.h - objects as table rows: one set of columns for the API and the command line. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_COLUMNS_H
#define BELFRY_CORE_CODEC_COLUMNS_H

#include "core/codec/tree.h"
#include "core/model/kind.h"

struct column {
    const char *name;   /* "Last Schedule" */
    const char *type;   /* OpenAPI: "string", "integer", "boolean" */
    const char *format; /* "name" or "" */
    int priority;       /* 1: only in wide output */
    const char *doc;
};

#define COLUMNS_MOST 16

/* The columns of a kind, as a Kubernetes 1.32 server declares them. */
const struct column *columns_of(enum kind kind, size_t *ret_count);
/* One row: an array of cells (yours), texts and integers. Ages are against NOW. */
cJSON *columns_cells(enum kind kind, const cJSON *object, sec_t now);
/* columnDefinitions of a Table (yours). */
cJSON *columns_definitions(enum kind kind);
/* A row of a Table: cells and `object`. INCLUDE: "Metadata" (PartialObjectMetadata, the default),
 * "Object", "None". Yours. */
cJSON *columns_row(enum kind kind, const cJSON *object, const char *include, sec_t now);

#endif
