/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/match_cut.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/tcpopt.h"

enum {
	SKIPPED_MAX = 64 /* pieces to skip: more copies than anyone sends */
};

/* Bytes of a data packet that was not matched. */
struct rest {
	uint64_t stamp; /* tcpopt_tsval() */
	int64_t from, to;
	size_t place; /* index in its end */
};

static uint32_t length(const struct match_input *in, const struct match *m,
		       int end, size_t place)
{
	return in->trace[end]->packets.len[m->end[end].packet[place]];
}

static bool is_left(const struct match_input *in, const struct match *m,
		    int end, size_t place)
{
	return m->end[end].fate[place] == MATCH_UNSEEN &&
	       length(in, m, end, place) > 0;
}

static int by_stamp(const void *x, const void *y)
{
	const struct rest *a = x, *b = y;

	return COMPARE(a->stamp, b->stamp) ?:
	       COMPARE(a->from, b->from) ?:
	       COMPARE(a->place, b->place);
}

/* The unmatched packets of an end and direction, in order. */
static size_t gather(const struct match_input *in, const struct match *m,
		     int end, int d, int stamped, struct rest *out)
{
	const struct packets *p = &in->trace[end]->packets;
	const struct match_end *e = &m->end[end];
	size_t n = 0;

	for (size_t k = 0; k < e->n; k++) {
		uint32_t i = e->packet[k];

		if (e->direction[k] != d || !is_left(in, m, end, k))
			continue;
		out[n++] = (struct rest){
			.stamp = stamped ? packets_tsval(p, i) : 0,
			.from = e->position[k],
			.to = e->position[k] + p->len[i],
			.place = k,
		};
	}
	SORT(out, n, by_stamp);
	return n;
}

static void coalesce(struct match_end *e, const struct rest *r,
		     const struct match_end *other, const struct rest *peer)
{
	e->fate[r->place] = MATCH_COALESCED;
	e->peer[r->place] = other->packet[peer->place];
}

/*
 * Whether "whole" is completely covered by the n pieces, which begin at or
 * after its start.  Data that was sent twice occurs twice: pieces that belong
 * to another packet, and those that add nothing, are left to others.  With
 * "mine" the pieces are taken.
 */
static bool covered(const struct rest *whole, const struct rest *pieces,
		    size_t n, struct match_end *mine, struct match_end *other)
{
	int64_t at = whole->from;
	size_t used = 0, skipped = 0;

	for (size_t k = 0; k < n && skipped < SKIPPED_MAX; k++) {
		const struct rest *p = &pieces[k];

		if (p->stamp != whole->stamp || p->from > at || at >= whole->to)
			break;
		if (other->fate[p->place] != MATCH_UNSEEN || p->to <= at) {
			skipped++;
			continue;
		}
		if (mine && used == 0)
			coalesce(mine, whole, other, p);
		if (mine)
			coalesce(other, p, mine, whole);
		at = p->to;
		used++;
	}
	return at == whole->to && used > 1;
}

/*
 * Match each of "whole", of one end, that was split into several of "pieces".
 */
static void find_cut(struct match *m, int end, const struct rest *whole,
		     size_t n_whole, const struct rest *pieces, size_t n_pieces)
{
	struct match_end *mine = &m->end[end], *other = &m->end[!end];
	size_t j = 0;

	for (size_t i = 0; i < n_whole; i++) {
		while (j < n_pieces && (pieces[j].stamp < whole[i].stamp ||
					(pieces[j].stamp == whole[i].stamp &&
					 pieces[j].from < whole[i].from)))
			j++;
		if (covered(&whole[i], pieces + j, n_pieces - j, NULL, other))
			covered(&whole[i], pieces + j, n_pieces - j, mine,
				other);
	}
}

static size_t count_left(const struct match_input *in, const struct match *m,
			 int end)
{
	size_t n = 0;

	for (size_t k = 0; k < m->end[end].n; k++)
		n += (size_t)is_left(in, m, end, k);
	return n;
}

/* First by timestamps, then without them. */
void match_cut(struct match *m, const struct match_input *in)
{
	size_t left[2] = { count_left(in, m, 0), count_left(in, m, 1) };
	struct rest *rest[2] = { NULL, NULL };

	if (!left[0] || !left[1])
		return;
	for (int e = 0; e < 2; e++)
		rest[e] = mem_calloc(left[e], sizeof(**rest));
	for (int stamped = 1; stamped >= 0; stamped--)
		for (int d = 0; d < 2; d++)
			for (int end = 0; end < 2; end++) {
				size_t n[2] = {
					gather(in, m, 0, d, stamped, rest[0]),
					gather(in, m, 1, d, stamped, rest[1])
				};

				find_cut(m, end, rest[end], n[end], rest[!end],
					 n[!end]);
			}
	free(rest[0]);
	free(rest[1]);
}
