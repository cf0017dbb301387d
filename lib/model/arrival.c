/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/arrival.h"

#include "model/connections.h"

/* The first valid MP_FASTCLOSE of a connection. */
static uint32_t first_fastclose(const struct trace *t,
				const struct connection *conn)
{
	uint32_t first = LEDGER_NO_PACKET;

	for (size_t k = 0; k < conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, conn, k);
		uint32_t of[2] = { LEDGER_NO_PACKET, LEDGER_NO_PACKET };

		if (s->side[0].fastclose || s->side[1].fastclose)
			connection_fastcloses(t, conn, s, of);
		for (int d = 0; d < 2; d++)
			first = of[d] < first ? of[d] : first;
	}
	return first;
}

/*
 * The packet that ended a subflow in both directions: a RST, or the second
 * FIN.
 */
static uint32_t subflow_end(const struct trace *t, const struct stream *s)
{
	const struct packets *p = &t->packets;
	bool fin[2] = { 0, 0 };

	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = t->order[s->first + n];

		fin[!!(p->mark[i] & PACKET_REVERSE)] |= p->flags[i] & TCP_FIN;
		if ((p->flags[i] & TCP_RST) || (fin[0] && fin[1]))
			return i;
	}
	return LEDGER_NO_PACKET;
}

/* The receiver's RST of the last open subflow. */
static uint32_t last_reset(const struct trace *t, const struct connection *conn,
			   enum direction d)
{
	const struct packets *p = &t->packets;
	uint32_t last = LEDGER_NO_PACKET;

	for (size_t k = 0; k < conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, conn, k);
		uint32_t end = subflow_end(t, s);

		if (s->end == END_REFUSED || s->end == END_UNANSWERED)
			continue;
		if (end == LEDGER_NO_PACKET)
			return end;
		last = last == LEDGER_NO_PACKET || end > last ? end : last;
	}
	if (last == LEDGER_NO_PACKET || !(p->flags[last] & TCP_RST) ||
	    ledger_direction(t, last) == d)
		return LEDGER_NO_PACKET;
	return last;
}

uint32_t arrival_end(const struct trace *t, const struct connection *conn,
		     enum direction d)
{
	uint32_t close = first_fastclose(t, conn);
	uint32_t reset = last_reset(t, conn, d);

	return close < reset ? close : reset;
}

struct walk {
	const struct ledger *l;
	enum direction d;
	size_t ack;
	struct reorder *r;
	const int64_t *times;
	uint32_t end; /* everything after it is ignored; or LEDGER_NO_PACKET */
	arrival_fn *fn;
	void *ctx;
};

static void tell(const struct walk *w, int64_t time)
{
	if (w->fn)
		w->fn(w->ctx, w->r, time);
}

static void take_acks(struct walk *w, uint32_t to)
{
	const struct ledger *l = w->l;

	for (; w->ack < l->n_acks && l->acks[w->ack].packet < to; w->ack++)
		if (l->acks[w->ack].direction == w->d)
			reorder_acked(w->r, l->acks[w->ack].ack);
}

/* Report all acknowledgments before a packet, and the end if it was before. */
static void go_to(struct walk *w, uint32_t packet)
{
	if (w->end < packet) {
		take_acks(w, w->end);
		reorder_close(w->r, w->times[w->end]);
		tell(w, w->times[w->end]);
		w->end = LEDGER_NO_PACKET;
	}
	take_acks(w, packet);
}

void arrival_walk(const struct trace *t, const struct connection *conn,
		  const struct ledger *l, enum direction d, struct reorder *r,
		  arrival_fn *fn, void *ctx)
{
	struct walk w = { .l = l,
			  .d = d,
			  .r = r,
			  .times = t->packets.time,
			  .end = arrival_end(t, conn, d),
			  .fn = fn,
			  .ctx = ctx };

	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *p = &l->pieces[k];

		if (p->direction != d || p->byte_class != BYTES_UNIQUE ||
		    p->dsn == LEDGER_UNKNOWN)
			continue;
		go_to(&w, p->packet);
		reorder_arrive(r, p->packet, w.times[p->packet], p->subflow,
			       p->dsn, p->dsn + p->len);
		tell(&w, w.times[p->packet]);
	}
	go_to(&w, LEDGER_NO_PACKET);
}
