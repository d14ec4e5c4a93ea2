/* fields_podspec.c - the fields of a pod's spec: containers, volumes, probes, and all the rest. */
/* SPDX-License-Identifier: MIT */
/* Complete for core/v1 of Kubernetes 1.32, so that an unknown field is one. What this engine does
 * not act on is `ignored`; FIELD_ANY is not looked into. */
#include "core/codec/fields_tables.h"
#include "core/model/podspec.h"

static const char *const protocols[] = {"TCP", "UDP", "SCTP"};
static const char *const message_policies[] = {"File", "FallbackToLogsOnError"};
static const char *const dns_policies[] = {"ClusterFirst", "ClusterFirstWithHostNet", "Default",
                                           "None"};

/* --- environment --- */

#define AT(member) FIELD_AT(struct env, member)
static const struct field field_ref_rows[] = {
    {"apiVersion", FIELD_TEXT, .fallback = "\"v1\"", .doc = "Version of the path; v1."},
    {"fieldPath", FIELD_TEXT, AT(field_path), .required = true,
     .doc = "Which field: metadata.name, metadata.namespace, metadata.uid, "
            "metadata.labels['KEY'], metadata.annotations['KEY'], spec.nodeName, ..."},
};
static const struct field_table field_ref = FIELD_TABLE(
    field_ref_rows, "io.k8s.api.core.v1.ObjectFieldSelector", char, "A field of the pod itself.");

static const struct field resource_ref_rows[] = {
    {"containerName", FIELD_TEXT, AT(resource_container), .doc = "Which container; this one."},
    {"divisor", FIELD_QUANTITY, AT(resource_divisor), .doc = "The unit; 1 when not given."},
    {"resource", FIELD_TEXT, AT(resource), .required = true, .doc = "limits.cpu, limits.memory."},
};
static const struct field_table resource_ref =
    FIELD_TABLE(resource_ref_rows, "io.k8s.api.core.v1.ResourceFieldSelector", char,
                "A limit or request of a container.");

static const struct field secret_ref_rows[] = {
    {"name", FIELD_TEXT, AT(secret_name), .doc = "Name of the Secret."},
    {"key", FIELD_TEXT, .required = true, .doc = "Which key of it."},
    {"optional", FIELD_BOOL, .doc = "True: it may be missing."},
};
static const struct field_table secret_ref = FIELD_TABLE(
    secret_ref_rows, "io.k8s.api.core.v1.SecretKeySelector", char, "A key of a Secret.");

static const struct field config_map_ref_rows[] = {
    {"name", FIELD_TEXT, AT(config_map_name), .doc = "Name of the ConfigMap."},
    {"key", FIELD_TEXT, .required = true, .doc = "Which key of it."},
    {"optional", FIELD_BOOL, .doc = "True: it may be missing."},
};
static const struct field_table config_map_ref = FIELD_TABLE(
    config_map_ref_rows, "io.k8s.api.core.v1.ConfigMapKeySelector", char, "A key of a ConfigMap.");

static const struct field env_source_rows[] = {
    {"fieldRef", FIELD_OBJECT, 1, .table = &field_ref, .doc = "A field of the pod."},
    {"resourceFieldRef", FIELD_OBJECT, 1, .table = &resource_ref, .doc = "A container's limit."},
    {"secretKeyRef", FIELD_OBJECT, 1, .table = &secret_ref, .ignored = true,
     .doc = "A key of a Secret."},
    {"configMapKeyRef", FIELD_OBJECT, 1, .table = &config_map_ref, .ignored = true,
     .doc = "A key of a ConfigMap."},
};
static const struct field_table env_source = FIELD_TABLE(
    env_source_rows, "io.k8s.api.core.v1.EnvVarSource", char, "Where a variable's value is from.");

static const struct field env_rows[] = {
    {"name", FIELD_TEXT, AT(name), .required = true, .doc = "The variable's name."},
    {"value", FIELD_TEXT, AT(value), .doc = "Its value; $(NAME) stands for another variable."},
    {"valueFrom", FIELD_OBJECT, 1, .table = &env_source, .doc = "Instead of a value: its source."},
};
#undef AT
static const struct field_table env =
    FIELD_TABLE(env_rows, "io.k8s.api.core.v1.EnvVar", struct env, "An environment variable.");

