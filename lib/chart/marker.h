/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marker.h - draw the symbols at points.
 */
#ifndef CHART_MARKER_H
#define CHART_MARKER_H

#include "chart/canvas.h"
#include "chart/decimate.h"

/* How markers look. */
struct marker {
	enum chart_marker kind;
	bool hollow; /* outlines; crosses and the like get a ring */
	double size; /* about, px */
	struct colour colour;
};

void marker_draw(struct canvas *cv, const struct marker *m,
		 const struct decimate_point *points, size_t n);

#endif
