/* kind.h - the table of kinds: what is served, and by which names it goes. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_KIND_H
#define BELFRY_CORE_MODEL_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum kind {
    KIND_CRONJOB,
    KIND_JOB,
    KIND_POD,
    KIND_EVENT,
    KIND_NAMESPACE,
    KIND_RUN, /* belfry/v1: a row of the ledger; never written by clients */
    KIND_COUNT
};

struct kind_info {
    const char *name;        /* "CronJob" */
    const char *list_name;   /* "CronJobList" */
    const char *group;       /* "batch"; "" = core */
    const char *version;     /* "v1" */
    const char *api_version; /* "batch/v1", "v1": what stands in a document */
    const char *plural;      /* "cronjobs" */
    const char *singular;    /* "cronjob" */
    const char *short_name;  /* "cj"; "" = none */
    bool namespaced;
    bool in_all;     /* category "all" */
    bool has_spec;   /* its generation counts the changes of spec */
    bool has_status; /* has a /status subresource */
};

const struct kind_info *kind_info(enum kind kind); /* for every kind below KIND_COUNT */

/* By what a user types: kind, plural, singular or short name in any case, also with the group
 * ("cronjobs.batch"). KIND_COUNT when there is no such kind. */
enum kind kind_find(const char *word);
/* By what stands in a document, to the letter; KIND_COUNT when not served. A NULL counts as "". */
enum kind kind_of(const char *api_version, const char *name);
/* By a path of the API: group "" for core. KIND_COUNT when there is none. */
enum kind kind_of_path(const char *group, const char *version, const char *plural);
/* "cronjobs.batch", "pods": as Kubernetes names a resource in messages. From a static table. */
const char *kind_resource(enum kind kind);
/* "CronJob.batch", "Pod": the same for a kind. */
const char *kind_qualified(enum kind kind);

#endif
