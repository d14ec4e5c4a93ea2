/* test_run.c - jobs under the real belfry-shim: records, logs, signals, deadlines, whole trees. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/run_house.h"

#include <elf.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "core/run/driver.h"
#include "core/run/wire/crilog.h"
#include "core/run/wire/spawn.h"

static void a_command_runs_and_its_start_and_exit_are_told_once(void **state)
{
    struct house *house = *state;
    nsec_t before = clk_wall(clk_system());
    struct attempt_id id = house_start(house, "one", "exit 0");
    assert_int_equal(executor_count(house->executor), 1);
    struct exit_record record = house_exit(house, &id);
    const struct news *news = house_news(house, &id);
    assert_int_equal(news->started, 1);
    assert_true(news->start.pid > 1);
    assert_true(news->start.shim_pid > 1);
    assert_int_equal(record.reason, EXIT_COMPLETED);
    assert_int_equal(record.code, 0);
    assert_int_equal(record.signal, 0);
    assert_true(record.started >= before);
    assert_true(record.finished > record.started);
    assert_true(record.cpu_ns >= 0);
    assert_true(record.max_rss > 0);
    assert_int_equal(executor_count(house->executor), 0);
}

static void exit_codes_and_signals_are_told(void **state)
{
    static const struct {
        const char *script;
        enum exit_reason reason;
        int code, signal;
    } rows[] = {
        {"exit 3", EXIT_ERROR, 3, 0},       {"exit 255", EXIT_ERROR, 255, 0},
        {"kill -9 $$", EXIT_ERROR, 137, 9}, {"kill -TERM $$", EXIT_ERROR, 143, 15},
        {"true", EXIT_COMPLETED, 0, 0},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "pod%zu", i);
        struct exit_record record = house_run(*state, name, rows[i].script);
        assert_int_equal(record.reason, rows[i].reason);
        assert_int_equal(record.code, rows[i].code);
        assert_int_equal(record.signal, rows[i].signal);
    }
}

static void what_cannot_be_executed_says_why(void **state)
{
    struct house *house = *state;
    static const struct {
        const char *name, *command, *cwd;
        int code;
        const char *message;
    } rows[] = {
        {"missing", "/nowhere/at/all", NULL, 127, "cannot execute the command: No such file"},
        {"on-path", "no-such-command-anywhere", NULL, 127, "cannot execute the command: No such"},
        {"folder", "/etc", NULL, 126, "cannot execute the command: Permission denied"},
        {"nodir", "/bin/true", "/no/such/folder", 128,
         "cannot change to the working directory: No such"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        const char *const argv[] = {rows[i].command, NULL};
        struct attempt_id id = house_start_with(
            house, rows[i].name, NULL, (struct attempt_order){.argv = argv, .cwd = rows[i].cwd});
        struct exit_record record = house_exit(house, &id);
        assert_int_equal(record.reason, EXIT_CONTAINER_CANNOT_RUN);
        assert_int_equal(record.code, rows[i].code);
        assert_non_null(strstr(record.message, rows[i].message));
    }
}

static void orders_that_make_no_sense_are_refused_at_once(void **state)
{
    struct house *house = *state;
    struct error err = {0};
    const char *const none[] = {NULL};
    const char *const good[] = {"/bin/true", NULL};
    const char *const bad_env[] = {"NOEQUALS", NULL};
    struct attempt_id id = attempt_named("refused");
    struct attempt_id climber = attempt_named("..");
    assert_false(executor_start(house->executor, &id, &(struct attempt_order){.argv = none}, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_false(executor_start(house->executor, &id,
                                &(struct attempt_order){.argv = good, .env = bad_env}, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_false(executor_start(house->executor, &id,
                                &(struct attempt_order){.argv = good, .runtime = "podman9"}, &err));
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_false(
        executor_start(house->executor, &climber, &(struct attempt_order){.argv = good}, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_int_equal(executor_count(house->executor), 0);
    assert_int_equal(house->news.len, 0);
}

static void an_attempt_starts_at_most_once(void **state)
{
    struct house *house = *state;
    struct error err = {0};
    const char *const argv[] = {"/bin/true", NULL};
    struct attempt_id id = house_start(house, "once", "exit 0");
    assert_false(executor_start(house->executor, &id, &(struct attempt_order){.argv = argv}, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    (void)house_exit(house, &id);
    assert_false(executor_start(house->executor, &id, &(struct attempt_order){.argv = argv}, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
}

static void the_job_gets_its_arguments_environment_and_folder(void **state)
{
    struct house *house = *state;
    const char *const argv[] = {
        "sh", "-c", "echo \"$0|$1|$A|$B|$BELFRY_ATTEMPT|$(pwd)|$(umask)\"", "zero", "a b\nc", NULL};
    const char *const env[] = {"A=1 2", "B=", "PATH=/bin:/usr/bin", NULL};
    struct attempt_id id = house_start_with(
        house, "args", NULL, (struct attempt_order){.argv = argv, .env = env, .cwd = "/usr"});
    assert_int_equal(house_exit(house, &id).code, 0);
    autofree char *log = house_log(house, &id);
    assert_string_equal(log, "zero|a b\nc|1 2||args/main/0|/usr|0022\n");
}

static void the_job_has_no_descriptors_signals_or_locks_of_ours(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(house, "clean",
                                       "exec 2>&1; for f in /proc/self/fd/*; do readlink $f; done; "
                                       "grep -E '^Sig(Ign|Blk)' /proc/self/status");
    assert_int_equal(house_exit(house, &id).code, 0);
    autofree char *log = house_log(house, &id);
    assert_null(strstr(log, house->home));
    assert_null(strstr(log, "socket:"));
    assert_non_null(strstr(log, "/dev/null"));
    assert_non_null(strstr(log, "SigBlk:\t0000000000000000"));
    assert_non_null(strstr(log, "SigIgn:\t0000000000000000"));
}

static void runs_as_the_user_and_group_asked_for(void **state)
{
    struct house *house = *state;
    struct attempt_order order = {.has_uid = true, .uid = 65534, .has_gid = true, .gid = 65533};
    if (geteuid() != 0) {
        struct error err = {0};
        const char *const argv[] = {"/bin/true", NULL};
        struct attempt_id refused = attempt_named("user");
        order.argv = argv;
        assert_false(executor_start(house->executor, &refused, &order, &err));
        assert_int_equal(err.code, ERROR_INVALID);
        return;
    }
    struct attempt_id id = house_start_with(
        house, "user", "id -u; id -g; id -G | wc -w; cat /proc/self/stat >/dev/null", order);
    assert_int_equal(house_exit(house, &id).code, 0);
    assert_true(house_log_has(house, &id, "65534\n65533\n"));
}

static void both_streams_are_in_the_log_line_by_line(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(house, "log", "echo out; echo err >&2; printf tail");
    (void)house_exit(house, &id);
    autofree char *raw = house_log_raw(house, &id);
    int outs = 0, errs = 0;
    for (char *line = raw; *line; line += strcspn(line, "\n") + 1) {
        struct crilog_line parsed;
        assert_true(crilog_parse(line, strcspn(line, "\n"), &parsed));
        assert_false(parsed.partial);
        outs += parsed.stream == CRILOG_STDOUT;
        errs += parsed.stream == CRILOG_STDERR;
    }
    assert_int_equal(outs, 2);
    assert_int_equal(errs, 1);
    assert_non_null(strstr(raw, " stdout F out\n"));
    assert_non_null(strstr(raw, " stderr F err\n"));
    assert_non_null(strstr(raw, " stdout F tail\n"));
}

static void a_prompt_without_a_line_end_is_seen_while_the_job_waits(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(house, "prompt", "printf 'half '; exec sleep 1000");
    house_poll(house, house_log_has(house, &id, "half "));
    autofree char *raw = house_log_raw(house, &id);
    assert_non_null(strstr(raw, " stdout P half \n"));
    executor_stop(house->executor, &id, 0);
    (void)house_exit(house, &id);
}

static void a_job_over_its_deadline_is_ended_by_its_shim(void **state)
{
    struct house *house = *state;
    nsec_t now = clk_wall(clk_system());
    struct attempt_id id = house_start_with(
        house, "late", "sleep 1000 & sleep 1000",
        (struct attempt_order){.deadline = now + 300 * NSEC_PER_MSEC, .grace = 20 * NSEC_PER_SEC});
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_DEADLINE_EXCEEDED);
    assert_int_equal(record.code, 143);
    assert_true(record.finished - now >= 290 * NSEC_PER_MSEC);
    assert_true(record.finished - now < 15 * NSEC_PER_SEC);
}

static void a_deadline_that_has_passed_ends_the_job_at_once(void **state)
{
    struct house *house = *state;
    struct attempt_id id =
        house_start_with(house, "past", "sleep 1000",
                         (struct attempt_order){.deadline = clk_wall(clk_system()) - NSEC_PER_SEC});
    assert_int_equal(house_exit(house, &id).reason, EXIT_DEADLINE_EXCEEDED);
}

static void a_stop_lets_the_job_clean_up(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(
        house, "stop", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
    house_poll(house, house_log_has(house, &id, "ready"));
    executor_stop(house->executor, &id, 20 * NSEC_PER_SEC);
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_STOPPED);
    assert_int_equal(record.code, 7);
    assert_true(house_log_has(house, &id, "bye"));
}

static void a_job_that_ignores_term_is_killed_after_the_grace_period(void **state)
{
    struct house *house = *state;
    struct attempt_id id =
        house_start(house, "stubborn", "trap '' TERM; echo ready; while :; do sleep 0.05; done");
    house_poll(house, house_log_has(house, &id, "ready"));
    nsec_t asked = clk_wall(clk_system());
    executor_stop(house->executor, &id, 300 * NSEC_PER_MSEC);
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_STOPPED);
    assert_int_equal(record.code, 137);
    assert_true(record.finished - asked >= 290 * NSEC_PER_MSEC);
}

static void a_second_stop_can_shorten_the_first(void **state)
{
    struct house *house = *state;
    struct attempt_id id =
        house_start(house, "twice", "trap '' TERM; echo ready; while :; do sleep 0.05; done");
    house_poll(house, house_log_has(house, &id, "ready"));
    executor_stop(house->executor, &id, 1000 * NSEC_PER_SEC);
    house_turn(house, 50);
    executor_stop(house->executor, &id, 0);
    assert_int_equal(house_exit(house, &id).code, 137);
}

static void a_stop_before_the_start_is_not_forgotten(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(house, "early", "sleep 1000");
    executor_stop(house->executor, &id, NSEC_PER_SEC);
    assert_int_equal(house_exit(house, &id).reason, EXIT_STOPPED);
}

static void what_forks_twice_and_calls_setsid_ends_with_its_job(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(
        house, "daemon",
        "(setsid env -i /bin/sh -c 'echo pid $$; exec sleep 1000' &) ; sleep 0.3; exit 4");
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_ERROR);
    assert_int_equal(record.code, 4);
    long long pid = house_log_number(house, &id, "pid ");
    assert_true(pid > 1);
    assert_false(process_lives(pid));
}

static void a_daemon_that_ignores_term_is_killed_after_the_grace_period(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start_with(
        house, "bad-daemon",
        "(setsid sh -c 'trap \"\" TERM; echo pid $$; while :; do sleep 0.1; done' &); sleep 0.3",
        (struct attempt_order){.grace = 200 * NSEC_PER_MSEC});
    assert_int_equal(house_exit(house, &id).code, 0);
    assert_false(process_lives(house_log_number(house, &id, "pid ")));
}

static void children_may_stay_where_the_order_says_so(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start_with(
        house, "leave", "setsid sh -c 'echo pid $$; exec sleep 1000' & sleep 0.3; exit 0",
        (struct attempt_order){.leave_children = true, .grace = NSEC_PER_SEC});
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_COMPLETED);
    long long pid = house_log_number(house, &id, "pid ");
    assert_true(process_lives(pid));
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
}

static void a_wide_tree_is_ended_whole(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(
        house, "wide",
        "i=0; while [ $i -lt 60 ]; do (sleep 1000 & sleep 1000) & i=$((i+1)); done; echo up; wait");
    house_poll(house, house_log_has(house, &id, "up"));
    int64_t session = house_news(house, &id)->start.pid;
    executor_stop(house->executor, &id, 10 * NSEC_PER_SEC);
    assert_int_equal(house_exit(house, &id).reason, EXIT_STOPPED);
    DIR *proc = opendir("/proc");
    assert_non_null(proc);
    for (const struct dirent *entry; (entry = readdir(proc));) {
        struct process_facts facts;
        long long pid;
        if (text_int(entry->d_name, 2, INT32_MAX, &pid) && process_look(pid, &facts)) {
            assert_true(facts.session != session);
        }
    }
    (void)closedir(proc);
}

/* Talks to a spawner of its own, as the executor does. */
static void two_shims_on_one_order_start_it_once(void **state)
{
    struct house *house = *state;
    struct error err = {0};
    int ends[2];
    const char *const argv[] = {"/bin/sh", "-c", "echo here; sleep 0.3", NULL};
    struct attempt_id id = attempt_named("twin");
    int runs = open(house->paths.runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int logs = open(house->paths.logs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(attempt_write(runs, logs, &house->paths, clk_system(), &id,
                              &(struct attempt_order){.argv = argv}, &err));
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    pid_t spawner = fork();
    if (spawner == 0) {
        char fd[16];
        (void)snprintf(fd, sizeof fd, "%d", ends[1]);
        close(ends[0]);
        (void)execl(house->shim, house->shim, fd, house->paths.runs, "1024", (char *)NULL);
        _exit(99);
    }
    close(ends[1]);
    static const char orders[] = "1 twin/main/0\0"
                                 "2 twin/main/0\0"
                                 "3 twin/main/0";
    assert_int_equal(send(ends[0], orders, sizeof orders, 0), sizeof orders);
    assert_int_equal(shutdown(ends[0], SHUT_WR), 0);
    int status;
    assert_int_equal(waitpid(spawner, &status, 0), spawner);
    assert_int_equal(status, 0);
    /* The end of file comes when the last shim that might have started has let go. */
    int started = 0;
    union {
        uint32_t kind;
        struct spawn_reply reply;
        struct spawn_notice notice;
    } message;
    while (recv(ends[0], &message, sizeof message, 0) > 0) {
        started += message.kind == SPAWN_STARTED;
    }
    close(ends[0]);
    assert_int_equal(started, 1);
    assert_int_not_equal(executor_adopt(house->executor, &id), ATTEMPT_NEVER_STARTED);
    assert_int_equal(house_exit(house, &id).code, 0);
    autofree char *log = house_log(house, &id);
    assert_string_equal(log, "here\n");
    close(runs);
    close(logs);
}

static void removing_a_pod_removes_its_runs_and_logs(void **state)
{
    struct house *house = *state;
    struct error err = {0};
    assert_int_equal(house_run(house, "gone", "echo x").code, 0);
    struct attempt_id id = attempt_named("gone");
    assert_true(executor_remove_pod(house->executor, "gone", &err));
    autofree char *run = executor_run_folder(&house->paths, &id);
    autofree char *log = executor_log_folder(&house->paths, &id);
    assert_false(file_exists(run));
    assert_false(file_exists(log));
    assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_NEVER_STARTED);
    assert_false(executor_remove_pod(house->executor, "../logs", &err));
}

static void a_log_larger_than_a_file_is_rotated_without_losing_a_line(void **state)
{
    struct house *house = *state;
    struct attempt_id id = house_start(house, "rotate", "seq 1 1500000");
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.code, 0);
    assert_int_equal(record.lost_lines, 0);
    autofree char *folder = executor_log_folder(&house->paths, &id);
    long want = 1;
    for (int i = 8; i >= 0; i--) {
        char path[PATH_MAX + 16];
        cleanup_with(str_done) struct str text = {0};
        (void)snprintf(path, sizeof path, i ? "%s/0.log.%d" : "%s/0.log", folder, i);
        if (!file_read(path, (size_t)256 << 20, &text, NULL)) {
            continue;
        }
        assert_true(text.len <= CRILOG_ROTATE);
        for (const char *line = text.data; line < text.data + text.len;) {
            char *end;
            assert_int_equal(strtol(line + CRILOG_PREFIX, &end, 10), want++);
            line = end + 1;
        }
    }
    assert_int_equal(want, 1500001);
}

