/* podspec.c - what to run: containers, environment, volumes, resources, probes. */
/* SPDX-License-Identifier: MIT */
#include "core/model/podspec.h"

#include <assert.h>
#include <string.h>

const char *const restart_policy_names[RESTART_POLICY_COUNT] = {
    [RESTART_UNSET] = "",
    [RESTART_ALWAYS] = "Always",
    [RESTART_ON_FAILURE] = "OnFailure",
    [RESTART_NEVER] = "Never",
};

const char *const pull_policy_names[PULL_POLICY_COUNT] = {
    [PULL_UNSET] = "",
    [PULL_ALWAYS] = "Always",
    [PULL_IF_NOT_PRESENT] = "IfNotPresent",
    [PULL_NEVER] = "Never",
};

static void probe_done(struct probe *probe)
{
    vec_done(&probe->exec);
    vec_done(&probe->http_headers);
}

void container_done(struct container *container)
{
    vec_done(&container->command);
    vec_done(&container->args);
    vec_done(&container->env);
    vec_done(&container->resources.limits);
    vec_done(&container->resources.requests);
    vec_done(&container->ports);
    vec_done(&container->mounts);
    probe_done(&container->liveness);
    probe_done(&container->readiness);
    probe_done(&container->startup);
}

static void containers_done(struct containers *containers)
{
    for (size_t i = 0; i < containers->len; i++) {
        container_done(&containers->data[i]);
    }
    vec_done(containers);
}

void pod_spec_done(struct pod_spec *spec)
{
    containers_done(&spec->init_containers);
    containers_done(&spec->containers);
    vec_done(&spec->volumes);
}

bool pod_spec_on_host(const struct pod_spec *spec)
{
    return spec->runtime_class_name && strcmp(spec->runtime_class_name, RUNTIME_HOST) == 0;
}

const struct container *pod_spec_main(const struct pod_spec *spec)
{
    return spec->containers.len > 0 ? &spec->containers.data[0] : NULL;
}

void pod_template_done(struct pod_template *template)
{
    meta_done(&template->meta);
    pod_spec_done(&template->spec);
}
