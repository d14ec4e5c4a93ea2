/* seed.h - a random sequence for a test, new each run, and repeatable after a failure. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_SEED_H
#define BELFRY_TESTS_UNIT_SEED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/id.h"

/* Prints its seed; BELFRY_SEED=0x... in the environment repeats the run that printed it. */
static inline struct id_source seed_begin(void)
{
    const char *text = getenv("BELFRY_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : id_random(NULL);

    printf("BELFRY_SEED=0x%llx\n", (unsigned long long)seed);
    return (struct id_source){.seed = seed != 0 ? seed : 1};
}

#endif
