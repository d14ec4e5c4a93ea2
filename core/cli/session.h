/* session.h - a verb's conversation with the scheduler: one request after the other. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_SESSION_H
#define BELFRY_CORE_CLI_SESSION_H

#include <uv.h>

#include "core/base/faults.h"
#include "core/client/call.h"
#include "core/client/http.h"
#include "core/codec/tree.h"

struct session {
    uv_loop_t loop;
    struct paths paths;
    struct context ctx;
    struct http *http; /* NULL until session_open() succeeded */
    struct id_source ids;
    struct faults faults; /* of the last reply, if it had any */
    bool quiet;           /* warnings are not printed */
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

/* Lists, then watches, until SEEN says stop (true). Each object of a list comes with "LISTED", and
 * after the list SEEN is called once with TYPE "" and no object; then the watch tells ("ADDED",
 * "MODIFIED", "DELETED"). A watch that ends begins with a list again. Selectors may be NULL. */
typedef bool session_seen_fn(void *data, const char *type, const cJSON *object);
must_use bool session_watch(struct session *session, enum kind kind, const char *ns,
                            const char *labels, const char *fields, session_seen_fn *seen,
                            void *data, struct error *err);

/* Prints ERR, or in its place each fault of the last reply on a line of its own. Returns the exit
 * code. */
int session_fail(struct session *session, const struct error *err);

/* "cronjobs NAME" and "cronjob/NAME" as words: the kind, and the name (NULL: none given). WORDS is
 * moved behind what was read. */
must_use bool words_target(char ***words, size_t *count, enum kind *ret_kind, const char **ret_name,
                           struct error *err);

/* "there is no type ...", with those that are. Returns false. */
bool type_unknown(const char *word, struct error *err);

/* "cronjob.batch/nightly", as kubectl names an object; yours to free(). */
char *object_label(enum kind kind, const char *name);

enum dry_run { DRY_RUN_NONE, DRY_RUN_CLIENT, DRY_RUN_SERVER, DRY_RUN_COUNT };
/* What follows "created" in a report: "", " (dry run)", " (server dry run)". */
extern const char *const dry_run_notes[DRY_RUN_COUNT];
/* The value of --dry-run: NULL (not given) and "none", "client", "server"; "" is "server". */
must_use bool dry_run_read(const char *text, enum dry_run *ret, struct error *err);

#endif
