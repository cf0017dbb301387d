/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/signal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void collect_packet(struct signals *list, const struct trace *t,
			   const struct connection *conn, uint32_t i)
{
	const struct packets *p = &t->packets;
	const struct stream *s = &t->streams[p->stream[i]];
	struct tcp_options o;

	packets_mptcp(p, i, &o);
	for (size_t k = 0; k < o.n_mptcp; k++) {
		int reverse = !!(p->mark[i] & PACKET_REVERSE);

		if (o.mptcp[k].subtype == MP_DSS)
			continue;
		*MEM_PUSH(list->items, list->n, list->cap) = (struct signal){
			.packet = i,
			.subflow = (uint32_t)s->position,
			.from = reverse ^ s->flipped,
			.opener = !reverse,
			.flags = p->flags[i],
			.flaw = effect_flaw(conn, reverse ^ s->flipped,
					    &o.mptcp[k], p->flags[i]),
			.option = o.mptcp[k]
		};
	}
}

void signals_collect(struct signals *list, const struct trace *t,
		     const struct connection *conn, const struct ledger *l)
{
	memset(list, 0, sizeof(*list));
	for (size_t j = 0; j < l->n_packets; j++)
		collect_packet(list, t, conn, l->packets[j]);
}

void signals_release(struct signals *list)
{
	free(list->items);
	memset(list, 0, sizeof(*list));
}
