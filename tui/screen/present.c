/* present.c - objects and the time of day to the words, marks and colours of the screen; pure. */
/* SPDX-License-Identifier: MIT */
#include "tui/screen/present.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/stamp.h"
#include "core/codec/decode.h"
#include "core/cron/explain.h"
#include "core/cron/next.h"
#include "core/model/cronjob.h"
#include "tui/screen/moment.h"

const struct present_state present_shows[SHOW_COUNT] = {
    [SHOW_NEW] = {"new", GLYPH_DOT, ROLE_DIM},
    [SHOW_OK] = {"ok", GLYPH_OK, ROLE_RUN_OK},
    [SHOW_RUNNING] = {"running", GLYPH_RUNNING, ROLE_RUN_RUNNING},
    [SHOW_WAITING] = {"waiting", GLYPH_WAITING, ROLE_RUN_WAITING},
    [SHOW_FAILING] = {"failing", GLYPH_FAILED, ROLE_RUN_FAILED},
    [SHOW_MISSED] = {"missed", GLYPH_MISSED, ROLE_RUN_MISSED},
    [SHOW_BLOCKED] = {"blocked", GLYPH_MISSED, ROLE_RUN_FAILED},
    [SHOW_SUSPENDED] = {"suspended", GLYPH_SUSPENDED, ROLE_RUN_SUSPENDED},
    [SHOW_DRAFT] = {"draft", GLYPH_DRAFT, ROLE_RUN_SUSPENDED},
    [SHOW_NEVER] = {"never", GLYPH_NEVER, ROLE_WARN},
    [SHOW_INVALID] = {"invalid", GLYPH_FAILED, ROLE_ERROR},
};

const struct present_state present_fates[FATE_COUNT] = {
    [FATE_WAITING] = {"waiting", GLYPH_WAITING, ROLE_RUN_WAITING},
    [FATE_RUNNING] = {"running", GLYPH_RUNNING, ROLE_RUN_RUNNING},
    [FATE_SUCCEEDED] = {"ok", GLYPH_OK, ROLE_RUN_OK},
    [FATE_FAILED] = {"failed", GLYPH_FAILED, ROLE_RUN_FAILED},
    [FATE_REPLACED] = {"replaced", GLYPH_FAILED, ROLE_RUN_MISSED},
    [FATE_INTERRUPTED] = {"lost", GLYPH_FAILED, ROLE_RUN_FAILED},
    [FATE_STOPPED] = {"stopped", GLYPH_FAILED, ROLE_RUN_MISSED},
    [FATE_SKIPPED_FORBID] = {"skipped", GLYPH_DOT, ROLE_RUN_MISSED},
    [FATE_MISSED_DEADLINE] = {"missed", GLYPH_MISSED, ROLE_RUN_MISSED},
    [FATE_SCHEDULER_DOWN] = {"down", GLYPH_MISSED, ROLE_RUN_MISSED},
    [FATE_SUSPENDED] = {"suspended", GLYPH_SUSPENDED, ROLE_RUN_SUSPENDED},
    [FATE_BLOCKED] = {"blocked", GLYPH_MISSED, ROLE_RUN_FAILED},
    [FATE_PAUSED] = {"paused", GLYPH_SUSPENDED, ROLE_RUN_SUSPENDED},
};

/* What a CronJob is called after its last run. */
static const enum show show_after[FATE_COUNT] = {
    [FATE_WAITING] = SHOW_WAITING,       [FATE_RUNNING] = SHOW_RUNNING,
    [FATE_SUCCEEDED] = SHOW_OK,          [FATE_FAILED] = SHOW_FAILING,
    [FATE_REPLACED] = SHOW_OK, /* its successor is what counts */
    [FATE_INTERRUPTED] = SHOW_FAILING,   [FATE_STOPPED] = SHOW_FAILING,
    [FATE_SKIPPED_FORBID] = SHOW_MISSED, [FATE_MISSED_DEADLINE] = SHOW_MISSED,
    [FATE_SCHEDULER_DOWN] = SHOW_MISSED, [FATE_SUSPENDED] = SHOW_OK,
    [FATE_BLOCKED] = SHOW_BLOCKED,       [FATE_PAUSED] = SHOW_OK,
};

static char *copy(const cJSON *root, const char *path)
{
    const char *text = tree_str(root, path);

    return text ? xstrdup(text) : NULL;
}

/* Times of runs have a fraction, which tree_time does not keep. */
static nsec_t nano_time(const cJSON *root, const char *path)
{
    const char *text = tree_str(root, path);
    nsec_t when;

    return text && stamp_parse(text, &when) ? when : NSEC_NONE;
}

