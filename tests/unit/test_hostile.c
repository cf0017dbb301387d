/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Captures that somebody made up: values at the edges, many of a kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "check/examine.h"
#include "check/token_index.h"
#include "craft.h"
#include "model/account.h"
#include "model/key.h"
#include "model/summary.h"

enum {
	MANY = 300
};

struct writer {
	struct trace trace;
	struct row row;
};

static void setup(struct writer *w)
{
	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	w->trace.info.path = mem_strdup("hostile");
	w->row.present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW;
	w->row.window = 500;
	w->row.time = 1000000;
}

static void send_packet(struct writer *w, uint32_t stream, int back,
			uint16_t flags, uint32_t seq, uint32_t len,
			const uint8_t *options, size_t n)
{
	struct row *r = &w->row;
	uint16_t port = (uint16_t)(4000 + stream);

	r->frame++;
	r->time += 1000000;
	r->stream = stream;
	r->flags = flags;
	r->seq = seq;
	r->ack = back ? 101 : 201;
	r->len = len;
	craft_row(&w->trace.packets, r, back, port, 80, options, n);
	w->trace.info.has_time = 1;
	w->trace.info.last_time = r->time;
}

static void open_initial(struct writer *w, uint32_t stream)
{
	const struct craft_capable o = craft_capable();

	send_packet(w, stream, 0, TCP_SYN, 100, 0, o.syn, sizeof(o.syn));
	send_packet(w, stream, 1, TCP_SYN | TCP_ACK, 200, 0, o.synack,
		    sizeof(o.synack));
	send_packet(w, stream, 0, TCP_ACK, 101, 0, o.ack, sizeof(o.ack));
}

static void send_mapped(struct writer *w, uint64_t dsn, uint32_t ssn,
			uint32_t len)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };

	put(dss + 4, dsn, 8);
	put(dss + 12, ssn, 4);
	put(dss + 16, len, 2);
	send_packet(w, 0, 0, TCP_ACK, 100 + ssn, len, dss, sizeof(dss));
}

static uint64_t idsn_of(uint64_t key)
{
	uint32_t token = 0;
	uint64_t idsn = 0;

	key_derive(1, key, &token, &idsn);
	return idsn;
}

/* Everything that looks at connections, over all of them. */
static void look(struct writer *w)
{
	struct trace *t = &w->trace;
	struct token_index tokens;

	trace_build(t);
	token_index_make(&tokens, t);
	for (size_t i = 0; i < t->n_connections; i++) {
		struct connection *conn = &t->connections[i];
		struct check_context c;
		struct summary s;

		context_init(&c, t, conn, &tokens, NULL, NULL);
		examine(&c);
		context_release(&c);
		summary_make(t, conn, &s);
		summary_release(&s);
		for (int d = 0; d < 2; d++) {
			uint64_t sum = 0;

			for (int k = 0; k < BYTE_CLASSES; k++)
				sum += conn->bytes[d].of[k];
			assert_true(sum == conn->bytes[d].sent);
		}
	}
	token_index_release(&tokens);
}

/* A DSN that no connection gets to is no place; the rest of them is. */
static void far_away_dsn(void **state)
{
	const uint64_t far[] = { (uint64_t)1 << 63, (uint64_t)1 << 62,
				 (uint64_t)3 << 61, INT64_MAX };
	struct writer w;
	const struct byte_counts *b = NULL;

	(void)state;
	setup(&w);
	open_initial(&w, 0);
	send_mapped(&w, idsn_of(CLIENT_KEY) + 1, 1, 10);
	for (uint32_t i = 0; i < 4; i++)
		send_mapped(&w, idsn_of(CLIENT_KEY) + far[i], 11 + 10 * i, 10);
	send_mapped(&w, idsn_of(CLIENT_KEY) + 11, 51, 10);
	look(&w);
	b = &w.trace.connections[0].bytes[TO_SERVER];
	assert_int_equal(b->sent, 60);
	assert_int_equal(b->of[BYTES_UNIQUE], 20);
	assert_int_equal(b->of[BYTES_UNMAPPED], 40);
	trace_release(&w.trace);
}

