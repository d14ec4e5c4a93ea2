/* test_crash.c - kill -9 of scheduler, spawner and shim at every stage: nothing lost, none twice. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/run_house.h"

#include <sys/syscall.h>

#define JOBS 10

static struct attempt_id job_id(int index)
{
    char name[16];
    (void)snprintf(name, sizeof name, "job-%d", index);
    return attempt_named(name);
}

/* Asks for a job that writes numbered lines without pause until the file "end" is there, and one
 * last line that says how many; each ends with an exit code of its own. A test that dies before it
 * ends them leaves them for two minutes, not for ever. */
static bool job_try(struct house *house, int index, struct error *err)
{
    struct attempt_id id = job_id(index);
    autofree char *script =
        xasprintf("echo begun >>'%s/begun-%d'; i=0; while [ ! -e '%s/end' ]; do i=$((i+1)); "
                  "echo n $i; done; echo last $i; exit %d",
                  house->home, index, house->home, 20 + index);
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    struct attempt_order order = {.argv = argv,
                                  .grace = 5 * NSEC_PER_SEC,
                                  .deadline = clk_wall(clk_system()) + 120 * NSEC_PER_SEC};
    return executor_start(house->executor, &id, &order, err);
}

static void job_start(struct house *house, int index)
{
    struct error err = {0};
    if (!job_try(house, index, &err)) {
        fail_msg("executor_start: %s", err.what);
    }
}

static void jobs_end(const struct house *house)
{
    autofree char *path = xasprintf("%s/end", house->home);
    assert_true(file_write_atomic(path, "", 0, 0600, NULL));
}

/* Every number once and in order, the last line, and the job begun once only. */
static void job_check_log(struct house *house, int index)
{
    struct attempt_id id = job_id(index);
    autofree char *log = house_log(house, &id);
    autofree char *path = xasprintf("%s/begun-%d", house->home, index);
    cleanup_with(str_done) struct str begun = {0};
    long next = 1;
    const char *at = log;
    for (; strncmp(at, "n ", 2) == 0; at = strchr(at, '\n') + 1) {
        assert_int_equal(strtol(at + 2, NULL, 10), next++);
    }
    assert_memory_equal(at, "last ", 5);
    assert_int_equal(strtol(at + 5, NULL, 10), next - 1);
    assert_true(file_read(path, 1000, &begun, NULL));
    assert_string_equal(begun.data, "begun\n");
}

static void jobs_check(struct house *house)
{
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        struct exit_record record = house_exit(house, &id);
        assert_int_equal(record.reason, EXIT_ERROR);
        assert_int_equal(record.code, 20 + i);
        assert_int_equal(house_news(house, &id)->started, 1);
        job_check_log(house, i);
    }
}

/* The other process of a test: a scheduler that starts all jobs and is killed. It is a real process
 * with a loop of its own; STAGE says where it waits for its end. */
enum stage { STAGE_ORDERED, STAGE_HANDED_OVER, STAGE_STARTED };

