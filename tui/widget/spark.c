/* spark.c - the last runs in a row of cells, the newest at the right. */
/* SPDX-License-Identifier: MIT */
#include "tui/widget/spark.h"

void spark_paint(const struct spark_bar *bars, size_t count, struct canvas *canvas,
                 struct rect area)
{
    size_t room = area.cols > 0 ? (size_t)area.cols : 0;
    size_t shown = count < room ? count : room;

    for (size_t i = 0; i < shown; i++) {
        const struct spark_bar *bar = &bars[count - shown + i];
        canvas_text(canvas, area, 0, (int)(room - shown + i), bar->role,
                    canvas->ascii ? bar->ascii : bar->unicode);
    }
}
