/* clk.h - wall and monotonic time behind one object, steps of the clock, and the two time types. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_CLK_H
#define BELFRY_CORE_BASE_CLK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

typedef int64_t sec_t;  /* UTC seconds since 1970: schedules, API times */
typedef int64_t nsec_t; /* nanoseconds: clocks, log stamps, durations; lasts to 2262 */

#define NSEC_PER_SEC INT64_C(1000000000)
#define NSEC_PER_MSEC INT64_C(1000000)
#define SEC_NONE INT64_MIN /* "no such time" */

/* Rounds towards minus infinity, so that times before 1970 stay in order. */
static inline sec_t nsec_to_sec(nsec_t ns)
{
    return ns / NSEC_PER_SEC - (ns % NSEC_PER_SEC < 0);
}

/* A source of time. The system's clock, or one that a test moves by hand. */
struct clk;

struct clk *clk_system(void); /* shared, never released */
/* A clock that stands still until told; its two readings start as given. clk_free releases. */
struct clk *clk_virtual_new(nsec_t wall, nsec_t mono);
struct clk *clk_free(struct clk *clk); /* NULL and the system clock are fine; returns NULL */
void clk_virtual_advance(struct clk *clk, nsec_t by);   /* both readings */
void clk_virtual_step(struct clk *clk, nsec_t wall_by); /* the wall reading alone: a step */

nsec_t clk_wall(const struct clk *clk); /* CLOCK_REALTIME: since 1970, may step */
nsec_t clk_mono(const struct clk *clk); /* CLOCK_BOOTTIME: goes on during sleep, never steps */
sec_t clk_now(const struct clk *clk);   /* the wall reading in whole seconds */

/* An alarm on the wall clock: one file descriptor that becomes readable at a wall time, and at
 * once when the wall clock is stepped (timerfd, TFD_TIMER_CANCEL_ON_SET) or the machine resumes
 * past the time. System clock only. Returns the descriptor (close() it), -1 with err set. */
must_use int clk_alarm_open(struct error *err);
/* Arms it for WALL (a time that has passed fires at once); WALL < 0: no time, steps only. A step
 * that came before and was not read is not lost: the alarm is readable at once and tells of it. */
must_use bool clk_alarm_set(int fd, nsec_t wall, struct error *err);
enum clk_alarm { CLK_ALARM_NONE, CLK_ALARM_DUE, CLK_ALARM_STEPPED };
/* What made it readable; the alarm must be set anew afterwards. Never blocks. */
enum clk_alarm clk_alarm_read(int fd);

/* The id of this boot (/proc/sys/kernel/random/boot_id), 36 characters; "" when unknown. */
void clk_boot_id(char buffer[static 40]);

#endif
