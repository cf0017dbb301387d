/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	CLASS_BITS = 7,
	CLASSES = 1 << CLASS_BITS /* between a power of two and the next one */
};

static size_t class_of(int64_t value)
{
	const uint64_t v = (uint64_t)value;
	unsigned shift = 0;

	if (v < CLASSES)
		return v;
	shift = 63 - CLASS_BITS - (unsigned)__builtin_clzll(v);
	return ((size_t)shift + 1) * CLASSES + (size_t)(v >> shift) - CLASSES;
}

/* The middle of a class. */
static int64_t value_of(size_t class)
{
	const size_t shift = class / CLASSES - 1;
	const int64_t low = CLASSES + (int64_t)(class % CLASSES);

	if (class < CLASSES)
		return (int64_t) class;
	return (low << shift) + (((int64_t)1 << shift) - 1) / 2;
}

static void count(struct digest *d, int64_t value)
{
	const size_t class = class_of(value);

	if (class >= d->cap)
		d->counts = mem_grow_zeroed(d->counts, &d->cap, class + 1,
					    sizeof(*d->counts));
	d->counts[class]++;
}

void digest_add(struct digest *d, int64_t value)
{
	if (value < 0)
		value = 0;
	if (!d->n || value < d->min)
		d->min = value;
	if (!d->n || value > d->max)
		d->max = value;
	d->n++;
	if (d->n <= DIGEST_EXACT) {
		samples_add(&d->few, value);
		return;
	}
	for (size_t i = 0; i < d->few.n; i++)
		count(d, d->few.values[i]);
	samples_release(&d->few);
	count(d, value);
}

/* The value at position "rank", counted from 0. */
static int64_t at_rank(const struct digest *d, uint64_t rank)
{
	uint64_t before = 0;
	int64_t value = d->max;

	for (size_t class = 0; class < d->cap; class ++) {
		before += d->counts[class];
		if (before <= rank)
			continue;
		value = value_of(class);
		break;
	}
	if (value < d->min)
		return d->min;
	return value > d->max ? d->max : value;
}

/* Interpolated between the neighbours, as in distribution.c. */
static int64_t percentile(const struct digest *d, unsigned percent)
{
	const uint64_t place = (d->n - 1) * percent;
	const int64_t low = at_rank(d, place / 100);
	const int64_t step = at_rank(d, (place + 99) / 100) - low;

	return low + step / 100 * (int64_t)(place % 100);
}

void digest_describe(struct digest *d, struct distribution *out)
{
	if (d->n <= DIGEST_EXACT) {
		samples_describe(&d->few, out);
		return;
	}
	*out = (struct distribution){ .n = d->n,
				      .min = d->min,
				      .p50 = percentile(d, 50),
				      .p95 = percentile(d, 95),
				      .max = d->max };
}

void digest_release(struct digest *d)
{
	samples_release(&d->few);
	free(d->counts);
	memset(d, 0, sizeof(*d));
}
