/* discovery.h - what is served, told the way kubectl asks: groups, versions, resources. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_DISCOVERY_H
#define BELFRY_CORE_API_DISCOVERY_H

#include "core/api/route.h"

/* Each answers the aggregated form (apidiscovery.k8s.io v2, or v2beta1) where the client takes it,
 * else the plain one, with an ETag. */
handler_fn discovery_core;      /* GET /api */
handler_fn discovery_groups;    /* GET /apis */
handler_fn discovery_group;     /* GET /apis/GROUP */
handler_fn discovery_resources; /* GET /api/v1, /apis/GROUP/VERSION */

bool discovery_has_group(const char *group, const char *version);

/* The verbs of a kind, as bits. One table for discovery and for who refuses what. */
enum verb_bit {
    VERB_CREATE = 1 << 0,
    VERB_DELETE = 1 << 1,
    VERB_DELETE_ALL = 1 << 2,
    VERB_GET = 1 << 3,
    VERB_LIST = 1 << 4,
    VERB_PATCH = 1 << 5,
    VERB_UPDATE = 1 << 6,
    VERB_WATCH = 1 << 7,
};
unsigned discovery_verbs(enum kind kind);

/* Adds an ETag over BODY and replies with it, or with 304 when the client has it (If-None-Match).
 * BODY is taken. */
void discovery_reply(struct request *request, struct str *body /* taken */,
                     const char *content_type);

#endif
