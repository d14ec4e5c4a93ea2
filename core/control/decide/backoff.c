/* backoff.c - how long to wait before trying again. */
/* SPDX-License-Identifier: MIT */
#include "core/control/decide/backoff.h"

nsec_t backoff_delay(int64_t failures, int64_t base_seconds, int64_t most_seconds)
{
    if (failures <= 0 || base_seconds <= 0) {
        return 0;
    }
    int64_t seconds = base_seconds;
    for (int64_t i = 1; i < failures && seconds < most_seconds; i++) {
        seconds *= 2;
    }
    return (seconds < most_seconds ? seconds : most_seconds) * NSEC_PER_SEC;
}
