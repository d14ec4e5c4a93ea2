/* validate.c - the rules of metadata and of a CronJob. */
/* SPDX-License-Identifier: MIT */
#include "core/model/validate.h"

#include <stdio.h>
#include <string.h>

#include "core/cron/expr.h"
#include "core/cron/next.h"
#include "core/cron/tz.h"
#include "core/base/str.h"
#include "core/model/validate_job.h"

enum {
    JOB_NAME_MOST = 63,        /* it becomes the value of a label */
    NAME_MOST = 253,           /* RFC 1123 */
    NAMESPACE_MOST = 63,       /* a label */
    ANNOTATIONS_MOST = 262144, /* Kubernetes: 256 KiB for all of them together */
    SLOTS_MOST = 100,          /* more missed slots than this block (SEMANTICS.md section 2) */
    DEADLINE_LEAST = 10        /* below, a busy moment loses a run */
};

/* --- names --- */

static size_t name_most(enum kind kind)
{
    return kind == KIND_CRONJOB     ? CRONJOB_NAME_MOST
           : kind == KIND_JOB       ? JOB_NAME_MOST
           : kind == KIND_NAMESPACE ? NAMESPACE_MOST
                                    : NAME_MOST;
}

bool validate_name(const char *name, enum kind kind, struct error *err)
{
    if (strlen(name) > name_most(kind)) {
        return error_set(err, ERROR_INVALID, "must be no more than %zu characters",
                         name_most(kind));
    }
    if (kind == KIND_NAMESPACE ? name_is_label(name) : name_is_subdomain(name)) {
        return true;
    }
    error_set(err, ERROR_INVALID,
              "must consist of lower case letters, digits, '-'%s, and begin and end with a letter "
              "or digit",
              kind == KIND_NAMESPACE ? "" : " or '.'");
    return error_hint(err, "for example my-name");
}

static void validate_pairs(const struct pairs *pairs, const char *path, bool labels,
                           struct faults *faults)
{
    size_t total = 0;
    for (size_t i = 0; i < pairs->len; i++) {
        const struct pair *pair = &pairs->data[i];
        if (!name_is_label_key(pair->key)) {
            faults_add(faults, FAULT_INVALID, path,
                       "\"%.80s\": a key has at most 63 letters, digits, '-', '_' or '.', begins "
                       "and ends with a letter or digit, and may follow a domain and '/'",
                       pair->key);
        }
        if (labels && !name_is_label_value(pair->value)) {
            faults_add(faults, FAULT_INVALID, path,
                       "\"%.80s\": a label's value has at most 63 letters, digits, '-', '_' or "
                       "'.', and begins and ends with a letter or digit",
                       pair->value);
        }
        total += strlen(pair->key) + strlen(pair->value);
    }
    if (!labels && total > ANNOTATIONS_MOST) {
        faults_add(faults, FAULT_TOO_LONG, path, "may not be more than %d bytes", ANNOTATIONS_MOST);
    }
}

void meta_validate(const struct meta *meta, enum kind kind, struct faults *faults,
                   struct faults *warnings)
{
    struct error err = {0};
    bool named = meta->name && *meta->name;
    if (named && !validate_name(meta->name, kind, &err)) {
        faults_add(faults, FAULT_INVALID, "metadata.name", "\"%.260s\": %s", meta->name, err.what);
    } else if (!named && !(meta->generate_name && *meta->generate_name)) {
        faults_add(faults, FAULT_REQUIRED, "metadata.name", "name or generateName is required");
    }
    if (named && strchr(meta->name, '.') && (kind == KIND_CRONJOB || kind == KIND_JOB)) {
        faults_add(warnings, FAULT_UNKNOWN, "metadata.name",
                   "this is used in Pod names and hostnames, which can result in surprising "
                   "behavior; a DNS label is recommended: [must not contain dots]");
    }
    if (meta->ns && *meta->ns && !name_is_label(meta->ns)) {
        faults_add(faults, FAULT_INVALID, "metadata.namespace",
                   "\"%.80s\": must consist of lower case letters, digits and '-', at most 63",
                   meta->ns);
    }
    validate_pairs(&meta->labels, "metadata.labels", true, faults);
    validate_pairs(&meta->annotations, "metadata.annotations", false, faults);
}

/* --- schedules --- */

bool validate_schedule(const char *schedule, struct error *err)
{
    struct cron_expr expr;
    return cron_parse(schedule, &expr, err);
}

bool validate_time_zone(const char *zone, struct error *err)
{
    return tz_find(zone, err) != NULL;
}

sec_t schedule_blocks_after(const char *schedule, const char *zone, sec_t deadline)
{
    /* A year that begins on a Monday, in every kind of pattern soon dense enough; slots enough
     * that a week's or a day's dense hours are seen several times. */
    static const sec_t from = 1704067200; /* 2024-01-01 */
    enum { SLOTS = 1000 };
    struct cron_expr expr;
    const struct tz *tz = zone ? tz_find(zone, NULL) : tz_utc();
    if (!schedule || !tz || !cron_parse(schedule, &expr, NULL)) {
        return 0;
    }
    sec_t least = INT64_MAX;
    if (expr.every > 0) {
        least = SLOTS_MOST * expr.every;
    } else {
        autofree sec_t *slots = xcalloc(SLOTS, sizeof *slots);
        size_t count = cron_between(&expr, tz, from, INT64_MAX, slots, SLOTS);
        /* More than 100 slots pass in an outage that spans 101 of them. */
        for (size_t i = 0; i + SLOTS_MOST < count; i++) {
            sec_t span = slots[i + SLOTS_MOST] - slots[i];
            least = span < least ? span : least;
        }
    }
    return least == INT64_MAX || (deadline > 0 && least >= deadline) ? 0 : least;
}

