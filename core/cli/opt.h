/* opt.h - command-line options from a table: parser and usage text from the same rows. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_OPT_H
#define BELFRY_CORE_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/str.h"

enum opt_kind {
    OPT_FLAG,     /* bool; also --name=false */
    OPT_TEXT,     /* const char * into argv */
    OPT_TEXTS,    /* struct opt_texts: may be given several times */
    OPT_MAYBE,    /* const char *: --name=VALUE, or --name alone, which is "" */
    OPT_INT,      /* long long, with least and most */
    OPT_DURATION, /* long long, nanoseconds; a Go duration */
    OPT_KIND_COUNT
};

/* Release with opt_texts_done. */
struct opt_texts {
    const char **data; /* into argv */
    size_t len, capacity;
};
void opt_texts_done(struct opt_texts *texts);

/* One row an option; a table ends with a row without a name. TARGET is the address of a variable of
 * the kind's type, which holds the default before. */
struct opt {
    const char *name; /* "time-zone", given as --time-zone Z or --time-zone=Z */
    char letter;      /* 'n' for -n; 0: none */
    enum opt_kind kind;
    void *target;
    const char *value; /* the value's name in the usage text: "ZONE" */
    const char *help;
    long long least, most; /* OPT_INT; both 0: no limits */
};

/* Reads ARGV from its second word on (its first is the verb). Words that are no options are moved,
 * in order, to the front of ARGV; *RET_WORDS says how many. "--" ends the options: what follows is
 * not read, *RET_REST is its place in ARGV (NULL when there is no "--") and goes to argv's NULL.
 * A fault is ERROR_USAGE whose hint names the verb's --help. */
must_use bool opt_parse(const char *verb, const struct opt *options, char **argv, size_t *ret_words,
                        char ***ret_rest, struct error *err);
/* The options' block of a usage text. */
void opt_help(const struct opt *options, struct str *ret);

#endif
