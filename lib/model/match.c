/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/match.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "model/rangemap.h"
#include "model/unwrap.h"

enum {
	COPY_WINDOW = 2000000, /* ns between copies of one packet */
	KIND_EOL = 0,
	KIND_NOP = 1,
	KIND_SACK = 5,
	KIND_TIMESTAMPS = 8,
	KIND_MPTCP = 30,
	ECN_FLAGS = 0x1c0
};

/* What a packet is known by. */
struct print {
	XXH128_hash_t key;
	uint32_t packet; /* in its trace */
	uint32_t place;	 /* in its stream, by time */
	uint16_t ip_id, window;
	uint8_t has_ip_id, end, direction;
};

/* Bytes of a data packet that is left over. */
struct rest {
	uint64_t stamp; /* TSval, and whether there is one */
	int64_t from, to;
	const struct print *print;
};

struct work {
	struct match *match;
	const struct match_input *in;
	int relative[2]; /* positions of this direction count from the ISN */
	int same_isn;	 /* SACK edges are comparable */
	struct print *prints; /* of both ends */
	size_t n;
	int ip_id_counts[2]; /* [direction]: the path does not change them */
	int64_t ack[2];	     /* [direction]: highest acknowledgment that the
				sender's end got */
	int has_ack[2];
};

static int64_t time_of(const struct work *w, int end, uint32_t packet)
{
	return w->in->trace[end]->packets.time[packet];
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
	set_fate(w, a, fate, b->packet);
	set_fate(w, b, fate, a->packet);
}

static uint32_t position(const struct work *w, int end, enum direction d,
			 uint32_t number)
{
	return w->relative[d] ? number - w->in->stream[end]->side[d].isn
			      : number;
}

/* The options that no middlebox may change without being noticed. */
static size_t copy_options(const struct work *w, const struct packets *p,
			   size_t i, uint8_t *out)
{
	const uint8_t *o = packets_options(p, i);
	size_t n = p->n_options[i], k = 0, length = 0;

	while (k < n && o[k] != KIND_EOL) {
		size_t len = o[k] == KIND_NOP ? 1 : k + 1 < n ? o[k + 1] : 0;

		if (len == 0 || (o[k] != KIND_NOP && len < 2) || k + len > n)
			break;
		if (o[k] == KIND_TIMESTAMPS || o[k] == KIND_MPTCP ||
		    (o[k] == KIND_SACK && w->same_isn)) {
			memcpy(out + length, o + k, len);
			length += len;
		}
		k += len;
	}
	return length;
}

