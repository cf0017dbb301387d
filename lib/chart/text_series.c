/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/text_series.h"

#include <string.h>

#include "base/mem.h"
#include "chart/dots.h"
#include "chart/theme.h"

/* Characters for lines and points, and denser ones for areas. */
static const char thin[] = "*+xo@&$abcdefghijklmnpqrstuvwyz";
static const char dense[] = "#=:%-.~^ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Points below this weight give way to others. */
#define LIGHT 0.75

static bool is_area(const struct chart_series *s)
{
	return s->style == CHART_AREA || s->style == CHART_BARS;
}

/* Points that are more than dots. */
static const char *marker_of(const struct chart *c,
			     const struct chart_series *s)
{
	static const char *const markers[] = {
		[CHART_CROSS] = "\xc3\x97",
		[CHART_PLUS] = "+",
		[CHART_TRIANGLE] = "\xe2\x96\xb2",
		[CHART_TRIANGLE_DOWN] = "\xe2\x96\xbc",
		[CHART_SQUARE] = "\xe2\x96\xa0",
		[CHART_DIAMOND] = "\xe2\x97\x86",
	};
	static const char *const hollow[] = {
		[CHART_DOT] = "\xe2\x97\x8b",
		[CHART_CROSS] = "\xe2\x8a\x97",
		[CHART_PLUS] = "\xe2\x8a\x95",
		[CHART_TRIANGLE] = "\xe2\x96\xb3",
		[CHART_TRIANGLE_DOWN] = "\xe2\x96\xbd",
		[CHART_SQUARE] = "\xe2\x96\xa1",
		[CHART_DIAMOND] = "\xe2\x97\x87",
	};
	enum chart_marker m = theme_marker(c, s);

	if (s->style != CHART_POINTS || m < CHART_DOT)
		return NULL;
	return s->hollow ? hollow[m] : m > CHART_DOT ? markers[m] : NULL;
}

static const char *sample_of(const struct text_series *t)
{
	switch (t->series->style) {
	case CHART_LINE:
	case CHART_STEP:
		return t->dashed ? "\xe2\x95\x8c\xe2\x95\x8c"
				 : "\xe2\x94\x80\xe2\x94\x80";
	case CHART_SEGMENTS: return "\xe2\x94\x83\xe2\x94\x83";
	case CHART_AREA:
	case CHART_BARS: return "\xe2\x96\x88\xe2\x96\x88";
	default: return "\xe2\x80\xa2\xe2\x80\xa2";
	}
}

static void set_dots(struct text_series *t, const struct chart *c)
{
	const char *marker = marker_of(c, t->series);

	snprintf(t->glyph, sizeof(t->glyph), "%s", marker ? marker : "");
	snprintf(t->sample, sizeof(t->sample), "%s",
		 marker ? marker : sample_of(t));
}

static bool can_be_dots(const struct chart *c, const struct cells *page)
{
	size_t seen = 0;

	for (size_t i = 0; i < c->n_series; i++) {
		seen += c->series[i]->n > 0;
		if (c->series[i]->n > 0 &&
		    c->series[i]->colour >= CELLS_COLOURS)
			return false; /* dots of one colour would be of two */
	}
	return !page->ascii && (page->colours > 0 || seen <= 1);
}

struct text_series *text_series_make(const struct chart *c,
				     const struct cells *page)
{
	struct text_series *list = mem_calloc(c->n_series + 1, sizeof(*list));
	bool dots = can_be_dots(c, page);
	size_t next[2] = { 0, 0 };

	for (size_t i = 0; i < c->n_series; i++) {
		const struct chart_series *s = c->series[i];
		struct text_series *t = &list[i];
		const char *glyphs = is_area(s) ? dense : thin;

		*t = (struct text_series){ .series = s, .colour = s->colour };
		t->dashed = dots && theme_dash(s)->n > 0;
		if (dots)
			set_dots(t, c);
		else if (s->n > 0)
			t->glyph[0] = t->sample[0] =
				glyphs[next[is_area(s)]++ % strlen(glyphs)];
	}
	return list;
}

/* The dots of a cell, as bits. */
static uint8_t gather(const struct dots *d, int x, int y)
{
	uint8_t bits = 0;

	for (int column = 0; column < 2; column++)
		for (int row = 0; row < 4; row++)
			if (dots_get(d, 2 * x + column, 4 * y + row))
				bits |= cells_dot(column, row);
	return bits;
}

static struct scale stretched(const struct scale *s, int by)
{
	struct scale out = *s;

	out.at *= by;
	out.at_end *= by;
	return out;
}

void text_series_draw(const struct text_series *t, struct cells *page,
		      const struct text_plot *plot, const struct scale *x,
		      const struct scale *y)
{
	enum cells_mix mix = is_area(t->series) ? CELLS_FILL : CELLS_OVER;
	bool glyphs = *t->glyph;
	bool light = t->series->weight < LIGHT;
	struct scale sx = stretched(x, glyphs ? 1 : 2);
	struct scale sy = stretched(y, glyphs ? 1 : 4);
	struct dots d;

	dots_init(&d, plot->columns * (glyphs ? 1 : 2),
		  plot->rows * (glyphs ? 1 : 4));
	dots_draw(&d, &sx, &sy, t->series, t->dashed);
	for (int row = 0; row < plot->rows; row++)
		for (int column = 0; column < plot->columns; column++) {
			int at = plot->left + column, line = plot->top + row;

			if (!glyphs)
				cells_dots(page, at, line,
					   gather(&d, column, row), t->colour,
					   mix);
			else if (dots_get(&d, column, row) &&
				 (!light || cells_is_blank(page, at, line)))
				cells_text(page, at, line, t->glyph, t->colour,
					   false);
		}
	dots_release(&d);
}
