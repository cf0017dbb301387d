/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrived.h - for limits.h: when data arrived, as the receiver's capture tells,
 * on the clock of the sender's.
 *
 * When it was acknowledged the sender knows later, and on whichever subflow the
 * DATA_ACK came: with both captures what waited for what goes by arrivals.
 */
#ifndef PAIR_ARRIVED_H
#define PAIR_ARRIVED_H

#include "model/limits.h"
#include "model/summary.h"
#include "pair/pairing.h"

/* The same connection in the capture at the receiver. */
struct arrived_from {
	const struct trace *trace;
	const struct connection *conn;
	const struct ledger *ledger;
};

/*
 * "in" is of the capture "sender", 0 or 1, of the pairing.  False, with nothing
 * to be released: the other capture was not taken at the receiver, the data of
 * the two cannot be compared, or the clocks not everywhere.
 */
bool arrived_find(const struct pairing *p, int sender,
		  const struct limits_input *in,
		  const struct arrived_from *receiver,
		  struct limit_arrivals *out);

/*
 * The limits of a summary of the first capture again, of those directions that
 * it has from the sender and the second one from the receiver.
 */
void arrived_improve(const struct pairing *p, struct summary *summary);

#endif