static const struct field env_from_ref_rows[] = {
    {"name", FIELD_TEXT, .doc = "Name of the object."},
    {"optional", FIELD_BOOL, .doc = "True: it may be missing."},
};
static const struct field_table env_from_ref = FIELD_TABLE(
    env_from_ref_rows, "io.k8s.api.core.v1.ConfigMapEnvSource", char, "All keys of an object.");
static const struct field env_from_rows[] = {
    {"configMapRef", FIELD_OBJECT, .table = &env_from_ref, .doc = "All keys of a ConfigMap."},
    {"secretRef", FIELD_OBJECT, .table = &env_from_ref, .doc = "All keys of a Secret."},
    {"prefix", FIELD_TEXT, .doc = "Put before each name."},
};
static const struct field_table env_from = FIELD_TABLE(
    env_from_rows, "io.k8s.api.core.v1.EnvFromSource", char, "Variables from another object.");

/* --- ports, mounts, resources --- */

#define AT(member) FIELD_AT(struct port, member)
static const struct field port_rows[] = {
    {"containerPort", FIELD_INT, AT(container_port), .required = true, FIELD_LEAST(1),
     FIELD_MOST(65535), .doc = "The port inside."},
    {"hostPort", FIELD_INT, AT(host_port), FIELD_LEAST(0), FIELD_MOST(65535),
     .doc = "The port of the machine that leads to it."},
    {"hostIP", FIELD_TEXT, AT(host_ip), .doc = "The address of the machine to listen on."},
    {"name", FIELD_TEXT, AT(name), .doc = "A name that probes can use."},
    {"protocol", FIELD_ENUM, FIELD_NAMES(protocols), .fallback = "\"TCP\"",
     .doc = "TCP, UDP or SCTP."},
};
#undef AT
static const struct field_table port = FIELD_TABLE(port_rows, "io.k8s.api.core.v1.ContainerPort",
                                                   struct port, "A port of a container.");

#define AT(member) FIELD_AT(struct volume_mount, member)
static const struct field mount_rows[] = {
    {"name", FIELD_TEXT, AT(name), .required = true, .doc = "Name of a volume of the pod."},
    {"mountPath", FIELD_TEXT, AT(mount_path), .required = true, .doc = "Where it appears inside."},
    {"readOnly", FIELD_BOOL, AT(read_only), .doc = "True: cannot be written."},
    {"subPath", FIELD_TEXT, AT(sub_path), .doc = "A path inside the volume."},
    {"subPathExpr", FIELD_TEXT, .ignored = true, .doc = "A path with variables in it."},
    {"mountPropagation", FIELD_TEXT, .ignored = true, .doc = "How later mounts spread."},
    {"recursiveReadOnly", FIELD_TEXT, .ignored = true, .doc = "Read-only mounts below it."},
};
#undef AT
static const struct field_table mount =
    FIELD_TABLE(mount_rows, "io.k8s.api.core.v1.VolumeMount", struct volume_mount,
                "A volume inside a container.");

static const struct field device_rows[] = {
    {"name", FIELD_TEXT, .required = true, .doc = "Name of a volume claim."},
    {"devicePath", FIELD_TEXT, .required = true, .doc = "Where it appears inside."},
};
static const struct field_table device = FIELD_TABLE(device_rows, "io.k8s.api.core.v1.VolumeDevice",
                                                     char, "A raw device inside a container.");

#define AT(member) FIELD_AT(struct resources, member)
static const struct field claim_rows[] = {
    {"name", FIELD_TEXT, .required = true, .doc = "Name of a resource claim of the pod."},
    {"request", FIELD_TEXT, .doc = "Which request of it."},
};
static const struct field_table claim =
    FIELD_TABLE(claim_rows, "io.k8s.api.core.v1.ResourceClaim", char, "A claimed resource.");
static const struct field resources_rows[] = {
    {"limits", FIELD_QUANTITIES, AT(limits), .doc = "What it may use at most: cpu, memory."},
    {"requests", FIELD_QUANTITIES, AT(requests),
     .doc = "What it needs at least. Kept: one machine has nothing to choose from."},
    {"claims", FIELD_LIST, .table = &claim, .ignored = true, .doc = "Claimed devices."},
};
#undef AT
static const struct field_table resources =
    FIELD_TABLE(resources_rows, "io.k8s.api.core.v1.ResourceRequirements", struct resources,
                "What a container may use.");

/* --- security --- */

static const struct field capabilities_rows[] = {
    {"add", FIELD_TEXTS, .doc = "Capabilities to add."},
    {"drop", FIELD_TEXTS, .doc = "Capabilities to take away."},
};
static const struct field_table capabilities =
    FIELD_TABLE(capabilities_rows, "io.k8s.api.core.v1.Capabilities", char, "Linux capabilities.");

#define AT(member) FIELD_AT(struct security, member)
#define SECURITY_SHARED_ROWS                                                             \
    {"runAsUser",  FIELD_OPT_INT,  AT(run_as_user),                                      \
     .wide = true, FIELD_LEAST(0), .doc = "The user id of the process."},                \
        {"runAsGroup", FIELD_OPT_INT,  AT(run_as_group),                                 \
         .wide = true, FIELD_LEAST(0), .doc = "The group id of the process."},           \
        {"runAsNonRoot", FIELD_BOOL, AT(run_as_non_root),                                \
         .doc = "True: refuse to run it as root."},                                      \
        {"seccompProfile", FIELD_ANY, .ignored = true, .doc = "The seccomp profile."},   \
        {"appArmorProfile", FIELD_ANY, .ignored = true, .doc = "The AppArmor profile."}, \
        {"seLinuxOptions", FIELD_ANY, .ignored = true, .doc = "The SELinux context."},   \
    {                                                                                    \
        "windowsOptions", FIELD_ANY, .ignored = true, .doc = "For Windows."              \
    }

static const struct field security_rows[] = {
    SECURITY_SHARED_ROWS,
    {"privileged", FIELD_BOOL, AT(privileged), .ignored = true,
     .doc = "True: as powerful as a process outside."},
    {"readOnlyRootFilesystem", FIELD_BOOL, AT(read_only_root), .ignored = true,
     .doc = "True: its root file system cannot be written."},
    {"allowPrivilegeEscalation", FIELD_BOOL, .ignored = true,
     .doc = "False: no more privileges than its parent has."},
    {"capabilities", FIELD_OBJECT, .table = &capabilities, .ignored = true,
     .doc = "Capabilities to add or drop."},
    {"procMount", FIELD_TEXT, .ignored = true, .doc = "How /proc is mounted."},
};
static const struct field_table security =
    FIELD_TABLE(security_rows, "io.k8s.api.core.v1.SecurityContext", struct security,
                "Who a container runs as.");

static const struct field sysctl_rows[] = {
    {"name", FIELD_TEXT, .required = true, .doc = "Name of the kernel parameter."},
    {"value", FIELD_TEXT, .required = true, .doc = "Its value."},
};
static const struct field_table sysctl =
    FIELD_TABLE(sysctl_rows, "io.k8s.api.core.v1.Sysctl", char, "A kernel parameter.");

static const struct field pod_security_rows[] = {
    SECURITY_SHARED_ROWS,
    {"fsGroup", FIELD_INT, .wide = true, .ignored = true, .doc = "The group that owns volumes."},
    {"fsGroupChangePolicy", FIELD_TEXT, .ignored = true, .doc = "When volumes are given to it."},
    {"supplementalGroups", FIELD_INTS, .ignored = true, .doc = "Further groups."},
    {"supplementalGroupsPolicy", FIELD_TEXT, .ignored = true, .doc = "How they are worked out."},
    {"seLinuxChangePolicy", FIELD_TEXT, .ignored = true, .doc = "How volumes are labelled."},
    {"sysctls", FIELD_LIST, .table = &sysctl, .ignored = true, .doc = "Kernel parameters."},
};
static const struct field_table pod_security =
    FIELD_TABLE(pod_security_rows, "io.k8s.api.core.v1.PodSecurityContext", struct security,
                "Who the containers of a pod run as.");
#undef AT

/* --- probes --- */

