/* discovery.c - what is served, told the way kubectl asks: groups, versions, resources. */
/* SPDX-License-Identifier: MIT */
#include "core/api/discovery.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/api/reply.h"

#define READ_VERBS (VERB_GET | VERB_LIST | VERB_WATCH)
#define REMOVE_VERBS (VERB_DELETE | VERB_DELETE_ALL)
#define WRITE_VERBS (VERB_CREATE | VERB_PATCH | VERB_UPDATE)

/* Pods come from Jobs alone: nobody creates one, and what a pod is cannot be edited. */
static const unsigned kind_verbs[] = {
    [KIND_CRONJOB] = READ_VERBS | REMOVE_VERBS | WRITE_VERBS,
    [KIND_JOB] = READ_VERBS | REMOVE_VERBS | WRITE_VERBS,
    [KIND_POD] = READ_VERBS | REMOVE_VERBS,
    [KIND_EVENT] = READ_VERBS | REMOVE_VERBS | WRITE_VERBS,
    [KIND_NAMESPACE] = READ_VERBS | VERB_DELETE | WRITE_VERBS,
    [KIND_RUN] = READ_VERBS,
};
static_assert(countof(kind_verbs) == KIND_COUNT, "verbs for each kind");

static const char *const verb_names[] = {"create", "delete", "deletecollection", "get",
                                         "list",   "patch",  "update",           "watch"};

/* The preferred version of each named group, in the order in which kubectl lists them. */
static const struct {
    const char *group, *version;
} groups[] = {{"batch", "v1"}, {"belfry", "v1"}};

#define AGGREGATED "g=apidiscovery.k8s.io"

unsigned discovery_verbs(enum kind kind)
{
    return kind_verbs[kind];
}

bool discovery_has_group(const char *group, const char *version)
{
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        const struct kind_info *info = kind_info(kind);
        if (text_same(info->group, group) && (!version || text_same(info->version, version))) {
            return true;
        }
    }
    return false;
}

void discovery_reply(struct request *request, struct str *body, const char *content_type)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a: an ETag keeps no secret */
    for (size_t i = 0; i < body->len; i++) {
        hash = (hash ^ (unsigned char)body->data[i]) * UINT64_C(1099511628211);
    }
    char tag[32];
    snprintf(tag, sizeof tag, "\"%016" PRIX64 "\"", hash);
    reply_header(request, "ETag", "%s", tag);
    reply_header(request, "Vary", "Accept");
    int status = strstr(request->if_none_match, tag) ? 304 : 200;
    if (status == 304) {
        str_done(body);
    }
    reply_json(request, status, body);
    /* Also of a 304: kubectl's cache takes its headers over to what it has. */
    request->reply.content_type = content_type;
}

/* The aggregated form the client takes first; NULL: the plain one. */
static const char *aggregated_version(const struct request *request)
{
    const char *accept = strstr(request->accept, AGGREGATED);
    if (!accept) {
        return NULL;
    }
    const char *stable = strstr(accept, "v=v2;");
    const char *beta = strstr(accept, "v=v2beta1");
    return stable && (!beta || stable < beta) ? "v2" : beta ? "v2beta1" : NULL;
}

static const char *aggregated_type(const char *version)
{
    return text_same(version, "v2")
               ? REPLY_JSON ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
               : REPLY_JSON ";g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
}

static void add_verbs(struct str *body, unsigned verbs)
{
    str_add(body, "\"verbs\":[");
    const char *comma = "";
    for (size_t i = 0; i < countof(verb_names); i++) {
        if (verbs & (1U << i)) {
            str_addf(body, "%s\"%s\"", comma, verb_names[i]);
            comma = ",";
        }
    }
    str_add_char(body, ']');
}

static void add_names(struct str *body, const struct kind_info *info)
{
    if (*info->short_name) {
        str_addf(body, ",\"shortNames\":[\"%s\"]", info->short_name);
    }
    if (info->in_all) {
        str_add(body, ",\"categories\":[\"all\"]");
    }
}

static void add_kind(struct str *body, const struct kind_info *info)
{
    str_addf(body, "\"responseKind\":{\"group\":\"%s\",\"version\":\"%s\",\"kind\":\"%s\"}",
             info->group, info->version, info->name);
}

static void add_aggregated_resource(struct str *body, enum kind kind)
{
    const struct kind_info *info = kind_info(kind);
    str_addf(body, "{\"resource\":\"%s\",", info->plural);
    add_kind(body, info);
    str_addf(body, ",\"scope\":\"%s\",\"singularResource\":\"%s\",",
             info->namespaced ? "Namespaced" : "Cluster", info->singular);
    add_verbs(body, kind_verbs[kind]);
    add_names(body, info);
    if (info->has_status || kind == KIND_POD) {
        const char *comma = "";
        str_add(body, ",\"subresources\":[");
        if (kind == KIND_POD) {
            str_addf(body, "{\"subresource\":\"log\",");
            add_kind(body, info);
            str_add(body, ",\"verbs\":[\"get\"]}");
            comma = ",";
        }
        if (info->has_status) {
            str_addf(body, "%s{\"subresource\":\"status\",", comma);
            add_kind(body, info);
            str_addf(body, ",\"verbs\":[\"get\"%s]}",
                     kind_verbs[kind] & VERB_UPDATE ? ",\"patch\",\"update\"" : "");
        }
        str_add_char(body, ']');
    }
    str_add_char(body, '}');
}

