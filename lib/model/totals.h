/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * totals.h - how the numbers of summaries are distributed over connections.
 *
 *	struct totals totals = TOTALS_INIT;
 *	totals_add(&totals, &summary);	// of each connection
 *	totals_describe(&totals, TOTAL_GOODPUT, TO_SERVER, &distribution);
 *	totals_release(&totals);
 *
 * A number that is not known of a connection is no sample.  Samples are
 * integers, in the unit of the quantity times its total_scale(); digests of
 * them are kept (digest.h), no connection.
 */
#ifndef MODEL_TOTALS_H
#define MODEL_TOTALS_H

#include "model/digest.h"
#include "model/summary.h"

enum total_quantity {
	/* Of a connection: */
	TOTAL_SUBFLOWS,
	TOTAL_DURATION, /* s, from its first packet to the last */
	/* Of a direction: */
	TOTAL_UNIQUE,	     /* bytes */
	TOTAL_USED_SUBFLOWS, /* with payload; where there is any */
	TOTAL_DATA_DURATION, /* s, from first to last packet with payload */
	TOTAL_THROUGHPUT,    /* bit/s, of what was sent */
	TOTAL_GOODPUT,	     /* bit/s, of unique bytes */
	TOTAL_OVERHEAD,	     /* (sent - unique) / unique */
	TOTAL_LIMIT,	     /* s, in LIMIT_STARTING; in the others behind it */
	TOTAL_QUANTITIES = TOTAL_LIMIT + LIMIT_STATES
};

struct totals {
	struct digest of[TOTAL_QUANTITIES][2]; /* [0] of connections */
	/* Of the samples, UINT64_MAX where it would be more: */
	uint64_t sum[TOTAL_QUANTITIES][2];
	/* Directions that a state limited (limits_main()). */
	uint64_t limited[LIMIT_STATES][2];
};

#define TOTALS_INIT                                                            \
	{                                                                      \
		.of = { { DIGEST_INIT } }                                      \
	}

/* Is it one of each direction? */
bool total_has_direction(enum total_quantity quantity);

/* Does the sum of samples mean anything?  Not that of rates and ratios. */
bool total_has_sum(enum total_quantity quantity);

/* Is it a time in a state of limits.h? */
bool total_is_limit(enum total_quantity quantity);

/* What samples are multiplied by to be integers. */
double total_scale(enum total_quantity quantity);

void totals_add(struct totals *totals, const struct summary *summary);
/* Of a connection's quantity the direction does not matter. */
void totals_describe(struct totals *totals, enum total_quantity quantity,
		     enum direction direction, struct distribution *out);
/* Of the sums: all states together, ns. */
uint64_t totals_limit_time(const struct totals *totals,
			   enum direction direction);
void totals_release(struct totals *totals);

#endif
