/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/log_axis.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/sort.h"

enum {
	LONG_TAIL = 10 /* times the median */
};

struct values {
	double *items; /* owned */
	size_t n, cap;
};

static void gather(const struct chart *c, bool x, struct values *out)
{
	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i]->n; k++) {
			const struct chart_point *p = &c->series[i]->points[k];

			if (isfinite(x ? p->x : p->y))
				*MEM_PUSH(out->items, out->n, out->cap) =
					x ? p->x : p->y;
		}
}

static int compare(const void *va, const void *vb)
{
	const double *a = va, *b = vb;

	return COMPARE(*a, *b);
}

static bool has_long_tail(const struct chart *c, bool x)
{
	struct values v = { .items = NULL };
	bool found = false;

	gather(c, x, &v);
	if (v.n > 0) {
		SORT(v.items, v.n, compare);
		found = v.items[0] > 0 &&
			v.items[v.n - 1] > LONG_TAIL * v.items[(v.n - 1) / 2];
	}
	free(v.items);
	return found;
}

/* Number of values that cannot be on a logarithmic axis. */
static size_t count_misfits(const struct chart *c, bool x)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i]->n; k++) {
			const struct chart_point *p = &c->series[i]->points[k];

			n += isfinite(p->x) && isfinite(p->y) &&
			     (x ? p->x : p->y) <= 0;
		}
	return n;
}

static void tell_misfits(struct chart *c, size_t n)
{
	char *before = c->subtitle ? mem_strdup(c->subtitle) : NULL;

	if (n > 0)
		chart_set_text(
			&c->subtitle, "%s%s%zu value%s not above 0 left out",
			before ? before : "", before ? ", " : "", n, plural(n));
	free(before);
}

void log_axis_set(const struct plot_kind *kind, enum plot_log log,
		  struct chart *c)
{
	size_t misfits = 0;

	if (log != PLOT_LOG_AUTO) {
		c->x.log = log == PLOT_LOG_OF_X;
		c->y.log = log == PLOT_LOG_OF_Y;
	} else if (kind->needs & PLOT_TAILS) {
		c->y.log = has_long_tail(c, false);
	}
	if (c->below && (kind->needs & PLOT_Y_LOG)) {
		c->below->y.log = c->y.log;
		misfits += c->y.log ? count_misfits(c->below, false) : 0;
	}
	if (c->x.log || c->y.log)
		misfits += count_misfits(c, c->x.log);
	tell_misfits(c, misfits);
}

void log_axis_set_runs(const struct plot_kind *kind, enum plot_log log,
		       struct chart *c)
{
	if (log != PLOT_LOG_AUTO)
		c->x.log = log == PLOT_LOG_OF_X;
	else if (kind->needs & PLOT_TAILS)
		c->x.log = has_long_tail(c, true);
	if (c->x.log)
		tell_misfits(c, count_misfits(c, true));
}
