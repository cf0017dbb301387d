/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/tcpsummary.h"

#include <string.h>

#include "model/delivery_rate.h"
#include "model/unwrap.h"

/* One side of the stream, on its way through time. */
struct side {
	struct tcp_direction *out;
	struct unwrap unwrap;
	struct rangemap seen;
	int64_t acked; /* highest acknowledgment, if has_ack */
	bool has_ack;
	int64_t fin; /* position of the FIN, if has_fin */
	bool has_fin;
};

void period_add(struct period *p, int64_t time)
{
	if (!p->known)
		p->from = time;
	p->known = true;
	p->to = time;
}

static void count_owned(void *ctx, int64_t from, int64_t to,
			const uint32_t *owner)
{
	(void)from;
	(void)to;
	*(int *)ctx |= owner != NULL;
}

static void take_sent(struct side *side, const struct packets *p, size_t i)
{
	struct tcp_direction *out = side->out;
	int64_t from = unwrap_next(&side->unwrap, p->seq[i]) +
		       !!(p->flags[i] & TCP_SYN);
	int again = 0;

	out->packets++;
	period_add(&out->all, p->time[i]);
	if (p->flags[i] & TCP_FIN) {
		side->has_fin = true;
		side->fin = from + p->len[i];
	}
	if (!p->len[i])
		return;
	out->data_packets++;
	out->sent += p->len[i];
	period_add(&out->data, p->time[i]);
	rangemap_claim(&side->seen, from, from + p->len[i], 0, count_owned,
		       &again);
	out->retransmitted_packets += (uint64_t)again;
}

/* Packet i acknowledges what "side" sent. */
static void take_ack(struct side *side, const struct packets *p, size_t i)
{
	struct unwrap u = side->unwrap;
	int64_t ack = 0;

	if (!(p->flags[i] & TCP_ACK) || (p->flags[i] & TCP_RST) || !u.started)
		return;
	ack = unwrap_next(&u, p->ack[i]);
	if (!side->has_ack || ack > side->acked)
		side->acked = ack;
	side->has_ack = true;
}

static void settle(struct side *side, bool has_isn)
{
	struct tcp_direction *out = side->out;
	struct coverage lowest;

	coverage_of(&side->seen, 0, &lowest);
	coverage_of(&side->seen, has_isn ? 0 : 1 - lowest.first,
		    &out->coverage);
	coverage_release(&lowest);
	rangemap_release(&side->seen);
	if (!has_isn || !side->has_ack || side->acked < 1)
		return;
	out->has_acked = true;
	out->acked = (uint64_t)side->acked - 1;
	if (side->has_fin && side->acked > side->fin)
		out->acked--;
}

void tcp_summarize(const struct trace *t, const struct stream *s,
		   struct tcp_summary *out)
{
	const struct packets *p = &t->packets;
	struct side side[2] = { { .out = &out->direction[0] },
				{ .out = &out->direction[1] } };
	struct rtt rtt[2];
	int64_t trip[2];
	uint64_t rate[2];

	memset(out, 0, sizeof(*out));
	out->stream = s;
	for (int d = 0; d < 2; d++)
		if (s->side[d].has_isn)
			unwrap_start(&side[d].unwrap, s->side[d].isn);
	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];
		int d = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;

		take_sent(&side[d], p, i);
		take_ack(&side[!d], p, i);
	}
	rtt_measure(t, s, rtt);
	for (int d = 0; d < 2; d++)
		trip[d] = rtt_typical(&rtt[d]);
	delivery_rate_measure(t, s, trip, rate);
	for (int d = 0; d < 2; d++) {
		settle(&side[d], s->side[d].has_isn);
		out->direction[d].rtt = rtt[d];
		out->direction[d].delivery_rate = rate[d];
		out->direction[d].duplicated_packets =
			s->side[d].duplicate_packets;
		out->direction[d].duplicated_bytes = s->side[d].duplicate_bytes;
	}
}

void tcp_summary_release(struct tcp_summary *s)
{
	coverage_release(&s->direction[0].coverage);
	coverage_release(&s->direction[1].coverage);
}
