/* id.c - UUIDs and name suffixes from a random source that a test can replace. */
/* SPDX-License-Identifier: MIT */
#include "core/base/id.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static uint64_t random_system(void)
{
    uint64_t value;

    /* Up to 256 bytes come whole or not at all, and only a signal before the pool is filled at boot
     * interrupts. Without randomness uids would repeat: nothing to go on with. */
    while (getrandom(&value, sizeof value, 0) != sizeof value) {
        if (errno != EINTR) {
            abort();
        }
    }
    return value;
}

uint64_t id_random(struct id_source *source)
{
    uint64_t z;

    if (source == NULL || source->seed == 0) {
        return random_system();
    }
    /* splitmix64 (Steele, Lea, Flood 2014). */
    source->seed += UINT64_C(0x9E3779B97F4A7C15);
    z = source->seed;
    if (z == 0) {
        source->seed = 1; /* 0 means the system: once in 2^64 steps the sequence skips it */
    }
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void id_uuid(struct id_source *source, char buffer[static UUID_SIZE])
{
    uint64_t high = id_random(source), low = id_random(source);

    /* RFC 9562: version 4 in the high half, variant 10 on top of the low half. */
    high = (high & ~UINT64_C(0xF000)) | UINT64_C(0x4000);
    low = (low & (UINT64_MAX >> 2)) | UINT64_C(1) << 63;
    snprintf(buffer, UUID_SIZE, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xFFFF), (unsigned)(high & 0xFFFF), (unsigned)(low >> 48),
             (unsigned long long)(low & UINT64_C(0xFFFFFFFFFFFF)));
}

void id_suffix(struct id_source *source, char *buffer, size_t len)
{
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";

    for (size_t i = 0; i < len; i++) {
        /* The upper half times the size, shifted: even to one part in 10^8. */
        buffer[i] = alphabet[(id_random(source) >> 32) * (sizeof alphabet - 1) >> 32];
    }
    buffer[len] = '\0';
}
