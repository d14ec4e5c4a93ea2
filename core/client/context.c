/* context.c - where to talk: a local home's socket, or an address with TLS and credentials. */
/* SPDX-License-Identifier: MIT */
#include "core/client/context.h"

void context_local(struct context *ctx, const struct paths *paths, const char *ns)
{
    *ctx = (struct context){
        .name = xstrdup("local"),
        .ns = xstrdup(ns != NULL ? ns : "default"),
        .home = xstrdup(paths->home),
    };
}

void context_copy(struct context *to, const struct context *from)
{
    *to = (struct context){
        .name = from->name != NULL ? xstrdup(from->name) : NULL,
        .ns = from->ns != NULL ? xstrdup(from->ns) : NULL,
        .home = from->home != NULL ? xstrdup(from->home) : NULL,
        .server = from->server != NULL ? xstrdup(from->server) : NULL,
        .ca = from->ca != NULL ? xstrdup(from->ca) : NULL,
        .token = from->token != NULL ? xstrdup(from->token) : NULL,
    };
}

void context_done(struct context *ctx)
{
    free(ctx->name);
    free(ctx->ns);
    free(ctx->home);
    free(ctx->server);
    free(ctx->ca);
    free(ctx->token);
    *ctx = (struct context){0};
}
