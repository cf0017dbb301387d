/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sampling.h - reduce the load by sampling: when packets have been waiting for
 * long, only one of two connections is looked at, then one of four, and so on.
 *
 *	struct sampling sampling = SAMPLING_INIT;
 *	if (sampling_look(&sampling, &counts, now))
 *		live_sample(live, sampling.of);
 *
 * "now" is monotonic_ns().
 */
#ifndef LIVE_SAMPLING_H
#define LIVE_SAMPLING_H

#include <stdbool.h>
#include <stdint.h>

#include "live/source.h"

struct sampling {
	unsigned of;	/* one of so many connections is looked at */
	int64_t behind; /* since when more than half of the queue is full; 0:
			   it is not */
	int64_t calm;	/* since when less than an eighth is; 0: it is not */
};

#define SAMPLING_INIT                                                          \
	{                                                                      \
		.of = 1                                                        \
	}

/* Update; returns whether "of" has changed. */
bool sampling_look(struct sampling *s, const struct live_source_counts *counts,
		   int64_t now);

#endif
