/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/duplicate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/alike.h"

enum {
	LEAST_TIMEOUT = 200000000, /* ns */
	FIRST_TIMEOUT = 1000000000,
	SLOWEST_TICK = 10000000, /* ns */
	MOST_SLOTS = 1 << 16
};

#define NONE UINT32_MAX
#define UNKNOWN INT64_MAX

struct search {
	const struct packets *p;
	uint32_t *slots[2]; /* [direction]: the last packet, by IP id or by
			       sequence number */
	size_t mask;
	/* each packet of the direction has a different IP id */
	bool id_tells[2];
	int64_t rtt; /* ns, from the handshake, or UNKNOWN */
};

static bool has_timestamp(const struct packets *p, uint32_t i)
{
	return packets_tsval(p, i) != 0;
}

/* Whether everything in the packet table is equal, except TTL and time. */
static bool identical(const struct packets *p, uint32_t a, uint32_t b)
{
	return alike_place(p, a, b) && p->flags[a] == p->flags[b] &&
	       p->window[a] == p->window[b] && p->ip_id[a] == p->ip_id[b] &&
	       p->mark[a] == p->mark[b] && p->interface[a] == p->interface[b] &&
	       p->n_options[a] == p->n_options[b] &&
	       memcmp(packets_options(p, a), packets_options(p, b),
		      p->n_options[a]) == 0;
}

/*
 * The sum of the times from a SYN to the first packet that answers it, and
 * back: a complete round trip, wherever it was captured.  For retransmitted
 * packets the last one is used, since a value that is too small does no harm.
 */
static int64_t handshake(const struct packets *p, const uint32_t *order,
			 size_t n)
{
	int64_t syn = UNKNOWN, answer = UNKNOWN, first_half = UNKNOWN;

	for (size_t k = 0; k < n; k++) {
		uint32_t i = order[k];
		unsigned flags = p->flags[i] & (TCP_SYN | TCP_ACK | TCP_RST);

		if (flags == TCP_SYN) {
			syn = p->time[i];
		} else if (flags == (TCP_SYN | TCP_ACK) && syn != UNKNOWN) {
			answer = p->time[i];
			if (first_half == UNKNOWN)
				first_half = answer - syn;
		} else if (flags == TCP_ACK && !alike_direction(p, i)) {
			return answer == UNKNOWN
				       ? UNKNOWN
				       : first_half + p->time[i] - answer;
		}
	}
	return UNKNOWN;
}

/* The slot in which a copy of packet i looks for it. */
static uint32_t *slot(struct search *s, uint32_t i)
{
	const struct packets *p = s->p;
	uint32_t key = p->seq[i] * 0x9e3779b1u >> 16;

	if (p->ip_id[i])
		key = p->ip_id[i];
	return &s->slots[alike_direction(p, i)][key & s->mask];
}

/* Packet i equals "a": whether it may be a retransmission. */
static bool is_copy(const struct search *s, uint32_t a, uint32_t i)
{
	const struct packets *p = s->p;
	int64_t apart = p->time[i] - p->time[a];
	bool stamped = has_timestamp(p, i);

	if (p->ip_id[i] && s->id_tells[alike_direction(p, i)])
		return stamped ? apart < FIRST_TIMEOUT
			       : apart < LEAST_TIMEOUT && apart < s->rtt;
	return p->len[i] && stamped && s->rtt != UNKNOWN &&
	       s->rtt > SLOWEST_TICK && apart < s->rtt / 2;
}

/* Mark the copies; returns their number. */
static size_t look(struct search *s, const uint32_t *order, size_t n,
		   uint8_t *mark)
{
	size_t copies = 0;

	for (size_t k = 0; k < n; k++) {
		uint32_t i = order[k], *at = slot(s, i);

		if (*at != NONE && identical(s->p, *at, i) &&
		    is_copy(s, *at, i)) {
			mark[i] |= PACKET_DUPLICATE;
			copies++;
		} else {
			*at = i;
		}
	}
	return copies;
}

void duplicates_set_apart(struct trace *t, struct stream *stream)
{
	struct search s = { .p = &t->packets, .mask = 63 };
	const uint32_t *order = t->order + stream->first;
	size_t slots = 0, copies = 0;

	stream->n_duplicates = 0;
	while (s.mask + 1 < stream->n && s.mask + 1 < MOST_SLOTS)
		s.mask = 2 * s.mask + 1;
	slots = s.mask + 1;
	s.slots[0] = mem_realloc(NULL, 2 * slots, sizeof(*s.slots[0]));
	s.slots[1] = s.slots[0] + slots;
	memset(s.slots[0], 0xff, 2 * slots * sizeof(*s.slots[0])); /* NONE */
	alike_ids(&t->packets, order, stream->n, s.id_tells);
	s.rtt = handshake(&t->packets, order, stream->n);
	copies = look(&s, order, stream->n, t->packets.mark);
	if (copies)
		stream->n_duplicates =
			trace_set_apart(t, stream, PACKET_DUPLICATE);
	free(s.slots[0]);
}
