/* fields_tables.h - the tables that the field files share with each other. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_FIELDS_TABLES_H
#define BELFRY_CORE_CODEC_FIELDS_TABLES_H

#include "core/codec/fields.h"

/* Rows of a table, with its name and the view of a list's element. */
#define FIELD_TABLE(rows, table_name, view, text)                                  \
    {                                                                              \
        .name = (table_name), .doc = (text), .data = (rows), .len = countof(rows), \
        .size = sizeof(view)                                                       \
    }
/* A reader of JSON names, for FIELD_ENUM. */
#define FIELD_NAMES(array) .names = (array), .names_count = (int)countof(array)
#define FIELD_LEAST(number) .least = {.set = true, .value = (number)}
#define FIELD_MOST(number) .most = {.set = true, .value = (number)}

/* fields_meta.c */
extern const struct field_table fields_meta;
extern const struct field_table fields_owner;
extern const struct field_table fields_reference;
extern const struct field_table fields_condition;
extern const struct field_table fields_selector;
/* fields_podspec.c */
extern const struct field_table fields_pod_spec;
extern const struct field_table fields_pod_template;
/* fields_core.c */
extern const struct field_table fields_pod;
extern const struct field_table fields_pod_status;
extern const struct field_table fields_event;
extern const struct field_table fields_namespace;
/* fields_batch.c */
extern const struct field_table fields_cronjob;
extern const struct field_table fields_cronjob_status;
extern const struct field_table fields_job;
extern const struct field_table fields_job_spec;
extern const struct field_table fields_job_status;
/* fields_run.c */
extern const struct field_table fields_run;

#endif
