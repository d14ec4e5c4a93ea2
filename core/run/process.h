/* process.h - other processes by pidfd: held on to, and signalled. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_PROCESS_H
#define BELFRY_CORE_RUN_PROCESS_H

#include <stdint.h>

/* A pidfd of process PID if it was born at BIRTH (record.h), so is the one that is meant and not a
 * later one with its number; -1 when it has gone. Yours to close(). */
int process_hold(int64_t pid, uint64_t birth);
/* Sends SIGNAL with VALUE beside it (si_value). A process that has gone meanwhile gets none. */
void process_signal(int pidfd, int signal, int value);

#endif
