/* yaml.h - YAML in and out of the tree, with the line of every field. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_YAML_H
#define BELFRY_CORE_CODEC_YAML_H

#include "core/codec/lines.h"
#include "core/codec/tree.h"

struct yaml_doc {
    cJSON *tree;        /* never NULL: empty documents are left out */
    struct lines lines; /* of this document, counted from the top of the file */
};

struct yaml_docs {
    struct yaml_doc *data;
    size_t len, capacity;
};

#define YAML_TEXT_MOST ((size_t)8 << 20) /* bytes of one file */

/* Reads all documents of TEXT (YAML 1.1 as kubectl reads it, or JSON). FILE names it in faults,
 * whose `where` is "FILE:LINE:COLUMN". Refused: duplicate keys, keys that are no scalars, custom
 * tags, too much depth, too many nodes (aliases count as often as they are used). */
must_use bool yaml_read(const char *file, const char *text, size_t len, struct yaml_docs *ret,
                        struct error *err);
/* Exactly one document; LINES may be NULL. */
must_use cJSON *yaml_read_one(const char *file, const char *text, size_t len, struct lines *lines,
                              struct error *err);
void yaml_docs_done(struct yaml_docs *docs);

/* Puts the items of `kind: List` (CronJobList, JobList, ...) in place of the list. Items of a
 * typed list that lack apiVersion and kind get the list's. */
void yaml_split_lists(struct yaml_docs *docs);

/* NODE as a block-style document like kubectl's -o yaml: keys sorted, quotes only where needed,
 * a newline at the end. */
void yaml_write(struct str *ret, const cJSON *node);

#endif
