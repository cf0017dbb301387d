/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aggregation.h - what several paths achieved compared with the best of them,
 * and the receive window that they need together.
 *
 * Uses the delivery rates of the subflows (delivery_rate.h), which are lower
 * bounds of what their paths can carry, or capacities given by the user
 * (trace_capacity()).
 */
#ifndef MODEL_AGGREGATION_H
#define MODEL_AGGREGATION_H

#include <stdbool.h>

#include "model/limits.h"

struct aggregation {
	uint64_t goodput; /* unique bytes per time with data, bit/s; 0: unknown
			   */
	uint64_t best;	  /* of the best single subflow, bit/s; 0: unknown */
	size_t best_subflow;
	bool best_is_given; /* by the user; else its delivery rate */
	uint64_t window; /* bytes needed to fill all paths: the sum of the rates
			    times the longest of their round-trip times (95th
			    percentile); 0: unknown */
	/*
	 * (g - C) / (sum - C) if the goodput g is at least C, the rate of the
	 * best subflow, else (g - C) / C: -1 nothing, 0 as the best path
	 * alone, 1 all of them together (Paasch, Khalili, Bonaventure: "On the
	 * Benefits of Applying Experimental Design to Improve Multipath TCP",
	 * CoNEXT 2013).  Unknown with one subflow, or if the application was
	 * the limit.
	 */
	bool has_benefit;
	double benefit;
};

void aggregation_find(const struct limits_input *in,
		      const struct limits *limits, struct aggregation *out);

#endif
