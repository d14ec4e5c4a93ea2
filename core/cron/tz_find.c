/* tz_find.c - zone names to zones: the system's zoneinfo folder, the machine's own zone, the cache. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/cron/tz.h"
#include "core/cron/tz_impl.h"

#define ZONEINFO "/usr/share/zoneinfo"
#define FILE_MOST (256 * 1024) /* real ones are below 4 KiB */
#define NAME_MOST 64           /* the longest real one has 38 */
#define CACHE_LISTS 64

/* The cache is the one mutable datum at file scope in this folder: zones are named again and
 * again, by every CronJob and every request, far from each other, and are never released, so there
 * is no owner to pass around. It only grows: a zone is complete and never changes before it is
 * put at the head of its list in one atomic step; a reader needs no lock. Two threads that load
 * the same zone at once both put it in; the later one is found, both stay valid. */
static _Atomic(struct tz *) cache[CACHE_LISTS];
static _Atomic(struct tz *) machine;

static _Atomic(struct tz *) *cache_list(const char *name)
{
    unsigned hash = 0;
    for (const char *c = name; *c != '\0'; c++) {
        hash = hash * 31 + (unsigned char)*c;
    }
    return &cache[hash % CACHE_LISTS];
}

static const struct tz *cache_get(const char *name)
{
    for (const struct tz *tz = atomic_load(cache_list(name)); tz != NULL; tz = tz->next) {
        if (strcmp(tz->name, name) == 0) {
            return tz;
        }
    }
    return NULL;
}

static const struct tz *cache_put(struct tz *tz)
{
    _Atomic(struct tz *) *list = cache_list(tz->name);
    tz->next = atomic_load(list);
    while (!atomic_compare_exchange_weak(list, &tz->next, tz)) {
    }
    return tz;
}

static const char *zoneinfo(void)
{
    const char *folder = getenv("ZONEINFO");
    return folder != NULL && *folder != '\0' ? folder : ZONEINFO;
}

/* Letters, digits, + - _ in parts with / between: what the IANA uses. It leaves out "..", absolute
 * paths, and second spellings of one zone, such as "Europe//Berlin". */
static bool name_plausible(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MOST || name[0] == '/' || name[len - 1] == '/' ||
        strstr(name, "//") != NULL) {
        return false;
    }
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "+-_/")] == '\0';
}

static struct tz *load_file(const char *path, struct error *err)
{
    cleanup_with(str_done) struct str bytes = {0};
    if (!file_read(path, FILE_MOST, &bytes, err)) {
        return NULL;
    }
    return tz_parse(str_text(&bytes), bytes.len, err);
}

/* The entry of FOLDER/BELOW that is PART (LEN bytes) in any case of letters, added to RET. */
static bool find_part(const char *below, const char *part, size_t len, struct str *ret)
{
    cleanup_with(str_done) struct str path = {0};
    str_addf(&path, "%s/%s", zoneinfo(), below);
    DIR *folder = opendir(str_text(&path));
    if (folder == NULL) {
        return false;
    }
    bool found = false;
    for (const struct dirent *e; !found && (e = readdir(folder)) != NULL;) {
        if (strlen(e->d_name) == len && strncasecmp(e->d_name, part, len) == 0) {
            str_addf(ret, "%s%s", *below != '\0' ? "/" : "", e->d_name);
            found = true;
        }
    }
    (void)closedir(folder);
    return found;
}

/* A zone of that name in other letters, for "europe/berlin": true, and its name in RET. */
static bool find_alike(const char *name, struct str *ret)
{
    const char *part = name;
    for (;;) {
        size_t len = strcspn(part, "/");
        autofree char *below = xstrdup(str_text(ret));
        if (!find_part(below, part, len, ret)) {
            return false;
        }
        if (part[len] == '\0') {
            break;
        }
        part += len + 1;
    }
    cleanup_with(str_done) struct str path = {0};
    str_addf(&path, "%s/%s", zoneinfo(), str_text(ret));
    struct tz *tz = load_file(str_text(&path), NULL);
    bool found = tz != NULL;
    tz_free(tz);
    return found;
}

static bool is_offset(const char *name)
{
    const char *rest = name;
    if (strncasecmp(name, "UTC", 3) == 0 || strncasecmp(name, "GMT", 3) == 0) {
        rest += 3;
    }
    return (*rest == '+' || *rest == '-') && rest[strspn(rest, "+-:0123456789")] == '\0';
}

