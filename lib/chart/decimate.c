/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/decimate.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"

void decimate_line_init(struct decimate_line *d, struct path *path, double cell,
			double left, double right)
{
	*d = (struct decimate_line){
		.path = path, .cell = cell, .left = left, .right = right
	};
}

static void keep(struct decimate_line *d, const struct decimate_kept *k)
{
	if (d->started)
		path_line(d->path, k->x, k->y);
	else
		path_move(d->path, k->x, k->y);
	d->started = true;
}

static void flush(struct decimate_line *d)
{
	const struct decimate_kept *a = &d->low, *b = &d->high;

	if (d->n == 0)
		return;
	if (a->i > b->i) {
		a = &d->high;
		b = &d->low;
	}
	keep(d, &d->first);
	if (a->i > 0 && a->i + 1 < d->n)
		keep(d, a);
	if (b->i > a->i && b->i + 1 < d->n)
		keep(d, b);
	if (d->n > 1)
		keep(d, &d->last);
	d->n = 0;
}

static double column_of(const struct decimate_line *d, double x)
{
	double last = floor((d->right - d->left) / d->cell) + 1;

	return fmin(fmax(floor((x - d->left) / d->cell), -1), last);
}

void decimate_line_add(struct decimate_line *d, double x, double y)
{
	struct decimate_kept k = { x, y, d->n };

	if (!isfinite(x) || !isfinite(y)) {
		d->gap = 1;
		return;
	}
	if (d->gap && (d->n == 0 || column_of(d, x) != d->column)) {
		decimate_line_end(d);
		k.i = 0;
	}
	d->gap = 0;
	if (d->n > 0 && column_of(d, x) != d->column) {
		flush(d);
		k.i = 0;
	}
	if (d->n == 0) {
		d->column = column_of(d, x);
		d->first = d->low = d->high = k;
	}
	if (y < d->low.y)
		d->low = k;
	if (y > d->high.y)
		d->high = k;
	d->last = k;
	d->n++;
}

void decimate_line_end(struct decimate_line *d)
{
	flush(d);
	d->started = false;
	d->gap = 0;
}

static int compare_bars(const void *va, const void *vb)
{
	const struct decimate_bar *a = va, *b = vb;

	return COMPARE(a->x, b->x) ?:
	       COMPARE(a->y0, b->y0) ?:
	       COMPARE(a->y1, b->y1);
}

static void sort_bars(struct decimate_bar *bars, size_t n)
{
	int sorted = 1;

	for (size_t i = 1; i < n && sorted; i++)
		sorted = compare_bars(&bars[i - 1], &bars[i]) <= 0;
	if (!sorted)
		SORT(bars, n, compare_bars);
}

/* Put bars that share a column with others into its middle. */
static void align_bars(struct decimate_bar *bars, size_t n, double cell)
{
	for (size_t i = 0, next; i < n; i = next) {
		double column = floor(bars[i].x / cell);

		for (next = i + 1;
		     next < n && floor(bars[next].x / cell) == column; next++)
			;
		for (size_t k = i; k < next && next - i > 1; k++)
			bars[k].x = (column + 0.5) * cell;
	}
}

size_t decimate_bars(struct decimate_bar *bars, size_t n, double cell,
		     double gap)
{
	size_t kept = 0;

	sort_bars(bars, n);
	align_bars(bars, n, cell);
	sort_bars(bars, n);
	for (size_t i = 0; i < n; i++) {
		struct decimate_bar *last = &bars[kept ? kept - 1 : 0];

		if (kept > 0 && last->x == bars[i].x &&
		    bars[i].y0 < last->y1 + gap)
			last->y1 = fmax(last->y1, bars[i].y1);
		else
			bars[kept++] = bars[i];
	}
	return kept;
}

size_t decimate_bars_to(struct decimate_bar *bars, size_t n, double cell,
			size_t limit)
{
	double gap = cell;

	n = decimate_bars(bars, n, cell, gap);
	while (n > limit && limit > 0) {
		cell *= 1.5;
		gap *= 1.5;
		n = decimate_bars(bars, n, cell, gap);
	}
	return n;
}

