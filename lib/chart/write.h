/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * write.h - a chart as a file: pictures, or the numbers it is made of.
 *
 * The same chart gives the same bytes each time.
 */
#ifndef CHART_WRITE_H
#define CHART_WRITE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "chart/chart.h"

enum chart_format {
	CHART_PNG,
	CHART_SVG,
	CHART_PDF,
	CHART_XPL,  /* xpl.h */
	CHART_CSV,  /* data_csv.h */
	CHART_JSON, /* data_json.h */
	CHART_TEXT, /* text_chart.h */
};

/* Whether a size is within the limits of chart.h; else -1 and EXIT_USAGE. */
int chart_check_size(enum chart_format format, int width, int height,
		     struct error *err) __attribute__((warn_unused_result));

/* Whether it is one for people to look at, with a size; else numbers. */
bool chart_is_picture(enum chart_format format);

/*
 * Write the chart to "out", which stays open and is flushed.  Fails with
 * EXIT_USAGE when the size of a picture is out of the limits of chart.h, and
 * with EXIT_SYSTEM when it cannot be written.
 */
int chart_write(const struct chart *c, enum chart_format format, FILE *out,
		struct error *err) __attribute__((warn_unused_result));

/* The format of a file name by its suffix (any case; text is ".txt"), or -1. */
int chart_format_from_suffix(const char *path);

/* The format of that name, or -1. */
int chart_format_from_name(const char *name);

/* "png"; NULL when there are no more formats. */
const char *chart_format_name(int format);

#endif
