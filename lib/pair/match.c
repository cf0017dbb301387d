/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/match.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "pair/match_cut.h"
#include "model/streams.h"
#include "model/tcpopt.h"
#include "model/unwrap.h"

enum {
	COPY_WINDOW = 2000000, /* ns between copies of one packet */
	BUCKET = 256,	       /* prints that are sorted at once, about */
	ECN_FLAGS = 0x1c0
};

/* What a packet is known by. */
struct print {
	XXH128_hash_t key;
	uint32_t place; /* in its end */
	uint16_t ip_id, window;
	uint8_t has_ip_id, end, direction;
};

struct work {
	struct match *match;
	const struct match_input *in;
	int relative[2];      /* numbers of this direction count from the ISN */
	int same_isn;	      /* SACK edges are comparable */
	struct print *prints; /* of both ends, by key */
	size_t n;
	int ip_id_counts[2]; /* [direction]: the path does not change them */
};

static const struct packets *packets_of(const struct work *w, int end)
{
	return &w->in->trace[end]->packets;
}

static uint32_t packet_of(const struct work *w, const struct print *p)
{
	return w->match->end[p->end].packet[p->place];
}

static enum match_fate fate_of(const struct work *w, const struct print *p)
{
	return (enum match_fate)w->match->end[p->end].fate[p->place];
}

static void set_fate(struct work *w, const struct print *p,
		     enum match_fate fate, uint32_t peer)
{
	w->match->end[p->end].fate[p->place] = (uint8_t)fate;
	w->match->end[p->end].peer[p->place] = peer;
}

static void pair(struct work *w, const struct print *a, const struct print *b,
		 enum match_fate fate)
{
	set_fate(w, a, fate, packet_of(w, b));
	set_fate(w, b, fate, packet_of(w, a));
}

static uint32_t number(const struct work *w, int end, enum direction d,
		       uint32_t raw)
{
	return w->relative[d] ? raw - w->in->stream[end]->side[d].isn : raw;
}

/* The options that no middlebox may change without being noticed. */
static size_t copy_options(const struct work *w, const struct packets *p,
			   size_t i, uint8_t *out)
{
	const uint8_t *o = NULL;
	size_t at = 0, len = 0, length = 0;
	int kind = 0;

	while ((kind = tcpopt_next(packets_options(p, i), p->n_options[i], &at,
				   &o, &len))) {
		if (kind != TCPOPT_TIMESTAMPS && kind != TCPOPT_MPTCP &&
		    (kind != TCPOPT_SACK || !w->same_isn))
			continue;
		memcpy(out + length, o, len);
		length += len;
	}
	return length;
}

static struct print fingerprint(const struct work *w, int end, uint32_t place)
{
	const struct packets *p = packets_of(w, end);
	uint32_t i = w->match->end[end].packet[place];
	enum direction d = (enum direction)w->match->end[end].direction[place];
	struct print print = { .place = place,
			       .end = (uint8_t)end,
			       .direction = (uint8_t)d,
			       .has_ip_id = !!(p->mark[i] & PACKET_HAS_IP_ID),
			       .ip_id = p->ip_id[i],
			       .window = p->window[i] };
	uint32_t head[5] = { d, number(w, end, d, p->seq[i]),
			     p->flags[i] & TCP_ACK
				     ? number(w, end, !d, p->ack[i])
				     : 0,
			     p->len[i], p->flags[i] & ~(uint32_t)ECN_FLAGS };
	uint8_t bytes[sizeof(head) + 40];
	size_t n = sizeof(head);

	memcpy(bytes, head, n);
	n += copy_options(w, p, i, bytes + n);
	print.key = XXH3_128bits(bytes, n);
	return print;
}

