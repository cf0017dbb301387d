/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * discarded.h - data that came, and that its receiver threw away.
 *
 * Told from the receiver's capture alone, for one direction of a connection.
 * That a byte came is no proof that it was kept.  A DATA_ACK is cumulative
 * (RFC 8684 section 3.3.2): where it stands, that byte is missing, and of those
 * behind it nothing is known.  A byte of data is known to be thrown away when
 *
 *   - it is in no mapping that came on its subflow: the receiver cannot know
 *     where it belongs;
 *   - the receiver sent an MP_FAIL on that subflow with its number or a lower
 *     one (section 3.7: what is behind it there is thrown away);
 *   - it came behind a RST that the receiver sent on that subflow;
 *   - a DATA_ACK stands: it is the highest so far, it announces a window, and
 *     the byte that it asks for had come on that subflow.  Nothing held that
 *     byte back: all of the subflow up to the end of its mapping was there
 *     (with checksums nothing is delivered before), for longer than
 *     DISCARDED_PATIENCE, or before the receiver had reset the subflow.  What
 *     came on the subflow behind that byte shares its fate, since a subflow
 *     delivers in order.
 *
 *	struct discarded d;
 *	discarded_find(&trace, conn, TO_SERVER, &d);
 *	if (discarded_ask(&d, &question) == DISCARDED) ...
 *	discarded_release(&d);
 *
 * O(n log n), a question O(log n).  The trace is borrowed while it is found.
 */
#ifndef PAIR_DISCARDED_H
#define PAIR_DISCARDED_H

#include <stdbool.h>

#include "pair/firsts.h"

/* ns; what a receiver can deliver it acknowledges sooner: at most 11 ms were
   measured. */
#define DISCARDED_PATIENCE INT64_C(50000000)

struct subflow_fate; /* private */
struct ack_mark;

struct discarded {
	const struct trace *trace; /* private */
	enum direction direction;  /* of the data; MPTCP roles */
	bool known; /* the IDSN is, and it did not fall back before any data */
	struct data_firsts firsts;
	struct subflow_fate *subflows;
	struct ack_mark *acks;
	size_t n_acks, n_subflows;
};

/* Data that came again, when its first transmission had come before. */
struct discarded_question {
	int64_t dsn, end; /* [dsn, end) */
	uint32_t packet;  /* that brought it again */
	bool has_place;	  /* where byte discarded_missing() came: */
	uint32_t subflow; /* position in connection.subflows */
	int64_t ssn;
};

enum discarded_answer {
	DISCARDED_NOT, /* no evidence, or a DATA_ACK had covered all */
	DISCARDED,     /* thrown away, and acknowledged only afterwards */
	DISCARDED_BOTH /* thrown away, and never acknowledged: what came again
			  may have been thrown away, too */
};

void discarded_find(const struct trace *trace, const struct connection *conn,
		    enum direction direction, struct discarded *out);
void discarded_release(struct discarded *d);

/* The first position, dsn or behind it, that no DATA_ACK before the packet
   covers. */
int64_t discarded_missing(const struct discarded *d, int64_t dsn,
			  uint32_t packet);

enum discarded_answer discarded_ask(const struct discarded *d,
				    const struct discarded_question *question);

#endif
