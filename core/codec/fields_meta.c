/* fields_meta.c - the fields of metadata, owners, references, conditions, selectors. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/fields_tables.h"
#include "core/model/job.h"
#include "core/model/meta.h"

#define AT(member) FIELD_AT(struct owner, member)
static const struct field owner_rows[] = {
    {"apiVersion", FIELD_TEXT, AT(api_version), .required = true, .doc = "Version of the owner."},
    {"kind", FIELD_TEXT, AT(kind), .required = true, .doc = "Kind of the owner."},
    {"name", FIELD_TEXT, AT(name), .required = true, .doc = "Name of the owner."},
    {"uid", FIELD_TEXT, AT(uid), .required = true, .doc = "UID of the owner."},
    {"controller", FIELD_BOOL, AT(controller), .doc = "True when the owner manages this object."},
    {"blockOwnerDeletion", FIELD_BOOL, AT(block_owner_deletion),
     .doc = "True: a foreground deletion of the owner waits for this object."},
};
#undef AT
const struct field_table fields_owner =
    FIELD_TABLE(owner_rows, "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference", struct owner,
                "OwnerReference names the object that this one belongs to.");

#define AT(member) FIELD_AT(struct meta, member)
static const struct field meta_rows[] = {
    {"name", FIELD_TEXT, AT(name), .doc = "Unique within a namespace; cannot be changed."},
    {"generateName", FIELD_TEXT, AT(generate_name),
     .doc = "A prefix: the server makes a unique name of it when name is not given."},
    {"namespace", FIELD_TEXT, AT(ns), .doc = "The namespace; default when not given."},
    {"labels", FIELD_PAIRS, AT(labels), .doc = "Keys and values that selectors look at."},
    {"annotations", FIELD_PAIRS, AT(annotations), .doc = "Keys and values for tools and people."},
    {"uid", FIELD_TEXT, AT(uid), .doc = "Unique in time and space. Set by the server."},
    {"resourceVersion", FIELD_TEXT, AT(resource_version),
     .doc = "Changes with each write; opaque. Set by the server."},
    {"generation", FIELD_INT, AT(generation), .wide = true,
     .doc = "Counts the changes of spec. Set by the server."},
    {"creationTimestamp", FIELD_TIME, AT(creation), .doc = "Set by the server."},
    {"deletionTimestamp", FIELD_TIME, AT(deletion),
     .doc = "When a graceful deletion was asked for. Set by the server."},
    {"deletionGracePeriodSeconds", FIELD_OPT_INT, AT(deletion_grace_seconds), .wide = true,
     .doc = "Seconds that a graceful deletion may take. Set by the server."},
    {"ownerReferences", FIELD_LIST, AT(owners), .table = &fields_owner, .merge_key = "uid",
     .doc = "The objects that this one depends on: it goes when they all are gone."},
    {"finalizers", FIELD_TEXTS, AT(finalizers), .merge_key = "",
     .doc = "What must be done before the object is removed."},
    {"managedFields", FIELD_ANY, .doc = "Who set which fields. Kept, not used."},
    {"selfLink", FIELD_TEXT, .doc = "Kept, not used."},
};
#undef AT
const struct field_table fields_meta =
    FIELD_TABLE(meta_rows, "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", struct meta,
                "ObjectMeta is metadata that all objects have.");

#define AT(member) FIELD_AT(struct reference, member)
static const struct field reference_rows[] = {
    {"apiVersion", FIELD_TEXT, AT(api_version), .doc = "API version of the object."},
    {"kind", FIELD_TEXT, AT(kind), .doc = "Kind of the object."},
    {"namespace", FIELD_TEXT, AT(ns), .doc = "Namespace of the object."},
    {"name", FIELD_TEXT, AT(name), .doc = "Name of the object."},
    {"uid", FIELD_TEXT, AT(uid), .doc = "UID of the object."},
    {"resourceVersion", FIELD_TEXT, AT(resource_version), .doc = "Version of the object."},
    {"fieldPath", FIELD_TEXT, AT(field_path), .doc = "Which part of the object is meant."},
};
#undef AT
const struct field_table fields_reference =
    FIELD_TABLE(reference_rows, "io.k8s.api.core.v1.ObjectReference", struct reference,
                "ObjectReference names another object.");

#define AT(member) FIELD_AT(struct condition, member)
static const struct field condition_rows[] = {
    {"type", FIELD_TEXT, AT(type), .required = true, .doc = "What the condition is about."},
    {"status", FIELD_TEXT, AT(status), .required = true, .doc = "True, False or Unknown."},
    {"lastProbeTime", FIELD_TIME, AT(last_probe_time), .doc = "When it was last looked at."},
    {"lastTransitionTime", FIELD_TIME, AT(last_transition_time), .doc = "When it last changed."},
    {"reason", FIELD_TEXT, AT(reason), .doc = "Why, in one word."},
    {"message", FIELD_TEXT, AT(message), .doc = "Why, in a sentence."},
    {"observedGeneration", FIELD_INT, .wide = true, .doc = "The generation it was made for."},
};
#undef AT
const struct field_table fields_condition =
    FIELD_TABLE(condition_rows, "io.k8s.api.batch.v1.JobCondition", struct condition,
                "JobCondition says what state an object is in.");

static const char *const selector_operators[] = {"In", "NotIn", "Exists", "DoesNotExist"};
static const struct field requirement_rows[] = {
    {"key", FIELD_TEXT, .required = true, .doc = "The label's key."},
    {"operator", FIELD_ENUM, FIELD_NAMES(selector_operators), .required = true,
     .doc = "How the key and the values belong together."},
    {"values", FIELD_TEXTS, .doc = "Values for In and NotIn."},
};
static const struct field_table requirement =
    FIELD_TABLE(requirement_rows, "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement",
                char, "LabelSelectorRequirement is one condition on a label.");

/* Only a Job has one that is looked at. */
static const struct field selector_rows[] = {
    {"matchLabels", FIELD_PAIRS, FIELD_AT(struct job_spec, match_labels),
     .doc = "Labels that must have these values."},
    {"matchExpressions", FIELD_LIST, .table = &requirement, .doc = "Further conditions."},
};
const struct field_table fields_selector =
    FIELD_TABLE(selector_rows, "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector", char,
                "LabelSelector says which labels an object must have.");
