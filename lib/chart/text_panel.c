/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/text_panel.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	ROUNDS = 3, /* until the margin and the labels agree */
	TITLE_GAP = 2,
	NARROW_PAGE = 60,
	LEGEND_ROWS_MOST = 40
};

static const struct ticks_room along = { .size = 1, .font = TEXT_CELLS };
static const struct ticks_room upwards = { .size = 1,
					   .font = TEXT_CELLS,
					   .vertical = true };

static int width_of(const char *s)
{
	return (int)text_width(s, 1, TEXT_CELLS);
}

static char *shorten(const char *s, int width)
{
	return text_shorten(s ? s : "", 1, TEXT_CELLS, width, TEXT_CUT_MIDDLE);
}

static void set_titles(struct text_panel *p, const struct text_room *room)
{
	const bool has = !p->c->no_heading;

	p->title = shorten(has ? p->c->title : NULL, room->width);
	p->subtitle = shorten(has ? p->c->subtitle : NULL, room->width);
	p->one_line = !*p->subtitle || !*p->title ||
		      width_of(p->title) + TITLE_GAP + width_of(p->subtitle) <=
			      room->width;
}

static void set_axis_titles(struct text_panel *p, const struct text_room *room)
{
	const struct title_room x = { 1, TEXT_CELLS, p->plot.columns };
	const struct title_room y = { 1, TEXT_CELLS, room->width };

	free(p->x_title);
	free(p->y_title);
	p->x_title = room->no_x_title
			     ? mem_strdup("")
			     : unit_title_within(&p->c->x, p->x_ticks.symbol,
						 p->x.from, &x);
	p->y_title =
		unit_title_within(&p->c->y, p->y_ticks.symbol, p->y.from, &y);
}

/* More rows of labels on higher pages. */
static size_t flag_rows(const struct text_room *room)
{
	return room->share < 14 ? 1 : room->share < 30 ? 2 : 3;
}

static size_t legend_rows(const struct text_room *room)
{
	return room->share < 24 ? 2 : room->share < 36 ? 3 : 5;
}

/* Columns, and all that depends on them. */
static void set_columns(struct text_panel *p, const struct text_room *room)
{
	struct flags_room flags = { .size = 1,
				    .font = TEXT_CELLS,
				    .right = room->width,
				    .rows = flag_rows(room) };
	double axis = p->plot.left;

	p->plot.columns = room->width - p->plot.left;
	p->x.at = axis;
	p->x.at_end = room->width;
	/* A mark at the right end is within the last cell. */
	flags.right = room->width;
	flags_make(&p->flags, p->c, &p->x, &flags);
	p->x.at = 0;
	p->x.at_end = p->plot.columns;
	p->legend_left = room->width < NARROW_PAGE ? 0 : p->plot.left;
	legend_make(&p->legend, p->c, TEXT_CELLS, 1,
		    room->width - p->legend_left - 2, legend_rows(room),
		    LEGEND_ROWS_MOST);
	ticks_make(&p->x_ticks, &p->c->x, &p->x, &along);
	ticks_make(&p->y_ticks, &p->c->y, &p->y, &upwards);
	set_axis_titles(p, room);
}

static void set_rows(struct text_panel *p)
{
	bool header = *p->title || *p->subtitle;

	p->plot.top = header + !p->one_line + (*p->y_title != '\0') +
		      (int)p->flags.rows;
	p->height = p->plot.top + p->plot.rows + 2 + (*p->x_title != '\0') +
		    (int)p->legend.rows;
}

void text_panel_make(struct text_panel *p, const struct chart *c,
		     const struct text_room *room)
{
	*p = (struct text_panel){ .c = c,
				  .x = scale_range(c, 0),
				  .y = scale_range(c, 1),
				  .plot = { .rows = room->plot_rows } };
	set_titles(p, room);
	p->y.at = p->plot.rows;
	p->plot.left = room->left;
	for (int round = 0; round < ROUNDS; round++) {
		int least = (int)ticks_width(&p->y_ticks, &upwards) + 2;

		p->plot.left = least > p->plot.left ? least : p->plot.left;
		set_columns(p, room);
	}
	set_rows(p);
}

void text_panel_release(struct text_panel *p)
{
	ticks_release(&p->x_ticks);
	ticks_release(&p->y_ticks);
	flags_release(&p->flags);
	legend_release(&p->legend);
	free(p->title);
	free(p->subtitle);
	free(p->x_title);
	free(p->y_title);
	*p = (struct text_panel){ .c = NULL };
}

/* The pieces of axes. */
struct frame {
	const char *upright, *flat, *corner, *left, *left_minor, *below,
		*below_minor, *pole;
};

static const struct frame *frame_of(const struct cells *page)
{
	static const struct frame ascii = { "|", "-", "+", "+",
					    "|", "+", "-", ":" };
	static const struct frame lines = { "\xe2\x94\x82", "\xe2\x94\x80",
					    "\xe2\x94\x94", "\xe2\x94\xa4",
					    "\xe2\x94\x9c", "\xe2\x94\xac",
					    "\xe2\x94\xb4", "\xe2\x94\x8a" };

	return page->ascii ? &ascii : &lines;
}

static int cell_of(double at, int n)
{
	return at >= n ? n - 1 : at > 0 ? (int)at : 0;
}

static void put(struct cells *page, int x, int y, const char *text)
{
	cells_text(page, x, y, text, CHART_INK, false);
}

static void put_muted(struct cells *page, int x, int y, const char *text)
{
	cells_text(page, x, y, text, CHART_MUTED, false);
}

