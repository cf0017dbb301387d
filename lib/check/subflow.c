/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/subflow.h"

#include <string.h>

#include "model/tcpopt.h"

enum {
	ROUND_TRIP = 200000000, /* ns */
	/* a RST answers what came so many round trips, or ns, before it */
	ANSWER_TRIPS = 3,
	ANSWER = 1000000000
};

static void set_once(uint32_t *at, uint32_t frame)
{
	if (!*at)
		*at = frame;
}

static void set_packet(uint32_t *at, uint32_t packet)
{
	if (*at == LEDGER_NO_PACKET)
		*at = packet;
}

static void take_rst(const struct packets *p, uint32_t i,
		     struct subflow_facts *out, int d)
{
	if (out->rst)
		return;
	out->rst = p->frame[i];
	out->rst_packet = i;
	out->rst_from = d == TO_CLIENT;
	out->rst_time = p->time[i];
	out->rst_behind_ack = out->ack != 0;
	out->rst_answers_ack = (out->join_acks || out->ack_is_plain) &&
			       d == TO_CLIENT && !out->moved_on;
}

static void take_ack(const struct packets *p, uint32_t i,
		     const struct tcp_options *o, struct subflow_facts *out)
{
	int option = tcpopt_find(o, MP_CAPABLE) || tcpopt_find(o, MP_JOIN);

	/* A packet other than the ACK or its repetition. */
	out->moved_on |= out->ack != 0 && !option &&
			 (p->len[i] || o->n_mptcp || !out->ack_is_plain);
	out->join_acks += tcpopt_find(o, MP_JOIN) != NULL;
	if (!out->rst)
		out->last_time = p->time[i];
	if (out->ack && (!option || !out->ack_is_plain))
		return;
	out->ack = p->frame[i];
	out->ack_packet = i;
	out->ack_is_plain = !o->n_mptcp && !(p->mark[i] & PACKET_OPTIONS_CUT);
}

static void take_packet(const struct packets *p, uint32_t i,
			struct subflow_facts *out)
{
	unsigned flags = p->flags[i], syn = flags & (TCP_SYN | TCP_ACK);
	int d = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;
	uint32_t frame = p->frame[i];
	struct tcp_options o;
	int mptcp = packets_mptcp(p, i, &o) > 0;

	if (flags & TCP_RST) {
		take_rst(p, i, out, d);
	} else if (syn == TCP_SYN && d == TO_CLIENT) {
		if (!out->ack)
			set_once(&out->crossing_syn, frame);
	} else if (syn == TCP_SYN) {
		out->syns++;
		set_once(&out->syn, frame);
		set_packet(&out->syn_packet, i);
		if (!mptcp && out->stream->capable_syn) {
			set_once(&out->plain_syn, frame);
			set_packet(&out->plain_syn_packet, i);
		}
	} else if (syn == (TCP_SYN | TCP_ACK)) {
		set_once(&out->synack, frame);
		set_packet(&out->synack_packet, i);
	} else if (d == TO_SERVER) {
		take_ack(p, i, &o, out);
	}
	if (p->len[i]) {
		set_once(&out->data[d], frame);
		if (!mptcp)
			set_once(&out->plain[d], frame);
	}
}

/*
 * A join is accepted if the fourth packet, or data, answers its ACK; or, if
 * these were not captured, if its sender continued as if it were, or nobody
 * reset it and the ACK was not retransmitted.
 */
static bool works(const struct stream *s, uint32_t join_acks)
{
	int reset = s->side[0].rst || s->side[1].rst;
	const struct stream_side *server = &s->side[TO_CLIENT];

	if (s->kind != STREAM_JOIN)
		return s->established;
	if (s->join_synack && s->has_hmac[TO_SERVER] && server->talked)
		return true;
	if (s->side[TO_SERVER].dss &&
	    (server->dss || (!server->has_syn && s->has_hmac[TO_SERVER])))
		return true;
	/*
	 * With one direction only: the host continues as if it had succeeded.
	 */
	if (s->join_synack && server->dss && !s->side[TO_SERVER].has_syn)
		return true;
	return s->established && !reset && join_acks < 2;
}

/*
 * A host answers an ACK, or its repetition, at once: a RST much later has
 * another reason.
 */
static bool in_time(const struct check_context *c, size_t k,
		    const struct subflow_facts *facts)
{
	int64_t waited = facts->rst_time - facts->last_time;

	return waited <= ANSWER ||
	       waited / ANSWER_TRIPS <= subflow_round_trip(c, k);
}

void subflow_facts_find(const struct check_context *c, size_t k,
			struct subflow_facts *out)
{
	const struct stream *s = context_subflow(c, k);

	memset(out, 0, sizeof(*out));
	out->stream = s;
	out->syn_packet = out->synack_packet = LEDGER_NO_PACKET;
	out->ack_packet = out->rst_packet = LEDGER_NO_PACKET;
	out->plain_syn_packet = LEDGER_NO_PACKET;
	for (size_t n = 0; n < s->n; n++)
		take_packet(&c->trace->packets, c->trace->order[s->first + n],
			    out);
	out->rst_answers_ack &= in_time(c, k, out);
	out->rst_from ^= s->flipped;
	out->works = works(s, out->join_acks);
}

int64_t subflow_round_trip(const struct check_context *c, size_t k)
{
	int64_t sum = 0;

	for (int d = 0; d < 2; d++) {
		const struct rtt *rtt = &c->tcp[k].direction[d].rtt;

		if (!rtt->has_handshake)
			return ROUND_TRIP;
		sum += rtt->handshake;
	}
	return sum;
}

const struct mptcp_option *subflow_reason(const struct check_context *c,
					  uint32_t packet,
					  struct tcp_options *room)
{
	const struct packets *p = &c->trace->packets;

	packets_mptcp(p, packet, room);
	return tcpopt_find(room, MP_TCPRST);
}
