/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delivery.h - how acknowledgment of data progressed, and how long the receive
 * window was full.
 *
 * For one direction of a connection: the longest time without progress of the
 * DATA_ACK while data was outstanding, and the time during which the sender
 * had filled the receive window.  Both are computed from the ledger in order
 * of time.
 */
#ifndef MODEL_DELIVERY_H
#define MODEL_DELIVERY_H

#include <stdbool.h>

#include "model/ledger.h"
#include "model/trace.h"

struct delivery {
	bool has_interruption;	  /* DATA_ACKs and data were captured */
	int64_t interruption;	  /* ns, the longest; 0 when there was none */
	bool has_interruption_at; /* there was one: */
	int64_t interruption_at;  /* its beginning, ns since 1970; the first one
				     of equal length */
	bool interruption_open;	  /* it lasted until the last packet */
	bool has_limited;	  /* windows, window scale and MSS are known */
	int64_t limited; /* ns during which the highest byte sent was less than
			    an MSS below the end of the window (RFC 8684
			    3.3.5: one window for all subflows) */
	/*
	 * Parts of that time between the first and the last packet with
	 * payload.  Computed at the receiver, where data counts when it
	 * arrives and a window when it is offered, it is a lower bound for the
	 * sender.
	 */
	int64_t exhausted; /* ns */
	int64_t reader;	   /* ns with everything acknowledged: the application
			      at the receiver did not read */
};

void delivery_measure(const struct trace *trace, const struct connection *conn,
		      const struct ledger *ledger, enum direction d,
		      struct delivery *out);

/*
 * The largest segment that the receiver accepts on any subflow, in bytes; 0:
 * its SYNs were not captured.
 */
int64_t delivery_mss(const struct trace *trace, const struct connection *conn,
		     enum direction d);

#endif
