/* server.c - the API served on a loop: listeners, and connections handed in. */
/* SPDX-License-Identifier: MIT */
#include "core/api/server.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/api/access.h"
#include "core/api/exchange.h"
#include "core/api/resource.h"
#include "core/api/turn.h"
#include "core/base/file.h"
#include "core/base/log.h"

/* The library's own memory of a connection: request head, and the buffer of a chunked reply. It is
 * mapped, so an idle watch touches little of it. */
#define CONNECTION_MEMORY ((size_t)64 * 1024)
#define CONNECTION_LIMIT 16384U
/* A client that keeps its connection for later; Go's gives up after 90 s, and it must be the
 * client who does: a request sent into a closing connection is lost. */
#define IDLE_SECONDS 120U
#define TLS_PRIORITIES "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"
#define BACKLOG 511

struct server {
    struct api *api;
    struct turn *turn;
    struct listener *listeners;
    struct listener *attached; /* the one without a socket, for connections handed in */
};

static void on_library_log(void *cls, const char *format, va_list args) format_printf(2, 0);
static void on_library_log(void *cls, const char *format, va_list args)
{
    (void)cls;
    cleanup_with(str_done) struct str text = {0};
    str_addv(&text, format, args);
    while (text.len && text.data[text.len - 1] == '\n') {
        str_cut(&text, text.len - 1);
    }
    log_debug("http: %s", str_text(&text));
}

static void listener_run(struct listener *listener);

static void on_timer(uv_timer_t *timer)
{
    listener_run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    listener_run(poll->data);
}

/* Lets the library do what is to be done, and asks when it wants to be called again. */
static void listener_run(struct listener *listener)
{
    listener->pending = false;
    if (MHD_run(listener->http) != MHD_YES) {
        log_error("the HTTP library cannot go on with a listener");
    }
    MHD_UNSIGNED_LONG_LONG timeout = 0;
    if (MHD_get_timeout(listener->http, &timeout) == MHD_YES) {
        uv_timer_start(&listener->timer, on_timer, timeout, 0);
    } else {
        uv_timer_stop(&listener->timer);
    }
}

/* Behind the commit: the replies that waited for it, and the streams that were woken. */
static void on_turn(void *data)
{
    struct server *server = data;
    for (struct listener *l = server->listeners; l; l = l->next) {
        if (l->pending) {
            listener_run(l);
        }
    }
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    if (--listener->open_handles == 0) {
        free(listener->path);
        free(listener);
    }
}

static void listener_free(struct listener *listener)
{
    if (listener->http) {
        for (struct exchange *x = listener->first; x; x = x->next) {
            exchange_abandon(x);
        }
        MHD_stop_daemon(listener->http); /* closes the listening socket and all connections */
    }
    if (listener->path) {
        (void)unlink(listener->path);
    }
    uv_close((uv_handle_t *)&listener->poll, on_listener_closed);
    uv_close((uv_handle_t *)&listener->timer, on_listener_closed);
}

static struct MHD_Daemon *library_start(struct listener *listener, int fd)
{
    const struct access *access = listener->access;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    flags |= fd < 0 ? MHD_USE_NO_LISTEN_SOCKET : 0U;
    flags |= access ? MHD_USE_TLS : 0U;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, access ? access->key : NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, access ? access->certificate : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)TLS_PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem socket[] = {
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    static const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags, 0, NULL, NULL, exchange_on_request, listener,          /* */
                            MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,             /* */
                            MHD_OPTION_URI_LOG_CALLBACK, exchange_on_uri, listener,       /* */
                            MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, listener, /* */
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,        /* */
                            MHD_OPTION_CONNECTION_LIMIT, CONNECTION_LIMIT,                /* */
                            MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,                  /* */
                            MHD_OPTION_ARRAY, access ? tls : none, MHD_OPTION_ARRAY,
                            fd < 0 ? none : socket, /* */
                            MHD_OPTION_END);
}

/* FD is taken; -1: no listening socket. */
static struct listener *listener_new(struct server *server, int fd, const struct access *access,
                                     struct error *err)
{
    struct listener *listener = xcalloc(1, sizeof *listener);
    listener->server = server;
    listener->api = server->api;
    listener->access = access;
    listener->http = library_start(listener, fd);
    if (!listener->http) {
        file_close_at(&fd);
        free(listener);
        error_set(err, ERROR_INTERNAL, "the HTTP library does not start");
        error_hint(err, "see the log with BELFRY_LOG=debug");
        return NULL;
    }
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(listener->http, MHD_DAEMON_INFO_EPOLL_FD);
    int fault = uv_poll_init(server->api->loop, &listener->poll, info->epoll_fd);
    assert(fault == 0); /* the descriptor is the library's own, and new */
    uv_timer_init(server->api->loop, &listener->timer);
    listener->open_handles = 2;
    listener->poll.data = listener->timer.data = listener;
    uv_poll_start(&listener->poll, UV_READABLE, on_poll);
    listener->next = server->listeners;
    server->listeners = listener;
    return listener;
}

struct server *server_new(struct api *api, struct error *err)
{
    struct server *server = xcalloc(1, sizeof *server);
    server->api = api;
    server->turn = turn_new(api->loop, api->store, on_turn, server, err);
    if (!server->turn || !resource_prepare(api, err)) {
        return server_free(server);
    }
    return server;
}

struct server *server_free(struct server *server)
{
    if (server) {
        while (server->listeners) {
            struct listener *listener = server->listeners;
            server->listeners = listener->next;
            listener_free(listener);
        }
        turn_free(server->turn);
        free(server);
    }
    return NULL;
}

