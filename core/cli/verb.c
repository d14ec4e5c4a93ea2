/* verb.c - the table of verbs: one row each drives dispatch, help and completion. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/verb.h"

#include <string.h>

#include "core/cli/print.h"

const struct verb verbs[] = {
    /* name, arguments, summary, details, function */
    {"get", "cronjobs|jobs|pods|events|runs [NAME]", "list objects, or one", NULL, cmd_get},
    {"describe", "cronjob|job|pod NAME", "show an object with its events", NULL, cmd_describe},
    {"create", "cronjob|job NAME ... | -f FILE", "create an object",
     "  belfry create cronjob NAME --schedule EXPR [--image IMAGE | --host] [-- COMMAND...]\n"
     "  belfry create job NAME --from=cronjob/NAME\n"
     "  belfry create job NAME [--image IMAGE | --host] -- COMMAND...\n"
     "  belfry create -f FILE\n",
     cmd_create},
    {"apply", "-f FILE", "create what is not there, change what is",
     "FILE is YAML or JSON, one or several documents or a List; - is standard input\n", cmd_apply},
    {"delete", "TYPE NAME | -f FILE", "delete objects, and stop what runs", NULL, cmd_delete},
    {"run", "CRONJOB [--follow]", "start a run now, the schedule undisturbed", NULL, cmd_run},
    {"logs", "POD|job/NAME|cronjob/NAME", "show the log of a run", NULL, cmd_logs},
    {"suspend", "CRONJOB", "start no new runs until resumed", NULL, cmd_suspend},
    {"resume", "CRONJOB", "start runs again", NULL, cmd_resume},
    {"schedule", "next|explain EXPR", "when an expression fires, and what it means", NULL,
     cmd_schedule},
    {"serve", "", "run the scheduler in the foreground", NULL, cmd_serve},
    {"stop", "", "stop the scheduler; running jobs go on", NULL, cmd_stop},
    {"status", "", "tell whether a scheduler runs, and how it is", NULL, cmd_status},
    {"kubeconfig", "", "print a kubeconfig for serve --listen", NULL, cmd_kubeconfig},
    {"version", "", "print the version", NULL, cmd_version},
    {"help", "[VERB]", "show this, or the help of a verb", NULL, cmd_help},
};
const size_t verb_count = countof(verbs);

const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < verb_count; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

static bool wants_help(char **argv)
{
    for (size_t i = 1; argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

int verb_start(const char *name, const struct opt *options, char **argv, size_t *ret_words,
               char ***ret_rest)
{
    static const struct opt none[] = {{.name = NULL}};
    struct error err;
    options = options != NULL ? options : none;
    if (wants_help(argv)) {
        const struct verb *verb = verb_find(name);
        cleanup_with(str_done) struct str text = {0};
        assert(verb != NULL);
        str_addf(&text, "belfry %s %s\n%s\n", verb->name, verb->args, verb->summary);
        if (verb->details != NULL) {
            str_addf(&text, "\n%s", verb->details);
        }
        if (options[0].name != NULL) {
            str_add(&text, "\nOptions:\n");
            opt_help(options, &text);
        }
        print_text(str_text(&text));
        return -1;
    }
    return opt_parse(name, options, argv, ret_words, ret_rest, &err) ? 0 : print_failure(&err);
}

bool verb_no_words(const char *name, char **argv, size_t count, struct error *err)
{
    if (count == 0) {
        return true;
    }
    error_set(err, ERROR_USAGE, "belfry %s takes no \"%s\"", name, argv[0]);
    return error_hint(err, "see: belfry %s --help", name);
}