/* Streams without a handshake whose data begins at these numbers. */
static size_t connections_of(const uint64_t *dsn, size_t n)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };
	struct writer w;
	size_t found = 0;

	setup(&w);
	put(dss + 12, 1, 4);
	put(dss + 16, 10, 2);
	for (uint32_t i = 0; i < n; i++) {
		put(dss + 4, dsn[i], 8);
		send_packet(&w, i, 0, TCP_ACK, 101, 10, dss, sizeof(dss));
	}
	look(&w);
	found = w.trace.n_connections;
	trace_release(&w.trace);
	return found;
}

/* Less than 2^31 apart is near, on the circle of 64-bit numbers. */
static void near_and_far_dsn(void **state)
{
	const uint64_t half = (uint64_t)1 << 63, near = (uint64_t)1 << 31;

	(void)state;
	for (uint64_t base = 0; base < 8; base++) {
		uint64_t from = base * (half / 4) - 20;

		assert_int_equal(
			connections_of((uint64_t[]){ from, from + 10 }, 2), 1);
		assert_int_equal(
			connections_of((uint64_t[]){ from + near, from }, 2),
			1);
		assert_int_equal(
			connections_of((uint64_t[]){ from + near + 11, from },
				       2),
			2);
		assert_int_equal(
			connections_of((uint64_t[]){ from, from + half + 100,
						     from + half / 2 },
				       3),
			3);
		assert_int_equal(
			connections_of((uint64_t[]){ from, from + half + 100,
						     from + 5 },
				       3),
			2);
	}
}

/* A subflow that was joined before the capture began: its data tells. */
static void orphan_of_known_keys(void **state)
{
	const uint64_t far[] = { 1000, (uint64_t)1 << 33 };
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };

	(void)state;
	put(dss + 12, 1, 4);
	put(dss + 16, 10, 2);
	for (size_t i = 0; i < 2; i++) {
		struct writer w;

		setup(&w);
		open_initial(&w, 0);
		put(dss + 4, idsn_of(CLIENT_KEY) + far[i], 8);
		send_packet(&w, 1, 0, TCP_ACK, 101, 10, dss, sizeof(dss));
		look(&w);
		assert_int_equal(w.trace.n_connections, 1 + i);
		trace_release(&w.trace);
	}
}

/* Stamps from both ends of what a time can be. */
static void far_away_times(void **state)
{
	uint8_t ack[8] = { 30, 8, 0x20, 0x01 };
	struct writer w;

	(void)state;
	setup(&w);
	open_initial(&w, 0);
	send_mapped(&w, idsn_of(CLIENT_KEY) + 1, 1, 10);
	w.row.time = ((int64_t)1 << 62) - 100000000;
	put(ack + 4, idsn_of(CLIENT_KEY) + 11, 4);
	send_packet(&w, 0, 1, TCP_ACK, 201, 0, ack, sizeof(ack));
	send_mapped(&w, idsn_of(CLIENT_KEY) + 11, 11, 10);
	send_packet(&w, 0, 1, TCP_ACK | TCP_FIN, 201, 0, ack, sizeof(ack));
	look(&w);
	trace_release(&w.trace);
}

/* Many connections of one key: a join goes to the one that is under way. */
static void join_among_twins(void **state)
{
	uint8_t join[12] = { 30, 12, 0x10, 1 };
	uint32_t token = 0;
	uint64_t idsn = 0;
	struct writer w;
	const struct trace *t = &w.trace;

	(void)state;
	setup(&w);
	key_derive(1, SERVER_KEY, &token, &idsn);
	put(join + 4, token, 4);
	for (uint32_t i = 0, stream = 0; i < MANY; i++) {
		open_initial(&w, stream);
		if (i == MANY / 2)
			send_packet(&w, ++stream, 0, TCP_SYN, 100, 0, join,
				    sizeof(join));
		send_packet(&w, stream++, 0, TCP_RST, 101, 0, NULL, 0);
		w.row.time += (int64_t)10 * 1000000000;
	}
	look(&w);
	assert_int_equal(t->n_connections, MANY);
	for (size_t i = 0; i < t->n_connections; i++)
		assert_int_equal(t->connections[i].n_subflows,
				 1 + (t->streams[t->connections[i].subflows[0]]
					      .tcp_stream == MANY / 2));
	trace_release(&w.trace);
}

