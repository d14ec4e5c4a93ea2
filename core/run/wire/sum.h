/* sum.h - the checksum of records and orders: tells a torn file from a whole one. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_WIRE_SUM_H
#define BELFRY_CORE_RUN_WIRE_SUM_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a, 64 bits: against a crash, not against a forger (the folder is private anyway). */
static inline uint64_t sum_of(const char *bytes, size_t len)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++) {
        sum = (sum ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

#endif