#define AT(member) FIELD_AT(struct probe, member)
static const struct field header_rows[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct probe_header, name), .required = true,
     .doc = "Name of the header."},
    {"value", FIELD_TEXT, FIELD_AT(struct probe_header, value), .required = true,
     .doc = "Its value."},
};
static const struct field_table header = FIELD_TABLE(header_rows, "io.k8s.api.core.v1.HTTPHeader",
                                                     struct probe_header, "A header of a request.");

static const struct field exec_rows[] = {
    {"command", FIELD_TEXTS, AT(exec), .doc = "The command; no shell around it."},
};
static const struct field_table exec =
    FIELD_TABLE(exec_rows, "io.k8s.api.core.v1.ExecAction", char, "A command to run.");

static const struct field http_get_rows[] = {
    {"host", FIELD_TEXT, AT(http_host), .doc = "The host; the pod's own address."},
    {"httpHeaders", FIELD_LIST, AT(http_headers), .table = &header, .doc = "Headers to send."},
    {"path", FIELD_TEXT, AT(http_path), .fallback = "\"/\"", .doc = "The path."},
    {"port", FIELD_INT_OR_TEXT, AT(http_port), .required = true, .doc = "Number or name."},
    {"scheme", FIELD_TEXT, AT(http_scheme), .fallback = "\"HTTP\"", .doc = "HTTP or HTTPS."},
};
static const struct field_table http_get =
    FIELD_TABLE(http_get_rows, "io.k8s.api.core.v1.HTTPGetAction", char, "A request to send.");

static const struct field tcp_socket_rows[] = {
    {"host", FIELD_TEXT, AT(tcp_host), .doc = "The host; the pod's own address."},
    {"port", FIELD_INT_OR_TEXT, AT(tcp_port), .required = true, .doc = "Number or name."},
};
static const struct field_table tcp_socket = FIELD_TABLE(
    tcp_socket_rows, "io.k8s.api.core.v1.TCPSocketAction", char, "A connection to open.");

static const struct field grpc_rows[] = {
    {"port", FIELD_INT_OR_TEXT, AT(grpc_port), .required = true, .doc = "The port."},
    {"service", FIELD_TEXT, .doc = "The service to ask for."},
};
static const struct field_table grpc =
    FIELD_TABLE(grpc_rows, "io.k8s.api.core.v1.GRPCAction", char, "A gRPC health check.");

static const struct field sleep_rows[] = {
    {"seconds", FIELD_INT, .wide = true, .required = true, .doc = "How long."},
};
static const struct field_table sleep_action =
    FIELD_TABLE(sleep_rows, "io.k8s.api.core.v1.SleepAction", char, "Some time to wait.");

static const struct field probe_rows[] = {
    {"exec", FIELD_OBJECT, 1, .table = &exec, .doc = "Succeeds when a command does."},
    {"httpGet", FIELD_OBJECT, 1, .table = &http_get, .doc = "Succeeds on status 200 to 399."},
    {"tcpSocket", FIELD_OBJECT, 1, .table = &tcp_socket, .doc = "Succeeds when a port is open."},
    {"grpc", FIELD_OBJECT, 1, .table = &grpc, .ignored = true, .doc = "A gRPC health check."},
    {"initialDelaySeconds", FIELD_INT, AT(initial_delay_seconds), FIELD_LEAST(0),
     .doc = "Seconds after the start before the first probe."},
    {"timeoutSeconds", FIELD_INT, AT(timeout_seconds), FIELD_LEAST(0), .fallback = "1",
     .doc = "Seconds after which a probe has failed."},
    {"periodSeconds", FIELD_INT, AT(period_seconds), FIELD_LEAST(0), .fallback = "10",
     .doc = "Seconds from one probe to the next."},
    {"successThreshold", FIELD_INT, AT(success_threshold), FIELD_LEAST(0), .fallback = "1",
     .doc = "Successes in a row that count."},
    {"failureThreshold", FIELD_INT, AT(failure_threshold), FIELD_LEAST(0), .fallback = "3",
     .doc = "Failures in a row that count."},
    {"terminationGracePeriodSeconds", FIELD_OPT_INT, AT(termination_grace_period_seconds),
     .wide = true, FIELD_LEAST(1), .doc = "Seconds to end after this probe has failed."},
};
#undef AT
static const struct field_table probe = FIELD_TABLE(probe_rows, "io.k8s.api.core.v1.Probe",
                                                    struct probe, "Asks a container how it is.");

