/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.h - draw a chart on a canvas.
 */
#ifndef CHART_DRAW_H
#define CHART_DRAW_H

#include "chart/canvas.h"

/* Draw the complete chart; the text "no data" if it has none. */
void draw_chart(const struct chart *c, struct canvas *cv);

#endif
