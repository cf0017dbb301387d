/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/rtt.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/sort.h"
#include "model/rangemap.h"
#include "model/tcpopt.h"
#include "model/unwrap.h"

enum {
	ECHOES = 4,	  /* one acknowledgment of so many must echo */
	AGAIN = 200000000 /* ns: no host repeats a SYN sooner */
};

#define HALF 0x80000000u /* half of the sequence number circle: ahead */

struct timestamps {
	bool has;
	uint32_t val, ecr;
};

/* A packet with payload that is not acknowledged yet. */
struct sent {
	int64_t from, to; /* bytes */
	int64_t time;
	uint32_t packet; /* ascending with time */
	uint32_t tsval;
	uint8_t has_tsval;
};

/* The data of one side, and the acknowledgments for it. */
struct way {
	struct unwrap unwrap;
	struct rangemap seen, again; /* bytes sent; sent more than once */
	struct sent *sent;	     /* an entry for each packet that waits */
	size_t n, cap;
	size_t *vacant; /* unused entries in "sent" */
	size_t n_vacant, cap_vacant;
	struct heap waiting; /* end of a packet -> its index in "sent" */
	struct sent *taken;  /* packets removed by one acknowledgment */
	size_t n_taken, cap_taken;
	bool has_ack;
	int64_t ack;
	uint64_t stamped, echoed; /* acknowledgments */
	struct samples by_echo, by_karn;
	bool follow;			 /* also record the time: */
	struct samples echo_at, karn_at; /* ns since 1970 */
};

/* The last SYN, or SYN/ACK, that was sent, and its answer. */
struct request {
	bool sent, again; /* once; more than once */
	int64_t time;
	uint32_t seq;
	struct timestamps stamps;
	bool has_ip_id;
	uint16_t ip_id;
	bool tells; /* its TSval differs from that of the previous one */
	bool answered;
};

static struct timestamps find_stamps(const struct packets *p, size_t i)
{
	const uint8_t *o = packets_options(p, i), *option = NULL;
	size_t at = 0, length = 0;
	int kind = 0;

	while ((kind = tcpopt_next(o, p->n_options[i], &at, &option, &length)))
		if (kind == TCPOPT_TIMESTAMPS && length == 10)
			return (struct timestamps){
				.has = true,
				.val = num_big_endian32(option + 2),
				.ecr = num_big_endian32(option + 6)
			};
	return (struct timestamps){ .has = false };
}

static void note_seen(void *ctx, int64_t from, int64_t to,
		      const uint32_t *owner)
{
	(void)from;
	(void)to;
	*(uint8_t *)ctx |= owner != NULL;
}

/* Bytes of a sent packet that were sent before are marked in "again". */
static void note_again(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	if (owner)
		rangemap_claim(ctx, from, to, 0, NULL, NULL);
}

/* A free entry in "sent". */
static size_t add_place(struct way *w)
{
	if (w->n_vacant)
		return w->vacant[--w->n_vacant];
	MEM_PUSH_ROOM(w->sent, w->n, w->cap);
	return w->n++;
}

/* Remove the waiting packet that ends lowest. */
static void take_off(struct way *w)
{
	size_t place = (size_t)heap_pop(&w->waiting).value;

	*MEM_PUSH(w->taken, w->n_taken, w->cap_taken) = w->sent[place];
	*MEM_PUSH(w->vacant, w->n_vacant, w->cap_vacant) = place;
}

/* Whether some byte was sent by another packet, before or since. */
static bool sent_twice(const struct way *w, const struct sent *s)
{
	uint8_t twice = 0;

	rangemap_look(&w->again, s->from, s->to, note_seen, &twice);
	return twice;
}

/*
 * A packet that is acknowledged partly, without bytes that were sent twice.
 * It remains waiting, but the acknowledged part gives a sample.  If two
 * waiting packets share a byte neither qualifies, so the one that ends lowest
 * is the only candidate.
 */
static void take_part(struct way *w, int64_t ack)
{
	const struct sent *s = NULL;

	if (!w->waiting.n)
		return;
	s = &w->sent[w->waiting.items[0].value];
	if (s->from >= ack || sent_twice(w, s))
		return;
	*MEM_PUSH(w->taken, w->n_taken, w->cap_taken) = *s;
}

