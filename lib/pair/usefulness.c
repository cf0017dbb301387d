/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/usefulness.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/account.h"
#include "pair/discarded.h"

/* For one direction of a connection of the sender's capture. */
struct fate_of_data {
	struct data_firsts sent;
	long there; /* the connection in the receiver's capture */
	struct discarded discarded;
};

const char *usefulness_name(enum usefulness usefulness)
{
	switch (usefulness) {
	case USEFULNESS_UNKNOWN: return "unknown";
	case USEFULNESS_USEFUL: return "useful";
	case USEFULNESS_REDUNDANT: return "redundant";
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

	out->pairing = p;
	out->end = end;
	out->n_fates = 2 * p->trace[end]->n_connections;
	out->fates = mem_calloc(out->n_fates + 1, sizeof(*out->fates));
	out->peer = mem_calloc(n + 1, sizeof(*out->peer));
	out->fate = mem_calloc(n + 1, sizeof(*out->fate));
	out->time = mem_calloc(n + 1, sizeof(*out->time));
	memset(out->fate, MATCH_UNSEEN, n + 1);
	memset(out->peer, 0xff, (n + 1) * sizeof(*out->peer));
	out->at_sender[TO_SERVER] = p->client_end == end;
	out->at_sender[TO_CLIENT] = p->client_end != end;
	for (size_t i = 0; i < p->n_streams; i++) {
		const struct match_end *e = &p->streams[i].match.end[end];

		for (size_t k = 0; k < e->n; k++) {
			out->fate[e->packet[k]] = e->fate[k];
			out->peer[e->packet[k]] = e->peer[k];
			if (e->peer[k] != MATCH_NONE)
				out->time[e->packet[k]] =
					p->trace[!end]
						->packets.time[e->peer[k]];
		}
	}
}

static void release_fate(struct fate_of_data *f)
{
	data_firsts_release(&f->sent);
	discarded_release(&f->discarded);
	free(f);
}

void arrivals_release(struct arrivals *a)
{
	for (size_t i = 0; i < a->n_fates; i++)
		if (a->fates[i])
			release_fate(a->fates[i]);
	free(a->fates);
	free(a->peer);
	free(a->fate);
	free(a->time);
	memset(a, 0, sizeof(*a));
}

/* 1: it arrived; 0: it never did; -1: unknown. */
static int came(const struct arrivals *a, uint32_t packet)
{
	switch (a->fate[packet]) {
	case MATCH_MATCHED:
	case MATCH_COALESCED: return 1;
	case MATCH_LOST: return 0;
	default: return -1;
	}
}

/* The same for all originals; "last" is the time of the last one. */
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

static const struct stream *sending(const struct arrivals *a, uint32_t packet)
{
	const struct trace *t = a->pairing->trace[a->end];

	return &t->streams[t->packets.stream[packet]];
}

static const struct stream *receiving(const struct arrivals *a, uint32_t packet)
{
	const struct trace *t = a->pairing->trace[!a->end];

	return &t->streams[t->packets.stream[a->peer[packet]]];
}

/* Without the IDSN positions of two captures are not comparable. */
static void find_sent(const struct trace *t, const struct connection *conn,
		      enum direction d, struct data_firsts *out)
{
	struct sequence q;

	sequence_init(&q, t, conn, NULL);
	if (!q.plain && q.line[d].has_idsn)
		data_firsts_find(&q, d, out);
	sequence_release(&q);
}

static struct fate_of_data *find_fate(const struct arrivals *a,
				      const struct repetition *r, long there)
{
	const struct trace *here = a->pairing->trace[a->end];
	const struct trace *other = a->pairing->trace[!a->end];
	struct fate_of_data *f = mem_calloc(1, sizeof(*f));

	f->there = there;
	find_sent(here, &here->connections[sending(a, r->packet)->connection],
		  r->direction, &f->sent);
	if (there >= 0)
		discarded_find(other, &other->connections[there], r->direction,
			       &f->discarded);
	return f;
}

/* The fate of the data of a reinjection that arrived. */
static const struct fate_of_data *fate_of(const struct arrivals *a,
					  const struct repetition *r)
{
	struct fate_of_data **f =
		&a->fates[2 * sending(a, r->packet)->connection +
			  (long)r->direction];
	long there = receiving(a, r->packet)->connection;

	if (!*f)
		*f = find_fate(a, r, there);
	return (*f)->there == there && there >= 0 ? *f : NULL;
}

/* Whether a DATA_ACK had covered all of it before it arrived. */
static bool is_too_late(const struct fate_of_data *f, const struct arrivals *a,
			const struct repetition *r)
{
	return data_firsts_at(&f->sent, r->dsn) &&
	       discarded_missing(&f->discarded, r->dsn, a->peer[r->packet]) >=
		       r->dsn + (int64_t)r->bytes;
}

/* What became of the data that arrived before it. */
static enum discarded_answer ask_receiver(const struct fate_of_data *f,
					  const struct arrivals *a,
					  const struct repetition *r,
					  int64_t *missing)
{
	struct discarded_question ask = { .dsn = r->dsn,
					  .end = r->dsn + (int64_t)r->bytes,
					  .packet = a->peer[r->packet] };
	const struct data_first *sent = NULL;

	*missing = discarded_missing(&f->discarded, r->dsn, ask.packet);
	sent = data_firsts_at(&f->sent, *missing);
	if (!sent || a->peer[sent->packet] == MATCH_NONE)
		return DISCARDED_NOT;
	ask.has_place = receiving(a, sent->packet)->connection == f->there;
	ask.subflow = (uint32_t)receiving(a, sent->packet)->position;
	ask.ssn = sent->ssn + (*missing - sent->dsn);
	return discarded_ask(&f->discarded, &ask);
}

/*
 * Correct what the arrivals of packets say by what the receiver acknowledged:
 * too late is redundant, and what it did not use is as good as lost.
 */
static void hear_receiver(const struct fate_of_data *f,
			  const struct arrivals *a, const struct repetition *r,
			  bool has_come, struct judgement *out)
{
	enum discarded_answer answer = DISCARDED_NOT;
	int64_t missing = 0;

	if (is_too_late(f, a, r)) {
		out->usefulness = USEFULNESS_REDUNDANT;
		return;
	}
	if (!has_come)
		return;
	answer = ask_receiver(f, a, r, &missing);
	if (answer == DISCARDED_NOT)
		return;
	out->instead = answer != DISCARDED_BOTH;
	out->usefulness = out->instead ? USEFULNESS_USEFUL : USEFULNESS_UNKNOWN;
	out->from = missing;
	out->has_delta &= answer == DISCARDED_WAITED;
}

void usefulness_of(const struct arrivals *a, const struct repetitions *l,
		   const struct repetition *r, struct judgement *out)
{
	const struct fate_of_data *f = NULL;
	int here = -1, originals = -1;
	int64_t last = 0;

	*out = (struct judgement){ .usefulness = USEFULNESS_UNKNOWN };
	if (!a || !a->at_sender[r->direction])
		return;
	here = came(a, r->packet);
	originals = originals_came(a, l, r, &last);
	if (here < 0)
		return;
	if (here == 0)
		out->usefulness = USEFULNESS_REDUNDANT;
	else if (originals == 0)
		out->usefulness = USEFULNESS_USEFUL;
	if (here == 0)
		return;
	if (originals > 0) {
		out->has_delta = true;
		out->delta = last - a->time[r->packet];
		out->usefulness = out->delta > 0 ? USEFULNESS_USEFUL
						 : USEFULNESS_REDUNDANT;
	}
	if (r->byte_class == BYTES_REINJECTED && r->dsn != LEDGER_UNKNOWN)
		f = fate_of(a, r);
	if (f)
		hear_receiver(f, a, r, originals > 0 && out->delta <= 0, out);
}

void usefulness_total(const struct arrivals *a, const struct repetitions *l,
		      enum direction d, enum byte_class c,
		      struct usefulness_totals *out)
{
	struct samples deltas = { .n = 0 };
	uint32_t last[USEFULNESS_REDUNDANT + 1];

	memset(out, 0, sizeof(*out));
	memset(last, 0xff, sizeof(last)); /* LEDGER_NO_PACKET */
	for (size_t i = 0; i < l->n; i++) {
		const struct repetition *r = &l->items[i];
		struct judgement j;

		if (r->direction != d || r->byte_class != c)
			continue;
		usefulness_of(a, l, r, &j);
		out->of[j.usefulness].bytes += r->bytes;
		out->of[j.usefulness].packets +=
			last[j.usefulness] != r->packet;
		last[j.usefulness] = r->packet;
		if (j.has_delta)
			samples_add(&deltas, j.delta);
	}
	samples_describe(&deltas, &out->delta);
	samples_release(&deltas);
}

struct mover {
	struct rangemap moved; /* data that is already counted elsewhere */
	const struct data_firsts *firsts;
	uint32_t to; /* subflow on which the data arrives */
	int64_t *by_subflow;
};

/* Bytes [from, to) that no earlier reinjection had brought. */
static void move_bytes(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct mover *m = ctx;

	while (!owner && from < to) {
		const struct data_first *f = data_firsts_at(m->firsts, from);
		int64_t end = f && f->end < to ? f->end : to;

		if (!f)
			return;
		m->by_subflow[f->subflow] -= end - from;
		m->by_subflow[m->to] += end - from;
		from = end;
	}
}

static void move_needed(const struct arrivals *a, const struct repetitions *l,
			enum direction d, struct kept *out)
{
	struct mover m = { .by_subflow = NULL };

	for (size_t i = 0; i < l->n; i++) {
		const struct repetition *r = &l->items[i];
		const struct fate_of_data *f = NULL;
		struct judgement j;

		if (r->direction != d)
			continue;
		usefulness_of(a, l, r, &j);
		if (!j.instead)
			continue;
		f = fate_of(a, r);
		if (!out->moved) {
			out->n = f->discarded.n_subflows;
			out->moved = mem_calloc(out->n, sizeof(*out->moved));
		}
		m.by_subflow = out->moved;
		m.firsts = &f->discarded.firsts;
		m.to = (uint32_t)receiving(a, r->packet)->position;
		rangemap_claim(&m.moved, j.from, r->dsn + (int64_t)r->bytes, 0,
			       move_bytes, &m);
	}
	rangemap_release(&m.moved);
}

void kept_find(const struct arrivals *a, const struct connection *sender,
	       enum direction d, struct kept *out)
{
	/* Accounting again gives the same sums. */
	struct trace t = *a->pairing->trace[a->end];
	struct connection conn = *sender;
	struct repetitions list;
	struct ledger ledger;

	memset(out, 0, sizeof(*out));
	if (!a->at_sender[d] || !sender->bytes[d].of[BYTES_REINJECTED])
		return;
	ledger_init(&ledger);
	account_connection(&t, &conn, &ledger);
	repetitions_list(&t, &ledger, &list);
	move_needed(a, &list, d, out);
	repetitions_release(&list);
	ledger_release(&ledger);
}

int64_t kept_moved(const struct kept *kept, const struct stream *receiver)
{
	return receiver->position < kept->n ? kept->moved[receiver->position]
					    : 0;
}

void kept_release(struct kept *kept)
{
	free(kept->moved);
	memset(kept, 0, sizeof(*kept));
}
