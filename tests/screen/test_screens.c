/* test_screens.c - plays the scripts of this folder and compares what is seen with their goldens. */
/* SPDX-License-Identifier: MIT */
/* A script NAME.keys is lines of a word and what belongs to it (see words[]); each "snap TITLE" is
 * one picture in NAME.golden. With GENERATE=1 the goldens are written instead: read the diff. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/base/vec.h"
#include "tests/screen/stage.h"

#define SCRIPT_MOST 65536
#define GOLDEN_MOST (4 << 20)

static const char *source_folder(void)
{
    const char *folder = getenv("srcdir");

    return folder ? folder : ".";
}

struct script {
    const char *name;
    struct stage *stage;
    struct stage_options options;
    char *theme;
    struct str golden;
};

/* The terminal goes up with the first word that needs it; those before set it up. */
static struct stage *stage_of(struct script *script)
{
    if (!script->stage) {
        if (script->options.rows == 0) {
            script->options.rows = 24;
            script->options.cols = 80;
        }
        script->stage = stage_new(&script->options);
    }
    return script->stage;
}

static void on_size(struct script *script, const char *text)
{
    int rows, cols;

    assert_int_equal(sscanf(text, "%dx%d", &cols, &rows), 2);
    if (script->stage) {
        stage_resize(script->stage, rows, cols);
        return;
    }
    script->options.rows = rows;
    script->options.cols = cols;
}

static void on_theme(struct script *script, const char *text)
{
    free(script->theme);
    script->theme =
        strcmp(text, "mono") == 0 ? NULL : xasprintf("%s/themes/%s.yaml", source_folder(), text);
    script->options.theme = script->theme;
}

static void on_ascii(struct script *script, const char *text)
{
    (void)text;
    script->options.ascii = true;
}

static void on_read_only(struct script *script, const char *text)
{
    (void)text;
    script->options.read_only = true;
}

static void on_load(struct script *script, const char *text)
{
    autofree char *path = xasprintf("%s/tests/screen/data/%s", source_folder(), text);

    stage_load(stage_of(script), path);
}

static void on_delete(struct script *script, const char *text)
{
    stage_delete(stage_of(script), text);
}

/* "POD-UID the line": \e is an escape. */
static void on_log(struct script *script, const char *text)
{
    cleanup_with(str_done) struct str line = {0};
    const char *blank = strchr(text, ' ');

    assert_non_null(blank);
    autofree char *uid = xstrndup(text, (size_t)(blank - text));
    for (const char *c = blank + 1; *c; c++) {
        bool escape = c[0] == '\\' && c[1] == 'e';
        str_add_char(&line, escape ? '\x1b' : *c);
        c += escape;
    }
    stage_log(stage_of(script), uid, str_text(&line));
}

static void on_server(struct script *script, const char *text)
{
    stage_server(stage_of(script), strcmp(text, "up") == 0);
    stage_settle(stage_of(script));
}

static void on_keys(struct script *script, const char *text)
{
    stage_keys(stage_of(script), text);
}

static void on_type(struct script *script, const char *text)
{
    stage_type(stage_of(script), text);
}

static void on_click(struct script *script, const char *text)
{
    int row, col;

    assert_int_equal(sscanf(text, "%d %d", &row, &col), 2);
    stage_click(stage_of(script), row, col);
}

static void on_advance(struct script *script, const char *text)
{
    nsec_t by;

    assert_true(duration_parse(text, &by));
    stage_advance(stage_of(script), by);
}

static void on_wait(struct script *script, const char *text)
{
    stage_wait(stage_of(script), text, false);
}

static void on_gone(struct script *script, const char *text)
{
    stage_wait(stage_of(script), text, true);
}

static void on_snap(struct script *script, const char *text)
{
    stage_settle(stage_of(script));
    str_addf(&script->golden, "== %s\n", text);
    stage_snap(stage_of(script), &script->golden);
}

static void on_quits(struct script *script, const char *text)
{
    (void)text;
    assert_true(stage_quit(stage_of(script)));
}

