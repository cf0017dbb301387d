/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delivery_rate.h - the highest rate at which a TCP stream's data was
 * acknowledged: a lower bound of what its path can carry.
 *
 * The rate between two acknowledgments counts if at least 10 round-trip times
 * between them had data outstanding; other time is left out.  Where these are
 * less than 10 ms, packets that a queue of the sender's host holds back before
 * they are captured (tc-tbf(8)) make the path seem idle between any two of
 * them: there a rate counts over at least 100 ms, and pauses that are shorter
 * belong to it.  While duplicate acknowledgments show that something is
 * missing, it is unknown how much has arrived, so no interval begins there.
 *
 * The steepest line from an earlier acknowledgment to the current one starts
 * on the lower convex hull of the earlier ones (Chung and Lu, "An Optimal
 * Algorithm for the Maximum-Density Segment Problem", ESA 2003).
 */
#ifndef MODEL_DELIVERY_RATE_H
#define MODEL_DELIVERY_RATE_H

#include "model/trace.h"

enum {
	DELIVERY_RATE_RTTS = 10,
	DELIVERY_RATE_SHORT = 10000000, /* ns; if these are less, ... */
	DELIVERY_RATE_LEAST = 100000000 /* ... ns that count */
};

/*
 * Rates in bit/s of payload, by TCP direction.  "rtt" are the round-trip times
 * in ns of each sender, 0: unknown.  A rate is 0 if no interval was long
 * enough.  It is meaningful only for captures at the sender.
 */
void delivery_rate_measure(const struct trace *trace,
			   const struct stream *stream, const int64_t rtt[2],
			   uint64_t bps[2]);

#endif
