/* test_cache.c - the live cache against a peer that says every byte itself. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/client/cache.h"
#include "tests/unit/httppeer.h"

#define CRONJOBS "GET /apis/batch/v1/namespaces/ns/cronjobs?"
#define RUNS "GET /apis/belfry/v1/namespaces/ns/runs?"
#define WATCH "watch=true&allowWatchBookmarks=true&resourceVersion="

/* A cache and what its callback was told, as text. */
struct fixture {
    struct peer *peer;
    struct cache *cache;
    struct clk *clk;
    struct str log;
    unsigned told, free_at; /* free the cache at the callback of this number */
    int notes;              /* made and not yet dropped */
};

static void drop_note(void *note)
{
    int *notes = note;
    (*notes)--;
}

static void on_change(void *data, struct cache *cache, enum cache_event event,
                      struct cache_item *item)
{
    static const char *const names[] = {"added", "changed", "removed", "reset", "state"};
    static const char *const states[] = {"loading", "live", "stale"};
    struct fixture *fixture = data;
    str_add(&fixture->log, names[event]);
    if (item != NULL) {
        str_addf(&fixture->log, " %s=%s", item->name, tree_str_or(item->doc, "spec.v", "-"));
        if (item->note == NULL) {
            item->note = &fixture->notes;
            fixture->notes++;
        }
    } else if (event == CACHE_STATE) {
        str_addf(&fixture->log, " %s", states[cache_state(cache)]);
    } else {
        str_addf(&fixture->log, " %zu", cache_count(cache));
    }
    str_add(&fixture->log, ";");
    fixture->told++;
    if (fixture->told == fixture->free_at) {
        fixture->cache = cache_free(cache);
    }
}

static int setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof *fixture);
    void *peer;
    peer_setup(&peer);
    fixture->peer = peer;
    fixture->clk = clk_virtual_new(1000 * NSEC_PER_SEC, 1000 * NSEC_PER_SEC);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    void *peer = fixture->peer;
    cache_free(fixture->cache);
    assert_int_equal(fixture->notes, 0); /* each was dropped, and once */
    peer_teardown(&peer);
    clk_free(fixture->clk);
    str_done(&fixture->log);
    free(fixture);
    return 0;
}

static void cache_start(struct fixture *fixture, struct cache_options options)
{
    options.ns = "ns";
    options.drop_note = drop_note;
    fixture->cache = cache_new(fixture->peer->http, &fixture->peer->loop, fixture->clk, &options,
                               on_change, fixture);
}

/* Waits until the log holds TEXT, checks that it is all there is, and begins it anew. */
static void told(struct fixture *fixture, const char *text)
{
    peer_run_log(fixture->peer, &fixture->log, text);
    assert_string_equal(str_text(&fixture->log), text);
    str_clear(&fixture->log);
}

static void holds(struct fixture *fixture, const char *want)
{
    cleanup_with(str_done) struct str names = {0};
    for (size_t i = 0; i < cache_count(fixture->cache); i++) {
        const struct cache_item *item = cache_at(fixture->cache, i);
        str_addf(&names, "%s%s=%s", i > 0 ? " " : "", item->name,
                 tree_str_or(item->doc, "spec.v", "-"));
        assert_ptr_equal(cache_find(fixture->cache, "ns", item->name), item);
    }
    assert_string_equal(str_text(&names), want);
}

/* An object: "a" or "a=1", its uid is "u-a", or of "a=1/u2" "u2". */
static void object_add(struct str *text, const char *word, const char *version)
{
    size_t name = strcspn(word, "="), value = strcspn(word, "/");
    str_addf(text,
             "{\"metadata\":{\"namespace\":\"ns\",\"name\":\"%.*s\",\"uid\":\"%s%.*s\","
             "\"resourceVersion\":\"%s\"},\"spec\":{\"v\":\"%.*s\"}}",
             (int)name, word, word[value] == '/' ? "" : "u-",
             (int)(word[value] == '/' ? strlen(word + value + 1) : name),
             word[value] == '/' ? word + value + 1 : word, version,
             (int)(value > name ? value - name - 1 : 1), value > name ? word + name + 1 : "-");
}

