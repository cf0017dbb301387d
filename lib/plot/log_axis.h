/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_axis.h - decide whether an axis of a plot is logarithmic.
 */
#ifndef PLOT_LOG_AXIS_H
#define PLOT_LOG_AXIS_H

#include "plot/plot.h"

/*
 * Set the axes as "log" says, else, for a kind with PLOT_TAILS, the y axis
 * according to the values: logarithmic if all are above 0 and the largest is
 * more than 10 times the median.  The number of values that a logarithmic axis
 * cannot show, since they are not above 0, is added to the subtitle.
 */
void log_axis_set(const struct plot_kind *kind, enum plot_log log,
		  struct chart *c);

/* The same for the distributions of several runs, whose values are x. */
void log_axis_set_runs(const struct plot_kind *kind, enum plot_log log,
		       struct chart *c);

#endif
