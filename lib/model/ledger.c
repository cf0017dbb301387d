/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "model/streams.h"

void ledger_init(struct ledger *l)
{
	memset(l, 0, sizeof(*l));
}

void ledger_release(struct ledger *l)
{
	free(l->pieces);
	free(l->acks);
	free(l->priorities);
	free(l->packets);
	rangemap_release(&l->data[TO_SERVER]);
	rangemap_release(&l->data[TO_CLIENT]);
	ledger_init(l);
}

int64_t ledger_window_edge(const struct trace *t, const struct data_ack *ack)
{
	const struct packets *p = &t->packets;
	size_t i = ack->packet;
	int shift = stream_window_shift(
		&t->streams[p->stream[i]],
		p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER);

	/* The window of a SYN is never scaled (RFC 7323 2.2). */
	if (shift < 0 || (p->flags[i] & TCP_SYN))
		return LEDGER_UNKNOWN;
	return ack->ack + ((int64_t)p->window[i] << shift);
}

bool ledger_knows_dsn(const struct ledger *l, int d)
{
	return l->has_base[d] && !l->narrow[d];
}
