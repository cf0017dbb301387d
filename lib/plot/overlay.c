/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/sort.h"
#include "plot/draw.h"
#include "plot/log_axis.h"

struct values {
	double *items; /* owned */
	size_t n, cap;
};

static int ascending(const void *va, const void *vb)
{
	const double *a = va, *b = vb;

	return COMPARE(*a, *b);
}

/*
 * For plots over time: values of subflows, but not of losses or the whole
 * connection.
 */
static struct values gather(const struct chart *run)
{
	struct values v = { .items = NULL };

	for (size_t i = 0; i < run->n_series; i++) {
		const struct chart_series *s = run->series[i];

		if (s->colour < 0 || s->marker == CHART_CROSS)
			continue;
		for (size_t k = 0; k < s->n; k++)
			if (isfinite(s->points[k].y))
				*MEM_PUSH(v.items, v.n, v.cap) = s->points[k].y;
	}
	if (v.n > 0)
		SORT(v.items, v.n, ascending);
	return v;
}

/* The distribution of the whole connection that the run already contains. */
static const struct chart_series *whole_of(const struct chart *run)
{
	for (size_t i = 0; run->y.unit == CHART_RATIO && i < run->n_series; i++)
		if (run->series[i]->colour == CHART_INK ||
		    run->series[i]->colour == CHART_WHOLE)
			return run->series[i];
	return NULL;
}

static struct chart_series *add_series(struct chart *c, const char *name,
				       size_t n)
{
	char *text = mem_printf("%s (n = %zu)", name, n);
	struct chart_series *s = chart_add_series(c, CHART_STEP, text);

	s->brief = mem_strdup(name);
	s->colour = (int)c->n_series - 1;
	free(text);
	return s;
}

static void set_axes(struct chart *c, const struct chart *run)
{
	const bool is_one = run->y.unit == CHART_RATIO;
	const struct chart_axis *x = is_one ? &run->x : &run->y;

	if (c->x.title)
		return;
	chart_set_text(&c->x.title, "%s", x->title);
	if (x->brief)
		chart_set_text(&c->x.brief, "%s", x->brief);
	c->x.unit = x->unit;
	c->x.log = is_one && x->log;
	chart_set_text(&c->y.title, "%s",
		       is_one ? run->y.title : "Cumulative share");
	chart_set_text(&c->title, "%s", run->title);
	c->y.unit = CHART_RATIO;
	c->y.from = 0;
	c->y.to = PLOT_DISTRIBUTION_TOP;
}

int overlay_add(struct chart *c, const struct chart *run, const char *name,
		struct error *err)
{
	const struct chart_series *whole = whole_of(run);
	struct values v = { .items = NULL };
	struct chart_series *line = NULL;

	if (!whole)
		v = gather(run);
	if (!(whole ? whole->n : v.n)) {
		free(v.items);
		return error_set(err, EXIT_INPUT,
				 "'%s': nothing to draw: there are no values",
				 name);
	}
	set_axes(c, run);
	line = add_series(c, name, whole ? whole->n - 1 : v.n);
	for (size_t i = 0; whole && i < whole->n; i++)
		chart_add_point(line, whole->points[i].x, whole->points[i].y);
	if (!whole)
		chart_add_point(line, v.items[0], 0);
	for (size_t i = 0; i < v.n; i++)
		chart_add_point(line, v.items[i],
				(double)(i + 1) / (double)v.n);
	free(v.items);
	return 0;
}

void overlay_finish(const struct plot_kind *kind, enum plot_log log,
		    struct chart *c)
{
	const bool is_one = !(kind->needs & PLOT_TAILS);

	chart_set_text(&c->subtitle, "%zu run%s, %s of the largest connection",
		       c->n_series, plural(c->n_series),
		       is_one ? "all packets" : "all subflows");
	log_axis_set_runs(kind, log, c);
}

/* Length of the common beginning, in complete directories. */
static size_t same_beginning(const char *const *paths, size_t n)
{
	size_t at = 0;

	for (size_t k = 0; paths[0][k]; k++) {
		for (size_t i = 1; i < n; i++)
			if (paths[i][k] != paths[0][k])
				return at;
		if (paths[0][k] == '/')
			at = k + 1;
	}
	return at;
}

/* Length of the common end, from a "/" or "."; something is left of each. */
static size_t same_end(const char *const *paths, size_t n, size_t begin)
{
	const size_t len = strlen(paths[0]);
	size_t at = 0;

	for (size_t k = 1; begin + k < len; k++) {
		const char c = paths[0][len - k];

		for (size_t i = 1; i < n; i++) {
			const size_t other = strlen(paths[i]);

			if (begin + k >= other || paths[i][other - k] != c)
				return at;
		}
		if (c == '/' || c == '.')
			at = k;
	}
	return at;
}

char *overlay_name(const char *const *paths, size_t n, size_t i)
{
	const size_t begin = same_beginning(paths, n);
	const size_t end = same_end(paths, n, begin);
	const size_t len = strlen(paths[i]);

	return mem_printf("%.*s", (int)(len - begin - end), paths[i] + begin);
}