static int by_key(const void *x, const void *y)
{
	const struct print *a = x, *b = y;

	if (a->key.high64 != b->key.high64)
		return a->key.high64 < b->key.high64 ? -1 : 1;
	if (a->key.low64 != b->key.low64)
		return a->key.low64 < b->key.low64 ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static int by_ip_id(const void *x, const void *y)
{
	const struct print *a = x, *b = y;

	if (a->ip_id != b->ip_id)
		return a->ip_id < b->ip_id ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static int by_window(const void *x, const void *y)
{
	const struct print *a = x, *b = y;

	if (a->window != b->window)
		return a->window < b->window ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static int same_key(const struct print *a, const struct print *b)
{
	return XXH128_isEqual(a->key, b->key);
}

static int same_ip_id(const struct print *a, const struct print *b)
{
	return a->ip_id == b->ip_id;
}

static int same_window(const struct print *a, const struct print *b)
{
	return a->window == b->window;
}

/* How many in a row, from the first on, are the same. */
static size_t run(const struct print *p, size_t n,
		  int (*same)(const struct print *, const struct print *))
{
	size_t k = 1;

	while (k < n && same(&p[0], &p[k]))
		k++;
	return k;
}

/* The first of the other end; they stand behind those of end 0. */
static size_t split(const struct print *p, size_t n)
{
	size_t k = 0;

	while (k < n && p[k].end == 0)
		k++;
	return k;
}

/* Pair in order what "n" prints have at both ends; nothing tells them apart
   any more. */
static void pair_in_order(struct work *w, struct print *p, size_t n)
{
	size_t a = split(p, n), b = n - a;
	enum match_fate fate = a == b ? MATCH_MATCHED : MATCH_AMBIGUOUS;

	for (size_t k = 0; k < a && k < b; k++)
		pair(w, &p[k], &p[a + k], fate);
}

static void pair_by_window(struct work *w, struct print *p, size_t n)
{
	size_t k = 0, m = 0, a = split(p, n);

	if (a == n - a) {
		pair_in_order(w, p, n);
		return;
	}
	qsort(p, n, sizeof(*p), by_window);
	for (; k < n; k += m) {
		m = run(p + k, n - k, same_window);
		pair_in_order(w, p + k, m);
	}
}

static void pair_by_ip_id(struct work *w, struct print *p, size_t n)
{
	size_t k = 0, m = 0;

	qsort(p, n, sizeof(*p), by_ip_id);
	for (; k < n; k += m) {
		m = run(p + k, n - k, same_ip_id);
		pair_by_window(w, p + k, m);
	}
}

/* Does the path leave the IP ids alone?  What is unique at both ends tells. */
static void judge_ip_ids(struct work *w)
{
	size_t same[2] = { 0, 0 }, all[2] = { 0, 0 }, k = 0, m = 0;

	for (; k < w->n; k += m) {
		const struct print *p = &w->prints[k];

		m = run(p, w->n - k, same_key);
		if (m != 2 || p[0].end == p[1].end || !p[0].has_ip_id ||
		    !p[1].has_ip_id)
			continue;
		all[p->direction]++;
		same[p->direction] += p[0].ip_id == p[1].ip_id;
	}
	for (int d = 0; d < 2; d++)
		w->ip_id_counts[d] = all[d] > 0 && same[d] * 10 >= all[d] * 9;
}

static int other_interface(const struct packets *p, uint32_t i, uint32_t j)
{
	return p->interface[i] != p->interface[j] &&
	       p->time[j] - p->time[i] <= COPY_WINDOW;
}

/* Copies of a packet next to each other. */
static int by_copy(const void *x, const void *y)
{
	const struct print *a = x, *b = y;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->ip_id != b->ip_id)
		return a->ip_id < b->ip_id ? -1 : 1;
	if (a->window != b->window)
		return a->window < b->window ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

/* The sender's last copy and the receiver's first count. */
static void drop_copies(struct work *w, struct print *p, size_t n)
{
	int sender = w->in->client_end < 0	 ? -1
		     : p->direction == TO_SERVER ? w->in->client_end
						 : !w->in->client_end;

	qsort(p, n, sizeof(*p), by_copy);
	for (size_t k = 1; k < n; k++) {
		struct print *a = &p[k - 1], *b = &p[k];

		if (a->end != b->end || a->has_ip_id != b->has_ip_id ||
		    a->ip_id != b->ip_id || a->window != b->window)
			continue;
		if (!other_interface(packets_of(w, a->end), packet_of(w, a),
				     packet_of(w, b)))
			continue;
		set_fate(w, sender == a->end ? a : b, MATCH_DUPLICATE,
			 MATCH_NONE);
	}
	qsort(p, n, sizeof(*p), by_key);
}

/*
 * Where several interfaces were captured a packet may stand there more than
 * once.  What is said of the others must not depend on that: the copies go
 * first.
 */
static void drop_all_copies(struct work *w)
{
	size_t k = 0, m = 0, kept = 0;

	if (packets_of(w, 0)->interfaces.n < 2 &&
	    packets_of(w, 1)->interfaces.n < 2)
		return;
	for (; k < w->n; k += m) {
		m = run(&w->prints[k], w->n - k, same_key);
		if (m > 1)
			drop_copies(w, &w->prints[k], m);
	}
	for (k = 0; k < w->n; k++)
		if (fate_of(w, &w->prints[k]) != MATCH_DUPLICATE)
			w->prints[kept++] = w->prints[k];
	w->n = kept;
}

static void pair_equal(struct work *w)
{
	size_t k = 0, m = 0;

	for (; k < w->n; k += m) {
		struct print *p = &w->prints[k];

		m = run(p, w->n - k, same_key);
		if (w->ip_id_counts[p->direction])
			pair_by_ip_id(w, p, m);
		else
			pair_by_window(w, p, m);
	}
}

/*
 * The positions of the second capture, on the line of the first: where an ISN
 * is missing each began to count at the first packet it has.
 */
static void align(struct work *w)
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

	return *a < *b ? -1 : *a > *b;
}

static void add_packets(const struct trace *t, const struct stream *s,
			int turned, struct match_end *out)
{
	for (size_t k = 0; k < s->n; k++) {
		uint32_t i = t->order[s->first + k];

		out->packet[out->n] = i;
		out->direction[out->n++] =
			(uint8_t)(!!(t->packets.mark[i] & PACKET_REVERSE) ^
				  turned);
	}
}

/* In order of time, which is that of the packets' indices. */
static void sort_packets(struct match_end *e)
{
	uint64_t *both = mem_calloc(e->n, sizeof(*both));

	for (size_t k = 0; k < e->n; k++)
		both[k] = (uint64_t)e->packet[k] << 1 | e->direction[k];
	qsort(both, e->n, sizeof(*both), by_packet);
	for (size_t k = 0; k < e->n; k++) {
		e->packet[k] = (uint32_t)(both[k] >> 1);
		e->direction[k] = both[k] & 1;
	}
	free(both);
}

static void find_positions(const struct work *w, int end)
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
			continue; /* its number may be anything */
		e->position[k] =
			unwrap_next(&unwrap[e->direction[k]], p->seq[i]) +
			!!(p->flags[i] & TCP_SYN);
	}
}

