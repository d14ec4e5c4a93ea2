/* test_storage.c - the store: documents, versions, units, commits that fail, the feed, the ledger. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "storage/feed.h"
#include "storage/ledger.h"
#include "storage/objects.h"
#include "storage/splice.h"

static struct id_source ids = {.seed = 7};

/* --- fixture -------------------------------------------------------------------------------- */

struct fixture {
    struct store *store;
    struct clk *clk;
    char folder[512];
    char path[544];
};

static void open_store(struct fixture *fixture)
{
    struct error err = {0};
    fixture->store = store_open(fixture->path, fixture->clk, &ids, &err);
    if (!fixture->store) {
        fail_msg("%s: %s", fixture->path, err.what);
    }
}

static int set_up(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof *fixture);
    fixture->clk = clk_virtual_new(1000 * NSEC_PER_SEC, 5 * NSEC_PER_SEC);
    const char *base = getenv("TEST_DIR");
    snprintf(fixture->folder, sizeof fixture->folder, "%s/test_storage.XXXXXX", base ? base : ".");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/belfry.db", fixture->folder);
    open_store(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    clk_free(fixture->clk);
    assert_true(file_remove_tree(fixture->folder, NULL));
    free(fixture);
    return 0;
}

static void commit(struct fixture *fixture)
{
    struct error err = {0};
    if (!store_commit(fixture->store, &err)) {
        fail_msg("commit: %s", err.what);
    }
}

/* An object whose document carries nothing but what it must. */
static bool create(struct store *store, enum kind kind, const char *name, const char *uid,
                   const char *owner, struct error *err)
{
    autofree char *document = xasprintf(
        "{\"kind\":\"x\",\"metadata\":{\"name\":\"%s\",\"uid\":\"%s\"},\"n\":1}", name, uid);
    struct object object = {.kind = kind,
                            .namespace = "default",
                            .name = name,
                            .uid = uid,
                            .owner_uid = owner,
                            .document = document,
                            .document_len = strlen(document)};
    return objects_create(store, &object, NULL, NULL, err);
}

static void must_create(struct store *store, enum kind kind, const char *name, const char *uid,
                        const char *owner)
{
    struct error err = {0};
    if (!create(store, kind, name, uid, owner, &err)) {
        fail_msg("create %s: %s", name, err.what);
    }
}

static bool update(struct store *store, const char *name, int64_t version, const char *document,
                   int64_t *ret_version, struct error *err)
{
    struct object object = {.kind = KIND_CRONJOB,
                            .namespace = "default",
                            .name = name,
                            .version = version,
                            .document = document,
                            .document_len = strlen(document)};
    return objects_update(store, &object, NULL, ret_version, err);
}

static const char *read_back(struct store *store, const char *name, struct str *text)
{
    struct object_key key = {.kind = KIND_CRONJOB, .namespace = "default", .name = name};
    struct error err = {0};
    if (!objects_get(store, &key, text, NULL, &err)) {
        return "";
    }
    return str_text(text);
}

/* --- splice --------------------------------------------------------------------------------- */

static void a_version_is_put_into_a_document_and_nothing_else_moves(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out; /* NULL: refused */
    } rows[] = {
        {"{\"metadata\":{}}", "{\"metadata\":{\"resourceVersion\":\"42\"}}"},
        {"{\"metadata\":{\"name\":\"a\"}}",
         "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"42\"}}"},
        {"{\"metadata\":{\"resourceVersion\":\"1\",\"name\":\"a\"}}",
         "{\"metadata\":{\"resourceVersion\":\"42\",\"name\":\"a\"}}"},
        /* Only the one at its place counts. */
        {"{\"spec\":{\"metadata\":{\"resourceVersion\":\"9\"}},\"metadata\":{\"labels\":{"
         "\"resourceVersion\":\"8\"},\"resourceVersion\":\"7\"}}",
         "{\"spec\":{\"metadata\":{\"resourceVersion\":\"9\"}},\"metadata\":{\"labels\":{"
         "\"resourceVersion\":\"8\"},\"resourceVersion\":\"42\"}}"},
        {"{\"a\":\"}\\\"metadata\\\":{\",\"b\":[1,{\"c\":-2.5e3}],\"metadata\":{\"x\":null}}",
         "{\"a\":\"}\\\"metadata\\\":{\",\"b\":[1,{\"c\":-2.5e3}],\"metadata\":{\"x\":null,"
         "\"resourceVersion\":\"42\"}}"},
        {" { \"metadata\" : { \"name\" : \"a\" } } ",
         " { \"metadata\" : { \"name\" : \"a\" ,\"resourceVersion\":\"42\"} } "},
        {"{\"spec\":{}}", NULL},
        {"{\"metadata\":[]}", NULL},
        {"{\"metadata\":{\"name\":", NULL},
        {"[]", NULL},
        {"", NULL},
    };
    cleanup_with(str_done) struct str out = {0};
    for (size_t i = 0; i < countof(rows); i++) {
        bool ok = splice_version(rows[i].in, strlen(rows[i].in), 42, &out);
        assert_int_equal(ok, rows[i].out != NULL);
        if (ok) {
            assert_string_equal(str_text(&out), rows[i].out);
        }
    }
}

