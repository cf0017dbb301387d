/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flags.h - the marks of a chart, and rows of labels for them above the plot.
 *
 * Each label stands beside a pole, which goes on as the line of its mark; no
 * pole crosses a label and no two labels overlap.  Where there is no room for
 * a label its mark joins a neighbour, whose label then ends with "+1".
 */
#ifndef CHART_FLAGS_H
#define CHART_FLAGS_H

#include "chart/canvas.h"
#include "chart/scale.h"

struct flag {
	const struct chart_mark *mark; /* the first of those joined */
	char *text;		       /* owned */
	double x;		       /* of the pole, px */
	double from, to;	       /* of the label, px */
	size_t row;		       /* 0 is next to the plot */
	size_t joined;		       /* marks without a label of their own */
};

struct flags {
	struct flag *items; /* owned; from left to right */
	size_t n, cap, rows;
	double size, row_height; /* px */
};

/* Arrange the marks within "x" in at most "rows" rows from "left" to "right".
 */
void flags_make(struct flags *f, const struct chart *c, const struct scale *x,
		double size, double left, double right, size_t rows);
/* Labels, poles and the lines of all marks; "plot" is the inside of the axes.
 */
void flags_draw(const struct flags *f, struct canvas *cv, const struct chart *c,
		const struct scale *x, const struct box *plot);
void flags_release(struct flags *f);

#endif
