/* paths.h - where belfry keeps things: BELFRY_HOME, XDG folders, root's folders. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_PATHS_H
#define BELFRY_CORE_BASE_PATHS_H

#include "core/base/error.h"

/* All texts are absolute paths owned by the struct. `= {0}` is empty. */
struct paths {
    /* The state folder: $BELFRY_HOME; root: /var/lib/belfry; else $XDG_STATE_HOME/belfry. */
    char *home;
    /* $BELFRY_HOME/config.yaml; root: /etc/belfry/...; else $XDG_CONFIG_HOME/belfry/... */
    char *config;
    char *themes;   /* themes/ beside config */
    char *database; /* home/belfry.db, and so on */
    char *lock;
    char *socket;
    char *logs;
    char *runs;
};

/* Works them out from the environment and the user id; makes nothing. Empty variables count as
 * unset, XDG folders that are no absolute paths too (XDG base directory specification); a relative
 * BELFRY_HOME is taken from the working folder. An environment without a usable home is ERROR_USAGE
 * with the way out in its hint. */
must_use bool paths_init(struct paths *paths, struct error *err);
/* The same below a folder given by hand. */
void paths_init_at(struct paths *paths, const char *home);
void paths_done(struct paths *paths);

/* belfry-shim: beside the running program, else where make install put it. A program in a folder
 * below a folder named "tests" (tests/unit/test_base) also looks at the top of that build tree.
 * Yours to free(); what it names need not exist. */
char *paths_shim(void);
/* The folder of themes that came with the program, found in the same way: "themes" beside the
 * program or at the top of a test's build tree, else PKGDATADIR/themes. Yours to free(). */
char *paths_stock_themes(void);

#endif
