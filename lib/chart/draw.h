/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.h - a chart onto a canvas.
 */
#ifndef CHART_DRAW_H
#define CHART_DRAW_H

#include "chart/canvas.h"

/* Draw all of the chart; "no data" where there is none. */
void draw_chart(const struct chart *c, struct canvas *cv);

#endif
