/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mapping.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "model/streams.h"
#include "model/tcpopt.h"

enum {
	SAMPLES = 64,	  /* data packets that stand for a stream */
	SAMPLES_SURE = 8, /* in common: certain */
	FROM_ISN = 0x100  /* data marks: the numbers count from the ISN */
};

/* Of a piece: numbers and addresses of the stream fit, but it has no SYN. */
static const double SCORE_PART = 0.9;

/* Something that a stream is known by; equal hashes are the same thing. */
struct mark {
	uint64_t hash;
	uint32_t stream;
	unsigned evidence;
};

struct marks {
	struct mark *items;
	size_t n, cap;
};

struct pair_count {
	uint32_t a, b;
	unsigned evidence;
	unsigned data[2]; /* packets in common; by numbers as they are, and
			     from the ISN */
};

struct pairs {
	struct pair_count *items;
	size_t n, cap;
};

const char *evidence_name(enum evidence evidence)
{
	switch (evidence) {
	case EVIDENCE_KEYS: return "keys";
	case EVIDENCE_TOKENS: return "tokens";
	case EVIDENCE_NONCES: return "nonces";
	case EVIDENCE_ISN: return "isn";
	case EVIDENCE_TIMESTAMPS: return "timestamps";
	case EVIDENCE_DATA: return "data";
	case EVIDENCE_ADDRESSES: return "addresses";
	case EVIDENCE_SUBFLOWS: return "subflows";
	}
	return NULL;
}

static void add_mark(struct marks *m, uint32_t stream, unsigned evidence,
		     const void *bytes, size_t n)
{
	MEM_PUSH_ROOM(m->items, m->n, m->cap);
	m->items[m->n++] =
		(struct mark){ .hash = XXH3_64bits_withSeed(bytes, n, evidence),
			       .stream = stream,
			       .evidence = evidence };
}

static uint64_t tsval(const struct packets *p, size_t i)
{
	return tcpopt_tsval(packets_options(p, i), p->n_options[i]);
}

static void mark_handshake(struct marks *m, const struct stream *s, uint32_t i)
{
	for (int d = 0; d < 2; d++) {
		if (s->has_key[d]) {
			uint64_t key[2] = { (uint64_t)d, s->key[d] };

			add_mark(m, i, EVIDENCE_KEYS, key, sizeof(key));
		}
		if (s->has_nonce[d]) {
			uint32_t nonce[3] = { (uint32_t)d, s->nonce[d],
					      d == 0 && s->has_token ? s->token
								     : 0 };

			add_mark(m, i, EVIDENCE_NONCES, nonce, sizeof(nonce));
		}
	}
}

static void mark_isn(struct marks *m, const struct trace *t,
		     const struct stream *s, uint32_t i)
{
	uint32_t isn[2] = { s->side[0].isn, s->side[1].isn };
	size_t first = t->order[s->first];

	if (s->side[0].has_isn && s->side[1].has_isn)
		add_mark(m, i, EVIDENCE_ISN, isn, sizeof(isn));
	if (s->side[0].has_syn && (t->packets.flags[first] & TCP_SYN) &&
	    !(t->packets.mark[first] & PACKET_REVERSE)) {
		uint64_t stamp = tsval(&t->packets, first);

		if (stamp)
			add_mark(m, i, EVIDENCE_TIMESTAMPS, &stamp,
				 sizeof(stamp));
	}
}

/* The SAMPLES lowest of all hashes, in order. */
struct lowest {
	uint64_t hash[SAMPLES];
	size_t n;
};

static void lowest_add(struct lowest *l, uint64_t hash)
{
	size_t at = l->n;

	if (l->n == SAMPLES && hash >= l->hash[SAMPLES - 1])
		return;
	while (at > 0 && l->hash[at - 1] > hash)
		at--;
	if (at > 0 && l->hash[at - 1] == hash)
		return;
	if (l->n < SAMPLES)
		l->n++;
	memmove(&l->hash[at + 1], &l->hash[at],
		(l->n - 1 - at) * sizeof(*l->hash));
	l->hash[at] = hash;
}

/*
 * The packets with payload whose hashes are lowest: whichever part of the
 * stream a capture has, of what both have they pick the same.  Numbers count
 * from the ISN, too, since a middlebox may have shifted them.
 */
