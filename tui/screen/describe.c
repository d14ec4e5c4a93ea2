/* describe.c - a CronJob in words: what it is, when it runs, how it went. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/describe.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/cron/next.h"
#include "core/model/meta.h"
#include "core/model/validate.h"
#include "tui/screen/moment.h"
#include "tui/screen/present.h"

#define STARTS 5
#define JOB "spec.jobTemplate.spec"
#define CONTAINER JOB ".template.spec.containers[0]"

static void heading(struct str *ret, const char *text)
{
    str_addf(ret, "%s%s\n", ret->len ? "\n" : "", text);
}

static void fact(struct str *ret, const char *name, const char *value)
{
    if (value && *value) {
        str_addf(ret, "  %-20s %s\n", name, value);
    }
}

static void fact_int(struct str *ret, const cJSON *root, const char *name, const char *path)
{
    int64_t number;

    if (tree_int(root, path, &number)) {
        str_addf(ret, "  %-20s %" PRId64 "\n", name, number);
    }
}

static void fact_seconds(struct str *ret, const cJSON *root, const char *name, const char *path)
{
    cleanup_with(str_done) struct str text = {0};
    int64_t seconds;

    if (tree_int(root, path, &seconds)) {
        moment_took(seconds * NSEC_PER_SEC, &text);
        fact(ret, name, str_text(&text));
    }
}

/* Words as a shell would need them. */
static void add_words(const cJSON *array, struct str *ret)
{
    const cJSON *word;

    cJSON_ArrayForEach(word, array)
    {
        const char *text = cJSON_IsString(word) ? word->valuestring : "";
        bool plain = *text && !strpbrk(text, " \t\n\"'\\$`|&;<>()*?[]#~!{}");
        str_add(ret, ret->len ? " " : "");
        if (plain) {
            str_add(ret, text);
        } else {
            str_add_json(ret, text);
        }
    }
}

static void what_runs(const cJSON *cronjob, struct str *ret)
{
    cleanup_with(str_done) struct str words = {0};

    heading(ret, "What runs");
    fact(ret, "Runtime", tree_str_or(cronjob, JOB ".template.spec.runtimeClassName", "container"));
    fact(ret, "Image", tree_str(cronjob, CONTAINER ".image"));
    add_words(tree_get(cronjob, CONTAINER ".command"), &words);
    add_words(tree_get(cronjob, CONTAINER ".args"), &words);
    fact(ret, "Command", str_text(&words));
    fact_int(ret, cronjob, "Allowed restarts", JOB ".backoffLimit");
    fact(ret, "Restart policy", tree_str(cronjob, JOB ".template.spec.restartPolicy"));
    fact_seconds(ret, cronjob, "Maximum duration", JOB ".activeDeadlineSeconds");
}

static void when_it_runs(struct cronrow *row, const cJSON *cronjob, sec_t now, struct str *ret)
{
    heading(ret, "When it runs");
    fact(ret, "Schedule", row->schedule);
    fact(ret, "Meaning", cronrow_meaning(row));
    fact(ret, "Time zone", row->zone ? row->zone : tz_name(row->tz));
    fact(ret, "Concurrency", tree_str_or(cronjob, "spec.concurrencyPolicy", "Allow"));
    fact_seconds(ret, cronjob, "Start deadline", "spec.startingDeadlineSeconds");
    sec_t deadline = tree_int_or(cronjob, "spec.startingDeadlineSeconds", 0);
    sec_t blocks = schedule_blocks_after(row->schedule, row->zone, deadline);
    if (blocks > 0) {
        cleanup_with(str_done) struct str text = {0};
        str_add(&text, "can block after an outage of ");
        moment_took(blocks * NSEC_PER_SEC, &text);
        fact(ret, "Beware", str_text(&text));
    }
    sec_t at = now;
    for (int i = 0;
         i < STARTS && row->valid && !row->expr.every && cron_next(&row->expr, row->tz, at, &at);
         i++) {
        cleanup_with(str_done) struct str text = {0};
        moment_date(at, row->tz, &text);
        str_addf(ret, "  %-20s %s\n", i == 0 ? (row->suspended ? "Next, if resumed" : "Next") : "",
                 str_text(&text));
    }
}

static void how_it_went(const struct cronrow *row, const cJSON *cronjob, const struct tz *machine,
                        struct str *ret)
{
    static const struct {
        const char *name, *path;
    } times[] = {{"Last scheduled", "status.lastScheduleTime"},
                 {"Last success", "status.lastSuccessfulTime"},
                 {"Created", "metadata.creationTimestamp"}};

    heading(ret, "How it went");
    if (row->ran) {
        fact(ret, "Last run", row->job);
        fact(ret, "Result", present_fates[row->fate].word);
        fact(ret, "Reason", row->reason);
        fact_int(ret, cronjob, "Exit code", "status.lastRun.exitCode");
        fact_int(ret, cronjob, "Attempts", "status.lastRun.attempt");
    }
    if (row->ran && row->start != NSEC_NONE && row->end != NSEC_NONE) {
        cleanup_with(str_done) struct str text = {0};
        moment_took(row->end - row->start, &text);
        fact(ret, "Took", str_text(&text));
    }
    for (size_t i = 0; i < countof(times); i++) {
        cleanup_with(str_done) struct str text = {0};
        sec_t when = tree_time(cronjob, times[i].path);
        if (when != SEC_NONE) {
            moment_date(when, machine, &text);
            fact(ret, times[i].name, str_text(&text));
        }
    }
    fact_int(ret, cronjob, "Keeps succeeded", "spec.successfulJobsHistoryLimit");
    fact_int(ret, cronjob, "Keeps failed", "spec.failedJobsHistoryLimit");
}

void describe_cronjob(const cJSON *cronjob, const struct tz *machine, sec_t now, struct str *ret)
{
    struct cronrow row;

    cronrow_init(&row, cronjob, machine);
    heading(ret, "CronJob");
    fact(ret, "Name", row.name);
    fact(ret, "Namespace", row.ns);
    fact(ret, "Description", tree_annotation(cronjob, ANNOTATION_DESCRIPTION));
    fact(ret, "State", present_shows[row.show].word);
    when_it_runs(&row, cronjob, now, ret);
    what_runs(cronjob, ret);
    how_it_went(&row, cronjob, machine, ret);
    cronrow_done(&row);
}
