/* executor.c - what every executor has in common: calls by its table, and the names of folders. */
/* SPDX-License-Identifier: MIT */
#include "core/run/executor.h"

struct executor *executor_free(struct executor *executor)
{
    if (executor) {
        executor->ops->free(executor);
    }
    return NULL;
}

bool executor_start(struct executor *executor, const struct attempt_id *id,
                    const struct attempt_order *order, struct error *err)
{
    return executor->ops->start(executor, id, order, err);
}

void executor_stop(struct executor *executor, const struct attempt_id *id, nsec_t grace)
{
    executor->ops->stop(executor, id, grace);
}

enum attempt_state executor_adopt(struct executor *executor, const struct attempt_id *id)
{
    return executor->ops->adopt(executor, id);
}

bool executor_remove_pod(struct executor *executor, const char *pod_uid, struct error *err)
{
    return executor->ops->remove_pod(executor, pod_uid, err);
}

size_t executor_count(const struct executor *executor)
{
    return executor->ops->count(executor);
}

char *executor_log_folder(const struct paths *paths, const struct attempt_id *id)
{
    return xasprintf("%s/%s/%s", paths->logs, id->pod_uid, id->container);
}

char *executor_run_folder(const struct paths *paths, const struct attempt_id *id)
{
    return xasprintf("%s/%s/%s/%d", paths->runs, id->pod_uid, id->container, id->number);
}
