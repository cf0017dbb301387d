/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/legend.h"

#include <stdlib.h>

#include "base/mem.h"
#include "chart/marker.h"

enum {
	LINES_MOST = 3 /* of one name */
};

/* All that is beside the text: the sample and the distance to it. */
static double sample_room(const struct legend *l)
{
	return l->sample + l->size * 0.5;
}

static void push(struct legend *l, const struct chart_series *series,
		 const char *text, double width)
{
	double samples = series ? sample_room(l) : 0;
	struct legend_entry e = { .series = series };

	e.text = text_shorten(text, l->size, l->font, width - samples,
			      TEXT_CUT_MIDDLE);
	e.width = fmin(width, samples + text_width(e.text, l->size, l->font));
	*MEM_PUSH(l->entries, l->n, l->cap) = e;
}

/* The name in as many lines as it needs, or shortened if those are many. */
static void push_lines(struct legend *l, const struct chart_series *series,
		       double width)
{
	struct strlist lines = { .items = NULL };

	text_wrap(&lines, series->name, l->size, l->font,
		  width - sample_room(l), LINES_MOST + 1);
	if (lines.n > LINES_MOST)
		push(l, series, series->name, width);
	for (size_t i = 0; lines.n <= LINES_MOST && i < lines.n; i++) {
		push(l, i ? NULL : series, lines.items[i], width);
		l->entries[l->n - 1].goes_on = i > 0;
	}
	strlist_release(&lines);
}

static double entry_gap(const struct legend *l)
{
	return l->size * 1.6;
}

/* Flow entries at least "least" px wide into rows; returns how many fit. */
static size_t flow(struct legend *l, double width, double least, size_t rows)
{
	double x = 0, gap = entry_gap(l);
	size_t row = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct legend_entry *e = &l->entries[i];

		if (e->goes_on || (x > 0 && x + e->width > width)) {
			row++;
			x = e->goes_on ? sample_room(l) : 0;
		}
		if (row >= rows)
			return i;
		e->x = x;
		e->row = row;
		x += fmax(e->width, least) + gap;
	}
	return l->n;
}

/* In columns, when that needs no more rows; returns how many fit. */
static size_t arrange(struct legend *l, double width, size_t rows)
{
	double widest = 0;
	size_t fit = flow(l, width, 0, rows), used;

	if (fit < l->n || l->n == 0)
		return fit;
	used = l->entries[l->n - 1].row + 1;
	for (size_t i = 0; i < l->n; i++)
		widest = fmax(widest, l->entries[i].width);
	if (used == 1 || used > l->n / 2 || flow(l, width, widest, used) < l->n)
		flow(l, width, 0, rows);
	return fit;
}

/* Replace the last entries by "+n more". */
static void shrink(struct legend *l, size_t keep, size_t all, double width)
{
	char *text = mem_printf("+%zu more", all - keep);

	while (l->n > keep)
		free(l->entries[--l->n].text);
	push(l, NULL, text, width);
	free(text);
}

/* It has a name, and points or marks in its colour. */
static bool is_seen(const struct chart *c, const struct chart_series *s)
{
	int seen = s->n > 0;

	for (size_t i = 0; !seen && s->colour >= 0 && i < c->n_marks; i++)
		seen = c->marks[i].colour == s->colour;
	return seen && s->name && *s->name;
}

/* Each complete, in several lines if need be; returns how many lines fit. */
static size_t take_lines(struct legend *l, const struct chart *c, double width,
			 size_t rows)
{
	while (l->n > 0)
		free(l->entries[--l->n].text);
	for (size_t i = 0; !c->no_legend && i < c->n_series; i++)
		if (is_seen(c, c->series[i]))
			push_lines(l, c->series[i], width);
	return arrange(l, width, rows);
}

/* Names of at most "widest" px; returns how many fit. */
static size_t take_names(struct legend *l, const struct chart *c, double width,
			 double widest, bool brief, size_t rows)
{
	while (l->n > 0)
		free(l->entries[--l->n].text);
	for (size_t i = 0; !c->no_legend && i < c->n_series; i++) {
		const struct chart_series *s = c->series[i];

		if (is_seen(c, s))
			push(l, s, brief && s->brief ? s->brief : s->name,
			     widest);
	}
	return arrange(l, width, rows);
}

/* In columns at least "least" wide, the widest that all fit into. */
static size_t take_columns(struct legend *l, const struct chart *c,
			   double width, double least, bool brief, size_t rows)
{
	size_t fit = take_names(l, c, width, width, brief, rows);

	for (int columns = 2; fit < l->n && width / columns > least; columns++)
		fit = take_names(l, c, width,
				 (width - (columns - 1) * entry_gap(l)) /
					 columns,
				 brief, rows);
	return fit;
}

static size_t squeeze(struct legend *l, const struct chart *c, double width,
		      size_t rows)
{
	size_t fit = take_lines(l, c, width, rows);

	if (fit < l->n)
		fit = take_columns(l, c, width, l->size * 22, false, rows);
	if (fit < l->n)
		fit = take_names(l, c, width, width, true, rows);
	if (fit < l->n)
		fit = take_columns(l, c, width, l->size * 14, true, rows);
	return fit;
}

