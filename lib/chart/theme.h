/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme.h - colours, dashes and markers.
 *
 * The palettes of the light and the dark theme begin with the colours of Okabe
 * and Ito ("Color Universal Design", 2008), which people with any kind of
 * colour vision can tell apart; those without contrast to the background are
 * replaced.  The print theme has greys only; lines differ by dashes, too.
 */
#ifndef CHART_THEME_H
#define CHART_THEME_H

#include "chart/chart.h"

enum {
	PALETTE_SIZE = 8,
	DASHES = 6
};

struct colour {
	uint8_t r, g, b;
	double alpha; /* 0 to 1 */
};

struct theme {
	struct colour background, ink, muted, axis, grid;
	struct colour palette[PALETTE_SIZE];
	double fill_alpha; /* of areas and bars */
};

/* Lengths of dashes and gaps, in line widths; n == 0 is solid. */
struct dash {
	size_t n;
	double lengths[6];
};

const struct theme *theme_of(enum chart_theme which)
	__attribute__((returns_nonnull));

/* The palette repeats; CHART_INK and CHART_MUTED are understood. */
struct colour theme_colour(enum chart_theme which, int colour);

/* The same, for what a grey would not do: outlines and markers in print. */
struct colour theme_outline(enum chart_theme which, int colour);

/* The dash of a series: its own, or one that its colour leaves free. */
const struct dash *theme_dash(enum chart_theme which,
			      const struct chart_series *s)
	__attribute__((returns_nonnull));

/* The marker of a series, never CHART_MARKER_AUTO. */
enum chart_marker theme_marker(enum chart_theme which,
			       const struct chart_series *s);

#endif
