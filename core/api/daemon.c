/* daemon.c - `belfry serve`: lock, store, executor, controllers and API put together. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "core/api/daemon.h"

#include <assert.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "core/api/access.h"
#include "core/api/notify.h"
#include "core/api/server.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/control/control.h"
#include "core/run/executor.h"

#define CLOSING_MS 1000

/* Everything that lives as long as the scheduler does. Zeroed, so that a start that fails half-way
 * is taken down by the same code as one that worked. */
struct daemon {
    const struct daemon_options *options;
    uv_loop_t loop;
    uv_signal_t signals[3];
    struct id_source ids;
    int lock;
    struct store *store;
    struct control *control;
    struct executor *executor;
    struct access access;
    struct api api;
    struct server *server;
    char *listen; /* what --listen came to, with its port; NULL: none */
    bool stopping;
};

static bool check_options(const struct daemon_options *options, struct error *err)
{
    static const char *const runtimes[] = {"auto", "host", "podman", "docker"};
    const char *runtime = options->runtime, *missed = options->missed_starts;
    bool known = !runtime;
    for (size_t i = 0; i < countof(runtimes); i++) {
        known = known || text_same(runtime, runtimes[i]);
    }
    if (!known) {
        error_set(err, ERROR_USAGE, "the runtime \"%s\" is not known", runtime);
        return error_hint(err, "use auto, host, podman or docker");
    }
    if (missed && missed_starts_find(missed) == MISSED_STARTS_COUNT) {
        error_set(err, ERROR_USAGE, "the missed starts \"%s\" are not known", missed);
        return error_hint(err, "use block, latest or skip");
    }
    return true;
}

static bool make_home(const struct paths *paths, struct error *err)
{
    if (!file_make_folder(paths->home, 0700, err)) {
        return false;
    }
    if (file_on_network(paths->home)) {
        error_set(err, ERROR_USAGE,
                  "\"%s\" lies on a network file system, where locks cannot be trusted",
                  paths->home);
        return error_hint(err, "set BELFRY_HOME to a folder on a local disk");
    }
    return true;
}

/* One scheduler a home. The file keeps the pid of its holder, for people; the lock is what counts. */
static int lock_home(const struct paths *paths, struct error *err)
{
    struct error fault = {0};
    int fd = file_lock(paths->lock, &fault);
    if (fd >= 0) {
        char pid[32];
        int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
        if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)len, 0) != len) {
            log_warn("the pid cannot be written to \"%s\"", paths->lock);
        }
        return fd;
    }
    if (fault.code == ERROR_CONFLICT) {
        cleanup_with(str_done) struct str text = {0};
        long long pid = 0;
        if (file_read(paths->lock, 64, &text, NULL)) {
            str_cut(&text, strcspn(str_text(&text), "\n"));
        }
        bool known = text_int(str_text(&text), 1, INT32_MAX, &pid);
        autofree char *who =
            known ? xasprintf("another scheduler (pid %lld)", pid) : xstrdup("another scheduler");
        error_set(&fault, ERROR_CONFLICT, "%s serves \"%s\" already", who, paths->home);
        error_hint(&fault, "stop it with \"belfry stop\", or set BELFRY_HOME to another folder");
    }
    if (err) {
        *err = fault;
    }
    return -1;
}

