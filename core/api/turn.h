/* turn.h - one durable commit a loop turn, then what waited for it. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_TURN_H
#define BELFRY_CORE_API_TURN_H

#include <uv.h>

#include "core/base/error.h"
#include "storage/db.h"

struct turn;

/* From now on every turn of LOOP ends with store_commit() when there is something to commit, and
 * AFTER (may be NULL) is called once behind it, and once more before the loop sleeps. The commit
 * is the only call in the program that blocks; a turn with nothing to write has none. A failed
 * commit is logged once and its waiters are told by the store. */
must_use struct turn *turn_new(uv_loop_t *loop, struct store *store, void (*after)(void *data),
                               void *data, struct error *err);
/* Its handles are closed; run the loop once more. Returns NULL. */
struct turn *turn_free(struct turn *turn);

#endif
