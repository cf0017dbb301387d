/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xpl.h - write a chart in the format of xplot.
 *
 * xplot is the viewer for TCP time sequence plots by Tim Shepard (MIT, 1990);
 * its files are lines of commands.  All points are written, except repeated
 * equal ones.  The x axis has type "timeval" for times of day; everything else
 * is "double".  xplot has no legend, so the title lists the colours.
 */
#ifndef CHART_XPL_H
#define CHART_XPL_H

#include <stdio.h>

#include "chart/chart.h"

/* Errors are left in the stream (ferror(3)). */
void chart_xpl(const struct chart *c, FILE *out);

#endif
