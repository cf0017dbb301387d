/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decimate.h - remove points that make no visible difference.
 *
 * All lengths are in px; a cell is a fraction of a pixel.  Charts of a million
 * points get a number of elements proportional to their width in pixels, and
 * every spike remains visible.
 */
#ifndef CHART_DECIMATE_H
#define CHART_DECIMATE_H

#include <stdbool.h>

#include "chart/canvas.h"

/*
 * For lines: of successive points in one column of width "cell" the first, the
 * lowest, the highest and the last remain, in order.
 *
 *	struct decimate_line d;
 *	decimate_line_init(&d, &path, 0.5, left, right);
 *	decimate_line_add(&d, x, y); ...
 *	decimate_line_end(&d);		// also where the line is interrupted
 *
 * Everything left of "left" is one column, and everything right of "right".
 */
struct decimate_line {
	struct path *path; /* grows; the caller's */
	double cell, left, right;
	double column;
	size_t n; /* points in the column */
	struct decimate_kept {
		double x, y;
		size_t i; /* its position in the column */
	} first, low, high, last;
	bool started; /* the path has a point of this line */
	bool gap;     /* only gaps since the last point */
};

void decimate_line_init(struct decimate_line *d, struct path *path, double cell,
			double left, double right);
/* Values that are not finite interrupt the line, unless within one column. */
void decimate_line_add(struct decimate_line *d, double x, double y);
void decimate_line_end(struct decimate_line *d);

/* A vertical bar, y0 <= y1. */
struct decimate_bar {
	double x, y0, y1;
};

/*
 * Merge bars in one column of width "cell" that touch or are less than "gap"
 * apart; they move to the middle of the column.  The result is sorted by x and
 * y.  A bar that is alone in its column is unchanged.  Returns the number of
 * bars left.
 */
size_t decimate_bars(struct decimate_bar *bars, size_t n, double cell,
		     double gap);

/* The same, with increasing cell width until at most "limit" are left. */
size_t decimate_bars_to(struct decimate_bar *bars, size_t n, double cell,
			size_t limit);

struct decimate_point {
	double x, y;
};

/*
 * Keep the first point in each square cell of "area", and none outside.
 * Returns the number of points left; they stay in order.
 */
size_t decimate_points(struct decimate_point *points, size_t n,
		       const struct box *area, double cell);

/*
 * The same, with increasing cell size until at most "limit" are left, in no
 * particular order.
 */
size_t decimate_points_to(struct decimate_point *points, size_t n,
			  const struct box *area, double cell, size_t limit);

/*
 * Move points that are at least "distance" apart from each other to the front,
 * the first one first; the others follow.  Returns the number of the former.
 */
size_t decimate_apart(struct decimate_point *points, size_t n,
		      const struct box *area, double distance);

#endif
