/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two captures of made-up streams, of which everything is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "craft.h"
#include "pair/mapping.h"
#include "pair/match.h"

enum {
	STREAMS = 5,
	DELAY = 20000000, /* ns */
	AHEAD = 77000000  /* ns: the server's clock */
};

/* What happens between the ends. */
struct world {
	int nat; /* other addresses and ports at the server */
	int no_ip_id;
	int no_stamps;
	int shift; /* other sequence numbers at the server */
	int cut;   /* the server sees data in halves */
	int loss;  /* percent */
	int sack;  /* packets acknowledge a block, too */
	int alter; /* enum match_change, done to half of the data packets */
	struct trace trace[2];
	uint32_t frame[2];
	uint32_t number[2][STREAMS]; /* tcp.stream in each capture */
	size_t sent[STREAMS][2], lost[STREAMS][2], altered[STREAMS][2];
	uint16_t ip_id[2];
	int64_t now;
};

struct wire {
	uint32_t stream;
	int d;
	uint16_t flags;
	uint32_t seq, ack, len, stamp;
	int altered;
};

/* A DATA_ACK of four octets. */
static void add_mptcp(struct row *row)
{
	const uint8_t dss[8] = { 30, 8, 0x20, 1, 1, 2, 3, 4 };

	memcpy(row->options + row->n_options, dss, sizeof(dss));
	row->n_options += sizeof(dss);
}

/* 100 bytes that came early; its edges are numbers of the other side. */
static void add_sack(struct row *row)
{
	uint8_t sack[12] = { 1, 1, 5, 10 };

	put(sack + 4, row->ack + 1000, 4);
	put(sack + 8, row->ack + 1100, 4);
	memcpy(row->options + row->n_options, sack, sizeof(sack));
	row->n_options += sizeof(sack);
}

static void alter(struct row *row, int changes)
{
	uint8_t *sack = row->options + row->n_options - 20;

	if ((changes & CHANGED_SACK) && (row->seq & 1))
		memset(sack, 1, 12);
	else if (changes & CHANGED_SACK)
		sack[11] ^= 1;
	if (changes & CHANGED_MPTCP) /* NOPs take its place */
		memset(row->options + row->n_options - 8, 1, 8);
	if (changes & CHANGED_TIMESTAMPS)
		memset(row->options, 1, 12);
	if (changes & CHANGED_WINDOW)
		row->window /= 2;
	if (changes & CHANGED_FLAGS)
		row->flags ^= 0x40; /* ECE */
}

static void capture(struct world *w, int end, const struct wire *p,
		    uint16_t ip_id)
{
	static const uint32_t shift[2] = { 0x87654321, 0x12345678 };
	const int shifted = end && w->shift;
	struct error err = ERROR_INIT;
	unsigned host = end && w->nat ? 99 : 1;
	unsigned port = 5000 + p->stream + (end && w->nat ? 1000u : 0);
	struct row row = {
		.present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW |
			   (w->no_ip_id ? 0 : ROW_HAS_IP_ID),
		.frame = ++w->frame[end],
		.time = w->now + (end ? AHEAD : 0) +
			((p->d == TO_SERVER) == (end == 1) ? DELAY : 0),
		.stream = w->number[end][p->stream],
		.flags = p->flags,
		.seq = p->seq + (shifted ? shift[p->d] : 0),
		.ack = p->flags & TCP_ACK
			       ? p->ack + (shifted ? shift[!p->d] : 0)
			       : 0,
		.len = p->len,
		.window = 500,
		.ip_id = ip_id,
	};

	*(p->d == TO_SERVER ? &row.src : &row.dst) =
		(struct address){ { 10, 0, 0, (uint8_t)host }, 4 };
	*(p->d == TO_SERVER ? &row.dst : &row.src) =
		(struct address){ { 10, 9, 9, 9 }, 4 };
	*(p->d == TO_SERVER ? &row.sport : &row.dport) = (uint16_t)port;
	*(p->d == TO_SERVER ? &row.dport : &row.sport) = 80;
	if (!w->no_stamps) {
		uint8_t o[12] = { 1,
				  1,
				  8,
				  10,
				  (uint8_t)(p->stamp >> 24),
				  (uint8_t)(p->stamp >> 16),
				  (uint8_t)(p->stamp >> 8),
				  (uint8_t)p->stamp };

		row.n_options = sizeof(o);
		memcpy(row.options, o, sizeof(o));
	}
	if (w->sack && (p->flags & TCP_ACK))
		add_sack(&row);
	add_mptcp(&row);
	if (p->altered && end == (p->d == TO_SERVER))
		alter(&row, w->alter);
	assert_int_equal(packets_append(&w->trace[end].packets, &row, &err), 0);
}

