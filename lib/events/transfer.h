/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.h - how the data of a connection went: for events that no single
 * packet shows.
 *
 * A flow is one direction of one subflow, by MPTCP role.  All lists are in
 * order of time unless said otherwise; "packet" is an index in trace.packets,
 * and so a time; "piece" one in ledger.pieces, which are in order of time, too.
 *
 * A piece is a transmission of its bytes.  It is "effective" when an ACK or a
 * SACK of its subflow covered one of its bytes, or a DATA_ACK did, before that
 * byte was sent again: on this subflow, or its data with a new mapping on any.
 * (A subflow that repeats what it had sent before says nothing of others.)  A
 * DATA_ACK proves that only for data that was sent once.
 */
#ifndef EVENTS_TRANSFER_H
#define EVENTS_TRANSFER_H

#include <stdbool.h>

#include "events/gather.h"
#include "events/stamps.h"
#include "model/flight.h"
#include "model/tcpsummary.h"
#include "model/vantage.h"

#define FOR_GOOD LEDGER_NO_PACKET /* behind all packets */

/* Data that a subflow had not sent: a piece of it. */
struct __attribute__((packed, aligned(4))) carry {
	uint32_t piece;
	uint64_t bytes; /* of them so far, this piece's included */
};

/* Data of a flow that another subflow sent again. */
struct again {
	uint32_t piece;	  /* of the other */
	bool outstanding; /* not all of it is acknowledged on the flow */
	uint64_t bytes;	  /* of that, what is new to the other and has no
			     DATA_ACK; so far, this piece's included */
};

/* An acknowledgment of a flow that moved forward. */
struct __attribute__((packed, aligned(4))) flow_progress {
	uint32_t packet : 31;
	uint32_t all : 1; /* nothing is outstanding any more */
	int64_t ack;	  /* as piece.ssn */
};

/* Nothing that the flow sent was effective, although data was outstanding. */
struct failure {
	uint32_t last;	/* packet: the last effective one */
	uint32_t since; /* packet: data is outstanding from here on */
	uint32_t until; /* packet: effective again, or all acknowledged; or
			   FOR_GOOD */
	bool lasts;	/* for longer than the patience */
};

struct indices {
	uint32_t *items; /* owned */
	size_t n, cap;
};

struct flow_story {
	struct indices fresh;  /* pieces of bytes that are new to the flow, by
				  their place in it */
	struct carry *carries; /* owned, as all lists here */
	size_t n_carries, cap_carries;
	struct indices returns; /* of carries: those behind a pause longer than
				   its patience; the first, if the direction
				   had carried data for so long */
	struct again *agains;
	size_t n_agains, cap_agains;
	struct flow_progress *progress;
	size_t n_progress, cap_progress;
	struct failure *failures;
	size_t n_failures, cap_failures;
	struct stamps repeated;	 /* its bytes -> piece + 1 that repeats them */
	struct rangemap covered; /* its bytes that are acknowledged */
	int64_t end;		 /* of its bytes so far */
	int64_t data_end;	 /* of its data so far; LEDGER_UNKNOWN */
	/* While the packets are read. */
	struct flight flight;
	int64_t moved; /* a position of the flight, less piece.ssn */
};

struct transfer {
	struct gather *g;
	struct flow_story *flows; /* [2 * subflow + direction]; owned */
	struct tcp_summary *tcp;  /* [subflow]: round trip times only; without
				     a stream: not measured yet; owned */
	bool heard[2]; /* packets of the client, the server behind their SYNs */
	/* For handovers; by direction. */
	bool judged;		   /* can there be any? */
	bool at_sender[2];	   /* not known to be captured elsewhere */
	bool at_receiver[2];	   /* known to be captured there */
	uint8_t *effective;	   /* a bit for each piece; owned */
	struct indices by_data[2]; /* pieces that sent data first, by its
				      place */
	uint32_t first[2];	   /* packet with data, if there is one */
	size_t acked[2];	 /* of them, before this one: have DATA_ACKs */
	int64_t data_ack[2];	 /* the highest; LEDGER_UNKNOWN */
	size_t n_acks;		 /* of the ledger's, so far */
	struct stamps mapped[2]; /* data -> piece + 1 that maps it anew */
	struct indices backward[2]; /* pieces of data below what their flow had
				       sent before, although it was not seen
				       before: it was sent elsewhere */
	struct indices wakes[2]; /* effective pieces of data that no packet had
				    before, on a flow that was silent for
				    longer than its round trip time */
};

/* Median round trip time, 0 where it is not known; ns. */
int64_t transfer_rtt(struct transfer *t, uint32_t subflow, enum direction d);

/* How long a flow may be silent: max(3 round trip times, 1 s), in ns. */
int64_t transfer_patience(struct transfer *t, uint32_t subflow,
			  enum direction d);

int64_t transfer_time(const struct transfer *t, uint32_t packet);
const struct piece *transfer_piece(const struct transfer *t, uint32_t piece);
int transfer_effective(const struct transfer *t, uint32_t piece);
void indices_push(struct indices *list, uint32_t item);

/*
 * The bookkeeping of what is effective (proof.c).  Packet by packet, whose
 * pieces are [from, to): first what it acknowledges, then what it brings.
 */
void proof_begin(struct transfer *t);
void proof_ack(struct transfer *t, uint32_t packet, struct flow_story *f,
	       int64_t ack, size_t pieces);
void proof_data_acks(struct transfer *t, uint32_t packet, size_t pieces);
void proof_data(struct transfer *t, size_t from, size_t to);

/* Afterwards: flow.failures, flow.returns, wakes (failures.c). */
void find_failures(struct transfer *t);

void handover_events(struct transfer *t);

#endif