static void take_end(struct work *w, int end)
{
	const struct trace *t = w->in->trace[end];
	const struct stream *s = w->in->stream[end];
	struct match_end *e = &w->match->end[end];
	size_t n = s->n;

	for (size_t k = 0; k < w->in->n_also[end]; k++)
		n += w->in->also[end][k]->n;
	e->packet = mem_calloc(n, sizeof(*e->packet));
	e->direction = mem_calloc(n, 1);
	e->position = mem_calloc(n, sizeof(*e->position));
	e->fate = mem_calloc(n, 1);
	e->peer = mem_calloc(n, sizeof(*e->peer));
	memset(e->fate, MATCH_UNSEEN, n);
	memset(e->peer, 0xff, n * sizeof(*e->peer)); /* MATCH_NONE */
	add_packets(t, s, 0, e);
	for (size_t k = 0; k < w->in->n_also[end]; k++) {
		const struct stream *also = w->in->also[end][k];

		add_packets(t, also, streams_turned(also, s), e);
	}
	if (w->in->n_also[end])
		sort_packets(e);
	find_positions(w, end);
}

/* Move each print to the heap of its first bits; "next" is where each begins,
   "end" where it ends. */
static void distribute(struct print *p, int bits, size_t *next,
		       const size_t *end)
{
	for (size_t b = 0; b < (size_t)1 << bits; b++)
		while (next[b] < end[b]) {
			struct print one = p[next[b]];
			size_t home = one.key.high64 >> (64 - bits);

			p[next[b]] = p[next[home]];
			p[next[home]++] = one;
		}
}

/*
 * All prints in order of their keys.  The keys are even, so their first bits
 * make heaps of a few hundred each that are sorted in the cache: the time per
 * packet stays the same however many there are.
 */
static void make_prints(struct work *w)
{
	size_t total = w->match->end[0].n + w->match->end[1].n, at = 0;
	size_t *next = NULL, *end = NULL, heaps = 0;
	int bits = 1;

	while (bits < 24 && total >> bits > BUCKET)
		bits++;
	heaps = (size_t)1 << bits;
	next = mem_calloc(heaps + 1, sizeof(*next));
	end = next + 1; /* a heap ends where the next one begins */
	w->prints = mem_calloc(total, sizeof(*w->prints));
	for (int e = 0; e < 2; e++)
		for (size_t k = 0; k < w->match->end[e].n; k++) {
			struct print p = fingerprint(w, e, (uint32_t)k);

			w->prints[w->n++] = p;
			end[p.key.high64 >> (64 - bits)]++;
		}
	for (size_t b = 1; b < heaps; b++)
		end[b] += end[b - 1];
	end = mem_calloc(heaps, sizeof(*end));
	memcpy(end, next + 1, heaps * sizeof(*end));
	distribute(w->prints, bits, next, end);
	for (size_t b = 0; b < heaps; at = end[b++])
		qsort(w->prints + at, end[b] - at, sizeof(*w->prints), by_key);
	free(next);
	free(end);
}

void match_streams(struct match *m, const struct match_input *in)
{
	struct work w = { .match = m, .in = in, .same_isn = 1 };
	const struct stream *a = in->stream[0], *b = in->stream[1];

	memset(m, 0, sizeof(*m));
	for (int d = 0; d < 2; d++) {
		w.relative[d] = a->side[d].has_isn && b->side[d].has_isn;
		w.same_isn &=
			!w.relative[d] || a->side[d].isn == b->side[d].isn;
	}
	take_end(&w, 0);
	take_end(&w, 1);
	make_prints(&w);
	drop_all_copies(&w);
	judge_ip_ids(&w);
	pair_equal(&w);
	align(&w);
	match_cut(m, in);
	free(w.prints);
}

void match_release(struct match *m)
{
	for (int e = 0; e < 2; e++) {
		free(m->end[e].packet);
		free(m->end[e].direction);
		free(m->end[e].position);
		free(m->end[e].fate);
		free(m->end[e].peer);
	}
	memset(m, 0, sizeof(*m));
}
