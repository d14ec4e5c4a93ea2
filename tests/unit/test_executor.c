/* test_executor.c - the contract of executor.h, kept by the real executor and by the fake alike. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/run_house.h"

#include "core/run/executor_fake.h"
#include "core/run/logread.h"

/* One executor of either kind, with the same handles for a test. */
struct stage {
    struct house *house;
    bool fake;
};

static void house_executor_swap(struct house *house)
{
    const struct executor_events events = {
        .on_started = on_house_started, .on_exit = on_house_exit, .data = house};
    house_executor_close(house);
    house->executor = executor_fake_new(clk_system(), house->paths.logs, events);
}

static int stage_enter(void **state, bool fake)
{
    void *house;
    struct stage *stage = xcalloc(1, sizeof *stage);
    (void)house_enter(&house);
    stage->house = house;
    stage->fake = fake;
    if (fake) {
        house_executor_swap(stage->house);
    }
    *state = stage;
    return 0;
}

static int stage_enter_real(void **state)
{
    return stage_enter(state, false);
}

static int stage_enter_fake(void **state)
{
    return stage_enter(state, true);
}

static int stage_leave(void **state)
{
    struct stage *stage = *state;
    void *house = stage->house;
    free(stage);
    return house_leave(&house);
}

static void stage_turn(struct stage *stage)
{
    if (stage->fake) {
        (void)executor_fake_turn(stage->house->executor);
    }
    house_turn(stage->house, 1);
}

