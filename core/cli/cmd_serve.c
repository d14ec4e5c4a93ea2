/* cmd_serve.c - belfry serve: the scheduler, in the foreground. */
/* SPDX-License-Identifier: MIT */
#include "core/api/daemon.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"

int cmd_serve(char **argv)
{
    cleanup_with(paths_done) struct paths paths = {0};
    struct daemon_options daemon = {.paths = &paths};
    const struct opt options[] = {
        {"listen", 0, OPT_TEXT, &daemon.listen, "ADDR:PORT", "serve TLS there as well", 0, 0},
        {"runtime", 0, OPT_TEXT, &daemon.runtime, "NAME", "auto, host, podman or docker", 0, 0},
        {"missed-starts", 0, OPT_TEXT, &daemon.missed_starts, "HOW",
         "after more than 100 missed: block, latest, skip", 0, 0},
        {.name = NULL},
    };
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("serve", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    if (!verb_no_words("serve", argv, count, &err) || !paths_init(&paths, &err) ||
        !daemon_run(&daemon, &err)) {
        return print_failure(&err);
    }
    return 0;
}
