/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flags.h - the labels of marks, in rows above the plot.
 *
 * Each label stands beside a pole, which continues as the line of its mark.
 * No pole crosses a label, and no two labels overlap.  If there is no room for
 * a label, its mark is combined with a neighbour, whose label then names both:
 * "join tcp 1, 2", or if that is too long, their number: "join x 7".  A label
 * that must stand on one side is left out if it has no room there.
 */
#ifndef CHART_FLAGS_H
#define CHART_FLAGS_H

#include "chart/canvas.h"
#include "chart/scale.h"
#include "chart/textfit.h"

struct flag {
	const struct chart_mark *mark; /* the first one of those combined */
	size_t first;		       /* its index in flags.marks */
	char *text;		       /* owned */
	double x;		       /* of the pole, px */
	double from, to;	       /* of the label, px */
	size_t row;		       /* 0 is closest to the plot */
	size_t joined;		       /* following marks in flags.marks that
					  share this label */
};

struct flags {
	struct flag *items; /* owned; from left to right */
	size_t n, cap, rows;
	const struct chart_mark **marks; /* owned; those with labels */
	size_t n_marks, cap_marks;
	double size, row_height; /* px */
	enum text_font font;
};

/* The room for the labels. */
struct flags_room {
	double size; /* of the font, px */
	enum text_font font;
	double left, right; /* px */
	size_t rows;	    /* maximum */
};

/* Arrange the marks within "x". */
void flags_make(struct flags *f, const struct chart *c, const struct scale *x,
		const struct flags_room *room);
/*
 * Draw labels, poles and the lines of all marks; "plot" is the inside of the
 * axes.
 */
void flags_draw(const struct flags *f, struct canvas *cv, const struct chart *c,
		const struct scale *x, const struct box *plot);
void flags_release(struct flags *f);

#endif
