/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/copy_pieces.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/alike.h"

enum {
	NEAR = 2000000,	 /* ns between a packet and its pieces */
	PIECES = 64,	 /* maximum for one packet */
	MOST_POINTS = 6, /* maximum points of capture for one packet */
	MOST_LOOKS = 64, /* packets examined per slot */
	MOST_SLOTS = 1 << 22
};

#define NONE UINT32_MAX
#define ANYWHERE UINT32_MAX /* no point */

bool copy_pieces_is_part(const struct packets *p, uint32_t whole, uint32_t i)
{
	return p->len[i] && p->len[i] < p->len[whole] &&
	       p->seq[i] - p->seq[whole] <= p->len[whole] - p->len[i] &&
	       p->ack[i] == p->ack[whole] && p->window[i] == p->window[whole] &&
	       (uint16_t)(p->ip_id[i] - p->ip_id[whole]) < PIECES &&
	       alike_direction(p, i) == alike_direction(p, whole) &&
	       alike_options(p, i, whole);
}

/* The same data as captured at one point. */
struct cut_packet {
	uint32_t pieces[PIECES];
	size_t n;
	uint32_t first; /* first piece */
};

/* Points that were already considered. */
struct seen_points {
	uint32_t items[MOST_POINTS];
	size_t n;
};

static bool was_seen_at(const struct seen_points *seen, uint32_t point)
{
	for (size_t k = 0; k < seen->n; k++)
		if (seen->items[k] == point)
			return true;
	return seen->n == MOST_POINTS;
}

/*
 * An index of packets with payload by its beginning; slots are in order of
 * time.
 */
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
	const bool *keep_last;
	bool any_point;
	struct beginnings by_seq;
	uint32_t *wholes; /* positions in "order" */
	size_t n_wholes;
};

/*
 * The first piece of a packet that begins at "seq", at about the same time, at
 * that point; with ANYWHERE: at a point not in "seen"; or NONE.
 */
static uint32_t find_piece(const struct search *s, uint32_t whole, uint32_t seq,
			   uint32_t point, const struct seen_points *seen)
{
	const struct packets *p = s->p;
	unsigned looks = MOST_LOOKS;

	for (uint32_t k = *slot(&s->by_seq, seq); k != NONE && looks-- > 0;
	     k = s->by_seq.later[k]) {
		const uint32_t i = s->order[k], here = alike_point(p, i);

		if (p->time[i] - p->time[whole] > NEAR)
			break;
		if (p->seq[i] == seq && p->time[whole] - p->time[i] <= NEAR &&
		    !(p->mark[i] & (PACKET_COPY | PACKET_IN_PIECES)) &&
		    (s->any_point ||
		     (point == ANYWHERE ? !was_seen_at(seen, here)
					: here == point)) &&
		    copy_pieces_is_part(p, whole, i))
			return i;
	}
	return NONE;
}

/*
 * Find a point, not in "seen", with the first piece of the packet, and add it
 * to "seen".  Returns whether all pieces are there, one after the other; -1: no
 * such point.
 */
static int find_pieces(const struct search *s, uint32_t whole,
		       struct seen_points *seen, struct cut_packet *cut)
{
	const struct packets *p = s->p;
	uint32_t bytes = 0, point = ANYWHERE;
	uint32_t i = find_piece(s, whole, p->seq[whole], point, seen);

	if (i == NONE)
		return -1;
	point = alike_point(p, i);
	if (seen->n < MOST_POINTS)
		seen->items[seen->n++] = point;
	*cut = (struct cut_packet){ .first = NONE };
	while (i != NONE) {
		cut->pieces[cut->n++] = i;
		bytes += p->len[i];
		if (i < cut->first)
			cut->first = i;
		if (bytes == p->len[whole] || cut->n == PIECES)
			break;
		i = find_piece(s, whole, p->seq[whole] + bytes, point, seen);
	}
	return bytes == p->len[whole];
}

static void mark(struct packets *p, const struct cut_packet *cut, uint8_t with)
{
	for (size_t k = 0; k < cut->n; k++) {
		p->mark[cut->pieces[k]] &=
			(uint8_t) ~(PACKET_COPY | PACKET_IN_PIECES);
		p->mark[cut->pieces[k]] |= with;
	}
}

/* Decide what counts of a packet that may be split at other points. */
static void settle(const struct search *s, uint32_t whole)
{
	struct packets *p = s->p;
	const bool later = s->keep_last[alike_direction(p, whole)];
	struct seen_points seen = { { alike_point(p, whole) }, 1 };
	struct cut_packet kept = { { whole }, 1, whole }, other;
	int found = 0;

	while ((found = find_pieces(s, whole, &seen, &other)) >= 0) {
		/* Packets are in order of time. */
		const bool keep_other = (other.first > kept.first) == later;

		if (found) {
			mark(p, &kept,
			     keep_other ? PACKET_COPY : PACKET_IN_PIECES);
			mark(p, &other,
			     keep_other ? PACKET_IN_PIECES : PACKET_COPY);
			kept = keep_other ? other : kept;
		}
		if (s->any_point)
			break;
	}
}

/* Longest first: pieces may be split again elsewhere. */
static int by_length(const void *x, const void *y, void *ctx)
{
	const struct search *s = ctx;
	const uint32_t *a = x, *b = y;

	return COMPARE(s->p->len[s->order[*b]], s->p->len[s->order[*a]])
		       ?: COMPARE(*a, *b);
}

/* Find packets of which a piece exists. */
static void list_wholes(struct search *s, size_t n)
{
	const struct seen_points none = { .n = 0 };

	s->wholes = mem_realloc(NULL, n, sizeof(*s->wholes));
	for (size_t k = 0; k < n; k++) {
		const uint32_t i = s->order[k];

		if (s->p->len[i] > 1 &&
		    find_piece(s, i, s->p->seq[i], ANYWHERE, &none) != NONE)
			s->wholes[s->n_wholes++] = (uint32_t)k;
	}
	if (s->n_wholes)
		qsort_r(s->wholes, s->n_wholes, sizeof(*s->wholes), by_length,
			s);
}

size_t copy_pieces_mark(struct packets *p, const uint32_t *order, size_t n,
			const bool keep_last[2], bool any_point)
{
	struct search s = { .p = p,
			    .order = order,
			    .keep_last = keep_last,
			    .any_point = any_point };
	size_t copies = 0;

	begin(&s.by_seq, p, order, n);
	list_wholes(&s, n);
	for (size_t k = 0; k < s.n_wholes; k++) {
		const uint32_t i = order[s.wholes[k]];

		if (!(p->mark[i] & (PACKET_COPY | PACKET_IN_PIECES)))
			settle(&s, i);
	}
	for (size_t k = 0; k < n; k++)
		copies += !!(p->mark[order[k]] & PACKET_COPY);
	free(s.by_seq.slots);
	free(s.by_seq.later);
	free(s.wholes);
	return copies;
}
