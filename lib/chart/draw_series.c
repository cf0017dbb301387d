/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/draw_series.h"

#include <stdlib.h>

#include "base/mem.h"
#include "chart/clip.h"
#include "chart/decimate.h"
#include "chart/marker.h"

enum {
	/* What all series together may have, so that files stay small. */
	COLUMNS_MAX = 40000,
	POINTS_MAX = 25000,
	BARS_MAX = 50000
};

#define CELL 0.5   /* px */
#define PX_MAX 1e7 /* positions beyond cannot be told apart */

/* Of markers of one series, at scale 1, px. */
#define DISTANCE 11	  /* so that they do not merge */
#define DISTANCE_ALONG 60 /* along a line, so that it is seen as one */
#define DISTANCE_MORE 6	  /* for each other series that has some */

struct pencil {
	const struct chart_layout *l;
	struct canvas *cv;
	const struct chart *c;
	const struct chart_series *s;
	struct colour colour, outline;
	struct box reach;  /* lines are cut here */
	struct box within; /* markers are left out beyond */
	double width;	   /* of lines, px */
	size_t siblings;   /* series of the same style */
};

static double clamp(double px)
{
	return fmin(fmax(px, -PX_MAX), PX_MAX);
}

static double px_x(const struct pencil *d, double x)
{
	double px = isfinite(x) ? scale_pixel(&d->l->x, x) : NAN;

	return isnan(px) ? px : clamp(px);
}

static double px_y(const struct pencil *d, double y)
{
	double px = isfinite(y) ? scale_pixel(&d->l->y, y) : NAN;

	return isnan(px) ? px : clamp(px);
}

/* Where bars and areas stand: 0, or the bottom of a logarithmic axis. */
static double px_base(const struct pencil *d)
{
	return d->l->y.log ? d->l->plot.y1 + 1 : px_y(d, 0);
}

static double line_cell(const struct pencil *d)
{
	double width = d->l->plot.x1 - d->l->plot.x0;

	return fmax(CELL, width * (double)d->siblings / COLUMNS_MAX);
}

static void start_line(const struct pencil *d, struct decimate_line *line,
		       struct path *path)
{
	decimate_line_init(line, path, line_cell(d), d->l->plot.x0,
			   d->l->plot.x1);
}

static void stroke(const struct pencil *d, const struct path *path,
		   const struct pen *pen)
{
	struct path cut = { .points = NULL };

	clip_lines(path, &d->reach, &cut);
	canvas_stroke(d->cv, &cut, pen);
	path_release(&cut);
}

/* A point without neighbours is no line, but is to be seen. */
static void draw_lone_points(const struct pencil *d, const struct path *path)
{
	struct decimate_point *points = mem_calloc(path->n, sizeof(*points));
	size_t n = 0;

	for (size_t i = 0; i < path->n; i++) {
		const struct path_point *p = &path->points[i];

		if (p->start && (i + 1 == path->n || p[1].start))
			points[n++] = (struct decimate_point){ p->x, p->y };
	}
	n = decimate_points(points, n, &d->within, CELL);
	marker_draw(d->cv,
		    &(struct marker){ .kind = CHART_DOT,
				      .size = 6 * d->l->scale * d->s->weight,
				      .colour = d->colour },
		    points, n);
	free(points);
}

/* The points that can be seen, to be freed; of bars the middle. */
static struct decimate_point *seen_points(const struct pencil *d, double cell,
					  size_t most, size_t *n)
{
	struct decimate_point *points = mem_calloc(d->s->n, sizeof(*points));
	const bool is_bar = d->s->style == CHART_SEGMENTS;

	*n = 0;
	for (size_t i = 0; i < d->s->n; i++) {
		const struct chart_point *p = &d->s->points[i];
		const double x = px_x(d, p->x), y = px_y(d, p->y);
		const double end = is_bar ? px_y(d, p->end) : y;

		if (!isnan(x) && !isnan(y) && !isnan(end))
			points[(*n)++] =
				(struct decimate_point){ x, (y + end) / 2 };
	}
	*n = decimate_points_to(points, *n, &d->within, cell, most);
	return points;
}