static const struct field handler_rows[] = {
    {"exec", FIELD_OBJECT, .table = &exec, .doc = "A command to run."},
    {"httpGet", FIELD_OBJECT, .table = &http_get, .doc = "A request to send."},
    {"tcpSocket", FIELD_OBJECT, .table = &tcp_socket, .doc = "Not used."},
    {"sleep", FIELD_OBJECT, .table = &sleep_action, .doc = "Some time to wait."},
};
static const struct field_table handler = FIELD_TABLE(
    handler_rows, "io.k8s.api.core.v1.LifecycleHandler", char, "Done at a turn of its life.");
static const struct field lifecycle_rows[] = {
    {"postStart", FIELD_OBJECT, .table = &handler, .doc = "Right after the start."},
    {"preStop", FIELD_OBJECT, .table = &handler, .doc = "Right before the end."},
};
static const struct field_table lifecycle = FIELD_TABLE(
    lifecycle_rows, "io.k8s.api.core.v1.Lifecycle", char, "What is done at its start and end.");

/* --- containers --- */

static const struct field resize_rows[] = {
    {"resourceName", FIELD_TEXT, .required = true, .doc = "cpu or memory."},
    {"restartPolicy", FIELD_TEXT, .required = true, .doc = "What a resize does."},
};
static const struct field_table resize = FIELD_TABLE(
    resize_rows, "io.k8s.api.core.v1.ContainerResizePolicy", char, "How a limit is changed.");

#define AT(member) FIELD_AT(struct container, member)
static const struct field container_rows[] = {
    {"name", FIELD_TEXT, AT(name), .required = true, .doc = "Unique in the pod; a DNS label."},
    {"image", FIELD_TEXT, AT(image),
     .doc = "The image. Required unless the runtime class is host, which runs no image."},
    {"command", FIELD_TEXTS, AT(command), .doc = "The program, in place of the image's."},
    {"args", FIELD_TEXTS, AT(args), .doc = "Its arguments. No shell is added."},
    {"workingDir", FIELD_TEXT, AT(working_dir), .doc = "The folder it starts in."},
    {"env", FIELD_LIST, AT(env), .table = &env, .merge_key = "name", .doc = "Its variables."},
    {"envFrom", FIELD_LIST, .table = &env_from, .ignored = true,
     .doc = "Variables from other objects."},
    {"ports", FIELD_LIST, AT(ports), .table = &port, .merge_key = "containerPort",
     .doc = "Its ports."},
    {"resources", FIELD_OBJECT, AT(resources), .table = &resources, .fallback = "{}",
     .doc = "What it may use."},
    {"volumeMounts", FIELD_LIST, AT(mounts), .table = &mount, .merge_key = "mountPath",
     .doc = "Volumes inside it."},
    {"volumeDevices", FIELD_LIST, .table = &device, .merge_key = "devicePath", .ignored = true,
     .doc = "Raw devices inside it."},
    {"imagePullPolicy", FIELD_ENUM, AT(image_pull_policy), FIELD_NAMES(pull_policy_names),
     .doc = "Always, IfNotPresent or Never; Always for tag latest, else IfNotPresent."},
    {"livenessProbe", FIELD_OBJECT, AT(liveness), .table = &probe, .mark = MARK_BOOL,
     .mark_at = AT(liveness.set), .doc = "Restarts it when it fails."},
    {"readinessProbe", FIELD_OBJECT, AT(readiness), .table = &probe, .mark = MARK_BOOL,
     .mark_at = AT(readiness.set), .ignored = true, .doc = "Says when it is ready."},
    {"startupProbe", FIELD_OBJECT, AT(startup), .table = &probe, .mark = MARK_BOOL,
     .mark_at = AT(startup.set), .ignored = true, .doc = "Says when it has started."},
    {"securityContext", FIELD_OBJECT, AT(security), .table = &security, .doc = "Who it runs as."},
    {"lifecycle", FIELD_OBJECT, .table = &lifecycle, .ignored = true,
     .doc = "What is done at its start and end."},
    {"terminationMessagePath", FIELD_TEXT, .fallback = "\"/dev/termination-log\"", .ignored = true,
     .doc = "Where it may leave a last message."},
    {"terminationMessagePolicy", FIELD_ENUM, FIELD_NAMES(message_policies), .fallback = "\"File\"",
     .ignored = true, .doc = "Where the last message is from."},
    {"stdin", FIELD_BOOL, AT(stdin_open), .ignored = true, .doc = "True: it has an input."},
    {"stdinOnce", FIELD_BOOL, .ignored = true, .doc = "True: for the first client only."},
    {"tty", FIELD_BOOL, AT(tty), .ignored = true, .doc = "True: it has a terminal."},
    {"resizePolicy", FIELD_LIST, .table = &resize, .ignored = true,
     .doc = "How limits are changed."},
    {"restartPolicy", FIELD_TEXT, .ignored = true, .doc = "Of init containers: a sidecar."},
};
#undef AT
static const struct field_table container = FIELD_TABLE(
    container_rows, "io.k8s.api.core.v1.Container", struct container, "One program of a pod.");

