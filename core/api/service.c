/* service.c - what is asked about the scheduler itself: health, version, status, stop. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "core/api/service.h"

#include <inttypes.h>
#include <unistd.h>

#include "core/api/reply.h"
#include "core/api/server.h"
#include "core/base/stamp.h"
#include "storage/objects.h"

void service_health(struct request *request)
{
    reply_text(request, 200, "ok");
}

void service_version(struct request *request)
{
    struct str body = {0};
    str_addf(&body,
             "{\"major\":\"1\",\"minor\":\"32\",\"gitVersion\":\"v%s.0+belfry-%s\","
             "\"gitCommit\":\"\",\"gitTreeState\":\"\",\"buildDate\":\"\",\"goVersion\":\"\","
             "\"compiler\":\"\",\"platform\":\"linux\"}",
             SERVICE_KUBERNETES, PACKAGE_VERSION);
    reply_json(request, 200, &body);
}

static void add_member(struct str *body, const char *key, const char *value)
{
    str_addf(body, ",\"%s\":", key);
    if (value) {
        str_add_json(body, value);
    } else {
        str_add(body, "null");
    }
}

static int64_t count(struct store *store, enum kind kind)
{
    struct object_filter filter = {.kind = kind};
    return objects_count(store, &filter);
}

void service_status(struct request *request)
{
    const struct api *api = request->api;
    char stamp[STAMP_SIZE];
    struct str body = {0};
    str_addf(&body, "{\"version\":\"%s\",\"pid\":%ld", PACKAGE_VERSION, (long)getpid());
    add_member(&body, "home", api->paths ? api->paths->home : NULL);
    add_member(&body, "startTime", stamp_sec(stamp, api->start_time));
    add_member(&body, "listen", api->listen);
    add_member(&body, "runtime", api->runtime);
    add_member(&body, "missedStarts", api->missed_starts);
    str_addf(&body, ",\"cronJobs\":%" PRId64 ",\"jobs\":%" PRId64 ",\"running\":%zu}",
             count(api->store, KIND_CRONJOB), count(api->store, KIND_JOB),
             api->running ? api->running(api->running_data) : 0);
    reply_json(request, 200, &body);
}

/* The reply to a stop is a stream, so that its end can be seen: the scheduler stops when it is out,
 * and not before. */
struct farewell {
    const struct api *api;
    struct str body;
};

static enum stream_result on_farewell_pull(void *data, struct str *out, size_t most)
{
    (void)most;
    struct farewell *farewell = data;
    str_add(out, str_text(&farewell->body));
    return STREAM_END;
}

static void on_farewell_closed(void *data)
{
    struct farewell *farewell = data;
    farewell->api->stop(farewell->api->stop_data);
    str_done(&farewell->body);
    free(farewell);
}

static const struct stream_ops farewell_ops = {.pull = on_farewell_pull,
                                               .closed = on_farewell_closed};

void service_stop(struct request *request)
{
    const struct api *api = request->api;
    if (!api->stop) {
        reply_not_allowed(request);
        return;
    }
    struct farewell *farewell = xcalloc(1, sizeof *farewell);
    farewell->api = api;
    str_addf(&farewell->body, "{\"pid\":%ld,\"running\":%zu}", (long)getpid(),
             api->running ? api->running(api->running_data) : 0);
    reply_stream(request, REPLY_JSON, &farewell_ops, farewell);
    request->reply.status = 202;
}
