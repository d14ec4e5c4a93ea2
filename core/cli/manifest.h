/* manifest.h - the documents of files as the verbs take them: read, checked for form, placed. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_MANIFEST_H
#define BELFRY_CORE_CLI_MANIFEST_H

#include "core/cli/opt.h"
#include "core/cli/session.h"
#include "core/codec/yaml.h"

/* One document and where it belongs. Texts are borrowed. */
struct manifest {
    const char *file;
    const struct yaml_doc *doc;
    enum kind kind;
    const char *ns;   /* NULL: its kind has none */
    const char *name; /* NULL: none is given */
};

/* `= {0}` is empty. */
struct manifests {
    struct manifest *data;
    size_t len, capacity;
    struct yaml_docs *files; /* one a file */
    size_t file_count;
    const char *failed; /* the file that could not be read */
};

/* All documents of FILES ("-": standard input), lists split; each has a kind that is served and
 * only fields and types of that kind. NS: what -n says, NULL when it says nothing; a document that
 * names another namespace is refused, as kubectl does. */
must_use bool manifests_read(struct manifests *all, const struct opt_texts *files,
                             struct session *session, const char *ns, struct error *err);
void manifests_done(struct manifests *all);

/* Prints what went wrong with AT (NULL: while reading), each fault on a line of its own with its
 * place in the file. Returns the exit code. */
int manifests_fail(const struct manifests *all, struct session *session, const struct manifest *at,
                   const struct error *err);

#endif
