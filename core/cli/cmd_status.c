/* cmd_status.c - belfry status and stop: the scheduler of this home itself. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/cli/print.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"

#define STOP_MOST (10 * NSEC_PER_SEC)
#define LOOK_AGAIN_MS 10

static int status_print(struct session *session, bool json)
{
    struct error err;
    char age[STAMP_SIZE];
    autotree cJSON *status = NULL;
    if (!session_request(session, NULL, "/belfry/status", NULL, NULL, NULL, &status, &err)) {
        return print_failure(&err);
    }
    if (json) {
        cleanup_with(str_done) struct str text = {0};
        tree_print(&text, status, true);
        printf_out("%s\n", str_text(&text));
        return 0;
    }
    sec_t start = tree_time(status, "startTime");
    printf_out("scheduler  running, version %s, pid %lld, for %s\n",
               tree_str_or(status, "version", "?"), (long long)tree_int_or(status, "pid", 0),
               duration_human(age, clk_now(clk_system()) - start));
    printf_out("home       %s\n", tree_str_or(status, "home", session->paths.home));
    printf_out("listening  %s%s%s\n", session->paths.socket,
               tree_str(status, "listen") != NULL ? ", https://" : "",
               tree_str_or(status, "listen", ""));
    printf_out("runtime    %s\n", tree_str_or(status, "runtime", "?"));
    printf_out("cronjobs   %lld\n", (long long)tree_int_or(status, "cronJobs", 0));
    printf_out("jobs       %lld, %lld running\n", (long long)tree_int_or(status, "jobs", 0),
               (long long)tree_int_or(status, "running", 0));
    return 0;
}

int cmd_status(char **argv)
{
    const char *output = "";
    const struct opt options[] = {
        {"output", 'o', OPT_TEXT, &output, "FORMAT", "json", 0, 0},
        {.name = NULL},
    };
    struct session session = {0};
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("status", options, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    bool json = strcmp(output, "json") == 0;
    if (output[0] != '\0' && !json) {
        error_set(&err, ERROR_USAGE, "unknown output format \"%s\"", output);
        error_hint(&err, "use json, or leave it out");
        return print_failure(&err);
    }
    code = verb_no_words("status", argv, count, &err) && session_open(&session, NULL, &err)
               ? status_print(&session, json)
               : print_failure(&err);
    session_done(&session);
    return code;
}

/* The scheduler holds its lock to its very end, so a free lock is the proof. There is no event for
 * a lock that becomes free without waiting for it, hence the short looks. */
static bool wait_for_end(const struct paths *paths, struct error *err)
{
    nsec_t until = clk_mono(clk_system()) + STOP_MOST;
    while (true) {
        int lock = file_lock(paths->lock, err);
        if (lock >= 0) {
            close(lock);
            return true;
        }
        if (err->code != ERROR_CONFLICT) {
            return false;
        }
        if (clk_mono(clk_system()) > until) {
            return error_set(err, ERROR_TIMEOUT, "the scheduler has not ended within 10 s");
        }
        poll(NULL, 0, LOOK_AGAIN_MS);
    }
}

static int stop(struct session *session)
{
    struct error err;
    autotree cJSON *reply = NULL, *body = cJSON_CreateObject();
    if (!session_request(session, "POST", "/belfry/stop", body, NULL, NULL, &reply, &err) ||
        !wait_for_end(&session->paths, &err)) {
        return print_failure(&err);
    }
    long long running = (long long)tree_int_or(reply, "running", 0);
    if (running > 0) {
        printf_out("scheduler stopped; %lld running job%s on\n", running,
                   running == 1 ? " goes" : "s go");
    } else {
        print_text("scheduler stopped\n");
    }
    return 0;
}

int cmd_stop(char **argv)
{
    struct session session = {0};
    struct error err;
    size_t count;
    char **rest;
    int code = verb_start("stop", NULL, argv, &count, &rest);
    if (code != 0) {
        return code < 0 ? 0 : code;
    }
    code = verb_no_words("stop", argv, count, &err) && session_open(&session, NULL, &err)
               ? stop(&session)
               : print_failure(&err);
    session_done(&session);
    return code;
}
