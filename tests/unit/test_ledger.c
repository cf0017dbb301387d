/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Byte classes and the ledger, against a map of single bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "craft.h"
#include "model/account.h"
#include "model/key.h"

enum {
	SUBFLOWS = 3,
	DATA = 4000,   /* bytes of data there are */
	BYTES = 20000, /* of a subflow */
};

/* Writes captures. */
struct writer {
	struct trace trace;
	uint32_t frame;
	uint32_t isn[SUBFLOWS];
	uint64_t idsn; /* of the client */
};

static void send_packet(struct writer *w, uint32_t stream, int reverse,
			uint16_t flags, uint32_t seq, uint32_t ack,
			uint32_t len, const uint8_t *options, size_t n)
{
	craft_packet(&w->trace.packets, ++w->frame, stream, reverse, flags, seq,
		     ack, len, options, n);
}

static void open_initial(struct writer *w)
{
	const struct craft_capable o = craft_capable();

	send_packet(w, 0, 0, TCP_SYN, w->isn[0], 0, 0, o.syn, sizeof(o.syn));
	send_packet(w, 0, 1, TCP_SYN | TCP_ACK, 7, w->isn[0] + 1, 0, o.synack,
		    sizeof(o.synack));
	send_packet(w, 0, 0, TCP_ACK, w->isn[0] + 1, 8, 0, o.ack,
		    sizeof(o.ack));
}

static void open_join(struct writer *w, uint32_t k)
{
	const struct craft_join o = craft_join(k);

	send_packet(w, k, 0, TCP_SYN, w->isn[k], 0, 0, o.syn, sizeof(o.syn));
	send_packet(w, k, 1, TCP_SYN | TCP_ACK, 7, w->isn[k] + 1, 0, o.synack,
		    sizeof(o.synack));
	send_packet(w, k, 0, TCP_ACK, w->isn[k] + 1, 8, 0, o.ack,
		    sizeof(o.ack));
}

static void writer_init(struct writer *w)
{
	uint32_t token = 0;

	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	key_derive(1, CLIENT_KEY, &token, &w->idsn);
	for (uint32_t k = 0; k < SUBFLOWS; k++)
		w->isn[k] = (uint32_t)rand() * 2u;
	w->isn[1] = 0xffffff00; /* wraps soon */
	open_initial(w);
	for (uint32_t k = 1; k < SUBFLOWS; k++)
		open_join(w, k);
}

/* A segment, and the mapping that it carries, if map_len > 0. */
struct event {
	uint32_t k;
	int64_t ssn;
	uint32_t len;
	int64_t map_ssn, map_dsn;
	uint32_t map_len;
};

static void send_event(struct writer *w, const struct event *e, int wide)
{
	uint8_t dss[20] = { 30, wide ? 18 : 14, 0x20, wide ? 0x0c : 0x04 };
	uint64_t dsn = w->idsn + (uint64_t)e->map_dsn;

	put(dss + 4, dsn, wide ? 8 : 4);
	put(dss + (wide ? 12 : 8), (uint64_t)e->map_ssn, 4);
	put(dss + (wide ? 16 : 12), e->map_len, 2);
	send_packet(w, e->k, 0, TCP_ACK, w->isn[e->k] + (uint32_t)e->ssn, 8,
		    e->len, dss, e->map_len ? dss[1] : 0);
}

static void build(struct writer *w)
{
	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
	assert_int_equal(w->trace.connections[0].n_subflows, SUBFLOWS);
	assert_int_equal(w->trace.connections[0].state, CONN_ESTABLISHED);
}

/* The same, byte by byte. */
struct brute {
	int64_t map[SUBFLOWS][BYTES];	   /* subflow byte -> data byte; 0 */
	uint32_t seen[SUBFLOWS][BYTES];	   /* -> packet + 1 */
	uint32_t on[SUBFLOWS][DATA + 200]; /* data byte -> packet + 1 */
	uint32_t first[DATA + 200];
	struct byte_counts counts[SUBFLOWS];
};

