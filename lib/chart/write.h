/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * write.h - write a chart to a file, as a picture or as data.
 *
 * The same chart always gives the same bytes.
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

/* 0 if the size is within the limits of chart.h; else -1 and EXIT_USAGE. */
int chart_check_size(enum chart_format format, double width, double height,
		     struct error *err) __attribute__((warn_unused_result));

/* Whether the format is a picture, which has a size; else it is data. */
bool chart_is_picture(enum chart_format format);

/*
 * Write the chart to "out", which is flushed and stays open.  Fails with
 * EXIT_USAGE if the size of a picture is out of the limits of chart.h, with
 * EXIT_SYSTEM if writing fails.
 */
int chart_write(const struct chart *c, enum chart_format format, FILE *out,
		struct error *err) __attribute__((warn_unused_result));

/*
 * The format for a file name by its suffix (any case; ".txt" is text), or -1.
 */
int chart_format_from_suffix(const char *path);

/* The format with this name, or -1. */
int chart_format_from_name(const char *name);

/* The name of a format, "png"; NULL: there are no more formats. */
const char *chart_format_name(int format);

#endif
