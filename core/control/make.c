/* make.c - the documents that the controllers create: the Job of a slot, the pod of a Job. */
/* SPDX-License-Identifier: MIT */
#include "core/base/stamp.h"
#include "core/codec/defaults.h"
#include "core/control/inside.h"

/* metadata of something new: uid, times, generation, its one owner. */
static void born(struct control *control, cJSON *tree, const char *uid, const struct owner *owner)
{
    char made[UUID_SIZE];
    if (!uid) {
        id_uuid(control->ids, made);
        uid = made;
    }
    tree_put_str(tree, "metadata.uid", uid);
    tree_put_time(tree, "metadata.creationTimestamp", clk_now(control->clk));
    cJSON *owners = cJSON_CreateArray();
    tree_add(owners, owner_encode(owner));
    tree_put(tree, "metadata.ownerReferences", owners);
}

/* Labels and annotations of a template go to what is made from it. */
static void adopt_member(cJSON *tree, const cJSON *template, const char *from, const char *to)
{
    const cJSON *pairs = tree_get(template, from);
    if (cJSON_IsObject(pairs) && pairs->child) {
        tree_put(tree, to, tree_copy(pairs));
    }
}

cJSON *make_job(struct control *control, const cJSON *cronjob_tree, const struct cronjob *cronjob,
                const char *name, sec_t slot, const struct tz *tz, const char *uid)
{
    cJSON *tree = document_new(KIND_JOB, cronjob->meta.ns, name);
    struct owner owner = {.api_version = "batch/v1",
                          .kind = "CronJob",
                          .name = cronjob->meta.name,
                          .uid = cronjob->meta.uid,
                          .controller = true,
                          .block_owner_deletion = true};
    born(control, tree, uid, &owner);
    tree_put_int(tree, "metadata.generation", 1);
    adopt_member(tree, cronjob_tree, "spec.jobTemplate.metadata.labels", "metadata.labels");
    adopt_member(tree, cronjob_tree, "spec.jobTemplate.metadata.annotations",
                 "metadata.annotations");
    char stamp[STAMP_SIZE];
    tree_put_annotation(tree, ANNOTATION_SCHEDULED,
                        stamp_offset(stamp, slot, tz_at(tz, slot).offset));
    tree_put(tree, "spec", tree_copy(tree_get(cronjob_tree, "spec.jobTemplate.spec")));
    defaults_apply(KIND_JOB, tree);
    defaults_job_selector(tree);
    tree_set(tree, "status", cJSON_CreateObject());
    return tree;
}

/* What kubectl shows of containers that nothing has happened to yet. */
static void add_waiting(struct container_statuses *list, const struct containers *containers,
                        const char *reason)
{
    for (size_t i = 0; i < containers->len; i++) {
        vec_push(list, (struct container_status){.name = containers->data[i].name,
                                                 .image = containers->data[i].image,
                                                 .state = {.set = true,
                                                           .phase = CONTAINER_WAITING,
                                                           .reason = reason,
                                                           .started_at = NSEC_NONE,
                                                           .finished_at = NSEC_NONE}});
    }
}

static cJSON *make_pod_status(const struct pod_spec *spec, sec_t now)
{
    struct pod_status status = {.phase = POD_PENDING, .start_time = now};
    add_waiting(&status.init_containers, &spec->init_containers, "ContainerCreating");
    add_waiting(&status.containers, &spec->containers,
                spec->init_containers.len > 0 ? "PodInitializing" : "ContainerCreating");
    cJSON *tree = pod_status_encode(&status);
    vec_done(&status.init_containers);
    vec_done(&status.containers);
    return tree;
}

cJSON *make_pod(struct control *control, const cJSON *job_tree, const struct job *job)
{
    char suffix[8];
    id_suffix(control->ids, suffix, 5);
    /* Kubernetes cuts the base so that the whole stays a DNS label. */
    autofree char *name = xasprintf("%.57s-%s", job->meta.name, suffix);
    cJSON *tree = document_new(KIND_POD, job->meta.ns, name);
    struct owner owner = {.api_version = "batch/v1",
                          .kind = "Job",
                          .name = job->meta.name,
                          .uid = job->meta.uid,
                          .controller = true,
                          .block_owner_deletion = true};
    born(control, tree, NULL, &owner);
    autofree char *base = xasprintf("%s-", job->meta.name);
    tree_put_str(tree, "metadata.generateName", base);
    adopt_member(tree, job_tree, "spec.template.metadata.labels", "metadata.labels");
    adopt_member(tree, job_tree, "spec.template.metadata.annotations", "metadata.annotations");
    static const char *const handed_down[] = {ANNOTATION_BACKOFF, ANNOTATION_LEAVE_CHILDREN};
    for (size_t i = 0; i < countof(handed_down); i++) {
        const char *value = meta_annotation(&job->meta, handed_down[i]);
        if (value) {
            tree_put_annotation(tree, handed_down[i], value);
        }
    }
    finalizer_add(tree, FINALIZER_TRACKING);
    tree_put(tree, "spec", tree_copy(tree_get(job_tree, "spec.template.spec")));
    defaults_apply(KIND_POD, tree);
    tree_set(tree, "status", make_pod_status(&job->spec.template.spec, clk_now(control->clk)));
    return tree;
}