/* A limit on the size of files makes the disk full at a place of our choice, and not full again. */
static void a_full_disk_for_the_log_stops_no_job_and_is_stated_when_there_is_room(void **state)
{
    struct house *house = *state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit full = {.rlim_cur = 100000, .rlim_max = before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    autofree char *script = xasprintf("seq 1 10000; echo written >&2; until [ -e '%s/more' ]; "
                                      "do sleep 0.02; done; echo after; exit 5",
                                      house->home);
    struct attempt_id id = house_start(house, "full", script);
    house_wait(house, house_news(house, &id)->started == 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    struct stat st;
    autofree char *folder = executor_log_folder(&house->paths, &id);
    autofree char *path = xasprintf("%s/0.log", folder);
    house_poll(house, stat(path, &st) == 0 && st.st_size > 99000);
    house_turn(house, 100);
    assert_int_equal(
        prlimit((pid_t)house_news(house, &id)->start.shim_pid, RLIMIT_FSIZE, &before, NULL), 0);
    autofree char *more = xasprintf("%s/more", house->home);
    assert_true(file_write_atomic(more, "", 0, 0600, NULL));
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_ERROR);
    assert_int_equal(record.code, 5);
    assert_true(record.lost_lines > 5000);
    assert_true(record.lost_bytes > 200000);
    autofree char *log = house_log(house, &id);
    const char *note = strstr(log, "bytes were dropped here: File too large\n");
    assert_non_null(note);
    assert_non_null(strstr(note, "after\n"));
    long next = 1; /* what is there before the gap is whole */
    for (const char *at = log; strncmp(at, "belfry: ", 8) != 0; at = strchr(at, '\n') + 1) {
        assert_int_equal(strtol(at, NULL, 10), next++);
    }
}

static void a_missing_shim_is_an_error_with_a_way_out(void **state)
{
    struct house *house = *state;
    struct error err = {0};
    const char *const argv[] = {"/bin/true", NULL};
    struct attempt_id id = attempt_named("noshim");
    struct executor *executor =
        executor_new(&house->loop, clk_system(), &house->paths, "/nowhere/belfry-shim",
                     (struct executor_events){0}, &err);
    assert_non_null(executor);
    assert_false(executor_start(executor, &id, &(struct attempt_order){.argv = argv}, &err));
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(err.what, "/nowhere/belfry-shim"));
    assert_true(err.hint[0] != '\0');
    assert_null(executor_free(executor));
}