size_t decimate_points(struct decimate_point *points, size_t n,
		       const struct box *area, double cell)
{
	size_t columns = (size_t)ceil((area->x1 - area->x0) / cell) + 1;
	size_t rows = (size_t)ceil((area->y1 - area->y0) / cell) + 1;
	unsigned char *taken = mem_calloc(columns * rows / 8 + 1, 1);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		double x = points[i].x, y = points[i].y;
		size_t at;

		if (!(x >= area->x0 && x <= area->x1 && y >= area->y0 &&
		      y <= area->y1))
			continue;
		at = (size_t)((y - area->y0) / cell) * columns +
		     (size_t)((x - area->x0) / cell);
		if (!(taken[at / 8] >> at % 8 & 1))
			points[kept++] = points[i];
		taken[at / 8] |= (unsigned char)(1 << at % 8);
	}
	free(taken);
	return kept;
}

/* Squares of a side, with the point that each has; SIZE_MAX: none. */
struct squares {
	const struct box *area;
	double side;
	size_t columns, rows;
	size_t *of; /* owned */
};

static size_t column_at(const struct squares *s, double x)
{
	return (size_t)fmin(fmax((x - s->area->x0) / s->side, 0),
			    (double)s->columns - 1);
}

static size_t row_at(const struct squares *s, double y)
{
	return (size_t)fmin(fmax((y - s->area->y0) / s->side, 0),
			    (double)s->rows - 1);
}

/* A square is so small that it has one point at most that is far enough from
   all others; those that are too close are two squares away at most. */
static bool is_crowded(const struct squares *s,
		       const struct decimate_point *points,
		       const struct decimate_point *p, double distance)
{
	const size_t column = column_at(s, p->x), row = row_at(s, p->y);

	for (size_t r = row < 2 ? 0 : row - 2; r <= row + 2 && r < s->rows; r++)
		for (size_t k = column < 2 ? 0 : column - 2;
		     k <= column + 2 && k < s->columns; k++) {
			const size_t i = s->of[r * s->columns + k];

			if (i != SIZE_MAX &&
			    hypot(points[i].x - p->x, points[i].y - p->y) <
				    distance)
				return true;
		}
	return false;
}

size_t decimate_apart(struct decimate_point *points, size_t n,
		      const struct box *area, double distance)
{
	struct squares s = { .area = area, .side = distance / sqrt(2) };
	size_t kept = 0;

	s.columns = (size_t)ceil((area->x1 - area->x0) / s.side) + 1;
	s.rows = (size_t)ceil((area->y1 - area->y0) / s.side) + 1;
	s.of = mem_calloc(s.columns * s.rows, sizeof(*s.of));
	for (size_t i = 0; i < s.columns * s.rows; i++)
		s.of[i] = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		struct decimate_point p = points[i];

		if (is_crowded(&s, points, &p, distance))
			continue;
		s.of[row_at(&s, p.y) * s.columns + column_at(&s, p.x)] = kept;
		points[i] = points[kept];
		points[kept++] = p;
	}
	free(s.of);
	return kept;
}

/* The same order each time. */
static void shuffle(struct decimate_point *points, size_t n)
{
	uint64_t random = 1;

	for (size_t i = n; i > 1; i--) {
		struct decimate_point p = points[i - 1];
		size_t k;

		random = random * 6364136223846793005u + 1442695040888963407u;
		k = (size_t)((random >> 32) % i);
		points[i - 1] = points[k];
		points[k] = p;
	}
}

size_t decimate_points_to(struct decimate_point *points, size_t n,
			  const struct box *area, double cell, size_t limit)
{
	n = decimate_points(points, n, area, cell);
	/* The first ones of wide cells would stand in rows. */
	if (n > limit && limit > 0)
		shuffle(points, n);
	while (n > limit && limit > 0) {
		cell *= 1.5;
		n = decimate_points(points, n, area, cell);
	}
	return n;
}
