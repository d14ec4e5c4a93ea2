/* backoff.h - how long to wait before trying again. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_DECIDE_BACKOFF_H
#define BELFRY_CORE_CONTROL_DECIDE_BACKOFF_H

#include "core/base/clk.h"

#define BACKOFF_BASE_SECONDS 10
#define BACKOFF_POD_MOST_SECONDS 360     /* a new pod (SEMANTICS.md section 4) */
#define BACKOFF_RESTART_MOST_SECONDS 300 /* a restart in place */

/* BASE x 2^(FAILURES - 1), at most MOST, in nanoseconds; 0 when nothing has failed. */
nsec_t backoff_delay(int64_t failures, int64_t base_seconds, int64_t most_seconds);

#endif
