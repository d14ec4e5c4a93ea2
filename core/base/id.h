/* id.h - UUIDs and name suffixes from a random source that a test can replace. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_ID_H
#define BELFRY_CORE_BASE_ID_H

#include <stddef.h>
#include <stdint.h>

#define UUID_SIZE 37 /* 36 characters and the NUL */

/* Where randomness comes from. The zero value is the system's getrandom(). With a seed it is a
 * repeatable sequence (splitmix64): simulations and goldens. */
struct id_source {
    uint64_t seed; /* 0 = the system */
};

uint64_t id_random(struct id_source *source);
void id_uuid(struct id_source *source, char buffer[static UUID_SIZE]); /* version 4 */
/* LEN characters of Kubernetes' alphabet for generated names, bcdfghjklmnpqrstvwxz2456789, and a
 * NUL: no vowels, so no words. BUFFER has room for LEN + 1. */
void id_suffix(struct id_source *source, char *buffer, size_t len);

#endif
