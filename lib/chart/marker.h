/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marker.h - the small shapes at points.
 */
#ifndef CHART_MARKER_H
#define CHART_MARKER_H

#include "chart/canvas.h"
#include "chart/decimate.h"

/* Draw a marker of about "size" px at each point. */
void marker_draw(struct canvas *cv, enum chart_marker kind,
		 const struct decimate_point *points, size_t n, double size,
		 struct colour colour);

#endif
