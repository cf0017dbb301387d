/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * discarded.h - detect data that arrived, but was discarded by the receiver, or
 * had to wait on its subflow.
 *
 * Uses the receiver's capture alone, for one direction of a connection.  That
 * a byte arrived does not prove that it was kept.  A DATA_ACK is cumulative
 * (RFC 8684 section 3.3.2): the byte it asks for is missing, and nothing is
 * known about bytes after it.  A data byte is known to be discarded if
 *
 * - no mapping that arrived on its subflow covers it: the receiver cannot know
 *   its place in the data;
 * - the receiver sent an MP_FAIL on that subflow with its number or a lower
 *   one (section 3.7: data from there on is discarded);
 * - it arrived after a RST that the receiver sent on that subflow;
 * - the DATA_ACK does not advance: it is the highest so far, it announces a
 *   window, and the byte it asks for had arrived on that subflow, where
 *   nothing held it back: the subflow had all bytes up to the end of its
 *   mapping (with checksums nothing is delivered before), for longer than
 *   DISCARDED_PATIENCE or until the receiver reset the subflow.  Bytes that
 *   arrived after it on the same subflow are discarded, too, since a subflow
 *   delivers in order.
 *
 * A byte that was not discarded cannot be used before all bytes below it have
 * arrived on its subflow.  It came too late for its first transmission if a
 * DATA_ACK covers it while that is not the case, nor TCP has acknowledged its
 * packet, and a repetition was in order by then: then that one was used.
 *
 *	struct discarded d;
 *	discarded_find(&trace, conn, TO_SERVER, &d);
 *	if (discarded_ask(&d, &question) == DISCARDED) ...
 *	discarded_release(&d);
 *
 * Takes O(n log n), a question O(log n).  The trace is borrowed until release.
 */
#ifndef PAIR_DISCARDED_H
#define PAIR_DISCARDED_H

#include <stdbool.h>

#include "pair/firsts.h"

/*
 * ns.  A receiver acknowledges what it can deliver sooner than that; the
 * longest time measured was 11 ms.
 */
#define DISCARDED_PATIENCE INT64_C(50000000)

struct subflow_fate; /* private */
struct ack_mark;

struct discarded {
	const struct trace *trace; /* private */
	enum direction direction;  /* of the data; MPTCP roles */
	bool known; /* the IDSN is known, and no fallback came before data */
	struct data_firsts firsts;
	struct subflow_fate *subflows;
	struct ack_mark *acks;
	size_t n_acks, n_subflows;
};

/* Data that arrived again, after its first transmission had arrived. */
struct discarded_question {
	int64_t dsn, end; /* [dsn, end) */
	uint32_t packet;  /* the packet that carried it again */
	bool has_place;	  /* the place of byte discarded_missing() is given: */
	uint32_t subflow; /* position in connection.subflows */
	int64_t ssn;
};

enum discarded_answer {
	DISCARDED_NOT, /* no evidence, or a DATA_ACK had covered all of it */
	DISCARDED, /* discarded, and acknowledged only after the repetition */
	DISCARDED_WAITED, /* not discarded, but waited on its subflow when the
			     repetition was used in its place */
	DISCARDED_BOTH /* discarded and never acknowledged: the repetition may
			  have been discarded, too */
};

void discarded_find(const struct trace *trace, const struct connection *conn,
		    enum direction direction, struct discarded *out);
void discarded_release(struct discarded *d);

/*
 * The first position at or after "dsn" that no DATA_ACK before the packet
 * covers; "dsn" if nothing is known.
 */
int64_t discarded_missing(const struct discarded *d, int64_t dsn,
			  uint32_t packet);

enum discarded_answer discarded_ask(const struct discarded *d,
				    const struct discarded_question *question);

#endif
