/* test_client.c - requests and log streams against a peer that says every byte itself. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/client/call.h"
#include "core/client/http.h"
#include "core/client/logstream.h"
#include "tests/unit/httppeer.h"

/* What the callbacks of one call were told, as text. */
struct seen {
    struct str log;
    bool done;
    struct http_call *call;   /* the call itself */
    struct http_call **other; /* cancelled by the callback named below */
    const char *cancel_in;    /* "head", "chunk" or "done" */
};

static void seen_done(struct seen *seen)
{
    str_done(&seen->log);
}

static void cancel_here(struct seen *seen, const char *where)
{
    if (text_same(seen->cancel_in, where)) {
        *seen->other = http_cancel(*seen->other);
    }
}

static void on_done(void *data, const struct http_reply *reply, const struct error *err)
{
    struct seen *seen = data;
    seen->done = true;
    seen->call = NULL;
    if (reply != NULL) {
        str_addf(&seen->log, "%d[%s]%.*s", reply->status, reply->content_type, (int)reply->len,
                 reply->body);
        for (size_t i = 0; i < reply->warning_count; i++) {
            str_addf(&seen->log, " warning<%s>", reply->warnings[i]);
        }
    }
    if (err != NULL) {
        char text[1024];
        error_text(err, text, sizeof text);
        str_addf(&seen->log, " %s: %s", error_code_name(err->code), text);
    }
    str_add(&seen->log, ";");
    cancel_here(seen, "done");
}

static void on_head(void *data)
{
    struct seen *seen = data;
    str_add(&seen->log, "head;");
    cancel_here(seen, "head");
}

static void on_chunk(void *data, const char *bytes, size_t len)
{
    struct seen *seen = data;
    str_addf(&seen->log, "<%.*s>", (int)len, bytes);
    cancel_here(seen, "chunk");
}

static void ask(struct peer *peer, struct seen *seen, const char *path)
{
    struct http_request request = {.path = path};
    seen->done = false;
    str_clear(&seen->log);
    seen->call = http_send(peer->http, &request, on_done, seen);
}

static void ask_stream(struct peer *peer, struct seen *seen, const char *path)
{
    struct http_request request = {.path = path};
    seen->done = false;
    str_clear(&seen->log);
    seen->call = http_stream(peer->http, &request, on_head, on_chunk, on_done, seen);
}

static void a_reply_is_the_same_however_it_is_cut(void **state)
{
    static const char *const replies[] = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1;x=y\r\n \r\n5\r\nworld\r\n0\r\nTrailer: yes\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 200 OK\r\ncontent-type:text/plain\r\ncontent-length: 11\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nhello world",
    };
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    for (size_t i = 0; i < countof(replies); i++) {
        for (int slowly = 0; slowly < 2; slowly++) {
            ask(peer, &seen, "/version");
            size_t at = peer_expect(peer, "GET /version HTTP/1.1\r\n", NULL);
            assert_int_equal(at, i == countof(replies) - 1 && slowly ? 1 : 0); /* kept alive */
            (slowly ? peer_say_slowly : peer_say)(peer, at, replies[i]);
            if (strstr(replies[i], "close") != NULL) {
                peer_close(peer, at);
            }
            peer_run(peer, &seen.done);
            assert_string_equal(str_text(&seen.log), "200[text/plain]hello world;");
        }
    }
}

static void a_failure_is_the_error_that_its_status_says(void **state)
{
    static const struct {
        const char *status, *body, *error;
    } rows[] = {
        {"404 Not Found",
         "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"jobs.batch \\\"x\\\" not "
         "found\",\"reason\":\"NotFound\",\"code\":404}",
         " NotFound: jobs.batch \"x\" not found;"},
        {"500 Internal Server Error", "it broke", "] "},
        {"302 Found", "", "] "},
    };
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    for (size_t i = 0; i < countof(rows); i++) {
        for (int streamed = 0; streamed < 2; streamed++) {
            (streamed ? ask_stream : ask)(peer, &seen, "/x");
            peer_reply(peer, peer_expect(peer, "GET /x ", NULL), rows[i].status, rows[i].body);
            peer_run(peer, &seen.done);
            assert_memory_equal(str_text(&seen.log), rows[i].status, 3); /* no head, no chunk */
            assert_non_null(strstr(str_text(&seen.log), rows[i].body));
            assert_non_null(strstr(str_text(&seen.log), ": ")); /* an error it is */
            if (rows[i].error[0] == ' ') {
                assert_true(text_ends(str_text(&seen.log), rows[i].error));
            }
        }
    }
}