/* Sends the packet; it may get lost on the way. */
static void cross(struct world *w, const struct wire *p, int may_be_lost)
{
	int sender = p->d == TO_SERVER ? 0 : 1;
	uint16_t id = w->ip_id[p->d]++;
	int lost = may_be_lost && rand() % 100 < w->loss;
	struct wire changed = *p;

	changed.altered = may_be_lost && w->alter && rand() % 2;

	w->now += 1000 + rand() % 3000000;
	capture(w, sender, p, id);
	w->sent[p->stream][p->d]++;
	if (lost) {
		w->lost[p->stream][p->d]++;
	} else if (w->cut && p->d == TO_SERVER && p->len > 1) {
		struct wire a = *p, b = *p;

		a.len = p->len / 2;
		b.seq += a.len;
		b.len -= a.len;
		capture(w, 1, &a, id);
		capture(w, 1, &b, (uint16_t)(id + 1000));
	} else {
		w->altered[p->stream][p->d] += (size_t)changed.altered;
		capture(w, !sender, &changed, id);
	}
}

static void run_stream(struct world *w, uint32_t k)
{
	uint32_t isn[2] = { (uint32_t)rand() * 2u, (uint32_t)rand() * 2u };
	uint32_t next[2] = { isn[0] + 1, isn[1] + 1 };
	uint32_t stamp = (uint32_t)rand();
	struct wire syn = { k, TO_SERVER, TCP_SYN, isn[0], 0, 0, stamp, 0 };
	struct wire synack = { k,      TO_CLIENT, TCP_SYN | TCP_ACK,
			       isn[1], next[0],	  0,
			       stamp,  0 };
	struct wire ack = {
		k, TO_SERVER, TCP_ACK, next[0], next[1], 0, stamp, 0
	};

	cross(w, &syn, 0);
	cross(w, &synack, 0);
	cross(w, &ack, 0);
	for (int i = 0; i < 200; i++) {
		int d = rand() % 2;
		struct wire p = { k,
				  d,
				  TCP_ACK,
				  next[d],
				  isn[!d] + 1,
				  (uint32_t)(rand() % 4 ? 1 + rand() % 1400
							: 0),
				  stamp + (uint32_t)i / 3,
				  0 };

		next[d] += p.len;
		cross(w, &p, 1);
	}
	/* The last ones arrive: both captures ran that long. */
	for (int d = 0; d < 2; d++)
		cross(w,
		      &(struct wire){ k, d, TCP_ACK, next[d], isn[!d] + 1, 0,
				      stamp + 1000, 0 },
		      0);
}

static void make(struct world *w, unsigned seed)
{
	srand(seed);
	w->now = 1000000000;
	for (int e = 0; e < 2; e++) {
		packets_init(&w->trace[e].packets);
		for (uint32_t k = 0; k < STREAMS; k++)
			w->number[e][k] = e ? STREAMS - 1 - k : k;
	}
	for (uint32_t k = 0; k < STREAMS; k++)
		run_stream(w, k);
	trace_build(&w->trace[0]);
	trace_build(&w->trace[1]);
}

static void check_altered(const struct world *w, const struct match *m, int d,
			  size_t n)
{
	for (int end = 0; end < 2; end++) {
		const size_t *in = m->altered_in[end][d];

		assert_int_equal(m->altered[end][d], n);
		for (int bit = 0; bit < MATCH_CHANGES; bit++)
			assert_int_equal(in[bit], w->alter >> bit & 1 ? n : 0);
	}
}

static void check_match(const struct world *w, const struct match *m,
			uint32_t k)
{
	for (int d = 0; d < 2; d++) {
		int sender = d == TO_SERVER ? 0 : 1;
		const size_t *sent = m->counts[sender][d];
		const size_t *got = m->counts[!sender][d];

		assert_int_equal(sent[MATCH_LOST], w->lost[k][d]);
		assert_int_equal(sent[MATCH_MATCHED] + sent[MATCH_COALESCED],
				 w->sent[k][d] - w->lost[k][d]);
		assert_int_equal(sent[MATCH_UNSEEN] + got[MATCH_UNSEEN] +
					 got[MATCH_LOST] + got[MATCH_OUTSIDE] +
					 sent[MATCH_AMBIGUOUS],
				 0);
		if (!w->cut)
			assert_int_equal(sent[MATCH_COALESCED], 0);
		check_altered(w, m, d, w->altered[k][d]);
	}
}

