/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/counterpart.h"

#include "model/tcpopt.h"
#include "pair/match_change.h"

/* Packet i of this capture is packet j of the other one. */
static void take(struct counterpart *found, const struct check_context *c,
		 uint32_t i, uint32_t j, unsigned change)
{
	const struct packets *p = &c->trace->packets;
	const struct packets *q = &c->pairing->trace[1]->packets;

	found->state = COUNTERPART_SAME;
	found->frame = q->frame[j];
	found->packet = j;
	if (change & CHANGED_MPTCP)
		found->state =
			packets_has_mptcp(p, i) && !packets_has_mptcp(q, j)
				? COUNTERPART_STRIPPED
				: COUNTERPART_ALTERED;
}

/* A stream without its pair: raw numbers, which are never equal by chance. */
static uint32_t find_anywhere(const struct check_context *c, uint32_t i)
{
	const struct packets *p = &c->trace->packets;
	const struct packets *q = &c->pairing->trace[1]->packets;

	for (uint32_t j = 0; j < q->n; j++)
		if (p->seq[i] == q->seq[j] && p->len[i] == q->len[j] &&
		    (p->ack[i] == q->ack[j] || (p->flags[i] & TCP_SYN)) &&
		    !((p->flags[i] ^ q->flags[j]) &
		      (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) &&
		    packets_tsval(p, i) == packets_tsval(q, j))
			return j;
	return LEDGER_NO_PACKET;
}

bool counterpart_exists(const struct paired_stream *pair, uint32_t j)
{
	const struct match_end *e = &pair->match.end[1];
	size_t k = match_place(e, j);

	return k < e->n && e->peer[k] != MATCH_NONE;
}

/* Whether the other capture has packets of the connection after that time. */
static int ran_then(const struct check_context *c, uint32_t i)
{
	const int64_t *time = c->trace->packets.time;

	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct paired_stream *pair =
			pairing_stream(c->pairing, context_subflow(c, k));
		const struct match_end *e = pair ? &pair->match.end[0] : NULL;

		for (size_t n = e ? e->n : 0; n-- > 0;) {
			if (time[e->packet[n]] < time[i])
				break;
			if (e->packet[n] != i && e->fate[n] == MATCH_MATCHED)
				return 1;
		}
	}
	return 0;
}

struct counterpart counterpart_find(const struct check_context *c, uint32_t i)
{
	struct counterpart found = { .state = COUNTERPART_UNKNOWN,
				     .packet = LEDGER_NO_PACKET };
	const struct paired_stream *pair = NULL;
	const struct stream *s = NULL;
	uint32_t j = LEDGER_NO_PACKET;

	if (!c->pairing || i == LEDGER_NO_PACKET)
		return found;
	s = &c->trace->streams[c->trace->packets.stream[i]];
	pair = pairing_stream(c->pairing, s);
	found.is_sender = c->pairing->client_end ==
			  (ledger_direction(c->trace, i) == TO_SERVER);
	if (pair) {
		const struct match_end *e = &pair->match.end[0];
		size_t k = match_place(e, i);

		if (k < e->n && e->peer[k] != MATCH_NONE)
			take(&found, c, i, e->peer[k], e->change[k]);
	} else {
		j = find_anywhere(c, i);
		if (j != LEDGER_NO_PACKET)
			take(&found, c, i, j,
			     match_mptcp_change(&c->trace->packets, i,
						&c->pairing->trace[1]->packets,
						j));
	}
	if (found.state == COUNTERPART_UNKNOWN && ran_then(c, i))
		found.state = COUNTERPART_MISSING;
	return found;
}
