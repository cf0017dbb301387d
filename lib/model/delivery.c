/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/delivery.h"

#include <string.h>

/* The state of one direction while packets are processed. */
struct ack_progress {
	const struct trace *trace;
	struct delivery *out;
	bool has_sent, has_ack, has_edge;
	int64_t sent; /* end of the data sent */
	int64_t ack;  /* highest DATA_ACK */
	int64_t edge; /* end of the receive window */
	bool in_gap;
	int64_t gap_at; /* ns */
	int64_t mss;	/* 0: unknown */
	bool unscaled;	/* some edge was unknown */
	bool limited;	/* since limited_at */
	int64_t limited_at;
	int64_t end; /* of the last packet with payload */
};

static void end_gap(struct ack_progress *p, int64_t time, bool open)
{
	if (!p->in_gap)
		return;
	p->in_gap = false;
	if (p->out->has_interruption_at &&
	    time - p->gap_at <= p->out->interruption)
		return;
	p->out->has_interruption_at = true;
	p->out->interruption = time - p->gap_at;
	p->out->interruption_at = p->gap_at;
	p->out->interruption_open = open;
}

static void begin_gap(struct ack_progress *p, int64_t time)
{
	if (p->in_gap || !p->has_ack || !p->has_sent || p->sent <= p->ack)
		return;
	p->in_gap = true;
	p->gap_at = time;
}

static void take_piece(struct ack_progress *p, const struct piece *piece,
		       int64_t time)
{
	int64_t end = piece->dsn + piece->len;

	if (piece->dsn == LEDGER_UNKNOWN)
		return;
	if (!p->has_sent || end > p->sent)
		p->sent = end;
	p->has_sent = true;
	begin_gap(p, time);
}

static void take_ack(struct ack_progress *p, const struct data_ack *ack,
		     int64_t time)
{
	int64_t edge = ledger_window_edge(p->trace, ack);

	p->out->has_interruption = true;
	if (edge == LEDGER_UNKNOWN)
		p->unscaled |=
			!(p->trace->packets.flags[ack->packet] & TCP_SYN);
	else if (!p->has_edge || edge > p->edge)
		p->edge = edge;
	p->has_edge |= edge != LEDGER_UNKNOWN;
	if (p->has_ack && ack->ack <= p->ack)
		return;
	end_gap(p, time, 0);
	p->ack = ack->ack;
	p->has_ack = true;
	begin_gap(p, time);
}

/* End a limited period now. */
static void count_limited(struct ack_progress *p, int64_t time, bool all_acked)
{
	const int64_t end = time < p->end ? time : p->end;

	p->out->limited += time - p->limited_at;
	if (end <= p->limited_at)
		return;
	p->out->exhausted += end - p->limited_at;
	p->out->reader += all_acked ? end - p->limited_at : 0;
}

/* Update after all data of packet "time"; "all_acked": as before the packet. */
static void check_window(struct ack_progress *p, int64_t time, bool all_acked)
{
	bool limited = p->has_edge && p->has_sent && p->mss &&
		       p->sent >= p->edge - p->mss;

	if (p->limited)
		count_limited(p, time, all_acked);
	p->limited = limited;
	p->limited_at = time;
}

int64_t delivery_mss(const struct trace *t, const struct connection *c,
		     enum direction d)
{
	int64_t mss = 0;

	for (size_t k = 0; k < c->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, c, k);
		const struct stream_side *side = &s->side[!d ^ s->flipped];

		if (side->mss > mss)
			mss = side->mss;
	}
	return mss;
}

static bool is_all_acked(const struct ack_progress *p)
{
	return p->has_sent && p->has_ack && p->sent <= p->ack;
}

static void find_end(struct ack_progress *p, const struct ledger *l,
		     enum direction d)
{
	size_t k = l->n_pieces;

	while (k > 0 && l->pieces[k - 1].direction != d)
		k--;
	p->end = k ? p->trace->packets.time[l->pieces[k - 1].packet] : 0;
}

/* If the ISN or IDSN is known, data is outstanding from the first byte on. */
static void start(struct ack_progress *p, const struct ledger *l,
		  enum direction d)
{
	if (!l->has_idsn[d])
		return;
	p->has_ack = true;
	p->ack = 1;
}

void delivery_measure(const struct trace *t, const struct connection *conn,
		      const struct ledger *l, enum direction d,
		      struct delivery *out)
{
	struct ack_progress p = { .trace = t, .out = out };
	size_t piece = 0, ack = 0;
	int64_t time = 0;

	memset(out, 0, sizeof(*out));
	if (!conn->bytes[d].sent)
		return;
	p.mss = delivery_mss(t, conn, d);
	find_end(&p, l, d);
	start(&p, l, d);
	for (size_t j = 0; j < l->n_packets; j++) {
		uint32_t i = l->packets[j];
		const bool all_acked = is_all_acked(&p);

		time = t->packets.time[i];
		for (; ack < l->n_acks && l->acks[ack].packet <= i; ack++)
			if (l->acks[ack].direction == d)
				take_ack(&p, &l->acks[ack], time);
		for (; piece < l->n_pieces && l->pieces[piece].packet <= i;
		     piece++)
			if (l->pieces[piece].direction == d)
				take_piece(&p, &l->pieces[piece], time);
		check_window(&p, time, all_acked);
	}
	end_gap(&p, time, 1);
	out->has_interruption &= p.has_sent;
	out->has_interruption_at &= out->has_interruption;
	out->has_limited = p.has_edge && p.mss && !p.unscaled && p.has_sent;
}
