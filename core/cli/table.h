/* table.h - a server's Table as columns of text. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_TABLE_H
#define BELFRY_CORE_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"
#include "core/codec/tree.h"

/* The Accept header that asks for a Table. */
#define TABLE_ACCEPT                                \
    "application/json;as=Table;v=v1;g=meta.k8s.io," \
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

/* Widths survive from one print to the next, so that the rows of a watch stay in their columns. */
struct table {
    size_t widths[32];
    bool wide;          /* columns of priority 1 too */
    bool namespaces;    /* a first column with the object's namespace */
    const char *prefix; /* before each name: "cronjob.batch/"; NULL: none */
    bool headed;        /* the header has been printed (or is not wanted) */
    bool underlined;    /* as kubectl describe has its tables: the header as it is, with a line
                           below, and columns closer together */
    cJSON *columns;     /* columnDefinitions, from the first Table that had them */
};

void table_done(struct table *table);
/* Adds the rows of TABLE_DOC (a meta.k8s.io Table) as kubectl lays them out. */
void table_print(struct table *table, const cJSON *table_doc, struct str *ret);

#endif
