/* autostart.h - a background scheduler for this home, started when none answers. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLIENT_AUTOSTART_H
#define BELFRY_CORE_CLIENT_AUTOSTART_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/base/paths.h"

/* Connects to the home's socket; where nothing answers, starts `belfry serve` in a session of its
 * own (stderr to home/serve.log) and waits for its socket, 10 s at most. *RET_STARTED tells which
 * it was. A scheduler that ends early is an error with the last line of its log. */
must_use bool autostart_ensure(const struct paths *paths, bool *ret_started, struct error *err);
/* True when a scheduler answers on the home's socket. */
bool autostart_running(const struct paths *paths);

#endif
