/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/layout.h"

#include <stdlib.h>

#include "chart/textfit.h"
#include "chart/unit.h"

enum {
	ROUNDS = 3, /* until margins and labels agree */
	LABELS_FEW = 4,
	LOW_PAGE = 320,
	NARROW_PAGE = 500,
	ROWS_MOST = 1000
};

/* The top of the y axis may be bare of labels for this part of their step. */
#define BARE_MOST 0.5

/* Of the height of a page: what a legend gets without asking; what is left for
   the plot when it gets more, rather than to leave a name out. */
#define LEGEND 0.22
#define LEGEND_LOW 0.16
#define PLOT_LEAST 0.25

double layout_line(double size)
{
	return rint(size * 1.3);
}

double layout_scale(double width, double height)
{
	double s = sqrt(fmin(width / 800, height / 600));

	return fmin(fmax(s, 0.75), 2);
}

#define LABEL 12 /* px at scale 1 */

double layout_scale_of(double points)
{
	return points / 0.75 / LABEL; /* a px is 0.75 points */
}

static void set_sizes(struct chart_layout *l, const struct chart *c)
{
	l->scale = c->scale > 0 ? c->scale : layout_scale(c->width, c->height);
	l->thin = l->scale < 1.5 ? 1 : 2;
	l->size = LABEL * l->scale;
	l->axis_size = 12.5 * l->scale;
	l->title_size = 17 * l->scale;
	l->subtitle_size = 12.5 * l->scale;
	l->pad = rint(fmin(14 * l->scale, c->width / 40.0));
	l->tick = rint(5 * l->scale);
}

static void set_titles(struct chart_layout *l, const struct chart *c)
{
	double width = c->width - 2 * l->pad;
	size_t rows = c->height < LOW_PAGE ? 1 : 2;

	if (c->no_heading)
		return;
	if (c->title)
		text_wrap(&l->title, c->title, l->title_size, TEXT_BOLD, width,
			  rows);
	if (c->subtitle)
		text_wrap(&l->subtitle, c->subtitle, l->subtitle_size,
			  TEXT_REGULAR, width, rows);
}

static double header_height(const struct chart_layout *l)
{
	double h = l->pad + (double)l->title.n * layout_line(l->title_size) +
		   (double)l->subtitle.n * layout_line(l->subtitle_size);

	return h + (l->title.n + l->subtitle.n ? rint(8 * l->scale)
					       : rint(l->size / 3));
}

/* Below the axis: ticks, their labels, the title and the legend. */
static double footer_height(const struct chart_layout *l, size_t legend_rows)
{
	double h = l->pad + l->tick + layout_line(l->size) + 3 * l->scale;

	if (*l->x_title)
		h += layout_line(l->axis_size) + 3 * l->scale;
	if (legend_rows > 0)
		h += (double)legend_rows * legend_row_height(l->size) +
		     rint(6 * l->scale);
	return h;
}

/* Above the plot. */
static double top_height(const struct chart_layout *l)
{
	return header_height(l) + (double)l->flags.rows * l->flags.row_height;
}

/* At most "part" of the page, but one at least. */
static size_t rows_of(const struct chart *c, double part, double row,
		      size_t most)
{
	double rows = floor(c->height * part / row);

	return rows < 1 ? 1 : rows > (double)most ? most : (size_t)rows;
}

static void set_texts(struct chart_layout *l, const struct chart *c)
{
	const struct title_room x = { l->axis_size, TEXT_REGULAR,
				      l->plot.x1 - l->plot.x0 };
	const struct title_room y = { l->axis_size, TEXT_REGULAR,
				      l->legend_y - l->plot.y0 };

	free(l->x_title);
	free(l->y_title);
	l->x_title = unit_title_within(&c->x, l->x_ticks.symbol, l->x.from, &x);
	l->y_title = unit_title_within(&c->y, l->y_ticks.symbol, l->y.from, &y);
}

static void set_ticks(struct chart_layout *l, const struct chart *c)
{
	struct ticks_room room = { .size = l->size };

	ticks_make(&l->x_ticks, &c->x, &l->x, &room);
	room.vertical = true;
	ticks_make(&l->y_ticks, &c->y, &l->y, &room);
}

static size_t count_labels(const struct ticks *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += *t->items[i].label != '\0';
	return n;
}

static double last_label(const struct ticks *t)
{
	return t->items[count_labels(t) - 1].value;
}

/* How far the end of an axis is above its last label, in steps of labels. */
static double bare_end(const struct ticks *t, const struct scale *s)
{
	const size_t n = count_labels(t);
	const double last = n > 1 ? last_label(t) : 0;

	return n > 1 ? (s->to - last) / (last - t->items[n - 2].value) : 0;
}

/*
 * An axis with few labels ends at one, unless there is one near its end: else
 * values above the last label could not be read.
 */
