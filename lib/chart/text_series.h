/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_series.h - for text_chart.h: how series look when drawn with
 * characters.
 *
 * On a terminal with colours a series consists of braille dots in its colour;
 * points with a marker are drawn as similar characters.  Without colours dots
 * of several series could not be distinguished, so each series gets a
 * character of its own, as on an ASCII page.
 */
#ifndef CHART_TEXT_SERIES_H
#define CHART_TEXT_SERIES_H

#include "chart/cells.h"
#include "chart/scale.h"

struct text_series {
	const struct chart_series *series;
	int colour;
	bool dashed;
	char glyph[5];	/* drawn instead of dots; "": use dots */
	char sample[9]; /* for the legend, two cells wide */
};

/*
 * For all series of the chart on that page, in order.  The caller frees the
 * array.
 */
struct text_series *text_series_make(const struct chart *c,
				     const struct cells *page)
	__attribute__((returns_nonnull));

/* The inside of the axes on the page, in cells. */
struct text_plot {
	int left, top, columns, rows;
};

/* Draw a series there; the scales' positions are cells of the plot. */
void text_series_draw(const struct text_series *t, struct cells *page,
		      const struct text_plot *plot, const struct scale *x,
		      const struct scale *y);

#endif
