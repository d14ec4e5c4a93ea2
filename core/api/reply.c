/* reply.c - the ways to answer a request. */
/* SPDX-License-Identifier: MIT */
#include "core/api/reply.h"

#include <stdarg.h>

#include "core/codec/status.h"

#define MOST_WARNINGS 40

/* Drops what was to be sent, so that an error found late takes its place. */
static void reply_reset(struct reply *reply)
{
    if (reply->stream) {
        reply->stream->closed(reply->stream_data);
    }
    reply->stream = NULL;
    reply->stream_data = NULL;
    str_done(&reply->body);
}

static void reply_begin(struct request *request, int status, const char *content_type)
{
    reply_reset(&request->reply);
    request->reply.status = status;
    request->reply.content_type = content_type;
}

void reply_text(struct request *request, int status, const char *format, ...)
{
    reply_begin(request, status, REPLY_TEXT);
    va_list args;
    va_start(args, format);
    str_addv(&request->reply.body, format, args);
    va_end(args);
}

void reply_json(struct request *request, int status, struct str *body)
{
    reply_begin(request, status, REPLY_JSON);
    request->reply.body = *body;
    *body = (struct str){0};
}

void reply_tree(struct request *request, int status, cJSON *tree)
{
    reply_begin(request, status, REPLY_JSON);
    tree_print(&request->reply.body, tree, false);
    cJSON_Delete(tree);
}

void reply_error(struct request *request, const struct error *err)
{
    reply_error_about(request, err, KIND_COUNT, NULL, NULL);
}

void reply_error_about(struct request *request, const struct error *err, enum kind kind,
                       const char *name, const struct faults *faults)
{
    struct status_subject subject = {.kind = kind, .name = name};
    reply_tree(request, error_http_status(err->code), status_of_error(err, &subject, faults));
}

void reply_status(struct request *request, int status, const char *reason, const char *format, ...)
{
    cleanup_with(str_done) struct str message = {0};
    va_list args;
    va_start(args, format);
    str_addv(&message, format, args);
    va_end(args);
    reply_begin(request, status, REPLY_JSON);
    struct str *body = &request->reply.body;
    str_add(body, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":"
                  "\"Failure\",\"message\":");
    str_add_json(body, str_text(&message));
    str_add(body, ",\"reason\":");
    str_add_json(body, reason);
    str_addf(body, ",\"code\":%d}", status);
}

void reply_not_allowed(struct request *request)
{
    reply_status(request, 405, "MethodNotAllowed",
                 "the server does not allow this method on the requested resource");
}

void reply_stream(struct request *request, const char *content_type, const struct stream_ops *ops,
                  void *data)
{
    reply_begin(request, 200, content_type);
    request->reply.stream = ops;
    request->reply.stream_data = data;
}

void reply_header(struct request *request, const char *name, const char *format, ...)
{
    struct str value = {0};
    va_list args;
    va_start(args, format);
    str_addv(&value, format, args);
    va_end(args);
    vec_push(&request->reply.headers,
             (struct reply_header){.name = xstrdup(name), .value = str_take(&value)});
}

void reply_warning(struct request *request, const char *format, ...)
{
    if (request->reply.warnings == MOST_WARNINGS) {
        return;
    }
    request->reply.warnings++;
    cleanup_with(str_done) struct str plain = {0}, quoted = {0};
    va_list args;
    va_start(args, format);
    str_addv(&plain, format, args);
    va_end(args);
    for (const char *c = str_text(&plain); *c; c++) {
        if (*c == '"' || *c == '\\') {
            str_add_char(&quoted, '\\');
        }
        /* A line end would begin another header. */
        str_add_char(&quoted, (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c);
    }
    reply_header(request, "Warning", "299 - \"%s\"", str_text(&quoted));
}

void reply_done(struct reply *reply)
{
    reply_reset(reply);
    for (size_t i = 0; i < reply->headers.len; i++) {
        free(reply->headers.data[i].name);
        free(reply->headers.data[i].value);
    }
    vec_done(&reply->headers);
}
