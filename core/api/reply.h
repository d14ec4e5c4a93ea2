/* reply.h - the ways to answer a request. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_REPLY_H
#define BELFRY_CORE_API_REPLY_H

#include "core/api/request.h"
#include "core/base/faults.h"
#include "core/codec/tree.h"
#include "core/model/kind.h"

#define REPLY_JSON "application/json"
#define REPLY_TEXT "text/plain; charset=utf-8"

/* Each sets the reply; a later one replaces an earlier one and keeps the headers. */
void reply_text(struct request *request, int status, const char *format, ...) format_printf(3, 4);
/* BODY is taken (left empty). */
void reply_json(struct request *request, int status, struct str *body /* taken */);
/* TREE is taken. */
void reply_tree(struct request *request, int status, cJSON *tree /* taken */);
/* A Status object made from ERR: its code gives the HTTP status and the reason. */
void reply_error(struct request *request, const struct error *err);
/* The same about one object (NAME may be NULL), with all its FAULTS (may be NULL) as causes. */
void reply_error_about(struct request *request, const struct error *err, enum kind kind,
                       const char *name, const struct faults *faults);
/* A Status whose code and reason are outside of error.h's table (405, 415). */
void reply_status(struct request *request, int status, const char *reason, const char *format, ...)
    format_printf(4, 5);
/* 405 MethodNotAllowed, in Kubernetes' words. */
void reply_not_allowed(struct request *request);
/* A body pulled from OPS; DATA is theirs from here on, also when the reply is never sent. */
void reply_stream(struct request *request, const char *content_type, const struct stream_ops *ops,
                  void *data /* taken */);

void reply_header(struct request *request, const char *name, const char *format, ...)
    format_printf(3, 4);
/* `Warning: 299 - "TEXT"` (RFC 7234 section 5.5), escaped, in one line; further ones after 40 are
 * dropped. */
void reply_warning(struct request *request, const char *format, ...) format_printf(2, 3);

void reply_done(struct reply *reply);

#endif