static void add_aggregated_group(struct str *body, const char *group, const char *version)
{
    str_add(body, "{\"metadata\":{");
    if (*group) {
        str_addf(body, "\"name\":\"%s\"", group);
    }
    str_addf(body, "},\"versions\":[{\"version\":\"%s\",\"resources\":[", version);
    const char *comma = "";
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        if (text_same(kind_info(kind)->group, group)) {
            str_add(body, comma);
            add_aggregated_resource(body, kind);
            comma = ",";
        }
    }
    str_add(body, "],\"freshness\":\"Current\"}]}");
}

static void begin_aggregated(struct str *body, const char *version)
{
    str_addf(body,
             "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/%s\","
             "\"metadata\":{},\"items\":[",
             version);
}

void discovery_core(struct request *request)
{
    struct str body = {0};
    const char *aggregated = aggregated_version(request);
    if (aggregated) {
        begin_aggregated(&body, aggregated);
        add_aggregated_group(&body, "", "v1");
        str_add(&body, "]}");
        discovery_reply(request, &body, aggregated_type(aggregated));
        return;
    }
    str_add(&body, "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"],"
                   "\"serverAddressByClientCIDRs\":[]}");
    discovery_reply(request, &body, REPLY_JSON);
}

static void add_group(struct str *body, size_t i, bool whole)
{
    const char *group = groups[i].group, *version = groups[i].version;
    str_add(body, whole ? "{\"kind\":\"APIGroup\",\"apiVersion\":\"v1\"," : "{");
    str_addf(body,
             "\"name\":\"%s\",\"versions\":[{\"groupVersion\":\"%s/%s\",\"version\":\"%s\"}],"
             "\"preferredVersion\":{\"groupVersion\":\"%s/%s\",\"version\":\"%s\"}}",
             group, group, version, version, group, version, version);
}

void discovery_groups(struct request *request)
{
    struct str body = {0};
    const char *aggregated = aggregated_version(request);
    if (aggregated) {
        begin_aggregated(&body, aggregated);
    } else {
        str_add(&body, "{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[");
    }
    for (size_t i = 0; i < countof(groups); i++) {
        str_add(&body, i ? "," : "");
        if (aggregated) {
            add_aggregated_group(&body, groups[i].group, groups[i].version);
        } else {
            add_group(&body, i, false);
        }
    }
    str_add(&body, "]}");
    discovery_reply(request, &body, aggregated ? aggregated_type(aggregated) : REPLY_JSON);
}

void discovery_group(struct request *request)
{
    for (size_t i = 0; i < countof(groups); i++) {
        if (text_same(groups[i].group, request->group)) {
            struct str body = {0};
            add_group(&body, i, true);
            discovery_reply(request, &body, REPLY_JSON);
            return;
        }
    }
    reply_text(request, 404, "404 page not found\n");
}

static void add_resource(struct str *body, enum kind kind, const char *sub, unsigned verbs)
{
    const struct kind_info *info = kind_info(kind);
    str_addf(body,
             "{\"name\":\"%s%s%s\",\"singularName\":\"%s\",\"namespaced\":%s,"
             "\"kind\":\"%s\",",
             info->plural, *sub ? "/" : "", sub, *sub ? "" : info->singular,
             info->namespaced ? "true" : "false", info->name);
    add_verbs(body, verbs);
    if (!*sub) {
        add_names(body, info);
    }
    str_add_char(body, '}');
}

void discovery_resources(struct request *request)
{
    if (!discovery_has_group(request->group, request->version)) {
        reply_text(request, 404, "404 page not found\n");
        return;
    }
    struct str body = {0};
    str_addf(&body,
             "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"%s%s%s\","
             "\"resources\":[",
             request->group, *request->group ? "/" : "", request->version);
    const char *comma = "";
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        const struct kind_info *info = kind_info(kind);
        if (!text_same(info->group, request->group)) {
            continue;
        }
        str_add(&body, comma);
        comma = ",";
        add_resource(&body, kind, "", kind_verbs[kind]);
        if (kind == KIND_POD) {
            str_add(&body, comma);
            add_resource(&body, kind, "log", VERB_GET);
        }
        if (info->has_status) {
            str_add(&body, comma);
            add_resource(&body, kind, "status",
                         kind_verbs[kind] & (VERB_GET | VERB_PATCH | VERB_UPDATE));
        }
    }
    str_add(&body, "]}");
    discovery_reply(request, &body, REPLY_JSON);
}
