/* cases.c - runs decision cases from JSON files and prints, or checks, what came out. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "tests/sim/cases.h"

/* Usage: cases cronjob|job FILE.json... [--check]. One JSON line a step (or a Job); with --check
 * only what differs from "expect", and exit 1 if anything does. */

const char *keep_text(cJSON *one, const char *text)
{
    if (!text) {
        return NULL;
    }
    if (!tree_member(one, "kept")) {
        tree_set(one, "kept", cJSON_CreateArray());
    }
    cJSON *copy = cJSON_CreateString(text);
    tree_add(tree_member(one, "kept"), copy);
    return copy->valuestring;
}

void bad_case(const cJSON *one, const char *what)
{
    fprintf(stderr, "error: case \"%s\": %s\n", tree_str_or(one, "name", "?"), what);
    exit(2);
}

struct run {
    bool check, per_step;
    int failed, passed;
};

static void print_line(const struct run *run, const cJSON *one, int step, const cJSON *got)
{
    cleanup_with(str_done) struct str line = {0};
    str_add(&line, "{\"case\": ");
    str_add_json(&line, tree_str_or(one, "name", ""));
    if (run->per_step) {
        str_addf(&line, ", \"step\": %d", step);
    }
    str_add(&line, ", \"got\": ");
    tree_print(&line, got, false);
    str_add(&line, "}");
    puts(str_text(&line));
}

static void complain(const cJSON *one, int step, const char *key, const cJSON *got,
                     const cJSON *want)
{
    cleanup_with(str_done) struct str text = {0};
    str_addf(&text, "%s: step %d: %s: got ", tree_str_or(one, "name", ""), step, key);
    if (got) {
        tree_print(&text, got, false);
    } else {
        str_add(&text, "nothing");
    }
    str_add(&text, ", want ");
    tree_print(&text, want, false);
    fprintf(stderr, "%s\n", text.data);
}

/* The members that WANT names are there, with its values. */
static bool event_fits(const cJSON *got, const cJSON *want)
{
    const cJSON *each;
    cJSON_ArrayForEach(each, want)
    {
        if (!tree_equal(tree_member(got, each->string), each)) {
            return false;
        }
    }
    return true;
}

/* Those named, in order, further ones allowed. */
static bool events_fit(const cJSON *got, const cJSON *want)
{
    const cJSON *at = got ? got->child : NULL;
    const cJSON *each;
    cJSON_ArrayForEach(each, want)
    {
        while (at && !event_fits(at, each)) {
            at = at->next;
        }
        if (!at) {
            return false;
        }
        at = at->next;
    }
    return true;
}

static bool fits(const char *key, const cJSON *got, const cJSON *want)
{
    if (strcmp(key, "events") == 0) {
        return events_fit(got, want);
    }
    if (strcmp(key, "errorContains") == 0) {
        return cJSON_IsString(got) && cJSON_IsString(want) &&
               strstr(got->valuestring, want->valuestring);
    }
    return cJSON_IsNull(want) ? !got || cJSON_IsNull(got) : tree_equal(got, want);
}

static void on_got(const cJSON *one, int step, const cJSON *got, const cJSON *expect, void *data)
{
    struct run *run = data;
    if (!run->check) {
        print_line(run, one, step, got);
        return;
    }
    bool ok = true;
    const cJSON *want;
    cJSON_ArrayForEach(want, expect)
    {
        const cJSON *found = tree_member(got, want->string);
        if (!fits(want->string, found, want)) {
            complain(one, step, want->string, found, want);
            ok = false;
        }
    }
    run->passed += ok;
    run->failed += !ok;
}

static cJSON *read_cases(const char *path)
{
    struct error err = {0};
    cleanup_with(str_done) struct str text = {0};
    cJSON *tree = file_read(path, (size_t)32 << 20, &text, &err)
                      ? tree_parse(text.data, text.len, &err)
                      : NULL;
    if (!tree || !cJSON_IsArray(tree_get(tree, "cases"))) {
        char line[512];
        error_text(&err, line, sizeof line);
        fprintf(stderr, "error: %s: %s\n", path, tree ? "there is no list \"cases\"" : line);
        exit(2);
    }
    return tree;
}

int main(int argc, char **argv)
{
    struct run run = {0};
    const char *kind = argc > 1 ? argv[1] : "";
    run.per_step = strcmp(kind, "cronjob") == 0;
    if (!run.per_step && strcmp(kind, "job") != 0) {
        fprintf(stderr, "usage: cases cronjob|job FILE.json... [--check]\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        run.check |= strcmp(argv[i], "--check") == 0;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--check") == 0) {
            continue;
        }
        autotree cJSON *tree = read_cases(argv[i]);
        cJSON *one;
        cJSON_ArrayForEach(one, tree_get(tree, "cases"))
        {
            (run.per_step ? cronjob_case : job_case)(one, on_got, &run);
        }
    }
    if (run.check) {
        printf("%d passed, %d failed\n", run.passed, run.failed);
    }
    return run.failed > 0;
}
