/* cases.h - decision cases as data: what the program's two halves share. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_SIM_CASES_H
#define BELFRY_TESTS_SIM_CASES_H

#include "core/codec/tree.h"

/* What came out of one step ("cronjob") or one case ("job"). */
typedef void got_fn(const cJSON *one, int step, const cJSON *got, const cJSON *expect, void *data);

/* Play ONE case; FN is called for each step, with step 0 for a whole Job. */
void cronjob_case(cJSON *one, got_fn *fn, void *data);
void job_case(cJSON *one, got_fn *fn, void *data);

/* Ends the program with a message: the file is not what it should be. */
_Noreturn void bad_case(const cJSON *one, const char *what);
/* A copy of TEXT that lives as long as the case: it hangs on its tree. NULL of NULL. */
const char *keep_text(cJSON *one, const char *text);

#endif
