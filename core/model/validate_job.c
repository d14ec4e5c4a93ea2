/* validate_job.c - the rules of a Job's spec and of what its pods run. */
/* SPDX-License-Identifier: MIT */
#include "core/model/validate_job.h"

#include <string.h>

#include "core/base/str.h"
#include "core/model/validate.h"

enum {
    INDEXED_PARALLELISM_MOST = 100000, /* Kubernetes' limits of indexed Jobs and policies */
    FAILURE_RULES_MOST = 20,
    SUCCESS_RULES_MOST = 20
};

struct place {
    struct str path;
    struct faults *faults, *warnings;
};

/* Steps into PLACE; str_cut(&place->path, outer) steps back. */
static format_printf(2, 3) size_t enter(struct place *place, const char *format, ...)
{
    size_t outer = place->path.len;
    va_list args;
    va_start(args, format);
    str_addv(&place->path, format, args);
    va_end(args);
    return outer;
}

/* One fault at a field of where PLACE is. */
static format_printf(4, 5) void refuse(struct place *place, const char *field, enum fault_kind kind,
                                       const char *format, ...)
{
    cleanup_with(str_done) struct str message = {0};
    size_t outer = enter(place, "%s", field);
    va_list args;
    va_start(args, format);
    str_addv(&message, format, args);
    va_end(args);
    faults_add(place->faults, kind, str_text(&place->path), "%s", str_text(&message));
    str_cut(&place->path, outer);
}

static void warn_at(struct place *place, const char *field, const char *message)
{
    size_t outer = enter(place, "%s", field);
    faults_add(place->warnings, FAULT_UNKNOWN, str_text(&place->path), "%s", message);
    str_cut(&place->path, outer);
}

static bool has_text(const char *text)
{
    return text && *text;
}

/* --- containers --- */

static void validate_env(struct place *place, const struct env *env)
{
    bool from = env->field_path || env->resource || env->secret_name || env->config_map_name;
    if (has_text(env->name) && strchr(env->name, '=')) {
        refuse(place, ".name", FAULT_INVALID, "\"%.80s\": must not hold '='", env->name);
    }
    if (has_text(env->value) && from) {
        refuse(place, ".valueFrom", FAULT_INVALID, "may not be given when value is");
    }
    if (env->field_path && strncmp(env->field_path, "metadata.", 9) != 0 &&
        strncmp(env->field_path, "spec.", 5) != 0 && strncmp(env->field_path, "status.", 7) != 0) {
        refuse(place, ".valueFrom.fieldRef.fieldPath", FAULT_UNSUPPORTED,
               "\"%.80s\": supported values: \"metadata.name\", \"metadata.namespace\", "
               "\"metadata.uid\", \"metadata.labels['KEY']\", \"metadata.annotations['KEY']\", "
               "\"spec.nodeName\"",
               env->field_path);
    }
}

static void validate_probe(struct place *place, const char *name, const struct probe *probe)
{
    int actions =
        (probe->exec.len > 0) + probe->http_port.set + probe->tcp_port.set + probe->grpc_port.set;
    if (!probe->set) {
        return;
    }
    if (actions == 0) {
        refuse(place, name, FAULT_REQUIRED, "must have one of exec, httpGet, tcpSocket");
    } else if (actions > 1) {
        refuse(place, name, FAULT_FORBIDDEN, "may have only one of exec, httpGet, tcpSocket");
    }
    if (strcmp(name, ".readinessProbe") != 0 && probe->success_threshold > 1) {
        refuse(place, name, FAULT_INVALID, "%lld: successThreshold must be 1",
               (long long)probe->success_threshold);
    }
}