static void reply_list(struct fixture *fixture, size_t at, const char *version, const char *next,
                       const char *words)
{
    cleanup_with(str_done) struct str body = {0};
    autofree char *copy = xstrdup(words);
    char *rest = copy, *word;
    str_addf(&body, "{\"metadata\":{\"resourceVersion\":\"%s\",\"continue\":\"%s\"},\"items\":[",
             version, next);
    for (bool first = true; (word = strsep(&rest, " ")) != NULL; first = false) {
        str_add(&body, first ? "" : ",");
        if (word[0] != '\0') {
            object_add(&body, word, version);
        }
    }
    str_add(&body, "]}");
    peer_reply(fixture->peer, at, "200 OK", str_text(&body));
}

static void say_event(struct fixture *fixture, size_t at, const char *type, const char *word,
                      const char *version)
{
    cleanup_with(str_done) struct str line = {0};
    str_addf(&line, "{\"type\":\"%s\",\"object\":", type);
    object_add(&line, word, version);
    str_add(&line, "}\n");
    peer_chunk(fixture->peer, at, str_text(&line));
}

/* A cache that holds WORDS at version 10; returns the connection of its watch. */
static size_t go_live(struct fixture *fixture, const char *words)
{
    struct peer *peer = fixture->peer;
    cache_start(fixture, (struct cache_options){.kind = KIND_CRONJOB});
    reply_list(fixture, peer_expect(peer, CRONJOBS "limit=500 ", NULL), "10", "", words);
    size_t at = peer_expect(peer, CRONJOBS WATCH "10 ", NULL);
    peer_stream(peer, at);
    peer_run_log(peer, &fixture->log, "state live;");
    str_clear(&fixture->log);
    return at;
}

static void pages_are_listed_and_then_watched(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    cache_start(fixture, (struct cache_options){.kind = KIND_CRONJOB,
                                                .page = 2,
                                                .label_selector = "a=b",
                                                .field_selector = "c=d"});
    assert_int_equal(cache_state(fixture->cache), CACHE_LOADING);
    assert_int_equal(cache_heard(fixture->cache), 0);
    size_t at =
        peer_expect(peer, CRONJOBS "labelSelector=a%3Db&fieldSelector=c%3Dd&limit=2 ", NULL);
    reply_list(fixture, at, "10", "more", "a b");
    told(fixture, "reset 2;");
    assert_int_equal(cache_state(fixture->cache), CACHE_LOADING);
    at = peer_expect(
        peer, CRONJOBS "labelSelector=a%3Db&fieldSelector=c%3Dd&limit=500&continue=more ", NULL);
    reply_list(fixture, at, "12", "", "d c");
    told(fixture, "reset 4;");
    /* From the first page on, or a change between the pages is lost. */
    at = peer_expect(peer, CRONJOBS "labelSelector=a%3Db&fieldSelector=c%3Dd&" WATCH "10 ", NULL);
    peer_stream(peer, at);
    told(fixture, "state live;");
    holds(fixture, "a=- b=- c=- d=-");
    assert_int_equal(cache_heard(fixture->cache), 1000 * NSEC_PER_SEC);
    assert_null(cache_error(fixture->cache));
    assert_null(cache_find(fixture->cache, "ns", "e"));
    assert_null(cache_find(fixture->cache, NULL, "a"));
}

static void events_change_the_copy_in_order(void **state)
{
    struct fixture *fixture = *state;
    size_t at = go_live(fixture, "b d");
    say_event(fixture, at, "ADDED", "c=1", "11");
    told(fixture, "added c=1;");
    say_event(fixture, at, "ADDED", "a", "12");
    say_event(fixture, at, "ADDED", "e", "13");
    say_event(fixture, at, "MODIFIED", "c=2", "14");
    say_event(fixture, at, "MODIFIED", "f", "15"); /* a selector began to match */
    say_event(fixture, at, "DELETED", "d", "16");
    say_event(fixture, at, "DELETED", "z", "17"); /* never seen */
    told(fixture, "added a=-;added e=-;changed c=2;added f=-;removed d=-;");
    holds(fixture, "a=- b=- c=2 e=- f=-");
}

