/* driver.c - the table of runtimes, and what all drivers share. */
/* SPDX-License-Identifier: MIT */
#include "core/run/driver.h"

#include <string.h>

#include "core/base/str.h"
#include "core/run/driver_host.h"

/* In the order of preference. A container runtime is any but the first. */
static const struct driver *const drivers[] = {
    &driver_host,
};

void text_list_done(struct text_list *list)
{
    for (size_t i = 0; i < list->texts.len; i++) {
        free(list->texts.data[i]);
    }
    vec_done(&list->texts);
}

void driver_plan_done(struct driver_plan *plan)
{
    text_list_done(&plan->argv);
    text_list_done(&plan->env);
    free(plan->cwd);
    free(plan->groups);
    *plan = (struct driver_plan){0};
}

const struct driver *driver_named(const char *name)
{
    for (size_t i = 0; i < countof(drivers); i++) {
        if (text_same(drivers[i]->name, name)) {
            return drivers[i];
        }
    }
    return NULL;
}

const struct driver *driver_for(const char *runtime_class)
{
    if (runtime_class && *runtime_class) {
        const struct driver *driver = driver_named(runtime_class);
        return driver && driver->available() ? driver : NULL;
    }
    for (size_t i = 0; i < countof(drivers); i++) {
        if (drivers[i] != &driver_host && drivers[i]->available()) {
            return drivers[i];
        }
    }
    return NULL;
}
