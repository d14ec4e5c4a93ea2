/* draft.c - the create form's values: check them, preview them, make the document; pure. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/stamp.h"
#include "core/codec/decode.h"
#include "core/cron/explain.h"
#include "core/cron/next.h"
#include "core/model/validate.h"
#include "tui/screen/moment.h"

#define HOST DRAFT_SOURCE_HOST

static const char *const sources[] = {HOST, "image", NULL};
static const char *const overlaps[] = {"Forbid", "Allow", "Replace", NULL};
static const char *const starts[] = {"on schedule", DRAFT_START_LATER, NULL};

#define JOB "spec.jobTemplate.spec"
#define CONTAINER JOB ".template.spec.containers[0]"

const struct draft_row draft_rows[DRAFT_FIELD_COUNT] = {
    [DRAFT_NAME] = {"Name", "", "such as nightly-backup", NULL, "metadata.name"},
    [DRAFT_DESCRIPTION] = {"Description", "", "what it is for", NULL, "metadata.annotations"},
    [DRAFT_SOURCE] = {"Source", HOST, NULL, sources, JOB ".template.spec.runtimeClassName"},
    [DRAFT_IMAGE] = {"Image", "", "such as docker.io/library/alpine:3.20", NULL,
                     CONTAINER ".image"},
    [DRAFT_COMMAND] = {"Command", "", "such as /usr/local/bin/backup --all", NULL,
                       CONTAINER ".command"},
    [DRAFT_SCHEDULE] = {"Schedule", "", "minute hour day month weekday, such as 0 2 * * *", NULL,
                        "spec.schedule"},
    [DRAFT_ZONE] = {"Time zone", "", "this machine's", NULL, "spec.timeZone"},
    [DRAFT_OVERLAP] = {"Concurrency", "Forbid", NULL, overlaps, "spec.concurrencyPolicy"},
    [DRAFT_LATE] = {"Start deadline", "", "so that it cannot block", NULL,
                    "spec.startingDeadlineSeconds"},
    [DRAFT_RESTARTS] = {"Allowed restarts", "6", "Kubernetes' default, 6", NULL,
                        JOB ".backoffLimit"},
    [DRAFT_DURATION] = {"Maximum duration", "", "no limit", NULL, JOB ".activeDeadlineSeconds"},
    [DRAFT_SUCCEEDED] = {"Keep succeeded", "3", "3 runs", NULL, "spec.successfulJobsHistoryLimit"},
    [DRAFT_FAILED] = {"Keep failed", "1", "1 run", NULL, "spec.failedJobsHistoryLimit"},
    [DRAFT_START] = {"Start", "on schedule", NULL, starts, "spec.suspend"},
};

void draft_init(struct draft *draft)
{
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        draft->values[i] = xstrdup(draft_rows[i].initial);
    }
}

void draft_done(struct draft *draft)
{
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        free(draft->values[i]);
        draft->values[i] = NULL;
    }
}

void draft_set(struct draft *draft, enum draft_field field, const char *value)
{
    char *copy = xstrdup(value);

    free(draft->values[field]);
    draft->values[field] = copy;
}

bool draft_is_initial(const struct draft *draft)
{
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        if (strcmp(draft->values[i], draft_rows[i].initial) != 0) {
            return false;
        }
    }
    return true;
}

/* "90s", "1h30m", or seconds without a unit; whole seconds from 0 up. */
static bool read_seconds(const char *text, sec_t *ret)
{
    long long plain;
    nsec_t ns;

    if (text_int(text, 0, INT32_MAX, &plain)) {
        *ret = plain;
        return true;
    }
    if (!duration_parse(text, &ns) || ns < 0 || ns % NSEC_PER_SEC != 0 ||
        ns / NSEC_PER_SEC > INT32_MAX) {
        return false;
    }
    *ret = ns / NSEC_PER_SEC;
    return true;
}

