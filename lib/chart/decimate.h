/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decimate.h - leave out what cannot be seen, and nothing else.
 *
 * All lengths are px; a cell is a part of a pixel.  Pictures of a million
 * points get as many elements as they have columns, and every spike stays.
 */
#ifndef CHART_DECIMATE_H
#define CHART_DECIMATE_H

#include <stdbool.h>

#include "chart/canvas.h"

/*
 * A line: of successive points in one column of width "cell" the first, the
 * lowest, the highest and the last stay, in their order.
 *
 *	struct decimate_line d;
 *	decimate_line_init(&d, &path, 0.5, left, right);
 *	decimate_line_add(&d, x, y); ...
 *	decimate_line_end(&d);		// also where the line is interrupted
 *
 * What is left of "left" is one column, and so is what is right of "right".
 */
struct decimate_line {
	struct path *path; /* grows; the caller's */
	double cell, left, right;
	double column;
	size_t n; /* points in the column */
	struct decimate_kept {
		double x, y;
		size_t i; /* its number in the column */
	} first, low, high, last;
	bool started; /* the path has a point of this line */
	bool gap;     /* nothing but gaps since the last point */
};

void decimate_line_init(struct decimate_line *d, struct path *path, double cell,
			double left, double right);
/* What is not finite interrupts the line, unless within one column. */
void decimate_line_add(struct decimate_line *d, double x, double y);
void decimate_line_end(struct decimate_line *d);

/* A vertical bar, y0 <= y1. */
struct decimate_bar {
	double x, y0, y1;
};

/*
 * Unite bars of one column of width "cell" that touch, or whose distance is
 * below "gap"; they come to the middle of the column, sorted by x and y.  A
 * bar alone in its column stays as it is.  Returns how many are left.
 */
size_t decimate_bars(struct decimate_bar *bars, size_t n, double cell,
		     double gap);

/* The same, with wider and wider cells until at most "limit" are left. */
size_t decimate_bars_to(struct decimate_bar *bars, size_t n, double cell,
			size_t limit);

struct decimate_point {
	double x, y;
};

/*
 * Keep the first point of each square cell of "area", and none outside of it.
 * Returns how many are left; their order is kept.
 */
size_t decimate_points(struct decimate_point *points, size_t n,
		       const struct box *area, double cell);

/*
 * The same, with larger and larger cells until at most "limit" are left, which
 * then are in no order.
 */
size_t decimate_points_to(struct decimate_point *points, size_t n,
			  const struct box *area, double cell, size_t limit);

#endif