static void no_container_runtime_answers_for_a_pod_without_a_runtime_class(void **state)
{
    (void)state;
    assert_null(driver_for(NULL));
    assert_null(driver_for(""));
    assert_null(driver_for("gvisor"));
    assert_non_null(driver_for("host"));
    assert_string_equal(driver_for("host")->name, "host");
}

/* Its start must not depend on what a system update is just replacing, and a thousand of it must
 * be cheap. */
static void the_shim_needs_nothing_but_itself_and_little_memory(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    (void)state;
    print_message("skip-ok: a sanitized shim is neither static nor small\n");
    skip();
#else
    struct house *house = *state;
    cleanup_with(str_done) struct str shim = {0};
    cleanup_with(str_done) struct str status = {0};
    Elf64_Ehdr header;
    assert_true(file_read(house->shim, (size_t)64 << 20, &shim, NULL));
    memcpy(&header, shim.data, sizeof header);
    assert_int_equal(header.e_ident[EI_CLASS], ELFCLASS64);
    for (int i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr part;
        memcpy(&part, shim.data + header.e_phoff + (size_t)i * header.e_phentsize, sizeof part);
        assert_true(part.p_type != PT_INTERP && part.p_type != PT_DYNAMIC);
    }
    struct attempt_id id = house_start(house, "small", "echo up; sleep 1000");
    house_poll(house, house_log_has(house, &id, "up"));
    house_wait(house, house_news(house, &id)->started == 1);
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%jd/smaps_rollup",
                   (intmax_t)house_news(house, &id)->start.shim_pid);
    assert_true(file_read(path, 65536, &status, NULL));
    const char *own = strstr(status.data, "Private_Dirty:");
    assert_non_null(own);
    long kilobytes = strtol(own + sizeof "Private_Dirty:" - 1, NULL, 10);
    print_message("a shim's own memory: %ld KiB\n", kilobytes);
    assert_true(kilobytes < 512);
    executor_stop(house->executor, &id, 0);
    (void)house_exit(house, &id);
