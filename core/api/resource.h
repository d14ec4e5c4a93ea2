/* resource.h - get, list, create, update, patch and delete, for every kind alike. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_RESOURCE_H
#define BELFRY_CORE_API_RESOURCE_H

#include "core/api/route.h"

handler_fn resource_get;        /* .../NAME, .../NAME/status */
handler_fn resource_list;       /* a collection; with ?watch=true a watch (watch.h) */
handler_fn resource_create;     /* POST */
handler_fn resource_update;     /* PUT, also of /status */
handler_fn resource_patch;      /* PATCH, also of /status */
handler_fn resource_delete;     /* DELETE of one */
handler_fn resource_delete_all; /* DELETE of a collection */

/* What every store has: the namespace "default". Written once. */
must_use bool resource_prepare(struct api *api, struct error *err);

/* One run of the ledger by the name under which it is served, as JSON into RET. */
must_use bool resource_find_run(struct request *request, struct str *ret, struct error *err);

/* The document of the object that the path names into RET; a namespace that does not exist is told
 * apart from an object that does not. */
must_use bool resource_load(struct request *request, struct str *ret, int64_t *ret_version,
                            struct error *err);

/* dryRun=All: everything but keeping it. Other values are refused. */
must_use bool resource_dry_run(struct request *request, const char *in_body, bool *ret,
                               struct error *err);

#endif