#define stage_wait(stage, condition)                            \
    do {                                                        \
        for (int tries_ = 0; !(condition); tries_++) {          \
            if (tries_ > WAIT_SECONDS * 1000) {                 \
                fail_msg("waited in vain for: %s", #condition); \
            }                                                   \
            stage_turn(stage);                                  \
        }                                                       \
    } while (0)

/* A job that ends when it is told to, with that code. */
static struct attempt_id stage_start(struct stage *stage, const char *name)
{
    autofree char *script =
        xasprintf("until [ -e '%s/%s' ]; do sleep 0.01; done; exit $(cat '%s/%s')",
                  stage->house->home, name, stage->house->home, name);
    return house_start(stage->house, name, script);
}

static void stage_end(struct stage *stage, const struct attempt_id *id, int code)
{
    if (stage->fake) {
        assert_true(executor_fake_exit(stage->house->executor, id, code));
        return;
    }
    char text[16];
    autofree char *path = xasprintf("%s/%s", stage->house->home, id->pod_uid);
    (void)snprintf(text, sizeof text, "%d\n", code);
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
}

static void starts_and_ends_are_told_once_and_in_order(void **state)
{
    struct stage *stage = *state;
    struct attempt_id id = stage_start(stage, "order");
    assert_int_equal(house_news(stage->house, &id)->started, 0);
    assert_int_equal(executor_count(stage->house->executor), 1);
    stage_wait(stage, house_news(stage->house, &id)->started == 1);
    assert_int_equal(house_news(stage->house, &id)->exited, 0);
    assert_true(house_news(stage->house, &id)->start.started > 0);
    stage_end(stage, &id, 3);
    stage_wait(stage, house_news(stage->house, &id)->exited == 1);
    const struct news *news = house_news(stage->house, &id);
    assert_int_equal(news->started, 1);
    assert_int_equal(news->exit.reason, EXIT_ERROR);
    assert_int_equal(news->exit.code, 3);
    assert_true(news->exit.started == news->start.started);
    assert_true(news->exit.finished >= news->exit.started);
    assert_int_equal(executor_count(stage->house->executor), 0);
}

static void the_same_attempt_is_refused_while_it_runs_and_afterwards(void **state)
{
    struct stage *stage = *state;
    struct error err = {0};
    const char *const argv[] = {"/bin/true", NULL};
    const struct attempt_order order = {.argv = argv};
    struct attempt_id id = stage_start(stage, "twice");
    assert_false(executor_start(stage->house->executor, &id, &order, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    stage_end(stage, &id, 0);
    stage_wait(stage, house_news(stage->house, &id)->exited == 1);
    assert_int_equal(house_news(stage->house, &id)->exit.reason, EXIT_COMPLETED);
    assert_false(executor_start(stage->house->executor, &id, &order, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    id.number++;
    assert_true(executor_start(stage->house->executor, &id, &order, &err));
    if (stage->fake) {
        stage_end(stage, &id, 0);
    }
    stage_wait(stage, house_news(stage->house, &id)->exited == 1);
}

static void a_stop_ends_as_stopped_and_one_for_nobody_is_nothing(void **state)
{
    struct stage *stage = *state;
    struct attempt_id nobody = attempt_named("nobody");
    struct attempt_id id = stage_start(stage, "stop");
    executor_stop(stage->house->executor, &nobody, 0);
    executor_stop(stage->house->executor, &id, NSEC_PER_SEC);
    executor_stop(stage->house->executor, &id, NSEC_PER_SEC);
    assert_int_equal(house_news(stage->house, &id)->exited, 0); /* never from within the call */
    stage_wait(stage, house_news(stage->house, &id)->exited == 1);
    assert_int_equal(house_news(stage->house, &id)->started, 1);
    assert_int_equal(house_news(stage->house, &id)->exit.reason, EXIT_STOPPED);
    assert_int_equal(house_news(stage->house, &id)->exit.code, 143);
    executor_stop(stage->house->executor, &id, 0);
    stage_turn(stage);
    assert_int_equal(house_news(stage->house, &id)->exited, 1);
}

static void a_deadline_ends_as_deadline_exceeded(void **state)
{
    struct stage *stage = *state;
    nsec_t deadline = clk_wall(clk_system()) + 100 * NSEC_PER_MSEC;
    struct attempt_id id =
        house_start_with(stage->house, "late", "sleep 1000",
                         (struct attempt_order){.deadline = deadline, .grace = NSEC_PER_SEC});
    stage_wait(stage, house_news(stage->house, &id)->exited == 1);
    assert_int_equal(house_news(stage->house, &id)->exit.reason, EXIT_DEADLINE_EXCEEDED);
}

static void adopt_knows_what_became_of_an_attempt(void **state)
{
    struct stage *stage = *state;
    struct attempt_id none = attempt_named("none");
    struct attempt_id id = stage_start(stage, "adopt");
    assert_int_equal(executor_adopt(stage->house->executor, &none), ATTEMPT_NEVER_STARTED);
    stage_wait(stage, house_news(stage->house, &id)->started == 1);
    assert_int_equal(executor_adopt(stage->house->executor, &id), ATTEMPT_RUNNING);
    stage_end(stage, &id, 0);
    stage_wait(stage, house_news(stage->house, &id)->exited == 1);
    assert_int_equal(executor_adopt(stage->house->executor, &id), ATTEMPT_FINISHED);
    stage_turn(stage);
}

static void a_removed_pod_is_forgotten_without_an_event(void **state)
{
    struct stage *stage = *state;
    struct error err = {0};
    struct attempt_id id = stage_start(stage, "removed");
    stage_wait(stage, house_news(stage->house, &id)->started == 1);
    if (!stage->fake) {
        assert_int_equal(kill((pid_t)house_news(stage->house, &id)->start.shim_pid, SIGKILL), 0);
    }
    assert_true(executor_remove_pod(stage->house->executor, "removed", &err));
    assert_int_equal(executor_count(stage->house->executor), 0);
    for (int i = 0; i < 20; i++) {
        stage_turn(stage);
    }
    assert_int_equal(house_news(stage->house, &id)->exited, 0);
}

/* What only the fake does. */
static void the_fake_prints_into_a_log_that_can_be_read(void **state)
{
    struct stage *stage = *state;
    struct error err = {0};
    char text[64];
    size_t len;
    struct attempt_id id = stage_start(stage, "print");
    assert_int_equal(executor_fake_turn(stage->house->executor), 1);
    assert_int_equal(executor_fake_turn(stage->house->executor), 0);
    assert_true(executor_fake_print(stage->house->executor, &id, "stdout", "one\ntwo\n"));
    assert_true(executor_fake_print(stage->house->executor, &id, "stderr", "three\n"));
    autofree char *folder = executor_log_folder(&stage->house->paths, &id);
    struct logread *reader =
        logread_open(NULL,
                     &(struct logread_options){
                         .folder = folder, .tail = LOGREAD_ALL, .limit_bytes = LOGREAD_ALL},
                     NULL, NULL, &err);
    assert_non_null(reader);
    assert_int_equal(logread_next(reader, text, sizeof text, &len, &err), LOGREAD_BYTES);
    assert_int_equal(len, 14);
    assert_memory_equal(text, "one\ntwo\nthree\n", 14);
    assert_int_equal(logread_next(reader, text, sizeof text, &len, &err), LOGREAD_END);
    assert_null(logread_free(reader));
    assert_ptr_equal(executor_fake_of_pod(stage->house->executor, "print"),
                     executor_fake_at(stage->house->executor, 0));
    assert_null(executor_fake_at(stage->house->executor, 1));
}

#define BOTH(f)                                             \
    {"real: " #f, f, stage_enter_real, stage_leave, NULL},  \
    {                                                       \
        "fake: " #f, f, stage_enter_fake, stage_leave, NULL \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(starts_and_ends_are_told_once_and_in_order),
        BOTH(the_same_attempt_is_refused_while_it_runs_and_afterwards),
        BOTH(a_stop_ends_as_stopped_and_one_for_nobody_is_nothing),
        BOTH(a_deadline_ends_as_deadline_exceeded),
        BOTH(adopt_knows_what_became_of_an_attempt),
        BOTH(a_removed_pod_is_forgotten_without_an_event),
        cmocka_unit_test_setup_teardown(the_fake_prints_into_a_log_that_can_be_read,
                                        stage_enter_fake, stage_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