/* Markers that tell a line or bars from others, far apart.  Those of series
   that run together are not at the same places. */
static void draw_line_markers(const struct pencil *d)
{
	const struct marker m = { .kind = theme_marker(d->c, d->s),
				  .hollow = d->s->hollow,
				  .size = 7 * d->l->scale *
					  fmin(d->s->weight, 1.5),
				  .colour = d->outline };
	const double apart = DISTANCE_ALONG * d->l->scale;
	struct decimate_point *points = NULL;
	double next = d->l->plot.x0 - apart;
	size_t n = 0, kept = 0;

	if (m.kind == CHART_MARKER_NONE)
		return;
	if (d->s->marker == CHART_MARKER_AUTO && d->s->colour > 0)
		next = d->l->plot.x0 + fmod(d->s->colour * 0.382, 1) * apart;
	points = seen_points(d, 1, SIZE_MAX, &n);
	for (size_t i = 0; i < n; i++)
		if (points[i].x >= next) {
			points[kept++] = points[i];
			next = points[i].x + apart;
		}
	marker_draw(d->cv, &m, points, kept);
	free(points);
}

static void draw_line(const struct pencil *d)
{
	struct path path = { .points = NULL };
	struct pen pen = { .colour = d->colour,
			   .width = d->width,
			   .dash = theme_dash(d->s),
			   .round = true };
	struct decimate_line line;
	double before = NAN;

	start_line(d, &line, &path);
	for (size_t i = 0; i < d->s->n; i++) {
		double x = px_x(d, d->s->points[i].x);
		double y = px_y(d, d->s->points[i].y);

		if (d->s->style == CHART_STEP && !isnan(before) && !isnan(x))
			decimate_line_add(&line, x, before);
		decimate_line_add(&line, x, y);
		before = y;
	}
	decimate_line_end(&line);
	stroke(d, &path, &pen);
	draw_lone_points(d, &path);
	draw_line_markers(d);
	path_release(&path);
}

/* Where they would merge, a marker each is too much: points without one are
   small dots. */
static void draw_markers(const struct pencil *d, enum chart_marker kind)
{
	struct marker m = { .kind = kind,
			    .hollow = d->s->hollow,
			    .size = 7.5 * d->l->scale * d->s->weight,
			    .colour = d->outline };
	double apart = DISTANCE;
	struct decimate_point *points = NULL;
	size_t n = 0, kept = 0;

	if (d->s->marker == CHART_MARKER_AUTO)
		apart += DISTANCE_MORE * (double)(d->siblings - 1);
	points = seen_points(d, CELL, POINTS_MAX / d->siblings + 1, &n);
	kept = decimate_apart(points, n, &d->within,
			      apart * d->l->scale * d->s->weight);
	marker_draw(d->cv, &m, points, kept);
	m.kind = CHART_DOT;
	m.hollow = false;
	m.colour = d->colour;
	m.size = 4 * d->l->scale * d->s->weight;
	marker_draw(d->cv, &m, points + kept, n - kept);
	free(points);
}

/* A bar of the least height that can be seen. */
static struct decimate_bar bar_of(double x, double y0, double y1, double least)
{
	double low = fmin(y0, y1), high = fmax(y0, y1);
	double more = fmax(0, (least - (high - low)) / 2);

	return (struct decimate_bar){ x, low - more, high + more };
}

/* Draw vertical bars; their array is used up. */
static void draw_uprights(const struct pencil *d, struct decimate_bar *bars,
			  size_t n, const struct pen *pen)
{
	struct path path = { .points = NULL }, cut = { .points = NULL };

	n = decimate_bars_to(bars, n, CELL, BARS_MAX / d->siblings + 1);
	for (size_t i = 0; i < n; i++) {
		path_move(&path, bars[i].x, bars[i].y0);
		path_line(&path, bars[i].x, bars[i].y1);
	}
	clip_lines(&path, &d->reach, &cut);
	canvas_stroke(d->cv, &cut, pen);
	path_release(&path);
	path_release(&cut);
	free(bars);
}

