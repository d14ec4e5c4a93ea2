/* control.h - the controllers: CronJobs make Jobs, Jobs make Pods, Pods are run; all restartable. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CONTROL_CONTROL_H
#define BELFRY_CORE_CONTROL_CONTROL_H

#include <uv.h>

#include "core/control/decide/decide_cronjob.h"
#include "core/model/plain.h"
#include "core/run/executor.h"
#include "storage/db.h"
#include "storage/objects.h"

/* The controllers listen to the feed: whatever the API (or anybody) commits is seen, looked at and
 * acted upon by itself, and so are due times. They write through the store like everybody else
 * and rely on its owner calling store_commit() once a loop turn; work for the world outside (an
 * order for the executor, files to remove) is done after the commit that calls for it. */
struct control;

struct control_options {
    enum missed_starts missed_starts; /* --missed-starts; a CronJob's annotation goes before */
    const char *runtime;              /* --runtime: "auto" (or NULL), "host", "podman", "docker" */
    const struct paths
        *paths; /* to sweep folders of pods that are gone; NULL: leaves the disk be */
    bool
        by_hand; /* no timers, nothing on the loop: control_poke() drives it (tests, virtual clk) */
};

/* In this order: control_new(), executor_new() with control_executor_events(), control_start().
 * LOOP may be NULL with by_hand. STORE and what OPTIONS points to outlive it. */
must_use struct control *control_new(uv_loop_t *loop, struct store *store,
                                     const struct control_options *options, struct error *err);
struct executor_events control_executor_events(struct control *control);
/* Takes over what the scheduler before left (attempts that run, ended or never began), then looks
 * at every object once, which starts what is due. EXECUTOR outlives it. */
must_use bool control_start(struct control *control, struct executor *executor, struct error *err);
/* Lets go: nothing is stopped, what runs goes on. Handles on the loop are closed; run the loop once
 * more before uv_loop_close(). Before store_close() and executor_free(). NULL is fine; NULL. */
struct control *control_stop(struct control *control);

/* One pass by hand: what is due by the store's clk, then what is ready. True when anything was
 * done. Until nothing is left: `while (control_poke(c) | store_dirty(s)) store_commit(s, &e);` */
bool control_poke(struct control *control);
/* The wall time of the earliest due schedule, NSEC_NONE when there is none. */
nsec_t control_next_due(const struct control *control);
/* Keys that wait for a look; schedules that are armed: for /metrics. */
size_t control_ready(const struct control *control);
size_t control_armed(const struct control *control);

/* Deletion, for the API and the controllers: all of it in the open transaction (put it into a
 * unit). It needs no struct control; that notices by the feed what is to be stopped and removed.
 *
 * - Background: the object goes at once, and so do its dependents (CronJob -> Jobs -> Pods).
 * - Foreground: it gets a deletionTimestamp and the finalizer foregroundDeletion, its dependents
 *   are deleted, and it goes with the last of them.
 * - Orphan: the dependents lose their ownerReference and stay.
 * - A Pod that may be running only gets its deletionTimestamp: it is stopped, and goes when its
 *   processes have ended. So do objects with other finalizers, when these are gone.
 * - A deleted Job's run ends as Stopped in the ledger (FATE_REPLACED: with `replaced`). */
enum propagation { PROPAGATION_BACKGROUND, PROPAGATION_FOREGROUND, PROPAGATION_ORPHAN };
struct delete_request {
    struct object_key key;
    enum propagation propagation;
    int64_t version; /* preconditions: 0, NULL = none; else ERROR_CONFLICT */
    const char *uid;
    struct opt_int grace_seconds; /* gracePeriodSeconds for the pods; unset: their own */
    bool replaced;                /* by the Replace policy */
};
/* RET_DOCUMENT (may be NULL): the object as it was last; RET_GONE (may be NULL): false when it is
 * still there with a deletionTimestamp. */
must_use bool control_delete(struct store *store, const struct delete_request *request,
                             struct str *ret_document, bool *ret_gone, struct error *err);

/* An update that may have taken the last finalizer from an object with a deletionTimestamp: the
 * API calls it after every update of such an object. Removes it when nothing holds it any more.
 * RET_GONE may be NULL. */
must_use bool control_finish_deletion(struct store *store, const struct object_key *key,
                                      bool *ret_gone, struct error *err);

#endif