/* ---- the command line ---- */

struct words {
    cJSON *array;
    struct str word;
    bool open; /* a word has begun, maybe an empty one in quotes */
};

static void end_word(struct words *words)
{
    if (words->open) {
        tree_add(words->array, cJSON_CreateString(str_text(&words->word)));
        str_clear(&words->word);
        words->open = false;
    }
}

/* Outside of single quotes these ask a shell for something. */
static bool needs_shell(const char *line)
{
    char quote = 0;

    for (const char *c = line; *c; c++) {
        if (quote == '\'') {
            quote = *c == '\'' ? 0 : quote;
        } else if (*c == '\\' && c[1]) {
            c++;
        } else if (*c == '$' || *c == '`') {
            return true;
        } else if (quote == '"') {
            quote = *c == '"' ? 0 : quote;
        } else if (*c == '\'' || *c == '"') {
            quote = *c;
        } else if (strchr("|&;<>()*?[]{}~#!", *c)) {
            return true;
        }
    }
    /* NAME=value in front sets a variable for the command. */
    size_t word = strcspn(line, " ");
    const char *equals = memchr(line, '=', word);
    return equals && equals != line && !memchr(line, '/', (size_t)(equals - line));
}

/* Parts LINE into WORDS; false when a quote is left open. */
static bool part(const char *line, struct words *words)
{
    char quote = 0;

    for (const char *c = line; *c; c++) {
        if (quote) {
            if (*c == quote) {
                quote = 0;
            } else if (quote == '"' && *c == '\\' && (c[1] == '"' || c[1] == '\\')) {
                str_add_char(&words->word, *++c);
            } else {
                str_add_char(&words->word, *c);
            }
        } else if (*c == '\'' || *c == '"') {
            quote = *c;
            words->open = true;
        } else if (*c == ' ' || *c == '\t') {
            end_word(words);
        } else {
            if (*c == '\\' && c[1]) {
                c++;
            }
            str_add_char(&words->word, *c);
            words->open = true;
        }
    }
    end_word(words);
    return quote == 0;
}

cJSON *draft_argv(const char *line)
{
    struct words words = {.array = cJSON_CreateArray()};
    bool closed = part(line, &words);

    str_done(&words.word);
    if (!closed) {
        cJSON_Delete(words.array);
        return NULL;
    }
    if (needs_shell(line)) {
        cJSON_Delete(words.array);
        words.array = cJSON_CreateArray();
        const char *argv[] = {"/bin/sh", "-c", line};
        for (size_t i = 0; i < countof(argv); i++) {
            tree_add(words.array, cJSON_CreateString(argv[i]));
        }
    }
    return words.array;
}

/* ---- checks ---- */

static bool is_host(const struct draft *draft)
{
    return strcmp(draft->values[DRAFT_SOURCE], HOST) == 0;
}

static char *message_of(const struct error *err)
{
    return err->hint[0] ? xasprintf("%s; %s", err->what, err->hint) : xstrdup(err->what);
}

static char *check_command(const struct draft *draft)
{
    const char *line = draft->values[DRAFT_COMMAND];
    autotree cJSON *argv = draft_argv(line);

    if (!argv) {
        return xstrdup("a quotation mark is left open");
    }
    if (cJSON_GetArraySize(argv) == 0 && is_host(draft)) {
        return xstrdup("say what is to be run");
    }
    return NULL;
}

static char *check_count(const char *text, const char *what)
{
    long long number;

    if (*text && !text_int(text, 0, INT32_MAX, &number)) {
        return xasprintf("\"%s\" is no number of %s", text, what);
    }
    return NULL;
}

static char *check_seconds(const char *text, sec_t least)
{
    sec_t seconds;

    if (!*text) {
        return NULL;
    }
    if (!read_seconds(text, &seconds)) {
        return xasprintf("\"%s\" is no time; use 90s, 10m, 1h30m or a number of seconds", text);
    }
    if (seconds < least) {
        return xasprintf("\"%s\" is too short; use %llds or more", text, (long long)least);
    }
    return NULL;
}

