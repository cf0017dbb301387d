/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delivery.h - how acknowledgment of data went on, and what held it up.
 *
 * For one direction of a connection: the longest time without progress of the
 * DATA_ACK while data was outstanding, and the time during which the sender had
 * filled the receive window.  Both read the ledger in order of time.
 */
#ifndef MODEL_DELIVERY_H
#define MODEL_DELIVERY_H

#include <stdbool.h>

#include "model/ledger.h"
#include "model/trace.h"

struct delivery {
	bool has_interruption;	  /* DATA_ACKs and data were captured */
	int64_t interruption;	  /* ns, the longest; 0 when there was none */
	bool has_interruption_at; /* there was one */
	int64_t interruption_at;  /* its beginning, ns since 1970; the first of
				     equal ones */
	bool interruption_open;	  /* it lasted until the last packet */
	bool has_limited; /* windows, their scale and the MSS are known */
	int64_t limited;  /* ns during which the highest byte sent was less than
			     an MSS below the end of the window (RFC 8684
			     3.3.5: one window for all subflows) */
	/* Of that, from the first to the last packet with payload; at the
	   receiver, where data counts as it arrives and a window as soon as it
	   is offered, it is at most what the sender had: */
	int64_t exhausted; /* ns */
	int64_t reader;	   /* ns with all of it acknowledged: the application at
			      the receiver did not read */
};

void delivery_measure(const struct trace *trace, const struct connection *conn,
		      const struct ledger *ledger, enum direction d,
		      struct delivery *out);

/* The largest segment that the receiver takes, on any subflow, bytes; 0: its
   SYNs were not captured. */
int64_t delivery_mss(const struct trace *trace, const struct connection *conn,
		     enum direction d);

#endif
