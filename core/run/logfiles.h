/* logfiles.h - the files of one log, from the newest back to the oldest, and places in them. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_LOGFILES_H
#define BELFRY_CORE_RUN_LOGFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/run/wire/crilog.h"

/* A log is N.log and the rotated N.log.1 (newer) to N.log.16 (older). While it is read the shim may
 * rotate: a file is known by its inode, which an open descriptor keeps from being used again, and
 * its number is looked up anew each time. */
struct log_place {
    int fd;         /* -1: no file */
    int64_t offset; /* of the start of a record */
};

/* The newest file at its start; fd -1 when it is not there (errno says why). */
struct log_place log_newest(int folder, int number);
/* The next older or newer file than FD, at its start; fd -1 when there is none, or none yet. When
 * FD's file has been dropped, the one after it is the oldest that is left. */
struct log_place log_older(int folder, int number, int fd);
struct log_place log_newer(int folder, int number, int fd);
/* True while FD is the newest file. */
bool log_is_newest(int folder, int number, int fd);

/* Where the last LINES whole lines begin, over all files. */
struct log_place log_tail(int folder, int number, int64_t lines);
/* A place at or before the first record stamped SINCE or later, found by bisection: close before it
 * as long as the clock was not set back. */
struct log_place log_since(int folder, int number, int64_t since);
/* The bytes from a place to the end of the newest file now. */
int64_t log_bytes_after(int folder, int number, const struct log_place *place);

#endif