/* Bars of no height for dots, of some height else. */
static void draw_dots_or_segments(const struct pencil *d, const struct pen *pen)
{
	struct decimate_bar *bars = mem_calloc(d->s->n, sizeof(*bars));
	double least = pen->round ? 0 : pen->width;
	const struct box *area = pen->round ? &d->within : &d->reach;
	size_t n = 0;

	for (size_t i = 0; i < d->s->n; i++) {
		const struct chart_point *p = &d->s->points[i];
		struct decimate_bar b = bar_of(px_x(d, p->x), px_y(d, p->y),
					       px_y(d, p->end), least);

		if (b.x >= area->x0 && b.x <= area->x1 && b.y1 >= area->y0 &&
		    b.y0 <= area->y1)
			bars[n++] = b;
	}
	draw_uprights(d, bars, n, pen);
}

static void draw_segments(const struct pencil *d)
{
	struct pen pen = { .colour = d->colour, .width = d->width * 1.1 };

	draw_dots_or_segments(d, &pen);
	draw_line_markers(d);
}

static void draw_points(const struct pencil *d)
{
	enum chart_marker kind = theme_marker(d->c, d->s);
	struct pen pen = { .colour = d->outline,
			   .width = 4 * d->l->scale * d->s->weight,
			   .round = true };

	if (kind == CHART_DOT && !d->s->hollow && d->c->theme != CHART_PRINT)
		draw_dots_or_segments(d, &pen);
	else
		draw_markers(d, kind);
}

/* The end of the part of a path that begins at "i". */
static size_t part_end(const struct path *p, size_t i)
{
	for (i++; i < p->n && !p->points[i].start; i++)
		;
	return i;
}

/* The bands between two edges, which have the same parts. */
static void add_bands(struct path *bands, const struct path *upper,
		      const struct path *lower)
{
	for (size_t u = 0, v = 0; u < upper->n && v < lower->n;) {
		size_t u_end = part_end(upper, u), v_end = part_end(lower, v);

		path_move(bands, upper->points[u].x, upper->points[u].y);
		for (u++; u < u_end; u++)
			path_line(bands, upper->points[u].x,
				  upper->points[u].y);
		for (size_t k = v_end; k-- > v;)
			path_line(bands, lower->points[k].x,
				  lower->points[k].y);
		v = v_end;
	}
}

static void add_edges(struct decimate_line *u, struct decimate_line *v,
		      double x, double y0, double y1)
{
	double gap = isnan(y0) || isnan(y1) ? NAN : 0;

	decimate_line_add(v, x, y0 + gap);
	decimate_line_add(u, x, y1 + gap);
}

/* The edge "end" and the bands of an area. */
static void trace_area(const struct pencil *d, struct path *upper,
		       struct path *bands)
{
	struct path lower = { .points = NULL };
	struct decimate_line u, v;
	double y0 = NAN, y1 = NAN;

	start_line(d, &u, upper);
	start_line(d, &v, &lower);
	for (size_t i = 0; i < d->s->n; i++) {
		double x = px_x(d, d->s->points[i].x);

		if (!isnan(y0) && !isnan(y1))
			add_edges(&u, &v, x, y0, y1);
		y0 = px_y(d, d->s->points[i].y);
		y1 = px_y(d, d->s->points[i].end);
		if (d->l->y.log && d->s->points[i].y <= 0)
			y0 = px_base(d);
		add_edges(&u, &v, x, y0, y1);
	}
	decimate_line_end(&u);
	decimate_line_end(&v);
	add_bands(bands, upper, &lower);
	path_release(&lower);
}

static void draw_area(const struct pencil *d)
{
	struct path edge = { .points = NULL }, band = { .points = NULL };
	struct pen pen = { .colour = d->outline, .width = d->width * 0.7 };

	trace_area(d, &edge, &band);
	clip_clamp(&band, &d->reach);
	canvas_fill(d->cv, &band, theme_fill(d->c, d->s->colour));
	stroke(d, &edge, &pen);
	path_release(&edge);
	path_release(&band);
}

