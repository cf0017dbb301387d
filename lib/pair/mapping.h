/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mapping.h - which connection and which TCP stream of one capture is which of
 * another.
 *
 * Addresses, ports and initial sequence numbers may be rewritten on the way,
 * and streams are numbered in the order of each file, so what survives counts:
 * keys, tokens, the nonces of joins, ISNs, timestamps; without a handshake the
 * data.  Each candidate says what it rests on.  No address is needed for a
 * certain mapping, and equal addresses alone are never certain.
 *
 *	struct mapping m;
 *	mapping_make(&m, &a, &b);
 *	const struct candidate *c = candidates_of(&m.streams, 0, &n);
 *	mapping_release(&m);
 *
 * Expected time O(n log n); a hostile capture, in which very many streams look
 * the same, gets no more than CANDIDATES_MAX candidates for each.
 */
#ifndef PAIR_MAPPING_H
#define PAIR_MAPPING_H

#include <stdbool.h>

#include "model/trace.h"
#include "pair/evidence.h"

enum {
	CANDIDATES_MAX = 16
};

struct candidate {
	uint32_t a, b; /* indices in the traces */
	double score;  /* 0..1 */
	bool certain;
	unsigned evidence; /* enum evidence */
};

struct candidates {
	struct candidate *items; /* by a, then best first; owned */
	size_t n, cap;
};

/*
 * A stream that is in truth the beginning, or a piece, of another one of the
 * same capture: same addresses and ports, numbers of the other, no SYN.
 */
struct mapping_part {
	uint32_t stream, whole; /* indices in its trace */
	struct candidate how;	/* with the stream that "whole" is in the
				   other trace */
};

struct mapping {
	struct candidates streams, connections;
	uint32_t *stream_of;	       /* [stream of a]: its place in b, or
					  MAPPING_NONE; owned */
	uint32_t *connection_of;       /* the same for connections; owned */
	struct mapping_part *parts[2]; /* by trace, in order of stream;
					  owned */
	size_t n_parts[2];
};

#define MAPPING_NONE UINT32_MAX

void mapping_make(struct mapping *m, const struct trace *a,
		  const struct trace *b);
void mapping_release(struct mapping *m);

/* The candidates for one stream or connection of a, best first. */
const struct candidate *candidates_of(const struct candidates *list, uint32_t a,
				      size_t *n);

/*
 * How a stream of a goes together with one of a connection of b: with the one
 * it was mapped to; else, where the connections are not mapped to each other,
 * with the best; NULL when with none.
 */
const struct candidate *mapping_partner(const struct mapping *m,
					const struct trace *a,
					const struct trace *b, uint32_t stream,
					uint32_t connection);

/* The entry of a stream of trace 0 or 1 that is a piece, or NULL. */
const struct mapping_part *mapping_part_of(const struct mapping *m, int end,
					   size_t stream);

#endif