static bool has_volume(const struct pod_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->volumes.len; i++) {
        if (text_same(spec->volumes.data[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void validate_mounts(struct place *place, const struct pod_spec *spec,
                            const struct container *container)
{
    for (size_t i = 0; i < container->mounts.len; i++) {
        const struct volume_mount *mount = &container->mounts.data[i];
        size_t outer = enter(place, ".volumeMounts[%zu]", i);
        if (has_text(mount->name) && !has_volume(spec, mount->name)) {
            refuse(place, ".name", FAULT_INVALID, "\"%.80s\": no volume of the pod has this name",
                   mount->name);
        }
        for (size_t k = 0; k < i; k++) {
            if (text_same(container->mounts.data[k].mount_path, mount->mount_path) &&
                has_text(mount->mount_path)) {
                refuse(place, ".mountPath", FAULT_INVALID, "\"%.80s\": must be unique",
                       mount->mount_path);
                break;
            }
        }
        if (has_text(mount->sub_path) &&
            (mount->sub_path[0] == '/' || strstr(mount->sub_path, ".."))) {
            refuse(place, ".subPath", FAULT_INVALID,
                   "\"%.80s\": must be a path inside the volume, without '..'", mount->sub_path);
        }
        str_cut(&place->path, outer);
    }
}

static void validate_program(struct place *place, const struct container *container, bool on_host)
{
    if (!on_host) {
        if (!has_text(container->image)) {
            refuse(place, ".image", FAULT_REQUIRED, "%s", "");
        } else if (strspn(container->image, " \t\n") ||
                   container->image[strlen(container->image) - 1] == ' ') {
            refuse(place, ".image", FAULT_INVALID,
                   "\"%.120s\": must not have leading or trailing whitespace", container->image);
        }
        return;
    }
    /* Without a shell and without an image there is nothing else that could be run. */
    if (container->command.len == 0 && container->args.len == 0) {
        refuse(place, ".command", FAULT_REQUIRED,
               "with runtimeClassName host the command is what runs");
    }
    if (container->mounts.len > 0) {
        warn_at(place, ".volumeMounts",
                "has no effect with runtimeClassName host: the process sees the machine's files");
    }
}

static void validate_container(struct place *place, const struct pod_spec *spec,
                               const struct container *container)
{
    if (has_text(container->name) && !name_is_label(container->name)) {
        refuse(place, ".name", FAULT_INVALID,
               "\"%.80s\": must consist of lower case letters, digits and '-', begin and end with "
               "a letter or digit, and be no more than 63 characters",
               container->name);
    }
    validate_program(place, container, pod_spec_on_host(spec));
    for (size_t i = 0; i < container->env.len; i++) {
        size_t outer = enter(place, ".env[%zu]", i);
        validate_env(place, &container->env.data[i]);
        str_cut(&place->path, outer);
    }
    validate_mounts(place, spec, container);
    validate_probe(place, ".livenessProbe", &container->liveness);
    validate_probe(place, ".readinessProbe", &container->readiness);
    validate_probe(place, ".startupProbe", &container->startup);
}

static bool name_before(const struct containers *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same(list->data[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void validate_containers(struct place *place, const char *field, const struct pod_spec *spec,
                                const struct containers *list)
{
    for (size_t i = 0; i < list->len; i++) {
        const char *name = list->data[i].name;
        size_t outer = enter(place, "%s[%zu]", field, i);
        validate_container(place, spec, &list->data[i]);
        /* Init and main containers share one room for names. */
        if (has_text(name) &&
            (name_before(list, i, name) ||
             (list == &spec->containers &&
              name_before(&spec->init_containers, spec->init_containers.len, name)))) {
            refuse(place, ".name", FAULT_DUPLICATE, "\"%.80s\"", name);
        }
        str_cut(&place->path, outer);
    }
}

/* --- pods --- */

static void validate_volume(struct place *place, const struct volume *volume)
{
    int sources = (volume->host_path != NULL) + volume->empty_dir + (volume->other != NULL);
    if (has_text(volume->name) && !name_is_label(volume->name)) {
        refuse(place, ".name", FAULT_INVALID,
               "\"%.80s\": must consist of lower case letters, digits and '-'", volume->name);
    }
    if (sources > 1) {
        refuse(place, "", FAULT_FORBIDDEN, "may not have more than one kind of volume");
    }
    if (has_text(volume->host_path) &&
        (volume->host_path[0] != '/' || strstr(volume->host_path, ".."))) {
        refuse(place, ".hostPath.path", FAULT_INVALID,
               "\"%.120s\": must be an absolute path without '..'", volume->host_path);
    }
}

static void validate_volumes(struct place *place, const struct pod_spec *spec)
{
    for (size_t i = 0; i < spec->volumes.len; i++) {
        const struct volume *volume = &spec->volumes.data[i];
        size_t outer = enter(place, ".volumes[%zu]", i);
        validate_volume(place, volume);
        for (size_t k = 0; k < i && has_text(volume->name); k++) {
            if (text_same(spec->volumes.data[k].name, volume->name)) {
                refuse(place, ".name", FAULT_DUPLICATE, "\"%.80s\"", volume->name);
                break;
            }
        }
        str_cut(&place->path, outer);
    }
}

static void validate_pod_spec(struct place *place, const struct pod_spec *spec)
{
    if (spec->restart_policy == RESTART_UNSET || spec->restart_policy == RESTART_ALWAYS) {
        refuse(place, ".restartPolicy", FAULT_REQUIRED, "valid values: \"OnFailure\", \"Never\"");
    }
    if (has_text(spec->runtime_class_name) && !name_is_subdomain(spec->runtime_class_name)) {
        refuse(place, ".runtimeClassName", FAULT_INVALID, "\"%.80s\": host, or left out",
               spec->runtime_class_name);
    }
    validate_containers(place, ".initContainers", spec, &spec->init_containers);
    validate_containers(place, ".containers", spec, &spec->containers);
    validate_volumes(place, spec);
}

/* --- jobs --- */

static void validate_indexes(struct place *place, const struct job_spec *spec)
{
    bool indexed = spec->completion_mode == COMPLETION_INDEXED;
    if (indexed && !spec->completions.set) {
        refuse(place, ".completions", FAULT_REQUIRED, "when completion mode is Indexed");
    }
    if (indexed && opt_int_or(spec->parallelism, 1) > INDEXED_PARALLELISM_MOST) {
        refuse(place, ".parallelism", FAULT_INVALID,
               "%lld: must be less than or equal to %d when completion mode is Indexed",
               (long long)spec->parallelism.value, INDEXED_PARALLELISM_MOST);
    }
    if (!indexed && spec->backoff_limit_per_index.set) {
        refuse(place, ".backoffLimitPerIndex", FAULT_INVALID,
               "%lld: requires completionMode Indexed",
               (long long)spec->backoff_limit_per_index.value);
    }
    if (spec->max_failed_indexes.set && !spec->backoff_limit_per_index.set) {
        refuse(place, ".backoffLimitPerIndex", FAULT_REQUIRED, "when maxFailedIndexes is given");
    }
    if (!indexed && spec->success_rules.len > 0) {
        refuse(place, ".successPolicy", FAULT_INVALID, "requires completionMode Indexed");
    }
    if (spec->success_rules.len > SUCCESS_RULES_MOST) {
        refuse(place, ".successPolicy.rules", FAULT_TOO_LONG, "must have at most %d items",
               SUCCESS_RULES_MOST);
    }
}

static bool has_container(const struct pod_spec *spec, const char *name)
{
    return name_before(&spec->containers, spec->containers.len, name) ||
           name_before(&spec->init_containers, spec->init_containers.len, name);
}

static void validate_failure_rule(struct place *place, const struct job_spec *spec,
                                  const struct failure_rule *rule)
{
    if (rule->on_exit_codes == (rule->conditions.len > 0)) {
        refuse(place, "", FAULT_INVALID, "must have one of onExitCodes and onPodConditions");
    }
    if (rule->action == FAILURE_ACTION_FAIL_INDEX && !spec->backoff_limit_per_index.set) {
        refuse(place, ".action", FAULT_INVALID, "\"FailIndex\": requires backoffLimitPerIndex");
    }
    if (has_text(rule->container_name) &&
        !has_container(&spec->template.spec, rule->container_name)) {
        refuse(place, ".onExitCodes.containerName", FAULT_INVALID,
               "\"%.80s\": no container of the template has this name", rule->container_name);
    }
    for (size_t i = 0; i < rule->exit_codes.len; i++) {
        if (rule->exit_codes.data[i] == 0 && rule->exit_operator == EXIT_OPERATOR_IN) {
            refuse(place, ".onExitCodes.values", FAULT_INVALID,
                   "0: is no failure, so operator In cannot have it");
        }
    }
}

static void validate_failure_rules(struct place *place, const struct job_spec *spec)
{
    enum restart_policy policy = spec->template.spec.restart_policy;
    if (spec->failure_rules.len == 0) {
        return;
    }
    if (policy == RESTART_ON_FAILURE) {
        refuse(place, ".template.spec.restartPolicy", FAULT_INVALID,
               "\"OnFailure\": only \"Never\" is supported when podFailurePolicy is given");
    }
    if (spec->failure_rules.len > FAILURE_RULES_MOST) {
        refuse(place, ".podFailurePolicy.rules", FAULT_TOO_LONG, "must have at most %d items",
               FAILURE_RULES_MOST);
    }
    for (size_t i = 0; i < spec->failure_rules.len; i++) {
        size_t outer = enter(place, ".podFailurePolicy.rules[%zu]", i);
        validate_failure_rule(place, spec, &spec->failure_rules.data[i]);
        str_cut(&place->path, outer);
    }
}

void job_spec_validate(const struct job_spec *spec, const char *path, struct faults *faults,
                       struct faults *warnings)
{
    struct place place = {.faults = faults, .warnings = warnings};
    enter(&place, "%s", path);
    validate_indexes(&place, spec);
    validate_failure_rules(&place, spec);
    enter(&place, "%s", ".template.spec");
    validate_pod_spec(&place, &spec->template.spec);
    str_done(&place.path);
}