/* A watch is a descriptor, and so is a run: as many as the system lets us have. */
static void raise_limits(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void daemon_stop(void *data)
{
    struct daemon *daemon = data;
    if (!daemon->stopping) {
        daemon->stopping = true;
        notify_manager("STOPPING=1");
        uv_stop(&daemon->loop);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    log_info("stopping on signal %d; what runs goes on", number);
    daemon_stop(handle->data);
}

static size_t on_running(void *data)
{
    const struct daemon *daemon = data;
    return daemon->executor ? executor_count(daemon->executor) : 0;
}

static bool start_signals(struct daemon *daemon, struct error *err)
{
    /* A terminal that closes (HUP) ends the scheduler in good order as well. */
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    static_assert(countof(numbers) == countof(daemon->signals), "a handle for each signal");
    signal(SIGPIPE, SIG_IGN); /* a client that has left is an error code, not an end */
    for (size_t i = 0; i < countof(numbers); i++) {
        uv_signal_init(&daemon->loop, &daemon->signals[i]);
        daemon->signals[i].data = daemon;
        int fault = uv_signal_start(&daemon->signals[i], on_signal, numbers[i]);
        if (fault) {
            return error_set(err, ERROR_INTERNAL, "cannot catch signal %d: %s", numbers[i],
                             uv_strerror(fault));
        }
    }
    return true;
}

/* The part of "HOST:PORT" that the certificate must name; "" for every address. */
static char *listen_host(const char *listen)
{
    const char *colon = strrchr(listen, ':');
    size_t len = colon ? (size_t)(colon - listen) : strlen(listen);
    if (len >= 2 && listen[0] == '[' && listen[len - 1] == ']') {
        return xstrndup(listen + 1, len - 2);
    }
    return xstrndup(listen, len);
}

/* The kubeconfig of this listener: from another machine the address in it is to be changed. */
static bool write_kubeconfig(const struct daemon *daemon, const char *host, struct error *err)
{
    bool anywhere = !*host || text_same(host, "0.0.0.0") || text_same(host, "::");
    const char *port = strrchr(daemon->listen, ':');
    autofree char *server =
        anywhere ? xasprintf("https://127.0.0.1%s", port) : xasprintf("https://%s", daemon->listen);
    autofree char *path = xasprintf("%s/kubeconfig", daemon->options->paths->home);
    cleanup_with(str_done) struct str text = {0};
    access_kubeconfig(&daemon->access, server, &text);
    return file_write_atomic(path, text.data, text.len, 0600, err);
}

static bool start_listening(struct daemon *daemon, struct error *err)
{
    const struct daemon_options *options = daemon->options;
    if (!server_listen_unix(daemon->server, options->paths->socket, err)) {
        return false;
    }
    if (!options->listen) {
        return true;
    }
    autofree char *host = listen_host(options->listen);
    autofree char *folder = xasprintf("%s/access", options->paths->home);
    return access_open(folder, host, daemon->api.clk, &daemon->access, err) &&
           server_listen_tls(daemon->server, options->listen, &daemon->access, &daemon->listen,
                             err) &&
           write_kubeconfig(daemon, host, err);
}

static bool start_parts(struct daemon *daemon, struct error *err)
{
    const struct daemon_options *options = daemon->options;
    const struct paths *paths = options->paths;
    enum missed_starts missed =
        options->missed_starts ? missed_starts_find(options->missed_starts) : MISSED_STARTS_BLOCK;
    struct control_options control = {
        .missed_starts = missed, .runtime = options->runtime, .paths = paths};
    daemon->store = store_open(paths->database, clk_system(), &daemon->ids, err);
    if (!daemon->store) {
        return false;
    }
    daemon->control = control_new(&daemon->loop, daemon->store, &control, err);
    if (!daemon->control) {
        return false;
    }
    daemon->executor = executor_new(&daemon->loop, clk_system(), paths, options->shim,
                                    control_executor_events(daemon->control), err);
    if (!daemon->executor) {
        return false;
    }
    daemon->api = (struct api){.loop = &daemon->loop,
                               .store = daemon->store,
                               .clk = clk_system(),
                               .ids = &daemon->ids,
                               .control = daemon->control,
                               .paths = paths,
                               .stop = daemon_stop,
                               .stop_data = daemon,
                               .running = on_running,
                               .running_data = daemon,
                               .runtime = options->runtime ? options->runtime : "auto",
                               .missed_starts = missed_starts_names[missed],
                               .start_time = clk_now(clk_system())};
    daemon->server = server_new(&daemon->api, err);
    /* The addresses first: a port that is taken must fail before anything is started. */
    return daemon->server && start_listening(daemon, err) && start_signals(daemon, err) &&
           control_start(daemon->control, daemon->executor, err);
}

static void on_walk_close(uv_handle_t *handle, void *data)
{
    (void)data;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void on_patience_over(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

/* Lets go what was closed: handles need a turn, the spawner needs to end. Whoever forgot one must
 * not hold up the end. */
static void loop_done(uv_loop_t *loop)
{
    bool over = false;
    uv_timer_t patience;
    uv_timer_init(loop, &patience);
    patience.data = &over;
    uv_timer_start(&patience, on_patience_over, CLOSING_MS, 0);
    uv_unref((uv_handle_t *)&patience);
    while (!over && uv_loop_alive(loop)) {
        uv_run(loop, UV_RUN_ONCE);
    }
    uv_close((uv_handle_t *)&patience, NULL);
    uv_run(loop, UV_RUN_NOWAIT);
    if (uv_loop_close(loop) != 0) {
        log_debug("handles were left on the loop");
        uv_walk(loop, on_walk_close, NULL);
        uv_run(loop, UV_RUN_NOWAIT);
        (void)uv_loop_close(loop);
    }
}

static void daemon_done(struct daemon *daemon)
{
    struct error err = {0};
    if (daemon->store && store_dirty(daemon->store) && !store_commit(daemon->store, &err)) {
        log_error("the last writes are lost: %s", err.what);
    }
    server_free(daemon->server);
    control_stop(daemon->control);
    if (daemon->executor) {
        executor_free(daemon->executor);
    }
    for (size_t i = 0; i < countof(daemon->signals); i++) {
        if (daemon->signals[i].data && !uv_is_closing((uv_handle_t *)&daemon->signals[i])) {
            uv_close((uv_handle_t *)&daemon->signals[i], NULL);
        }
    }
    loop_done(&daemon->loop);
    store_close(daemon->store);
    access_done(&daemon->access);
    free(daemon->listen);
    file_close_at(&daemon->lock);
}

static void say_ready(const struct daemon *daemon)
{
    const struct paths *paths = daemon->options->paths;
    if (daemon->listen) {
        log_info("belfry %s serves \"%s\" on its socket and on https://%s", PACKAGE_VERSION,
                 paths->home, daemon->listen);
    } else {
        log_info("belfry %s serves \"%s\" on its socket", PACKAGE_VERSION, paths->home);
    }
    notify_manager("READY=1");
}

bool daemon_run(const struct daemon_options *options, struct error *err)
{
    struct daemon daemon = {.options = options, .lock = -1};
    if (!check_options(options, err) || !make_home(options->paths, err)) {
        return false;
    }
    daemon.lock = lock_home(options->paths, err);
    if (daemon.lock < 0) {
        return false;
    }
    raise_limits();
    int fault = uv_loop_init(&daemon.loop);
    if (fault) {
        file_close_at(&daemon.lock);
        return error_set(err, ERROR_INTERNAL, "no event loop: %s", uv_strerror(fault));
    }
    bool started = start_parts(&daemon, err);
    if (started) {
        daemon.api.listen = daemon.listen;
        say_ready(&daemon);
        uv_run(&daemon.loop, UV_RUN_DEFAULT);
    }
    daemon_done(&daemon);
    return started;
}