static enum byte_class judge(struct brute *b, const struct event *e,
			     int64_t ssn, uint32_t packet, uint32_t *original)
{
	int64_t dsn = b->map[e->k][ssn];

	*original = b->seen[e->k][ssn];
	b->seen[e->k][ssn] = *original ? *original : packet + 1;
	if (*original)
		return BYTES_TCP_RETRANSMITTED;
	if (!dsn)
		return BYTES_UNMAPPED;
	*original = b->on[e->k][dsn];
	b->on[e->k][dsn] = *original ? *original : packet + 1;
	if (*original)
		return BYTES_MPTCP_REPEATED;
	*original = b->first[dsn];
	b->first[dsn] = *original ? *original : packet + 1;
	return *original ? BYTES_REINJECTED : BYTES_UNIQUE;
}

static const struct piece *piece_at(const struct ledger *l, uint32_t packet,
				    int64_t ssn)
{
	for (size_t i = 0; i < l->n_pieces; i++) {
		const struct piece *p = &l->pieces[i];

		if (p->packet == packet && p->ssn <= ssn &&
		    ssn < p->ssn + p->len)
			return p;
	}
	return NULL;
}

static void check_event(struct brute *b, const struct event *e, uint32_t packet,
			const struct ledger *l)
{
	struct byte_counts *c = &b->counts[e->k];
	uint64_t of[BYTE_CLASSES] = { 0 };

	for (int64_t ssn = e->ssn; ssn < e->ssn + e->len; ssn++) {
		uint32_t original = 0;
		enum byte_class class = judge(b, e, ssn, packet, &original);
		const struct piece *p = piece_at(l, packet, ssn);

		assert_non_null(p);
		assert_int_equal(p->byte_class, class);
		assert_int_equal(p->original + 1, original);
		assert_int_equal(
			p->dsn == LEDGER_UNKNOWN ? 0 : p->dsn + ssn - p->ssn,
			b->map[e->k][ssn]);
		of[class]++;
	}
	c->sent += e->len;
	c->packets++;
	for (int k = 0; k < BYTE_CLASSES; k++) {
		c->of[k] += of[k];
		c->packets_of[k] += of[k] > 0;
	}
}

static void make_events(struct event *list, size_t n)
{
	int64_t next[SUBFLOWS] = { 1, 1, 1 }, data = 1;

	for (size_t i = 0; i < n; i++) {
		struct event *e = &list[i];

		/* Without a mapping in the end, options would be lost. */
		int last = i + 1 == n;

		*e = (struct event){ .k = last ? 0
					       : (uint32_t)rand() % SUBFLOWS,
				     .len = 1 + (uint32_t)rand() % 60 };
		e->ssn = next[e->k];
		if (rand() % 4 == 0 && next[e->k] > 100)
			e->ssn = 1 + rand() % (next[e->k] - 1);
		if (e->ssn + e->len > next[e->k])
			next[e->k] = e->ssn + e->len;
		if (rand() % 5 == 0 && !last)
			continue;
		e->map_ssn = e->ssn > 20 && rand() % 3 == 0
				     ? e->ssn - rand() % 20
				     : e->ssn;
		e->map_len = e->len + (uint32_t)rand() % 50;
		e->map_dsn = rand() % 3 ? data : 1 + rand() % DATA;
		if (e->map_dsn + e->map_len > DATA)
			e->map_dsn = 1 + rand() % (DATA / 2);
		data = e->map_dsn + e->map_len;
	}
}

static void compare_counts(const struct byte_counts *got,
			   const struct byte_counts *wanted)
{
	assert_memory_equal(got, wanted, sizeof(*got));
}

