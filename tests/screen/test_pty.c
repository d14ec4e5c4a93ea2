/* test_pty.c - the real program on a real pseudo-terminal, whatever ends it. */
/* SPDX-License-Identifier: MIT */
/* The harness is another process than the program, drains what it writes into libvterm, and waits
 * for what is on the screen, never for time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

#include <cmocka.h>

#include "core/base/clk.h"
#include "core/base/file.h"
#include "core/base/str.h"
#include "core/base/utf8.h"

#define PATIENCE (20 * NSEC_PER_SEC)
#define ROWS 24
#define COLS 80

struct seat {
    int pty;
    pid_t shell; /* the session's leader: it starts the program as a shell would */
    struct termios before;
    struct str raw; /* all that was written */
    VTerm *vterm;
    VTermScreen *screen;
    int rows, cols;
};

static char *home; /* of all tests here: one background scheduler serves them */

/* ---- the shell ---- */

/* Runs the program in a process group of its own in the foreground; tells on the terminal when it
 * stops or ends, and lets it go on when a line comes. */
static void be_shell(const char *option, const char *value)
{
    pid_t program = fork();
    int status;

    if (program == 0) {
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(0, getpid());
        signal(SIGTTOU, SIG_DFL);
        execl("./belfry", "belfry", option, value, (char *)NULL);
        _exit(127);
    }
    signal(SIGTTOU, SIG_IGN);
    setpgid(program, program);
    dprintf(1, "pid %d\r\n", (int)program);
    while (waitpid(program, &status, WUNTRACED) == program && WIFSTOPPED(status)) {
        char line[16];
        tcsetpgrp(0, getpid());
        dprintf(1, "stopped\r\n");
        if (read(0, line, sizeof line) <= 0) {
            break;
        }
        tcsetpgrp(0, program);
        kill(-program, SIGCONT);
    }
    tcsetpgrp(0, getpid());
    if (WIFSIGNALED(status)) {
        dprintf(1, "killed by %d\r\n", WTERMSIG(status));
    } else {
        dprintf(1, "ended with %d\r\n", WEXITSTATUS(status));
    }
    /* The terminal must outlive the answer. */
    char last;
    (void)!read(0, &last, 1);
    _exit(0);
}

/* OPTION and VALUE are words of the command line, or NULL. */
static struct seat *seat_new(const char *option, const char *value)
{
    struct seat *seat = xcalloc(1, sizeof *seat);
    struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
    char name[64];

    seat->rows = ROWS;
    seat->cols = COLS;
    seat->vterm = vterm_new(ROWS, COLS);
    vterm_set_utf8(seat->vterm, 1);
    seat->screen = vterm_obtain_screen(seat->vterm);
    vterm_screen_enable_altscreen(seat->screen, 1);
    vterm_screen_reset(seat->screen, 1);
    seat->shell = forkpty(&seat->pty, name, NULL, &size);
    assert_true(seat->shell >= 0);
    if (seat->shell == 0) {
        be_shell(option, value);
    }
    fcntl(seat->pty, F_SETFD, FD_CLOEXEC);
    assert_int_equal(tcgetattr(seat->pty, &seat->before), 0);
    return seat;
}

static void seat_free(struct seat *seat)
{
    kill(seat->shell, SIGKILL);
    waitpid(seat->shell, NULL, 0);
    close(seat->pty);
    vterm_free(seat->vterm);
    str_done(&seat->raw);
    free(seat);
}

/* ---- the screen ---- */

/* Takes what has been written, waiting for some at most MS. */
static void drain(struct seat *seat, int ms)
{
    struct pollfd fd = {.fd = seat->pty, .events = POLLIN};
    char bytes[65536];

    while (poll(&fd, 1, ms) > 0 && (fd.revents & POLLIN)) {
        ssize_t n = read(seat->pty, bytes, sizeof bytes);
        if (n <= 0) {
            return;
        }
        vterm_input_write(seat->vterm, bytes, (size_t)n);
        str_add_bytes(&seat->raw, bytes, (size_t)n);
        ms = 0;
    }
}

