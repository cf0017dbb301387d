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
#include "chart/textfit.h"

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
	enum text_font font;
};

/* What the labels have to fit into. */
struct flags_room {
	double size; /* of the font, px */
	enum text_font font;
	double left, right; /* px */
	size_t rows;	    /* at most */
};

/* Arrange the marks within "x". */
void flags_make(struct flags *f, const struct chart *c, const struct scale *x,
		const struct flags_room *room);
/* Labels, poles and the lines of all marks; "plot" is the inside of the axes.
 */
void flags_draw(const struct flags *f, struct canvas *cv, const struct chart *c,
		const struct scale *x, const struct box *plot);
void flags_release(struct flags *f);

#endif
