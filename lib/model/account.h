/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.h - classify every payload byte: unique, retransmitted, repeated,
 * reinjected or unmapped.
 *
 * Packets are processed in order of time.  A byte is, in this order of
 * precedence: TCP-retransmitted (its subflow sequence number was seen before),
 * unmapped (no DSS mapping covers it), MPTCP-repeated (its data sequence
 * number was seen before on the same subflow), reinjected (it was seen on
 * another subflow), else unique.  The sum of the classes is what was sent.
 */
#ifndef MODEL_ACCOUNT_H
#define MODEL_ACCOUNT_H

#include "model/ledger.h"
#include "model/trace.h"

/*
 * Fill connection->bytes and the bytes of its streams.  "ledger", freshly
 * initialised, gets the details; NULL: only sums are needed.
 */
void account_connection(struct trace *trace, struct connection *conn,
			struct ledger *ledger);

/* The same, sums only, for all connections that were not accounted yet. */
void account_all(struct trace *trace);

/*
 * Account for packets [0, end) of the trace, which must not be later than the
 * packets after them, so that they can be dropped.  What is needed of them
 * later is added to "past" (trace->past, unless that is NULL).  The sums of
 * the connections must be computed anew afterwards.
 */
void account_past(struct trace *trace, struct past *past, size_t end);

#endif
