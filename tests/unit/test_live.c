/* test_live.c - the client's calls and caches against the real API, in one process. */
/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/client/cache.h"
#include "core/client/call.h"
#include "tests/unit/api_kit.h"

#define WAIT_MOST (20 * NSEC_PER_SEC)

struct live {
    struct kit *kit;
    struct http *http;
    struct cache *cache;
    struct str log;   /* what the cache told */
    struct str reply; /* what the last call came to: "201 name" or "422 message" */
    struct str body;
};

static void server_start(struct live *live)
{
    struct error err;
    if (live->kit->server == NULL) {
        live->kit->server = server_new(&live->kit->api, &err);
    }
    assert_true(server_listen_unix(live->kit->server, live->kit->paths.socket, &err));
}

static int setup(void **state)
{
    struct live *live = xcalloc(1, sizeof *live);
    cleanup_with(context_done) struct context ctx = {0};
    struct error err;
    void *kit;
    signal(SIGPIPE, SIG_IGN);
    kit_setup(&kit);
    live->kit = kit;
    server_start(live);
    context_local(&ctx, &live->kit->paths, NULL);
    live->http = http_new(&live->kit->loop, &ctx, &err);
    assert_non_null(live->http);
    *state = live;
    return 0;
}

static int teardown(void **state)
{
    struct live *live = *state;
    void *kit = live->kit;
    live->cache = cache_free(live->cache);
    live->http = http_free(live->http);
    str_done(&live->log);
    str_done(&live->reply);
    str_done(&live->body);
    free(live);
    return kit_teardown(&kit);
}

static void wait_text(struct live *live, const struct str *where, const char *text)
{
    struct pollfd backend = {.fd = uv_backend_fd(&live->kit->loop), .events = POLLIN};
    nsec_t until = clk_mono(clk_system()) + WAIT_MOST;
    while (strstr(str_text(where), text) == NULL && clk_mono(clk_system()) < until) {
        (void)poll(&backend, 1, uv_backend_timeout(&live->kit->loop) == 0 ? 0 : 1);
        uv_run(&live->kit->loop, UV_RUN_NOWAIT);
    }
    if (strstr(str_text(where), text) == NULL) {
        fail_msg("waited for \"%s\", have \"%s\"", text, str_text(where));
    }
}

/* Waits until the log holds TEXT, checks that it is all there is, and begins it anew. */
static void told(struct live *live, const char *text)
{
    wait_text(live, &live->log, text);
    assert_string_equal(str_text(&live->log), text);
    str_clear(&live->log);
}

static void on_change(void *data, struct cache *cache, enum cache_event event,
                      struct cache_item *item)
{
    static const char *const names[] = {"added", "changed", "removed", "reset", "state"};
    static const char *const states[] = {"loading", "live", "stale"};
    struct live *live = data;
    str_addf(&live->log, "%s ", names[event]);
    if (item != NULL) {
        str_add(&live->log, item->name);
    } else if (event == CACHE_STATE) {
        str_add(&live->log, states[cache_state(cache)]);
    } else {
        str_addf(&live->log, "%zu", cache_count(cache));
    }
    str_add(&live->log, ";");
}

static void cache_start(struct live *live, struct cache_options options)
{
    live->cache =
        cache_new(live->http, &live->kit->loop, live->kit->clk, &options, on_change, live);
}

static void on_reply(void *data, const struct http_reply *reply, const struct error *err)
{
    struct live *live = data;
    str_clear(&live->body);
    if (reply != NULL) {
        str_add_bytes(&live->body, reply->body, reply->len);
    }
    str_addf(&live->reply, "%d %s.", reply != NULL ? reply->status : 0,
             err != NULL ? err->what : "done");
}

static void done(struct live *live, const char *text)
{
    wait_text(live, &live->reply, ".");
    assert_non_null(strstr(str_text(&live->reply), text));
    str_clear(&live->reply);
}

static void create(struct live *live, const char *name)
{
    autofree char *text = kit_cronjob(name);
    autotree cJSON *doc = tree_parse(text, strlen(text), NULL);
    call_create(live->http, doc, on_reply, live);
    done(live, "201 done");
}

