/* paths.h - where belfry keeps things: BELFRY_HOME, XDG folders, root's folders. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_PATHS_H
#define BELFRY_CORE_BASE_PATHS_H

#include "core/base/error.h"

/* All texts are absolute paths owned by the struct. `= {0}` is empty. */
struct paths {
    char *home;   /* state: $BELFRY_HOME; root: /var/lib/belfry; else $XDG_STATE_HOME/belfry */
    char *config; /* $BELFRY_HOME/config.yaml; root: /etc/belfry/...; else $XDG_CONFIG_HOME/belfry/... */
    char *themes; /* themes/ beside config */
    char *database; /* home/belfry.db, and so on */
    char *lock;
    char *socket;
    char *logs;
    char *runs;
};

/* Works them out from the environment and the user id; makes nothing. An environment without a
 * usable home is ERROR_USAGE with the way out in its hint. */
must_use bool paths_init(struct paths *paths, struct error *err);
/* The same below a folder given by hand. */
void paths_init_at(struct paths *paths, const char *home);
void paths_done(struct paths *paths);

/* belfry-shim: beside the running program, else where make install put it. Yours to free(). */
char *paths_shim(void);
/* The folder of themes that came with the program: beside it in a build tree, else installed. */
char *paths_stock_themes(void);

#endif
