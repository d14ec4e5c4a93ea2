/* theme.h - roles: what a cell is for; a theme says how each looks, down to monochrome. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_KIT_THEME_H
#define BELFRY_TUI_KIT_THEME_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "tui/kit/colour.h"
#include "tui/kit/style.h"

/* Code that draws names a role, never a colour. */
enum role {
    ROLE_TEXT,
    ROLE_DIM, /* what may be overlooked: stamps, separators, finished things */
    ROLE_STRONG,
    ROLE_LOGO,
    ROLE_INFO_LABEL, /* the header's words, and ... */
    ROLE_INFO,       /* ... its values */
    ROLE_TITLE,      /* of a pane */
    ROLE_TITLE_FOCUS,
    ROLE_COUNTER,
    ROLE_FILTER,
    ROLE_BORDER,
    ROLE_BORDER_FOCUS,
    ROLE_HEAD, /* column titles */
    ROLE_CURSOR,
    ROLE_CURSOR_IDLE, /* the selection of a pane without focus */
    ROLE_MARK,
    ROLE_KEY,  /* a key in the footer, and ... */
    ROLE_HINT, /* ... what it does */
    ROLE_PROMPT,
    ROLE_SUGGEST,
    ROLE_DIALOG,
    ROLE_LABEL,
    ROLE_FIELD,
    ROLE_FIELD_FOCUS,
    ROLE_BUTTON,
    ROLE_BUTTON_FOCUS,
    ROLE_SECTION, /* headings in help and forms */
    ROLE_LOG,
    ROLE_LOG_STAMP,
    ROLE_LOG_RAW, /* an escape that is shown and not obeyed */
    ROLE_MATCH,   /* a search hit */
    ROLE_YAML_KEY,
    ROLE_YAML_VALUE,
    ROLE_GOOD, /* flash: done */
    ROLE_WARN,
    ROLE_ERROR,
    ROLE_RUN_OK, /* run states: the optional block of a theme file */
    ROLE_RUN_RUNNING,
    ROLE_RUN_WAITING,
    ROLE_RUN_FAILED,
    ROLE_RUN_MISSED,
    ROLE_RUN_SUSPENDED,
    ROLE_COUNT
};

/* A role's word in lower case with hyphens ("run-ok"), and its letter in screen goldens. */
const char *role_name(enum role role);
char role_letter(enum role role);

struct theme {
    char name[64];
    bool mono;                      /* attributes alone */
    struct style roles[ROLE_COUNT]; /* fg and bg are set, to DEFAULT at least */
};

/* No colours, only attributes: NO_COLOR, terminals without colour, and what a file starts from. */
void theme_mono(struct theme *theme);
/* Reads a k9s skin: one root, `k9s` or `belfry`, colours as W3C names, #rrggbb or `default`.
 * Unknown keys are ignored, missing ones fall back role by role; an optional block `states`
 * (running, ok, waiting, failed, missed, suspended) and `extra` (see docs) are ours. A colour that
 * is none is an error with its place; *theme is written only on success. FILE names it. */
must_use bool theme_read(const char *file, const char *text, size_t len, struct theme *ret,
                         struct error *err);
/* The same from a file; its name without ".yaml" becomes the theme's. */
must_use bool theme_load(const char *path, struct theme *ret, struct error *err);

/* What a terminal of DEPTH should be given for ROLE when it stands on the background of UNDER
 * (ROLE_TEXT: none in particular). On a cursor bar a role keeps its colour where that stays
 * readable, and takes the bar's otherwise. Colours come back as DEFAULT, INDEX or (DEPTH_RGB) RGB;
 * on 8 and 16 colours the body keeps the terminal's own pair, since its palette is unknown. */
struct style theme_look(const struct theme *theme, enum depth depth, enum role role,
                        enum role under);

#endif
