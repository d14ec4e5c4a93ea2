/* main.c - the program: a verb of the command line, or the screen. */
/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/paths.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"
#include "core/client/autostart.h"
#include "tui/app.h"

static int screen(char **argv)
{
    cleanup_with(paths_done) struct paths paths = {0};
    struct tui_options tui = {.paths = &paths};
    const struct opt options[] = {
        {"theme", 0, OPT_TEXT, &tui.theme, "NAME", "", 0, 0},
        {"context", 0, OPT_TEXT, &tui.context, "NAME", "", 0, 0},
        {"namespace", 'n', OPT_TEXT, &tui.ns, "NAMESPACE", "", 0, 0},
        {"no-mouse", 0, OPT_FLAG, &tui.no_mouse, NULL, "", 0, 0},
        {"read-only", 0, OPT_FLAG, &tui.read_only, NULL, "", 0, 0},
        {.name = NULL},
    };
    struct error err;
    size_t count;
    char **rest;
    if (!opt_parse("help", options, argv, &count, &rest, &err)) {
        error_hint(&err, "see: belfry help");
        return print_failure(&err);
    }
    if (count > 0) {
        error_set(&err, ERROR_USAGE, "\"%s\" is in the wrong place", argv[0]);
        error_hint(&err, "a verb comes first: belfry VERB [options]");
        return print_failure(&err);
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(&err, ERROR_USAGE, "the screen needs a terminal");
        error_hint(&err, "in a script use verbs: see belfry help");
        return print_failure(&err);
    }
    if (!paths_init(&paths, &err) || !autostart_ensure(&paths, &tui.started, &err) ||
        !tui_run(&tui, &err)) {
        return print_failure(&err);
    }
    return 0;
}

int main(int argc, char **argv)
{
    /* The characters alone: numbers keep their point in every country. */
    setlocale(LC_CTYPE, "");
    /* A reader that left is seen as a failed write, also in the middle of a TLS stream. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        return screen(argv);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        char *none[] = {NULL};
        return cmd_help(none);
    }
    if (strcmp(argv[1], "--version") == 0) {
        char *words[] = {argv[1], NULL};
        return cmd_version(words);
    }
    const struct verb *verb = verb_find(argv[1]);
    if (verb != NULL) {
        return verb->run(argv + 1);
    }
    if (argv[1][0] == '-') {
        return screen(argv);
    }
    struct error err;
    error_set(&err, ERROR_USAGE, "there is no verb \"%s\"", argv[1]);
    error_hint(&err, "see: belfry help");
    return print_failure(&err);
}
