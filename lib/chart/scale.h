/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scale.h - convert values of an axis to positions on the page.
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

/* The position of a value, px; NAN if it has none (log of 0). */
double scale_pixel(const struct scale *s, double value);

/*
 * The range of the x axis (y == 0) or y axis of a chart: the fixed ends of the
 * axis if given (above 0 if logarithmic), else a range that shows all marks
 * and all data within the fixed range of the other axis, with some margin.
 * Always finite with from < to, and above 0 if logarithmic; positions are 0.
 */
struct scale scale_range(const struct chart *c, int y);

/* Whether the axis is logarithmic. */
bool scale_is_log(const struct chart_axis *axis);

#endif
