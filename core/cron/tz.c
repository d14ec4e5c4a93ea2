/* tz.c - time zones as objects: TZif files (RFC 9636) and POSIX TZ rules, UTC to local and back. */
/* SPDX-License-Identifier: MIT */
#include "core/cron/tz.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/base/vec.h"
#include "core/cron/civil.h"
#include "core/cron/tz_impl.h"
#include "core/cron/tz_rule.h"

/* RFC 9636 section 3.2: "more than -25 hours and less than 26 hours". next.c relies on it. */
#define OFFSET_LEAST (-25 * 3600 + 1)
#define OFFSET_MOST (26 * 3600 - 1)

#define TYPES_MOST 256         /* a type's index is one byte */
#define TYPE_SIZE 6            /* offset, daylight saving, index of the abbreviation */
#define TRANSITIONS_MOST 20000 /* real zones have a few hundred; spans are counted in 16 bits */
#define FOOTER_MOST 256

/* The counts of RFC 9636 section 3.1, in the order of the file. */
struct header {
    unsigned char version;
    uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

/* What is left to read. */
struct reader {
    const unsigned char *at;
    size_t left;
};

struct kind {
    int offset;
    bool dst;
    size_t abbrev; /* where it begins in builder.abbrevs, which may still move */
};

struct span {
    sec_t start;
    uint16_t kind;
};

/* A zone while it is put together. */
struct builder {
    vec(struct span) spans;
    vec(struct kind) kinds;
    struct str abbrevs; /* each with its NUL */
    sec_t ends;         /* the file's last transition; INT64_MIN: it has none */
    sec_t cycle_from, first, last;
};

static const struct tz_row utc_rows[] = {{.from = INT64_MIN}, {.from = INT64_MAX}};
static const struct tz_kind utc_kinds[] = {{.dst = false, .abbrev = "UTC"}};
static const struct tz utc = {
    .name = "UTC",
    .count = 1,
    .rows = utc_rows,
    .kinds = utc_kinds,
    .first = INT64_MIN,
    .last = INT64_MAX,
};

static bool broken(struct error *err, const char *how)
{
    return error_set(err, ERROR_INVALID, "not a time zone file: %s", how);
}

static void builder_done(struct builder *b)
{
    vec_done(&b->spans);
    vec_done(&b->kinds);
    str_done(&b->abbrevs);
}

static const unsigned char *take(struct reader *r, size_t len)
{
    const unsigned char *at = r->at;
    r->at += len;
    r->left -= len;
    return at;
}

static uint64_t big_endian(const unsigned char *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static bool read_header(struct reader *r, struct header *ret, struct error *err)
{
    if (r->left < 44 || memcmp(r->at, "TZif", 4) != 0) {
        return broken(err, "it does not begin with \"TZif\"");
    }
    ret->version = r->at[4];
    (void)take(r, 20); /* 15 bytes are reserved */
    uint32_t *counts[] = {&ret->isutcnt, &ret->isstdcnt, &ret->leapcnt,
                          &ret->timecnt, &ret->typecnt,  &ret->charcnt};
    for (size_t i = 0; i < countof(counts); i++) {
        *counts[i] = (uint32_t)big_endian(take(r, 4), 4);
    }
    return true;
}

/* The length of the block behind a header; 32-bit counts cannot overflow 64 bits here. */
static uint64_t block_length(const struct header *h, unsigned time_size)
{
    return (uint64_t)h->timecnt * (time_size + 1) + (uint64_t)h->typecnt * TYPE_SIZE + h->charcnt +
           (uint64_t)h->leapcnt * (time_size + 4) + h->isstdcnt + h->isutcnt;
}

static bool check_counts(const struct header *h, struct error *err)
{
    if (h->typecnt == 0 || h->typecnt > TYPES_MOST || h->charcnt == 0 ||
        h->timecnt > TRANSITIONS_MOST || (h->isstdcnt != 0 && h->isstdcnt != h->typecnt) ||
        (h->isutcnt != 0 && h->isutcnt != h->typecnt)) {
        return broken(err, "its counts contradict each other");
    }
    if (h->leapcnt != 0) {
        /* The "right" zones count seconds that schedules, Kubernetes and POSIX do not. */
        error_set(err, ERROR_INVALID, "it counts leap seconds");
        return error_hint(err, "use the zone of the same name without 'right/'");
    }
    return true;
}

static uint16_t add_kind(struct builder *b, int offset, bool dst, size_t abbrev)
{
    vec_push(&b->kinds, (struct kind){.offset = offset, .dst = dst, .abbrev = abbrev});
    return (uint16_t)(b->kinds.len - 1);
}

static bool same_kind(const struct builder *b, uint16_t left, uint16_t right)
{
    const struct kind *l = &b->kinds.data[left], *r = &b->kinds.data[right];
    return l->offset == r->offset && l->dst == r->dst &&
           text_same(b->abbrevs.data + l->abbrev, b->abbrevs.data + r->abbrev);
}

/* From START on, KIND holds. A change that changes nothing is dropped. */
static void add_span(struct builder *b, sec_t start, uint16_t kind)
{
    if (b->spans.len > 0 && b->spans.data[b->spans.len - 1].start == start) {
        b->spans.len--;
    }
    if (b->spans.len == 0 || !same_kind(b, b->spans.data[b->spans.len - 1].kind, kind)) {
        vec_push(&b->spans, (struct span){.start = start, .kind = kind});
    }
}

static bool add_types(struct builder *b, const unsigned char *types, const struct header *h,
                      struct error *err)
{
    for (uint32_t i = 0; i < h->typecnt; i++, types += TYPE_SIZE) {
        int32_t offset = (int32_t)(uint32_t)big_endian(types, 4);
        unsigned dst = types[4];
        unsigned abbrev = types[5];
        if (offset < OFFSET_LEAST || offset > OFFSET_MOST) {
            return broken(err, "an offset is a day or more");
        }
        if (dst > 1 || abbrev >= h->charcnt) {
            return broken(err, "a type is out of range");
        }
        (void)add_kind(b, offset, dst, abbrev);
    }
    return true;
}

/* The block with times of TIME_SIZE bytes; R stands behind its header and holds it whole. */
static bool read_block(struct builder *b, struct reader *r, const struct header *h,
                       unsigned time_size, struct error *err)
{
    const unsigned char *times = take(r, (size_t)h->timecnt * time_size);
    const unsigned char *which = take(r, h->timecnt);
    const unsigned char *types = take(r, (size_t)h->typecnt * TYPE_SIZE);
    const unsigned char *abbrevs = take(r, h->charcnt);
    /* Leap seconds are refused, and the indicators serve only TZ strings without a rule. */
    (void)take(r, (size_t)h->isstdcnt + h->isutcnt);
    str_add_bytes(&b->abbrevs, abbrevs, h->charcnt);
    if (abbrevs[h->charcnt - 1] != '\0') {
        return broken(err, "an abbreviation does not end");
    }
    if (!add_types(b, types, h, err)) {
        return false;
    }
    add_span(b, INT64_MIN, 0);
    for (uint32_t i = 0; i < h->timecnt; i++) {
        uint64_t raw = big_endian(times + (size_t)i * time_size, time_size);
        sec_t at = time_size == 8 ? (sec_t)raw : (sec_t)(int32_t)(uint32_t)raw;
        if ((i > 0 && at <= b->ends) || at == INT64_MAX) {
            return broken(err, "its transitions are not in order");
        }
        if (which[i] >= h->typecnt) {
            return broken(err, "a transition has no type");
        }
        b->ends = at;
        add_span(b, at, which[i]);
    }
    return true;
}

static size_t add_abbrev(struct builder *b, const char *name)
{
    size_t at = b->abbrevs.len;
    str_add_bytes(&b->abbrevs, name, strlen(name) + 1);
    return at;
}

/* Lays a rule out behind the last transition, or over all times when there is none. Daylight saving intervals are joined where they touch: "all year" is written
 * as an end that falls on the next start (RFC 9636 section 3.3.1). */
static void add_rule(struct builder *b, const struct tz_rule *rule)
{
    sec_t last = b->ends;
    uint16_t std = add_kind(b, rule->std_offset, false, add_abbrev(b, rule->std_name));
    uint16_t now = std;
    uint16_t dst = std;
    vec(struct span) changes = {0};
    if (rule->has_dst) {
        dst = add_kind(b, rule->dst_offset, true, add_abbrev(b, rule->dst_name));
        int year = last == INT64_MIN    ? 2000
                   : last < CIVIL_FIRST ? 0
                                        : civil_from_days(civil_day_of(last)).year;
        sec_t open_until = INT64_MIN;
        for (int y = year - 2; y <= year + 403; y++) {
            sec_t start = tz_rule_change(&rule->start, y, rule->std_offset);
            sec_t end = tz_rule_change(&rule->end, y, rule->dst_offset);
            if (end < start) {
                end = tz_rule_change(&rule->end, y + 1, rule->dst_offset);
            }
            if (start == end) {
                continue; /* no daylight saving time in this year */
            }
            if (open_until == INT64_MIN || start > open_until) {
                if (open_until != INT64_MIN) {
                    vec_push(&changes, (struct span){.start = open_until, .kind = std});
                }
                vec_push(&changes, (struct span){.start = start, .kind = dst});
            }
            open_until = end > open_until ? end : open_until;
        }
    }
    size_t ahead = 0;
    while (ahead < changes.len && (changes.data[ahead].start <= last || changes.len == 1)) {
        now = changes.data[ahead++].kind;
    }
    add_span(b, last, now);
    if (ahead < changes.len) {
        b->cycle_from = changes.data[ahead].start;
        b->first = last == INT64_MIN ? b->cycle_from : INT64_MIN;
        b->last = b->cycle_from + CIVIL_CYCLE - 1;
    }
    for (; ahead < changes.len; ahead++) {
        add_span(b, changes.data[ahead].start, changes.data[ahead].kind);
    }
    vec_done(&changes);
}

/* The footer: a newline, a rule or nothing, a newline. */
static bool read_footer(struct builder *b, struct reader *r, struct error *err)
{
    const unsigned char *end =
        r->left > 0 && r->at[0] == '\n' ? memchr(r->at + 1, '\n', r->left - 1) : NULL;
    if (end == NULL || end - r->at > FOOTER_MOST) {
        return broken(err, "its footer does not end");
    }
    char text[FOOTER_MOST];
    size_t len = (size_t)(end - r->at) - 1;
    memcpy(text, r->at + 1, len);
    text[len] = '\0';
    if (len == 0 || b->ends > CIVIL_LAST) {
        return true; /* the last type holds for ever */
    }
    struct tz_rule rule;
    if (!tz_rule_parse(text, &rule, err)) {
        return error_wrap(err, "not a time zone file");
    }
    add_rule(b, &rule);
    return true;
}

static bool build(struct builder *b, const void *bytes, size_t len, struct error *err)
{
    struct reader r = {bytes, len};
    struct header h;
    if (!read_header(&r, &h, err)) {
        return false;
    }
    bool modern = h.version >= '2';
    if (modern) {
        /* The block with 32-bit times is for old readers. */
        uint64_t skip = block_length(&h, 4);
        if (skip > r.left) {
            return broken(err, "it is cut short");
        }
        (void)take(&r, (size_t)skip);
        if (!read_header(&r, &h, err)) {
            return false;
        }
    }
    unsigned time_size = modern ? 8 : 4;
    if (!check_counts(&h, err)) {
        return false;
    }
    if (block_length(&h, time_size) > r.left) {
        return broken(err, "it is cut short");
    }
    return read_block(b, &r, &h, time_size, err) && (!modern || read_footer(b, &r, err));
}

static struct tz *finish(struct builder *b)
{
    size_t count = b->spans.len;
    struct tz *tz = xcalloc(1, sizeof *tz);
    struct tz_row *rows = xcalloc(count + 1, sizeof *rows);
    struct tz_kind *kinds = xcalloc(b->kinds.len, sizeof *kinds);
    for (size_t i = 0; i < count; i++) {
        const struct span *from = &b->spans.data[i];
        rows[i] = (struct tz_row){from->start, b->kinds.data[from->kind].offset, from->kind};
    }
    rows[count].from = INT64_MAX;
    tz->abbrevs = str_take(&b->abbrevs);
    for (size_t i = 0; i < b->kinds.len; i++) {
        const struct kind *from = &b->kinds.data[i];
        kinds[i] = (struct tz_kind){from->dst, tz->abbrevs + from->abbrev};
    }
    tz->count = count;
    tz->rows = rows;
    tz->kinds = kinds;
    tz->cycle_from = b->cycle_from;
    tz->first = b->first;
    tz->last = b->last;
    for (size_t i = 0, hint = 0; hint < TZ_HINT_COUNT; hint++) {
        sec_t from = TZ_HINT_FROM + ((sec_t)hint << TZ_HINT_SHIFT);
        while (rows[i + 1].from <= from) {
            i++;
        }
        tz->hints[hint] = (uint16_t)i;
    }
    return tz;
}

struct tz *tz_parse(const void *bytes, size_t len, struct error *err)
{
    cleanup_with(builder_done) struct builder b = {
        .ends = INT64_MIN,
        .first = INT64_MIN,
        .last = INT64_MAX,
    };
    return build(&b, bytes, len, err) ? finish(&b) : NULL;
}

struct tz *tz_free(struct tz *tz)
{
    if (tz != NULL) {
        free((char *)tz->name);
        free((struct tz_row *)tz->rows);
        free((struct tz_kind *)tz->kinds);
        free(tz->abbrevs);
        free(tz);
    }
    return NULL;
}

const struct tz *tz_utc(void)
{
    return &utc;
}

const char *tz_name(const struct tz *tz)
{
    return tz->name != NULL ? tz->name : "Local";
}

const struct tz_row *tz_search(const struct tz *tz, sec_t when)
{
    size_t low = 0, high = tz->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (tz->rows[middle].from <= when) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &tz->rows[low];
}

struct tz_span tz_at(const struct tz *tz, sec_t when)
{
    sec_t shift = 0;
    if (when < tz->first || when > tz->last) {
        /* Outside of what is laid out: the same moment of the 400 years that are. Beyond 2^62
         * seconds nothing could tell the difference, and sums cannot overflow. */
        const sec_t most = INT64_C(1) << 62;
        when = when > most ? most : when < -most ? -most : when;
        sec_t since = when - tz->cycle_from;
        shift = (since / CIVIL_CYCLE - (since % CIVIL_CYCLE < 0)) * CIVIL_CYCLE;
    }
    const struct tz_row *row = tz_row_at(tz, when - shift);
    const struct tz_kind *kind = &tz->kinds[row->kind];
    return (struct tz_span){
        .from = row->from + shift,
        .until = row[1].from + shift,
        .offset = row->offset,
        .dst = kind->dst,
        .abbrev = kind->abbrev,
    };
}