/* --- volumes --- */

#define AT(member) FIELD_AT(struct volume, member)
static const struct field host_path_rows[] = {
    {"path", FIELD_TEXT, AT(host_path), .required = true, .doc = "A path of the machine."},
    {"type", FIELD_TEXT, AT(host_path_type), .fallback = "\"\"",
     .doc = "What must be there: Directory, File, DirectoryOrCreate, FileOrCreate, Socket, ..."},
};
static const struct field_table host_path =
    FIELD_TABLE(host_path_rows, "io.k8s.api.core.v1.HostPathVolumeSource", char,
                "A file or folder of the machine.");

static const struct field empty_dir_rows[] = {
    {"medium", FIELD_TEXT, AT(empty_dir_medium), .doc = "Memory, or the disk."},
    {"sizeLimit", FIELD_QUANTITY, AT(empty_dir_limit), .doc = "How much it may hold."},
};
static const struct field_table empty_dir =
    FIELD_TABLE(empty_dir_rows, "io.k8s.api.core.v1.EmptyDirVolumeSource", char,
                "An empty folder that lives as long as the pod.");

/* A kind of volume that needs a cluster. */
#define CLUSTER_VOLUME(json_name)                                                       \
    {                                                                                   \
        json_name, FIELD_ANY, .mark = MARK_NAME, .mark_at = AT(other), .ignored = true, \
                              .doc = "Needs a cluster."                                 \
    }
static const struct field volume_rows[] = {
    {"name", FIELD_TEXT, AT(name), .required = true, .doc = "Unique in the pod; a DNS label."},
    {"hostPath", FIELD_OBJECT, 1, .table = &host_path, .doc = "A path of the machine."},
    {"emptyDir", FIELD_OBJECT, 1, .table = &empty_dir, .mark = MARK_BOOL, .mark_at = AT(empty_dir),
     .doc = "An empty folder."},
    CLUSTER_VOLUME("configMap"),
    CLUSTER_VOLUME("secret"),
    CLUSTER_VOLUME("persistentVolumeClaim"),
    CLUSTER_VOLUME("projected"),
    CLUSTER_VOLUME("downwardAPI"),
    CLUSTER_VOLUME("nfs"),
    CLUSTER_VOLUME("csi"),
    CLUSTER_VOLUME("ephemeral"),
    CLUSTER_VOLUME("image"),
    CLUSTER_VOLUME("iscsi"),
    CLUSTER_VOLUME("fc"),
    CLUSTER_VOLUME("cephfs"),
    CLUSTER_VOLUME("rbd"),
    CLUSTER_VOLUME("cinder"),
    CLUSTER_VOLUME("glusterfs"),
    CLUSTER_VOLUME("flexVolume"),
    CLUSTER_VOLUME("flocker"),
    CLUSTER_VOLUME("gitRepo"),
    CLUSTER_VOLUME("awsElasticBlockStore"),
    CLUSTER_VOLUME("azureDisk"),
    CLUSTER_VOLUME("azureFile"),
    CLUSTER_VOLUME("gcePersistentDisk"),
    CLUSTER_VOLUME("photonPersistentDisk"),
    CLUSTER_VOLUME("portworxVolume"),
    CLUSTER_VOLUME("quobyte"),
    CLUSTER_VOLUME("scaleIO"),
    CLUSTER_VOLUME("storageos"),
    CLUSTER_VOLUME("vsphereVolume"),
};
#undef AT
static const struct field_table volume =
    FIELD_TABLE(volume_rows, "io.k8s.api.core.v1.Volume", struct volume,
                "Something that containers can have inside.");

