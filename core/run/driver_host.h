/* driver_host.h - the runtime "host": the command is a process of this machine. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_DRIVER_HOST_H
#define BELFRY_CORE_RUN_DRIVER_HOST_H

#include "core/run/driver.h"

extern const struct driver driver_host;

#endif
