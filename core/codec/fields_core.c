/* fields_core.c - the fields of pods, events and namespaces. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/fields_tables.h"
#include "core/model/event.h"
#include "core/model/pod.h"

#define API_VERSION_ROW                                                              \
    {                                                                                \
        "apiVersion", FIELD_TEXT, .doc = "The version of this kind of document: v1." \
    }
#define KIND_ROW                                                \
    {                                                           \
        "kind", FIELD_TEXT, .doc = "The kind of this document." \
    }

/* --- pod status --- */

#define AT(member) FIELD_AT(struct container_state, member)
static const struct field waiting_rows[] = {
    {"reason", FIELD_TEXT, AT(reason), .doc = "Why it waits, in one word."},
    {"message", FIELD_TEXT, AT(message), .doc = "Why it waits, in a sentence."},
};
static const struct field_table waiting = FIELD_TABLE(
    waiting_rows, "io.k8s.api.core.v1.ContainerStateWaiting", char, "It has not started yet.");

static const struct field running_rows[] = {
    {"startedAt", FIELD_NTIME, AT(started_at), .doc = "When it started."},
};
static const struct field_table running =
    FIELD_TABLE(running_rows, "io.k8s.api.core.v1.ContainerStateRunning", char, "It is running.");

static const struct field terminated_rows[] = {
    {"exitCode", FIELD_INT, AT(exit_code), .always = true, .doc = "Its exit code."},
    {"signal", FIELD_INT, AT(signal), .doc = "The signal that ended it."},
    {"reason", FIELD_TEXT, AT(reason), .doc = "Completed, Error, OOMKilled, ..."},
    {"message", FIELD_TEXT, AT(message), .doc = "More about its end."},
    {"startedAt", FIELD_NTIME, AT(started_at), .doc = "When it started."},
    {"finishedAt", FIELD_NTIME, AT(finished_at), .doc = "When it ended."},
    {"containerID", FIELD_TEXT, AT(container_id), .doc = "Its id."},
};
static const struct field_table terminated = FIELD_TABLE(
    terminated_rows, "io.k8s.api.core.v1.ContainerStateTerminated", char, "It has ended.");

#define STATE_ROW(json_name, sub_table, phase_value, text)                             \
    {                                                                                  \
        json_name, FIELD_OBJECT, 1, .table = &(sub_table), .mark = MARK_ENUM,          \
                                    .mark_at = AT(phase), .mark_value = (phase_value), \
                                    .doc = (text)                                      \
    }
static const struct field state_rows[] = {
    STATE_ROW("waiting", waiting, CONTAINER_WAITING, "It waits."),
    STATE_ROW("running", running, CONTAINER_RUNNING, "It runs."),
    STATE_ROW("terminated", terminated, CONTAINER_TERMINATED, "It has ended."),
};
#undef AT
static const struct field_table state =
    FIELD_TABLE(state_rows, "io.k8s.api.core.v1.ContainerState", struct container_state,
                "What a container is doing: one of three.");

#define AT(member) FIELD_AT(struct container_status, member)
static const struct field container_status_rows[] = {
    {"name", FIELD_TEXT, AT(name), .always = true, .doc = "Which container."},
    {"state", FIELD_OBJECT, AT(state), .table = &state, .mark = MARK_BOOL, .mark_at = AT(state.set),
     .doc = "What it is doing."},
    {"lastState", FIELD_OBJECT, AT(last_state), .table = &state, .mark = MARK_BOOL,
     .mark_at = AT(last_state.set), .doc = "How its run before ended."},
    {"ready", FIELD_BOOL, AT(ready), .always = true, .doc = "True while it runs."},
    {"started", FIELD_BOOL, AT(started), .doc = "True once it has started."},
    {"restartCount", FIELD_INT, AT(restart_count), .always = true,
     .doc = "How often it was started again in this pod."},
    {"image", FIELD_TEXT, AT(image), .always = true, .doc = "Its image."},
    {"imageID", FIELD_TEXT, AT(image_id), .always = true, .doc = "The image's digest."},
    {"containerID", FIELD_TEXT, AT(container_id), .doc = "Its id."},
    {"allocatedResources", FIELD_ANY, .doc = "Kept, not used."},
    {"allocatedResourcesStatus", FIELD_ANY, .doc = "Kept, not used."},
    {"resources", FIELD_ANY, .doc = "Kept, not used."},
    {"user", FIELD_ANY, .doc = "Kept, not used."},
    {"volumeMounts", FIELD_ANY, .doc = "Kept, not used."},
};
#undef AT
static const struct field_table container_status =
    FIELD_TABLE(container_status_rows, "io.k8s.api.core.v1.ContainerStatus",
                struct container_status, "How a container is.");

