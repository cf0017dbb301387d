/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rule options_intact: with captures of both ends, did the options arrive
 * unchanged?
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/sort.h"
#include "check/examine.h"
#include "model/tcpopt.h"

/* For one paired stream. */
struct passage {
	struct check_context *c;
	const struct paired_stream *pair;
};

/*
 * Packets 0 and 1 (by capture) are the same, with different options; "sender"
 * is the capture at the sender.
 */
static void add_damaged(struct passage *v, const uint32_t packet[2], int sender)
{
	struct finding *f = &v->c->findings[RULE_OPTIONS_INTACT];
	struct damages *all = &v->c->damages;
	const struct packets *p[2] = { &v->c->pairing->trace[0]->packets,
				       &v->c->pairing->trace[1]->packets };
	int sent = packets_has_mptcp(p[sender], packet[sender]);
	int arrived = packets_has_mptcp(p[!sender], packet[!sender]);
	const char *what = !arrived ? "lost its" : sent ? "got other" : "got";

	finding_wrong(f, SEVERITY_ERROR, p[0]->frame[packet[0]],
		      "%s of tcp %u %s Multipath TCP options on the way to "
		      "the %s (frame %s of the other capture)",
		      context_packet_name(v->c, packet[0]),
		      v->pair->stream[0]->tcp_stream, what,
		      sender == v->c->pairing->client_end ? "server" : "client",
		      context_other_frame(v->c, p[1]->frame[packet[1]]).text);
	*MEM_PUSH(all->items, all->n, all->cap) = (struct damaged){
		.packet = packet[0],
		.frame = p[1]->frame[packet[1]],
		.subflow = (uint32_t)v->pair->stream[0]->position,
		.removed = !arrived,
		.arrived = sender == 1,
	};
}

static bool are_comparable(const struct passage *v, const uint32_t packet[2])
{
	const struct trace *const *t = v->c->pairing->trace;

	return !((t[0]->packets.mark[packet[0]] |
		  t[1]->packets.mark[packet[1]]) &
		 PACKET_OPTIONS_CUT);
}

/* Packet k of the first capture, which the second one has, too. */
static void judge_packet(struct passage *v, size_t k)
{
	struct finding *f = &v->c->findings[RULE_OPTIONS_INTACT];
	const struct match_end *e = &v->pair->match.end[0];
	const uint32_t packet[2] = { e->packet[k], e->peer[k] };
	int sender = e->direction[k] == TO_SERVER ? v->pair->client_end
						  : !v->pair->client_end;

	if (!are_comparable(v, packet))
		finding_unknown(f, "options were not captured whole");
	else if (e->change[k] & CHANGED_MPTCP)
		add_damaged(v, packet, sender);
	else
		finding_ok(f);
}

static void check_stream(struct passage *v)
{
	const struct match_end *e = &v->pair->match.end[0];

	for (size_t k = 0; k < e->n; k++)
		if (e->fate[k] == MATCH_MATCHED ||
		    e->fate[k] == MATCH_COALESCED)
			judge_packet(v, k);
}

static int by_packet(const void *x, const void *y)
{
	const struct damaged *a = x, *b = y;

	return COMPARE(a->packet, b->packet);
}

void check_path(struct check_context *c)
{
	for (size_t k = 0; c->pairing && k < c->conn->n_subflows; k++) {
		struct passage v = { .c = c };

		v.pair = pairing_stream(c->pairing, context_subflow(c, k));
		if (v.pair)
			check_stream(&v);
		else
			finding_unknown(&c->findings[RULE_OPTIONS_INTACT],
					"tcp %u is not in the other capture",
					context_subflow(c, k)->tcp_stream);
	}
	SORT(c->damages.items, c->damages.n, by_packet);
}
