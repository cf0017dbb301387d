/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary.h - all results for one connection: bytes, rates, round-trip times,
 * reordering, limits.
 *
 *	struct summary s;
 *	summary_make(&trace, &trace.connections[0], &s);
 *	... s.direction[TO_SERVER].subflows[0] ...
 *	summary_release(&s);
 *
 * Directions are by MPTCP role.  The summary owns what it points to, but
 * borrows the trace.  Values that only one end can know are missing, with
 * their flag unset, if the capture was not taken there (vantage.h).
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
#include "model/trace.h"
#include "model/vantage.h"
#include "model/whole.h"

/* One direction of one subflow. */
struct subflow_summary {
	const struct stream *stream;
	const struct byte_counts *counts; /* of data, by class */
	const struct tcp_direction *tcp;  /* of the TCP stream */
	uint64_t reinjected_elsewhere;	  /* bytes first sent here and again on
					     others */
	int64_t blocking;		  /* ns, see reordering.blocked_by */
};

struct direction_summary {
	enum direction direction;
	const struct byte_counts *counts;
	struct period all, data;   /* packets; packets with payload */
	uint64_t switches;	   /* successive payload packets on different
				      subflows */
	struct coverage coverage;  /* of the data */
	enum holes holes;	   /* why the data has holes */
	uint64_t new_data_packets; /* with at least one unique byte */
	struct repetition_totals reinjected;
	struct delivery delivery;
	struct limits limits;		/* known only at the sender, ... */
	struct aggregation aggregation; /* ... like this */
	bool at_sender, at_receiver;	/* where the capture was taken */
	struct reordering reordering;	/* known only at the receiver */
	bool aborted; /* the receiver discarded what it held (arrival.h) */
	/* in the order of connection.subflows */
	struct subflow_summary *subflows;
	size_t n_subflows;
};

struct other_end;

struct summary {
	const struct trace *trace;
	const struct connection *conn;
	enum vantage vantage;
	struct vantage_verdict vantage_verdict; /* the same with reasons */
	bool plain;	  /* fell back: subflow bytes are the data */
	bool has_idsn[2]; /* data positions are relative to the first byte */
	struct tcp_summary *tcp; /* by subflow */
	struct direction_summary direction[2];
	/* From the capture of the other end; NULL: none; owned. */
	struct other_end *other;
};

/*
 * The same connection in the capture of the other end, for what this one
 * cannot show (pair/both_ends.h).
 */
struct other_end {
	struct trace trace; /* "conn" is a copy; the rest is borrowed */
	struct connection conn;
	struct summary summary;
	size_t *subflow; /* by position here: position there, or
			    SUMMARY_NOWHERE; owned */
};

#define SUMMARY_NOWHERE SIZE_MAX

/*
 * The summary from the capture taken at the sender, or the receiver, of a
 * direction: this one, else that of the other end, else NULL.
 */
const struct summary *summary_at_sender(const struct summary *s,
					enum direction d);
const struct summary *summary_at_receiver(const struct summary *s,
					  enum direction d);

/*
 * Convert the position of a subflow in "s" to its position in "there" (s
 * itself or the other end's summary), and back.  SUMMARY_NOWHERE: it is not
 * there.
 */
size_t summary_position(const struct summary *s, const struct summary *there,
			size_t k);
size_t summary_position_back(const struct summary *s,
			     const struct summary *there, size_t k);

/*
 * Why it is unknown what limited a direction: "at_receiver", "in_the_middle"
 * or "place_unknown" say where the capture was taken; "not_captured": SYNs,
 * data or acknowledgments are missing, or options are truncated.  NULL: it is
 * known, or there was no data.
 */
const char *summary_limit_unknown(const struct summary *s, enum direction d);

void summary_make(struct trace *trace, struct connection *conn,
		  struct summary *out);
void summary_release(struct summary *s);

#endif
