/* stamp.h - RFC 3339 times and Go durations, in and out. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_STAMP_H
#define BELFRY_CORE_BASE_STAMP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clk.h"

#define STAMP_SIZE 40 /* room for any text below, with its NUL */

/* RFC 3339: "2026-11-20T20:50:00Z", "...+01:00", with up to nine digits of fraction (further ones
 * are cut). A leap second (:60) is the second after. Upper and lower case T and Z. Years 0000 to
 * 9999. False, nothing written, when TEXT is anything else, or a time that nsec_t cannot hold
 * (before 1677-09-21 or after 2262-04-11). */
bool stamp_parse(const char *text, nsec_t *ret_wall);
/* The same in whole seconds, in all ten thousand years: Kubernetes' metav1.Time, which takes a
 * fraction and drops it. */
bool stamp_parse_sec(const char *text, sec_t *ret_when);

/* These return BUFFER. Times outside the years 0000 to 9999 print as the nearest that is inside. */
const char *stamp_sec(char buffer[static STAMP_SIZE], sec_t when);    /* "2026-11-20T20:50:00Z" */
const char *stamp_nsec(char buffer[static STAMP_SIZE], nsec_t when);  /* nine digits, Z */
const char *stamp_micro(char buffer[static STAMP_SIZE], nsec_t when); /* six digits, Z: MicroTime */
/* In the offset given, seconds east of Greenwich: "2026-11-20T15:50:00-05:00"; 0 prints Z. An
 * offset of odd seconds is rounded to the minute in the suffix only. |OFFSET| < 100 hours. */
const char *stamp_offset(char buffer[static STAMP_SIZE], sec_t when, int offset);

/* Go's time.ParseDuration: "1h30m", "90s", "1.5h", "-5m", "1us", units ns us (or µs) ms s m h;
 * "0". False on anything else and beyond the range of nsec_t. */
bool duration_parse(const char *text, nsec_t *ret_ns);
const char *duration_go(char buffer[static STAMP_SIZE], nsec_t ns); /* "1h30m0s", "1.5s", "0s" */
/* kubectl's short form of an age (duration.HumanDuration): "2m43s", "19h", "5d2h", "<invalid>" for
 * times in the future by two seconds or more. */
const char *duration_human(char buffer[static STAMP_SIZE], sec_t seconds);

#endif