/* A socket's address holds 107 bytes; a home may lie deeper. Through the folder's descriptor every
 * path is short. */
static int unix_bind(const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    autofree char *folder_path = slash ? xstrndup(path, (size_t)(slash - path + 1)) : xstrdup(".");
    const char *name = slash ? slash + 1 : path;
    cleanup_with(file_close_at) int folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cleanup_with(file_close_at) int fd =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    autofree char *short_path = xasprintf("/proc/self/fd/%d/%s", folder, name);
    if (folder < 0 || fd < 0 || !text_copy(address.sun_path, sizeof address.sun_path, short_path)) {
        error_sys(err, ERROR_IO, folder < 0 || fd < 0 ? errno : ENAMETOOLONG, "socket \"%s\"",
                  path);
        return -1;
    }
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT) {
        error_sys(err, ERROR_IO, errno, "socket \"%s\" cannot be replaced", path);
        return -1;
    }
    /* Linux makes the socket's file with the mode of the descriptor: there is no moment at which
     * it is open to others. */
    if (fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, BACKLOG) != 0) {
        error_sys(err, ERROR_IO, errno, "cannot listen on \"%s\"", path);
        return -1;
    }
    int listening = fd;
    fd = -1;
    return listening;
}

bool server_listen_unix(struct server *server, const char *path, struct error *err)
{
    int fd = unix_bind(path, err);
    if (fd < 0) {
        return false;
    }
    struct listener *listener = listener_new(server, fd, NULL, err);
    if (!listener) {
        return false;
    }
    listener->path = xstrdup(path);
    return true;
}

/* "HOST:PORT" in two; the host is "" for every address. */
static bool address_split(const char *address, char **ret_host, char **ret_port, struct error *err)
{
    const char *colon = strrchr(address, ':');
    long long port = 0;
    bool bracket = address[0] == '[';
    size_t len = colon ? (size_t)(colon - address) : 0;
    if (!colon || !text_int(colon + 1, 0, 65535, &port) ||
        (bracket ? len < 3 || address[len - 1] != ']' : memchr(address, ':', len) != NULL)) {
        error_set(err, ERROR_USAGE, "\"%s\" is no address to listen on", address);
        return error_hint(err, "write ADDR:PORT, as in 127.0.0.1:6443 or [::1]:6443");
    }
    *ret_host = bracket ? xstrndup(address + 1, len - 2) : xstrndup(address, len);
    *ret_port = xstrdup(colon + 1);
    return true;
}

static int tcp_bind_one(const struct addrinfo *info)
{
    int yes = 1, no = 0;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (info->ai_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    }
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int fault = errno;
        close(fd);
        errno = fault;
        return -1;
    }
    return fd;
}

static int tcp_bind(const char *address, const char *host, const char *port, struct error *err)
{
    struct addrinfo *list = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    int fault = getaddrinfo(*host ? host : NULL, port, &hints, &list);
    if (fault) {
        error_set(err, ERROR_USAGE, "cannot listen on \"%s\": %s", address, gai_strerror(fault));
        return -1;
    }
    int fd = -1;
    /* For every address: the IPv6 one, which takes IPv4 as well, first. */
    for (int pass = *host ? 1 : 0; pass < 2 && fd < 0; pass++) {
        for (const struct addrinfo *info = list; info && fd < 0; info = info->ai_next) {
            if (pass == 1 || info->ai_family == AF_INET6) {
                fd = tcp_bind_one(info);
            }
        }
    }
    if (fd < 0) {
        int reason = errno;
        error_sys(err, reason == EADDRINUSE ? ERROR_CONFLICT : ERROR_IO, reason,
                  "cannot listen on \"%s\"", address);
    }
    freeaddrinfo(list);
    return fd;
}

static char *socket_address(int fd)
{
    struct sockaddr_storage storage;
    socklen_t len = sizeof storage;
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getsockname(fd, (struct sockaddr *)&storage, &len) != 0 ||
        getnameinfo((struct sockaddr *)&storage, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return xstrdup("");
    }
    return xasprintf(strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

bool server_listen_tls(struct server *server, const char *address, const struct access *access,
                       char **ret_address, struct error *err)
{
    autofree char *host = NULL, *port = NULL;
    if (!address_split(address, &host, &port, err)) {
        return false;
    }
    int fd = tcp_bind(address, host, port, err);
    if (fd < 0) {
        return false;
    }
    autofree char *bound = socket_address(fd);
    if (!listener_new(server, fd, access, err)) {
        return false;
    }
    if (ret_address) {
        *ret_address = steal(&bound);
    }
    return true;
}

bool server_attach(struct server *server, int fd, struct error *err)
{
    if (!server->attached) {
        server->attached = listener_new(server, -1, NULL, err);
    }
    if (!server->attached) {
        close(fd);
        return false;
    }
    struct sockaddr nobody = {.sa_family = AF_UNIX};
    if (MHD_add_connection(server->attached->http, fd, &nobody, sizeof nobody.sa_family) !=
        MHD_YES) { /* it has closed the descriptor */
        return error_set(err, ERROR_INTERNAL, "the HTTP library does not take the connection");
    }
    listener_run(server->attached);
    return true;
}

size_t server_requests(const struct server *server)
{
    size_t count = 0;
    for (const struct listener *l = server->listeners; l; l = l->next) {
        for (const struct exchange *x = l->first; x; x = x->next) {
            count++;
        }
    }
    return count;
}
