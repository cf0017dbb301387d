/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.h - where everything of a chart is on the page.
 *
 * Fonts and line widths grow with the square root of the size of the page: a
 * page of 800 by 600 px has scale 1, within 0.75 and 2.
 */
#ifndef CHART_LAYOUT_H
#define CHART_LAYOUT_H

#include "base/strlist.h"
#include "chart/flags.h"
#include "chart/legend.h"
#include "chart/scale.h"
#include "chart/ticks.h"

struct chart_layout {
	double scale; /* of fonts, margins and widths */
	double thin;  /* the width of axes and grid, px */
	double size;  /* of the font of labels, px */
	double title_size, subtitle_size, axis_size;
	double pad, tick;		/* margin; length of ticks */
	double left, right;		/* widths beside the plot */
	struct strlist title, subtitle; /* lines */
	struct box plot;		/* the inside of the axes */
	struct scale x, y;
	struct ticks x_ticks, y_ticks;
	char *x_title, *y_title; /* with units, shortened; "" for none */
	struct flags flags;
	struct legend legend;
	double legend_x, legend_y; /* its upper left corner; the margin else */
};

void layout_make(struct chart_layout *l, const struct chart *c);
void layout_release(struct chart_layout *l);

/* What a page of that size has as its scale. */
double layout_scale(double width, double height);

/* The height of a line of text of font size "size", px. */
double layout_line(double size);

#endif
