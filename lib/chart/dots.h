/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dots.h - a series as dots of a grid, each there or not.
 *
 *	struct dots d;
 *	dots_init(&d, 140, 56);
 *	dots_draw(&d, &x, &y, series, false);
 *	... dots_get(&d, 0, 0) ...
 *	dots_release(&d);
 *
 * A dot (x, y) is the square from there to (x + 1, y + 1), from the upper left
 * corner; a value that comes to lie at the end of a scale is within the last
 * one.
 */
#ifndef CHART_DOTS_H
#define CHART_DOTS_H

#include <stdbool.h>

#include "chart/scale.h"

struct dots {
	int width, height;
	unsigned char *set; /* owned; [y * width + x] */
};

void dots_init(struct dots *d, int width, int height);
void dots_release(struct dots *d);

/*
 * Add a series, whatever its style; of POINTS a dot each.  The scales'
 * positions are dots: x from 0 to the width, y from the height to 0.  Lines are
 * "dashed", or solid.  Of several areas that begin in one column the first is
 * drawn.
 */
void dots_draw(struct dots *d, const struct scale *x, const struct scale *y,
	       const struct chart_series *s, bool dashed);

/* Whether the dot is set; it must be within the grid. */
bool dots_get(const struct dots *d, int x, int y);

#endif