static void draw_header(const struct text_panel *p, struct cells *page, int top)
{
	int behind = *p->title ? width_of(p->title) + TITLE_GAP : 0;

	cells_text(page, 0, top, p->title, CHART_INK, true);
	put_muted(page, p->one_line ? behind : 0, top + !p->one_line,
		  p->subtitle);
	put(page, 0, top + p->plot.top - (int)p->flags.rows - 1, p->y_title);
}

/* They show that an axis is logarithmic, where it is so to be seen. */
static bool has_minors(const struct scale *s)
{
	return s->log && s->to > 5 * s->from;
}

/* Minor ticks come first; majors take their places. */
static void draw_y_axis(const struct text_panel *p, struct cells *page, int top)
{
	const struct frame *f = frame_of(page);
	int axis = p->plot.left - 1;

	for (int row = 0; row < p->plot.rows; row++)
		put_muted(page, axis, top + row, f->upright);
	for (size_t i = p->y_ticks.n; i-- > 0;) {
		const struct tick *t = &p->y_ticks.items[i];
		int row = top +
			  cell_of(scale_pixel(&p->y, t->value), p->plot.rows);

		if (!*t->label && has_minors(&p->y))
			put_muted(page, axis, row, f->left_minor);
		if (!*t->label)
			continue;
		put_muted(page, axis, row, f->left);
		put(page, axis - 1 - width_of(t->label), row, t->label);
	}
}

/* Labels are as wide as the page, at most; those that touch are left out. */
static void draw_x_labels(const struct text_panel *p, struct cells *page,
			  int row)
{
	int free_from = 0;

	for (size_t i = 0; i < p->x_ticks.n; i++) {
		const struct tick *t = &p->x_ticks.items[i];
		int width = width_of(t->label);
		int x = p->plot.left - width / 2 +
			cell_of(scale_pixel(&p->x, t->value), p->plot.columns);

		if (x + width > page->width)
			x = page->width - width;
		if (!*t->label || x < free_from)
			continue;
		put(page, x, row, t->label);
		free_from = x + width + 1;
	}
}

static void draw_x_axis(const struct text_panel *p, struct cells *page, int top)
{
	const struct frame *f = frame_of(page);
	int title = p->plot.left + (p->plot.columns - width_of(p->x_title)) / 2;

	put_muted(page, p->plot.left - 1, top, f->corner);
	for (int x = 0; x < p->plot.columns; x++)
		put_muted(page, p->plot.left + x, top, f->flat);
	for (size_t i = p->x_ticks.n; i-- > 0;) {
		const struct tick *t = &p->x_ticks.items[i];
		int x = p->plot.left +
			cell_of(scale_pixel(&p->x, t->value), p->plot.columns);

		if (*t->label || has_minors(&p->x))
			put_muted(page, x, top,
				  *t->label ? f->below : f->below_minor);
	}
	draw_x_labels(p, page, top + 1);
	put(page, title, top + 2, p->x_title);
}

/* Poles where nothing else is, and the labels beside them. */
static void draw_marks(const struct text_panel *p, struct cells *page, int top)
{
	const struct frame *f = frame_of(page);
	int bottom = top + p->plot.rows;

	for (size_t i = 0; i < p->c->n_marks; i++) {
		const struct chart_mark *m = &p->c->marks[i];
		int x = p->plot.left +
			cell_of(scale_pixel(&p->x, m->x), p->plot.columns);

		if (!(m->x >= p->x.from && m->x <= p->x.to))
			continue;
		for (int row = top; row < bottom; row++)
			if (cells_is_blank(page, x, row))
				cells_text(page, x, row, f->pole, m->colour,
					   false);
	}
	for (size_t i = 0; i < p->flags.n; i++) {
		const struct flag *flag = &p->flags.items[i];
		int x = cell_of(flag->x, page->width), row = (int)flag->row;

		for (int k = 0; k <= row; k++)
			cells_text(page, x, top - 1 - k, f->pole,
				   flag->mark->colour, false);
		put(page,
		    flag->from < flag->x ? x - width_of(flag->text) : x + 1,
		    top - 1 - row, flag->text);
	}
}

static void draw_legend(const struct text_panel *p, struct cells *page, int top,
			const struct text_series *list)
{
	for (size_t i = 0; i < p->legend.n; i++) {
		const struct legend_entry *e = &p->legend.entries[i];
		int x = p->legend_left + (int)ceil(e->x);
		int row = top + (int)e->row;
		size_t k = 0;

		while (e->series && list[k].series != e->series)
			k++;
		if (e->series)
			cells_text(page, x, row, list[k].sample, list[k].colour,
				   false);
		put(page, e->series ? x + 3 : x, row, e->text);
	}
}

/* Dots first, so that characters that stand for single points are seen. */
static void draw_series(const struct text_panel *p, struct cells *page, int top,
			const struct text_series *list)
{
	struct text_plot plot = p->plot;

	plot.top += top;
	for (int glyphs = 0; glyphs < 2; glyphs++)
		for (size_t i = 0; i < p->c->n_series; i++)
			if (list[i].series->n > 0 && glyphs == !!*list[i].glyph)
				text_series_draw(&list[i], page, &plot, &p->x,
						 &p->y);
	if (!chart_has_data(p->c))
		put(page, plot.left + plot.columns / 2 - 4,
		    plot.top + plot.rows / 2, "no data");
}

void text_panel_draw(const struct text_panel *p, struct cells *page, int top)
{
	struct text_series *list = text_series_make(p->c, page);
	int plot = top + p->plot.top, axis = plot + p->plot.rows;

	draw_header(p, page, top);
	draw_series(p, page, top, list);
	draw_y_axis(p, page, plot);
	draw_x_axis(p, page, axis);
	draw_marks(p, page, plot);
	draw_legend(p, page, axis + 2 + (*p->x_title != '\0'), list);
	free(list);
}
