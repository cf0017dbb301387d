/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw_series.h - draw the data of a series within the axes.
 */
#ifndef CHART_DRAW_SERIES_H
#define CHART_DRAW_SERIES_H

#include "chart/canvas.h"
#include "chart/layout.h"

/* Draw one series, clipped at the plot and decimated (decimate.h). */
void draw_series(const struct chart_layout *l, struct canvas *cv,
		 const struct chart *c, const struct chart_series *s);

#endif
