/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.h - how the data of a connection went: for events that no single
 * packet shows.
 *
 * A flow is one direction of one subflow, by MPTCP role.  All lists are in
 * order of time; "packet" is an index in trace.packets, and so a time.
 */
#ifndef EVENTS_TRANSFER_H
#define EVENTS_TRANSFER_H

#include "base/heap.h"
#include "events/gather.h"
#include "model/unwrap.h"

/* A packet with data that no packet had before.  There are many. */
struct __attribute__((packed, aligned(4))) carry {
	uint32_t piece; /* its first with such data, in the ledger */
	uint64_t bytes; /* of such data so far, this packet's included */
};

struct carries {
	struct carry *items; /* owned */
	size_t n, cap;
};

/* Data of a flow that another subflow sent again. */
struct again {
	uint32_t packet;
	uint32_t subflow; /* the other */
	int64_t x;
	uint64_t bytes; /* so far, this packet's included */
};

/* An acknowledgment of a flow that moved forward. */
struct __attribute__((packed, aligned(4))) progress {
	uint32_t packet;
	int64_t acked; /* end of the acknowledged data, in data positions, or
			  LEDGER_UNKNOWN */
};

/* Data was outstanding on a flow, and nothing acknowledged for too long. */
struct stall {
	int64_t begin, end; /* ns since 1970 */
};

struct flow_story {
	uint32_t *carries; /* its own: indices in transfer.carries */
	size_t n_carries, cap_carries;
	struct again *agains; /* owned, as all lists here */
	size_t n_agains, cap_agains;
	struct progress *progress;
	size_t n_progress, cap_progress;
	struct stall *stalls;
	size_t n_stalls, cap_stalls;
	/* While the packets are read. */
	struct unwrap sent;
	struct heap waiting; /* subflow position -> piece, not acknowledged */
	int has_sent, has_ack, answered, dead;
	int64_t high, ack;
	int64_t acked; /* as in struct progress */
	int silent;    /* outstanding data since ... */
	int64_t since;
	uint32_t since_packet;
	int64_t patience; /* 0: not known yet */
};

struct transfer {
	struct gather *g;
	struct flow_story *flows;  /* [2 * subflow + direction]; owned */
	struct carries carries[2]; /* by direction, of all subflows */
	int heard[2]; /* packets of the client, the server behind their SYNs */
};

/* How long a flow may be silent: max(3 round trip times, 1 s), in ns. */
int64_t transfer_patience(struct transfer *t, uint32_t subflow,
			  enum direction d);

void handover_events(struct transfer *t);

#endif
