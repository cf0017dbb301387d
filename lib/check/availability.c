/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/availability.h"

#include "check/subflow.h"

/*
 * The packet after which the sender may use a joined subflow: the ACK with the
 * HMAC for the joined host, the answer to it for the joining host (RFC 8684
 * 3.2).  Not its SYN: a round trip passes before it can be used.
 */
static uint32_t opening_packet(const struct check_context *c, enum direction d,
			       size_t subflow)
{
	const struct trace *trace = c->trace;
	const struct packets *p = &trace->packets;
	const struct stream *s = context_subflow(c, subflow);
	struct subflow_facts f;

	subflow_facts_find(c, subflow, &f);
	if (s->kind != STREAM_JOIN || !f.join_acks)
		return trace->order[s->first];
	if (d != (s->flipped ? TO_CLIENT : TO_SERVER))
		return f.ack_packet;
	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = trace->order[s->first + n];

		if (i > f.ack_packet && (p->mark[i] & PACKET_REVERSE) &&
		    !(p->flags[i] & TCP_SYN))
			return i;
	}
	return f.ack_packet;
}

/* When data was last sent on the subflow, if ever; ns since 1970. */
static int64_t last_data(const struct check_context *c, enum direction d,
			 size_t subflow)
{
	int64_t last = c->conn->first_time;

	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];

		if (piece->direction == d && piece->subflow == subflow)
			last = c->trace->packets.time[piece->packet];
	}
	return last;
}

/*
 * Data that is sent up to a round trip later was under way: its sender did not
 * know yet.  More data shows that the subflow was only half closed, or that
 * the receiver of a RST did not accept it.
 */
static const struct event *find_closing(const struct check_context *c,
					enum direction d, size_t subflow,
					uint32_t opening)
{
	const struct timeline *line = &c->timeline;
	const int64_t open_until =
		last_data(c, d, subflow) - subflow_round_trip(c, subflow);

	for (size_t k = 0; k < line->n; k++) {
		const struct event *e = &line->events[k];

		if ((e->kind == EVENT_FIN || e->kind == EVENT_TCP_RESET) &&
		    e->subflow == subflow && e->packet > opening &&
		    e->time >= open_until)
			return e;
	}
	return NULL;
}

/*
 * Either side may declare it a backup (RFC 8684 3.3.8): by flag B of its join,
 * or by MP_PRIO.
 */
static void take_wish(const struct signal *s, size_t subflow, bool wants[2],
		      uint32_t *wish)
{
	const bool join = s->option.subtype == MP_JOIN &&
			  (s->option.has & MPTCP_HAS_NONCE);
	const bool priority =
		s->option.subtype == MP_PRIO && !(s->option.has & MPTCP_HAS_ID);

	if (s->subflow != subflow || s->flaw != FLAW_NONE ||
	    !(join || priority))
		return;
	wants[s->from] = s->option.has & MPTCP_BACKUP;
	if (wants[s->from] && *wish == LEDGER_NO_PACKET)
		*wish = s->packet;
}

static void count_piece(const struct piece *piece, bool is_backup,
			struct availability *out)
{
	out->all += piece->len;
	if (piece->packet < out->opening)
		out->before += piece->len;
	else if (out->closing && piece->packet > out->closing->packet)
		out->after += piece->len;
	else if (is_backup)
		out->backup += piece->len;
}

void availability_find(const struct check_context *c, enum direction d,
		       size_t subflow, struct availability *out)
{
	bool wants[2] = { false, false };
	size_t signal = 0;

	*out = (struct availability){ .wish = LEDGER_NO_PACKET };
	out->opening = opening_packet(c, d, subflow);
	out->closing = find_closing(c, d, subflow, out->opening);
	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];

		for (; signal < c->signals.n &&
		       c->signals.items[signal].packet < piece->packet;
		     signal++)
			take_wish(&c->signals.items[signal], subflow, wants,
				  &out->wish);
		if (piece->direction == d)
			count_piece(piece, wants[0] || wants[1], out);
	}
}
