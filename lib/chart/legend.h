/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * legend.h - the names of the series with samples of how they look, in rows.
 *
 * Series without any point, or mark in their colour, are not there.
 *
 * Long names are shortened in the middle; what does not fit into the rows is
 * counted in a last entry "+n more".
 */
#ifndef CHART_LEGEND_H
#define CHART_LEGEND_H

#include "chart/canvas.h"
#include "chart/textfit.h"

struct legend_entry {
	const struct chart_series *series; /* NULL: "+n more" */
	char *text;			   /* owned */
	double x, width;		   /* from the left of the legend, px */
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

/* Arrange it in at most "rows" rows of "width" px. */
void legend_make(struct legend *l, const struct chart *c, enum text_font font,
		 double size, double width, size_t rows);
void legend_draw(const struct legend *l, struct canvas *cv,
		 const struct chart *c, double x, double y);
void legend_release(struct legend *l);

#endif