/* Refuses NAME, with the likeliest way out. */
static const struct tz *unknown(const char *name, struct error *err)
{
    cleanup_with(str_done) struct str alike = {0};
    error_set(err, ERROR_INVALID, "unknown time zone '%.64s'", name);
    if (!file_exists(zoneinfo())) {
        error_hint(err, "no time zones are installed in %.128s: install the package tzdata",
                   zoneinfo());
    } else if (is_offset(name)) {
        error_hint(err, "use a name such as 'Europe/Berlin', or 'Etc/GMT-2' for UTC+2 (the sign is "
                        "turned around there)");
    } else if (name_plausible(name) && find_alike(name, &alike)) {
        error_hint(err, "capitals matter: '%s'", str_text(&alike));
    } else {
        error_hint(err, "use an IANA name such as 'Europe/Berlin' or 'UTC'");
    }
    return NULL;
}

const struct tz *tz_find(const char *name, struct error *err)
{
    if (*name == '\0') {
        error_set(err, ERROR_INVALID, "the time zone is empty");
        error_hint(err, "leave it out for the zone of the scheduler's machine, or use an IANA name "
                        "such as 'Europe/Berlin'");
        return NULL;
    }
    if (strcasecmp(name, "Local") == 0) {
        error_set(err, ERROR_INVALID, "the time zone '%s' is not one by name", name);
        error_hint(err, "leave it out for the zone of the scheduler's machine, or use an IANA name "
                        "such as 'Europe/Berlin'");
        return NULL;
    }
    if (strcmp(name, "UTC") == 0) {
        return tz_utc(); /* works without any zoneinfo */
    }
    if (!name_plausible(name)) {
        return unknown(name, err);
    }
    const struct tz *known = cache_get(name);
    if (known != NULL) {
        return known;
    }
    cleanup_with(str_done) struct str path = {0};
    str_addf(&path, "%s/%s", zoneinfo(), name);
    struct error fault = {0};
    struct tz *tz = load_file(str_text(&path), &fault);
    if (tz == NULL && fault.code == ERROR_INVALID) {
        error_set(err, ERROR_INVALID, "time zone '%s': %s", name, fault.what);
        error_hint(err, "%s",
                   fault.hint[0] != '\0' ? fault.hint
                                         : "use an IANA name such as "
                                           "'Europe/Berlin'");
        return NULL;
    }
    if (tz == NULL) {
        return unknown(name, err);
    }
    tz->name = xstrdup(name);
    return cache_put(tz);
}

/* /etc/localtime as a link into a zoneinfo folder: the name behind "zoneinfo/". */
static const struct tz *machine_by_link(void)
{
    char target[512];
    ssize_t len = readlink("/etc/localtime", target, sizeof target - 1);
    if (len <= 0) {
        return NULL;
    }
    target[len] = '\0';
    const char *name = strstr(target, "zoneinfo/");
    if (name == NULL) {
        return NULL;
    }
    name += strlen("zoneinfo/");
    /* Two families repeat all zones; schedules know the plain ones. */
    name += text_starts(name, "posix/") || text_starts(name, "right/") ? strlen("posix/") : 0;
    return tz_find(name, NULL);
}

static bool same_times(const struct tz *a, const struct tz *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = a->rows[i].from == b->rows[i].from && a->rows[i].offset == b->rows[i].offset;
    }
    return same;
}

/* /etc/localtime as a copy: its name stands in /etc/timezone, if anywhere; believed only when the
 * two agree today, since people change the one and forget the other. */
static struct tz *machine_by_copy(void)
{
    struct tz *tz = load_file("/etc/localtime", NULL);
    if (tz == NULL) {
        return NULL;
    }
    cleanup_with(str_done) struct str text = {0};
    if (file_read("/etc/timezone", NAME_MOST + 1, &text, NULL)) {
        str_cut(&text, strcspn(str_text(&text), " \t\r\n"));
        const struct tz *named = tz_find(str_text(&text), NULL);
        if (named != NULL && same_times(named, tz)) {
            tz->name = xstrdup(str_text(&text));
        }
    }
    return tz;
}

const struct tz *tz_local(void)
{
    const struct tz *known = atomic_load(&machine);
    if (known != NULL) {
        return known;
    }
    const struct tz *tz = machine_by_link();
    if (tz == NULL) {
        tz = machine_by_copy();
    }
    if (tz == NULL) {
        tz = tz_utc();
    }
    /* The first one stays: what was handed out must not change its name. */
    struct tz *none = NULL;
    atomic_compare_exchange_strong(&machine, &none, (struct tz *)tz);
    return atomic_load(&machine);
}