/* Interfaces by the hundreds, each found again. */
static void many_interfaces(void **state)
{
	struct writer w;
	const struct packets *p = &w.trace.packets;

	(void)state;
	setup(&w);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < MANY; i++) {
			snprintf(w.row.interface, sizeof(w.row.interface),
				 "eth%d", i);
			send_packet(&w, 0, 0, TCP_ACK, 100, 0, NULL, 0);
		}
	assert_int_equal(p->interfaces.n, MANY);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(p->interface[i], i);
		assert_int_equal(p->interface[MANY + i], i);
	}
	look(&w);
	trace_release(&w.trace);
}

static uint8_t *fails_of(struct writer *w, uint32_t stream)
{
	static uint8_t fail[12] = { 30, 12, 0x60, 0 };

	send_packet(w, stream, 0, TCP_ACK, 101, 0, fail, sizeof(fail));
	return fail;
}

/* MP_FAIL on one subflow while another is open, and alone. */
static void fail_with_and_without_others(void **state)
{
	uint8_t syn[12] = { 30, 12, 0x10, 1 }, synack[16] = { 30, 16, 0x10, 1 },
		ack[24] = { 30, 24, 0x10, 0 };
	uint32_t token = 0;
	uint64_t idsn = 0;

	(void)state;
	key_derive(1, SERVER_KEY, &token, &idsn);
	put(syn + 4, token, 4);
	put(syn + 8, 5, 4);
	put(synack + 12, 6, 4);
	for (int others = 0; others < 2; others++) {
		struct token_index tokens;
		struct check_context c;
		struct writer w;

		setup(&w);
		open_initial(&w, 0);
		if (others) {
			send_packet(&w, 1, 0, TCP_SYN, 100, 0, syn,
				    sizeof(syn));
			send_packet(&w, 1, 1, TCP_SYN | TCP_ACK, 200, 0, synack,
				    sizeof(synack));
			send_packet(&w, 1, 0, TCP_ACK, 101, 0, ack,
				    sizeof(ack));
		}
		fails_of(&w, 0);
		w.row.time += (int64_t)5 * 1000000000;
		send_packet(&w, 0, 0, TCP_ACK, 101, 0, NULL, 0);
		if (others)
			send_packet(&w, 1, 0, TCP_ACK, 101, 0, NULL, 0);
		trace_build(&w.trace);
		assert_int_equal(w.trace.n_connections, 1);
		token_index_make(&tokens, &w.trace);
		context_init(&c, &w.trace, &w.trace.connections[0], &tokens,
			     NULL, NULL);
		examine(&c);
		/* Without others nothing has to happen until there is data. */
		assert_int_equal(c.findings[RULE_MP_FAIL_HANDLING].wrong,
				 others ? 1 : 0);
		assert_int_equal(c.findings[RULE_MP_FAIL_HANDLING].unknown,
				 others ? 0 : 1);
		assert_int_equal(c.findings[RULE_MP_FAIL_HANDLING].severity,
				 SEVERITY_ERROR);
		context_release(&c);
		token_index_release(&tokens);
		trace_release(&w.trace);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(far_away_dsn),
		cmocka_unit_test(near_and_far_dsn),
		cmocka_unit_test(orphan_of_known_keys),
		cmocka_unit_test(far_away_times),
		cmocka_unit_test(join_among_twins),
		cmocka_unit_test(many_interfaces),
		cmocka_unit_test(fail_with_and_without_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