#endif
}

static size_t house_exits(const struct house *house)
{
    size_t exits = 0;
    for (size_t i = 0; i < house->news.len; i++) {
        exits += house->news.data[i].exited > 0;
    }
    return exits;
}

static void a_thousand_runs_in_one_go_all_end_well(void **state)
{
    enum { RUNS = 1000 };
    struct house *house = *state;
    struct rusage self[2], shims[2];
    const char *const argv[] = {"/bin/true", NULL};
    nsec_t start = clk_mono(clk_system());
    (void)getrusage(RUSAGE_SELF, &self[0]);
    (void)getrusage(RUSAGE_CHILDREN, &shims[0]);
    for (int i = 0; i < RUNS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "pod-%04d", i);
        (void)house_start_with(house, name, NULL, (struct attempt_order){.argv = argv});
    }
    nsec_t asked = clk_mono(clk_system());
    house_wait(house, executor_count(house->executor) == 0);
    nsec_t end = clk_mono(clk_system());
    (void)getrusage(RUSAGE_SELF, &self[1]);
    assert_int_equal(house->news.len, RUNS);
    assert_int_equal(house_exits(house), RUNS);
    nsec_t first = INT64_MAX, last = 0;
    for (size_t i = 0; i < house->news.len; i++) {
        assert_int_equal(house->news.data[i].started, 1);
        assert_int_equal(house->news.data[i].exit.reason, EXIT_COMPLETED);
        nsec_t at = house->news.data[i].start.started;
        first = at < first ? at : first;
        last = at > last ? at : last;
    }
    print_message("1000 runs: ordered in %.0f ms, first to last start %.0f ms, all ended %.0f ms; "
                  "executor %.0f ms of processor\n",
                  (double)(asked - start) / 1e6, (double)(last - first) / 1e6,
                  (double)(end - start) / 1e6,
                  (double)(self[1].ru_utime.tv_sec + self[1].ru_stime.tv_sec -
                           self[0].ru_utime.tv_sec - self[0].ru_stime.tv_sec) *
                          1e3 +
                      (double)(self[1].ru_utime.tv_usec + self[1].ru_stime.tv_usec -
                               self[0].ru_utime.tv_usec - self[0].ru_stime.tv_usec) /
                          1e3);
}

