/* cmd_help.c - belfry help, version and kubeconfig: what can be told without a scheduler. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "core/base/file.h"
#include "core/base/paths.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"

#define KUBECONFIG_MOST ((size_t)64 * 1024)

int cmd_help(char **argv)
{
    cleanup_with(str_done) struct str text = {0};
    if (argv[0] != NULL && argv[1] != NULL) {
        const struct verb *verb = verb_find(argv[1]);
        char help[] = "--help";
        if (verb != NULL && verb->run != cmd_help) {
            char *words[] = {argv[1], help, NULL};
            return verb->run(words);
        }
        if (verb == NULL) {
            struct error err;
            error_set(&err, ERROR_USAGE, "there is no verb \"%s\"", argv[1]);
            error_hint(&err, "see: belfry help");
            return print_failure(&err);
        }
    }
    str_add(&text, "belfry: a cron you can see\n\n"
                   "  belfry                      the screen; starts a scheduler when none runs\n"
                   "      --theme NAME            colours: dark, light, or a file of yours\n"
                   "      -n, --namespace NAME    what it shows at first\n"
                   "      --no-mouse              leave the mouse to the terminal\n"
                   "      --read-only             refuse every key that changes something\n\n");
    for (size_t i = 0; i < verb_count; i++) {
        str_addf(&text, "  belfry %-20s %s\n", verbs[i].name, verbs[i].summary);
    }
    str_add(&text, "\nbelfry VERB --help tells more. State is kept in $BELFRY_HOME, else in\n"
                   "/var/lib/belfry (root) or ~/.local/state/belfry.\n");
    print_text(str_text(&text));
    return 0;
}

int cmd_version(char **argv)
{
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("version", NULL, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    if (!verb_no_words("version", argv, count, &err)) {
        return print_failure(&err);
    }
    print_text("belfry " PACKAGE_VERSION "\n");
    return 0;
}

int cmd_kubeconfig(char **argv)
{
    cleanup_with(paths_done) struct paths paths = {0};
    cleanup_with(str_done) struct str text = {0};
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("kubeconfig", NULL, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    if (!verb_no_words("kubeconfig", argv, count, &err) || !paths_init(&paths, &err)) {
        return print_failure(&err);
    }
    autofree char *path = xasprintf("%s/kubeconfig", paths.home);
    if (!file_exists(path)) {
        error_set(&err, ERROR_NOT_FOUND, "this home has never served on an address");
        error_hint(&err, "start: belfry serve --listen 127.0.0.1:6443");
        return print_failure(&err);
    }
    if (!file_read(path, KUBECONFIG_MOST, &text, &err)) {
        return print_failure(&err);
    }
    print_text(str_text(&text));
    return 0;
}
