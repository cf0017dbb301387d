/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/arrived.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/account.h"
#include "model/arrival.h"

struct arrived_walk {
	const struct pairing *pairing;
	int sender;
	int64_t shift; /* from the receiver's positions to the sender's */
	struct limit_arrivals *out;
	bool is_lost; /* some time is not known */
};

/* What positions of the receiver's ledger are more in the sender's; false: it
   is not known. */
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

/* A time of the receiver's capture, on the clock of the sender's. */
static bool on_senders_clock(const struct arrived_walk *w, int64_t time,
			     int64_t *out)
{
	const struct pairing *p = w->pairing;
	int64_t theta = 0;

	*out = time;
	if (p->raw)
		return true;
	if (w->sender == p->client_end)
		return clock_correct(&p->clock, time, out) == 0;
	if (clock_theta(&p->clock, time, &theta) < 0)
		return false;
	*out = time + theta;
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
	if (!on_senders_clock(w, time, &next.time)) {
		w->is_lost = true;
		return;
	}
	if (out->n && next.time < out->items[out->n - 1].time)
		next.time = out->items[out->n - 1].time;
	*MEM_PUSH(out->items, out->n, out->cap) = next;
}

/* Was a capture taken there, or does it not tell where? */
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

static void improve(const struct pairing *p, struct summary *s,
		    enum direction d, const struct ledger *ledger,
		    const struct arrived_from *receiver)
{
	struct direction_summary *out = &s->direction[d];
	struct limit_arrivals arrivals;
	struct limits_input in = { .trace = s->trace,
				   .conn = s->conn,
				   .ledger = ledger,
				   .tcp = s->tcp,
				   .direction = d,
				   .arrivals = &arrivals };

	if (!out->limits.known || (p->client_end == 0) != (d == TO_SERVER) ||
	    !arrived_find(p, 0, &in, receiver, &arrivals))
		return;
	limits_release(&out->limits);
	limits_measure(&in, &out->limits);
	free(arrivals.items);
}

void arrived_improve(const struct pairing *p, struct summary *s)
{
	const uint32_t id = p->mapping.connection_of[s->conn->id];
	/* The sums are counted again, and are what they were. */
	struct trace here = *s->trace, there = *p->trace[1];
	struct connection sent = *s->conn, got;
	struct ledger ledger[2];
	const struct arrived_from receiver = { &there, &got, &ledger[1] };

	if (id == MAPPING_NONE ||
	    !(s->direction[0].limits.known || s->direction[1].limits.known))
		return;
	got = there.connections[id];
	ledger_init(&ledger[0]);
	ledger_init(&ledger[1]);
	account_connection(&here, &sent, &ledger[0]);
	account_connection(&there, &got, &ledger[1]);
	for (int d = 0; d < 2; d++)
		improve(p, s, (enum direction)d, &ledger[0], &receiver);
	ledger_release(&ledger[0]);
	ledger_release(&ledger[1]);
}