static void mark_data(struct marks *m, const struct trace *t,
		      const struct stream *s, uint32_t i)
{
	const struct packets *p = &t->packets;
	struct lowest raw = { .n = 0 }, from_isn = { .n = 0 };

	for (size_t k = 0; k < s->n; k++) {
		size_t at = t->order[s->first + k];
		const struct stream_side *side =
			&s->side[p->mark[at] & PACKET_REVERSE ? TO_CLIENT
							      : TO_SERVER];
		uint64_t what[3] = { p->seq[at], p->len[at], 0 };

		if (!p->len[at])
			continue;
		what[2] = tsval(p, at);
		lowest_add(&raw, XXH3_64bits(what, sizeof(what)));
		if (!side->has_isn)
			continue;
		what[0] = p->seq[at] - side->isn;
		lowest_add(&from_isn, XXH3_64bits(what, sizeof(what)));
	}
	for (size_t k = 0; k < raw.n; k++)
		add_mark(m, i, EVIDENCE_DATA, &raw.hash[k], sizeof(*raw.hash));
	for (size_t k = 0; k < from_isn.n; k++)
		add_mark(m, i, EVIDENCE_DATA | FROM_ISN, &from_isn.hash[k],
			 sizeof(*from_isn.hash));
}

static void mark_addresses(struct marks *m, const struct stream *s, uint32_t i)
{
	struct endpoint ends[2];

	memset(ends, 0, sizeof(ends));
	for (size_t d = 0; d < 2; d++) {
		const struct endpoint *e = d ? &s->server : &s->client;

		memcpy(ends[d].address, e->address, strlen(e->address));
		ends[d].port = e->port;
	}
	add_mark(m, i, EVIDENCE_ADDRESSES, ends, sizeof(ends));
}

static int by_hash(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->stream < b->stream ? -1 : a->stream > b->stream;
}

static void make_marks(struct marks *m, const struct trace *t)
{
	for (uint32_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		mark_handshake(m, s, i);
		mark_isn(m, t, s, i);
		mark_data(m, t, s, i);
		mark_addresses(m, s, i);
	}
	if (m->n)
		qsort(m->items, m->n, sizeof(*m->items), by_hash);
}

/* What both captures have; a thing that many streams share says little. */
static void join_marks(struct pairs *out, const struct marks *a,
		       const struct marks *b)
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

			MEM_PUSH_ROOM(out->items, out->n, out->cap);
			out->items[out->n++] = (struct pair_count){
				.a = a->items[i].stream,
				.b = b->items[k].stream,
				.evidence = evidence & ~(unsigned)FROM_ISN,
				.data = { evidence == EVIDENCE_DATA,
					  !!(evidence & FROM_ISN) },
			};
		}
	}
}

