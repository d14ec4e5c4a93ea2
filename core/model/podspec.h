/* podspec.h - what to run: containers, environment, volumes, resources, probes. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_PODSPEC_H
#define BELFRY_CORE_MODEL_PODSPEC_H

#include "core/model/meta.h"

enum restart_policy {
    RESTART_UNSET, /* left out: an error here (SEMANTICS.md section 7) */
    RESTART_ALWAYS,
    RESTART_ON_FAILURE,
    RESTART_NEVER,
    RESTART_POLICY_COUNT
};

enum pull_policy { PULL_UNSET, PULL_ALWAYS, PULL_IF_NOT_PRESENT, PULL_NEVER, PULL_POLICY_COUNT };

/* Kubernetes' spelling; "" for *_UNSET. */
extern const char *const restart_policy_names[RESTART_POLICY_COUNT];
extern const char *const pull_policy_names[PULL_POLICY_COUNT];

#define RUNTIME_HOST "host" /* runtimeClassName of a host process */

/* env[]: VALUE, or one source. */
struct env {
    const char *name;
    const char *value;      /* NULL when it is not there */
    const char *field_path; /* valueFrom.fieldRef.fieldPath: metadata.name, ... */
    const char *resource;   /* valueFrom.resourceFieldRef.resource: limits.cpu, ... */
    const char *resource_container, *resource_divisor;
    const char *secret_name, *config_map_name; /* a source this engine does not have */
};

struct port {
    const char *name, *protocol, *host_ip;
    int64_t container_port, host_port;
};

struct volume_mount {
    const char *name, *mount_path, *sub_path;
    bool read_only;
};

struct volume {
    const char *name;
    const char *host_path, *host_path_type; /* hostPath */
    bool empty_dir;
    const char *empty_dir_medium, *empty_dir_limit;
    const char *other; /* the JSON name of a kind of volume the engine does not have */
};

struct resources {
    struct pairs limits, requests; /* quantities as written */
};

/* securityContext, of a container or (as the default) of the pod. */
struct security {
    struct opt_int run_as_user, run_as_group;
    bool run_as_non_root;
    bool read_only_root, privileged;
};

struct probe_header {
    const char *name, *value;
};

/* livenessProbe and its kin. One of the three actions; none = no probe. */
struct probe {
    bool set;
    struct texts exec;            /* exec.command */
    struct int_or_text http_port; /* httpGet */
    const char *http_path, *http_host, *http_scheme;
    vec(struct probe_header) http_headers;
    struct int_or_text tcp_port; /* tcpSocket */
    const char *tcp_host;
    struct int_or_text grpc_port;
    int64_t initial_delay_seconds, timeout_seconds, period_seconds;
    int64_t success_threshold, failure_threshold;
    struct opt_int termination_grace_period_seconds;
};

struct container {
    const char *name, *image, *working_dir;
    struct texts command, args;
    vec(struct env) env;
    struct resources resources;
    vec(struct port) ports;
    vec(struct volume_mount) mounts;
    enum pull_policy image_pull_policy;
    struct security security;
    struct probe liveness, readiness, startup;
    bool tty, stdin_open;
};

struct containers {
    struct container *data;
    size_t len, capacity;
};

struct pod_spec {
    struct containers init_containers, containers;
    vec(struct volume) volumes;
    enum restart_policy restart_policy;
    const char *runtime_class_name;                  /* RUNTIME_HOST, or NULL: a container engine */
    struct opt_int termination_grace_period_seconds; /* 30 when unset */
    struct opt_int active_deadline_seconds;
    const char *hostname, *node_name, *service_account_name;
    bool host_network;
    struct security security;
};

void container_done(struct container *container);
void pod_spec_done(struct pod_spec *spec);

bool pod_spec_on_host(const struct pod_spec *spec);
/* The first main container; NULL when there is none. */
const struct container *pod_spec_main(const struct pod_spec *spec);

/* metadata (labels and annotations alone) and spec of a template. */
struct pod_template {
    struct meta meta;
    struct pod_spec spec;
};

void pod_template_done(struct pod_template *template);

#endif
