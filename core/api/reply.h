/* reply.h - the ways to answer a request. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_REPLY_H
#define BELFRY_CORE_API_REPLY_H

#include "core/api/request.h"
#include "core/base/faults.h"

#define REPLY_JSON "application/json"
#define REPLY_TEXT "text/plain; charset=utf-8"

/* Each sets the reply; a later one replaces it, but not the headers. */
void reply_text(struct request *request, int status, const char *format, ...) format_printf(3, 4);
/* BODY is taken (left empty). */
void reply_json_take(struct request *request, int status, struct str *body);
/* A Status object made from ERR: its code gives the HTTP status and the reason; `where` is put
 * before the text and `hint` behind it. */
void reply_error(struct request *request, const struct error *err);
/* The same about one object: details hold its name, group and plural. Any of them may be NULL. */
void reply_error_about(struct request *request, const struct error *err, const char *group,
                       const char *kind, const char *name);
/* A Status with a code and reason outside of error.h's table (405, 406, 415). */
void reply_status(struct request *request, int status, const char *reason, const char *format, ...)
    format_printf(4, 5);
/* 422 Invalid, `KIND.GROUP "NAME" is invalid: ...`, each fault a cause. */
void reply_invalid(struct request *request, const char *group, const char *kind, const char *name,
                   const struct faults *faults);
/* A body pulled from OPS; DATA is theirs from here on, also when the reply is never sent. */
void reply_stream(struct request *request, const char *content_type, const struct stream_ops *ops,
                  void *data /* taken */);

void reply_header(struct request *request, const char *name, const char *format, ...)
    format_printf(3, 4);
/* `Warning: 299 - "TEXT"` (RFC 7234 section 5.5), escaped; 40 at most. */
void reply_warning(struct request *request, const char *format, ...) format_printf(2, 3);

void reply_done(struct reply *reply);

#endif
