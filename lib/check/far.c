/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/far.h"

#include <string.h>

#include "model/tcpopt.h"

enum {
	KEPT_FLAGS = TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK,
	OPTIONS = 40
};

/* A packet's MPTCP options, one behind the other; how many bytes. */
static size_t mptcp_bytes(const struct packets *p, uint32_t i, uint8_t *out)
{
	const uint8_t *o = NULL;
	size_t at = 0, len = 0, n = 0;
	int kind = 0;

	while ((kind = tcpopt_next(packets_options(p, i), p->n_options[i], &at,
				   &o, &len)))
		if (kind == TCPOPT_MPTCP && n + len <= OPTIONS) {
			memcpy(out + n, o, len);
			n += len;
		}
	return n;
}

static enum far_sight compare(const struct packets *p, uint32_t i,
			      const struct packets *q, uint32_t j)
{
	uint8_t here[OPTIONS], there[OPTIONS];
	size_t n = mptcp_bytes(p, i, here), m = mptcp_bytes(q, j, there);

	if ((p->mark[i] | q->mark[j]) & PACKET_OPTIONS_CUT)
		return FAR_SAME;
	if (n == m && memcmp(here, there, n) == 0)
		return FAR_SAME;
	return n && !m ? FAR_STRIPPED : FAR_ALTERED;
}

/* The same flags, length and timestamp? */
static int alike(const struct packets *p, uint32_t i, const struct packets *q,
		 uint32_t j)
{
	return p->len[i] == q->len[j] &&
	       (p->flags[i] & KEPT_FLAGS) == (q->flags[j] & KEPT_FLAGS) &&
	       tcpopt_tsval(packets_options(p, i), p->n_options[i]) ==
		       tcpopt_tsval(packets_options(q, j), q->n_options[j]);
}

/* Relative to the ISN where both captures have it: it may be rewritten. */
static int same_place(const struct packets *p, uint32_t i,
		      const struct stream_side *a, const struct packets *q,
		      uint32_t j, const struct stream_side *b)
{
	if (a->has_isn && b->has_isn)
		return p->seq[i] - a->isn == q->seq[j] - b->isn;
	return p->seq[i] == q->seq[j];
}

static uint32_t find_in_pair(const struct checkup *c, uint32_t i,
			     const struct paired_stream *pair)
{
	const struct packets *p = &c->trace->packets;
	const struct trace *other = c->pairing->trace[1];
	const struct packets *q = &other->packets;
	const struct stream *s = pair->stream[1];
	int d = !!(p->mark[i] & PACKET_REVERSE);

	for (size_t n = 0; n < s->n; n++) {
		uint32_t j = other->order[s->first + n];

		if (!!(q->mark[j] & PACKET_REVERSE) == d && alike(p, i, q, j) &&
		    same_place(p, i, &pair->stream[0]->side[d], q, j,
			       &s->side[d]))
			return j;
	}
	return LEDGER_NO_PACKET;
}

int far_has_packet(const struct checkup *c, const struct paired_stream *pair,
		   uint32_t j)
{
	const struct packets *p = &c->trace->packets;
	const struct packets *q = &c->pairing->trace[1]->packets;
	const struct stream *s = pair->stream[0];
	int d = !!(q->mark[j] & PACKET_REVERSE);

	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = c->trace->order[s->first + n];

		if (!!(p->mark[i] & PACKET_REVERSE) == d && alike(p, i, q, j) &&
		    same_place(p, i, &s->side[d], q, j,
			       &pair->stream[1]->side[d]))
			return 1;
	}
	return 0;
}

/* A stream without its pair: raw numbers, which nobody has by accident. */
static uint32_t find_anywhere(const struct checkup *c, uint32_t i)
{
	const struct packets *p = &c->trace->packets;
	const struct packets *q = &c->pairing->trace[1]->packets;

	for (uint32_t j = 0; j < q->n; j++)
		if (p->seq[i] == q->seq[j] &&
		    (p->ack[i] == q->ack[j] || (p->flags[i] & TCP_SYN)) &&
		    alike(p, i, q, j))
			return j;
	return LEDGER_NO_PACKET;
}

/* Does the other capture have packets of the connection from then on? */
static int ran_then(const struct checkup *c, uint32_t i)
{
	const int64_t *time = c->trace->packets.time;

	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct paired_stream *pair =
			pairing_stream(c->pairing, checkup_subflow(c, k));
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

struct far far_find(const struct checkup *c, uint32_t i)
{
	struct far far = { .sight = FAR_UNKNOWN, .packet = LEDGER_NO_PACKET };
	const struct paired_stream *pair = NULL;
	const struct stream *s = NULL;
	uint32_t j = LEDGER_NO_PACKET;

	if (!c->pairing || i == LEDGER_NO_PACKET)
		return far;
	s = &c->trace->streams[c->trace->packets.stream[i]];
	pair = pairing_stream(c->pairing, s);
	far.is_sender = c->pairing->client_end ==
			(ledger_direction(c->trace, i) == TO_SERVER);
	j = pair ? find_in_pair(c, i, pair) : find_anywhere(c, i);
	if (j != LEDGER_NO_PACKET) {
		const struct packets *q = &c->pairing->trace[1]->packets;

		far.sight = compare(&c->trace->packets, i, q, j);
		far.frame = q->frame[j];
		far.packet = j;
	} else if (ran_then(c, i)) {
		far.sight = FAR_MISSING;
	}
	return far;
}
