/* verb.h - the table of verbs: one row each drives dispatch, help and completion. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_VERB_H
#define BELFRY_CORE_CLI_VERB_H

#include <stddef.h>

#include "core/cli/opt.h"

/* ARGV[0] is the verb's name, ends with NULL. Returns the exit code (0, 1, 2). An error is printed
 * by the verb through print_failure (print.h), once. `--help` is handled by the frame: a verb calls
 * verb_start first of all. */
typedef int verb_fn(char **argv);

struct verb {
    const char *name;
    const char *args;    /* "CRONJOB [--follow]": the synopsis behind the name */
    const char *summary; /* one line, no dot */
    const char *details; /* further lines of its help; NULL: none */
    verb_fn *run;
};

/* In the order in which help shows them. */
extern const struct verb verbs[];
extern const size_t verb_count;

const struct verb *verb_find(const char *name); /* NULL when there is none */

/* The beginning of every verb: prints its help and says -1 when --help or -h stands in ARGV, else
 * parses the options as opt_parse does. Returns 0 to go on; otherwise the caller returns
 * (result < 0 ? 0 : result). */
int verb_start(const char *name, const struct opt *options, char **argv, size_t *ret_words,
               char ***ret_rest);

/* For a verb that takes no words but options: true when COUNT is 0, else it is a fault. */
must_use bool verb_no_words(const char *name, char **argv, size_t count, struct error *err);

/* What the verbs in their files offer to the table. */
verb_fn cmd_apply, cmd_create, cmd_delete, cmd_describe, cmd_get, cmd_help, cmd_kubeconfig,
    cmd_logs, cmd_resume, cmd_run, cmd_schedule, cmd_serve, cmd_status, cmd_stop, cmd_suspend,
    cmd_version;

#endif