static void a_member_can_be_left_out(void **state)
{
    (void)state;
    cleanup_with(str_done) struct str out = {0};
    const char *text = "{\"a\":{\"spec\":1},\"spec\":{\"b\":[1,\"}\"]},\"c\":2}";
    splice_without(text, strlen(text), "spec", &out);
    assert_string_equal(str_text(&out), "{\"a\":{\"spec\":1},\"spec\":null,\"c\":2}");
    splice_without(text, strlen(text), "status", &out);
    assert_string_equal(str_text(&out), text);
}

/* --- objects -------------------------------------------------------------------------------- */

static void an_object_comes_back_as_written_with_its_version(void **state)
{
    struct fixture *fixture = *state;
    cleanup_with(str_done) struct str text = {0};
    int64_t before = store_version(fixture->store);
    must_create(fixture->store, KIND_CRONJOB, "a", "uid-a", NULL);
    commit(fixture);
    autofree char *want = xasprintf("{\"kind\":\"x\",\"metadata\":{\"name\":\"a\",\"uid\":"
                                    "\"uid-a\",\"resourceVersion\":\"%lld\"},\"n\":1}",
                                    (long long)before + 1);
    assert_string_equal(read_back(fixture->store, "a", &text), want);
    assert_true(objects_get_uid(fixture->store, "uid-a", &text, NULL, NULL));
    assert_string_equal(str_text(&text), want);
}

