/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/clip.h"

#include <math.h>

/* The part [t0, t1] of a line from "a" to "b" that is within [from, to]. */
static void cut(double a, double b, double from, double to, double *t0,
		double *t1)
{
	double d = b - a;

	if (d == 0) {
		if (a < from || a > to)
			*t1 = -1;
		return;
	}
	*t0 = fmax(*t0, ((d > 0 ? from : to) - a) / d);
	*t1 = fmin(*t1, ((d > 0 ? to : from) - a) / d);
}

static double at(double a, double b, double t)
{
	return t <= 0 ? a : t >= 1 ? b : a + t * (b - a);
}

void clip_lines(const struct path *p, const struct box *box, struct path *out)
{
	int joined = 0; /* the last point of "out" is the last one of "p" */

	for (size_t i = 0; i < p->n; i++) {
		const struct path_point *a = &p->points[i ? i - 1 : 0];
		const struct path_point *b = &p->points[i];
		int alone = b->start && (i + 1 == p->n || b[1].start);
		double t0 = 0, t1 = 1;

		joined = joined && !b->start;
		if (b->start && !alone)
			continue;
		a = alone ? b : a;
		cut(a->x, b->x, box->x0, box->x1, &t0, &t1);
		cut(a->y, b->y, box->y0, box->y1, &t0, &t1);
		if (t0 > t1) {
			joined = 0;
			continue;
		}
		if (!joined)
			path_move(out, at(a->x, b->x, t0), at(a->y, b->y, t0));
		path_line(out, at(a->x, b->x, t1), at(a->y, b->y, t1));
		joined = t1 >= 1;
	}
}

void clip_clamp(struct path *p, const struct box *box)
{
	for (size_t i = 0; i < p->n; i++) {
		p->points[i].x = fmin(fmax(p->points[i].x, box->x0), box->x1);
		p->points[i].y = fmin(fmax(p->points[i].y, box->y0), box->y1);
	}
}