static void screen_text(struct seat *seat, struct str *ret)
{
    str_clear(ret);
    for (int row = 0; row < seat->rows; row++) {
        for (int col = 0; col < seat->cols; col++) {
            VTermScreenCell cell;
            char bytes[4];
            vterm_screen_get_cell(seat->screen, (VTermPos){row, col}, &cell);
            uint32_t point =
                cell.chars[0] == 0 || cell.chars[0] == (uint32_t)-1 ? ' ' : cell.chars[0];
            str_add_bytes(ret, bytes, utf8_encode(point, bytes));
        }
        str_add_char(ret, '\n');
    }
}

static void wait_for(struct seat *seat, const char *text)
{
    cleanup_with(str_done) struct str seen = {0};
    nsec_t end = clk_mono(clk_system()) + PATIENCE;

    for (;;) {
        drain(seat, 50);
        screen_text(seat, &seen);
        if (strstr(str_text(&seen), text)) {
            return;
        }
        if (clk_mono(clk_system()) > end) {
            fail_msg("\"%s\" is not on the screen:\n%s", text, str_text(&seen));
        }
    }
}

static void press(struct seat *seat, const char *bytes)
{
    assert_int_equal(write(seat->pty, bytes, strlen(bytes)), strlen(bytes));
}

static pid_t program_of(struct seat *seat)
{
    /* The first line the shell wrote; the program's alternate screen came after. */
    int pid = 0;

    assert_int_equal(sscanf(str_text(&seat->raw), "pid %d", &pid), 1);
    return pid;
}

/* All modes are as they were, and what was switched on is off: last things first. */
static void assert_restored(struct seat *seat)
{
    struct termios after;

    assert_int_equal(tcgetattr(seat->pty, &after), 0);
    assert_int_equal(after.c_lflag, seat->before.c_lflag);
    assert_int_equal(after.c_iflag, seat->before.c_iflag);
    assert_int_equal(after.c_oflag, seat->before.c_oflag);
    static const char *const pairs[][2] = {{"\x1b[?1049h", "\x1b[?1049l"},
                                           {"\x1b[?2004h", "\x1b[?2004l"},
                                           {"\x1b[?1006h", "\x1b[?1006l"},
                                           {"\x1b[?25l", "\x1b[?25h"}};
    for (size_t i = 0; i < countof(pairs); i++) {
        const char *on = NULL, *off = NULL;
        for (const char *at = str_text(&seat->raw); (at = strstr(at, pairs[i][0])) != NULL; at++) {
            on = at;
        }
        for (const char *at = str_text(&seat->raw); (at = strstr(at, pairs[i][1])) != NULL; at++) {
            off = at;
        }
        /* "\e[?12l\e[?25h" is xterm's way to show the cursor. */
        if (!off || (on && off < on)) {
            fail_msg("\\e%s was left switched on", pairs[i][0] + 1);
        }
    }
}

static struct seat *belfry(const char *option)
{
    struct seat *seat = seat_new(option, NULL);

    wait_for(seat, "No CronJobs yet");
    return seat;
}

/* ---- tests ---- */

static void it_comes_up_answers_and_leaves_the_terminal_as_it_was(void **state)
{
    struct seat *seat = belfry(NULL);

    (void)state;
    wait_for(seat, "? help");
    press(seat, "?");
    wait_for(seat, "create a CronJob");
    press(seat, "q");
    wait_for(seat, "No CronJobs yet");
    press(seat, "q");
    wait_for(seat, "ended with 0");
    assert_restored(seat);
    seat_free(seat);
}

