/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scale.h - from the values of an axis to positions on the page.
 */
#ifndef CHART_SCALE_H
#define CHART_SCALE_H

#include <stdbool.h>

#include "chart/chart.h"

struct scale {
	double from, to;   /* values, from < to; both > 0 when "log" */
	double at, at_end; /* their positions, px */
	bool log;
};

/* The position of a value, px; NAN when it has none (log of 0). */
double scale_pixel(const struct scale *s, double value);

/*
 * The range of the x axis (y == 0) or y axis of a chart: the fixed ends of the
 * axis where given (and above 0, when logarithmic), else what shows all marks
 * and all data of the other axis' fixed range, with a little room.  Always from
 * < to, finite, and above 0 when logarithmic; the positions are 0.
 */
struct scale scale_range(const struct chart *c, int y);

/* Whether the axis is to be drawn logarithmically. */
bool scale_is_log(const struct chart_axis *axis);

#endif
