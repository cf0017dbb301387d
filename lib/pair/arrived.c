/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/arrived.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/account.h"
#include "model/arrival.h"

struct arrived_walk {
	const struct pairing *pairing;
	int sender;
	/* added to the receiver's positions gives the sender's */
	int64_t shift;
	struct limit_arrivals *out;
	bool is_lost; /* some time is unknown */
};

/*
 * The difference between positions of the sender's and of the receiver's
 * ledger; false: unknown.
 */
static bool find_shift(const struct ledger *sender,
		       const struct ledger *receiver, enum direction d,
		       int64_t *shift)
{
	*shift = 0;
	if (sender->has_idsn[d] && receiver->has_idsn[d])
		return true;
	if (!ledger_knows_dsn(sender, d) || !ledger_knows_dsn(receiver, d))
		return false;
	*shift = (int64_t)(receiver->base[d] - sender->base[d]);
	return true;
}

static void note_arrival(void *ctx, const struct reorder *r, int64_t time)
{
	struct arrived_walk *w = ctx;
	struct limit_arrivals *out = w->out;
	struct limit_arrival next = { .next = r->next + w->shift };

	if (!r->has_next || r->closed ||
	    (out->n && next.next <= out->items[out->n - 1].next))
		return;
	if (pairing_time(w->pairing, w->sender, time, &next.time) < 0) {
		w->is_lost = true;
		return;
	}
	if (out->n && next.time < out->items[out->n - 1].time)
		next.time = out->items[out->n - 1].time;
	*MEM_PUSH(out->items, out->n, out->cap) = next;
}

/* Whether a capture was taken there, or it is unknown where. */
static bool is_at_receiver(const struct arrived_from *r, enum direction d)
{
	const enum vantage where = vantage_of(r->trace, r->conn);

	return where == VANTAGE_UNKNOWN || vantage_is_receiver(where, d);
}

bool arrived_find(const struct pairing *p, int sender,
		  const struct limits_input *in,
		  const struct arrived_from *receiver,
		  struct limit_arrivals *out)
{
	const enum direction d = in->direction;
	struct arrived_walk w = { .pairing = p, .sender = sender, .out = out };
	struct reordering unused;
	struct reorder r;

	*out = (struct limit_arrivals){ .n = 0 };
	if (!is_at_receiver(receiver, d) ||
	    in->ledger->plain != receiver->ledger->plain ||
	    !find_shift(in->ledger, receiver->ledger, d, &w.shift))
		return false;
	reorder_init(&r, receiver->conn->n_subflows,
		     receiver->ledger->has_idsn[d], 1);
	arrival_walk(receiver->trace, receiver->conn, receiver->ledger, d, &r,
		     note_arrival, &w);
	reorder_finish(&r, receiver->conn->last_time, &unused);
	reordering_release(&unused);
	if (!w.is_lost && out->n)
		return true;
	free(out->items);
	*out = (struct limit_arrivals){ .n = 0 };
	return false;
}