static struct print fingerprint(const struct work *w, int end, uint32_t i,
				uint32_t place)
{
	const struct packets *p = &w->in->trace[end]->packets;
	enum direction d = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;
	struct print print = { .packet = i,
			       .place = place,
			       .end = (uint8_t)end,
			       .direction = (uint8_t)d,
			       .has_ip_id = !!(p->mark[i] & PACKET_HAS_IP_ID),
			       .ip_id = p->ip_id[i],
			       .window = p->window[i] };
	uint32_t head[5] = { d, position(w, end, d, p->seq[i]),
			     p->flags[i] & TCP_ACK
				     ? position(w, end, !d, p->ack[i])
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

	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
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
	return a->direction == b->direction && XXH128_isEqual(a->key, b->key);
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

/*
 * Where several interfaces were captured a packet may stand there more than
 * once.  The sender's last copy and the receiver's first count.
 */
static void drop_copies(struct work *w, struct print *p, size_t n)
{
	const struct packets *packets = NULL;
	int sender = w->in->client_end < 0	 ? -1
		     : p->direction == TO_SERVER ? w->in->client_end
						 : !w->in->client_end;

	for (size_t k = 1; k < n; k++) {
		struct print *a = &p[k - 1], *b = &p[k];

		if (a->end != b->end || !a->has_ip_id || a->ip_id != b->ip_id ||
		    a->window != b->window)
			continue;
		packets = &w->in->trace[a->end]->packets;
		if (packets->interface[a->packet] ==
			    packets->interface[b->packet] ||
		    packets->time[b->packet] - packets->time[a->packet] >
			    COPY_WINDOW)
			continue;
		set_fate(w, sender == a->end ? a : b, MATCH_DUPLICATE,
			 MATCH_NONE);
	}
}

/* Those that are no copies, to the front. */
static size_t without_copies(const struct work *w, struct print *p, size_t n)
{
	size_t m = 0;

	for (size_t k = 0; k < n; k++)
		if (fate_of(w, &p[k]) != MATCH_DUPLICATE) {
			struct print t = p[m];

			p[m++] = p[k];
			p[k] = t;
		}
	return m;
}

static void pair_equal(struct work *w)
{
	size_t k = 0, m = 0;

	for (; k < w->n; k += m) {
		struct print *p = &w->prints[k];
		size_t left = 0;

		m = run(p, w->n - k, same_key);
		drop_copies(w, p, m);
		left = without_copies(w, p, m);
		if (w->ip_id_counts[p->direction])
			pair_by_ip_id(w, p, left);
		else
			pair_by_window(w, p, left);
	}
}

static int is_open(const struct work *w, const struct print *p)
{
	return fate_of(w, p) == MATCH_UNSEEN;
}

static uint64_t stamp_of(const struct packets *p, size_t i)
{
	const uint8_t *o = packets_options(p, i);
	size_t n = p->n_options[i], k = 0;

	while (k < n && o[k] != KIND_EOL) {
		size_t len = o[k] == KIND_NOP ? 1 : k + 1 < n ? o[k + 1] : 0;

		if (len == 0 || (o[k] != KIND_NOP && len < 2) || k + len > n)
			break;
		if (o[k] == KIND_TIMESTAMPS && len == 10)
			return (uint64_t)1 << 32 | (uint64_t)o[k + 2] << 24 |
			       (uint64_t)o[k + 3] << 16 |
			       (uint64_t)o[k + 4] << 8 | o[k + 5];
		k += len;
	}
	return 0;
}

static int by_stamp(const void *x, const void *y)
{
	const struct rest *a = x, *b = y;

	if (a->stamp != b->stamp)
		return a->stamp < b->stamp ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->print->place < b->print->place ? -1 : 1;
}

/* The data packets of an end and direction that are left over. */
static size_t gather_rest(const struct work *w, int end, int d, int stamped,
			  struct rest *out)
{
	const struct packets *p = &w->in->trace[end]->packets;
	size_t n = 0;

	for (size_t k = 0; k < w->n; k++) {
		const struct print *print = &w->prints[k];
		int64_t from = 0;

		if (print->end != end || print->direction != d ||
		    !is_open(w, print) || !p->len[print->packet])
			continue;
		from = position(w, end, (enum direction)d,
				p->seq[print->packet]);
		out[n++] = (struct rest){
			.stamp = stamped ? stamp_of(p, print->packet) : 0,
			.from = from,
			.to = from + p->len[print->packet],
			.print = print
		};
	}
	if (n)
		qsort(out, n, sizeof(*out), by_stamp);
	return n;
}

/* Is all of "whole" in the n pieces, which begin at or behind its start? */
static int covered(const struct rest *whole, const struct rest *pieces,
		   size_t n, size_t *used)
{
	int64_t at = whole->from;

	for (*used = 0; *used < n && pieces[*used].stamp == whole->stamp &&
			pieces[*used].from <= at && at < whole->to;
	     (*used)++)
		if (pieces[*used].to > at)
			at = pieces[*used].to;
	return at == whole->to && *used > 1;
}

/* Each of "whole" that was cut into several of "pieces". */
static void find_cut(struct work *w, const struct rest *whole, size_t n_whole,
		     const struct rest *pieces, size_t n_pieces)
{
	size_t j = 0, used = 0;

	for (size_t i = 0; i < n_whole; i++) {
		while (j < n_pieces && (pieces[j].stamp < whole[i].stamp ||
					(pieces[j].stamp == whole[i].stamp &&
					 pieces[j].from < whole[i].from)))
			j++;
		if (!covered(&whole[i], pieces + j, n_pieces - j, &used))
			continue;
		set_fate(w, whole[i].print, MATCH_COALESCED,
			 pieces[j].print->packet);
		for (size_t k = 0; k < used; k++)
			set_fate(w, pieces[j + k].print, MATCH_COALESCED,
				 whole[i].print->packet);
		j += used;
	}
}

static void pair_cut(struct work *w, int stamped)
{
	struct rest *rest[2] = {
		mem_calloc(w->n + 1, sizeof(**rest)),
		mem_calloc(w->n + 1, sizeof(**rest)),
	};

	for (int d = 0; d < 2; d++)
		for (int end = 0; end < 2; end++) {
			size_t n = gather_rest(w, end, d, stamped, rest[0]);
			size_t m = gather_rest(w, !end, d, stamped, rest[1]);

			find_cut(w, rest[0], n, rest[1], m);
		}
	free(rest[0]);
	free(rest[1]);
}

/* Highest acknowledgments that the end of the sender got of what it sent. */
static void find_acks(struct work *w)
{
	for (size_t k = 0; k < w->n; k++) {
		const struct print *print = &w->prints[k];
		const struct packets *p = &w->in->trace[print->end]->packets;
		int d = !print->direction; /* of what it acknowledges */
		uint32_t ack = p->ack[print->packet];

		if ((p->flags[print->packet] & (TCP_ACK | TCP_RST)) != TCP_ACK)
			continue;
		ack = position(w, print->end, (enum direction)d, ack);
		if (!w->has_ack[d] || (int32_t)(ack - (uint32_t)w->ack[d]) > 0)
			w->ack[d] = ack;
		w->has_ack[d] = 1;
	}
}

/* The bytes of a direction that a capture shows, on whichever packet. */
static void shown_bytes(const struct work *w, int end, int d,
			struct rangemap *out)
{
	const struct packets *p = &w->in->trace[end]->packets;

	for (size_t k = 0; k < w->n; k++) {
		const struct print *print = &w->prints[k];
		int64_t from = 0;

		if (print->end != end || print->direction != d ||
		    !p->len[print->packet])
			continue;
		from = position(w, end, (enum direction)d,
				p->seq[print->packet]);
		rangemap_claim(out, from, from + p->len[print->packet], 0, NULL,
			       NULL);
	}
}

static void note_missing(void *ctx, int64_t from, int64_t to,
			 const uint32_t *owner)
{
	(void)from;
	(void)to;
	*(int *)ctx |= owner == NULL;
}

/*
 * What is left over at the sender's end was lost, unless its bytes were
 * acknowledged and the receiver's capture shows them on no packet at all.
 */
static void judge_rest(struct work *w, const int64_t begin[2],
		       const int64_t end_of[2])
{
	struct rangemap shown[2][2] = { { { 0 } } };

	for (int e = 0; e < 2; e++)
		for (int d = 0; d < 2; d++)
			shown_bytes(w, e, d, &shown[e][d]);
	for (size_t k = 0; k < w->n; k++) {
		const struct print *print = &w->prints[k];
		const struct packets *p = &w->in->trace[print->end]->packets;
		int e = print->end, d = print->direction, missing = 0;
		int64_t time = time_of(w, e, print->packet);
		int64_t from = position(w, e, (enum direction)d,
					p->seq[print->packet]);
		uint32_t to = (uint32_t)from + p->len[print->packet];

		if (!is_open(w, print))
			continue;
		if (time < begin[e] || time > end_of[e]) {
			set_fate(w, print, MATCH_OUTSIDE, MATCH_NONE);
			continue;
		}
		if (w->in->client_end < 0 ||
		    e != (d == TO_SERVER ? w->in->client_end
					 : !w->in->client_end))
			continue; /* the receiver has it */
		rangemap_look(&shown[!e][d], from, from + p->len[print->packet],
			      note_missing, &missing);
		if (missing && w->has_ack[d] &&
		    (int32_t)((uint32_t)w->ack[d] - to) >= 0)
			continue; /* acknowledged, so the capture missed it */
		set_fate(w, print, MATCH_LOST, MATCH_NONE);
	}
	for (int e = 0; e < 2; e++)
		for (int d = 0; d < 2; d++)
			rangemap_release(&shown[e][d]);
}

/* The first and last packet of each end that the other one has, too. */
static void find_span(const struct work *w, int64_t begin[2], int64_t end_of[2])
{
	for (int e = 0; e < 2; e++) {
		const struct match_end *end = &w->match->end[e];
		const struct stream *s = w->in->stream[e];

		begin[e] = INT64_MAX;
		end_of[e] = INT64_MIN;
		for (size_t k = 0; k < end->n; k++) {
			uint32_t i = w->in->trace[e]->order[s->first + k];
			int64_t time = time_of(w, e, i);

			if (end->peer[k] == MATCH_NONE)
				continue;
			if (time < begin[e])
				begin[e] = time;
			if (time > end_of[e])
				end_of[e] = time;
		}
	}
}

static void take_end(struct work *w, int end)
{
	const struct trace *t = w->in->trace[end];
	const struct stream *s = w->in->stream[end];
	struct match_end *out = &w->match->end[end];

	out->n = s->n;
	out->fate = mem_calloc(s->n, 1);
	out->peer = mem_calloc(s->n, sizeof(*out->peer));
	memset(out->fate, MATCH_UNSEEN, s->n);
	for (size_t k = 0; k < s->n; k++) {
		out->peer[k] = MATCH_NONE;
		w->prints[w->n++] = fingerprint(w, end, t->order[s->first + k],
						(uint32_t)k);
	}
}

static void count(struct work *w)
{
	for (int e = 0; e < 2; e++) {
		const struct match_end *end = &w->match->end[e];
		const struct stream *s = w->in->stream[e];

		for (size_t k = 0; k < end->n; k++) {
			uint32_t i = w->in->trace[e]->order[s->first + k];
			int d = w->in->trace[e]->packets.mark[i] &
						PACKET_REVERSE
					? TO_CLIENT
					: TO_SERVER;

			w->match->counts[e][d][end->fate[k]]++;
		}
	}
}

void match_streams(struct match *m, const struct match_input *in)
{
	struct work w = { .match = m, .in = in };
	const struct stream *a = in->stream[0], *b = in->stream[1];
	int64_t begin[2], end_of[2];

	memset(m, 0, sizeof(*m));
	w.same_isn = 1;
	for (int d = 0; d < 2; d++) {
		w.relative[d] = a->side[d].has_isn && b->side[d].has_isn;
		w.same_isn &=
			!w.relative[d] || a->side[d].isn == b->side[d].isn;
	}
	w.prints = mem_calloc(a->n + b->n, sizeof(*w.prints));
	take_end(&w, 0);
	take_end(&w, 1);
	qsort(w.prints, w.n, sizeof(*w.prints), by_key);
	judge_ip_ids(&w);
	pair_equal(&w);
	pair_cut(&w, 1);
	pair_cut(&w, 0);
	find_acks(&w);
	find_span(&w, begin, end_of);
	if (in->has_span)
		judge_rest(&w, in->begin, in->until);
	else
		judge_rest(&w, begin, end_of);
	count(&w);
	free(w.prints);
}

void match_release(struct match *m)
{
	for (int e = 0; e < 2; e++) {
		free(m->end[e].fate);
		free(m->end[e].peer);
	}
	memset(m, 0, sizeof(*m));
}
