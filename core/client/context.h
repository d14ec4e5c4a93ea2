/* context.h - where to talk: a local home's socket, or an address with TLS and credentials. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLIENT_CONTEXT_H
#define BELFRY_CORE_CLIENT_CONTEXT_H

#include "core/base/error.h"
#include "core/base/paths.h"

/* All texts are owned, NULL where unset. `= {0}` is empty. Kubeconfig files (client certificates,
 * exec credentials) are an addition to this struct, not a change. */
struct context {
    char *name;   /* "local" */
    char *ns;     /* the namespace of requests that name none: "default" */
    char *home;   /* local: the folder that holds belfry.sock */
    char *server; /* remote: "https://127.0.0.1:6443" */
    char *ca;     /* remote: PEM text of the authority */
    char *token;  /* remote: bearer token */
};

/* The scheduler of the home in PATHS. */
void context_local(struct context *ctx, const struct paths *paths, const char *ns);
/* TO gets texts of its own. */
void context_copy(struct context *to, const struct context *from);
void context_done(struct context *ctx);

#endif