static void warnings_come_with_the_reply(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    ask(peer, &seen, "/x");
    peer_say(peer, peer_expect(peer, "GET /x ", NULL),
             "HTTP/1.1 201 Created\r\nWarning: 299 - \"unknown field \\\"spec.x\\\"\"\r\n"
             "WARNING:299 - \"two\" \"later\"\r\nWarning: broken\r\nContent-Length: 0\r\n\r\n");
    peer_run(peer, &seen.done);
    assert_string_equal(str_text(&seen.log),
                        "201[] warning<unknown field \"spec.x\"> warning<two>;");
}

static void a_stream_is_handed_over_as_it_comes(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    ask_stream(peer, &seen, "/log");
    size_t at = peer_expect(peer, "GET /log ", NULL);
    peer_stream(peer, at);
    peer_run_log(peer, &seen.log, "head;"); /* before anything else has come */
    peer_chunk(peer, at, "one");
    peer_run_log(peer, &seen.log, "<one>");
    peer_chunk(peer, at, "two");
    peer_run_log(peer, &seen.log, "<two>");
    assert_false(seen.done);
    peer_chunk(peer, at, "");
    peer_run(peer, &seen.done);
    assert_string_equal(str_text(&seen.log), "head;<one><two>200[];");
}

static void a_stream_that_is_cut_ends_with_an_error(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    ask_stream(peer, &seen, "/log");
    size_t at = peer_expect(peer, "GET /log ", NULL);
    peer_stream(peer, at);
    peer_say(peer, at, "5\r\nhal");
    peer_close(peer, at);
    peer_run(peer, &seen.done);
    assert_string_equal(str_text(&seen.log), "head;<hal> Unavailable: the scheduler closed "
                                             "the connection;");
}

static void nobody_there_is_said_with_the_way_out(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    cleanup_with(context_done) struct context ctx = {.name = xstrdup("none")};
    struct error err;
    peer_kill(peer);
    ask(peer, &seen, "/x");
    peer_run(peer, &seen.done);
    assert_non_null(strstr(str_text(&seen.log), "no scheduler answers in \""));
    assert_non_null(strstr(str_text(&seen.log), "; start one with: belfry serve;"));
    ctx.home = xasprintf("%s/none", peer->home);
    assert_null(http_new(&peer->loop, &ctx, &err));
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
}

static void a_scheduler_that_came_back_is_reached_again(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    ask(peer, &seen, "/1");
    peer_reply(peer, peer_expect(peer, "GET /1 ", NULL), "200 OK", "a");
    peer_run(peer, &seen.done);
    peer_kill(peer); /* the kept connection is dead now, and the socket another one */
    peer_listen(peer);
    ask(peer, &seen, "/2");
    peer_reply(peer, peer_expect(peer, "GET /2 ", NULL), "200 OK", "b");
    peer_run(peer, &seen.done);
    assert_string_equal(str_text(&seen.log), "200[application/json]b;");
    /* And a kept connection that closes at the very moment it is used again. */
    ask(peer, &seen, "/3");
    peer_close(peer, peer_expect(peer, "GET /3 ", NULL));
    peer_reply(peer, peer_expect(peer, "GET /3 ", NULL), "200 OK", "c");
    peer_run(peer, &seen.done);
    assert_string_equal(str_text(&seen.log), "200[application/json]c;");
}

static void a_write_is_never_sent_twice(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    struct http_request request = {.method = "POST", .path = "/jobs", .body = "{}", .body_len = 2};
    cleanup_with(str_done) struct str got = {0};
    ask(peer, &seen, "/1");
    peer_reply(peer, peer_expect(peer, "GET /1 ", NULL), "200 OK", "a");
    peer_run(peer, &seen.done);
    seen.done = false;
    str_clear(&seen.log);
    http_send(peer->http, &request, on_done, &seen);
    peer_close(peer, peer_expect(peer, "POST /jobs ", &got));
    peer_run(peer, &seen.done);
    assert_non_null(strstr(got.data, "\r\nContent-Type: application/json\r\n"));
    assert_true(text_ends(got.data, "\r\n\r\n{}"));
    assert_string_equal(str_text(&seen.log), " Unavailable: the scheduler closed the connection;");
    peer_settle(peer);
    assert_false(peer_asked(peer));
}

