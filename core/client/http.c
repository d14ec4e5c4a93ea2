/* http.c - HTTP requests on the loop: libcurl's multi interface over a unix socket or TLS. */
/* SPDX-License-Identifier: MIT */
#include "core/client/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/vec.h"
#include "core/codec/status.h"

/* A reply larger than this is refused: the largest honest one is a page of a list. */
#define BODY_MOST ((size_t)64 * 1024 * 1024)
#define TIMEOUT_MS 30000L
#define WARNINGS_MOST 64

struct http {
    uv_loop_t *loop;
    CURLM *multi;
    struct context ctx;
    uv_timer_t *timer;
    int home; /* the folder of the socket; -1: TCP */
    int ca;   /* a memory file with the authority's certificate; -1: none */
    char base[256];
    char socket[64];
    char *bearer;            /* the Authorization header; NULL: none */
    struct http_call *calls; /* list of all that are under way */
};

struct http_call {
    struct http *http;
    struct http_call *next, **link;
    CURL *easy;
    struct curl_slist *headers;
    http_done_fn *on_done;
    void (*on_head)(void *data);
    http_chunk_fn *on_chunk; /* NULL: the body is collected */
    void *data;
    struct str body; /* of a stream: what came and was not yet handed over */
    char content_type[128];
    vec(char *) warnings;
    long status;
    bool head_seen, head_told, too_large, finished;
    bool paused;   /* what is left waits in body */
    CURLcode code; /* of a finished call */
    char message[CURL_ERROR_SIZE];
};

/* What curl asks to watch; released when libuv has closed it. */
struct watch {
    uv_poll_t poll;
    struct http *http;
    curl_socket_t fd;
};

static void call_unlink(struct http_call *call)
{
    *call->link = call->next;
    if (call->next != NULL) {
        call->next->link = call->link;
    }
}

/* Of a call that is in no list any more. */
static void call_free(struct http_call *call)
{
    curl_multi_remove_handle(call->http->multi, call->easy);
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    for (size_t i = 0; i < call->warnings.len; i++) {
        free(call->warnings.data[i]);
    }
    vec_done(&call->warnings);
    str_done(&call->body);
    free(call);
}

/* A redirection counts as failed: belfry never answers with one, and none is followed. */
static bool status_good(long status)
{
    return status >= 200 && status < 300;
}

static bool failed_error(const struct http_call *call, CURLcode code, struct error *err)
{
    const struct context *ctx = &call->http->ctx;
    long sys = 0;
    if (call->too_large) {
        return error_set(err, ERROR_TOO_LARGE, "the reply is larger than 64 MiB");
    }
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &sys);
        if (ctx->home == NULL) {
            return error_set(err, ERROR_UNAVAILABLE, "no connection to %s", ctx->server);
        }
        if (sys == EACCES || sys == EPERM) {
            error_sys(err, ERROR_FORBIDDEN, (int)sys, "the scheduler in \"%s\"", ctx->home);
            return error_hint(err, "ask as the user who runs it");
        }
        error_set(err, ERROR_UNAVAILABLE, "no scheduler answers in \"%s\"", ctx->home);
        return error_hint(err, "start one with: belfry serve");
    case CURLE_OPERATION_TIMEDOUT:
        return error_set(err, ERROR_TIMEOUT, "the scheduler did not answer in time");
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return error_set(err, ERROR_UNAVAILABLE, "the scheduler closed the connection");
    default:
        return error_set(err, ERROR_UNAVAILABLE, "%s",
                         call->message[0] != '\0' ? call->message : curl_easy_strerror(code));
    }
}

static void call_finish(struct http_call *call)
{
    struct error err = {0};
    struct http_reply reply = {
        .status = (int)call->status,
        .content_type = call->content_type,
        .body = str_text(&call->body),
        .len = call->body.len,
        .warnings = (const char *const *)call->warnings.data,
        .warning_count = call->warnings.len,
    };
    if (call->code != CURLE_OK) {
        failed_error(call, call->code, &err);
        call->on_done(call->data, NULL, &err);
    } else if (!status_good(call->status)) {
        autotree cJSON *status = tree_parse(reply.body, reply.len, NULL);
        status_to_error(status, reply.status, &err, NULL);
        call->on_done(call->data, &reply, &err);
    } else {
        call->on_done(call->data, &reply, NULL);
    }
}

