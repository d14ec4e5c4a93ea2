/* spark.h - the last runs in a row of cells, the newest at the right. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_TUI_WIDGET_SPARK_H
#define BELFRY_TUI_WIDGET_SPARK_H

#include <stddef.h>

#include "tui/kit/canvas.h"

/* One run: a mark one column wide in both forms, so that its outcome never hangs on colour. */
struct spark_bar {
    enum role role;
    const char *unicode, *ascii;
};

/* The newest bars that fit, at the right end of AREA's first row. */
void spark_paint(const struct spark_bar *bars, size_t count, struct canvas *canvas,
                 struct rect area);

#endif
