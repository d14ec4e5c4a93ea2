/* follow.h - the log of a pod or of a whole Job, attempt after attempt, to standard output. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_FOLLOW_H
#define BELFRY_CORE_CLI_FOLLOW_H

#include "core/cli/session.h"
#include "core/client/logstream.h"

/* The log of OPTIONS->pod as it is, or until it ends with follow. */
must_use bool follow_pod(struct session *session, const struct logstream_options *options,
                         struct error *err);

/* The logs of all attempts of the Job, each as it runs, until the Job has ended. *RET_JOB gets the
 * ended Job (yours). A Job that is deleted meanwhile is ERROR_NOT_FOUND. */
must_use bool follow_job(struct session *session, const char *ns, const char *job, cJSON **ret_job,
                         struct error *err);

/* Whether the Job has ended; *RET_REASON is then NULL for Complete, else why it Failed. */
bool job_end(const cJSON *job, const char **ret_reason);
/* The container whose log is meant when none is named. */
const char *main_container(const cJSON *pod);

/* The pod of the newest attempt of a Job: yours to free(), NULL when it has none yet. */
must_use bool newest_pod(struct session *session, const char *ns, const char *job, char **ret,
                         struct error *err);

#endif