static void random_round(unsigned seed)
{
	enum {
		EVENTS = 300
	};
	struct brute *b = calloc(1, sizeof(*b));
	struct event list[EVENTS];
	struct byte_counts sums[SUBFLOWS];
	struct ledger ledger;
	struct writer w;
	uint32_t first = 0;

	srand(seed);
	writer_init(&w);
	first = w.frame;
	make_events(list, EVENTS);
	for (size_t i = 0; i < EVENTS; i++) {
		const struct event *e = &list[i];

		send_event(&w, e, rand() % 2);
		for (uint32_t k = 0; k < e->map_len; k++)
			if (!b->map[e->k][e->map_ssn + k])
				b->map[e->k][e->map_ssn + k] = e->map_dsn + k;
	}
	build(&w);
	account_connection(&w.trace, w.trace.connections, NULL);
	for (size_t k = 0; k < SUBFLOWS; k++)
		sums[k] = w.trace.streams[k].bytes[TO_SERVER];
	ledger_init(&ledger);
	account_connection(&w.trace, w.trace.connections, &ledger);
	for (size_t i = 0; i < EVENTS; i++)
		check_event(b, &list[i], first + (uint32_t)i, &ledger);
	for (size_t k = 0; k < SUBFLOWS; k++) {
		compare_counts(&w.trace.streams[k].bytes[TO_SERVER],
			       &b->counts[k]);
		compare_counts(&sums[k], &b->counts[k]);
	}
	ledger_release(&ledger);
	trace_release(&w.trace);
	free(b);
}

static void test_random(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++)
		random_round(seed);
}

/* More than 4 GiB, and both widths of DSN: sequence numbers and 32-bit DSNs
   wrap, and the DSN itself, when it begins below 2^64. */
static void test_long(void **state)
{
	enum {
		SEGMENT = 64000,
		SEGMENTS = 70000
	};
	const struct connection *c = NULL;
	struct ledger ledger;
	struct writer w;
	int64_t dsn = 1;

	(void)state;
	srand(1);
	writer_init(&w);
	for (uint32_t i = 0; i < SEGMENTS; i++) {
		struct event e = { .k = 0,
				   .ssn = dsn,
				   .len = SEGMENT,
				   .map_ssn = dsn,
				   .map_dsn = dsn,
				   .map_len = SEGMENT };

		send_event(&w, &e, i % 3 == 0);
		dsn += SEGMENT;
	}
	/* once more on another subflow: the first and the last */
	send_event(&w, &(struct event){ 1, 1, SEGMENT, 1, 1, SEGMENT }, 1);
	send_event(&w,
		   &(struct event){ 1, 1 + SEGMENT, SEGMENT, 1 + SEGMENT,
				    dsn - SEGMENT, SEGMENT },
		   1);
	build(&w);
	ledger_init(&ledger);
	account_connection(&w.trace, w.trace.connections, &ledger);
	c = w.trace.connections;
	assert_true(c->bytes[TO_SERVER].of[BYTES_UNIQUE] ==
		    (uint64_t)SEGMENT * SEGMENTS);
	assert_true(c->bytes[TO_SERVER].of[BYTES_UNIQUE] > UINT32_MAX);
	assert_int_equal(c->bytes[TO_SERVER].of[BYTES_REINJECTED], 2 * SEGMENT);
	assert_int_equal(c->bytes[TO_SERVER].packets_of[BYTES_REINJECTED], 2);
	assert_int_equal(ledger.pieces[ledger.n_pieces - 1].original,
			 w.frame - 3);
	ledger_release(&ledger);
	trace_release(&w.trace);
}

/* The data sequence space ends at 2^64, and goes on at 0. */
static void test_wrap_64(void **state)
{
	struct ledger ledger;
	struct writer w;
	uint64_t start = 0;

	(void)state;
	srand(2);
	writer_init(&w);
	start = -w.idsn - 500; /* x of DSN 2^64 - 500 */
	if ((int64_t)start < 0)
		start &= INT64_MAX; /* then it is 2^63 that is crossed */
	for (uint32_t i = 0; i < 10; i++)
		send_event(&w,
			   &(struct event){ 0, 1 + 100 * i, 100, 1 + 100 * i,
					    (int64_t)start + 100 * i, 100 },
			   i % 2 == 0);
	send_event(&w,
		   &(struct event){ 2, 1, 200, 1, (int64_t)start + 400, 200 },
		   1);
	build(&w);
	ledger_init(&ledger);
	account_connection(&w.trace, w.trace.connections, &ledger);
	assert_int_equal(
		w.trace.connections[0].bytes[TO_SERVER].of[BYTES_UNIQUE], 1000);
	assert_int_equal(
		w.trace.connections[0].bytes[TO_SERVER].of[BYTES_REINJECTED],
		200);
	assert_true(ledger.pieces[0].dsn == (int64_t)start);
	ledger_release(&ledger);
	trace_release(&w.trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_wrap_64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
