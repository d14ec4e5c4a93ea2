/* cmd_create.c - belfry create: a CronJob or a Job from options, or whatever a file holds. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/cli/manifest.h"
#include "core/cli/print.h"
#include "core/cli/sorted.h"
#include "core/cli/verb.h"

struct create {
    struct session session;
    struct opt_texts files;
    const char *ns, *image, *schedule, *time_zone, *description, *from, *restart;
    const char *dry_text, *output;
    bool host;
    enum dry_run dry;
    bool printed; /* a YAML document before: the next one is set apart */
};

static bool post(struct create *create, enum kind kind, const char *ns, const cJSON *doc, bool dry,
                 cJSON **ret, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    call_path(&path, kind, ns, NULL, NULL);
    call_query(&path, "fieldManager", "belfry-create");
    call_query(&path, "fieldValidation", "Strict");
    call_query(&path, "dryRun", dry ? "All" : NULL);
    return session_request(&create->session, "POST", path.data, doc, NULL, NULL, ret, err);
}

/* Says what was made, in the form that -o asks for. */
static void created(struct create *create, const cJSON *doc)
{
    cleanup_with(str_done) struct str text = {0};
    enum kind kind = kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind"));
    autofree char *label = object_label(kind, tree_str_or(doc, "metadata.name", ""));
    if (create->output == NULL) {
        str_addf(&text, "%s created%s\n", label, dry_run_notes[create->dry]);
    } else if (strcmp(create->output, "name") == 0) {
        str_addf(&text, "%s\n", label);
    } else if (strcmp(create->output, "yaml") == 0) {
        str_add(&text, create->printed ? "---\n" : "");
        yaml_write(&text, doc);
    } else {
        autotree cJSON *sorted = tree_sorted(doc);
        tree_print(&text, sorted, true);
        str_add_char(&text, '\n');
    }
    create->printed = true;
    print_text(str_text(&text));
}

static bool open_session(struct create *create, struct error *err)
{
    return session_open(&create->session, create->ns, err);
}

/* With --dry-run=client nothing is asked, and so no scheduler is needed. */
static int create_one(struct create *create, const cJSON *doc)
{
    struct error err;
    autotree cJSON *made = NULL;
    enum kind kind = kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind"));
    if (create->dry == DRY_RUN_CLIENT) {
        created(create, doc);
        return 0;
    }
    if (create->session.http == NULL && !open_session(create, &err)) {
        return print_failure(&err);
    }
    if (!post(create, kind, create->session.ctx.ns, doc, create->dry == DRY_RUN_SERVER, &made,
              &err)) {
        return session_fail(&create->session, &err);
    }
    created(create, made);
    return 0;
}

/* All documents are checked by the server before the first is created: a fault in the last one
 * leaves nothing behind. */
static int create_files(struct create *create)
{
    struct error err;
    cleanup_with(manifests_done) struct manifests all = {0};
    if (!open_session(create, &err)) {
        return print_failure(&err);
    }
    if (!manifests_read(&all, &create->files, &create->session, create->ns, &err)) {
        return manifests_fail(&all, &create->session, NULL, &err);
    }
    for (int round = create->dry == DRY_RUN_NONE ? 0 : 1; round < 2; round++) {
        create->session.quiet = round == 0; /* warnings come once */
        for (size_t i = 0; i < all.len; i++) {
            const struct manifest *at = &all.data[i];
            autotree cJSON *made = NULL;
            bool dry = round == 0 || create->dry != DRY_RUN_NONE;
            if (!post(create, at->kind, at->ns, at->doc->tree, dry, &made, &err)) {
                return manifests_fail(&all, &create->session, at, &err);
            }
            if (round == 1) {
                created(create, made);
            }
        }
    }
    return 0;
}

/* A pod template with one container that runs COMMAND (words, NULL at the end; may be NULL). */
static cJSON *template_make(const struct create *create, const char *name, char **command,
                            const char *restart)
{
    cJSON *template = cJSON_CreateObject(), *container = cJSON_CreateObject();
    cJSON *containers = cJSON_CreateArray();
    tree_put_str(template, "spec.restartPolicy",
                 create->restart != NULL ? create->restart : restart);
    if (create->host) {
        tree_put_str(template, "spec.runtimeClassName", "host");
    }
    autofree char *label = xstrdup(name); /* a container's name is a label: it has no dots */
    for (char *dot = label; (dot = strchr(dot, '.')) != NULL;) {
        *dot = '-';
    }
    tree_put_str(container, "name", label);
    if (create->image != NULL) {
        tree_put_str(container, "image", create->image);
    }
    if (command != NULL && command[0] != NULL) {
        cJSON *words = cJSON_CreateArray();
        for (size_t i = 0; command[i] != NULL; i++) {
            tree_add(words, cJSON_CreateString(command[i]));
        }
        tree_put(container, "command", words);
    }
    tree_add(containers, container);
    tree_put(template, "spec.containers", containers);
    return template;
}

static bool has_source(const struct create *create, char **command, struct error *err)
{
    if (create->image == NULL && !create->host) {
        error_set(err, ERROR_USAGE, "nothing says where to run it");
        return error_hint(err, "add --image IMAGE, or --host for a process of this machine");
    }
    if (create->image != NULL && create->host) {
        error_set(err, ERROR_USAGE, "--image and --host exclude each other");
        return error_hint(err, "leave out one of them");
    }
    if (create->host && (command == NULL || command[0] == NULL)) {
        error_set(err, ERROR_USAGE, "--host needs a command");
        return error_hint(err, "write it behind --, like: -- /bin/sh -c 'date'");
    }
    return true;
}

