/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "model/streams.h"
#include "model/unwrap.h"
#include "pair/match_change.h"
#include "pair/match_cut.h"
#include "pair/match_print.h"

static const struct packets *packets_of(const struct match_work *w, int end)
{
	return &w->in->trace[end]->packets;
}

/*
 * Convert positions of the second capture to the scale of the first: without
 * an ISN each counts from the first packet it has.
 */
static void align(struct match_work *w)
{
	struct match_end *a = &w->match->end[0], *b = &w->match->end[1];
	int64_t shift[2] = { 0, 0 };
	int known[2] = { w->relative[0], w->relative[1] };

	for (size_t k = 0; k < a->n && !(known[0] && known[1]); k++) {
		int d = a->direction[k];

		if (known[d] || a->fate[k] != MATCH_MATCHED)
			continue;
		for (size_t j = 0; j < b->n && !known[d]; j++)
			if (b->packet[j] == a->peer[k]) {
				shift[d] = a->position[k] - b->position[j];
				known[d] = 1;
			}
	}
	for (size_t j = 0; j < b->n; j++)
		b->position[j] += shift[b->direction[j]];
}

static int by_packet(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return COMPARE(*a, *b);
}

/* Packets of a stream, including those that are not counted. */
static size_t captured(const struct stream *s)
{
	return s->n + s->n_duplicates + s->n_copies;
}

static void add_packets(const struct trace *t, const struct stream *s,
			int turned, struct match_end *out)
{
	for (size_t k = 0; k < captured(s); k++) {
		uint32_t i = t->order[s->first + k];

		out->packet[out->n] = i;
		out->direction[out->n++] =
			(uint8_t)(!!(t->packets.mark[i] & PACKET_REVERSE) ^
				  turned);
	}
}

/* In order of time, which is that of packet indices. */
static void sort_packets(struct match_end *e)
{
	uint64_t *both = mem_calloc(e->n, sizeof(*both));

	for (size_t k = 0; k < e->n; k++)
		both[k] = (uint64_t)e->packet[k] << 1 | e->direction[k];
	SORT(both, e->n, by_packet);
	for (size_t k = 0; k < e->n; k++) {
		e->packet[k] = (uint32_t)(both[k] >> 1);
		e->direction[k] = both[k] & 1;
	}
	free(both);
}

static void find_positions(const struct match_work *w, int end)
{
	const struct packets *p = packets_of(w, end);
	struct match_end *e = &w->match->end[end];
	struct unwrap unwrap[2] = { { 0 }, { 0 } };

	for (int d = 0; d < 2; d++)
		if (w->relative[d])
			unwrap_start(&unwrap[d],
				     w->in->stream[end]->side[d].isn);
	for (size_t k = 0; k < e->n; k++) {
		uint32_t i = e->packet[k];

		if (p->flags[i] & TCP_RST)
			continue; /* its number is arbitrary */
		e->position[k] =
			unwrap_next(&unwrap[e->direction[k]], p->seq[i]) +
			!!(p->flags[i] & TCP_SYN);
	}
}

static void take_end(struct match_work *w, int end)
{
	const struct trace *t = w->in->trace[end];
	const struct stream *s = w->in->stream[end];
	struct match_end *e = &w->match->end[end];
	size_t n = captured(s);

	for (size_t k = 0; k < w->in->n_also[end]; k++)
		n += captured(w->in->also[end][k]);
	e->packet = mem_calloc(n, sizeof(*e->packet));
	e->direction = mem_calloc(n, 1);
	e->position = mem_calloc(n, sizeof(*e->position));
	e->fate = mem_calloc(n, 1);
	e->peer = mem_calloc(n, sizeof(*e->peer));
	e->change = mem_calloc(n, 1);
	memset(e->fate, MATCH_UNSEEN, n);
	memset(e->peer, 0xff, n * sizeof(*e->peer)); /* MATCH_NONE */
	add_packets(t, s, 0, e);
	for (size_t k = 0; k < w->in->n_also[end]; k++) {
		const struct stream *also = w->in->also[end][k];

		add_packets(t, also, streams_turned(also, s), e);
	}
	if (w->in->n_also[end] || captured(s) > s->n)
		sort_packets(e);
	for (size_t k = 0; k < e->n; k++)
		if (t->packets.mark[e->packet[k]] & PACKET_COPY)
			e->fate[k] = MATCH_COPY;
		else if (t->packets.mark[e->packet[k]] & PACKET_DUPLICATE)
			e->fate[k] = MATCH_DUPLICATED;
	find_positions(w, end);
}

/*
 * Record the changes of a packet that was matched, split or merged; for
 * pieces, those of all of them.
 */
static void find_change(struct match_work *w, int end, size_t k)
{
	struct match_end *e = &w->match->end[end], *f = &w->match->end[!end];
	uint32_t packet[2];
	uint8_t change = 0;

	packet[end] = e->packet[k];
	packet[!end] = e->peer[k];
	change = match_changes(w->in, (enum direction)e->direction[k],
			       packets_of(w, 0), packet[0], packets_of(w, 1),
			       packet[1]);
	if (e->fate[k] == MATCH_COALESCED)
		change &= (uint8_t)~CHANGED_FLAGS;
	if (!change)
		return;
	e->change[k] |= change;
	f->change[match_place(f, packet[!end])] |= change;
}

static void find_changes(struct match_work *w)
{
	for (int end = 0; end < 2; end++)
		for (size_t k = 0; k < w->match->end[end].n; k++) {
			enum match_fate fate = w->match->end[end].fate[k];

			if ((fate == MATCH_MATCHED && end == 0) ||
			    fate == MATCH_COALESCED)
				find_change(w, end, k);
		}
}

void match_streams(struct match *m, const struct match_input *in)
{
	struct match_work w = { .match = m, .in = in, .same_isn = true };
	const struct stream *a = in->stream[0], *b = in->stream[1];

	memset(m, 0, sizeof(*m));
	for (int d = 0; d < 2; d++) {
		w.relative[d] = a->side[d].has_isn && b->side[d].has_isn;
		w.same_isn &=
			!w.relative[d] || a->side[d].isn == b->side[d].isn;
	}
	take_end(&w, 0);
	take_end(&w, 1);
	match_prints(&w, DETAIL_OPTIONS);
	match_prints(&w, DETAIL_TIMESTAMPS);
	match_prints(&w, DETAIL_PLACE);
	align(&w);
	match_cut(m, in);
	find_changes(&w);
	free(w.prints);
}

size_t match_place(const struct match_end *e, uint32_t packet)
{
	size_t at = LOWER_BOUND(k, 0, e->n, e->packet[k] < packet);

	return at < e->n && e->packet[at] == packet ? at : e->n;
}

void match_release(struct match *m)
{
	for (int e = 0; e < 2; e++) {
		free(m->end[e].packet);
		free(m->end[e].direction);
		free(m->end[e].position);
		free(m->end[e].fate);
		free(m->end[e].peer);
		free(m->end[e].change);
	}
	memset(m, 0, sizeof(*m));
}
