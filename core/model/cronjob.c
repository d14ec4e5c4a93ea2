/* cronjob.c - a CronJob: a schedule, a policy, a template for Jobs. */
/* SPDX-License-Identifier: MIT */
#include "core/model/cronjob.h"

const char *const concurrency_policy_names[CONCURRENCY_POLICY_COUNT] = {
    [CONCURRENCY_ALLOW] = "Allow",
    [CONCURRENCY_FORBID] = "Forbid",
    [CONCURRENCY_REPLACE] = "Replace",
};

void cronjob_spec_done(struct cronjob_spec *spec)
{
    meta_done(&spec->job_template.meta);
    job_spec_done(&spec->job_template.spec);
}

void cronjob_status_done(struct cronjob_status *status)
{
    vec_done(&status->active);
}

void cronjob_done(struct cronjob *cronjob)
{
    meta_done(&cronjob->meta);
    cronjob_spec_done(&cronjob->spec);
    cronjob_status_done(&cronjob->status);
}

bool cronjob_is_draft(const struct cronjob *cronjob)
{
    return cronjob->spec.suspend && meta_flag(&cronjob->meta, ANNOTATION_DRAFT);
}