/* --- the pod --- */

static const struct field host_alias_rows[] = {
    {"ip", FIELD_TEXT, .required = true, .doc = "The address."},
    {"hostnames", FIELD_TEXTS, .doc = "Its names."},
};
static const struct field_table host_alias =
    FIELD_TABLE(host_alias_rows, "io.k8s.api.core.v1.HostAlias", char, "A line of /etc/hosts.");

static const struct field local_ref_rows[] = {
    {"name", FIELD_TEXT, .doc = "Name of the object."},
};
static const struct field_table local_ref =
    FIELD_TABLE(local_ref_rows, "io.k8s.api.core.v1.LocalObjectReference", char,
                "An object of the same namespace.");

static const struct field os_rows[] = {
    {"name", FIELD_TEXT, .required = true, .doc = "linux or windows."},
};
static const struct field_table os =
    FIELD_TABLE(os_rows, "io.k8s.api.core.v1.PodOS", char, "The operating system.");

static const struct field toleration_rows[] = {
    {"key", FIELD_TEXT, .doc = "The taint's key."},
    {"operator", FIELD_TEXT, .doc = "Exists or Equal."},
    {"value", FIELD_TEXT, .doc = "The taint's value."},
    {"effect", FIELD_TEXT, .doc = "The taint's effect."},
    {"tolerationSeconds", FIELD_INT, .wide = true, .doc = "For how long."},
};
static const struct field_table toleration =
    FIELD_TABLE(toleration_rows, "io.k8s.api.core.v1.Toleration", char, "A taint to bear.");

