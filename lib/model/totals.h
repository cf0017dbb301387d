/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * totals.h - distributions of results over many connections: mptcp-summary
 * --totals.
 *
 *	struct totals totals = TOTALS_INIT;
 *	totals_add(&totals, &summary);	// of each connection
 *	totals_describe(&totals, TOTAL_GOODPUT, TO_SERVER, &distribution);
 *	totals_release(&totals);
 *
 * A value that is unknown for a connection is not a sample.  Samples are
 * integers, in the unit of the quantity times its total_scale().  Digests of
 * them (digest.h) are kept, but no connections.
 */
#ifndef MODEL_TOTALS_H
#define MODEL_TOTALS_H

#include "model/digest.h"
#include "model/summary.h"

enum total_quantity {
	/* For each connection: */
	TOTAL_SUBFLOWS,
	TOTAL_DURATION, /* s, from its first packet to the last */
	/* For each direction: */
	TOTAL_UNIQUE,	     /* bytes */
	TOTAL_USED_SUBFLOWS, /* with payload; if there is any */
	TOTAL_DATA_DURATION, /* s, from first to last packet with payload */
	TOTAL_THROUGHPUT,    /* bit/s, of what was sent */
	TOTAL_GOODPUT,	     /* bit/s, of unique bytes */
	TOTAL_OVERHEAD,	     /* (sent - unique) / unique */
	TOTAL_LIMIT,	     /* s, in LIMIT_STARTING; other states follow */
	TOTAL_QUANTITIES = TOTAL_LIMIT + LIMIT_STATES
};

struct totals {
	struct digest of[TOTAL_QUANTITIES][2]; /* [0] for connections */
	/* Sums of the samples, limited to UINT64_MAX: */
	uint64_t sum[TOTAL_QUANTITIES][2];
	/* Number of directions limited by each state (limits_main()). */
	uint64_t limited[LIMIT_STATES][2];
};

#define TOTALS_INIT                                                            \
	{                                                                      \
		.of = { { DIGEST_INIT } }                                      \
	}

/* Whether there is one for each direction. */
bool total_has_direction(enum total_quantity quantity);

/* Whether the sum is meaningful, which it is not for rates and ratios. */
bool total_has_sum(enum total_quantity quantity);

/* Whether it is the time in a state of limits.h. */
bool total_is_limit(enum total_quantity quantity);

/* The factor that makes samples integers. */
double total_scale(enum total_quantity quantity);

void totals_add(struct totals *totals, const struct summary *summary);
/* The direction is ignored for quantities of connections. */
void totals_describe(struct totals *totals, enum total_quantity quantity,
		     enum direction direction, struct distribution *out);
/* The time in all states together, ns. */
uint64_t totals_limit_time(const struct totals *totals,
			   enum direction direction);
void totals_release(struct totals *totals);

#endif
