/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * periods.h - the total duration of periods that may overlap and come in any
 * order, counting each moment once.
 *
 *	struct periods p = PERIODS_INIT(gap);
 *	periods_add(&p, from, to);	// ns since 1970; from <= to
 *	... periods_total(&p) ...
 *	periods_release(&p);
 *
 * Periods with at most "gap" between them are merged, including the gap.  So
 * their number is bounded by the total time divided by the gap.
 */
#ifndef MODEL_PERIODS_H
#define MODEL_PERIODS_H

#include <stddef.h>
#include <stdint.h>

struct span {
	int64_t from, to;
};

struct periods {
	int64_t gap;
	struct span *items; /* owned */
	size_t n, cap;
};

#define PERIODS_INIT(nanoseconds)                                              \
	{                                                                      \
		.gap = (nanoseconds)                                           \
	}

void periods_add(struct periods *p, int64_t from, int64_t to);

/* The total in ns. */
int64_t periods_total(struct periods *p);

void periods_release(struct periods *p);

#endif
