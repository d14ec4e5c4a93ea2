/* paths.c - where belfry keeps things: BELFRY_HOME, XDG folders, root's folders. */
/* SPDX-License-Identifier: MIT */
#include "core/base/paths.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"

/* The variable's text; NULL when it is unset or empty, which counts as unset. */
static const char *env_text(const char *name)
{
    const char *text = getenv(name);

    return text != NULL && *text != '\0' ? text : NULL;
}

/* TEXT as an absolute path without slashes at its end; NULL (errno) where the working folder is
 * gone. */
static char *path_absolute(const char *text)
{
    char *path, *folder;
    size_t len;

    if (text[0] == '/') {
        path = xstrdup(text);
    } else {
        folder = getcwd(NULL, 0);
        if (folder == NULL) {
            return NULL;
        }
        path = xasprintf("%s/%s", strcmp(folder, "/") == 0 ? "" : folder, text);
        free(folder);
    }
    len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        path[--len] = '\0';
    }
    return path;
}

/* FOLDER and NAME with one slash between. */
static char *path_below(const char *folder, const char *name)
{
    return xasprintf("%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
}

/* HOME and CONFIG_FOLDER are taken. */
static void paths_fill_take(struct paths *paths, char *home, char *config_folder)
{
    *paths = (struct paths){
        .home = home,
        .config = path_below(config_folder, "config.yaml"),
        .themes = path_below(config_folder, "themes"),
        .database = path_below(home, "belfry.db"),
        .lock = path_below(home, "belfry.lock"),
        .socket = path_below(home, "belfry.sock"),
        .logs = path_below(home, "logs"),
        .runs = path_below(home, "runs"),
    };
    free(config_folder);
}

/* $VARIABLE/belfry, else $HOME/FALLBACK/belfry; NULL when neither is an absolute path. */
static char *xdg_folder(const char *variable, const char *fallback)
{
    const char *base = env_text(variable), *home = env_text("HOME");

    if (base != NULL && base[0] == '/') {
        autofree char *folder = path_absolute(base);

        return path_below(folder, "belfry");
    }
    if (home != NULL && home[0] == '/') {
        autofree char *folder = path_absolute(home);

        return xasprintf("%s/%s/belfry", strcmp(folder, "/") == 0 ? "" : folder, fallback);
    }
    return NULL;
}

static bool paths_check_length(const struct paths *paths, struct error *err)
{
    /* What lies below (a pod's log) is at most some 600 bytes longer. */
    if (strlen(paths->home) > PATH_MAX - 1024 || strlen(paths->config) > PATH_MAX - 1024) {
        error_set(err, ERROR_USAGE, "the path of the state folder is too long");
        return error_hint(err, "set BELFRY_HOME to a folder with a shorter name");
    }
    return true;
}

static bool paths_from_env(struct paths *paths, struct error *err)
{
    const char *by_hand = env_text("BELFRY_HOME");
    char *home, *config;

    if (by_hand != NULL) {
        home = path_absolute(by_hand);
        if (home == NULL) {
            error_sys(err, ERROR_USAGE, errno, "BELFRY_HOME is relative to a folder that is gone");
            return error_hint(err, "set BELFRY_HOME to an absolute path");
        }
        paths_fill_take(paths, home, xstrdup(home));
        return true;
    }
    if (geteuid() == 0) {
        paths_fill_take(paths, xstrdup("/var/lib/belfry"), xstrdup("/etc/belfry"));
        return true;
    }
    home = xdg_folder("XDG_STATE_HOME", ".local/state");
    config = xdg_folder("XDG_CONFIG_HOME", ".config");
    if (home == NULL || config == NULL) {
        free(home);
        free(config);
        error_set(err, ERROR_USAGE, "no folder to keep things in: HOME is not set");
        return error_hint(err, "set HOME or BELFRY_HOME to an absolute path");
    }
    paths_fill_take(paths, home, config);
    return true;
}

bool paths_init(struct paths *paths, struct error *err)
{
    struct paths found = {0};

    if (!paths_from_env(&found, err)) {
        return false;
    }
    if (!paths_check_length(&found, err)) {
        paths_done(&found);
        return false;
    }
    *paths = found;
    return true;
}

void paths_init_at(struct paths *paths, const char *home)
{
    char *path = path_absolute(home);

    /* Without a working folder a relative path leads nowhere; using it will say so. */
    paths_fill_take(paths, path != NULL ? path : xstrdup(home),
                    xstrdup(path != NULL ? path : home));
}

void paths_done(struct paths *paths)
{
    if (paths == NULL) {
        return;
    }
    free(paths->home);
    free(paths->config);
    free(paths->themes);
    free(paths->database);
    free(paths->lock);
    free(paths->socket);
    free(paths->logs);
    free(paths->runs);
    *paths = (struct paths){0};
}

/* The folder of the running program. /proc names it after a rename and says " (deleted)" behind the
 * file's name after an upgrade; the folder is right in both cases. */
static char *program_folder(void)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    if (len <= 0) {
        return NULL;
    }
    path[len] = '\0';
    slash = strrchr(path, '/');
    if (slash == NULL) {
        return NULL;
    }
    *slash = '\0';
    return xstrdup(path);
}

/* TOP of ".../TOP/tests/unit", NULL for a folder of any other shape. */
static char *tests_top(const char *folder)
{
    const char *last = strrchr(folder, '/');
    size_t len = last != NULL ? (size_t)(last - folder) : 0;
    static const char tests[] = "/tests";

    if (len <= strlen(tests) || strncmp(last - strlen(tests), tests, strlen(tests)) != 0) {
        return NULL;
    }
    return xstrndup(folder, len - strlen(tests));
}

/* NAME beside the program or at the top of a test's build tree, else INSTALLED/NAME. */
static char *find_own(const char *name, int access_mode, const char *installed)
{
    autofree char *beside = program_folder();
    autofree char *top = beside != NULL ? tests_top(beside) : NULL;
    const char *const folders[] = {beside, top};

    for (size_t i = 0; i < countof(folders); i++) {
        autofree char *path = folders[i] != NULL ? path_below(folders[i], name) : NULL;

        if (path != NULL && access(path, access_mode) == 0) {
            return steal(&path);
        }
    }
    return path_below(installed, name);
}

char *paths_shim(void)
{
    return find_own("belfry-shim", X_OK, PKGLIBEXECDIR);
}

char *paths_stock_themes(void)
{
    return find_own("themes", R_OK | X_OK, PKGDATADIR);
}
