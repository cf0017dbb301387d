/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/trend.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"

enum {
	WINDOWS_MAX = 1024
};

int64_t window_width(struct clock_stretch r, int64_t wanted)
{
	int64_t least = (r.x2 - r.x1) / WINDOWS_MAX + 1;

	return wanted > least ? wanted : least;
}

static void windows_add(struct windows *out,
			const struct clock_sample *least[2])
{
	const struct clock_sample *f = least[TO_SERVER], *g = least[TO_CLIENT];

	if (f && g) {
		*MEM_PUSH(out->w, out->n, out->cap) =
			(struct trend_window){ .x = f->x + (g->x - f->x) / 2,
					       .mid = (f->y - g->y) / 2,
					       .rtt = f->y + g->y,
					       .weight = 1 };
	}
}

void windows_init(struct windows *out, const struct clock_data *d, size_t path,
		  struct clock_stretch r, int64_t width)
{
	const struct clock_sample *least[2] = { NULL, NULL };
	int64_t now = 0;

	*out = (struct windows){ .w = NULL };
	for (size_t i = clock_data_find(d, path, r.x1);
	     i < d->start[path + 1] && d->s[i].x <= r.x2; i++) {
		const struct clock_sample *s = &d->s[i];

		if ((s->x - r.x1) / width != now) {
			windows_add(out, least);
			least[0] = least[1] = NULL;
			now = (s->x - r.x1) / width;
		}
		if (!least[s->direction] || s->y < least[s->direction]->y)
			least[s->direction] = s;
	}
	windows_add(out, least);
}

static int compare_weighted(const void *va, const void *vb)
{
	const struct weighted *a = va, *b = vb;

	return COMPARE(a->value, b->value);
}

double weighted_median(struct weighted *a, size_t n)
{
	double total = 0, sum = 0, median = 0;

	SORT(a, n, compare_weighted);
	for (size_t i = 0; i < n; i++)
		total += a[i].weight;
	for (size_t i = 0; i < n && sum <= total / 2; i++) {
		sum += a[i].weight;
		median = a[i].value;
	}
	return median;
}

double windows_mid(const struct windows *w, size_t i)
{
	return (double)((__int128)w->w[i].mid - w->w[0].mid);
}

size_t windows_slopes(const struct windows *w, size_t reach,
		      struct weighted **out)
{
	struct weighted *a = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < w->n; i++)
		for (size_t j = i + 1; j < w->n && j - i <= reach; j++) {
			/* Each lies within its own period. */
			double dx = (double)(w->w[j].x - w->w[i].x);

			MEM_PUSH_ROOM(a, n, cap);
			a[n].value =
				(windows_mid(w, j) - windows_mid(w, i)) / dx;
			a[n++].weight = w->w[i].weight * w->w[j].weight;
		}
	*out = a;
	return n;
}

/*
 * The midpoint of a window can be wrong by half of the excess of its
 * round-trip time; so windows far above the minimum get little weight.
 */
static void windows_weigh(struct windows *w)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	int64_t least = INT64_MAX;
	double usual = 0;

	for (size_t i = 0; i < w->n; i++)
		least = w->w[i].rtt < least ? w->w[i].rtt : least;
	for (size_t i = 0; i < w->n; i++) {
		w->w[i].excess = (double)((__int128)w->w[i].rtt - least);
		a[i].value = w->w[i].excess;
	}
	SORT(a, w->n, compare_weighted);
	usual = a[w->n / 4].value + 1;
	for (size_t i = 0; i < w->n; i++)
		w->w[i].weight = 1 / (1 + w->w[i].excess / usual);
	free(a);
}

/* Median absolute deviation from the line, weighted or not. */
static double windows_mad(const struct windows *w, double slope, int by_weight)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	double middle = 0, mad = 0;

	for (size_t i = 0; i < w->n; i++) {
		a[i].value = windows_mid(w, i) -
			     slope * (double)(w->w[i].x - w->w[0].x);
		a[i].weight = by_weight ? w->w[i].weight : 1;
	}
	middle = weighted_median(a, w->n);
	for (size_t i = 0; i < w->n; i++)
		a[i].value = fabs(a[i].value - middle);
	mad = weighted_median(a, w->n);
	free(a);
	return mad;
}

/*
 * Errors within +-excess / 2 have a median of excess / 4.  A few good windows
 * may lie on a line by chance.
 */
static double windows_error(const struct windows *w)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	double error = 0;

	for (size_t i = 0; i < w->n; i++)
		a[i] = (struct weighted){ w->w[i].excess / 4, w->w[i].weight };
	error = weighted_median(a, w->n);
	free(a);
	return error;
}

/* The length of a uniform distribution with the same variance. */
static double windows_span(const struct windows *w)
{
	double sum = 0, mean = 0, square = 0;

	for (size_t i = 0; i < w->n; i++) {
		sum += w->w[i].weight;
		mean += w->w[i].weight * (double)(w->w[i].x - w->w[0].x);
	}
	mean /= sum;
	for (size_t i = 0; i < w->n; i++)
		square += w->w[i].weight *
			  pow((double)(w->w[i].x - w->w[0].x) - mean, 2);
	return sqrt(12 * square / sum);
}

static double windows_worth(const struct windows *w)
{
	double sum = 0, square = 0;

	for (size_t i = 0; i < w->n; i++) {
		sum += w->w[i].weight;
		square += w->w[i].weight * w->w[i].weight;
	}
	return sum * sum / square;
}

struct trend trend_of(const struct clock_data *d, size_t path,
		      struct clock_stretch r)
{
	struct trend t = { .mad = -1 };
	struct windows w;
	struct weighted *slopes = NULL;

	windows_init(&w, d, path, r, window_width(r, 2 * CLOCK_SECOND));
	if (w.n > 2) {
		windows_weigh(&w);
		size_t n = windows_slopes(&w, w.n, &slopes);

		t.slope = weighted_median(slopes, n);
		t.mad = windows_mad(&w, t.slope, 0);
		t.noise = fmax(windows_mad(&w, t.slope, 1), windows_error(&w));
		/* many time stamps have a resolution of 1 us */
		t.noise = fmax(t.noise, 1000);
		t.span = windows_span(&w);
		t.n = windows_worth(&w);
	}
	free(slopes);
	free(w.w);
	return t;
}

bool trend_is_sure(const struct trend *t, double doubt)
{
	double chance = 5 * CLOCK_MAD_TO_SIGMA * sqrt(12 / t->n);

	return t->n >= 5 &&
	       fabs(t->slope) * t->span > doubt * t->noise * fmax(3, chance);
}