/* Whether the call had something to tell. It may be gone afterwards. */
static bool call_tell(struct http_call *call)
{
    if (call->paused) {
        return false;
    }
    if (call->head_seen && !call->head_told) {
        call->head_told = true;
        if (call->on_head != NULL) {
            call->on_head(call->data);
            return true;
        }
    }
    if (call->on_chunk != NULL && call->body.len > 0 && status_good(call->status)) {
        /* The callback may cancel the call: the bytes must not go with it. */
        cleanup_with(str_done) struct str chunk = call->body;
        call->body = (struct str){0};
        call->on_chunk(call->data, chunk.data, chunk.len);
        return true;
    }
    if (!call->finished) {
        return false;
    }
    call_unlink(call);
    call_finish(call);
    call_free(call);
    return true;
}

/* Runs the callbacks of what curl brought. Not from within curl's own callbacks: there libcurl
 * refuses to start or remove transfers, and ours do both. */
static void calls_tell(struct http *http)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        struct http_call *call = NULL;
        if (message->msg == CURLMSG_DONE) {
            CURLcode code = message->data.result;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
            call->finished = true;
            call->code = code;
        }
    }
    /* A callback may add and remove any call, so the list is looked through from its start. */
    for (struct http_call *call = http->calls; call != NULL;) {
        call = call_tell(call) ? http->calls : call->next;
    }
}

static void on_socket_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    struct http *http = watch->http;
    int flags = 0, running;
    if (status < 0) {
        flags = CURL_CSELECT_ERR;
    }
    if ((events & UV_READABLE) != 0) {
        flags |= CURL_CSELECT_IN;
    }
    if ((events & UV_WRITABLE) != 0) {
        flags |= CURL_CSELECT_OUT;
    }
    curl_multi_socket_action(http->multi, watch->fd, flags, &running);
    calls_tell(http);
}

static void on_timer(uv_timer_t *timer)
{
    struct http *http = timer->data;
    int running;
    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    calls_tell(http);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
    struct http *http = data;
    struct watch *watch = socket_data;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch != NULL) {
            uv_poll_stop(&watch->poll);
            uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
            curl_multi_assign(http->multi, fd, NULL);
        }
        return 0;
    }
    if (watch == NULL) {
        watch = xcalloc(1, sizeof *watch);
        watch->http = http;
        watch->fd = fd;
        if (uv_poll_init(http->loop, &watch->poll, fd) != 0) {
            free(watch);
            return -1;
        }
        watch->poll.data = watch;
        curl_multi_assign(http->multi, fd, watch);
    }
    int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                 ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    return uv_poll_start(&watch->poll, events, on_socket_ready) == 0 ? 0 : -1;
}

static int on_curl_timer(CURLM *multi, long timeout_ms, void *data)
{
    struct http *http = data;
    (void)multi;
    if (timeout_ms < 0) {
        return uv_timer_stop(http->timer);
    }
    return uv_timer_start(http->timer, on_timer, (uint64_t)timeout_ms, 0) == 0 ? 0 : -1;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    struct http_call *call = data;
    size_t len = size * count;
    if (call->status == 0) {
        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->status);
    }
    if (len > BODY_MOST - call->body.len) {
        call->too_large = true;
        return 0;
    }
    str_add_bytes(&call->body, bytes, len);
    return len;
}