static _Noreturn void scheduler_live(struct house *house, enum stage stage)
{
    struct error err = {0};
    static struct house own; /* its own loop and executor on the same home */
    (void)memcpy(own.home, house->home, sizeof own.home);
    (void)memcpy(own.shim, house->shim, sizeof own.shim);
    paths_init_at(&own.paths, own.home);
    if (uv_loop_init(&own.loop) != 0 || uv_timer_init(&own.loop, &own.guard) != 0) {
        _exit(99);
    }
    if (stage == STAGE_ORDERED) {
        /* Orders on disk, nobody told: as if killed between the two. */
        int runs = open(own.paths.runs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int logs = open(own.paths.logs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const char *const argv[] = {"/bin/false", NULL};
        for (int i = 0; i < JOBS; i++) {
            struct attempt_id id = job_id(i);
            if (!attempt_write(runs, logs, &own.paths, clk_system(), &id,
                               &(struct attempt_order){.argv = argv}, &err)) {
                _exit(99);
            }
        }
        (void)kill(getpid(), SIGKILL);
    }
    house_executor_open(&own);
    for (int i = 0; i < JOBS; i++) {
        job_start(&own, i);
    }
    if (stage == STAGE_HANDED_OVER) {
        (void)uv_run(&own.loop, UV_RUN_NOWAIT); /* the batch is in the socket */
        (void)kill(getpid(), SIGKILL);
    }
    for (;;) {
        (void)uv_run(&own.loop, UV_RUN_ONCE);
    }
}

/* Forks it and returns when it has been killed, or for STAGE_STARTED when all jobs write. */
static void scheduler_run_and_kill(struct house *house, enum stage stage)
{
    pid_t pid = fork();
    int status;
    if (pid == 0) {
        scheduler_live(house, stage);
    }
    if (stage == STAGE_STARTED) {
        for (int i = 0; i < JOBS; i++) {
            struct attempt_id id = job_id(i);
            house_poll(house, house_log_has(house, &id, "n 2\n"));
        }
        assert_int_equal(kill(pid, SIGKILL), 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void a_scheduler_killed_after_the_order_starts_it_afterwards_once(void **state)
{
    struct house *house = *state;
    scheduler_run_and_kill(house, STAGE_ORDERED);
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_NEVER_STARTED);
        job_start(house, i);
    }
    jobs_end(house);
    jobs_check(house);
}

static void a_scheduler_killed_right_after_the_hand_over_starts_nothing_twice(void **state)
{
    struct house *house = *state;
    scheduler_run_and_kill(house, STAGE_HANDED_OVER);
    /* Its spawner may still be forking: each attempt is found in whatever state it is in now, and
     * one may start between the look and our own start, which is refused then and finds it. */
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        struct error err = {0};
        if (executor_adopt(house->executor, &id) == ATTEMPT_NEVER_STARTED &&
            !job_try(house, i, &err)) {
            assert_int_equal(err.code, ERROR_CONFLICT);
            assert_int_not_equal(executor_adopt(house->executor, &id), ATTEMPT_NEVER_STARTED);
        }
    }
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        house_wait(house, house_news(house, &id)->started > 0);
    }
    jobs_end(house);
    jobs_check(house);
}

static void a_scheduler_killed_during_the_output_finds_its_jobs_again(void **state)
{
    struct house *house = *state;
    scheduler_run_and_kill(house, STAGE_STARTED);
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_RUNNING);
        assert_int_equal(house_news(house, &id)->started, 0); /* events come from the loop only */
    }
    assert_int_equal(executor_count(house->executor), JOBS);
    jobs_end(house);
    jobs_check(house);
}

static void a_scheduler_killed_before_the_exit_reads_it_afterwards(void **state)
{
    struct house *house = *state;
    scheduler_run_and_kill(house, STAGE_STARTED);
    jobs_end(house);
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        autofree char *path = xasprintf("%s/job-%d/main/0/exit", house->paths.runs, i);
        house_poll(house, file_exists(path));
        assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_FINISHED);
    }
    jobs_check(house);
}

/* Only pidfds that the spawner hands out work there. */
static bool valgrind_without_pidfd_open(void)
{
    bool missing = syscall(SYS_pidfd_open, getpid(), 0) < 0 && errno == ENOSYS;
    if (missing) {
        print_message("skip-ok: this valgrind has no pidfd_open\n");
    }
    return missing;
}

static void an_adopted_job_can_be_stopped(void **state)
{
    struct house *house = *state;
    if (valgrind_without_pidfd_open()) {
        skip();
    }
    scheduler_run_and_kill(house, STAGE_STARTED);
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_RUNNING);
        executor_stop(house->executor, &id, 10 * NSEC_PER_SEC);
    }
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        struct exit_record record = house_exit(house, &id);
        assert_int_equal(record.reason, EXIT_STOPPED);
        assert_int_equal(record.signal, SIGTERM);
    }
}

/* The spawner, as the parent of the shims. */
static pid_t spawner_of(const struct news *news)
{
    struct process_facts facts = {0};
    assert_true(process_look(news->start.shim_pid, &facts));
    return (pid_t)facts.parent;
}

static void jobs_start(struct house *house)
{
    for (int i = 0; i < JOBS; i++) {
        job_start(house, i);
    }
}

static void jobs_wait_for_output(struct house *house)
{
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        house_poll(house, house_log_has(house, &id, "n 2\n"));
        house_wait(house, house_news(house, &id)->started == 1);
    }
}

static void a_spawner_killed_during_the_output_harms_no_job(void **state)
{
    struct house *house = *state;
    struct attempt_id id = job_id(0);
    jobs_start(house);
    jobs_wait_for_output(house);
    assert_int_equal(kill(spawner_of(house_news(house, &id)), SIGKILL), 0);
    jobs_end(house);
    jobs_check(house);
}

