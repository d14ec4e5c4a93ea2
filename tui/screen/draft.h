/* draft.h - the create form's values: check them, preview them, make the document; pure. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_DRAFT_H
#define BELFRY_TUI_SCREEN_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clk.h"
#include "core/base/str.h"
#include "core/codec/tree.h"
#include "core/cron/tz.h"

enum draft_field {
    DRAFT_NAME,
    DRAFT_DESCRIPTION,
    DRAFT_SOURCE,
    DRAFT_IMAGE,
    DRAFT_COMMAND,
    DRAFT_SCHEDULE,
    DRAFT_ZONE,
    DRAFT_OVERLAP,
    DRAFT_LATE,
    DRAFT_RESTARTS,
    DRAFT_DURATION,
    DRAFT_SUCCEEDED,
    DRAFT_FAILED,
    DRAFT_START,
    DRAFT_FIELD_COUNT
};

/* One row a field. */
struct draft_row {
    const char *label;
    const char *initial; /* its value in a new form */
    const char *placeholder;
    const char *const *choices; /* ends with NULL; NULL: a text */
    const char *path;           /* of the document; a server's fault below it belongs here */
};
extern const struct draft_row draft_rows[DRAFT_FIELD_COUNT];

/* The words of DRAFT_SOURCE and DRAFT_START that matter. */
#define DRAFT_SOURCE_HOST "host command"
#define DRAFT_START_LATER "as a draft"

/* What was typed, one text a field, never NULL. */
struct draft {
    char *values[DRAFT_FIELD_COUNT];
};
void draft_init(struct draft *draft); /* the initial values */
void draft_done(struct draft *draft);
void draft_set(struct draft *draft, enum draft_field field, const char *value);
bool draft_is_initial(const struct draft *draft);

/* Checks every field that can be checked here; RET gets one message a field, NULL where it is
 * fine, to be released. True when all are. */
bool draft_check(const struct draft *draft, char *ret[static DRAFT_FIELD_COUNT]);
/* The CronJob; DRAFT must have passed. Yours. */
cJSON *draft_document(const struct draft *draft, const char *ns);
/* The field to which a fault at PATH belongs; DRAFT_FIELD_COUNT when to none. */
enum draft_field draft_field_of(const char *path);

/* A command line to its words, as a shell would part them; a line that needs a shell (pipes,
 * variables, redirections) becomes /bin/sh -c LINE. An array, yours; NULL when a quote is left
 * open. */
cJSON *draft_argv(const char *line);

/* The meaning, then what to beware of, then the next COUNT starts, a line each. When the schedule
 * cannot be read the first line says why. False then. */
bool draft_preview(const char *schedule, const char *zone, const struct tz *machine, sec_t now,
                   size_t count, struct str *ret);

#endif
