/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void samples_add(struct samples *s, int64_t value)
{
	MEM_PUSH_ROOM(s->values, s->n, s->cap);
	s->values[s->n++] = value;
}

static int by_value(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

int64_t samples_at(const struct samples *s, double p)
{
	double at = (double)(s->n - 1) * p;
	size_t low = (size_t)at;
	int64_t below = s->values[low], step = 0;

	if (low + 1 < s->n)
		step = s->values[low + 1] - below;
	return below + (int64_t)floor((double)step * (at - (double)low) + 0.5);
}

void samples_describe(struct samples *s, struct distribution *out)
{
	memset(out, 0, sizeof(*out));
	out->n = s->n;
	if (!s->n)
		return;
	qsort(s->values, s->n, sizeof(*s->values), by_value);
	out->min = s->values[0];
	out->p50 = samples_at(s, 0.5);
	out->p95 = samples_at(s, 0.95);
	out->max = s->values[s->n - 1];
}

void samples_release(struct samples *s)
{
	free(s->values);
	memset(s, 0, sizeof(*s));
}
