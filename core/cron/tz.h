/* tz.h - time zones as objects: TZif files (RFC 9636) and POSIX TZ rules, UTC to local and back. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CRON_TZ_H
#define BELFRY_CORE_CRON_TZ_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clk.h"
#include "core/base/error.h"

/* Immutable after loading, so it may be shared freely. No use of TZ or tzset. */
struct tz;

const struct tz *tz_utc(void); /* never released */

/* The zone NAME (IANA, case-sensitive, as in spec.timeZone) from the system's zoneinfo folder
 * ($ZONEINFO or /usr/share/zoneinfo). "", "Local" in any case, absolute paths, "..", unknown names
 * and broken files are ERROR_INVALID. Zones stay in a cache for the life of the process; the
 * result is borrowed for ever. Safe from any thread. "UTC" is there without any zoneinfo; the
 * "right/" zones, whose clocks count leap seconds, are refused. */
must_use const struct tz *tz_find(const char *name, struct error *err);

/* The zone of this machine (/etc/localtime; UTC when there is none) for CronJobs without
 * spec.timeZone. Never NULL. Read once: a changed /etc/localtime counts from the next start on. */
const struct tz *tz_local(void);
/* Its IANA name where /etc/localtime is a link into zoneinfo or /etc/timezone tells, else
 * "Local"; "UTC" when there is none. */
const char *tz_name(const struct tz *tz);

/* Reads a TZif file's bytes (RFC 9636, versions 1 to 4); for tests and fuzzing. tz_free releases. */
must_use struct tz *tz_parse(const void *bytes, size_t len, struct error *err);
struct tz *tz_free(struct tz *tz);

/* What holds at an instant. */
struct tz_span {
    sec_t from;  /* first second with this offset, INT64_MIN: since ever */
    sec_t until; /* first second of the next span, INT64_MAX: for ever */
    int offset;  /* seconds east of Greenwich */
    bool dst;
    const char *abbrev; /* "CET"; borrowed from the zone */
};
struct tz_span tz_at(const struct tz *tz, sec_t when);

#endif
