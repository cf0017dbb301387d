/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/witness.h"

/* The interface of a subflow's first packet. */
static uint16_t interface_of(const struct check_context *c, size_t k)
{
	const struct stream *s = context_subflow(c, k);

	return c->trace->packets.interface[c->trace->order[s->first]];
}

enum witness witness_of(const struct check_context *c, size_t k, int host,
			int64_t since)
{
	const struct packets *p = &c->trace->packets;
	uint16_t here = interface_of(c, k);
	enum witness best = WITNESS_NONE;

	for (size_t j = c->ledger.n_packets; j-- > 0;) {
		uint32_t i = c->ledger.packets[j];

		if (p->time[i] < since)
			break;
		if ((int)ledger_direction(c->trace, i) != host)
			continue;
		if (p->interface[i] == here)
			return WITNESS_HERE;
		best = WITNESS_ELSEWHERE;
	}
	return best;
}

bool witness_is_cut(const struct check_context *c)
{
	const struct packets *p = &c->trace->packets;

	for (size_t j = 0; j < c->ledger.n_packets; j++)
		if (p->mark[c->ledger.packets[j]] & PACKET_OPTIONS_CUT)
			return true;
	return false;
}
