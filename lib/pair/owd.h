/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owd.h - one-way delay, loss and duplication of a stream in one direction,
 * from captures of both ends.
 *
 *	struct owd owd;
 *	owd_measure(&pairing, &pairing.streams[0], TO_SERVER, &owd);
 *
 * The delay of a lost packet is undefined (RFC 7679 section 3.6).
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
	uint64_t matched;   /* certainly in both captures; altered or not */
	uint64_t ambiguous; /* in both, but not certain which is which */
	uint64_t coalesced; /* split or merged on the path */
	uint64_t lost;
	uint64_t not_captured; /* missing in one of the captures */
	uint64_t outside;      /* in either capture while the other one did
				  not run */
	uint64_t crossed;    /* of "sent": while both captures ran; includes the
				lost ones */
	uint64_t copies;     /* captured on further interfaces */
	uint64_t duplicated; /* additional copies made by the network, ... */
	uint64_t duplicated_bytes; /* and their payload */
	uint64_t altered; /* of the matched and coalesced ones: changed on the
			     path */
	/* By what was changed, in the order of enum match_change; a packet may
	   be in several counts. */
	size_t altered_in[MATCH_CHANGES];
	struct distribution delay, raw; /* ns, of matched packets */
	/* ns: |difference| of the delays of consecutive packets that both
	   matched (RFC 3393); of raw delays if the clocks are unknown. */
	struct distribution variation;
};

void owd_measure(const struct pairing *p, const struct paired_stream *s,
		 enum direction direction, struct owd *out);

/* One direction of a subflow, seen from both ends. */
struct crossing_summary {
	bool mapped; /* the other capture has it; else all is unknown */
	struct owd owd;
	bool has_contribution;
	uint64_t first_arrived; /* data bytes that arrived here first and were
				   not discarded (kept in usefulness.h) ... */
	uint64_t arrived;	/* ... of those that arrived on any subflow */
};

/*
 * Collect the data of one direction of a connection of the first capture.
 * "ends" are the arrivals of the packets of each capture.  Bytes of both
 * traces must have been accounted (account.h).
 */
void crossings_keep(const struct pairing *p, const struct arrivals ends[2],
		    const struct connection *conn, enum direction direction,
		    struct kept *out);
/* Summarise one of its subflows. */
void crossing_summarize(const struct pairing *p, const struct kept *kept,
			const struct connection *conn,
			const struct stream *subflow, enum direction direction,
			struct crossing_summary *out);

#endif
