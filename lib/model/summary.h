/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary.h - all numbers of one connection: where its bytes went, and how
 * well.
 *
 *	struct summary s;
 *	summary_make(&trace, &trace.connections[0], &s);
 *	... s.direction[TO_SERVER].subflows[0] ...
 *	summary_release(&s);
 *
 * Directions are by MPTCP role.  The summary owns what hangs off it and borrows
 * the trace.  What only one end of a connection can tell is left out, with its
 * flag unset, when the capture was not taken there (vantage.h).
 */
#ifndef MODEL_SUMMARY_H
#define MODEL_SUMMARY_H

#include <stdbool.h>

#include "model/aggregation.h"
#include "model/delivery.h"
#include "model/limits.h"
#include "model/reinjection.h"
#include "model/reorder.h"
#include "model/tcpsummary.h"
#include "model/vantage.h"
#include "model/whole.h"

/* One direction of one subflow. */
struct subflow_summary {
	const struct stream *stream;
	const struct byte_counts *counts; /* of data, by class */
	const struct tcp_direction *tcp;  /* of the TCP stream */
	uint64_t reinjected_elsewhere;	  /* bytes that it sent first and others
					     sent again */
	int64_t blocking;		  /* ns, see reordering.blocked_by */
};

struct direction_summary {
	enum direction direction;
	const struct byte_counts *counts;
	struct period all, data;   /* packets; packets with payload */
	uint64_t switches;	   /* neighbouring payload packets on different
				      subflows */
	struct coverage coverage;  /* of the data */
	enum holes holes;	   /* what is missing in it was not ... */
	uint64_t new_data_packets; /* with at least one unique byte */
	struct repetition_totals reinjected;
	struct delivery delivery;
	struct limits limits;		/* only at the sender, */
	struct aggregation aggregation; /* as is this */
	bool at_sender, at_receiver;	/* where the capture was taken */
	struct reordering reordering;	/* only at the receiver */
	bool aborted; /* there: it threw away what it held (arrival.h) */
	struct subflow_summary *subflows; /* as in connection.subflows */
	size_t n_subflows;
};

struct summary {
	const struct trace *trace;
	const struct connection *conn;
	enum vantage vantage;
	struct vantage_verdict vantage_verdict; /* of it, with its reasons */
	bool plain;	  /* fell back: data is counted in subflow bytes */
	bool has_idsn[2]; /* data positions count from the first byte sent */
	struct tcp_summary *tcp; /* of the subflows */
	struct direction_summary direction[2];
};

/*
 * Why it is not known what limited a direction: "at_receiver", "in_the_middle"
 * or "place_unknown" is where the capture was taken; "not_captured": SYNs, data
 * or acknowledgments were not, or options are cut.  NULL: it is known, or there
 * was no data.
 */
const char *summary_limit_unknown(const struct summary *s, enum direction d);

void summary_make(struct trace *trace, struct connection *conn,
		  struct summary *out);
void summary_release(struct summary *s);

#endif