static void raise_top(struct chart_layout *l, const struct chart *c)
{
	const size_t labels = count_labels(&l->y_ticks);
	const double top = l->y.to, bare = bare_end(&l->y_ticks, &l->y);

	if (l->y.log || isfinite(c->y.to) || unit_is_raw(c->y.unit) ||
	    labels > LABELS_FEW || bare <= BARE_MOST)
		return;
	l->y.to += (1 / bare - 1) * (top - last_label(&l->y_ticks));
	set_ticks(l, c);
	if (count_labels(&l->y_ticks) > labels)
		return;
	l->y.to = top;
	set_ticks(l, c);
}

static void make_legend(struct chart_layout *l, const struct chart *c)
{
	const double part = c->height < LOW_PAGE ? LEGEND_LOW : LEGEND;
	const double width = c->width - l->pad - l->legend_x;
	const size_t rows = rows_of(c, part, layout_line(l->size), ROWS_MOST);
	const double room = c->height * (1 - PLOT_LEAST) - top_height(l);
	size_t most = rows;

	while (most < ROWS_MOST && footer_height(l, most + 1) <= room)
		most++;
	legend_make(&l->legend, c, TEXT_REGULAR, l->size, width, rows, most);
}

double layout_legend_excess(const struct chart *c)
{
	struct chart roomy = *c;
	struct chart_layout l;
	double excess = 0;

	if (c->scale <= 0)
		roomy.scale = layout_scale(c->width, c->height);
	roomy.height = CHART_SIZE_MAX;
	layout_make(&l, &roomy);
	excess = (double)l.legend.rows * l.legend.row_height -
		 c->height * LEGEND;
	layout_release(&l);
	return excess > 0 ? excess : 0;
}

static void set_plot(struct chart_layout *l, const struct chart *c)
{
	double row = layout_line(l->size);
	struct flags_room flags = { .size = l->size * 0.92,
				    .left = l->pad,
				    .right = c->width - l->pad };

	l->plot.x0 = floor(l->left) + 0.5;
	l->plot.x1 = floor(fmax(c->width - l->right, l->left + 1)) + 0.5;
	l->x.at = l->plot.x0;
	l->x.at_end = l->plot.x1;
	l->legend_x = c->width < NARROW_PAGE ? l->pad : l->plot.x0;
	flags.rows = rows_of(c, c->height < LOW_PAGE ? 0.14 : 0.12, row, 4);
	flags_make(&l->flags, c, &l->x, &flags);
	make_legend(l, c);
	l->plot.y0 = floor(top_height(l)) + 0.5;
	l->plot.y1 = floor(fmax(c->height - footer_height(l, l->legend.rows),
				l->plot.y0 + 1)) +
		     0.5;
	l->y.at = l->plot.y1;
	l->y.at_end = l->plot.y0;
	l->legend_y = c->height - l->pad -
		      (double)l->legend.rows * l->legend.row_height;
}

/* The margins grow until the labels fit in. */
static void grow_margins(struct chart_layout *l)
{
	struct ticks_room room = { .size = l->size };
	double left = l->pad + ticks_width(&l->y_ticks, &room) + l->tick +
		      4 * l->scale;

	if (*l->y_title)
		left += layout_line(l->axis_size) + 4 * l->scale;
	l->left = fmax(l->left, left);
	for (size_t i = 0; i < l->x_ticks.n; i++) {
		const struct tick *t = &l->x_ticks.items[i];
		double half = text_width(t->label, l->size, TEXT_REGULAR) / 2;
		double x = scale_pixel(&l->x, t->value);

		l->left = fmax(l->left, l->pad + half - (x - l->plot.x0));
		l->right = fmax(l->right, l->pad + half - (l->plot.x1 - x));
	}
}

void layout_make(struct chart_layout *l, const struct chart *c)
{
	*l = (struct chart_layout){ .x = scale_range(c, 0),
				    .y = scale_range(c, 1) };
	double top = 0;

	set_sizes(l, c);
	set_titles(l, c);
	l->x_title = text_clean(c->x.title ? c->x.title : "x");
	l->y_title = text_clean(c->y.title ? c->y.title : "y");
	l->left = fmax(l->pad, c->left);
	l->right = fmax(l->pad + rint(4 * l->scale), c->right);
	top = l->y.to;
	for (int round = 0; round <= ROUNDS; round++) {
		l->y.to = top;
		set_plot(l, c);
		set_ticks(l, c);
		raise_top(l, c);
		set_texts(l, c);
		if (round < ROUNDS)
			grow_margins(l);
	}
}

void layout_release(struct chart_layout *l)
{
	strlist_release(&l->title);
	strlist_release(&l->subtitle);
	ticks_release(&l->x_ticks);
	ticks_release(&l->y_ticks);
	flags_release(&l->flags);
	legend_release(&l->legend);
	free(l->x_title);
	free(l->y_title);
	*l = (struct chart_layout){ .scale = 0 };
}
