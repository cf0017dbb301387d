/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/match_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/tcpopt.h"

enum {
	BUCKET = 256, /* prints that are sorted at once, about */
	MOST_OPTIONS = 40
};

static const struct packets *packets_of(const struct match_work *w, int end)
{
	return &w->in->trace[end]->packets;
}

static uint32_t packet_of(const struct match_work *w, const struct print *p)
{
	return w->match->end[p->end].packet[p->place];
}

static void set_fate(struct match_work *w, const struct print *p,
		     enum match_fate fate, uint32_t peer)
{
	w->match->end[p->end].fate[p->place] = (uint8_t)fate;
	w->match->end[p->end].peer[p->place] = peer;
}

static void pair(struct match_work *w, const struct print *a,
		 const struct print *b, enum match_fate fate)
{
	set_fate(w, a, fate, packet_of(w, b));
	set_fate(w, b, fate, packet_of(w, a));
}

static uint32_t number(const struct match_work *w, int end, enum direction d,
		       uint32_t raw)
{
	return w->relative[d] ? raw - w->in->stream[end]->side[d].isn : raw;
}

/*
 * Copy the options that no middlebox may change unnoticed, or only the
 * timestamps.
 */
static size_t copy_options(const struct match_work *w, const struct packets *p,
			   size_t i, uint8_t *out)
{
	const uint8_t *o = NULL;
	size_t at = 0, len = 0, length = 0;
	int kind = 0;

	while ((kind = tcpopt_next(packets_options(p, i), p->n_options[i], &at,
				   &o, &len))) {
		if (kind != TCPOPT_TIMESTAMPS &&
		    (w->detail != DETAIL_OPTIONS ||
		     (kind != TCPOPT_MPTCP &&
		      (kind != TCPOPT_SACK || !w->same_isn))))
			continue;
		memcpy(out + length, o, len);
		length += len;
	}
	return length;
}

static uint32_t kept_flags(enum match_detail detail)
{
	return detail == DETAIL_OPTIONS ? ~(uint32_t)MATCH_ECN_FLAGS
					: TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK;
}

static struct print fingerprint(const struct match_work *w, int end,
				uint32_t place)
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
	int by_id = w->detail == DETAIL_PLACE && w->ids_vary[d];
	uint32_t head[6] = { d,
			     number(w, end, d, p->seq[i]),
			     p->flags[i] & TCP_ACK
				     ? number(w, end, !d, p->ack[i])
				     : 0,
			     p->len[i],
			     p->flags[i] & kept_flags(w->detail),
			     by_id ? p->ip_id[i] : 0 };
	uint8_t bytes[sizeof(head) + MOST_OPTIONS];
	size_t n = sizeof(head);

	memcpy(bytes, head, n);
	if (w->detail != DETAIL_PLACE)
		n += copy_options(w, p, i, bytes + n);
	print.key = XXH3_128bits(bytes, n);
	return print;
}

static int by_key(const void *x, const void *y)
{
	const struct print *a = x, *b = y;

	return COMPARE(a->key.high64, b->key.high64) ?:
	       COMPARE(a->key.low64, b->key.low64) ?:
	       COMPARE(a->end, b->end) ?:
	       COMPARE(a->place, b->place);
}

static int by_ip_id(const void *x, const void *y)
{
	const struct print *a = x, *b = y;

	return COMPARE(a->ip_id, b->ip_id) ?:
	       COMPARE(a->end, b->end) ?:
	       COMPARE(a->place, b->place);
}

static int by_window(const void *x, const void *y)
{
	const struct print *a = x, *b = y;

	return COMPARE(a->window, b->window) ?:
	       COMPARE(a->end, b->end) ?:
	       COMPARE(a->place, b->place);
}

static bool same_key(const struct print *a, const struct print *b)
{
	return XXH128_isEqual(a->key, b->key);
}

static bool same_ip_id(const struct print *a, const struct print *b)
{
	return a->ip_id == b->ip_id;
}