/* A bar that is wide enough for an outline. */
static void add_wide_bar(struct path *fill, struct path *outline,
			 const struct box *b)
{
	path_box(fill, b);
	path_box(outline, b);
	path_line(outline, b->x0, b->y0);
}

static size_t trace_bars(const struct pencil *d, struct decimate_bar *narrow,
			 struct path *fill, struct path *outline)
{
	size_t n = 0;

	for (size_t i = 0; i < d->s->n; i++) {
		const struct chart_point *p = &d->s->points[i];
		double x0 = px_x(d, p->x), x1 = px_x(d, p->end);
		double y = px_y(d, p->y), base = px_base(d);
		struct box b = { fmin(x0, x1), fmin(y, base), fmax(x0, x1),
				 fmax(y, base) };

		if (isnan(x0) || isnan(x1) || isnan(y) || p->y == 0 ||
		    b.x1 < d->reach.x0 || b.x0 > d->reach.x1)
			continue;
		if (b.x1 - b.x0 >= 2.5 * d->l->scale)
			add_wide_bar(fill, outline, &b);
		else
			narrow[n++] = (struct decimate_bar){ (b.x0 + b.x1) / 2,
							     b.y0, b.y1 };
	}
	return n;
}

static void draw_bars(const struct pencil *d)
{
	struct decimate_bar *narrow = mem_calloc(d->s->n, sizeof(*narrow));
	struct path fill = { .points = NULL }, outline = { .points = NULL };
	struct pen pen = { .colour = d->outline, .width = d->width * 0.6 };
	size_t n = trace_bars(d, narrow, &fill, &outline);

	n = decimate_bars(narrow, n, 1, 1);
	for (size_t i = 0; i < n; i++) {
		struct box b = { narrow[i].x - 0.5, narrow[i].y0,
				 narrow[i].x + 0.5, narrow[i].y1 };

		path_box(&fill, &b);
	}
	clip_clamp(&fill, &d->reach);
	clip_clamp(&outline, &d->reach);
	canvas_fill(d->cv, &fill, theme_fill(d->c, d->s->colour));
	canvas_stroke(d->cv, &outline, &pen);
	path_release(&fill);
	path_release(&outline);
	free(narrow);
}

static size_t count_siblings(const struct chart *c,
			     const struct chart_series *s)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_series; i++)
		n += c->series[i]->style == s->style;
	return n ? n : 1;
}

/* The plot, and above and below it what hides the ends of steep lines. */
static struct box reach_of(const struct chart_layout *l)
{
	const double out = 8 * l->scale;

	return (struct box){ l->plot.x0 - 0.5, l->plot.y0 - out,
			     l->plot.x1 + 0.5, l->plot.y1 + out };
}

static struct box larger(struct box b, double px)
{
	return (struct box){ b.x0 - px, b.y0 - px, b.x1 + px, b.y1 + px };
}

void draw_series(const struct chart_layout *l, struct canvas *cv,
		 const struct chart *c, const struct chart_series *s)
{
	struct pencil d = { .l = l,
			    .cv = cv,
			    .c = c,
			    .s = s,
			    .colour = theme_colour(c, s->colour),
			    .outline = theme_marks(c, s),
			    .reach = reach_of(l),
			    .within = larger(l->plot, 0.5),
			    .width = 1.6 * l->scale * theme_weight(c, s),
			    .siblings = count_siblings(c, s) };

	if (s->n == 0)
		return;
	switch (s->style) {
	case CHART_LINE:
	case CHART_STEP: draw_line(&d); break;
	case CHART_POINTS: draw_points(&d); break;
	case CHART_SEGMENTS: draw_segments(&d); break;
	case CHART_AREA: draw_area(&d); break;
	case CHART_BARS: draw_bars(&d); break;
	}
}
