/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/copy_pieces.h"

#include "model/alike.h"

enum {
	NEAR = 2000000, /* ns between the whole and its pieces */
	PIECES = 64	/* of one packet, at most */
};

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
	uint32_t bytes; /* that these have */
};

/* The pieces of a packet, among those near it. */
static void find_pieces(const struct packets *p, const uint32_t *order,
			size_t n, size_t at, bool any_point,
			struct cut_packet *cut)
{
	const uint32_t whole = order[at];
	size_t k = at;

	*cut = (struct cut_packet){ .packet = whole };
	while (k > 0 && p->time[whole] - p->time[order[k - 1]] <= NEAR)
		k--;
	for (; k < n && cut->n < PIECES; k++) {
		if (p->time[order[k]] - p->time[whole] > NEAR)
			break;
		if (!copy_pieces_is_part(p, whole, order[k]) ||
		    (!any_point &&
		     alike_point(p, whole) == alike_point(p, order[k])))
			continue;
		cut->pieces[cut->n++] = order[k];
		cut->bytes += p->len[order[k]];
	}
}

/* Either the whole counts or its pieces do. */
static void settle(struct packets *p, const struct cut_packet *cut,
		   const bool keep_last[2])
{
	/* Packets are in order of time. */
	const bool whole_is_first = cut->packet < cut->pieces[0];
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
	size_t copies = 0;

	for (size_t k = 0; k < n; k++) {
		struct cut_packet cut;

		if (p->len[order[k]] < 2 ||
		    (p->mark[order[k]] & (PACKET_COPY | PACKET_IN_PIECES)))
			continue;
		find_pieces(p, order, n, k, any_point, &cut);
		if (cut.n > 1 && cut.bytes == p->len[order[k]])
			settle(p, &cut, keep_last);
	}
	for (size_t k = 0; k < n; k++)
		copies += !!(p->mark[order[k]] & PACKET_COPY);
	return copies;
}
