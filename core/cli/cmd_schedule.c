/* cmd_schedule.c - belfry schedule: when an expression fires next, and what it means. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/str.h"
#include "core/cli/print.h"
#include "core/cli/verb.h"
#include "core/cron/explain.h"
#include "core/cron/expr.h"
#include "core/cron/next.h"
#include "core/cron/tz.h"

struct schedule {
    const char *zone_name, *from_text; /* NULL: the machine's, now */
    long long count;
    struct cron_expr expr;
    const struct tz *tz;
    sec_t from;
};

/* One word, or, when the shell has split it, several. */
static bool read_expr(struct schedule *s, char **words, size_t count, struct error *err)
{
    cleanup_with(str_done) struct str text = {0};
    if (count == 0) {
        error_set(err, ERROR_USAGE, "an expression is missing");
        return error_hint(err, "for example: belfry schedule next '*/5 * * * *'");
    }
    for (size_t i = 0; i < count; i++) {
        str_addf(&text, "%s%s", i > 0 ? " " : "", words[i]);
    }
    if (cron_parse(str_text(&text), &s->expr, err)) {
        return true;
    }
    if (count > 5) {
        error_hint(err, "put the expression in quotes, or the shell makes file names of its '*'");
    }
    return false;
}

static bool read_all(struct schedule *s, char **words, size_t count, struct error *err)
{
    s->from = clk_now(clk_system());
    if (s->from_text != NULL && !stamp_parse_sec(s->from_text, &s->from)) {
        error_set(err, ERROR_USAGE, "--from: '%s' is not a time", s->from_text);
        return error_hint(err, "use RFC 3339: 2026-11-20T20:50:00Z or 2026-11-20T21:50:00+01:00");
    }
    s->tz = s->zone_name != NULL ? tz_find(s->zone_name, err) : tz_local();
    return s->tz != NULL && read_expr(s, words, count, err);
}

/* What the clock does to a run, or to one that is left out before it. */
static void add_marks(const struct schedule *s, sec_t before, sec_t when, struct str *ret)
{
    enum cron_dst fold = cron_fold(s->tz, when);
    if (fold == CRON_DST_FOLD_FIRST) {
        str_add(ret, "  first of two, the clock goes back");
    } else if (fold == CRON_DST_FOLD_SECOND) {
        str_add(ret, "  second of two, the clock went back");
    }
    sec_t change;
    enum cron_dst kind;
    for (sec_t at = before;
         (kind = cron_dst_ahead(&s->expr, s->tz, at, &change)) != CRON_DST_NONE && change <= when;
         at = tz_at(s->tz, change).until) {
        if (kind == CRON_DST_GAP) {
            str_add(ret, "  after a run left out: ");
            cron_explain_change(s->tz, kind, change, ret);
            return;
        }
    }
}

/* "2026-11-21T02:00:00+01:00  in 4h55m" */
static void add_run(const struct schedule *s, sec_t before, sec_t when, struct str *ret)
{
    char stamp[STAMP_SIZE], age[STAMP_SIZE];
    str_addf(ret, "%s  in %s", stamp_offset(stamp, when, tz_at(s->tz, when).offset),
             duration_human(age, when - s->from));
    add_marks(s, before, when, ret);
    str_add_char(ret, '\n');
}

static void print_next(const struct schedule *s)
{
    cleanup_with(str_done) struct str text = {0};
    sec_t when = s->from;
    for (long long i = 0; i < s->count; i++) {
        sec_t before = when;
        if (!cron_next(&s->expr, s->tz, before, &when)) {
            str_add(&text, i == 0 ? "never\n" : "");
            break;
        }
        add_run(s, before, when, &text);
    }
    print_text(str_text(&text));
}

static void print_meaning(const struct schedule *s)
{
    cleanup_with(str_done) struct str text = {0};
    str_add(&text, "schedule   ");
    cron_print(&s->expr, &text);
    str_add(&text, "\nmeaning    ");
    cron_explain(&s->expr, &text);
    str_addf(&text, "\ntime zone  %s%s\n", tz_name(s->tz),
             s->zone_name == NULL ? " (this machine's)" : "");
    sec_t when;
    if (cron_next(&s->expr, s->tz, s->from, &when)) {
        str_add(&text, "next       ");
        add_run(s, s->from, when, &text);
    }
    cleanup_with(str_done) struct str caveats = {0};
    cron_caveats(&s->expr, s->tz, s->from, &caveats);
    for (const char *line = str_text(&caveats); *line != '\0'; line = strchr(line, '\n') + 1) {
        str_addf(&text, "warning    %.*s\n", (int)strcspn(line, "\n"), line);
    }
    print_text(str_text(&text));
}

int cmd_schedule(char **argv)
{
    struct schedule s = {.count = 5};
    const struct opt options[] = {
        {"time-zone", 0, OPT_TEXT, &s.zone_name, "ZONE", "IANA name (this machine's)", 0, 0},
        {"from", 0, OPT_TEXT, &s.from_text, "TIME", "RFC 3339: look on from then (now)", 0, 0},
        {"count", 'n', OPT_INT, &s.count, "N", "of next: so many times (5)", 1, 10000},
        {.name = NULL},
    };
    struct error err = {0};
    size_t count;
    char **rest;
    int code = verb_start("schedule", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    bool next = count > 0 && strcmp(argv[0], "next") == 0;
    bool explain = count > 0 && strcmp(argv[0], "explain") == 0;
    if (!next && !explain) {
        error_set(&err, ERROR_USAGE, "belfry schedule needs 'next' or 'explain'");
        error_hint(&err, "for example: belfry schedule next '*/5 * * * *'");
        return print_failure(&err);
    }
    if (!read_all(&s, argv + 1, count - 1, &err)) {
        return print_failure(&err);
    }
    if (next) {
        print_next(&s);
    } else {
        print_meaning(&s);
    }
    return 0;
}
