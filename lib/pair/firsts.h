/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * firsts.h - for usefulness.h and discarded.h: which packet of a capture
 * carried a byte of data first.
 *
 * For one direction of a connection, in order of data sequence numbers.
 *
 *	struct data_firsts firsts;
 *	data_firsts_find(&sequence, direction, &firsts);
 *	const struct data_first *f = data_firsts_at(&firsts, dsn);
 *	data_firsts_release(&firsts);
 *
 * Takes O(n log n), a question O(log n).  Bytes that no mapping covers have no
 * position and are missing here.
 */
#ifndef PAIR_FIRSTS_H
#define PAIR_FIRSTS_H

#include "model/sequence.h"

/* Data bytes [dsn, end) of one packet, in one mapping. */
struct data_first {
	int64_t dsn, end;
	int64_t ssn;   /* position of byte dsn in the subflow (struct piece) */
	int64_t whole; /* end of the mapping, as a position in the subflow; of
			  an infinite mapping: start of these bytes */
	uint32_t packet;
	uint32_t subflow; /* position in connection.subflows */
};

struct data_firsts {
	struct data_first *items; /* by dsn; owned */
	size_t n, cap;
};

/* Walks through the sequence and rewinds it. */
void data_firsts_find(struct sequence *q, enum direction direction,
		      struct data_firsts *out);

/* The item that contains byte dsn, or NULL. */
const struct data_first *data_firsts_at(const struct data_firsts *f,
					int64_t dsn);

void data_firsts_release(struct data_firsts *f);

#endif
