/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distribution.h - samples, and their minimum, percentiles and maximum.
 *
 *	struct samples s = { 0 };
 *	samples_add(&s, 50000);
 *	samples_describe(&s, &distribution);	// sorts the samples
 *	samples_release(&s);
 *
 * Percentiles are interpolated between neighbours: of n sorted values, p is at
 * position (n - 1) p, counted from 0 (definition 7 of Hyndman and Fan, "Sample
 * Quantiles in Statistical Packages", 1996); so the median of an even number
 * is the mean of the middle two.  Rounded to an integer.
 */
#ifndef MODEL_DISTRIBUTION_H
#define MODEL_DISTRIBUTION_H

#include <stddef.h>
#include <stdint.h>

struct samples {
	int64_t *values; /* owned */
	size_t n, cap;
};

/* If n is 0 the other members have no meaning. */
struct distribution {
	uint64_t n;
	int64_t min, p50, p95, max;
};

void samples_add(struct samples *s, int64_t value);
void samples_describe(struct samples *s, struct distribution *out);
void samples_release(struct samples *s);

#endif
