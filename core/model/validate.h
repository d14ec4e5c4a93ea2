/* validate.h - the rules that a view must keep, each fault with its field path. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_VALIDATE_H
#define BELFRY_CORE_MODEL_VALIDATE_H

#include "core/base/faults.h"
#include "core/model/cronjob.h"
#include "core/model/pod.h"

/* What the field tables cannot say (core/codec/document.h runs both): names, schedules, zones,
 * what belongs together. FAULTS refuse the object; WARNINGS let it pass, and their messages are
 * whole sentences without a lead-in (kind FAULT_UNKNOWN). Both only grow. */
void cronjob_validate(const struct cronjob *cronjob, struct faults *faults,
                      struct faults *warnings);
void job_validate(const struct job *job, struct faults *faults, struct faults *warnings);
/* For every kind: name, generateName, namespace, labels, annotations. */
void meta_validate(const struct meta *meta, enum kind kind, struct faults *faults,
                   struct faults *warnings);

/* One field by itself, for a form. False with err set (what: the message without its path). */
must_use bool validate_schedule(const char *schedule, struct error *err);
must_use bool validate_time_zone(const char *zone, struct error *err);
must_use bool validate_name(const char *name, enum kind kind, struct error *err);

/* RFC 1123: a label (63 characters, no dot), a subdomain (253, dots). */
bool name_is_label(const char *text);
bool name_is_subdomain(const char *text);
/* A label's key ("prefix/name") and its value. */
bool name_is_label_key(const char *text);
bool name_is_label_value(const char *text);

/* The shortest outage, in seconds, after which more than 100 slots of SCHEDULE have passed; 0 when
 * that is longer than DEADLINE (it cannot block), or when the schedule cannot be read. DEADLINE 0:
 * no deadline. Also what the form and the import take their starting deadline from. */
sec_t schedule_blocks_after(const char *schedule, const char *zone, sec_t deadline);

#endif
