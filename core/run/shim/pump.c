/* pump.c - from the job's pipes into its log. */
/* SPDX-License-Identifier: MIT */
#include "core/run/shim/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define NSEC_PER_MSEC INT64_C(1000000)
#define BUSY_READ 32768 /* a read of this much: the pipe is made larger */
#define BUSY_PIPE (512 << 10)
#define PART_DELAY (250 * NSEC_PER_MSEC) /* until a line without an end is shown */

void pump_read(struct shim *shim, enum crilog_stream stream)
{
    struct crilog_input *input = &shim->inputs[stream];
    int *fd = &shim->wakes[WAKE_OUT + (int)stream];
    ssize_t n = read(*fd, input->data + input->used, sizeof input->data - input->used);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) {
        crilog_feed_rest(&shim->log, input, shim_wall(), true);
        close(*fd);
        *fd = -1;
        return;
    }
    /* Fewer, larger reads for who writes much. The user's share of pipe memory may be used up:
     * then it stays as it is. */
    if (n >= BUSY_READ && !shim->pipe_grown[stream]) {
        shim->pipe_grown[stream] = true;
        (void)fcntl(*fd, F_SETPIPE_SZ, BUSY_PIPE);
    }
    input->used += (size_t)n;
    crilog_feed(&shim->log, input, shim_wall());
    shim->read_at[stream] = shim_now();
    if (input->used > 0 && shim->part_at == SHIM_NEVER) {
        shim->part_at = shim->read_at[stream] + PART_DELAY;
    }
}

void pump_flush(struct shim *shim)
{
    crilog_flush(&shim->log, shim_wall());
}

/* A prompt or a row of dots is seen while the job waits, not when its line ends. A stream that is
 * in full flow is let be: its line is only cut where the last read happened to end. */
void pump_part(struct shim *shim)
{
    int64_t now = shim_now();
    shim->part_at = SHIM_NEVER;
    for (int i = 0; i < 2; i++) {
        int64_t due = shim->read_at[i] + PART_DELAY;
        if (shim->inputs[i].used > 0 && due <= now) {
            crilog_feed_rest(&shim->log, &shim->inputs[i], shim_wall(), false);
        } else if (shim->inputs[i].used > 0 && due < shim->part_at) {
            shim->part_at = due;
        }
    }
    pump_flush(shim);
}

void pump_finish(struct shim *shim)
{
    for (int i = 0; i < 2; i++) {
        crilog_feed_rest(&shim->log, &shim->inputs[i], shim_wall(), true);
        if (shim->wakes[WAKE_OUT + i] >= 0) {
            close(shim->wakes[WAKE_OUT + i]);
            shim->wakes[WAKE_OUT + i] = -1;
        }
    }
    pump_flush(shim);
    crilog_close(&shim->log);
    shim->exit.lost_lines = shim->log.lost_lines;
    shim->exit.lost_bytes = shim->log.lost_bytes;
}
