/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/text_chart.h"

#include <string.h>

#include "chart/text_panel.h"

enum {
	ROUNDS = 3, /* until heights and margins agree */
	PLOT_ROWS_MIN = 4,
	HEIGHT_MIN = 18, /* of what is chosen */
	HEIGHT_MAX = 40,
	AIRY = 30 /* from this height on a line between two charts */
};

struct text_pair {
	const struct chart *chart[2];
	struct text_panel panel[2];
	int n, gap; /* gap: rows between them */
};

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static void pair_release(struct text_pair *p)
{
	for (int i = 0; i < p->n; i++)
		text_panel_release(&p->panel[i]);
}

/* Plots of the same height, above one another. */
static void pair_make(struct text_pair *p, const struct chart *c)
{
	struct text_room room = { .width = (int)c->width, .plot_rows = 5 };
	const int page = (int)c->height;

	*p = (struct text_pair){ .chart = { c, c->below },
				 .n = c->below ? 2 : 1 };
	p->gap = c->below && page >= AIRY;
	room.share = page / p->n;
	for (int round = 0; round < ROUNDS; round++) {
		int left = page - p->gap;

		pair_release(p);
		for (int i = 0; i < p->n; i++) {
			room.no_x_title =
				i == 0 && c->below &&
				is_same(c->x.title, c->below->x.title);
			text_panel_make(&p->panel[i], p->chart[i], &room);
			left -= p->panel[i].height - room.plot_rows;
		}
		for (int i = 0; i < p->n; i++)
			if (p->panel[i].plot.left > room.left)
				room.left = p->panel[i].plot.left;
		if (round + 1 < ROUNDS)
			room.plot_rows = left / p->n > PLOT_ROWS_MIN
						 ? left / p->n
						 : PLOT_ROWS_MIN;
	}
}

void chart_text(const struct chart *c, FILE *out)
{
	struct text_pair pair;
	struct cells page;
	int height = 0, top = 0;

	pair_make(&pair, c);
	for (int i = 0; i < pair.n; i++)
		height += pair.panel[i].height + (i ? pair.gap : 0);
	cells_init(&page, (int)c->width, height, c->ascii,
		   c->theme == CHART_PRINT ? 0 : c->colours);
	for (int i = 0; i < pair.n; i++) {
		text_panel_draw(&pair.panel[i], &page, top);
		top += pair.panel[i].height + pair.gap;
	}
	cells_print(&page, out);
	cells_release(&page);
	pair_release(&pair);
}

int chart_text_height(const struct chart *c, int width, int rows)
{
	int height = width / 3;

	height = height < HEIGHT_MIN   ? HEIGHT_MIN
		 : height > HEIGHT_MAX ? HEIGHT_MAX
				       : height;
	if (c->below)
		height += height / 2;
	if (rows > 0 && height > rows - 2)
		height = rows - 2;
	return height > CHART_TEXT_HEIGHT_MIN ? height : CHART_TEXT_HEIGHT_MIN;
}