static void a_spawner_killed_after_the_exit_is_replaced_for_the_next_start(void **state)
{
    struct house *house = *state;
    struct attempt_id id = job_id(0);
    job_start(house, 0);
    house_wait(house, house_news(house, &id)->started == 1);
    pid_t spawner = spawner_of(house_news(house, &id));
    jobs_end(house);
    (void)house_exit(house, &id);
    assert_int_equal(kill(spawner, SIGKILL), 0);
    for (int i = 1; i < JOBS; i++) {
        job_start(house, i);
    }
    jobs_check(house);
}

/* Frozen, so that the orders lie in its socket unread when it is killed. */
static void a_spawner_killed_before_the_spawn_is_replaced_and_told_again(void **state)
{
    struct house *house = *state;
    struct attempt_id first = house_start(house, "first", "sleep 1000");
    house_wait(house, house_news(house, &first)->started == 1);
    pid_t spawner = spawner_of(house_news(house, &first));
    assert_int_equal(kill(spawner, SIGSTOP), 0);
    jobs_start(house);
    house_turn(house, 50);
    for (int i = 0; i < JOBS; i++) {
        struct attempt_id id = job_id(i);
        assert_int_equal(house_news(house, &id)->started, 0);
    }
    assert_int_equal(kill(spawner, SIGKILL), 0);
    jobs_wait_for_output(house);
    jobs_end(house);
    jobs_check(house);
    executor_stop(house->executor, &first, 0);
    assert_int_equal(house_exit(house, &first).reason, EXIT_STOPPED);
}

static void a_spawner_killed_again_and_again_while_it_works_starts_everything_once(void **state)
{
    struct house *house = *state;
    struct attempt_id id = job_id(0);
    jobs_end(house);
    jobs_start(house);
    house_wait(house, house_news(house, &id)->started == 1);
    for (int round = 0; round < 20; round++) {
        char name[32];
        (void)snprintf(name, sizeof name, "probe-%d", round);
        struct attempt_id probe = house_start(house, name, "exec sleep 1000");
        house_wait(house, house_news(house, &probe)->started == 1);
        pid_t spawner = spawner_of(house_news(house, &probe));
        for (int i = 0; i < 5; i++) {
            (void)snprintf(name, sizeof name, "burst-%d-%d", round, i);
            (void)house_start(house, name, "echo once; exit 9");
        }
        /* Somewhere in the middle of its work. */
        for (int turns = 0; turns < round; turns++) {
            (void)uv_run(&house->loop, UV_RUN_NOWAIT);
        }
        assert_int_equal(kill(spawner, SIGKILL), 0);
        executor_stop(house->executor, &probe, 0);
    }
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 5; i++) {
            char name[32];
            (void)snprintf(name, sizeof name, "burst-%d-%d", round, i);
            struct attempt_id burst = attempt_named(name);
            assert_int_equal(house_exit(house, &burst).code, 9);
            autofree char *log = house_log(house, &burst);
            assert_string_equal(log, "once\n");
        }
    }
    jobs_check(house);
}

static void a_killed_shim_leaves_nothing_running_and_its_run_is_interrupted(void **state)
{
    struct house *house = *state;
    if (valgrind_without_pidfd_open()) {
        skip();
    }
    struct attempt_id id =
        house_start(house, "shimless",
                    "(setsid sh -c 'echo mark $$; exec sleep 1000' &) ; "
                    "env -i sh -c 'echo bare $$; exec sleep 1000' & echo main $$; wait");
    house_poll(house, house_log_has(house, &id, "mark ") && house_log_has(house, &id, "bare ") &&
                          house_log_has(house, &id, "main "));
    house_wait(house, house_news(house, &id)->started == 1);
    long long pids[] = {house_log_number(house, &id, "mark "),
                        house_log_number(house, &id, "bare "),
                        house_log_number(house, &id, "main ")};
    assert_int_equal(kill((pid_t)house_news(house, &id)->start.shim_pid, SIGKILL), 0);
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_INTERRUPTED);
    assert_int_equal(record.code, 137);
    assert_true(record.started > 0);
    for (size_t i = 0; i < countof(pids); i++) {
        assert_false(process_lives(pids[i]));
    }
    assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_FINISHED);
}

