/* leftovers.c - ends what is left of attempts whose shim was killed. */
/* SPDX-License-Identifier: MIT */
#include "core/run/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clk.h"
#include "core/base/file.h"
#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/run/process.h"

#define ROUND_MS 50 /* between looks */
#define ROUNDS 200  /* then they are left: ten seconds */
#define ENV_MOST ((size_t)4 << 20)
#define MARK "BELFRY_ATTEMPT="

struct search {
    char *key;
    int64_t session; /* 0: unknown, or of another boot */
    uint64_t birth;  /* of the session's first process */
    int rounds;
    bool found; /* in this round */
};

/* One process of a round. */
struct found {
    int64_t pid;
    struct process_facts facts;
    struct search *search; /* whose it is; NULL: nobody's */
};

struct leftovers {
    uv_timer_t *timer;
    vec(struct search *) searches;
    void (*on_ended)(void *data, const char *key, bool ended);
    void *data;
    char boot_id[40];
};

static void search_free(struct search *search)
{
    free(search->key);
    free(search);
}

/* Our own mark in the environment that the process was started with. What another user runs cannot
 * be read, unless we are root; then it could not be killed either. */
static struct search *search_by_mark(const struct leftovers *leftovers, int64_t pid)
{
    char path[64];
    cleanup_with(str_done) struct str env = {0};
    (void)snprintf(path, sizeof path, "/proc/%jd/environ", (intmax_t)pid);
    if (!file_read(path, ENV_MOST, &env, NULL) || env.len == 0) {
        return NULL;
    }
    for (const char *at = env.data; at < env.data + env.len; at += strlen(at) + 1) {
        if (strncmp(at, MARK, sizeof MARK - 1) != 0) {
            continue;
        }
        for (size_t i = 0; i < leftovers->searches.len; i++) {
            if (strcmp(leftovers->searches.data[i]->key, at + sizeof MARK - 1) == 0) {
                return leftovers->searches.data[i];
            }
        }
    }
    return NULL;
}

/* A session's number stays taken while anyone is in it, but once all have gone it may come back as
 * a stranger's. Then there is a leader born at another time. */
static struct search *search_by_session(const struct leftovers *leftovers,
                                        const struct process_facts *facts)
{
    for (size_t i = 0; i < leftovers->searches.len; i++) {
        struct search *search = leftovers->searches.data[i];
        if (search->session > 0 && facts->session == search->session) {
            uint64_t leader = process_birth(search->session);
            return facts->birth >= search->birth && (leader == 0 || leader == search->birth)
                       ? search
                       : NULL;
        }
    }
    return NULL;
}

static void found_kill(const struct found *found)
{
    int pidfd = process_hold(found->pid, found->facts.birth);
    if (pidfd >= 0) {
        process_signal(pidfd, SIGKILL, 0);
        close(pidfd);
    }
}

/* Children of what was found are of the same attempt, whatever they did to their environment; a
 * child may stand before its parent, hence the repetition until nothing is added. */
static void descent_follow(struct found *list, size_t count)
{
    bool added = true;
    while (added) {
        added = false;
        for (size_t i = 0; i < count; i++) {
            for (size_t p = 0; !list[i].search && p < count; p++) {
                if (list[p].search && list[p].pid == list[i].facts.parent) {
                    list[i].search = list[p].search;
                    added = true;
                }
            }
        }
    }
}

static void round_kill(struct leftovers *leftovers)
{
    vec(struct found) list = {0};
    size_t hits = 0;
    DIR *proc = opendir("/proc");
    if (!proc) {
        return;
    }
    for (const struct dirent *entry; (entry = readdir(proc));) {
        long long pid;
        struct found found = {0};
        if (!text_int(entry->d_name, 2, INT32_MAX, &pid) || pid == getpid() ||
            !process_look(pid, &found.facts) || found.facts.state == 'Z' ||
            found.facts.state == 'X') {
            continue;
        }
        found.pid = pid;
        found.search = search_by_session(leftovers, &found.facts);
        if (!found.search) {
            found.search = search_by_mark(leftovers, pid);
        }
        hits += found.search != NULL;
        vec_push(&list, found);
    }
    (void)closedir(proc);
    if (hits > 0) {
        descent_follow(list.data, list.len);
    }
    for (size_t i = 0; i < list.len; i++) {
        if (list.data[i].search) {
            list.data[i].search->found = true;
            found_kill(&list.data[i]);
        }
    }
    vec_done(&list);
}

static void on_round(uv_timer_t *timer)
{
    struct leftovers *leftovers = timer->data;
    vec(struct search *) settled = {0};
    for (size_t i = 0; i < leftovers->searches.len; i++) {
        leftovers->searches.data[i]->found = false;
    }
    round_kill(leftovers);
    for (size_t i = leftovers->searches.len; i-- > 0;) {
        struct search *search = leftovers->searches.data[i];
        if (!search->found || ++search->rounds >= ROUNDS) {
            vec_remove(&leftovers->searches, i);
            vec_push(&settled, search);
        }
    }
    if (leftovers->searches.len > 0) {
        (void)uv_timer_start(timer, on_round, ROUND_MS, 0);
    }
    for (size_t i = 0; i < settled.len; i++) {
        leftovers->on_ended(leftovers->data, settled.data[i]->key, !settled.data[i]->found);
        search_free(settled.data[i]);
    }
    vec_done(&settled);
}

struct leftovers *leftovers_new(uv_loop_t *loop,
                                void (*on_ended)(void *data, const char *key, bool ended),
                                void *data)
{
    struct leftovers *leftovers = xcalloc(1, sizeof *leftovers);
    leftovers->on_ended = on_ended;
    leftovers->data = data;
    leftovers->timer = xcalloc(1, sizeof *leftovers->timer);
    (void)uv_timer_init(loop, leftovers->timer); /* cannot fail */
    leftovers->timer->data = leftovers;
    clk_boot_id(leftovers->boot_id);
    return leftovers;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

struct leftovers *leftovers_free(struct leftovers *leftovers)
{
    if (leftovers) {
        for (size_t i = 0; i < leftovers->searches.len; i++) {
            search_free(leftovers->searches.data[i]);
        }
        vec_done(&leftovers->searches);
        uv_close((uv_handle_t *)leftovers->timer, on_timer_closed);
        free(leftovers);
    }
    return NULL;
}

void leftovers_add(struct leftovers *leftovers, const char *key, const struct start_record *start)
{
    struct search *search = xcalloc(1, sizeof *search);
    search->key = xstrdup(key);
    if (start && text_same(start->boot_id, leftovers->boot_id)) {
        search->session = start->pid;
        search->birth = start->birth;
    }
    vec_push(&leftovers->searches, search);
    if (!uv_is_active((uv_handle_t *)leftovers->timer)) {
        (void)uv_timer_start(leftovers->timer, on_round, 0, 0);
    }
}
