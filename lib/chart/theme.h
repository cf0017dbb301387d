/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme.h - colours, dashes and markers of the themes.
 *
 * The palettes of the light and dark themes begin with the colours of Okabe
 * and Ito ("Color Universal Design", 2008), which people with any kind of
 * colour vision can distinguish; those with little contrast to the background
 * are replaced.  The print theme has only greys, and a marker for each of its
 * colours, even along lines.  When the palette is used up it repeats with
 * markers.  Dashes and hollow markers are available to callers to express
 * other differences.
 */
#ifndef CHART_THEME_H
#define CHART_THEME_H

#include "chart/chart.h"

enum {
	PALETTE_SIZE = 10,
	DASHES = 5
};

struct colour {
	uint8_t r, g, b;
	double alpha; /* 0 to 1 */
};

struct theme {
	struct colour background, ink, muted, axis, grid, accent;
	struct colour whole; /* CHART_WHOLE, if there are greys only */
	struct colour palette[PALETTE_SIZE];
	struct colour fills[PALETTE_SIZE]; /* of areas and bars */
	double fill_alpha;		   /* of areas and bars */
};

/* Lengths of dashes and gaps, in line widths; n == 0: solid. */
struct dash {
	size_t n;
	double lengths[6];
};

const struct theme *theme_of(enum chart_theme which)
	__attribute__((returns_nonnull));

/* The palette repeats; CHART_INK and the like are accepted. */
struct colour theme_colour(const struct chart *c, int colour);

/* The same for outlines and markers, for which greys in print are too light. */
struct colour theme_outline(const struct chart *c, int colour);

/* The same for areas and bars, through which the grid remains visible. */
struct colour theme_fill(const struct chart *c, int colour);

/*
 * The same for the markers of a series: a cross has one shape for all colours,
 * so in print it has the grey of the lines.
 */
struct colour theme_marks(const struct chart *c, const struct chart_series *s);

/* How broad the lines of a series are. */
double theme_weight(const struct chart *c, const struct chart_series *s);

const struct dash *theme_dash(const struct chart_series *s)
	__attribute__((returns_nonnull));

/* The marker of a series, never CHART_MARKER_AUTO. */
enum chart_marker theme_marker(const struct chart *c,
			       const struct chart_series *s);

#endif