static void a_shim_killed_while_there_was_no_scheduler_is_found_out(void **state)
{
    struct house *house = *state;
    if (valgrind_without_pidfd_open()) {
        skip();
    }
    struct attempt_id id = house_start(house, "alone",
                                       "(setsid sh -c 'echo mark $$; exec sleep 1000' &); wait; "
                                       "sleep 1000");
    house_poll(house, house_log_has(house, &id, "mark "));
    house_wait(house, house_news(house, &id)->started == 1);
    struct start_record start = house_news(house, &id)->start;
    house_executor_close(house);
    assert_int_equal(kill((pid_t)start.shim_pid, SIGKILL), 0);
    house_poll(house, !process_lives(start.shim_pid));
    house->news.len = 0;
    house_executor_open(house);
    assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_LOST);
    assert_int_equal(house_exit(house, &id).reason, EXIT_INTERRUPTED);
    assert_int_equal(house_news(house, &id)->started, 1);
    assert_false(process_lives(house_log_number(house, &id, "mark ")));
}

static void a_run_of_another_boot_is_interrupted_and_strangers_are_left_alone(void **state)
{
    struct house *house = *state;
    char text[RECORD_SIZE];
    struct attempt_id id = attempt_named("reboot");
    autofree char *folder = executor_run_folder(&house->paths, &id);
    assert_true(file_make_folder(folder, 0700, NULL));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct start_record start = {.started = 1,
                                 .shim_pid = getpid(),
                                 .shim_birth = process_birth(getpid()),
                                 .pid = getsid(0),
                                 .birth = process_birth(getsid(0)),
                                 .boot_id = "another boot"};
    assert_int_equal(record_write(fd, "start", text, start_record_print(&start, text)), 0);
    close(fd);
    assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_LOST);
    assert_int_equal(house_exit(house, &id).reason, EXIT_INTERRUPTED);
}

static void a_start_record_emptied_by_a_power_loss_still_forbids_a_second_start(void **state)
{
    struct house *house = *state;
    struct error err = {0};
    struct attempt_id id = attempt_named("torn");
    const char *const argv[] = {"/bin/true", NULL};
    autofree char *folder = executor_run_folder(&house->paths, &id);
    assert_true(file_make_folder(folder, 0700, NULL));
    autofree char *path = xasprintf("%s/start", folder);
    assert_true(file_write_atomic(path, "", 0, 0600, NULL));
    assert_false(executor_start(house->executor, &id, &(struct attempt_order){.argv = argv}, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_LOST);
    struct exit_record record = house_exit(house, &id);
    assert_int_equal(record.reason, EXIT_INTERRUPTED);
    assert_int_equal(house_news(house, &id)->started, 0);
}

static void a_damaged_exit_record_counts_as_none(void **state)
{
    struct house *house = *state;
    struct attempt_id id = attempt_named("half");
    assert_int_equal(house_run(house, "half", "exit 5").code, 5);
    autofree char *folder = executor_run_folder(&house->paths, &id);
    autofree char *path = xasprintf("%s/exit", folder);
    assert_int_equal(truncate(path, 20), 0);
    assert_int_equal(executor_adopt(house->executor, &id), ATTEMPT_LOST);
    house->news.len = 0;
    assert_int_equal(house_exit(house, &id).reason, EXIT_INTERRUPTED);
}

#define HOUSE_TEST(f) cmocka_unit_test_setup_teardown(f, house_enter, house_leave)

/* One test alone: test_crash NAME, where * and ? stand for anything. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(a_scheduler_killed_after_the_order_starts_it_afterwards_once),
        HOUSE_TEST(a_scheduler_killed_right_after_the_hand_over_starts_nothing_twice),
        HOUSE_TEST(a_scheduler_killed_during_the_output_finds_its_jobs_again),
        HOUSE_TEST(a_scheduler_killed_before_the_exit_reads_it_afterwards),
        HOUSE_TEST(an_adopted_job_can_be_stopped),
        HOUSE_TEST(a_spawner_killed_during_the_output_harms_no_job),
        HOUSE_TEST(a_spawner_killed_after_the_exit_is_replaced_for_the_next_start),
        HOUSE_TEST(a_spawner_killed_before_the_spawn_is_replaced_and_told_again),
        HOUSE_TEST(a_spawner_killed_again_and_again_while_it_works_starts_everything_once),
        HOUSE_TEST(a_killed_shim_leaves_nothing_running_and_its_run_is_interrupted),
        HOUSE_TEST(a_shim_killed_while_there_was_no_scheduler_is_found_out),
        HOUSE_TEST(a_run_of_another_boot_is_interrupted_and_strangers_are_left_alone),
        HOUSE_TEST(a_start_record_emptied_by_a_power_loss_still_forbids_a_second_start),
        HOUSE_TEST(a_damaged_exit_record_counts_as_none),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
