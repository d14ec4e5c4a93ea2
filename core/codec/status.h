/* status.h - errors to Kubernetes Status objects, and back. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_STATUS_H
#define BELFRY_CORE_CODEC_STATUS_H

#include "core/base/faults.h"
#include "core/codec/tree.h"
#include "core/model/kind.h"

/* What the failure was about; every part may be missing (KIND_COUNT, NULL). */
struct status_subject {
    enum kind kind;
    const char *name, *uid;
};

/* Server side. Message, reason, code and details as Kubernetes words them. With FAULTS (may be
 * NULL) the message is `CronJob.batch "x" is invalid: ...` (ERROR_INVALID) or `CronJob in version
 * "v1" cannot be handled as a CronJob: strict decoding error: ...` (ERROR_BAD_REQUEST), and every
 * fault becomes a cause of an Invalid. */
cJSON *status_of_error(const struct error *err, const struct status_subject *subject,
                       const struct faults *faults);
/* kind Status, status Success, as a DELETE answers. */
cJSON *status_success(const struct status_subject *subject);

/* `cronjobs.batch "x" not found`, `... already exists`, `Operation cannot be fulfilled on ...`:
 * the error a resource handler returns. Each returns false. */
bool status_not_found(struct error *err, enum kind kind, const char *name);
bool status_exists(struct error *err, enum kind kind, const char *name);
bool status_conflict(struct error *err, enum kind kind, const char *name);

/* Client side: the error (and the faults, from details.causes) in a reply's body. HTTP_STATUS is
 * used where BODY is NULL or no Status. Returns false. */
bool status_to_error(const cJSON *body, int http_status, struct error *err,
                     struct faults *ret_faults);

#endif