#define HOUSE_TEST(f) cmocka_unit_test_setup_teardown(f, house_enter, house_leave)

/* One test alone: test_run NAME, where * and ? stand for anything. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(a_command_runs_and_its_start_and_exit_are_told_once),
        HOUSE_TEST(exit_codes_and_signals_are_told),
        HOUSE_TEST(what_cannot_be_executed_says_why),
        HOUSE_TEST(orders_that_make_no_sense_are_refused_at_once),
        HOUSE_TEST(an_attempt_starts_at_most_once),
        HOUSE_TEST(the_job_gets_its_arguments_environment_and_folder),
        HOUSE_TEST(the_job_has_no_descriptors_signals_or_locks_of_ours),
        HOUSE_TEST(runs_as_the_user_and_group_asked_for),
        HOUSE_TEST(both_streams_are_in_the_log_line_by_line),
        HOUSE_TEST(a_prompt_without_a_line_end_is_seen_while_the_job_waits),
        HOUSE_TEST(a_job_over_its_deadline_is_ended_by_its_shim),
        HOUSE_TEST(a_deadline_that_has_passed_ends_the_job_at_once),
        HOUSE_TEST(a_stop_lets_the_job_clean_up),
        HOUSE_TEST(a_job_that_ignores_term_is_killed_after_the_grace_period),
        HOUSE_TEST(a_second_stop_can_shorten_the_first),
        HOUSE_TEST(a_stop_before_the_start_is_not_forgotten),
        HOUSE_TEST(what_forks_twice_and_calls_setsid_ends_with_its_job),
        HOUSE_TEST(a_daemon_that_ignores_term_is_killed_after_the_grace_period),
        HOUSE_TEST(children_may_stay_where_the_order_says_so),
        HOUSE_TEST(a_wide_tree_is_ended_whole),
        HOUSE_TEST(two_shims_on_one_order_start_it_once),
        HOUSE_TEST(removing_a_pod_removes_its_runs_and_logs),
        HOUSE_TEST(a_log_larger_than_a_file_is_rotated_without_losing_a_line),
        HOUSE_TEST(a_full_disk_for_the_log_stops_no_job_and_is_stated_when_there_is_room),
        HOUSE_TEST(a_missing_shim_is_an_error_with_a_way_out),
        HOUSE_TEST(no_container_runtime_answers_for_a_pod_without_a_runtime_class),
        HOUSE_TEST(the_shim_needs_nothing_but_itself_and_little_memory),
        HOUSE_TEST(a_thousand_runs_in_one_go_all_end_well),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
