/* timers.c - what wakes the controllers: an alarm on the wall clock, a timer, and an idle turn. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/control/inside.h"

/* One descriptor for all schedules (it also tells of steps of the clock), one timer for all
 * backoffs and deadlines. Nothing ticks when nothing is due. */
struct control_timers {
    struct control *control; /* NULL: stopping */
    int alarm;
    nsec_t
        alarm_at; /* what it is set to, so that a burst of changes does not set it thousandfold */
    uv_poll_t poll;
    uv_timer_t timer;
    uv_idle_t idle; /* runs while something is ready: the loop must not sleep over it */
    int open;
};

static void on_closed(uv_handle_t *handle)
{
    struct control_timers *timers = handle->data;
    if (--timers->open == 0) {
        close(timers->alarm);
        free(timers);
    }
}

static void on_idle(uv_idle_t *idle)
{
    struct control_timers *timers = idle->data;
    if (timers->control && !control_pass(timers->control)) {
        uv_idle_stop(idle);
    }
}

static void look_at_clock(struct control_timers *timers)
{
    struct control *control = timers->control;
    queue_due(&control->queue, clk_now(control->clk), clk_mono(control->clk));
    control_arm(control);
}

static void on_timer(uv_timer_t *timer)
{
    struct control_timers *timers = timer->data;
    if (timers->control) {
        look_at_clock(timers);
    }
}

/* After a step every schedule is looked at anew: slots may have been jumped over, or be due again
 * (they start nothing twice: the ledger has them). */
static void on_step(struct control *control)
{
    void *value;
    for (size_t i = 0; map_each(&control->queue.by_key[KIND_CRONJOB], &i, NULL, &value);) {
        queue_ready(&control->queue, value);
    }
}

static void on_alarm(uv_poll_t *poll, int status, int events)
{
    struct control_timers *timers = poll->data;
    (void)status;
    (void)events;
    if (!timers->control) {
        return;
    }
    timers->alarm_at = NSEC_NONE; /* it is to be set anew */
    if (clk_alarm_read(timers->alarm) == CLK_ALARM_STEPPED) {
        log_info("the clock was stepped; schedules are computed anew");
        on_step(timers->control);
    }
    look_at_clock(timers);
}

void control_arm(struct control *control)
{
    struct control_timers *timers = control->timers;
    if (!timers) {
        return;
    }
    if (queue_count(&control->queue) > 0) {
        uv_idle_start(&timers->idle, on_idle);
    }
    struct error err = {0};
    sec_t wall;
    nsec_t at = queue_next_wall(&control->queue, &wall) ? wall * NSEC_PER_SEC : -1;
    if (at != timers->alarm_at && !clk_alarm_set(timers->alarm, at, &err)) {
        char text[512];
        error_text(&err, text, sizeof text);
        log_error("setting the alarm for the next schedule: %s", text);
    }
    timers->alarm_at = err.code == ERROR_NONE ? at : NSEC_NONE;
    nsec_t mono;
    if (!queue_next_mono(&control->queue, &mono)) {
        uv_timer_stop(&timers->timer);
        return;
    }
    nsec_t left = mono - clk_mono(control->clk);
    /* Rounded up: a timer that comes a moment early would find nothing due. The loop's own idea of
     * the time may be old when a long pass is behind us. */
    uint64_t ms = left > 0 ? (uint64_t)((left + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC) : 0;
    uv_update_time(control->loop);
    uv_timer_start(&timers->timer, on_timer, ms, 0);
}

bool timers_start(struct control *control, struct error *err)
{
    int alarm = clk_alarm_open(err);
    if (alarm < 0) {
        return false;
    }
    struct control_timers *timers = xcalloc(1, sizeof *timers);
    timers->control = control;
    timers->alarm = alarm;
    timers->alarm_at = NSEC_NONE;
    timers->poll.data = timers->timer.data = timers->idle.data = timers;
    int code = uv_poll_init(control->loop, &timers->poll, alarm);
    if (code != 0) {
        close(alarm);
        free(timers);
        return error_set(err, ERROR_IO, "watching the clock: %s", uv_strerror(code));
    }
    uv_timer_init(control->loop, &timers->timer);
    uv_idle_init(control->loop, &timers->idle);
    timers->open = 3;
    control->timers = timers;
    code = uv_poll_start(&timers->poll, UV_READABLE, on_alarm);
    if (code != 0) {
        timers_stop(control);
        return error_set(err, ERROR_IO, "watching the clock: %s", uv_strerror(code));
    }
    return true;
}

void timers_stop(struct control *control)
{
    struct control_timers *timers = control->timers;
    if (timers) {
        timers->control = NULL;
        control->timers = NULL;
        uv_close((uv_handle_t *)&timers->poll, on_closed);
        uv_close((uv_handle_t *)&timers->timer, on_closed);
        uv_close((uv_handle_t *)&timers->idle, on_closed);
    }
}