/* "100 minutes": in the largest unit that leaves a number of at least 3. */
static const char *outage_text(sec_t seconds, char *buffer, size_t size)
{
    static const struct {
        sec_t length;
        const char *name;
    } units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}, {1, "seconds"}};
    size_t i = 0;
    while (i + 1 < countof(units) && seconds < 3 * units[i].length) {
        i++;
    }
    snprintf(buffer, size, "%lld %s", (long long)(seconds / units[i].length), units[i].name);
    return buffer;
}

static void validate_starts(const struct cronjob *cronjob, struct faults *faults,
                            struct faults *warnings)
{
    const char *policy = meta_annotation(&cronjob->meta, ANNOTATION_MISSED_STARTS);
    if (policy && strcmp(policy, "block") != 0 && strcmp(policy, "latest") != 0 &&
        strcmp(policy, "skip") != 0) {
        faults_add(faults, FAULT_UNSUPPORTED, "metadata.annotations." ANNOTATION_MISSED_STARTS,
                   "\"%.60s\": supported values: \"block\", \"latest\", \"skip\"", policy);
    }
    if (!cronjob->spec.starting_deadline_seconds.set) {
        return;
    }
    const char *path = "spec.startingDeadlineSeconds";
    sec_t deadline = cronjob->spec.starting_deadline_seconds.value;
    if (deadline == 0) {
        faults_add(warnings, FAULT_UNKNOWN, path, "with a deadline of 0 no run ever starts");
        return;
    }
    if (deadline > 0 && deadline < DEADLINE_LEAST) {
        faults_add(warnings, FAULT_UNKNOWN, path,
                   "below %d seconds a busy moment is enough to lose a run", DEADLINE_LEAST);
    }
    sec_t outage = schedule_blocks_after(cronjob->spec.schedule, cronjob->spec.time_zone, deadline);
    if (outage > 0 && (!policy || strcmp(policy, "block") == 0)) {
        char text[40];
        faults_add(warnings, FAULT_UNKNOWN, path,
                   "can block after an outage of %s: more than 100 runs are then missed; set it to "
                   "%lld or less",
                   outage_text(outage, text, sizeof text), (long long)outage);
    }
}

static void validate_time(const struct cronjob_spec *spec, struct faults *faults,
                          struct faults *warnings)
{
    struct error err = {0};
    struct cron_expr expr;
    if (spec->schedule && *spec->schedule) {
        if (!cron_parse(spec->schedule, &expr, &err)) {
            faults_add(faults, FAULT_INVALID, "spec.schedule", "\"%.100s\": %s%s%s", spec->schedule,
                       err.what, *err.hint ? "; " : "", err.hint);
        } else if (cron_never(&expr)) {
            faults_add(warnings, FAULT_UNKNOWN, "spec.schedule",
                       "\"%.100s\" never fires: no date matches it", spec->schedule);
        }
    } else {
        faults_add(faults, FAULT_REQUIRED, "spec.schedule", "%s", "");
    }
    if (spec->time_zone && !tz_find(spec->time_zone, &err)) {
        faults_add(faults, FAULT_INVALID, "spec.timeZone", "\"%.100s\": %s%s%s", spec->time_zone,
                   err.what, *err.hint ? "; " : "", err.hint);
    }
}

void cronjob_validate(const struct cronjob *cronjob, struct faults *faults, struct faults *warnings)
{
    const struct job_template *template = &cronjob->spec.job_template;
    meta_validate(&cronjob->meta, KIND_CRONJOB, faults, warnings);
    validate_time(&cronjob->spec, faults, warnings);
    validate_starts(cronjob, faults, warnings);
    validate_pairs(&template->meta.labels, "spec.jobTemplate.metadata.labels", true, faults);
    validate_pairs(&template->meta.annotations, "spec.jobTemplate.metadata.annotations", false,
                   faults);
    if (template->spec.has_selector) {
        faults_add(faults, FAULT_INVALID, "spec.jobTemplate.spec.selector",
                   "`selector` will be auto-generated");
    }
    if (template->spec.manual_selector) {
        faults_add(faults, FAULT_UNSUPPORTED, "spec.jobTemplate.spec.manualSelector",
                   "true: supported values: \"false\"");
    }
    job_spec_validate(&template->spec, "spec.jobTemplate.spec", faults, warnings);
}

void job_validate(const struct job *job, struct faults *faults, struct faults *warnings)
{
    const char *backoff = meta_annotation(&job->meta, ANNOTATION_BACKOFF);
    long long seconds;
    meta_validate(&job->meta, KIND_JOB, faults, warnings);
    if (backoff && !text_int(backoff, 0, 360, &seconds)) {
        faults_add(faults, FAULT_INVALID, "metadata.annotations." ANNOTATION_BACKOFF,
                   "\"%.60s\": must be a number of seconds from 0 to 360", backoff);
    }
    if (job->spec.manual_selector && job->spec.match_labels.len == 0) {
        faults_add(faults, FAULT_REQUIRED, "spec.selector", "manualSelector is true");
    }
    job_spec_validate(&job->spec, "spec", faults, warnings);
}
