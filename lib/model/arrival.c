/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/arrival.h"

void arrival_walk(const struct trace *t, const struct ledger *l,
		  enum direction d, struct reorder *r, arrival_fn *fn,
		  void *ctx)
{
	size_t ack = 0;

	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *p = &l->pieces[k];
		int64_t time = t->packets.time[p->packet];

		if (p->direction != d || p->byte_class != BYTES_UNIQUE ||
		    p->x == LEDGER_UNKNOWN)
			continue;
		for (; ack < l->n_acks && l->acks[ack].packet < p->packet;
		     ack++)
			if (l->acks[ack].direction == d)
				reorder_acked(r, l->acks[ack].ack);
		reorder_arrive(r, p->packet, time, p->subflow, p->x,
			       p->x + p->len);
		if (fn)
			fn(ctx, r, time);
	}
	for (; ack < l->n_acks; ack++)
		if (l->acks[ack].direction == d)
			reorder_acked(r, l->acks[ack].ack);
}
