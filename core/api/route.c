/* route.c - the table of routes: which handler answers which method and path. */
/* SPDX-License-Identifier: MIT */
#include "core/api/route.h"

#include <string.h>

#include "core/api/discovery.h"
#include "core/api/openapi.h"
#include "core/api/podlog.h"
#include "core/api/reply.h"
#include "core/api/resource.h"
#include "core/api/service.h"
#include "core/api/watch.h"
#include "core/base/mem.h"

/* The first that fits is taken. A GET of a collection is a list or a watch: see resource_list. */
const struct route routes[] = {
    {METHOD_GET, "/healthz", service_health, true},
    {METHOD_GET, "/livez", service_health, true},
    {METHOD_GET, "/readyz", service_health, true},
    {METHOD_GET, "/version", service_version, false},
    {METHOD_GET, "/belfry/status", service_status, false},
    {METHOD_POST, "/belfry/stop", service_stop, false},
    {METHOD_GET, "/api", discovery_core, false},
    {METHOD_GET, "/apis", discovery_groups, false},
    {METHOD_GET, "/apis/{group}", discovery_group, false},
    {METHOD_GET, "{gv}", discovery_resources, false},
    {METHOD_GET, "/openapi/v2", openapi_v2, false},
    {METHOD_GET, "/openapi/v3", openapi_index, false},
    {METHOD_GET, "/openapi/v3{gv}", openapi_group, false},
    {METHOD_GET, "{gv}/namespaces/{ns}/pods/{name}/log", podlog_get, false},
    {METHOD_GET, "{gv}/namespaces/{ns}/{kind}/{name}/{sub}", resource_get, false},
    {METHOD_PUT, "{gv}/namespaces/{ns}/{kind}/{name}/{sub}", resource_update, false},
    {METHOD_PATCH, "{gv}/namespaces/{ns}/{kind}/{name}/{sub}", resource_patch, false},
    {METHOD_GET, "{gv}/namespaces/{ns}/{kind}/{name}", resource_get, false},
    {METHOD_PUT, "{gv}/namespaces/{ns}/{kind}/{name}", resource_update, false},
    {METHOD_PATCH, "{gv}/namespaces/{ns}/{kind}/{name}", resource_patch, false},
    {METHOD_DELETE, "{gv}/namespaces/{ns}/{kind}/{name}", resource_delete, false},
    {METHOD_GET, "{gv}/namespaces/{ns}/{kind}", resource_list, false},
    {METHOD_POST, "{gv}/namespaces/{ns}/{kind}", resource_create, false},
    {METHOD_DELETE, "{gv}/namespaces/{ns}/{kind}", resource_delete_all, false},
    {METHOD_GET, "{gv}/{kind}/{name}", resource_get, false},
    {METHOD_PUT, "{gv}/{kind}/{name}", resource_update, false},
    {METHOD_PATCH, "{gv}/{kind}/{name}", resource_patch, false},
    {METHOD_DELETE, "{gv}/{kind}/{name}", resource_delete, false},
    {METHOD_GET, "{gv}/{kind}", resource_list, false},
    {METHOD_POST, "{gv}/{kind}", resource_create, false},
};
const size_t route_count = countof(routes);

/* One segment of a pattern, without its slash. */
struct piece {
    const char *text;
    size_t len;
};

static bool piece_next(const char **pattern, struct piece *ret)
{
    if (!**pattern) {
        return false;
    }
    const char *start = **pattern == '/' ? *pattern + 1 : *pattern;
    size_t len = strcspn(start, "/");
    /* "/openapi/v3{gv}": the group version begins right behind a literal. */
    const char *brace = memchr(start, '{', len);
    len = brace && brace > start ? (size_t)(brace - start) : len;
    *ret = (struct piece){start, len};
    *pattern = start + len;
    return true;
}

static bool piece_is(struct piece piece, const char *text)
{
    return strlen(text) == piece.len && memcmp(piece.text, text, piece.len) == 0;
}

/* The group and version at segment *AT: "api/v1" or "apis/GROUP/VERSION". */
static bool match_group_version(struct request *request, size_t *at)
{
    const struct uri *uri = &request->uri;
    size_t left = uri->segment_count - *at;
    if (left >= 2 && text_same(uri->segments[*at], "api")) {
        request->group = "";
        request->version = uri->segments[*at + 1];
        *at += 2;
        return true;
    }
    if (left >= 3 && text_same(uri->segments[*at], "apis")) {
        request->group = uri->segments[*at + 1];
        request->version = uri->segments[*at + 2];
        *at += 3;
        return true;
    }
    return false;
}

static bool match_piece(struct request *request, struct piece piece, size_t *at)
{
    const struct uri *uri = &request->uri;
    if (piece_is(piece, "{gv}")) {
        return match_group_version(request, at);
    }
    if (*at == uri->segment_count) {
        return false;
    }
    const char *segment = uri->segments[(*at)++];
    const struct {
        const char *name;
        const char **target;
    } parameters[] = {
        {"{ns}", &request->ns},
        {"{name}", &request->name},
        {"{sub}", &request->sub},
        {"{group}", &request->group},
    };
    for (size_t i = 0; i < countof(parameters); i++) {
        if (piece_is(piece, parameters[i].name)) {
            *parameters[i].target = segment;
            return true;
        }
    }
    if (piece_is(piece, "{kind}")) {
        request->kind = kind_of_path(request->group, request->version, segment);
        return request->kind != KIND_COUNT;
    }
    return piece_is(piece, segment);
}

static void parameters_clear(struct request *request)
{
    request->group = request->version = NULL;
    request->ns = request->name = request->sub = NULL;
    request->kind = KIND_COUNT;
}

/* A kind with namespaces is reached through one, but for what is asked of all of them; one without
 * has none. */
static bool scope_fits(const struct request *request)
{
    if (request->kind == KIND_COUNT) {
        return true;
    }
    bool namespaced = kind_info(request->kind)->namespaced;
    return request->ns ? namespaced : !namespaced || !request->name;
}

static bool match(struct request *request, const char *pattern)
{
    struct piece piece;
    size_t at = 0;
    parameters_clear(request);
    while (piece_next(&pattern, &piece)) {
        if (!match_piece(request, piece, &at)) {
            return false;
        }
    }
    return at == request->uri.segment_count && scope_fits(request);
}

void route_find(struct request *request)
{
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].method == request->method && match(request, routes[i].pattern) &&
            (request->method == METHOD_GET || request->ns || request->kind == KIND_COUNT ||
             !kind_info(request->kind)->namespaced)) {
            request->route = &routes[i];
            return;
        }
    }
    parameters_clear(request);
}

void route_missing(struct request *request)
{
    bool known = false;
    for (size_t i = 0; i < route_count && !known; i++) {
        known = match(request, routes[i].pattern);
    }
    parameters_clear(request);
    size_t at = 0;
    if (known) {
        reply_not_allowed(request);
    } else if (match_group_version(request, &at) &&
               discovery_has_group(request->group, request->version)) {
        struct error err = {0};
        error_set(&err, ERROR_NOT_FOUND, "the server could not find the requested resource");
        reply_error(request, &err);
    } else {
        reply_text(request, 404, "404 page not found\n");
    }
}
