/* turn.c - one durable commit a loop turn, then what waited for it. */
/* SPDX-License-Identifier: MIT */
#include "core/api/turn.h"

#include "core/base/log.h"

/* The loop calls `check` behind its polls and `prepare` before it sleeps: between the two lie the
 * timers, so both commit. The idle handle runs while something is uncommitted: with one, the loop
 * does not sleep. */
struct turn {
    struct store *store;
    void (*after)(void *data);
    void *data;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle;
    unsigned open_handles;
};

static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

static void on_dirty(void *data)
{
    struct turn *turn = data;
    uv_idle_start(&turn->idle, on_idle);
}

static void turn_end(struct turn *turn)
{
    struct error err = {0};
    if (store_dirty(turn->store) && !store_commit(turn->store, &err)) {
        char text[768];
        error_text(&err, text, sizeof text);
        log_error("%s", text);
    }
    if (turn->after) {
        turn->after(turn->data);
    }
    if (store_dirty(turn->store)) {
        on_dirty(turn);
    } else {
        uv_idle_stop(&turn->idle);
    }
}

static void on_prepare(uv_prepare_t *prepare)
{
    turn_end(prepare->data);
}

static void on_check(uv_check_t *check)
{
    turn_end(check->data);
}

static void on_closed(uv_handle_t *handle)
{
    struct turn *turn = handle->data;
    if (--turn->open_handles == 0) {
        free(turn);
    }
}

struct turn *turn_new(uv_loop_t *loop, struct store *store, void (*after)(void *data), void *data,
                      struct error *err)
{
    struct turn *turn = xcalloc(1, sizeof *turn);
    turn->store = store;
    turn->after = after;
    turn->data = data;
    turn->open_handles = 3;
    uv_prepare_init(loop, &turn->prepare);
    uv_check_init(loop, &turn->check);
    uv_idle_init(loop, &turn->idle);
    turn->prepare.data = turn->check.data = turn->idle.data = turn;
    int fault = uv_prepare_start(&turn->prepare, on_prepare);
    fault = fault ? fault : uv_check_start(&turn->check, on_check);
    if (fault) {
        turn_free(turn);
        error_set(err, ERROR_INTERNAL, "cannot watch the loop's turns: %s", uv_strerror(fault));
        return NULL;
    }
    /* They serve what goes on; they are no reason to go on. */
    uv_unref((uv_handle_t *)&turn->prepare);
    uv_unref((uv_handle_t *)&turn->check);
    store_set_wake(store, on_dirty, turn);
    return turn;
}

struct turn *turn_free(struct turn *turn)
{
    if (turn) {
        store_set_wake(turn->store, NULL, NULL);
        uv_close((uv_handle_t *)&turn->prepare, on_closed);
        uv_close((uv_handle_t *)&turn->check, on_closed);
        uv_close((uv_handle_t *)&turn->idle, on_closed);
    }
    return NULL;
}
