/* scan.h - walks what a reader asked for, objects and runs alike, in pieces. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_SCAN_H
#define BELFRY_CORE_API_SCAN_H

#include "core/api/asked.h"
#include "core/base/id.h"
#include "storage/ledger.h"
#include "storage/objects.h"

/* A place in a walk, no rows: it may rest as long as a slow client needs. Objects come by
 * namespace and name, runs newest first. `= {0}` can be closed. */
struct scan {
    struct store *store;
    const struct asked *asked;    /* borrowed */
    struct object_cursor *cursor; /* of all kinds but runs */
    struct ledger_filter filter;  /* of runs: `before` is the place */
    char cronjob_uid[UUID_SIZE];
    int64_t version; /* the list's resourceVersion */
};

/* TOKEN: where a page before ended (scan_token); NULL: from the start. */
must_use bool scan_open(struct scan *scan, struct store *store, const struct asked *asked,
                        const char *token, struct error *err);
void scan_close(struct scan *scan);

/* One object that matches. Of TEXT (LEN bytes, as stored) and TREE one may be NULL, not both.
 * False: enough for now, this one is taken. */
typedef bool scan_fn(void *data, const char *text, size_t len, const cJSON *tree);
enum scan_result {
    SCAN_STOPPED, /* by FN; or a while has passed without a match: call again */
    SCAN_END,
    SCAN_FAILED
};
must_use enum scan_result scan_walk(struct scan *scan, scan_fn *fn, void *data, struct error *err);

/* Where to go on; adds to RET. False, nothing added: nothing is left. */
bool scan_token(struct scan *scan, struct str *ret);
/* How many are left, matching or not; -1 when that is not known. */
int64_t scan_remaining(struct scan *scan);

#endif
