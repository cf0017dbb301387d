/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/transfer.h"

#include "base/mem.h"

/* Of both flows of a subflow. */
static const struct tcp_summary *measure(struct transfer *t, uint32_t subflow)
{
	const struct trace *trace = t->g->trace;
	struct tcp_summary *tcp = &t->tcp[subflow];
	struct rtt rtt[2];

	if (tcp->stream)
		return tcp;
	tcp->stream = trace_subflow(trace, t->g->conn, subflow);
	rtt_measure(trace, tcp->stream, rtt);
	for (int d = 0; d < 2; d++)
		tcp->direction[d].rtt = rtt[d];
	return tcp;
}

int64_t transfer_rtt(struct transfer *t, uint32_t subflow, enum direction d)
{
	const struct tcp_summary *tcp = measure(t, subflow);
	const struct rtt *r = &tcp->direction[d ^ tcp->stream->flipped].rtt;

	return rtt_typical(r);
}

int64_t transfer_patience(struct transfer *t, uint32_t subflow,
			  enum direction d)
{
	return flight_patience(transfer_rtt(t, subflow, d));
}

int64_t transfer_time(const struct transfer *t, uint32_t packet)
{
	return t->g->trace->packets.time[packet];
}

const struct piece *transfer_piece(const struct transfer *t, uint32_t piece)
{
	return &t->g->ledger->pieces[piece];
}

int transfer_effective(const struct transfer *t, uint32_t piece)
{
	return t->effective[piece / 8] >> piece % 8 & 1;
}

void indices_push(struct indices *list, uint32_t item)
{
	*MEM_PUSH(list->items, list->n, list->cap) = item;
}
