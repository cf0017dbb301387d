/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_series.h - how the series of a chart look where there are characters
 * only.
 *
 * On a terminal with colours a series is braille dots in its colour; points
 * with a marker are characters like it.  Without colours dots could not be told
 * apart, unless there is one series only: each series gets a character of its
 * own, as on an ASCII page.
 */
#ifndef CHART_TEXT_SERIES_H
#define CHART_TEXT_SERIES_H

#include "chart/cells.h"
#include "chart/scale.h"

struct text_series {
	const struct chart_series *series;
	int colour;
	bool dashed;
	char glyph[5];	/* instead of dots; "": dots */
	char sample[9]; /* for the legend, two cells wide */
};

/* Of all series of the chart on that page, in their order; to be freed. */
struct text_series *text_series_make(const struct chart *c,
				     const struct cells *page)
	__attribute__((returns_nonnull));

/* Where the plot is on the page: the inside of the axes, cells. */
struct text_plot {
	int left, top, columns, rows;
};

/* Draw a series there; the scales' positions are cells of the plot. */
void text_series_draw(const struct text_series *t, struct cells *page,
		      const struct text_plot *plot, const struct scale *x,
		      const struct scale *y);

#endif
