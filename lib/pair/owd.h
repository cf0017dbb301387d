/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owd.h - one-way delays of a stream in one direction, from two captures.
 *
 *	struct owd owd;
 *	owd_measure(&pairing, &pairing.streams[0], TO_SERVER, &owd);
 *
 * Of a packet that was lost the delay is undefined (RFC 7679 section 3.6).
 */
#ifndef PAIR_OWD_H
#define PAIR_OWD_H

#include <stdbool.h>

#include "model/distribution.h"
#include "pair/pairing.h"
#include "pair/usefulness.h"

struct owd {
	const struct paired_stream *stream;
	enum direction direction; /* as in struct crossing */
	uint64_t sent;		  /* packets in the sender's capture */
	uint64_t matched;	  /* in both, for certain; altered or not */
	uint64_t ambiguous; /* in both, but which is which is not certain */
	uint64_t coalesced; /* cut or joined on the way */
	uint64_t lost;
	uint64_t not_captured;	   /* one of the captures missed it */
	uint64_t outside;	   /* while the other capture did not run; of what
				      either has */
	uint64_t crossed; /* of "sent": while the other capture ran, too; the
			     lost ones are of these */
	uint64_t copies;	   /* of several interfaces */
	uint64_t duplicated;	   /* copies that the network delivered, ... */
	uint64_t duplicated_bytes; /* and their payload */
	uint64_t altered; /* of the matched and the coalesced: they arrived, but
			     not as they were sent */
	size_t altered_in[MATCH_CHANGES]; /* by what was changed, in the order
					     of enum match_change; a packet
					     may count for several */
	struct distribution delay, raw;	  /* ns, of the matched */
	struct distribution
		variation; /* ns: |difference| of the delays of
			      packets that were sent one after the
			      other, both matched (RFC 3393); of
			      the raw ones where no clock is known */
};

void owd_measure(const struct pairing *p, const struct paired_stream *s,
		 enum direction direction, struct owd *out);

/* A subflow of a connection in one direction, seen from both ends. */
struct crossing_summary {
	bool mapped; /* the other capture has it, too; else all is unknown */
	struct owd owd;
	bool has_contribution;
	uint64_t first_arrived; /* data bytes that arrived first on it, and were
				   not thrown away (kept in usefulness.h) ... */
	uint64_t arrived;	/* ... of those that arrived at all */
};

/*
 * A direction of a connection of the first capture.  "ends" are the arrivals of
 * the packets of each capture.  The bytes of both traces have to be counted
 * (account.h).
 */
void crossings_keep(const struct pairing *p, const struct arrivals ends[2],
		    const struct connection *conn, enum direction direction,
		    struct kept *out);
/* One subflow of it. */
void crossing_summarize(const struct pairing *p, const struct kept *kept,
			const struct connection *conn,
			const struct stream *subflow, enum direction direction,
			struct crossing_summary *out);

#endif