static void errors_have_kubernetes_words(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error err = {0};
    must_create(store, KIND_CRONJOB, "a", "uid-a", NULL);
    assert_false(create(store, KIND_CRONJOB, "a", "uid-b", NULL, &err));
    assert_int_equal(err.code, ERROR_EXISTS);
    assert_string_equal(err.what, "cronjobs.batch \"a\" already exists");
    assert_false(update(store, "nope", 0, "{\"metadata\":{}}", NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_string_equal(err.what, "cronjobs.batch \"nope\" not found");
    assert_false(update(store, "a", 1, "{\"metadata\":{}}", NULL, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_string_equal(err.what,
                        "Operation cannot be fulfilled on cronjobs.batch \"a\": the object has "
                        "been modified; please apply your changes to the latest version and try "
                        "again");
    struct object_key key = {.kind = KIND_POD, .namespace = "default", .name = "p"};
    assert_false(objects_delete(store, &key, 0, NULL, NULL, &err));
    assert_string_equal(err.what, "pods \"p\" not found");
}

static void an_update_that_changes_nothing_keeps_its_version(void **state)
{
    struct fixture *fixture = *state;
    cleanup_with(str_done) struct str text = {0};
    must_create(fixture->store, KIND_CRONJOB, "a", "uid-a", NULL);
    int64_t version = store_version(fixture->store);
    int64_t now = 0;
    autofree char *same = xstrdup(read_back(fixture->store, "a", &text));
    assert_true(update(fixture->store, "a", version, same, &now, NULL));
    assert_int_equal(now, version);
    assert_true(
        update(fixture->store, "a", 0, "{\"metadata\":{\"name\":\"a\"},\"n\":2}", &now, NULL));
    assert_int_equal(now, version + 1);
}

static void versions_rise_over_a_restart(void **state)
{
    struct fixture *fixture = *state;
    must_create(fixture->store, KIND_CRONJOB, "a", "uid-a", NULL);
    must_create(fixture->store, KIND_CRONJOB, "b", "uid-b", NULL);
    struct object_key key = {.kind = KIND_CRONJOB, .namespace = "default", .name = "b"};
    assert_true(objects_delete(fixture->store, &key, 0, NULL, NULL, NULL));
    commit(fixture);
    int64_t version = store_version(fixture->store);
    store_close(fixture->store);
    open_store(fixture);
    assert_int_equal(store_version(fixture->store), version);
    assert_true(objects_exists(
        fixture->store,
        &(struct object_key){.kind = KIND_CRONJOB, .namespace = "default", .name = "a"}));
    assert_false(objects_exists(fixture->store, &key));
}

/* --- lists ---------------------------------------------------------------------------------- */

static void collect(struct store *store, const struct object_filter *filter, struct str *ret)
{
    struct error err = {0};
    struct object object;
    enum cursor_result result;
    struct object_cursor *cursor = objects_cursor_open(store, filter, NULL, &err);
    while ((result = objects_cursor_next(cursor, &object, &err)) == CURSOR_ROW) {
        str_addf(ret, "%s/%s ", object.namespace, object.name);
    }
    assert_int_equal(result, CURSOR_END);
    objects_cursor_close(cursor);
}

static void lists_come_by_namespace_and_name_and_by_owner(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        enum kind kind;
        const char *namespace, *name, *owner;
    } rows[] = {
        {KIND_JOB, "b", "x", "o1"}, {KIND_JOB, "a", "z", "o1"}, {KIND_JOB, "a", "y", "o2"},
        {KIND_JOB, "b", "a", NULL}, {KIND_POD, "a", "y", "o1"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        autofree char *uid = xasprintf("uid%zu", i);
        struct object object = {.kind = rows[i].kind,
                                .namespace = rows[i].namespace,
                                .name = rows[i].name,
                                .uid = uid,
                                .owner_uid = rows[i].owner,
                                .document = "{\"metadata\":{}}",
                                .document_len = 15};
        assert_true(objects_create(fixture->store, &object, NULL, NULL, NULL));
    }
    static const struct {
        struct object_filter filter;
        const char *want;
        int64_t count;
    } lists[] = {
        {{.kind = KIND_JOB}, "a/y a/z b/a b/x ", 4},
        {{.kind = KIND_JOB, .namespace = "a"}, "a/y a/z ", 2},
        {{.kind = KIND_JOB, .namespace = "c"}, "", 0},
        {{.kind = KIND_JOB, .owner_uid = "o1"}, "a/z b/x ", 2},
        {{.kind = KIND_JOB, .owner_uid = ""}, "b/a ", 1},
        {{.kind = KIND_JOB, .namespace = "a", .name = "z"}, "a/z ", 1},
        {{.kind = KIND_POD, .owner_uid = "o1"}, "a/y ", 1},
        {{.kind = KIND_CRONJOB}, "", 0},
    };
    for (size_t i = 0; i < countof(lists); i++) {
        cleanup_with(str_done) struct str got = {0};
        collect(fixture->store, &lists[i].filter, &got);
        assert_string_equal(str_text(&got), lists[i].want);
        assert_int_equal(objects_count(fixture->store, &lists[i].filter), lists[i].count);
    }
    cleanup_with(str_done) struct str spaces = {0};
    assert_true(objects_namespaces(fixture->store, &spaces, NULL));
    assert_int_equal(spaces.len, 4);
    assert_memory_equal(spaces.data, "a\0b\0", 4);
}

static void a_list_in_pages_gives_each_object_once_while_others_come_and_go(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 300; i++) {
        autofree char *name = xasprintf("n%03d", i);
        must_create(fixture->store, KIND_CRONJOB, name, name, NULL);
    }
    commit(fixture);
    cleanup_with(str_done) struct str token = {0};
    struct object_filter filter = {.kind = KIND_CRONJOB, .namespace = "default"};
    struct object object;
    int seen = 0;
    int64_t version = store_version(fixture->store);
    for (int page = 0;; page++) {
        struct object_cursor *cursor =
            objects_cursor_open(fixture->store, &filter, str_text(&token), NULL);
        assert_non_null(cursor);
        assert_int_equal(objects_cursor_version(cursor), version);
        enum cursor_result result = CURSOR_ROW;
        for (int i = 0; i < 70; i++) {
            result = objects_cursor_next(cursor, &object, NULL);
            if (result == CURSOR_END) {
                break;
            }
            autofree char *want = xasprintf("n%03d", seen++);
            assert_string_equal(object.name, want);
        }
        str_clear(&token);
        objects_cursor_token(cursor, &token);
        assert_int_equal(objects_cursor_remaining(cursor), 300 - seen);
        objects_cursor_close(cursor);
        if (result == CURSOR_END) {
            break;
        }
        /* Behind the page that was given. */
        autofree char *behind = xasprintf("n%03da", seen - 2);
        must_create(fixture->store, KIND_CRONJOB, behind, behind, NULL);
        commit(fixture);
    }
    assert_int_equal(seen, 300);
    struct error err = {0};
    assert_null(objects_cursor_open(fixture->store, &filter, "rubbish", &err));
    assert_int_equal(err.code, ERROR_BAD_REQUEST);
    assert_null(objects_cursor_open(fixture->store, &filter, "99999/default/a", &err));
    assert_int_equal(err.code, ERROR_EXPIRED);
}

static void the_oldest_changed_go_first_when_trimmed(void **state)
{
    struct fixture *fixture = *state;
    cleanup_with(str_done) struct str got = {0};
    for (int i = 0; i < 5; i++) {
        autofree char *name = xasprintf("e%d", i);
        must_create(fixture->store, KIND_EVENT, name, name, "o");
    }
    struct object again = {.kind = KIND_EVENT,
                           .namespace = "default",
                           .name = "e0",
                           .owner_uid = "o",
                           .document = "{\"metadata\":{},\"count\":2}",
                           .document_len = 25};
    assert_true(objects_update(fixture->store, &again, NULL, NULL, NULL));
    assert_true(objects_trim(fixture->store, KIND_EVENT, "o", 2, NULL));
    collect(fixture->store, &(struct object_filter){.kind = KIND_EVENT}, &got);
    assert_string_equal(str_text(&got), "default/e0 default/e4 ");
}

/* --- transactions --------------------------------------------------------------------------- */

struct told {
    int done, failed;
    struct error why;
};

static void on_done(void *data, const struct error *failure)
{
    struct told *told = data;
    if (failure) {
        told->failed++;
        told->why = *failure;
    } else {
        told->done++;
    }
}

static void nothing_is_there_after_a_crash_before_the_commit(void **state)
{
    struct fixture *fixture = *state;
    struct told told = {0};
    must_create(fixture->store, KIND_CRONJOB, "kept", "uid-a", NULL);
    commit(fixture);
    must_create(fixture->store, KIND_CRONJOB, "lost", "uid-b", NULL);
    store_after_commit(fixture->store, on_done, &told);
    assert_true(store_dirty(fixture->store));
    store_close(fixture->store);
    assert_int_equal(told.failed, 1);
    open_store(fixture);
    cleanup_with(str_done) struct str got = {0};
    collect(fixture->store, &(struct object_filter){.kind = KIND_CRONJOB}, &got);
    assert_string_equal(str_text(&got), "default/kept ");
}

static void a_unit_that_is_undone_takes_nobody_along(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct told first = {0}, second = {0}, third = {0};
    must_create(store, KIND_CRONJOB, "a", "uid-a", NULL);
    store_after_commit(store, on_done, &first);
    int64_t version = store_version(store);
    assert_true(store_unit_begin(store, NULL));
    must_create(store, KIND_CRONJOB, "b", "uid-b", NULL);
    store_after_commit(store, on_done, &second);
    assert_true(store_unit_begin(store, NULL));
    must_create(store, KIND_CRONJOB, "c", "uid-c", NULL);
    assert_true(store_unit_end(store, true, NULL));
    store_unit_end(store, false, NULL);
    assert_int_equal(second.failed, 1);
    assert_int_equal(store_version(store), version);
    assert_true(store_unit_begin(store, NULL));
    must_create(store, KIND_CRONJOB, "d", "uid-d", NULL);
    store_after_commit(store, on_done, &third);
    assert_true(store_unit_end(store, true, NULL));
    commit(fixture);
    assert_int_equal(first.done, 1);
    assert_int_equal(third.done, 1);
    assert_int_equal(second.done, 0);
    cleanup_with(str_done) struct str got = {0};
    collect(store, &(struct object_filter){.kind = KIND_CRONJOB}, &got);
    assert_string_equal(str_text(&got), "default/a default/d ");
}

static void count_wakes(void *data)
{
    ++*(int *)data;
}

static void the_loop_is_woken_once_a_turn(void **state)
{
    struct fixture *fixture = *state;
    struct told told = {0};
    int wakes = 0;
    store_set_wake(fixture->store, count_wakes, &wakes);
    must_create(fixture->store, KIND_CRONJOB, "a", "uid-a", NULL);
    must_create(fixture->store, KIND_CRONJOB, "b", "uid-b", NULL);
    assert_int_equal(wakes, 1);
    commit(fixture);
    assert_false(store_dirty(fixture->store));
    store_after_commit(fixture->store, on_done, &told);
    assert_int_equal(wakes, 2);
    assert_true(store_dirty(fixture->store));
    commit(fixture);
    assert_int_equal(told.done, 1);
}

/* A disk that takes no more: the turn fails as a whole, and the next one works. */
static void a_full_disk_fails_the_turn_and_no_more(void **state)
{
    struct fixture *fixture = *state;
    struct told told = {0};
    struct error err = {0};
    must_create(fixture->store, KIND_CRONJOB, "a", "uid-a", NULL);
    commit(fixture);
    int64_t version = store_version(fixture->store);
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit tight = {.rlim_cur = 4096, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    autofree char *big = xcalloc(1, 200000);
    memset(big, 'x', 199990);
    autofree char *document = xasprintf("{\"metadata\":{\"name\":\"%s\"}}", big);
    struct object object = {.kind = KIND_CRONJOB,
                            .namespace = "default",
                            .name = "big",
                            .uid = "uid-big",
                            .document = document,
                            .document_len = strlen(document)};
    bool written = objects_create(fixture->store, &object, NULL, NULL, &err);
    store_after_commit(fixture->store, on_done, &told);
    bool committed = store_commit(fixture->store, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(written && committed);
    assert_int_equal(err.code, ERROR_IO);
    assert_int_equal(told.done, 0);
    assert_int_equal(told.failed, 1);
    assert_int_equal(store_version(fixture->store), version);
    must_create(fixture->store, KIND_CRONJOB, "b", "uid-b", NULL);
    commit(fixture);
    cleanup_with(str_done) struct str got = {0};
    collect(fixture->store, &(struct object_filter){.kind = KIND_CRONJOB}, &got);
    assert_string_equal(str_text(&got), "default/a default/b ");
}

/* --- opening -------------------------------------------------------------------------------- */

static void must_refuse(const char *path, enum error_code code, const char *what)
{
    struct error err = {0};
    assert_null(store_open(path, clk_system(), &ids, &err));
    assert_int_equal(err.code, code);
    if (!strstr(err.what, what)) {
        fail_msg("\"%s\" does not say \"%s\"", err.what, what);
    }
    assert_string_not_equal(err.hint, "");
}

static void what_is_no_database_of_ours_is_refused(void **state)
{
    struct fixture *fixture = *state;
    autofree char *text = xasprintf("%s/text", fixture->folder);
    char noise[8192];
    memset(noise, 'n', sizeof noise);
    assert_true(file_write_atomic(text, noise, sizeof noise, 0600, NULL));
    must_refuse(text, ERROR_IO, "damaged");
    autofree char *nowhere = xasprintf("%s/no/folder", fixture->folder);
    must_refuse(nowhere, ERROR_IO, "opening the database");
}

/* The header of a database file: application_id at 68, user_version at 60, big endian. */
static void poke(const char *path, off_t offset, const unsigned char bytes[static 4])
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, 4, offset), 4);
    close(fd);
}

static void a_newer_database_and_a_stranger_are_left_alone(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    poke(fixture->path, 60, (const unsigned char[]){0, 0, 3, 0});
    must_refuse(fixture->path, ERROR_CONFLICT, "is at version 768");
    poke(fixture->path, 60, (const unsigned char[]){0, 0, 0, 1});
    poke(fixture->path, 68, (const unsigned char[]){1, 2, 3, 4});
    must_refuse(fixture->path, ERROR_CONFLICT, "another program");
    poke(fixture->path, 68, (const unsigned char[]){0x62, 0x6c, 0x66, 0x79});
    open_store(fixture);
}

static void a_memory_store_works_like_the_other(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    struct store *store = store_open(":memory:", fixture->clk, &ids, &err);
    assert_non_null(store);
    must_create(store, KIND_CRONJOB, "a", "uid-a", NULL);
    assert_true(store_commit(store, &err));
    store_close(store);
}

/* --- the feed ------------------------------------------------------------------------------- */

static void on_feed(const struct feed_change *change, void *data)
{
    str_addf(data, "%s %s%s ", feed_type_name(change->type), change->name,
             change->previous ? "+" : "");
}

static void watchers_hear_what_is_committed_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    cleanup_with(str_done) struct str heard = {0};
    cleanup_with(str_done) struct str jobs = {0};
    struct feed_watch *watch = feed_subscribe(store, FEED_ALL, on_feed, &heard);
    struct feed_watch *other = feed_subscribe(store, FEED_KIND(KIND_JOB), on_feed, &jobs);
    must_create(store, KIND_CRONJOB, "a", "uid-a", NULL);
    assert_true(update(store, "a", 0, "{\"metadata\":{},\"n\":2}", NULL, NULL));
    must_create(store, KIND_JOB, "j", "uid-j", NULL);
    assert_string_equal(str_text(&heard), "");
    commit(fixture);
    assert_string_equal(str_text(&heard), "ADDED a MODIFIED a+ ADDED j ");
    assert_string_equal(str_text(&jobs), "ADDED j ");
    str_clear(&heard);
    struct object_key key = {.kind = KIND_CRONJOB, .namespace = "default", .name = "a"};
    assert_true(store_unit_begin(store, NULL));
    assert_true(objects_delete(store, &key, 0, NULL, NULL, NULL));
    store_unit_end(store, false, NULL);
    commit(fixture);
    assert_string_equal(str_text(&heard), "");
    assert_true(objects_delete(store, &key, 0, NULL, NULL, NULL));
    commit(fixture);
    assert_string_equal(str_text(&heard), "DELETED a+ ");
    feed_unsubscribe(watch);
    feed_unsubscribe(other);
}

static void a_late_watcher_gets_the_past_as_far_as_it_is_kept(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    cleanup_with(str_done) struct str heard = {0};
    struct error err = {0};
    int64_t start = store_version(store);
    must_create(store, KIND_CRONJOB, "a", "uid-a", NULL);
    must_create(store, KIND_CRONJOB, "b", "uid-b", NULL);
    commit(fixture);
    assert_true(feed_replay(store, FEED_ALL, start, on_feed, &heard, &err));
    assert_string_equal(str_text(&heard), "ADDED a ADDED b ");
    str_clear(&heard);
    assert_true(feed_replay(store, FEED_ALL, start + 1, on_feed, &heard, &err));
    assert_string_equal(str_text(&heard), "ADDED b ");
    assert_false(feed_replay(store, FEED_ALL, start + 99, on_feed, &heard, &err));
    assert_int_equal(err.code, ERROR_TIMEOUT);
    for (int i = 0; i < 9000; i++) {
        autofree char *document = xasprintf("{\"metadata\":{},\"n\":%d}", i);
        assert_true(update(store, "a", 0, document, NULL, NULL));
    }
    commit(fixture);
    assert_false(feed_replay(store, FEED_ALL, start, on_feed, &heard, &err));
    assert_int_equal(err.code, ERROR_EXPIRED);
    assert_true(feed_floor(store) > start);
    str_clear(&heard);
    assert_true(feed_replay(store, FEED_ALL, store_version(store) - 1, on_feed, &heard, &err));
    assert_string_equal(str_text(&heard), "MODIFIED a+ ");
}

struct writer {
    struct store *store;
    struct feed_watch *watch;
    int calls;
};

static void on_feed_write(const struct feed_change *change, void *data)
{
    struct writer *writer = data;
    writer->calls++;
    if (strcmp(change->name, "a") == 0) {
        must_create(writer->store, KIND_CRONJOB, "child", "uid-child", NULL);
    } else {
        writer->watch = feed_unsubscribe(writer->watch);
    }
}

static void a_subscriber_may_write_and_leave(void **state)
{
    struct fixture *fixture = *state;
    struct writer writer = {.store = fixture->store};
    writer.watch = feed_subscribe(fixture->store, FEED_ALL, on_feed_write, &writer);
    must_create(fixture->store, KIND_CRONJOB, "a", "uid-a", NULL);
    commit(fixture);
    assert_true(store_dirty(fixture->store));
    commit(fixture);
    assert_int_equal(writer.calls, 2);
    must_create(fixture->store, KIND_CRONJOB, "z", "uid-z", NULL);
    commit(fixture);
    assert_int_equal(writer.calls, 2);
}

/* --- the ledger ----------------------------------------------------------------------------- */

static struct run a_run(sec_t slot)
{
    return (struct run){.ns = "default",
                        .cronjob = "c",
                        .cronjob_uid = "uid-c",
                        .slot = slot,
                        .last_slot = SEC_NONE,
                        .start = NSEC_NONE,
                        .end = NSEC_NONE,
                        .count = 1};
}

static void a_slot_has_one_row_for_ever_and_its_fate_is_final(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error err = {0};
    struct run run = a_run(600);
    run.job = "c-10";
    run.job_uid = "uid-j";
    assert_true(ledger_append(store, &run, NULL, &err));
    assert_false(ledger_append(store, &run, NULL, &err));
    assert_int_equal(err.code, ERROR_EXISTS);
    run.fate = FATE_RUNNING;
    run.start = 601 * NSEC_PER_SEC;
    assert_true(ledger_update(store, &run, &err));
    run.fate = FATE_FAILED;
    run.reason = "BackoffLimitExceeded";
    run.exit_code = opt_int_of(3);
    run.end = 700 * NSEC_PER_SEC;
    run.attempts = 7;
    assert_true(ledger_update(store, &run, &err));
    run.fate = FATE_SUCCEEDED;
    assert_false(ledger_update(store, &run, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    commit(fixture);
    store_close(store);
    open_store(fixture);
    cleanup_with(run_row_done) struct run_row row = {0};
    assert_true(ledger_by_job(fixture->store, "uid-j", &row, &err));
    assert_int_equal(row.run.fate, FATE_FAILED);
    assert_string_equal(row.run.reason, "BackoffLimitExceeded");
    assert_string_equal(row.run.cronjob, "c");
    assert_int_equal(row.run.exit_code.value, 3);
    assert_int_equal(row.run.attempts, 7);
    assert_int_equal(row.run.slot, 600);
    assert_true(row.run.end == 700 * NSEC_PER_SEC);
    assert_null(row.run.message);
    assert_false(ledger_append(fixture->store, &run, NULL, &err));
    assert_int_equal(err.code, ERROR_EXISTS);
}

static bool add_slot(const struct run *run, void *data)
{
    str_addf(data, "%lld ", run->slot == SEC_NONE ? -1 : (long long)run->slot);
    return true;
}

static void the_newest_runs_come_first_in_pages(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    for (int i = 1; i <= 5; i++) {
        struct run run = a_run(i * 60);
        assert_true(ledger_append(fixture->store, &run, NULL, &err));
    }
    struct run other = a_run(60);
    other.cronjob_uid = "uid-d";
    other.cronjob = "d";
    assert_true(ledger_append(fixture->store, &other, NULL, &err));
    struct run forced = a_run(SEC_NONE);
    forced.job = "c-manual-x";
    forced.job_uid = "uid-m";
    forced.trigger = TRIGGER_MANUAL;
    assert_true(ledger_append(fixture->store, &forced, NULL, &err));
    static const struct {
        struct ledger_filter filter;
        const char *want;
    } rows[] = {
        {{.cronjob_uid = "uid-c", .most = 3}, "-1 300 240 "},
        {{.cronjob_uid = "uid-c", .before = 4}, "180 120 60 "},
        {{.cronjob = "d"}, "60 "},
        {{.cronjob = "c", .namespace = "default", .most = 2}, "-1 300 "},
        {{.cronjob = "c", .namespace = "elsewhere"}, ""},
        {{.namespace = "default", .most = 4}, "-1 60 300 240 "},
        {{.most = 1}, "-1 "},
        {{.name = "c-manual-x"}, "-1 "},
        {{.cronjob_uid = "nobody"}, ""},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        cleanup_with(str_done) struct str got = {0};
        assert_true(ledger_walk(fixture->store, &rows[i].filter, add_slot, &got, &err));
        assert_string_equal(str_text(&got), rows[i].want);
    }
    assert_int_equal(ledger_count(fixture->store, "uid-c"), 6);
    assert_true(ledger_trim(fixture->store, "uid-c", 2, &err));
    assert_int_equal(ledger_count(fixture->store, "uid-c"), 2);
    assert_int_equal(ledger_count(fixture->store, "uid-d"), 1);
}

static void an_outage_is_one_row_that_grows_and_gives_slots_back(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error err = {0};
    struct run outage = a_run(60);
    outage.fate = FATE_BLOCKED;
    outage.count = 101;
    outage.last_slot = 6060;
    assert_true(ledger_append(store, &outage, NULL, &err));
    assert_true(ledger_extend(store, "uid-c", 60, 6120, 102, &err));
    cleanup_with(run_row_done) struct run_row row = {0};
    assert_true(ledger_newest_slot(store, "uid-c", &row, &err));
    assert_int_equal(row.run.count, 102);
    assert_int_equal(row.run.last_slot, 6120);
    assert_true(ledger_take_back(store, "uid-c", 6120, 6060, &err));
    assert_true(ledger_newest_slot(store, "uid-c", &row, &err));
    assert_int_equal(row.run.count, 101);
    assert_int_equal(row.run.last_slot, 6060);
    assert_true(ledger_take_back(store, "uid-c", 9999, 6060, &err));
    assert_int_equal(ledger_count(store, "uid-c"), 1);
    struct run single = a_run(7200);
    single.fate = FATE_BLOCKED;
    assert_true(ledger_append(store, &single, NULL, &err));
    assert_true(ledger_take_back(store, "uid-c", 7200, 7140, &err));
    assert_int_equal(ledger_count(store, "uid-c"), 1);
}

static void on_run(const struct feed_change *change, void *data)
{
    assert_int_equal(change->kind, KIND_RUN);
    str_addf(data, "%s %s %s ", feed_type_name(change->type), change->name, change->owner_uid);
    autofree char *version = xasprintf("\"resourceVersion\":\"%lld\"", (long long)change->version);
    assert_non_null(strstr(change->document, version));
}

static void runs_are_in_the_feed(void **state)
{
    struct fixture *fixture = *state;
    cleanup_with(str_done) struct str heard = {0};
    struct feed_watch *watch = feed_subscribe(fixture->store, FEED_KIND(KIND_RUN), on_run, &heard);
    struct run run = a_run(600);
    assert_true(ledger_append(fixture->store, &run, NULL, NULL));
    run.fate = FATE_SKIPPED_FORBID;
    assert_true(ledger_update(fixture->store, &run, NULL));
    commit(fixture);
    assert_string_equal(str_text(&heard), "ADDED c-10 uid-c MODIFIED c-10 uid-c ");
    feed_unsubscribe(watch);
}

int main(void)
{
#define with_store(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_put_into_a_document_and_nothing_else_moves),
        cmocka_unit_test(a_member_can_be_left_out),
        with_store(an_object_comes_back_as_written_with_its_version),
        with_store(errors_have_kubernetes_words),
        with_store(an_update_that_changes_nothing_keeps_its_version),
        with_store(versions_rise_over_a_restart),
        with_store(lists_come_by_namespace_and_name_and_by_owner),
        with_store(a_list_in_pages_gives_each_object_once_while_others_come_and_go),
        with_store(the_oldest_changed_go_first_when_trimmed),
        with_store(nothing_is_there_after_a_crash_before_the_commit),
        with_store(a_unit_that_is_undone_takes_nobody_along),
        with_store(the_loop_is_woken_once_a_turn),
        with_store(a_full_disk_fails_the_turn_and_no_more),
        with_store(what_is_no_database_of_ours_is_refused),
        with_store(a_newer_database_and_a_stranger_are_left_alone),
        with_store(a_memory_store_works_like_the_other),
        with_store(watchers_hear_what_is_committed_in_order),
        with_store(a_late_watcher_gets_the_past_as_far_as_it_is_kept),
        with_store(a_subscriber_may_write_and_leave),
        with_store(a_slot_has_one_row_for_ever_and_its_fate_is_final),
        with_store(the_newest_runs_come_first_in_pages),
        with_store(an_outage_is_one_row_that_grows_and_gives_slots_back),
        with_store(runs_are_in_the_feed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