static void add_sample(const struct way *w, struct samples *values,
		       struct samples *at, int64_t value, int64_t time)
{
	samples_add(values, value);
	if (w->follow)
		samples_add(at, time);
}

static void take_sent(struct way *w, const struct packets *p, size_t i)
{
	size_t place = 0;
	struct sent sent = { .packet = (uint32_t)i, .time = p->time[i] };
	int64_t from =
		unwrap_next(&w->unwrap, p->seq[i]) + !!(p->flags[i] & TCP_SYN);
	struct timestamps stamps;

	if (!p->len[i])
		return;
	stamps = find_stamps(p, i);
	sent.has_tsval = (uint8_t)stamps.has;
	sent.tsval = stamps.val;
	sent.from = from;
	sent.to = from + p->len[i];
	rangemap_claim(&w->seen, sent.from, sent.to, 0, note_again, &w->again);
	place = add_place(w);
	w->sent[place] = sent;
	heap_push(&w->waiting, sent.to, (int64_t)place);
}

static int by_from(const void *x, const void *y)
{
	const struct sent *a = x, *b = y;

	return COMPARE(a->from, b->from);
}

/* Whether two of the "n" share a byte.  Sorts them. */
static int overlap(struct sent *list, size_t n)
{
	int64_t end = 0;

	SORT(list, n, by_from);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && list[i].from < end)
			return 1;
		if (i == 0 || list[i].to > end)
			end = list[i].to;
	}
	return 0;
}

static void sample_by_karn(struct way *w, int64_t time)
{
	const struct sent *best = w->taken;

	for (size_t i = 0; i < w->n_taken; i++) {
		const struct sent *s = &w->taken[i];

		if (sent_twice(w, s))
			return;
		if (s->to > best->to)
			best = s;
	}
	add_sample(w, &w->by_karn, &w->karn_at, time - best->time, time);
}

/* Keep only those in "taken" whose TSval is echoed. */
static void sample_by_echo(struct way *w, uint32_t tsecr, int64_t time)
{
	size_t n = 0;
	const struct sent *last = NULL;

	for (size_t i = 0; i < w->n_taken; i++)
		if (w->taken[i].has_tsval && w->taken[i].tsval == tsecr)
			w->taken[n++] = w->taken[i];
	w->stamped++;
	w->echoed += n > 0;
	if (!n || overlap(w->taken, n))
		return;
	for (size_t i = 0; i < n; i++)
		if (!last || w->taken[i].packet > last->packet)
			last = &w->taken[i];
	add_sample(w, &w->by_echo, &w->echo_at, time - last->time, time);
}

/* Packet i acknowledges data of this direction. */
static void take_ack(struct way *w, const struct packets *p, size_t i)
{
	struct unwrap u = w->unwrap;
	struct timestamps stamps;
	int64_t ack = 0;
	size_t before = 0;

	if ((p->flags[i] & (TCP_ACK | TCP_SYN | TCP_RST)) != TCP_ACK ||
	    !u.started)
		return;
	ack = unwrap_next(&u, p->ack[i]);
	if (w->has_ack && ack <= w->ack)
		return;
	w->has_ack = true;
	w->ack = ack;
	w->n_taken = 0;
	while (w->waiting.n && w->waiting.items[0].key <= ack)
		take_off(w);
	take_part(w, ack);
	if (!w->n_taken)
		return;
	stamps = find_stamps(p, i);
	before = w->by_karn.n;
	sample_by_karn(w, p->time[i]);
	if (stamps.has) {
		sample_by_echo(w, stamps.ecr, p->time[i]);
	} else if (w->by_karn.n > before) {
		add_sample(w, &w->by_echo, &w->echo_at,
			   w->by_karn.values[before], p->time[i]);
	}
}

static void way_finish(struct way *w, struct distribution *out,
		       struct rtt_series *keep)
{
	bool echoes = w->stamped > 0 && w->echoed * ECHOES >= w->stamped;
	const struct samples *which = echoes ? &w->by_echo : &w->by_karn;
	const struct samples *at = echoes ? &w->echo_at : &w->karn_at;

