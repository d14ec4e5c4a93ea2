/* meta.h - an object's metadata: names, versions, times, labels, annotations, owners. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_META_H
#define BELFRY_CORE_MODEL_META_H

#include "core/model/kind.h"
#include "core/model/plain.h"

/* Kubernetes' and our own well-known keys. */
#define LABEL_JOB_NAME "batch.kubernetes.io/job-name"
#define LABEL_CONTROLLER_UID "batch.kubernetes.io/controller-uid"
#define LABEL_JOB_NAME_OLD "job-name"
#define LABEL_CONTROLLER_UID_OLD "controller-uid"
#define LABEL_COMPLETION_INDEX "batch.kubernetes.io/job-completion-index" /* annotation as well */
#define ANNOTATION_SCHEDULED "batch.kubernetes.io/cronjob-scheduled-timestamp"
#define ANNOTATION_INSTANTIATE "cronjob.kubernetes.io/instantiate" /* "manual" */
#define ANNOTATION_DESCRIPTION "kubernetes.io/description"
#define ANNOTATION_DRAFT "belfry/draft"
#define ANNOTATION_MISSED_STARTS "belfry/missed-starts" /* block, latest, skip */
#define ANNOTATION_BACKOFF "belfry/backoff-seconds"
#define ANNOTATION_LEAVE_CHILDREN "belfry/leave-children"
#define ANNOTATION_OVERRIDES "belfry/overrides"
#define ANNOTATION_WHO "belfry/who" /* who asked for a forced run */

struct owner {
    const char *api_version, *kind, *name, *uid;
    bool controller;
    bool block_owner_deletion;
};

struct owners {
    struct owner *data;
    size_t len, capacity;
};

/* ObjectMeta. */
struct meta {
    const char *name, *generate_name;
    const char *ns; /* metadata.namespace */
    const char *uid;
    const char *resource_version; /* opaque to all but storage */
    int64_t generation;
    sec_t creation; /* SEC_NONE when not there, as below */
    sec_t deletion;
    struct opt_int deletion_grace_seconds;
    struct pairs labels, annotations;
    struct owners owners;
    struct texts finalizers;
};

void meta_done(struct meta *meta);
/* Borrowed; NULL when there is none. */
const char *meta_label(const struct meta *meta, const char *key);
const char *meta_annotation(const struct meta *meta, const char *key);
/* True when the annotation is "true". */
bool meta_flag(const struct meta *meta, const char *key);
/* The owner with controller: true, NULL when there is none. */
const struct owner *meta_controller(const struct meta *meta);

/* A reference to another object: status.active, involvedObject. */
struct reference {
    const char *api_version, *kind, *ns, *name, *uid, *resource_version, *field_path;
};

struct references {
    struct reference *data;
    size_t len, capacity;
};

#endif
