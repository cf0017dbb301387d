/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/rangemap.h"
#include "model/unwrap.h"
#include "pair/match.h"

void match_widen(const struct match *m, const struct match_input *in,
		 struct match_span *span)
{
	for (int e = 0; e < 2; e++)
		for (size_t k = 0; k < m->end[e].n; k++) {
			int64_t time =
				in->trace[e]->packets.time[m->end[e].packet[k]];

			if (m->end[e].peer[k] == MATCH_NONE)
				continue;
			if (time < span->begin[e])
				span->begin[e] = time;
			if (time > span->until[e])
				span->until[e] = time;
		}
}

/* Highest position acknowledged, as seen at the sender. */
static int64_t highest_ack(const struct match *m, const struct match_input *in,
			   int d)
{
	int end = d == TO_SERVER ? in->client_end : !in->client_end;
	const struct match_end *e = &m->end[end];
	const struct packets *p = &in->trace[end]->packets;
	uint32_t base = 0;
	int64_t sent = -1, best = INT64_MIN;

	for (size_t k = 0; k < e->n; k++) {
		uint32_t i = e->packet[k];
		int64_t ack = 0;

		if (p->flags[i] & TCP_RST)
			continue;
		if (e->direction[k] == d) {
			base = p->seq[i] + !!(p->flags[i] & TCP_SYN) -
			       (uint32_t)e->position[k];
			if (e->position[k] > sent)
				sent = e->position[k];
		} else if ((p->flags[i] & TCP_ACK) && sent >= 0) {
			ack = (int64_t)unwrap_nearest((uint64_t)sent,
						      p->ack[i] - base);
			best = ack > best ? ack : best;
		}
	}
	return best;
}

/* The bytes of a direction that occur in any packet at the receiver. */
static void shown_bytes(const struct match_end *e, const struct packets *p,
			int d, struct rangemap *out)
{
	for (size_t k = 0; k < e->n; k++)
		if (e->direction[k] == d && p->len[e->packet[k]])
			rangemap_claim(out, e->position[k],
				       e->position[k] + p->len[e->packet[k]], 0,
				       NULL, NULL);
}

static void note_missing(void *ctx, int64_t from, int64_t to,
			 const uint32_t *owner)
{
	(void)from;
	(void)to;
	*(int *)ctx |= owner == NULL;
}

/*
 * Unmatched packets at the sender were lost, unless their bytes were
 * acknowledged but occur in no packet of the receiver's capture.
 */
static void judge_sent(struct match *m, const struct match_input *in, int d)
{
	int end = d == TO_SERVER ? in->client_end : !in->client_end;
	const struct match_end *e = &m->end[end];
	const struct packets *p = &in->trace[end]->packets;
	struct rangemap shown = { 0 };
	int64_t acked = highest_ack(m, in, d);

	shown_bytes(&m->end[!end], &in->trace[!end]->packets, d, &shown);
	for (size_t k = 0; k < e->n; k++) {
		int64_t to = e->position[k] + p->len[e->packet[k]];
		int missing = 0;

		if (e->direction[k] != d || e->fate[k] != MATCH_UNSEEN)
			continue;
		rangemap_look(&shown, e->position[k], to, note_missing,
			      &missing);
		if (!missing || acked < to)
			e->fate[k] = MATCH_LOST;
	}
	rangemap_release(&shown);
}

static void judge_outside(struct match *m, const struct match_input *in,
			  const struct match_span *span)
{
	for (int e = 0; e < 2; e++)
		for (size_t k = 0; k < m->end[e].n; k++) {
			int64_t time =
				in->trace[e]->packets.time[m->end[e].packet[k]];

			if (m->end[e].fate[k] == MATCH_UNSEEN &&
			    (time < span->begin[e] || time > span->until[e]))
				m->end[e].fate[k] = MATCH_OUTSIDE;
		}
}

static void count_packet(struct match *m, int e, size_t k)
{
	int d = m->end[e].direction[k];
	unsigned change = m->end[e].change[k];

	m->counts[e][d][m->end[e].fate[k]]++;
	m->altered[e][d] += change != 0;
	for (unsigned bit = 0; bit < MATCH_CHANGES; bit++)
		m->altered_in[e][d][bit] += change >> bit & 1;
}

void match_find_fates(struct match *m, const struct match_input *in,
		      const struct match_span *span)
{
	judge_outside(m, in, span);
	for (int d = 0; in->client_end >= 0 && d < 2; d++)
		judge_sent(m, in, d);
	memset(m->counts, 0, sizeof(m->counts));
	memset(m->altered, 0, sizeof(m->altered));
	memset(m->altered_in, 0, sizeof(m->altered_in));
	for (int e = 0; e < 2; e++)
		for (size_t k = 0; k < m->end[e].n; k++)
			count_packet(m, e, k);
}
