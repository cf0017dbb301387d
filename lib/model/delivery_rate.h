/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delivery_rate.h - how much of what a TCP stream sent was acknowledged per
 * second, at best: at least so much its path can carry.
 *
 * Over the time between two acknowledgments of which 10 round trip times, or
 * more, had data under way: other time does not count.  While repeated
 * acknowledgments say that something is missing nobody knows how much arrived,
 * so none of these begins there.
 *
 * The steepest line from an acknowledgment that is long enough before to this
 * one ends on the lower convex hull of those (Chung and Lu, "An Optimal
 * Algorithm for the Maximum-Density Segment Problem", ESA 2003).
 */
#ifndef MODEL_DELIVERY_RATE_H
#define MODEL_DELIVERY_RATE_H

#include "model/trace.h"

enum {
	DELIVERY_RATE_RTTS = 10
};

/*
 * Bit/s of payload, by TCP direction: of what the client and the server sent.
 * "rtt" are their round trip times, ns, 0 where unknown; a rate is 0 where
 * there was no such time.  Only at the sender it means anything.
 */
void delivery_rate_measure(const struct trace *trace,
			   const struct stream *stream, const int64_t rtt[2],
			   uint64_t bps[2]);

#endif
