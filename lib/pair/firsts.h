/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * firsts.h - which packet of a capture had a byte of data first, and where.
 *
 * For usefulness.h and discarded.h: the data of one direction of a connection,
 * in the order of its positions.
 *
 *	struct data_firsts firsts;
 *	data_firsts_find(&sequence, direction, &firsts);
 *	const struct data_first *f = data_firsts_at(&firsts, dsn);
 *	data_firsts_release(&firsts);
 *
 * O(n log n), a question O(log n).  Bytes in no mapping have no position, and
 * are not there.
 */
#ifndef PAIR_FIRSTS_H
#define PAIR_FIRSTS_H

#include "model/sequence.h"

/* Data bytes [dsn, end) of one packet, in one mapping. */
struct data_first {
	int64_t dsn, end;
	int64_t ssn;   /* place of byte dsn in the subflow (struct piece) */
	int64_t whole; /* where the mapping ends, a place in the subflow; of
			  an infinite one: where these bytes begin */
	uint32_t packet;
	uint32_t subflow; /* position in connection.subflows */
};

struct data_firsts {
	struct data_first *items; /* by dsn; owned */
	size_t n, cap;
};

/* Walks through the sequence, and rewinds it. */
void data_firsts_find(struct sequence *q, enum direction direction,
		      struct data_firsts *out);

/* The one that has byte dsn, or NULL. */
const struct data_first *data_firsts_at(const struct data_firsts *f,
					int64_t dsn);

void data_firsts_release(struct data_firsts *f);

#endif
