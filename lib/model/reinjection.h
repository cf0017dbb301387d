/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reinjection.h - list data that was sent again, packet by packet.
 *
 * There are three kinds: a reinjection sends data bytes on a subflow after
 * they were first sent on another one (Coudron, "Passive Analysis for
 * Multipath TCP", AINTEC 2019); an MPTCP repetition sends them again on the
 * same subflow with new subflow sequence numbers; a TCP retransmission sends
 * the same subflow bytes again.
 *
 *	struct repetitions list;
 *	repetitions_list(&trace, &ledger, &list);
 *	... list.items[i], list.frames ...
 *	repetitions_release(&list);
 */
#ifndef MODEL_REINJECTION_H
#define MODEL_REINJECTION_H

#include <stdbool.h>

#include "model/distribution.h"
#include "model/ledger.h"
#include "model/trace.h"

/*
 * Consecutive bytes of one packet that were first sent on one subflow, by one
 * or more packets.
 */
struct repetition {
	enum direction direction; /* MPTCP roles */
	enum byte_class byte_class;
	uint32_t packet;  /* the packet that sent them again */
	uint32_t subflow; /* its subflow: position in connection.subflows */
	uint32_t original_subflow;
	int64_t dsn; /* or LEDGER_UNKNOWN */
	uint64_t bytes;
	/* range in repetitions.originals: the packets that sent them first,
	   ascending */
	size_t originals, n_originals;
	bool has_spurious; /* DATA_ACKs of this direction were captured */
	/* all bytes had been acknowledged by a DATA_ACK before */
	bool spurious;
	bool probe; /* of a closed receive window (window_probe.h) */
};

struct repetitions {
	struct repetition *items; /* in order of time */
	size_t n, cap;
	uint32_t *originals; /* packet indices */
	size_t n_originals, cap_originals;
};

void repetitions_list(const struct trace *trace, const struct ledger *ledger,
		      struct repetitions *out);
void repetitions_release(struct repetitions *list);

/*
 * Bytes first sent on "from" and again on "to" (positions in
 * connection.subflows).
 */
struct matrix_cell {
	uint32_t from, to;
	uint64_t bytes;
};

struct matrix {
	struct matrix_cell *cells; /* sorted by from, then to; owned */
	size_t n, cap;
};

struct count {
	uint64_t packets, bytes;
};

/* Totals for one class of repetitions in one direction. */
struct repetition_totals {
	struct count all;
	bool has_spurious;     /* DATA_ACKs of the direction were captured */
	struct count spurious; /* acknowledged before they were sent again */
	/* ns after the originals; one sample per item */
	struct distribution delay;
	struct matrix matrix;
};

/* Time from the last of the originals to the repetition, ns. */
int64_t repetition_delay(const struct trace *trace,
			 const struct repetitions *list,
			 const struct repetition *r);

void repetitions_total(const struct trace *trace,
		       const struct repetitions *list, enum direction direction,
		       enum byte_class byte_class,
		       struct repetition_totals *out);
void repetition_totals_release(struct repetition_totals *totals);

#endif