	for (size_t i = 0; keep && i < which->n; i++) {
		samples_add(&keep->rtt, which->values[i]);
		samples_add(&keep->at, at->values[i]);
	}
	samples_describe(echoes ? &w->by_echo : &w->by_karn, out);
	samples_release(&w->by_echo);
	samples_release(&w->by_karn);
	samples_release(&w->echo_at);
	samples_release(&w->karn_at);
	rangemap_release(&w->seen);
	rangemap_release(&w->again);
	heap_release(&w->waiting);
	free(w->sent);
	free(w->vacant);
	free(w->taken);
}

/* From another interface, or a duplicate of the network: not a repetition. */
static bool is_copy(const struct request *r, const struct request *of)
{
	return r->seq == of->seq && r->stamps.has == of->stamps.has &&
	       r->stamps.val == of->stamps.val &&
	       (!r->has_ip_id || !of->has_ip_id || r->ip_id == of->ip_id) &&
	       r->time - of->time < AGAIN;
}

static void take_request(struct request *r, const struct packets *p, size_t i)
{
	struct request last = { .sent = true,
				.again = r->sent,
				.time = p->time[i],
				.seq = p->seq[i],
				.stamps = find_stamps(p, i),
				.has_ip_id = p->mark[i] & PACKET_HAS_IP_ID,
				.ip_id = p->ip_id[i] };

	if (r->answered || (r->sent && is_copy(&last, r)))
		return;
	last.tells = last.stamps.has && last.stamps.val != r->stamps.val;
	*r = last;
}

static void take_answer(struct request *r, const struct packets *p, size_t i,
			struct rtt *out)
{
	struct timestamps stamps;

	if (!r->sent || r->answered || p->ack[i] - (r->seq + 1) >= HALF)
		return;
	stamps = find_stamps(p, i);
	r->answered = true;
	if (r->again &&
	    !(r->tells && stamps.has && stamps.ecr == r->stamps.val))
		return;
	out->has_handshake = true;
	out->handshake = p->time[i] - r->time;
}

/* The SYN goes to the server, the SYN/ACK to the client. */
static void take_handshake(struct request request[2], const struct packets *p,
			   size_t i, struct rtt out[2])
{
	int reverse = !!(p->mark[i] & PACKET_REVERSE);
	unsigned flags = p->flags[i] & (TCP_SYN | TCP_ACK | TCP_RST);

	if (flags == TCP_SYN && !reverse) {
		take_request(&request[TO_SERVER], p, i);
	} else if (flags == (TCP_SYN | TCP_ACK) && reverse) {
		take_answer(&request[TO_SERVER], p, i, &out[TO_SERVER]);
		take_request(&request[TO_CLIENT], p, i);
	} else if (flags == TCP_ACK && !reverse) {
		take_answer(&request[TO_CLIENT], p, i, &out[TO_CLIENT]);
	}
}

/* Using its first "n" packets. */
static void measure(const struct trace *t, const struct stream *s, size_t n,
		    struct rtt out[2], struct rtt_series *keep)
{
	const struct packets *p = &t->packets;
	struct way way[2] = { { .n = 0 }, { .n = 0 } };
	struct request request[2] = { { .sent = false }, { .sent = false } };

	memset(out, 0, 2 * sizeof(*out));
	for (size_t d = 0; d < 2; d++) {
		way[d].follow = keep != NULL;
		if (s->side[d].has_isn)
			unwrap_start(&way[d].unwrap, s->side[d].isn);
	}
	for (size_t k = 0; k < n; k++) {
		size_t i = t->order[s->first + k];
		int d = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;

		take_handshake(request, p, i, out);
		take_ack(&way[!d], p, i);
		take_sent(&way[d], p, i);
	}
	for (size_t d = 0; d < 2; d++)
		way_finish(&way[d], &out[d].data, keep ? &keep[d] : NULL);
}

void rtt_measure(const struct trace *t, const struct stream *s,
		 struct rtt out[2])
{
	measure(t, s, s->n, out, NULL);
}

void rtt_measure_first(const struct trace *t, const struct stream *s, size_t n,
		       struct rtt out[2])
{
	measure(t, s, n < s->n ? n : s->n, out, NULL);
}

void rtt_follow(const struct trace *t, const struct stream *s,
		struct rtt_series out[2])
{
	struct rtt rtt[2];

	memset(out, 0, 2 * sizeof(*out));
	measure(t, s, s->n, rtt, out);
}

void rtt_series_release(struct rtt_series *s)
{
	samples_release(&s->rtt);
	samples_release(&s->at);
}
