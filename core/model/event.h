/* event.h - an Event: what happened to an object, and how often. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_MODEL_EVENT_H
#define BELFRY_CORE_MODEL_EVENT_H

#include "core/model/meta.h"

struct event {
    struct meta meta;
    struct reference involved; /* involvedObject */
    const char *type;          /* "Normal", "Warning" */
    const char *reason, *message;
    const char *component;       /* source.component, reportingComponent: "cronjob-controller" */
    const char *host;            /* source.host */
    sec_t first_time, last_time; /* firstTimestamp, lastTimestamp */
    int64_t count;
};

void event_done(struct event *event);
bool event_is_warning(const struct event *event);

#endif
