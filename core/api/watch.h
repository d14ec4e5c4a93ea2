/* watch.h - a stream of changes: what is there, then what happens to it. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_WATCH_H
#define BELFRY_CORE_API_WATCH_H

#include "core/api/route.h"

/* GET of a collection with watch=true. resourceVersion N: the changes after N (too old: one ERROR
 * event with code 410, then the end); none or "0": first an ADDED for each object. Events in the
 * form asked for (Table: the columns with the first only), selectors applied with their
 * transitions, BOOKMARKs where asked for, timeoutSeconds. The head goes out at once. A client that
 * does not read is let go when 16 MiB wait for it: it lists again, as after any break. */
handler_fn watch_open;

#endif
