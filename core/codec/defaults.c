/* defaults.c - what the API server fills into a document. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/defaults.h"

#include <string.h>

#include "core/codec/fields.h"
#include "core/model/meta.h"

static cJSON *pod_spec_of(enum kind kind, cJSON *tree)
{
    return tree_get(tree, kind == KIND_CRONJOB ? "spec.jobTemplate.spec.template.spec"
                          : kind == KIND_JOB   ? "spec.template.spec"
                          : kind == KIND_POD   ? "spec"
                                               : "no such field");
}

/* "[host[:port]/]path[:tag][@digest]": the tag latest, said or meant, is looked for at each run. */
static const char *pull_policy_of(const char *image)
{
    const char *path = strrchr(image, '/');
    const char *digest = strchr(image, '@');
    const char *tag = strchr(path ? path : image, ':');
    if (digest && (!tag || tag > digest)) {
        return "IfNotPresent";
    }
    if (!tag || strcmp(tag, ":latest") == 0 || text_starts(tag, ":latest@")) {
        return "Always";
    }
    return "IfNotPresent";
}

static void default_containers(cJSON *pod_spec, const char *list)
{
    const cJSON *containers = tree_get(pod_spec, list);
    for (cJSON *child = containers ? containers->child : NULL; child; child = child->next) {
        const char *image = tree_str(child, "image");
        const char *policy = tree_str(child, "imagePullPolicy");
        if (image && *image && !(policy && *policy)) {
            tree_put_str(child, "imagePullPolicy", pull_policy_of(image));
        }
    }
}

/* A volume that says nothing is an empty folder. */
static void default_volumes(cJSON *pod_spec)
{
    const cJSON *volumes = tree_get(pod_spec, "volumes");
    for (cJSON *child = volumes ? volumes->child : NULL; child; child = child->next) {
        if (cJSON_IsObject(child) && cJSON_GetArraySize(child) == 1 && tree_str(child, "name")) {
            tree_set(child, "emptyDir", cJSON_CreateObject());
        }
    }
}

static bool is_set(const cJSON *spec, const char *name)
{
    const cJSON *node = tree_member(spec, name);
    return node && !cJSON_IsNull(node);
}

static void default_job(cJSON *tree)
{
    cJSON *spec = tree_get(tree, "spec");
    if (!cJSON_IsObject(spec)) {
        return;
    }
    /* With parallelism alone it is a work queue, whose completions stay unset. */
    if (!is_set(spec, "parallelism") && !is_set(spec, "completions")) {
        tree_set_int(spec, "completions", 1);
    }
    if (!is_set(spec, "parallelism")) {
        tree_set_int(spec, "parallelism", 1);
    }
    if (!is_set(spec, "backoffLimit")) {
        tree_set_int(spec, "backoffLimit", is_set(spec, "backoffLimitPerIndex") ? INT32_MAX : 6);
    }
    if (!is_set(spec, "podReplacementPolicy")) {
        tree_set_str(spec, "podReplacementPolicy",
                     is_set(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
    }
}

void defaults_apply(enum kind kind, cJSON *tree)
{
    fields_default(kind, tree);
    if (kind == KIND_JOB) {
        default_job(tree);
    }
    cJSON *pod_spec = pod_spec_of(kind, tree);
    default_containers(pod_spec, "containers");
    default_containers(pod_spec, "initContainers");
    default_volumes(pod_spec);
}

void defaults_job_selector(cJSON *job)
{
    const char *uid = tree_str(job, "metadata.uid"), *name = tree_str(job, "metadata.name");
    cJSON *template = tree_get(job, "spec.template");
    if (!uid || !name || !template || tree_bool(job, "spec.manualSelector", false)) {
        return;
    }
    tree_put_label(template, LABEL_CONTROLLER_UID_OLD, uid);
    tree_put_label(template, LABEL_CONTROLLER_UID, uid);
    tree_put_label(template, LABEL_JOB_NAME_OLD, name);
    tree_put_label(template, LABEL_JOB_NAME, name);
    tree_put(job, "spec.selector.matchLabels", cJSON_CreateObject());
    tree_set_str(tree_get(job, "spec.selector.matchLabels"), LABEL_CONTROLLER_UID, uid);
    const cJSON *labels = tree_get(job, "metadata.labels");
    if (!labels || !labels->child) {
        tree_put(job, "metadata.labels", tree_copy(tree_get(template, "metadata.labels")));
    }
}
