/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_panel.h - for text_chart.h: the layout of a chart on a page of
 * characters.
 *
 * From top to bottom: title, title of the y axis, labels of marks, plot, x
 * axis, its labels, its title, legend.
 */
#ifndef CHART_TEXT_PANEL_H
#define CHART_TEXT_PANEL_H

#include "chart/flags.h"
#include "chart/legend.h"
#include "chart/text_series.h"
#include "chart/ticks.h"

/* The room for a panel. */
struct text_room {
	int width;     /* of the page, cells */
	int share;     /* of the height of the page, cells */
	int plot_rows; /* of these, for the inside of the axes */
	int left;      /* minimum width left of the plot, including its axis */
	bool no_x_title; /* the panel below has the same title */
};

struct text_panel {
	const struct chart *c;
	struct text_plot plot; /* its top is relative to the panel */
	struct scale x, y;     /* positions are cells of the plot */
	struct ticks x_ticks, y_ticks;
	struct flags flags;
	struct legend legend;
	int legend_left;
	char *title, *subtitle; /* shortened to the page; "": none */
	char *x_title, *y_title;
	bool one_line; /* the subtitle is on the same line as the title */
	int height;    /* total number of rows */
};

void text_panel_make(struct text_panel *p, const struct chart *c,
		     const struct text_room *room);
void text_panel_release(struct text_panel *p);

/* Draw it, from row "top" of the page on. */
void text_panel_draw(const struct text_panel *p, struct cells *page, int top);

#endif