/* `299 - "text"` with \" and \\ inside (RFC 9110's quoted-string). */
static void warning_add(struct http_call *call, const char *value, size_t len)
{
    struct str text = {0};
    const char *quote = memchr(value, '"', len);
    if (quote == NULL || call->warnings.len == WARNINGS_MOST) {
        return;
    }
    for (const char *p = quote + 1; p < value + len && *p != '"'; p++) {
        if (*p == '\\' && p + 1 < value + len) {
            p++;
        }
        str_add_char(&text, *p);
    }
    vec_push(&call->warnings, str_take(&text));
}

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
    static const char type[] = "content-type:", warning[] = "warning:";
    struct http_call *call = data;
    size_t len = size * count, text = len;
    while (text > 0 && (line[text - 1] == '\r' || line[text - 1] == '\n')) {
        text--;
    }
    if (text == 0) { /* the end of a head; 1xx heads come before the real one */
        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->status);
        call->head_seen = status_good(call->status);
    } else if (text >= sizeof type && strncasecmp(line, type, sizeof type - 1) == 0) {
        const char *value = line + sizeof type - 1;
        size_t rest = text - (sizeof type - 1);
        while (rest > 0 && *value == ' ') {
            value++, rest--;
        }
        rest = rest < sizeof call->content_type - 1 ? rest : sizeof call->content_type - 1;
        memcpy(call->content_type, value, rest);
        call->content_type[rest] = '\0';
    } else if (text >= sizeof warning && strncasecmp(line, warning, sizeof warning - 1) == 0) {
        warning_add(call, line + sizeof warning - 1, text - (sizeof warning - 1));
    }
    return len;
}

static bool ca_open(struct http *http, struct error *err)
{
    size_t len = strlen(http->ctx.ca);
    http->ca = memfd_create("belfry-ca", MFD_CLOEXEC);
    if (http->ca < 0) {
        return error_sys(err, ERROR_IO, errno, "keeping the authority's certificate");
    }
    for (size_t done = 0; done < len;) {
        ssize_t n = write(http->ca, http->ctx.ca + done, len - done);
        if (n < 0) {
            return error_sys(err, ERROR_IO, errno, "keeping the authority's certificate");
        }
        done += (size_t)n;
    }
    return true;
}

static bool address_init(struct http *http, struct error *err)
{
    const struct context *ctx = &http->ctx;
    if (ctx->home == NULL) {
        if (!text_copy(http->base, sizeof http->base, ctx->server)) {
            return error_set(err, ERROR_USAGE, "the server's address is too long");
        }
        if (ctx->token != NULL) {
            http->bearer = xasprintf("Authorization: Bearer %s", ctx->token);
        }
        return ctx->ca == NULL || ca_open(http, err);
    }
    /* The folder's descriptor stands for its path, which may be longer than a socket's address. */
    http->home = open(ctx->home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (http->home < 0) {
        if (errno == ENOENT) {
            error_set(err, ERROR_UNAVAILABLE, "no scheduler has run in \"%s\" yet", ctx->home);
            return error_hint(err, "start one with: belfry serve");
        }
        error_sys(err, ERROR_UNAVAILABLE, errno, "cannot look into \"%s\"", ctx->home);
        return error_hint(err, "set BELFRY_HOME to a folder of yours");
    }
    text_copy(http->base, sizeof http->base, "http://belfry");
    snprintf(http->socket, sizeof http->socket, "/proc/self/fd/%d/belfry.sock", http->home);
    return true;
}

struct http *http_new(uv_loop_t *loop, const struct context *ctx, struct error *err)
{
    struct http *http = xcalloc(1, sizeof *http);
    http->loop = loop;
    http->home = http->ca = -1;
    context_copy(&http->ctx, ctx);
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, free, xrealloc, xstrdup, xcalloc);
    http->timer = xcalloc(1, sizeof *http->timer);
    uv_timer_init(loop, http->timer);
    http->timer->data = http;
    http->multi = curl_multi_init();
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    return address_init(http, err) ? http : http_free(http);
}

struct http_call *http_cancel(struct http_call *call)
{
    if (call != NULL) {
        call_unlink(call);
        call_free(call);
    }
    return NULL;
}

struct http *http_free(struct http *http)
{
    if (http == NULL) {
        return NULL;
    }
    while (http->calls != NULL) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): call_unlink has moved the head on */
        http_cancel(http->calls);
    }
    /* The cleanup closes idle connections, which still calls on_curl_socket. */
    curl_multi_cleanup(http->multi);
    uv_close((uv_handle_t *)http->timer, on_timer_closed);
    file_close_at(&http->home);
    file_close_at(&http->ca);
    free(http->bearer);
    context_done(&http->ctx);
    free(http);
    return NULL;
}

const struct context *http_context(const struct http *http)
{
    return &http->ctx;
}

static void header_add(struct http_call *call, const char *name, const char *value)
{
    autofree char *line = xasprintf("%s: %s", name, value);
    call->headers = curl_slist_append(call->headers, line);
}

