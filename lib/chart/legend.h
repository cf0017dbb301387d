/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * legend.h - the legend: names of the series with samples of their look, in
 * rows.
 *
 * Series without points or marks in their colour are omitted.  A name that is
 * longer than a row goes on in the next ones.  If there is not room for that,
 * names are shortened in the middle as long as they are readable,
 * or brief names are used, and more rows; what does not fit even then is
 * counted in a last entry "+n more".
 */
#ifndef CHART_LEGEND_H
#define CHART_LEGEND_H

#include "chart/canvas.h"
#include "chart/textfit.h"

struct legend_entry {
	const struct chart_series *series; /* NULL: "+n more" */
	bool goes_on;	 /* a further line of the entry before; no series */
	char *text;	 /* owned */
	double x, width; /* from the left of the legend, px */
	size_t row;
};

struct legend {
	struct legend_entry *entries; /* owned */
	size_t n, cap, rows;
	enum text_font font;
	double size;	   /* of the font, px */
	double row_height; /* px */
	double sample;	   /* the width of a sample, px */
};

/*
 * Arrange the legend in "rows" rows of "width" px, if necessary in up to
 * "most".
 */
void legend_make(struct legend *l, const struct chart *c, enum text_font font,
		 double size, double width, size_t rows, size_t most);
/* The height of a row at this font size, px. */
double legend_row_height(double size);

void legend_draw(const struct legend *l, struct canvas *cv,
		 const struct chart *c, double x, double y);
void legend_release(struct legend *l);

#endif
