/* cmd_create.c - belfry create: a CronJob or a Job from options, or whatever a file holds. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"

struct create {
    struct session session;
    const char *file, *ns, *image, *schedule, *time_zone, *description, *from, *restart;
    bool host, dry_run;
};

static const char *type_name(const cJSON *doc)
{
    return kind_info(kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind")))->singular;
}

static bool post(struct create *create, const cJSON *doc, bool dry, cJSON **ret, struct error *err)
{
    cleanup_with(str_done) struct str path = {0};
    enum kind kind = kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind"));
    call_path(&path, kind, tree_str_or(doc, "metadata.namespace", create->session.ctx.ns), NULL,
              NULL);
    call_query(&path, "fieldManager", "belfry-create");
    call_query(&path, "fieldValidation", "Strict");
    call_query(&path, "dryRun", dry ? "All" : NULL);
    return session_request(&create->session, "POST", path.data, doc, NULL, NULL, ret, err);
}

static void created(const struct create *create, const cJSON *doc)
{
    const char *group =
        kind_info(kind_of(tree_str(doc, "apiVersion"), tree_str(doc, "kind")))->group;
    printf_out("%s%s%s/%s created%s\n", type_name(doc), group[0] != '\0' ? "." : "", group,
               tree_str_or(doc, "metadata.name", ""), create->dry_run ? " (dry run)" : "");
}

static int create_one(struct create *create, const cJSON *doc)
{
    struct error err;
    autotree cJSON *made = NULL;
    if (!post(create, doc, create->dry_run, &made, &err)) {
        return session_fail(&create->session, NULL, NULL, &err);
    }
    created(create, made);
    return 0;
}

/* All documents are checked by the server before the first is created: a fault in the last one
 * leaves nothing behind. */
static int create_file(struct create *create)
{
    struct error err;
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    if (!documents_read(create->file, &docs, &err)) {
        return print_error(&err);
    }
    for (size_t i = 0; i < docs.len; i++) {
        if (!post(create, docs.data[i].tree, true, NULL, &err)) {
            return session_fail(&create->session, create->file, &docs.data[i].lines, &err);
        }
    }
    for (size_t i = 0; i < docs.len; i++) {
        autotree cJSON *made = NULL;
        if (!post(create, docs.data[i].tree, create->dry_run, &made, &err)) {
            return session_fail(&create->session, create->file, &docs.data[i].lines, &err);
        }
        created(create, made);
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
    tree_put_str(container, "name", name);
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
        return print_error(&err);
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
        autotree cJSON *doc = doc_make("Job", name);
        tree_put(doc, "spec.template", template_make(create, name, command, "Never"));
        return create_one(create, doc);
    }
    const char *slash = strchr(create->from, '/');
    autofree char *type =
        xstrndup(create->from, slash != NULL ? (size_t)(slash - create->from) : 0);
    if (slash == NULL || kind_find(type) != KIND_CRONJOB) {
        error_set(&err, ERROR_USAGE, "--from takes cronjob/NAME, not \"%s\"", create->from);
        return print_error(&err);
    }
    if (create->image != NULL || create->host || command != NULL) {
        error_set(&err, ERROR_USAGE, "--from takes all from the CronJob");
        error_hint(&err, "leave out the image and the command");
        return print_error(&err);
    }
    autotree cJSON *cronjob = NULL;
    if (!session_get(&create->session, KIND_CRONJOB, create->session.ctx.ns, slash + 1, &cronjob,
                     &err)) {
        return print_error(&err);
    }
    autotree cJSON *job = call_manual_job(cronjob, name, &create->session.ids);
    return create_one(create, job);
}

static int create_words(struct create *create, char **words, size_t count, char **command)
{
    struct error err;
    if (create->file != NULL) {
        if (count > 0 || command != NULL) {
            error_set(&err, ERROR_USAGE, "with -f the objects come from the file alone");
            return print_error(&err);
        }
        return create_file(create);
    }
    enum kind kind = count > 0 ? kind_find(words[0]) : KIND_COUNT;
    if (count != 2 || (kind != KIND_CRONJOB && kind != KIND_JOB)) {
        error_set(&err, ERROR_USAGE, "belfry create takes cronjob NAME, job NAME, or -f FILE");
        error_hint(&err, "see: belfry create --help");
        return print_error(&err);
    }
    return kind == KIND_CRONJOB ? create_cronjob(create, words[1], command)
                                : create_job(create, words[1], command);
}

int cmd_create(char **argv)
{
    struct create create = {0};
    const struct opt options[] = {
        {"filename", 'f', OPT_TEXT, &create.file, "FILE", "YAML or JSON; - is standard input", 0,
         0},
        {"schedule", 0, OPT_TEXT, &create.schedule, "EXPR", "when: five fields or @daily", 0, 0},
        {"time-zone", 0, OPT_TEXT, &create.time_zone, "ZONE", "of the schedule: Europe/Berlin", 0,
         0},
        {"image", 0, OPT_TEXT, &create.image, "IMAGE", "run in a container of this image", 0, 0},
        {"host", 0, OPT_FLAG, &create.host, NULL, "run as a process of this machine", 0, 0},
        {"restart", 0, OPT_TEXT, &create.restart, "POLICY", "OnFailure or Never", 0, 0},
        {"description", 0, OPT_TEXT, &create.description, "TEXT", "for people", 0, 0},
        {"from", 0, OPT_TEXT, &create.from, "cronjob/NAME", "a job of this CronJob, now", 0, 0},
        {"dry-run", 0, OPT_FLAG, &create.dry_run, NULL, "check only, create nothing", 0, 0},
        {"namespace", 'n', OPT_TEXT, &create.ns, "NAMESPACE", "where (default)", 0, 0},
        {.name = NULL},
    };
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("create", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    code = session_open(&create.session, create.ns, &err) ? create_words(&create, argv, count, rest)
                                                          : print_error(&err);
    session_done(&create.session);
    return code;
}