static void easy_setup(struct http_call *call, const struct http_request *request)
{
    struct http *http = call->http;
    CURL *easy = call->easy;
    autofree char *url = xasprintf("%s%s", http->base, request->path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->message);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    /* A watch may be silent for hours: only this notices that the other machine is gone. */
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 20L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 5L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    if (http->home >= 0) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, http->socket);
    }
    if (http->ca >= 0) {
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", http->ca);
        curl_easy_setopt(easy, CURLOPT_CAINFO, path);
    }
    long timeout = request->timeout_ms;
    if (timeout == 0 && call->on_chunk == NULL) {
        timeout = TIMEOUT_MS;
    }
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, TIMEOUT_MS);
    if (request->method != NULL) {
        /* On a kept connection that closes without a reply curl would ask once more, and a write
         * that was carried out would be done twice. */
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    }
    if (request->body != NULL) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body);
        const char *type = request->content_type;
        header_add(call, "Content-Type", type != NULL ? type : "application/json");
    }
    header_add(call, "Accept", request->accept != NULL ? request->accept : "application/json");
    header_add(call, "Expect", "");
    if (http->bearer != NULL) {
        call->headers = curl_slist_append(call->headers, http->bearer);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
}

struct http_call *http_stream(struct http *http, const struct http_request *request,
                              void (*on_head)(void *data), http_chunk_fn *on_chunk,
                              http_done_fn *on_done, void *data)
{
    struct http_call *call = xcalloc(1, sizeof *call);
    call->http = http;
    call->on_head = on_head;
    call->on_chunk = on_chunk;
    call->on_done = on_done;
    call->data = data;
    call->link = &http->calls;
    call->next = http->calls;
    if (call->next != NULL) {
        call->next->link = &call->next;
    }
    http->calls = call;
    call->easy = curl_easy_init();
    easy_setup(call, request);
    curl_multi_add_handle(http->multi, call->easy);
    return call;
}

struct http_call *http_send(struct http *http, const struct http_request *request,
                            http_done_fn *on_done, void *data)
{
    return http_stream(http, request, NULL, NULL, on_done, data);
}

void http_pause(struct http_call *call, bool paused)
{
    if (call->paused == paused) {
        return;
    }
    call->paused = paused;
    if (!call->finished) {
        curl_easy_pause(call->easy, paused ? CURLPAUSE_RECV : CURLPAUSE_CONT);
    }
    if (!paused) {
        /* What waits is told from the loop. curl allows for its timer running too early. */
        uv_timer_start(call->http->timer, on_timer, 0, 0);
    }
}

struct waiting {
    uv_loop_t *loop;
    struct str *body;
    void (*on_warning)(const char *text);
    struct error *err;
    bool done, ok;
};

static void on_waited(void *data, const struct http_reply *reply, const struct error *err)
{
    struct waiting *waiting = data;
    /* A timer may have brought it: without this the loop would go on to wait for a socket. */
    uv_stop(waiting->loop);
    waiting->done = true;
    waiting->ok = err == NULL;
    if (err != NULL && waiting->err != NULL) {
        *waiting->err = *err;
    }
    if (reply == NULL) {
        return;
    }
    if (waiting->body != NULL) {
        str_add_bytes(waiting->body, reply->body, reply->len);
    }
    for (size_t i = 0; waiting->on_warning != NULL && i < reply->warning_count; i++) {
        waiting->on_warning(reply->warnings[i]);
    }
}

bool http_wait(struct http *http, const struct http_request *request, struct str *ret_body,
               void (*on_warning)(const char *text), struct error *err)
{
    struct waiting waiting = {
        .loop = http->loop, .body = ret_body, .on_warning = on_warning, .err = err};
    http_send(http, request, on_waited, &waiting);
    while (!waiting.done) {
        uv_run(http->loop, UV_RUN_ONCE);
    }
    return waiting.ok;
}

void http_escape(struct str *s, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
            strchr("-._~", *p) != NULL) {
            str_add_char(s, (char)*p);
        } else {
            str_add_char(s, '%');
            str_add_char(s, hex[*p >> 4]);
            str_add_char(s, hex[*p & 15]);
        }
    }
}
