/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.h - compute the position of every part of a chart on the page.
 *
 * Fonts and line widths grow with the square root of the page size: a page of
 * 800 by 600 px has scale 1; the scale is limited to 0.75 to 2.
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
	double legend_x, legend_y; /* upper left corner; otherwise the margin */
};

void layout_make(struct chart_layout *l, const struct chart *c);
void layout_release(struct chart_layout *l);

/*
 * How much higher a page should be so that a legend with many names does not
 * make its plot lower, px.
 */
double layout_legend_excess(const struct chart *c);

/* The scale of a page of that size. */
double layout_scale(double width, double height);

/* The scale at which labels are "points" points high. */
double layout_scale_of(double points);

/* The height of a line of text of font size "size", px. */
double layout_line(double size);

#endif