/* Every pair is one packet: the delay is what was made. */
static void check_delays(const struct world *w, const struct match *m,
			 const struct stream *s)
{
	for (size_t i = 0; i < m->end[0].n; i++) {
		const struct packets *a = &w->trace[0].packets;
		uint32_t x = w->trace[0].order[s->first + i];
		int64_t delay = 0;

		if (m->end[0].fate[i] != MATCH_MATCHED)
			continue;
		delay = w->trace[1].packets.time[m->end[0].peer[i]] -
			a->time[x];
		assert_int_equal(delay, a->mark[x] & PACKET_REVERSE
						? AHEAD - DELAY
						: AHEAD + DELAY);
	}
}

static void check(struct world *w, unsigned seed)
{
	struct mapping mapping;

	make(w, seed);
	assert_int_equal(w->trace[0].n_streams, STREAMS);
	mapping_make(&mapping, &w->trace[0], &w->trace[1]);
	for (uint32_t k = 0; k < STREAMS; k++) {
		const struct stream *a = &w->trace[0].streams[k], *b = NULL;
		struct match_input in = { .trace = { &w->trace[0],
						     &w->trace[1] } };
		struct match_span span = MATCH_SPAN_INIT;
		struct match m;

		assert_int_equal(mapping.stream_of[k], STREAMS - 1 - k);
		b = &w->trace[1].streams[mapping.stream_of[k]];
		in.stream[0] = a;
		in.stream[1] = b;
		match_streams(&m, &in);
		match_widen(&m, &in, &span);
		match_find_fates(&m, &in, &span);
		check_match(w, &m, k);
		check_delays(w, &m, a);
		match_release(&m);
	}
	mapping_release(&mapping);
	trace_release(&w->trace[0]);
	trace_release(&w->trace[1]);
}

static void rounds(const struct world *like)
{
	for (unsigned seed = 1; seed <= 20; seed++) {
		struct world w = *like;

		check(&w, seed);
	}
}

static void nothing_in_the_way(void **state)
{
	(void)state;
	rounds(&(struct world){ .loss = 0 });
}

static void loss(void **state)
{
	(void)state;
	rounds(&(struct world){ .loss = 10 });
}

static void nat(void **state)
{
	(void)state;
	rounds(&(struct world){ .loss = 10, .nat = 1 });
}

static void other_numbers(void **state)
{
	(void)state;
	rounds(&(struct world){ .loss = 10, .nat = 1, .shift = 1 });
	rounds(&(struct world){ .loss = 10, .shift = 1, .no_stamps = 1 });
}

static void without_ip_ids_or_timestamps(void **state)
{
	(void)state;
	rounds(&(struct world){ .no_ip_id = 1 });
	rounds(&(struct world){ .no_stamps = 1, .loss = 10 });
}

static void altered(void **state)
{
	(void)state;
	for (int change = CHANGED_MPTCP; change <= CHANGED_FLAGS; change *= 2) {
		if (change == CHANGED_SACK || change == CHANGED_OPTIONS)
			continue; /* the packets have none, or see below */
		rounds(&(struct world){ .alter = change });
		rounds(&(struct world){ .alter = change, .loss = 10 });
		rounds(&(struct world){
			.alter = change, .loss = 10, .nat = 1, .shift = 1 });
	}
	rounds(&(struct world){ .sack = 1, .loss = 10, .nat = 1, .shift = 1 });
	rounds(&(struct world){ .sack = 1, .alter = CHANGED_SACK });
	rounds(&(struct world){
		.sack = 1, .alter = CHANGED_SACK, .loss = 10, .shift = 1 });
	rounds(&(struct world){ .alter = CHANGED_MPTCP | CHANGED_WINDOW |
					 CHANGED_TIMESTAMPS,
				.loss = 10 });
}

static void cut_in_halves(void **state)
{
	(void)state;
	rounds(&(struct world){ .loss = 5, .cut = 1 });
}

/* Certain without an address; not certain by addresses alone. */
static void evidence(void **state)
{
	struct world w = { .nat = 1 };
	struct mapping m;
	size_t n = 0;
	const struct candidate *c = NULL;

	(void)state;
	make(&w, 7);
	mapping_make(&m, &w.trace[0], &w.trace[1]);
	c = candidates_of(&m.streams, 2, &n);
	assert_non_null(c);
	assert_true(n >= 1 && c[0].certain && c[0].score > 0.9);
	assert_true(c[0].evidence & EVIDENCE_ISN);
	assert_false(c[0].evidence & EVIDENCE_ADDRESSES);
	assert_null(candidates_of(&m.connections, 0, &n));
	assert_int_equal(n, 0);
	mapping_release(&m);
	trace_release(&w.trace[0]);
	trace_release(&w.trace[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_the_way),
		cmocka_unit_test(loss),
		cmocka_unit_test(nat),
		cmocka_unit_test(other_numbers),
		cmocka_unit_test(without_ip_ids_or_timestamps),
		cmocka_unit_test(altered),
		cmocka_unit_test(cut_in_halves),
		cmocka_unit_test(evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
