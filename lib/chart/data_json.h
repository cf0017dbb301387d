/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * data_json.h - the points of a chart as one JSON object.
 *
 *	{"title": "...", "subtitle": "...",
 *	 "x": {"title": "Time", "unit": "s", "scale": "linear"},
 *	 "y": {"title": "Data", "unit": "bytes", "scale": "log"},
 *	 "series": [{"name": "subflow 1", "style": "segments",
 *	             "columns": ["x", "y", "y1"],
 *	             "points": [[0.25, 1400, 2800], ...]}, ...],
 *	 "marks": [{"x": 0.5, "label": "..."}]}
 *
 * What is missing, and what is not finite, is null.  An axis of times of day
 * has "epoch" (a string: seconds since 1970 where x is 0), one of raw numbers
 * has "origin" (a string: the number where y is 0).  A second chart on the page
 * is such an object, too, in "below".
 */
#ifndef CHART_DATA_JSON_H
#define CHART_DATA_JSON_H

#include <stdio.h>

#include "chart/chart.h"

/* Errors stay in the stream (ferror). */
void chart_json(const struct chart *c, FILE *out);

#endif