static void read_last_run(struct cronrow *row, const cJSON *cronjob)
{
    const cJSON *last = tree_get(cronjob, "status.lastRun");
    const char *result = tree_str(last, "result");

    row->fate = result ? run_fate_find(result) : FATE_COUNT;
    row->ran = row->fate != FATE_COUNT;
    if (!row->ran) {
        return;
    }
    row->job = copy(last, "name");
    row->pod = copy(last, "podName");
    row->reason = copy(last, "reason");
    row->start = nano_time(last, "startTime");
    row->end = nano_time(last, "completionTime");
    row->slot = tree_time(last, "scheduledTime");
    row->attempt = tree_int_or(last, "attempt", 1);
}

static enum show show_of(const struct cronrow *row, const cJSON *cronjob)
{
    const cJSON *active = tree_get(cronjob, "status.active");

    if (row->draft) {
        return SHOW_DRAFT;
    }
    if (row->ran && !(row->fate == FATE_WAITING || row->fate == FATE_RUNNING) &&
        cJSON_GetArraySize(active) > 0) {
        return SHOW_RUNNING; /* an older run goes on beside a newer, ended one */
    }
    if (row->ran && (row->fate == FATE_WAITING || row->fate == FATE_RUNNING)) {
        return show_after[row->fate];
    }
    if (!row->valid) {
        return SHOW_INVALID;
    }
    if (row->suspended) {
        return SHOW_SUSPENDED;
    }
    if (cron_never(&row->expr)) {
        return SHOW_NEVER;
    }
    return row->ran                         ? show_after[row->fate]
           : cJSON_GetArraySize(active) > 0 ? SHOW_RUNNING
                                            : SHOW_NEW;
}

void cronrow_init(struct cronrow *row, const cJSON *cronjob, const struct tz *machine)
{
    *row = (struct cronrow){.tz = machine,
                            .slot = SEC_NONE,
                            .start = NSEC_NONE,
                            .end = NSEC_NONE,
                            .next = SEC_NONE,
                            .next_from = SEC_NONE};
    row->name = xstrdup(tree_str_or(cronjob, "metadata.name", ""));
    row->ns = xstrdup(tree_str_or(cronjob, "metadata.namespace", ""));
    row->schedule = xstrdup(tree_str_or(cronjob, "spec.schedule", ""));
    row->zone = copy(cronjob, "spec.timeZone");
    const char *description = tree_annotation(cronjob, ANNOTATION_DESCRIPTION);
    row->description = description ? xstrdup(description) : NULL;
    row->recent = xstrdup(tree_str_or(cronjob, "status.recentRuns", ""));
    row->valid = cron_parse(row->schedule, &row->expr, NULL);
    if (row->zone) {
        const struct tz *named = tz_find(row->zone, NULL);
        row->tz = named ? named : machine;
        row->valid = row->valid && named;
    }
    row->suspended = tree_bool(cronjob, "spec.suspend", false);
    const char *draft = tree_annotation(cronjob, ANNOTATION_DRAFT);
    row->draft = row->suspended && draft && strcmp(draft, "true") == 0;
    row->every_from = tree_time(cronjob, "status.lastScheduleTime");
    if (row->every_from == SEC_NONE) {
        row->every_from = tree_time(cronjob, "metadata.creationTimestamp");
    }
    read_last_run(row, cronjob);
    row->show = show_of(row, cronjob);
}

void cronrow_done(struct cronrow *row)
{
    char **texts[] = {&row->name,   &row->description, &row->ns,  &row->schedule, &row->zone,
                      &row->recent, &row->job,         &row->pod, &row->reason,   &row->meaning};

    for (size_t i = 0; i < countof(texts); i++) {
        free(*texts[i]);
        *texts[i] = NULL;
    }
}

const char *cronrow_meaning(struct cronrow *row)
{
    if (!row->meaning) {
        struct str text = {0};
        if (row->valid) {
            cron_explain(&row->expr, &text);
        } else {
            str_add(&text, "cannot be read");
        }
        row->meaning = str_take(&text);
    }
    return row->meaning;
}

static sec_t next_every(const struct cronrow *row, sec_t now)
{
    sec_t from = row->every_from == SEC_NONE ? now : row->every_from;
    sec_t every = row->expr.every;

    /* Counted from the last start; one that is overdue is due now. */
    return from + every > now ? from + every : now + 1;
}

sec_t cronrow_next(struct cronrow *row, sec_t now)
{
    if (!row->valid || row->suspended) {
        return SEC_NONE;
    }
    if (row->expr.every > 0) {
        return next_every(row, now);
    }
    /* Good for every moment from the one it was asked for up to itself. */
    if (row->next_from == SEC_NONE || now < row->next_from ||
        (row->next != SEC_NONE && now >= row->next)) {
        row->next_from = now;
        if (!cron_next(&row->expr, row->tz, now, &row->next)) {
            row->next = SEC_NONE;
        }
    }
    return row->next;
}

