/* daemon.h - `belfry serve`: lock, store, executor, controllers and API put together. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_DAEMON_H
#define BELFRY_CORE_API_DAEMON_H

#include "core/base/error.h"
#include "core/base/paths.h"

/* All texts are borrowed until daemon_run returns; `paths` alone is required. */
struct daemon_options {
    const struct paths *paths;
    const char *listen;        /* "ADDR:PORT", "[::1]:PORT", ":PORT"; NULL: the unix socket only */
    const char *runtime;       /* "auto" (NULL), "host", "podman", "docker" */
    const char *missed_starts; /* "block" (NULL), "latest", "skip" */
    const char *shim;          /* path of belfry-shim; NULL: paths_shim() */
};

/* Runs the scheduler of a home in the foreground until SIGTERM, SIGINT or POST /belfry/stop, and
 * returns true then; jobs that run go on under their shims. It logs one line when it is ready
 * ("serving ... on ..."), and tells systemd (NOTIFY_SOCKET, READY=1).
 * False, nothing served: another scheduler holds the home (ERROR_CONFLICT, with its pid), the home
 * lies on a network file system (ERROR_USAGE), the address is taken or wrong, the store or the
 * shim is not usable. */
must_use bool daemon_run(const struct daemon_options *options, struct error *err);

/* Two routes of ours, for the command line (access as for all others):
 *   GET  /belfry/status  {"version","pid","home","startTime","listen" (null: none),"runtime",
 *                         "missedStarts","cronJobs","jobs","running"}
 *   POST /belfry/stop    202 {"pid","running"}: the scheduler ends once this reply is out; its
 *                        end is seen by the lock file being free. */

#endif
