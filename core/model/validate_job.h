/* validate_job.h - the rules of a Job's spec and of what its pods run. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_VALIDATE_JOB_H
#define BELFRY_CORE_MODEL_VALIDATE_JOB_H

#include "core/base/faults.h"
#include "core/model/job.h"

/* PATH is where SPEC stands: "spec", "spec.jobTemplate.spec". */
void job_spec_validate(const struct job_spec *spec, const char *path, struct faults *faults,
                       struct faults *warnings);

#endif
