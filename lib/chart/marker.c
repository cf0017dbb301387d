/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/marker.h"

/* Corners in halves of the size; shapes that are stroked have pairs. */
struct shape {
	int filled;
	double scale;
	size_t n;
	double corners[4][2];
};

static const struct shape shapes[] = {
	[CHART_CROSS] = { 0,
			  1,
			  4,
			  { { -1, -1 }, { 1, 1 }, { -1, 1 }, { 1, -1 } } },
	[CHART_PLUS] = { 0,
			 1.2,
			 4,
			 { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } } },
	[CHART_TRIANGLE] = { 1,
			     1.1,
			     3,
			     { { -1, 0.75 }, { 0, -1 }, { 1, 0.75 } } },
	[CHART_TRIANGLE_DOWN] = { 1,
				  1.1,
				  3,
				  { { -1, -0.75 }, { 0, 1 }, { 1, -0.75 } } },
	[CHART_SQUARE] = { 1,
			   0.8,
			   4,
			   { { -1, -1 }, { 1, -1 }, { 1, 1 }, { -1, 1 } } },
	[CHART_DIAMOND] = { 1,
			    1.1,
			    4,
			    { { -1, 0 }, { 0, -1 }, { 1, 0 }, { 0, 1 } } },
};

static void add_shape(struct path *p, const struct shape *s, double x, double y,
		      double half)
{
	for (size_t i = 0; i < s->n; i++) {
		double cx = x + s->corners[i][0] * half * s->scale;
		double cy = y + s->corners[i][1] * half * s->scale;

		if (s->filled ? i == 0 : i % 2 == 0)
			path_move(p, cx, cy);
		else
			path_line(p, cx, cy);
	}
}

void marker_draw(struct canvas *cv, enum chart_marker kind,
		 const struct decimate_point *points, size_t n, double size,
		 struct colour colour)
{
	struct pen pen = { .colour = colour, .width = size / 5 };
	struct path path = { .points = NULL };
	int is_dot = kind == CHART_DOT;

	if (kind == CHART_MARKER_AUTO || kind == CHART_MARKER_NONE)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!is_dot) {
			add_shape(&path, &shapes[kind], points[i].x,
				  points[i].y, size / 2);
			continue;
		}
		path_move(&path, points[i].x, points[i].y);
		path_line(&path, points[i].x, points[i].y);
	}
	if (is_dot) {
		pen.width = size * 0.55;
		pen.round = true;
	}
	if (is_dot || !shapes[kind].filled)
		canvas_stroke(cv, &path, &pen);
	else
		canvas_fill(cv, &path, colour);
	path_release(&path);
}