static cJSON *doc_make(const char *kind, const char *name)
{
    cJSON *doc = cJSON_CreateObject();
    tree_put_str(doc, "apiVersion", "batch/v1");
    tree_put_str(doc, "kind", kind);
    tree_put_str(doc, "metadata.name", name);
    return doc;
}

static int create_cronjob(struct create *create, const char *name, char **command)
{
    struct error err;
    if (create->schedule == NULL) {
        error_set(&err, ERROR_USAGE, "create cronjob needs a schedule");
        error_hint(&err, "add for example --schedule \"*/5 * * * *\"");
        return print_failure(&err);
    }
    if (!has_source(create, command, &err)) {
        return print_failure(&err);
    }
    autotree cJSON *doc = doc_make("CronJob", name);
    if (create->description != NULL) {
        tree_put_annotation(doc, "kubernetes.io/description", create->description);
    }
    tree_put_str(doc, "spec.schedule", create->schedule);
    if (create->time_zone != NULL) {
        tree_put_str(doc, "spec.timeZone", create->time_zone);
    }
    tree_put(doc, "spec.jobTemplate.spec.template",
             template_make(create, name, command, "OnFailure"));
    return create_one(create, doc);
}

static int create_job(struct create *create, const char *name, char **command)
{
    struct error err;
    if (create->from == NULL) {
        if (!has_source(create, command, &err)) {
            return print_failure(&err);
        }
        autotree cJSON *doc = doc_make("Job", name);
        tree_put(doc, "spec.template", template_make(create, name, command, "Never"));
        return create_one(create, doc);
    }
    const char *slash = strchr(create->from, '/');
    autofree char *type =
        xstrndup(create->from, slash != NULL ? (size_t)(slash - create->from) : 0);
    if (slash == NULL || kind_find(type) != KIND_CRONJOB) {
        error_set(&err, ERROR_USAGE, "--from takes cronjob/NAME, not \"%s\"", create->from);
        return print_failure(&err);
    }
    if (create->image != NULL || create->host || command != NULL) {
        error_set(&err, ERROR_USAGE, "--from takes all from the CronJob");
        error_hint(&err, "leave out the image and the command");
        return print_failure(&err);
    }
    autotree cJSON *cronjob = NULL;
    if (!open_session(create, &err) ||
        !session_get(&create->session, KIND_CRONJOB, create->session.ctx.ns, slash + 1, &cronjob,
                     &err)) {
        return print_failure(&err);
    }
    autotree cJSON *job = call_manual_job(cronjob, name, &create->session.ids);
    return create_one(create, job);
}

static int create_words(struct create *create, char **words, size_t count, char **command)
{
    struct error err;
    if (create->files.len > 0) {
        if (count > 0 || command != NULL) {
            error_set(&err, ERROR_USAGE, "with -f the objects come from the file alone");
            return print_failure(&err);
        }
        return create_files(create);
    }
    enum kind kind = count > 0 ? kind_find(words[0]) : KIND_COUNT;
    if (count != 2 || (kind != KIND_CRONJOB && kind != KIND_JOB)) {
        error_set(&err, ERROR_USAGE, "belfry create takes cronjob NAME, job NAME, or -f FILE");
        error_hint(&err, "see: belfry create --help");
        return print_failure(&err);
    }
    return kind == KIND_CRONJOB ? create_cronjob(create, words[1], command)
                                : create_job(create, words[1], command);
}

static bool options_read(struct create *create, struct error *err)
{
    const char *output = create->output;
    if (output != NULL && strcmp(output, "json") != 0 && strcmp(output, "yaml") != 0 &&
        strcmp(output, "name") != 0) {
        error_set(err, ERROR_USAGE, "unknown output format \"%s\"", output);
        return error_hint(err, "use json, yaml or name");
    }
    return dry_run_read(create->dry_text, &create->dry, err);
}

int cmd_create(char **argv)
{
    struct create create = {0};
    const struct opt options[] = {
        {"filename", 'f', OPT_TEXTS, &create.files, "FILE", "YAML or JSON; - is standard input", 0,
         0},
        {"schedule", 0, OPT_TEXT, &create.schedule, "EXPR", "when: five fields or @daily", 0, 0},
        {"time-zone", 0, OPT_TEXT, &create.time_zone, "ZONE", "of the schedule: Europe/Berlin", 0,
         0},
        {"image", 0, OPT_TEXT, &create.image, "IMAGE", "run in a container of this image", 0, 0},
        {"host", 0, OPT_FLAG, &create.host, NULL, "run as a process of this machine", 0, 0},
        {"restart", 0, OPT_TEXT, &create.restart, "POLICY", "OnFailure or Never", 0, 0},
        {"description", 0, OPT_TEXT, &create.description, "TEXT", "for people", 0, 0},
        {"from", 0, OPT_TEXT, &create.from, "cronjob/NAME", "a job of this CronJob, now", 0, 0},
        {"dry-run", 0, OPT_MAYBE, &create.dry_text, "server", "check only, create nothing", 0, 0},
        {"output", 'o', OPT_TEXT, &create.output, "FORMAT", "json, yaml or name", 0, 0},
        {"namespace", 'n', OPT_TEXT, &create.ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("create", options, argv, &count, &rest);
    if (code == 0) {
        code = options_read(&create, &err) ? create_words(&create, argv, count, rest)
                                           : print_failure(&err);
    }
    session_done(&create.session);
    opt_texts_done(&create.files);
    return code < 0 ? 0 : code;
}
