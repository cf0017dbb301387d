/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.h - every payload byte gets its class.
 *
 * In order of time each byte is, in this order: TCP-retransmitted (its subflow
 * byte was seen before), unmapped (no DSS says what it is), MPTCP-repeated (its
 * data byte was seen on the same subflow), reinjected (on another), else
 * unique.  Their sum is what was sent.
 */
#ifndef MODEL_ACCOUNT_H
#define MODEL_ACCOUNT_H

#include "model/ledger.h"
#include "model/trace.h"

/*
 * Fill connection->bytes and the bytes of its streams.  "ledger", freshly
 * initialised, gets the details; NULL where only sums are wanted.
 */
void account_connection(struct trace *trace, struct connection *conn,
			struct ledger *ledger);

/* The sums of all connections that have none yet. */
void account_all(struct trace *trace);

#endif