static void a_cronjob_is_seen_from_its_creation_to_its_end(void **state)
{
    struct live *live = *state;
    cache_start(live, (struct cache_options){.kind = KIND_CRONJOB});
    told(live, "reset 0;state live;");
    create(live, "nightly");
    told(live, "added nightly;");
    call_suspend(live->http, "default", "nightly", true, on_reply, live);
    done(live, "200 done");
    told(live, "changed nightly;");
    const struct cache_item *item = cache_find(live->cache, "default", "nightly");
    assert_true(tree_bool(item->doc, "spec.suspend", false));
    call_delete(live->http, KIND_CRONJOB, "default", "nightly", on_reply, live);
    done(live, "200 done");
    told(live, "removed nightly;");
}

static void pages_come_one_after_the_other_in_order(void **state)
{
    struct live *live = *state;
    for (int i = 7; i > 0; i--) {
        autofree char *name = xasprintf("job-%d", i);
        create(live, name);
    }
    cache_start(live, (struct cache_options){.kind = KIND_CRONJOB, .ns = "default", .page = 2});
    told(live, "reset 2;reset 7;state live;");
    for (size_t i = 0; i < 7; i++) {
        autofree char *name = xasprintf("job-%zu", i + 1);
        assert_string_equal(cache_at(live->cache, i)->name, name);
    }
}

static void only_what_the_selectors_want_is_seen(void **state)
{
    struct live *live = *state;
    create(live, "one");
    create(live, "two");
    cache_start(live, (struct cache_options){.kind = KIND_CRONJOB,
                                             .ns = "default",
                                             .field_selector = "metadata.name=two"});
    told(live, "reset 1;state live;");
    create(live, "three");
    call_patch(live->http, KIND_CRONJOB, "default", "two",
               "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}", on_reply, live);
    done(live, "200 done");
    told(live, "changed two;");
}

static void a_scheduler_that_restarts_is_stale_and_then_live_without_a_gap(void **state)
{
    struct live *live = *state;
    create(live, "before");
    cache_start(live, (struct cache_options){.kind = KIND_CRONJOB});
    told(live, "reset 1;state live;");
    live->kit->server = server_free(live->kit->server);
    told(live, "state stale;");
    /* Something happens while nobody can tell of it. */
    live->kit->server = NULL;
    server_start(live);
    autotree cJSON *made = NULL;
    autofree char *text = kit_cronjob("meanwhile");
    made = kit_json(live->kit, 201, "POST", CRONJOBS, text);
    wait_text(live, &live->log, "added meanwhile;");
    wait_text(live, &live->log, "state live;");
    assert_int_equal(cache_count(live->cache), 2);
}

static void a_bad_object_is_refused_with_all_its_faults(void **state)
{
    struct live *live = *state;
    autofree char *text = kit_cronjob("Bad_Name");
    autotree cJSON *doc = tree_parse(text, strlen(text), NULL);
    tree_put_str(doc, "spec.schedule", "60 * * * *");
    call_create(live->http, doc, on_reply, live);
    done(live, "422 ");
    autotree cJSON *status = tree_parse(live->body.data, live->body.len, NULL);
    assert_string_equal(tree_str(status, "details.causes[0].field"), "metadata.name");
    assert_string_equal(tree_str(status, "details.causes[1].field"), "spec.schedule");
    tree_put_str(doc, "metadata.name", "good");
    tree_put_str(doc, "spec.schedule", "@daily");
    call_check(live->http, doc, on_reply, live);
    done(live, "201 done");
    call_get(live->http, KIND_CRONJOB, "default", "good", on_reply, live); /* only checked */
    done(live, "404 cronjobs.batch \"good\" not found");
}

static void a_forced_run_is_a_job_of_its_cronjob(void **state)
{
    struct live *live = *state;
    struct id_source ids = {.seed = 3};
    create(live, "nightly");
    cache_start(live, (struct cache_options){.kind = KIND_JOB});
    told(live, "reset 0;state live;");
    autotree cJSON *cronjob = kit_json(live->kit, 200, "GET", CRONJOBS "/nightly", NULL);
    call_force_run(live->http, cronjob, &ids, on_reply, live);
    done(live, "201 done");
    wait_text(live, &live->log, "added nightly-manual-");
    const cJSON *job = cache_at(live->cache, 0)->doc;
    assert_string_equal(tree_str(job, "metadata.ownerReferences[0].name"), "nightly");
}

#define live_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        live_test(a_cronjob_is_seen_from_its_creation_to_its_end),
        live_test(pages_come_one_after_the_other_in_order),
        live_test(only_what_the_selectors_want_is_seen),
        live_test(a_scheduler_that_restarts_is_stale_and_then_live_without_a_gap),
        live_test(a_bad_object_is_refused_with_all_its_faults),
        live_test(a_forced_run_is_a_job_of_its_cronjob),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
