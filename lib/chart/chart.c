/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/chart.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "chart/textfit.h"

void chart_init(struct chart *c)
{
	*c = (struct chart){ .width = 800, .height = 600, .dpi = 96 };
	c->x.from = c->x.to = NAN;
	c->y.from = c->y.to = NAN;
}

void chart_release(struct chart *c)
{
	for (size_t i = 0; i < c->n_series; i++) {
		free(c->series[i]->name);
		free(c->series[i]->brief);
		free(c->series[i]->points);
		free(c->series[i]);
	}
	for (size_t i = 0; i < c->n_marks; i++) {
		free(c->marks[i].label);
		free(c->marks[i].of);
	}
	free(c->series);
	free(c->marks);
	free(c->title);
	free(c->subtitle);
	free(c->x.title);
	free(c->x.brief);
	free(c->y.title);
	free(c->y.brief);
	if (c->below)
		chart_release(c->below);
	free(c->below);
	*c = (struct chart){ .title = NULL };
}

void chart_set_text(char **text, const char *fmt, ...)
{
	char *made = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (fmt && vasprintf(&made, fmt, ap) < 0)
		made = NULL;
	va_end(ap);
	free(*text);
	*text = made ? text_clean(made) : NULL;
	free(made);
}

struct chart_series *chart_add_series(struct chart *c, enum chart_style style,
				      const char *name)
{
	struct chart_series *s = mem_calloc(1, sizeof(*s));

	*s = (struct chart_series){ .name = name ? text_clean(name) : NULL,
				    .style = style,
				    .colour = (int)c->n_series,
				    .weight = 1 };
	*MEM_PUSH(c->series, c->n_series, c->cap_series) = s;
	return s;
}

static void add(struct chart_series *s, double x, double y, double end)
{
	*MEM_PUSH(s->points, s->n, s->cap) = (struct chart_point){ x, y, end };
}

void chart_add_point(struct chart_series *s, double x, double y)
{
	add(s, x, y, y);
}

void chart_add_range(struct chart_series *s, double x, double y0, double y1)
{
	add(s, x, y0, y1);
}

void chart_add_bar(struct chart_series *s, double x0, double x1, double y)
{
	add(s, x0, y, x1);
}

struct chart_mark *chart_add_mark(struct chart *c, double x, const char *label,
				  int colour)
{
	struct chart_mark *m = MEM_PUSH(c->marks, c->n_marks, c->cap_marks);

	*m = (struct chart_mark){
		.x = x,
		.label = label ? text_clean(label) : NULL,
		.colour = colour,
	};
	return m;
}

struct chart *chart_add_below(struct chart *c)
{
	if (!c->below) {
		c->below = mem_calloc(1, sizeof(*c->below));
		chart_init(c->below);
	}
	return c->below;
}

bool chart_has_data(const struct chart *c)
{
	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i]->n; k++) {
			const struct chart_point *p = &c->series[i]->points[k];

			if (isfinite(p->x) && isfinite(p->y) &&
			    isfinite(p->end))
				return true;
		}
	return false;
}
