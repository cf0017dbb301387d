/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/dots.h"

#include <stdlib.h>

#include "base/mem.h"
#include "chart/clip.h"
#include "chart/decimate.h"

#define FAR 1e7 /* positions beyond cannot be told apart */

enum {
	DASH = 2 /* dots, and as many without */
};

struct brush {
	struct dots *d;
	const struct scale *x, *y;
	const struct chart_series *s;
	bool dashed;
};

void dots_init(struct dots *d, int width, int height)
{
	*d = (struct dots){ .width = width, .height = height };
	d->set = mem_calloc((size_t)width * (size_t)height, 1);
}

void dots_release(struct dots *d)
{
	free(d->set);
	*d = (struct dots){ .set = NULL };
}

bool dots_get(const struct dots *d, int x, int y)
{
	return d->set[(size_t)y * (size_t)d->width + (size_t)x];
}

/* The dot of a position, or -1. */
static int dot_of(double at, int n)
{
	if (!(at >= 0) || at > n)
		return -1;
	return at >= n ? n - 1 : (int)at;
}

static int limit(double at, int n)
{
	return at < 0 ? 0 : at >= n ? n - 1 : (int)at;
}

static void set(struct dots *d, double x, double y)
{
	int column = dot_of(x, d->width), row = dot_of(y, d->height);

	if (column >= 0 && row >= 0)
		d->set[(size_t)row * (size_t)d->width + (size_t)column] = 1;
}

static double place(const struct scale *s, double value)
{
	double at = isfinite(value) ? scale_pixel(s, value) : NAN;

	return isnan(at) ? at : fmin(fmax(at, -FAR), FAR);
}

/* All of a column from a position to another one, in any order. */
static void set_column(struct dots *d, int x, double y0, double y1)
{
	double top = fmin(y0, y1), bottom = fmax(y0, y1);

	if (isnan(y0) || isnan(y1) || bottom < 0 || top > d->height)
		return;
	for (int y = limit(top, d->height); y <= limit(bottom, d->height); y++)
		set(d, x, y);
}

/* The dots of a line within the grid: one for each column or row of it. */
static void set_line(const struct brush *b, const struct path_point *p,
		     const struct path_point *q)
{
	double dx = q->x - p->x, dy = q->y - p->y;
	bool flat = fabs(dx) >= fabs(dy);
	double from = flat ? fmin(p->x, q->x) : fmin(p->y, q->y);
	double to = flat ? fmax(p->x, q->x) : fmax(p->y, q->y);

	for (int k = (int)from; k <= (int)to; k++) {
		double at = fmin(fmax(k + 0.5, from), to);
		double part = to > from ? (at - (flat ? p->x : p->y)) /
						  (flat ? dx : dy)
					: 0;

		if (!b->dashed || k / DASH % 2 == 0)
			set(b->d, flat ? at : p->x + part * dx,
			    flat ? p->y + part * dy : at);
	}
}

static void draw_path(const struct brush *b, const struct path *path)
{
	const struct box all = { 0, 0, b->d->width, b->d->height };
	struct path cut = { .points = NULL };

	clip_lines(path, &all, &cut);
	for (size_t i = 0; i < cut.n; i++) {
		const struct path_point *p = &cut.points[i];

		if (!p->start)
			set_line(b, p - 1, p);
	}
	path_release(&cut);
}

static void draw_line(const struct brush *b)
{
	struct path path = { .points = NULL };
	struct decimate_line line;
	double before = NAN;

	decimate_line_init(&line, &path, 1, 0, b->d->width);
	for (size_t i = 0; i < b->s->n; i++) {
		double x = place(b->x, b->s->points[i].x);
		double y = place(b->y, b->s->points[i].y);

		if (b->s->style == CHART_STEP && !isnan(before) && !isnan(x))
			decimate_line_add(&line, x, before);
		decimate_line_add(&line, x, y);
		before = y;
	}
	decimate_line_end(&line);
	draw_path(b, &path);
	path_release(&path);
}

/* Where areas and bars stand: 0, or the bottom of a logarithmic axis. */
static double base_of(const struct brush *b, double value)
{
	return b->y->log && value <= 0 ? b->d->height : place(b->y, value);
}

static void draw_area(const struct brush *b)
{
	int drawn = -1; /* the last column that has a band */

	for (size_t i = 0; i + 1 < b->s->n; i++) {
		const struct chart_point *p = &b->s->points[i];
		double x0 = place(b->x, p->x), x1 = place(b->x, p[1].x);
		double y0 = base_of(b, p->y), y1 = base_of(b, p->end);

		if (isnan(x0) || isnan(x1) || x1 < 0 || x0 > b->d->width ||
		    y0 == y1)
			continue;
		for (int x = limit(x0, b->d->width);
		     x < b->d->width && (x < x1 || x == (int)x0); x++)
			if (x > drawn && !isnan(y0) && !isnan(y1)) {
				/* What ends at a border is not beyond it. */
				set_column(b->d, x, fmin(y0, y1),
					   fmax(y0, y1) - 1e-9);
				drawn = x;
			}
	}
}

static void draw_bar(const struct brush *b, const struct chart_point *p)
{
	double x0 = place(b->x, p->x), x1 = place(b->x, p->end);
	double left = fmin(x0, x1), right = fmax(x0, x1);

	if (isnan(x0) || isnan(x1) || p->y == 0 || right < 0 ||
	    left > b->d->width)
		return;
	for (int x = limit(left, b->d->width);
	     x < b->d->width && (x < right || x == (int)left); x++)
		set_column(b->d, x, base_of(b, 0), base_of(b, p->y));
}

static void draw_segment(const struct brush *b, const struct chart_point *p)
{
	int x = dot_of(place(b->x, p->x), b->d->width);

	if (x >= 0)
		set_column(b->d, x, place(b->y, p->y), place(b->y, p->end));
}

void dots_draw(struct dots *d, const struct scale *x, const struct scale *y,
	       const struct chart_series *s, bool dashed)
{
	const struct brush b = { d, x, y, s, dashed };

	switch (s->style) {
	case CHART_LINE:
	case CHART_STEP: draw_line(&b); return;
	case CHART_AREA: draw_area(&b); return;
	default: break;
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct chart_point *p = &s->points[i];

		if (s->style == CHART_BARS)
			draw_bar(&b, p);
		else if (s->style == CHART_SEGMENTS)
			draw_segment(&b, p);
		else
			set(d, place(x, p->x), place(y, p->y));
	}
}