bool draft_check(const struct draft *draft, char *ret[static DRAFT_FIELD_COUNT])
{
    char *const *v = draft->values;
    struct error err = {0};
    bool fine = true;

    memset(ret, 0, DRAFT_FIELD_COUNT * sizeof *ret);
    if (!*v[DRAFT_NAME]) {
        ret[DRAFT_NAME] = xstrdup("it needs a name");
    } else if (!validate_name(v[DRAFT_NAME], KIND_CRONJOB, &err)) {
        ret[DRAFT_NAME] = message_of(&err);
    }
    if (!*v[DRAFT_SCHEDULE]) {
        ret[DRAFT_SCHEDULE] = xstrdup("it needs a schedule, such as 0 2 * * *");
    } else if (!validate_schedule(v[DRAFT_SCHEDULE], &err)) {
        ret[DRAFT_SCHEDULE] = message_of(&err);
    }
    if (*v[DRAFT_ZONE] && !validate_time_zone(v[DRAFT_ZONE], &err)) {
        ret[DRAFT_ZONE] = message_of(&err);
    }
    if (!is_host(draft) && !*v[DRAFT_IMAGE]) {
        ret[DRAFT_IMAGE] = xstrdup("it needs an image");
    }
    ret[DRAFT_COMMAND] = check_command(draft);
    ret[DRAFT_RESTARTS] = check_count(v[DRAFT_RESTARTS], "restarts");
    ret[DRAFT_SUCCEEDED] = check_count(v[DRAFT_SUCCEEDED], "runs");
    ret[DRAFT_FAILED] = check_count(v[DRAFT_FAILED], "runs");
    /* A deadline of 0 would start nothing, one of a second or two next to nothing. */
    ret[DRAFT_LATE] = check_seconds(v[DRAFT_LATE], 10);
    ret[DRAFT_DURATION] = check_seconds(v[DRAFT_DURATION], 1);
    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        fine = fine && !ret[i];
    }
    return fine;
}

/* ---- the document ---- */

/* An integer from a field that has one. */
static void put_count(cJSON *doc, const struct draft *draft, enum draft_field field)
{
    long long number;

    if (text_int(draft->values[field], 0, INT32_MAX, &number)) {
        tree_put_int(doc, draft_rows[field].path, number);
    }
}

static void put_seconds(cJSON *doc, const struct draft *draft, enum draft_field field)
{
    sec_t seconds;

    if (*draft->values[field] && read_seconds(draft->values[field], &seconds)) {
        tree_put_int(doc, draft_rows[field].path, seconds);
    }
}

/* The name is good for a container as it is, but for its dots and its length. */
static void put_container(cJSON *doc, const struct draft *draft)
{
    cJSON *container = cJSON_CreateObject(), *list = cJSON_CreateArray();
    cJSON *argv = draft_argv(draft->values[DRAFT_COMMAND]);
    autofree char *name = xstrdup(draft->values[DRAFT_NAME]);

    for (char *c = name; *c; c++) {
        *c = *c == '.' ? '-' : *c;
    }
    tree_set_str(container, "name", name);
    if (*draft->values[DRAFT_IMAGE] && !is_host(draft)) {
        tree_set_str(container, "image", draft->values[DRAFT_IMAGE]);
    }
    if (argv && cJSON_GetArraySize(argv) > 0) {
        tree_set(container, "command", steal(&argv));
    }
    cJSON_Delete(argv);
    tree_add(list, container);
    tree_put(doc, JOB ".template.spec.containers", list);
}

