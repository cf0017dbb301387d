/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With the captures of both ends: did the options arrive as they were sent? */
#include <inttypes.h>

#include "check/examine.h"
#include "model/tcpopt.h"

static int has_mptcp(const struct packets *p, uint32_t i)
{
	struct tcp_options o;

	return tcpopt_parse_mptcp(packets_options(p, i), p->n_options[i], &o) >
	       0;
}

static const char *packet_name(const struct packets *p, uint32_t i)
{
	unsigned syn = p->flags[i] & (TCP_SYN | TCP_ACK);

	if (syn == TCP_SYN)
		return "the SYN";
	if (syn == (TCP_SYN | TCP_ACK))
		return "the SYN/ACK";
	if (p->flags[i] & TCP_RST)
		return "a RST";
	return p->len[i] ? "a segment with data" : "an ACK";
}

/* Of a paired stream. */
struct passage {
	struct checkup *c;
	const struct paired_stream *pair;
};

/* Packets 0 and 1, by capture, are one, whose options were altered; "sender" is
   the capture before. */
static void judge_packet(struct passage *v, const uint32_t packet[2],
			 int sender)
{
	struct finding *f = &v->c->findings[RULE_OPTIONS_INTACT];
	const struct packets *p[2] = { &v->c->pairing->trace[0]->packets,
				       &v->c->pairing->trace[1]->packets };
	int sent = has_mptcp(p[sender], packet[sender]);
	int arrived = has_mptcp(p[!sender], packet[!sender]);
	const char *what = !arrived ? "lost its" : sent ? "got other" : "got";
	struct damage *d = &v->c->damage;

	finding_wrong(f, SEVERITY_ERROR, p[0]->frame[packet[0]],
		      "%s of tcp %u %s Multipath TCP options on the way to "
		      "the %s (frame %" PRIu32 " of the other capture)",
		      packet_name(p[0], packet[0]),
		      v->pair->stream[0]->tcp_stream, what,
		      sender == v->c->pairing->client_end ? "server" : "client",
		      p[1]->frame[packet[1]]);
	if (!d->packets++) {
		d->frame[0] = p[0]->frame[packet[0]];
		d->frame[1] = p[1]->frame[packet[1]];
		d->subflow = (uint32_t)v->pair->stream[0]->position;
		d->what = packet_name(p[0], packet[0]);
		d->removed = !arrived;
	}
}

static int are_comparable(const struct passage *v, const uint32_t packet[2])
{
	const struct trace *const *t = v->c->pairing->trace;

	return !((t[0]->packets.mark[packet[0]] |
		  t[1]->packets.mark[packet[1]]) &
		 PACKET_OPTIONS_CUT);
}

static void check_stream(struct passage *v)
{
	const struct match_end *e = &v->pair->match.end[0];

	for (size_t k = 0; k < e->n; k++) {
		const uint32_t packet[2] = { e->packet[k], e->peer[k] };
		int sender = e->direction[k] == TO_SERVER
				     ? v->pair->client_end
				     : !v->pair->client_end;

		if ((e->fate[k] != MATCH_MATCHED &&
		     e->fate[k] != MATCH_COALESCED) ||
		    !are_comparable(v, packet))
			continue;
		if (e->change[k] & CHANGED_MPTCP)
			judge_packet(v, packet, sender);
		else
			finding_ok(&v->c->findings[RULE_OPTIONS_INTACT]);
	}
}

void check_path(struct checkup *c)
{
	for (size_t k = 0; c->pairing && k < c->conn->n_subflows; k++) {
		struct passage v = { .c = c };

		v.pair = pairing_stream(c->pairing, checkup_subflow(c, k));
		if (v.pair)
			check_stream(&v);
		else
			finding_unknown(&c->findings[RULE_OPTIONS_INTACT],
					"tcp %u is not in the other capture",
					checkup_subflow(c, k)->tcp_stream);
	}
}
