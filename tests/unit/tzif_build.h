/* tzif_build.h - puts TZif files together (RFC 9636), right ones and broken ones, for tests. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TESTS_UNIT_TZIF_BUILD_H
#define BELFRY_TESTS_UNIT_TZIF_BUILD_H

#include <stdint.h>

#include "core/base/str.h"
#include "core/cron/tz.h"

struct tzif_type {
    int offset;
    unsigned char dst, abbrev;
};

struct tzif {
    char version; /* 0, '2', '3' or '4' */
    const int64_t *times;
    const unsigned char *which;
    uint32_t time_count;
    const struct tzif_type *types;
    uint32_t type_count;
    const char *abbrevs; /* with NULs inside */
    uint32_t abbrev_count;
    const char *footer;                           /* without its newlines */
    uint32_t leap_count, isstd_count, isut_count; /* filled with zeros */
};

static inline void tzif_number(struct str *ret, uint64_t value, int bytes)
{
    while (bytes-- > 0) {
        str_add_char(ret, (char)(value >> (8 * bytes)));
    }
}

static inline void tzif_zeros(struct str *ret, uint64_t count)
{
    while (count-- > 0) {
        str_add_char(ret, '\0');
    }
}

static inline void tzif_block(const struct tzif *f, int time_size, struct str *ret)
{
    str_add(ret, "TZif");
    str_add_char(ret, f->version);
    tzif_zeros(ret, 15);
    tzif_number(ret, f->isut_count, 4);
    tzif_number(ret, f->isstd_count, 4);
    tzif_number(ret, f->leap_count, 4);
    tzif_number(ret, f->time_count, 4);
    tzif_number(ret, f->type_count, 4);
    tzif_number(ret, f->abbrev_count, 4);
    for (uint32_t i = 0; i < f->time_count; i++) {
        tzif_number(ret, (uint64_t)f->times[i], time_size);
    }
    str_add_bytes(ret, f->which, f->time_count);
    for (uint32_t i = 0; i < f->type_count; i++) {
        tzif_number(ret, (uint32_t)f->types[i].offset, 4);
        str_add_char(ret, (char)f->types[i].dst);
        str_add_char(ret, (char)f->types[i].abbrev);
    }
    str_add_bytes(ret, f->abbrevs, f->abbrev_count);
    tzif_zeros(ret, (uint64_t)f->leap_count * ((unsigned)time_size + 4U));
    tzif_zeros(ret, (uint64_t)f->isstd_count + f->isut_count);
}

/* The file; from version 2 on with an empty block for old readers, as zic -b slim writes it. */
static inline void tzif_build(const struct tzif *f, struct str *ret)
{
    if (f->version == 0) {
        tzif_block(f, 4, ret);
        return;
    }
    const struct tzif empty = {
        .version = f->version,
        .types = (const struct tzif_type[]){{0, 0, 0}},
        .type_count = 1,
        .abbrevs = "",
        .abbrev_count = 1,
    };
    tzif_block(&empty, 4, ret);
    tzif_block(f, 8, ret);
    str_addf(ret, "\n%s\n", f->footer != NULL ? f->footer : "");
}

/* A zone of nothing but a rule; NULL when the rule is refused. tz_free releases. */
static inline struct tz *tzif_rule_zone(const char *rule, struct error *err)
{
    const struct tzif file = {
        .version = '3',
        .types = (const struct tzif_type[]){{0, 0, 0}},
        .type_count = 1,
        .abbrevs = "LMT",
        .abbrev_count = 4,
        .footer = rule,
    };
    struct str bytes = {0};
    tzif_build(&file, &bytes);
    struct tz *tz = tz_parse(bytes.data, bytes.len, err);
    str_done(&bytes);
    return tz;
}

#endif
