/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_UNKNOWN: return "unknown";
	case VERDICT_USEFUL: return "useful";
	case VERDICT_REDUNDANT: return "redundant";
	}
	return NULL;
}

void arrivals_find(const struct pairing *p, struct arrivals *out)
{
	arrivals_find_at(p, 0, out);
}

void arrivals_find_at(const struct pairing *p, int end, struct arrivals *out)
{
	size_t n = p->trace[end]->packets.n;

	out->fate = mem_calloc(n + 1, sizeof(*out->fate));
	out->time = mem_calloc(n + 1, sizeof(*out->time));
	memset(out->fate, MATCH_UNSEEN, n + 1);
	out->at_sender[TO_SERVER] = p->client_end == end;
	out->at_sender[TO_CLIENT] = p->client_end != end;
	for (size_t i = 0; i < p->n_streams; i++) {
		const struct match_end *e = &p->streams[i].match.end[end];

		for (size_t k = 0; k < e->n; k++) {
			out->fate[e->packet[k]] = e->fate[k];
			if (e->peer[k] != MATCH_NONE)
				out->time[e->packet[k]] =
					p->trace[!end]
						->packets.time[e->peer[k]];
		}
	}
}

void arrivals_release(struct arrivals *a)
{
	free(a->fate);
	free(a->time);
	memset(a, 0, sizeof(*a));
}

/* 1: it came; 0: it never did; -1: nobody can tell. */
static int came(const struct arrivals *a, uint32_t packet)
{
	switch (a->fate[packet]) {
	case MATCH_MATCHED:
	case MATCH_COALESCED: return 1;
	case MATCH_LOST: return 0;
	default: return -1;
	}
}

/* The same for all the originals; "last" is when the last one came. */
static int originals_came(const struct arrivals *a, const struct repetitions *l,
			  const struct repetition *r, int64_t *last)
{
	int all = 1;

	*last = INT64_MIN;
	for (size_t i = 0; i < r->n_originals; i++) {
		uint32_t packet = l->originals[r->originals + i];
		int one = came(a, packet);

		if (one == 0)
			return 0;
		if (one < 0)
			all = -1;
		else if (a->time[packet] > *last)
			*last = a->time[packet];
	}
	return all;
}

void verdict_of(const struct arrivals *a, const struct repetitions *l,
		const struct repetition *r, struct judgement *out)
{
	int here = -1, originals = -1;
	int64_t last = 0;

	*out = (struct judgement){ .verdict = VERDICT_UNKNOWN };
	if (!a || !a->at_sender[r->direction])
		return;
	here = came(a, r->packet);
	originals = originals_came(a, l, r, &last);
	if (here < 0)
		return;
	if (here == 0)
		out->verdict = VERDICT_REDUNDANT;
	else if (originals == 0)
		out->verdict = VERDICT_USEFUL;
	if (here == 0 || originals <= 0)
		return;
	out->has_delta = 1;
	out->delta = last - a->time[r->packet];
	out->verdict = out->delta > 0 ? VERDICT_USEFUL : VERDICT_REDUNDANT;
}

void verdicts_total(const struct arrivals *a, const struct repetitions *l,
		    enum direction d, enum byte_class c,
		    struct verdict_totals *out)
{
	struct samples deltas = { .n = 0 };
	uint32_t last[VERDICT_REDUNDANT + 1];

	memset(out, 0, sizeof(*out));
	memset(last, 0xff, sizeof(last)); /* LEDGER_NO_PACKET */
	for (size_t i = 0; i < l->n; i++) {
		const struct repetition *r = &l->items[i];
		struct judgement j;

		if (r->direction != d || r->byte_class != c)
			continue;
		verdict_of(a, l, r, &j);
		out->of[j.verdict].bytes += r->bytes;
		out->of[j.verdict].packets += last[j.verdict] != r->packet;
		last[j.verdict] = r->packet;
		if (j.has_delta)
			samples_add(&deltas, j.delta);
	}
	samples_describe(&deltas, &out->delta);
	samples_release(&deltas);
}
