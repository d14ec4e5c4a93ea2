/* print.c - what the command line writes: errors, tables, JSON, YAML, names. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/str.h"

#define EXIT_CLOSED_PIPE 141 /* what a shell reports of a program that SIGPIPE ended */

int print_failure(const struct error *err)
{
    char text[sizeof err->what + sizeof err->where + sizeof err->hint + 8];
    error_text(err, text, sizeof text);
    fflush(stdout);
    fprintf(stderr, "error: %s\n", text);
    return error_exit_code(err->code);
}

void print_warning(const char *text)
{
    fprintf(stderr, "warning: %s\n", text);
}

void print_note(const char *text)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", text);
}

void print_text(const char *text)
{
    if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
        int sys = errno;
        if (sys != EPIPE) {
            fprintf(stderr, "error: writing the output: %s\n", strerror(sys));
        }
        exit(sys == EPIPE ? EXIT_CLOSED_PIPE : 1);
    }
}

void printf_out(const char *format, ...)
{
    cleanup_with(str_done) struct str text = {0};
    va_list args;
    va_start(args, format);
    str_addv(&text, format, args);
    va_end(args);
    print_text(str_text(&text));
}
