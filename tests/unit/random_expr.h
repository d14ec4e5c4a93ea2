/* random_expr.h - random schedule expressions, as text, for the tests of core/cron. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_RANDOM_EXPR_H
#define BELFRY_TESTS_UNIT_RANDOM_EXPR_H

#include "core/base/id.h"
#include "core/base/str.h"

/* A number in [LEAST, MOST]. */
static inline unsigned random_in(struct id_source *random, unsigned least, unsigned most)
{
    return least + (unsigned)(id_random(random) % (most - least + 1));
}

static inline void random_item(struct id_source *random, unsigned least, unsigned most,
                               struct str *ret)
{
    unsigned a = random_in(random, least, most);
    unsigned b = random_in(random, a, most);
    switch (random_in(random, 0, 9)) {
    case 0: str_add(ret, "*"); break;
    case 1: str_addf(ret, "*/%u", random_in(random, 1, most + 2)); break;
    case 2: str_addf(ret, "%u-%u", a, b); break;
    case 3: str_addf(ret, "%u-%u/%u", a, b, random_in(random, 1, 9)); break;
    case 4: str_addf(ret, "%u/%u", a, random_in(random, 1, 15)); break;
    default: str_addf(ret, "%u", a); break;
    }
}

/* Half of the fields are stars, as in life; the others are lists of up to three items. */
static inline void random_field(struct id_source *random, unsigned least, unsigned most,
                                struct str *ret)
{
    if (random_in(random, 0, 1) == 0) {
        str_add(ret, random_in(random, 0, 4) == 0 ? "?" : "*");
        return;
    }
    unsigned items = random_in(random, 1, 6);
    items = items > 3 ? 1 : items;
    for (unsigned i = 0; i < items; i++) {
        if (i > 0) {
            str_add_char(ret, ',');
        }
        random_item(random, least, most, ret);
    }
}

/* Replaces what RET holds. */
static inline void random_expr(struct id_source *random, struct str *ret)
{
    static const unsigned bounds[5][2] = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};
    str_clear(ret);
    for (size_t i = 0; i < 5; i++) {
        if (i > 0) {
            str_add_char(ret, ' ');
        }
        random_field(random, bounds[i][0], bounds[i][1], ret);
    }
}

#endif
