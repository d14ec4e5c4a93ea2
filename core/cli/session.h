/* session.h - a verb's conversation with the scheduler: one request after the other. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_SESSION_H
#define BELFRY_CORE_CLI_SESSION_H

#include <uv.h>

#include "core/base/faults.h"
#include "core/client/call.h"
#include "core/client/http.h"
#include "core/codec/tree.h"
#include "core/codec/yaml.h"

struct session {
    uv_loop_t loop;
    struct paths paths;
    struct context ctx;
    struct http *http; /* NULL until session_open() succeeded */
    struct id_source ids;
    struct faults faults; /* of the last reply that had any */
};

/* Connects to the scheduler of this home; NS NULL: "default". */
must_use bool session_open(struct session *session, const char *ns, struct error *err);
void session_done(struct session *session);

/* One request. BODY may be NULL; TYPE and ACCEPT NULL: application/json. The reply's tree goes to
 * RET (may be NULL), the caller's. Warnings are printed. */
must_use bool session_request(struct session *session, const char *method, const char *path,
                              const cJSON *body, const char *type, const char *accept, cJSON **ret,
                              struct error *err);
must_use bool session_get(struct session *session, enum kind kind, const char *ns, const char *name,
                          cJSON **ret, struct error *err);

/* Lists, then watches, until SEEN says stop (true). Each object comes once with "ADDED" from the
 * list, then as the watch tells ("ADDED", "MODIFIED", "DELETED"); after the list SEEN is called
 * once with TYPE "" and no object. Selectors may be NULL. */
typedef bool session_seen_fn(void *data, const char *type, const cJSON *object);
must_use bool session_watch(struct session *session, enum kind kind, const char *ns,
                            const char *labels, const char *fields, session_seen_fn *seen,
                            void *data, struct error *err);

/* Prints ERR, and each fault of the last reply on a line of its own, with its place in FILE (LINES
 * may be NULL). Returns the exit code. */
int session_fail(struct session *session, const char *file, const struct lines *lines,
                 const struct error *err);

/* "cronjobs NAME" and "cronjob/NAME" as words: the kind, and the name (NULL: none given). WORDS is
 * moved behind what was read. */
must_use bool words_target(char ***words, size_t *count, enum kind *ret_kind, const char **ret_name,
                           struct error *err);

/* All documents of FILE ("-": standard input), lists split; each has a kind that is served. */
must_use bool documents_read(const char *file, struct yaml_docs *ret, struct error *err);

#endif
