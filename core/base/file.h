/* file.h - files: read whole, write atomically, make folders, lock. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_FILE_H
#define BELFRY_CORE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/str.h"

/* All of PATH, "-" = standard input. More than MOST bytes is ERROR_TOO_LARGE, a missing file
 * ERROR_NOT_FOUND. Adds to RET; what RET held before stays, and is all it holds after a failure. */
must_use bool file_read(const char *path, size_t most, struct str *ret, struct error *err);
/* The same relative to a folder's descriptor; "-" is a name like any other. */
must_use bool file_read_at(int folder, const char *name, size_t most, struct str *ret,
                           struct error *err);
/* A new file with MODE (less the umask) beside it, synced, renamed over PATH, the folder synced: after a crash there
 * is the old file or the new one, whole. */
must_use bool file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode,
                                struct error *err);
/* mkdir -p; folders it makes get MODE (less the umask). One that is there is fine, a file there is
 * not (ERROR_EXISTS). */
must_use bool file_make_folder(const char *path, mode_t mode, struct error *err);
/* Removes PATH and all below it, however deep, never following a link; folders whose owner locked
 * himself out are opened first. What is not there is removed. */
must_use bool file_remove_tree(const char *path, struct error *err);
bool file_exists(const char *path);

/* Opens (creating with 0600) and takes an exclusive flock without waiting. Returns the descriptor,
 * -1 with err set: ERROR_CONFLICT when another process holds it. The lock lasts until close(). */
must_use int file_lock(const char *path, struct error *err);
/* True when PATH, or what exists of the way to it, lies on a network file system (NFS, SMB, 9p: statfs), on which neither locks nor
 * SQLite's WAL can be trusted. */
bool file_on_network(const char *path);
/* close() of a descriptor that is >= 0, for cleanup_with(file_close_at) int fd = -1; */
void file_close_at(int *fd);

#endif