static void it_follows_the_size_of_the_terminal(void **state)
{
    struct seat *seat = belfry("--no-mouse");
    struct winsize size = {.ws_row = 15, .ws_col = 40};

    (void)state;
    seat->rows = 15;
    seat->cols = 40;
    vterm_set_size(seat->vterm, 15, 40);
    assert_int_equal(ioctl(seat->pty, TIOCSWINSZ, &size), 0);
    wait_for(seat, "belfry  0 jobs");
    size = (struct winsize){.ws_row = 40, .ws_col = 120};
    seat->rows = 40;
    seat->cols = 120;
    vterm_set_size(seat->vterm, 40, 120);
    assert_int_equal(ioctl(seat->pty, TIOCSWINSZ, &size), 0);
    wait_for(seat, "belfry  local/default  0 cronjobs");
    assert_null(strstr(str_text(&seat->raw), "\x1b[?1006h"));
    press(seat, "\x03");
    wait_for(seat, "ended with 0");
    seat_free(seat);
}

static void it_stops_on_ctrl_z_and_comes_back(void **state)
{
    struct seat *seat = belfry(NULL);

    (void)state;
    press(seat, "\x1a");
    wait_for(seat, "stopped");
    assert_restored(seat);
    press(seat, "fg\n");
    wait_for(seat, "No CronJobs yet");
    press(seat, "?");
    wait_for(seat, "create a CronJob");
    press(seat, "\x03");
    wait_for(seat, "ended with 0");
    assert_restored(seat);
    seat_free(seat);
}

static void a_signal_ends_it_in_good_order(void **state)
{
    struct seat *seat = belfry(NULL);

    (void)state;
    kill(program_of(seat), SIGTERM);
    wait_for(seat, "ended with 0");
    assert_restored(seat);
    seat_free(seat);
}

static void a_crash_still_restores_the_terminal(void **state)
{
    struct seat *seat = belfry(NULL);

    (void)state;
    kill(program_of(seat), SIGSEGV);
    wait_for(seat, "killed by 11");
    assert_restored(seat);
    seat_free(seat);
}

static void a_terminal_it_cannot_draw_on_is_refused(void **state)
{
    (void)state;
    setenv("TERM", "dumb", 1);
    struct seat *seat = seat_new(NULL, NULL);
    wait_for(seat, "this terminal cannot be drawn on");
    wait_for(seat, "ended with 2");
    setenv("TERM", "xterm-256color", 1);
    seat_free(seat);
}

static void a_theme_that_is_none_is_refused(void **state)
{
    struct seat *seat = seat_new("--theme", "no-such");

    (void)state;
    wait_for(seat, "there is no theme \"no-such\"");
    wait_for(seat, "ended with 2");
    seat_free(seat);
}

/* ---- the house ---- */

static int move_in(void **state)
{
    const char *folder = getenv("TEST_DIR");

    (void)state;
    home = xasprintf("%s/belfry-pty-XXXXXX", folder ? folder : "/tmp");
    if (!mkdtemp(home)) {
        return -1;
    }
    setenv("BELFRY_HOME", home, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm-256color", 1);
    unsetenv("NO_COLOR");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    return 0;
}

static int move_out(void **state)
{
    pid_t stop = fork();
    int status = -1;

    (void)state;
    if (stop == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, STDOUT_FILENO);
        execl("./belfry", "belfry", "stop", (char *)NULL);
        _exit(127);
    }
    waitpid(stop, &status, 0);
    (void)!file_remove_tree(home, NULL);
    free(home);
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_up_answers_and_leaves_the_terminal_as_it_was),
        cmocka_unit_test(it_follows_the_size_of_the_terminal),
        cmocka_unit_test(it_stops_on_ctrl_z_and_comes_back),
        cmocka_unit_test(a_signal_ends_it_in_good_order),
        cmocka_unit_test(a_crash_still_restores_the_terminal),
        cmocka_unit_test(a_terminal_it_cannot_draw_on_is_refused),
        cmocka_unit_test(a_theme_that_is_none_is_refused),
    };

    return cmocka_run_group_tests_name("pty", tests, move_in, move_out);
}
