/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "model/streams.h"

enum {
	SAMPLES_SURE = 8 /* data packets in common for a certain match */
};

/* For a part: numbers and addresses of the stream fit, but it has no SYN. */
static const double SCORE_PART = 0.9;

struct pair_count {
	uint32_t a, b;
	unsigned evidence;
	unsigned data[2]; /* packets in common: with numbers as they are, and
			     relative to the ISN */
};

struct pairs {
	struct pair_count *items;
	size_t n, cap;
};

/*
 * Compare values of both captures; a value that many streams share is ignored.
 */
static void join_fingerprints(struct pairs *out, const struct fingerprints *a,
			      const struct fingerprints *b)
{
	size_t j = 0, last = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (i == 0 || a->items[i].hash != a->items[i - 1].hash) {
			while (j < b->n && b->items[j].hash < a->items[i].hash)
				j++;
			last = j;
			while (last < b->n &&
			       b->items[last].hash == a->items[i].hash)
				last++;
		}
		for (size_t k = j; k < last && k < j + CANDIDATES_MAX; k++) {
			unsigned evidence = a->items[i].evidence;
			struct pair_count *pair =
				MEM_PUSH(out->items, out->n, out->cap);

			*pair = (struct pair_count){
				.a = a->items[i].stream,
				.b = b->items[k].stream,
				.evidence = evidence & ~FINGERPRINT_FROM_ISN,
				.data = { evidence == EVIDENCE_DATA,
					  !!(evidence & FINGERPRINT_FROM_ISN) },
			};
		}
	}
}

static int by_pair(const void *x, const void *y)
{
	const struct pair_count *a = x, *b = y;

	return COMPARE(a->a, b->a) ?: COMPARE(a->b, b->b);
}

static void merge_pairs(struct pairs *p)
{
	size_t n = 0;

	if (!p->n)
		return;
	SORT(p->items, p->n, by_pair);
	for (size_t i = 1; i < p->n; i++) {
		if (by_pair(&p->items[n], &p->items[i]) == 0) {
			p->items[n].evidence |= p->items[i].evidence;
			p->items[n].data[0] += p->items[i].data[0];
			p->items[n].data[1] += p->items[i].data[1];
		} else {
			p->items[++n] = p->items[i];
		}
	}
	p->n = n + 1;
}

static bool has_join(const struct stream *s)
{
	return s->has_nonce[0] || s->has_nonce[1];
}

static bool has_capable(const struct stream *s)
{
	return s->has_key[0] || s->has_key[1];
}

/* Contradictions: both handshakes are known, and differ. */
static bool contradicts(const struct stream *a, const struct stream *b)
{
	if ((has_capable(a) && has_join(b)) || (has_join(a) && has_capable(b)))
		return true;
	for (size_t d = 0; d < 2; d++) {
		if (a->has_key[d] && b->has_key[d] && a->key[d] != b->key[d])
			return true;
		if (a->has_nonce[d] && b->has_nonce[d] &&
		    a->nonce[d] != b->nonce[d])
			return true;
	}
	return false;
}

/*
 * Scores: a key, or the nonces of a join, have at least 32 bits that nobody
 * rewrites; both ISNs and the SYN's timestamp; packets in common; addresses.
 */
static struct candidate judge(const struct pair_count *p)
{
	struct candidate c = { .a = p->a, .b = p->b, .evidence = p->evidence };
	unsigned common = p->data[0] > p->data[1] ? p->data[0] : p->data[1];
	double data =
		common >= SAMPLES_SURE ? 1 : (double)common / SAMPLES_SURE;

	if (p->evidence & (EVIDENCE_KEYS | EVIDENCE_NONCES))
		c.score = 1;
	else if (p->evidence & EVIDENCE_ISN)
		c.score = p->evidence & EVIDENCE_TIMESTAMPS ? 0.99 : 0.97;
	else if (p->evidence & EVIDENCE_DATA)
		c.score = 0.5 + 0.45 * data;
	else if (p->evidence & EVIDENCE_TIMESTAMPS)
		c.score = p->evidence & EVIDENCE_ADDRESSES ? 0.8 : 0.5;
	else
		c.score = 0.3;
	c.certain = (p->evidence &
		     (EVIDENCE_KEYS | EVIDENCE_NONCES | EVIDENCE_ISN)) ||
		    common >= SAMPLES_SURE;
	return c;
}

static int by_score(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	return COMPARE(a->a, b->a) ?:
	       COMPARE(b->score, a->score) ?:
	       COMPARE(a->b, b->b);
}

static int best_first(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	return COMPARE(b->score, a->score) ?: by_score(x, y);
}

static void add_candidate(struct candidates *list, const struct candidate *c)
{
	*MEM_PUSH(list->items, list->n, list->cap) = *c;
}

static void sort_candidates(struct candidates *list)
{
	SORT(list->items, list->n, by_score);
}

