/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/draw.h"

#include <math.h>

#include "chart/draw_series.h"
#include "chart/layout.h"
#include "chart/textfit.h"

/* Thin lines are sharp in the middle of pixels. */
static double sharp(double px)
{
	return floor(px) + 0.5;
}

static void draw_header(const struct chart_layout *l, struct canvas *cv,
			const struct theme *theme)
{
	struct text_style title = { .colour = theme->ink,
				    .size = l->title_size,
				    .bold = true };
	struct text_style subtitle = { .colour = theme->muted,
				       .size = l->subtitle_size };
	double y = l->pad;

	for (size_t i = 0; i < l->title.n; i++) {
		canvas_text(cv, l->pad, y + l->title_size * 0.95,
			    l->title.items[i], &title);
		y += layout_line(l->title_size);
	}
	for (size_t i = 0; i < l->subtitle.n; i++) {
		canvas_text(cv, l->pad, y + l->subtitle_size,
			    l->subtitle.items[i], &subtitle);
		y += layout_line(l->subtitle_size);
	}
}

static void draw_lines(const struct chart_layout *l, struct canvas *cv,
		       const struct path *p, struct colour colour)
{
	struct pen pen = { .colour = colour, .width = l->thin };

	canvas_stroke(cv, p, &pen);
}

static void draw_grid(const struct chart_layout *l, struct canvas *cv,
		      const struct theme *theme)
{
	struct path p = { .points = NULL };

	for (size_t i = 0; i < l->x_ticks.n; i++) {
		double x = sharp(scale_pixel(&l->x, l->x_ticks.items[i].value));

		if (!*l->x_ticks.items[i].label)
			continue;
		path_move(&p, x, l->plot.y0);
		path_line(&p, x, l->plot.y1);
	}
	for (size_t i = 0; i < l->y_ticks.n; i++) {
		double y = sharp(scale_pixel(&l->y, l->y_ticks.items[i].value));

		if (!*l->y_ticks.items[i].label)
			continue;
		path_move(&p, l->plot.x0, y);
		path_line(&p, l->plot.x1, y);
	}
	draw_lines(l, cv, &p, theme->grid);
	path_release(&p);
}

static void draw_x_axis(const struct chart_layout *l, struct canvas *cv,
			const struct theme *theme)
{
	struct text_style style = { .colour = theme->ink,
				    .size = l->size,
				    .anchor = TEXT_MIDDLE };
	double y = l->plot.y1 + l->tick + 3 * l->scale + l->size * 0.9;
	struct path p = { .points = NULL };

	for (size_t i = 0; i < l->x_ticks.n; i++) {
		const struct tick *t = &l->x_ticks.items[i];
		double x = sharp(scale_pixel(&l->x, t->value));

		path_move(&p, x, l->plot.y1);
		path_line(&p, x,
			  l->plot.y1 + (*t->label ? l->tick : l->tick / 2));
		canvas_text(cv, x, y, t->label, &style);
	}
	draw_lines(l, cv, &p, theme->axis);
	path_release(&p);
	style.size = l->axis_size;
	canvas_text(cv, (l->plot.x0 + l->plot.x1) / 2,
		    l->plot.y1 + l->tick + 6 * l->scale + layout_line(l->size) +
			    l->axis_size * 0.9,
		    l->x_title, &style);
}

/* Its middle: that of the axis, or lower when it is longer. */
static double y_title_at(const struct chart_layout *l)
{
	double half = text_width(l->y_title, l->axis_size, TEXT_REGULAR) / 2;

	return fmax((l->plot.y0 + l->plot.y1) / 2, l->plot.y0 + half);
}

static void draw_y_axis(const struct chart_layout *l, struct canvas *cv,
			const struct theme *theme)
{
	struct text_style style = { .colour = theme->ink,
				    .size = l->size,
				    .anchor = TEXT_END };
	struct path p = { .points = NULL };

	for (size_t i = 0; i < l->y_ticks.n; i++) {
		const struct tick *t = &l->y_ticks.items[i];
		double y = sharp(scale_pixel(&l->y, t->value));

		path_move(&p, l->plot.x0, y);
		path_line(&p, l->plot.x0 - (*t->label ? l->tick : l->tick / 2),
			  y);
		canvas_text(cv, l->plot.x0 - l->tick - 4 * l->scale,
			    y + l->size * 0.36, t->label, &style);
	}
	draw_lines(l, cv, &p, theme->axis);
	path_release(&p);
	style.size = l->axis_size;
	style.anchor = TEXT_MIDDLE;
	style.upwards = true;
	canvas_text(cv, l->pad + l->axis_size * 0.9, y_title_at(l), l->y_title,
		    &style);
}