cJSON *draft_document(const struct draft *draft, const char *ns)
{
    char *const *v = draft->values;
    cJSON *doc = document_new(KIND_CRONJOB, ns, v[DRAFT_NAME]);
    const char *zone = *v[DRAFT_ZONE] ? v[DRAFT_ZONE] : NULL;

    if (*v[DRAFT_DESCRIPTION]) {
        tree_put_annotation(doc, ANNOTATION_DESCRIPTION, v[DRAFT_DESCRIPTION]);
    }
    tree_put_str(doc, "spec.schedule", v[DRAFT_SCHEDULE]);
    tree_put_str(doc, "spec.timeZone", zone);
    tree_put_str(doc, "spec.concurrencyPolicy", v[DRAFT_OVERLAP]);
    if (strcmp(v[DRAFT_START], DRAFT_START_LATER) == 0) {
        tree_put_bool(doc, "spec.suspend", true);
        tree_put_annotation(doc, ANNOTATION_DRAFT, "true");
    }
    put_seconds(doc, draft, DRAFT_LATE);
    if (!*v[DRAFT_LATE]) {
        /* So long that nothing is given up early, so short that it can never block. */
        sec_t late = schedule_blocks_after(v[DRAFT_SCHEDULE], zone, 0);
        if (late > 0) {
            tree_put_int(doc, draft_rows[DRAFT_LATE].path, late);
        }
    }
    put_count(doc, draft, DRAFT_SUCCEEDED);
    put_count(doc, draft, DRAFT_FAILED);
    put_count(doc, draft, DRAFT_RESTARTS);
    put_seconds(doc, draft, DRAFT_DURATION);
    tree_put_str(doc, JOB ".template.spec.restartPolicy", "Never");
    if (is_host(draft)) {
        tree_put_str(doc, JOB ".template.spec.runtimeClassName", "host");
    }
    put_container(doc, draft);
    return doc;
}

enum draft_field draft_field_of(const char *path)
{
    size_t best = DRAFT_FIELD_COUNT, length = 0;

    for (size_t i = 0; i < DRAFT_FIELD_COUNT; i++) {
        size_t len = strlen(draft_rows[i].path);
        if (len > length && text_starts(path, draft_rows[i].path)) {
            best = i;
            length = len;
        }
    }
    return (enum draft_field)best;
}

/* ---- the preview ---- */

static void add_warnings(const struct cron_expr *expr, const struct tz *tz, sec_t now,
                         struct str *ret)
{
    sec_t when;

    if (!expr->days_star && !expr->weekdays_star && !expr->every) {
        str_add(ret, "\nbeware: it runs when either day matches, of month or week");
    }
    if (expr->every) {
        return;
    }
    enum cron_dst dst = cron_dst_ahead(expr, tz, now, &when);
    if (dst == CRON_DST_GAP || dst == CRON_DST_FOLD_FIRST || dst == CRON_DST_FOLD_SECOND) {
        str_add(ret, dst == CRON_DST_GAP ? "\nbeware: no run on " : "\nbeware: two runs on ");
        moment_day(when, tz, ret);
        str_add(ret, ", when clocks change");
    }
}

bool draft_preview(const char *schedule, const char *zone, const struct tz *machine, sec_t now,
                   size_t count, struct str *ret)
{
    struct cron_expr expr;
    struct error err;
    const struct tz *tz = machine;

    if (!cron_parse(schedule, &expr, &err)) {
        str_add(ret, err.what);
        return false;
    }
    cron_explain(&expr, ret);
    if (*zone) {
        const struct tz *named = tz_find(zone, NULL);
        tz = named ? named : machine;
    }
    if (!expr.every && cron_never(&expr)) {
        str_add(ret, "\nbeware: there is no such date: it never runs");
        return true;
    }
    add_warnings(&expr, tz, now, ret);
    sec_t at = now;
    for (size_t i = 0; i < count && cron_next(&expr, tz, at, &at); i++) {
        str_add(ret, i == 0 ? "\nnext  " : "\n      ");
        moment_date(at, tz, ret);
    }
    return true;
}
