/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/theme.h"

#define RGB(hex)                                                               \
	{                                                                      \
		(hex) >> 16, ((hex) >> 8) & 0xff, (hex)&0xff, 1                \
	}

/* Of lightness, from dark to light; neighbours in the list are far apart. */
#define GREYS                                                                  \
	{                                                                      \
		RGB(0x303030), RGB(0xc0c0c0), RGB(0x707070), RGB(0xe2e2e2),    \
			RGB(0x505050), RGB(0xacacac), RGB(0x202020),           \
			RGB(0xd4d4d4), RGB(0x8c8c8c), RGB(0xf2f2f2)            \
	}

static const struct theme themes[] = {
	[CHART_LIGHT] = {
		.background = RGB(0xffffff),
		.ink = RGB(0x1f2328),
		.muted = RGB(0x656d76),
		.axis = RGB(0x8c959f),
		.grid = RGB(0xe4e7eb),
		.accent = RGB(0xdd1144),
		.palette = { RGB(0x0072b2), RGB(0xd55e00), RGB(0x009e73),
			     RGB(0xcc79a7), RGB(0xe69f00), RGB(0x56b4e9),
			     RGB(0x661144), RGB(0x5a5a00), RGB(0x7766ff),
			     RGB(0x77bb66) },
		.fill_alpha = 0.6,
	},
	[CHART_DARK] = {
		.background = RGB(0x14181d),
		.ink = RGB(0xe6edf3),
		.muted = RGB(0x9aa4af),
		.axis = RGB(0x6b7580),
		.grid = RGB(0x2a3038),
		.accent = RGB(0xe00033),
		.palette = { RGB(0x56b4e9), RGB(0xe69f00), RGB(0x009e73),
			     RGB(0xf0e442), RGB(0xcc79a7), RGB(0xd55e00),
			     RGB(0x2f7fd0), RGB(0xb9f6d0), RGB(0x883377),
			     RGB(0x66bb66) },
		.fill_alpha = 0.6,
	},
	[CHART_PRINT] = {
		.background = RGB(0xffffff),
		.ink = RGB(0x000000),
		.muted = RGB(0x555555),
		.axis = RGB(0x000000),
		.grid = RGB(0xe0e0e0),
		.accent = RGB(0x777777),
		.whole = RGB(0xc8c8c8),
		.palette = { RGB(0x000000), RGB(0x8c8c8c), RGB(0x4d4d4d),
			     RGB(0xa3a3a3), RGB(0x262626), RGB(0x999999),
			     RGB(0x666666), RGB(0x7a7a7a), RGB(0x404040),
			     RGB(0x929292) },
		.fills = GREYS,
		.fill_alpha = 0.9,
	},
};

static const struct dash dashes[DASHES] = {
	[CHART_SOLID] = { 0, { 0 } },
	[CHART_DASHED] = { 2, { 5, 2.5 } },
	[CHART_DOTTED] = { 2, { 1.2, 1.8 } },
	[CHART_DASH_DOT] = { 4, { 6, 2, 1.2, 2 } },
	[CHART_LONG_DASHED] = { 2, { 9, 3 } },
};

/* One for each colour, where colours do not tell; a cross is never among
   them. */
static const enum chart_marker shapes[] = { CHART_DOT, CHART_TRIANGLE,
					    CHART_SQUARE, CHART_DIAMOND,
					    CHART_TRIANGLE_DOWN };

#define WEIGHT_WHOLE 2.8 /* more than that of the lines on it */

enum {
	SHAPES = sizeof(shapes) / sizeof(*shapes)
};

const struct theme *theme_of(enum chart_theme which)
{
	return &themes[which];
}

static size_t palette_size(const struct chart *c)
{
	return c->n_palette ? c->n_palette : PALETTE_SIZE;
}

/* Are there greys only? */
static bool is_grey(const struct chart *c)
{
	return c->theme == CHART_PRINT && !c->n_palette;
}

struct colour theme_colour(const struct chart *c, int colour)
{
	const struct theme *t = theme_of(c->theme);
	const struct chart_rgb *own = NULL;

	switch (colour) {
	case CHART_INK: return t->ink;
	case CHART_MUTED: return t->muted;
	case CHART_ACCENT: return t->accent;
	case CHART_WHOLE: return is_grey(c) ? t->whole : t->ink;
	default: break;
	}
	if (!c->n_palette)
		return t->palette[colour % PALETTE_SIZE];
	own = &c->palette[(size_t)colour % c->n_palette];
	return (struct colour){ own->r, own->g, own->b, 1 };
}

/* In print black, and grey when the shapes of markers are used up. */
struct colour theme_outline(const struct chart *c, int colour)
{
	if (is_grey(c) && colour == CHART_ACCENT)
		return theme_of(c->theme)->ink;
	if (!is_grey(c) || colour < 0)
		return theme_colour(c, colour);
	return theme_colour(c, colour / SHAPES % 2 ? 1 : 0);
}

struct colour theme_marks(const struct chart *c, const struct chart_series *s)
{
	return s->marker == CHART_CROSS ? theme_colour(c, s->colour)
					: theme_outline(c, s->colour);
}

double theme_weight(const struct chart *c, const struct chart_series *s)
{
	return is_grey(c) && s->colour == CHART_WHOLE ? WEIGHT_WHOLE
						      : s->weight;
}

struct colour theme_fill(const struct chart *c, int colour)
{
	const struct theme *t = theme_of(c->theme);
	struct colour out = theme_colour(c, colour);

	if (is_grey(c))
		out = colour >= 0 ? t->fills[colour % PALETTE_SIZE]
				  : t->background;
	out.alpha = t->fill_alpha;
	if (colour >= 0 && (size_t)colour / palette_size(c) % 2)
		out.alpha /= 2; /* the palette for the second time */
	return out;
}

const struct dash *theme_dash(const struct chart_series *s)
{
	return &dashes[s->dash % DASHES];
}

enum chart_marker theme_marker(const struct chart *c,
			       const struct chart_series *s)
{
	const bool is_points = s->style == CHART_POINTS;
	const bool is_area = s->style == CHART_AREA || s->style == CHART_BARS;
	size_t round = s->colour < 0 ? 0 : (size_t)s->colour / palette_size(c);

	if (s->marker != CHART_MARKER_AUTO &&
	    (is_points || s->marker == CHART_MARKER_NONE || s->colour < 0))
		return s->marker;
	if (is_area)
		return CHART_MARKER_NONE;
	if (c->theme == CHART_PRINT && s->colour >= 0)
		return shapes[((size_t)s->colour + round) % SHAPES];
	if (s->marker != CHART_MARKER_AUTO)
		return s->marker;
	return round	   ? shapes[round % SHAPES]
	       : is_points ? CHART_DOT
			   : CHART_MARKER_NONE;
}
