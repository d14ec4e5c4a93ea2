/* quantity.c - Kubernetes quantities: 100m, 1.5, 64Mi, 1e3. */
/* SPDX-License-Identifier: MIT */
/* A quantity is DIGITS[.DIGITS][SUFFIX], SUFFIX one of n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an
 * exponent e3, E3 (apimachinery, resource.Quantity). Kept as digits x factor / divisor in 128 bits,
 * so that nothing is lost before the one rounding. */
#include "core/model/quantity.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/str.h"

#define DIGITS_MOST 18 /* of the number itself: fits 60 bits, and with 10^9 or 2^60 128 */

static const struct {
    const char *text;
    int64_t factor, divisor;
} suffixes[] = {
    {"", 1, 1},
    {"n", 1, 1000000000},
    {"u", 1, 1000000},
    {"m", 1, 1000},
    {"k", 1000, 1},
    {"M", 1000000, 1},
    {"G", 1000000000, 1},
    {"T", 1000000000000, 1},
    {"P", 1000000000000000, 1},
    {"E", 1000000000000000000, 1},
    {"Ki", INT64_C(1) << 10, 1},
    {"Mi", INT64_C(1) << 20, 1},
    {"Gi", INT64_C(1) << 30, 1},
    {"Ti", INT64_C(1) << 40, 1},
    {"Pi", INT64_C(1) << 50, 1},
    {"Ei", INT64_C(1) << 60, 1},
};

static bool suffix_find(const char *text, __int128 *ret_factor, __int128 *ret_divisor)
{
    for (size_t i = 0; i < countof(suffixes); i++) {
        if (strcmp(text, suffixes[i].text) == 0) {
            *ret_factor = suffixes[i].factor;
            *ret_divisor = suffixes[i].divisor;
            return true;
        }
    }
    long long exponent;
    if ((*text != 'e' && *text != 'E') || !text_int(text + 1, -18, 18, &exponent)) {
        return false;
    }
    *ret_factor = *ret_divisor = 1;
    for (; exponent > 0; exponent--) {
        *ret_factor *= 10;
    }
    for (; exponent < 0; exponent++) {
        *ret_divisor *= 10;
    }
    return true;
}

/* TEXT times SCALE, rounded away from zero. */
static bool quantity_scaled(const char *text, int64_t scale, int64_t *ret)
{
    bool minus = *text == '-';
    __int128 number = 0, divisor = 1;
    int digits = 0, any = 0;
    bool fraction = false;
    for (text += *text == '-' || *text == '+';; text++) {
        if (*text == '.' && !fraction) {
            fraction = true;
        } else if (*text >= '0' && *text <= '9') {
            any++;
            digits += digits > 0 || *text != '0';
            if (digits > DIGITS_MOST || any > 2 * DIGITS_MOST) {
                return false;
            }
            number = number * 10 + (*text - '0');
            divisor *= fraction ? 10 : 1;
            if (divisor > INT64_MAX) {
                return false;
            }
        } else {
            break;
        }
    }
    __int128 factor, suffix_divisor;
    if (any == 0 || !suffix_find(text, &factor, &suffix_divisor)) {
        return false;
    }
    number *= factor; /* below 10^18 x 2^60 */
    if (number > (((__int128)1) << 126) / scale) {
        return false;
    }
    number *= scale;
    divisor *= suffix_divisor;
    number = (number + divisor - 1) / divisor;
    if (number > INT64_MAX) {
        return false;
    }
    *ret = minus ? -(int64_t)number : (int64_t)number;
    return true;
}

bool quantity_milli(const char *text, int64_t *ret)
{
    return quantity_scaled(text, 1000, ret);
}

bool quantity_units(const char *text, int64_t *ret)
{
    return quantity_scaled(text, 1, ret);
}