/* Accept the best candidates first; each stream is used once. */
static uint32_t *assign(const struct candidates *list, size_t n_a, size_t n_b)
{
	uint32_t *place = mem_calloc(n_a + 1, sizeof(*place));
	uint8_t *taken = mem_calloc(n_b + 1, 1);
	struct candidate *order = mem_calloc(list->n + 1, sizeof(*order));

	memset(place, 0xff, (n_a + 1) * sizeof(*place));
	if (list->n) {
		memcpy(order, list->items, list->n * sizeof(*order));
		SORT(order, list->n, best_first);
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct candidate *c = &order[i];

		if (place[c->a] != MAPPING_NONE || taken[c->b])
			continue;
		place[c->a] = c->b;
		taken[c->b] = 1;
	}
	free(order);
	free(taken);
	return place;
}

static void map_streams(struct mapping *m, const struct trace *a,
			const struct trace *b)
{
	struct fingerprints prints_a = { .n = 0 }, prints_b = { .n = 0 };
	struct pairs pairs = { .n = 0 };

	fingerprints_make(&prints_a, a);
	fingerprints_make(&prints_b, b);
	join_fingerprints(&pairs, &prints_a, &prints_b);
	merge_pairs(&pairs);
	for (size_t i = 0; i < pairs.n; i++) {
		const struct pair_count *p = &pairs.items[i];
		struct candidate c = judge(p);

		if (!contradicts(&a->streams[p->a], &b->streams[p->b]))
			add_candidate(&m->streams, &c);
	}
	sort_candidates(&m->streams);
	m->stream_of = assign(&m->streams, a->n_streams, b->n_streams);
	fingerprints_release(&prints_a);
	fingerprints_release(&prints_b);
	free(pairs.items);
}

/* Compare the ends of two connections; 0: they differ. */
static int compare_sides(const struct connection *a, const struct connection *b,
			 unsigned *evidence)
{
	for (size_t d = 0; d < 2; d++) {
		const struct conn_side *x = &a->side[d], *y = &b->side[d];

		if (x->has_key && y->has_key) {
			if (x->key != y->key)
				return 0;
			*evidence |= EVIDENCE_KEYS;
		}
		if (x->has_token && y->has_token) {
			if (x->token != y->token)
				return 0;
			*evidence |= EVIDENCE_TOKENS;
		}
	}
	return 1;
}

static int by_connections(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	return COMPARE(a->a, b->a) ?: COMPARE(a->b, b->b);
}

/*
 * Each pair of streams is evidence for their connections; the best one counts.
 */
static void gather_connections(struct candidates *list,
			       const struct candidates *streams,
			       const struct trace *a, const struct trace *b)
{
	size_t n = 0;

	for (size_t i = 0; i < streams->n; i++) {
		struct candidate c = streams->items[i];
		long x = a->streams[c.a].connection;
		long y = b->streams[c.b].connection;

		if (x < 0 || y < 0)
			continue;
		c.a = (uint32_t)x;
		c.b = (uint32_t)y;
		c.evidence |= EVIDENCE_SUBFLOWS;
		add_candidate(list, &c);
	}
	if (!list->n)
		return;
	SORT(list->items, list->n, by_connections);
	for (size_t i = 1; i < list->n; i++) {
		struct candidate *c = &list->items[n], *d = &list->items[i];

		if (by_connections(c, d) != 0) {
			list->items[++n] = *d;
			continue;
		}
		c->evidence |= d->evidence;
		c->certain |= d->certain;
		c->score = d->score > c->score ? d->score : c->score;
	}
	list->n = n + 1;
}

static void map_connections(struct mapping *m, const struct trace *a,
			    const struct trace *b)
{
	struct candidates *list = &m->connections;
	size_t n = 0;

	gather_connections(list, &m->streams, a, b);
	for (size_t i = 0; i < list->n; i++) {
		struct candidate *c = &list->items[i];

		if (!compare_sides(&a->connections[c->a], &b->connections[c->b],
				   &c->evidence))
			continue;
		if (c->evidence & (EVIDENCE_KEYS | EVIDENCE_TOKENS)) {
			c->score = 1;
			c->certain = true;
		}
		list->items[n++] = *c;
	}
	list->n = n;
	sort_candidates(list);
	m->connection_of = assign(list, a->n_connections, b->n_connections);
}

/* Whether the numbers of the stream's packets lie in what "whole" sent. */
static int numbers_fit(const struct trace *t, const struct stream *s,
		       const struct stream *whole)
{
	const struct packets *p = &t->packets;
	int turned = streams_turned(s, whole);
	size_t fit = 0;

	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];
		int d = !!(p->mark[i] & PACKET_REVERSE) ^ turned;
		const struct stream_side *mine = &whole->side[d];

		if (p->flags[i] & TCP_RST)
			continue;
		if (!mine->has_isn || p->seq[i] - mine->isn > mine->unique + 2)
			return 0;
		fit++;
	}
	return fit > 0;
}

