/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.h - for timeline.h: the state to find events that depend on the
 * whole transfer: stalls and handovers.
 *
 * A flow is one direction of one subflow, by MPTCP role.  All lists are in
 * order of time unless noted.  "packet" is an index in trace.packets, and so
 * represents a time; "piece" is an index in ledger.pieces, which are in order
 * of time, too.
 *
 * A piece is one transmission of its bytes.  For "effective" see timeline.h.
 * (A subflow that repeats its own data is no evidence about others.)
 */
#ifndef EVENTS_TRANSFER_H
#define EVENTS_TRANSFER_H

#include <stdbool.h>

#include "events/gather.h"
#include "events/stamps.h"
#include "model/flight.h"
#include "model/tcpsummary.h"
#include "model/vantage.h"

#define FOR_GOOD LEDGER_NO_PACKET /* after all packets */

/* A piece of data that was new to its subflow. */
struct __attribute__((packed, aligned(4))) carry {
	uint32_t piece;
	uint64_t bytes; /* total so far, including this piece */
};

/* Data of a flow that another subflow sent again. */
struct again {
	uint32_t piece;	  /* of the other */
	bool outstanding; /* not all of it is acknowledged on the flow */
	uint64_t bytes;	  /* of that, total so far (including this piece) that
			     is new to the other and has no DATA_ACK */
};

/* An acknowledgment of a flow that advanced. */
struct __attribute__((packed, aligned(4))) flow_progress {
	uint32_t packet : 31;
	uint32_t all : 1; /* nothing is outstanding any more */
	int64_t ack;	  /* position as in piece.ssn */
};

/*
 * A period in which nothing that the flow sent was effective, although data
 * was outstanding.
 */
struct failure {
	uint32_t last;	/* packet: the last effective one before */
	uint32_t since; /* packet: data is outstanding from here on */
	uint32_t until; /* packet: effective again, or everything is
			   acknowledged; or FOR_GOOD */
	bool lasts;	/* longer than the patience */
};

struct indices {
	uint32_t *items; /* owned */
	size_t n, cap;
};

struct flow_story {
	struct indices fresh;  /* pieces of bytes that are new to the flow,
				  sorted by position */
	struct carry *carries; /* owned, as all lists here */
	size_t n_carries, cap_carries;
	struct indices returns; /* carries after a pause longer than the flow's
				   patience; also the first one, if the
				   direction had carried data for that long */
	struct again *agains;
	size_t n_agains, cap_agains;
	struct flow_progress *progress;
	size_t n_progress, cap_progress;
	struct failure *failures;
	size_t n_failures, cap_failures;
	struct stamps repeated;	 /* its bytes -> piece + 1 that repeats them */
	struct rangemap covered; /* its bytes that were acknowledged */
	int64_t end;		 /* end of its bytes so far */
	int64_t data_end;	 /* end of its data so far; or LEDGER_UNKNOWN */
	/* While packets are processed: */
	struct flight flight;
	int64_t moved; /* position in the flight minus piece.ssn */
};

struct transfer {
	struct gather *g;
	struct flow_story *flows; /* [2 * subflow + direction]; owned */
	struct tcp_summary *tcp;  /* [subflow]: round-trip times only; a stream
				     of NULL: not measured yet; owned */
	size_t probe[2]; /* place of the last EVENT_WINDOW_PROBE, as in gather
			  */
	/* packets of client, server after their SYNs were captured */
	bool heard[2];
	/* For handovers; arrays by direction. */
	bool judged;		   /* handovers are possible */
	bool at_sender[2];	   /* captured at the sender, or unknown */
	bool at_receiver[2];	   /* known to be captured at the receiver */
	uint8_t *effective;	   /* one bit for each piece; owned */
	struct indices by_data[2]; /* pieces that sent data first, sorted by
				      data position */
	uint32_t first[2];	   /* first packet with data, if any */
	size_t acked[2]; /* index in by_data: everything before has DATA_ACKs */
	int64_t data_ack[2]; /* the highest; or LEDGER_UNKNOWN */
	size_t n_acks; /* number of the ledger's acknowledgments processed */
	struct stamps mapped[2];    /* data -> piece + 1 that maps it anew */
	struct indices backward[2]; /* pieces of new data below what their flow
				       had sent before: it had been scheduled
				       elsewhere */
	struct indices wakes[2]; /* effective pieces of new data on a flow that
				    was silent for longer than its round-trip
				    time */
};

/* Median round-trip time in ns; 0: unknown. */
int64_t transfer_rtt(struct transfer *t, uint32_t subflow, enum direction d);

/* How long a flow may be silent: max(3 round-trip times, 1 s), in ns. */
int64_t transfer_patience(struct transfer *t, uint32_t subflow,
			  enum direction d);

int64_t transfer_time(const struct transfer *t, uint32_t packet);
const struct piece *transfer_piece(const struct transfer *t, uint32_t piece);
int transfer_effective(const struct transfer *t, uint32_t piece);
void indices_push(struct indices *list, uint32_t item);

/*
 * Determine which pieces are effective (proof.c).  For each packet, whose
 * pieces are [from, to), first pass its acknowledgments, then its data.
 */
void proof_begin(struct transfer *t);
void proof_ack(struct transfer *t, uint32_t packet, struct flow_story *f,
	       int64_t ack, size_t pieces);
void proof_data_acks(struct transfer *t, uint32_t packet, size_t pieces);
void proof_data(struct transfer *t, size_t from, size_t to);

/* Call afterwards: fills flow.failures, flow.returns and wakes (failures.c). */
void find_failures(struct transfer *t);

void handover_events(struct transfer *t);

#endif
