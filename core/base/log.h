/* log.h - the program's own log lines, on standard error. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_BASE_LOG_H
#define BELFRY_CORE_BASE_LOG_H

#include "core/base/error.h"
#include "core/base/mem.h"

enum log_level { LOG_ERROR_LEVEL, LOG_WARN_LEVEL, LOG_INFO_LEVEL, LOG_DEBUG_LEVEL };

/* What is written: this level and those before it. LOG_INFO_LEVEL at first. */
void log_set_level(enum log_level level);
/* One line "2026-11-20T20:50:00.123Z level message"; control characters are escaped. Only cli,
 * the daemon, controllers and the tui log: libraries return errors. */
void log_error(const char *format, ...) format_printf(1, 2);
void log_warn(const char *format, ...) format_printf(1, 2);
void log_info(const char *format, ...) format_printf(1, 2);
void log_debug(const char *format, ...) format_printf(1, 2);

#endif