static void a_watch_is_the_same_however_it_is_cut(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    cleanup_with(str_done) struct str lines = {0}, chunked = {0};
    size_t at = go_live(fixture, "a");
    str_add(&lines, "{\"type\":\"MODIFIED\",\"object\":");
    object_add(&lines, "a=1", "11");
    str_add(&lines, "}\n\n{\"type\":\"ADDED\",\"object\":");
    object_add(&lines, "b=2", "12");
    str_add(&lines, "}\n");
    for (size_t i = 0; i < lines.len; i += 7) { /* chunks that end anywhere */
        size_t len = lines.len - i < 7 ? lines.len - i : 7;
        str_addf(&chunked, "%zx\r\n%.*s\r\n", len, (int)len, lines.data + i);
    }
    peer_say_slowly(peer, at, str_text(&chunked));
    told(fixture, "changed a=1;added b=2;");
}

static void a_watch_that_ended_well_goes_on_from_the_last_bookmark(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    size_t at = go_live(fixture, "a");
    say_event(fixture, at, "ADDED", "b", "11");
    told(fixture, "added b=-;");
    say_event(fixture, at, "BOOKMARK", "", "20");
    clk_virtual_advance(fixture->clk, 60 * NSEC_PER_SEC);
    peer_chunk(peer, at, "");
    at = peer_expect(peer, CRONJOBS WATCH "20 ", NULL);
    peer_stream(peer, at);
    say_event(fixture, at, "MODIFIED", "b=1", "21");
    told(fixture, "changed b=1;"); /* and never a word of being stale */
    peer_chunk(peer, at, "");      /* this one ended at once: the next waits a little, and comes */
    peer_expect(peer, CRONJOBS WATCH "21 ", NULL);
    assert_string_equal(str_text(&fixture->log), "");
}

static void a_version_that_is_too_old_means_a_new_list(void **state)
{
    static const char gone[] =
        "{\"kind\":\"Status\",\"reason\":\"Expired\",\"message\":\"too old\",\"code\":410}";
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    for (int as_status = 0; as_status < 2; as_status++) {
        size_t at = go_live(fixture, "a b c");
        if (as_status) {
            clk_virtual_advance(fixture->clk, 60 * NSEC_PER_SEC);
            peer_chunk(peer, at, "");
            peer_reply(peer, peer_expect(peer, CRONJOBS WATCH "10 ", NULL), "410 Gone", gone);
        } else {
            autofree char *line = xasprintf("{\"type\":\"ERROR\",\"object\":%s}\n", gone);
            peer_chunk(peer, at, line);
        }
        at = peer_expect(peer, CRONJOBS "limit=500 ", NULL);
        holds(fixture, "a=- b=- c=-"); /* readable meanwhile */
        reply_list(fixture, at, "30", "page2", "a=1 aa");
        told(fixture, "reset 4;");
        /* A page that has become too old starts it over once more. */
        peer_reply(peer, peer_expect(peer, CRONJOBS "limit=500&continue=page2 ", NULL), "410 Gone",
                   gone);
        at = peer_expect(peer, CRONJOBS "limit=500 ", NULL);
        reply_list(fixture, at, "31", "", "a=2 c d");
        at = peer_expect(peer, CRONJOBS WATCH "31 ", NULL);
        told(fixture, "reset 3;");
        holds(fixture, "a=2 c=- d=-");
        fixture->cache = cache_free(fixture->cache);
    }
}

static void a_broken_stream_is_stale_at_once_and_live_again(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    size_t at = go_live(fixture, "a");
    say_event(fixture, at, "MODIFIED", "a=1", "11");
    told(fixture, "changed a=1;");
    peer_kill(peer);
    told(fixture, "state stale;");
    assert_int_equal(cache_error(fixture->cache)->code, ERROR_UNAVAILABLE);
    holds(fixture, "a=1");
    peer_listen(peer);
    at = peer_expect(peer, CRONJOBS WATCH "11 ", NULL);
    peer_stream(peer, at);
    told(fixture, "state live;");
    assert_null(cache_error(fixture->cache));
}