#define AT(member) FIELD_AT(struct pod_spec, member)
static const struct field pod_spec_rows[] = {
    {"containers", FIELD_LIST, AT(containers), .table = &container, .merge_key = "name",
     .required = true, .doc = "What runs; several run side by side."},
    {"initContainers", FIELD_LIST, AT(init_containers), .table = &container, .merge_key = "name",
     .doc = "What runs before, one after the other."},
    {"volumes", FIELD_LIST, AT(volumes), .table = &volume, .merge_key = "name",
     .doc = "What containers can have inside."},
    {"restartPolicy", FIELD_ENUM, AT(restart_policy), FIELD_NAMES(restart_policy_names),
     .names_from = RESTART_ON_FAILURE,
     .doc = "OnFailure: the container is restarted in its pod; Never: a new pod for each "
            "attempt. Required; Always is not allowed in a Job."},
    {"runtimeClassName", FIELD_TEXT, AT(runtime_class_name),
     .doc = "host: the command runs as a process of this machine. Left out: in a container, by "
            "podman or docker."},
    {"terminationGracePeriodSeconds", FIELD_OPT_INT, AT(termination_grace_period_seconds),
     .wide = true, FIELD_LEAST(0), .fallback = "30",
     .doc = "Seconds from TERM to KILL when it is stopped."},
    {"activeDeadlineSeconds", FIELD_OPT_INT, AT(active_deadline_seconds), .wide = true,
     FIELD_LEAST(1), .doc = "Seconds after which one pod is stopped."},
    {"securityContext", FIELD_OBJECT, AT(security), .table = &pod_security, .fallback = "{}",
     .doc = "Who its containers run as."},
    {"hostname", FIELD_TEXT, AT(hostname), .ignored = true, .doc = "Its host name."},
    {"subdomain", FIELD_TEXT, .ignored = true, .doc = "Its subdomain."},
    {"hostNetwork", FIELD_BOOL, AT(host_network), .ignored = true,
     .doc = "True: it has the machine's network."},
    {"hostPID", FIELD_BOOL, .ignored = true, .doc = "True: it sees the machine's processes."},
    {"hostIPC", FIELD_BOOL, .ignored = true, .doc = "True: it has the machine's IPC."},
    {"hostUsers", FIELD_BOOL, .ignored = true, .doc = "False: a user namespace."},
    {"shareProcessNamespace", FIELD_BOOL, .ignored = true,
     .doc = "True: containers see each other."},
    {"setHostnameAsFQDN", FIELD_BOOL, .ignored = true,
     .doc = "True: the full name is its host name."},
    {"nodeName", FIELD_TEXT, AT(node_name), .ignored = true, .doc = "The machine it runs on."},
    {"nodeSelector", FIELD_PAIRS, .ignored = true, .doc = "Labels its machine must have."},
    {"affinity", FIELD_ANY, .ignored = true, .doc = "Where it would like to run."},
    {"tolerations", FIELD_LIST, .table = &toleration, .ignored = true, .doc = "Taints to bear."},
    {"topologySpreadConstraints", FIELD_ANY, .merge_key = "topologyKey", .ignored = true,
     .doc = "How pods spread over machines."},
    {"schedulerName", FIELD_TEXT, .fallback = "\"default-scheduler\"", .ignored = true,
     .doc = "Who finds its machine."},
    {"schedulingGates", FIELD_ANY, .merge_key = "name", .ignored = true,
     .doc = "What must happen before it may run."},
    {"priority", FIELD_INT, .ignored = true, .doc = "Its priority."},
    {"priorityClassName", FIELD_TEXT, .ignored = true, .doc = "Name of its priority."},
    {"preemptionPolicy", FIELD_TEXT, .ignored = true, .doc = "Whether it may push others out."},
    {"overhead", FIELD_QUANTITIES, .ignored = true, .doc = "What its runtime needs."},
    {"os", FIELD_OBJECT, .table = &os, .ignored = true, .doc = "Its operating system."},
    {"serviceAccountName", FIELD_TEXT, AT(service_account_name), .ignored = true,
     .doc = "The account it has in a cluster."},
    {"serviceAccount", FIELD_TEXT, .ignored = true, .doc = "The old name of serviceAccountName."},
    {"automountServiceAccountToken", FIELD_BOOL, .ignored = true,
     .doc = "Whether that account's token is inside."},
    {"imagePullSecrets", FIELD_LIST, .table = &local_ref, .merge_key = "name", .ignored = true,
     .doc = "Secrets for pulling images; here the engine's own login is used."},
    {"dnsPolicy", FIELD_ENUM, FIELD_NAMES(dns_policies), .fallback = "\"ClusterFirst\"",
     .ignored = true, .doc = "How names are resolved."},
    {"dnsConfig", FIELD_ANY, .ignored = true, .doc = "More on how names are resolved."},
    {"hostAliases", FIELD_LIST, .table = &host_alias, .merge_key = "ip", .ignored = true,
     .doc = "Lines for /etc/hosts."},
    {"enableServiceLinks", FIELD_BOOL, .ignored = true, .doc = "Variables for services."},
    {"readinessGates", FIELD_ANY, .ignored = true, .doc = "Conditions for being ready."},
    {"ephemeralContainers", FIELD_ANY, .merge_key = "name", .ignored = true,
     .doc = "Containers for looking into it."},
    {"resourceClaims", FIELD_ANY, .merge_key = "name", .ignored = true, .doc = "Devices."},
    {"resources", FIELD_OBJECT, .table = &resources, .ignored = true,
     .doc = "What all its containers may use together."},
};
#undef AT
const struct field_table fields_pod_spec = FIELD_TABLE(
    pod_spec_rows, "io.k8s.api.core.v1.PodSpec", struct pod_spec, "What a pod runs, and how.");

static const struct field pod_template_rows[] = {
    {"metadata", FIELD_OBJECT, FIELD_AT(struct pod_template, meta), .table = &fields_meta,
     .doc = "Labels and annotations of each pod."},
    {"spec", FIELD_OBJECT, FIELD_AT(struct pod_template, spec), .table = &fields_pod_spec,
     .required = true, .doc = "What each pod runs."},
};
const struct field_table fields_pod_template =
    FIELD_TABLE(pod_template_rows, "io.k8s.api.core.v1.PodTemplateSpec", struct pod_template,
                "A mould for pods.");
