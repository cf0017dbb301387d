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
	uint32_t *slots[2]; /* [direction]: the last packet with such an IP id,
			       or such a sequence number */
	size_t mask;
	bool id_tells[2]; /* each packet of the direction has another IP id */
	int64_t rtt;	  /* ns, of the handshake, or UNKNOWN */
};

static bool has_timestamp(const struct packets *p, uint32_t i)
{
	return packets_tsval(p, i) != 0;
}

/* The same in all that the packet table keeps of it, TTL and time left out. */
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
 * From each SYN to the first packet that answers it, and back: both halves of
 * the handshake together, wherever it was captured.  What was sent more than
 * once counts from the last time: too short is safe.
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

/* The slot of what the copy of packet i would be found by. */
static uint32_t *slot(struct search *s, uint32_t i)
{
	const struct packets *p = s->p;
	uint32_t key = p->seq[i] * 0x9e3779b1u >> 16;

	if (p->ip_id[i])
		key = p->ip_id[i];
	return &s->slots[alike_direction(p, i)][key & s->mask];
}

/* Packet i is the same as "a": could it have been sent again? */
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

/* Mark the copies; how many there are. */
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
