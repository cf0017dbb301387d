/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.h - every payload byte gets its class.
 *
 * The definitions of RFC 8684 3.3 and of the byte classes: a payload byte of a
 * subflow is mapped to the data sequence space by the first mapping that
 * covers it, wherever in the capture that mapping stands; then, in order of
 * time, each byte is, in this order: TCP-retransmitted (its subflow byte was
 * seen before), unmapped, MPTCP-repeated (its data byte was seen on the same
 * subflow), reinjected (on another), else unique.  Their sum is what was sent.
 *
 * Where the ISN of a subflow was not captured it is deduced from the rule that
 * a segment lies inside the mapping that it carries, and used only when one
 * value is left.
 */
#ifndef MODEL_ACCOUNT_H
#define MODEL_ACCOUNT_H

#include "model/trace.h"

/*
 * Fill connection->bytes, and sent and unique of its streams.  "position" is
 * scratch space of trace->n_streams elements.
 */
void account_connection(struct trace *trace, struct connection *conn,
			size_t *position);

#endif
