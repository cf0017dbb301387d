/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/copy_pieces.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/alike.h"

enum {
	NEAR = 2000000,	 /* ns between the whole and its pieces */
	PIECES = 64,	 /* of one packet, at most */
	MOST_LOOKS = 64, /* packets in a slot that are looked at */
	MOST_SLOTS = 1 << 22
};

#define NONE UINT32_MAX

bool copy_pieces_is_part(const struct packets *p, uint32_t whole, uint32_t i)
{
	return p->len[i] && p->len[i] < p->len[whole] &&
	       p->seq[i] - p->seq[whole] <= p->len[whole] - p->len[i] &&
	       p->ack[i] == p->ack[whole] && p->window[i] == p->window[whole] &&
	       (uint16_t)(p->ip_id[i] - p->ip_id[whole]) < PIECES &&
	       alike_direction(p, i) == alike_direction(p, whole) &&
	       alike_options(p, i, whole);
}

/* Data that was captured at one point whole, at another one in pieces. */
struct cut_packet {
	uint32_t packet;
	uint32_t pieces[PIECES];
	size_t n;
	uint32_t first; /* of the pieces */
};

/* The packets with payload by where it begins, each slot in order of time. */
struct beginnings {
	uint32_t *slots, *later; /* packets, by position in "order" */
	uint32_t mask;
};

static uint32_t *slot(const struct beginnings *b, uint32_t seq)
{
	return &b->slots[(seq * 0x9e3779b1u >> 8) & b->mask];
}

static void begin(struct beginnings *b, const struct packets *p,
		  const uint32_t *order, size_t n)
{
	b->mask = 63;
	while (b->mask + 1 < n && b->mask + 1 < MOST_SLOTS)
		b->mask = 2 * b->mask + 1;
	b->slots = mem_realloc(NULL, (size_t)b->mask + 1, sizeof(*b->slots));
	b->later = mem_realloc(NULL, n, sizeof(*b->later));
	for (size_t k = 0; k <= b->mask; k++)
		b->slots[k] = NONE;
	for (size_t k = n; k-- > 0;) {
		uint32_t *at = slot(b, p->seq[order[k]]);

		if (!p->len[order[k]])
			continue;
		b->later[k] = *at;
		*at = (uint32_t)k;
	}
}

struct search {
	struct packets *p;
	const uint32_t *order;
	bool any_point;
	struct beginnings by_seq;
};

/* The first piece of a packet that begins at "seq", near it; or NONE. */
static uint32_t find_piece(const struct search *s, uint32_t whole, uint32_t seq)
{
	const struct packets *p = s->p;
	unsigned looks = MOST_LOOKS;

	for (uint32_t k = *slot(&s->by_seq, seq); k != NONE && looks-- > 0;
	     k = s->by_seq.later[k]) {
		const uint32_t i = s->order[k];

		if (p->time[i] - p->time[whole] > NEAR)
			break;
		if (p->seq[i] == seq && p->time[whole] - p->time[i] <= NEAR &&
		    !(p->mark[i] & (PACKET_COPY | PACKET_IN_PIECES)) &&
		    (s->any_point ||
		     alike_point(p, whole) != alike_point(p, i)) &&
		    copy_pieces_is_part(p, whole, i))
			return i;
	}
	return NONE;
}

/* Are all pieces of it there, one behind the other? */
static bool find_pieces(const struct search *s, uint32_t whole,
			struct cut_packet *cut)
{
	const struct packets *p = s->p;
	uint32_t bytes = 0;

	*cut = (struct cut_packet){ .packet = whole, .first = NONE };
	while (bytes < p->len[whole] && cut->n < PIECES) {
		uint32_t i = find_piece(s, whole, p->seq[whole] + bytes);

		if (i == NONE)
			return false;
		cut->pieces[cut->n++] = i;
		bytes += p->len[i];
		if (i < cut->first)
			cut->first = i;
	}
	return bytes == p->len[whole];
}

/* Either the whole counts or its pieces do. */
static void settle(struct packets *p, const struct cut_packet *cut,
		   const bool keep_last[2])
{
	/* Packets are in order of time. */
	const bool whole_is_first = cut->packet < cut->first;
	const bool keep_whole =
		whole_is_first != keep_last[alike_direction(p, cut->packet)];

	p->mark[cut->packet] |= keep_whole ? PACKET_IN_PIECES : PACKET_COPY;
	for (size_t k = 0; k < cut->n; k++)
		p->mark[cut->pieces[k]] |=
			keep_whole ? PACKET_COPY : PACKET_IN_PIECES;
}

size_t copy_pieces_mark(struct packets *p, const uint32_t *order, size_t n,
			const bool keep_last[2], bool any_point)
{
	struct search s = { .p = p, .order = order, .any_point = any_point };
	struct cut_packet cut;
	size_t copies = 0;

	begin(&s.by_seq, p, order, n);
	for (size_t k = 0; k < n; k++)
		if (p->len[order[k]] > 1 &&
		    !(p->mark[order[k]] & (PACKET_COPY | PACKET_IN_PIECES)) &&
		    find_pieces(&s, order[k], &cut))
			settle(p, &cut, keep_last);
	for (size_t k = 0; k < n; k++)
		copies += !!(p->mark[order[k]] & PACKET_COPY);
	free(s.by_seq.slots);
	free(s.by_seq.later);
	return copies;
}