static void no_answer_in_time_is_an_error(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    struct http_request request = {.path = "/slow", .timeout_ms = 30};
    http_send(peer->http, &request, on_done, &seen);
    peer_expect(peer, "GET /slow ", NULL);
    peer_run(peer, &seen.done);
    assert_non_null(strstr(str_text(&seen.log), "the scheduler did not answer in time"));
}

static void a_reply_without_bounds_is_refused(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    autofree char *piece = xmalloc(1 << 20);
    memset(piece, 'x', 1 << 20);
    ask(peer, &seen, "/huge");
    size_t at = peer_expect(peer, "GET /huge ", NULL);
    peer_say(peer, at, "HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n");
    for (int i = 0; i < 70 && !seen.done; i++) {
        peer_say_bytes(peer, at, piece, 1 << 20);
    }
    peer_run(peer, &seen.done);
    assert_non_null(strstr(str_text(&seen.log), "the reply is larger than 64 MiB"));
}

static void any_call_can_be_cancelled_from_any_callback(void **state)
{
    static const struct {
        const char *where, *log;
    } rows[] = {{"head", "head;"}, {"chunk", "head;<a>"}};
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0}, other = {0};
    for (size_t i = 0; i < countof(rows); i++) { /* itself */
        seen.cancel_in = rows[i].where;
        seen.other = &seen.call;
        ask_stream(peer, &seen, "/log");
        size_t at = peer_expect(peer, "GET /log ", NULL);
        peer_stream(peer, at);
        peer_chunk(peer, at, "a");
        peer_run_log(peer, &seen.log, rows[i].log);
        peer_chunk(peer, at, "b");
        peer_settle(peer);
        assert_string_equal(str_text(&seen.log), rows[i].log);
    }
    seen.cancel_in = "done"; /* another, whose bytes are there already */
    seen.other = &other.call;
    ask_stream(peer, &other, "/other");
    size_t at = peer_expect(peer, "GET /other ", NULL);
    ask(peer, &seen, "/one");
    size_t one = peer_expect(peer, "GET /one ", NULL);
    peer_stream(peer, at);
    peer_reply(peer, one, "200 OK", "1");
    peer_chunk(peer, at, "b");
    peer_run(peer, &seen.done);
    autofree char *then = xstrdup(str_text(&other.log));
    peer_settle(peer);
    assert_string_equal(str_text(&other.log), then);
    assert_null(other.call);
}

static void a_paused_stream_is_silent_until_it_goes_on(void **state)
{
    struct peer *peer = *state;
    cleanup_with(seen_done) struct seen seen = {0};
    ask_stream(peer, &seen, "/log");
    size_t at = peer_expect(peer, "GET /log ", NULL);
    peer_stream(peer, at);
    peer_chunk(peer, at, "one");
    peer_run_log(peer, &seen.log, "<one>");
    http_pause(seen.call, true);
    peer_chunk(peer, at, "two");
    peer_chunk(peer, at, "");
    peer_settle(peer);
    assert_string_equal(str_text(&seen.log), "head;<one>");
    http_pause(seen.call, false);
    peer_run(peer, &seen.done);
    assert_string_equal(str_text(&seen.log), "head;<one><two>200[];");
}

static void paths_and_queries_are_escaped(void **state)
{
    cleanup_with(str_done) struct str path = {0};
    (void)state;
    call_path(&path, KIND_CRONJOB, "a/b", "c d", "status");
    call_query(&path, "labelSelector", "env in (a,b)");
    call_query(&path, "watch", NULL);
    call_query(&path, "x", "1&2");
    assert_string_equal(str_text(&path), "/apis/batch/v1/namespaces/a%2Fb/cronjobs/c%20d/status"
                                         "?labelSelector=env%20in%20%28a%2Cb%29&x=1%262");
    str_clear(&path);
    call_path(&path, KIND_POD, NULL, NULL, NULL);
    assert_string_equal(str_text(&path), "/api/v1/pods");
}

