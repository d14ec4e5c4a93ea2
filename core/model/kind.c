/* kind.c - the table of kinds: what is served, and by which names it goes. */
/* SPDX-License-Identifier: MIT */
#include "core/model/kind.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/base/str.h"

static const struct {
    struct kind_info info;
    const char *resource;  /* plural.group, as messages name it */
    const char *qualified; /* Kind.group */
} kinds[] = {
    [KIND_CRONJOB] = {{"CronJob", "CronJobList", "batch", "v1", "batch/v1", "cronjobs", "cronjob",
                       "cj", .namespaced = true, .in_all = true, .has_spec = true,
                       .has_status = true},
                      "cronjobs.batch",
                      "CronJob.batch"},
    [KIND_JOB] = {{"Job", "JobList", "batch", "v1", "batch/v1", "jobs", "job", "",
                   .namespaced = true, .in_all = true, .has_spec = true, .has_status = true},
                  "jobs.batch",
                  "Job.batch"},
    [KIND_POD] = {{"Pod", "PodList", "", "v1", "v1", "pods", "pod", "po", .namespaced = true,
                   .in_all = true, .has_spec = true, .has_status = true},
                  "pods",
                  "Pod"},
    [KIND_EVENT] = {{"Event", "EventList", "", "v1", "v1", "events", "event", "ev",
                     .namespaced = true},
                    "events",
                    "Event"},
    [KIND_NAMESPACE] = {{"Namespace", "NamespaceList", "", "v1", "v1", "namespaces", "namespace",
                         "ns", .has_spec = true, .has_status = true},
                        "namespaces",
                        "Namespace"},
    [KIND_RUN] = {{"Run", "RunList", "belfry", "v1", "belfry/v1", "runs", "run", "",
                   .namespaced = true},
                  "runs.belfry",
                  "Run.belfry"},
};
static_assert(countof(kinds) == KIND_COUNT, "each kind has a row");

const struct kind_info *kind_info(enum kind kind)
{
    return &kinds[kind].info;
}

const char *kind_resource(enum kind kind)
{
    return kinds[kind].resource;
}

const char *kind_qualified(enum kind kind)
{
    return kinds[kind].qualified;
}

/* "cronjobs" or "cronjobs.batch" or "cronjobs.v1.batch" for plural "cronjobs". */
static bool word_is(const char *word, size_t len, const char *name, const struct kind_info *info)
{
    if (*name == '\0' || strlen(name) != len || strncasecmp(word, name, len) != 0) {
        return false;
    }
    const char *suffix = word + len;
    if (*suffix == '\0') {
        return true;
    }
    suffix++;
    size_t version = strlen(info->version);
    if (strncmp(suffix, info->version, version) == 0 &&
        (suffix[version] == '.' || suffix[version] == '\0')) {
        suffix += version + (suffix[version] == '.');
    }
    return strcmp(suffix, info->group) == 0;
}

enum kind kind_find(const char *word)
{
    size_t len = strcspn(word, ".");
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const struct kind_info *info = &kinds[i].info;
        if (word_is(word, len, info->name, info) || word_is(word, len, info->plural, info) ||
            word_is(word, len, info->singular, info) ||
            word_is(word, len, info->short_name, info)) {
            return (enum kind)i;
        }
    }
    return KIND_COUNT;
}

enum kind kind_of(const char *api_version, const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (text_same(api_version, kinds[i].info.api_version) &&
            text_same(name, kinds[i].info.name)) {
            return (enum kind)i;
        }
    }
    return KIND_COUNT;
}

enum kind kind_of_path(const char *group, const char *version, const char *plural)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const struct kind_info *info = &kinds[i].info;
        if (strcmp(group, info->group) == 0 && strcmp(version, info->version) == 0 &&
            strcmp(plural, info->plural) == 0) {
            return (enum kind)i;
        }
    }
    return KIND_COUNT;
}
