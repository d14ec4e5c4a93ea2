/* test_file.c - files, folders, locks, the places things live, and the log. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/stamp.h"
#include "core/base/utf8.h"

enum { ANYBODY = 65534 }; /* the user a test becomes to be no longer root */

/* Each test runs in a new folder of its own, below the folder the program was started in. */
struct place {
    int start; /* the folder to go back to */
    char name[32];
};

static int place_enter(void **state)
{
    struct place *place = xcalloc(1, sizeof *place);

    place->start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    text_copy(place->name, sizeof place->name, "test_file.XXXXXX");
    if (place->start < 0 || mkdtemp(place->name) == NULL || chdir(place->name) != 0) {
        return -1;
    }
    *state = place;
    return 0;
}

static int place_leave(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    int rc = fchdir(place->start);

    if (rc == 0 && !file_remove_tree(place->name, &err)) {
        print_error("%s\n", err.what);
        rc = -1;
    }
    close(place->start);
    free(place);
    return rc;
}

static size_t entries_in(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count - 2; /* . and .. */
}

static void write_plain(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* ---- reading and writing ---- */

static void a_file_is_read_whole_or_not_at_all(void **state)
{
    cleanup_with(str_done) struct str text = {0};
    cleanup_with(str_done) struct str large = {0};
    struct error err = {0};

    (void)state;
    write_plain("a", "twelve bytes");
    str_add(&text, "before: ");
    assert_true(file_read("a", 12, &text, &err)); /* exactly as many as allowed */
    assert_string_equal(str_text(&text), "before: twelve bytes");
    assert_false(file_read("a", 11, &text, &err));
    assert_int_equal(err.code, ERROR_TOO_LARGE);
    assert_string_equal(err.what, "\"a\" is larger than 11 bytes");
    assert_string_equal(str_text(&text), "before: twelve bytes");

    assert_false(file_read("b", 100, &text, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_int_equal(err.sys, ENOENT);
    assert_false(file_read(".", 100, &text, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_string_equal(str_text(&text), "before: twelve bytes");

    for (int i = 0; i < 200000; i++) { /* several chunks */
        str_add_char(&large, (char)i);
    }
    assert_true(file_write_atomic("large", large.data, large.len, 0600, &err));
    str_clear(&text);
    assert_true(file_read("large", 1 << 20, &text, &err));
    assert_int_equal(text.len, large.len);
    assert_memory_equal(text.data, large.data, large.len);
    assert_false(file_read("large", 199999, &text, &err));
    assert_int_equal(text.len, large.len);
    write_plain("empty", "");
    assert_true(file_read("empty", 0, &text, &err));
    assert_false(file_read("a", 0, &text, &err));
}

static void a_dash_is_standard_input(void **state)
{
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    int saved = dup(STDIN_FILENO), pipe_ends[2];

    (void)state;
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(write(pipe_ends[1], "piped", 5), 5);
    close(pipe_ends[1]);
    assert_true(dup2(pipe_ends[0], STDIN_FILENO) == STDIN_FILENO);
    close(pipe_ends[0]);
    bool good = file_read("-", 100, &text, &err);

    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
    assert_true(good);
    assert_string_equal(str_text(&text), "piped");
    write_plain("-", "a name");
    assert_true(file_read_at(AT_FDCWD, "-", 100, &text, &err));
    assert_string_equal(str_text(&text), "pipeda name");
}

static void a_file_is_read_relative_to_a_folder(void **state)
{
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};

    (void)state;
    assert_true(file_make_folder("f", 0700, &err));
    write_plain("f/a", "in the folder");
    cleanup_with(file_close_at) int folder = open("f", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(file_read_at(folder, "a", 100, &text, &err));
    assert_string_equal(str_text(&text), "in the folder");
    assert_false(file_read_at(folder, "b", 100, &text, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

static void a_write_replaces_the_file_and_leaves_nothing_else(void **state)
{
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    struct stat st;
    mode_t mask = umask(022);

    (void)state;
    assert_true(file_write_atomic("a", "old", 3, 0600, &err));
    assert_true(file_write_atomic("a", "newer", 5, 0640, &err));
    umask(mask);
    assert_true(file_read("a", 100, &text, &err));
    assert_string_equal(str_text(&text), "newer");
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(entries_in("."), 1);
    assert_true(file_write_atomic("a", NULL, 0, 0600, &err)); /* an empty file is a file */
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_size, 0);
}

static void a_write_that_fails_leaves_the_old_file(void **state)
{
    static char large[100000];
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    struct rlimit saved, small;

    (void)state;
    assert_true(file_write_atomic("a", "old", 3, 0600, &err));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &saved), 0);
    small = (struct rlimit){.rlim_cur = 5000, .rlim_max = saved.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool good = file_write_atomic("a", large, sizeof large, 0600, &err);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_false(good);
    assert_int_equal(err.code, ERROR_IO);
    assert_int_equal(err.sys, EFBIG);
    assert_true(file_read("a", 100, &text, &err));
    assert_string_equal(str_text(&text), "old");

    assert_true(file_make_folder("folder", 0700, &err));
    write_plain("folder/x", "");
    assert_false(file_write_atomic("folder", "x", 1, 0600, &err));
    assert_false(file_write_atomic("nowhere/a", "x", 1, 0600, &err));
    assert_int_equal(err.sys, ENOENT);
    assert_int_equal(entries_in("."), 2);
}

/* ---- folders ---- */

static void folders_are_made_with_their_parents(void **state)
{
    struct error err = {0};
    struct stat st;

    (void)state;
    assert_true(file_make_folder("a/b//c/d/", 0700, &err));
    assert_true(file_make_folder("a/b/c/d", 0700, &err)); /* there already */
    assert_int_equal(stat("a/b/c/d", &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);

    autofree char *here = getcwd(NULL, 0);
    autofree char *absolute = xasprintf("%s/x/y", here);

    assert_true(file_make_folder(absolute, 0700, &err));
    assert_true(file_exists("x/y"));
    assert_true(file_make_folder("/", 0700, &err));

    write_plain("a/file", "");
    assert_false(file_make_folder("a/file", 0700, &err));
    assert_int_equal(err.code, ERROR_EXISTS);
    assert_string_equal(err.what, "\"a/file\" is there and is not a folder");
    assert_false(file_make_folder("a/file/below", 0700, &err));
    assert_int_equal(symlink("a", "link"), 0);
    assert_true(file_make_folder("link/e", 0700, &err)); /* a link to a folder will do */
    assert_true(file_exists("a/e"));
}

static void a_tree_is_removed_and_its_links_are_not_followed(void **state)
{
    struct error err = {0};

    (void)state;
    assert_true(file_make_folder("keep", 0700, &err));
    write_plain("keep/me", "precious");
    assert_true(file_make_folder("t/a/b/c", 0700, &err));
    assert_true(file_make_folder("t/empty", 0700, &err));
    for (int i = 0; i < 300; i++) { /* more than one reading of a folder gives */
        char name[40];

        snprintf(name, sizeof name, "t/a/file-with-a-long-name-%d", i);
        write_plain(name, "");
    }
    assert_int_equal(mkfifo("t/a/fifo", 0600), 0);
    assert_int_equal(symlink("../keep", "t/link"), 0);
    assert_int_equal(symlink("../../keep/me", "t/a/link"), 0);
    assert_int_equal(symlink("nowhere", "t/a/b/dangling"), 0);
    assert_true(file_remove_tree("t", &err));
    assert_false(file_exists("t"));
    assert_true(file_exists("keep/me"));

    assert_true(file_remove_tree("t", &err)); /* not there: removed */
    assert_int_equal(symlink("keep", "link"), 0);
    assert_true(file_remove_tree("link", &err)); /* the link itself */
    assert_true(file_exists("keep/me"));
    assert_true(file_remove_tree("keep/me", &err));
    assert_int_equal(entries_in("keep"), 0);
    assert_false(file_remove_tree("/proc/self/status", &err));
    assert_int_equal(err.code, ERROR_IO);
}

/* Goes DEPTH folders down, making each, and comes back. */
static void nest(const char *root, int depth)
{
    int start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_int_equal(mkdir(root, 0700), 0);
    assert_int_equal(chdir(root), 0);
    for (int i = 0; i < depth; i++) {
        write_plain("file", "");
        assert_int_equal(mkdir("a-folder-with-a-name", 0700), 0);
        assert_int_equal(chdir("a-folder-with-a-name"), 0);
    }
    assert_int_equal(fchdir(start), 0);
    close(start);
}

static void a_tree_deeper_than_paths_and_descriptors_is_removed(void **state)
{
    struct error err = {0};
    struct rlimit saved, small;

    (void)state;
    nest("t", 500); /* some 10,000 bytes of path */
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &saved), 0);
    small = (struct rlimit){.rlim_cur = 100, .rlim_max = saved.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
    bool good = file_remove_tree("t", &err);

    assert_int_equal(setrlimit(RLIMIT_NOFILE, &saved), 0);
    if (!good) {
        fail_msg("%s", err.what);
    }
    assert_int_equal(entries_in("."), 0);
}

static void folders_that_deny_their_owner_are_removed(void **state)
{
    bool root = geteuid() == 0; /* whom nothing is denied */
    struct error err = {0};

    (void)state;
    assert_int_equal(chmod(".", 0777), 0);
    if (root && seteuid(ANYBODY) != 0) {
        skip();
    }
    assert_true(file_make_folder("t/read-only/in", 0700, &err));
    assert_true(file_make_folder("t/closed/in", 0700, &err));
    assert_true(file_make_folder("t/blind/in", 0700, &err));
    write_plain("t/read-only/file", "");
    write_plain("t/closed/in/file", "");
    assert_int_equal(chmod("t/read-only", 0500), 0);
    assert_int_equal(chmod("t/closed", 0), 0);
    assert_int_equal(chmod("t/blind", 0300), 0);
    assert_int_equal(chmod("t", 0), 0);
    bool good = file_remove_tree("t", &err);
    bool gone = !file_exists("t");

    if (root) {
        assert_int_equal(seteuid(0), 0);
    }
    if (!good) {
        fail_msg("%s", err.what);
    }
    assert_true(gone);
}

/* ---- locks ---- */

static void a_lock_has_one_holder(void **state)
{
    struct error err = {0};
    struct stat st;
    int first = file_lock("lock", &err), second;

    (void)state;
    assert_true(first >= 0);
    assert_true(fcntl(first, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(stat("lock", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(file_lock("lock", &err), -1);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_string_equal(err.what, "\"lock\" is locked by another process");

    file_close_at(&first);
    assert_int_equal(first, -1);
    second = file_lock("lock", &err);
    assert_true(second >= 0);
    file_close_at(&second);
    file_close_at(&second); /* a second time does nothing */

    assert_int_equal(file_lock("nowhere/lock", &err), -1);
    assert_int_equal(err.code, ERROR_IO);
}

static void a_killed_process_leaves_no_lock(void **state)
{
    struct error err = {0};
    int ends[2], status;
    char byte;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        int held = file_lock("lock", NULL);

        (void)!write(ends[1], held >= 0 ? "y" : "n", 1);
        for (;;) {
            pause();
        }
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    int conflict = file_lock("lock", &err);

    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(byte, 'y');
    assert_int_equal(conflict, -1);
    assert_int_equal(err.code, ERROR_CONFLICT);
    cleanup_with(file_close_at) int mine = file_lock("lock", &err);

    assert_true(mine >= 0);
}

static void local_folders_are_not_on_the_network(void **state)
{
    (void)state;
    assert_false(file_on_network("/proc"));
    assert_false(file_on_network("/proc/nowhere/at/all")); /* the part of it that exists */
    assert_false(file_on_network("/"));
    assert_false(file_on_network(""));
}

/* ---- paths ---- */

static void home_by_hand_holds_everything(void **state)
{
    struct paths paths = {0};
    struct error err = {0};

    (void)state;
    assert_int_equal(setenv("BELFRY_HOME", "/srv/belfry//", 1), 0);
    assert_true(paths_init(&paths, &err));
    assert_string_equal(paths.home, "/srv/belfry");
    assert_string_equal(paths.config, "/srv/belfry/config.yaml");
    assert_string_equal(paths.themes, "/srv/belfry/themes");
    assert_string_equal(paths.database, "/srv/belfry/belfry.db");
    assert_string_equal(paths.lock, "/srv/belfry/belfry.lock");
    assert_string_equal(paths.socket, "/srv/belfry/belfry.sock");
    assert_string_equal(paths.logs, "/srv/belfry/logs");
    assert_string_equal(paths.runs, "/srv/belfry/runs");
    paths_done(&paths);
    paths_done(&paths);

    assert_int_equal(setenv("BELFRY_HOME", "/", 1), 0);
    assert_true(paths_init(&paths, &err));
    assert_string_equal(paths.database, "/belfry.db");
    paths_done(&paths);

    autofree char *here = getcwd(NULL, 0);
    autofree char *want = xasprintf("%s/state", here);

    assert_int_equal(setenv("BELFRY_HOME", "state", 1), 0);
    assert_true(paths_init(&paths, &err));
    assert_string_equal(paths.home, want);
    paths_done(&paths);
    assert_int_equal(unsetenv("BELFRY_HOME"), 0);

    paths_init_at(&paths, "state/");
    assert_string_equal(paths.home, want);
    assert_true(text_ends(paths.config, "/state/config.yaml"));
    paths_done(&paths);
}

static void a_user_gets_the_xdg_folders_and_root_its_own(void **state)
{
    static const struct {
        const char *home, *state_home, *config_home;
        const char *want_home, *want_config; /* NULL: refused */
    } rows[] = {
        {"/home/ada", NULL, NULL, "/home/ada/.local/state/belfry",
         "/home/ada/.config/belfry/config.yaml"},
        {"/home/ada/", "", "", "/home/ada/.local/state/belfry",
         "/home/ada/.config/belfry/config.yaml"},
        {"/home/ada", "/s", "/c/", "/s/belfry", "/c/belfry/config.yaml"},
        {"/home/ada", "relative", "/c", "/home/ada/.local/state/belfry", "/c/belfry/config.yaml"},
        {NULL, "/s", "/c", "/s/belfry", "/c/belfry/config.yaml"},
        {NULL, "/s", NULL, NULL, NULL},
        {"", NULL, NULL, NULL, NULL},
        {"relative", NULL, NULL, NULL, NULL},
        {"/", NULL, NULL, "/.local/state/belfry", "/.config/belfry/config.yaml"},
    };
    static const char *const names[] = {"HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"};
    char *saved[countof(names)];
    bool root = geteuid() == 0;
    struct paths paths = {0};
    struct error err = {0};

    (void)state;
    unsetenv("BELFRY_HOME");
    for (size_t i = 0; i < countof(names); i++) {
        saved[i] = getenv(names[i]) != NULL ? xstrdup(getenv(names[i])) : NULL;
    }
    if (root) {
        assert_true(paths_init(&paths, &err));
        assert_string_equal(paths.home, "/var/lib/belfry");
        assert_string_equal(paths.config, "/etc/belfry/config.yaml");
        assert_string_equal(paths.themes, "/etc/belfry/themes");
        paths_done(&paths);
        assert_int_equal(seteuid(ANYBODY), 0);
    }
    for (size_t i = 0; i < countof(rows); i++) {
        const char *const values[] = {rows[i].home, rows[i].state_home, rows[i].config_home};

        for (size_t n = 0; n < countof(names); n++) {
            values[n] != NULL ? setenv(names[n], values[n], 1) : unsetenv(names[n]);
        }
        bool good = paths_init(&paths, &err);

        assert_int_equal(good, rows[i].want_home != NULL);
        if (good) {
            assert_string_equal(paths.home, rows[i].want_home);
            assert_string_equal(paths.config, rows[i].want_config);
            paths_done(&paths);
        } else {
            assert_null(paths.home);
            assert_int_equal(err.code, ERROR_USAGE);
            assert_string_equal(err.hint, "set HOME or BELFRY_HOME to an absolute path");
        }
    }
    if (root) {
        assert_int_equal(seteuid(0), 0);
    }
    for (size_t i = 0; i < countof(names); i++) {
        saved[i] != NULL ? setenv(names[i], saved[i], 1) : unsetenv(names[i]);
        free(saved[i]);
    }
}

static void a_home_too_long_for_a_path_is_refused(void **state)
{
    char home[5000];
    struct paths paths = {0};
    struct error err = {0};

    (void)state;
    memset(home, 'h', sizeof home - 1);
    home[0] = '/';
    home[sizeof home - 1] = '\0';
    assert_int_equal(setenv("BELFRY_HOME", home, 1), 0);
    bool good = paths_init(&paths, &err);

    assert_int_equal(unsetenv("BELFRY_HOME"), 0);
    assert_false(good);
    assert_int_equal(err.code, ERROR_USAGE);
    assert_string_not_equal(err.hint, "");
    assert_null(paths.home);
}

/* Runs PROGRAM, which is this program under another name, and returns what it prints. */
static char *probe(const char *program, const char *what)
{
    int ends[2], status;
    char text[4096];
    size_t len = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(program, program, "probe", what, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got; (got = read(ends[0], text + len, sizeof text - 1 - len)) > 0;) {
        len += (size_t)got;
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    text[len] = '\0';
    return xstrdup(text);
}

static void the_shim_and_the_themes_are_found_near_the_program(void **state)
{
    static const struct {
        const char *program;
        const char *own; /* the folder with shim and themes */
        bool found;
    } rows[] = {
        {"build/belfry", "build", true},
        {"build/tests/unit/test_x", "build", true},
        {"build/tests/e2e/test_x", "build", true},
        {"home/bin/belfry", "home", false}, /* what lies two folders up is a stranger's */
        {"home/tests/belfry", "home", false},
        {"home/mytests/unit/belfry", "home", false},
    };
    autofree char *here = getcwd(NULL, 0);
    struct error err = {0};
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

    (void)state;
    assert_true(len > 0);
    self[len] = '\0';
    for (size_t i = 0; i < countof(rows); i++) {
        autofree char *folder =
            xstrndup(rows[i].program, (size_t)(strrchr(rows[i].program, '/') - rows[i].program));
        autofree char *shim = xasprintf("%s/belfry-shim", rows[i].own);
        autofree char *themes = xasprintf("%s/themes", rows[i].own);
        autofree char *want_shim =
            rows[i].found ? xasprintf("%s/%s", here, shim) : xstrdup(PKGLIBEXECDIR "/belfry-shim");
        autofree char *want_themes =
            rows[i].found ? xasprintf("%s/%s", here, themes) : xstrdup(PKGDATADIR "/themes");

        assert_true(file_make_folder(folder, 0700, &err));
        assert_int_equal(link(self, rows[i].program), 0);
        if (rows[i].found) { /* a file that cannot run is none */
            write_plain(shim, "");
            autofree char *none = probe(rows[i].program, "shim");

            assert_string_equal(none, PKGLIBEXECDIR "/belfry-shim");
        }
        write_plain(shim, "");
        assert_int_equal(chmod(shim, 0700), 0);
        assert_true(file_make_folder(themes, 0700, &err));
        autofree char *shim_found = probe(rows[i].program, "shim");
        autofree char *themes_found = probe(rows[i].program, "themes");

        assert_string_equal(shim_found, want_shim);
        assert_string_equal(themes_found, want_themes);
        assert_true(file_remove_tree(rows[i].own, &err));
    }
}

/* ---- log ---- */

/* Sends standard error into a file, logs, and returns the text. */
static char *log_captured(void (*logger)(const char *format, ...), const char *text)
{
    int saved = dup(STDERR_FILENO);
    cleanup_with(file_close_at) int fd = open("log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct str line = {0};

    assert_true(saved >= 0 && fd >= 0);
    assert_true(dup2(fd, STDERR_FILENO) == STDERR_FILENO);
    logger("%s", text);
    dup2(saved, STDERR_FILENO);
    close(saved);
    assert_true(file_read("log", 100000, &line, NULL));
    return str_take(&line);
}

static void a_log_line_is_one_line_that_obeys_nobody(void **state)
{
    static const struct {
        void (*logger)(const char *format, ...);
        const char *text, *want;
    } rows[] = {
        {log_error, "disk full", "error disk full\n"},
        {log_warn, "a\nb\rc\td", "warn a\\nb\\x0dc\\x09d\n"},
        {log_info, "\x1b[31mred\x1b]0;title\x07\x7f", "info \\x1b[31mred\\x1b]0;title\\x07\\x7f\n"},
        {log_info,
         "\xC2\x9B"
         "31m",
         "info \\x9b31m\n"}, /* CSI as one character */
        {log_info, "\xFF\xE2\x82|\xC3\xA9", "info \\xff\\xe2\\x82|\xC3\xA9\n"},
        {log_info, "", "info \n"},
    };
    char now[STAMP_SIZE];

    (void)state;
    for (size_t i = 0; i < countof(rows); i++) {
        nsec_t before = clk_wall(clk_system()) / NSEC_PER_MSEC * NSEC_PER_MSEC, wall;
        autofree char *line = log_captured(rows[i].logger, rows[i].text);

        assert_true(strlen(line) > 25);
        assert_int_equal(line[24], ' ');
        assert_string_equal(line + 25, rows[i].want);
        memcpy(now, line, 24);
        now[24] = '\0';
        assert_true(stamp_parse(now, &wall));
        assert_true(wall >= before && wall <= clk_wall(clk_system()));
    }
}

static void a_level_silences_those_below_it(void **state)
{
    static void (*const loggers[])(const char *format, ...) = {log_error, log_warn, log_info,
                                                               log_debug};

    (void)state;
    for (enum log_level level = LOG_ERROR_LEVEL; level <= LOG_DEBUG_LEVEL; level++) {
        log_set_level(level);
        for (enum log_level line = LOG_ERROR_LEVEL; line <= LOG_DEBUG_LEVEL; line++) {
            autofree char *text = log_captured(loggers[line], "x");

            assert_int_equal(*text != '\0', line <= level);
        }
    }
    log_set_level(LOG_INFO_LEVEL);
}

#define in_a_place(test) cmocka_unit_test_setup_teardown(test, place_enter, place_leave)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        in_a_place(a_file_is_read_whole_or_not_at_all),
        in_a_place(a_dash_is_standard_input),
        in_a_place(a_file_is_read_relative_to_a_folder),
        in_a_place(a_write_replaces_the_file_and_leaves_nothing_else),
        in_a_place(a_write_that_fails_leaves_the_old_file),
        in_a_place(folders_are_made_with_their_parents),
        in_a_place(a_tree_is_removed_and_its_links_are_not_followed),
        in_a_place(a_tree_deeper_than_paths_and_descriptors_is_removed),
        in_a_place(folders_that_deny_their_owner_are_removed),
        in_a_place(a_lock_has_one_holder),
        in_a_place(a_killed_process_leaves_no_lock),
        cmocka_unit_test(local_folders_are_not_on_the_network),
        in_a_place(home_by_hand_holds_everything),
        in_a_place(a_user_gets_the_xdg_folders_and_root_its_own),
        in_a_place(a_home_too_long_for_a_path_is_refused),
        in_a_place(the_shim_and_the_themes_are_found_near_the_program),
        in_a_place(a_log_line_is_one_line_that_obeys_nobody),
        in_a_place(a_level_silences_those_below_it),
    };

    /* What a program finds near itself is asked of a copy of this one, put elsewhere. */
    if (argc == 3 && text_same(argv[1], "probe")) {
        autofree char *path = text_same(argv[2], "shim") ? paths_shim() : paths_stock_themes();

        fputs(path, stdout);
        return 0;
    }
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
