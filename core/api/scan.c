/* scan.c - walks what a reader asked for, objects and runs alike, in pieces. */
/* SPDX-License-Identifier: MIT */
#include "core/api/scan.h"

#include <inttypes.h>

#include "core/codec/decode.h"

/* So many rows without a match, and the loop gets its turn. */
#define ROWS_AT_A_TIME 256

/* The ledger's index is by uid; a CronJob that is gone is searched for by its name. */
static void find_cronjob(struct scan *scan)
{
    const struct asked *asked = scan->asked;
    cleanup_with(str_done) struct str document = {0};
    struct error err = {0};
    struct object_key key = {.kind = KIND_CRONJOB, .namespace = asked->ns, .name = asked->cronjob};
    if (asked->cronjob_uid || !asked->cronjob || !asked->ns ||
        !objects_get(scan->store, &key, &document, NULL, &err)) {
        return;
    }
    autotree cJSON *tree = tree_parse(document.data, document.len, &err);
    if (text_copy(scan->cronjob_uid, sizeof scan->cronjob_uid,
                  tree_str_or(tree, "metadata.uid", "")) &&
        *scan->cronjob_uid) {
        scan->filter.cronjob_uid = scan->cronjob_uid;
    }
}

static bool open_runs(struct scan *scan, const char *token, struct error *err)
{
    const struct asked *asked = scan->asked;
    long long before = 0;
    if (token && !text_int(token, 1, INT64_MAX, &before)) {
        return error_set(err, ERROR_BAD_REQUEST, "continue key is not valid");
    }
    scan->filter = (struct ledger_filter){.namespace = asked->ns,
                                          .cronjob = asked->cronjob,
                                          .cronjob_uid = asked->cronjob_uid,
                                          .name = asked->name,
                                          .before = before,
                                          .most = ROWS_AT_A_TIME};
    scan->version = store_version(scan->store);
    find_cronjob(scan);
    return true;
}

bool scan_open(struct scan *scan, struct store *store, const struct asked *asked, const char *token,
               struct error *err)
{
    *scan = (struct scan){.store = store, .asked = asked};
    if (asked->kind == KIND_RUN) {
        return open_runs(scan, token, err);
    }
    struct object_filter filter = {
        .kind = asked->kind, .namespace = asked->ns, .name = asked->name};
    scan->cursor = objects_cursor_open(store, &filter, token, err);
    if (!scan->cursor) {
        return false;
    }
    scan->version = objects_cursor_version(scan->cursor);
    return true;
}

void scan_close(struct scan *scan)
{
    scan->cursor = objects_cursor_close(scan->cursor);
}

static enum scan_result walk_objects(struct scan *scan, scan_fn *fn, void *data, struct error *err)
{
    const struct asked *asked = scan->asked;
    for (size_t rows = 0; rows < ROWS_AT_A_TIME; rows++) {
        struct object object;
        switch (objects_cursor_next(scan->cursor, &object, err)) {
        case CURSOR_FAILED: return SCAN_FAILED;
        case CURSOR_END: return SCAN_END;
        case CURSOR_ROW: break;
        }
        autotree cJSON *tree = NULL;
        if (asked->table || !asked_all(asked)) {
            tree = tree_parse(object.document, object.document_len, err);
            if (!tree) {
                return SCAN_FAILED;
            }
            if (!asked_matches(asked, tree)) {
                continue;
            }
        }
        if (!fn(data, object.document, object.document_len, tree)) {
            break;
        }
    }
    return SCAN_STOPPED;
}

struct run_walk {
    struct scan *scan;
    scan_fn *fn;
    void *data;
    size_t seen;
    bool stopped;
};

static bool on_run(const struct run *run, void *data)
{
    struct run_walk *walk = data;
    autotree cJSON *tree = run_encode(run);
    walk->seen++;
    walk->scan->filter.before = run->id;
    if (asked_matches(walk->scan->asked, tree)) {
        walk->stopped = !walk->fn(walk->data, NULL, 0, tree);
    }
    return !walk->stopped;
}

enum scan_result scan_walk(struct scan *scan, scan_fn *fn, void *data, struct error *err)
{
    if (scan->cursor) {
        return walk_objects(scan, fn, data, err);
    }
    struct run_walk walk = {.scan = scan, .fn = fn, .data = data};
    if (!ledger_walk(scan->store, &scan->filter, on_run, &walk, err)) {
        return SCAN_FAILED;
    }
    return walk.stopped || walk.seen == ROWS_AT_A_TIME ? SCAN_STOPPED : SCAN_END;
}

static bool on_left(const struct run *run, void *data)
{
    (void)run;
    *(bool *)data = true;
    return false;
}

bool scan_token(struct scan *scan, struct str *ret)
{
    if (scan->cursor) {
        if (objects_cursor_remaining(scan->cursor) <= 0) {
            return false;
        }
        objects_cursor_token(scan->cursor, ret);
        return true;
    }
    bool left = false;
    struct error err = {0};
    if (!ledger_walk(scan->store, &scan->filter, on_left, &left, &err) || !left) {
        return false;
    }
    str_addf(ret, "%" PRId64, scan->filter.before);
    return true;
}

int64_t scan_remaining(struct scan *scan)
{
    return scan->cursor ? objects_cursor_remaining(scan->cursor) : -1;
}