static void a_forced_run_is_a_job_of_the_template(void **state)
{
    static const char text[] =
        "{\"metadata\":{\"name\":\"nightly-backup-of-the-very-long-name-that-is-cut-here\","
        "\"namespace\":\"ops\",\"uid\":\"u1\"},\"spec\":{\"jobTemplate\":{\"metadata\":{\"labels\":"
        "{\"a\":\"b\"},\"annotations\":{\"c.d/e\":\"f\"}},\"spec\":{\"backoffLimit\":2}}}}";
    struct id_source ids = {.seed = 7};
    autotree cJSON *cronjob = tree_parse(text, strlen(text), NULL);
    autotree cJSON *job = call_manual_job(cronjob, NULL, &ids);
    (void)state;
    const char *name = tree_str(job, "metadata.name");
    assert_true(text_starts(name, "nightly-backup-of-the-very-long-name-that-is-cut-h-manual-"));
    assert_int_equal(strlen(name), 63);
    assert_string_equal(tree_str(job, "metadata.namespace"), "ops");
    assert_string_equal(tree_label(job, "a"), "b");
    assert_string_equal(tree_annotation(job, "c.d/e"), "f");
    assert_string_equal(tree_annotation(job, "cronjob.kubernetes.io/instantiate"), "manual");
    assert_string_equal(tree_str(job, "metadata.ownerReferences[0].uid"), "u1");
    assert_true(tree_bool(job, "metadata.ownerReferences[0].controller", false));
    assert_null(tree_get(job, "metadata.ownerReferences[0].blockOwnerDeletion"));
    assert_int_equal(tree_int_or(job, "spec.backoffLimit", 0), 2);
}

/* What a log stream told, as text. */
struct lines_seen {
    struct str log;
    struct logstream *stream;
    const char *act_at; /* at this line: free the stream, or with `pause` pause it */
    bool pause, ended;
    size_t longest;
};

static void on_line(void *data, const char *line, size_t len, bool partial)
{
    struct lines_seen *seen = data;
    seen->longest = len > seen->longest ? len : seen->longest;
    str_addf(&seen->log, "%s%.*s%s|", len > 100 ? "long:" : "", len > 100 ? 3 : (int)len, line,
             partial ? "..." : "");
    if (seen->act_at != NULL && len == strlen(seen->act_at) &&
        memcmp(line, seen->act_at, len) == 0) {
        if (seen->pause) {
            logstream_pause(seen->stream, true);
        } else {
            seen->stream = logstream_free(seen->stream);
        }
    }
}

static void on_log_end(void *data, const struct error *err)
{
    struct lines_seen *seen = data;
    seen->ended = true;
    str_addf(&seen->log, "end %s", err != NULL ? err->what : "");
    if (text_same(seen->act_at, "end")) {
        seen->stream = logstream_free(seen->stream);
    }
}

static size_t log_open(struct peer *peer, struct lines_seen *seen)
{
    struct logstream_options options = {.ns = "ns", .pod = "p", .follow = true, .tail = -1};
    seen->ended = false;
    str_clear(&seen->log);
    seen->stream = logstream_new(peer->http, &options, on_line, on_log_end, seen);
    size_t at = peer_expect(peer, "GET /api/v1/namespaces/ns/pods/p/log?follow=true HTTP", NULL);
    peer_stream(peer, at);
    return at;
}

static void the_log_options_become_its_query(void **state)
{
    struct peer *peer = *state;
    struct lines_seen seen = {0};
    struct logstream_options options = {.ns = "ns",
                                        .pod = "p",
                                        .container = "c",
                                        .timestamps = true,
                                        .previous = true,
                                        .tail = 0,
                                        .since_seconds = 90,
                                        .limit_bytes = 10};
    seen.stream = logstream_new(peer->http, &options, on_line, on_log_end, &seen);
    peer_expect(peer,
                "GET /api/v1/namespaces/ns/pods/p/log?container=c&timestamps=true&previous=true"
                "&tailLines=0&sinceSeconds=90&limitBytes=10 ",
                NULL);
    logstream_free(seen.stream);
}

static void log_lines_come_whole_however_they_are_cut(void **state)
{
    struct peer *peer = *state;
    struct lines_seen seen = {0};
    size_t at = log_open(peer, &seen);
    peer_say_slowly(peer, at, "8\r\none\n\ntwo\r\n4\r\n\nend\r\n0\r\n\r\n");
    peer_run(peer, &seen.ended);
    assert_string_equal(str_text(&seen.log), "one||two|end...|end ");
    logstream_free(seen.stream);
    at = log_open(peer, &seen);
    peer_chunk(peer, at, "a\nb\nc\n");
    peer_chunk(peer, at, "");
    peer_run(peer, &seen.ended);
    assert_string_equal(str_text(&seen.log), "a|b|c|end ");
    logstream_free(seen.stream);
    str_done(&seen.log);
}

