/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xpl.h - a chart for xplot.
 *
 * xplot is the viewer for TCP time sequence plots by Tim Shepard (MIT, 1990);
 * its files are lines of commands.  All points are written, but successive
 * equal ones.  The x axis is of type "timeval" for times of day, all else is
 * "double".  xplot has no legend: the title lists the colours.
 */
#ifndef CHART_XPL_H
#define CHART_XPL_H

#include <stdio.h>

#include "chart/chart.h"

/* Errors stay in the stream (ferror). */
void chart_xpl(const struct chart *c, FILE *out);

#endif