static bool same_window(const struct print *a, const struct print *b)
{
	return a->window == b->window;
}

/* The number of equal prints from the first one on. */
static size_t run(const struct print *p, size_t n,
		  bool (*same)(const struct print *, const struct print *))
{
	size_t k = 1;

	while (k < n && same(&p[0], &p[k]))
		k++;
	return k;
}

/* The first print of the other end; those of end 0 come first. */
static size_t split(const struct print *p, size_t n)
{
	size_t k = 0;

	while (k < n && p[k].end == 0)
		k++;
	return k;
}

/* The end at which packets of the direction were sent; -1: unknown. */
static int sender_of(const struct match_work *w, int direction)
{
	if (w->in->client_end < 0)
		return -1;
	return direction == TO_SERVER ? w->in->client_end : !w->in->client_end;
}

/* Whether no two packets sent in the direction have the same print. */
static bool never_alike(const struct match_work *w, const struct print *p)
{
	const struct packets *all = packets_of(w, p->end);
	uint32_t i = packet_of(w, p);

	return w->ids_vary[p->direction] || packets_tsval(all, i);
}

/* The sender has it once; the first one that arrived matches. */
static bool was_duplicated(const struct match_work *w, const struct print *p,
			   size_t a, size_t b)
{
	int sender = sender_of(w, p->direction);

	return w->detail == DETAIL_OPTIONS && never_alike(w, p) &&
	       ((sender == 0 && a == 1 && b > 1) ||
		(sender == 1 && b == 1 && a > 1));
}

/*
 * Pair "n" prints of both ends in order, as nothing distinguishes them any
 * more.
 */
static void pair_in_order(struct match_work *w, struct print *p, size_t n)
{
	size_t a = split(p, n), b = n - a;
	int again = was_duplicated(w, p, a, b);
	enum match_fate fate =
		a == b || again ? MATCH_MATCHED : MATCH_AMBIGUOUS;

	for (size_t k = 0; k < a && k < b; k++)
		pair(w, &p[k], &p[a + k], fate);
	for (size_t k = 1; again && k < (a > b ? a : b); k++)
		set_fate(w, &p[b == 1 ? k : a + k], MATCH_DUPLICATED,
			 MATCH_NONE);
}

static void pair_by_window(struct match_work *w, struct print *p, size_t n)
{
	size_t k = 0, m = 0, a = split(p, n);

	if (a == n - a) {
		pair_in_order(w, p, n);
		return;
	}
	SORT(p, n, by_window);
	for (; k < n; k += m) {
		m = run(p + k, n - k, same_window);
		pair_in_order(w, p + k, m);
	}
}

static void pair_by_ip_id(struct match_work *w, struct print *p, size_t n)
{
	size_t k = 0, m = 0;

	SORT(p, n, by_ip_id);
	for (; k < n; k += m) {
		m = run(p + k, n - k, same_ip_id);
		pair_by_window(w, p + k, m);
	}
}

/*
 * Whether the path preserves IP ids, and they differ between packets:
 * determined from prints that are unique at both ends.
 */
static void judge_ip_ids(struct match_work *w)
{
	size_t same[2] = { 0, 0 }, all[2] = { 0, 0 }, k = 0, m = 0;
	uint32_t first[2] = { 0, 0 };

	for (; k < w->n; k += m) {
		const struct print *p = &w->prints[k];
		int d = p->direction;

		m = run(p, w->n - k, same_key);
		if (m != 2 || p[0].end == p[1].end || !p[0].has_ip_id ||
		    !p[1].has_ip_id)
			continue;
		if (!all[d])
			first[d] = p->ip_id;
		w->ids_vary[d] |= first[d] != p->ip_id;
		all[d]++;
		same[d] += p[0].ip_id == p[1].ip_id;
	}
	for (int d = 0; d < 2; d++) {
		if (!all[d])
			continue;
		w->ids_known[d] = true;
		w->ids_count[d] = same[d] * 10 >= all[d] * 9;
		w->ids_vary[d] &= w->ids_count[d];
	}
}

