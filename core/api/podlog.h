/* podlog.h - a container's log over HTTP. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_PODLOG_H
#define BELFRY_CORE_API_PODLOG_H

#include "core/api/route.h"

/* GET pods/NAME/log with container, follow, tailLines, sinceSeconds, sinceTime, timestamps,
 * previous, limitBytes, as Kubernetes has them. Without follow a container that has not begun is a
 * 400; with follow the reply begins at once and waits for it. A follow ends with the attempt. The
 * log is read as the client takes it: memory is bounded. */
handler_fn podlog_get;

#endif
