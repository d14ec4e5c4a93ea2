/* test_autostart.c - a background scheduler started on demand; this program itself plays it. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clk.h"
#include "core/base/file.h"
#include "core/client/autostart.h"

/* What `belfry serve` is here: PLAYED says how it goes. It writes down who and where it is. */
static int serve(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "belfry.sock"};
    const char *home = getenv("BELFRY_HOME"), *played = getenv("PLAYED");
    char cwd[4096];
    if (home == NULL || played == NULL) {
        return 2;
    }
    if (strcmp(played, "fails") == 0) {
        fprintf(stderr, "a line before\nerror: the house is on fire\n");
        return 1;
    }
    if (getcwd(cwd, sizeof cwd) == NULL || chdir(home) != 0) {
        return 3;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 5) != 0) {
        return 4;
    }
    autofree char *text = xasprintf("%d %d %s %s %s", (int)getpid(), getsid(0) == getpid(), cwd,
                                    home, isatty(0) ? "tty" : "no-tty");
    if (!file_write_atomic("told", text, strlen(text), 0600, NULL)) {
        return 5;
    }
    poll(NULL, 0, 60000); /* until the test is through with it */
    return 0;
}

struct fixture {
    char *folder;
    struct paths paths;
};

static int setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof *fixture);
    const char *folder = getenv("TEST_DIR");
    fixture->folder = xasprintf("%s/homeXXXXXX", folder != NULL ? folder : "/tmp");
    assert_non_null(mkdtemp(fixture->folder));
    autofree char *home = xasprintf("%s/a/b", fixture->folder); /* made when it is needed */
    assert_int_equal(setenv("BELFRY_HOME", home, 1), 0);
    paths_init_at(&fixture->paths, home);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    struct error err;
    paths_done(&fixture->paths);
    assert_true(file_remove_tree(fixture->folder, &err));
    free(fixture->folder);
    free(fixture);
    return 0;
}

/* What the started one wrote down, and its end. */
static char *told_by(const struct fixture *fixture)
{
    cleanup_with(str_done) struct str text = {0};
    autofree char *path = xasprintf("%s/told", fixture->paths.home);
    nsec_t until = clk_mono(clk_system()) + 20 * NSEC_PER_SEC;
    while (!file_exists(path) && clk_mono(clk_system()) < until) {
        poll(NULL, 0, 10); /* it answers before it writes */
    }
    assert_true(file_read(path, 10000, &text, NULL));
    pid_t pid = (pid_t)strtol(str_text(&text), NULL, 10);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return xstrdup(strchr(str_text(&text), ' ') + 1);
}

static void one_is_started_in_a_session_of_its_own_and_once(void **state)
{
    struct fixture *fixture = *state;
    struct error err;
    bool started;
    assert_false(autostart_running(&fixture->paths));
    setenv("PLAYED", "well", 1);
    assert_true(autostart_ensure(&fixture->paths, &started, &err));
    assert_true(started);
    assert_true(autostart_ensure(&fixture->paths, &started, &err));
    assert_false(started);
    autofree char *told = told_by(fixture);
    autofree char *want = xasprintf("1 / %s no-tty", fixture->paths.home);
    assert_string_equal(told, want);
    assert_false(autostart_running(&fixture->paths)); /* its socket is there, but nobody listens */
}

static void a_relative_home_means_the_same_to_it(void **state)
{
    struct fixture *fixture = *state;
    struct error err;
    bool started;
    setenv("PLAYED", "well", 1);
    setenv("BELFRY_HOME", "a/b", 1); /* from a folder in which it does not start */
    assert_true(autostart_ensure(&fixture->paths, &started, &err));
    autofree char *told = told_by(fixture);
    assert_non_null(strstr(told, fixture->paths.home));
}

static void one_that_ends_at_once_says_why(void **state)
{
    struct fixture *fixture = *state;
    struct error err;
    bool started;
    setenv("PLAYED", "fails", 1);
    assert_false(autostart_ensure(&fixture->paths, &started, &err));
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_string_equal(err.what,
                        "the background scheduler ended at once: error: the house is on fire");
    assert_true(text_ends(err.hint, "/serve.log"));
    assert_false(started);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_started_in_a_session_of_its_own_and_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_relative_home_means_the_same_to_it, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_ends_at_once_says_why, setup, teardown),
    };
    if (argc > 1 && strcmp(argv[1], "serve") == 0) {
        return serve();
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