void present_last(const struct cronrow *row, sec_t now, bool wide, struct str *ret)
{
    if (!row->ran) {
        str_add(ret, "-");
        return;
    }
    if (row->fate == FATE_RUNNING && row->start != NSEC_NONE) {
        moment_elapsed(now * NSEC_PER_SEC - row->start, ret);
        return;
    }
    sec_t when = row->end != NSEC_NONE ? nsec_to_sec(row->end) : row->slot;
    if (when == SEC_NONE) {
        str_add(ret, "-");
        return;
    }
    size_t start = ret->len;
    moment_short(now - when, ret);
    bool failed = row->fate != FATE_SUCCEEDED && row->reason;
    if (!wide || (!failed && (row->start == NSEC_NONE || row->end == NSEC_NONE))) {
        return;
    }
    /* Two columns in one: the age in four places, then what to know about it. */
    while (ret->len - start < 5) {
        str_add_char(ret, ' ');
    }
    if (failed) {
        str_add(ret, row->reason);
    } else {
        moment_took(row->end - row->start, ret);
    }
}

void present_next(struct cronrow *row, sec_t now, bool wide, struct str *ret)
{
    sec_t next = cronrow_next(row, now);

    if (next == SEC_NONE) {
        str_add(ret, "-");
        return;
    }
    str_add(ret, wide ? "in " : "");
    moment_short(next - now, ret);
}

size_t present_recent(const char *letters, struct spark_bar *ret, size_t most)
{
    size_t len = strlen(letters), skip = len > most ? len - most : 0;

    for (size_t i = 0; i < len - skip; i++) {
        enum run_fate fate = run_fate_of_letter(letters[skip + i]);
        const struct present_state *state = &present_fates[fate == FATE_COUNT ? 0 : fate];
        if (fate == FATE_SUCCEEDED) {
            ret[i] = (struct spark_bar){state->role, "▪", "."};
        } else {
            ret[i] = (struct spark_bar){state->role, glyph_text(false, state->glyph),
                                        glyph_text(true, state->glyph)};
        }
    }
    return len - skip;
}

/* "exit 3 after 2 attempts", "BackoffLimitExceeded", "112 due times", "by hand" ... */
static void run_info(const struct run *run, struct str *ret)
{
    const char *between = "";

    if (run->trigger == TRIGGER_MANUAL) {
        str_add(ret, "by hand");
        between = ", ";
    } else if (run->trigger == TRIGGER_CATCH_UP) {
        str_add(ret, "made up for");
        between = ", ";
    }
    if (run->exit_code.set && run->exit_code.value != 0) {
        str_addf(ret, "%sexit %" PRId64, between, run->exit_code.value);
        between = ", ";
    }
    if (run->attempts > 1) {
        str_addf(ret, "%s%" PRId64 " attempts", between, run->attempts);
        between = ", ";
    }
    if (run->count > 1) {
        str_addf(ret, "%s%" PRId64 " due times", between, run->count);
        between = ", ";
    }
    if (run->reason && run->fate != FATE_SUCCEEDED) {
        str_addf(ret, "%s%s", between, run->reason);
    }
}

bool runrow_init(struct runrow *row, const cJSON *document, nsec_t now, const struct tz *zone)
{
    struct run run;

    *row = (struct runrow){0};
    if (!run_decode(document, &run, NULL)) {
        return false;
    }
    sec_t moment = time_is_set(run.slot)    ? run.slot
                   : time_is_set(run.start) ? nsec_to_sec(run.start)
                                            : tree_time(document, "metadata.creationTimestamp");
    if (moment != SEC_NONE) {
        /* Of a forced run the second says nothing; of "@every 90s" it is the due time. */
        moment -= time_is_set(run.slot) ? 0 : moment % 60;
        moment_text(moment, nsec_to_sec(now), zone, &row->when);
    }
    if (time_is_set(run.start) && time_is_set(run.end)) {
        moment_took(run.end - run.start, &row->took);
    } else if (time_is_set(run.start) && run.fate == FATE_RUNNING) {
        moment_elapsed(now - run.start, &row->took);
    }
    run_info(&run, &row->info);
    row->fate = run.fate;
    row->final = run_is_final(&run);
    row->attempts = run.attempts;
    row->job = run.job ? xstrdup(run.job) : NULL;
    row->pod = run.pod ? xstrdup(run.pod) : NULL;
    return true;
}

void runrow_done(struct runrow *row)
{
    str_done(&row->when);
    str_done(&row->took);
    str_done(&row->info);
    free(row->job);
    free(row->pod);
    *row = (struct runrow){0};
}
