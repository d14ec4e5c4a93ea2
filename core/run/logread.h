/* logread.h - reads the log of an attempt across rotations: tail, since, limit, follow. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_LOGREAD_H
#define BELFRY_CORE_RUN_LOGREAD_H

#include <uv.h>

#include "core/base/clk.h"
#include "core/base/error.h"

/* Kubernetes' PodLogOptions where it has them. Set tail and limit_bytes: LOGREAD_ALL is "no limit",
 * 0 means 0. Texts are borrowed for the call to logread_open only. */
#define LOGREAD_ALL (-1)
struct logread_options {
    const char *folder;     /* logs/POD-UID/CONTAINER (executor_log_folder) */
    int number;             /* the attempt; a restarted container's log before is number - 1 */
    const char *run_folder; /* runs/POD-UID/CONTAINER/N: an exit record in it ends a follow by
                             * itself; NULL: only logread_finish does */
    int64_t tail;           /* the last so many lines that are there at open */
    nsec_t since;           /* lines stamped at this wall time or later; 0 = all */
    int64_t limit_bytes; /* output ends after so many bytes, in the middle of a line if need be */
    bool timestamps;     /* each line begins with its stamp and a space */
    bool follow;
};

struct logread;

enum logread_result {
    LOGREAD_BYTES, /* some were written; ask again */
    LOGREAD_AGAIN, /* nothing now; ON_READY will say when to ask again */
    LOGREAD_END,   /* all has been given */
    LOGREAD_FAILED,
};

/* LOOP may be NULL without follow: then logread_next never says AGAIN. ON_READY (may be NULL
 * without loop) is called from the loop, at most once for each AGAIN, and may call logread_next and
 * logread_free. A folder that does not exist is ERROR_NOT_FOUND; one without the file yet is an
 * empty log. Memory is bounded whatever the log's size; the work of one logread_next is bounded by
 * the buffer and a few hundred kilobytes of reading. */
must_use struct logread *logread_open(uv_loop_t *loop, const struct logread_options *options,
                                      void (*on_ready)(void *data), void *data, struct error *err);
/* Fills BUFFER (SIZE at least 64) with text as the job wrote it: CRI prefixes taken off, the parts
 * of a long line joined. RET_LEN is 0 unless the result is LOGREAD_BYTES. */
must_use enum logread_result logread_next(struct logread *reader, char *buffer, size_t size,
                                          size_t *ret_len, struct error *err);
/* The attempt has ended and nothing more will be written: a follow ends after what is there. */
void logread_finish(struct logread *reader);
/* NULL is fine; returns NULL. Watchers on the loop are closed; run the loop once more. */
struct logread *logread_free(struct logread *reader);

#endif