static void draw_frame(const struct chart_layout *l, struct canvas *cv,
		       const struct theme *theme)
{
	struct path grey = { .points = NULL }, axes = { .points = NULL };

	path_move(&grey, l->plot.x0, l->plot.y0);
	path_line(&grey, l->plot.x1, l->plot.y0);
	path_line(&grey, l->plot.x1, l->plot.y1);
	draw_lines(l, cv, &grey, theme->grid);
	path_move(&axes, l->plot.x0, l->plot.y0);
	path_line(&axes, l->plot.x0, l->plot.y1);
	path_line(&axes, l->plot.x1, l->plot.y1);
	draw_lines(l, cv, &axes, theme->axis);
	path_release(&grey);
	path_release(&axes);
}

static void draw_no_data(const struct chart_layout *l, struct canvas *cv,
			 const struct theme *theme)
{
	struct text_style style = { .colour = theme->muted,
				    .size = l->title_size,
				    .anchor = TEXT_MIDDLE };

	canvas_text(cv, (l->plot.x0 + l->plot.x1) / 2,
		    (l->plot.y0 + l->plot.y1) / 2, "no data", &style);
}

/* Half of what lies on the border is outside of it; lines end at its sides. */
static struct box clip_of(const struct chart_layout *l, const struct chart *c,
			  const struct chart_series *s)
{
	bool markers = theme_marker(c, s) != CHART_MARKER_NONE;
	double out = rint((markers ? 5 : 2) * l->scale *
			  fmax(theme_weight(c, s), 1));
	double aside = markers ? out : 0.5;

	return (struct box){ l->plot.x0 - aside, l->plot.y0 - out,
			     l->plot.x1 + aside, l->plot.y1 + out };
}

static void draw_data(const struct chart_layout *l, struct canvas *cv,
		      const struct chart *c)
{
	for (size_t i = 0; i < c->n_series; i++) {
		struct box clip = clip_of(l, c, c->series[i]);

		canvas_begin(cv, c->series[i]->name, &clip);
		draw_series(l, cv, c, c->series[i]);
		canvas_end(cv);
	}
}

static void draw_one(const struct chart *c, struct canvas *cv)
{
	const struct theme *theme = theme_of(c->theme);
	struct chart_layout l;

	layout_make(&l, c);
	draw_header(&l, cv, theme);
	draw_grid(&l, cv, theme);
	draw_data(&l, cv, c);
	draw_frame(&l, cv, theme);
	draw_x_axis(&l, cv, theme);
	draw_y_axis(&l, cv, theme);
	flags_draw(&l.flags, cv, c, &l.x, &l.plot);
	legend_draw(&l.legend, cv, c, l.legend_x, l.legend_y);
	if (!chart_has_data(c))
		draw_no_data(&l, cv, theme);
	layout_release(&l);
}

/* A part of the page with its own size, but the fonts of the whole. */
static struct chart part_of(const struct chart *page, const struct chart *c,
			    double height)
{
	struct chart part = *c;

	part.width = page->width;
	part.height = height;
	part.theme = page->theme;
	part.scale = page->scale > 0 ? page->scale
				     : layout_scale(page->width, page->height);
	part.palette = page->palette;
	part.n_palette = page->n_palette;
	part.no_heading = page->no_heading;
	return part;
}

/* Their plots begin and end one above the other. */
static void align(struct chart *a, struct chart *b)
{
	struct chart_layout l, m;

	layout_make(&l, a);
	layout_make(&m, b);
	a->left = b->left = fmax(l.left, m.left);
	a->right = b->right = fmax(l.right, m.right);
	layout_release(&l);
	layout_release(&m);
}

void draw_chart(const struct chart *c, struct canvas *cv)
{
	struct chart upper, lower;
	double height = rint(c->height * 0.52); /* it has the title */

	if (!c->below) {
		draw_one(c, cv);
		return;
	}
	upper = part_of(c, c, height);
	lower = part_of(c, c->below, c->height - height);
	align(&upper, &lower);
	draw_one(&upper, cv);
	canvas_lower(cv, height);
	draw_one(&lower, cv);
}
