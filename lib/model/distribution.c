/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/distribution.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

void samples_add(struct samples *s, int64_t value)
{
	*MEM_PUSH(s->values, s->n, s->cap) = value;
}

/* Interpolated between the neighbours, rounded half up; of sorted values. */
static int64_t percentile(const struct samples *s, unsigned percent)
{
	size_t place = (s->n - 1) * percent;
	int64_t rest = (int64_t)(place % 100), step = 0;

	place /= 100;
	if (place + 1 < s->n)
		step = s->values[place + 1] - s->values[place];
	return s->values[place] + step / 100 * rest +
	       (step % 100 * rest + 50) / 100;
}

void samples_describe(struct samples *s, struct distribution *out)
{
	memset(out, 0, sizeof(*out));
	out->n = s->n;
	if (!s->n)
		return;
	sort_int64(s->values, s->n);
	out->min = s->values[0];
	out->p50 = percentile(s, 50);
	out->p95 = percentile(s, 95);
	out->max = s->values[s->n - 1];
}

void samples_release(struct samples *s)
{
	free(s->values);
	memset(s, 0, sizeof(*s));
}