static void add_part(struct mapping *m, int end, uint32_t stream,
		     uint32_t whole)
{
	size_t n = m->n_parts[end];

	m->parts[end] =
		mem_realloc(m->parts[end], n + 1, sizeof(*m->parts[end]));
	m->parts[end][m->n_parts[end]++] = (struct mapping_part){
		.stream = stream,
		.whole = whole,
		.how = { .score = SCORE_PART,
			 .evidence = EVIDENCE_ISN | EVIDENCE_ADDRESSES },
	};
}

/* Unmatched streams that are parts of matched ones. */
static void find_parts(struct mapping *m, int end, const struct trace *t,
		       const uint8_t *mapped)
{
	struct fingerprints known_by = { .n = 0 };
	const struct fingerprint *item = NULL;

	fingerprints_of_tuples(&known_by, t);
	item = known_by.items;
	for (size_t i = 0, from = 0; i < known_by.n; i++) {
		uint32_t s = item[i].stream;

		if (item[i].hash != item[from].hash)
			from = i;
		if (mapped[s] || t->streams[s].side[0].has_syn ||
		    t->streams[s].side[1].has_syn)
			continue;
		for (size_t k = from;
		     k < known_by.n && k < from + CANDIDATES_MAX &&
		     item[k].hash == item[i].hash;
		     k++) {
			uint32_t whole = item[k].stream;

			if (mapped[whole] &&
			    streams_same_tuple(&t->streams[s],
					       &t->streams[whole]) &&
			    numbers_fit(t, &t->streams[s],
					&t->streams[whole])) {
				add_part(m, end, s, whole);
				break;
			}
		}
	}
	fingerprints_release(&known_by);
}

/* The match of the part, derived from that of the whole. */
static void complete_part(const struct mapping *m, int end,
			  const uint32_t *place_in_a, struct mapping_part *part)
{
	part->how.a = part->stream;
	part->how.b = part->stream;
	if (end == 0)
		part->how.b = m->stream_of[part->whole];
	else
		part->how.a = place_in_a[part->whole];
}

static int by_stream(const void *x, const void *y)
{
	const struct mapping_part *a = x, *b = y;

	return COMPARE(a->stream, b->stream);
}

static void map_parts(struct mapping *m, const struct trace *a,
		      const struct trace *b)
{
	const struct trace *trace[2] = { a, b };
	uint8_t *mapped[2] = { mem_calloc(a->n_streams + 1, 1),
			       mem_calloc(b->n_streams + 1, 1) };
	uint32_t *place_in_a =
		mem_calloc(b->n_streams + 1, sizeof(*place_in_a));

	for (uint32_t i = 0; i < a->n_streams; i++) {
		if (m->stream_of[i] == MAPPING_NONE)
			continue;
		mapped[0][i] = 1;
		mapped[1][m->stream_of[i]] = 1;
		place_in_a[m->stream_of[i]] = i;
	}
	for (int e = 0; e < 2; e++) {
		find_parts(m, e, trace[e], mapped[e]);
		for (size_t i = 0; i < m->n_parts[e]; i++)
			complete_part(m, e, place_in_a, &m->parts[e][i]);
		SORT(m->parts[e], m->n_parts[e], by_stream);
		free(mapped[e]);
	}
	free(place_in_a);
}

void mapping_make(struct mapping *m, const struct trace *a,
		  const struct trace *b)
{
	memset(m, 0, sizeof(*m));
	map_streams(m, a, b);
	map_connections(m, a, b);
	map_parts(m, a, b);
}

void mapping_release(struct mapping *m)
{
	free(m->streams.items);
	free(m->connections.items);
	free(m->stream_of);
	free(m->connection_of);
	free(m->parts[0]);
	free(m->parts[1]);
	memset(m, 0, sizeof(*m));
}

const struct candidate *candidates_of(const struct candidates *list, uint32_t a,
				      size_t *n)
{
	size_t at = LOWER_BOUND(k, 0, list->n, list->items[k].a < a);

	for (*n = 0; at + *n < list->n && list->items[at + *n].a == a;)
		++*n;
	return *n ? &list->items[at] : NULL;
}

const struct candidate *mapping_partner(const struct mapping *m,
					const struct trace *a,
					const struct trace *b, uint32_t stream,
					uint32_t connection)
{
	long own = a->streams[stream].connection;
	/* In mapped connections each subflow is mapped once. */
	int settled = own >= 0 && m->connection_of[own] == connection;
	size_t n = 0;
	const struct candidate *c = candidates_of(&m->streams, stream, &n);
	const struct candidate *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (b->streams[c[i].b].connection != (long)connection)
			continue;
		if (c[i].b == m->stream_of[stream])
			return &c[i];
		if (!best && !settled)
			best = &c[i];
	}
	return best;
}

const struct mapping_part *mapping_part_of(const struct mapping *m, int end,
					   size_t stream)
{
	const struct mapping_part key = { .stream = (uint32_t)stream };

	return m->n_parts[end] ? bsearch(&key, m->parts[end], m->n_parts[end],
					 sizeof(key), by_stream)
			       : NULL;
}
