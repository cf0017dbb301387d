/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_chart.h - draw a chart with characters, for a terminal.
 *
 * Width and height of the chart are in characters and lines; "ascii" and
 * "colours" describe the terminal.  The result is higher than requested if
 * axes and titles would leave no room for the plot.
 */
#ifndef CHART_TEXT_CHART_H
#define CHART_TEXT_CHART_H

#include <stdio.h>

#include "chart/chart.h"

/* Errors are left in the stream (ferror(3)). */
void chart_text(const struct chart *c, FILE *out);

/*
 * A suitable height for a width: about a third of it, more for two charts, and
 * at most two less than the "rows" of the terminal (0: unknown).
 */
int chart_text_height(const struct chart *c, int width, int rows);

#endif
