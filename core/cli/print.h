/* print.h - what the command line writes: errors, tables, JSON, YAML, names. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CLI_PRINT_H
#define BELFRY_CORE_CLI_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/mem.h"

/* "error: what; what to do" in one line on standard error. Returns the exit code that goes with the
 * error's code, so that a verb ends with `return print_failure(&err);`. */
int print_failure(const struct error *err);
/* "warning: TEXT" on standard error. */
void print_warning(const char *text);
/* TEXT as it is on standard error: what is neither output nor a fault. */
void print_note(const char *text);
/* To standard output; a failed write ends the program with exit code 1 (141 for a closed pipe). */
void print_text(const char *text);
void printf_out(const char *format, ...) format_printf(1, 2);

#endif
