/* command.h - what a key can do: one table for the key map, the footer and the help. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_COMMAND_H
#define BELFRY_TUI_SCREEN_COMMAND_H

#include <stddef.h>

enum command {
    CMD_NONE,
    CMD_UP,
    CMD_DOWN,
    CMD_PAGE_UP,
    CMD_PAGE_DOWN,
    CMD_TOP,
    CMD_BOTTOM,
    CMD_LEFT,
    CMD_RIGHT,
    CMD_OPEN,
    CMD_NEXT_PANE,
    CMD_LAST_PANE,
    CMD_CREATE,
    CMD_FORCE_RUN,
    CMD_LOG,
    CMD_SUSPEND,
    CMD_DELETE,
    CMD_FILTER,
    CMD_DESCRIBE,
    CMD_YAML,
    CMD_FOLLOW,
    CMD_SEARCH,
    CMD_SEARCH_NEXT,
    CMD_SEARCH_BACK,
    CMD_STAMPS,
    CMD_WRAP,
    CMD_HELP,
    CMD_BACK,
    CMD_QUIT,
    CMD_LEAVE,
    CMD_REDRAW,
    CMD_STOP_PROGRAM,
    CMD_COUNT
};

/* Where a command is to be had. */
enum scope {
    SCOPE_ANY = 1,      /* every screen */
    SCOPE_MOVE = 2,     /* lists and texts */
    SCOPE_CRONJOBS = 4, /* the home screen */
    SCOPE_LOG = 8,      /* the full log, */
    SCOPE_TEXT = 16,    /* and other texts */
};

enum need {
    NEED_CRONJOB = 1, /* one is selected */
    NEED_WRITE = 2,   /* it changes something: not with --read-only */
};

struct command_row {
    const char *name; /* in the configuration */
    const char *keys; /* defaults, blank-separated, as input_parse reads them */
    unsigned scopes, needs;
    const char *hint; /* in the footer; NULL: only in the help */
    const char *help;
};

extern const struct command_row commands[CMD_COUNT];

#endif
