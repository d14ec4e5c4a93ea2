/* quantity.h - Kubernetes quantities: 100m, 1.5, 64Mi, 1e3. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_QUANTITY_H
#define BELFRY_CORE_MODEL_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/* In thousandths, rounded up as Kubernetes does: cpu "100m" is 100, "2" is 2000. False when TEXT
 * is no quantity or beyond int64. */
bool quantity_milli(const char *text, int64_t *ret);
/* In whole units, rounded up: memory "64Mi" is 67108864. */
bool quantity_units(const char *text, int64_t *ret);

#endif
