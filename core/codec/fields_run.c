/* fields_run.c - the fields of a Run: a row of the ledger as a document. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/fields_tables.h"
#include "core/model/run.h"

#define AT(member) FIELD_AT(struct run, member)

/* All tables lie on the one flat row. Its metadata has a table of its own: of all of it the row
 * holds only the namespace. */
static const struct field meta_rows[] = {
    {"name", FIELD_TEXT, .doc = "The Job's name, or the one it would have had."},
    {"namespace", FIELD_TEXT, AT(ns), .doc = "Namespace of the CronJob."},
    {"uid", FIELD_TEXT, .doc = "Made of the CronJob's uid and the row's number."},
    {"resourceVersion", FIELD_TEXT, .doc = "Changes with each write."},
    {"creationTimestamp", FIELD_TIME, .doc = "When the row was written."},
    {"labels", FIELD_PAIRS, .doc = "None of its own."},
    {"annotations", FIELD_PAIRS, .doc = "None of its own."},
};
static const struct field_table meta =
    FIELD_TABLE(meta_rows, "belfry.v1.RunMeta", char, "Metadata of a Run.");

static const struct field spec_rows[] = {
    {"ledgerID", FIELD_INT, AT(id), .wide = true, .doc = "Number of the row; grows with time."},
    {"cronJobName", FIELD_TEXT, AT(cronjob), .doc = "Name of the CronJob."},
    {"cronJobUID", FIELD_TEXT, AT(cronjob_uid), .doc = "UID of the CronJob."},
    {"scheduledTime", FIELD_TIME, AT(slot), .doc = "The due time; none for a forced run."},
    {"lastScheduledTime", FIELD_TIME, AT(last_slot),
     .doc = "The last due time of a row that stands for many."},
    {"count", FIELD_INT, AT(count), .wide = true, .doc = "How many due times this row is for."},
    {"trigger", FIELD_ENUM, AT(trigger), FIELD_NAMES(run_trigger_names), .always = true,
     .doc = "schedule, catch-up or manual."},
    {"requestedBy", FIELD_TEXT, AT(who), .doc = "Who asked for a forced run."},
};
static const struct field_table spec =
    FIELD_TABLE(spec_rows, "belfry.v1.RunSpec", char, "Which due time a Run is for.");

static const struct field status_rows[] = {
    {"fate", FIELD_ENUM, AT(fate), FIELD_NAMES(run_fate_names), .always = true,
     .doc = "How it ended, or why it did not run."},
    {"reason", FIELD_TEXT, AT(reason), .doc = "Why, in one word."},
    {"message", FIELD_TEXT, AT(message), .doc = "Why, in a sentence."},
    {"jobName", FIELD_TEXT, AT(job), .doc = "Name of its Job."},
    {"jobUID", FIELD_TEXT, AT(job_uid), .doc = "UID of its Job."},
    {"podName", FIELD_TEXT, AT(pod), .doc = "Name of its newest attempt."},
    {"startTime", FIELD_NTIME, AT(start), .doc = "When its first attempt started."},
    {"completionTime", FIELD_NTIME, AT(end), .doc = "When it ended."},
    {"exitCode", FIELD_OPT_INT, AT(exit_code), .doc = "Exit code of its newest attempt."},
    {"attempts", FIELD_INT, AT(attempts), .doc = "How many attempts it took."},
};
static const struct field_table status =
    FIELD_TABLE(status_rows, "belfry.v1.RunStatus", char, "How a Run is.");

static const struct field run_rows[] = {
    {"apiVersion", FIELD_TEXT, .doc = "belfry/v1."},
    {"kind", FIELD_TEXT, .doc = "The kind of this document: Run."},
    {"metadata", FIELD_OBJECT, 1, .table = &meta, .doc = "Standard metadata."},
    {"spec", FIELD_OBJECT, 1, .table = &spec, .doc = "Which due time it is for."},
    {"status", FIELD_OBJECT, 1, .table = &status, .doc = "How it is."},
};
const struct field_table fields_run =
    FIELD_TABLE(run_rows, "belfry.v1.Run", struct run,
                "Run is a due time of a CronJob, or a forced run, and its one fate.");
