/* route.h - the table of routes: which handler answers which method and path. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_ROUTE_H
#define BELFRY_CORE_API_ROUTE_H

#include "core/api/request.h"

/* Leaves a reply in the request, or returns without one and calls request_ready() later. The
 * store's writes go into a unit of its own; the reply goes out after the commit by itself. */
typedef void handler_fn(struct request *request);

struct route {
    enum method method;
    /* Segments are literal or a parameter: {gv} is "api/VERSION" or "apis/GROUP/VERSION", {kind}
     * must be the plural of a kind of that group; {ns}, {name}, {sub} take anything; {group} and
     * {version} as they say. */
    const char *pattern;
    handler_fn *handle;
    bool open; /* needs no token: health checks */
};

extern const struct route routes[];
extern const size_t route_count;

/* Sets the request's route and path parameters. Without a match the route stays NULL. */
void route_find(struct request *request);
/* The reply to a request without a route: 404 in plain text for a path that is none of ours, a
 * Status for an unknown resource of a known group, 405 for a known path. */
void route_missing(struct request *request);

#endif
