/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/keepalive.h"

#include "model/tcpopt.h"

/* The state of one direction while packets are processed. */
struct way {
	bool has_sent, has_acked;
	uint32_t sent;	/* raw sequence number after the SYN and all payload */
	uint32_t acked; /* highest acknowledgment of that, raw */
};

static bool has_mapping(const struct packets *p, size_t i)
{
	struct tcp_options o;

	packets_mptcp(p, i, &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		if (o.mptcp[k].has & MPTCP_HAS_DLL)
			return true;
	return false;
}

static bool is_probe(const struct packets *p, size_t i, const struct way *w)
{
	return p->len[i] == 1 &&
	       !(p->flags[i] & (TCP_SYN | TCP_FIN | TCP_RST | TCP_PSH)) &&
	       w->has_sent && w->has_acked && p->seq[i] == w->sent - 1 &&
	       (int32_t)(w->acked - w->sent) >= 0 && !has_mapping(p, i);
}

static void take(struct packets *p, size_t i, struct way *w, struct way *other)
{
	uint32_t end = p->seq[i] + p->len[i] + !!(p->flags[i] & TCP_SYN);

	if (is_probe(p, i, w)) {
		p->mark[i] |= PACKET_KEEP_ALIVE;
		p->len[i] = 0;
	} else if (p->len[i] || (p->flags[i] & TCP_SYN)) {
		if (w->has_sent && (int32_t)(end - w->sent) <= 0)
			end = w->sent;
		w->sent = end;
		w->has_sent = true;
	}
	if (!(p->flags[i] & TCP_ACK) ||
	    (other->has_acked && (int32_t)(p->ack[i] - other->acked) <= 0))
		return;
	other->acked = p->ack[i];
	other->has_acked = true;
}

void keepalive_mark(struct trace *t, const struct stream *s)
{
	struct packets *p = &t->packets;
	struct way ways[2] = { { 0, 0, 0, 0 }, { 0, 0, 0, 0 } };
	size_t k = 0;

	while (k < s->n && p->len[t->order[s->first + k]] != 1)
		k++;
	if (k == s->n)
		return; /* the usual case */
	for (k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];
		int d = !!(p->mark[i] & PACKET_REVERSE);

		take(p, i, &ways[d], &ways[!d]);
	}
}