double legend_row_height(double size)
{
	return rint(size * 1.6);
}

void legend_make(struct legend *l, const struct chart *c, enum text_font font,
		 double size, double width, size_t rows, size_t most)
{
	size_t fit, all;

	legend_release(l);
	l->font = font;
	l->size = size;
	l->row_height = legend_row_height(size);
	l->sample = size * 2;
	fit = squeeze(l, c, width, rows);
	while (fit < l->n && rows < most)
		fit = squeeze(l, c, width, ++rows);
	if (fit < l->n) /* as narrow as can be */
		fit = take_columns(l, c, width, size * 9, true, rows);
	if (fit < l->n)
		fit = take_names(l, c, width, width, true, rows);
	all = l->n;
	/* "+n more" may itself not fit: then one entry less. */
	for (size_t keep = fit + 1; fit < l->n && keep-- > 0;) {
		shrink(l, keep, all, width);
		fit = arrange(l, width, rows);
	}
	for (size_t i = 0; i < l->n; i++)
		l->rows = l->entries[i].row + 1;
}

static void draw_marker(const struct legend *l, struct canvas *cv,
			const struct chart *c, const struct chart_series *s,
			double size, const struct decimate_point *at)
{
	const struct marker m = { .kind = theme_marker(c, s),
				  .hollow = s->hollow,
				  .size = l->size * size,
				  .colour = theme_marks(c, s) };

	marker_draw(cv, &m, at, 1);
}

static void draw_line(const struct legend *l, struct canvas *cv,
		      const struct chart *c, const struct chart_series *s,
		      double x, double y)
{
	struct decimate_point middle = { x + l->sample / 2, y };
	const struct dash *dash = theme_dash(s);
	/* Broader ones would show no gap in the length of a sample. */
	const double most = dash->n ? 1.6 : 3;
	struct pen pen = { .colour = theme_colour(c, s->colour),
			   .width =
				   l->size / 7 * fmin(theme_weight(c, s), most),
			   .dash = dash };
	struct path p = { .points = NULL };

	path_move(&p, x, y);
	path_line(&p, x + l->sample, y);
	canvas_stroke(cv, &p, &pen);
	draw_marker(l, cv, c, s, 0.6, &middle);
	path_release(&p);
}

static void draw_box(const struct legend *l, struct canvas *cv,
		     const struct chart *c, const struct chart_series *s,
		     double x, double y)
{
	struct box b = { x, y - l->size * 0.38, x + l->sample,
			 y + l->size * 0.38 };
	struct pen pen = { .colour = theme_outline(c, s->colour),
			   .width = l->size / 12 };
	struct path p = { .points = NULL };

	path_box(&p, &b);
	path_line(&p, b.x0, b.y0);
	canvas_fill(cv, &p, theme_fill(c, s->colour));
	canvas_stroke(cv, &p, &pen);
	path_release(&p);
}

static void draw_segments(const struct legend *l, struct canvas *cv,
			  const struct chart *c, const struct chart_series *s,
			  double x, double y)
{
	struct pen pen = { .colour = theme_colour(c, s->colour),
			   .width = l->size / 6 };
	struct path p = { .points = NULL };

	for (int i = 0; i < 4; i++) {
		double px = x + l->sample * (0.17 + 0.22 * i);
		double py = y + l->size * (0.2 - 0.13 * i);

		path_move(&p, px, py + l->size * 0.2);
		path_line(&p, px, py - l->size * 0.2);
	}
	canvas_stroke(cv, &p, &pen);
	path_release(&p);
	draw_marker(l, cv, c, s, 0.6,
		    &(struct decimate_point){ x + l->sample / 2, y });
}

static void draw_sample(const struct legend *l, struct canvas *cv,
			const struct chart *c, const struct chart_series *s,
			double x, double y)
{
	struct decimate_point middle = { x + l->sample / 2, y };

	switch (s->style) {
	case CHART_LINE:
	case CHART_STEP: draw_line(l, cv, c, s, x, y); break;
	case CHART_AREA:
	case CHART_BARS: draw_box(l, cv, c, s, x, y); break;
	case CHART_SEGMENTS: draw_segments(l, cv, c, s, x, y); break;
	case CHART_POINTS: draw_marker(l, cv, c, s, 0.7, &middle); break;
	}
}

void legend_draw(const struct legend *l, struct canvas *cv,
		 const struct chart *c, double x, double y)
{
	struct text_style style = { .size = l->size };

	for (size_t i = 0; i < l->n; i++) {
		const struct legend_entry *e = &l->entries[i];
		double left = x + e->x;
		double middle = y + l->row_height * ((double)e->row + 0.5);

		if (e->series)
			draw_sample(l, cv, c, e->series, left, middle);
		style.colour = e->series || e->goes_on
				       ? theme_of(c->theme)->ink
				       : theme_of(c->theme)->muted;
		canvas_text(cv, left + (e->series ? sample_room(l) : 0),
			    middle + l->size * 0.36, e->text, &style);
	}
}

void legend_release(struct legend *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->entries[i].text);
	free(l->entries);
	*l = (struct legend){ .entries = NULL };
}
