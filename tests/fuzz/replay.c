/* replay.c - runs a fuzz target over its corpus with any compiler, so that "make check" does. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/seed.h"

/* usage: fuzz_NAME [FILE|FOLDER...]; without one, the corpus tests/fuzz/corpus/NAME. Each input runs
 * as it is, and with some random damage: not a fuzzer, but it finds the crude faults each day. */

#define INPUT_MOST (1024 * 1024)
#define DAMAGED 200 /* variants of each input */

static size_t inputs;

/* A copy of exactly that size, so that a sanitizer sees a read behind its end. */
static void run(const void *bytes, size_t len)
{
    uint8_t *copy = xmalloc(len + (len == 0));
    if (len > 0) {
        memcpy(copy, bytes, len);
    }
    (void)LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

static void run_damaged(struct id_source *random, const struct str *input)
{
    cleanup_with(str_done) struct str copy = {0};
    for (int i = 0; i < DAMAGED && input->len > 0; i++) {
        str_clear(&copy);
        str_add_bytes(&copy, input->data, input->len);
        for (uint64_t hits = 1 + id_random(random) % 3; hits > 0 && copy.len > 0; hits--) {
            size_t at = id_random(random) % copy.len;
            switch (id_random(random) % 4) {
            case 0: copy.data[at] = (char)id_random(random); break;
            case 1: copy.data[at] = (char)(copy.data[at] ^ (1 << id_random(random) % 8)); break;
            case 2: copy.data[at] = input->data[id_random(random) % input->len]; break;
            default: str_cut(&copy, at); break;
            }
        }
        run(copy.data, copy.len);
    }
}

static bool run_file(struct id_source *random, const char *path)
{
    cleanup_with(str_done) struct str input = {0};
    struct error err = {0};
    if (!file_read(path, INPUT_MOST, &input, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.what);
        return false;
    }
    inputs++;
    run(input.data, input.len);
    run_damaged(random, &input);
    return true;
}

static bool run_path(struct id_source *random, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return run_file(random, path);
    }
    DIR *folder = opendir(path);
    bool ok = folder != NULL;
    for (const struct dirent *e; ok && (e = readdir(folder)) != NULL;) {
        if (e->d_name[0] != '.') {
            cleanup_with(str_done) struct str file = {0};
            str_addf(&file, "%s/%s", path, e->d_name);
            ok = run_file(random, str_text(&file));
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return ok;
}

int main(int argc, char **argv)
{
    struct id_source random = seed_begin();
    bool ok = true;
    for (int i = 1; i < argc; i++) {
        ok = run_path(&random, argv[i]) && ok;
    }
    if (argc < 2) {
        const char *slash = strrchr(argv[0], '/');
        const char *name = slash != NULL ? slash + 1 : argv[0];
        const char *root = getenv("srcdir");
        cleanup_with(str_done) struct str corpus = {0};
        str_addf(&corpus, "%s/tests/fuzz/corpus/%s", root != NULL ? root : ".",
                 text_starts(name, "fuzz_") ? name + strlen("fuzz_") : name);
        ok = run_path(&random, str_text(&corpus));
    }
    printf("%zu inputs, each also damaged in %d ways\n", inputs, DAMAGED);
    return ok && inputs > 0 ? 0 : 1;
}