static void a_list_that_fails_is_asked_again(void **state)
{
    static const char *const bodies[][2] = {
        {"500 Internal Server Error", "{\"kind\":\"Status\",\"message\":\"disk on fire\"}"},
        {"200 OK", "{\"items\":[{]}"},
    };
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    cache_start(fixture, (struct cache_options){.kind = KIND_CRONJOB});
    for (size_t i = 0; i < countof(bodies); i++) {
        peer_reply(peer, peer_expect(peer, CRONJOBS "limit=500 ", NULL), bodies[i][0],
                   bodies[i][1]);
        if (i == 0) {
            told(fixture, "state stale;");
            assert_string_equal(cache_error(fixture->cache)->what, "disk on fire");
        }
    }
    reply_list(fixture, peer_expect(peer, CRONJOBS "limit=500 ", NULL), "10", "", "a");
    peer_stream(peer, peer_expect(peer, CRONJOBS WATCH "10 ", NULL));
    told(fixture, "reset 1;state live;");
}

static void a_bad_event_is_an_error_and_asked_for_again(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    size_t at = go_live(fixture, "a");
    peer_chunk(peer, at, "{\"type\":\"ADDED\",\n");
    told(fixture, "state stale;");
    at = peer_expect(peer, CRONJOBS WATCH "10 ", NULL);
    peer_stream(peer, at);
    told(fixture, "state live;");
    /* What is no 410 is an error too, and the copy is listed anew. */
    peer_chunk(peer, at,
               "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"message\":\"no\","
               "\"reason\":\"InternalError\",\"code\":500}}\n");
    told(fixture, "state stale;");
    peer_expect(peer, CRONJOBS "limit=500 ", NULL);
}

static void one_made_anew_under_its_name_is_another(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    size_t at = go_live(fixture, "a b");
    say_event(fixture, at, "ADDED", "a=1/u2", "11");
    say_event(fixture, at, "DELETED", "a", "12"); /* tells of the one that is gone already */
    say_event(fixture, at, "MODIFIED", "b=1", "13");
    told(fixture, "removed a=-;added a=1;changed b=1;");
    holds(fixture, "a=1 b=1");
    autofree char *line =
        xasprintf("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}\n");
    peer_chunk(peer, at, line);
    at = peer_expect(peer, CRONJOBS "limit=500 ", NULL);
    reply_list(fixture, at, "30", "", "a=2/u3 b=1");
    told(fixture, "reset 2;");
    holds(fixture, "a=2 b=1");
}

static void newest_first_keeps_the_servers_order_also_after_a_new_list(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    cache_start(fixture, (struct cache_options){
                             .kind = KIND_RUN, .newest_first = true, .most = 4, .page = 3});
    reply_list(fixture, peer_expect(peer, RUNS "limit=3 ", NULL), "10", "p", "r5 r4 r3");
    reply_list(fixture, peer_expect(peer, RUNS "limit=500&continue=p ", NULL), "10", "q",
               "r2 r1 r0"); /* there is more, but this is enough */
    size_t at = peer_expect(peer, RUNS WATCH "10 ", NULL);
    peer_stream(peer, at);
    told(fixture, "reset 3;reset 4;state live;");
    holds(fixture, "r5=- r4=- r3=- r2=-");
    say_event(fixture, at, "ADDED", "r6", "11");
    say_event(fixture, at, "MODIFIED", "r4=1", "12");
    say_event(fixture, at, "MODIFIED", "r1=1", "13"); /* fell off the end: not new */
    say_event(fixture, at, "DELETED", "r3", "14");
    told(fixture, "removed r2=-;added r6=-;changed r4=1;removed r3=-;");
    holds(fixture, "r6=- r5=- r4=1");
    peer_chunk(peer, at, "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}\n");
    reply_list(fixture, peer_expect(peer, RUNS "limit=3 ", NULL), "20", "p", "r8 r7 r5");
    reply_list(fixture, peer_expect(peer, RUNS "limit=500&continue=p ", NULL), "20", "", "r4=1");
    peer_expect(peer, RUNS WATCH "20 ", NULL);
    holds(fixture, "r8=- r7=- r5=- r4=1");
    str_clear(&fixture->log);
}

