/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/theme.h"

#define RGB(hex)                                                               \
	{                                                                      \
		(hex) >> 16, ((hex) >> 8) & 0xff, (hex)&0xff, 1                \
	}

static const struct theme themes[] = {
	[CHART_LIGHT] = {
		.background = RGB(0xffffff),
		.ink = RGB(0x1f2328),
		.muted = RGB(0x656d76),
		.axis = RGB(0x8c959f),
		.grid = RGB(0xe4e7eb),
		.palette = { RGB(0x0072b2), RGB(0xd55e00), RGB(0x009e73),
			     RGB(0xcc79a7), RGB(0xe69f00), RGB(0x56b4e9),
			     RGB(0x661144), RGB(0x5a5a00) },
		.fill_alpha = 0.6,
	},
	[CHART_DARK] = {
		.background = RGB(0x14181d),
		.ink = RGB(0xe6edf3),
		.muted = RGB(0x9aa4af),
		.axis = RGB(0x6b7580),
		.grid = RGB(0x2a3038),
		.palette = { RGB(0x56b4e9), RGB(0xe69f00), RGB(0x009e73),
			     RGB(0xf0e442), RGB(0xcc79a7), RGB(0xd55e00),
			     RGB(0x2f7fd0), RGB(0xb9f6d0) },
		.fill_alpha = 0.6,
	},
	[CHART_PRINT] = {
		.background = RGB(0xffffff),
		.ink = RGB(0x000000),
		.muted = RGB(0x555555),
		.axis = RGB(0x000000),
		.grid = RGB(0xe0e0e0),
		.palette = { RGB(0x000000), RGB(0x8c8c8c), RGB(0x4d4d4d), RGB(0xa3a3a3), RGB(0x262626), RGB(0x999999), RGB(0x666666), RGB(0x7a7a7a) },
		.fill_alpha = 0.65,
	},
};

static const struct dash dashes[DASHES] = {
	{ 0, { 0 } },	     { 2, { 5, 2.5 } },
	{ 2, { 1.2, 1.8 } }, { 4, { 6, 2, 1.2, 2 } },
	{ 2, { 9, 3 } },     { 6, { 5, 2, 1.2, 1.6, 1.2, 2 } },
};

const struct theme *theme_of(enum chart_theme which)
{
	return &themes[which];
}

struct colour theme_colour(enum chart_theme which, int colour)
{
	const struct theme *t = theme_of(which);

	if (colour < 0)
		return colour == CHART_INK ? t->ink : t->muted;
	return t->palette[colour % PALETTE_SIZE];
}

struct colour theme_outline(enum chart_theme which, int colour)
{
	return theme_colour(which, which == CHART_PRINT ? CHART_INK : colour);
}

const struct dash *theme_dash(enum chart_theme which,
			      const struct chart_series *s)
{
	int dash = s->dash;

	if (dash < 0 && s->colour < 0)
		dash = 0;
	else if (dash < 0)
		dash = which == CHART_PRINT ? s->colour
					    : s->colour / PALETTE_SIZE;
	else if (which == CHART_PRINT && s->colour >= 0)
		dash = dash * (DASHES / 2) + s->colour;
	return &dashes[dash % DASHES];
}

enum chart_marker theme_marker(enum chart_theme which,
			       const struct chart_series *s)
{
	static const enum chart_marker markers[] = {
		CHART_DOT,    CHART_CROSS,   CHART_TRIANGLE,	 CHART_PLUS,
		CHART_SQUARE, CHART_DIAMOND, CHART_TRIANGLE_DOWN
	};
	enum chart_marker marker = s->marker;

	if (marker != CHART_MARKER_AUTO)
		return marker;
	if (s->style != CHART_POINTS)
		return CHART_MARKER_NONE;
	if (s->colour < 0)
		return CHART_DOT;
	/* In print for each colour, else when the palette is used up. */
	return markers[(size_t)(which == CHART_PRINT
					? s->colour
					: s->colour / PALETTE_SIZE) %
		       (sizeof(markers) / sizeof(*markers))];
}