static void pair_equal(struct match_work *w)
{
	size_t k = 0, m = 0;

	for (; k < w->n; k += m) {
		struct print *p = &w->prints[k];

		m = run(p, w->n - k, same_key);
		if (w->ids_count[p->direction])
			pair_by_ip_id(w, p, m);
		else
			pair_by_window(w, p, m);
	}
}

/*
 * Distribute prints to buckets by their first bits; "next" is the next free
 * place of each, "end" its end.
 */
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

/* Whether packets can be matched by anything but position. */
static bool may_pair(const struct match_work *w, int end, size_t place)
{
	const struct match_end *e = &w->match->end[end];
	int d = e->direction[place];

	if (e->fate[place] != MATCH_UNSEEN)
		return false;
	if (w->detail != DETAIL_PLACE)
		return true;
	if (w->ids_vary[d])
		return !!(packets_of(w, end)->mark[e->packet[place]] &
			  PACKET_HAS_IP_ID);
	return w->stamps_lost[d];
}

static void take_prints(struct match_work *w)
{
	w->n = 0;
	for (int e = 0; e < 2; e++)
		for (size_t k = 0; k < w->match->end[e].n; k++)
			if (may_pair(w, e, k))
				w->prints[w->n++] =
					fingerprint(w, e, (uint32_t)k);
}

/*
 * Sort all prints by key.  Keys are uniformly distributed, so their first bits
 * give buckets of a few hundred each, which are sorted within the processor's
 * cache: the time per packet does not depend on their number.
 */
static void sort_prints(struct match_work *w)
{
	size_t *next = NULL, *end = NULL, heaps = 0, at = 0;
	int bits = 1;

	while (bits < 24 && w->n >> bits > BUCKET)
		bits++;
	heaps = (size_t)1 << bits;
	next = mem_calloc(heaps + 1, sizeof(*next));
	for (size_t k = 0; k < w->n; k++)
		next[(w->prints[k].key.high64 >> (64 - bits)) + 1]++;
	for (size_t b = 1; b <= heaps; b++)
		next[b] += next[b - 1];
	end = mem_calloc(heaps, sizeof(*end));
	memcpy(end, next + 1, heaps * sizeof(*end));
	distribute(w->prints, bits, next, end);
	for (size_t b = 0; b < heaps; at = end[b++])
		SORT(w->prints + at, end[b] - at, by_key);
	free(next);
	free(end);
}

/*
 * In a direction one end has timestamps on all unmatched packets and the other
 * one on none: they were removed on the path.
 */
static void judge_stamps(struct match_work *w)
{
	size_t n[2][2][2] = { { { 0 } } }; /* [direction][end][stamped] */

	for (int end = 0; end < 2; end++) {
		const struct match_end *e = &w->match->end[end];
		const struct packets *p = packets_of(w, end);

		for (size_t k = 0; k < e->n; k++) {
			uint32_t i = e->packet[k];

			if (e->fate[k] == MATCH_UNSEEN &&
			    !(p->flags[i] & TCP_RST) &&
			    !(p->mark[i] & PACKET_OPTIONS_CUT))
				n[e->direction[k]][end]
				 [!!packets_tsval(p, i)]++;
		}
	}
	for (int d = 0; d < 2; d++)
		for (int e = 0; e < 2; e++)
			w->stamps_lost[d] |= n[d][e][0] && !n[d][e][1] &&
					     n[d][!e][1] && !n[d][!e][0];
}

void match_prints(struct match_work *w, enum match_detail detail)
{
	size_t total = w->match->end[0].n + w->match->end[1].n;

	w->detail = detail;
	if (!w->prints)
		w->prints = mem_calloc(total, sizeof(*w->prints));
	if (detail == DETAIL_PLACE)
		judge_stamps(w);
	take_prints(w);
	if (!w->n)
		return;
	sort_prints(w);
	if (!w->ids_known[0] || !w->ids_known[1])
		judge_ip_ids(w);
	pair_equal(w);
}
