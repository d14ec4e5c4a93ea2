/* event.c - an Event: what happened to an object, and how often. */
/* SPDX-License-Identifier: MIT */
#include "core/model/event.h"

#include <string.h>

void event_done(struct event *event)
{
    meta_done(&event->meta);
}

bool event_is_warning(const struct event *event)
{
    return event->type && strcmp(event->type, "Warning") == 0;
}
