/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * data_csv.h - the points of a chart as comma-separated values (RFC 4180).
 *
 * A header line, then a line for each point of each series, in their order:
 *
 *	series,x_s,y_bytes,y1_bytes
 *	subflow 1,0.25,1400,2800
 *
 * The columns x1 (right end of bars) and y1 (other end of segments and areas)
 * are there when a series has them.  Names end with the unit of the values.
 * Numbers have all their digits; gaps are empty.  Times of day are seconds
 * since 1970, raw 64-bit numbers include the origin.  A second chart on the
 * page has its own columns behind these, "lower_x_s" and so on.
 */
#ifndef CHART_DATA_CSV_H
#define CHART_DATA_CSV_H

#include <stdio.h>

#include "chart/chart.h"

/* Errors stay in the stream (ferror). */
void chart_csv(const struct chart *c, FILE *out);

#endif
