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

/* Twelve corners of a circle. */
static void add_ring(struct path *p, double x, double y, double radius)
{
	static const double at[12][2] = {
		{ 1, 0 },  { 0.866, 0.5 },   { 0.5, 0.866 },
		{ 0, 1 },  { -0.5, 0.866 },  { -0.866, 0.5 },
		{ -1, 0 }, { -0.866, -0.5 }, { -0.5, -0.866 },
		{ 0, -1 }, { 0.5, -0.866 },  { 0.866, -0.5 },
	};

	path_move(p, x + radius, y);
	for (size_t i = 1; i <= 12; i++)
		path_line(p, x + at[i % 12][0] * radius,
			  y + at[i % 12][1] * radius);
}

static void add_hollow(struct path *p, const struct marker *m, double x,
		       double y)
{
	const struct shape *s = &shapes[m->kind];

	if (m->kind == CHART_DOT) {
		add_ring(p, x, y, m->size * 0.4);
		return;
	}
	add_shape(p, s, x, y, m->size * (s->filled ? 0.5 : 0.36));
	if (s->filled) /* back to where it began */
		path_line(p, x + s->corners[0][0] * s->scale * m->size / 2,
			  y + s->corners[0][1] * s->scale * m->size / 2);
	else
		add_ring(p, x, y, m->size * 0.6);
}

static void add(struct path *p, const struct marker *m, double x, double y)
{
	if (m->hollow) {
		add_hollow(p, m, x, y);
	} else if (m->kind == CHART_DOT) {
		path_move(p, x, y);
		path_line(p, x, y);
	} else {
		add_shape(p, &shapes[m->kind], x, y, m->size / 2);
	}
}

void marker_draw(struct canvas *cv, const struct marker *m,
		 const struct decimate_point *points, size_t n)
{
	struct pen pen = { .colour = m->colour,
			   .width = m->size / (m->hollow ? 6.5 : 5) };
	struct path path = { .points = NULL };

	if (m->kind == CHART_MARKER_AUTO || m->kind == CHART_MARKER_NONE)
		return;
	for (size_t i = 0; i < n; i++)
		add(&path, m, points[i].x, points[i].y);
	if (m->kind == CHART_DOT && !m->hollow) {
		pen.width = m->size * 0.55;
		pen.round = true;
	}
	if (m->hollow || !shapes[m->kind].filled)
		canvas_stroke(cv, &path, &pen);
	else
		canvas_fill(cv, &path, m->colour);
	path_release(&path);
}
