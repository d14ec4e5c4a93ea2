/* notify.h - tells systemd how the scheduler is, without its library. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_NOTIFY_H
#define BELFRY_CORE_API_NOTIFY_H

/* Sends STATE ("READY=1") to the socket that NOTIFY_SOCKET names (sd_notify(3)). Without the
 * variable, or when nobody listens, nothing happens. */
void notify_manager(const char *state);

#endif
