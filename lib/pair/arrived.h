/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrived.h - for limits.h: when data arrived at the receiver, according to
 * its capture, converted to the clock of the sender's capture.
 *
 * From its own capture a sender learns of an arrival only later, by the
 * DATA_ACK, which may come on any subflow.  With both captures waiting times
 * are computed from arrivals.
 */
#ifndef PAIR_ARRIVED_H
#define PAIR_ARRIVED_H

#include "model/limits.h"
#include "pair/pairing.h"

/* The same connection in the receiver's capture. */
struct arrived_from {
	const struct trace *trace;
	const struct connection *conn;
	const struct ledger *ledger;
};

/*
 * "sender" (0, 1) tells which capture of the pairing "in" belongs to.  False,
 * with nothing to release: the other capture was not taken at the receiver,
 * the data cannot be compared, or the clock offset is not known for the whole
 * time.
 */
bool arrived_find(const struct pairing *p, int sender,
		  const struct limits_input *in,
		  const struct arrived_from *receiver,
		  struct limit_arrivals *out);

#endif