static const struct {
    const char *word;
    void (*run)(struct script *script, const char *text);
} words[] = {
    {"size", on_size},   /* 80x24: before the first other word, or a resize */
    {"theme", on_theme}, /* dark, light, mono */
    {"ascii", on_ascii}, /* the locale is not UTF-8 */
    {"read-only", on_read_only},
    {"load", on_load},       /* data/FILE into the store */
    {"delete", on_delete},   /* a CronJob out of the store */
    {"log", on_log},         /* POD-UID text: a line of output */
    {"server", on_server},   /* down, up */
    {"keys", on_keys},       /* by name */
    {"type", on_type},       /* as it stands */
    {"click", on_click},     /* row column, 0-based */
    {"advance", on_advance}, /* the clock: 5m */
    {"wait", on_wait},       /* until a text is on the screen */
    {"gone", on_gone},       /* until it is not */
    {"snap", on_snap},       /* a picture of this title */
    {"quits", on_quits},     /* the program has ended */
};

static void run_line(struct script *script, const char *line, int number)
{
    size_t len = strcspn(line, " ");
    const char *text = line[len] ? line + len + 1 : "";

    for (size_t i = 0; i < countof(words); i++) {
        if (strlen(words[i].word) == len && strncmp(words[i].word, line, len) == 0) {
            words[i].run(script, text);
            return;
        }
    }
    fail_msg("%s.keys:%d: no word of a script: %s", script->name, number, line);
}

/* The first line that differs, and the picture it belongs to, side by side. */
static void tell_difference(const char *name, const char *want, const char *got)
{
    char title[128] = "";
    int row = 0;

    while (*want && *got) {
        size_t a = strcspn(want, "\n"), b = strcspn(got, "\n");
        if (a != b || memcmp(want, got, a) != 0) {
            break;
        }
        if (text_starts(want, "== ")) {
            snprintf(title, sizeof title, "%.*s", (int)a, want);
            row = 0;
        }
        want += a + (want[a] != '\0');
        got += b + (got[b] != '\0');
        row++;
    }
    print_error("%s: in \"%s\", line %d\n  golden: %.*s\n  now:    %.*s\n", name, title, row,
                (int)strcspn(want, "\n"), want, (int)strcspn(got, "\n"), got);
    print_error("to see it all: make goldens, then git diff tests/screen\n");
}

static void compare(const char *name, const struct str *got)
{
    cleanup_with(str_done) struct str want = {0};
    struct error err = {0};
    autofree char *path = xasprintf("%s/tests/screen/%s.golden", source_folder(), name);

    if (getenv("GENERATE")) {
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(str_text(got), 1, got->len, file), got->len);
        fclose(file);
        return;
    }
    if (!file_read(path, GOLDEN_MOST, &want, &err)) {
        fail_msg("%s: %s", path, err.what);
    }
    if (strcmp(str_text(&want), str_text(got)) != 0) {
        tell_difference(name, str_text(&want), str_text(got));
        fail();
    }
}

static void play(void **state)
{
    struct script script = {.name = *state};
    cleanup_with(str_done) struct str text = {0};
    struct error err = {0};
    autofree char *path = xasprintf("%s/tests/screen/%s.keys", source_folder(), script.name);
    int number = 0;

    on_theme(&script, "dark");
    if (!file_read(path, SCRIPT_MOST, &text, &err)) {
        fail_msg("%s", err.what);
    }
    for (char *line = text.data, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        number++;
        if (*line && *line != '#') {
            run_line(&script, line, number);
        }
    }
    stage_free(script.stage);
    free(script.theme);
    compare(script.name, &script.golden);
    str_done(&script.golden);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int main(int argc, char **argv)
{
    vec(struct CMUnitTest) tests = {0};
    autofree char *folder = xasprintf("%s/tests/screen", source_folder());
    DIR *dir = opendir(folder);

    if (!dir) {
        fprintf(stderr, "%s cannot be read\n", folder);
        return 1;
    }
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (text_ends(entry->d_name, ".keys") && (argc < 2 || strstr(entry->d_name, argv[1]))) {
            char *name = xstrndup(entry->d_name, strlen(entry->d_name) - strlen(".keys"));
            vec_push(&tests,
                     (struct CMUnitTest){.name = name, .test_func = play, .initial_state = name});
        }
    }
    closedir(dir);
    if (tests.len == 0) {
        fprintf(stderr, "no scripts in %s\n", folder);
        return 1;
    }
    qsort(tests.data, tests.len, sizeof *tests.data, by_name);
    int failed = _cmocka_run_group_tests("screens", tests.data, tests.len, NULL, NULL);
    for (size_t i = 0; i < tests.len; i++) {
        free(tests.data[i].initial_state);
    }
    vec_done(&tests);
    return failed;
}