static void silence_is_noticed_and_an_answer_too(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    cache_start(fixture,
                (struct cache_options){.kind = KIND_CRONJOB, .alive = true, .alive_ms = 10});
    reply_list(fixture, peer_expect(peer, CRONJOBS "limit=500 ", NULL), "10", "", "a");
    peer_stream(peer, peer_expect(peer, CRONJOBS WATCH "10 ", NULL));
    told(fixture, "reset 1;state live;");
    size_t livez = peer_expect(peer, "GET /livez ", NULL);
    clk_virtual_advance(fixture->clk, 30 * NSEC_PER_MSEC);
    told(fixture, "state stale;");
    assert_int_equal(cache_error(fixture->cache)->code, ERROR_TIMEOUT);
    assert_true(cache_heard(fixture->cache) < clk_mono(fixture->clk));
    peer_reply(peer, livez, "200 OK", "ok");
    told(fixture, "state live;");
    assert_int_equal(cache_heard(fixture->cache), clk_mono(fixture->clk));
    peer_close(peer, peer_expect(peer, "GET /livez ", NULL));
    peer_close(peer, peer_expect(peer, "GET /livez ", NULL)); /* asked once more on a new one */
    told(fixture, "state stale;");
    peer_reply(peer, peer_expect(peer, "GET /livez ", NULL), "200 OK", "ok");
    told(fixture, "state live;");
}

/* The same story with every kind of callback, ended at each of them in turn: what is left is for
 * the sanitizers and the teardown to find. */
static void it_can_be_freed_from_every_callback(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = fixture->peer;
    for (fixture->free_at = 1;; fixture->free_at++) {
        fixture->told = 0;
        cache_start(fixture, (struct cache_options){.kind = KIND_CRONJOB, .most = 3});
        reply_list(fixture, peer_expect(peer, CRONJOBS "limit=500 ", NULL), "10", "", "b c d");
        size_t at = peer->count;
        while (fixture->cache != NULL && at == peer->count) {
            if (fixture->told == 0) {
                peer_run_log(peer, &fixture->log, "reset 3;");
                continue;
            }
            at = peer_expect(peer, CRONJOBS WATCH "10 ", NULL);
        }
        if (fixture->cache != NULL) {
            peer_stream(peer, at);
            say_event(fixture, at, "MODIFIED", "c=1", "11");
            say_event(fixture, at, "ADDED", "a", "12"); /* removes d first: three at most */
            say_event(fixture, at, "DELETED", "a", "13");
            peer_chunk(peer, at,
                       "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":500}}\n");
            peer_settle(peer);
        }
        if (fixture->cache != NULL) {
            break;
        }
        peer_settle(peer);
        assert_int_equal(fixture->told, fixture->free_at); /* not a word afterwards */
        assert_int_equal(fixture->notes, 0);
        str_clear(&fixture->log);
    }
    assert_int_equal(fixture->free_at, 8);
    assert_string_equal(str_text(&fixture->log), "reset 3;state live;changed c=1;removed d=-;"
                                                 "added a=-;removed a=-;state stale;");
}

#define cache_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cache_test(pages_are_listed_and_then_watched),
        cache_test(events_change_the_copy_in_order),
        cache_test(a_watch_is_the_same_however_it_is_cut),
        cache_test(a_watch_that_ended_well_goes_on_from_the_last_bookmark),
        cache_test(a_version_that_is_too_old_means_a_new_list),
        cache_test(a_broken_stream_is_stale_at_once_and_live_again),
        cache_test(a_list_that_fails_is_asked_again),
        cache_test(a_bad_event_is_an_error_and_asked_for_again),
        cache_test(one_made_anew_under_its_name_is_another),
        cache_test(newest_first_keeps_the_servers_order_also_after_a_new_list),
        cache_test(silence_is_noticed_and_an_answer_too),
        cache_test(it_can_be_freed_from_every_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
