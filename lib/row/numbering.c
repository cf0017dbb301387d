/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/numbering.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	PAIRS_FIRST = 1024, /* initial capacity; a power of two */
	TCP_HEADER = 20	    /* bytes, without options */
};

struct numbered_pair {
	bool used;
	/* The ends: the sender of its first packet, and the other one. */
	struct address address[2];
	uint16_t port[2];
	uint32_t number; /* of the latest stream of the pair */
	bool has_base[2];
	uint32_t base[2]; /* sequence numbers before the first byte of data */
	bool closed;	  /* FIN or RST was seen */
	int64_t last;	  /* time of its last packet with a time */
};

void numbering_init(struct numbering *s, enum numbering_rule rule)
{
	*s = (struct numbering){ .rule = rule };
}

void numbering_release(struct numbering *s)
{
	free(s->pairs);
	numbering_init(s, s->rule);
}

static uint64_t mix(uint64_t h)
{
	h *= 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static uint64_t hash_end(const struct address *a, uint16_t port)
{
	uint64_t x[2];

	memcpy(x, a->bytes, sizeof(x));
	return mix(mix(x[0] ^ port) ^ x[1]);
}

/* The same hash for both directions. */
static uint64_t hash_pair(const struct address address[2],
			  const uint16_t port[2])
{
	return mix(hash_end(&address[0], port[0]) +
		   hash_end(&address[1], port[1]));
}

/* Which end of the pair sent it: 0, 1; -1: it belongs to another pair. */
static int sender(const struct numbered_pair *p, const struct row *row)
{
	for (int i = 0; i < 2; i++)
		if (row->sport == p->port[i] && row->dport == p->port[!i] &&
		    address_is_equal(&row->src, &p->address[i]) &&
		    address_is_equal(&row->dst, &p->address[!i]))
			return i;
	return -1;
}

/* Move the pairs in use to a table of another size. */
static void rebuild(struct numbering *s, size_t cap)
{
	struct numbered_pair *pairs = mem_calloc(cap, sizeof(*pairs));

	for (size_t i = 0; i < s->cap; i++) {
		const struct numbered_pair *p = &s->pairs[i];
		size_t k = hash_pair(p->address, p->port) & (cap - 1);

		if (!p->used)
			continue;
		while (pairs[k].used)
			k = (k + 1) & (cap - 1);
		pairs[k] = *p;
	}
	free(s->pairs);
	s->pairs = pairs;
	s->cap = cap;
}

static void open_stream(struct numbering *s, struct numbered_pair *p)
{
	p->number = s->n++;
	p->has_base[0] = p->has_base[1] = p->closed = false;
}

/* The pair of a row, created if necessary, and the sending end. */
static struct numbered_pair *find(struct numbering *s, const struct row *row,
				  int *who)
{
	const struct address address[2] = { row->src, row->dst };
	const uint16_t port[2] = { row->sport, row->dport };
	struct numbered_pair *p = NULL;
	size_t i = 0;

	if (s->n_pairs >= s->cap / 2)
		rebuild(s, s->cap ? 2 * s->cap : PAIRS_FIRST);
	i = hash_pair(address, port) & (s->cap - 1);
	while (s->pairs[i].used) {
		*who = sender(&s->pairs[i], row);
		if (*who >= 0)
			return &s->pairs[i];
		i = (i + 1) & (s->cap - 1);
	}
	p = &s->pairs[i];
	memcpy(p->address, address, sizeof(address));
	memcpy(p->port, port, sizeof(port));
	p->used = true;
	s->n_pairs++;
	open_stream(s, p);
	*who = 0;
	return p;
}

/* Whether a SYN, or SYN/ACK, begins a new stream. */
static bool begins(const struct numbering *s, const struct numbered_pair *p,
		   const struct row *row, int who)
{
	bool other = p->has_base[who] && row->seq != p->base[who];

	if (s->rule == NUMBERING_4_0)
		return other && !(row->flags & TCP_ACK);
	return other || (p->has_base[who] && p->closed);
}

static void learn(struct numbered_pair *p, int who, uint32_t base)
{
	if (!p->has_base[who])
		p->base[who] = base;
	p->has_base[who] = true;
}

static void learn_bases(struct numbering *s, struct numbered_pair *p,
			const struct row *row, int who)
{
	const bool syn = row->flags & TCP_SYN, ack = row->flags & TCP_ACK;

	/* 4.0 ignores segments shorter than their header. */
	if (s->rule == NUMBERING_4_0 && !(row->present & ROW_HAS_LEN) &&
	    row->hdr_len >= TCP_HEADER)
		return;
	learn(p, who, row->seq - !syn);
	if (ack)
		learn(p, !who, row->ack - 1);
}

void numbering_row(struct numbering *s, struct row *row, enum row_kind kind)
{
	const bool syn = row->flags & TCP_SYN, ack = row->flags & TCP_ACK;
	const bool whole = row->hdr_len >= TCP_HEADER;
	int who = 0;
	struct numbered_pair *p = find(s, row, &who);

	if (syn && begins(s, p, row, who))
		open_stream(s, p);
	else if (syn && ack && s->rule == NUMBERING_4_0 && p->has_base[who])
		p->base[who] = row->seq;
	else if (syn && !ack && !p->has_base[who] && whole)
		p->closed = false;
	row->stream = p->number;
	if (row->present & ROW_HAS_TIME)
		p->last = row->time;
	if (kind != ROW_ICMP)
		learn_bases(s, p, row, who);
	if (whole &&
	    ((row->flags & TCP_RST) || ((row->flags & TCP_FIN) && ack)))
		p->closed = true;
}

void numbering_forget(struct numbering *s, int64_t closed, int64_t any)
{
	size_t cap = PAIRS_FIRST;

	for (size_t i = 0; i < s->cap; i++) {
		struct numbered_pair *p = &s->pairs[i];

		if (!p->used || p->last >= (p->closed ? closed : any))
			continue;
		p->used = false;
		s->n_pairs--;
	}
	while (s->n_pairs >= cap / 4)
		cap *= 2;
	rebuild(s, cap);
}
