/* leftovers.h - ends what is left of attempts whose shim was killed. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_LEFTOVERS_H
#define BELFRY_CORE_RUN_LEFTOVERS_H

#include <uv.h>

#include "core/run/wire/record.h"

/* A shim ends its tree before it leaves, but a shim that is killed cannot. Its main process dies
 * with it (PDEATHSIG); what that one had started goes on, as children of init. They are known by
 * the session of the main process, by BELFRY_ATTEMPT in their environment, and by descent from
 * either. */
struct leftovers;

/* ENDED: nothing of it runs any more; false: something could not be killed within ten seconds. */
struct leftovers *leftovers_new(uv_loop_t *loop,
                                void (*on_ended)(void *data, const char *key, bool ended),
                                void *data);
struct leftovers *leftovers_free(struct leftovers *leftovers);
/* KEY is the value of BELFRY_ATTEMPT. START may be NULL when it could not be read. One look at
 * /proc serves all that wait. ON_ENDED comes later, from the loop. */
void leftovers_add(struct leftovers *leftovers, const char *key, const struct start_record *start);

#endif
