/* moment.h - durations and moments as a person reads them. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_MOMENT_H
#define BELFRY_TUI_SCREEN_MOMENT_H

#include "core/base/clk.h"
#include "core/base/str.h"
#include "core/cron/tz.h"

/* All add to RET. */
void moment_elapsed(nsec_t ns, struct str *ret); /* of what goes on: "0:12", "1:02:03" */
void moment_took(nsec_t ns,
                 struct str *ret); /* of what has ended: "800ms", "9.1s", "4m12s", "5h07m" */
void moment_short(sec_t seconds, struct str *ret); /* an age, a countdown: "42s", "4h55", "3d" */
/* WHEN in ZONE as seen from NOW: "21:05", "Fri 21:05", "20 Nov 21:05", "20 Nov 2027 21:05". */
void moment_text(sec_t when, sec_t now, const struct tz *zone, struct str *ret);
/* "Sat 22 Nov 2026"; the same with "  02:00 +01:00" behind it. */
void moment_day(sec_t when, const struct tz *zone, struct str *ret);
void moment_date(sec_t when, const struct tz *zone, struct str *ret);
/* "21:05:07", with milliseconds when FRACTION. */
void moment_clock(nsec_t when, const struct tz *zone, bool fraction, struct str *ret);
void moment_offset(int seconds, struct str *ret); /* "+01:00" */

#endif
