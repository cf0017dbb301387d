/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dots.h - rasterise a series to a grid of dots, for terminals.
 *
 *	struct dots d;
 *	dots_init(&d, 140, 56);
 *	dots_draw(&d, &x, &y, series, false);
 *	... dots_get(&d, 0, 0) ...
 *	dots_release(&d);
 *
 * Dot (x, y) is the square from (x, y) to (x + 1, y + 1), from the upper left
 * corner.  A value exactly at the end of a scale is in the last dot.
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
 * Draw a series in its style; POINTS as one dot each.  Positions of the scales
 * are dots: x from 0 to the width, y from the height to 0.  Lines are "dashed"
 * or solid.  If several areas begin in one column, the first one is drawn.
 */
void dots_draw(struct dots *d, const struct scale *x, const struct scale *y,
	       const struct chart_series *s, bool dashed);

/* Whether the dot is set; it must be within the grid. */
bool dots_get(const struct dots *d, int x, int y);

#endif
