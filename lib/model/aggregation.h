/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aggregation.h - what several paths brought over the best of them, and the
 * window that all of them need.
 *
 * From the delivery rates of the subflows (delivery_rate.h), which are at most
 * what their paths can carry, or from what the user says that these carry
 * (trace_capacity()).
 */
#ifndef MODEL_AGGREGATION_H
#define MODEL_AGGREGATION_H

#include <stdbool.h>

#include "model/limits.h"

struct aggregation {
	uint64_t goodput; /* unique bytes per time with data, bit/s; 0: not
			     known */
	uint64_t best;	  /* bit/s, of the best subflow alone; 0: not known */
	size_t best_subflow;
	bool best_is_given; /* by the user, rather than what it carried */
	uint64_t window; /* bytes that fill all paths: the sum of the rates, for
			    the longest round trip time (95th percentile) of
			    all; 0: not known */
	/*
	 * (g - C) / (sum - C) where the goodput g is at least C, the best rate
	 * of one, else (g - C) / C: -1 nothing, 0 as the best path alone, 1 all
	 * of them together (Paasch, Khalili, Bonaventure: "On the Benefits of
	 * Applying Experimental Design to Improve Multipath TCP", CoNEXT 2013).
	 * Not known with one subflow, or where the application was the limit.
	 */
	bool has_benefit;
	double benefit;
};

void aggregation_find(const struct limits_input *in,
		      const struct limits *limits, struct aggregation *out);

#endif