static void a_line_beyond_64_kib_comes_in_parts(void **state)
{
    static const struct {
        size_t len;
        const char *log;
    } rows[] = {
        {65535, "long:xxx|after|end "},
        {65536, "long:xxx|after|end "},
        {65537, "long:xxx...|x|after|end "},
        {3 * 65536 + 2, "long:xxx...|long:xxx...|long:xxx...|xx|after|end "},
    };
    struct peer *peer = *state;
    for (size_t i = 0; i < countof(rows); i++) {
        struct lines_seen seen = {0};
        autofree char *text = xmalloc(rows[i].len + 8);
        memset(text, 'x', rows[i].len);
        memcpy(text + rows[i].len, "\nafter\n", 8);
        size_t at = log_open(peer, &seen);
        peer_chunk(peer, at, text);
        peer_chunk(peer, at, "");
        peer_run(peer, &seen.ended);
        assert_string_equal(str_text(&seen.log), rows[i].log);
        assert_true(seen.longest <= 65536);
        logstream_free(seen.stream);
        str_done(&seen.log);
    }
}

static void a_log_that_cannot_be_had_says_why(void **state)
{
    struct peer *peer = *state;
    struct lines_seen seen = {0};
    struct logstream_options options = {.ns = "ns", .pod = "p", .tail = -1};
    seen.stream = logstream_new(peer->http, &options, on_line, on_log_end, &seen);
    peer_reply(peer, peer_expect(peer, "GET /api/v1/namespaces/ns/pods/p/log HTTP", NULL),
               "404 Not Found",
               "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"no pod\",\"code\":404}");
    peer_run(peer, &seen.ended);
    assert_string_equal(str_text(&seen.log), "end no pod");
    logstream_free(seen.stream);
    size_t at = log_open(peer, &seen); /* and one that breaks off in a line */
    peer_chunk(peer, at, "one\ntw");
    peer_run_log(peer, &seen.log, "one|");
    peer_close(peer, at);
    peer_run(peer, &seen.ended);
    assert_string_equal(str_text(&seen.log), "one|tw...|end the scheduler closed the connection");
    logstream_free(seen.stream);
    str_done(&seen.log);
}

static void a_log_can_be_freed_and_paused_from_its_callbacks(void **state)
{
    struct peer *peer = *state;
    struct lines_seen seen = {.act_at = "b"};
    size_t at = log_open(peer, &seen);
    peer_chunk(peer, at, "a\nb\nc\n");
    peer_run_log(peer, &seen.log, "b|");
    peer_settle(peer);
    assert_string_equal(str_text(&seen.log), "a|b|");
    assert_null(seen.stream);

    seen.act_at = "end";
    at = log_open(peer, &seen);
    peer_chunk(peer, at, "");
    peer_run(peer, &seen.ended);
    assert_string_equal(str_text(&seen.log), "end ");
    assert_null(seen.stream);

    seen.act_at = "a";
    seen.pause = true;
    at = log_open(peer, &seen);
    peer_chunk(peer, at, "a\n");
    peer_run_log(peer, &seen.log, "a|");
    peer_chunk(peer, at, "b\n");
    peer_chunk(peer, at, "");
    peer_settle(peer);
    assert_string_equal(str_text(&seen.log), "a|");
    logstream_pause(seen.stream, false);
    peer_run(peer, &seen.ended);
    assert_string_equal(str_text(&seen.log), "a|b|end ");
    logstream_free(seen.stream);
    str_done(&seen.log);
}

#define peer_test(test) cmocka_unit_test_setup_teardown(test, peer_setup, peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        peer_test(a_reply_is_the_same_however_it_is_cut),
        peer_test(a_failure_is_the_error_that_its_status_says),
        peer_test(warnings_come_with_the_reply),
        peer_test(a_stream_is_handed_over_as_it_comes),
        peer_test(a_stream_that_is_cut_ends_with_an_error),
        peer_test(nobody_there_is_said_with_the_way_out),
        peer_test(a_scheduler_that_came_back_is_reached_again),
        peer_test(a_write_is_never_sent_twice),
        peer_test(no_answer_in_time_is_an_error),
        peer_test(a_reply_without_bounds_is_refused),
        peer_test(any_call_can_be_cancelled_from_any_callback),
        peer_test(a_paused_stream_is_silent_until_it_goes_on),
        cmocka_unit_test(paths_and_queries_are_escaped),
        cmocka_unit_test(a_forced_run_is_a_job_of_the_template),
        peer_test(the_log_options_become_its_query),
        peer_test(log_lines_come_whole_however_they_are_cut),
        peer_test(a_line_beyond_64_kib_comes_in_parts),
        peer_test(a_log_that_cannot_be_had_says_why),
        peer_test(a_log_can_be_freed_and_paused_from_its_callbacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