#define AT(member) FIELD_AT(struct pod_status, member)
static const struct field pod_status_rows[] = {
    {"phase", FIELD_ENUM, AT(phase), FIELD_NAMES(pod_phase_names), .always = true,
     .doc = "Pending, Running, Succeeded or Failed."},
    {"conditions", FIELD_LIST, AT(conditions), .table = &fields_condition, .merge_key = "type",
     .doc = "What state it is in."},
    {"reason", FIELD_TEXT, AT(reason), .doc = "Why, in one word."},
    {"message", FIELD_TEXT, AT(message), .doc = "Why, in a sentence."},
    {"hostIP", FIELD_TEXT, AT(host_ip), .doc = "Address of its machine."},
    {"podIP", FIELD_TEXT, AT(pod_ip), .doc = "Its address."},
    {"startTime", FIELD_TIME, AT(start_time), .doc = "When it was taken up."},
    {"initContainerStatuses", FIELD_LIST, AT(init_containers), .table = &container_status,
     .doc = "How its init containers are."},
    {"containerStatuses", FIELD_LIST, AT(containers), .table = &container_status,
     .doc = "How its containers are."},
    {"ephemeralContainerStatuses", FIELD_ANY, .doc = "Kept, not used."},
    {"hostIPs", FIELD_ANY, .doc = "Kept, not used."},
    {"podIPs", FIELD_ANY, .doc = "Kept, not used."},
    {"nominatedNodeName", FIELD_TEXT, .doc = "Kept, not used."},
    {"observedGeneration", FIELD_INT, .wide = true, .doc = "Kept, not used."},
    {"qosClass", FIELD_TEXT, .doc = "Kept, not used."},
    {"resize", FIELD_TEXT, .doc = "Kept, not used."},
    {"resourceClaimStatuses", FIELD_ANY, .doc = "Kept, not used."},
};
#undef AT
const struct field_table fields_pod_status = FIELD_TABLE(
    pod_status_rows, "io.k8s.api.core.v1.PodStatus", struct pod_status, "How a pod is.");

static const struct field pod_rows[] = {
    API_VERSION_ROW,
    KIND_ROW,
    {"metadata", FIELD_OBJECT, FIELD_AT(struct pod, meta), .table = &fields_meta,
     .doc = "Standard metadata."},
    {"spec", FIELD_OBJECT, FIELD_AT(struct pod, spec), .table = &fields_pod_spec,
     .doc = "What it runs."},
    {"status", FIELD_OBJECT, FIELD_AT(struct pod, status), .table = &fields_pod_status,
     .doc = "How it is."},
};
const struct field_table fields_pod =
    FIELD_TABLE(pod_rows, "io.k8s.api.core.v1.Pod", struct pod, "Pod is one attempt of a Job.");

/* --- events --- */

#define AT(member) FIELD_AT(struct event, member)
static const struct field source_rows[] = {
    {"component", FIELD_TEXT, AT(component), .doc = "Who noticed."},
    {"host", FIELD_TEXT, AT(host), .doc = "On which machine."},
};
static const struct field_table source =
    FIELD_TABLE(source_rows, "io.k8s.api.core.v1.EventSource", char, "Where an event is from.");

static const struct field event_rows[] = {
    API_VERSION_ROW,
    KIND_ROW,
    {"metadata", FIELD_OBJECT, AT(meta), .table = &fields_meta, .doc = "Standard metadata."},
    {"involvedObject", FIELD_OBJECT, AT(involved), .table = &fields_reference,
     .doc = "The object it is about."},
    {"reason", FIELD_TEXT, AT(reason), .doc = "What happened, in one word."},
    {"message", FIELD_TEXT, AT(message), .doc = "What happened, in a sentence."},
    {"source", FIELD_OBJECT, 1, .table = &source, .doc = "Who noticed."},
    {"firstTimestamp", FIELD_TIME, AT(first_time), .doc = "When it first happened."},
    {"lastTimestamp", FIELD_TIME, AT(last_time), .doc = "When it last happened."},
    {"count", FIELD_INT, AT(count), .doc = "How often it happened."},
    {"type", FIELD_TEXT, AT(type), .doc = "Normal or Warning."},
    {"action", FIELD_TEXT, .doc = "Kept, not used."},
    {"eventTime", FIELD_TEXT, .doc = "Kept, not used."},
    {"related", FIELD_OBJECT, .table = &fields_reference, .doc = "Kept, not used."},
    {"reportingComponent", FIELD_TEXT, .doc = "Who noticed."},
    {"reportingInstance", FIELD_TEXT, .doc = "Kept, not used."},
    {"series", FIELD_ANY, .doc = "Kept, not used."},
};
#undef AT
const struct field_table fields_event =
    FIELD_TABLE(event_rows, "io.k8s.api.core.v1.Event", struct event, "Event is a report.");

/* --- namespaces --- */

static const struct field namespace_spec_rows[] = {
    {"finalizers", FIELD_TEXTS, .doc = "What must be done before it is removed."},
};
static const struct field_table namespace_spec = FIELD_TABLE(
    namespace_spec_rows, "io.k8s.api.core.v1.NamespaceSpec", char, "What a namespace should be.");
static const struct field namespace_status_rows[] = {
    {"phase", FIELD_TEXT, .doc = "Active or Terminating."},
    {"conditions", FIELD_LIST, .table = &fields_condition, .doc = "What state it is in."},
};
static const struct field_table namespace_status = FIELD_TABLE(
    namespace_status_rows, "io.k8s.api.core.v1.NamespaceStatus", char, "How a namespace is.");
static const struct field namespace_rows[] = {
    API_VERSION_ROW,
    KIND_ROW,
    {"metadata", FIELD_OBJECT, .table = &fields_meta, .doc = "Standard metadata."},
    {"spec", FIELD_OBJECT, .table = &namespace_spec, .doc = "What it should be."},
    {"status", FIELD_OBJECT, .table = &namespace_status, .doc = "How it is."},
};
const struct field_table fields_namespace = FIELD_TABLE(
    namespace_rows, "io.k8s.api.core.v1.Namespace", char, "Namespace is a room for names.");
