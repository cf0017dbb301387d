/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/subflow.h"

#include <string.h>

#include "model/tcpopt.h"

static void set_once(uint32_t *at, uint32_t frame)
{
	if (!*at)
		*at = frame;
}

static void take_packet(const struct packets *p, uint32_t i,
			struct subflow_facts *out, int *has_ack_option)
{
	unsigned flags = p->flags[i], syn = flags & (TCP_SYN | TCP_ACK);
	int d = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;
	int mptcp = 0;
	uint32_t frame = p->frame[i];
	struct tcp_options o;

	mptcp = tcpopt_parse_mptcp(packets_options(p, i), p->n_options[i], &o) >
		0;
	if (flags & TCP_RST) {
		if (!out->rst) {
			out->rst_from = d == TO_CLIENT;
			out->rst_time = p->time[i];
		}
		set_once(&out->rst, frame);
	} else if (syn == TCP_SYN) {
		out->syns++;
		set_once(&out->syn, frame);
		if (!mptcp && out->stream->capable_syn)
			set_once(&out->plain_syn, frame);
	} else if (syn == (TCP_SYN | TCP_ACK)) {
		set_once(&out->synack, frame);
	} else if (d == TO_SERVER) {
		int option =
			tcpopt_find(&o, MP_CAPABLE) || tcpopt_find(&o, MP_JOIN);

		if (option && !*has_ack_option)
			out->ack = frame;
		*has_ack_option |= option;
		out->join_acks += tcpopt_find(&o, MP_JOIN) != NULL;
		set_once(&out->ack, frame);
	}
	if (p->len[i]) {
		set_once(&out->data[d], frame);
		if (!mptcp)
			set_once(&out->plain[d], frame);
	}
}

/* A join is taken when the fourth packet, or data, answers the ACK of it; or,
   where those were not captured, when nobody reset it and the ACK was not sent
   again. */
static int works(const struct stream *s, uint32_t join_acks)
{
	int reset = s->side[0].rst || s->side[1].rst;

	if (s->kind != STREAM_JOIN)
		return s->established;
	if (s->join_synack && s->has_hmac[TO_SERVER] &&
	    s->side[TO_CLIENT].talked)
		return 1;
	if (s->side[0].dss && s->side[1].dss)
		return 1;
	return s->established && !reset && join_acks < 2;
}

void subflow_facts_find(const struct checkup *c, size_t k,
			struct subflow_facts *out)
{
	const struct stream *s = checkup_subflow(c, k);
	int has_ack_option = 0;

	memset(out, 0, sizeof(*out));
	out->stream = s;
	for (size_t n = 0; n < s->n; n++)
		take_packet(&c->trace->packets, c->trace->order[s->first + n],
			    out, &has_ack_option);
	out->rst_from ^= s->flipped;
	out->works = works(s, out->join_acks);
}
