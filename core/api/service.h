/* service.h - what is asked about the scheduler itself: health, version, status, stop. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_SERVICE_H
#define BELFRY_CORE_API_SERVICE_H

#include "core/api/route.h"

/* The Kubernetes whose API this is a part of: what /version says. */
#define SERVICE_KUBERNETES "1.32"

handler_fn service_health;  /* GET /healthz /livez /readyz: "ok" */
handler_fn service_version; /* GET /version, as kubectl version reads it */
handler_fn service_status;  /* GET /belfry/status: daemon.h */
handler_fn service_stop;    /* POST /belfry/stop: daemon.h */

#endif
