/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/alike.h"

#include <string.h>

#define NONE UINT32_MAX

int alike_direction(const struct packets *p, uint32_t i)
{
	return !!(p->mark[i] & PACKET_REVERSE);
}

uint32_t alike_point(const struct packets *p, uint32_t i)
{
	return (uint32_t)(p->way[i] == WAY_SENT) << 24 |
	       (uint32_t)p->interface[i] << 8 | p->ttl[i];
}

uint16_t alike_interface(uint32_t point)
{
	return (uint16_t)(point >> 8);
}

uint8_t alike_ttl(uint32_t point)
{
	return (uint8_t)point;
}

bool alike_place(const struct packets *p, uint32_t a, uint32_t b)
{
	return p->seq[a] == p->seq[b] && p->ack[a] == p->ack[b] &&
	       p->len[a] == p->len[b];
}

/* Outside of a tunnel the snapshot length leaves fewer bytes. */
bool alike_options(const struct packets *p, uint32_t a, uint32_t b)
{
	size_t n = p->n_options[a];

	if (p->n_options[b] != n &&
	    !((p->mark[a] | p->mark[b]) & PACKET_OPTIONS_CUT))
		return false;
	if (p->n_options[b] < n)
		n = p->n_options[b];
	return memcmp(packets_options(p, a), packets_options(p, b), n) == 0;
}

void alike_ids(const struct packets *p, const uint32_t *order, size_t n,
	       bool tells[2])
{
	size_t all[2] = { 0, 0 }, same[2] = { 0, 0 };
	uint32_t last[2] = { NONE, NONE };

	for (size_t k = 0; k < n; k++) {
		uint32_t i = order[k];
		int d = alike_direction(p, i);

		if (!(p->mark[i] & PACKET_HAS_IP_ID) || !p->ip_id[i])
			continue;
		if (last[d] != NONE && !alike_place(p, last[d], i)) {
			all[d]++;
			same[d] += p->ip_id[last[d]] == p->ip_id[i];
		}
		last[d] = i;
	}
	for (int d = 0; d < 2; d++)
		tells[d] = all[d] > 0 && same[d] * 10 <= all[d];
}
