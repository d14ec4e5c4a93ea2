/* describe.h - a CronJob in words: what it is, when it runs, how it went. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_SCREEN_DESCRIBE_H
#define BELFRY_TUI_SCREEN_DESCRIBE_H

#include "core/base/clk.h"
#include "core/base/str.h"
#include "core/codec/tree.h"
#include "core/cron/tz.h"

/* Lines for textview.h's TEXTVIEW_FACTS. Adds to RET. */
void describe_cronjob(const cJSON *cronjob, const struct tz *machine, sec_t now, struct str *ret);

#endif
