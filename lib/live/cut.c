/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/cut.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/account.h"

enum {
	BEGIN = 8,  /* first packets of each stream to keep */
	MOST = 4096 /* special packets to keep among old ones; handshakes are
		       always kept */
};

/* ns: copies of a packet follow within this time (copies.h). */
#define COPIES 5000000000

static bool is_handshake(const struct packets *p, size_t i)
{
	struct tcp_options o;

	if (p->flags[i] & TCP_SYN)
		return true;
	packets_mptcp(p, i, &o);
	return tcpopt_find(&o, MP_CAPABLE) || tcpopt_find(&o, MP_JOIN);
}

static bool is_special(const struct packets *p, size_t i)
{
	struct tcp_options o;

	packets_mptcp(p, i, &o);
	return cluster_is_special(p->flags[i], &o);
}

/* Whether it is the packet since which a flow is silent. */
static bool begins_silence(const struct trace *t, size_t i)
{
	const struct stream *s = &t->streams[t->packets.stream[i]];
	const struct past_stream *past = past_find_stream(t, s->tcp_stream);

	for (int d = 0; past && d < 2; d++)
		if (past->flow[d].flight.silent &&
		    past->flow[d].silent_frame == t->packets.frame[i])
			return true;
	return false;
}

static void mark_begins(const struct packets *p, size_t end, uint8_t *marked)
{
	uint8_t *begun = mem_calloc(p->n_streams + 1, 1);

	for (size_t i = 0; i < end; i++) {
		marked[i] = begun[p->stream[i]] < BEGIN || is_handshake(p, i);
		begun[p->stream[i]] += begun[p->stream[i]] < BEGIN;
	}
	free(begun);
}

/* Determine which of the first "end" packets stay. */
static void mark_special(const struct live_cluster *c, size_t end,
			 uint8_t *marked)
{
	const struct packets *p = &c->packets;
	size_t n = 0;

	mark_begins(p, end, marked);
	for (size_t i = end; i-- > 0;) {
		if (n < MOST && !marked[i] && is_special(p, i)) {
			marked[i] = 1;
			n++;
		}
		marked[i] |= begins_silence(&c->trace, i);
	}
}

/* Whether it is a copy of a packet that goes: it would replace that one. */
static bool is_late_copy(const struct trace *t, size_t i, size_t end)
{
	return (t->packets.mark[i] & (PACKET_COPY | PACKET_DUPLICATE)) &&
	       t->packets.time[i] - t->packets.time[end] < COPIES;
}

void cut_off(struct live_cluster *c, size_t keep, int64_t until)
{
	const struct trace *t = &c->trace;
	const size_t n = t->packets.n;
	size_t end = n > keep ? n - keep : 0;
	uint8_t *marked = NULL;

	while (end > 0 &&
	       (t->packets.time[end - 1] > until ||
		(end < n && t->packets.time[end - 1] == t->packets.time[end])))
		end--;
	if (!end)
		return;
	account_past(&c->trace, &c->past, end);
	marked = mem_calloc(n, 1);
	mark_special(c, end, marked);
	for (size_t i = end; i < n; i++)
		marked[i] = !is_late_copy(t, i, end);
	packets_keep(&c->packets, marked);
	free(marked);
}
