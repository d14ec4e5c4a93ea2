/* fuzz.h - what a fuzz target is: the one function that libFuzzer and replay.c call. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_FUZZ_FUZZ_H
#define BELFRY_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Feeds BYTES to the code under test and aborts when a property does not hold. Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif
