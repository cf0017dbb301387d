/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mapping.h - find which connections and TCP streams of two captures are the
 * same.
 *
 * Addresses, ports and initial sequence numbers may be rewritten on the path,
 * and stream numbers depend on the file, so identification uses what survives:
 * keys, tokens, nonces of joins, ISNs, timestamps; without a handshake, the
 * data.  Each candidate says which evidence it has.  A certain mapping needs
 * no addresses, and equal addresses alone are never certain.
 *
 *	struct mapping m;
 *	mapping_make(&m, &a, &b);
 *	const struct candidate *c = candidates_of(&m.streams, 0, &n);
 *	mapping_release(&m);
 *
 * Expected time O(n log n).  If very many streams look the same (in a hostile
 * capture) each gets at most CANDIDATES_MAX candidates.
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
 * A stream that is in fact part of another one of the same capture: the same
 * addresses and ports, sequence numbers that fit, no SYN.
 */
struct mapping_part {
	uint32_t stream, whole; /* indices in its trace */
	struct candidate how;	/* its match with the other trace's stream of
				   "whole" */
};

struct mapping {
	struct candidates streams, connections;
	uint32_t *stream_of;	       /* [stream of a]: index in b, or
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
 * The candidate that pairs a stream of a with a stream of a connection of b:
 * the stream it was mapped to; if the connections are not mapped to each
 * other, the best candidate; NULL: none.
 */
const struct candidate *mapping_partner(const struct mapping *m,
					const struct trace *a,
					const struct trace *b, uint32_t stream,
					uint32_t connection);

/*
 * The entry for a stream of trace 0 or 1 that is part of another one, or NULL.
 */
const struct mapping_part *mapping_part_of(const struct mapping *m, int end,
					   size_t stream);

#endif
