/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_chart.h - a chart as characters, for a terminal.
 *
 * The width and the height of the chart are characters and lines, "ascii" and
 * "colours" say what the terminal can show.  A page is higher than its height
 * where axes and titles would leave nothing for the plot.
 */
#ifndef CHART_TEXT_CHART_H
#define CHART_TEXT_CHART_H

#include <stdio.h>

#include "chart/chart.h"

/* Errors stay in the stream (ferror). */
void chart_text(const struct chart *c, FILE *out);

/*
 * The height that suits a width: about a third of it, more for two charts on a
 * page, and two less than the "rows" of the terminal (0: not known).
 */
int chart_text_height(const struct chart *c, int width, int rows);

#endif
