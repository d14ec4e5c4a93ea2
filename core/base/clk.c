/* clk.c - wall and monotonic time behind one object, steps of the clock, and the two time types. */
/* SPDX-License-Identifier: MIT */
#include "core/base/clk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct clk {
    bool by_hand;
    nsec_t wall, mono; /* of a clock moved by hand */
};

/* Nothing writes to it: whatever moves a clock asserts that it is one moved by hand. */
static const struct clk system_clk;

struct clk *clk_system(void)
{
    return (struct clk *)&system_clk;
}

struct clk *clk_virtual_new(nsec_t wall, nsec_t mono)
{
    struct clk *clk = xmalloc(sizeof *clk);

    *clk = (struct clk){.by_hand = true, .wall = wall, .mono = mono};
    return clk;
}

struct clk *clk_free(struct clk *clk)
{
    if (clk != &system_clk) {
        free(clk);
    }
    return NULL;
}

void clk_virtual_advance(struct clk *clk, nsec_t by)
{
    assert(clk->by_hand && by >= 0);
    clk->wall += by;
    clk->mono += by;
}

void clk_virtual_step(struct clk *clk, nsec_t wall_by)
{
    assert(clk->by_hand);
    clk->wall += wall_by;
}

static nsec_t clk_read(clockid_t id)
{
    struct timespec now;
    int rc = clock_gettime(id, &now);

    assert(rc == 0);
    (void)rc;
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

nsec_t clk_wall(const struct clk *clk)
{
    return clk->by_hand ? clk->wall : clk_read(CLOCK_REALTIME);
}

nsec_t clk_mono(const struct clk *clk)
{
    return clk->by_hand ? clk->mono : clk_read(CLOCK_BOOTTIME);
}

sec_t clk_now(const struct clk *clk)
{
    return nsec_to_sec(clk_wall(clk));
}

int clk_alarm_open(struct error *err)
{
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

    if (fd < 0) {
        error_sys(err, ERROR_IO, errno, "cannot make a timer");
    }
    return fd;
}

bool clk_alarm_set(int fd, nsec_t wall, struct error *err)
{
    const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    struct itimerspec when = {0};

    /* Only an armed timer is cancelled by a step, so "no time" is one that never comes; and all
     * zero would disarm. */
    if (wall < 0) {
        wall = INT64_MAX;
    } else if (wall == 0) {
        wall = 1;
    }
    when.it_value.tv_sec = wall / NSEC_PER_SEC;
    when.it_value.tv_nsec = wall % NSEC_PER_SEC;
    if (timerfd_settime(fd, flags, &when, NULL) == 0) {
        return true;
    }
    if (errno == ECANCELED) {
        /* A step came since the last setting and nobody has read of it; the timer is armed none the
         * less, and the news would be lost (timerfd_create(2), notes). So it is armed as one thing
         * clk_alarm_read can tell apart: a period of a second since 1970, of which the first
         * reading counts very many. */
        when = (struct itimerspec){.it_value = {.tv_sec = 1}, .it_interval = {.tv_sec = 1}};
        if (timerfd_settime(fd, flags, &when, NULL) == 0 || errno == ECANCELED) {
            return true;
        }
    }
    return error_sys(err, ERROR_IO, errno, "cannot set a timer");
}

enum clk_alarm clk_alarm_read(int fd)
{
    uint64_t count;
    ssize_t got;

    do {
        got = read(fd, &count, sizeof count);
    } while (got < 0 && errno == EINTR);
    if (got == sizeof count) {
        return count == 1 ? CLK_ALARM_DUE : CLK_ALARM_STEPPED;
    }
    return got < 0 && errno == ECANCELED ? CLK_ALARM_STEPPED : CLK_ALARM_NONE;
}

void clk_boot_id(char buffer[static 40])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, buffer, 36) : -1;

    buffer[got == 36 ? 36 : 0] = '\0';
    if (fd >= 0) {
        close(fd);
    }
}