static int by_pair(const void *x, const void *y)
{
	const struct pair_count *a = x, *b = y;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

static void merge_pairs(struct pairs *p)
{
	size_t n = 0;

	if (!p->n)
		return;
	qsort(p->items, p->n, sizeof(*p->items), by_pair);
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

/* What contradicts: both handshakes are known, and differ. */
static int contradicts(const struct stream *a, const struct stream *b)
{
	for (size_t d = 0; d < 2; d++) {
		if (a->has_key[d] && b->has_key[d] && a->key[d] != b->key[d])
			return 1;
		if (a->has_nonce[d] && b->has_nonce[d] &&
		    a->nonce[d] != b->nonce[d])
			return 1;
	}
	return 0;
}

/*
 * Scores: a key or the nonces of a join with 32 bits and more that nobody
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

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	if (a->score < b->score || a->score > b->score)
		return a->score > b->score ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

static int best_first(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->score < b->score || a->score > b->score)
		return a->score > b->score ? -1 : 1;
	return by_score(x, y);
}

static void add_candidate(struct candidates *list, const struct candidate *c)
{
	MEM_PUSH_ROOM(list->items, list->n, list->cap);
	list->items[list->n++] = *c;
}

static void sort_candidates(struct candidates *list)
{
	if (list->n)
		qsort(list->items, list->n, sizeof(*list->items), by_score);
}

/* The best candidates first; each place is given once. */
static uint32_t *assign(const struct candidates *list, size_t n_a, size_t n_b)
{
	uint32_t *place = mem_calloc(n_a + 1, sizeof(*place));
	uint8_t *taken = mem_calloc(n_b + 1, 1);
	struct candidate *order = mem_calloc(list->n + 1, sizeof(*order));

	memset(place, 0xff, (n_a + 1) * sizeof(*place));
	if (list->n) {
		memcpy(order, list->items, list->n * sizeof(*order));
		qsort(order, list->n, sizeof(*order), best_first);
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
	struct marks marks_a = { .n = 0 }, marks_b = { .n = 0 };
	struct pairs pairs = { .n = 0 };

	make_marks(&marks_a, a);
	make_marks(&marks_b, b);
	join_marks(&pairs, &marks_a, &marks_b);
	merge_pairs(&pairs);
	for (size_t i = 0; i < pairs.n; i++) {
		const struct pair_count *p = &pairs.items[i];
		struct candidate c = judge(p);

		if (!contradicts(&a->streams[p->a], &b->streams[p->b]))
			add_candidate(&m->streams, &c);
	}
	sort_candidates(&m->streams);
	m->stream_of = assign(&m->streams, a->n_streams, b->n_streams);
	free(marks_a.items);
	free(marks_b.items);
	free(pairs.items);
}

/* What the ends of two connections say of each other; 0: they differ. */
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

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

/* Each pair of streams speaks for their connections; the best one counts. */
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
	qsort(list->items, list->n, sizeof(*list->items), by_connections);
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
			c->certain = 1;
		}
		list->items[n++] = *c;
	}
	list->n = n;
	sort_candidates(list);
	m->connection_of = assign(list, a->n_connections, b->n_connections);
}

/* Do the numbers of the stream's packets lie in what "whole" sent? */
static int numbers_fit(const struct trace *t, const struct stream *s,
		       const struct stream *whole)
{
	const struct packets *p = &t->packets;
	int turned = s->client.port != whole->client.port ||
		     strcmp(s->client.address, whole->client.address) != 0;
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

/* Streams that stayed alone, and are pieces of one that did not. */
static void find_parts(struct mapping *m, int end, const struct trace *t,
		       const uint8_t *mapped)
{
	struct mark *marks = mem_calloc(t->n_streams + 1, sizeof(*marks));

	for (uint32_t i = 0; i < t->n_streams; i++)
		marks[i] = (struct mark){
			.hash = streams_tuple_hash(&t->streams[i]), .stream = i
		};
	qsort(marks, t->n_streams, sizeof(*marks), by_hash);
	for (size_t i = 0, from = 0; i < t->n_streams; i++) {
		uint32_t s = marks[i].stream;

		if (marks[i].hash != marks[from].hash)
			from = i;
		if (mapped[s] || t->streams[s].side[0].has_syn ||
		    t->streams[s].side[1].has_syn)
			continue;
		for (size_t k = from;
		     k < t->n_streams && k < from + CANDIDATES_MAX &&
		     marks[k].hash == marks[i].hash;
		     k++) {
			uint32_t whole = marks[k].stream;

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
	free(marks);
}

/* Whom the piece belongs with: from that of the whole. */
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

	return a->stream < b->stream ? -1 : a->stream > b->stream;
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
		if (trace[e]->n_streams)
			find_parts(m, e, trace[e], mapped[e]);
		for (size_t i = 0; i < m->n_parts[e]; i++)
			complete_part(m, e, place_in_a, &m->parts[e][i]);
		if (m->n_parts[e])
			qsort(m->parts[e], m->n_parts[e], sizeof(*m->parts[e]),
			      by_stream);
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
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list->items[mid].a < a)
			low = mid + 1;
		else
			high = mid;
	}
	for (*n = 0; low + *n < list->n && list->items[low + *n].a == a;)
		++*n;
	return *n ? &list->items[low] : NULL;
}

const struct candidate *mapping_partner(const struct mapping *m,
					const struct trace *b, uint32_t stream,
					uint32_t connection)
{
	size_t n = 0;
	const struct candidate *c = candidates_of(&m->streams, stream, &n);
	const struct candidate *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (b->streams[c[i].b].connection != (long)connection)
			continue;
		if (c[i].b == m->stream_of[stream])
			return &c[i];
		if (!best)
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
